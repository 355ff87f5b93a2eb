//! Messages on their way out: those that wait for the connection, in order, up to a limit.
//!
//! Every message of the application passes through here, so that none overtakes another and none
//! is given to a socket that could swallow it. Frames of the connection itself do not wait.

use std::collections::VecDeque;

use crate::core::io::{Care, Outgoing, Ticket};
use crate::core::options::Options;

/// The outgoing queue.
#[derive(Debug)]
pub(crate) struct OutgoingQueue {
    outgoing: VecDeque<Outgoing>,
    bytes: usize,
    /// How many were put back since the last was taken out.
    returned: usize,
    max_messages: usize,
    max_bytes: usize,
}

impl OutgoingQueue {
    pub(crate) fn new(options: &Options) -> Self {
        Self {
            outgoing: VecDeque::new(),
            bytes: 0,
            returned: 0,
            max_messages: options.max_queued_messages,
            max_bytes: options.max_queued_bytes,
        }
    }

    /// Appends a message that will have to wait.
    ///
    /// # Errors
    ///
    /// Gives the message back when it would exceed a limit.
    pub(crate) fn push(&mut self, outgoing: Outgoing) -> Result<(), Outgoing> {
        let bytes = self.bytes.saturating_add(outgoing.frame.len());
        if self.outgoing.len() >= self.max_messages || bytes > self.max_bytes {
            return Err(outgoing);
        }
        self.push_unlimited(outgoing);
        Ok(())
    }

    /// Appends a message that is about to be taken out again.
    pub(crate) fn push_unlimited(&mut self, outgoing: Outgoing) {
        self.bytes = self.bytes.saturating_add(outgoing.frame.len());
        self.outgoing.push_back(outgoing);
    }

    /// Puts a message back that was taken out but could not be sent, behind those that were put back
    /// since the last was taken out: several may be on their way at once.
    pub(crate) fn put_back(&mut self, outgoing: Outgoing) {
        self.insert(outgoing, self.returned);
    }

    /// Puts a message before all that wait.
    pub(crate) fn put_first(&mut self, outgoing: Outgoing) {
        self.insert(outgoing, 0);
    }

    fn insert(&mut self, outgoing: Outgoing, place: usize) {
        self.bytes = self.bytes.saturating_add(outgoing.frame.len());
        self.outgoing.insert(place.min(self.outgoing.len()), outgoing);
        self.returned = self.returned.saturating_add(1);
    }

    /// Takes the first message out.
    pub(crate) fn pop(&mut self) -> Option<Outgoing> {
        let outgoing = self.outgoing.pop_front()?;
        self.returned = 0;
        self.bytes = self.bytes.saturating_sub(outgoing.frame.len());
        Some(outgoing)
    }

    /// The requests among what waits: sorted, because they wait in the order in which they came.
    pub(crate) fn requests(&self) -> Vec<Ticket> {
        let tickets = self.outgoing.iter().map(|outgoing| match outgoing.care {
            Care::Request(ticket) | Care::Write(ticket) => Some(ticket),
            Care::Update | Care::Session => None,
        });
        tickets.flatten().collect()
    }

    pub(crate) fn has_requests(&self) -> bool {
        self.outgoing.iter().any(|outgoing| matches!(outgoing.care, Care::Request(_)))
    }

    /// Takes every request out.
    pub(crate) fn forget_requests(&mut self) {
        self.retain(|care| !matches!(care, Care::Request(_)));
    }

    /// Takes the request out that `ticket` waits for, if it is here.
    pub(crate) fn forget_request(&mut self, ticket: Ticket) {
        self.retain(|care| care != Care::Request(ticket));
    }

    /// Takes out what was for one connection only.
    pub(crate) fn forget_session(&mut self) {
        self.retain(|care| care != Care::Session);
    }

    fn retain(&mut self, is_kept: impl Fn(Care) -> bool) {
        let returned = self.outgoing.iter().take(self.returned);
        self.returned = returned.filter(|outgoing| is_kept(outgoing.care)).count();
        self.outgoing.retain(|outgoing| is_kept(outgoing.care));
        self.bytes = self.outgoing.iter().map(|outgoing| outgoing.frame.len()).sum();
    }

    /// Messages that wait.
    pub(crate) fn len(&self) -> usize {
        self.outgoing.len()
    }

    /// Bytes of the messages that wait.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::protocol::Frame;

    fn queue(max_messages: usize, max_bytes: usize) -> OutgoingQueue {
        OutgoingQueue::new(&Options {
            max_queued_messages: max_messages,
            max_queued_bytes: max_bytes,
            ..Options::default()
        })
    }

    fn update(text: &str) -> Outgoing {
        Outgoing { frame: Frame::Text(text.to_owned()), care: Care::Update }
    }

    #[test]
    fn the_limit_in_messages_holds() {
        let mut queue = queue(2, 100);
        assert_eq!(queue.push(update("a")), Ok(()));
        assert_eq!(queue.push(update("b")), Ok(()));
        assert_eq!(queue.push(update("c")), Err(update("c")));
        assert_eq!(queue.pop(), Some(update("a")));
        assert_eq!(queue.push(update("c")), Ok(()));
    }

    #[test]
    fn the_limit_in_bytes_holds_and_bytes_are_given_back() {
        let mut queue = queue(100, 4);
        assert_eq!(queue.push(update("aaa")), Ok(()));
        assert_eq!(queue.push(update("bb")), Err(update("bb")));
        assert_eq!(queue.push(update("b")), Ok(()));
        assert_eq!(queue.bytes(), 4);
        assert_eq!(queue.pop(), Some(update("aaa")));
        assert_eq!(queue.bytes(), 1);
    }

    #[test]
    fn a_request_that_is_given_up_is_not_sent_later() {
        let mut queue = queue(2, 100);
        let request = |ticket| Outgoing { care: Care::Request(Ticket(ticket)), ..update("a") };
        assert_eq!(queue.push(request(1)), Ok(()));
        assert_eq!(queue.push(request(2)), Ok(()));
        queue.forget_request(Ticket(1));
        assert_eq!((queue.len(), queue.bytes()), (1, 1));
        assert_eq!(queue.pop(), Some(request(2)));
    }

    #[test]
    fn what_could_not_be_sent_comes_first_again() {
        let mut queue = queue(2, 100);
        assert_eq!(queue.push(update("a")), Ok(()));
        assert_eq!(queue.push(update("b")), Ok(()));
        let taken = [queue.pop().unwrap(), queue.pop().unwrap()];
        taken.into_iter().for_each(|outgoing| queue.put_back(outgoing));
        assert_eq!(queue.pop(), Some(update("a")));
        assert_eq!((queue.len(), queue.bytes()), (1, 1));
    }
}

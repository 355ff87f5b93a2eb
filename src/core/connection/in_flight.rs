//! What the present socket was given, until the server is known to have received it.
//!
//! The server takes in what it is sent in order, so that its answer to a ping says that everything
//! before the ping has arrived. The protocol has no other receipt for most messages. Sends nothing.

use std::collections::VecDeque;

use crate::core::protocol::Frame;
use crate::core::time::Instant;

/// Frames on their way, in the order in which the socket was given them.
#[derive(Debug, Default)]
pub(crate) struct InFlight {
    given: VecDeque<Given>,
    /// How many were given before the first of `given`.
    before: u64,
    bytes: usize,
    /// Pings without an answer.
    pings: VecDeque<Ping>,
}

/// A ping that was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ping {
    pub(crate) purpose: Purpose,
    pub(crate) sent: Instant,
    /// How many frames the socket was given before it.
    position: u64,
}

/// What a ping is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// To be heard of, before the login.
    KeepAlive,
    Heartbeat,
    /// To see whether a link in doubt is alive.
    Probe,
    Receipt,
}

#[derive(Debug)]
enum Given {
    /// A message of the application.
    Message(Frame),
    /// So many bytes of the connection itself.
    Other(usize),
}

impl InFlight {
    /// The socket took a message of the application.
    pub(crate) fn on_message(&mut self, frame: Frame) {
        self.push(Given::Message(frame));
        // The last may still be in the socket; the first has arrived when networks don't hold what
        // lies between.
        while self.bytes_between() > MAX_BYTES {
            self.pop();
        }
    }

    /// The socket was given a ping.
    pub(crate) fn on_ping(&mut self, frame: &Frame, purpose: Purpose, sent: Instant) {
        let position = self.before.saturating_add(self.given.len() as u64);
        self.pings.push_back(Ping { purpose, sent, position });
        self.push(Given::Other(frame.len()));
    }

    /// The socket was given another frame of the connection itself.
    pub(crate) fn on_other(&mut self, frame: &Frame) {
        self.push(Given::Other(frame.len()));
    }

    /// The server answered a ping, if there is one: the first that it did not answer yet, or a later
    /// one.
    pub(crate) fn on_pong(&mut self) -> Option<Ping> {
        let ping = self.pings.pop_front()?;
        while self.before <= ping.position && self.pop().is_some() {}
        Some(ping)
    }

    /// The ping that was sent last, if it is not answered.
    pub(crate) fn last_ping(&self) -> Option<Ping> {
        self.pings.back().copied()
    }

    /// Whether there are messages that no ping was sent after.
    pub(crate) fn lacks_ping(&self) -> bool {
        let asked = self.pings.back().map_or(self.before, |ping| ping.position);
        let unasked = usize::try_from(asked.saturating_sub(self.before)).unwrap_or(usize::MAX);
        self.given.iter().skip(unasked).any(|given| matches!(given, Given::Message(_)))
    }

    /// Takes out the messages that never left, of a socket that died with so many bytes unsent. One
    /// that left in part is among them, since nobody can have read it.
    pub(crate) fn take_unsent(&mut self, mut bytes: u64) -> Vec<Frame> {
        let mut unsent = Vec::new();
        while bytes > 0
            && let Some(given) = self.given.pop_back()
        {
            bytes = bytes.saturating_sub(given.len() as u64);
            if let Given::Message(frame) = given {
                unsent.push(frame);
            }
        }
        unsent.reverse();
        unsent
    }

    /// Bytes of the largest frame that may or may not have arrived.
    pub(crate) fn largest(&self) -> usize {
        self.given.iter().map(Given::len).max().unwrap_or_default()
    }

    /// The messages that may or may not have arrived, in order.
    pub(crate) fn into_messages(self) -> impl Iterator<Item = Frame> {
        self.given.into_iter().filter_map(|given| match given {
            Given::Message(frame) => Some(frame),
            Given::Other(_) => None,
        })
    }

    /// Bytes between the first and the last of what was given.
    fn bytes_between(&self) -> usize {
        let ends = [self.given.front(), self.given.back()];
        let ends = ends.into_iter().flatten().map(Given::len);
        ends.fold(self.bytes, usize::saturating_sub)
    }

    fn push(&mut self, given: Given) {
        self.bytes = self.bytes.saturating_add(given.len());
        self.given.push_back(given);
    }

    fn pop(&mut self) -> Option<Given> {
        let given = self.given.pop_front()?;
        self.bytes = self.bytes.saturating_sub(given.len());
        self.before = self.before.saturating_add(1);
        Some(given)
    }
}

impl Given {
    fn len(&self) -> usize {
        match self {
            Self::Message(frame) => frame.len(),
            Self::Other(bytes) => *bytes,
        }
    }
}

/// What is remembered at most between the first message and the last. A peer that stopped reading
/// was seen to leave 4 MiB in the buffers between, before the socket itself keeps anything.
const MAX_BYTES: usize = 16 * 1_024 * 1_024;

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(text: &str) -> Frame {
        Frame::Text(text.to_owned())
    }

    fn messages(in_flight: InFlight) -> Vec<Frame> {
        in_flight.into_messages().collect()
    }

    fn ping(in_flight: &mut InFlight, purpose: Purpose) {
        in_flight.on_ping(&frame("p"), purpose, Instant::from_millis(0));
    }

    #[test]
    fn a_pong_confirms_what_was_given_before_its_ping_and_nothing_else() {
        let mut in_flight = InFlight::default();
        in_flight.on_message(frame("1"));
        assert!(in_flight.lacks_ping() && in_flight.last_ping().is_none());
        ping(&mut in_flight, Purpose::Receipt);
        assert!(!in_flight.lacks_ping() && in_flight.last_ping().is_some());
        in_flight.on_message(frame("2"));
        ping(&mut in_flight, Purpose::Heartbeat);
        in_flight.on_message(frame("3"));
        in_flight.on_other(&frame("o"));
        assert!(in_flight.lacks_ping());
        assert_eq!(in_flight.on_pong().map(|ping| ping.purpose), Some(Purpose::Receipt));
        assert_eq!(in_flight.last_ping().map(|ping| ping.purpose), Some(Purpose::Heartbeat));
        assert_eq!(messages(in_flight), [frame("2"), frame("3")]);
    }

    #[test]
    fn a_pong_that_nobody_asked_for_confirms_nothing() {
        let mut in_flight = InFlight::default();
        ping(&mut in_flight, Purpose::Heartbeat);
        assert!(in_flight.on_pong().is_some());
        in_flight.on_message(frame("1"));
        assert_eq!(in_flight.on_pong(), None);
        assert_eq!(messages(in_flight), [frame("1")]);
    }

    #[test]
    fn what_is_unsent_is_counted_from_the_end_with_all_that_was_given() {
        let given = || {
            let mut in_flight = InFlight::default();
            in_flight.on_message(frame("11"));
            in_flight.on_message(frame("222"));
            in_flight.on_other(&frame("pp"));
            in_flight.on_message(frame("33"));
            in_flight
        };
        for (bytes, unsent, rest) in [
            (0, vec![], vec!["11", "222", "33"]),
            (1, vec!["33"], vec!["11", "222"]),
            (4, vec!["33"], vec!["11", "222"]),
            (5, vec!["222", "33"], vec!["11"]),
            (99, vec!["11", "222", "33"], vec![]),
        ] {
            let mut in_flight = given();
            let expected = unsent.into_iter().map(frame).collect::<Vec<_>>();
            assert_eq!(in_flight.take_unsent(bytes), expected, "{bytes}");
            let expected = rest.into_iter().map(frame).collect::<Vec<_>>();
            assert_eq!(messages(in_flight), expected, "{bytes}");
        }
    }

    #[test]
    fn the_largest_that_may_not_have_arrived_is_known() {
        let mut in_flight = InFlight::default();
        assert_eq!(in_flight.largest(), 0);
        in_flight.on_message(frame("4444"));
        ping(&mut in_flight, Purpose::Receipt);
        in_flight.on_message(frame("22"));
        in_flight.on_other(&frame("333"));
        assert_eq!(in_flight.largest(), 4);
        assert!(in_flight.on_pong().is_some());
        assert_eq!(in_flight.largest(), 3);
    }

    #[test]
    fn only_what_has_more_behind_it_than_networks_hold_is_forgotten() {
        let mut in_flight = InFlight::default();
        let half = frame(&"x".repeat(MAX_BYTES / 2));
        let huge = frame(&"x".repeat(MAX_BYTES * 2));
        in_flight.on_message(half.clone());
        in_flight.on_message(huge.clone());
        assert_eq!(in_flight.given.len(), 2, "nothing lies between them");
        in_flight.on_message(half.clone());
        assert_eq!(in_flight.given.len(), 2, "the first has arrived");
        ping(&mut in_flight, Purpose::Receipt);
        for _ in 0..9 {
            in_flight.on_message(half.clone());
        }
        assert_eq!(in_flight.given.len(), 4);
        // Its ping is gone from the list as well, but still expected.
        let left = in_flight.given.len();
        assert!(in_flight.on_pong().is_some());
        assert_eq!(in_flight.given.len(), left);
    }
}

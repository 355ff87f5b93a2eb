//! Messages that the server must acknowledge within a time limit. Sends nothing.

use super::protocol::{Action, Message};
use super::time::{Instant, Millis};

/// What the server has not acknowledged yet, in the order in which it was sent.
#[derive(Debug)]
pub(crate) struct Acknowledgements {
    limit: Millis,
    awaited: Vec<Awaited>,
}

#[derive(Debug)]
struct Awaited {
    message: Message<'static>,
    /// None once its time was over: an answer may come all the same.
    deadline: Option<Instant>,
}

impl Acknowledgements {
    pub(crate) fn new(limit: Millis) -> Self {
        Self { limit, awaited: Vec::new() }
    }

    /// A message was sent.
    pub(crate) fn on_sent(&mut self, message: Message<'static>, now: Instant) {
        self.awaited.push(Awaited { message, deadline: Some(now.after(self.limit)) });
    }

    /// The server answered a message with `action`, for good or ill.
    pub(crate) fn on_answer(&mut self, action: Action, answer: &Message<'_>) {
        let at = self.awaited.iter().position(|Awaited { message: sent, .. }| {
            sent.action == action
                && match (&answer.correlation_id, &answer.name) {
                    (Some(id), _) => sent.correlation_id.as_ref() == Some(id),
                    (None, Some(name)) => {
                        sent.name.as_ref() == Some(name) || sent.names.contains(name)
                    }
                    (None, None) => true,
                }
        });
        if let Some(at) = at {
            self.awaited.remove(at);
        }
    }

    /// The server refused one of the names of a message with `action`. Returns the name that it did
    /// not look at: of the names, servers up to 10.1.4 take not the refused one out but the last. One
    /// that is left with none does not acknowledge the message.
    pub(crate) fn on_name_refused(
        &mut self,
        action: Action,
        refusal: &Message<'_>,
    ) -> Option<String> {
        let is_it = |Awaited { message: sent, .. }: &Awaited| {
            sent.action == action && sent.correlation_id == refusal.correlation_id
        };
        let at = self.awaited.iter().position(is_it)?;
        let names = &mut self.awaited.get_mut(at)?.message.names;
        let passed_over = names.pop()?;
        if names.is_empty() {
            self.awaited.remove(at);
        }
        Some(passed_over.into_owned())
    }

    /// The next message whose time is over. What has an id is still known when it is answered late.
    pub(crate) fn take_overdue(&mut self, now: Instant) -> Option<Message<'static>> {
        let is_overdue = |it: &Awaited| it.deadline.is_some_and(|deadline| deadline <= now);
        let at = self.awaited.iter().position(is_overdue)?;
        let awaited = self.awaited.get_mut(at)?;
        if awaited.message.correlation_id.is_none() {
            return Some(self.awaited.remove(at).message);
        }
        awaited.deadline = None;
        Some(awaited.message.clone())
    }

    /// Whether a message with `action` about a name was not answered yet.
    pub(crate) fn is_awaited(&self, action: Action, name: &str) -> bool {
        let is_it = |sent: &Message<'_>| {
            sent.action == action && sent.names.iter().any(|other| other == name)
        };
        self.awaited.iter().any(|awaited| is_it(&awaited.message))
    }

    /// The page did not run, and no acknowledgement could come in: the time begins anew.
    pub(crate) fn on_suspension(&mut self, now: Instant) {
        for deadline in self.awaited.iter_mut().filter_map(|awaited| awaited.deadline.as_mut()) {
            *deadline = now.after(self.limit);
        }
    }

    /// The connection is gone: nothing will be acknowledged.
    pub(crate) fn on_lost(&mut self) {
        self.awaited.clear();
    }

    /// When the first message's time is over.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.awaited.iter().find_map(|awaited| awaited.deadline)
    }
}

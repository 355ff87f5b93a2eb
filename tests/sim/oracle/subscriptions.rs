//! What the page wants to be subscribed to, and what it told the present connection of it.

use std::collections::{BTreeMap, BTreeSet};

use deepstream_wasm::core::connection::State;
use deepstream_wasm::core::protocol::{Action, Message};

use super::calls::Moment;
use super::{Verdict, ensure};
use crate::kinds::{EVENTS, KINDS, PATTERNS, RPCS, Topic, subscription_of};

/// A message that the server should acknowledge.
#[derive(Clone, Debug)]
struct Awaited {
    action: Action,
    id: Option<String>,
    names: Vec<String>,
    left: u64,
    is_reported: bool,
}

#[derive(Debug)]
pub(super) struct Subscriptions {
    wanted: BTreeSet<Topic>,
    /// When a name last came or went.
    changed: BTreeMap<Topic, u64>,
    told: BTreeSet<Topic>,
    /// What this connection was refused.
    refused: BTreeSet<Topic>,
    /// What was wanted when the connection opened, and comes first on it.
    first: BTreeSet<Topic>,
    awaited: Vec<Awaited>,
    /// Reported before they left, because the socket was full.
    early: Vec<Action>,
    /// Names and requests that came when nobody wanted them any more, and are to be rejected.
    rejects: BTreeSet<String>,
    interval: u64,
    limit: u64,
}

impl Subscriptions {
    pub(super) fn new(interval: u64, limit: u64) -> Self {
        Self {
            wanted: BTreeSet::new(),
            changed: BTreeMap::new(),
            told: BTreeSet::new(),
            refused: BTreeSet::new(),
            first: BTreeSet::new(),
            awaited: Vec::new(),
            early: Vec::new(),
            rejects: BTreeSet::new(),
            interval,
            limit,
        }
    }

    pub(super) fn wanted(&self) -> &BTreeSet<Topic> {
        &self.wanted
    }

    pub(super) fn on_call(&mut self, topic: Topic, is_wanted: bool, now: u64) {
        self.changed.insert(topic.clone(), now);
        self.refused.remove(&topic);
        if is_wanted {
            self.wanted.insert(topic);
        } else {
            self.first.remove(&topic);
            self.wanted.remove(&topic);
        }
    }

    pub(super) fn on_state(&mut self, state: State) {
        self.told.clear();
        self.refused.clear();
        self.awaited.clear();
        self.early.clear();
        self.rejects.clear();
        self.first.clear();
        if state == State::Open {
            self.first.clone_from(&self.wanted);
        }
    }

    pub(super) fn on_reject_due(&mut self, id: String) {
        self.rejects.insert(id);
    }

    /// A message leaves. Subscriptions come first, unless the page ends the connection before it
    /// began.
    pub(super) fn on_leaving(&self, message: &Message<'_>, is_ending: bool) -> Verdict {
        let subscription = subscription_of(message)?;
        let is_first = matches!(subscription, Some((_, true, _)));
        if !is_first && !is_ending {
            let missing = self.first.iter().find(|topic| !self.told.contains(*topic));
            ensure(missing.is_none(), || format!("{message:?} left before {missing:?}"))?;
        }
        Ok(())
    }

    /// The socket took a message.
    pub(super) fn on_handed(&mut self, message: &Message<'_>, now: u64) -> Verdict {
        let Some((kind, subscribes, names)) = subscription_of(message)? else {
            let id = message.correlation_id.as_ref().or(message.subscription.as_ref());
            if let Some(id) = id {
                self.rejects.remove(id.as_ref());
            }
            return Ok(());
        };
        for name in &names {
            let topic = (kind, name.clone());
            let is_news =
                if subscribes { self.told.insert(topic.clone()) } else { self.told.remove(&topic) };
            ensure(is_news, || format!("{topic:?} is told again: {message:?}"))?;
        }
        let place = self.early.iter().position(|early| *early == message.action);
        self.awaited.push(Awaited {
            action: message.action,
            id: message.correlation_id.as_ref().map(|id| id.to_string()),
            names,
            left: now,
            is_reported: place.map(|place| self.early.remove(place)).is_some(),
        });
        Ok(())
    }

    /// The server answers a message with `action`, for good or ill.
    pub(super) fn on_answer(&mut self, action: Action, answer: &Message<'_>) {
        let is_it = |sent: &Awaited| {
            !sent.is_reported
                && sent.action == action
                && match (&answer.correlation_id, &answer.name) {
                    (Some(id), _) => sent.id.as_deref() == Some(id.as_ref()),
                    (None, Some(name)) => sent.names.iter().any(|sent| sent == name.as_ref()),
                    (None, None) => true,
                }
        };
        if let Some(place) = self.awaited.iter().position(is_it) {
            self.awaited.remove(place);
        }
    }

    /// The server refuses a name of a message, and has passed over the last one instead.
    pub(super) fn on_passed_over(&mut self, kind: usize, name: &str, id: &str, now: u64) {
        let is_it =
            |sent: &Awaited| sent.action == KINDS[kind].subscribe && sent.id.as_deref() == Some(id);
        let Some(place) = self.awaited.iter().position(is_it) else { return };
        let Some(last) = self.awaited[place].names.pop() else { return };
        if self.awaited[place].names.is_empty() {
            self.awaited.remove(place);
        }
        let topic = (kind, last);
        self.refused.insert((kind, name.to_owned()));
        if !self.refused.contains(&topic) {
            self.told.remove(&topic);
            self.first.remove(&topic);
            self.changed.insert(topic, now);
        }
    }

    /// The server refuses a name. Returns whether it was wanted.
    pub(super) fn on_refused(&mut self, topic: &Topic) -> bool {
        if topic.0 == PATTERNS {
            // It stays wanted, and the server answers nothing to the end of it.
            self.told.remove(topic);
            self.first.remove(topic);
            self.refused.insert(topic.clone());
        }
        if !matches!(topic.0, EVENTS | RPCS) {
            return false;
        }
        self.told.remove(topic);
        self.first.remove(topic);
        self.wanted.remove(topic)
    }

    /// The client reports that a message was not acknowledged.
    pub(super) fn on_timeout(&mut self, message: &Message<'_>, at: Moment) -> Verdict {
        let report = || format!("an early, wrong or second ACK_TIMEOUT: {message:?}, {at:?}");
        let is_due = at.state == State::Open && at.now - at.entered >= self.limit;
        ensure(is_due && subscription_of(message)?.is_some(), report)?;
        let id = message.correlation_id.as_deref();
        let is_it = |sent: &&mut Awaited| {
            sent.action == message.action
                && sent.id.as_deref() == id
                && (id.is_some() || message.name.as_deref().unwrap_or_default() == sent.names[0])
                && !sent.is_reported
        };
        match self.awaited.iter_mut().find(is_it) {
            Some(sent) => sent.is_reported = true,
            None => {
                let reported = |sent: &Awaited| {
                    sent.action == message.action && id.is_some() && sent.id.as_deref() == id
                };
                ensure(!self.awaited.iter().any(reported), report)?;
                self.early.push(message.action);
            }
        }
        Ok(())
    }

    /// After each step. `is_drained`: nothing waits for a full socket.
    pub(super) fn check(&self, at: Moment, is_drained: bool) -> Verdict {
        if at.state != State::Open || !is_drained {
            return Ok(());
        }
        ensure(self.rejects.is_empty(), || format!("not rejected: {:?}", self.rejects))?;
        ensure(self.early.is_empty(), || format!("never sent, but timed out: {:?}", self.early))?;
        let start = at.entered.max(at.disturbed);
        let is_refused = |topic: &&Topic| topic.0 == PATTERNS && self.refused.contains(*topic);
        let different = self.told.symmetric_difference(&self.wanted);
        for topic in different.filter(|topic| !is_refused(topic)) {
            let changed = self.changed.get(topic).copied().unwrap_or_default();
            let late = at.now.saturating_sub(changed.max(start));
            ensure(late <= self.interval + at.lateness, || {
                format!("{topic:?} is not told after {late} us")
            })?;
        }
        for sent in self.awaited.iter().filter(|sent| !sent.is_reported) {
            let late = at.now.saturating_sub(sent.left.max(start));
            ensure(late <= self.limit + at.lateness, || format!("no ACK_TIMEOUT: {sent:?}"))?;
        }
        Ok(())
    }
}

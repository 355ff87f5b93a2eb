//! The messages of the application: what becomes of each, and in which order.

use std::collections::BTreeSet;

use deepstream_wasm::core::io::{ErrorEvent, Meta, SocketId, Ticket, error_name};
use deepstream_wasm::core::protocol::{Message, Topic};

use super::{Verdict, ensure};
use crate::kinds::{Key, key_of};

/// What became of a message on its way.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Fate {
    Queued,
    /// A socket took it.
    Handed(SocketId),
    /// It was told that it may not have arrived.
    Unconfirmed,
    Received,
    /// Its loss was told, or its call was settled before it left: it must never leave.
    Reported,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Kind {
    /// An event, or the result of an RPC.
    Update,
    Rpc(Ticket),
    Query(Ticket),
    QueryAll(Ticket),
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Sent {
    pub(super) kind: Kind,
    pub(super) fate: Fate,
    pub(super) made: u64,
    /// Whether the queue had no more room when it was made.
    was_full: bool,
    /// Whether there was a connection.
    pub(super) was_open: bool,
    /// Whether it had to be refused for that.
    is_refusable: bool,
}

#[derive(Debug, Default)]
pub(super) struct Messages {
    sent: Vec<Sent>,
    /// Those that have yet to leave.
    queued: BTreeSet<u32>,
    received: Option<u32>,
    /// How many arrived, and how many were told to be lost, or perhaps lost.
    arrived: usize,
    reported: usize,
    unconfirmed: usize,
}

impl Messages {
    pub(super) fn on_made(&mut self, kind: Kind, is_full: bool, is_open: bool, now: u64) -> u32 {
        let number = self.sent.len() as u32;
        let is_refusable = is_full && !is_open && matches!(kind, Kind::Update | Kind::Rpc(_));
        let fate = Fate::Queued;
        self.sent.push(Sent {
            kind,
            fate,
            made: now,
            was_full: is_full,
            was_open: is_open,
            is_refusable,
        });
        self.queued.insert(number);
        number
    }

    pub(super) fn get(&self, number: u32) -> Option<&Sent> {
        self.sent.get(number as usize)
    }

    /// A message leaves. `is_late` tells of those that don't wait with the others.
    pub(super) fn on_leaving(&self, key: Key, is_late: impl Fn(&Sent) -> bool) -> Verdict {
        if key == Key::Session {
            return Ok(());
        }
        for number in &self.queued {
            if key == Key::Number(*number) {
                return Ok(());
            }
            let sent = &self.sent[*number as usize];
            ensure(is_late(sent), || format!("{key:?} left before {number}: {sent:?}"))?;
        }
        Err(format!("{key:?} left, and does not wait"))
    }

    /// The socket took a message that was seen to leave.
    pub(super) fn on_handed(&mut self, number: u32, socket: SocketId) {
        self.queued.remove(&number);
        self.sent[number as usize].fate = Fate::Handed(socket);
    }

    /// The socket died and had not sent this.
    pub(super) fn on_unsent(&mut self, number: u32) {
        let sent = &mut self.sent[number as usize];
        if sent.kind == Kind::Update && matches!(sent.fate, Fate::Handed(_)) {
            sent.fate = Fate::Queued;
            self.queued.insert(number);
        }
    }

    /// A call was settled before its message left.
    pub(super) fn on_withdrawn(&mut self, number: u32) {
        self.queued.remove(&number);
        self.sent[number as usize].fate = Fate::Reported;
    }

    pub(super) fn on_received(&mut self, key: Key, socket: SocketId) -> Verdict {
        let number = match key {
            Key::Session => return Ok(()),
            Key::Number(number) => number,
            Key::QueryAll => {
                let is_it = |sent: &Sent| {
                    matches!(sent.kind, Kind::QueryAll(_)) && sent.fate == Fate::Handed(socket)
                };
                let number = self.sent.iter().position(is_it);
                number.ok_or("an unknown query arrived")? as u32
            }
        };
        let sent = &mut self.sent[number as usize];
        let is_due = matches!(sent.fate, Fate::Handed(_) | Fate::Unconfirmed);
        ensure(is_due, || format!("message {number} arrived: {sent:?}"))?;
        sent.fate = Fate::Received;
        if sent.kind == Kind::Update {
            self.arrived += 1;
        }
        let last = self.received.replace(number);
        ensure(last < Some(number), || format!("message {number} arrived after {last:?}"))
    }

    /// An error event about one of our own messages. Returns whether it is.
    pub(super) fn on_error(&mut self, error: &ErrorEvent, is_final: bool) -> Result<bool, String> {
        let names = [
            error_name::IS_CLOSED,
            error_name::OUTGOING_QUEUE_FULL,
            error_name::DELIVERY_UNCONFIRMED,
        ];
        let Meta::Message(message) = &error.meta else { return Ok(false) };
        if !names.contains(&error.name) {
            return Ok(false);
        }
        let number = update_number(message)?;
        let sent = &mut self.sent[number as usize];
        ensure(sent.kind == Kind::Update, || format!("{number} is told in an error: {sent:?}"))?;
        if error.name == error_name::DELIVERY_UNCONFIRMED {
            let is_doubtful = matches!(sent.fate, Fate::Handed(_) | Fate::Received);
            ensure(is_doubtful, || format!("message {number} is doubted: {sent:?}"))?;
            if sent.fate != Fate::Received {
                sent.fate = Fate::Unconfirmed;
            }
            self.unconfirmed += 1;
            return Ok(true);
        }
        ensure(sent.fate == Fate::Queued, || format!("message {number} is reported: {sent:?}"))?;
        sent.fate = Fate::Reported;
        self.queued.remove(&number);
        self.reported += 1;
        if error.name == error_name::OUTGOING_QUEUE_FULL {
            ensure(sent.was_full, || format!("there was room for message {number}"))?;
        } else {
            ensure(is_final && error.topic == Topic::Connection, || "closed too early".to_owned())?;
        }
        Ok(true)
    }

    pub(super) fn was_full(&self, number: u32) -> bool {
        self.sent[number as usize].was_full
    }

    /// After each step: nothing waits that there was no room for, and as many wait as must.
    pub(super) fn check(&self, count: usize, is_open: bool) -> Verdict {
        let is_update = |at: &&u32| self.sent[**at as usize].kind == Kind::Update;
        let updates = self.queued.iter().filter(is_update).count();
        // Requests may be given up just now; an open connection has messages of its own.
        let most = if is_open { usize::MAX } else { self.queued.len() };
        ensure((updates..=most).contains(&count), || {
            format!("{count} messages wait, not {updates} to {most}")
        })?;
        let is_surplus = |at: &&u32| self.sent[**at as usize].is_refusable;
        let surplus = self.queued.iter().next_back().filter(is_surplus);
        ensure(surplus.is_none(), || format!("there was no room for message {surplus:?}"))
    }

    /// The client is closed: nothing was swallowed.
    pub(super) fn check_end(&self) -> Verdict {
        let updates = self.sent.iter().filter(|sent| sent.kind == Kind::Update);
        let is_swallowed = |sent: &&Sent| matches!(sent.fate, Fate::Queued | Fate::Handed(_));
        let swallowed = updates.clone().find(is_swallowed);
        ensure(swallowed.is_none(), || format!("a message was swallowed: {swallowed:?}"))?;
        let (sent, told) = (updates.count(), self.arrived + self.reported);
        ensure((told..=told + self.unconfirmed).contains(&sent), || {
            format!("{sent} were sent, {} arrived, {} reported", self.arrived, self.reported)
        })
    }
}

fn update_number(message: &Message<'_>) -> Result<u32, String> {
    match key_of(message)? {
        Key::Number(number) => Ok(number),
        key => Err(format!("an error tells of {key:?}")),
    }
}

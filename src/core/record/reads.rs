//! Questions about records that need not be open: `snapshot`, `has`, `head`. Sends nothing.
//!
//! Answers carry no id, only the name: all who ask about the same record are given the same answer.

use crate::core::io::Ticket;
use crate::core::protocol::RecordAction;
use crate::core::time::{Instant, Millis};

/// The questions that wait for their answer.
#[derive(Debug)]
pub(super) struct Reads {
    patience: Millis,
    waiting: Vec<Read>,
}

#[derive(Debug)]
struct Read {
    action: RecordAction,
    name: String,
    /// Those who ask. The message in the queue, if it is still there, is the first one's.
    tickets: Vec<Ticket>,
    /// When it is given up, once there is a connection.
    deadline: Option<Instant>,
}

impl Reads {
    pub(super) fn new(patience: Millis) -> Self {
        Self { patience, waiting: Vec::new() }
    }

    /// Somebody asks. Returns whether the server is asked already.
    pub(super) fn join(&mut self, action: RecordAction, name: &str, ticket: Ticket) -> bool {
        match self.waiting.iter_mut().find(|read| read.action == action && read.name == name) {
            Some(read) => {
                read.tickets.push(ticket);
                true
            }
            None => false,
        }
    }

    /// The server is asked for the first time.
    pub(super) fn add(&mut self, action: RecordAction, name: String, ticket: Ticket) {
        self.waiting.push(Read { action, name, tickets: vec![ticket], deadline: None });
    }

    /// Starts the time of what there is a connection for.
    pub(super) fn on_sent(&mut self, now: Instant) {
        let deadline = now.after(self.patience);
        for read in &mut self.waiting {
            read.deadline.get_or_insert(deadline);
        }
    }

    /// Takes out those who asked what is answered now.
    pub(super) fn take(&mut self, action: RecordAction, name: &str) -> Vec<Ticket> {
        self.take_first(|read| read.action == action && read.name == name).unwrap_or_default()
    }

    /// Takes out those whose time is over.
    pub(super) fn take_overdue(&mut self, now: Instant) -> Option<Vec<Ticket>> {
        self.take_first(|read| read.deadline.is_some_and(|deadline| deadline <= now))
    }

    /// The connection is gone: takes out all but those whose question is still `queued`, which are
    /// sorted.
    pub(super) fn take_lost(&mut self, queued: &[Ticket]) -> Vec<Ticket> {
        let mut lost = Vec::new();
        self.waiting.retain_mut(|read| {
            read.deadline = None;
            let first = read.tickets.first();
            let is_queued = first.is_some_and(|first| queued.binary_search(first).is_ok());
            if !is_queued {
                lost.append(&mut read.tickets);
            }
            is_queued
        });
        lost
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        self.waiting.iter().filter_map(|read| read.deadline).min()
    }

    fn take_first(&mut self, is_it: impl Fn(&Read) -> bool) -> Option<Vec<Ticket>> {
        let at = self.waiting.iter().position(is_it)?;
        Some(self.waiting.remove(at).tickets)
    }
}

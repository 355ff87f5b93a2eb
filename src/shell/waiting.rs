//! Calls of the application that wait for their outcome.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;

use js_sys::{Function, Promise};

use super::handles::Handle;
use super::held::{Held, Slot};
use crate::core::io::Ticket;

/// Calls without an outcome yet, in the order in which they came.
#[derive(Default)]
pub(crate) struct WaitingList {
    waiting: RefCell<VecDeque<(Ticket, Waiting)>>,
    tickets: Cell<u32>,
}

/// A call that waits for its outcome, and who for.
pub(crate) struct Waiting {
    pub(crate) call: Call,
    pub(crate) by: Waiter,
}

pub(crate) enum Call {
    Login,
    Resume,
    /// An RPC, a question about presence or about a record.
    Request,
    /// Whether there is a record.
    Has,
    /// Something is to be done, and whoever asks is told when it is.
    Done,
    /// A write to a record, whose name is held.
    Write(Slot),
    /// A record's data is waited for. The object is kept that the record is used through.
    Ready(Rc<Handle>),
}

#[derive(Clone, Copy)]
pub(crate) enum Waiter {
    Callback(Slot),
    Promise(Deferred),
}

/// A promise, and in the next two slots the functions that resolve and reject it: thousands of calls
/// may wait at once.
#[derive(Clone, Copy)]
pub(crate) struct Deferred {
    pub(crate) promise: Slot,
}

impl WaitingList {
    /// A ticket for a call that is answered later.
    pub(crate) fn add(&self, waiting: Waiting) -> Ticket {
        let ticket = Ticket(self.tickets.get().wrapping_add(1));
        self.tickets.set(ticket.0);
        self.waiting.borrow_mut().push_back((ticket, waiting));
        ticket
    }

    pub(crate) fn take(&self, ticket: Ticket) -> Option<Waiting> {
        let mut waiting = self.waiting.borrow_mut();
        // Most are answered in about the order in which they came.
        let at = waiting.iter().position(|(waits, _)| *waits == ticket)?;
        waiting.remove(at).map(|(_, waiting)| waiting)
    }
}

impl Deferred {
    pub(crate) fn hold(
        held: &Held,
        promise: &Promise,
        resolve: &Function,
        reject: &Function,
    ) -> Self {
        let promise = held.insert(promise);
        held.insert(resolve);
        held.insert(reject);
        Self { promise }
    }

    /// Lets go of the promise, and names the function that is left of it.
    pub(crate) fn release(self, held: &Held, is_resolved: bool) -> Slot {
        let Self { promise } = self;
        let resolve = promise.next();
        let reject = resolve.next();
        let (used, unused) = if is_resolved { (resolve, reject) } else { (reject, resolve) };
        held.remove(promise);
        held.remove(unused);
        used
    }
}

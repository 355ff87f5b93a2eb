//! What the application asks for.

use super::limbo::Limbo;
use super::state::{State, Transition};
use super::{Connection, MEASURE_EVERY, Notice};
use crate::core::io::{
    Care, Event, Meta, Outcome, Outgoing, Output, Reason, SocketId, Ticket, error_name,
};
use crate::core::protocol::{Message, Topic};
use crate::core::time::{Instant, Millis};
use crate::core::timer::Timer;

impl Connection {
    #[inline(never)]
    pub(super) fn login(&mut self, ticket: Ticket, details: String, now: Instant) {
        let settled = if self.state.is_final() {
            self.on_login_too_late(ticket, now);
            Vec::new()
        } else if self.state == State::Open {
            self.login.on_login_while_open(ticket, details)
        } else if self.state == State::Authenticating {
            self.login.on_login_while_authenticating(ticket, details)
        } else {
            self.login.on_login(ticket, details)
        };
        self.settle(settled);
        if self.state == State::AwaitingAuthentication {
            self.authenticate(now);
        } else if self.state == State::Initial && self.link.is_none() {
            self.dial(self.url.clone(), now);
        }
    }

    /// Refuses a login a moment later, and tells of it now. Of those that come meanwhile, perhaps
    /// because of that, it tells with the refusal.
    #[inline(never)]
    fn on_login_too_late(&mut self, ticket: Ticket, now: Instant) {
        let is_first = self.timers.deadline(Timer::Refuse).is_none();
        self.login.on_login_too_late(ticket, is_first);
        if is_first {
            self.emit_error(Meta::None, error_name::IS_CLOSED, Topic::Connection);
            self.timers.set(Timer::Refuse, now.after(REFUSAL_DELAY));
        }
    }

    /// Has requests that came too late refused a moment later.
    pub(crate) fn refuse_soon(&mut self, now: Instant) {
        if self.timers.deadline(Timer::Refuse).is_none() {
            self.timers.set(Timer::Refuse, now.after(REFUSAL_DELAY));
        }
    }

    pub(super) fn on_refusal_due(&mut self) {
        self.notices.push(Notice::Refuse);
        for (ticket, is_told) in self.login.take_late() {
            if !is_told {
                self.emit_error(Meta::None, error_name::IS_CLOSED, Topic::Connection);
            }
            let outcome = Outcome::Refused(Reason::Ended(error_name::IS_CLOSED));
            self.emit(Event::Settled(ticket, outcome));
        }
    }

    #[inline(never)]
    pub(super) fn close(&mut self, now: Instant) {
        self.send_queue();
        if !self.transition(Transition::Close, now) {
            return;
        }
        self.finish(error_name::IS_CLOSED);
        self.shut_link(now);
    }

    #[inline(never)]
    pub(super) fn pause(&mut self, now: Instant) {
        self.send_queue();
        if !self.transition(Transition::Pause, now) {
            return;
        }
        let settled = self.login.on_lost();
        self.settle(settled);
        self.shut_link(now);
    }

    #[inline(never)]
    pub(super) fn resume(&mut self, ticket: Ticket, now: Instant) {
        if self.state == State::Open {
            self.settle(vec![(ticket, Outcome::Accepted(None))]);
            return;
        }
        self.login.on_resume(ticket);
        if self.state == State::AwaitingAuthentication && self.login.details().is_none() {
            let settled = self.login.on_nothing_to_send();
            self.settle(settled);
            return;
        }
        let is_dialling = self.link.is_some()
            && !matches!(self.state, State::Pausing | State::Closing)
            || self.redirect.is_some();
        if !is_dialling && self.transition(Transition::Resume, now) {
            self.drop_link();
            self.dial_afresh(now);
        }
    }

    /// Sends an update as soon as there is a connection, after what was sent before it.
    pub(crate) fn send(&mut self, message: &Message<'_>) {
        let outgoing = self.pack(message, Care::Update);
        if self.state.is_final() {
            self.report_closed(&outgoing);
        } else if self.is_too_large(&outgoing.frame) {
            self.report_unsent(&outgoing.frame, error_name::MESSAGE_TOO_LARGE);
        } else if let Err(outgoing) = self.enqueue(outgoing) {
            self.report_unsent(&outgoing.frame, error_name::OUTGOING_QUEUE_FULL);
        }
    }

    /// Sends a request as soon as there is a connection. Returns whether the queue has room for it.
    pub(crate) fn send_request(&mut self, message: &Message<'_>, care: Care) -> bool {
        let outgoing = self.pack(message, care);
        let is_enqueued = self.enqueue(outgoing).is_ok();
        if is_enqueued && self.state != State::Open {
            self.limit_wait();
        }
        is_enqueued
    }

    /// Something waits for a connection, and goes on without when there is no more hope for one.
    pub(crate) fn wait_for_hope(&mut self) {
        self.is_hoped_for = true;
        self.limit_wait();
    }

    /// Has requests that wait be told when there is no more hope.
    pub(super) fn limit_wait(&mut self) {
        if let Limbo::Until(end) = self.limbo {
            self.timers.set(Timer::Limbo, end);
        }
    }

    /// Sends a message if there is a connection, after what was sent before it.
    pub(crate) fn send_in_session(&mut self, message: &Message<'_>) {
        self.send_packed(self.pack(message, Care::Session));
    }

    /// A message as [`Self::send_in_session`] sends it. None where the server is known to find it too
    /// large.
    pub(crate) fn pack_in_session(&self, message: &Message<'_>) -> Option<Outgoing> {
        let outgoing = self.pack(message, Care::Session);
        (!self.is_too_large(&outgoing.frame)).then_some(outgoing)
    }

    /// Sends what was packed for this session, if there is a connection.
    pub(crate) fn send_packed(&mut self, outgoing: Outgoing) {
        if self.state == State::Open {
            self.queue.push_unlimited(outgoing);
        }
    }

    /// Whether there are messages that the server is known to find too large.
    pub(crate) fn refuses_by_size(&self) -> bool {
        self.size_limit < usize::MAX
    }

    /// The connection that there is, if there is one.
    pub(crate) fn session(&self) -> Option<SocketId> {
        self.link.as_ref().map(|link| link.id)
    }

    /// Sends a message that a new connection begins with, before everything that waits.
    pub(crate) fn send_first(&mut self, message: &Message<'_>) {
        let outgoing = self.pack(message, Care::Session);
        if let (Some(id), Some(link)) = (self.writable_link(), &mut self.link) {
            link.unmeasured = link.unmeasured.saturating_add(outgoing.frame.len());
            self.outputs.push_back(Output::SendQueued(id, outgoing));
        }
    }

    /// Whether a request may be sent, or wait for a connection.
    pub(crate) fn takes_requests(&self, now: Instant) -> bool {
        self.state == State::Open || !self.limbo.is_over(now)
    }

    /// Whether there are messages that no socket has taken yet.
    pub(crate) fn has_queued(&self) -> bool {
        self.queue.len() > 0
    }

    /// The requests that no socket has taken yet, sorted.
    pub(crate) fn queued_requests(&self) -> Vec<Ticket> {
        self.queue.requests()
    }

    /// Forgets the requests that no socket has taken yet.
    pub(crate) fn forget_requests(&mut self) {
        self.queue.forget_requests();
    }

    /// Forgets a request that is given up, if no socket has taken it yet.
    pub(crate) fn forget_request(&mut self, ticket: Ticket) {
        self.queue.forget_request(ticket);
    }

    fn pack(&self, message: &Message<'_>, care: Care) -> Outgoing {
        Outgoing { frame: self.options.transport.encode(message), care }
    }

    fn enqueue(&mut self, outgoing: Outgoing) -> Result<(), Outgoing> {
        if self.writable_link().is_some() && self.queue.bytes() <= MEASURE_EVERY {
            // It leaves as soon as what is under way is done: no limit is for that.
            self.queue.push_unlimited(outgoing);
            return Ok(());
        }
        self.queue.push(outgoing)
    }

    /// The connection ends by a call: what was sent before that call still leaves, if it can.
    fn send_queue(&mut self) {
        let Some(id) = self.writable_link() else { return };
        while let Some(outgoing) = self.queue.pop() {
            self.outputs.push_back(Output::SendQueued(id, outgoing));
        }
    }

    /// The socket that takes messages now, if there is one.
    pub(super) fn writable_link(&self) -> Option<SocketId> {
        let link = self.link.as_ref().filter(|link| link.is_writable)?;
        (self.state == State::Open).then_some(link.id)
    }
}

/// How much later than they came calls are refused that came too late.
const REFUSAL_DELAY: Millis = Millis::new(1);

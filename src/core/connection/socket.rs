//! What the socket and the page report.

use super::in_flight::InFlight;
use super::lifecycle::CLOSE_LIMIT;
use super::state::{State, Transition};
use super::{Connection, Link};
use crate::core::io::{Care, Closure, Meta, Outgoing, PageEvent, SocketId, error_name};
use crate::core::protocol::{Action, DecodeError, Frame, FrameRef, Message, ParserAction, Topic};
use crate::core::time::{Instant, Millis};
use crate::core::timer::Timer;

impl Connection {
    fn is_current(&self, id: SocketId) -> bool {
        self.link.as_ref().is_some_and(|link| link.id == id)
    }

    #[inline(never)]
    pub(super) fn on_socket_opened(&mut self, id: SocketId, now: Instant) {
        if !self.is_current(id) || !self.transition(Transition::Connected, now) {
            return;
        }
        if let Some(link) = &mut self.link {
            link.is_open = true;
        }
        self.backoff.on_socket_opened();
        // There is a network, whatever the browser said.
        self.page_offline = false;
        self.timers.set(Timer::FollowUp, now);
    }

    pub(super) fn on_socket_frame<'a>(
        &mut self,
        id: SocketId,
        frame: FrameRef<'a>,
        now: Instant,
    ) -> Option<Message<'a>> {
        if !self.is_current(id) || matches!(self.state, State::Pausing | State::Closing) {
            return None;
        }
        self.heartbeat.on_message();
        // It may have been under way since before the suspension, or before the answer: that one
        // gets more time.
        if self.timers.deadline(Timer::Probe).is_some() {
            self.timers.set(Timer::Probe, self.heartbeat.probe_deadline(now));
        }
        // The timer that looks is late where a page is hidden.
        if self.timers.deadline(Timer::Drain).is_some() {
            self.timers.set(Timer::Drain, now);
        }
        let decoded = match self.options.transport.decode(frame) {
            Ok(decoded) => decoded,
            Err(error) => {
                self.on_bad_frame(&error);
                return None;
            }
        };
        if decoded.surplus > 0 {
            let text = format!("{} bytes after the message were ignored", decoded.surplus);
            let name = ParserAction::MessageParseError.name();
            self.emit_error(Meta::Text(text), name, Topic::Parser);
        }
        let message = decoded.message;
        match message.action {
            Action::Connection(action) => self.on_connection_message(action, message, now),
            Action::Auth(action) => self.on_auth_message(action, message, now),
            Action::Parser(_)
            | Action::Event(_)
            | Action::Record(_)
            | Action::Rpc(_)
            | Action::Presence(_)
            | Action::Monitoring(_)
            | Action::Cluster(_)
            | Action::Lock(_)
            | Action::State(_) => return Some(message),
        }
        None
    }

    #[inline(never)]
    fn on_bad_frame(&mut self, error: &DecodeError) {
        let action = if matches!(error, DecodeError::UnknownTopic(_)) {
            ParserAction::UnknownTopic
        } else if matches!(error, DecodeError::UnknownAction { .. }) {
            ParserAction::UnknownAction
        } else {
            ParserAction::MessageParseError
        };
        self.emit_error(Meta::Text(error.to_string()), action.name(), Topic::Parser);
    }

    #[inline(never)]
    pub(super) fn on_socket_closed(&mut self, id: SocketId, closure: Closure, now: Instant) {
        if !self.is_current(id) {
            return;
        }
        if matches!(self.state, State::Pausing | State::Closing) {
            if closure.was_clean
                && let Some(link) = &mut self.link
            {
                link.in_flight = InFlight::default();
            }
            self.take_back(closure.unsent);
            self.on_closed(now);
            return;
        }
        if closure.code == TOO_LARGE {
            self.learn_size_limit();
        }
        self.take_back(closure.unsent);
        let is_failure = closure.failed || self.state != State::Open;
        let why = format!("the socket closed with code {}", closure.code);
        let text = is_failure.then(|| self.unreachable(&why));
        self.on_lost(text.as_deref(), now);
    }

    /// Waits for the report of its end, but not long.
    #[inline(never)]
    pub(super) fn on_socket_failed(&mut self, id: SocketId, now: Instant) {
        if self.is_current(id) && !matches!(self.state, State::Pausing | State::Closing) {
            self.timers.set(Timer::Close, now.after(FAILURE_LIMIT));
        }
    }

    #[inline(never)]
    pub(super) fn on_socket_forbidden(&mut self, id: SocketId, reason: String, now: Instant) {
        if self.is_current(id) {
            self.on_lost(Some(&reason), now);
        }
    }

    /// The socket is dead, and so much of what it was given has never left: that can be sent again.
    fn take_back(&mut self, unsent: u64) {
        let Some(link) = &mut self.link else { return };
        let frames = link.in_flight.take_unsent(unsent).into_iter();
        let updates = frames.map(|frame| Outgoing { frame, care: Care::Update });
        if self.state.is_final() {
            for outgoing in updates {
                self.report_closed(&outgoing);
            }
        } else {
            for outgoing in updates.rev() {
                if self.is_too_large(&outgoing.frame) {
                    self.report_unsent(&outgoing.frame, error_name::MESSAGE_TOO_LARGE);
                } else {
                    self.queue.put_first(outgoing);
                }
            }
        }
    }

    /// The server closed the connection over a message that it finds too large. It does not say which:
    /// it is no other than the largest that it was sent, or one as large would be refused as well.
    fn learn_size_limit(&mut self) {
        let largest = self.link.as_ref().map(|link| link.in_flight.largest()).unwrap_or_default();
        if largest >= LEAST_SIZE_LIMIT {
            self.size_limit = self.size_limit.min(largest);
        }
    }

    /// Whether the server is known to close the connection over a frame of this size.
    pub(super) fn is_too_large(&self, frame: &Frame) -> bool {
        frame.len() >= self.size_limit
    }

    pub(super) fn on_socket_took(&mut self, id: SocketId, outgoing: Outgoing, now: Instant) {
        let Outgoing { frame, care } = outgoing;
        let link = self.link.as_mut().filter(|link| link.id == id);
        match (link, care) {
            (Some(link), Care::Update) => {
                link.in_flight.on_message(frame);
                self.schedule_receipt(now);
            }
            (None, Care::Update) => self.report_unsent(&frame, error_name::DELIVERY_UNCONFIRMED),
            (Some(link), Care::Request(_) | Care::Write(_) | Care::Session) => {
                link.in_flight.on_other(&frame)
            }
            (None, Care::Request(_) | Care::Write(_) | Care::Session) => {}
        }
    }

    #[inline(never)]
    pub(super) fn on_socket_refused(&mut self, id: SocketId, outgoing: Outgoing, now: Instant) {
        if self.state.is_final() {
            self.report_closed(&outgoing);
            return;
        }
        if self.state != State::Open && outgoing.care != Care::Update {
            // Those who sent it were told of the loss.
            return;
        }
        self.queue.put_back(outgoing);
        if let Some(link) = self.link.as_mut().filter(|link| link.id == id) {
            // It is closing: what it has to report should come soon.
            link.is_writable = false;
            if self.state == State::Open {
                self.timers.set(Timer::Close, now.after(CLOSE_LIMIT));
            }
        }
    }

    #[inline(never)]
    pub(super) fn on_socket_buffered(&mut self, id: SocketId, bytes: u64, now: Instant) {
        let is_asked = |link: &&mut Link| link.id == id && link.is_open;
        let Some(link) = self.link.as_mut().filter(is_asked) else { return };
        link.is_writable = bytes <= HIGH_WATER;
        if !link.is_writable {
            self.timers.set(Timer::Drain, now.after(DRAIN_INTERVAL));
        }
    }

    #[inline(never)]
    pub(super) fn on_page_event(&mut self, event: PageEvent, now: Instant) {
        match event {
            PageEvent::Offline => self.page_offline = true,
            PageEvent::Online => self.page_offline = false,
            PageEvent::Resumed => {}
        }
        if self.state == State::Open {
            if self.timers.deadline(Timer::Probe).is_none() {
                self.probe(now);
            }
        } else if event == PageEvent::Offline {
            if self.is_waiting_to_dial() {
                self.schedule(now);
            }
        } else if self.is_waiting_to_dial() {
            self.dial_afresh(now);
        } else {
            // An attempt from before says nothing about now: the next is a first one.
            self.backoff.reset();
        }
    }

    fn is_waiting_to_dial(&self) -> bool {
        self.state == State::Reconnecting && self.link.is_none()
    }
}

/// How long after its failure a socket may report its end.
const FAILURE_LIMIT: Millis = Millis::new(10);

/// The WebSocket close code of a peer that was sent more than it takes at once.
const TOO_LARGE: u16 = 1009;

/// Bytes. A server that finds less than this too large means something else.
const LEAST_SIZE_LIMIT: usize = 1_024;

/// Unsent bytes in a socket above which it gets no more: heartbeats queue behind them.
const HIGH_WATER: u64 = 512 * 1_024;

/// How often a socket above the mark is looked at again.
const DRAIN_INTERVAL: Millis = Millis::new(20);

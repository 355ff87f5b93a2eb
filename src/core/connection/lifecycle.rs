//! Coming and going: attempts, losses and endings.

use super::heartbeat::{PROBE_LIMIT, is_suspension};
use super::in_flight::InFlight;
use super::login::Settled;
use super::state::{State, Transition};
use super::{Connection, Link, Notice};
use crate::core::io::{Care, Closure, Event, Meta, Outgoing, Output, SocketId, error_name};
use crate::core::protocol::{AuthAction, ConnectionAction, Frame, Message, Topic};
use crate::core::time::{Instant, Millis};
use crate::core::timer::Timer;
use crate::core::url::Url;

impl Connection {
    /// Makes a transition, if it is possible from here, and announces the new state.
    pub(super) fn transition(&mut self, transition: Transition, now: Instant) -> bool {
        let Some(state) = self.state.after(transition) else { return false };
        self.entered = now;
        if state == self.state {
            return true;
        }
        let from = std::mem::replace(&mut self.state, state);
        self.emit(Event::StateChanged(state));
        if from == State::Open {
            self.queue.forget_session();
            self.notices.push(Notice::Lost);
        }
        let patience = self.options.offline_buffer_timeout;
        if self.limbo.on_transition(from, state, patience, now) {
            self.timers.stop(Timer::Limbo);
            self.notices.push(Notice::Hopeless);
        } else if state == State::Open {
            self.timers.stop(Timer::Limbo);
            self.is_hoped_for = false;
        } else if self.queue.has_requests() || self.is_hoped_for {
            self.limit_wait();
        }
        true
    }

    /// Begins what a state is for, if it still is the state.
    pub(super) fn follow_up(&mut self, now: Instant) {
        if self.state == State::AwaitingConnection {
            self.challenge(now);
        } else if self.state == State::AwaitingAuthentication {
            self.authenticate(now);
        } else if self.state == State::Open {
            self.notices.push(Notice::Established);
        } else if self.state == State::Reconnecting && self.timers.deadline(Timer::Dial).is_none() {
            self.schedule(now);
        } else if matches!(self.state, State::Pausing | State::Closing) && self.link.is_none() {
            self.on_closed(now);
        }
    }

    fn challenge(&mut self, now: Instant) {
        let mut challenge = Message::new(ConnectionAction::Challenge);
        // The address that was given, also behind a redirection: the server decides by it.
        let rare = &mut *challenge.rare;
        rare.url = Some(self.url.as_str().to_owned().into());
        rare.protocol_version = Some(PROTOCOL_VERSION.into());
        rare.sdk_version = Some(env!("CARGO_PKG_VERSION").into());
        rare.sdk_type = Some(SDK_TYPE.into());
        self.send_now(&challenge);
        self.transition(Transition::Challenge, now);
        self.timers.set(Timer::Answer, now.after(self.options.connect_timeout));
    }

    pub(super) fn dial(&mut self, url: Url, now: Instant) {
        self.sockets = self.sockets.wrapping_add(1);
        let id = SocketId(self.sockets);
        self.outputs.push_back(Output::OpenSocket(id, url.as_str().to_owned()));
        self.link = Some(Link {
            id,
            url,
            is_open: false,
            is_writable: false,
            is_reprieved: false,
            unmeasured: 0,
            in_flight: InFlight::default(),
            asked: None,
        });
        let limit = self.backoff.connect_limit(self.options.connect_timeout);
        self.timers.set(Timer::Answer, now.after(limit));
    }

    pub(super) fn on_dial_due(&mut self, now: Instant) {
        if let Some(url) = self.redirect.take() {
            self.dial(url, now);
            return;
        }
        // Redirections are only in a row within one attempt.
        self.redirects = 0;
        if !self.is_held_back() {
            self.backoff.on_attempt();
        }
        self.dial(self.url.clone(), now);
    }

    /// Whether the browser says that there is no network, and one attempt seemed to confirm it. What
    /// is tried against its advice says nothing about the server, and is not counted.
    fn is_held_back(&self) -> bool {
        self.page_offline && self.backoff.made() > 0
    }

    /// Makes an attempt at once, as the first of a new series.
    pub(super) fn dial_afresh(&mut self, now: Instant) {
        self.backoff.reset();
        self.timers.set(Timer::Dial, now);
    }

    /// Plans the next attempt, or gives up.
    pub(super) fn schedule(&mut self, now: Instant) {
        if self.is_held_back() {
            self.timers.set(Timer::Dial, now.after(self.backoff.longest_delay()));
            return;
        }
        match self.backoff.next_delay() {
            Some(delay) => self.timers.set(Timer::Dial, now.after(delay)),
            None => {
                self.emit(Event::MaxReconnectionAttemptsReached(self.backoff.made()));
                self.transition(Transition::GiveUp, now);
                self.finish("MAX_RECONNECTION_ATTEMPTS_REACHED");
            }
        }
    }

    pub(super) fn on_answer_overdue(&mut self, deadline: Instant, now: Instant) {
        if let Some(link) = &mut self.link
            && is_suspension(deadline, now)
            && !link.is_reprieved
        {
            // It had no chance to answer. Once only: in a hidden page all timers are late.
            link.is_reprieved = true;
            let limit = PROBE_LIMIT.min(self.options.connect_timeout);
            self.timers.set(Timer::Answer, now.after(limit));
            return;
        }
        let is_connecting = self.link.as_ref().is_some_and(|link| !link.is_open);
        if is_connecting {
            self.backoff.on_cut_off();
        }
        let what = if is_connecting {
            "the socket did not open in time"
        } else if self.state == State::Authenticating {
            "the server did not answer the login in time"
        } else {
            "the server did not answer the challenge in time"
        };
        self.on_lost(Some(&self.unreachable(what)), now);
    }

    /// What the JavaScript client says of a server that can't be reached, and why.
    pub(super) fn unreachable(&self, why: &str) -> String {
        let url = self.link.as_ref().map_or(&self.url, |link| &link.url).as_str();
        ["Can't connect! Deepstream server unreachable on ", url, ": ", why].concat()
    }

    pub(super) fn on_close_overdue(&mut self, now: Instant) {
        if matches!(self.state, State::Pausing | State::Closing) {
            self.on_closed(now);
        } else if let Some(link) = &self.link {
            self.on_socket_closed(link.id, Closure::BROKEN, now);
        }
    }

    /// The connection is lost, or could not be made. `error` says why where that is an error.
    pub(super) fn on_lost(&mut self, error: Option<&str>, now: Instant) {
        if self.state == State::Open {
            self.backoff.on_open_lost(self.entered, now);
        } else if self.state == State::AwaitingAuthentication {
            self.backoff.on_waited(self.entered, now, true);
        }
        if !self.transition(Transition::Lost, now) {
            return;
        }
        self.drop_link();
        self.redirect = None;
        let settled = self.login.on_lost();
        self.settle(settled);
        if let Some(text) = error {
            let meta = Meta::Text(text.to_owned());
            self.emit_error(meta, error_name::CONNECTION_ERROR, Topic::Connection);
        }
        self.timers.set(Timer::FollowUp, now);
    }

    /// The server ends it for good: a final state.
    pub(super) fn end(&mut self, transition: Transition, message: Message<'_>, now: Instant) {
        if !self.transition(transition, now) {
            self.on_unsolicited(message);
            return;
        }
        self.drop_link();
        let name = self.state.name();
        // A rejected challenge is no error event in the JavaScript client either.
        if self.state != State::ChallengeDenied {
            self.emit_message_error(message, None);
        }
        self.finish(name);
    }

    /// Answers everything that waits for a connection which does not come any more.
    pub(super) fn finish(&mut self, name: &'static str) {
        self.timers.stop_connection();
        self.redirect = None;
        self.redirects = 0;
        let settled = self.login.on_final(name);
        self.settle(settled);
        while let Some(outgoing) = self.queue.pop() {
            self.report_closed(&outgoing);
        }
    }

    /// Closes the socket in good order, if it is open, within a time limit.
    pub(super) fn shut_link(&mut self, now: Instant) {
        self.timers.stop_connection();
        self.redirect = None;
        match &self.link {
            Some(link) if link.is_open => {
                self.outputs.push_back(Output::CloseSocket(link.id));
                self.timers.set(Timer::Close, now.after(CLOSE_LIMIT));
            }
            Some(_) | None => {
                self.drop_link();
                self.timers.set(Timer::FollowUp, now);
            }
        }
    }

    /// The socket is closed as the application asked, or takes too long for it.
    pub(super) fn on_closed(&mut self, now: Instant) {
        self.drop_link();
        if !self.transition(Transition::Paused, now) {
            self.transition(Transition::Closed, now);
        }
    }

    /// Lets go of the socket, whatever it is doing: nothing more is heard of it.
    pub(super) fn drop_link(&mut self) {
        self.timers.stop_connection();
        if let Some(link) = self.link.take() {
            self.outputs.push_back(Output::DropSocket(link.id));
            for frame in link.in_flight.into_messages() {
                let name = if self.is_too_large(&frame) {
                    error_name::MESSAGE_TOO_LARGE
                } else {
                    error_name::DELIVERY_UNCONFIRMED
                };
                self.report_unsent(&frame, name);
            }
        }
    }

    pub(super) fn authenticate(&mut self, now: Instant) {
        let Some(details) = self.login.details() else {
            let settled = self.login.on_nothing_to_send();
            self.settle(settled);
            return;
        };
        let mut request = Message::new(AuthAction::Request);
        request.data = Some(details.to_owned().into());
        self.send_now(&request);
        self.backoff.on_waited(self.entered, now, false);
        self.transition(Transition::Authenticate, now);
        self.timers.set(Timer::Answer, now.after(self.options.authentication_timeout));
    }

    pub(super) fn send_now(&mut self, message: &Message<'_>) {
        if let Some(link) = &mut self.link {
            let frame = self.options.transport.encode(message);
            link.in_flight.on_other(&frame);
            self.outputs.push_back(Output::Send(link.id, frame));
        }
    }

    /// Reports a message of our own that comes too late.
    pub(super) fn report_closed(&mut self, outgoing: &Outgoing) {
        if outgoing.care == Care::Update {
            self.report_under(&outgoing.frame, error_name::IS_CLOSED, Some(Topic::Connection));
        }
    }

    /// Reports a message of our own, under the topic that it has.
    pub(super) fn report_unsent(&mut self, frame: &Frame, name: &'static str) {
        self.report_under(frame, name, None);
    }

    fn report_under(&mut self, frame: &Frame, name: &'static str, topic: Option<Topic>) {
        if let Ok(decoded) = self.options.transport.decode(frame.into()) {
            let message = decoded.message.into_owned();
            let topic = topic.unwrap_or(message.action.topic());
            self.emit_error(Meta::Message(Box::new(message)), name, topic);
        }
    }

    pub(super) fn settle(&mut self, settled: Settled) {
        for (ticket, outcome) in settled {
            self.emit(Event::Settled(ticket, outcome));
        }
    }
}

/// How long a socket may take over its closing handshake.
pub(super) const CLOSE_LIMIT: Millis = Millis::new(1_000);

const PROTOCOL_VERSION: &str = "0.1a";

/// The server counts its clients by this; it knows the API, not the language behind it.
const SDK_TYPE: &str = "javascript";

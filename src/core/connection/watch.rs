//! The watch over the link: pings, and what their answers say.

use super::Connection;
use super::heartbeat::{Due, PROBE_LIMIT, is_suspension};
use super::in_flight::Purpose;
use super::state::{State, Transition};
use crate::core::io::{Meta, Output, error_name};
use crate::core::options::HeartbeatTimeoutAction;
use crate::core::protocol::{ConnectionAction, Message, Topic};
use crate::core::time::{Instant, Millis};
use crate::core::timer::Timer;

impl Connection {
    /// Before the login the server answers no ping, but even then it drops a client that is silent
    /// for longer than twice its own interval.
    pub(super) fn keep_alive(&mut self, now: Instant) {
        self.timers.set(Timer::Heartbeat, now.after(self.options.heartbeat_interval));
    }

    pub(super) fn on_heartbeat_due(&mut self, deadline: Instant, now: Instant) {
        if self.state != State::Open {
            // Behind a login, it might be answered like those that come after.
            if self.state == State::AwaitingAuthentication {
                self.send_ping(Purpose::KeepAlive, now);
            }
            self.keep_alive(now);
            return;
        }
        match self.heartbeat.on_due(deadline, now) {
            Due::Ping => {
                let next = self.heartbeat.on_ping(deadline, now);
                self.timers.set(Timer::Heartbeat, next);
                self.send_ping(Purpose::Heartbeat, now);
            }
            Due::Probe => self.probe(now),
            Due::Dead => {
                self.emit_error(Meta::None, error_name::HEARTBEAT_TIMEOUT, Topic::Connection);
                match self.options.heartbeat_timeout_action {
                    HeartbeatTimeoutAction::Reconnect => self.on_lost(None, now),
                    HeartbeatTimeoutAction::Error => {
                        self.transition(Transition::GiveUp, now);
                        self.drop_link();
                        self.finish(error_name::HEARTBEAT_TIMEOUT);
                    }
                }
            }
        }
    }

    /// Asks whether the link is still alive, and does not wait long for the answer.
    pub(super) fn probe(&mut self, now: Instant) {
        let (answer, next_ping) = self.heartbeat.on_probe(now);
        self.timers.set(Timer::Probe, answer);
        self.timers.set(Timer::Heartbeat, next_ping);
        self.send_ping(Purpose::Probe, now);
    }

    /// Has the server confirm what it was sent, unless it is about to.
    pub(super) fn ask_for_receipt(&mut self, now: Instant) {
        let Some(link) = &mut self.link else { return };
        if self.state != State::Open || !link.in_flight.lacks_ping() {
            return;
        }
        // A server that passed over one ping may answer another.
        let overdue = link.in_flight.last_ping().map(|ping| ping.sent.after(PROBE_LIMIT));
        if let Some(overdue) = overdue.filter(|overdue| *overdue > now) {
            self.timers.set(Timer::Receipt, overdue);
            return;
        }
        link.asked = Some(now);
        self.send_ping(Purpose::Receipt, now);
    }

    fn send_ping(&mut self, purpose: Purpose, now: Instant) {
        if let Some(link) = &mut self.link {
            let frame = self.options.transport.encode(&Message::new(ConnectionAction::Ping));
            link.in_flight.on_ping(&frame, purpose, now);
            self.outputs.push_back(Output::Send(link.id, frame));
        }
    }

    pub(super) fn on_probe_overdue(&mut self, deadline: Instant, now: Instant) {
        if is_suspension(deadline, now) {
            self.probe(now);
        } else {
            self.on_lost(Some(PROBE_FAILED), now);
        }
    }

    /// Plans to ask the server for a receipt: soon, unless it was asked a moment ago.
    pub(super) fn schedule_receipt(&mut self, now: Instant) {
        let Some(link) = &self.link else { return };
        if self.timers.deadline(Timer::Receipt).is_none() {
            let soon = now.after(RECEIPT_DELAY);
            let earliest = link.asked.map_or(soon, |asked| asked.after(RECEIPT_INTERVAL));
            self.timers.set(Timer::Receipt, earliest.max(soon));
        }
    }

    /// A ping is answered, and everything before it has arrived.
    pub(super) fn on_pong(&mut self, now: Instant) {
        let Some(ping) = self.link.as_mut().and_then(|link| link.in_flight.on_pong()) else {
            return;
        };
        match ping.purpose {
            Purpose::Heartbeat => self.heartbeat.on_pong(ping.sent, now),
            Purpose::Probe => {
                self.timers.stop(Timer::Probe);
                self.heartbeat.on_pong(ping.sent, now);
            }
            Purpose::KeepAlive | Purpose::Receipt => {}
        }
        self.timers.stop(Timer::Receipt);
        if self.link.as_ref().is_some_and(|link| link.in_flight.lacks_ping()) {
            self.schedule_receipt(now);
        }
    }
}

const PROBE_FAILED: &str = "The server did not answer after the page or the network was suspended";

/// How long after a message the server is asked to confirm it, and what comes along with it.
const RECEIPT_DELAY: Millis = Millis::new(5);

/// How often the server is asked at most.
const RECEIPT_INTERVAL: Millis = Millis::new(250);

//! What the server says.

use std::borrow::Cow;

use super::Connection;
use super::in_flight::InFlight;
use super::state::{State, Transition};
use crate::core::io::{Event, Meta, Reason, error_name};
use crate::core::protocol::json::is_json;
use crate::core::protocol::{AuthAction, ConnectionAction, Message, ParserAction, Topic};
use crate::core::time::Instant;
use crate::core::timer::Timer;
use crate::core::url::Url;

impl Connection {
    pub(super) fn on_connection_message(
        &mut self,
        action: ConnectionAction,
        message: Message<'_>,
        now: Instant,
    ) {
        match action {
            ConnectionAction::Ping => {}
            ConnectionAction::Pong => {
                self.on_pong(now);
            }
            ConnectionAction::Accept => {
                if !self.transition(Transition::Accepted, now) {
                    self.on_unsolicited(message);
                    return;
                }
                self.redirects = 0;
                self.timers.stop(Timer::Answer);
                self.keep_alive(now);
                self.timers.set(Timer::FollowUp, now);
            }
            ConnectionAction::Reject => {
                self.end(Transition::Denied, message, now);
            }
            ConnectionAction::Redirect => self.on_redirect(message, now),
            ConnectionAction::AuthenticationTimeout => {
                self.end(Transition::LoginOverdue, message, now);
            }
            ConnectionAction::Unknown
            | ConnectionAction::Error
            | ConnectionAction::Challenge
            | ConnectionAction::Closing
            | ConnectionAction::Closed
            | ConnectionAction::InvalidMessage => self.emit_message_error(message, None),
        }
    }

    fn on_redirect(&mut self, message: Message<'_>, now: Instant) {
        if self.state != State::Challenging {
            self.on_unsolicited(message);
            return;
        }
        let was_secure = self.link.as_ref().is_some_and(|link| link.url.is_secure());
        let target = message.rare.url.as_deref().and_then(Url::parse_redirect);
        self.redirects = self.redirects.saturating_add(1);
        let target = target
            .filter(|target| target.is_secure() || !was_secure)
            .filter(|_| self.redirects <= MAX_REDIRECTS);
        let Some(target) = target else {
            self.emit_message_error(message, Some(error_name::REDIRECT_REFUSED));
            self.on_lost(None, now);
            return;
        };
        self.transition(Transition::Redirected, now);
        self.drop_link();
        self.redirect = Some(target);
        self.timers.set(Timer::Dial, now);
    }

    pub(super) fn on_auth_message(
        &mut self,
        action: AuthAction,
        message: Message<'_>,
        now: Instant,
    ) {
        match action {
            AuthAction::AuthSuccessful => self.on_login_accepted(message, now),
            AuthAction::AuthUnsuccessful => {
                let reason = match &message.data {
                    Some(data) => Reason::Server(data.clone().into_owned()),
                    None => Reason::Unexplained("INVALID_AUTHENTICATION_DETAILS"),
                };
                if self.transition(Transition::LoginRefused, now) {
                    self.on_login_refused(reason, now);
                } else {
                    self.on_unsolicited(message);
                }
            }
            AuthAction::InvalidMessageData => {
                self.emit_message_error(message, None);
                if self.transition(Transition::LoginRefused, now) {
                    self.on_login_refused(Reason::Unexplained(action.name()), now);
                }
            }
            AuthAction::TooManyAuthAttempts => {
                if self.state.after(Transition::LoginBarred).is_some() {
                    self.login.forget_unproven();
                }
                self.end(Transition::LoginBarred, message, now);
            }
            AuthAction::Unknown
            | AuthAction::Error
            | AuthAction::Request
            | AuthAction::InvalidMessage => self.emit_message_error(message, None),
        }
    }

    fn on_login_accepted(&mut self, message: Message<'_>, now: Instant) {
        if !self.transition(Transition::LoginAccepted, now) {
            self.on_unsolicited(message);
            return;
        }
        self.timers.stop(Timer::Answer);
        self.timers.set(Timer::FollowUp, now);
        self.backoff.on_open();
        let first_ping = self.heartbeat.on_open(now);
        self.timers.set(Timer::Heartbeat, first_ping);
        if let Some(link) = &mut self.link {
            link.is_writable = true;
            // Pings from before the login are never answered.
            link.in_flight = InFlight::default();
        }
        let mut data = message.data.map(Cow::into_owned);
        if let Some(text) = data.take_if(|text| !is_json(text.trim())) {
            // The server is content, so that the client is too.
            self.emit_error(Meta::Text(text), MESSAGE_PARSE_ERROR, Topic::Parser);
        }
        let answer = self.login.on_accepted(data);
        if answer.data_changed {
            let data = self.login.client_data().map(str::to_owned);
            self.emit(Event::ClientDataChanged(data));
        }
        self.settle(answer.settled);
    }

    fn on_login_refused(&mut self, reason: Reason, now: Instant) {
        self.timers.stop(Timer::Answer);
        let answer = self.login.on_refused(&reason);
        self.settle(answer.settled);
        if answer.unasked {
            self.emit(Event::ReauthenticationFailure(reason));
        }
        if self.login.is_waited_for() {
            self.timers.set(Timer::FollowUp, now);
        }
    }

    pub(super) fn on_unsolicited(&mut self, message: Message<'_>) {
        self.emit_message_error(message, Some(error_name::UNSOLICITED_MESSAGE));
    }
}

const MESSAGE_PARSE_ERROR: &str = ParserAction::MessageParseError.name();

/// Redirections in a row that are followed.
const MAX_REDIRECTS: u32 = 10;

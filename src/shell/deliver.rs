//! What the core tells the application: the one place that calls its functions, but for
//! `event.emit()`, whose subscribers on this page are called within the call.

use std::rc::Rc;

use js_sys::{Array, Object};
use wasm_bindgen::prelude::*;

use super::api::{ListenResponse, Request};
use super::convert;
use super::held::{OWNER, Values};
use super::pump::Shell;
use super::report;
use super::waiting::{Call, Deferred, Waiter, Waiting};
use crate::core::io::{
    ErrorEvent, Event, Outcome, Reason, RpcRequest, SocketId, Subscription, error_name,
};
use crate::core::protocol::{ParserAction, Topic};

impl Shell {
    pub(crate) fn emit(&self, event: &str, values: Values<'_>) {
        self.emitter.emit(&self.held, event, values);
    }

    pub(super) fn deliver(self: &Rc<Self>, event: Event) {
        match event {
            Event::StateChanged(state) => {
                self.emit("connectionStateChanged", Values::One(&state.name().into()));
            }
            Event::ClientDataChanged(data) => self.on_client_data(data),
            Event::ReauthenticationFailure(reason) => {
                self.emit("reauthenticationFailure", Values::One(&convert::reason(&reason)));
            }
            Event::MaxReconnectionAttemptsReached(attempts) => {
                self.emit("MAX_RECONNECTION_ATTEMPTS_REACHED", Values::One(&attempts.into()));
            }
            // Of what is unsent at the end there may be a hundred thousand.
            Event::Error(_) if !self.emitter.has_listeners("error") => {}
            Event::Error(error) => self.on_error(&error),
            Event::Record => self.deliver_record(),
            Event::Warning(text) => report::warn(&text),
            Event::Settled(ticket, outcome) => {
                if let Some(waiting) = self.waiting.take(ticket) {
                    self.settle(waiting, outcome);
                }
            }
            Event::EventReceived { name, data } => {
                let values = data.as_deref().map_or(Values::None, Values::Json);
                if !self.callbacks.events.emit_on(&self.held, OWNER, &name, values) {
                    self.emit_unreadable(&data.unwrap_or_default());
                }
            }
            Event::RpcRequested(request) => self.call_provider(*request),
            Event::PatternFound { kind, pattern, subscription, session } => {
                self.on_pattern_found(kind, &pattern, subscription, session);
            }
            Event::PatternRemoved { kind, subscription } => {
                self.stop_providing(kind, &subscription)
            }
            Event::PatternsLost => self.on_patterns_lost(),
            Event::PresenceChanged { user, is_online, is_for_all } => {
                self.on_presence(&user, is_online, is_for_all);
            }
            Event::SubscriptionRefused(kind, name) => {
                // The core is told as well: somebody may have subscribed anew meanwhile.
                self.unsubscribe(kind, name, &JsValue::UNDEFINED);
            }
        }
    }

    #[inline(never)]
    fn on_client_data(&self, data: Option<String>) {
        let data = convert::data(data);
        let data = if data.is_object() { data } else { Object::new().into() };
        self.emit("clientDataChanged", Values::One(&data));
    }

    #[inline(never)]
    fn on_error(&self, error: &ErrorEvent) {
        self.emit_error(&convert::meta(&error.meta), error.name, error.topic);
    }

    #[inline(never)]
    fn on_pattern_found(
        self: &Rc<Self>,
        kind: Subscription,
        pattern: &str,
        subscription: String,
        session: SocketId,
    ) {
        let name = JsValue::from_str(&subscription);
        let response = ListenResponse::new(self, kind, pattern, subscription, session);
        let patterns = self.callbacks.of(kind);
        if patterns.has_listeners(pattern) {
            let arguments = Array::of2(&name, &response.into_object());
            patterns.emit(&self.held, pattern, Values::List(&arguments));
        } else {
            // It went since the core was told: the server asks the next.
            response.reject();
        }
    }

    #[inline(never)]
    fn on_patterns_lost(&self) {
        for kind in [Subscription::EventPattern, Subscription::RecordPattern] {
            for subscription in self.callbacks.stops_of(kind).event_names() {
                self.stop_providing(kind, &subscription);
            }
        }
    }

    #[inline(never)]
    fn on_presence(&self, user: &str, is_online: bool, is_for_all: bool) {
        let arguments = Array::of2(&JsValue::from_str(user), &is_online.into());
        let (emitter, event) = if is_for_all {
            (&self.callbacks.all_users, "")
        } else {
            (&self.callbacks.users, user)
        };
        emitter.emit(&self.held, event, Values::List(&arguments));
    }

    /// A record was used that is gone.
    pub(crate) fn emit_gone(&self, meta: &JsValue) {
        self.emit_error(meta, error_name::RECORD_ALREADY_DESTROYED, Topic::Record);
    }

    pub(super) fn emit_error(&self, meta: &JsValue, name: &str, topic: Topic) {
        let values = Array::of3(meta, &name.into(), &topic.name().into());
        self.emit("error", Values::List(&values));
    }

    /// The value of a payload. One that is no JSON is reported.
    fn payload(&self, text: Option<String>) -> Option<JsValue> {
        let Some(text) = text else { return Some(JsValue::UNDEFINED) };
        let value = convert::parse(&text).ok();
        if value.is_none() {
            self.emit_unreadable(&text);
        }
        value
    }

    fn emit_unreadable(&self, text: &str) {
        self.emit_error(&JsValue::from_str(text), UNREADABLE, Topic::Parser);
    }

    #[inline(never)]
    fn stop_providing(&self, kind: Subscription, subscription: &str) {
        let name = JsValue::from_str(subscription);
        self.callbacks.stops_of(kind).emit(&self.held, subscription, Values::One(&name));
    }

    #[inline(never)]
    fn call_provider(self: &Rc<Self>, request: RpcRequest) {
        let RpcRequest { name, correlation_id, session, data, requestor_name, requestor_data } =
            request;
        let request = Request::new(name.clone(), correlation_id, session);
        if !self.callbacks.providers.has_listeners(&name) {
            // It went since the core was told: the server finds another provider.
            request.reject(self);
            return;
        }
        let Some(data) = self.payload(data) else {
            // The caller is told as well.
            request.fail(self, UNREADABLE);
            return;
        };
        let arguments = Array::of2(&data, &request.response(self));
        if requestor_name.is_some() || requestor_data.is_some() {
            arguments.push(&convert::requestor(requestor_name, requestor_data));
        }
        self.callbacks.providers.emit(&self.held, &name, Values::List(&arguments));
        request.accept_soon(self);
    }

    #[inline(never)]
    pub(super) fn settle(&self, waiting: Waiting, outcome: Outcome) {
        let Waiting { call, by } = waiting;
        let is_ended = matches!(outcome, Outcome::Refused(Reason::Ended(_)));
        let (is_accepted, value) = self.value_of(&call, outcome);
        let (slot, this, arguments) = match by {
            Waiter::Callback(slot) => {
                let (this, arguments) = self.told(&call, is_accepted, value);
                (slot, this, arguments)
            }
            Waiter::Promise(deferred) => {
                if is_ended && matches!(call, Call::Login | Call::Resume) {
                    self.excuse(deferred);
                }
                let slot = deferred.release(&self.held, is_accepted);
                (slot, JsValue::UNDEFINED, Some(Array::of1(&value)))
            }
        };
        match call {
            Call::Write(name) => self.held.remove(name),
            Call::Ready(handle) => self.stop_awaiting(&handle),
            Call::Login | Call::Resume | Call::Request | Call::Has | Call::Done => {}
        }
        match arguments {
            Some(arguments) => self.held.call_once(slot, &this, &arguments),
            None => self.held.remove(slot),
        }
    }

    /// Whether a call succeeded, and with which value or reason.
    fn value_of(&self, call: &Call, outcome: Outcome) -> (bool, JsValue) {
        match (call, outcome) {
            (Call::Login, Outcome::Accepted(data)) => (true, convert::data(data)),
            (Call::Request, Outcome::Accepted(data)) => match self.payload(data) {
                Some(value) => (true, value),
                None => (false, UNREADABLE.into()),
            },
            (Call::Has, Outcome::Accepted(version)) => {
                (true, (version.as_deref() != Some("-1")).into())
            }
            (Call::Ready(handle), Outcome::Accepted(_)) => (true, self.object_of(handle)),
            (Call::Resume | Call::Write(_) | Call::Done, Outcome::Accepted(_)) => {
                (true, JsValue::UNDEFINED)
            }
            (_, Outcome::Users(users)) => {
                (true, users.into_iter().map(JsValue::from).collect::<Array>().into())
            }
            (Call::Login | Call::Resume, Outcome::Refused(reason)) => {
                (false, convert::reason(&reason))
            }
            (_, Outcome::Refused(reason)) => (false, convert::bare_reason(&reason)),
        }
    }

    /// What a callback is called on and with, if at all.
    fn told(&self, call: &Call, is_accepted: bool, value: JsValue) -> (JsValue, Option<Array>) {
        let error = if is_accepted { JsValue::NULL } else { value.clone() };
        let arguments = match call {
            Call::Login => Array::of2(&is_accepted.into(), &value),
            Call::Resume if is_accepted => Array::new(),
            Call::Resume => Array::of1(&value),
            Call::Request | Call::Has if is_accepted => Array::of2(&error, &value),
            Call::Has => Array::of2(&error, &JsValue::NULL),
            Call::Request | Call::Done => Array::of1(&error),
            Call::Write(name) => Array::of2(&error, &self.held.get(*name)),
            // Such a callback has no place for a reason: the error event tells.
            Call::Ready(_) if !is_accepted => return (value, None),
            Call::Ready(_) => return (value.clone(), Some(Array::of1(&value))),
        };
        (JsValue::UNDEFINED, Some(arguments))
    }

    /// Has the rejection of a promise that nobody looks at be no uncaught error: the state tells
    /// that the connection ended, and `client.login(); client.close()` is no mistake.
    fn excuse(&self, deferred: Deferred) {
        report::excuse(&self.held.get(deferred.promise));
    }
}

const UNREADABLE: &str = ParserAction::MessageParseError.name();

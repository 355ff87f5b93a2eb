//! The functions that the application gave for events, RPC and presence.

use std::cell::Cell;
use std::rc::Rc;

use js_sys::RangeError;
use wasm_bindgen::prelude::*;

use super::emitter::Emitter;
use super::pump::Shell;
use crate::core::io::{DataCommand, Subscription};

/// Functions by what they are for.
#[derive(Default)]
pub(crate) struct Callbacks {
    /// Subscribers, by event.
    pub(crate) events: Emitter,
    /// Listeners, by pattern.
    pub(crate) patterns: Emitter,
    /// What is to be called when an event is not to be provided any more, by its name.
    pub(crate) stops: Emitter,
    /// Listeners to records, by pattern.
    pub(crate) record_patterns: Emitter,
    /// What is to be called when a record is not to be provided any more, by its name.
    pub(crate) record_stops: Emitter,
    /// Providers, by RPC.
    pub(crate) providers: Emitter,
    /// Subscribers to the presence of one user, by user.
    pub(crate) users: Emitter,
    /// Subscribers to the presence of all users, under no name.
    pub(crate) all_users: Emitter,
    pub(crate) nesting: Nesting,
}

impl Callbacks {
    /// The functions behind subscriptions of a kind.
    pub(crate) fn of(&self, kind: Subscription) -> &Emitter {
        match kind {
            Subscription::Event => &self.events,
            Subscription::EventPattern => &self.patterns,
            Subscription::RecordPattern => &self.record_patterns,
            Subscription::Rpc => &self.providers,
            Subscription::User => &self.users,
            Subscription::AllUsers => &self.all_users,
        }
    }
}

impl Callbacks {
    /// What is to be called when a name is not to be provided any more that matches a pattern of a
    /// kind.
    pub(crate) fn stops_of(&self, kind: Subscription) -> &Emitter {
        if kind == Subscription::RecordPattern { &self.record_stops } else { &self.stops }
    }
}

impl Shell {
    /// Adds a function for a name, and tells the core of the first.
    pub(crate) fn subscribe(self: &Rc<Self>, kind: Subscription, name: String, callback: &JsValue) {
        let callbacks = self.callbacks.of(kind);
        let is_first = !callbacks.has_listeners(&name);
        callbacks.on(&self.held, &name, callback, &JsValue::UNDEFINED, false);
        if is_first {
            self.give(DataCommand::Subscribe(kind, name));
        }
    }

    /// Removes a function for a name, or all if none is given, and tells the core when none is left.
    pub(crate) fn unsubscribe(
        self: &Rc<Self>,
        kind: Subscription,
        name: String,
        callback: &JsValue,
    ) {
        let callbacks = self.callbacks.of(kind);
        callbacks.off(&self.held, &name, callback, &JsValue::UNDEFINED);
        if !callbacks.has_listeners(&name) {
            self.give(DataCommand::Unsubscribe(kind, name));
        }
    }
}

/// How deep listeners are called from within what they emit.
#[derive(Default)]
pub(crate) struct Nesting {
    depth: Cell<u32>,
    /// Whether it went too deep, and is being left.
    is_exhausted: Cell<bool>,
}

impl Nesting {
    /// Calls listeners, unless this happens without end: each level of the stack could call all of
    /// them again, more often than any page can wait for.
    ///
    /// # Errors
    ///
    /// A `RangeError`, as for any endless recursion.
    pub(crate) fn enter(&self, call: impl FnOnce()) -> Result<(), JsValue> {
        let depth = self.depth.get();
        self.is_exhausted.set(depth > 0 && (self.is_exhausted.get() || depth >= MAX_DEPTH));
        if self.is_exhausted.get() {
            return Err(RangeError::new("emit: listeners emit without end").into());
        }
        self.depth.set(depth.saturating_add(1));
        call();
        self.depth.set(depth);
        Ok(())
    }
}

/// Deep enough for anything that is meant, and shallow enough for every engine's stack.
const MAX_DEPTH: u32 = 200;

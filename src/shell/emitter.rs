//! Named events and their listeners: the methods that the client shares with every emitter of
//! deepstream.

use std::cell::RefCell;

use wasm_bindgen::prelude::*;

use super::held::{Held, Identity, OWNER, Slot, Values};
use crate::core::few::Few;
use crate::core::ordered_map::OrderedMap;

/// Listeners by event, both in the order they came in.
#[derive(Default)]
pub(crate) struct Emitter {
    /// None while there are no listeners: each record has emitters of its own.
    events: RefCell<Option<Box<OrderedMap<Few<Listener>>>>>,
}

#[derive(Clone, Copy)]
struct Listener {
    function: Slot,
    identity: Identity,
    /// What the function is called on: unless one was given, the emitter's own object.
    scope: Option<Slot>,
    once: bool,
}

impl Emitter {
    /// Adds a listener, also one that is there already.
    pub(crate) fn on(
        &self,
        held: &Held,
        event: &str,
        function: &JsValue,
        scope: &JsValue,
        once: bool,
    ) {
        let scope = (!scope.is_undefined()).then(|| held.insert(scope));
        let slot = held.insert(function);
        let identity = held.identify(function, slot);
        let listener = Listener { function: slot, identity, scope, once };
        let mut events = self.events.borrow_mut();
        let events = events.get_or_insert_default();
        match events.get_mut(event) {
            Some(listeners) => listeners.push(listener),
            None => events.insert(event.to_owned(), Few::One(listener)),
        }
    }

    /// Removes every listener.
    pub(crate) fn clear(&self, held: &Held) {
        for listeners in self.events.take().iter().flat_map(|events| events.values()) {
            listeners.iter().for_each(|listener| listener.release(held));
        }
    }

    /// Removes the listeners of `event`.
    pub(crate) fn remove(&self, held: &Held, event: &str) {
        self.off(held, event, &JsValue::UNDEFINED, &JsValue::UNDEFINED);
    }

    /// Removes the listeners of `event` with this function and this scope, as far as each is given.
    pub(crate) fn off(&self, held: &Held, event: &str, function: &JsValue, scope: &JsValue) {
        let identity = held.identity(function);
        let mut borrowed = self.events.borrow_mut();
        let Some(events) = &mut *borrowed else { return };
        let Some(listeners) = events.get_mut(event) else { return };
        extract(listeners, held, |listener| {
            (function.is_undefined() || identity == Some(listener.identity))
                && (scope.is_undefined() || listener.scope(held) == *scope)
        });
        if listeners.is_empty() {
            events.remove(event);
        }
        borrowed.take_if(|events| events.is_empty());
    }

    /// Removes every listener with this scope.
    pub(crate) fn remove_context(&self, held: &Held, scope: &JsValue) {
        let mut borrowed = self.events.borrow_mut();
        let Some(events) = &mut *borrowed else { return };
        events.retain(|listeners| {
            extract(listeners, held, |listener| listener.scope(held) == *scope);
            !listeners.is_empty()
        });
        borrowed.take_if(|events| events.is_empty());
    }

    /// Calls the listeners of `event` that there are now, in order.
    pub(crate) fn emit(&self, held: &Held, event: &str, values: Values<'_>) {
        self.emit_on(held, OWNER, event, values);
    }

    /// As `emit`, of an emitter whose own object may be another than the client's. Returns whether the
    /// values are any: where not, nobody is called.
    pub(crate) fn emit_on(
        &self,
        held: &Held,
        object: Slot,
        event: &str,
        values: Values<'_>,
    ) -> bool {
        let (present, once) = {
            let mut borrowed = self.events.borrow_mut();
            let Some(events) = &mut *borrowed else { return true };
            let Some(listeners) = events.get_mut(event) else { return true };
            let numbers = listeners.iter().flat_map(Listener::numbers);
            let present = numbers.collect::<Vec<_>>();
            let once = listeners.iter().filter(|listener| listener.once).copied();
            let once = once.collect::<Vec<_>>();
            if !once.is_empty() {
                listeners.retain(|listener| !listener.once);
                if listeners.is_empty() {
                    events.remove(event);
                }
                borrowed.take_if(|events| events.is_empty());
            }
            (present, once)
        };
        let is_called = held.call(&present, object, values);
        once.iter().for_each(|listener| listener.release(held));
        is_called
    }

    pub(crate) fn has_listeners(&self, event: &str) -> bool {
        self.events.borrow().as_ref().is_some_and(|events| events.contains_key(event))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.events.borrow().is_none()
    }

    pub(crate) fn event_names(&self) -> Vec<String> {
        self.events.borrow().as_ref().map(|events| events.keys()).unwrap_or_default()
    }
}

/// Removes the listeners that match.
fn extract(listeners: &mut Few<Listener>, held: &Held, matches: impl Fn(&Listener) -> bool) {
    listeners.retain(|listener| {
        let is_kept = !matches(listener);
        if !is_kept {
            listener.release(held);
        }
        is_kept
    });
}

impl Listener {
    /// As [`Held::call`] takes it.
    fn numbers(&self) -> [u32; 2] {
        [self.function.number(), self.scope.map_or(0, Slot::number)]
    }

    fn scope(&self, held: &Held) -> JsValue {
        self.scope.map_or_else(|| held.owner(), |slot| held.get(slot))
    }

    fn release(&self, held: &Held) {
        held.remove(self.function);
        if let Some(scope) = self.scope {
            held.remove(scope);
        }
    }
}

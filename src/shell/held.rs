//! The JavaScript values that a client holds on to: listeners, callbacks, promises.
//!
//! They live in a JavaScript `Map` that the client's own object owns; here are only their numbers.
//! Were they held from the wasm side, each would be a root of the garbage collector, and as
//! listeners refer to their client, no client would ever be collected.

use std::cell::Cell;
use std::rc::Rc;

use js_sys::{Array, Function, Map, WeakMap, WeakRef};
use wasm_bindgen::prelude::*;

use super::memory::place_of;
use super::pump::Shell;

/// Number of a held value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Slot(u32);

/// Access to the map, for as long as JavaScript keeps it alive.
pub(crate) struct Held {
    map: WeakRef<Map>,
    last: Cell<Slot>,
    /// What tells each function from every other, by function. Refers to none of them.
    identities: WeakMap,
}

/// What tells a function from every other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Identity(u32);

/// What listeners are called with.
#[derive(Clone, Copy)]
pub(crate) enum Values<'a> {
    /// Any number of values.
    List(&'a Array),
    /// `undefined`.
    None,
    /// One value.
    One(&'a JsValue),
    /// One value, as JSON text.
    Json(&'a str),
}

#[wasm_bindgen(module = "/src/shell/browser.js")]
extern "C" {
    fn hold(held: &WeakRef<Map>, number: u32, value: &JsValue);
    #[wasm_bindgen(js_name = holdWeakly)]
    fn hold_weakly(held: &WeakRef<Map>, number: u32, value: &JsValue);
    fn keep(held: &WeakRef<Map>, number: u32, is_kept: bool);
    #[wasm_bindgen(js_name = heldAt)]
    fn held_at(held: &WeakRef<Map>, number: u32) -> JsValue;
    #[wasm_bindgen(js_name = callOnce)]
    fn call_once(held: &WeakRef<Map>, number: u32, scope: &JsValue, values: &Array);
    #[wasm_bindgen(js_name = letGo)]
    fn let_go(held: &WeakRef<Map>, number: u32);
    fn identify(identities: &WeakMap, function: &JsValue, number: u32) -> u32;
    #[wasm_bindgen(js_name = callAll)]
    fn call_all(held: &WeakRef<Map>, listeners: &[u32], emitter: u32, values: &Array);
    #[wasm_bindgen(js_name = callAllWith)]
    fn call_all_with(held: &WeakRef<Map>, listeners: &[u32], emitter: u32, value: &JsValue);
    #[wasm_bindgen(js_name = callAllWithJson)]
    fn call_all_with_json(
        held: &WeakRef<Map>,
        listeners: &[u32],
        emitter: u32,
        start: *const u8,
        length: usize,
    ) -> bool;
}

impl Slot {
    pub(crate) fn number(self) -> u32 {
        self.0
    }

    /// The slot of what is inserted next.
    pub(crate) fn next(self) -> Self {
        Self(self.0.wrapping_add(1))
    }
}

impl Held {
    pub(crate) fn new(map: &Map) -> Self {
        Self { map: WeakRef::new(map), last: Cell::new(OWNER), identities: WeakMap::new() }
    }

    /// The client's own object.
    pub(crate) fn owner(&self) -> JsValue {
        self.get(OWNER)
    }

    pub(crate) fn insert(&self, value: &JsValue) -> Slot {
        let slot = self.next_slot();
        hold(&self.map, slot.0, value);
        slot
    }

    /// Inserts an object that is there only for as long as somebody else has hold of it, or it is kept.
    pub(crate) fn insert_weakly(&self, object: &JsValue) -> Slot {
        let slot = self.next_slot();
        hold_weakly(&self.map, slot.0, object);
        slot
    }

    fn next_slot(&self) -> Slot {
        let slot = self.last.get().next();
        self.last.set(slot);
        slot
    }

    /// Has an object be kept, or be there only for as long as somebody else has hold of it.
    pub(crate) fn keep(&self, slot: Slot, is_kept: bool) {
        keep(&self.map, slot.0, is_kept);
    }

    /// Has a function, which was inserted, be told from every other: without a call of JavaScript
    /// for each that it is compared with.
    pub(crate) fn identify(&self, function: &JsValue, slot: Slot) -> Identity {
        Identity(identify(&self.identities, function, slot.0))
    }

    /// What tells a function from every other, if it was ever inserted.
    pub(crate) fn identity(&self, function: &JsValue) -> Option<Identity> {
        let identity = identify(&self.identities, function, 0);
        (identity != 0).then_some(Identity(identity))
    }

    /// The value, or `undefined` if it is gone.
    pub(crate) fn get(&self, slot: Slot) -> JsValue {
        held_at(&self.map, slot.0)
    }

    pub(crate) fn function(&self, slot: Slot) -> Option<Function> {
        self.get(slot).dyn_into().ok()
    }

    pub(crate) fn remove(&self, slot: Slot) {
        let_go(&self.map, slot.0);
    }

    /// Calls listeners: pairs of the slot of a function, and that of what it is called on, where 0
    /// stands for the emitter's object. Returns whether the values are any: where not, nobody is called.
    pub(crate) fn call(&self, listeners: &[u32], emitter: Slot, values: Values<'_>) -> bool {
        let emitter = emitter.0;
        match values {
            Values::List(values) => call_all(&self.map, listeners, emitter, values),
            Values::None => call_all_with(&self.map, listeners, emitter, &JsValue::UNDEFINED),
            Values::One(value) => call_all_with(&self.map, listeners, emitter, value),
            Values::Json(text) => {
                let (start, length) = place_of(text);
                return call_all_with_json(&self.map, listeners, emitter, start, length);
            }
        }
        true
    }

    /// Calls a function, and lets go of it.
    pub(crate) fn call_once(&self, slot: Slot, scope: &JsValue, values: &Array) {
        call_once(&self.map, slot.0, scope, values);
    }

    /// The value that the package's own class put under a name.
    pub(crate) fn name(&self, name: &str) -> JsValue {
        self.map().map_or(JsValue::UNDEFINED, |map| map.get(&name.into()))
    }

    /// A value under a name, made when it is first asked for.
    pub(crate) fn named(&self, name: &str, make: impl FnOnce() -> JsValue) -> JsValue {
        let Some(map) = self.map() else { return make() };
        let key = JsValue::from_str(name);
        let held = map.get(&key);
        if !held.is_undefined() {
            return held;
        }
        let made = make();
        map.set(&key, &made);
        made
    }

    fn map(&self) -> Option<Map> {
        self.map.deref()
    }
}

/// Keeps a client alive, its held values included: what sockets, timers and the page hold, and
/// nobody else, so that a client without any of them can be collected.
pub(crate) struct Anchor {
    shell: Rc<Shell>,
    _map: Option<Map>,
}

impl Anchor {
    pub(crate) fn new(shell: &Rc<Shell>) -> Self {
        Self { shell: Rc::clone(shell), _map: shell.held.map() }
    }

    pub(crate) fn shell(&self) -> Rc<Shell> {
        Rc::clone(&self.shell)
    }
}

/// Where the package's own class puts the client's object.
pub(crate) const OWNER: Slot = Slot(0);

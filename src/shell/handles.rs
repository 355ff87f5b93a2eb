//! What the application has hold of: the objects through which it uses records.

use std::cell::{Cell, OnceCell, RefCell};
use std::rc::Rc;

use js_sys::{Array, WeakRef};
use wasm_bindgen::prelude::*;

use super::emitter::Emitter;
use super::held::Slot;
use super::pump::Shell;
use super::report;
use crate::core::record::Path;
use crate::core::record::io::{EntriesOf, RecordCommand, RecordId};

/// One object through which a record is used, and what was put up for it.
#[derive(Default)]
pub(crate) struct Handle {
    /// None while an anonymous record has no name.
    record: Cell<Option<RecordId>>,
    /// What it takes the record's data for, where that is a list.
    pub(crate) entries: Option<EntriesOf>,
    /// Listeners to what happens to the record.
    pub(crate) events: Emitter,
    /// Subscribers, by path.
    pub(crate) subscribers: Emitter,
    /// Subscribers who are to be called as soon as there is data, with their paths.
    triggers: RefCell<Vec<(String, Slot)>>,
    /// The object, for as long as the application keeps it.
    object: OnceCell<WeakRef>,
    is_discarded: Cell<bool>,
}

/// The handles of a client, by the slot of their record.
#[derive(Default)]
pub(crate) struct Handles {
    by_slot: RefCell<Vec<Vec<Rc<Handle>>>>,
}

impl Handle {
    pub(crate) fn new(entries: Option<EntriesOf>) -> Rc<Self> {
        Rc::new(Self { entries, ..Self::default() })
    }

    pub(crate) fn record(&self) -> Option<RecordId> {
        self.record.get()
    }

    /// Has the object be known that the application is given.
    pub(crate) fn set_object(&self, object: &JsValue) {
        self.object.get_or_init(|| WeakRef::new(object.unchecked_ref()));
    }

    /// The object.
    pub(crate) fn object(&self) -> JsValue {
        self.object.get().map_or(JsValue::UNDEFINED, |object| object.deref().into())
    }
}

impl Handles {
    /// The handles of a record that there are now.
    pub(crate) fn of(&self, id: RecordId) -> Vec<Rc<Handle>> {
        let handles = self.by_slot.borrow();
        let handles = handles.get(id.slot as usize).into_iter().flatten();
        handles.filter(|handle| handle.record() == Some(id)).cloned().collect()
    }

    fn add(&self, id: RecordId, handle: &Rc<Handle>) {
        let mut by_slot = self.by_slot.borrow_mut();
        let slot = id.slot as usize;
        if by_slot.len() <= slot {
            by_slot.resize_with(slot.saturating_add(1), Vec::new);
        }
        if let Some(handles) = by_slot.get_mut(slot) {
            handles.push(Rc::clone(handle));
        }
    }

    fn remove(&self, id: RecordId, handle: &Rc<Handle>) {
        if let Some(handles) = self.by_slot.borrow_mut().get_mut(id.slot as usize) {
            handles.retain(|other| !Rc::ptr_eq(other, handle));
        }
    }
}

impl Shell {
    /// Has a handle be for the record of this name.
    pub(crate) fn attach(self: &Rc<Self>, handle: &Rc<Handle>, name: &str) {
        let id = self.open_record(name);
        handle.record.set(Some(id));
        handle.is_discarded.set(false);
        self.handles.add(id, handle);
        for path in handle.subscribers.event_names() {
            self.watch(id, &path);
        }
        self.watch_entries(handle, true);
    }

    /// Ends what `attach` began. The handle still knows the record.
    pub(crate) fn detach(self: &Rc<Self>, handle: &Rc<Handle>) {
        let Some(id) = handle.record() else { return };
        if handle.is_discarded.replace(true) {
            return;
        }
        for path in handle.subscribers.event_names() {
            self.unwatch(id, &path);
        }
        self.watch_entries(handle, false);
        self.give_record(RecordCommand::Discard(id));
    }

    /// The application will never use a handle again.
    pub(crate) fn forget_handle(self: &Rc<Self>, handle: &Rc<Handle>) {
        let Some(id) = handle.record() else { return };
        self.handles.remove(id, handle);
        self.give_record(RecordCommand::Forget(id));
    }

    fn watch(self: &Rc<Self>, id: RecordId, path: &str) {
        if let Some(path) = Path::of(path) {
            self.give_record(RecordCommand::Watch(id, path));
        }
    }

    fn unwatch(self: &Rc<Self>, id: RecordId, path: &str) {
        if let Some(path) = Path::of(path) {
            self.give_record(RecordCommand::Unwatch(id, path));
        }
    }

    /// Has the core find out what becomes of entries for as long as somebody listens.
    fn watch_entries(self: &Rc<Self>, handle: &Rc<Handle>, is_watched: bool) {
        if let (Some(id), Some(of)) = (handle.record(), handle.entries)
            && ENTRY_EVENTS.iter().any(|event| handle.events.has_listeners(event))
        {
            self.give_record(RecordCommand::WatchEntries(id, of, is_watched));
        }
    }

    /// Changes who listens to what happens to a record.
    pub(crate) fn change_listeners(
        self: &Rc<Self>,
        handle: &Rc<Handle>,
        change: impl FnOnce(&Emitter),
    ) {
        let is_attached = !handle.is_discarded.get();
        if is_attached {
            self.watch_entries(handle, false);
        }
        change(&handle.events);
        if is_attached {
            self.watch_entries(handle, true);
        }
    }

    /// Adds a subscriber to the value at a path. `is_triggered`: who is called as soon as there is one.
    pub(crate) fn subscribe_record(
        self: &Rc<Self>,
        handle: &Rc<Handle>,
        path: &str,
        callback: &JsValue,
        is_triggered: bool,
    ) {
        let is_first = !handle.subscribers.has_listeners(path);
        handle.subscribers.on(&self.held, path, callback, &JsValue::UNDEFINED, false);
        if let Some(id) = handle.record().filter(|_| is_first) {
            self.watch(id, path);
        }
        if !is_triggered {
            return;
        }
        if self.is_record_ready(handle) {
            let value = self.record_value(handle, path);
            if let Some(callback) = callback.dyn_ref() {
                report::call(callback, &JsValue::UNDEFINED, &Array::of1(&value));
            }
        } else {
            let slot = self.held.insert(callback);
            handle.triggers.borrow_mut().push((path.to_owned(), slot));
        }
    }

    /// Removes subscribers to the value at a path.
    pub(crate) fn unsubscribe_record(
        self: &Rc<Self>,
        handle: &Rc<Handle>,
        path: &str,
        callback: &JsValue,
    ) {
        if !handle.subscribers.has_listeners(path) {
            return;
        }
        let identity = self.held.identity(callback);
        handle.subscribers.off(&self.held, path, callback, &JsValue::UNDEFINED);
        handle.triggers.borrow_mut().retain(|(of, slot)| {
            let is_it =
                callback.is_undefined() || identity == self.held.identity(&self.held.get(*slot));
            let is_gone = of == path && is_it;
            if is_gone {
                self.held.remove(*slot);
            }
            !is_gone
        });
        if let Some(id) = handle.record().filter(|_| !handle.subscribers.has_listeners(path)) {
            self.unwatch(id, path);
        }
    }

    /// Removes every subscriber.
    pub(crate) fn unsubscribe_all(self: &Rc<Self>, handle: &Rc<Handle>) {
        for path in handle.subscribers.event_names() {
            self.unsubscribe_record(handle, &path, &JsValue::UNDEFINED);
        }
    }

    /// Calls those who were to be called as soon as there is data.
    pub(crate) fn trigger(&self, handle: &Handle) {
        let triggers = handle.triggers.take();
        for (path, slot) in triggers {
            let value = self.record_value(handle, &path);
            if let Some(callback) = self.held.take_function(slot) {
                report::call(&callback, &JsValue::UNDEFINED, &Array::of1(&value));
            }
        }
    }
}

const ENTRY_EVENTS: [&str; 3] = ["entry-added", "entry-removed", "entry-moved"];

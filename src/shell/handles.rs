//! What the application has hold of: the objects through which it uses records.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use js_sys::Array;
use wasm_bindgen::prelude::*;

use super::emitter::Emitter;
use super::held::{Held, Slot};
use super::pump::Shell;
use super::report;
use crate::core::few::Few;
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
    /// Subscribers who are called as soon as there is data, whatever it is.
    triggers: RefCell<Vec<Trigger>>,
    /// Whether the object is kept: for as long as somebody is to be called whom only it knows of, or
    /// with it.
    is_kept: Cell<bool>,
    /// How many wait for the record to be there.
    awaited: Cell<u32>,
    /// Whether it may be for another record some day.
    is_lasting: bool,
    /// Where the object is, for as long as the application has hold of it or it is kept.
    slot: Cell<Option<Slot>>,
    is_discarded: Cell<bool>,
}

/// A subscriber who is called as soon as there is data.
struct Trigger {
    path: String,
    function: Slot,
    /// Whether there was none since. It is no subscriber until then.
    is_due: bool,
}

/// The handles of a client, by the slot of their record.
#[derive(Default)]
pub(crate) struct Handles {
    by_slot: RefCell<Vec<Few<Rc<Handle>>>>,
}

impl Handle {
    pub(crate) fn new(entries: Option<EntriesOf>) -> Rc<Self> {
        Rc::new(Self { entries, ..Self::default() })
    }

    /// One that can be for one record after another.
    pub(crate) fn lasting() -> Rc<Self> {
        Rc::new(Self { is_lasting: true, ..Self::default() })
    }

    /// Whether it is done with its record.
    pub(crate) fn is_discarded(&self) -> bool {
        self.is_discarded.get()
    }

    pub(crate) fn record(&self) -> Option<RecordId> {
        self.record.get()
    }

    /// Has the object be known that the application is given.
    pub(crate) fn set_object(&self, object: &JsValue, held: &Held) {
        self.slot.set(Some(held.insert_weakly(object)));
    }

    /// Where the object is held.
    pub(crate) fn slot(&self) -> Option<Slot> {
        self.slot.get()
    }

    /// Whether its subscribers are called, as far as there is a record.
    pub(crate) fn is_watching(&self) -> bool {
        !(self.is_lasting && self.is_discarded.get())
    }
}

impl Handles {
    /// The handles of a record that there are now.
    pub(crate) fn of(&self, id: RecordId) -> Vec<Rc<Handle>> {
        let handles = self.by_slot.borrow();
        let handles = handles.get(id.slot as usize).into_iter().flat_map(|handles| handles.iter());
        handles.filter(|handle| handle.record() == Some(id)).cloned().collect()
    }

    fn add(&self, id: RecordId, handle: &Rc<Handle>) {
        let mut by_slot = self.by_slot.borrow_mut();
        let slot = id.slot as usize;
        if by_slot.len() <= slot {
            by_slot.resize_with(slot.saturating_add(1), Few::default);
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
        self.make_due(handle);
        for path in handle.subscribers.event_names() {
            self.watch(id, &path);
        }
        self.watch_entries(handle, true);
        self.keep(handle);
        if self.is_record_ready(handle) {
            self.trigger(handle);
        }
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
        self.keep(handle);
        self.give_record(RecordCommand::Discard(id));
    }

    /// Ends what `attach` began, for good unless the handle may be for another record some day.
    pub(crate) fn discard(self: &Rc<Self>, handle: &Rc<Handle>) {
        if !handle.is_lasting {
            self.unsubscribe_all(handle);
        }
        self.detach(handle);
    }

    /// The handle will not be used with its record again.
    pub(crate) fn forget_record(self: &Rc<Self>, handle: &Rc<Handle>) {
        let Some(id) = handle.record() else { return };
        self.handles.remove(id, handle);
        self.give_record(RecordCommand::Forget(id));
    }

    /// The object that the application was given for a handle.
    pub(crate) fn object_of(&self, handle: &Handle) -> JsValue {
        handle.slot().map_or(JsValue::UNDEFINED, |slot| self.held.get(slot))
    }

    /// The application will never use a handle again.
    pub(crate) fn forget_handle(self: &Rc<Self>, handle: &Rc<Handle>) {
        self.let_go(handle);
        if let Some(slot) = handle.slot.take() {
            self.held.remove(slot);
        }
        self.forget_record(handle);
    }

    /// The record of a handle is gone, which was told.
    pub(crate) fn on_record_gone(&self, handle: &Handle) {
        if handle.is_lasting {
            self.keep(handle);
        } else {
            self.let_go(handle);
        }
    }

    /// Lets go of everything that was put up for a handle.
    fn let_go(&self, handle: &Handle) {
        handle.events.clear(&self.held);
        handle.subscribers.clear(&self.held);
        for trigger in handle.triggers.take() {
            self.held.remove(trigger.function);
        }
        self.keep(handle);
    }

    /// Somebody waits for the record of a handle to be there, and will be called with the object.
    pub(crate) fn begin_awaiting(&self, handle: &Handle) {
        handle.awaited.set(handle.awaited.get().saturating_add(1));
        self.keep(handle);
    }

    /// Ends what `begin_awaiting` began.
    pub(crate) fn stop_awaiting(&self, handle: &Handle) {
        handle.awaited.set(handle.awaited.get().saturating_sub(1));
        self.keep(handle);
    }

    /// Holds the object for as long as somebody is to be called whom only it knows of, or with it: the
    /// page may keep nothing but the subscription.
    fn keep(&self, handle: &Handle) {
        let is_subscribed = !handle.subscribers.is_empty() || !handle.triggers.borrow().is_empty();
        let id = handle.record().filter(|_| is_subscribed && handle.is_watching());
        let is_gone = id.and_then(|id| self.with_record(id, |record| record.is_gone()));
        let is_kept = is_gone == Some(false) || handle.awaited.get() > 0;
        if let Some(slot) = handle.slot()
            && handle.is_kept.replace(is_kept) != is_kept
        {
            self.held.keep(slot, is_kept);
        }
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
        if is_triggered {
            let function = self.held.insert(callback);
            self.held.identify(callback, function);
            let trigger = Trigger { path: path.to_owned(), function, is_due: true };
            handle.triggers.borrow_mut().push(trigger);
            if self.is_record_ready(handle) {
                self.trigger(handle);
            }
        } else {
            self.add_subscriber(handle, path, callback);
        }
        self.keep(handle);
    }

    fn add_subscriber(self: &Rc<Self>, handle: &Rc<Handle>, path: &str, callback: &JsValue) {
        let is_first = !handle.subscribers.has_listeners(path);
        handle.subscribers.on(&self.held, path, callback, &JsValue::UNDEFINED, false);
        if let Some(id) = handle.record().filter(|_| is_first && handle.is_watching()) {
            self.watch(id, path);
        }
    }

    /// Removes subscribers to the value at a path.
    pub(crate) fn unsubscribe_record(
        self: &Rc<Self>,
        handle: &Rc<Handle>,
        path: &str,
        callback: &JsValue,
    ) {
        let had_subscribers = handle.subscribers.has_listeners(path);
        let identity = self.held.identity(callback);
        handle.subscribers.off(&self.held, path, callback, &JsValue::UNDEFINED);
        handle.triggers.borrow_mut().retain(|trigger| {
            let is_it = callback.is_undefined()
                || identity == self.held.identity(&self.held.get(trigger.function));
            let is_gone = trigger.path == path && is_it;
            if is_gone {
                self.held.remove(trigger.function);
            }
            !is_gone
        });
        let is_last = had_subscribers && !handle.subscribers.has_listeners(path);
        if let Some(id) = handle.record().filter(|_| is_last && handle.is_watching()) {
            self.unwatch(id, path);
        }
        self.keep(handle);
    }

    /// Removes every subscriber.
    fn unsubscribe_all(self: &Rc<Self>, handle: &Rc<Handle>) {
        let mut paths = handle.subscribers.event_names();
        paths.extend(handle.triggers.borrow().iter().map(|trigger| trigger.path.clone()));
        for path in paths {
            self.unsubscribe_record(handle, &path, &JsValue::UNDEFINED);
        }
    }

    /// Has those who are called as soon as there is data be called once more.
    fn make_due(&self, handle: &Handle) {
        for trigger in handle.triggers.borrow_mut().iter_mut().filter(|trigger| !trigger.is_due) {
            let function = self.held.get(trigger.function);
            handle.subscribers.off(&self.held, &trigger.path, &function, &JsValue::UNDEFINED);
            trigger.is_due = true;
        }
    }

    /// Calls those who are to be called as soon as there is data, which there is.
    pub(crate) fn trigger(self: &Rc<Self>, handle: &Rc<Handle>) {
        while let Some((path, callback)) = self.next_trigger(handle) {
            self.add_subscriber(handle, &path, &callback);
            let value = self.record_value(handle, &path);
            if let Some(callback) = callback.dyn_ref() {
                report::call(callback, &self.object_of(handle), &Array::of1(&value));
            }
        }
    }

    fn next_trigger(&self, handle: &Handle) -> Option<(String, JsValue)> {
        let mut triggers = handle.triggers.borrow_mut();
        let at = triggers.iter().position(|trigger| trigger.is_due)?;
        if handle.is_lasting {
            let trigger = triggers.get_mut(at)?;
            trigger.is_due = false;
            return Some((trigger.path.clone(), self.held.get(trigger.function)));
        }
        let Trigger { path, function, .. } = triggers.remove(at);
        let callback = self.held.get(function);
        self.held.remove(function);
        Some((path, callback))
    }
}

const ENTRY_EVENTS: [&str; 3] = ["entry-added", "entry-removed", "entry-moved"];

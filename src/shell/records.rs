//! What the core has to tell of records, and what it has to have done for them.

use std::rc::Rc;

use js_sys::Array;
use wasm_bindgen::prelude::*;

use super::convert;
use super::document::JsDocument;
use super::handles::Handle;
use super::held::Values;
use super::merge_strategies::Strategy;
use super::pump::Shell;
use super::storage::Told;
use super::waiting::Waiting;
use crate::core::io::{Outcome, Reason};
use crate::core::protocol::{Topic, json};
use crate::core::record::io::{EntriesOf, RecordCommand, RecordEvent, RecordId};
use crate::core::record::list::{EntryChange, EntryChangeKind};
use crate::core::record::{Document, Path, Record, Sharing, queue};

impl Shell {
    /// Carries out what the core says of a record.
    pub(super) fn deliver_record(self: &Rc<Self>) {
        let Some(event) = self.poll_record_event() else { return };
        match event {
            RecordEvent::Changed(id, path, value) => self.on_changed(id, path.text(), value),
            RecordEvent::Entries(id, of, changes) => self.on_entries(id, of, changes),
            RecordEvent::Ready(id) => self.on_ready(id),
            RecordEvent::Discarded(id) => self.emit_end(id, "discard"),
            RecordEvent::Deleted(id) => self.emit_end(id, "delete"),
            RecordEvent::Failed(id, name, original) => self.on_failed(id, name, original),
            RecordEvent::HasProvider(id, has_provider) => self.on_provider(id, has_provider),
            RecordEvent::Merge(merge) => self.merge(*merge),
            RecordEvent::Store(name, version, data) => self.store(&name, version, data),
            RecordEvent::Unstore(name) => self.unstore(&name),
            RecordEvent::Load(name) => self.load(&name),
        }
    }

    #[inline(never)]
    fn on_ready(self: &Rc<Self>, id: RecordId) {
        for handle in self.handles.of(id) {
            self.trigger(&handle);
            if handle.events.has_listeners("ready") {
                self.emit_record(&handle, "ready", Values::One(&self.object_of(&handle)));
            }
        }
    }

    #[inline(never)]
    fn on_provider(&self, id: RecordId, has_provider: bool) {
        for handle in self.handles.of(id) {
            let value = has_provider.into();
            self.emit_record(&handle, "hasProviderChanged", Values::One(&value));
        }
    }

    #[inline(never)]
    fn store(&self, name: &str, version: i32, data: JsDocument) {
        if let Some(storage) = self.storage() {
            storage.set(name, version, &data.into_js());
        }
    }

    #[inline(never)]
    fn unstore(&self, name: &str) {
        if let Some(storage) = self.storage() {
            storage.delete(name);
        }
    }

    #[inline(never)]
    fn load(&self, name: &str) {
        if let Some(storage) = self.storage() {
            storage.get(name);
        }
    }

    pub(crate) fn emit_record(&self, handle: &Handle, event: &str, values: Values<'_>) {
        handle.events.emit(&self.held, event, values);
    }

    fn on_changed(&self, id: RecordId, path: &str, value: Option<JsDocument>) {
        let value = value.map_or(JsValue::UNDEFINED, JsDocument::into_js);
        for handle in self.handles.of(id).iter().filter(|handle| handle.is_watching()) {
            let subscribers = &handle.subscribers;
            let Some(object) = handle.slot() else { continue };
            if handle.entries.is_none() {
                subscribers.emit_on(&self.held, object, path, Values::One(&value));
            } else if subscribers.has_listeners(path) {
                let entries = self.record_value(handle, path);
                subscribers.emit_on(&self.held, object, path, Values::One(&entries));
            }
        }
    }

    #[inline(never)]
    fn on_entries(&self, id: RecordId, of: EntriesOf, changes: Vec<EntryChange>) {
        for handle in self.handles.of(id).iter().filter(|handle| handle.entries == Some(of)) {
            for EntryChange { kind, entry, index } in &changes {
                let event = match kind {
                    EntryChangeKind::Added => "entry-added",
                    EntryChangeKind::Removed => "entry-removed",
                    EntryChangeKind::Moved => "entry-moved",
                };
                let arguments =
                    Array::of2(&JsValue::from_str(entry), &JsValue::from(*index as f64));
                self.emit_record(handle, event, Values::List(&arguments));
            }
        }
    }

    /// Lists are given to their listeners, records are not: as the JavaScript client does.
    #[inline(never)]
    fn emit_end(&self, id: RecordId, event: &str) {
        for handle in self.handles.of(id) {
            let arguments = match handle.entries {
                Some(_) => Array::of1(&self.object_of(&handle)),
                None => Array::new(),
            };
            self.emit_record(&handle, event, Values::List(&arguments));
            self.on_record_gone(&handle);
        }
    }

    #[inline(never)]
    fn on_failed(&self, id: RecordId, name: &'static str, original: Option<&'static str>) {
        let original = original.map_or(JsValue::UNDEFINED, JsValue::from);
        let handles = self.handles.of(id);
        let mut is_heard = false;
        for handle in handles.iter().filter(|handle| handle.events.has_listeners("error")) {
            is_heard = true;
            let arguments = Array::of2(&name.into(), &original);
            self.emit_record(handle, "error", Values::List(&arguments));
        }
        if !is_heard {
            let record = self.with_record(id, |record| record.name().to_owned());
            let record = record.map_or(JsValue::UNDEFINED, JsValue::from);
            let meta = convert::object([("recordName", record), ("originalAction", original)]);
            self.emit_error(&meta, name, Topic::Record);
        }
    }

    /// What is at a path, as a handle's subscribers are given it.
    pub(crate) fn record_value(&self, handle: &Handle, path: &str) -> JsValue {
        let Some(id) = handle.record() else { return JsValue::UNDEFINED };
        let sharing = self.sharing();
        let value = |record: &Record<JsDocument>| {
            let data = record.data();
            match handle.entries {
                None => {
                    Path::of(path).and_then(|path| data.at(&path, sharing)).map(JsDocument::into_js)
                }
                Some(EntriesOf::List) => Some(list_of(data)),
                Some(EntriesOf::Queue) if path.is_empty() => Some(queue_of(data)),
                Some(EntriesOf::Queue) => Some(queue_end(data, path == LAST)),
            }
        };
        self.with_record(id, value).flatten().unwrap_or_default()
    }

    /// Has a function merge the record of a name.
    pub(crate) fn set_merge_strategy(&self, name: &str, strategy: &JsValue) {
        if strategy.is_function() {
            self.strategies.set_by_name(name, Strategy::of(strategy, &self.held), &self.held);
        }
    }

    /// Empties the storage, and tells the callback, or else the promise that is returned.
    pub(crate) fn clear_storage(&self, waiting: Waiting) {
        match self.storage() {
            Some(storage) => {
                self.resets.borrow_mut().push(waiting);
                storage.reset();
            }
            None => self.settle(waiting, Outcome::Accepted(None)),
        }
    }

    /// The storage has something to say.
    pub(super) fn on_storage_told(self: &Rc<Self>, told: Told) {
        match told {
            Told::Loaded { name, version, data } => {
                let stored =
                    JsDocument::of(data).filter(|data| version >= 0 && data.is_container());
                let stored = stored.map(|data| (version, data));
                self.give_record(RecordCommand::Loaded(name, stored));
            }
            Told::Failed { what } => {
                self.emit_error(&JsValue::from_str(&what), STORAGE_ERROR, Topic::Record);
            }
            Told::Reset(result) => {
                let waiting = {
                    let mut resets = self.resets.borrow_mut();
                    (!resets.is_empty()).then(|| resets.remove(0))
                };
                if let Some(waiting) = waiting {
                    let outcome = match result {
                        Ok(()) => Outcome::Accepted(None),
                        Err(what) => Outcome::Refused(Reason::Server(json::quoted(&what))),
                    };
                    self.settle(waiting, outcome);
                }
            }
        }
    }

    pub(crate) fn is_record_ready(&self, handle: &Handle) -> bool {
        let id = handle.record();
        id.and_then(|id| self.with_record(id, Record::is_ready)).unwrap_or_default()
    }
}

/// The entries of a list: none where there is no list.
pub(crate) fn list_of(data: &JsDocument) -> JsValue {
    let entries = data.at(&Path::root(), Sharing::Copies).map(JsDocument::into_js);
    entries
        .filter(|entries| entries.is_instance_of::<Array>())
        .unwrap_or_else(|| Array::new().into())
}

/// The entries of a dequeue.
pub(crate) fn queue_of(data: &JsDocument) -> JsValue {
    let keys = queue::keys(data);
    keys.iter().map(|key| queue_entry(data, key)).collect::<Array>().into()
}

/// The first or the last entry of a dequeue, or an empty text.
pub(crate) fn queue_end(data: &JsDocument, is_last: bool) -> JsValue {
    let keys = queue::keys(data);
    let key = if is_last { keys.last() } else { keys.first() };
    key.map_or_else(|| "".into(), |key| queue_entry(data, key))
}

fn queue_entry(data: &JsDocument, key: &str) -> JsValue {
    queue::entry(data, key, Sharing::Copies).map_or(JsValue::UNDEFINED, JsDocument::into_js)
}

/// Where a dequeue has the key of its first and of its last node.
pub(crate) const FIRST: &str = "h.n";
pub(crate) const LAST: &str = "h.p";

/// A storage that can't be used, or fails. Not in the JavaScript client.
const STORAGE_ERROR: &str = "STORAGE_ERROR";

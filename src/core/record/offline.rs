//! Records in the browser's storage, and the list of those that are to be sent. What a storage is the
//! shell knows.

use super::document::Document;
use super::io::{RecordEvent, RecordId};
use super::path::Path;
use super::state::State;
use super::{Change, Record, Value};
use crate::core::Client;
use crate::core::options::Options;
use crate::core::ordered_map::OrderedMap;
use crate::core::protocol::json;
use crate::core::time::{Instant, Millis};

/// What is known of the storage.
#[derive(Debug)]
pub(super) struct Offline {
    /// Whether there is one.
    is_enabled: bool,
    /// What the list of the records that are to be sent is stored under.
    list_name: String,
    list: List,
    /// When the list is to be stored. At once, unless it is long: then not for each record.
    store_at: Option<Instant>,
}

#[derive(Debug)]
enum List {
    /// Asked for: which records were opened meanwhile.
    Loading(Vec<RecordId>),
    /// The names of the records that are to be sent.
    Loaded(OrderedMap<()>),
}

impl Offline {
    pub(super) fn new(options: &Options) -> Self {
        Self {
            is_enabled: options.offline_enabled,
            list_name: options.dirty_storage_name.clone(),
            list: List::Loading(Vec::new()),
            store_at: None,
        }
    }

    /// Whether there is a storage.
    pub(super) fn is_in_use(&self) -> bool {
        self.is_enabled
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        self.store_at
    }

    fn is_dirty(&self, name: &str) -> bool {
        match &self.list {
            List::Loading(_) => false,
            List::Loaded(names) => names.contains_key(name),
        }
    }
}

impl<D: Document> Client<D> {
    /// Asks the storage, if there is one, which records are to be sent.
    pub(in crate::core) fn load_offline(&mut self) {
        if self.records.offline.is_enabled {
            let name = self.records.offline.list_name.clone();
            self.tell(RecordEvent::Load(name));
        }
    }

    /// Asks the storage for a record. Returns whether there is a storage.
    pub(super) fn load(&mut self, id: RecordId) -> bool {
        let offline = &mut self.records.offline;
        if !offline.is_enabled {
            return false;
        }
        match &mut offline.list {
            List::Loading(opened) => opened.push(id),
            List::Loaded(_) => self.ask_storage(id),
        }
        if let Some(record) = self.records.get_mut(id) {
            record.state = State::Loading;
        }
        true
    }

    fn ask_storage(&mut self, id: RecordId) {
        if let Some(name) = self.records.get(id).map(|record| record.name.to_string()) {
            self.tell(RecordEvent::Load(name));
        }
    }

    /// The storage answers.
    pub(super) fn on_loaded(&mut self, name: &str, stored: Option<(i32, D)>, now: Instant) {
        if name == self.records.offline.list_name
            && matches!(self.records.offline.list, List::Loading(_))
        {
            self.on_list_loaded(stored.map(|(_, list)| list), now);
            return;
        }
        let is_dirty = self.records.offline.is_dirty(name);
        let Some(record) = self.records.find(name).and_then(|id| self.records.get_mut(id)) else {
            return;
        };
        if !matches!(record.state, State::Loading) {
            return;
        }
        let id = record.id;
        if stored.is_none() && is_dirty && !record.is_wanted() && record.writes.is_empty() {
            // There is nothing to send, and to open it would have the server make it.
            let name = record.name.to_string();
            self.set_dirty(name, false, now);
            self.end(id, RecordEvent::Discarded(id));
            return;
        }
        if let Some((version, data)) = stored {
            record.version = version;
            record.confirmed = Some(version);
            if is_dirty {
                // What it was before the writes is not stored, only that it was one version less.
                record.version = version.saturating_sub(1);
                record.confirmed = Some(record.version);
                let text = Value::of_text(data.stringify());
                let unread = record.writes.take();
                record.writes.add(Change::<D>::Update(text), None, None);
                record.writes.append(unread);
            }
            record.data = data;
        }
        record.state = State::Offline;
        self.begin(id, now);
    }

    fn on_list_loaded(&mut self, list: Option<D>, now: Instant) {
        let mut names = OrderedMap::default();
        for name in list.iter().flat_map(dirty_names) {
            names.insert(name, ());
        }
        let dirty = names.keys();
        let loaded = List::Loaded(names);
        let List::Loading(opened) = std::mem::replace(&mut self.records.offline.list, loaded)
        else {
            return;
        };
        for id in opened {
            self.ask_storage(id);
        }
        self.send_dirty(dirty, now);
    }

    /// Opens the records that are to be sent and that nobody has open.
    fn send_dirty(&mut self, names: Vec<String>, now: Instant) {
        for name in names {
            if self.records.find(&name).is_none() {
                let id = self.records.insert(&name);
                self.load(id);
                self.discard_later(id, now);
            }
        }
    }

    /// A record was written to, or is in step again: keeps what the storage has up with that.
    pub(super) fn store(&mut self, id: RecordId, now: Instant) {
        if !self.records.offline.is_enabled {
            return;
        }
        let Some(record) = self.records.get(id) else { return };
        let Some(version) = record.version() else { return };
        let Some(data) = record.data.copy() else { return };
        let name = record.name.to_string();
        let is_dirty = !record.writes.is_empty() || record.confirmed.is_none();
        self.tell(RecordEvent::Store(name.clone(), version, data));
        self.set_dirty(name, is_dirty, now);
    }

    /// Everything that was written to a record is known to be the server's.
    pub(super) fn store_delivered(&mut self, id: RecordId, now: Instant) {
        let is_dirty = |record: &Record<D>| self.records.offline.is_dirty(&record.name);
        if self.records.get(id).is_some_and(is_dirty) {
            self.store(id, now);
        }
    }

    /// Stores a record that was changed by others, where that is wanted.
    pub(super) fn store_update(&mut self, id: RecordId, now: Instant) {
        if self.records.settings.stores_updates {
            self.store(id, now);
        }
    }

    pub(super) fn unstore(&mut self, name: String, now: Instant) {
        if self.records.offline.is_enabled {
            self.tell(RecordEvent::Unstore(name.clone()));
            self.set_dirty(name, false, now);
        }
    }

    fn set_dirty(&mut self, name: String, is_dirty: bool, now: Instant) {
        let Offline { list, store_at, .. } = &mut self.records.offline;
        let List::Loaded(names) = list else { return };
        if names.contains_key(&name) == is_dirty {
            return;
        }
        if is_dirty {
            names.insert(name, ());
        } else {
            names.remove(&name);
        }
        if names.len() > LONG {
            store_at.get_or_insert(now.after(PATIENCE));
            self.await_records();
        } else {
            self.store_list();
        }
    }

    /// Stores the list of the records that are to be sent, if that is due.
    pub(super) fn store_list_due(&mut self, now: Instant) {
        if self.records.offline.store_at.is_some_and(|due| due <= now) {
            self.store_list();
        }
    }

    fn store_list(&mut self) {
        let Offline { list, list_name, store_at, .. } = &mut self.records.offline;
        let List::Loaded(names) = list else { return };
        *store_at = None;
        let mut text = String::from("[");
        for name in names.keys() {
            text.push_str(if text.len() > 1 { ",[" } else { "[" });
            json::write_string(&name, &mut text);
            text.push_str(",true]");
        }
        text.push(']');
        let list_name = list_name.clone();
        if let Some(list) = D::parse(&text) {
            self.tell(RecordEvent::Store(list_name, LIST_VERSION, list));
        }
    }

    /// Stores every record.
    pub(super) fn save(&mut self, now: Instant) {
        for id in self.records.all() {
            if self.records.get(id).is_some_and(Record::is_ready) {
                self.store(id, now);
            }
        }
    }
}

/// The names in a stored list: `[[name, true], …]`.
fn dirty_names<D: Document>(list: &D) -> Vec<String> {
    let mut names = Vec::new();
    while let Some(name) = Path::parse(&["", "[", &names.len().to_string(), "][0]"].concat()) {
        let Some(name) = list.text_at(&name.after(1)) else { break };
        names.push(name);
    }
    names
}

/// From so many names on the list is long.
const LONG: usize = 100;

const PATIENCE: Millis = Millis::new(50);

/// The JavaScript client's.
const LIST_VERSION: i32 = 1;

//! Topic `RECORD`: documents that clients have in common.
//!
//! A write is applied here at once and sent with the version that it leads to, which the server
//! takes only if it is the next. The server says nothing of a write that it takes, so each is kept
//! until something tells that it arrived; what it refuses, or what a lost connection leaves in doubt,
//! is sorted out by reading the server's state: see `reconcile`.

pub mod change;
mod commands;
mod deadlines;
pub mod document;
mod incoming;
pub mod io;
pub mod list;
mod offline;
pub mod path;
pub mod queue;
mod reads;
mod reconcile;
mod state;
mod sync;
mod writes;

use std::collections::{BinaryHeap, VecDeque};

use self::deadlines::Deadlines;
use self::io::{RecordEvent, RecordId};
use self::offline::Offline;
use self::reads::Reads;
use super::io::Ticket;
use super::options::Options;
use super::ordered_map::Places;
use super::time::{Instant, Millis};

pub use self::change::{Change, Value};
pub use self::document::{Document, Sharing};
pub use self::path::Path;
pub use self::state::Record;

/// The records of a client.
#[derive(Debug)]
pub(crate) struct Records<D> {
    slots: Vec<Slot<D>>,
    free: Vec<u32>,
    /// Where the records are that are kept up to date, by name.
    names: Places,
    /// How many records were opened.
    opened: u32,
    events: VecDeque<RecordEvent<D>>,
    settings: Settings,
    /// The records that the server is to be told of, in the next bulk message.
    unannounced: Vec<RecordId>,
    /// How many bulk messages of each kind this connection was sent.
    bulks: [u32; 3],
    /// Number of the last write that was to be acknowledged.
    correlations: u32,
    /// Writes to records that are not open, and who waits for them.
    set_data: Vec<(u32, Ticket)>,
    /// Names of the records that are written to, without being open, by messages that may wait for the
    /// connection.
    set_waiting: Vec<String>,
    reads: Reads,
    /// When what is let go of, in order.
    discards: Deadlines,
    /// When what should be answered, in order.
    answers: Deadlines,
    /// When what is to be read once more.
    rereads: Vec<(Instant, RecordId)>,
    offline: Offline,
    patch_multi: PatchMulti,
}

#[derive(Debug)]
struct Slot<D> {
    generation: u32,
    record: Option<Box<Record<D>>>,
}

/// Whether the server knows `PATCH_MULTI`. Old ones overlook it without a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum PatchMulti {
    Untried,
    Known,
    Unknown,
}

/// The options that records heed.
#[derive(Debug)]
struct Settings {
    sharing: Sharing,
    read_timeout: Millis,
    delete_timeout: Millis,
    discard_timeout: Millis,
    initial_version: i32,
    is_read_only: bool,
    writable_prefixes: Vec<String>,
    stores_updates: bool,
}

impl<D: Document> Records<D> {
    pub(crate) fn new(options: &Options) -> Self {
        let sharing = if options.record_deep_copy { Sharing::Copies } else { Sharing::Shares };
        Self {
            slots: Vec::new(),
            free: Vec::new(),
            names: Places::default(),
            opened: 0,
            events: VecDeque::new(),
            settings: Settings {
                sharing,
                read_timeout: options.record_read_timeout,
                delete_timeout: options.record_delete_timeout,
                discard_timeout: options.record_discard_timeout,
                initial_version: options.initial_record_version,
                is_read_only: options.record_read_only_mode,
                writable_prefixes: options.record_prefix_write_whitelist.clone(),
                stores_updates: options.save_updates_offline,
            },
            unannounced: Vec::new(),
            bulks: [0; 3],
            correlations: 0,
            set_data: Vec::new(),
            set_waiting: Vec::new(),
            reads: Reads::new(options.record_read_timeout),
            discards: Deadlines::default(),
            answers: Deadlines::default(),
            rereads: Vec::new(),
            offline: Offline::new(options),
            patch_multi: PatchMulti::Untried,
        }
    }

    // Looked up in a hundred places, of which none is worth a copy of this.
    #[inline(never)]
    pub(crate) fn get(&self, id: RecordId) -> Option<&Record<D>> {
        let slot = self.slots.get(id.slot as usize)?;
        slot.record.as_deref().filter(|_| slot.generation == id.generation)
    }

    #[inline(never)]
    fn get_mut(&mut self, id: RecordId) -> Option<&mut Record<D>> {
        let slot = self.slots.get_mut(id.slot as usize)?;
        slot.record.as_deref_mut().filter(|_| slot.generation == id.generation)
    }

    fn find(&self, name: &str) -> Option<RecordId> {
        let slot = self.names.find(name, self.slots.len(), &|slot| name_at(&self.slots, slot))?;
        self.slots.get(slot)?.record.as_ref().map(|record| record.id)
    }

    /// The names of the records that are kept up to date.
    #[cfg_attr(not(target_arch = "wasm32"), allow(dead_code, reason = "only the shell asks"))]
    pub(crate) fn names(&self) -> Vec<String> {
        self.in_order().into_iter().map(|record| record.name.to_string()).collect()
    }

    fn all(&self) -> Vec<RecordId> {
        self.in_order().into_iter().map(|record| record.id).collect()
    }

    /// The records that are kept up to date, in the order in which they were opened.
    fn in_order(&self) -> Vec<&Record<D>> {
        let records = self.slots.iter().filter_map(|slot| slot.record.as_deref());
        let records = records.filter(|record| !record.is_gone());
        // A heap, whose code has a tenth of the size of the standard library's sorting.
        let numbers = records.map(|record| (record.number, record.id.slot));
        let numbers = numbers.collect::<BinaryHeap<_>>().into_sorted_vec().into_iter();
        numbers.filter_map(|(_, slot)| self.slots.get(slot as usize)?.record.as_deref()).collect()
    }

    fn insert(&mut self, name: &str) -> RecordId {
        let slot = self.free.pop().unwrap_or_else(|| {
            self.slots.push(Slot { generation: 0, record: None });
            // There is not the memory for more.
            u32::try_from(self.slots.len().saturating_sub(1)).unwrap_or(u32::MAX)
        });
        let Settings { is_read_only, writable_prefixes, .. } = &self.settings;
        let is_read_only =
            *is_read_only && !writable_prefixes.iter().any(|prefix| name.starts_with(prefix));
        let mut id = RecordId { slot, generation: 0 };
        if let Some(free) = self.slots.get_mut(slot as usize) {
            id.generation = free.generation;
            let record = Record::new(id, self.opened, name.into(), is_read_only);
            free.record = Some(Box::new(record));
        }
        self.opened = self.opened.wrapping_add(1);
        let Self { slots, names, .. } = self;
        names.insert(slot as usize, slots.len(), &|slot| name_at(slots, slot));
        id
    }

    /// A record is about to be gone: there may be another of its name.
    fn unname(&mut self, id: RecordId) {
        let Some(record) = self.get(id).filter(|record| !record.is_gone()) else { return };
        let name = record.name.to_string();
        let Self { slots, names, .. } = self;
        names.remove(&name, slots.len(), &|slot| name_at(slots, slot));
    }

    /// Lets go of a record that is gone and that nobody may ask for any more.
    fn release(&mut self, id: RecordId) {
        if self.get(id).is_none_or(|record| !record.is_gone() || record.handles > 0) {
            return;
        }
        if let Some(slot) = self.slots.get_mut(id.slot as usize) {
            slot.record = None;
            slot.generation = slot.generation.wrapping_add(1);
            self.free.push(id.slot);
        }
    }

    fn next_correlation(&mut self) -> u32 {
        self.correlations = self.correlations.wrapping_add(1);
        self.correlations
    }

    fn last_correlation(&self) -> u32 {
        self.correlations
    }

    /// What a write is to be acknowledged by, if somebody waits for that: a storage has to know when it
    /// may forget that it is to be sent.
    fn correlation(&mut self, is_awaited: bool) -> Option<u32> {
        (is_awaited || self.offline.is_in_use()).then(|| self.next_correlation())
    }

    /// Who waits for a write to a record that is not open.
    fn take_set_data(&mut self, correlation: u32) -> Option<Ticket> {
        let at = self.set_data.iter().position(|(number, _)| *number == correlation)?;
        Some(self.set_data.remove(at).1)
    }

    /// The server should answer what it is asked about a record by then.
    fn await_answer(&mut self, id: RecordId, deadline: Instant) {
        if let Some(record) = self.get_mut(id) {
            record.answer_by = Some(deadline);
        }
        self.answers.add(deadline, id);
    }

    /// When the first of what has a time is due.
    fn deadline(&self) -> Option<Instant> {
        let rereads = self.rereads.iter().map(|(deadline, _)| *deadline).min();
        let deadlines = [
            self.discards.first(),
            self.answers.first(),
            rereads,
            self.reads.deadline(),
            self.offline.deadline(),
        ];
        deadlines.into_iter().flatten().min()
    }
}

/// The name of the record in a slot, if it is kept up to date.
fn name_at<D: Document>(slots: &[Slot<D>], slot: usize) -> Option<&str> {
    let record = slots.get(slot)?.record.as_deref()?;
    (!record.is_gone()).then_some(&*record.name)
}

//! What the shell and the core have to say to each other about records, besides [`crate::core::io`].

use super::change::Change;
use super::list::EntryChange;
use super::path::Path;
use crate::core::io::Ticket;

/// Names a record of one client: as long as anybody refers to it no other has this id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecordId {
    pub(crate) slot: u32,
    pub(crate) generation: u32,
}

/// Names one merge. A later merge has another id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MergeId(pub(crate) RecordId, pub(crate) u32);

/// A call of the application that has to do with a record.
#[derive(Debug)]
pub enum RecordCommand<D> {
    /// Something is written. Whoever has the ticket is told what becomes of it.
    Write(RecordId, Change<D>, Option<Ticket>),
    /// To be told when the record is there.
    WhenReady(RecordId, Ticket),
    /// Changes of the value at a path are of interest, once more.
    Watch(RecordId, Path),
    /// Changes of the value at a path are of interest once less.
    Unwatch(RecordId, Path),
    /// Whether it is of interest what becomes of the entries.
    WatchEntries(RecordId, EntriesOf, bool),
    /// Whoever opened the record is done with it.
    Discard(RecordId),
    /// The record is to be deleted.
    Delete(RecordId, Ticket),
    /// Whoever opened the record is gone, and will never ask for its data again.
    Forget(RecordId),
    /// A record's data is asked for, once.
    Snapshot(String, Ticket),
    /// A record's version is asked for.
    Head(String, Ticket),
    /// Something is written to a record that need not be open. Whoever has the ticket is told what
    /// becomes of it.
    SetData(String, Change<D>, Option<Ticket>),
    /// The server is told that records changed in its database. The text names the request.
    Notify(Vec<String>, String, Ticket),
    /// What a merge came to.
    Merged(MergeId, Merged<D>),
    /// What the storage has under a name: the version, and the data.
    Loaded(String, Option<(i32, D)>),
    /// Every record is to be stored.
    Save,
}

/// What a record's data is taken for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntriesOf {
    /// A list.
    List,
    /// A dequeue.
    Queue,
}

/// What a merge came to.
#[derive(Debug)]
pub enum Merged<D> {
    /// This is the data from now on.
    To(D),
    /// There is to be no such record.
    Nothing,
    /// What was written here is done to what is there, or makes it anew.
    Replayed,
    /// It failed, as this says.
    Failed(String),
}

/// Why there is something to merge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Conflict {
    /// Both the record here and the one of the server were changed.
    Changed,
    /// The record was written to before the server's was ever seen.
    Unseen,
    /// The record was written to here, and the server has none any more.
    Deleted,
}

/// What is to be told about a record, or done for it.
#[derive(Debug)]
pub enum RecordEvent<D> {
    /// The value at a watched path, if there is one, is another now.
    Changed(RecordId, Path, Option<D>),
    /// What became of the entries, to those who take the data for these.
    Entries(RecordId, EntriesOf, Vec<EntryChange>),
    /// The record is there.
    Ready(RecordId),
    /// The record is not kept up to date any more.
    Discarded(RecordId),
    /// The record was deleted.
    Deleted(RecordId),
    /// Something about the record went wrong: its name, and that of the action it is about.
    Failed(RecordId, &'static str, Option<&'static str>),
    /// Whether somebody provides the record.
    HasProvider(RecordId, bool),
    /// What is here and what the server has are to be merged.
    Merge(Box<Merge<D>>),
    /// To be stored: name, version, data.
    Store(String, i32, D),
    /// To be taken out of the storage.
    Unstore(String),
    /// To be loaded from the storage.
    Load(String),
}

/// Two states of a record that are to be merged.
#[derive(Debug)]
pub struct Merge<D> {
    /// Names the merge.
    pub id: MergeId,
    /// The record's name.
    pub name: String,
    /// Why.
    pub conflict: Conflict,
    /// The data here.
    pub local: D,
    /// The version here.
    pub local_version: i32,
    /// The server's data, if it has any.
    pub remote: Option<D>,
    /// The server's version. -1: there is none.
    pub remote_version: i32,
}

impl<D> Merge<D> {
    /// The record.
    pub fn record(&self) -> RecordId {
        self.id.0
    }
}

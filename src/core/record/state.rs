//! One record: its data, and how far it is in step with the server's. Sends nothing.

use super::change::{Steps, is_taken, take_step};
use super::document::{Document, Sharing};
use super::io::{EntriesOf, RecordEvent, RecordId};
use super::list::changes;
use super::path::Path;
use super::queue;
use super::writes::Writes;
use crate::core::few::Few;
use crate::core::io::{Ticket, error_name};
use crate::core::protocol::RecordAction;
use crate::core::sparse::{Empty, Sparse};
use crate::core::time::Instant;

/// One record.
#[derive(Debug)]
pub struct Record<D> {
    pub(super) id: RecordId,
    /// Which of the records it is, in the order in which they were opened.
    pub(super) number: u32,
    pub(super) name: Box<str>,
    /// How many are interested in it.
    pub(super) references: u32,
    /// How many may ask for its data, also when it is gone.
    pub(super) handles: u32,
    pub(super) state: State<D>,
    pub(super) is_ready: bool,
    pub(super) has_provider: bool,
    pub(super) is_read_only: bool,
    pub(super) data: D,
    /// The version that all that was sent would come to.
    pub(super) version: i32,
    /// The newest version that is known to be the server's, if the server's data was ever seen.
    pub(super) confirmed: Option<i32>,
    pub(super) writes: Sparse<Writes>,
    /// Whether it was told that what is not sent is lost, as far as one can see.
    pub(super) is_told_lost: bool,
    /// Whether this connection was sent a write.
    pub(super) is_sent_here: bool,
    /// Writes that the server refused since, and those of them that are known.
    pub(super) refusals: Sparse<Refusals>,
    /// The last writes that the server neither refused nor confirmed, but seemed to have taken.
    pub(super) presumed: Sparse<Writes>,
    /// The version that writes were refused over.
    pub(super) contradicted: i32,
    /// How often in a row they were.
    pub(super) contradictions: u8,
    /// The newest version that was heard of while a merge was under way.
    pub(super) heard: i32,
    /// Those who wait for it to be there.
    pub(super) waiting: Few<Ticket>,
    /// Who wants it deleted.
    pub(super) deletion: Option<Ticket>,
    watched: Few<Watched>,
    lists: u32,
    queues: u32,
    /// When it is let go of.
    pub(super) discard_at: Option<Instant>,
    /// When the server should have answered.
    pub(super) answer_by: Option<Instant>,
    /// Number of the last merge.
    pub(super) merges: u32,
}

/// How far a record is in step with the server's.
#[derive(Debug)]
pub(super) enum State<D> {
    /// What the storage has of it is on its way.
    Loading,
    /// There is no connection that knows of it.
    Offline,
    /// The server was asked for it.
    Reading,
    /// The server was asked for its version.
    Asking,
    /// It is in step.
    Synced,
    /// It was sent the first `PATCH_MULTI` of the connection, and is asked, so many times by now,
    /// whether that is known. Until then it is sent nothing else: a version too high is more than some
    /// servers can take.
    Trying(u32),
    /// It is not, and the server is asked for its state, so many times by now.
    Rereading(u32),
    /// It is not, and the application merges the two.
    Merging(Box<Asked<D>>),
    /// The server was asked to delete it. Whether it has all that it was sent, as far as one knows.
    Deleting(bool),
    /// The server does not let it be read: for this reason.
    Refused(&'static str),
    /// It was deleted or let go of.
    Gone,
}

/// What the application is asked to merge.
#[derive(Debug)]
pub(super) struct Asked<D> {
    /// The data here, as it was then.
    pub(super) local: D,
    /// The server's data, if it has any.
    pub(super) remote: Option<D>,
    /// The server's version.
    pub(super) version: i32,
}

/// What the server refused of what it was sent.
#[derive(Debug, Default)]
pub(super) struct Refusals {
    /// Writes that were refused whatever the server's version is: those that lost a race have an
    /// older version than the server's by then.
    pub(super) answers: i32,
    /// Whether one lost a race: then what is there was written by somebody else too.
    pub(super) is_overtaken: bool,
    /// Writes that must not be sent again.
    pub(super) denied: Vec<Denied>,
}

impl Empty for Refusals {
    fn empty<'e>() -> &'e Self {
        const EMPTY: &Refusals = &Refusals { answers: 0, is_overtaken: false, denied: Vec::new() };
        EMPTY
    }
}

/// A write that the server will not have.
#[derive(Debug)]
pub(super) struct Denied {
    /// What it was sent as, where that is known.
    pub(super) version: Option<i32>,
    pub(super) why: &'static str,
    /// Whether this was told to everybody.
    pub(super) is_told: bool,
}

#[derive(Debug)]
struct Watched {
    path: Path,
    times: u32,
    /// Whether a change that is under way is seen there.
    is_changed: bool,
}

/// What a change does, which is told when it is done.
type Told<D> = Vec<RecordEvent<D>>;

impl<D: Document> Record<D> {
    pub(super) fn new(id: RecordId, number: u32, name: Box<str>, is_read_only: bool) -> Self {
        Self {
            id,
            number,
            name,
            references: 0,
            handles: 0,
            state: State::Offline,
            is_ready: false,
            has_provider: false,
            is_read_only,
            data: D::empty(),
            version: NO_VERSION,
            confirmed: None,
            writes: Sparse::default(),
            is_told_lost: false,
            is_sent_here: false,
            refusals: Sparse::default(),
            presumed: Sparse::default(),
            contradicted: NO_VERSION,
            contradictions: 0,
            heard: NO_VERSION,
            waiting: Few::default(),
            deletion: None,
            watched: Few::default(),
            lists: 0,
            queues: 0,
            discard_at: None,
            answer_by: None,
            merges: 0,
        }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether its data is there.
    pub fn is_ready(&self) -> bool {
        self.is_ready
    }

    /// Whether it was deleted or let go of.
    pub fn is_gone(&self) -> bool {
        matches!(self.state, State::Gone)
    }

    /// Whether somebody provides it.
    pub fn has_provider(&self) -> bool {
        self.has_provider
    }

    /// Its version, with what is to be sent. None before there is any.
    pub fn version(&self) -> Option<i32> {
        let is_seen = self.confirmed.is_some();
        let unsent = i32::from(is_seen && self.is_ready && self.writes.has_unsent());
        let is_there = is_seen || self.is_ready || self.version != NO_VERSION;
        is_there.then_some(self.version.saturating_add(unsent))
    }

    /// Its data.
    pub fn data(&self) -> &D {
        &self.data
    }

    /// Why nothing can be done with it, if nothing can.
    pub(super) fn refusal(&self) -> Option<&'static str> {
        match self.state {
            State::Gone => Some(error_name::RECORD_ALREADY_DESTROYED),
            State::Deleting(_) => Some(RecordAction::Deleted.name()),
            State::Refused(why) => Some(why),
            State::Loading
            | State::Offline
            | State::Reading
            | State::Asking
            | State::Synced
            | State::Trying(_)
            | State::Rereading(_)
            | State::Merging(..) => None,
        }
    }

    /// Whether it is time to let go of it.
    pub(super) fn is_due_to_go(&self, now: Instant) -> bool {
        !self.is_wanted() && self.discard_at.is_some_and(|deadline| deadline <= now)
    }

    pub(super) fn is_wanted(&self) -> bool {
        self.references > 0
    }

    /// Whether something was written that the server may not have.
    pub(super) fn is_undelivered(&self) -> bool {
        self.writes.has_unsent() || !self.is_connected() && !self.writes.is_empty()
    }

    /// What is known of it is what this connection knows.
    pub(super) fn is_synced(&self) -> bool {
        matches!(self.state, State::Synced)
    }

    /// Whether the present connection knows of it.
    pub(super) fn is_connected(&self) -> bool {
        match self.state {
            State::Reading
            | State::Asking
            | State::Synced
            | State::Trying(_)
            | State::Rereading(_)
            | State::Merging(..)
            | State::Deleting(_) => true,
            State::Loading | State::Offline | State::Refused(_) | State::Gone => false,
        }
    }

    /// Something that was sent was refused. Where it is not read what became of the rest, as in a record
    /// that is to be deleted, nothing is known of that.
    pub(super) fn on_refused(&mut self) {
        if let State::Deleting(has_all) = &mut self.state {
            *has_all = false;
        }
    }

    pub(super) fn watch(&mut self, path: Path) {
        match self.watched.iter_mut().find(|watched| watched.path == path) {
            Some(watched) => watched.times = watched.times.saturating_add(1),
            None => self.watched.push(Watched { path, times: 1, is_changed: false }),
        }
    }

    pub(super) fn unwatch(&mut self, path: &Path) {
        if let Some(watched) = self.watched.iter_mut().find(|watched| watched.path == *path) {
            watched.times = watched.times.saturating_sub(1);
            self.watched.retain(|watched| watched.times > 0);
        }
    }

    pub(super) fn watch_entries(&mut self, of: EntriesOf, is_watched: bool) {
        let watchers = match of {
            EntriesOf::List => &mut self.lists,
            EntriesOf::Queue => &mut self.queues,
        };
        *watchers =
            if is_watched { watchers.saturating_add(1) } else { watchers.saturating_sub(1) };
    }

    /// Changes the data. Returns whether that makes a difference, and what is to be told of it.
    pub(super) fn apply(&mut self, steps: Steps<D>, sharing: Sharing) -> (bool, Told<D>) {
        let before = self.entries();
        let mut is_changed = false;
        for (path, value) in steps {
            match value {
                Some(value) if !self.is_watched_below(&path) => {
                    if self.data.put(&path, value, sharing) {
                        is_changed = true;
                        self.compare(&path, None);
                    }
                }
                value => {
                    if self.differs(&path, value.as_ref()) {
                        is_changed = true;
                        self.compare(&path, value.as_ref());
                        take_step(&mut self.data, (path, value), sharing);
                    }
                }
            }
        }
        if !is_changed {
            return (false, Vec::new());
        }
        let changed = self.watched.iter().filter(|watched| watched.is_changed);
        let mut told: Vec<_> =
            changed.map(|watched| self.changed(&watched.path, sharing)).collect();
        self.watched.iter_mut().for_each(|watched| watched.is_changed = false);
        for (of, before) in before {
            let changes = changes(&before, &self.entries_of(of));
            if !changes.is_empty() {
                told.push(RecordEvent::Entries(self.id, of, changes));
            }
        }
        (true, told)
    }

    /// Whether something is watched that is within what is at `path`.
    fn is_watched_below(&self, path: &Path) -> bool {
        let length = path.steps().len();
        let mut watched = self.watched.iter().map(|watched| &watched.path);
        watched.any(|watched| watched.steps().len() > length && watched.overlaps(path))
    }

    /// Whether a change at `path` to `value` makes a difference.
    fn differs(&self, path: &Path, value: Option<&D>) -> bool {
        if value.is_some() {
            return !self.data.equals_at(path, value);
        }
        let is_way_there = self.data.depth_of(path).saturating_add(1) >= path.steps().len();
        !is_way_there || !is_taken(&self.data, path)
    }

    /// Notes where a change at `path` to `value` is seen.
    fn compare(&mut self, path: &Path, value: Option<&D>) {
        let length = path.steps().len();
        let mut old = None;
        for watched in self.watched.iter_mut() {
            if watched.is_changed || !watched.path.overlaps(path) {
                continue;
            }
            if watched.path.steps().len() <= length {
                watched.is_changed = true;
                continue;
            }
            // It is somewhere in what is replaced.
            let rest = watched.path.after(length);
            let old: &Option<D> = old.get_or_insert_with(|| self.data.at(path, Sharing::Shares));
            let old = old.as_ref().and_then(|old| old.at(&rest, Sharing::Shares));
            watched.is_changed = match value {
                Some(value) => !value.equals_at(&rest, old.as_ref()),
                None => old.is_some(),
            };
        }
    }

    /// What is told of everything that is watched and there, when the record comes to be there.
    pub(super) fn arrival(&self, sharing: Sharing) -> Told<D> {
        let changed = |watched: &Watched| self.changed(&watched.path, sharing);
        let is_there = |event: &RecordEvent<D>| !matches!(event, RecordEvent::Changed(_, _, None));
        self.watched.iter().map(changed).filter(is_there).collect()
    }

    fn changed(&self, path: &Path, sharing: Sharing) -> RecordEvent<D> {
        RecordEvent::Changed(self.id, path.clone(), self.data.at(path, sharing))
    }

    fn entries(&self) -> Vec<(EntriesOf, Vec<String>)> {
        let watched = [(EntriesOf::List, self.lists), (EntriesOf::Queue, self.queues)];
        let watched = watched.into_iter().filter(|(_, watchers)| *watchers > 0);
        watched.map(|(of, _)| (of, self.entries_of(of))).collect()
    }

    fn entries_of(&self, of: EntriesOf) -> Vec<String> {
        match of {
            EntriesOf::List => self.data.texts().unwrap_or_default(),
            EntriesOf::Queue => queue::texts(&self.data),
        }
    }
}

/// The version of what does not exist.
pub(super) const NO_VERSION: i32 = -1;

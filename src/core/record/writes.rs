//! What was written to a record and is not known to be the server's yet, in order.

use super::change::{Change, Value, take_step};
use super::document::{Document, Sharing};
use super::list::ListChange;
use super::path::Path;
use super::queue::QueueChange;
use crate::core::io::Ticket;
use crate::core::ordered_map::OrderedMap;
use crate::core::protocol::RecordAction;
use crate::core::sparse::Empty;

/// The writes of one record.
#[derive(Debug, Default)]
pub(crate) struct Writes {
    /// The newest at each path: what it replaces need not be told any more.
    entries: OrderedMap<Entry>,
    /// What was sent and had its place taken by something that was not: it may be what the server has.
    covered: Vec<Entry>,
    /// Those who wait to be told what became of a write.
    waiting: Vec<Waiting>,
    /// The versions that the server is to acknowledge, by what it will name then.
    acknowledgements: Vec<(u32, i32)>,
    /// Number of the last entry that stands under no path.
    unplaced: u32,
}

#[derive(Debug)]
struct Entry {
    what: What,
    action: RecordAction,
    /// The version that it was sent as.
    sent: Option<i32>,
    /// Whether nobody waits to be told what becomes of it, or of something that it takes the place of.
    is_unawaited: bool,
    /// Whether the application is asked what is to become of it.
    is_asked: bool,
    /// Whether it takes away something that was written here, which may have left its place behind: an
    /// array does not become shorter.
    is_taken_back: bool,
}

#[derive(Debug)]
enum What {
    /// Put at a path: JSON text.
    Put(Path, String),
    /// Taken away at a path.
    Taken(Path),
    /// A change of a list that was not seen yet.
    List(ListChange),
    /// A change of a dequeue that was not seen yet.
    Queue(QueueChange),
}

/// Somebody who waits to be told what became of a write.
#[derive(Debug)]
pub(crate) struct Waiting {
    pub(crate) ticket: Ticket,
    path: Path,
    /// The version that it was sent as.
    sent: Option<i32>,
    /// Whether the application is asked what is to become of it.
    is_asked: bool,
}

/// A write that did not come to be.
#[derive(Debug)]
pub(crate) enum Dropped {
    /// Somebody waits to be told.
    Awaited(Ticket),
    /// Nobody does.
    Unawaited(RecordAction),
}

impl Empty for Writes {
    fn empty<'e>() -> &'e Self {
        const EMPTY: &Writes = &Writes {
            entries: OrderedMap::EMPTY,
            covered: Vec::new(),
            waiting: Vec::new(),
            acknowledgements: Vec::new(),
            unplaced: 0,
        };
        EMPTY
    }
}

impl Writes {
    /// Adds a write. `sent`: the version that it was sent as, and what the server will acknowledge it
    /// under.
    pub(crate) fn add<D: Document>(
        &mut self,
        change: Change<D>,
        ticket: Option<Ticket>,
        sent: Option<(i32, Option<u32>)>,
    ) {
        let version = sent.map(|(version, _)| version);
        let path = self.place(change, version, ticket.is_none());
        if let Some((version, Some(correlation))) = sent {
            self.acknowledgements.push((correlation, version));
        }
        if let Some(ticket) = ticket {
            self.waiting.push(Waiting { ticket, path, sent: version, is_asked: false });
        }
    }

    /// Returns the path that all of it is at.
    fn place<D: Document>(
        &mut self,
        change: Change<D>,
        sent: Option<i32>,
        is_unawaited: bool,
    ) -> Path {
        let action = change.action();
        let entry = |what| Entry {
            what,
            action,
            sent,
            is_unawaited,
            is_asked: false,
            is_taken_back: false,
        };
        match change {
            Change::Update(value) => {
                // A list's entries are written as a whole, with what was written before.
                let is_unawaited = is_unawaited || self.entries.values().any(|it| it.is_unawaited);
                let entry = |what| Entry { is_unawaited, ..entry(what) };
                self.clear(sent);
                self.insert(entry(What::Put(Path::root(), value.into_text())));
            }
            Change::Patch(path, value) => {
                self.insert(entry(What::Put(path.clone(), value.into_text())));
                return path;
            }
            Change::Erase(path) => {
                self.insert(entry(What::Taken(path.clone())));
                return path;
            }
            Change::Multi(patches) => {
                for (path, value) in patches {
                    self.insert(entry(match value {
                        Some(value) => What::Put(path, value.into_text()),
                        None => What::Taken(path),
                    }));
                }
            }
            Change::List(change) => self.insert(entry(What::List(change))),
            Change::Queue(change) => self.insert(entry(What::Queue(change))),
        }
        Path::root()
    }

    fn insert(&mut self, mut entry: Entry) {
        let path = match &entry.what {
            What::Put(path, _) | What::Taken(path) => path.clone(),
            What::List(_) | What::Queue(_) => {
                let key = self.new_key();
                self.entries.insert(key, entry);
                return;
            }
        };
        let key = path.text();
        let is_taken = matches!(entry.what, What::Taken(_));
        entry.is_taken_back |= is_taken && self.entries.contains_key(key);
        let is_sent = entry.sent.is_some();
        // Behind what was written since, which may be a part of it.
        let replaced = self.entries.insert_last(key, entry);
        if !is_sent {
            self.covered.extend(replaced.filter(|replaced| replaced.sent.is_some()));
        }
    }

    /// A whole takes the place of everything.
    fn clear(&mut self, sent: Option<i32>) {
        let replaced = std::mem::take(&mut self.entries).into_values();
        if sent.is_none() {
            self.covered.extend(replaced.filter(|replaced| replaced.sent.is_some()));
        }
    }

    fn new_key(&mut self) -> String {
        self.unplaced = self.unplaced.wrapping_add(1);
        // No path is such a text.
        ["]", &self.unplaced.to_string()].concat()
    }

    /// Adds what was written after all this.
    pub(crate) fn append(&mut self, later: Self) {
        for entry in later.entries.into_values() {
            if entry.what.is_whole() {
                self.clear(entry.sent);
            }
            self.insert(entry);
        }
        self.waiting.extend(later.waiting);
        self.acknowledgements.extend(later.acknowledgements);
    }

    /// Adds what was written before all this.
    pub(crate) fn prepend(&mut self, earlier: Self) {
        let later = std::mem::replace(self, earlier);
        self.append(later);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Whether there is something that was not sent.
    pub(crate) fn has_unsent(&self) -> bool {
        self.entries.values().any(|entry| entry.sent.is_none())
    }

    /// Whether there is something that was sent as this version or an earlier one.
    pub(crate) fn has_sent_up_to(&self, version: i32) -> bool {
        self.entries.values().any(|entry| entry.sent.is_some_and(|sent| sent <= version))
    }

    /// Whether there is something that was sent as a later version than this.
    pub(crate) fn has_sent_after(&self, version: i32) -> bool {
        self.entries.values().any(|entry| entry.sent.is_some_and(|sent| sent > version))
    }

    /// Whether there is something that was sent as this version or an earlier one, or somebody who
    /// waits for that.
    pub(crate) fn has_sent_by(&self, version: i32) -> bool {
        let is_meant = |waiting: &Waiting| waiting.sent.is_some_and(|sent| sent <= version);
        self.has_sent_up_to(version) || self.waiting.iter().any(is_meant)
    }

    /// The only thing that was not sent, as the change that it is: if that is all that it did.
    pub(crate) fn only_unsent<D: Document>(&self) -> Option<Change<D>> {
        let mut unsent = self.entries.values().filter(|entry| entry.sent.is_none());
        let only = unsent.next().filter(|_| unsent.next().is_none())?;
        if only.is_taken_back {
            return None;
        }
        match &only.what {
            What::Put(..) | What::Taken(_) => Some(only.what.to_change()),
            What::List(_) | What::Queue(_) => None,
        }
    }

    /// What was not sent is sent as data that it leads to: this is what was written from now on, where
    /// that would be done once more otherwise.
    pub(crate) fn on_resolved<D: Document>(&mut self, whole: &Value<D>) {
        let is_open = |entry: &Entry| matches!(entry.what, What::List(_) | What::Queue(_));
        if self.entries.values().any(is_open) {
            let whole = Value::<D>::of_text(whole.text().to_owned());
            self.place(Change::Update(whole), None, false);
        }
    }

    /// Whether somebody waits for something that was not sent.
    pub(crate) fn is_unsent_awaited(&self) -> bool {
        self.waiting.iter().any(|waiting| waiting.sent.is_none())
    }

    /// Whether somebody waits for anything.
    pub(crate) fn is_awaited(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// What was not sent is sent now, as one version.
    pub(crate) fn on_sent(&mut self, version: i32, correlation: Option<u32>) {
        for entry in self.entries.values_mut().filter(|entry| entry.sent.is_none()) {
            entry.sent = Some(version);
        }
        for waiting in self.waiting.iter_mut().filter(|waiting| waiting.sent.is_none()) {
            waiting.sent = Some(version);
        }
        if let Some(correlation) = correlation {
            self.acknowledgements.push((correlation, version));
        }
    }

    /// What was sent as later versions than this did not arrive.
    pub(crate) fn on_unsent_after(&mut self, version: i32) {
        for entry in self.entries.values_mut() {
            entry.sent = entry.sent.filter(|sent| *sent <= version);
        }
        for waiting in &mut self.waiting {
            if waiting.sent.is_some_and(|sent| sent > version) {
                waiting.sent = None;
            }
        }
        self.covered.retain(|entry| entry.sent <= Some(version));
        self.acknowledgements.retain(|(_, sent)| *sent <= version);
    }

    /// Does to a document all that was written.
    pub(crate) fn replay<D: Document>(&self, data: &mut D) {
        replay(self.entries.values(), data);
    }

    /// Does to a document what was sent up to a version.
    pub(crate) fn replay_sent<D: Document>(&self, data: &mut D, up_to: i32) {
        let all = self.covered.iter().chain(self.entries.values());
        let is_meant = |entry: &&Entry| entry.sent.is_some_and(|sent| sent <= up_to);
        // They mostly come in order, so that sorting would not be worth what it has in code.
        let mut sent: Vec<&Entry> = Vec::new();
        for entry in all.filter(is_meant) {
            let at = sent.partition_point(|other| other.sent <= entry.sent);
            sent.insert(at, entry);
        }
        replay(sent.into_iter(), data);
    }

    /// Does to a document what was written and not sent.
    pub(crate) fn replay_unsent<D: Document>(&self, data: &mut D) {
        replay(self.entries.values().filter(|entry| entry.sent.is_none()), data);
    }

    /// Does all that was written to the data that it is for from now on.
    pub(crate) fn rebase<D: Document>(&mut self, data: &mut D) {
        for entry in std::mem::take(&mut self.entries).into_values() {
            let Some(mut change) = entry.what.change(data) else { continue };
            for step in change.steps() {
                take_step(data, step, Sharing::Copies);
            }
            self.place(change, entry.sent, entry.is_unawaited);
        }
        self.covered.clear();
    }

    /// Those who wait for what was not sent.
    pub(crate) fn take_unsent_waiting(&mut self) -> Vec<Ticket> {
        take(&mut self.waiting, |waiting| waiting.sent.is_none())
    }

    /// The server has everything that was sent up to a version.
    pub(crate) fn on_confirmed(&mut self, version: i32) {
        self.entries.retain(|entry| entry.sent.is_none_or(|sent| sent > version));
        self.covered.retain(|entry| entry.sent > Some(version));
    }

    /// The server seems to have everything that was sent up to a version: takes it out, but for what
    /// it will acknowledge.
    pub(crate) fn on_presumed(&mut self, version: i32) -> Self {
        self.covered.retain(|entry| entry.sent > Some(version));
        self.take_entries(|writes, entry| {
            entry.sent.is_some_and(|sent| sent <= version && !writes.is_acknowledged(sent))
        })
    }

    fn take_entries(&mut self, is_meant: impl Fn(&Self, &Entry) -> bool) -> Self {
        let mut taken = Self::default();
        for entry in std::mem::take(&mut self.entries).into_values() {
            let to = if is_meant(self, &entry) { &mut taken } else { &mut *self };
            to.insert(entry);
        }
        taken
    }

    /// Whether the server is to acknowledge what was sent as this version.
    fn is_acknowledged(&self, version: i32) -> bool {
        self.acknowledgements.iter().any(|(_, sent)| *sent == version)
    }

    /// Those who wait for what was sent up to a version.
    pub(crate) fn take_waiting(&mut self, up_to: i32) -> Vec<Ticket> {
        let is_meant = |waiting: &Waiting| waiting.sent.is_some_and(|sent| sent <= up_to);
        take(&mut self.waiting, is_meant)
    }

    /// The server acknowledges what it was to name so. Returns the version that is, and those who wait
    /// for it.
    pub(crate) fn take_acknowledged(&mut self, correlation: u32) -> Option<(i32, Vec<Ticket>)> {
        let is_it = |(known, _): &(u32, i32)| *known == correlation;
        let at = self.acknowledgements.iter().position(is_it)?;
        let (_, version) = self.acknowledgements.remove(at);
        Some((version, take(&mut self.waiting, |waiting| waiting.sent == Some(version))))
    }

    /// The version of the write that this acknowledgement is for.
    pub(crate) fn version_of(&self, correlation: u32) -> Option<i32> {
        let it = self.acknowledgements.iter().find(|(known, _)| *known == correlation)?;
        Some(it.1)
    }

    /// What a refusal that does not say so is of, by the version that it was sent as, now that the
    /// server is at `version`: of what is to be acknowledged it would have said it, and what the
    /// server has it did not refuse, unless that version is somebody else's.
    pub(crate) fn likely_refused(&self, version: i32) -> Option<i32> {
        let sent = self.entries.values().filter_map(|entry| entry.sent);
        let rated = sent.map(|sent| {
            (self.is_acknowledged(sent), sent <= version, sent.abs_diff(version), sent)
        });
        let likeliest = rated.filter(|it| !matches!(it, (true, true, ..))).min()?;
        Some(likeliest.3)
    }

    /// Takes out what was sent as this version, as it will not come to be.
    pub(crate) fn take_version(&mut self, version: i32) -> Vec<Dropped> {
        let is_it = |sent| sent == Some(version);
        self.covered.retain(|entry| !is_it(entry.sent));
        self.drop_those(|waiting| is_it(waiting.sent), |entry| is_it(entry.sent))
    }

    fn drop_those(
        &mut self,
        is_waiting_for_it: impl Fn(&Waiting) -> bool,
        is_it: impl Fn(&Entry) -> bool,
    ) -> Vec<Dropped> {
        let waiting = take(&mut self.waiting, is_waiting_for_it);
        let mut dropped = waiting.into_iter().map(Dropped::Awaited).collect::<Vec<_>>();
        self.entries.retain(|entry| {
            let is_it = is_it(entry);
            if is_it && entry.is_unawaited {
                dropped.push(Dropped::Unawaited(entry.action));
            }
            !is_it
        });
        dropped
    }

    /// Takes out what was put somewhere, not sent, and is not to be sent.
    pub(crate) fn take_unsent_where<D: Document>(
        &mut self,
        is_meant: impl Fn(&Change<D>) -> bool,
    ) -> Vec<Dropped> {
        let unsent = self.entries.values().filter(|entry| entry.sent.is_none());
        let puts = unsent.filter_map(|entry| match &entry.what {
            What::Put(path, _) => is_meant(&entry.what.to_change()).then(|| path.clone()),
            What::Taken(_) | What::List(_) | What::Queue(_) => None,
        });
        let paths = puts.collect::<Vec<_>>();
        self.drop_those(
            |waiting| waiting.sent.is_none() && paths.contains(&waiting.path),
            |entry| entry.sent.is_none() && paths.contains(entry.what.path()),
        )
    }

    /// The application is asked about everything up to here.
    pub(crate) fn on_asked(&mut self) {
        for entry in self.entries.values_mut() {
            entry.is_asked = true;
        }
        for waiting in &mut self.waiting {
            waiting.is_asked = true;
        }
    }

    /// Takes out what the application was asked about.
    pub(crate) fn take_asked(&mut self) -> Self {
        let mut asked = self.take_entries(|_, entry| entry.is_asked);
        let waiting = std::mem::take(&mut self.waiting);
        (asked.waiting, self.waiting) = waiting.into_iter().partition(|it| it.is_asked);
        asked
    }

    /// Takes out what is not in what was merged of the data here and the server's: where that is the
    /// server's, and there was something else here.
    pub(crate) fn drop_unmerged<D: Document>(
        &mut self,
        local: &D,
        remote: Option<&D>,
        merged: &D,
    ) -> Vec<Dropped> {
        self.acknowledgements.clear();
        let is_dropped = |path: &Path| {
            let there = remote.and_then(|remote| remote.at(path, Sharing::Shares));
            merged.equals_at(path, there.as_ref()) && !local.equals_at(path, there.as_ref())
        };
        self.drop_those(|waiting| is_dropped(&waiting.path), |entry| is_dropped(entry.what.path()))
    }

    /// All this was merged into `data`, which is to be sent. What was written where is still known:
    /// it may be merged once more.
    pub(crate) fn become_merged<D: Document>(&mut self, data: &D) {
        let written = std::mem::take(&mut self.entries).into_values().collect::<Vec<_>>();
        let is_whole = |entry: &Entry| entry.what.path().steps().is_empty();
        let is_unawaited = written.iter().any(|entry| is_whole(entry) && entry.is_unawaited);
        self.place::<D>(Change::Update(Value::of_text(data.stringify())), None, is_unawaited);
        for mut entry in written {
            if is_whole(&entry) {
                continue;
            }
            let path = entry.what.path().clone();
            entry.what = match data.at(&path, Sharing::Shares) {
                Some(value) => What::Put(path, value.stringify()),
                None => What::Taken(path),
            };
            entry.sent = None;
            entry.is_asked = false;
            self.insert(entry);
        }
        for waiting in &mut self.waiting {
            waiting.sent = None;
            waiting.is_asked = false;
        }
        self.acknowledgements.clear();
    }

    /// Takes everybody out who waits.
    pub(crate) fn take_everybody(&mut self) -> Vec<Ticket> {
        take(&mut self.waiting, |_| true)
    }

    /// Takes everything out, as it will not come to be.
    pub(crate) fn take_all(&mut self) -> Vec<Dropped> {
        self.drop_those(|_| true, |_| true)
    }

    /// Takes everything out, as what was not sent will not come to be.
    pub(crate) fn take_unsent(&mut self) -> Vec<Dropped> {
        self.entries.retain(|entry| entry.sent.is_none());
        self.take_all()
    }
}

impl What {
    fn path(&self) -> &Path {
        match self {
            Self::Put(path, _) | Self::Taken(path) => path,
            Self::List(_) | Self::Queue(_) => Path::ROOT_REF,
        }
    }

    /// Whether the whole data is replaced.
    fn is_whole(&self) -> bool {
        matches!(self, Self::Put(path, _) if path.steps().is_empty())
    }

    /// The change that this is for `data`. None if it changes nothing.
    fn change<D: Document>(&self, data: &D) -> Option<Change<D>> {
        self.to_change().resolve(data)
    }

    fn to_change<D: Document>(&self) -> Change<D> {
        match self {
            Self::Put(path, text) if path.steps().is_empty() => {
                Change::Update(Value::of_text(text.clone()))
            }
            Self::Put(path, text) => Change::Patch(path.clone(), Value::of_text(text.clone())),
            Self::Taken(path) => Change::Erase(path.clone()),
            Self::List(change) => Change::List(change.clone()),
            Self::Queue(change) => Change::Queue(change.clone()),
        }
    }
}

fn replay<'a, D: Document>(entries: impl Iterator<Item = &'a Entry>, data: &mut D) {
    for entry in entries {
        let Some(mut change) = entry.what.change(data) else { continue };
        for step in change.steps() {
            take_step(data, step, Sharing::Copies);
        }
    }
}

fn take(waiting: &mut Vec<Waiting>, is_meant: impl Fn(&Waiting) -> bool) -> Vec<Ticket> {
    let mut taken = Vec::new();
    waiting.retain(|it| {
        let is_meant = is_meant(it);
        if is_meant {
            taken.push(it.ticket);
        }
        !is_meant
    });
    taken
}

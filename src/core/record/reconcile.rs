//! When what is here and what the server has are two things: finding out what became of the writes,
//! and having the application merge what both changed.
//!
//! A write that is refused says nothing of those behind it, which the server may take. So its state is
//! read, again and again if need be, until nothing is under way that could still change it.

use super::change::whole;
use super::io::{Conflict, Merge, MergeId, Merged, RecordEvent, RecordId};
use super::state::{Asked, Denied, NO_VERSION, State};
use super::sync::Delivery;
use super::writes::Dropped;
use super::{Document, PatchMulti, Path, Record};
use crate::core::Client;
use crate::core::io::Meta;
use crate::core::protocol::{RecordAction, Topic};
use crate::core::time::{Instant, Millis};

impl<D: Document> Client<D> {
    /// Asks for the server's state of a record that is not in step with it.
    pub(super) fn reread(&mut self, id: RecordId, now: Instant) {
        let Some(record) = self.records.get_mut(id) else { return };
        let times = match record.state {
            State::Rereading(times) => times,
            State::Asking | State::Synced | State::Trying(_) => 0,
            State::Loading
            | State::Reading
            | State::Offline
            | State::Merging(..)
            | State::Deleting(_)
            | State::Refused(_)
            | State::Gone => return,
        };
        record.state = State::Rereading(times.saturating_add(1));
        self.send_question(id, RecordAction::Read, now);
    }

    /// The server's state is known, as far as it goes.
    pub(super) fn reconcile(&mut self, id: RecordId, version: i32, remote: D, now: Instant) {
        if self.is_outdated(id, version, now) {
            return;
        }
        self.drop_denied(id, version);
        let Some(record) = self.records.get_mut(id) else { return };
        record.heard = NO_VERSION;
        let is_overtaken = record.refusals.take().is_overtaken;
        record.presumed = Default::default();
        let writes = &record.writes;
        let is_ours = || {
            version <= record.version
                && !is_overtaken
                && is_done(&remote, |data| writes.replay_sent(data, version))
        };
        if writes.is_empty() || is_done(&remote, |data| writes.replay(data)) {
            let tickets = record.writes.take().take_everybody();
            self.adopt(id, version, remote, now);
            self.accept_all(tickets);
        } else if is_ours() {
            // Whatever was changed there was changed by what came from here.
            let tickets = record.writes.take_waiting(version);
            record.writes.on_confirmed(version);
            self.accept_all(tickets);
            self.rebase(id, version, remote, now);
        } else {
            self.ask(id, Conflict::Changed, Some(remote), version);
        }
    }

    /// Whether what was read is older than what was heard of, or something is under way that may change
    /// it: then it is read once more, but not for ever. What was written here would be refused.
    pub(super) fn is_outdated(&mut self, id: RecordId, version: i32, now: Instant) -> bool {
        let Some(record) = self.records.get_mut(id) else { return false };
        if record.heard <= version && !record.is_in_flight(version) {
            return false;
        }
        let times = if let State::Rereading(times) = record.state { times } else { 0 };
        if times >= MAX_REREADS {
            return false;
        }
        record.state = State::Rereading(times);
        self.reread_later(id, times, now);
        true
    }

    fn reread_later(&mut self, id: RecordId, times: u32, now: Instant) {
        if times == 0 {
            self.reread(id, now);
            return;
        }
        let wait = Millis::new(REREAD_DELAY).times(times);
        self.records.rereads.push((now.after(wait), id));
        self.await_records();
    }

    /// Whether the server refuses, over the version that it refused something over before, what was made
    /// for just that version. It does so while it is busy with a write, and for ever after it was sent a
    /// version too high, as the one behind a write that it denied is: so what is there is looked at a
    /// while later, and after some time what was written is given up.
    pub(super) fn contradicts_itself(&mut self, id: RecordId, version: i32, now: Instant) -> bool {
        let Some(record) = self.records.get_mut(id) else { return false };
        if record.writes.has_sent_up_to(version) {
            // That is what it refused, and well it may.
            return false;
        }
        if std::mem::replace(&mut record.contradicted, version) != version {
            record.contradictions = 0;
            return false;
        }
        if record.contradictions < MAX_CONTRADICTIONS {
            record.contradictions = record.contradictions.saturating_add(1);
            record.state = State::Rereading(0);
            let times = record.contradictions.into();
            self.reread_later(id, times, now);
            return true;
        }
        record.contradicted = NO_VERSION;
        record.contradictions = 0;
        let dropped = record.writes.take_all();
        self.reread(id, now);
        self.report_dropped(id, dropped, VERSION_EXISTS);
        true
    }

    /// Takes out what the server will not have.
    fn drop_denied(&mut self, id: RecordId, version: i32) {
        let Some(record) = self.records.get_mut(id) else { return };
        let Some(refusals) = record.refusals.get_mut() else { return };
        let denied = std::mem::take(&mut refusals.denied);
        for Denied { version: known, why, is_told } in denied {
            let Some(record) = self.records.get_mut(id) else { return };
            let Some(denied) = known.or_else(|| record.writes.likely_refused(version)) else {
                continue;
            };
            let mut dropped = record.writes.take_version(denied);
            dropped.retain(|dropped| !is_told || matches!(dropped, Dropped::Awaited(_)));
            self.report_dropped(id, dropped, why);
        }
    }

    /// The server's data is the record's from now on.
    pub(super) fn adopt(&mut self, id: RecordId, version: i32, remote: D, now: Instant) {
        if let Some(record) = self.records.get_mut(id) {
            record.version = version;
            record.confirmed = Some(version);
            record.state = State::Synced;
        }
        self.replace(id, remote);
        self.arrive(id, now);
        self.store_update(id, now);
        self.store_delivered(id, now);
        if self.records.get(id).is_some_and(|record| record.is_due_to_go(now)) {
            self.let_go(id, now);
        }
    }

    /// What was written and did not arrive is done to the server's data, and sent.
    pub(super) fn rebase(&mut self, id: RecordId, version: i32, remote: D, now: Instant) {
        self.rebase_as(id, version, remote, Delivery::Changes, now);
    }

    fn rebase_as(
        &mut self,
        id: RecordId,
        version: i32,
        mut remote: D,
        how: Delivery,
        now: Instant,
    ) {
        let Some(record) = self.records.get_mut(id) else { return };
        let is_stale = std::mem::replace(&mut record.heard, NO_VERSION) > version;
        record.version = version;
        record.confirmed = Some(version);
        record.state = State::Synced;
        if let Some(writes) = record.writes.get_mut() {
            writes.on_unsent_after(version);
            writes.rebase(&mut remote);
        }
        self.replace(id, remote);
        self.arrive(id, now);
        if is_stale {
            // What would be sent now would be refused.
            self.reread(id, now);
        } else {
            self.deliver(id, how, now);
        }
    }

    /// Replaces the data, and tells of what that changes.
    pub(super) fn replace(&mut self, id: RecordId, data: D) {
        let sharing = self.records.settings.sharing;
        let Some(record) = self.records.get_mut(id) else { return };
        if record.is_ready {
            let (_, told) = record.apply(whole(data), sharing);
            self.tell_all(told);
        } else {
            record.data = data;
        }
    }

    /// Has the application merge what is here and what the server has.
    pub(super) fn ask(
        &mut self,
        id: RecordId,
        conflict: Conflict,
        remote: Option<D>,
        remote_version: i32,
    ) {
        let Some(record) = self.records.get_mut(id) else { return };
        record.merges = record.merges.wrapping_add(1);
        record.answer_by = None;
        let copy = |data: &D| data.copy().unwrap_or_else(D::empty);
        let merge = Merge {
            id: MergeId(id, record.merges),
            name: record.name.to_string(),
            conflict,
            local: copy(&record.data),
            local_version: record.version().unwrap_or(NO_VERSION),
            remote: remote.as_ref().map(copy),
            remote_version,
        };
        let local = copy(&record.data);
        record.state = State::Merging(Box::new(Asked { local, remote, version: remote_version }));
        record.writes.on_asked();
        self.tell(RecordEvent::Merge(Box::new(merge)));
    }

    /// The application has merged.
    pub(super) fn on_merged(
        &mut self,
        MergeId(id, number): MergeId,
        merged: Merged<D>,
        now: Instant,
    ) {
        let Some(record) = self.records.get_mut(id) else { return };
        if record.merges != number || !matches!(record.state, State::Merging(..)) {
            return;
        }
        // It is not in step until what it came to is known.
        let State::Merging(asked) = std::mem::replace(&mut record.state, State::Rereading(0))
        else {
            return;
        };
        let Asked { local, remote, version } = *asked;
        match (merged, remote) {
            (Merged::To(data), remote) if data.is_container() => {
                let asked = Asked { local, remote, version };
                self.on_merged_to(id, data, asked, now);
            }
            (Merged::Replayed, Some(remote)) => {
                // What was sent as this version or an older one is not what the server has.
                record.writes.on_unsent_after(NO_VERSION);
                self.rebase(id, version, remote, now);
            }
            (Merged::Replayed, None) => {
                record.version = NO_VERSION;
                record.confirmed = Some(NO_VERSION);
                record.state = State::Synced;
                record.writes.on_unsent_after(NO_VERSION);
                // It may come from a storage, and nobody here has seen it yet.
                self.arrive(id, now);
                self.deliver(id, Delivery::Anew, now);
            }
            (Merged::Nothing, None) => self.on_gone(id, now),
            (Merged::Nothing, Some(_)) => self.send_delete(id, now),
            (Merged::To(_), remote) => self.on_merge_failed(id, NO_OBJECT, remote, version, now),
            (Merged::Failed(text), remote) => self.on_merge_failed(id, &text, remote, version, now),
        }
    }

    fn on_merged_to(
        &mut self,
        id: RecordId,
        data: D,
        Asked { local, remote, version }: Asked<D>,
        now: Instant,
    ) {
        let Some(record) = self.records.get_mut(id) else { return };
        let mut asked = record.writes.take_asked();
        let dropped = asked.drop_unmerged(&local, remote.as_ref(), &data);
        let is_remote = remote.is_some_and(|remote| remote.equals_at(&Path::root(), Some(&data)));
        if !is_remote {
            asked.become_merged(&data);
            // What was written since is done to what was merged.
            let later = std::mem::replace(&mut record.writes, asked.into()).take();
            record.writes.append(later);
            self.report_dropped(id, dropped, VERSION_EXISTS);
            let how = if version == NO_VERSION { Delivery::Anew } else { Delivery::Data };
            self.rebase_as(id, version, data, how, now);
            return;
        }
        self.report_dropped(id, dropped, VERSION_EXISTS);
        self.accept_all(asked.take_everybody());
        self.rebase(id, version, data, now);
        self.store_update(id, now);
    }

    /// The application could not merge: what was written is given up.
    fn on_merge_failed(
        &mut self,
        id: RecordId,
        why: &str,
        remote: Option<D>,
        version: i32,
        now: Instant,
    ) {
        let Some(record) = self.records.get_mut(id) else { return };
        let dropped = record.writes.take_asked().take_all();
        self.connection.emit_error(Meta::Text(why.to_owned()), VERSION_EXISTS, Topic::Record);
        self.report_dropped(id, dropped, VERSION_EXISTS);
        match remote {
            Some(remote) => {
                self.rebase(id, version, remote, now);
                self.store_update(id, now);
            }
            None => self.on_gone(id, now),
        }
    }

    /// The record is gone, but the server would still tell of a new one of this name.
    fn on_gone(&mut self, id: RecordId, now: Instant) {
        self.unsubscribe(id, now);
        self.on_deleted(id, now);
    }

    /// The server has no such record any more.
    pub(super) fn on_vanished(&mut self, id: RecordId, now: Instant) {
        self.drop_denied(id, NO_VERSION);
        let Some(record) = self.records.get_mut(id) else { return };
        record.refusals = Default::default();
        if !record.writes.is_empty() {
            self.ask(id, Conflict::Deleted, None, NO_VERSION);
        } else if record.is_ready {
            self.on_gone(id, now);
        } else {
            // Only the storage knew of it, and nobody here has seen that.
            record.confirmed = None;
            record.version = NO_VERSION;
            record.heard = NO_VERSION;
            record.data = D::empty();
            self.announce(id, now);
        }
    }
}

/// Finding out whether the server knows `PATCH_MULTI`.
impl<D: Document> Client<D> {
    /// The first one was just sent: asks what came of it.
    pub(super) fn try_patch_multi(&mut self, id: RecordId, now: Instant) {
        if let Some(record) = self.records.get_mut(id) {
            record.state = State::Trying(0);
        }
        self.send_question(id, RecordAction::Head, now);
    }

    /// Asks once more, if that is what is due.
    pub(super) fn try_again(&mut self, id: RecordId, now: Instant) -> bool {
        let Some(record) = self.records.get_mut(id) else { return false };
        let State::Trying(times) = &mut record.state else { return false };
        *times = times.saturating_add(1);
        self.send_question(id, RecordAction::Head, now);
        true
    }

    /// The server tells of its version.
    pub(super) fn on_tried(&mut self, id: RecordId, version: i32, now: Instant) {
        let Some(record) = self.records.get_mut(id) else { return };
        let State::Trying(times) = record.state else { return };
        if version >= record.version {
            record.state = State::Synced;
            self.records.patch_multi = PatchMulti::Known;
            self.deliver(id, Delivery::Changes, now);
        } else if times < MAX_TRIES {
            // It may not have come to it yet.
            self.reread_later(id, times.saturating_add(1), now);
        } else {
            // Whatever was sent before would have been refused by now.
            let is_unchanged = version == record.version.saturating_sub(1);
            record.writes.on_unsent_after(version);
            record.version = version;
            record.state = State::Synced;
            self.records.patch_multi = PatchMulti::Unknown;
            if is_unchanged {
                self.deliver(id, Delivery::Data, now);
            } else {
                self.reread(id, now);
            }
        }
    }
}

impl<D: Document> Record<D> {
    /// Whether the server may still take something that was sent, as a later version than this.
    fn is_in_flight(&self, version: i32) -> bool {
        self.is_sent_here
            && self.writes.has_sent_after(version)
            && self.version.saturating_sub(version) > self.refusals.answers
    }
}

/// Whether it makes no difference to do something to the data.
fn is_done<D: Document>(data: &D, replay: impl FnOnce(&mut D)) -> bool {
    data.copy().is_some_and(|mut replayed| {
        replay(&mut replayed);
        data.equals_at(&Path::root(), Some(&replayed))
    })
}

const VERSION_EXISTS: &str = RecordAction::VersionExists.name();

const NO_OBJECT: &str = "the merge strategy gave neither an object nor an array";

/// Then it is taken for what it is.
const MAX_REREADS: u32 = 6;

/// Then it is taken at its word: some three seconds later.
const MAX_CONTRADICTIONS: u8 = 4;

/// Then the server does not know it.
const MAX_TRIES: u32 = 3;

/// Milliseconds, that many times as it was read before.
const REREAD_DELAY: u64 = 30;

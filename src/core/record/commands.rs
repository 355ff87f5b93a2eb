//! What the application asks of records.

use super::io::{RecordCommand, RecordId};
use super::path::Path;
use super::state::State;
use super::sync::{about, await_write};
use super::{Change, Document, PatchMulti, Record};
use crate::core::Client;
use crate::core::io::{Care, Meta, Outcome, Reason, Ticket, error_name};
use crate::core::protocol::{Message, RecordAction, Topic};
use crate::core::time::Instant;

impl<D: Document> Client<D> {
    /// Opens a record, which is kept up to date until it is discarded as often as it was opened. Poll
    /// for output afterwards.
    pub fn open_record(&mut self, name: &str, now: Instant) -> RecordId {
        let known = self.records.find(name);
        let id = known.unwrap_or_else(|| self.records.insert(name));
        if let Some(record) = self.records.get_mut(id) {
            record.references = record.references.saturating_add(1);
            record.handles = record.handles.saturating_add(1);
            record.discard_at = None;
        }
        if known.is_none() && !self.load(id) {
            self.begin(id, now);
        }
        id
    }

    /// A record that was opened, also when it is gone, until it is forgotten.
    pub fn record(&self, id: RecordId) -> Option<&Record<D>> {
        self.records.get(id)
    }

    /// The names of the records that are kept up to date.
    #[cfg_attr(not(target_arch = "wasm32"), allow(dead_code, reason = "only the shell asks"))]
    pub(crate) fn record_names(&self) -> Vec<String> {
        self.records.names()
    }

    /// Carries out what is asked of a record. Poll for output afterwards.
    pub fn handle_record(&mut self, command: RecordCommand<D>, now: Instant) {
        match command {
            RecordCommand::Write(id, change, ticket) => self.write(id, change, ticket, now),
            RecordCommand::WhenReady(id, ticket) => self.when_ready(id, ticket, now),
            RecordCommand::Watch(id, path) => {
                if let Some(record) = self.records.get_mut(id) {
                    record.watch(path);
                }
            }
            RecordCommand::Unwatch(id, path) => {
                if let Some(record) = self.records.get_mut(id) {
                    record.unwatch(&path);
                }
            }
            RecordCommand::WatchEntries(id, of, is_watched) => {
                if let Some(record) = self.records.get_mut(id) {
                    record.watch_entries(of, is_watched);
                }
            }
            RecordCommand::Discard(id) => self.discard(id, now),
            RecordCommand::Delete(id, ticket) => self.delete(id, ticket, now),
            RecordCommand::Forget(id) => {
                if let Some(record) = self.records.get_mut(id) {
                    record.handles = record.handles.saturating_sub(1);
                    self.records.release(id);
                }
            }
            RecordCommand::Snapshot(name, ticket) => {
                self.look_up(RecordAction::Read, name, ticket, now);
            }
            RecordCommand::Head(name, ticket) => {
                self.look_up(RecordAction::Head, name, ticket, now);
            }
            RecordCommand::SetData(name, change, ticket) => {
                self.set_data(&name, change, ticket, now);
            }
            RecordCommand::Notify(names, request, ticket) => {
                self.notify(names, request, ticket, now);
            }
            RecordCommand::Merged(id, merged) => self.on_merged(id, merged, now),
            RecordCommand::Loaded(name, stored) => self.on_loaded(&name, stored, now),
            RecordCommand::Save => self.save(now),
        }
    }

    /// What is to be told or done for a record, once for each [`crate::core::io::Event::Record`].
    pub fn poll_record_event(&mut self) -> Option<super::io::RecordEvent<D>> {
        self.records.events.pop_front()
    }

    fn write(&mut self, id: RecordId, change: Change<D>, ticket: Option<Ticket>, now: Instant) {
        let Some(record) = self.records.get_mut(id) else { return };
        let read_only = record.is_read_only.then_some(error_name::RECORD_READ_ONLY_MODE);
        if let Some(why) = record.refusal().or(read_only) {
            self.refuse_write(id, why, change.action(), ticket);
            return;
        }
        if !record.is_ready {
            record.writes.add(change, ticket, None);
            return;
        }
        self.write_now(id, change, ticket, now);
    }

    #[inline(never)]
    fn refuse_write(
        &mut self,
        id: RecordId,
        why: &'static str,
        action: RecordAction,
        ticket: Option<Ticket>,
    ) {
        let Some(record) = self.records.get(id) else { return };
        if record.is_gone() || record.is_read_only {
            let meta = Meta::Message(Box::new(about(action, &record.name)));
            self.connection.emit_error(meta, why, Topic::Record);
        } else if ticket.is_none() {
            let failed = super::io::RecordEvent::Failed(id, why, Some(action.name()));
            self.tell(failed);
        }
        if let Some(ticket) = ticket {
            self.refuse(ticket, Reason::Unexplained(why));
        }
    }

    #[inline(never)]
    fn write_now(&mut self, id: RecordId, change: Change<D>, ticket: Option<Ticket>, now: Instant) {
        let sharing = self.records.settings.sharing;
        let patch_multi = self.records.patch_multi;
        let is_connected = self.subscriptions.is_connected();
        let Some(record) = self.records.get_mut(id) else { return };
        // By the time that it is sent the entries may be others than those here.
        let is_sent_now = is_connected && record.is_synced();
        let unresolved = match &change {
            Change::List(change) if !is_sent_now => Some(Change::List(change.clone())),
            Change::Queue(change) if !is_sent_now => Some(Change::Queue(change.clone())),
            Change::Update(_)
            | Change::Patch(..)
            | Change::Erase(_)
            | Change::Multi(_)
            | Change::List(_)
            | Change::Queue(_) => None,
        };
        let unresolved = unresolved.filter(|_| record.confirmed.is_none());
        let resolved = change.resolve(&record.data);
        let (resolved, is_changed, told) = match resolved {
            Some(mut resolved) => {
                let (is_changed, told) = record.apply(resolved.steps(), sharing);
                (Some(resolved), is_changed, told)
            }
            None => (None, false, Vec::new()),
        };
        let is_settled = record.writes.is_empty();
        self.tell_all(told);
        let resolved = match resolved {
            // Somebody waits to be told when the server has it, which is not yet.
            Some(resolved) if is_changed || ticket.is_some() && !is_settled => resolved,
            _ => {
                self.accept_all(ticket.into_iter().collect());
                return;
            }
        };
        let Some(record) = self.records.get_mut(id) else { return };
        if !is_connected || !record.is_synced() {
            record.writes.add(unresolved.unwrap_or(resolved), ticket, None);
            record.is_told_lost = false;
            let is_final = self.connection.state().is_final();
            self.store(id, now);
            if is_final {
                self.report_undelivered(id);
            }
            return;
        }
        record.version = record.version.saturating_add(1);
        record.is_sent_here = true;
        let version = record.version;
        let is_multi = matches!(resolved, Change::Multi(_));
        let is_first = is_multi && patch_multi == PatchMulti::Untried;
        let whole = (is_multi && patch_multi == PatchMulti::Unknown)
            .then(|| Change::<D>::Update(super::Value::of_text(record.data.stringify())));
        let name = record.name.clone();
        let mut message = whole.as_ref().unwrap_or(&resolved).message(&name);
        message.version = Some(version);
        let correlation = self.records.correlation(ticket.is_some());
        let packed = self.pack_write(message, correlation);
        if let Some(record) = self.records.get_mut(id) {
            record.writes.add(resolved, ticket, Some((version, correlation)));
        }
        self.send_write(id, packed, now);
        if is_first {
            self.try_patch_multi(id, now);
        }
        self.store_update(id, now);
    }

    fn when_ready(&mut self, id: RecordId, ticket: Ticket, now: Instant) {
        let is_hopeful = self.connection.takes_requests(now);
        let Some(record) = self.records.get_mut(id) else { return };
        if record.is_ready {
            self.settle(ticket, Outcome::Accepted(None));
        } else if let Some(why) = record.refusal() {
            self.refuse(ticket, Reason::Unexplained(why));
        } else if record.is_read_only && matches!(record.state, State::Offline) && !is_hopeful {
            self.refuse(ticket, Reason::Ended(error_name::CLIENT_OFFLINE));
        } else {
            record.waiting.push(ticket);
        }
    }

    #[inline(never)]
    fn discard(&mut self, id: RecordId, now: Instant) {
        let Some(record) = self.records.get_mut(id) else { return };
        record.references = record.references.saturating_sub(1);
        if record.references == 0 && !record.is_gone() {
            self.discard_later(id, now);
        }
    }

    #[inline(never)]
    fn delete(&mut self, id: RecordId, ticket: Ticket, now: Instant) {
        if !self.subscriptions.is_connected() {
            self.refuse(ticket, Reason::Ended(DELETING_OFFLINE));
            return;
        }
        let Some(record) = self.records.get_mut(id) else { return };
        if record.is_gone() || record.deletion.is_some() {
            self.refuse(ticket, Reason::Unexplained(error_name::RECORD_ALREADY_DESTROYED));
            return;
        }
        record.deletion = Some(ticket);
        self.send_delete(id, now);
    }

    /// Asks the server to delete a record.
    pub(super) fn send_delete(&mut self, id: RecordId, now: Instant) {
        if let Some(record) = self.records.get_mut(id) {
            record.state = State::Deleting(record.is_synced());
        }
        self.send_question(id, RecordAction::Delete, now);
    }

    /// Asks about a record that need not be open.
    #[inline(never)]
    fn look_up(&mut self, action: RecordAction, name: String, ticket: Ticket, now: Instant) {
        if let Some(id) = self.records.find(&name)
            && let Some(record) = self.records.get(id)
            && record.is_ready
        {
            let answer = if action == RecordAction::Read {
                record.data.stringify()
            } else {
                record.version().unwrap_or_default().to_string()
            };
            self.settle(ticket, Outcome::Accepted(Some(answer)));
        } else if !self.connection.takes_requests(now) {
            self.refuse(ticket, Reason::Ended(error_name::CLIENT_OFFLINE));
        } else if self.records.reads.join(action, &name, ticket) {
            // The answer to another is its answer too.
        } else if self.connection.send_request(&about(action, &name), Care::Request(ticket)) {
            self.records.reads.add(action, name, ticket);
            if self.subscriptions.is_connected() {
                self.records.reads.on_sent(now);
                self.await_records();
            }
        } else {
            self.refuse(ticket, Reason::Ended(error_name::OUTGOING_QUEUE_FULL));
        }
    }

    /// Writes to a record that need not be open: whatever its version is, it is the next.
    #[inline(never)]
    fn set_data(&mut self, name: &str, change: Change<D>, ticket: Option<Ticket>, now: Instant) {
        if let Some(id) = self.records.find(name) {
            self.write(id, change, ticket, now);
            return;
        }
        let is_noted = self.records.set_waiting.iter().any(|noted| noted == name);
        if !self.subscriptions.is_connected() && !is_noted {
            self.records.set_waiting.push(name.to_owned());
        }
        let mut message = change.message(name);
        message.version = Some(ANY_VERSION);
        if change.action() == RecordAction::Update {
            message.action = RecordAction::CreateAndUpdate.into();
        } else if change.action() == RecordAction::Patch {
            message.action = RecordAction::CreateAndPatch.into();
        }
        let Some(ticket) = ticket else {
            self.connection.send(&message);
            return;
        };
        let correlation = self.records.next_correlation();
        await_write(&mut message, correlation);
        if self.connection.state().is_final() {
            self.refuse(ticket, Reason::Ended(error_name::CLIENT_OFFLINE));
        } else if self.connection.send_request(&message, Care::Write(ticket)) {
            self.records.set_data.push((correlation, ticket));
        } else {
            self.refuse(ticket, Reason::Ended(error_name::OUTGOING_QUEUE_FULL));
        }
    }

    #[inline(never)]
    fn notify(&mut self, names: Vec<String>, request: String, ticket: Ticket, now: Instant) {
        let mut message = Message::new(RecordAction::Notify);
        message.names = names.into_iter().map(Into::into).collect();
        message.correlation_id = Some(request.into());
        self.make(ticket, &message, now);
    }
}

impl Path {
    /// The path of a whole document, or the one that is written so.
    ///
    /// None where it leads nowhere.
    pub fn of(text: &str) -> Option<Self> {
        if text.is_empty() { Some(Self::root()) } else { Self::parse(text) }
    }
}

/// What the JavaScript client says.
const DELETING_OFFLINE: &str = "Deleting while offline is not supported";

/// The server takes a write of this version whatever its own is.
const ANY_VERSION: i32 = -1;

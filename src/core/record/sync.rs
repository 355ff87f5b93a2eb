//! Keeping records in step with the server: what it is told of them when, and what it is sent.

use super::change::Change;
use super::io::{RecordEvent, RecordId};
use super::state::{Denied, NO_VERSION, State};
use super::writes::{Dropped, Writes};
use super::{Document, PatchMulti, Record, Value};
use crate::core::Client;
use crate::core::io::{Meta, Outcome, Outgoing, Reason, Ticket, error_name};
use crate::core::protocol::{Message, RecordAction, Topic};
use crate::core::subscriptions::{ENOUGH_NAMES, bulk_messages};
use crate::core::time::Instant;
use crate::core::timer::Timer;

impl<D: Document> Client<D> {
    /// Puts down what is to be told of a record, in order with everything else.
    pub(super) fn tell(&mut self, event: RecordEvent<D>) {
        self.records.events.push_back(event);
        self.connection.emit(crate::core::io::Event::Record);
    }

    pub(super) fn tell_all(&mut self, events: Vec<RecordEvent<D>>) {
        for event in events {
            self.tell(event);
        }
    }

    /// Begins to keep a record up to date, once it is known what the storage has of it.
    pub(super) fn begin(&mut self, id: RecordId, now: Instant) {
        if self.subscriptions.is_connected() {
            self.announce(id, now);
            return;
        }
        let is_hopeful = self.connection.takes_requests(now);
        let Some(record) = self.records.get_mut(id) else { return };
        if record.confirmed.is_some() {
            self.arrive_here(id, now);
        } else if is_hopeful {
            self.connection.wait_for_hope();
        } else {
            self.make_offline(id, now);
        }
    }

    /// There is neither a connection nor hope for one: a record of which nothing is known is made
    /// here.
    fn make_offline(&mut self, id: RecordId, now: Instant) {
        let initial = self.records.settings.initial_version;
        let Some(record) = self.records.get_mut(id) else { return };
        if record.is_ready {
            return;
        }
        if record.is_read_only {
            self.on_unreachable(id);
            return;
        }
        record.version = initial;
        self.arrive_here(id, now);
        self.store(id, now);
    }

    /// A record that may not be made is not to be had, until there is a connection.
    fn on_unreachable(&mut self, id: RecordId) {
        let Some(record) = self.records.get_mut(id) else { return };
        let waiting = std::mem::take(&mut record.waiting);
        let action = Some(RecordAction::Read.name());
        self.tell(RecordEvent::Failed(id, error_name::CLIENT_OFFLINE, action));
        for ticket in waiting {
            self.refuse(ticket, Reason::Ended(error_name::CLIENT_OFFLINE));
        }
    }

    /// The record's data is there, for the first time, but for what was written before.
    pub(super) fn arrive_here(&mut self, id: RecordId, now: Instant) {
        let Some(record) = self.records.get_mut(id) else { return };
        if record.is_ready {
            return;
        }
        if record.confirmed.is_some() {
            if let Some(writes) = record.writes.get_mut() {
                writes.rebase(&mut record.data);
            }
        } else {
            record.writes.replay(&mut record.data);
        }
        self.arrive(id, now);
    }

    /// The record's data is there, for the first time.
    pub(super) fn arrive(&mut self, id: RecordId, now: Instant) {
        let sharing = self.records.settings.sharing;
        let Some(record) = self.records.get_mut(id) else { return };
        if record.is_ready {
            return;
        }
        record.is_ready = true;
        record.answer_by = None;
        let is_written = record.writes.has_unsent();
        let arrival = record.arrival(sharing);
        let waiting = std::mem::take(&mut record.waiting);
        self.tell_all(arrival);
        self.tell(RecordEvent::Ready(id));
        for ticket in waiting {
            self.settle(ticket, Outcome::Accepted(None));
        }
        if is_written && !self.subscriptions.is_connected() {
            self.store(id, now);
        }
    }

    /// Has the server be told of a record, soon.
    pub(super) fn announce(&mut self, id: RecordId, now: Instant) {
        let is_known = self.prepare(id, now);
        if !is_known {
            return;
        }
        self.records.unannounced.push(id);
        if self.records.unannounced.len() >= ENOUGH_NAMES {
            self.announce_collected(now);
        }
        self.announce_soon(now);
    }

    fn prepare(&mut self, id: RecordId, now: Instant) -> bool {
        let timeout = self.records.settings.read_timeout;
        let Some(record) = self.records.get_mut(id) else { return false };
        if record.is_gone() {
            return false;
        }
        record.state = if record.confirmed.is_some() { State::Asking } else { State::Reading };
        self.records.await_answer(id, now.after(timeout));
        true
    }

    /// The server passed a record over, unless it has answered already.
    pub(in crate::core) fn announce_again(&mut self, name: &str, now: Instant) {
        let Some(id) = self.records.find(name) else { return };
        if let Some(Record { state: State::Reading | State::Asking, .. }) = self.records.get(id) {
            self.records.unannounced.push(id);
            self.announce_soon(now);
        }
    }

    fn announce_soon(&mut self, now: Instant) {
        self.collect(now);
        self.await_records();
    }

    /// Tells the server of the records that it is to be told of.
    pub(in crate::core) fn announce_collected(&mut self, now: Instant) {
        let messages = self.announcements();
        self.send_awaited(messages, now);
    }

    fn announcements(&mut self) -> Vec<Message<'static>> {
        let unannounced = std::mem::take(&mut self.records.unannounced);
        // When a page opens them they are all of the first kind.
        let mut names = [Vec::with_capacity(unannounced.len()), Vec::new(), Vec::new()];
        for record in unannounced.into_iter().filter_map(|id| self.records.get(id)) {
            let kind = match record.state {
                State::Reading if record.is_read_only => 1,
                State::Reading => 0,
                State::Asking => 2,
                State::Loading
                | State::Offline
                | State::Synced
                | State::Trying(_)
                | State::Rereading(_)
                | State::Merging(..)
                | State::Deleting(_)
                | State::Refused(_)
                | State::Gone => continue,
            };
            if let Some(names) = names.get_mut(kind) {
                names.push(record.name.to_string());
            }
        }
        let kinds = ANNOUNCEMENTS.into_iter().zip(names).zip(&mut self.records.bulks);
        kinds
            .flat_map(|((action, names), sent)| bulk_messages(action.into(), names, sent))
            .collect()
    }

    /// There is a connection: what it is to be told first of all records.
    #[inline(never)]
    pub(in crate::core) fn on_records_established(&mut self, now: Instant) {
        let mut unannounced = Vec::new();
        for id in self.records.all() {
            let is_loading =
                self.records.get(id).is_none_or(|record| matches!(record.state, State::Loading));
            if !is_loading && self.prepare(id, now) {
                unannounced.push(id);
            }
        }
        // The server does not tell us of what we send it, so that has to be there before.
        let set_waiting = &self.records.set_waiting;
        let is_set = |id: &RecordId| {
            self.records
                .get(*id)
                .is_some_and(|record| set_waiting.iter().any(|name| **name == *record.name))
        };
        let (later, first) = unannounced.into_iter().partition(is_set);
        self.records.unannounced = first;
        for message in self.announcements() {
            self.connection.send_first(&message);
            self.acknowledgements.on_sent(message, now);
        }
        self.records.unannounced = later;
        if !self.records.unannounced.is_empty() {
            self.announce_soon(now);
        }
        self.records.reads.on_sent(now);
        self.await_records();
    }

    /// The connection is gone, and with it what was asked for on it.
    #[inline(never)]
    pub(in crate::core) fn on_records_lost(&mut self, now: Instant) {
        self.records.unannounced.clear();
        self.records.bulks = [0; 3];
        if !self.connection.has_queued() {
            self.records.set_waiting.clear();
        }
        self.records.rereads.clear();
        self.records.answers.clear();
        self.records.patch_multi = PatchMulti::Untried;
        for id in self.records.all() {
            let Some(record) = self.records.get_mut(id) else { continue };
            if matches!(record.state, State::Loading) {
                continue;
            }
            record.state = State::Offline;
            record.answer_by = None;
            // What was denied stays so: it is not to be sent again.
            if let Some(refusals) = record.refusals.get_mut() {
                refusals.answers = 0;
            }
            record.is_sent_here = false;
            record.is_told_lost = false;
            record.heard = NO_VERSION;
            record.presumed = Default::default();
            let deletion = record.deletion.take();
            let had_provider = std::mem::take(&mut record.has_provider);
            let is_ready = record.is_ready;
            if had_provider {
                self.tell(RecordEvent::HasProvider(id, false));
            }
            if let Some(ticket) = deletion {
                self.refuse(ticket, Reason::Ended(error_name::CLIENT_OFFLINE));
            }
            if is_ready {
                self.store(id, now);
            } else {
                self.connection.wait_for_hope();
            }
        }
    }

    /// Requests about records that were on the connection which is gone.
    pub(in crate::core) fn fail_record_requests(&mut self, queued: &[Ticket]) {
        let mut lost = self.records.reads.take_lost(queued);
        self.records.set_data.retain(|(_, ticket)| {
            let is_queued = queued.binary_search(ticket).is_ok();
            if !is_queued {
                lost.push(*ticket);
            }
            is_queued
        });
        for ticket in lost {
            self.refuse(ticket, Reason::Ended(error_name::CLIENT_OFFLINE));
        }
    }

    /// There is no hope for a connection any more: what waits for one goes on without.
    #[inline(never)]
    pub(in crate::core) fn on_records_hopeless(&mut self, now: Instant) {
        let is_final = self.connection.state().is_final();
        for id in self.records.all() {
            let Some(record) = self.records.get(id) else { continue };
            if !record.is_ready && matches!(record.state, State::Offline) {
                self.make_offline(id, now);
            }
            if is_final {
                self.report_undelivered(id);
            }
        }
    }

    /// The connection has ended for good: what is to be sent is not, unless somebody resumes it.
    #[inline(never)]
    pub(super) fn report_undelivered(&mut self, id: RecordId) {
        let is_stored = self.records.offline.is_in_use();
        let Some(record) = self.records.get_mut(id) else { return };
        let writes = record.writes.get_mut();
        let waiting = writes.map(Writes::take_everybody).unwrap_or_default();
        let is_told = std::mem::replace(&mut record.is_told_lost, true);
        // What is stored is sent when the page comes back.
        let is_unsent = record.writes.has_unsent() && !is_stored;
        let name = record.name.to_string();
        if is_unsent && !is_told {
            let meta = Meta::Message(Box::new(about(RecordAction::Update, &name)));
            self.connection.emit_error(meta, error_name::IS_CLOSED, Topic::Record);
        }
        for ticket in waiting {
            self.refuse(ticket, Reason::Ended(error_name::CLIENT_OFFLINE));
        }
    }

    /// Sends what was written and not sent, if the server is ready for it: one write as it is,
    /// several as the data that they lead to.
    pub(super) fn deliver(&mut self, id: RecordId, how: Delivery, now: Instant) {
        let Some(record) = self.records.get_mut(id) else { return };
        if !record.is_synced() {
            return;
        }
        if self.connection.refuses_by_size() && self.drop_too_large(id, now) {
            return;
        }
        let Some(record) = self.records.get_mut(id) else { return };
        if !record.writes.has_unsent() {
            // To what is there it makes no difference.
            let writes = record.writes.get_mut();
            let done = writes.map(Writes::take_unsent_waiting).unwrap_or_default();
            let is_delivered = record.writes.is_empty();
            self.accept_all(done);
            if is_delivered {
                self.store_delivered(id, now);
            }
            return;
        }
        let only = match how {
            Delivery::Changes => record.writes.only_unsent::<D>(),
            Delivery::Data | Delivery::Anew => None,
        };
        let change = only.unwrap_or_else(|| {
            let whole = Value::of_text(record.data().stringify());
            record.writes.on_resolved(&whole);
            Change::Update(whole)
        });
        let name = record.name.clone();
        let mut message = change.message(&name);
        record.version = record.version.saturating_add(1);
        if how == Delivery::Anew {
            message.action = RecordAction::CreateAndUpdate.into();
            record.version = FIRST_VERSION;
        }
        message.version = Some(record.version);
        let is_awaited = record.writes.is_unsent_awaited();
        let correlation = self.records.correlation(is_awaited);
        let Some(record) = self.records.get_mut(id) else { return };
        record.writes.on_sent(record.version, correlation);
        record.is_sent_here = true;
        let packed = self.pack_write(message, correlation);
        self.send_write(id, packed, now);
        self.store_update(id, now);
    }

    /// Takes out the writes that are each more than the server takes at once, and keep others from it.
    /// Returns whether there were any.
    fn drop_too_large(&mut self, id: RecordId, now: Instant) -> bool {
        let correlation = self.records.last_correlation();
        let Some(record) = self.records.get_mut(id) else { return false };
        let is_too_large = |change: &Change<D>| {
            let mut message = change.message(&record.name);
            message.version = Some(record.version);
            await_write(&mut message, correlation);
            self.connection.pack_in_session(&message).is_none()
        };
        let dropped = record.writes.take_unsent_where(is_too_large);
        let has_dropped = !dropped.is_empty();
        if has_dropped {
            // It still stands in the data, until that is read: if need be on another connection.
            let why = error_name::MESSAGE_TOO_LARGE;
            let denied = Denied { version: Some(NO_VERSION), why, is_told: true };
            record.refusals.denied.push(denied);
            self.reread(id, now);
            self.report_dropped(id, dropped, error_name::MESSAGE_TOO_LARGE);
        }
        has_dropped
    }

    /// Has a write be ready to be sent: the message borrows from what is to be kept of it.
    pub(super) fn pack_write(&self, mut message: Message<'_>, correlation: Option<u32>) -> Packed {
        if let Some(correlation) = correlation {
            await_write(&mut message, correlation);
        }
        let frame = self.connection.pack_in_session(&message);
        frame.ok_or_else(|| Box::new(message.into_owned()))
    }

    pub(super) fn send_write(&mut self, id: RecordId, packed: Packed, now: Instant) {
        match packed {
            Ok(outgoing) => self.connection.send_packed(outgoing),
            Err(message) => self.on_too_large(id, &message, now),
        }
    }

    /// Tells those who wrote what will not come to be, or else whoever listens.
    pub(super) fn report_dropped(
        &mut self,
        id: RecordId,
        dropped: Vec<Dropped>,
        why: &'static str,
    ) {
        for dropped in dropped {
            match dropped {
                Dropped::Awaited(ticket) => self.refuse(ticket, Reason::Unexplained(why)),
                Dropped::Unawaited(action) => {
                    self.tell(RecordEvent::Failed(id, why, Some(action.name())));
                }
            }
        }
    }

    pub(super) fn accept_all(&mut self, tickets: Vec<Ticket>) {
        for ticket in tickets {
            self.settle(ticket, Outcome::Accepted(None));
        }
    }

    /// Has a record be let go of, unless somebody opens it meanwhile.
    pub(super) fn discard_later(&mut self, id: RecordId, now: Instant) {
        let deadline = now.after(self.records.settings.discard_timeout);
        if let Some(record) = self.records.get_mut(id) {
            record.discard_at = Some(deadline);
            self.records.discards.add(deadline, id);
            self.await_records();
        }
    }

    /// Lets go of a record that nobody is interested in, unless it has something to deliver.
    pub(super) fn let_go(&mut self, id: RecordId, now: Instant) {
        let name = self.end_use(id, now);
        self.send_unsubscriptions(name.into_iter().collect(), now);
    }

    /// As `let_go`, but for telling the server. Returns the name that it is not to tell of any more.
    fn end_use(&mut self, id: RecordId, now: Instant) -> Option<String> {
        let record = self.records.get(id)?;
        let is_busy = match record.state {
            State::Loading
            | State::Trying(_)
            | State::Rereading(_)
            | State::Merging(..)
            | State::Deleting(_) => true,
            // The server may subscribe only then, though it was told before not to.
            State::Reading | State::Asking => {
                record.answer_by.is_some() || !record.writes.is_empty()
            }
            State::Offline | State::Synced | State::Refused(_) | State::Gone => false,
        };
        let is_synced = record.is_synced();
        let is_sure = record.writes.is_empty();
        if is_busy || record.is_undelivered() || record.writes.is_awaited() {
            self.discard_later(id, now);
            return None;
        }
        if !is_sure && is_synced {
            // What was sent may still be refused, which the server tells of only once: the answer to
            // this comes after that.
            self.reread(id, now);
            let deadline = now.after(self.records.settings.discard_timeout);
            self.records.discards.add(deadline, id);
            return None;
        }
        let name = self.subscribed_name(id);
        if record_is_ready(self.records.get(id)) {
            self.store(id, now);
        }
        self.end(id, RecordEvent::Discarded(id));
        name
    }

    /// Asks the server something about a record. It is told of where that is not answered in time.
    pub(super) fn send_question(&mut self, id: RecordId, action: RecordAction, now: Instant) {
        let Some(record) = self.records.get(id) else { return };
        let message = about(action, &record.name);
        let patience = if action == RecordAction::Delete {
            self.records.settings.delete_timeout
        } else {
            self.records.settings.read_timeout
        };
        self.records.await_answer(id, now.after(patience));
        self.connection.send_in_session(&message);
        self.await_records();
    }

    /// Tells the server not to tell of a record any more.
    pub(super) fn unsubscribe(&mut self, id: RecordId, now: Instant) {
        let name = self.subscribed_name(id);
        self.send_unsubscriptions(name.into_iter().collect(), now);
    }

    /// The name of a record, if the server tells of it.
    fn subscribed_name(&self, id: RecordId) -> Option<String> {
        let record = self.records.get(id).filter(|record| record.is_connected())?;
        self.subscriptions.is_connected().then(|| record.name.to_string())
    }

    fn send_unsubscriptions(&mut self, names: Vec<String>, now: Instant) {
        let mut messages = bulk_messages(RecordAction::Unsubscribe.into(), names, &mut 0);
        for message in &mut messages {
            message.correlation_id = message.names.first().cloned();
        }
        self.send_awaited(messages, now);
    }

    /// The record is gone.
    pub(super) fn end(&mut self, id: RecordId, event: RecordEvent<D>) {
        // By its name one finds another from now on.
        self.records.unname(id);
        let Some(record) = self.records.get_mut(id) else { return };
        record.state = State::Gone;
        record.is_ready = false;
        record.discard_at = None;
        record.answer_by = None;
        let waiting = std::mem::take(&mut record.waiting);
        self.tell(event);
        for ticket in waiting {
            self.refuse(ticket, Reason::Unexplained(error_name::RECORD_ALREADY_DESTROYED));
        }
        self.records.release(id);
    }

    pub(super) fn on_deleted(&mut self, id: RecordId, now: Instant) {
        let Some(record) = self.records.get_mut(id) else { return };
        // Of what the server was sent it would have refused by now what it did not take, unless the
        // connection was lost in between.
        let is_sure = matches!(record.state, State::Synced | State::Deleting(true));
        let writes = &mut record.writes;
        let dropped = if is_sure { writes.take_unsent() } else { writes.take_all() };
        let name = record.name.to_string();
        let deletion = record.deletion.take();
        self.unstore(name, now);
        self.report_dropped(id, dropped, RecordAction::Deleted.name());
        self.end(id, RecordEvent::Deleted(id));
        self.accept_all(deletion.into_iter().collect());
    }

    /// Does what is due.
    pub(in crate::core) fn on_records_due(&mut self, now: Instant) {
        let mut let_go = Vec::new();
        while let Some(id) = self.records.discards.take_due(now) {
            if self.records.get(id).is_some_and(|record| record.is_due_to_go(now)) {
                let_go.extend(self.end_use(id, now));
            }
        }
        self.send_unsubscriptions(let_go, now);
        while let Some(id) = self.records.answers.take_due(now) {
            self.on_unanswered(id, now);
        }
        let rereads = std::mem::take(&mut self.records.rereads);
        for (deadline, id) in rereads {
            if deadline <= now && !self.try_again(id, now) {
                self.reread(id, now);
            } else if deadline > now {
                self.records.rereads.push((deadline, id));
            }
        }
        while let Some(tickets) = self.records.reads.take_overdue(now) {
            for ticket in tickets {
                self.connection.forget_request(ticket);
                self.refuse(ticket, Reason::Unexplained(error_name::ACK_TIMEOUT));
            }
        }
        self.store_list_due(now);
        self.await_records();
    }

    fn on_unanswered(&mut self, id: RecordId, now: Instant) {
        let Some(record) = self.records.get_mut(id) else { return };
        if record.answer_by.is_none_or(|deadline| deadline > now) {
            return;
        }
        record.answer_by = None;
        let (action, why) = match record.state {
            State::Deleting(_) => (RecordAction::Delete, error_name::RECORD_DELETE_TIMEOUT),
            State::Reading | State::Asking | State::Trying(_) | State::Rereading(_) => {
                (RecordAction::ReadResponse, error_name::ACK_TIMEOUT)
            }
            State::Loading
            | State::Offline
            | State::Synced
            | State::Merging(..)
            | State::Refused(_)
            | State::Gone => return,
        };
        let message = about(action, &record.name);
        self.warn(message.action, Some(why));
        self.connection.emit_message_error(message, Some(why));
        if action == RecordAction::Delete {
            self.on_delete_failed(id, why, now);
        } else {
            self.tell(RecordEvent::Failed(id, why, Some(RecordAction::Read.name())));
        }
    }

    /// Sees to it that what has a time is done then.
    pub(super) fn await_records(&mut self) {
        match self.records.deadline() {
            Some(deadline) => self.connection.timers.set(Timer::Records, deadline),
            None => self.connection.timers.stop(Timer::Records),
        }
    }
}

/// A write that is ready to be sent, or else one that is more than the server takes.
pub(super) type Packed = Result<Outgoing, Box<Message<'static>>>;

/// How what was not sent is to be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Delivery {
    /// As it was written, if it is one thing.
    Changes,
    /// As the data that it leads to: the server has other data than it was written to.
    Data,
    /// As a new record.
    Anew,
}

fn record_is_ready<D: Document>(record: Option<&Record<D>>) -> bool {
    record.is_some_and(Record::is_ready)
}

/// Has the server acknowledge a write, by this number.
pub(super) fn await_write(message: &mut Message<'_>, correlation: u32) {
    message.correlation_id = Some(correlation.to_string().into());
    message.is_write_ack = Some(true);
}

/// A message that an error is about.
pub(super) fn about(action: RecordAction, name: &str) -> Message<'static> {
    let mut message = Message::new(action);
    message.name = Some(name.to_owned().into());
    message
}

/// What records are announced with: those that may be made, those that may not, those that were seen
/// before.
const ANNOUNCEMENTS: [RecordAction; 3] = [
    RecordAction::SubscribeCreateAndRead,
    RecordAction::SubscribeAndRead,
    RecordAction::SubscribeAndHead,
];

/// The version that a record begins with when it is made with data.
const FIRST_VERSION: i32 = 1;

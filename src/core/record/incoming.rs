//! What the server says about records.

use std::borrow::Cow;

use super::change::take_step;
use super::io::{Conflict, RecordEvent, RecordId};
use super::state::{Denied, NO_VERSION, State};
use super::sync::Delivery;
use super::{Change, Document, PatchMulti, Path, Sharing, Value};
use crate::core::Client;
use crate::core::client::original_action;
use crate::core::io::{Outcome, Reason, Subscription, Ticket, error_name};
use crate::core::protocol::{Action, Message, ParserAction, RecordAction, json};
use crate::core::time::Instant;

impl<D: Document> Client<D> {
    pub(in crate::core) fn on_record_message(
        &mut self,
        action: RecordAction,
        message: Message<'_>,
        now: Instant,
    ) {
        match action {
            RecordAction::Update
            | RecordAction::Patch
            | RecordAction::Erase
            | RecordAction::PatchMulti => self.on_remote_write(action, message, now),
            RecordAction::ReadResponse => self.on_read_response(message, now),
            RecordAction::HeadResponse => match (&message.name, message.version) {
                (Some(name), Some(version)) => self.on_head(name, version, now),
                _ => self.on_unsolicited(message),
            },
            RecordAction::HeadResponseBulk => {
                for (name, version) in &message.versions {
                    self.on_head(name, *version, now);
                }
            }
            RecordAction::WriteAcknowledgement => self.on_write_acknowledged(&message, now),
            RecordAction::VersionExists => self.on_version_exists(message, now),
            RecordAction::Deleted | RecordAction::DeleteSuccess => match self.record_of(&message) {
                Some(id) => self.on_deleted(id, now),
                None => self.on_unsolicited(message),
            },
            RecordAction::Notify | RecordAction::RecordNotifyError => self.on_notified(message),
            RecordAction::SubscriptionHasProvider | RecordAction::SubscriptionHasNoProvider => {
                self.on_provider(action == RecordAction::SubscriptionHasProvider, &message);
            }
            RecordAction::SubscriptionForPatternFound => {
                self.on_pattern_found(Subscription::RecordPattern, message);
            }
            RecordAction::SubscriptionForPatternRemoved => {
                self.on_pattern_removed(Subscription::RecordPattern, message);
            }
            RecordAction::SubscribeCreateAndRead
            | RecordAction::SubscribeAndRead
            | RecordAction::SubscribeAndHead
            | RecordAction::Subscribe
            | RecordAction::Unsubscribe
            | RecordAction::Listen
            | RecordAction::Unlisten => self.on_acknowledged(&message),
            RecordAction::MultipleSubscriptions | RecordAction::NotSubscribed => {
                self.warn(message.action, None);
            }
            RecordAction::Error
            | RecordAction::CacheRetrievalTimeout
            | RecordAction::StorageRetrievalTimeout
            | RecordAction::RecordLoadError
            | RecordAction::RecordCreateError
            | RecordAction::RecordUpdateError
            | RecordAction::RecordDeleteError
            | RecordAction::RecordNotFound
            | RecordAction::InvalidVersion
            | RecordAction::InvalidPatchOnHotpath
            | RecordAction::InvalidListenRegex
            | RecordAction::ListenResponseTimeout
            | RecordAction::ListenUnsuccessful
            | RecordAction::MessagePermissionError
            | RecordAction::MessageDenied
            | RecordAction::InvalidMessageData => self.on_record_refused(action, message, now),
            RecordAction::Unknown
            | RecordAction::Read
            | RecordAction::Head
            | RecordAction::HeadBulk
            | RecordAction::Delete
            | RecordAction::DeleteBulk
            | RecordAction::DeleteBulkSuccess
            | RecordAction::Create
            | RecordAction::CreateAndUpdate
            | RecordAction::CreateAndPatch
            | RecordAction::SubscribeCreateAndUpdate
            | RecordAction::ListenAccept
            | RecordAction::ListenReject => self.on_unsolicited(message),
        }
    }

    /// Who waits for the write to a record that is not open which this answers.
    fn set_data_of(&mut self, message: &Message<'_>) -> Option<Ticket> {
        self.records.take_set_data(correlation_of(message)?)
    }

    fn record_of(&self, message: &Message<'_>) -> Option<RecordId> {
        self.records.find(message.name.as_deref()?)
    }

    fn on_remote_write(&mut self, action: RecordAction, message: Message<'_>, now: Instant) {
        let sharing = self.records.settings.sharing;
        let (Some(id), Some(version)) = (self.record_of(&message), message.version) else {
            // It may have crossed with the end of the subscription.
            let name = message.name.as_deref().unwrap_or_default();
            if !self.acknowledgements.is_awaited(RecordAction::Unsubscribe.into(), name) {
                self.on_unsolicited(message);
            }
            return;
        };
        let Some(record) = self.records.get_mut(id) else { return };
        if !matches!(record.state, State::Synced | State::Trying(_)) {
            // The answer that is waited for may be older.
            record.heard = record.heard.max(version);
            return;
        }
        let is_next = version == record.version.saturating_add(1);
        let is_old = record.confirmed.is_some_and(|confirmed| version <= confirmed);
        if is_old && action != RecordAction::Update {
            // It is in what was read.
            return;
        }
        let mut change = match remote_change::<D>(action, &message) {
            Some(change) if is_next || action == RecordAction::Update => change,
            Some(_) => {
                // The answer may come from a server that does not have it yet.
                record.heard = record.heard.max(version);
                self.reread(id, now);
                return;
            }
            None => {
                self.connection.emit_message_error(message, Some(UNREADABLE));
                self.reread(id, now);
                return;
            }
        };
        let steps = change.steps();
        if is_next {
            // The server would have refused by now what it did not take: most of the time.
            if let Some(writes) = record.writes.get_mut() {
                let presumed = writes.on_presumed(record.version);
                if !presumed.is_empty() {
                    record.presumed = presumed.into();
                }
            }
            record.version = version;
            record.confirmed = Some(version);
            record.state = State::Synced;
            if record.writes.has_unsent()
                && let Some(mut data) = record.data.copy()
            {
                // What waits for its turn is done after it.
                for step in steps {
                    take_step(&mut data, step, Sharing::Copies);
                }
                record.writes.replay_unsent(&mut data);
                self.replace(id, data);
            } else {
                let (_, told) = record.apply(steps, sharing);
                self.tell_all(told);
            }
            self.deliver(id, Delivery::Changes, now);
            self.store_update(id, now);
        } else if let Some((_, Some(data))) = steps.last() {
            self.reconcile(id, version, data, now);
        }
    }

    #[inline(never)]
    fn on_read_response(&mut self, message: Message<'_>, now: Instant) {
        let Some(name) = message.name.as_deref() else {
            self.on_unsolicited(message);
            return;
        };
        for ticket in self.records.reads.take(RecordAction::Read, name) {
            let data = message.data.clone().map(Cow::into_owned);
            self.settle(ticket, Outcome::Accepted(data));
        }
        self.await_records();
        let Some(id) = self.records.find(name) else { return };
        let is_announced = !self.records.unannounced.contains(&id);
        let Some(record) = self.records.get_mut(id) else { return };
        // The answer to somebody's question may overtake what the record itself was asked for with:
        // then what it missed is in the second answer.
        let is_news = record.is_synced() && message.version > Some(record.version);
        let is_own = match record.state {
            State::Reading => is_announced,
            State::Rereading(_) => true,
            State::Loading
            | State::Offline
            | State::Asking
            | State::Synced
            | State::Trying(_)
            | State::Merging(..)
            | State::Deleting(_)
            | State::Refused(_)
            | State::Gone => false,
        };
        let is_first = record.confirmed.is_none();
        if !is_own && !is_news {
            return;
        }
        record.answer_by = None;
        let data = message.data.as_deref().and_then(D::parse_container);
        match (data, message.version) {
            (Some(data), Some(version)) if is_first => self.on_first_read(id, version, data, now),
            (Some(data), Some(version)) => self.reconcile(id, version, data, now),
            _ => {
                self.connection.emit_message_error(message, Some(UNREADABLE));
                self.on_unreadable(id, UNREADABLE, RecordAction::Read.name());
            }
        }
    }

    fn on_first_read(&mut self, id: RecordId, version: i32, data: D, now: Instant) {
        if self.is_outdated(id, version, now) {
            return;
        }
        let Some(record) = self.records.get_mut(id) else { return };
        if record.is_ready && record.writes.has_unsent() && version > 0 {
            self.ask(id, Conflict::Unseen, Some(data), version);
            return;
        }
        self.rebase(id, version, data, now);
        self.store_update(id, now);
    }

    #[inline(never)]
    fn on_head(&mut self, name: &str, version: i32, now: Instant) {
        for ticket in self.records.reads.take(RecordAction::Head, name) {
            self.settle(ticket, Outcome::Accepted(Some(version.to_string())));
        }
        self.await_records();
        let Some(id) = self.records.find(name) else { return };
        let is_announced = !self.records.unannounced.contains(&id);
        let Some(record) = self.records.get_mut(id) else { return };
        if matches!(record.state, State::Trying(_)) {
            self.on_tried(id, version, now);
            return;
        }
        if record.is_synced() && version > record.version {
            self.reread(id, now);
            return;
        }
        if !matches!(record.state, State::Asking) || !is_announced {
            return;
        }
        record.answer_by = None;
        let confirmed = record.confirmed.unwrap_or(version);
        let is_written = !record.writes.is_empty() || record.writes.is_awaited();
        if version < 0 {
            self.on_vanished(id, now);
        } else if record.heard > version
            || version > confirmed && version != record.version
            || !record.refusals.denied.is_empty()
        {
            self.reread(id, now);
        } else if is_written && version <= confirmed && !record.writes.has_sent_by(version) {
            // Nobody has written to it since, not even what was sent from here.
            record.writes.on_unsent_after(version);
            record.version = version;
            record.confirmed = Some(version);
            record.state = State::Synced;
            self.arrive_here(id, now);
            let how = if version == confirmed { Delivery::Changes } else { Delivery::Data };
            self.deliver(id, how, now);
        } else if is_written || version < confirmed {
            self.reread(id, now);
        } else {
            record.state = State::Synced;
            self.arrive_here(id, now);
        }
    }

    #[inline(never)]
    fn on_write_acknowledged(&mut self, message: &Message<'_>, now: Instant) {
        let Some(correlation) = correlation_of(message) else { return };
        if let Some(ticket) = self.records.take_set_data(correlation) {
            self.settle(ticket, Outcome::Accepted(None));
            return;
        }
        let Some(record) = self.record_of(message).and_then(|id| self.records.get_mut(id)) else {
            return;
        };
        let id = record.id;
        // One that was answered by what was read meanwhile is nobody's any more.
        let Some((version, tickets)) = record.writes.take_acknowledged(correlation) else { return };
        let is_tried = matches!(record.state, State::Trying(_)) && version >= record.version;
        // Where nothing was refused before, the server took all that was sent before as well.
        if record.is_synced() || is_tried {
            record.writes.on_confirmed(version);
            record.confirmed = record.confirmed.map(|confirmed| confirmed.max(version));
        }
        let is_delivered = record.writes.is_empty();
        self.accept_all(tickets);
        if is_tried {
            self.on_tried(id, version, now);
        }
        if is_delivered {
            self.store_delivered(id, now);
        }
    }

    #[inline(never)]
    fn on_version_exists(&mut self, message: Message<'_>, now: Instant) {
        if let Some(ticket) = self.set_data_of(&message) {
            self.refuse(ticket, Reason::Unexplained(message.action.name()));
            return;
        }
        let Some(record) = self.record_of(&message).and_then(|id| self.records.get_mut(id)) else {
            return;
        };
        let id = record.id;
        let version = message.version.unwrap_or(record.version);
        let data = message.data.as_deref().and_then(D::parse_container);
        record.on_refused();
        record.refusals.is_overtaken = true;
        let remote = data.as_ref().and_then(Document::copy);
        self.recall_presumed(id, correlation_of(&message), version, remote);
        let Some(record) = self.records.get_mut(id) else { return };
        if !matches!(record.state, State::Synced | State::Trying(_)) {
            record.heard = record.heard.max(version);
            return;
        }
        if self.contradicts_itself(id, version, now) {
            return;
        }
        match data {
            Some(data) => self.reconcile(id, version, data, now),
            None => self.reread(id, now),
        }
    }

    /// The server refused something, at this version. If that is something that it seemed to have taken,
    /// as others had written after it, it is still to be written: to what was there then.
    fn recall_presumed(
        &mut self,
        id: RecordId,
        refused: Option<u32>,
        version: i32,
        remote: Option<D>,
    ) {
        let Some(record) = self.records.get_mut(id) else { return };
        if !matches!(record.state, State::Synced | State::Trying(_) | State::Rereading(_)) {
            return;
        }
        let is_presumed = match refused {
            Some(correlation) => {
                let refused = record.writes.version_of(correlation);
                refused.is_some_and(|refused| Some(refused) <= record.confirmed)
            }
            None => !record.presumed.is_empty() && !record.writes.has_sent_up_to(version),
        };
        if !is_presumed {
            return;
        }
        record.writes.prepend(record.presumed.take());
        // What others wrote was done to other data than theirs, and perhaps in the place of what was
        // written here.
        let mut local = remote.or_else(|| record.data.copy());
        if let Some(local) = &mut local {
            record.writes.replay(local);
        }
        if let Some(local) = local {
            self.replace(id, local);
        }
    }

    #[inline(never)]
    fn on_provider(&mut self, has_provider: bool, message: &Message<'_>) {
        // One that was let go of meanwhile is nobody's concern.
        let Some(record) = self.record_of(message).and_then(|id| self.records.get_mut(id)) else {
            return;
        };
        if record.has_provider != has_provider {
            record.has_provider = has_provider;
            let id = record.id;
            self.tell(RecordEvent::HasProvider(id, has_provider));
        }
    }

    #[inline(never)]
    fn on_notified(&mut self, message: Message<'_>) {
        let ticket = message.correlation_id.as_deref().and_then(|id| self.requests.take_rpc(id));
        let Some(ticket) = ticket else {
            let name = RecordAction::Notify.name();
            self.connection.emit_message_error(message, Some(name));
            return;
        };
        match message.data {
            Some(data) => self.refuse(ticket, Reason::Server(json::quoted(&data))),
            None => self.settle(ticket, Outcome::Accepted(None)),
        }
    }

    #[inline(never)]
    fn on_record_refused(&mut self, action: RecordAction, message: Message<'_>, now: Instant) {
        let name = action.name();
        let original = original_action(&message);
        if let Some(ticket) = self.set_data_of(&message) {
            self.refuse(ticket, Reason::Unexplained(name));
            return;
        }
        let id = self.record_of(&message);
        let original = match original {
            Some(Action::Record(original)) => Some(original),
            // Of a write that it could not do the server says no more.
            _ if action == RecordAction::RecordUpdateError => Some(RecordAction::Update),
            _ => None,
        };
        match (original, id) {
            (Some(original @ (RecordAction::Read | RecordAction::Head)), _) => {
                self.on_read_refused(original, action, &message, now);
            }
            (
                Some(
                    RecordAction::SubscribeCreateAndRead
                    | RecordAction::SubscribeAndRead
                    | RecordAction::SubscribeAndHead
                    | RecordAction::Create,
                ),
                Some(id),
            ) => {
                let original = original.map_or("", RecordAction::name);
                self.on_record_name_refused(message, now);
                self.on_unreadable(id, name, original);
            }
            (Some(RecordAction::Delete), Some(id)) => self.on_delete_failed(id, name, now),
            (
                Some(
                    original @ (RecordAction::Update
                    | RecordAction::Patch
                    | RecordAction::Erase
                    | RecordAction::PatchMulti
                    | RecordAction::CreateAndUpdate),
                ),
                Some(id),
            ) if message.version != Some(NO_VERSION) => {
                self.on_write_refused(id, action, original, &message, now);
            }
            (Some(RecordAction::Listen), _) => {
                if let Some(pattern) = message.name.as_deref() {
                    self.subscriptions.on_unknown(Subscription::RecordPattern, pattern);
                }
                self.on_refused(message, now);
            }
            _ => self.on_refused(message, now),
        }
    }

    /// The server does not answer what was asked about a record.
    fn on_read_refused(
        &mut self,
        original: RecordAction,
        action: RecordAction,
        message: &Message<'_>,
        now: Instant,
    ) {
        let name = message.name.as_deref().unwrap_or_default();
        for ticket in self.records.reads.take(original, name) {
            self.refuse(ticket, Reason::Unexplained(action.name()));
        }
        self.await_records();
        let Some(record) = self.records.find(name).and_then(|id| self.records.get(id)) else {
            return;
        };
        let id = record.id;
        if original != RecordAction::Read || !matches!(record.state, State::Rereading(_)) {
            return;
        }
        if action == RecordAction::RecordNotFound {
            self.on_vanished(id, now);
        } else {
            self.on_unreadable(id, action.name(), original.name());
        }
    }

    /// A record can't be read, on this connection at least.
    fn on_unreadable(&mut self, id: RecordId, why: &'static str, original: &'static str) {
        let Some(record) = self.records.get_mut(id) else { return };
        record.state = State::Refused(why);
        record.answer_by = None;
        let waiting = std::mem::take(&mut record.waiting);
        let dropped = record.writes.take_all();
        self.tell(RecordEvent::Failed(id, why, Some(original)));
        for ticket in waiting {
            self.refuse(ticket, Reason::Unexplained(why));
        }
        self.report_dropped(id, dropped, why);
    }

    /// A record stays after all: what the server said of it meanwhile was not heeded.
    pub(super) fn on_delete_failed(&mut self, id: RecordId, why: &'static str, now: Instant) {
        let Some(record) = self.records.get_mut(id) else { return };
        let ticket = record.deletion.take();
        if matches!(record.state, State::Deleting(_)) {
            record.state = State::Rereading(0);
            self.reread(id, now);
        }
        self.tell(RecordEvent::Failed(id, why, Some(RecordAction::Delete.name())));
        if let Some(ticket) = ticket {
            self.refuse(ticket, Reason::Unexplained(why));
        }
    }

    /// The server did not take a write.
    fn on_write_refused(
        &mut self,
        id: RecordId,
        action: RecordAction,
        original: RecordAction,
        message: &Message<'_>,
        now: Instant,
    ) {
        let Some(record) = self.records.get_mut(id) else { return };
        record.on_refused();
        let correlation = correlation_of(message);
        let version = correlation.and_then(|correlation| record.writes.version_of(correlation));
        record.refusals.answers = record.refusals.answers.saturating_add(1);
        let is_unknown_action =
            action == RecordAction::InvalidMessageData && original == RecordAction::PatchMulti;
        if action == RecordAction::InvalidVersion || is_unknown_action {
            // It is sent once more, in another form.
            if is_unknown_action {
                self.records.patch_multi = PatchMulti::Unknown;
            }
            if let Some(version) = message.version {
                self.recall_presumed(id, correlation, version, None);
            }
            self.reread(id, now);
            return;
        }
        let version = version.or(message.version);
        self.on_denied(id, version, action.name(), correlation, original, now);
    }

    /// A write is more than the server takes at once, and was not sent.
    pub(super) fn on_too_large(&mut self, id: RecordId, message: &Message<'_>, now: Instant) {
        let (Some(record), Action::Record(action)) = (self.records.get_mut(id), message.action)
        else {
            return;
        };
        record.refusals.answers = record.refusals.answers.saturating_add(1);
        let why = error_name::MESSAGE_TOO_LARGE;
        self.on_denied(id, message.version, why, correlation_of(message), action, now);
    }

    /// A write will not come to be: whoever waits for it is told at once, or else whoever listens.
    fn on_denied(
        &mut self,
        id: RecordId,
        version: Option<i32>,
        why: &'static str,
        correlation: Option<u32>,
        original: RecordAction,
        now: Instant,
    ) {
        let Some(record) = self.records.get_mut(id) else { return };
        let tickets =
            correlation.and_then(|correlation| record.writes.take_acknowledged(correlation));
        record.refusals.denied.push(Denied { version, why, is_told: tickets.is_none() });
        match tickets {
            Some((_, tickets)) => {
                for ticket in tickets {
                    self.refuse(ticket, Reason::Unexplained(why));
                }
            }
            None => self.tell(RecordEvent::Failed(id, why, Some(original.name()))),
        }
        self.reread(id, now);
    }
}

/// The change that the server tells of. None if that can't be read.
fn remote_change<D: Document>(action: RecordAction, message: &Message<'_>) -> Option<Change<D>> {
    let value = |text: &str| D::parse(text).map(|document| Value::new(text.to_owned(), document));
    if action == RecordAction::PatchMulti {
        let patches = json::read_patches(message.data.as_deref()?)?.into_iter();
        let patches = patches.map(|(path, data)| {
            let value = match data {
                Some(data) => Some(value(data)?),
                None => None,
            };
            Some((Path::parse(&path)?, value))
        });
        return patches.collect::<Option<Vec<_>>>().map(Change::Multi);
    }
    if action == RecordAction::Update && message.path.is_none() {
        let text = message.data.as_deref()?;
        let document = D::parse_container(text)?;
        return Some(Change::Update(Value::new(text.to_owned(), document)));
    }
    let path = Path::parse(message.path.as_deref()?)?;
    match message.data.as_deref().filter(|_| action != RecordAction::Erase) {
        Some(text) => value(text).map(|value| Change::Patch(path, value)),
        // An erasure comes as a patch without data.
        None => Some(Change::Erase(path)),
    }
}

/// The number that a write was to be acknowledged under.
fn correlation_of(message: &Message<'_>) -> Option<u32> {
    message.correlation_id.as_deref()?.parse().ok()
}

const UNREADABLE: &str = ParserAction::MessageParseError.name();

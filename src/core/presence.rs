//! Topic `PRESENCE`: who is online.

use std::borrow::Cow;

use super::Client;
use super::client::original_action;
use super::io::{Care, Event, Outcome, Reason, Ticket, error_name};
use super::protocol::{Action, Message, PresenceAction};
use super::record::Document;
use super::time::Instant;

impl<D: Document> Client<D> {
    /// Asks who is online.
    pub(super) fn query(&mut self, ticket: Ticket, mut message: Message<'static>, now: Instant) {
        if !self.connection.takes_requests(now) {
            // The JavaScript client's callbacks come after the call here, and within it for RPCs.
            self.requests.on_late(ticket);
            self.connection.refuse_soon(now);
            return;
        }
        let names_users = message.action == Action::from(PresenceAction::Query);
        let id = names_users.then(|| self.requests.new_query_id());
        message.correlation_id = id.clone().map(Cow::Owned);
        if !self.connection.send_request(&message, Care::Request(ticket)) {
            self.refuse(ticket, Reason::Ended(error_name::OUTGOING_QUEUE_FULL));
            return;
        }
        self.requests.on_query(id, ticket);
        if self.subscriptions.is_connected() {
            self.requests.on_sent(now);
            self.await_answers();
        }
    }

    #[inline(never)]
    pub(super) fn on_presence_message(
        &mut self,
        action: PresenceAction,
        message: Message<'_>,
        now: Instant,
    ) {
        match action {
            PresenceAction::QueryAllResponse => {
                let users = message.names.into_iter().map(Cow::into_owned).collect();
                self.answer_query(None, Outcome::Users(users));
            }
            PresenceAction::QueryResponse => {
                let data = message.data.map(Cow::into_owned);
                let id = message.correlation_id.as_deref().unwrap_or_default();
                self.answer_query(Some(id), Outcome::Accepted(data));
            }
            PresenceAction::PresenceJoin => self.on_presence_changed(message, true, false),
            PresenceAction::PresenceJoinAll => self.on_presence_changed(message, true, true),
            PresenceAction::PresenceLeave => self.on_presence_changed(message, false, false),
            PresenceAction::PresenceLeaveAll => self.on_presence_changed(message, false, true),
            PresenceAction::Error
            | PresenceAction::InvalidPresenceUsers
            | PresenceAction::MessagePermissionError
            | PresenceAction::MessageDenied
            | PresenceAction::MultipleSubscriptions
            | PresenceAction::NotSubscribed => self.on_presence_refused(action, message, now),
            PresenceAction::Subscribe
            | PresenceAction::Unsubscribe
            | PresenceAction::SubscribeAll
            | PresenceAction::UnsubscribeAll => self.on_acknowledged(&message),
            PresenceAction::Unknown | PresenceAction::QueryAll | PresenceAction::Query => {
                self.on_unsolicited(message);
            }
        }
    }

    fn on_presence_changed(&mut self, message: Message<'_>, is_online: bool, is_for_all: bool) {
        match message.name {
            Some(user) => {
                let user = user.into_owned();
                self.connection.emit(Event::PresenceChanged { user, is_online, is_for_all });
            }
            None => self.on_unsolicited(message),
        }
    }

    fn on_presence_refused(&mut self, action: PresenceAction, message: Message<'_>, now: Instant) {
        let refused = Outcome::Refused(Reason::Unexplained(action.name()));
        match original_action(&message) {
            Some(Action::Presence(PresenceAction::QueryAll)) => self.answer_query(None, refused),
            // Of several users each may be refused: the first refusal is the answer.
            Some(Action::Presence(PresenceAction::Query)) => {
                let id = message.correlation_id.as_deref().unwrap_or_default();
                self.answer_query(Some(id), refused);
            }
            _ => self.on_refused(message, now),
        }
    }

    /// One that nobody waits for any more comes too late and harms nobody.
    fn answer_query(&mut self, correlation_id: Option<&str>, outcome: Outcome) {
        if let Some(ticket) = self.requests.take_query(correlation_id) {
            self.settle(ticket, outcome);
            self.await_answers();
        }
    }
}

//! Topic `RPC`: calls that are made, and calls that are answered here.

use std::borrow::Cow;

use super::Client;
use super::client::original_action;
use super::io::{Care, Event, Outcome, Reason, RpcRequest, Subscription, Ticket, error_name};
use super::protocol::{Message, RpcAction};
use super::record::Document;
use super::time::Instant;

impl<D: Document> Client<D> {
    /// Makes an RPC.
    pub(super) fn make(&mut self, ticket: Ticket, message: &Message<'_>, now: Instant) {
        if !self.connection.takes_requests(now) {
            self.refuse(ticket, Reason::Ended(error_name::CLIENT_OFFLINE));
        } else if self.connection.send_request(message, Care::Request(ticket)) {
            let id = message.correlation_id.as_deref().unwrap_or_default();
            self.requests.on_rpc(id.to_owned(), ticket);
        } else {
            self.refuse(ticket, Reason::Ended(error_name::OUTGOING_QUEUE_FULL));
        }
    }

    #[inline(never)]
    pub(super) fn on_rpc_message(&mut self, action: RpcAction, message: Message<'_>, now: Instant) {
        if matches!(action, RpcAction::Provide | RpcAction::Unprovide) {
            self.on_acknowledged(&message);
        } else if original_action(&message).and_then(Subscription::of).is_some() {
            self.on_provider_refused(action, message, now);
        } else {
            self.on_answer(action, message);
        }
    }

    pub(super) fn on_request(&mut self, message: Message<'_>) {
        let session = self.connection.session();
        let (Some(name), Some(correlation_id), Some(session)) =
            (&message.name, &message.correlation_id, session)
        else {
            self.on_unsolicited(message);
            return;
        };
        let rare = &message.rare;
        let owned = |text: &Option<Cow<'_, str>>| text.as_deref().map(str::to_owned);
        let (name, correlation_id) = (name.to_string(), correlation_id.to_string());
        self.requests.on_asked(&correlation_id);
        if self.subscriptions.contains(Subscription::Rpc, &name) {
            self.connection.emit(Event::RpcRequested(Box::new(RpcRequest {
                name,
                correlation_id,
                session,
                data: owned(&message.data),
                requestor_name: owned(&rare.requestor_name),
                requestor_data: owned(&rare.requestor_data),
            })));
        } else {
            // It crossed with the end of the providing: the server finds another provider.
            let mut reject = Message::new(RpcAction::Reject);
            reject.name = Some(name.into());
            reject.correlation_id = Some(correlation_id.into());
            self.connection.send_in_session(&reject);
        }
    }

    /// The server refuses a provider, or complains of one.
    fn on_provider_refused(&mut self, action: RpcAction, message: Message<'_>, now: Instant) {
        let is_refusal =
            matches!(action, RpcAction::MessageDenied | RpcAction::MessagePermissionError)
                && original_action(&message) == Some(RpcAction::Provide.into());
        if let Some(name) = message.name.as_deref().filter(|_| is_refusal) {
            self.on_subscription_refused(Subscription::Rpc, name.to_owned());
        }
        self.on_refused(message, now);
    }

    /// An answer to an RPC that was made here: whatever it is called, nobody waits any longer.
    fn on_answer(&mut self, action: RpcAction, message: Message<'_>) {
        let id = message.correlation_id.as_deref().unwrap_or_default();
        if action == RpcAction::Accept && self.requests.is_rpc(id) {
            return;
        }
        // These are said to providers as well: here to the one that this client is itself.
        let is_to_provider = matches!(
            action,
            RpcAction::MultipleAccept
                | RpcAction::MultipleResponse
                | RpcAction::InvalidRpcCorrelationId
        );
        if is_to_provider && self.requests.is_asked_here(id) {
            self.connection.emit_message_error(message, None);
            return;
        }
        let Some(ticket) = self.requests.take_rpc(id) else {
            let name = error_name::UNKNOWN_CORRELATION_ID;
            self.connection.emit_message_error(message, Some(name));
            return;
        };
        let data = message.data.map(Cow::into_owned);
        let outcome = match (action, data) {
            (RpcAction::Response, data) => Outcome::Accepted(data),
            (RpcAction::RequestError, Some(error)) if error != "null" => {
                Outcome::Refused(Reason::Server(error))
            }
            // A provider that gives no error has failed all the same.
            _ => Outcome::Refused(Reason::Unexplained(action.name())),
        };
        self.settle(ticket, outcome);
    }
}

//! What the application must be told of each message of the server, and in the same step.

use std::collections::VecDeque;

use deepstream_wasm::core::io::{ErrorEvent, Event, Outcome, Reason, Subscription, error_name};
use deepstream_wasm::core::protocol::{
    Action, EventAction, Message, PresenceAction, RpcAction, Topic,
};

use super::calls::Calls;
use super::messages::Messages;
use super::subscriptions::Subscriptions;
use super::{Verdict, ensure};
use crate::kinds::{EVENTS, KINDS, PATTERNS, RPCS};

/// What must come out.
#[derive(Debug, PartialEq)]
enum Due {
    Event(String, Option<String>),
    Request(String),
    Found(String, String),
    Removed(String),
    Presence(String, bool, bool),
    Refused(Subscription, String),
    Error(&'static str, Topic),
    PatternsLost,
}

#[derive(Debug, Default)]
pub(super) struct Incoming {
    due: VecDeque<Due>,
    /// Whether the connection brought names that match a pattern.
    has_found: bool,
    /// The queries that named users, in the order of their ids.
    pub(super) asked: Vec<(String, u32)>,
}

impl Incoming {
    pub(super) fn on_message(
        &mut self,
        message: &Message<'_>,
        subscriptions: &mut Subscriptions,
        calls: &mut Calls,
        messages: &Messages,
        now: u64,
    ) {
        let name = message.name.as_deref().unwrap_or_default().to_owned();
        if message.is_ack == Some(true) {
            subscriptions.on_answer(message.action, message);
            return;
        }
        let original = message.original_action;
        let original = original.and_then(|it| Action::from_number(message.topic(), it));
        match message.action {
            Action::Event(EventAction::Emit) => {
                let data = message.data.as_deref().map(str::to_owned);
                self.due.push_back(Due::Event(name, data));
            }
            Action::Event(EventAction::SubscriptionForPatternFound) => {
                let subscription = message.subscription.as_deref().unwrap_or_default().to_owned();
                if subscriptions.wanted().contains(&(PATTERNS, name.clone())) {
                    self.has_found = true;
                    self.due.push_back(Due::Found(name, subscription));
                } else {
                    subscriptions.on_reject_due(subscription);
                }
            }
            Action::Event(EventAction::SubscriptionForPatternRemoved) => {
                let subscription = message.subscription.as_deref().unwrap_or_default();
                self.due.push_back(Due::Removed(subscription.to_owned()));
            }
            Action::Rpc(RpcAction::Request) => {
                let id = message.correlation_id.as_deref().unwrap_or_default().to_owned();
                if subscriptions.wanted().contains(&(RPCS, name)) {
                    self.due.push_back(Due::Request(id));
                } else {
                    subscriptions.on_reject_due(id);
                }
            }
            Action::Presence(
                action @ (PresenceAction::PresenceJoin
                | PresenceAction::PresenceJoinAll
                | PresenceAction::PresenceLeave
                | PresenceAction::PresenceLeaveAll),
            ) => {
                use PresenceAction::{PresenceJoin, PresenceJoinAll, PresenceLeaveAll};
                let came = matches!(action, PresenceJoin | PresenceJoinAll);
                let for_all = matches!(action, PresenceJoinAll | PresenceLeaveAll);
                self.due.push_back(Due::Presence(name, came, for_all));
            }
            Action::Presence(PresenceAction::QueryAllResponse) => {
                let users = message.names.iter().map(|name| name.to_string()).collect();
                calls.on_query_answer(None, Outcome::Users(users), messages);
            }
            Action::Presence(PresenceAction::QueryResponse) => {
                let data = message.data.as_deref().map(str::to_owned);
                let number = self.asked(message);
                if number.is_some() {
                    calls.on_query_answer(number, Outcome::Accepted(data), messages);
                }
            }
            Action::Rpc(action)
                if original.is_none_or(|original| original == RpcAction::Request.into()) =>
            {
                self.on_rpc_answer(action, message, calls, messages);
            }
            Action::Presence(action)
                if original == Some(PresenceAction::QueryAll.into())
                    || original == Some(PresenceAction::Query.into()) =>
            {
                let outcome = Outcome::Refused(Reason::Unexplained(action.name()));
                let number = self.asked(message);
                if number.is_some() || original == Some(PresenceAction::QueryAll.into()) {
                    calls.on_query_answer(number, outcome, messages);
                }
            }
            action => {
                self.on_refusal(action, original, message, subscriptions, now);
            }
        }
    }

    fn asked(&self, message: &Message<'_>) -> Option<u32> {
        let id = message.correlation_id.as_deref()?;
        self.asked.iter().find(|(asked, _)| asked == id).map(|(_, number)| *number)
    }

    fn on_rpc_answer(
        &mut self,
        action: RpcAction,
        message: &Message<'_>,
        calls: &mut Calls,
        messages: &Messages,
    ) {
        let data = message.data.as_deref().map(str::to_owned);
        let outcome = match (action, data) {
            (RpcAction::Accept, _) => None,
            (RpcAction::Response, data) => Some(Outcome::Accepted(data)),
            (RpcAction::RequestError, Some(data)) if data != "null" => {
                Some(Outcome::Refused(Reason::Server(data)))
            }
            (action, _) => Some(Outcome::Refused(Reason::Unexplained(action.name()))),
        };
        let id = message.correlation_id.as_deref().unwrap_or_default();
        if !calls.on_rpc_answer(id, outcome, messages) {
            self.due.push_back(Due::Error(error_name::UNKNOWN_CORRELATION_ID, Topic::Rpc));
        }
    }

    fn on_refusal(
        &mut self,
        action: Action,
        original: Option<Action>,
        message: &Message<'_>,
        subscriptions: &mut Subscriptions,
        now: u64,
    ) {
        let listens = KINDS[PATTERNS].subscribe;
        let is_regex = action == EventAction::InvalidListenRegex.into();
        let original = original.or(is_regex.then_some(listens));
        let kind = KINDS.iter().position(|kind| Some(kind.subscribe) == original);
        let (Some(kind), Some(name)) = (kind, &message.name) else {
            self.due.push_back(Due::Error(error_name::UNSOLICITED_MESSAGE, action.topic()));
            return;
        };
        let name = name.to_string();
        if subscriptions.on_refused(&(kind, name.clone())) {
            self.due.push_back(Due::Refused(KINDS[kind].kind, name.clone()));
        }
        match &message.correlation_id {
            Some(id) => subscriptions.on_passed_over(kind, &name, id, now),
            None => subscriptions.on_answer(KINDS[kind].subscribe, message),
        }
        self.due.push_back(Due::Error(action.name(), action.topic()));
        debug_assert!(kind != EVENTS || action == EventAction::MessageDenied.into());
    }

    /// The connection is lost.
    pub(super) fn on_lost(&mut self) {
        if std::mem::take(&mut self.has_found) {
            self.due.push_back(Due::PatternsLost);
        }
    }

    /// The application is told something.
    pub(super) fn on_event(&mut self, event: &Event) -> Verdict {
        let told = match event {
            Event::EventReceived { name, data } => Due::Event(name.clone(), data.clone()),
            Event::RpcRequested(request) => Due::Request(request.correlation_id.clone()),
            Event::PatternFound { pattern, subscription, .. } => {
                Due::Found(pattern.clone(), subscription.clone())
            }
            Event::PatternRemoved { subscription, .. } => Due::Removed(subscription.clone()),
            Event::PresenceChanged { user, is_online, is_for_all } => {
                Due::Presence(user.clone(), *is_online, *is_for_all)
            }
            Event::SubscriptionRefused(kind, name) => Due::Refused(*kind, name.clone()),
            Event::PatternsLost => Due::PatternsLost,
            _ => return Ok(()),
        };
        let due = self.due.pop_front();
        ensure(due.as_ref() == Some(&told), || format!("{told:?} is told, and due is {due:?}"))
    }

    /// An error event that may be due.
    pub(super) fn on_error(&mut self, error: &ErrorEvent) {
        if self.due.front() == Some(&Due::Error(error.name, error.topic)) {
            self.due.pop_front();
        }
    }

    pub(super) fn check(&self) -> Verdict {
        ensure(self.due.is_empty(), || format!("the page is not told: {:?}", self.due))
    }
}

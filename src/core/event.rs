//! Topic `EVENT`: events, and listening to who subscribes to them.

use std::borrow::Cow;

use super::Client;
use super::client::original_action;
use super::io::{Event, Subscription};
use super::protocol::{Action, EventAction, Message, RecordAction};
use super::record::Document;
use super::time::Instant;

impl<D: Document> Client<D> {
    pub(super) fn on_event_message(
        &mut self,
        action: EventAction,
        message: Message<'_>,
        now: Instant,
    ) {
        match action {
            EventAction::Emit => self.on_event(message),
            EventAction::SubscriptionForPatternFound => {
                self.on_pattern_found(Subscription::EventPattern, message);
            }
            EventAction::SubscriptionForPatternRemoved => {
                self.on_pattern_removed(Subscription::EventPattern, message);
            }
            EventAction::MultipleSubscriptions | EventAction::NotSubscribed => {
                self.warn(message.action, None);
            }
            EventAction::MessageDenied | EventAction::InvalidListenRegex => {
                match (original_action(&message), message.name.as_deref()) {
                    (Some(Action::Event(EventAction::Subscribe)), Some(name)) => {
                        self.on_subscription_refused(Subscription::Event, name.to_owned());
                    }
                    (Some(Action::Event(EventAction::Listen)), Some(pattern)) => {
                        self.subscriptions.on_unknown(Subscription::EventPattern, pattern);
                    }
                    _ => {}
                }
                self.on_refused(message, now);
            }
            EventAction::Error
            | EventAction::ListenResponseTimeout
            | EventAction::ListenUnsuccessful
            | EventAction::MessagePermissionError
            | EventAction::InvalidMessageData => self.on_refused(message, now),
            EventAction::Subscribe
            | EventAction::Unsubscribe
            | EventAction::Listen
            | EventAction::Unlisten => self.on_acknowledged(&message),
            EventAction::Unknown
            | EventAction::ListenAccept
            | EventAction::ListenReject
            | EventAction::SubscriptionHasProvider
            | EventAction::SubscriptionHasNoProvider => self.on_unsolicited(message),
        }
    }

    fn on_event(&mut self, message: Message<'_>) {
        match message.name {
            Some(name) => {
                let data = message.data.map(Cow::into_owned);
                self.connection.emit(Event::EventReceived { name: name.into_owned(), data });
            }
            None => self.on_unsolicited(message),
        }
    }

    /// Somebody subscribes to a name that is listened to here.
    pub(super) fn on_pattern_found(&mut self, kind: Subscription, message: Message<'_>) {
        let session = self.connection.session();
        let (Some(pattern), Some(subscription), Some(session)) =
            (&message.name, &message.subscription, session)
        else {
            self.on_unsolicited(message);
            return;
        };
        if self.subscriptions.contains(kind, pattern) {
            let pattern = pattern.clone().into_owned();
            let subscription = subscription.clone().into_owned();
            self.has_found_patterns = true;
            self.connection.emit(Event::PatternFound { kind, pattern, subscription, session });
        } else {
            // It crossed with the end of the listening: so that the server need not wait in vain.
            let mut reject = Message::new(reject_action(kind));
            reject.name = Some(pattern.clone().into_owned().into());
            reject.subscription = Some(subscription.clone().into_owned().into());
            self.connection.send_in_session(&reject);
        }
    }

    /// Nobody subscribes any more to a name that was listened to here.
    pub(super) fn on_pattern_removed(&mut self, kind: Subscription, message: Message<'_>) {
        match message.subscription {
            Some(subscription) => {
                let subscription = subscription.into_owned();
                self.connection.emit(Event::PatternRemoved { kind, subscription });
            }
            None => self.on_unsolicited(message),
        }
    }

    /// The server will not have a subscription.
    pub(super) fn on_subscription_refused(&mut self, kind: Subscription, name: String) {
        if self.subscriptions.on_refused(kind, &name) {
            self.connection.emit(Event::SubscriptionRefused(kind, name));
        }
    }
}

fn reject_action(kind: Subscription) -> Action {
    if kind == Subscription::RecordPattern {
        RecordAction::ListenReject.into()
    } else {
        EventAction::ListenReject.into()
    }
}

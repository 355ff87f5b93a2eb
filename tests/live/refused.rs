//! Subscriptions that the server refuses.

use deepstream_wasm::core::io::{Event, Subscription};
use deepstream_wasm::core::protocol::{Action, EventAction, PresenceAction, RpcAction};

use crate::calls::subscribe_action;
use crate::harness::Harness;
use crate::server::{Fields, refusal};

/// A client that subscribed to `a` and `b`, and was refused `a`.
fn refused(kind: Subscription, action: impl Into<Action>) -> Harness {
    let mut harness = Harness::open(|_| {});
    harness.subscribe(kind, "a");
    harness.subscribe(kind, "b");
    harness.advance(100);
    harness.receives(&refusal(action, subscribe_action(kind)).name("a").id("0"));
    harness
}

fn names_told_anew(harness: &mut Harness) -> Vec<String> {
    harness.reconnects();
    let sent = harness.socket().sent.iter().flat_map(|(_, message)| &message.names);
    sent.map(ToString::to_string).collect()
}

#[test]
fn a_denied_event_is_told_again_or_not_announced() {
    let mut harness = refused(Subscription::Event, EventAction::MessageDenied);
    let expected = Event::SubscriptionRefused(Subscription::Event, "a".to_owned());
    assert_eq!(harness.notices(), [&expected]);
    let (topic, name, message) = harness.only_error();
    assert_eq!((topic, name, message.name.as_deref()), ("EVENT", "MESSAGE_DENIED", Some("a")));
    assert_eq!(names_told_anew(&mut harness), ["b"]);
}

#[test]
fn an_event_is_dropped_by_a_mere_permission_error() {
    let mut harness = refused(Subscription::Event, EventAction::MessagePermissionError);
    assert_eq!(harness.notices(), [&Event::PatternsLost; 0]);
    let (topic, name, _) = harness.only_error();
    assert_eq!((topic, name), ("EVENT", "MESSAGE_PERMISSION_ERROR"));
    assert_eq!(names_told_anew(&mut harness), ["a", "b"]);
}

#[test]
fn a_refused_provider_is_told_again_or_not_announced() {
    for action in [RpcAction::MessageDenied, RpcAction::MessagePermissionError] {
        let mut harness = refused(Subscription::Rpc, action);
        let expected = Event::SubscriptionRefused(Subscription::Rpc, "a".to_owned());
        assert_eq!(harness.notices(), [&expected]);
        let (topic, name, message) = harness.only_error();
        assert_eq!((topic, name), ("RPC", action.name()));
        assert_eq!(message.name.as_deref(), Some("a"));
        assert_eq!(names_told_anew(&mut harness), ["b"]);
    }
}

#[test]
fn a_provider_is_dropped_by_a_mere_complaint() {
    let actions =
        [RpcAction::MultipleProviders, RpcAction::InvalidMessageData, RpcAction::NotProvided];
    for action in actions {
        let mut harness = refused(Subscription::Rpc, action);
        assert_eq!(harness.notices(), [&Event::PatternsLost; 0]);
        assert_eq!(harness.only_error().1, action.name());
        assert_eq!(names_told_anew(&mut harness), ["a", "b"]);
    }
}

#[test]
fn a_user_is_dropped_by_a_refusal_as_no_javascript_client_would() {
    let actions = [
        PresenceAction::MessageDenied,
        PresenceAction::MessagePermissionError,
        PresenceAction::InvalidPresenceUsers,
        PresenceAction::MultipleSubscriptions,
        PresenceAction::NotSubscribed,
        PresenceAction::Error,
    ];
    for action in actions {
        let mut harness = refused(Subscription::User, action);
        assert_eq!(harness.notices(), [&Event::PatternsLost; 0]);
        let (topic, name, message) = harness.only_error();
        assert_eq!((topic, name), ("PRESENCE", action.name()));
        assert_eq!(message.name.as_deref(), Some("a"));
        assert_eq!(names_told_anew(&mut harness), ["a", "b"]);
    }
}

#[test]
fn a_denied_emit_costs_the_subscription_of_that_name() {
    let mut harness = Harness::open(|_| {});
    harness.subscribe_events(&["a"]);
    harness.advance(100);
    let denied = refusal(EventAction::MessageDenied, EventAction::Emit).name("a");
    harness.receives(&denied);
    assert_eq!(harness.notices(), [&Event::PatternsLost; 0]);
    assert_eq!(harness.only_error(), ("EVENT", "MESSAGE_DENIED", &denied));
    assert_eq!(names_told_anew(&mut harness), ["a"]);
}

#[test]
fn a_refusal_of_a_name_that_nobody_wants_is_announced_as_one() {
    for (kind, action) in [
        (Subscription::Event, EventAction::MessageDenied.into()),
        (Subscription::Rpc, Action::from(RpcAction::MessageDenied)),
    ] {
        let mut harness = Harness::open(|_| {});
        harness.receives(&refusal(action, subscribe_action(kind)).name("a").id("0"));
        assert_eq!(harness.notices(), [&Event::PatternsLost; 0]);
        assert_eq!(harness.errors(), ["MESSAGE_DENIED"]);
    }
}

#[test]
fn a_refusal_that_crosses_with_the_end_of_it_is_announced_as_one() {
    let mut harness = Harness::open(|_| {});
    harness.subscribe_events(&["a"]);
    harness.advance(100);
    harness.unsubscribe_events(&["a"]);
    let denied = refusal(EventAction::MessageDenied, EventAction::Subscribe).name("a").id("0");
    harness.receives(&denied);
    assert_eq!(harness.notices(), [&Event::PatternsLost; 0]);
    harness.advance(100);
    assert_eq!(harness.messages(), ["EVENT SUBSCRIBE #0 [a]"], "there is nothing to end");
}

#[test]
fn a_refused_name_can_not_be_subscribed_again() {
    let mut harness = refused(Subscription::Event, EventAction::MessageDenied);
    harness.subscribe_events(&["a"]);
    harness.advance(100);
    assert_eq!(harness.messages().last().unwrap(), "EVENT SUBSCRIBE #1 [b a]");
    assert_eq!(names_told_anew(&mut harness), ["b", "a"], "it is a new one now");
}

#[test]
fn a_refused_name_is_unsubscribed() {
    let mut harness = refused(Subscription::Event, EventAction::MessageDenied);
    harness.unsubscribe_events(&["a"]);
    harness.advance(1_000);
    assert_eq!(harness.messages(), ["EVENT SUBSCRIBE #0 [a b]", "EVENT SUBSCRIBE #1 [b]"]);
}

#[test]
fn a_denied_unprovide_leaves_a_provider_that_is_told_again() {
    let mut harness = Harness::open(|_| {});
    harness.provide("add");
    harness.advance(100);
    harness.unprovide("add");
    harness.advance(100);
    let denied = refusal(RpcAction::MessageDenied, RpcAction::Unprovide).name("add").id("1");
    harness.receives(&denied);
    assert_eq!(harness.notices(), [&Event::PatternsLost; 0], "nobody wants it any more");
    assert_eq!(harness.only_error(), ("RPC", "MESSAGE_DENIED", &denied));
    assert_eq!(names_told_anew(&mut harness), [""; 0]);
}

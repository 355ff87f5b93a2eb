//! Acknowledgements: one that does not come within `subscriptionTimeout` is told of.

use deepstream_wasm::core::io::{Event, Meta, Subscription};
use deepstream_wasm::core::protocol::{EventAction, Message, PresenceAction, RpcAction};
use deepstream_wasm::core::time::Millis;

use crate::calls::subscribe_action;
use crate::harness::Harness;
use crate::seen::line;
use crate::server::{Fields, ack, refusal};

const LIMIT: u64 = 2_000;

/// A client that has just sent a subscription of each kind, at 0.
fn subscribed(kind: Subscription) -> Harness {
    let mut harness = Harness::open(|options| options.subscription_interval = Millis::ZERO);
    harness.subscribe(kind, if kind == Subscription::AllUsers { "" } else { "a" });
    harness
}

/// A kind, the acknowledgement as the server sends it, and the text for the console.
fn kinds() -> [(Subscription, Message<'static>, &'static str); 5] {
    [
        (
            Subscription::Event,
            ack(EventAction::Subscribe).id("0"),
            "Warning: EVENT (SUBSCRIBE): ACK_TIMEOUT",
        ),
        (
            Subscription::EventPattern,
            ack(EventAction::Listen).name("a"),
            "Warning: EVENT (LISTEN): ACK_TIMEOUT",
        ),
        (Subscription::Rpc, ack(RpcAction::Provide).id("0"), "Warning: RPC (PROVIDE): ACK_TIMEOUT"),
        (
            Subscription::User,
            ack(PresenceAction::Subscribe).id("0"),
            "Warning: PRESENCE (SUBSCRIBE): ACK_TIMEOUT",
        ),
        (
            Subscription::AllUsers,
            ack(PresenceAction::SubscribeAll),
            "Warning: PRESENCE (SUBSCRIBE_ALL): ACK_TIMEOUT",
        ),
    ]
}

#[test]
fn an_acknowledgement_in_time_is_told_of() {
    for (kind, ack, _) in kinds() {
        let mut harness = subscribed(kind);
        harness.advance(LIMIT - 1);
        harness.receives(&ack);
        harness.advance(3 * LIMIT);
        harness.assert_silent();
    }
}

#[test]
fn the_client_is_woken_for_an_acknowledgement_that_came() {
    for (kind, ack, _) in kinds() {
        let mut harness = subscribed(kind);
        assert_eq!(harness.deadline(), Some(LIMIT));
        harness.receives(&ack);
        assert_eq!(harness.deadline(), Some(30_000), "for a ping");
    }
}

#[test]
fn a_missing_acknowledgement_is_passed_over_or_told_of_before_its_time() {
    for (kind, _, text) in kinds() {
        let mut harness = subscribed(kind);
        harness.advance(LIMIT - 1);
        harness.assert_silent();
        harness.advance(1);
        assert_eq!(harness.warnings(), [text]);
        let (topic, name, message) = harness.only_error();
        assert_eq!((topic, name), (message.topic().name(), "ACK_TIMEOUT"));
        assert_eq!([line(message)], harness.messages()[..], "the message that was sent");
        harness.advance(3 * LIMIT);
        assert_eq!(harness.warnings().len(), 1, "once");
    }
}

#[test]
fn the_warning_comes_after_the_error() {
    let mut harness = subscribed(Subscription::Event);
    harness.advance(LIMIT);
    let events = harness.take_events();
    assert!(matches!(events[..], [Event::Warning(_), Event::Error(_)]), "{events:?}");
}

#[test]
fn an_unsubscription_needs_no_acknowledgement() {
    let mut harness = subscribed(Subscription::Event);
    harness.receives(&ack(EventAction::Subscribe).id("0"));
    harness.unsubscribe_events(&["a"]);
    harness.advance(LIMIT);
    assert_eq!(harness.warnings(), ["Warning: EVENT (UNSUBSCRIBE): ACK_TIMEOUT"]);
}

#[test]
fn another_limit_than_the_option_says_holds() {
    let mut harness = Harness::open(|options| options.subscription_timeout = Millis::new(70));
    harness.subscribe_events(&["a"]);
    harness.advance(100 + 69);
    harness.assert_silent();
    harness.advance(1);
    assert_eq!(harness.errors(), ["ACK_TIMEOUT"], "from when it was sent");
}

#[test]
fn each_of_several_has_another_time_than_its_own() {
    let mut harness = subscribed(Subscription::Event);
    harness.advance(500);
    harness.subscribe_events(&["b"]);
    harness.advance(500);
    harness.subscribe_events(&["c"]);
    harness.receives(&ack(EventAction::Subscribe).id("1"));
    harness.advance(LIMIT - 1_000);
    assert_eq!(harness.warnings().len(), 1, "of a");
    harness.advance(999);
    assert_eq!(harness.warnings().len(), 1);
    harness.advance(1);
    let about = harness.error_events().map(|error| match &error.meta {
        Meta::Message(message) => line(message),
        meta => panic!("{meta:?}"),
    });
    let expected = ["EVENT SUBSCRIBE #0 [a]", "EVENT SUBSCRIBE #2 [c]"];
    assert_eq!(about.collect::<Vec<_>>(), expected);
}

#[test]
fn an_acknowledgement_of_something_else_counts() {
    let others = [
        ack(EventAction::Subscribe).id("1"),
        ack(EventAction::Unsubscribe).id("0"),
        ack(EventAction::Listen).id("0"),
        ack(EventAction::Listen).name("a"),
        ack(RpcAction::Provide).id("0"),
        ack(PresenceAction::Subscribe).id("0"),
        ack(EventAction::Subscribe).name("b"),
        refusal(EventAction::MessageDenied, EventAction::Emit).name("a"),
        refusal(EventAction::MessagePermissionError, EventAction::Subscribe).name("a").id("1"),
    ];
    for other in others {
        let mut harness = subscribed(Subscription::Event);
        harness.receives(&other);
        harness.advance(LIMIT);
        assert_eq!(harness.warnings(), ["Warning: EVENT (SUBSCRIBE): ACK_TIMEOUT"], "{other:?}");
    }
    let mut harness = subscribed(Subscription::EventPattern);
    harness.receives(&ack(EventAction::Listen).name("b"));
    harness.advance(LIMIT);
    assert_eq!(harness.warnings(), ["Warning: EVENT (LISTEN): ACK_TIMEOUT"]);
}

#[test]
fn an_acknowledgement_of_one_counts_for_two() {
    let mut harness = Harness::open(|_| {});
    harness.listen("a");
    harness.listen("b");
    harness.receives(&ack(EventAction::Listen).name("b"));
    harness.advance(LIMIT);
    let (_, _, message) = harness.only_error();
    assert_eq!(message.name.as_deref(), Some("a"));
}

#[test]
fn a_refusal_is_no_answer() {
    let permission_error = EventAction::MessagePermissionError;
    let refusals = [
        (Subscription::Event, refusal(permission_error, EventAction::Subscribe).name("a").id("0")),
        (
            Subscription::Event,
            refusal(EventAction::MessageDenied, EventAction::Subscribe).name("a"),
        ),
        (Subscription::EventPattern, refusal(permission_error, EventAction::Listen).name("a")),
        (
            Subscription::EventPattern,
            Message {
                original_action: None,
                ..refusal(EventAction::InvalidListenRegex, EventAction::Listen)
            }
            .name("a"),
        ),
        (
            Subscription::Rpc,
            refusal(RpcAction::MessageDenied, RpcAction::Provide).name("a").id("0"),
        ),
        (
            Subscription::Rpc,
            refusal(RpcAction::MultipleProviders, RpcAction::Provide).name("a").id("0"),
        ),
        (
            Subscription::User,
            refusal(PresenceAction::MessageDenied, PresenceAction::Subscribe).name("a").id("0"),
        ),
        (
            Subscription::AllUsers,
            refusal(PresenceAction::MessageDenied, PresenceAction::SubscribeAll),
        ),
    ];
    for (kind, refusal) in refusals {
        let mut harness = subscribed(kind);
        harness.receives(&refusal);
        harness.advance(LIMIT);
        assert!(!harness.errors().contains(&"ACK_TIMEOUT"), "{refusal:?}");
        assert_eq!(harness.errors(), [refusal.action.name()]);
    }
}

#[test]
fn a_lost_connection_is_waited_on() {
    let lose = |harness: &mut Harness| harness.closes_cleanly();
    let pause = |harness: &mut Harness| harness.pause();
    let close = |harness: &mut Harness| harness.close();
    let endings: [fn(&mut Harness); 3] = [lose, pause, close];
    for end in endings {
        for (kind, ..) in kinds() {
            let mut harness = subscribed(kind);
            harness.advance(LIMIT - 1);
            end(&mut harness);
            harness.advance(LIMIT);
            harness.assert_silent();
        }
    }
}

#[test]
fn the_time_on_a_new_connection_is_that_of_the_old() {
    for (kind, ack, text) in kinds() {
        let mut harness = subscribed(kind);
        harness.advance(1_500);
        harness.reconnects();
        harness.advance(LIMIT - 1);
        harness.assert_silent();
        harness.receives(&ack);
        harness.advance(LIMIT);
        harness.assert_silent();

        harness.reconnects();
        harness.advance(LIMIT);
        assert_eq!(harness.warnings(), [text]);
    }
}

#[test]
fn a_suspended_machine_is_too_late() {
    for (kind, ack, text) in kinds() {
        let mut harness = subscribed(kind);
        harness.sleep(3_600_000);
        harness.run_timers();
        harness.assert_silent();
        harness.advance(LIMIT - 1);
        harness.receives(&ack);
        harness.advance(LIMIT);
        harness.assert_silent();

        // No excuse for ever.
        let mut harness = subscribed(kind);
        harness.sleep(3_600_000);
        harness.run_timers();
        harness.advance(LIMIT - 1);
        harness.assert_silent();
        harness.advance(1);
        assert_eq!(harness.warnings(), [text]);
    }
}

#[test]
fn a_late_timer_is_taken_for_a_suspension() {
    let mut harness = subscribed(Subscription::Event);
    harness.sleep(LIMIT + 1_000);
    harness.run_timers();
    assert_eq!(harness.errors(), ["ACK_TIMEOUT"]);
}

#[test]
fn an_acknowledgement_that_nobody_waits_for_is_told_of() {
    let mut harness = Harness::open(|_| {});
    for (kind, ack, _) in kinds() {
        assert_eq!(ack.action, subscribe_action(kind));
        harness.receives(&ack);
    }
    harness.assert_silent();
    // Nor does it hold against what is sent later.
    harness.subscribe_events(&["a"]);
    harness.advance(100 + LIMIT);
    assert_eq!(harness.errors(), ["ACK_TIMEOUT"]);
}

#[test]
fn an_acknowledgement_of_the_json_transport_does_not_count() {
    for (kind, ack, _) in kinds() {
        let mut harness = subscribed(kind);
        harness.receives(&Message { is_ack: None, ..ack });
        harness.advance(LIMIT);
        assert_eq!(harness.errors(), [""; 0], "official servers leave isAck out there");
    }
}

//! Of a message with several names, official servers take out the last one for each that they refuse,
//! and so forget a subscription that they permit.

use deepstream_wasm::core::io::Subscription;
use deepstream_wasm::core::protocol::{Action, EventAction, PresenceAction, RpcAction};

use crate::calls::subscribe_action;
use crate::harness::Harness;
use crate::server::{Fields, ack, refusal};

/// A client that subscribed to `a`, `b` and `c` in one message, of which `denied` are denied.
fn denied(kind: Subscription, action: impl Into<Action>, denied: &[&str]) -> Harness {
    let mut harness = Harness::open(|_| {});
    for name in ["a", "b", "c"] {
        harness.subscribe(kind, name);
    }
    harness.advance(100);
    let action = action.into();
    for name in denied {
        harness.receives(&refusal(action, subscribe_action(kind)).name(name).id("0"));
    }
    harness.advance(100);
    harness
}

/// What was told after the first message.
fn told_again(harness: &Harness) -> Vec<String> {
    harness.messages().into_iter().skip(1).collect()
}

#[test]
fn a_name_that_the_server_passed_over_is_not_told_again() {
    for (kind, action, expected) in [
        (Subscription::Event, EventAction::MessageDenied.into(), "EVENT SUBSCRIBE #1 [c]"),
        (Subscription::Event, EventAction::MessagePermissionError.into(), "EVENT SUBSCRIBE #1 [c]"),
        (Subscription::Rpc, Action::from(RpcAction::MessageDenied), "RPC PROVIDE #1 [c]"),
        (Subscription::User, PresenceAction::MessageDenied.into(), "PRESENCE SUBSCRIBE #1 [c]"),
    ] {
        assert_eq!(told_again(&denied(kind, action, &["a"])), [expected]);
    }
}

#[test]
fn several_denials_leave_names_untold() {
    let action = EventAction::MessageDenied;
    let harness = denied(Subscription::Event, action, &["a", "b"]);
    assert_eq!(told_again(&harness), ["EVENT SUBSCRIBE #1 [c]"]);
}

#[test]
fn what_was_denied_or_is_not_wanted_any_more_is_told_again() {
    let action = EventAction::MessageDenied;
    assert_eq!(told_again(&denied(Subscription::Event, action, &["c"])), [""; 0]);
    assert_eq!(told_again(&denied(Subscription::Event, action, &["a", "b", "c"])), [""; 0]);
    let presence = PresenceAction::MessageDenied;
    assert_eq!(told_again(&denied(Subscription::User, presence, &["a", "b", "c"])), [""; 0]);

    let mut harness = denied(Subscription::Event, action, &[]);
    harness.unsubscribe_events(&["c"]);
    harness.receives(&refusal(action, EventAction::Subscribe).name("a").id("0"));
    harness.advance(100);
    assert_eq!(told_again(&harness), [""; 0], "the server knows nothing of it");
}

#[test]
fn the_acknowledgement_of_what_is_left_is_not_waited_for() {
    let action = EventAction::MessageDenied;
    let mut harness = denied(Subscription::Event, action, &["a"]);
    harness.receives(&ack(EventAction::Subscribe).id("1"));
    harness.advance(2_000);
    assert_eq!(harness.errors(), ["MESSAGE_DENIED", "ACK_TIMEOUT"]);

    let mut harness = denied(Subscription::Event, action, &["a", "b", "c"]);
    harness.advance(2_000);
    assert_eq!(harness.errors(), ["MESSAGE_DENIED"; 3], "nothing is left to acknowledge");
}

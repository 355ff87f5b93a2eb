//! Users that come and go.

use deepstream_wasm::core::io::{Event, Subscription};
use deepstream_wasm::core::protocol::PresenceAction;

use crate::common::bare;
use crate::harness::Harness;
use crate::server::{Fields, ack, refusal};

fn changed(is_online: bool, is_for_all: bool) -> Event {
    Event::PresenceChanged { user: "bob".to_owned(), is_online, is_for_all }
}

#[test]
fn a_user_who_comes_or_goes_is_mistaken() {
    for (action, expected) in [
        (PresenceAction::PresenceJoin, changed(true, false)),
        (PresenceAction::PresenceLeave, changed(false, false)),
        (PresenceAction::PresenceJoinAll, changed(true, true)),
        (PresenceAction::PresenceLeaveAll, changed(false, true)),
    ] {
        let mut harness = Harness::open(|_| {});
        harness.receives(&bare(action).name("bob"));
        assert_eq!(harness.notices(), [&expected], "{action:?}");
        assert_eq!(harness.errors(), [""; 0]);
    }
}

#[test]
fn a_user_without_a_name_is_passed_over() {
    for action in [
        PresenceAction::PresenceJoin,
        PresenceAction::PresenceLeave,
        PresenceAction::PresenceJoinAll,
        PresenceAction::PresenceLeaveAll,
    ] {
        let mut harness = Harness::open(|_| {});
        let message = bare(action);
        harness.receives(&message);
        assert_eq!(harness.only_error(), ("PRESENCE", "UNSOLICITED_MESSAGE", &message));
        assert_eq!(harness.notices(), [&Event::PatternsLost; 0]);
    }
}

#[test]
fn what_no_server_says_is_passed_over() {
    for action in [PresenceAction::Unknown, PresenceAction::QueryAll, PresenceAction::Query] {
        let mut harness = Harness::open(|_| {});
        let ticket = harness.ask_for_all();
        let message = bare(action);
        harness.receives(&message);
        assert_eq!(harness.only_error(), ("PRESENCE", "UNSOLICITED_MESSAGE", &message));
        harness.assert_pending(ticket);
    }
}

#[test]
fn a_refusal_of_a_subscription_answers_a_query() {
    for about in [PresenceAction::Subscribe, PresenceAction::SubscribeAll] {
        let mut harness = Harness::open(|_| {});
        let all = harness.ask_for_all();
        let some = harness.ask_for(&["bob"]);
        let denied = refusal(PresenceAction::MessageDenied, about).id("0");
        harness.receives(&denied);
        assert_eq!(harness.only_error(), ("PRESENCE", "MESSAGE_DENIED", &denied));
        harness.assert_pending(all);
        harness.assert_pending(some);
    }
}

#[test]
fn one_user_and_every_user_are_one_subscription() {
    let mut harness = Harness::open(|_| {});
    harness.subscribe_all_users();
    harness.subscribe(Subscription::User, "bob");
    harness.advance(100);
    harness.receives(&ack(PresenceAction::SubscribeAll));
    harness.receives(&ack(PresenceAction::Subscribe).id("0"));
    harness.unsubscribe(Subscription::AllUsers, "");
    harness.receives(&ack(PresenceAction::UnsubscribeAll));
    harness.reconnects();
    assert_eq!(harness.messages(), ["PRESENCE SUBSCRIBE #0 [bob]"]);
    harness.receives(&ack(PresenceAction::Subscribe).id("0"));
    harness.advance(10_000);
    harness.assert_silent();
}

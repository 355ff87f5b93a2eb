//! Listening: names that match a pattern are found, removed, and lost with the connection.

use deepstream_wasm::core::io::{Event, Subscription};
use deepstream_wasm::core::protocol::EventAction;

use crate::common::bare;
use crate::harness::Harness;
use crate::server::{Fields, ack};

fn listening() -> Harness {
    let mut harness = Harness::open(|_| {});
    harness.listen("a.*");
    harness.receives(&ack(EventAction::Listen).name("a.*"));
    harness
}

fn found(harness: &mut Harness, pattern: &str, subscription: &str) {
    let found = bare(EventAction::SubscriptionForPatternFound);
    harness.receives(&found.name(pattern).subscription(subscription));
}

fn count_losses(harness: &Harness) -> usize {
    harness.notices().into_iter().filter(|event| **event == Event::PatternsLost).count()
}

#[test]
fn a_name_that_is_found_is_not_told() {
    let mut harness = listening();
    found(&mut harness, "a.*", "a1");
    let expected = Event::PatternFound {
        kind: Subscription::EventPattern,
        pattern: "a.*".to_owned(),
        subscription: "a1".to_owned(),
        session: harness.id(),
    };
    assert_eq!(harness.notices(), [&expected]);
    assert_eq!(harness.messages(), ["EVENT LISTEN a.*"], "the application answers, not the core");
}

#[test]
fn a_name_that_is_removed_is_not_told() {
    let mut harness = listening();
    found(&mut harness, "a.*", "a1");
    harness.forget();
    let removed = bare(EventAction::SubscriptionForPatternRemoved);
    harness.receives(&removed.name("a.*").subscription("a1"));
    assert_eq!(
        harness.notices(),
        [&Event::PatternRemoved {
            kind: Subscription::EventPattern,
            subscription: "a1".to_owned()
        }]
    );
    assert_eq!(harness.errors(), [""; 0]);
}

#[test]
fn a_message_that_lacks_a_name_is_passed_over() {
    for message in [
        bare(EventAction::SubscriptionForPatternFound).name("a.*"),
        bare(EventAction::SubscriptionForPatternFound).subscription("a1"),
        bare(EventAction::SubscriptionForPatternRemoved).name("a.*"),
    ] {
        let mut harness = listening();
        harness.receives(&message);
        assert_eq!(harness.only_error(), ("EVENT", "UNSOLICITED_MESSAGE", &message));
        assert_eq!(harness.notices(), [&Event::PatternsLost; 0]);
        assert_eq!(harness.messages(), ["EVENT LISTEN a.*"]);
    }
}

#[test]
fn a_pattern_that_nobody_listens_to_leaves_the_server_waiting() {
    let mut harness = listening();
    harness.unlisten("a.*");
    found(&mut harness, "a.*", "a1");
    found(&mut harness, "b.*", "b1");
    harness.assert_silent();
    let expected = [
        "EVENT LISTEN a.*",
        "EVENT UNLISTEN a.*",
        "EVENT LISTEN_REJECT a.* for a1",
        "EVENT LISTEN_REJECT b.* for b1",
    ];
    assert_eq!(harness.messages(), expected);
    harness.fails();
    assert_eq!(count_losses(&harness), 0, "nothing was provided");
}

#[test]
fn names_are_not_lost_with_the_connection_or_more_than_once() {
    let mut harness = listening();
    found(&mut harness, "a.*", "a1");
    found(&mut harness, "a.*", "a2");
    harness.fails();
    assert_eq!(count_losses(&harness), 1);
    harness.advance(0);
    harness.fails();
    harness.advance(10_000);
    harness.connects();
    harness.advance(2_000);
    harness.fails();
    assert_eq!(count_losses(&harness), 1, "nothing was found since");
    harness.advance(0);
    harness.connects();
    found(&mut harness, "a.*", "a1");
    harness.fails();
    assert_eq!(count_losses(&harness), 2);
}

#[test]
fn names_are_not_lost_by_a_call() {
    for end in [Harness::pause, Harness::close] {
        let mut harness = listening();
        found(&mut harness, "a.*", "a1");
        end(&mut harness);
        assert_eq!(count_losses(&harness), 1);
        harness.closes_cleanly();
        assert_eq!(count_losses(&harness), 1);
    }
}

#[test]
fn names_are_lost_where_none_was_found() {
    let mut harness = listening();
    harness.fails();
    assert_eq!(count_losses(&harness), 0);
}

#[test]
fn an_answer_waits_for_a_connection_that_it_means_nothing_to() {
    let mut harness = listening();
    found(&mut harness, "a.*", "a1");
    harness.fails();
    harness.answer_listen(EventAction::ListenAccept, "a.*", "a1");
    harness.answer_listen(EventAction::ListenReject, "a.*", "a2");
    harness.advance(0);
    harness.connects();
    assert_eq!(harness.messages(), ["EVENT LISTEN a.*"]);
}

#[test]
fn an_answer_while_open_is_lost() {
    let mut harness = listening();
    harness.answer_listen(EventAction::ListenAccept, "a.*", "a1");
    harness.answer_listen(EventAction::ListenReject, "a.*", "a2");
    let expected =
        ["EVENT LISTEN a.*", "EVENT LISTEN_ACCEPT a.* for a1", "EVENT LISTEN_REJECT a.* for a2"];
    assert_eq!(harness.messages(), expected);
}

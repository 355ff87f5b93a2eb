//! Questions about who is online: each has one answer, its own.

use deepstream_wasm::core::connection::State;
use deepstream_wasm::core::protocol::{Message, PresenceAction};

use crate::common::{STATES, bare};
use crate::harness::Harness;
use crate::server::{Fields, refusal};

pub(crate) fn users(names: &[&str]) -> Message<'static> {
    bare(PresenceAction::QueryAllResponse).names(names)
}

pub(crate) fn who_is_online(id: &str, data: &str) -> Message<'static> {
    bare(PresenceAction::QueryResponse).id(id).data(data)
}

#[test]
fn several_questions_for_all_share_an_answer_or_swap_theirs() {
    let mut harness = Harness::open(|_| {});
    let tickets = [(); 3].map(|()| harness.ask_for_all());
    assert_eq!(harness.messages(), ["PRESENCE QUERY_ALL"; 3]);
    harness.receives(&users(&["bob"]));
    harness.assert_users(tickets[0], &["bob"]);
    harness.assert_pending(tickets[1]);
    harness.receives(&users(&[]));
    harness.assert_users(tickets[1], &[]);
    harness.assert_pending(tickets[2]);
    harness.receives(&users(&["eve", "bob"]));
    harness.assert_users(tickets[2], &["eve", "bob"]);
    harness.assert_silent();
}

#[test]
fn a_question_for_some_gets_the_answer_of_another() {
    let mut harness = Harness::open(|_| {});
    let bob = harness.ask_for(&["bob"]);
    let all = harness.ask_for_all();
    let both = harness.ask_for(&["bob", "eve"]);
    let expected = ["PRESENCE QUERY #0 [bob]", "PRESENCE QUERY_ALL", "PRESENCE QUERY #1 [bob eve]"];
    assert_eq!(harness.messages(), expected);
    harness.receives(&who_is_online("1", "{\"bob\":true,\"eve\":false}"));
    harness.assert_pending(bob);
    harness.assert_pending(all);
    harness.assert_accepted(both, Some("{\"bob\":true,\"eve\":false}"));
    harness.receives(&who_is_online("0", "{\"bob\":true}"));
    harness.assert_accepted(bob, Some("{\"bob\":true}"));
    harness.assert_pending(all);
    harness.receives(&users(&["bob"]));
    harness.assert_users(all, &["bob"]);
}

#[test]
fn a_question_on_a_later_connection_has_the_id_of_an_earlier_one() {
    let mut harness = Harness::open(|_| {});
    harness.ask_for(&["a"]);
    harness.reconnects();
    harness.ask_for(&["b"]);
    assert_eq!(harness.messages(), ["PRESENCE QUERY #1 [b]"]);
}

#[test]
fn a_refusal_is_passed_over_or_answers_another_question() {
    for action in [
        PresenceAction::Error,
        PresenceAction::InvalidPresenceUsers,
        PresenceAction::MessagePermissionError,
        PresenceAction::MessageDenied,
    ] {
        let mut harness = Harness::open(|_| {});
        let all = [(); 2].map(|()| harness.ask_for_all());
        let some = [(); 2].map(|()| harness.ask_for(&["bob"]));
        harness.receives(&refusal(action, PresenceAction::QueryAll));
        harness.assert_unexplained(all[0], action.name());
        harness.receives(&refusal(action, PresenceAction::Query).id("1"));
        harness.assert_unexplained(some[1], action.name());
        harness.assert_pending(all[1]);
        harness.assert_pending(some[0]);
        harness.assert_silent();
    }
}

#[test]
fn the_second_refusal_of_one_question_answers_another() {
    let mut harness = Harness::open(|_| {});
    let both = harness.ask_for(&["bob", "eve"]);
    let other = harness.ask_for(&["bob"]);
    let denied = refusal(PresenceAction::MessageDenied, PresenceAction::Query).id("0");
    harness.receives(&denied.clone().name("bob"));
    harness.receives(&denied.name("eve"));
    harness.assert_unexplained(both, "MESSAGE_DENIED");
    harness.assert_pending(other);
    harness.assert_silent();
}

#[test]
fn a_refusal_without_an_id_answers_a_question_of_another_kind() {
    let mut harness = Harness::open(|_| {});
    let all = harness.ask_for_all();
    harness.ask_for(&["bob"]);
    harness.receives(&refusal(PresenceAction::MessageDenied, PresenceAction::Query));
    harness.receives(&bare(PresenceAction::QueryResponse).data("{}"));
    harness.assert_pending(all);
}

#[test]
fn an_answer_that_nobody_waits_for_does_harm() {
    let mut harness = Harness::open(|_| {});
    harness.receives(&users(&["bob"]));
    harness.receives(&who_is_online("0", "{}"));
    harness.receives(&refusal(PresenceAction::MessageDenied, PresenceAction::QueryAll));
    let all = harness.ask_for_all();
    let some = harness.ask_for(&["bob"]);
    harness.receives(&who_is_online("7", "{}"));
    harness.assert_pending(all);
    harness.assert_pending(some);
    harness.assert_silent();
}

#[test]
fn a_question_without_a_connection_is_answered_within_the_call() {
    let offline =
        |state: &State| state.is_final() || matches!(state, State::Pausing | State::Offline);
    for state in STATES.into_iter().filter(offline) {
        let mut harness = Harness::in_state(state);
        let all = harness.ask_for_all();
        let some = harness.ask_for(&["bob"]);
        harness.assert_pending(all);
        harness.assert_pending(some);
        harness.advance(1);
        harness.assert_offline(all);
        harness.assert_offline(some);
        assert_eq!(harness.errors(), [""; 0], "{state:?}");
    }
}

#[test]
fn a_question_after_limbo_is_answered_within_the_call_or_sent() {
    let mut harness = Harness::open(|_| {});
    harness.closes_cleanly();
    harness.advance(2_000);
    let ticket = harness.ask_for_all();
    harness.assert_pending(ticket);
    harness.advance(1);
    harness.assert_offline(ticket);
    harness.connects();
    assert_eq!(harness.messages(), [""; 0]);
}

#[test]
fn a_client_that_ends_forgets_the_question_that_came_too_late() {
    let mut harness = Harness::in_state(State::Offline);
    let ticket = harness.ask_for_all();
    harness.close();
    harness.advance(1);
    harness.assert_offline(ticket);
    harness.assert_at_rest();
}

#[test]
fn a_question_in_limbo_does_not_wait_or_waits_for_ever() {
    let mut harness = Harness::open(|_| {});
    harness.closes_cleanly();
    let kept = harness.ask_for(&["bob"]);
    harness.advance(1_999);
    harness.assert_pending(kept);
    harness.connects();
    assert_eq!(harness.messages(), ["PRESENCE QUERY #0 [bob]"]);
    harness.assert_pending(kept);
    harness.advance(2_000);
    harness.closes_cleanly();
    harness.assert_offline(kept);

    let ticket = harness.ask_for_all();
    harness.advance(1_999);
    harness.assert_pending(ticket);
    harness.advance(1);
    harness.assert_offline(ticket);
}

#[test]
fn a_question_under_way_at_a_loss_is_left_pending_or_asked_again() {
    let mut harness = Harness::open(|_| {});
    let tickets = [harness.ask_for_all(), harness.ask_for(&["bob"])];
    harness.reconnects();
    tickets.into_iter().for_each(|ticket| harness.assert_offline(ticket));
    harness.advance(20_000);
    assert_eq!(harness.messages(), [""; 0]);
}

#[test]
fn a_question_that_finds_no_room_is_left_pending() {
    let mut harness = Harness::open(|options| options.max_queued_messages = 0);
    harness.closes_cleanly();
    for ticket in [harness.ask_for_all(), harness.ask_for(&["bob"])] {
        harness.assert_refused(ticket, "OUTGOING_QUEUE_FULL");
    }
}

//! Questions that are not answered in time: each is given up, in its own time.

use deepstream_wasm::core::io::Ticket;
use deepstream_wasm::core::time::Millis;

use crate::harness::Harness;
use crate::queries::{users, who_is_online};

/// How long an answer may take: five times as long as an acknowledgement.
const PATIENCE: u64 = 10_000;

/// It is given up when its patience is over, and not before.
fn assert_given_up(harness: &mut Harness, ticket: Ticket) {
    harness.advance(PATIENCE - 1);
    harness.assert_pending(ticket);
    harness.advance(1);
    harness.assert_unexplained(ticket, "ACK_TIMEOUT");
}

#[test]
fn a_question_that_is_never_answered_is_waited_for_for_ever_or_given_up_early() {
    let mut harness = Harness::open(|_| {});
    let all = harness.ask_for_all();
    harness.advance(500);
    let some = harness.ask_for(&["bob"]);
    harness.advance(PATIENCE - 501);
    harness.assert_pending(all);
    harness.advance(1);
    harness.assert_unexplained(all, "ACK_TIMEOUT");
    harness.advance(499);
    harness.assert_pending(some);
    harness.advance(1);
    harness.assert_unexplained(some, "ACK_TIMEOUT");
    harness.assert_silent();
}

#[test]
fn another_patience_than_five_times_the_option_is_had() {
    let mut harness = Harness::open(|options| options.subscription_timeout = Millis::new(70));
    let ticket = harness.ask_for_all();
    harness.advance(5 * 70 - 1);
    harness.assert_pending(ticket);
    harness.advance(1);
    harness.assert_unexplained(ticket, "ACK_TIMEOUT");
}

#[test]
fn an_answer_just_in_time_is_too_late() {
    let mut harness = Harness::open(|_| {});
    let ticket = harness.ask_for_all();
    harness.advance(PATIENCE - 1);
    harness.receives(&users(&["bob"]));
    harness.advance(PATIENCE);
    harness.assert_users(ticket, &["bob"]);
}

#[test]
fn the_client_is_woken_for_a_question_that_was_answered() {
    let mut harness = Harness::open(|_| {});
    let next_ping = harness.deadline();
    harness.ask_for_all();
    harness.ask_for(&["bob"]);
    assert_eq!(harness.deadline(), Some(PATIENCE));
    harness.receives(&users(&["bob"]));
    harness.receives(&who_is_online("0", "{}"));
    assert_eq!(harness.deadline(), next_ping);
}

#[test]
fn an_answer_after_it_was_given_up_does_harm() {
    let mut harness = Harness::open(|_| {});
    let all = harness.ask_for_all();
    let some = harness.ask_for(&["bob"]);
    harness.advance(PATIENCE);
    harness.receives(&users(&["bob"]));
    harness.receives(&who_is_online("0", "{}"));
    harness.assert_unexplained(all, "ACK_TIMEOUT");
    harness.assert_unexplained(some, "ACK_TIMEOUT");
    harness.assert_silent();
}

#[test]
fn the_patience_begins_before_there_is_a_connection() {
    let mut harness = Harness::with(|options| options.connect_timeout = Millis::FOREVER);
    let ticket = harness.ask_for_all();
    harness.advance(3 * PATIENCE);
    harness.connects();
    assert_given_up(&mut harness, ticket);
}

#[test]
fn the_patience_with_a_lost_socket_goes_on() {
    let mut harness = Harness::open(|_| {});
    harness.browser.takes = 0;
    let ticket = harness.ask_for_all();
    harness.advance(900);
    harness.closes_cleanly();
    harness.browser.takes = usize::MAX;
    harness.advance(0);
    harness.connects();
    assert_given_up(&mut harness, ticket);
}

#[test]
fn a_suspended_machine_gives_up() {
    let mut harness = Harness::open(|_| {});
    let ticket = harness.ask_for_all();
    harness.sleep(3_600_000);
    harness.run_timers();
    harness.assert_pending(ticket);
    harness.pong();
    assert_given_up(&mut harness, ticket);
}

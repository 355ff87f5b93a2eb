//! RPCs around a loss: they wait for the connection for a while, and no longer.

use deepstream_wasm::core::connection::State;
use deepstream_wasm::core::time::Millis;

use crate::harness::{DETAILS, Harness};

/// `offlineBufferTimeout`.
const LIMBO: u64 = 2_000;
/// `connectTimeout`: when a client that dials wants to be woken.
const CONNECT: u64 = 10_000;

/// A client that was OPEN, and has just begun to dial again, at 0.
fn lost() -> Harness {
    let mut harness = Harness::open(|_| {});
    harness.closes_cleanly();
    harness.advance(0);
    harness
}

#[test]
fn a_request_waits_while_open() {
    let mut harness = Harness::open(|_| {});
    let ticket = harness.make("c1");
    assert_eq!(harness.messages(), ["RPC REQUEST #c1 add = 1"]);
    harness.assert_pending(ticket);
}

#[test]
fn a_request_that_is_not_answered_is_given_up() {
    let mut harness = Harness::open(|options| options.heartbeat_interval = Millis::FOREVER);
    let ticket = harness.make("c1");
    harness.advance(24 * 3_600_000);
    harness.assert_pending(ticket);
    harness.assert_silent();
}

#[test]
fn a_request_before_the_first_connection_does_not_wait_for_it() {
    let mut harness = Harness::with(|options| options.connect_timeout = Millis::FOREVER);
    let first = harness.make("c1");
    harness.advance(3_600_000);
    harness.opened();
    let second = harness.make("c2");
    harness.accept();
    harness.advance(60_000);
    let third = harness.make("c3");
    harness.login(DETAILS);
    harness.login_ok(None);
    let expected =
        ["RPC REQUEST #c1 add = 1", "RPC REQUEST #c2 add = 1", "RPC REQUEST #c3 add = 1"];
    assert_eq!(harness.messages(), expected);
    [first, second, third].into_iter().for_each(|ticket| harness.assert_pending(ticket));
}

#[test]
fn a_request_waits_for_ever_when_the_first_attempt_fails() {
    let mut harness = Harness::patient();
    let ticket = harness.make("c1");
    harness.advance(500);
    harness.fails();
    harness.advance(LIMBO - 1);
    harness.assert_pending(ticket);
    harness.advance(1);
    harness.assert_offline(ticket);
    harness.connects();
    assert_eq!(harness.messages(), [""; 0], "it is not sent when nobody waits");
}

#[test]
fn a_request_waits_for_ever_when_the_first_socket_opens_and_fails() {
    let mut harness = Harness::patient();
    let ticket = harness.make("c1");
    harness.opened();
    harness.advance(500);
    harness.fails();
    harness.advance(LIMBO - 1);
    harness.assert_pending(ticket);
    harness.advance(1);
    harness.assert_offline(ticket);
}

#[test]
fn a_request_in_limbo_is_lost_or_changes_its_place_among_events() {
    let mut harness = lost();
    harness.send("1");
    let first = harness.make("c1");
    harness.send("2");
    let second = harness.make("c2");
    harness.advance(LIMBO - 1);
    harness.send("3");
    harness.connects();
    let expected = [
        "EVENT EMIT 1 = 1",
        "RPC REQUEST #c1 add = 1",
        "EVENT EMIT 2 = 1",
        "RPC REQUEST #c2 add = 1",
        "EVENT EMIT 3 = 1",
    ];
    assert_eq!(harness.messages(), expected);
    harness.advance(3 * LIMBO);
    harness.assert_pending(first);
    harness.assert_pending(second);
}

#[test]
fn limbo_ends_at_another_time_than_the_option_says_after_the_loss() {
    for limit in [1, 300, LIMBO] {
        let mut harness =
            Harness::open(|options| options.offline_buffer_timeout = Millis::new(limit));
        harness.advance(5_000);
        harness.fails();
        harness.advance(limit / 2);
        let ticket = harness.make("c1");
        harness.send("1");
        harness.advance(limit - limit / 2 - 1);
        harness.assert_pending(ticket);
        harness.advance(1);
        harness.assert_offline(ticket);
        harness.connects();
        assert_eq!(harness.messages(), ["EVENT EMIT 1 = 1"], "events wait on");
    }
}

#[test]
fn a_limbo_of_0_waits() {
    let mut harness = Harness::open(|options| options.offline_buffer_timeout = Millis::ZERO);
    harness.fails();
    let ticket = harness.make("c1");
    harness.assert_offline(ticket);
}

#[test]
fn failures_in_a_row_prolong_limbo() {
    let mut harness = Harness::with(|options| options.reconnect_interval_increment = Millis::ZERO);
    harness.connects();
    harness.fails();
    let ticket = harness.make("c1");
    let fail_early = |harness: &mut Harness| harness.fails();
    let fail_late = |harness: &mut Harness| {
        harness.opened();
        harness.accept();
        assert_eq!(harness.client.state(), State::Authenticating);
        harness.fails();
    };
    let failures: [fn(&mut Harness); 2] = [fail_early, fail_late];
    for fail in failures {
        harness.advance(900);
        fail(&mut harness);
    }
    harness.advance(LIMBO - 2 * 900 - 1);
    harness.assert_pending(ticket);
    harness.advance(1);
    harness.assert_offline(ticket);
}

#[test]
fn a_request_after_limbo_waits_for_the_next_call_of_the_loop() {
    let mut harness = lost();
    harness.advance(LIMBO);
    let ticket = harness.make("c1");
    harness.assert_offline(ticket);
    harness.connects();
    assert_eq!(harness.messages(), [""; 0]);
}

#[test]
fn a_second_loss_has_no_limbo_of_its_own() {
    let mut harness = lost();
    harness.advance(LIMBO);
    harness.connects();
    harness.advance(5_000);
    harness.fails();
    harness.advance(0);
    let ticket = harness.make("c1");
    harness.advance(LIMBO - 1);
    harness.connects();
    assert_eq!(harness.messages(), ["RPC REQUEST #c1 add = 1"]);
    harness.assert_pending(ticket);
}

#[test]
fn the_client_is_woken_for_a_limbo_that_nobody_waits_in() {
    let mut harness = lost();
    assert_eq!(harness.deadline(), Some(CONNECT));
    harness.send("1");
    harness.provide("add");
    assert_eq!(harness.deadline(), Some(CONNECT), "neither waits for limbo to end");
    harness.make("c1");
    assert_eq!(harness.deadline(), Some(LIMBO));
    harness.advance(LIMBO);
    harness.make("c2");
    assert_eq!(harness.deadline(), Some(CONNECT), "it is over");
}

#[test]
fn the_client_is_woken_for_a_limbo_that_an_event_waits_in() {
    let mut harness = Harness::open(|_| {});
    harness.browser.takes = 0;
    harness.send("1");
    harness.closes_cleanly();
    harness.advance(0);
    assert_eq!(harness.deadline(), Some(CONNECT));
}

#[test]
fn the_client_is_woken_for_a_request_that_found_no_room() {
    let mut harness = Harness::open(|options| options.max_queued_messages = 0);
    harness.closes_cleanly();
    harness.advance(0);
    let ticket = harness.make("c1");
    harness.assert_refused(ticket, "OUTGOING_QUEUE_FULL");
    assert_eq!(harness.deadline(), Some(CONNECT));
}

#[test]
fn the_client_is_woken_for_a_limbo_that_a_call_ended() {
    for (end, state) in
        [(Harness::pause as fn(&mut Harness), State::Offline), (Harness::close, State::Closed)]
    {
        let mut harness = lost();
        let ticket = harness.make("c1");
        end(&mut harness);
        harness.advance(0);
        assert_eq!(harness.client.state(), state);
        harness.assert_offline(ticket);
        assert_eq!(harness.deadline(), None);
    }
}

#[test]
fn the_end_of_limbo_comes_while_open() {
    let mut harness = lost();
    let ticket = harness.make("c1");
    harness.advance(LIMBO - 1);
    harness.connects();
    harness.advance(10 * LIMBO);
    harness.assert_pending(ticket);
}

//! Pings and their answers.

use deepstream_wasm::core::connection::State;
use deepstream_wasm::core::options::{AttemptLimit, HeartbeatTimeoutAction};
use deepstream_wasm::core::protocol::EventAction;
use deepstream_wasm::core::time::Millis;

use crate::common::bare;
use crate::harness::{DETAILS, Harness};

#[test]
fn pings_do_not_come_at_each_interval_while_open() {
    let mut harness = Harness::open(|options| options.heartbeat_interval = Millis::new(60_000));
    for _ in 0..100 {
        harness.advance(60_000);
        harness.pong();
    }
    let expected: Vec<_> = (1..=100).map(|round| round * 60_000).collect();
    assert_eq!(harness.pings(), expected);
    assert_eq!(harness.states(), [""; 0]);
    assert_eq!(Harness::new().client.connection_info(harness.instant()).heartbeats, 0);
}

#[test]
fn the_default_interval_is_another_than_30_seconds() {
    let mut harness = Harness::open(|_| {});
    harness.advance(30_000);
    assert_eq!(harness.pings(), [30_000]);
}

#[test]
fn pings_go_on_when_the_connection_is_lost() {
    let mut harness = Harness::open(|_| {});
    harness.advance(10_000);
    harness.fails();
    harness.advance(0);
    harness.opened();
    harness.accept();
    harness.login_ok(None);
    harness.advance(29_999);
    assert_eq!(harness.pings(), [0; 0], "the interval starts with the connection");
    harness.advance(1);
    assert_eq!(harness.pings(), [40_000]);
}

#[test]
fn two_missed_answers_do_not_lead_to_error_after_exactly_three_intervals() {
    let mut harness = Harness::open(|_| {});
    let ticket = harness.login("{}");
    harness.advance(89_999);
    assert_eq!(harness.client.state(), State::Open);
    assert_eq!(harness.pings(), [30_000, 60_000]);
    assert_eq!(harness.client.connection_info(harness.instant()).missed_heartbeats, 1);
    harness.advance(1);
    assert_eq!(harness.timeline(), [(90_000, "ERROR")]);
    assert_eq!(harness.errors(), ["HEARTBEAT_TIMEOUT"]);
    assert_eq!(harness.pings(), [30_000, 60_000]);
    assert!(!harness.socket().is_alive, "abandoned, not waited for");
    harness.assert_refused(ticket, "HEARTBEAT_TIMEOUT");
    harness.assert_at_rest();
}

#[test]
fn a_miss_is_held_against_the_server_after_it_answered_again() {
    let mut harness = Harness::open(|_| {});
    for _ in 0..50 {
        harness.advance(59_000);
        assert_eq!(harness.client.state(), State::Open);
        // Half a minute late: the next ping was already due, one miss.
        harness.advance(2_000);
        assert_eq!(harness.client.connection_info(harness.instant()).missed_heartbeats, 1);
        harness.pong();
        assert_eq!(harness.client.connection_info(harness.instant()).missed_heartbeats, 0);
        harness.advance(59_000);
        harness.pong();
    }
    assert_eq!(harness.states(), [""; 0]);
}

#[test]
fn only_a_pong_counts_as_an_answer() {
    let mut harness = Harness::open(|_| {});
    for _ in 0..20 {
        harness.advance(30_500);
        harness.receives(&bare(EventAction::Emit));
    }
    assert_eq!(harness.client.state(), State::Open);
    // Bytes that are no message show a living peer as well.
    for _ in 0..20 {
        harness.advance(30_500);
        harness.receives_bytes(&[0xff; 3]);
    }
    assert_eq!(harness.client.state(), State::Open);
}

#[test]
fn misses_of_an_earlier_connection_count_for_the_next() {
    let mut harness = Harness::open(|_| {});
    harness.advance(80_000);
    harness.fails();
    harness.advance(0);
    harness.connects();
    harness.advance(89_999);
    assert_eq!(harness.client.state(), State::Open);
}

#[test]
fn waiting_for_the_login_of_a_user_times_out_here() {
    let mut harness = Harness::new();
    harness.opened();
    harness.accept();
    harness.forget();
    harness.advance(30 * 24 * 3_600_000);
    assert_eq!(harness.client.state(), State::AwaitingAuthentication);
    assert_eq!((harness.states(), harness.errors()), (vec![], vec![]));

    let ticket = harness.login(DETAILS);
    harness.login_ok(None);
    harness.assert_accepted(ticket, None);
}

#[test]
fn a_server_takes_a_client_that_waits_for_its_user_for_dead() {
    // It drops who is silent for longer than twice its own interval, also before the login.
    for refused in [false, true] {
        let mut harness = Harness::new();
        harness.opened();
        harness.accept();
        if refused {
            harness.login(DETAILS);
            harness.login_refused(None);
        }
        harness.advance(120_000);
        assert_eq!(harness.pings(), [30_000, 60_000, 90_000, 120_000]);

        // A login is no silence; OPEN has a rhythm of its own.
        harness.advance(15_000);
        harness.login(DETAILS);
        harness.advance(20_000);
        harness.login_ok(None);
        harness.advance(30_000);
        assert_eq!(harness.pings()[4..], [185_000]);
    }
}

#[test]
fn the_option_to_reconnect_after_missed_heartbeats_is_ignored() {
    let mut harness = Harness::open(|options| {
        options.heartbeat_timeout_action = HeartbeatTimeoutAction::Reconnect;
    });
    harness.advance(90_000);
    assert_eq!(harness.timeline(), [(90_000, "RECONNECTING")]);
    assert_eq!(harness.errors(), ["HEARTBEAT_TIMEOUT"]);
    assert!(!harness.sockets[0].is_alive);
    assert_eq!(harness.dials(), [0, 90_000]);
    harness.connects();
}

#[test]
fn missed_heartbeats_leave_error_to_the_limit_of_attempts() {
    // `regardless of connectivity`: ERROR comes though further attempts would be allowed.
    let mut harness = Harness::open(|options| options.max_reconnect_attempts = AttemptLimit::Never);
    harness.advance(90_000);
    assert_eq!(harness.client.state(), State::Error);
}

#[test]
fn the_latency_of_a_heartbeat_can_not_be_seen() {
    let mut harness = Harness::open(|_| {});
    harness.advance(30_120);
    harness.pong();
    let info = harness.client.connection_info(harness.instant());
    assert_eq!((info.heartbeats, info.heartbeat_latency_micros), (1, Some(120_000)));
}

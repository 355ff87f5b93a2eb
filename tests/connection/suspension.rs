//! A page that was frozen, a machine that slept, timers that a browser held back.

use deepstream_wasm::core::connection::State;
use deepstream_wasm::core::io::PageEvent;
use deepstream_wasm::core::options::AttemptLimit;
use deepstream_wasm::core::time::Millis;

use crate::harness::Harness;

const HOUR: u64 = 3_600_000;

#[test]
fn a_machine_that_slept_for_an_hour_has_missed_heartbeats() {
    let mut harness = Harness::open(|_| {});
    harness.sleep(HOUR);
    harness.run_timers();
    assert_eq!(harness.pings(), [HOUR], "the link is probed at once");
    harness.advance(300);
    harness.pong();
    harness.advance(29_000);
    assert_eq!(harness.client.state(), State::Open);
    assert_eq!((harness.states(), harness.errors()), (vec![], vec![]));
    assert_eq!(harness.sockets.len(), 1);
}

#[test]
fn a_link_that_died_in_sleep_leads_to_error() {
    for interval in [30_000, 3_000] {
        let mut harness = Harness::open(|options| {
            options.heartbeat_interval = Millis::new(interval);
        });
        harness.sleep(HOUR);
        harness.run_timers();
        let limit = interval.min(5_000);
        harness.advance(limit - 1);
        assert_eq!(harness.client.state(), State::Open);
        harness.advance(1);
        assert_eq!(harness.timeline(), [(HOUR + limit, "RECONNECTING")]);
        assert_eq!(harness.errors(), ["CONNECTION_ERROR"]);
        assert_eq!(harness.dials(), [0, HOUR + limit], "at once");
        assert!(!harness.sockets[0].is_alive);
    }
}

#[test]
fn a_miss_before_the_sleep_counts_after_it() {
    let mut harness = Harness::open(|_| {});
    harness.advance(61_000);
    assert_eq!(harness.client.connection_info(harness.instant()).missed_heartbeats, 1);
    harness.sleep(HOUR);
    harness.run_timers();
    assert_eq!(harness.client.connection_info(harness.instant()).missed_heartbeats, 0);
    harness.advance(4_999);
    assert_eq!(harness.client.state(), State::Open);
}

#[test]
fn sleeping_over_and_over_adds_up_to_error() {
    let mut harness = Harness::open(|_| {});
    for _ in 0..200 {
        harness.sleep(10 * 60_000);
        harness.run_timers();
        harness.advance(100);
        harness.pong();
    }
    assert_eq!(harness.states(), [""; 0]);
}

#[test]
fn timers_that_are_a_little_late_are_taken_for_a_sleep() {
    let mut harness = Harness::open(|_| {});
    harness.sleep(32_000);
    harness.run_timers();
    assert_eq!(harness.pings(), [32_000]);
    // The answer comes late, yet before the next ping: no probe was on.
    harness.advance(27_000);
    assert_eq!(harness.client.state(), State::Open);
    harness.pong();
    harness.advance(1_000);
    assert_eq!(harness.pings(), [32_000, 60_000], "and the rhythm is kept");
}

#[test]
fn a_page_whose_timers_run_once_a_minute_loses_its_connection() {
    let mut harness = Harness::open(|_| {});
    for _ in 0..60 {
        // Chromium runs the timers of a hidden page once a minute; messages come in time.
        harness.sleep(60_000 - harness.now() % 60_000);
        harness.run_timers();
        harness.sleep(50);
        harness.pong();
    }
    assert_eq!((harness.states(), harness.errors()), (vec![], vec![]));
}

#[test]
fn a_page_event_does_not_probe_an_open_connection() {
    for event in [PageEvent::Resumed, PageEvent::Online, PageEvent::Offline] {
        let mut harness = Harness::open(|_| {});
        harness.advance(12_000);
        harness.page(event);
        assert_eq!(harness.pings(), [12_000]);
        harness.advance(10);
        harness.pong();
        harness.advance(HOUR / 120);
        assert_eq!(harness.states(), [""; 0], "{event:?}: answered");

        let mut harness = Harness::open(|_| {});
        harness.advance(12_000);
        harness.page(event);
        harness.advance(5_000);
        assert_eq!(harness.timeline(), [(17_000, "RECONNECTING")], "{event:?}: unanswered");
    }
}

#[test]
fn a_second_page_event_gives_a_dead_link_more_time() {
    let mut harness = Harness::open(|_| {});
    harness.page(PageEvent::Resumed);
    harness.advance(3_000);
    harness.page(PageEvent::Online);
    harness.advance(2_000);
    assert_eq!(harness.states(), ["RECONNECTING"]);
}

#[test]
fn a_message_from_before_the_sleep_passes_for_the_answer_to_a_probe() {
    let mut harness = Harness::open(|_| {});
    harness.page(PageEvent::Resumed);
    harness.advance(1_000);
    harness.receives_bytes(&[]);
    harness.advance(4_999);
    assert_eq!(harness.states(), [""; 0]);
    harness.advance(1);
    assert_eq!(harness.states(), ["RECONNECTING"]);
}

#[test]
fn a_receipt_from_before_the_sleep_passes_for_the_answer_to_a_probe() {
    let mut harness = Harness::open(|_| {});
    harness.send("1");
    harness.advance(5);
    harness.sleep(HOUR);
    harness.page(PageEvent::Resumed);
    harness.pong();
    harness.advance(5_000);
    assert_eq!(harness.states(), ["RECONNECTING"]);
}

#[test]
fn a_link_that_is_busy_with_other_messages_fails_its_probe() {
    let mut harness = Harness::open(|_| {});
    harness.page(PageEvent::Resumed);
    for _ in 0..5 {
        harness.advance(4_000);
        harness.receives_bytes(&[]);
    }
    harness.pong();
    harness.advance(9_000);
    assert_eq!(harness.states(), [""; 0]);
}

#[test]
fn a_machine_that_sleeps_again_during_a_probe_loses_its_connection() {
    let mut harness = Harness::open(|_| {});
    harness.page(PageEvent::Resumed);
    harness.sleep(HOUR);
    harness.run_timers();
    harness.pong();
    harness.advance(20_000);
    assert_eq!(harness.states(), [""; 0]);
}

#[test]
fn an_attempt_that_was_slept_through_counts_as_unsuccessful() {
    for state in [State::Initial, State::Challenging, State::Authenticating] {
        let mut harness = Harness::in_state(state);
        harness.sleep(HOUR);
        harness.run_timers();
        assert_eq!(harness.states(), [""; 0], "{state:?}");
        // It may be answered now, but soon: timers that are late each time are no excuse.
        harness.sleep(10_000);
        harness.run_timers();
        assert_eq!(harness.states(), ["RECONNECTING"], "{state:?}");
    }
}

#[test]
fn an_attempt_from_before_the_sleep_counts_against_the_next() {
    for event in [PageEvent::Resumed, PageEvent::Online] {
        let mut harness = Harness::with(|options| {
            options.max_reconnect_attempts = AttemptLimit::At(1);
        });
        harness.fails();
        harness.advance(0);
        harness.page(event);
        harness.fails();
        harness.advance(0);
        assert_eq!((harness.client.state(), harness.sockets.len()), (State::Reconnecting, 3));
        harness.fails();
        assert_eq!(harness.client.state(), State::Error);
    }
}

#[test]
fn a_probe_that_was_cut_short_by_a_loss_ends_the_next_connection() {
    let mut harness = Harness::open(|_| {});
    harness.page(PageEvent::Resumed);
    harness.advance(4_000);
    harness.fails();
    harness.advance(0);
    harness.connects();
    harness.forget();
    harness.advance(20_000);
    assert_eq!(harness.states(), [""; 0]);
}

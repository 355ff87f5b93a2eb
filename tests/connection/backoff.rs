//! When the next attempt comes, when the last one, and what starts the count over.

use deepstream_wasm::core::connection::State;
use deepstream_wasm::core::io::{Event, Input, Meta};
use deepstream_wasm::core::options::{AttemptLimit, Options};
use deepstream_wasm::core::time::Millis;

use crate::harness::{DETAILS, Harness};

fn schedule(increment: u64, cap: u64, attempts: Option<u32>) -> impl FnOnce(&mut Options) {
    move |options| {
        options.reconnect_interval_increment = Millis::new(increment);
        options.max_reconnect_interval = Millis::new(cap);
        options.max_reconnect_attempts = attempts.map_or(AttemptLimit::Never, AttemptLimit::At);
        options.heartbeat_interval = Millis::FOREVER;
    }
}

/// Lets the present attempt fail, and returns how long the client waits before the next.
fn next_wait(harness: &mut Harness) -> u64 {
    harness.fails();
    let failed = harness.now();
    let dials = harness.sockets.len();
    let wait = harness.deadline().expect("a further attempt") - failed;
    if wait > 0 {
        harness.advance(wait - 1);
        assert_eq!(harness.sockets.len(), dials, "dialled early");
    }
    harness.advance(wait.min(1));
    assert_eq!(harness.sockets.len(), dials + 1, "not dialled in time");
    assert_eq!(harness.socket().dialled, failed + wait);
    wait
}

#[test]
fn an_increment_of_2000_gives_other_waits_than_0_2_4_seconds() {
    let mut harness = Harness::open(schedule(2_000, 180_000, Some(5)));
    let waits: Vec<_> = (0..5).map(|_| next_wait(&mut harness)).collect();
    assert_eq!(waits, [0, 2_000, 4_000, 6_000, 8_000]);
}

#[test]
fn the_documented_example_gives_other_waits_than_0_10_20_30_30_for_ever() {
    let mut harness = Harness::open(schedule(10_000, 30_000, None));
    harness.advance(5_000);
    let waits: Vec<_> = (0..5).map(|_| next_wait(&mut harness)).collect();
    assert_eq!(waits, [0, 10_000, 20_000, 30_000, 30_000]);
    for _ in 0..5_000 {
        assert_eq!(next_wait(&mut harness), 30_000);
    }
    assert_eq!(harness.client.state(), State::Reconnecting);
    assert_eq!(harness.states(), ["RECONNECTING"], "a repeated attempt is not announced");
}

#[test]
fn the_wait_is_not_measured_from_the_failure() {
    let mut harness = Harness::open(schedule(2_000, 180_000, None));
    harness.advance(5_000);
    harness.fails();
    harness.advance(0);
    let mut dials = vec![harness.now()];
    for wait in [2_000, 4_000, 6_000] {
        // Each attempt takes a while to fail.
        harness.advance(700);
        harness.fails();
        harness.advance(wait);
        dials.push(harness.now());
    }
    assert_eq!(harness.dials()[1..], dials);
}

#[test]
fn a_loss_is_not_followed_by_an_attempt_at_once() {
    for clean in [true, false] {
        let mut harness = Harness::open(|_| {});
        harness.advance(12_345);
        if clean {
            harness.closes_cleanly()
        } else {
            harness.fails()
        }
        harness.advance(0);
        assert_eq!(harness.socket().dialled, 12_345);
        let errors: &[&str] = if clean { &[] } else { &["CONNECTION_ERROR"] };
        assert_eq!(harness.errors(), errors);
    }
}

#[test]
fn attempts_go_on_after_max_reconnect_attempts() {
    for limit in 0..7 {
        let mut harness = Harness::open(schedule(2_000, 180_000, Some(limit)));
        let ticket = harness.login("{}");
        for _ in 0..limit {
            next_wait(&mut harness);
        }
        harness.fails();
        assert_eq!(harness.client.state(), State::Error);
        assert_eq!(harness.sockets.len(), limit as usize + 1);
        assert_eq!(harness.states(), ["RECONNECTING", "ERROR"]);
        harness.assert_refused(ticket, "MAX_RECONNECTION_ATTEMPTS_REACHED");
        harness.assert_at_rest();

        let events = harness.take_events();
        let at = events.iter().position(|event| *event == Event::StateChanged(State::Error));
        let notice = &events[at.unwrap() - 1];
        assert_eq!(*notice, Event::MaxReconnectionAttemptsReached(limit), "before the state");
        let notices = events
            .iter()
            .filter(|event| matches!(event, Event::MaxReconnectionAttemptsReached(_)))
            .count();
        assert_eq!(notices, 1);
    }
}

#[test]
fn the_first_connection_counts_as_an_attempt_to_reconnect() {
    let mut harness = Harness::with(schedule(2_000, 180_000, Some(3)));
    let waits: Vec<_> = (0..3).map(|_| next_wait(&mut harness)).collect();
    assert_eq!(waits, [0, 2_000, 4_000]);
    harness.fails();
    assert_eq!(harness.client.state(), State::Error);
    assert_eq!(*harness.notices()[0], Event::MaxReconnectionAttemptsReached(3));
    assert_eq!(harness.errors(), ["CONNECTION_ERROR"; 4]);
}

#[test]
fn being_open_again_does_not_start_the_count_over() {
    let mut harness = Harness::open(schedule(2_000, 180_000, Some(3)));
    for _ in 0..20 {
        harness.advance(1_000);
        for expected in [0, 2_000, 4_000] {
            assert_eq!(next_wait(&mut harness), expected);
        }
        harness.connects();
    }
}

#[test]
fn a_server_that_accepts_and_drops_is_hammered() {
    for depth in 0..4 {
        let mut harness = Harness::with(schedule(2_000, 9_000, None));
        if depth == 3 {
            harness.login(DETAILS);
        }
        let mut waits = Vec::new();
        for _ in 0..7 {
            if depth > 0 {
                harness.opened();
            }
            if depth > 1 {
                harness.accept();
            }
            waits.push(next_wait(&mut harness));
        }
        assert_eq!(waits, [0, 2_000, 4_000, 6_000, 8_000, 9_000, 9_000], "depth {depth}");
    }
}

#[test]
fn a_server_that_accepts_and_drops_is_tried_for_ever() {
    let mut harness = Harness::with(schedule(2_000, 9_000, Some(4)));
    for _ in 0..4 {
        harness.opened();
        harness.accept();
        next_wait(&mut harness);
    }
    harness.opened();
    harness.fails();
    assert_eq!(harness.client.state(), State::Error);
}

#[test]
fn a_server_that_drops_after_the_login_is_hammered() {
    let mut harness = Harness::with(schedule(2_000, 9_000, Some(5)));
    let mut waits = Vec::new();
    for _ in 0..8 {
        harness.connects();
        harness.advance(900);
        waits.push(next_wait(&mut harness));
    }
    assert_eq!(waits, [0, 0, 0, 2_000, 4_000, 6_000, 8_000, 9_000]);

    harness.connects();
    harness.advance(1_000);
    assert_eq!(next_wait(&mut harness), 0, "it held this time");
}

#[test]
fn waiting_long_for_a_login_does_not_start_the_count_over() {
    let mut harness = Harness::with(schedule(2_000, 180_000, Some(9)));
    for expected in [0, 2_000, 4_000] {
        assert_eq!(next_wait(&mut harness), expected);
    }
    // The last attempt had waited for 4 s: as much waiting for a login proves nothing yet.
    harness.opened();
    harness.accept();
    harness.advance(4_000);
    assert_eq!(next_wait(&mut harness), 6_000);
    harness.opened();
    harness.accept();
    harness.advance(6_001);
    assert_eq!(next_wait(&mut harness), 0);
}

#[test]
fn small_steps_let_a_server_that_accepts_and_drops_be_hammered() {
    let mut harness = Harness::with(schedule(100, 400, Some(5)));
    let mut waits = Vec::new();
    for _ in 0..9 {
        harness.opened();
        harness.accept();
        harness.advance(450);
        waits.push(next_wait(&mut harness));
    }
    assert_eq!(waits, [0, 0, 0, 100, 200, 300, 400, 400, 400]);
}

#[test]
fn a_connection_that_is_lost_during_the_login_after_a_long_wait_counts_as_no_success() {
    let mut harness = Harness::with(schedule(2_000, 180_000, Some(9)));
    for expected in [0, 2_000, 4_000] {
        assert_eq!(next_wait(&mut harness), expected);
    }
    harness.opened();
    harness.accept();
    harness.advance(3_600_000);
    harness.login(DETAILS);
    assert_eq!(next_wait(&mut harness), 0, "an hour in AWAITING_AUTHENTICATION was a success");
}

#[test]
fn a_long_wait_for_a_login_does_not_make_up_for_earlier_short_lives() {
    let mut harness = Harness::with(schedule(2_000, 180_000, Some(9)));
    for expected in [0, 0, 0, 2_000, 4_000] {
        harness.connects();
        assert_eq!(next_wait(&mut harness), expected);
    }
    harness.opened();
    harness.accept();
    harness.login_refused(None);
    harness.advance(3_600_000);
    assert_eq!(next_wait(&mut harness), 0);
}

#[test]
fn a_socket_that_never_opens_is_waited_for_for_ever() {
    let mut harness = Harness::with(schedule(2_000, 180_000, None));
    let mut expected = 0;
    for (limit, wait) in [(10_000, 0), (20_000, 2_000), (40_000, 4_000), (60_000, 6_000)] {
        harness.advance(limit - 1);
        assert!(harness.socket().is_alive);
        harness.advance(1);
        let dead = harness.sockets.iter().find(|socket| socket.dialled == expected).unwrap();
        assert!(!dead.is_alive, "abandoned, not waited for");
        expected += limit + wait;
        harness.advance(wait);
        assert_eq!(harness.socket().dialled, expected);
    }
    assert_eq!(harness.errors(), ["CONNECTION_ERROR"; 4]);
    harness.advance(60_000);
    harness.advance(8_000);

    // Once a socket opened, the limit is the usual one again.
    harness.opened();
    harness.fails();
    harness.advance(10_000);
    let dialled = harness.socket().dialled;
    assert_eq!(harness.deadline(), Some(dialled + 10_000));
}

#[test]
fn a_socket_that_fails_without_an_end_is_waited_for_until_the_time_limit() {
    // As where the page's Content-Security-Policy forbids the address.
    let mut harness = Harness::with(schedule(2_000, 180_000, Some(1)));
    for (at, states) in [(10, &["RECONNECTING"][..]), (20, &["RECONNECTING", "ERROR"])] {
        harness.input(Input::SocketFailed(harness.id()));
        harness.advance(10);
        assert_eq!((harness.now(), &harness.states()[..]), (at, states));
    }

    // Usually its end comes right after.
    let mut harness = Harness::with(schedule(2_000, 180_000, Some(1)));
    harness.input(Input::SocketFailed(harness.id()));
    harness.fails();
    harness.advance(0);
    harness.connects();
    harness.advance(100);
    assert_eq!(harness.client.state(), State::Open);
}

#[test]
fn the_reason_of_the_browser_not_to_try_is_kept_back() {
    let mut harness = Harness::with(schedule(2_000, 180_000, Some(9)));
    harness.input(Input::SocketForbidden(harness.id(), "mixed content".to_owned()));
    assert_eq!(harness.states(), ["RECONNECTING"]);
    let error = harness.error_events().next().unwrap();
    assert_eq!(error.name, "CONNECTION_ERROR");
    assert_eq!(error.meta, Meta::Text("mixed content".to_owned()));
}

#[test]
fn a_challenge_that_is_never_answered_is_waited_for_for_ever() {
    let mut harness = Harness::with(schedule(2_000, 180_000, Some(2)));
    for wait in [0, 2_000] {
        harness.opened();
        harness.advance(9_999);
        assert_eq!(harness.client.state(), State::Challenging);
        harness.advance(1);
        assert_eq!(harness.client.state(), State::Reconnecting);
        harness.advance(wait);
    }
    harness.opened();
    harness.advance(10_000);
    assert_eq!(harness.client.state(), State::Error);
}

#[test]
fn the_connect_timeout_option_is_not_used() {
    let mut harness = Harness::with(|options| options.connect_timeout = Millis::new(1_500));
    harness.advance(1_500);
    assert_eq!(harness.client.state(), State::Reconnecting);
    harness.advance(0);
    harness.opened();
    harness.advance(1_500);
    assert_eq!(harness.client.state(), State::Reconnecting);
}

#[test]
fn the_state_of_the_back_off_can_not_be_seen() {
    let mut harness = Harness::with(schedule(2_000, 180_000, None));
    next_wait(&mut harness);
    harness.fails();
    harness.advance(500);
    let info = harness.client.connection_info(harness.instant());
    assert_eq!((info.attempts, info.next_attempt_micros), (1, Some(1_500_000)));
}

#[test]
fn an_attempt_that_was_asked_for_counts_though_it_worked() {
    let mut harness = Harness::with(schedule(2_000, 180_000, Some(0)));
    harness.fails();
    harness.resume();
    harness.advance(0);
    harness.opened();
    harness.accept();
    harness.forget();
    harness.advance(1_001);
    harness.fails();
    assert_eq!(*harness.notices()[0], Event::MaxReconnectionAttemptsReached(0));
}

//! `pause()`, `resume()` and `close()` in every state, and what older sockets still say.

use deepstream_wasm::core::connection::State;
use deepstream_wasm::core::io::{Closure, Input, PageEvent};
use deepstream_wasm::core::options::AttemptLimit;
use deepstream_wasm::core::protocol::{ConnectionAction, FrameRef};

use crate::common::{STATES, bare, frame};
use crate::harness::{DETAILS, Harness};

fn states() -> impl Iterator<Item = State> {
    STATES.into_iter().filter(|state| *state != State::AwaitingConnection)
}

fn has_open_socket(harness: &Harness) -> bool {
    harness.sockets.last().is_some_and(|socket| socket.is_open)
}

#[test]
fn close_hangs_in_some_state() {
    for state in states() {
        let mut harness = Harness::in_state(state);
        let was_open = has_open_socket(&harness);
        harness.close();
        match state {
            State::Closed => assert_eq!(harness.states(), [""; 0]),
            State::Closing => assert_eq!(harness.states(), [""; 0]),
            _ if was_open && state != State::Pausing => {
                assert_eq!(harness.states(), ["CLOSING"], "{state:?}");
                assert!(harness.socket().is_closing);
            }
            State::Pausing => assert_eq!(harness.states(), ["CLOSING"]),
            _ => assert_eq!(harness.states(), ["CLOSING", "CLOSED"], "{state:?}"),
        }
        if has_open_socket(&harness) {
            harness.closes_cleanly();
        }
        assert_eq!(harness.client.state(), State::Closed, "{state:?}");
        assert!(harness.sockets.iter().all(|socket| !socket.is_alive));
        assert_eq!(harness.errors(), [""; 0]);
        harness.assert_at_rest();
    }
}

#[test]
fn pause_hangs_in_some_state() {
    for state in states() {
        let mut harness = Harness::in_state(state);
        let was_open = has_open_socket(&harness);
        harness.pause();
        if state.is_final() || matches!(state, State::Pausing | State::Offline) {
            assert_eq!(harness.states(), [""; 0], "{state:?}");
            continue;
        }
        if was_open {
            assert_eq!(harness.states(), ["PAUSING"], "{state:?}");
            harness.closes_cleanly();
        }
        assert_eq!(harness.states(), ["PAUSING", "OFFLINE"], "{state:?}");
        assert_eq!(harness.errors(), [""; 0]);
        harness.assert_at_rest();
    }
}

#[test]
fn resume_does_not_lead_to_a_connection_from_some_state() {
    for state in states() {
        let mut harness = Harness::in_state(state);
        let ticket = harness.resume();
        harness.advance(0);
        if !has_open_socket(&harness) {
            harness.opened();
        }
        if harness.client.state() == State::Challenging {
            harness.accept();
        }
        if harness.client.state() == State::Authenticating {
            harness.login_ok(None);
        }
        let end = harness.client.state();
        assert!(matches!(end, State::Open | State::AwaitingAuthentication), "{state:?}: {end:?}");
        harness.assert_accepted(ticket, None);
    }
}

#[test]
fn a_socket_that_takes_long_to_close_is_waited_for_for_ever() {
    let mut harness = Harness::in_state(State::Closing);
    harness.advance(999);
    assert_eq!(harness.states(), [""; 0]);
    harness.advance(1);
    assert_eq!(harness.states(), ["CLOSED"]);
    assert!(!harness.socket().is_alive, "let go of");
    harness.assert_at_rest();

    let mut harness = Harness::in_state(State::Pausing);
    harness.advance(1_000);
    assert_eq!(harness.states(), ["OFFLINE"]);
    assert!(!harness.socket().is_alive, "let go of");
    harness.assert_at_rest();
}

#[test]
fn what_comes_while_a_socket_closes_is_heard() {
    for state in [State::Closing, State::Pausing] {
        let mut harness = Harness::in_state(state);
        harness.accept();
        harness.pong();
        harness.login_ok(Some("{\"a\":1}"));
        harness.receives_bytes(&[0xff]);
        assert_eq!(harness.take_events(), []);
        assert_eq!(harness.client.state(), state);
    }
}

#[test]
fn the_states_of_pause_and_resume_come_in_another_order_than_documented() {
    let mut harness = Harness::open(|_| {});
    harness.pause();
    harness.advance(10);
    harness.closes_cleanly();
    harness.advance(3_600_000);
    let ticket = harness.resume();
    harness.advance(0);
    harness.opened();
    harness.accept();
    assert_eq!(harness.outcome(ticket), None, "not before it is logged in again");
    harness.login_ok(None);
    harness.assert_accepted(ticket, None);
    assert_eq!(
        harness.states(),
        [
            "PAUSING",
            "OFFLINE",
            "RECONNECTING",
            "AWAITING_CONNECTION",
            "CHALLENGING",
            "AWAITING_AUTHENTICATION",
            "AUTHENTICATING",
            "OPEN"
        ]
    );
    assert_eq!(harness.errors(), [""; 0]);
}

#[test]
fn resume_waits_for_a_login_that_was_never_asked_for() {
    let mut harness = Harness::new();
    harness.pause();
    let ticket = harness.resume();
    harness.advance(0);
    harness.opened();
    harness.accept();
    harness.assert_accepted(ticket, None);
}

#[test]
fn resume_within_a_listener_is_granted_before_the_login_that_is_about_to_be_sent() {
    let mut harness = Harness::new();
    harness.login(DETAILS);
    harness.opened();
    let accept = frame(&bare(ConnectionAction::Accept));
    let id = harness.id();
    let now = harness.instant();
    harness.client.handle_input(Input::SocketFrame(id, (&accept).into()), now);
    let ticket = harness.resume();
    assert_eq!(harness.outcome(ticket), None);
    harness.login_refused(None);
    harness.assert_refused(ticket, "INVALID_AUTHENTICATION_DETAILS");
}

#[test]
fn resume_is_not_told_that_the_login_was_refused() {
    let mut harness = Harness::in_state(State::Offline);
    let ticket = harness.resume();
    harness.advance(0);
    harness.opened();
    harness.accept();
    harness.login_refused(None);
    harness.assert_refused(ticket, "INVALID_AUTHENTICATION_DETAILS");
}

#[test]
fn resume_while_the_socket_still_closes_waits_for_it_or_leaks_it() {
    for state in [State::Pausing, State::Closing] {
        let mut harness = Harness::in_state(state);
        let old = harness.id();
        harness.resume();
        harness.advance(0);
        assert_eq!(harness.states(), ["RECONNECTING"]);
        assert_eq!(harness.sockets.len(), 2);
        assert!(!harness.sockets[0].is_alive);
        // Nothing of the old socket reaches the new connection.
        harness.input(Input::SocketClosed(old, Closure::BROKEN));
        harness.opened();
        harness.advance(1_000);
        assert_eq!(harness.client.state(), State::Challenging);
    }
}

#[test]
fn resume_after_the_end_does_not_start_over() {
    for state in [State::Error, State::Closed, State::ChallengeDenied] {
        let mut harness = Harness::with(|options| {
            options.max_reconnect_attempts = AttemptLimit::At(2);
        });
        harness.login(DETAILS);
        match state {
            State::Error => {
                for _ in 0..2 {
                    harness.fails();
                    harness.advance(4_000);
                }
                harness.fails();
            }
            State::Closed => harness.close(),
            _ => {
                harness.opened();
                harness.receives(&bare(deepstream_wasm::core::protocol::ConnectionAction::Reject));
            }
        }
        assert_eq!(harness.client.state(), state);
        let now = harness.now();
        let first = harness.sockets.len();
        harness.resume();
        harness.advance(0);
        harness.fails();
        harness.advance(4_000);
        harness.fails();
        assert_eq!(harness.dials()[first..], [now, now + 4_000]);
        assert_eq!(harness.client.state(), State::Error, "as many attempts as at first");

        let ticket = harness.resume();
        harness.advance(0);
        harness.connects();
        harness.assert_accepted(ticket, None);
    }
}

#[test]
fn resume_while_an_attempt_is_waited_for_waits_as_well() {
    let mut harness = Harness::in_state(State::Reconnecting);
    harness.advance(0);
    harness.fails();
    harness.advance(1_000);
    harness.resume();
    harness.advance(0);
    assert_eq!(harness.dials(), [0, 0, 1_000]);
    // And it was the first attempt of a new series.
    harness.fails();
    assert_eq!(harness.deadline(), Some(5_000));
}

#[test]
fn resume_while_connecting_opens_a_second_socket() {
    for state in [State::Initial, State::Challenging, State::Authenticating, State::Redirecting] {
        let mut harness = Harness::in_state(state);
        let sockets = harness.sockets.len();
        harness.resume();
        harness.advance(0);
        let redirected = usize::from(state == State::Redirecting);
        assert_eq!(harness.sockets.len(), sockets + redirected);
        assert_eq!(harness.states(), [""; 0]);
    }
}

#[test]
fn older_sockets_are_heard() {
    for state in states() {
        let mut harness = Harness::patient();
        let old = harness.id();
        harness.fails();
        harness.advance(0);
        // Over to the same state with another socket.
        match state {
            State::Challenging => harness.opened(),
            State::Open => harness.connects(),
            State::Reconnecting => harness.fails(),
            State::Closed => harness.close(),
            State::Offline => harness.pause(),
            _ => continue,
        }
        assert_eq!(harness.client.state(), state);
        harness.forget();
        let deadline = harness.deadline();
        let accept = frame(&bare(deepstream_wasm::core::protocol::ConnectionAction::Accept));
        harness.input(Input::SocketOpened(old));
        harness.input(Input::SocketFrame(old, (&accept).into()));
        harness.input(Input::SocketFrame(old, FrameRef::Binary(&[1, 2])));
        harness.input(Input::SocketBuffered(old, u64::MAX));
        harness.input(Input::SocketClosed(old, Closure::BROKEN));
        assert_eq!(harness.take_events(), []);
        assert_eq!((harness.client.state(), harness.deadline()), (state, deadline));
    }
}

#[test]
fn a_page_event_reopens_what_the_user_closed() {
    for state in states().filter(|state| state.is_final() || *state == State::Offline) {
        for event in [PageEvent::Resumed, PageEvent::Online, PageEvent::Offline] {
            let mut harness = Harness::in_state(state);
            harness.page(event);
            harness.advance(60_000);
            let expected: &[&str] = if state == State::Closing { &["CLOSED"] } else { &[] };
            assert_eq!(harness.states(), expected);
            harness.assert_at_rest();
        }
    }
}

#[test]
fn calls_that_overlap_break_it() {
    let mut harness = Harness::open(|_| {});
    harness.pause();
    harness.resume();
    harness.pause();
    harness.close();
    harness.resume();
    harness.pause();
    harness.resume();
    harness.close();
    harness.close();
    assert_eq!(harness.client.state(), State::Closed);
    harness.assert_at_rest();
}

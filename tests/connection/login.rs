//! Logging in: every answer, every order of calls, and that each call gets its outcome.

use deepstream_wasm::core::connection::State;
use deepstream_wasm::core::io::{Event, Outcome, Reason};
use deepstream_wasm::core::options::AttemptLimit;
use deepstream_wasm::core::protocol::{AuthAction, ConnectionAction};
use deepstream_wasm::core::time::Millis;

use crate::common::{STATES, answer, bare};
use crate::harness::{DETAILS, Harness};

const OTHER: &str = r#"{"user":"b"}"#;
const THIRD: &str = r#"{"user":"c"}"#;

fn server(text: &str) -> Outcome {
    Outcome::Refused(Reason::Server(text.to_owned()))
}

#[test]
fn a_login_before_the_connection_is_not_sent_when_it_is_possible() {
    let mut harness = Harness::new();
    let ticket = harness.login(DETAILS);
    harness.opened();
    assert_eq!(harness.auth_requests(), [""; 0]);
    harness.accept();
    assert_eq!(harness.auth_requests(), [DETAILS]);
    assert_eq!(harness.outcome(ticket), None);
    harness.login_ok(Some(r#"{"id":1}"#));
    harness.assert_accepted(ticket, Some(r#"{"id":1}"#));
}

#[test]
fn the_outcome_of_a_login_comes_before_the_state_and_the_data() {
    let mut harness = Harness::in_state(State::AwaitingAuthentication);
    let ticket = harness.login("{}");
    harness.forget();
    harness.login_ok(Some(r#"{"id":1}"#));
    assert_eq!(
        harness.take_events(),
        [
            Event::StateChanged(State::Open),
            Event::ClientDataChanged(Some(r#"{"id":1}"#.to_owned())),
            Event::Settled(ticket, Outcome::Accepted(Some(r#"{"id":1}"#.to_owned()))),
        ]
    );
}

#[test]
fn wrong_credentials_do_not_give_the_reason_of_the_server() {
    let mut harness = Harness::in_state(State::AwaitingAuthentication);
    for (data, expected) in [
        (Some("\"no\""), server("\"no\"")),
        (Some(r#"{"why":1}"#), server(r#"{"why":1}"#)),
        (None, Outcome::Refused(Reason::Unexplained("INVALID_AUTHENTICATION_DETAILS"))),
    ] {
        let ticket = harness.login(DETAILS);
        harness.login_refused(data);
        assert_eq!(harness.outcome(ticket), Some(&expected));
        assert_eq!(harness.states(), ["AUTHENTICATING", "AWAITING_AUTHENTICATION"]);
        assert_eq!(harness.notices(), [&Event::StateChanged(State::Open); 0]);
        harness.forget();
    }
    let ticket = harness.login(OTHER);
    assert_eq!(harness.auth_requests(), [DETAILS, DETAILS, DETAILS, OTHER]);
    harness.login_ok(None);
    harness.assert_accepted(ticket, None);
}

#[test]
fn refused_credentials_are_sent_again_by_themselves() {
    let mut harness = Harness::in_state(State::Authenticating);
    harness.login_refused(None);
    harness.fails();
    harness.advance(0);
    harness.opened();
    harness.accept();
    assert_eq!(harness.auth_requests(), [""; 0]);
    assert_eq!(harness.client.state(), State::AwaitingAuthentication);
}

#[test]
fn too_many_attempts_are_no_end() {
    for with_refusal in [true, false] {
        let mut harness = Harness::in_state(State::AwaitingAuthentication);
        let ticket = harness.login(DETAILS);
        if with_refusal {
            harness.login_refused(Some("\"no\""));
        }
        harness.forget();
        harness.receives(&bare(AuthAction::TooManyAuthAttempts));
        assert_eq!(harness.states(), ["TOO_MANY_AUTH_ATTEMPTS"]);
        let error = harness.error_events().next().unwrap();
        assert_eq!(error.name, "TOO_MANY_AUTH_ATTEMPTS");
        assert_eq!(error.topic.name(), "AUTH");
        if with_refusal {
            assert_eq!(harness.outcome(ticket), Some(&server("\"no\"")));
        } else {
            harness.assert_refused(ticket, "TOO_MANY_AUTH_ATTEMPTS");
        }
        assert!(!harness.socket().is_alive);
        harness.assert_at_rest();
    }
}

#[test]
fn details_that_were_barred_are_sent_again_by_resume() {
    let mut harness = Harness::in_state(State::TooManyAuthAttempts);
    harness.resume();
    harness.advance(0);
    harness.opened();
    harness.accept();
    assert_eq!(harness.client.state(), State::AwaitingAuthentication);
}

#[test]
fn the_servers_authentication_timeout_is_no_end() {
    for state in [State::Challenging, State::AwaitingAuthentication, State::Authenticating] {
        let mut harness = Harness::in_state(state);
        harness.receives(&bare(ConnectionAction::AuthenticationTimeout));
        assert_eq!(harness.states(), ["AUTHENTICATION_TIMEOUT"], "{state:?}");
        let error = harness.error_events().next().unwrap();
        assert_eq!((error.name, error.topic.name()), ("AUTHENTICATION_TIMEOUT", "CONNECTION"));
        assert!(!harness.socket().is_alive);
        harness.assert_at_rest();
    }
}

#[test]
fn a_login_that_the_server_can_not_read_stays_without_an_answer() {
    let mut harness = Harness::in_state(State::AwaitingAuthentication);
    let ticket = harness.login("{}");
    harness.receives(&bare(AuthAction::InvalidMessageData));
    harness.assert_refused(ticket, "INVALID_MESSAGE_DATA");
    assert_eq!(harness.errors(), ["INVALID_MESSAGE_DATA"]);
    assert_eq!(harness.client.state(), State::AwaitingAuthentication);

    // Without a login under way it is an error event and no more.
    let mut harness = Harness::in_state(State::Open);
    harness.receives(&bare(AuthAction::InvalidMessageData));
    assert_eq!((harness.errors(), harness.states()), (vec!["INVALID_MESSAGE_DATA"], vec![]));
}

#[test]
fn a_server_that_does_not_answer_the_login_is_waited_for_for_ever() {
    let mut harness = Harness::in_state(State::Authenticating);
    harness.advance(29_999);
    assert_eq!(harness.client.state(), State::Authenticating);
    harness.advance(1);
    assert_eq!(harness.client.state(), State::Reconnecting);
    assert_eq!(harness.errors(), ["CONNECTION_ERROR"]);

    let mut harness = Harness::with(|options| options.authentication_timeout = Millis::new(700));
    harness.login(DETAILS);
    harness.opened();
    harness.accept();
    harness.advance(700);
    assert_eq!(harness.client.state(), State::Reconnecting);
}

#[test]
fn a_login_is_lost_with_the_connection() {
    let mut harness = Harness::in_state(State::AwaitingAuthentication);
    let ticket = harness.login(DETAILS);
    for wait in [0, 4_000, 8_000] {
        harness.fails();
        assert_eq!(harness.outcome(ticket), None);
        harness.advance(wait);
        harness.opened();
        harness.accept();
        assert_eq!(harness.auth_requests(), [DETAILS]);
    }
    harness.login_ok(None);
    harness.assert_accepted(ticket, None);
}

#[test]
fn a_reconnect_waits_for_another_login() {
    let mut harness = Harness::open(|_| {});
    for _ in 0..5 {
        harness.advance(2_000);
        harness.fails();
        harness.advance(0);
        harness.opened();
        harness.accept();
        assert_eq!(harness.auth_requests(), [DETAILS]);
        harness.login_ok(None);
        assert_eq!(harness.client.state(), State::Open);
    }
    assert_eq!(harness.notices(), [&Event::StateChanged(State::Open); 0]);
}

#[test]
fn a_refused_login_after_a_reconnect_is_not_told() {
    let mut harness = Harness::open(|_| {});
    harness.fails();
    harness.advance(0);
    harness.opened();
    harness.accept();
    harness.login_refused(Some("\"gone\""));
    let reason = Reason::Server("\"gone\"".to_owned());
    assert_eq!(harness.notices(), [&Event::ReauthenticationFailure(reason)]);
    assert_eq!(harness.client.state(), State::AwaitingAuthentication);
    harness.forget();
    harness.advance(3_600_000);
    assert_eq!(harness.states(), [""; 0], "it stays there until `login()`");

    // What worked before may work again: it is tried at the next connection.
    harness.fails();
    harness.advance(0);
    harness.opened();
    harness.accept();
    assert_eq!(harness.auth_requests(), [DETAILS]);
}

#[test]
fn a_login_for_the_next_connection_is_refused_as_if_nobody_waited() {
    let mut harness = Harness::open(|_| {});
    let ticket = harness.login(OTHER);
    harness.fails();
    harness.advance(0);
    harness.opened();
    harness.accept();
    harness.login_refused(Some("\"no\""));
    assert_eq!(harness.outcome(ticket), Some(&server("\"no\"")));
    assert_eq!(harness.notices(), [&Event::StateChanged(State::Open); 0]);
}

#[test]
fn a_login_that_another_replaces_waits_for_ever() {
    for state in [State::Initial, State::Challenging, State::Reconnecting, State::Offline] {
        let mut harness = Harness::in_state(state);
        let first = harness.login(OTHER);
        let second = harness.login(OTHER);
        let third = harness.login(THIRD);
        harness.assert_refused(first, "LOGIN_SUPERSEDED");
        harness.assert_refused(second, "LOGIN_SUPERSEDED");
        assert_eq!(harness.outcome(third), None);
        harness.close();
        harness.assert_refused(third, "IS_CLOSED");
    }
}

#[test]
fn the_same_login_twice_is_not_answered_twice() {
    let mut harness = Harness::new();
    let tickets = [harness.login(DETAILS), harness.login(DETAILS)];
    harness.opened();
    harness.accept();
    let third = harness.login(DETAILS);
    assert_eq!(harness.auth_requests(), [DETAILS], "but sent once");
    harness.login_ok(Some("{\"a\":1}"));
    for ticket in tickets.into_iter().chain([third]) {
        harness.assert_accepted(ticket, Some("{\"a\":1}"));
    }
}

#[test]
fn another_login_while_one_is_answered_is_lost() {
    // The first is refused: the second is sent on the same connection.
    let mut harness = Harness::in_state(State::AwaitingAuthentication);
    let first = harness.login(DETAILS);
    let second = harness.login(OTHER);
    assert_eq!(harness.auth_requests(), [DETAILS]);
    harness.login_refused(None);
    harness.assert_refused(first, "INVALID_AUTHENTICATION_DETAILS");
    assert_eq!(harness.auth_requests(), [DETAILS, OTHER]);
    harness.login_ok(None);
    harness.assert_accepted(second, None);

    // The first is accepted: the second is for the next connection.
    let mut harness = Harness::in_state(State::AwaitingAuthentication);
    let first = harness.login(DETAILS);
    let second = harness.login(OTHER);
    let third = harness.login(THIRD);
    harness.assert_refused(second, "LOGIN_SUPERSEDED");
    harness.login_ok(None);
    harness.assert_accepted(first, None);
    harness.fails();
    harness.advance(0);
    harness.opened();
    harness.accept();
    assert_eq!(harness.auth_requests(), [THIRD]);
    harness.login_ok(None);
    harness.assert_accepted(third, None);

    // The connection is lost: the first is superseded.
    let mut harness = Harness::in_state(State::AwaitingAuthentication);
    let first = harness.login(DETAILS);
    let second = harness.login(OTHER);
    harness.fails();
    harness.assert_refused(first, "LOGIN_SUPERSEDED");
    harness.advance(0);
    harness.opened();
    harness.accept();
    assert_eq!(harness.auth_requests(), [OTHER]);
    harness.login_ok(None);
    harness.assert_accepted(second, None);
}

#[test]
fn a_login_that_was_replaced_comes_back_with_the_next_connection() {
    let mut harness = Harness::in_state(State::AwaitingAuthentication);
    let first = harness.login(DETAILS);
    let second = harness.login(OTHER);
    let third = harness.login(DETAILS);
    harness.assert_refused(second, "LOGIN_SUPERSEDED");
    harness.login_ok(None);
    harness.assert_accepted(first, None);
    harness.assert_accepted(third, None);
    harness.fails();
    harness.advance(0);
    harness.opened();
    harness.accept();
    assert_eq!(harness.auth_requests(), [DETAILS], "the last call was for these");
}

#[test]
fn a_login_that_was_replaced_is_sent_after_a_pause() {
    let mut harness = Harness::in_state(State::AwaitingAuthentication);
    let first = harness.login(DETAILS);
    let second = harness.login(OTHER);
    harness.pause();
    harness.closes_cleanly();
    harness.assert_refused(first, "LOGIN_SUPERSEDED");
    harness.resume();
    harness.advance(0);
    harness.opened();
    harness.accept();
    assert_eq!(harness.auth_requests(), [OTHER]);
    harness.login_ok(None);
    harness.assert_accepted(second, None);
}

#[test]
fn a_login_while_open_with_the_same_details_waits_for_the_next_connection() {
    let mut harness = Harness::in_state(State::AwaitingAuthentication);
    harness.login(DETAILS);
    harness.login_ok(Some("{\"a\":1}"));
    let ticket = harness.login(DETAILS);
    harness.assert_accepted(ticket, Some("{\"a\":1}"));
    assert_eq!(harness.auth_requests(), [DETAILS]);
}

#[test]
fn a_login_in_a_final_state_waits_for_ever() {
    for state in STATES.into_iter().filter(|state| state.is_final()) {
        let mut harness = Harness::in_state(state);
        let ticket = harness.login(DETAILS);
        assert_eq!(harness.outcome(ticket), None, "a page that tries again at once must not hang");
        harness.advance(1);
        harness.assert_refused(ticket, "IS_CLOSED");
        let error = harness.error_events().next().unwrap();
        assert_eq!((error.name, error.topic.name()), ("IS_CLOSED", "CONNECTION"));
        assert_eq!(harness.client.state(), state, "only resume() starts over");
    }
}

#[test]
fn a_page_that_logs_in_whenever_it_is_refused_is_never_answered() {
    let mut harness = Harness::in_state(State::Closed);
    for round in 0..100 {
        let first = harness.login(DETAILS);
        assert_eq!(harness.errors().len(), 2 * round + 1, "the first is told of at once");
        let second = harness.login(DETAILS);
        assert_eq!(harness.errors().len(), 2 * round + 1, "it may have been caused by that");
        harness.advance(1);
        harness.assert_refused(first, "IS_CLOSED");
        harness.assert_refused(second, "IS_CLOSED");
        assert_eq!(harness.errors().len(), 2 * round + 2, "an error each");
    }
}

#[test]
fn a_stray_message_makes_a_login_for_the_next_connection_hang() {
    let mut harness = Harness::open(|_| {});
    let ticket = harness.login(r#"{"user":"b"}"#);
    harness.receives(&bare(AuthAction::TooManyAuthAttempts));
    assert_eq!(harness.client.state(), State::Open);
    harness.fails();
    harness.advance(0);
    harness.opened();
    harness.accept();
    assert_eq!(harness.auth_requests(), [r#"{"user":"b"}"#]);
    harness.login_ok(None);
    harness.assert_accepted(ticket, None);
}

#[test]
fn a_login_is_without_an_outcome_in_some_ending() {
    let close = |harness: &mut Harness| harness.close();
    let deny = |harness: &mut Harness| harness.receives(&bare(ConnectionAction::Reject));
    let lose = |harness: &mut Harness| harness.fails();
    let starve = |harness: &mut Harness| harness.advance(10_000);
    let endings = [
        ("IS_CLOSED", close as fn(&mut Harness)),
        ("CHALLENGE_DENIED", deny),
        ("MAX_RECONNECTION_ATTEMPTS_REACHED", lose),
        ("MAX_RECONNECTION_ATTEMPTS_REACHED", starve),
    ];
    for (name, end) in endings {
        let mut harness =
            Harness::with(|options| options.max_reconnect_attempts = AttemptLimit::At(0));
        harness.opened();
        let login = harness.login(DETAILS);
        let resume = harness.resume();
        end(&mut harness);
        harness.assert_refused(login, name);
        harness.assert_refused(resume, name);
    }
}

#[test]
fn client_data_that_did_not_change_is_told() {
    let a = Some(r#"{"a":1}"#);
    let b = Some(r#"{"b":1}"#);
    // Data before and after a reconnect, and what is told of it.
    for (before, after, told) in [
        (None, None, 0),
        (None, Some("{}"), 0),
        (None, Some("null"), 0),
        (Some("{}"), None, 0),
        (None, a, 1),
        (a, a, 1),
        (a, b, 2),
        (a, None, 2),
        (a, Some("{}"), 2),
    ] {
        let mut harness = Harness::in_state(State::Authenticating);
        harness.login_ok(before);
        harness.fails();
        harness.advance(0);
        harness.opened();
        harness.accept();
        harness.login_ok(after);
        assert_eq!(harness.notices().len(), told, "{before:?} {after:?}");
    }
}

#[test]
fn empty_client_data_after_empty_client_data_is_told() {
    let mut harness = Harness::in_state(State::Authenticating);
    let mut told = Vec::new();
    for data in [Some(r#"{"a":1}"#), Some("{}"), None, Some("{}"), Some("null")] {
        harness.login_ok(data);
        told.push(harness.notices().len());
        harness.advance(2_000);
        harness.fails();
        harness.advance(0);
        harness.opened();
        harness.accept();
    }
    assert_eq!(told, [1, 2, 2, 2, 2]);
}

#[test]
fn an_answer_to_a_login_that_nobody_asked_for_is_believed() {
    for state in [State::Challenging, State::AwaitingAuthentication, State::Open] {
        for action in [AuthAction::AuthSuccessful, AuthAction::AuthUnsuccessful] {
            let mut harness = Harness::in_state(state);
            harness.receives(&answer(action, Some("{\"evil\":1}")));
            assert_eq!(harness.client.state(), state);
            assert_eq!(harness.errors(), ["UNSOLICITED_MESSAGE"]);
            assert_eq!(harness.notices().len(), 0);
        }
    }
}

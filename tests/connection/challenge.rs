//! The server's answers to the challenge: accepted elsewhere, rejected or redirected here.

use deepstream_wasm::core::connection::State;
use deepstream_wasm::core::options::AttemptLimit;
use deepstream_wasm::core::protocol::ConnectionAction;

use crate::common::{STATES, bare, redirect};
use crate::harness::{DETAILS, Harness, URL};

#[test]
fn a_rejected_challenge_is_no_end() {
    let mut harness = Harness::new();
    let ticket = harness.login(DETAILS);
    harness.send("m");
    harness.opened();
    harness.receives(&bare(ConnectionAction::Reject));
    assert_eq!(harness.states(), ["AWAITING_CONNECTION", "CHALLENGING", "CHALLENGE_DENIED"]);
    harness.assert_refused(ticket, "CHALLENGE_DENIED");
    assert_eq!(harness.errors(), ["IS_CLOSED"], "of the message that waited, and no other");
    assert!(!harness.socket().is_alive);
    harness.assert_at_rest();
}

#[test]
fn a_redirect_is_not_followed_at_once_or_hides_where_the_client_meant_to_go() {
    let mut harness = Harness::new();
    let ticket = harness.login(DETAILS);
    harness.advance(500);
    harness.opened();
    harness.forget();
    harness.receives(&redirect("wss://b.c:7/x/y?z=1"));
    assert_eq!(harness.states(), ["REDIRECTING"]);
    assert!(!harness.sockets[0].is_alive);
    harness.advance(0);
    assert_eq!(harness.socket().url, "wss://b.c:7/x/y?z=1", "as it is written");
    assert_eq!(harness.socket().dialled, 500);
    harness.forget();
    harness.opened();
    assert_eq!(harness.states(), ["AWAITING_CONNECTION", "CHALLENGING"]);
    assert_eq!(harness.socket().sent[0].1.rare.url.as_deref(), Some(URL));
    harness.accept();
    harness.login_ok(None);
    harness.assert_accepted(ticket, None);
    assert_eq!(harness.errors(), [""; 0]);
}

#[test]
fn a_loss_behind_a_redirect_does_not_lead_back_to_the_given_address() {
    let mut harness = Harness::new();
    harness.opened();
    harness.receives(&redirect("ws://b/x"));
    harness.advance(0);
    harness.connects();
    harness.advance(5_000);
    harness.fails();
    harness.advance(0);
    assert_eq!(harness.socket().url, URL);
}

#[test]
fn a_redirect_to_where_nobody_answers_is_tried_for_ever() {
    let mut harness = Harness::with(|options| {
        options.max_reconnect_attempts = AttemptLimit::At(2);
    });
    for wait in [0, 4_000] {
        harness.opened();
        harness.receives(&redirect("ws://b/x"));
        harness.advance(0);
        assert_eq!(harness.socket().url, "ws://b/x");
        harness.fails();
        let failed = harness.now();
        harness.advance(wait);
        assert_eq!((harness.socket().url.as_str(), harness.socket().dialled), (URL, failed + wait));
    }
    harness.opened();
    harness.receives(&redirect("ws://b/x"));
    harness.advance(10_000);
    assert_eq!(harness.client.state(), State::Error);
}

#[test]
fn a_redirect_from_wss_to_ws_is_followed() {
    let mut harness = Harness::at("wss://a", |_| {});
    harness.login(DETAILS);
    harness.opened();
    harness.receives(&redirect("ws://b/x"));
    assert_eq!(harness.errors(), ["REDIRECT_REFUSED"]);
    assert_eq!(harness.client.state(), State::Reconnecting);
    harness.advance(0);
    assert_eq!(harness.socket().url, "wss://a/deepstream", "tried again where it was sent");

    // Not by a detour either.
    harness.opened();
    harness.receives(&redirect("wss://b/x"));
    harness.advance(0);
    harness.opened();
    harness.forget();
    harness.receives(&redirect("WS://c/x"));
    assert_eq!(harness.errors(), ["REDIRECT_REFUSED"]);
}

#[test]
fn a_redirect_to_what_is_no_address_is_followed() {
    for url in ["", "b", "//b", "http://b", "javascript://b", "ws://", "ws://b/#f", "ws:// b"] {
        let mut harness = Harness::new();
        harness.opened();
        harness.receives(&redirect(url));
        assert_eq!(harness.errors(), ["REDIRECT_REFUSED"], "{url}");
        assert_eq!(harness.client.state(), State::Reconnecting);
    }
    let mut harness = Harness::new();
    harness.opened();
    harness.receives(&bare(ConnectionAction::Redirect));
    assert_eq!(harness.errors(), ["REDIRECT_REFUSED"]);
}

#[test]
fn servers_that_redirect_to_each_other_keep_the_client_busy() {
    let mut harness = Harness::new();
    for hop in 0..10 {
        harness.opened();
        harness.receives(&redirect(&format!("ws://hop/{hop}")));
        harness.advance(0);
    }
    assert_eq!(harness.sockets.len(), 11);
    harness.opened();
    harness.forget();
    harness.receives(&redirect("ws://hop/10"));
    assert_eq!(harness.errors(), ["REDIRECT_REFUSED"]);
    assert_eq!(harness.states(), ["RECONNECTING"]);
    harness.advance(0);
    assert_eq!(harness.socket().url, URL);
}

#[test]
fn a_client_that_was_redirected_often_follows_no_further_redirect() {
    // Each attempt is a new one: its redirections are not in a row with those before a failure.
    let mut harness = Harness::patient();
    for _ in 0..50 {
        harness.opened();
        harness.receives(&redirect("ws://b/x"));
        harness.advance(0);
        assert_eq!(harness.socket().url, "ws://b/x");
        harness.fails();
        harness.advance(180_000);
        // The wait is over, the socket of the next attempt still connecting.
        while harness.socket().url != URL || !harness.socket().is_alive {
            harness.advance(1_000);
        }
    }
    harness.opened();
    harness.receives(&redirect("ws://b/x"));
    harness.advance(0);
    harness.connects();
    assert!(!harness.errors().contains(&"REDIRECT_REFUSED"));
}

#[test]
fn an_answer_to_a_challenge_that_was_not_sent_is_believed() {
    let messages =
        [bare(ConnectionAction::Accept), bare(ConnectionAction::Reject), redirect("ws://b/x")];
    for state in STATES {
        if matches!(state, State::AwaitingConnection | State::Challenging) {
            continue;
        }
        for message in &messages {
            let mut harness = Harness::in_state(state);
            if !harness.sockets.last().is_some_and(|socket| socket.is_alive) {
                continue;
            }
            harness.receives(message);
            assert_eq!(harness.client.state(), state);
            let ends = matches!(state, State::Pausing | State::Closing);
            let expected: &[&str] = if ends { &[] } else { &["UNSOLICITED_MESSAGE"] };
            assert_eq!(harness.errors(), expected, "{state:?}");
        }
    }
}

//! Messages that a socket took: whether they arrived is known, or told to be unknown.

use deepstream_wasm::core::connection::State;
use deepstream_wasm::core::io::Closure;
use deepstream_wasm::core::options::HeartbeatTimeoutAction;
use deepstream_wasm::core::time::Millis;

use crate::common::{event, frame};
use crate::harness::{DETAILS, Harness};

fn sends(harness: &mut Harness, names: &[&str]) {
    for name in names {
        harness.send(name);
    }
}

/// The connection breaks, with so many of the last messages still in the socket.
fn breaks_with_unsent(harness: &mut Harness, messages: u64) {
    let length = frame(&event("1", "1")).len() as u64;
    harness.closes(Closure { unsent: messages * length, ..Closure::BROKEN });
}

#[test]
fn what_was_under_way_when_the_connection_broke_is_lost_in_silence() {
    let mut harness = Harness::open(|_| {});
    sends(&mut harness, &["1", "2", "3"]);
    harness.fails();
    assert_eq!(harness.unconfirmed(), ["1", "2", "3"]);
    let error = harness.error_events().next().unwrap();
    assert_eq!(error.topic.name(), "EVENT");
    harness.advance(0);
    harness.connects();
    assert_eq!(harness.socket().delivered, [""; 0], "twice would be wrong as well");
}

#[test]
fn what_the_server_confirmed_is_said_to_be_uncertain() {
    let mut harness = Harness::open(|_| {});
    sends(&mut harness, &["1", "2"]);
    harness.advance(5);
    assert_eq!(harness.pings(), [5]);
    sends(&mut harness, &["3"]);
    harness.pong();
    harness.fails();
    assert_eq!(harness.unconfirmed(), ["3"]);
}

#[test]
fn the_server_is_asked_more_often_than_needed() {
    let mut harness = Harness::open(|_| {});
    harness.advance(1_000);
    assert_eq!(harness.pings(), [0; 0], "nothing was sent");
    for _ in 0..5 {
        harness.send("1");
        harness.advance(1);
    }
    harness.advance(1_000);
    assert_eq!(harness.pings(), [1_005], "one for all of them");
    harness.send("2");
    harness.advance(1_000);
    assert_eq!(harness.pings(), [1_005], "it is not answered yet");
    harness.pong();
    harness.advance(5);
    assert_eq!(harness.pings(), [1_005, 3_010]);
    harness.pong();
    harness.advance(1_000);
    assert_eq!(harness.pings().len(), 2, "all is confirmed");

    // However fast the answers come.
    for _ in 0..100 {
        harness.send("3");
        harness.advance(10);
        harness.pong();
    }
    assert_eq!(harness.pings()[2..], [4_010 + 5, 4_010 + 255, 4_010 + 505, 4_010 + 755]);
    harness.advance(255);
    harness.pong();
    harness.fails();
    assert_eq!(harness.unconfirmed(), [""; 0]);
}

#[test]
fn a_heartbeat_is_no_receipt() {
    let mut harness = Harness::open(|options| options.heartbeat_interval = Millis::new(200));
    harness.advance(197);
    harness.send("1");
    harness.advance(3);
    assert_eq!(harness.pings(), [200]);
    harness.advance(160);
    assert_eq!(harness.pings(), [200], "one is on its way");
    harness.pong();
    harness.fails();
    assert_eq!(harness.unconfirmed(), [""; 0]);
}

#[test]
fn a_ping_that_was_never_answered_before_the_login_spoils_the_receipts() {
    let mut harness = Harness::new();
    harness.opened();
    harness.accept();
    harness.advance(65_000);
    harness.login(DETAILS);
    harness.login_ok(None);
    harness.send("1");
    harness.advance(5);
    harness.pong();
    harness.fails();
    assert_eq!(harness.unconfirmed(), [""; 0]);
}

#[test]
fn a_ping_that_was_sent_behind_a_login_passes_for_a_later_one() {
    let mut harness = Harness::with(|options| options.heartbeat_interval = Millis::new(1_000));
    harness.opened();
    harness.accept();
    harness.login(DETAILS);
    harness.advance(5_000);
    assert_eq!(harness.pings(), [0; 0]);
    harness.login_ok(None);
    harness.advance(1_000);
    assert_eq!(harness.pings(), [6_000]);
}

#[test]
fn what_never_left_the_socket_is_lost_or_sent_out_of_order() {
    let mut harness = Harness::open(|_| {});
    sends(&mut harness, &["1", "2", "3", "4"]);
    breaks_with_unsent(&mut harness, 2);
    sends(&mut harness, &["5"]);
    harness.advance(0);
    harness.connects();
    assert_eq!(harness.socket().delivered, ["3", "4", "5"]);
    assert_eq!(harness.unconfirmed(), ["1", "2"]);
}

#[test]
fn a_message_that_is_larger_than_what_is_remembered_is_forgotten() {
    let payload = format!("\"{}\"", "x".repeat(17 * 1_024 * 1_024));
    let mut harness = Harness::open(|_| {});
    harness.send_with("1", &payload);
    harness.send_with("2", &payload);
    harness.closes(Closure { unsent: 18 * 1_024 * 1_024, ..Closure::BROKEN });
    harness.advance(0);
    harness.connects();
    assert_eq!(harness.socket().delivered, ["1", "2"]);
    assert_eq!(harness.unconfirmed(), [""; 0]);
}

#[test]
fn a_pong_that_nobody_asked_for_passes_for_a_receipt() {
    let mut harness = Harness::open(|_| {});
    harness.send("1");
    harness.pong();
    harness.fails();
    assert_eq!(harness.unconfirmed(), ["1"]);
}

#[test]
fn a_ping_that_is_passed_over_ends_all_receipts() {
    let mut harness = Harness::open(|_| {});
    harness.send("1");
    harness.advance(5);
    harness.advance(1_000);
    harness.send("2");
    harness.advance(4_000);
    assert_eq!(harness.pings(), [5, 5_005]);
    harness.pong();
    harness.pong();
    harness.fails();
    assert_eq!(harness.unconfirmed(), [""; 0]);
}

#[test]
fn the_latency_of_a_receipt_passes_for_that_of_a_heartbeat() {
    let mut harness = Harness::open(|_| {});
    harness.advance(29_990);
    harness.send("1");
    harness.advance(10);
    assert_eq!(harness.pings(), [29_995, 30_000]);
    harness.advance(150);
    harness.pong();
    let info = harness.client.connection_info(harness.instant());
    assert_eq!((info.heartbeats, info.heartbeat_latency_micros), (0, None));
    harness.advance(50);
    harness.pong();
    let info = harness.client.connection_info(harness.instant());
    assert_eq!((info.heartbeats, info.heartbeat_latency_micros), (1, Some(200_000)));
}

#[test]
fn what_never_left_the_socket_is_forgotten_by_a_pause_or_an_end() {
    let mut harness = Harness::open(|_| {});
    sends(&mut harness, &["1", "2"]);
    harness.pause();
    breaks_with_unsent(&mut harness, 1);
    assert_eq!(harness.client.state(), State::Offline);
    assert_eq!(harness.unconfirmed(), ["1"]);
    harness.resume();
    harness.advance(0);
    harness.connects();
    assert_eq!(harness.socket().delivered, ["2"]);

    harness.forget();
    sends(&mut harness, &["3", "4"]);
    harness.close();
    breaks_with_unsent(&mut harness, 1);
    assert_eq!(harness.client.state(), State::Closed);
    assert_eq!(harness.reported("IS_CLOSED"), ["4"]);
    assert_eq!(harness.unconfirmed(), ["2", "3"]);
}

#[test]
fn what_was_sent_before_a_clean_goodbye_is_said_to_be_uncertain() {
    let mut harness = Harness::open(|_| {});
    sends(&mut harness, &["1", "2"]);
    harness.close();
    harness.closes_cleanly();
    assert_eq!(harness.errors(), [""; 0]);
}

#[test]
fn a_server_that_says_goodbye_by_itself_passes_for_one_that_read_everything() {
    let mut harness = Harness::open(|_| {});
    sends(&mut harness, &["1", "2"]);
    harness.closes_cleanly();
    assert_eq!(harness.unconfirmed(), ["1", "2"]);
}

#[test]
fn what_a_given_up_socket_holds_is_lost_in_silence() {
    for state in ["ERROR", "CLOSED", "OFFLINE"] {
        let mut harness = Harness::open(|_| {});
        sends(&mut harness, &["1", "2"]);
        match state {
            "CLOSED" => harness.close(),
            "OFFLINE" => harness.pause(),
            _ => {}
        }
        // Nothing is answered, neither pings nor the closing handshake.
        harness.advance(90_000);
        assert_eq!(harness.states().last(), Some(&state));
        assert_eq!(harness.unconfirmed(), ["1", "2"], "{state}");
    }

    let mut harness = Harness::open(|options| {
        options.heartbeat_timeout_action = HeartbeatTimeoutAction::Reconnect;
    });
    sends(&mut harness, &["1", "2"]);
    harness.advance(90_000);
    assert_eq!(harness.states(), ["RECONNECTING"]);
    assert_eq!(harness.unconfirmed(), ["1", "2"]);
}

/// The server closes the connection over something too large, with so many bytes still in the socket.
fn finds_too_large(harness: &mut Harness, unsent: u64) {
    harness.closes(Closure { code: 1009, was_clean: true, unsent, ..Closure::BROKEN });
}

#[test]
fn what_is_too_large_for_the_server_closes_every_connection_anew() {
    let large = format!("\"{}\"", "x".repeat(4_000));
    for unsent in [0, 100] {
        let mut harness = Harness::open(|_| {});
        harness.send_with("large", &large);
        finds_too_large(&mut harness, unsent);
        assert_eq!(harness.reported("MESSAGE_TOO_LARGE"), ["large"], "{unsent}");
        harness.forget();
        harness.advance(0);
        harness.connects();
        harness.send_with("as large", &large);
        harness.send("small");
        assert_eq!(harness.reported("MESSAGE_TOO_LARGE"), ["as large"], "{unsent}");
        assert_eq!(harness.socket().delivered, ["small"], "{unsent}");
    }
}

#[test]
fn a_server_that_finds_everything_too_large_is_sent_nothing_any_more() {
    let mut harness = Harness::open(|_| {});
    sends(&mut harness, &["1"]);
    finds_too_large(&mut harness, 0);
    assert_eq!(harness.unconfirmed(), ["1"]);
    harness.advance(0);
    harness.connects();
    sends(&mut harness, &["2"]);
    assert_eq!(harness.socket().delivered, ["2"]);
}

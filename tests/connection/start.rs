//! The beginning: from `CLOSED` to `OPEN`.

use deepstream_wasm::core::connection::State;
use deepstream_wasm::core::options::Options;
use deepstream_wasm::core::protocol::ConnectionAction;
use deepstream_wasm::core::time::Instant;

use crate::common::Client;
use crate::harness::{DETAILS, Harness, URL};

#[test]
fn a_new_client_is_not_closed_or_does_not_dial_at_once() {
    let harness = Harness::new();
    assert_eq!(harness.client.state().name(), "CLOSED");
    assert_eq!(harness.states(), [""; 0], "its first state is not announced");
    assert_eq!(harness.dials(), [0]);
    assert_eq!(harness.socket().url, URL);
}

#[test]
fn the_states_of_a_login_come_in_another_order_than_documented() {
    let mut harness = Harness::new();
    harness.advance(20);
    harness.opened();
    assert_eq!(harness.states(), ["AWAITING_CONNECTION", "CHALLENGING"]);
    harness.accept();
    harness.login(DETAILS);
    harness.login_ok(None);
    assert_eq!(
        harness.timeline(),
        [
            (20, "AWAITING_CONNECTION"),
            (20, "CHALLENGING"),
            (20, "AWAITING_AUTHENTICATION"),
            (20, "AUTHENTICATING"),
            (20, "OPEN"),
        ]
    );
    assert_eq!(harness.errors(), [""; 0]);
}

#[test]
fn the_challenge_does_not_say_who_asks() {
    let mut harness = Harness::at("a.b:1/x/y", |_| {});
    harness.opened();
    let (_, challenge) = &harness.socket().sent[0];
    assert_eq!(challenge.action, ConnectionAction::Challenge.into());
    assert_eq!(challenge.rare.url.as_deref(), Some("ws://a.b:1/x/y"));
    assert_eq!(challenge.rare.protocol_version.as_deref(), Some("0.1a"));
    assert_eq!(challenge.rare.sdk_version.as_deref(), Some(env!("CARGO_PKG_VERSION")));
    assert!(challenge.rare.sdk_type.is_some());
    assert_eq!(harness.socket().sent.len(), 1);
}

#[test]
fn a_lazy_client_dials_before_its_first_login() {
    let mut harness = Harness::with(|options| options.lazy_connect = true);
    harness.send("m");
    harness.assert_at_rest();
    assert_eq!(harness.dials(), [0; 0]);

    let ticket = harness.login(DETAILS);
    assert_eq!(harness.dials(), [harness.now()]);
    harness.opened();
    harness.accept();
    harness.login_ok(None);
    harness.assert_accepted(ticket, None);
    assert_eq!(harness.client.state(), State::Open);
    assert_eq!(harness.delivered(), ["m"]);
}

#[test]
fn a_second_login_of_a_lazy_client_dials_again() {
    let mut harness = Harness::with(|options| options.lazy_connect = true);
    harness.login(DETAILS);
    harness.login(DETAILS);
    assert_eq!(harness.dials().len(), 1);
}

#[test]
fn a_bad_address_makes_a_client() {
    for url in ["", "http://a.b", "ws://", "a b", "a.b#c"] {
        let client = Client::new(url, Options::default(), Instant::from_micros(0));
        assert_eq!(client.map(|_| ()).unwrap_err().name, "url");
    }
}

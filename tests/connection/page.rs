//! What the browser says about the network: hints, no more.

use deepstream_wasm::core::connection::State;
use deepstream_wasm::core::io::PageEvent;
use deepstream_wasm::core::options::{AttemptLimit, Options};
use deepstream_wasm::core::time::Millis;

use crate::harness::Harness;

fn limited(options: &mut Options) {
    options.reconnect_interval_increment = Millis::new(2_000);
    options.max_reconnect_interval = Millis::new(20_000);
    options.max_reconnect_attempts = AttemptLimit::At(3);
}

#[test]
fn a_network_that_is_back_is_not_dialled_at_once() {
    for event in [PageEvent::Online, PageEvent::Resumed] {
        let mut harness = Harness::open(limited);
        harness.advance(5_000);
        for wait in [0, 2_000] {
            harness.fails();
            harness.advance(wait);
        }
        harness.fails();
        harness.advance(1_000);
        harness.page(event);
        harness.advance(0);
        assert_eq!(harness.dials(), [0, 5_000, 7_000, 8_000]);
        // It was the first of a new series.
        harness.fails();
        harness.advance(2_000);
        assert_eq!(harness.dials()[4..], [10_000], "{event:?}");
    }
}

#[test]
fn a_page_without_a_network_uses_up_its_attempts() {
    let mut harness = Harness::open(limited);
    harness.advance(5_000);
    harness.page(PageEvent::Offline);
    harness.fails();
    harness.advance(0);
    assert_eq!(harness.socket().dialled, 5_000, "the first attempt is immediate");
    harness.fails();
    assert_eq!(harness.deadline(), Some(25_000), "as seldom as it gets");
    for _ in 0..50 {
        harness.advance(20_000);
        harness.fails();
    }
    assert_eq!(harness.client.state(), State::Reconnecting);
    harness.page(PageEvent::Online);
    harness.advance(0);
    assert_eq!(harness.socket().dialled, harness.now());
    harness.connects();
}

#[test]
fn an_attempt_that_is_waited_for_is_made_though_the_network_went() {
    let mut harness = Harness::open(limited);
    harness.advance(5_000);
    harness.fails();
    harness.advance(0);
    harness.fails();
    harness.advance(1_000);
    harness.page(PageEvent::Offline);
    assert_eq!(harness.deadline(), Some(26_000));
}

#[test]
fn a_page_that_runs_again_forgets_that_there_is_no_network() {
    let mut harness = Harness::open(limited);
    harness.advance(5_000);
    harness.page(PageEvent::Offline);
    harness.fails();
    for _ in 0..20 {
        harness.page(PageEvent::Resumed);
        harness.advance(0);
        harness.fails();
    }
    harness.advance(19_999);
    assert_eq!((harness.client.state(), harness.sockets.len()), (State::Reconnecting, 21));
}

#[test]
fn an_extreme_wait_without_a_network_never_ends_or_is_none() {
    for (longest, wait) in [(Millis::FOREVER, 180_000), (Millis::ZERO, 1_000)] {
        let mut harness = Harness::open(|options| options.max_reconnect_interval = longest);
        harness.page(PageEvent::Offline);
        harness.fails();
        harness.advance(0);
        harness.fails();
        assert_eq!(harness.deadline(), Some(wait));
    }
}

#[test]
fn a_connection_is_given_up_for_a_hint() {
    let mut harness = Harness::open(limited);
    harness.page(PageEvent::Offline);
    harness.pong();
    harness.advance(29_000);
    assert_eq!(harness.states(), [""; 0]);
}

#[test]
fn a_hint_that_a_connection_proved_wrong_delays_the_next() {
    let mut harness = Harness::open(limited);
    harness.page(PageEvent::Offline);
    harness.fails();
    harness.advance(0);
    harness.connects();
    harness.advance(5_000);
    for wait in [0, 2_000, 4_000] {
        let now = harness.now();
        harness.fails();
        harness.advance(wait);
        assert_eq!(harness.socket().dialled, now + wait);
    }
}

#[test]
fn a_page_event_disturbs_a_connection_that_is_being_made() {
    for state in [State::Initial, State::Challenging, State::Authenticating] {
        for event in [PageEvent::Resumed, PageEvent::Online, PageEvent::Offline] {
            let mut harness = Harness::in_state(state);
            harness.page(event);
            harness.advance(0);
            assert_eq!((harness.client.state(), harness.sockets.len()), (state, 1));
            assert_eq!(harness.take_events(), []);
        }
    }
}

//! A new connection: it is told everything, first, and in order.

use deepstream_wasm::core::connection::State;
use deepstream_wasm::core::io::{Command, Subscription};
use deepstream_wasm::core::time::Millis;

use crate::calls::{emission, subscription};
use crate::common::STATES;
use crate::harness::{DETAILS, Harness};

/// One of each kind.
fn subscribe_everything(harness: &mut Harness) {
    harness.subscribe_all_users();
    harness.subscribe(Subscription::User, "bob");
    harness.provide("add");
    harness.listen("a.*");
    harness.subscribe_events(&["z", "a"]);
}

const EVERYTHING: [&str; 5] = [
    "EVENT SUBSCRIBE #0 [z a]",
    "EVENT LISTEN a.*",
    "RPC PROVIDE #0 [add]",
    "PRESENCE SUBSCRIBE #0 [bob]",
    "PRESENCE SUBSCRIBE_ALL",
];

#[test]
fn what_was_subscribed_before_the_connection_is_not_told_at_once() {
    let mut harness = Harness::new();
    subscribe_everything(&mut harness);
    harness.advance(1_000);
    harness.opened();
    harness.accept();
    harness.login(DETAILS);
    assert_eq!(harness.messages(), [""; 0], "nothing before OPEN");
    harness.login_ok(None);
    assert_eq!(harness.messages(), EVERYTHING);
    harness.advance(1_000);
    assert_eq!(harness.messages().len(), EVERYTHING.len(), "once");
}

#[test]
fn a_later_connection_is_not_told_everything_anew() {
    let mut harness = Harness::open(|_| {});
    subscribe_everything(&mut harness);
    harness.advance(200);
    for _ in 0..3 {
        harness.reconnects();
        assert_eq!(harness.messages(), EVERYTHING);
        harness.advance(2_000);
        assert_eq!(harness.messages(), EVERYTHING, "once");
    }
}

#[test]
fn the_order_of_the_first_subscriptions_is_lost() {
    let mut harness = Harness::open(|_| {});
    harness.subscribe_events(&["c", "a", "d"]);
    harness.advance(100);
    harness.subscribe_events(&["b"]);
    harness.unsubscribe_events(&["a"]);
    harness.advance(100);
    harness.subscribe_events(&["a"]);
    harness.fails();
    harness.subscribe_events(&["0"]);
    harness.unsubscribe_events(&["d", "c"]);
    harness.subscribe_events(&["c"]);
    harness.advance(0);
    harness.connects();
    assert_eq!(harness.messages(), ["EVENT SUBSCRIBE #0 [b a 0 c]"], "what was gone is new");
}

#[test]
fn patterns_lose_their_order() {
    let mut harness = Harness::new();
    harness.listen("b");
    harness.listen("a");
    harness.connects();
    assert_eq!(harness.messages(), ["EVENT LISTEN b", "EVENT LISTEN a"]);
}

#[test]
fn something_that_waited_overtakes_the_subscriptions() {
    let mut harness = Harness::new();
    harness.send("1");
    harness.make("c1");
    harness.ask_for_all();
    harness.subscribe_events(&["a"]);
    harness.provide("add");
    harness.connects();
    let expected = [
        "EVENT SUBSCRIBE #0 [a]",
        "RPC PROVIDE #0 [add]",
        "EVENT EMIT 1 = 1",
        "RPC REQUEST #c1 add = 1",
        "PRESENCE QUERY_ALL",
    ];
    assert_eq!(harness.messages(), expected);
}

#[test]
fn correlation_ids_go_on_from_an_earlier_connection() {
    let mut harness = Harness::open(|options| options.subscription_interval = Millis::ZERO);
    harness.subscribe_events(&["a", "b", "c"]);
    harness.provide("add");
    harness.reconnects();
    harness.subscribe_events(&["d"]);
    harness.provide("sub");
    let expected = [
        "EVENT SUBSCRIBE #0 [a b c]",
        "RPC PROVIDE #0 [add]",
        "EVENT SUBSCRIBE #1 [d]",
        "RPC PROVIDE #1 [sub]",
    ];
    assert_eq!(harness.messages(), expected);
}

#[test]
fn a_subscription_in_the_listener_of_open_is_told_twice_or_not_at_all() {
    let intervals = [Millis::ZERO, Millis::new(100)];
    for interval in intervals {
        let mut harness = Harness::with(|options| options.subscription_interval = interval);
        harness.subscribe_events(&["before"]);
        let all_users = subscription(Subscription::AllUsers, "");
        harness.in_listener(State::Open, emission("1"));
        harness.in_listener(State::Open, subscription(Subscription::Event, "within"));
        harness.in_listener(State::Open, all_users);
        harness.connects();
        harness.advance(1_000);
        let expected =
            ["EVENT SUBSCRIBE #0 [before within]", "PRESENCE SUBSCRIBE_ALL", "EVENT EMIT 1 = 1"];
        assert_eq!(harness.messages(), expected);
    }
}

#[test]
fn a_pause_in_the_listener_of_open_leaves_subscriptions_for_a_connection_that_is_over() {
    let mut harness = Harness::new();
    harness.subscribe_events(&["a"]);
    harness.in_listener(State::Open, Command::Pause);
    harness.opened();
    harness.accept();
    harness.login(DETAILS);
    harness.login_ok(None);
    assert_eq!(harness.client.state(), State::Pausing);
    harness.advance(500);
    assert_eq!(harness.messages(), [""; 0]);
    harness.closes_cleanly();
    harness.resume();
    harness.advance(0);
    harness.connects();
    assert_eq!(harness.messages(), ["EVENT SUBSCRIBE #0 [a]"]);
}

#[test]
fn something_is_told_while_it_is_not_open() {
    for state in STATES.into_iter().filter(|state| !matches!(state, State::Open)) {
        if state == State::AwaitingConnection {
            continue;
        }
        for interval in [Millis::ZERO, Millis::new(100)] {
            let mut harness = Harness::in_state_with(state, |options| {
                options.subscription_interval = interval;
            });
            subscribe_everything(&mut harness);
            harness.unsubscribe_events(&["z"]);
            harness.advance(500);
            assert_eq!(harness.all_messages(), [""; 0], "{state:?}");
        }
    }
}

#[test]
fn what_was_collected_when_the_connection_broke_is_told_twice_or_not_at_all() {
    let mut harness = Harness::open(|_| {});
    harness.subscribe_events(&["a", "b"]);
    harness.advance(100);
    harness.subscribe_events(&["c"]);
    harness.unsubscribe_events(&["a"]);
    harness.advance(50);
    harness.reconnects();
    harness.advance(1_000);
    assert_eq!(harness.messages(), ["EVENT SUBSCRIBE #0 [b c]"]);
}

#[test]
fn what_goes_while_there_is_no_connection_is_told() {
    let mut harness = Harness::open(|_| {});
    subscribe_everything(&mut harness);
    harness.advance(200);
    harness.fails();
    harness.unsubscribe(Subscription::AllUsers, "");
    harness.unsubscribe(Subscription::User, "bob");
    harness.unprovide("add");
    harness.unlisten("a.*");
    harness.unsubscribe_events(&["z", "a"]);
    harness.advance(0);
    harness.connects();
    harness.advance(1_000);
    assert_eq!(harness.messages(), [""; 0]);
}

#[test]
fn a_resumed_client_has_forgotten_its_subscriptions() {
    let pause = |harness: &mut Harness| harness.pause();
    let close = |harness: &mut Harness| harness.close();
    let endings: [fn(&mut Harness); 2] = [pause, close];
    for end in endings {
        let mut harness = Harness::open(|_| {});
        subscribe_everything(&mut harness);
        harness.advance(200);
        end(&mut harness);
        harness.closes_cleanly();
        harness.resume();
        harness.advance(0);
        harness.connects();
        assert_eq!(harness.messages(), EVERYTHING);
    }
}

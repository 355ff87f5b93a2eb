//! A socket that is not open any more when it is given a message.

use deepstream_wasm::core::io::{Command, Input, PageEvent};
use deepstream_wasm::core::protocol::RpcAction;

use crate::harness::Harness;

const REQUEST: &str = "RPC REQUEST #c1 add = 1";

/// The socket reports its end, and the next one takes everything.
fn reconnects(harness: &mut Harness) {
    harness.closes_cleanly();
    harness.browser.takes = usize::MAX;
    harness.advance(0);
    harness.connects();
}

/// The socket is closed, and the client is connected again by the application.
fn comes_back(harness: &mut Harness) {
    harness.closes_cleanly();
    harness.browser.takes = usize::MAX;
    harness.resume();
    harness.advance(0);
    harness.connects();
}

#[test]
fn a_refused_request_is_lost_or_doubled() {
    let mut harness = Harness::open(|_| {});
    harness.browser.takes = 0;
    let ticket = harness.make("c1");
    harness.assert_pending(ticket);
    harness.advance(900);
    reconnects(&mut harness);
    assert_eq!(harness.all_messages(), [REQUEST]);
    harness.assert_pending(ticket);
    harness.advance(5_000);
    harness.assert_pending(ticket);
    harness.reconnects();
    harness.assert_offline(ticket);
    assert_eq!(harness.messages(), [""; 0], "it was under way this time");
}

#[test]
fn a_refused_request_takes_those_along_that_were_taken() {
    let mut harness = Harness::open(|_| {});
    harness.browser.takes = 1;
    let taken = harness.make("c0");
    let refused = harness.make("c1");
    harness.send("1");
    let waiting = harness.ask_for_all();
    reconnects(&mut harness);
    harness.assert_offline(taken);
    harness.assert_pending(refused);
    harness.assert_pending(waiting);
    assert_eq!(harness.messages(), [REQUEST, "EVENT EMIT 1 = 1", "PRESENCE QUERY_ALL"]);
}

#[test]
fn a_refused_request_waits_for_ever() {
    let mut harness = Harness::open(|_| {});
    harness.browser.takes = 0;
    let ticket = harness.make("c1");
    harness.advance(900);
    harness.closes_cleanly();
    harness.advance(1_999);
    harness.assert_pending(ticket);
    harness.advance(1);
    harness.assert_offline(ticket);
    harness.browser.takes = usize::MAX;
    harness.connects();
    assert_eq!(harness.messages(), [""; 0]);
}

#[test]
fn a_refused_request_is_left_pending_by_a_call_that_ends_it() {
    for end in [Harness::pause, Harness::close] {
        let mut harness = Harness::open(|_| {});
        harness.browser.takes = 0;
        let ticket = harness.make("c1");
        end(&mut harness);
        harness.assert_offline(ticket);
        comes_back(&mut harness);
        assert_eq!(harness.all_messages(), [""; 0]);
    }
}

#[test]
fn a_request_before_a_call_in_one_listener_is_sent_after_it() {
    for takes in [0, usize::MAX] {
        for end in [|| Command::Pause, || Command::Close] {
            let mut harness = Harness::open(|_| {});
            harness.browser.takes = takes;
            let ticket = harness.make_unpolled("c1");
            harness.client.handle_input(Input::Command(end()), harness.instant());
            harness.page(PageEvent::Offline);
            harness.assert_offline(ticket);
            comes_back(&mut harness);
            assert_eq!(harness.messages(), [""; 0]);
        }
    }
}

#[test]
fn a_refused_subscription_is_lost_or_doubled() {
    let mut harness = Harness::open(|_| {});
    harness.subscribe_events(&["a"]);
    harness.listen("a.*");
    harness.browser.takes = 0;
    harness.advance(100);
    harness.subscribe_events(&["b"]);
    harness.advance(100);
    reconnects(&mut harness);
    harness.advance(1_000);
    assert_eq!(harness.messages(), ["EVENT SUBSCRIBE #0 [a b]", "EVENT LISTEN a.*"]);
}

#[test]
fn what_a_new_connection_begins_with_is_refused_for_good() {
    let mut harness = Harness::new();
    harness.subscribe_events(&["a"]);
    harness.provide("add");
    let ticket = harness.make("c1");
    harness.send("1");
    harness.browser.takes = 1;
    harness.connects();
    assert_eq!(harness.messages(), ["EVENT SUBSCRIBE #0 [a]"]);
    reconnects(&mut harness);
    let expected = ["EVENT SUBSCRIBE #0 [a]", "RPC PROVIDE #0 [add]", REQUEST, "EVENT EMIT 1 = 1"];
    assert_eq!(harness.messages(), expected);
    harness.assert_pending(ticket);
}

#[test]
fn a_refused_answer_is_kept_for_a_connection_that_it_means_nothing_to() {
    let mut harness = Harness::open(|_| {});
    harness.browser.takes = 0;
    harness.answer_rpc(RpcAction::Accept, "s1", None);
    harness.answer_rpc(RpcAction::Response, "s1", Some("3"));
    reconnects(&mut harness);
    assert_eq!(harness.messages(), ["RPC RESPONSE #s1 add = 3"]);
}

#[test]
fn a_full_socket_loses_requests_or_answers_for_them() {
    let payload = format!("\"{}\"", "x".repeat(70_000));
    let mut harness = Harness::open(|_| {});
    harness.browser.buffered = 2 * 1_024 * 1_024;
    harness.send_with("1", &payload);
    let first = harness.make("c1");
    assert_eq!(harness.messages().len(), 1, "it waits for room");
    harness.browser.buffered = 0;
    harness.advance(20);
    assert_eq!(harness.messages()[1..], [REQUEST]);
    harness.assert_pending(first);
}

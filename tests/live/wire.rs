//! Bytes: what the official encoder makes of the same message, in `golden/frames.txt`.

use deepstream_wasm::core::io::Subscription;
use deepstream_wasm::core::protocol::{EventAction, RpcAction};

use crate::harness::Harness;

const FRAMES: &str = include_str!("../golden/frames.txt");

fn assert_golden(harness: &Harness, what: &str) {
    let digits = FRAMES.lines().find_map(|line| line.strip_prefix(what)?.strip_prefix('\t'));
    let (_, digits) = digits.expect(what).split_once('\t').unwrap();
    let bytes = harness.last_bytes().iter().map(|byte| format!("{byte:02x}"));
    assert_eq!(bytes.collect::<String>(), digits, "{what}");
}

#[test]
fn a_bulk_subscription_is_other_bytes_than_the_official() {
    let mut harness = Harness::open(|_| {});
    harness.subscribe_events(&["test1", "test2"]);
    harness.advance(100);
    assert_golden(&harness, "event subscribe bulk");
    harness.unsubscribe_events(&["test1"]);
    harness.advance(100);
    assert_golden(&harness, "event unsubscribe bulk");

    harness.provide("add");
    harness.advance(100);
    assert_golden(&harness, "rpc provide");

    harness.subscribe(Subscription::User, "bob");
    harness.advance(100);
    assert_golden(&harness, "presence subscribe");
}

#[test]
fn a_subscription_of_its_own_is_other_bytes_than_the_official() {
    let mut harness = Harness::open(|_| {});
    harness.listen("a.*");
    assert_golden(&harness, "event listen");
    harness.answer_listen(EventAction::ListenAccept, "a.*", "a1");
    assert_golden(&harness, "event listen accept");
    harness.subscribe_all_users();
    assert_golden(&harness, "presence subscribe all");
}

#[test]
fn a_query_is_other_bytes_than_the_official() {
    let mut harness = Harness::open(|_| {});
    harness.ask_for_all();
    assert_golden(&harness, "presence query all");
    harness.ask_for(&["bob"]);
    assert_golden(&harness, "presence query");
}

#[test]
fn an_rpc_is_other_bytes_than_the_official() {
    let mut harness = Harness::open(|_| {});
    harness.make_with("c1", "{\"a\":1,\"b\":2}");
    assert_golden(&harness, "rpc request");
    harness.answer_rpc(RpcAction::Accept, "c1", None);
    assert_golden(&harness, "rpc accept");
    harness.answer_rpc(RpcAction::Response, "c1", Some("3"));
    assert_golden(&harness, "rpc response");
    harness.answer_rpc(RpcAction::RequestError, "c1", Some("\"bad\""));
    assert_golden(&harness, "rpc request error");
    harness.answer_rpc(RpcAction::Reject, "c1", None);
    assert_golden(&harness, "rpc reject");
}

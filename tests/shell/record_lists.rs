//! Lists: entries, their events and what is sent.

use deepstream_wasm::core::protocol::RecordAction;
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::client::{Spy, call, run, settled};
use crate::record_server::{heard, of, world};

const EVENTS: [&str; 3] = ["entry-added", "entry-removed", "entry-moved"];

/// What is told of entries, in order.
fn told(list: &JsValue) -> Spy {
    let spy = Spy::default();
    for event in EVENTS {
        let source = "it.on(event, (...rest) => spy(event.slice(6), ...rest))";
        run(source, &[("it", list), ("event", &event.into()), ("spy", &spy.function())])
            .expect("valid");
    }
    spy
}

#[wasm_bindgen_test]
fn entries_of_what_is_no_list_are_something() {
    let world = world();
    let it = world.get("getList", "r");
    assert_eq!(of(&it, "[it.getEntries(), it.isEmpty(), it.version]"), "[[],true,null]");
    world.read("r", 0, "{}");
    assert_eq!(of(&it, "[it.getEntries(), it.isEmpty(), it.version]"), "[[],true,0]");
    world.update(1, "[\"a\",\"b\"]");
    assert_eq!(of(&it, "[it.getEntries(), it.isEmpty(), it.version]"), "[[\"a\",\"b\"],false,1]");
}

#[wasm_bindgen_test]
fn changes_of_entries_are_told_otherwise_than_by_the_javascript_client() {
    let world = world();
    let it = world.open("getList", "[\"a\",\"b\"]");
    let events = told(&it);
    for (source, message, expected) in [
        ("it.addEntry('c')", "UPDATE r v2 [\"a\",\"b\",\"c\"]", vec!["[\"added\",\"c\",2]"]),
        (
            "it.addEntry('d', 0)",
            "UPDATE r v3 [\"d\",\"a\",\"b\",\"c\"]",
            vec![
                "[\"added\",\"d\",0]",
                "[\"moved\",\"a\",1]",
                "[\"moved\",\"b\",2]",
                "[\"moved\",\"c\",3]",
            ],
        ),
        (
            "it.removeEntry('a')",
            "UPDATE r v4 [\"d\",\"b\",\"c\"]",
            vec!["[\"removed\",\"a\",1]", "[\"moved\",\"b\",1]", "[\"moved\",\"c\",2]"],
        ),
        ("it.removeEntry('c', 2)", "UPDATE r v5 [\"d\",\"b\"]", vec!["[\"removed\",\"c\",2]"]),
        (
            "it.setEntries(['e'])",
            "UPDATE r v6 [\"e\"]",
            vec!["[\"removed\",\"d\",0]", "[\"removed\",\"b\",1]", "[\"added\",\"e\",0]"],
        ),
    ] {
        let before = events.count();
        run(source, &[("it", &it)]).expect("valid");
        assert_eq!(world.sent(), [message], "{source}");
        assert_eq!(events.calls()[before..], expected, "{source}");
    }
    let before = events.count();
    run("it.removeEntry('x'); it.removeEntry('e', 1)", &[("it", &it)]).expect("it is no error");
    assert_eq!((world.sent().len(), events.count()), (0, before));
    world.update(7, "[\"e\",\"f\"]");
    assert_eq!(events.calls()[before..], ["[\"added\",\"f\",1]"]);
}

#[wasm_bindgen_test]
fn a_listener_for_once_is_told_of_later_entries_or_ends_the_others() {
    let world = world();
    let it = world.open("getList", "[]");
    let (once, always) = (Spy::default(), Spy::default());
    let given =
        [("it", &it), ("once", &once.function().into()), ("always", &always.function().into())];
    let given = given.map(|(name, value): (&str, &JsValue)| (name, value));
    run("it.once('entry-added', once); it.on('entry-added', always)", &given).expect("valid");
    run("it.addEntry('a'); it.addEntry('b')", &given).expect("valid");
    assert_eq!((once.count(), always.count()), (1, 2));
    run("it.off('entry-added', always); it.addEntry('c')", &given).expect("valid");
    assert_eq!(always.count(), 2);
    run("it.on('entry-added', always); it.addEntry('d')", &given).expect("valid");
    assert_eq!(always.calls().last().map(String::as_str), Some("[\"d\",3]"));
}

#[wasm_bindgen_test]
fn a_subscriber_of_a_list_is_given_something_else_than_entries() {
    let world = world();
    let it = world.get("getList", "r");
    let record = world.get("getRecord", "r");
    let (spy, now, raw) = (Spy::default(), Spy::default(), Spy::default());
    let functions = [&spy, &now, &raw].map(|spy| JsValue::from(spy.function()));
    let [f, g, h] = &functions;
    let given = [("it", &it), ("record", &record), ("spy", f), ("now", g), ("raw", h)];
    run("it.subscribe(spy); it.subscribe(now, true); record.subscribe(raw)", &given)
        .expect("valid");
    world.read("r", 1, "{}");
    assert_eq!((now.calls(), raw.calls()), (vec!["[[]]".to_owned()], vec!["[{}]".to_owned()]));
    world.update(2, "[\"a\"]");
    assert_eq!(spy.calls().last().map(String::as_str), Some("[[\"a\"]]"));
    assert_eq!((now.count(), raw.count()), (2, 2));
    run("it.unsubscribe(spy); it.addEntry('b')", &given).expect("valid");
    assert_eq!((spy.count(), now.count()), (2, 3));
}

#[wasm_bindgen_test]
fn entries_that_are_added_before_the_list_is_there_replace_it() {
    let world = world();
    let it = world.get("getList", "r");
    let source = "it.addEntry('x'); it.addEntry('y', 0); it.removeEntry('a')";
    run(source, &[("it", &it)]).expect("valid");
    world.read("r", 1, "[\"a\",\"b\"]");
    assert_eq!(of(&it, "it.getEntries()"), "[\"y\",\"b\",\"x\"]");
    let sent = world.sent();
    assert_eq!(sent.last().map(String::as_str), Some("UPDATE r v2 [\"y\",\"b\",\"x\"]"));
}

#[wasm_bindgen_test]
async fn an_acknowledged_change_of_entries_is_not_answered() {
    let world = world();
    let it = world.open("getList", "[]");
    let spy = Spy::default();
    let given = [("it", &it), ("spy", &JsValue::from(spy.function()))];
    for (source, id) in [
        ("it.addEntry('a', undefined, spy)", "1"),
        ("it.removeEntry('a', 0, spy)", "2"),
        ("it.setEntries(['b'], spy)", "3"),
        ("it.setEntriesWithAck(['c'], spy)", "4"),
    ] {
        run(source, &given).expect("valid");
        assert!(world.sent()[0].ends_with(&format!("#{id}")), "{source}");
        world.acknowledge(id);
        assert_eq!(spy.calls().last().map(String::as_str), Some("[null,\"r\"]"), "{source}");
    }
    assert_eq!(spy.count(), 4);
    let promise = run("return it.setEntriesWithAck(['d'])", &given).expect("valid");
    world.acknowledge("5");
    assert_eq!(settled(promise).await, Ok(JsValue::UNDEFINED));
}

#[wasm_bindgen_test]
fn a_list_that_is_discarded_or_deleted_is_told_of_entries() {
    let world = world();
    let [it, other] = [world.open("getList", "[]"), world.get("getList", "r")];
    let [first, second] = [told(&it), told(&other)];
    call(&it, "discard", &[]).expect("valid");
    world.update(2, "[\"a\"]");
    assert_eq!(second.count(), 1);
    let deleted = heard(&other, "delete");
    world.say(RecordAction::Deleted, "r", |_| {});
    assert_eq!((deleted.count(), deleted.last().get(0)), (1, other.clone()));
    assert!(first.count() <= 1);
}

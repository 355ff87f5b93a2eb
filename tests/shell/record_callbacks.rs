//! Callbacks about records that throw or call back in.

use deepstream_wasm::core::protocol::RecordAction;
use js_sys::Error;
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::client::{Client, Spy, run, uncaught, variadic};
use crate::record_server::{heard, of, subscribed, world};

#[wasm_bindgen_test]
fn what_a_callback_throws_stops_others_or_is_not_reported() {
    let world = world();
    let it = world.get("getRecord", "r");
    let error = JsValue::from(Error::new("mine"));
    let thrown = error.clone();
    let thrower = variadic(move |_| Err(thrown.clone()));
    let spy = Spy::default();
    let given =
        [("it", &it), ("thrower", &JsValue::from(thrower)), ("spy", &spy.function().into())];
    let source = "
        for (const callback of [thrower, spy]) {
          it.whenReady(callback); it.on('ready', callback); it.on('error', callback)
          it.subscribe('a', callback); it.subscribe('a', callback, true); it.on('delete', callback)
        }";
    run(source, &given.map(|(name, value): (&str, &JsValue)| (name, value))).expect("valid");
    let calls = |act: &dyn Fn()| {
        let before = spy.count();
        let thrown = uncaught(act);
        assert_eq!(thrown.last().get(0), error, "the very same");
        (thrown.count(), spy.count() - before)
    };
    assert_eq!(calls(&|| world.read("r", 1, "{\"a\":1}")), (4, 4));
    assert_eq!(calls(&|| world.patch(2, "a", "2")), (2, 2));
    assert_eq!(
        calls(&|| drop(run("it.set('a', 3)", &[("it", &it)]).expect("it throws nothing"))),
        (2, 2)
    );
    assert_eq!(world.sent().last().map(String::as_str), Some("PATCH r v3 a 3"));
    assert_eq!(calls(&|| world.say(RecordAction::Deleted, "r", |_| {})), (1, 1));
    drop(world.record("{}"));
}

#[wasm_bindgen_test]
fn a_write_from_within_a_subscriber_is_lost_or_comes_out_of_order() {
    let world = world();
    let it = world.record("{\"a\":1,\"b\":0}");
    let source = "it.subscribe('a', (a) => { it.set('b', a); if (a < 4) it.set('a', a + 1) })";
    run(source, &[("it", &it)]).expect("valid");
    let [a, b] = ["a", "b"].map(|path| subscribed(&it, path));
    world.patch(2, "a", "2");
    assert_eq!(a.calls(), ["[2]", "[3]", "[4]"]);
    assert_eq!(b.calls(), ["[2]", "[3]", "[4]"]);
    assert_eq!(
        world.sent(),
        ["PATCH r v3 b 2", "PATCH r v4 a 3", "PATCH r v5 b 3", "PATCH r v6 a 4", "PATCH r v7 b 4",]
    );
    assert_eq!(of(&it, "[it.get(), it.version]"), "[{\"a\":4,\"b\":4},7]");
}

#[wasm_bindgen_test]
fn subscribers_that_write_without_end_hang_the_page() {
    let world = world();
    let it = world.record("{\"a\":0}");
    let spy = Spy::default();
    let source = "it.subscribe('a', (a) => { it.set('a', a + 1); spy(a) })";
    run(source, &[("it", &it), ("spy", &spy.function())]).expect("valid");
    run("it.set('a', 1)", &[("it", &it)]).expect("it returns");
    assert!(spy.count() > 1);
    run("it.unsubscribe('a')", &[("it", &it)]).expect("valid");
    world.client.close();
}

#[wasm_bindgen_test]
fn whoever_is_removed_by_a_subscriber_is_called_for_the_next_change() {
    let world = world();
    let it = world.record("{\"a\":1}");
    let [other, late] = [Spy::default(), Spy::default()];
    let functions = [&other, &late].map(|spy| JsValue::from(spy.function()));
    let given = [("it", &it), ("other", &functions[0]), ("late", &functions[1])];
    let source = "
        it.subscribe('a', function meddler() {
          it.unsubscribe('a', meddler); it.unsubscribe('a', other); it.subscribe('a', late)
        })
        it.subscribe('a', other)";
    run(source, &given).expect("valid");
    world.patch(2, "a", "2");
    assert_eq!((other.count(), late.count()), (1, 0), "who was there when it changed");
    world.patch(3, "a", "3");
    assert_eq!((other.count(), late.count()), (1, 1));
}

#[wasm_bindgen_test]
fn discarding_from_within_an_event_breaks_the_record() {
    let world = world();
    let it = world.get("getRecord", "r");
    let other = world.get("getRecord", "r");
    run("it.on('ready', () => it.discard()); it.on('delete', () => it.discard())", &[("it", &it)])
        .expect("valid");
    let (deleted, subscriber) = (heard(&other, "delete"), subscribed(&other, "a"));
    world.read("r", 1, "{\"a\":1}");
    world.patch(2, "a", "2");
    assert_eq!(subscriber.calls(), ["[1]", "[2]"]);
    let errors = world.errors();
    world.say(RecordAction::Deleted, "r", |_| {});
    assert_eq!(deleted.count(), 1);
    let expected = "[{\"methodName\":\"discard\"},\"RECORD_ALREADY_DESTROYED\",\"RECORD\"]";
    assert_eq!(errors.calls(), [expected]);
    let again = world.record("{\"a\":5}");
    assert_eq!(of(&again, "it.get('a')"), "5");
}

#[wasm_bindgen_test]
fn opening_and_deleting_from_within_callbacks_breaks_the_record() {
    let world = world();
    let it = world.get("getRecord", "r");
    let [opened, told] = [Spy::default(), Spy::default()];
    let functions = [&opened, &told].map(|spy| JsValue::from(spy.function()));
    let given = [
        ("it", &it),
        ("records", &world.records),
        ("opened", &functions[0]),
        ("told", &functions[1]),
    ];
    let source = "
        it.whenReady((record) => {
          records.getRecord('r').whenReady(opened)
          records.getRecord('s').whenReady(opened)
          record.set('a', 1)
          record.delete(told)
        })";
    run(source, &given).expect("valid");
    world.read("r", 1, "{}");
    assert_eq!(opened.count(), 1);
    let sent = world.sent();
    assert_eq!(
        sent.iter().filter(|it| it.starts_with("PATCH") || it.starts_with("DELETE")).count(),
        2
    );
    world.say(RecordAction::DeleteSuccess, "r", |_| {});
    world.read("s", 1, "{}");
    assert_eq!((opened.count(), told.calls()), (2, vec!["[null]".to_owned()]));
}

#[wasm_bindgen_test]
fn closing_from_within_when_ready_breaks_the_client() {
    let world = world();
    let it = world.get("getRecord", "r");
    let spy = Spy::default();
    let given = [
        ("it", &it),
        ("client", &JsValue::from(world.client.clone())),
        ("spy", &spy.function().into()),
    ];
    let source = "it.whenReady(() => client.close()); it.whenReady(spy); it.subscribe('a', spy)";
    run(source, &given.map(|(name, value): (&str, &JsValue)| (name, value))).expect("valid");
    world.read("r", 1, "{\"a\":1}");
    assert_eq!(spy.count(), 2, "what was there is told");
    assert_eq!(of(&it, "[it.isReady, it.get('a')]"), "[true,1]");
    world.socket.end(1005);
    assert_eq!(Client::state(&world.client), "CLOSED");
    run("it.set('a', 2)", &[("it", &it)]).expect("it throws nothing");
    assert_eq!(of(&it, "it.get('a')"), "2");
}

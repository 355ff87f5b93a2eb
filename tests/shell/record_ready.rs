//! When a record's data is there: who is told, how, and how often.

use deepstream_wasm::core::protocol::RecordAction;
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::client::{Spy, call, run, scope_spy, settled};
use crate::record_server::{heard, of, subscribed, world};

#[wasm_bindgen_test]
async fn when_ready_gives_another_object_or_calls_on_another() {
    for method in ["getRecord", "getList", "getDq"] {
        let world = world();
        let it = world.get(method, "r");
        assert_eq!(world.sent(), ["SUBSCRIBECREATEANDREAD r"]);
        assert_eq!(
            of(&it, "[it.isReady, it.version, it.name, it.debugId]"),
            "[false,null,\"r\",null]"
        );
        let (scoped, scopes) = scope_spy();
        let spy = Spy::default();
        let promise = call(&it, "whenReady", &[]).expect("valid");
        for callback in [&scoped, &spy.function()] {
            let returned = call(&it, "whenReady", &[callback.into()]).expect("valid");
            assert!(returned.is_undefined(), "no promise besides a callback");
        }
        assert_eq!(spy.count(), 0);
        world.read("r", 3, "{}");
        assert_eq!(of(&it, "[it.isReady, it.version]"), "[true,3]");
        assert_eq!((spy.count(), spy.last().length()), (1, 1));
        assert_eq!(spy.last().get(0), it);
        assert_eq!(*scopes.borrow(), std::slice::from_ref(&it));
        assert_eq!(settled(promise).await, Ok(it.clone()));

        call(&it, "whenReady", &[spy.function().into()]).expect("valid");
        assert_eq!(spy.count(), 2, "within the call, as it is ready");
        let promise = call(&it, "whenReady", &[]).expect("valid");
        assert_eq!(settled(promise).await, Ok(it));
    }
}

#[wasm_bindgen_test]
fn the_event_ready_is_lost_or_told_to_one_handle_alone() {
    let world = world();
    let [one, two] = ["getRecord", "getRecord"].map(|method| world.get(method, "r"));
    assert_ne!(one, two);
    assert_eq!(world.sent(), ["SUBSCRIBECREATEANDREAD r"], "once for both");
    let [first, second] = [&one, &two].map(|it| heard(it, "ready"));
    world.read("r", 0, "{}");
    assert_eq!((first.count(), second.count()), (1, 1));
    assert_eq!((first.last().get(0), second.last().get(0)), (one, two));
}

#[wasm_bindgen_test]
fn a_subscriber_is_not_told_what_arrives_or_of_what_is_not_there() {
    let world = world();
    let it = world.get("getRecord", "r");
    let [root, there, missing] = [
        {
            let spy = Spy::default();
            call(&it, "subscribe", &[spy.function().into()]).expect("valid");
            spy
        },
        subscribed(&it, "a.b"),
        subscribed(&it, "x"),
    ];
    world.read("r", 1, "{\"a\":{\"b\":[1]}}");
    assert_eq!(root.calls(), ["[{\"a\":{\"b\":[1]}}]"]);
    assert_eq!(there.calls(), ["[[1]]"]);
    assert_eq!(missing.count(), 0);
}

#[wasm_bindgen_test]
fn trigger_now_calls_twice_or_not_when_the_data_comes() {
    let world = world();
    let it = world.get("getRecord", "r");
    let [root, there, missing] = [(); 3].map(|()| Spy::default());
    let source = "it.subscribe(root, true); it.subscribe('a', there, true); it.subscribe(true, missing, 'x')";
    let functions = [&root, &there, &missing].map(|spy| JsValue::from(spy.function()));
    let [f, g, h] = &functions;
    run(source, &[("it", &it), ("root", f), ("there", g), ("missing", h)]).expect("valid");
    assert_eq!(root.count() + there.count() + missing.count(), 0, "not before there is data");
    world.read("r", 1, "{\"a\":1}");
    assert_eq!(root.calls(), ["[{\"a\":1}]"]);
    assert_eq!(there.calls(), ["[1]"]);
    assert_eq!(missing.calls(), ["[null]"], "also when there is nothing");
    assert!(missing.last().get(0).is_undefined());
    world.patch(2, "a", "2");
    world.patch(3, "x", "0");
    assert_eq!(root.calls().last().map(String::as_str), Some("[{\"a\":2,\"x\":0}]"));
    assert_eq!((root.count(), there.count(), missing.count()), (3, 2, 2));
    run("it.unsubscribe('a', there)", &[("it", &it), ("there", g)]).expect("valid");
    world.patch(4, "a", "3");
    assert_eq!(there.count(), 2);
}

#[wasm_bindgen_test]
fn trigger_now_does_not_call_at_once_when_there_is_data() {
    let world = world();
    let it = world.record("{\"a\":1}");
    let spy = Spy::default();
    let source = "it.subscribe('a', spy, true); it.subscribe({ path: 'x', callback: spy, triggerNow: true })";
    run(source, &[("it", &it), ("spy", &spy.function())]).expect("valid");
    assert_eq!(spy.calls(), ["[1]", "[null]"]);
    let quiet = subscribed(&it, "a");
    assert_eq!(quiet.count(), 0, "nobody asked for it");
}

#[wasm_bindgen_test]
fn whoever_unsubscribes_before_there_is_data_is_called() {
    let world = world();
    let it = world.get("getRecord", "r");
    let [gone, other] = [Spy::default(), Spy::default()];
    let source =
        "it.subscribe('a', gone, true); it.subscribe('a', other, true); it.unsubscribe('a', gone)";
    let given =
        [("it", &it), ("gone", &gone.function().into()), ("other", &other.function().into())];
    run(source, &given.map(|(name, value): (&str, &JsValue)| (name, value))).expect("valid");
    world.read("r", 1, "{\"a\":1}");
    assert_eq!((gone.count(), other.count()), (0, 1));
}

#[wasm_bindgen_test]
async fn when_ready_hangs_for_a_record_that_may_not_be_read() {
    let world = world();
    let it = world.get("getRecord", "r");
    let errors = heard(&it, "error");
    let client_errors = world.errors();
    let promise = call(&it, "whenReady", &[]).expect("valid");
    let called = Spy::default();
    call(&it, "whenReady", &[called.function().into()]).expect("valid");
    world.refuse(RecordAction::MessageDenied, RecordAction::SubscribeCreateAndRead);
    assert_eq!(settled(promise).await, Err("MESSAGE_DENIED".into()));
    assert_eq!(called.count(), 0, "it has no place for a reason");
    assert_eq!(errors.calls(), ["[\"MESSAGE_DENIED\",\"SUBSCRIBECREATEANDREAD\"]"]);
    assert!(client_errors.count() > 0, "the client tells too, as the JavaScript client's");
}

#[wasm_bindgen_test]
async fn when_ready_hangs_for_a_record_that_is_gone() {
    let world = world();
    let it = world.get("getRecord", "r");
    let promise = call(&it, "whenReady", &[]).expect("valid");
    world.say(RecordAction::Deleted, "r", |_| {});
    assert_eq!(settled(promise).await, Err("RECORD_ALREADY_DESTROYED".into()));
    let again = call(&it, "whenReady", &[]).expect("valid");
    assert_eq!(settled(again).await, Err("RECORD_ALREADY_DESTROYED".into()));
}

#[wasm_bindgen_test]
fn an_object_is_not_told_from_another_with_the_option_debug() {
    let world = crate::record_server::world_with("{ debug: true }");
    let [one, two] = [world.get("getRecord", "r"), world.get("getRecord", "r")];
    assert_eq!(of(&one, "typeof it.debugId"), "\"string\"");
    assert_ne!(of(&one, "it.debugId"), of(&two, "it.debugId"));
}

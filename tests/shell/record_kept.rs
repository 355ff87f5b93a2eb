//! What a client holds on to for a record's objects, and for how long; and that the objects of one
//! record leave each other alone.

use deepstream_wasm::core::protocol::RecordAction;
use js_sys::{Map, Reflect, WeakRef};
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::client::{Client, Spy, call, run, until};
use crate::record_server::{World, heard, of, subscribed, world, world_with};

fn held(client: &Client) -> Map {
    Reflect::get(client, &"held".into()).expect("there").unchecked_into()
}

fn is_held(world: &World, object: &JsValue) -> bool {
    held(&world.client).values().into_iter().any(|value| value.as_ref() == Ok(object))
}

/// How much is held, whatever others do.
fn count_held(client: &Client) -> usize {
    let is_strong = |value: &Result<JsValue, JsValue>| {
        value.as_ref().is_ok_and(|value| !value.is_instance_of::<WeakRef>())
    };
    held(client).values().into_iter().filter(is_strong).count()
}

#[wasm_bindgen_test]
fn a_page_that_keeps_nothing_but_a_subscription_is_not_called_any_more() {
    for method in ["getRecord", "getList", "getDq"] {
        let world = world();
        let it = world.open(method, "{}");
        assert!(!is_held(&world, &it), "nobody could be called");
        let given = [("it", &it), ("spy", &Spy::default().function().into())];
        let given = given.map(|(name, value): (&str, &JsValue)| (name, value));
        run("it.subscribe(spy); it.subscribe(spy)", &given).expect("valid");
        assert!(is_held(&world, &it), "or garbage collection would end the subscription");
        run("it.unsubscribe(spy)", &given).expect("valid");
        assert!(!is_held(&world, &it));
        run("it.subscribe(spy, true)", &given).expect("valid");
        assert!(is_held(&world, &it));
        run("it.discard()", &given).expect("valid");
        assert!(!is_held(&world, &it));
    }
}

#[wasm_bindgen_test]
fn a_page_that_waits_for_the_data_keeps_nothing_and_is_not_called() {
    let world = world();
    let it = world.get("getRecord", "r");
    let spy = Spy::default();
    call(&it, "subscribe", &[spy.function().into(), true.into()]).expect("valid");
    assert!(is_held(&world, &it));
    let other = world.get("getRecord", "r");
    call(&other, "whenReady", &[spy.function().into()]).expect("valid");
    assert!(is_held(&world, &other));
    world.read("r", 1, "{}");
    assert!(is_held(&world, &it) && !is_held(&world, &other));
}

#[wasm_bindgen_test]
async fn what_was_put_up_for_a_record_is_held_after_its_end() {
    let world = world_with("{ recordDiscardTimeout: 1 }");
    let before = count_held(&world.client);
    for is_deleted in [false, true] {
        let it = world.get("getRecord", "r");
        let spy = Spy::default();
        let given = [("it", &it), ("spy", &JsValue::from(spy.function()))];
        let source = "
            it.on('discard', spy).on('delete', spy).once('error', spy, {})
            it.subscribe('a', spy); it.subscribe(spy, true); it.whenReady(spy); it.set('a', 1, spy)";
        run(source, &given).expect("valid");
        world.read("r", 1, "{}");
        assert!(count_held(&world.client) > before);
        if is_deleted {
            call(&it, "delete", &[spy.function().into()]).expect("valid");
            world.say(RecordAction::DeleteSuccess, "r", |_| {});
        } else {
            world.acknowledge("1");
            let count = spy.count();
            call(&it, "discard", &[]).expect("valid");
            until(|| spy.count() > count).await;
        }
        assert_eq!(count_held(&world.client), before, "deleted: {is_deleted}");
    }
}

#[wasm_bindgen_test]
fn an_object_that_was_let_go_of_leaves_its_functions_behind() {
    let world = world();
    let it = world.record("{}");
    let other = world.get("getRecord", "r");
    let before = held(&world.client).size();
    run(
        "it.on('error', spy); it.subscribe('a', spy)",
        &[("it", &it), ("spy", &Spy::default().function())],
    )
    .expect("valid");
    // As its garbage collection does.
    call(&it, "free", &[]).expect("there");
    assert_eq!(held(&world.client).size(), before - 1, "the object itself has no place any more");
    let spy = subscribed(&other, "a");
    world.patch(2, "a", "1");
    assert_eq!(spy.calls(), ["[1]"]);
}

#[wasm_bindgen_test]
fn a_strategy_is_held_after_another_took_its_place() {
    let world = world();
    let it = world.record("{}");
    let set = || run("it.setMergeStrategy(() => {})", &[("it", &it)]).expect("valid");
    set();
    let before = held(&world.client).size();
    set();
    assert_eq!(held(&world.client).size(), before);
}

#[wasm_bindgen_test]
fn subscriptions_of_one_object_end_with_those_of_another() {
    let world = world();
    let [one, two] = [world.record("{\"a\":1}"), world.get("getRecord", "r")];
    let [first, second] = [subscribed(&one, "a"), subscribed(&two, "a")];
    let shared = Spy::default();
    let function = JsValue::from(shared.function());
    for it in [&one, &two] {
        run("it.subscribe('a', f)", &[("it", it), ("f", &function)]).expect("valid");
    }
    run("it.unsubscribe('a', f)", &[("it", &one), ("f", &function)]).expect("valid");
    world.patch(2, "a", "2");
    assert_eq!((first.count(), second.count(), shared.count()), (1, 1, 1));
    run("it.unsubscribe('a')", &[("it", &one)]).expect("valid");
    world.patch(3, "a", "3");
    assert_eq!((first.count(), second.count(), shared.count()), (1, 2, 2));
}

#[wasm_bindgen_test]
async fn discarding_one_object_ends_the_other() {
    let world = world_with("{ recordDiscardTimeout: 1 }");
    let [one, two] = [world.record("{\"a\":1}"), world.get("getRecord", "r")];
    let [of_one, of_two] = [&one, &two].map(|it| heard(it, "discard"));
    let [first, second] = [subscribed(&one, "a"), subscribed(&two, "a")];
    run("it.discard(); it.discard()", &[("it", &one)]).expect("valid");
    crate::client::idle().await;
    world.patch(2, "a", "2");
    assert_eq!((first.count(), second.count()), (0, 1));
    assert_eq!((world.sent().len(), of_one.count()), (0, 0));
    assert_eq!(of(&world.records, "it.names()"), "[\"r\"]");
    call(&two, "discard", &[]).expect("valid");
    until(|| of_two.count() == 1).await;
    assert_eq!((of_one.count(), of_two.calls()), (1, vec!["[]".to_owned()]));
    assert_eq!(
        (world.sent(), of(&world.records, "it.names()")),
        (vec!["UNSUBSCRIBE r".to_owned()], "[]".to_owned())
    );
}

#[wasm_bindgen_test]
async fn a_record_that_is_opened_again_in_time_is_let_go_of() {
    let world = world_with("{ recordDiscardTimeout: 20 }");
    let one = world.record("{\"a\":1}");
    let discarded = heard(&one, "discard");
    call(&one, "discard", &[]).expect("valid");
    let two = world.get("getRecord", "r");
    assert_eq!(of(&two, "[it.isReady, it.get('a')]"), "[true,1]");
    let passed = Spy::default();
    crate::client::script("setTimeout(it, 60)", &passed.function());
    until(|| passed.count() == 1).await;
    assert_eq!((world.sent().len(), discarded.count()), (0, 0));
    let spy = subscribed(&one, "a");
    world.patch(2, "a", "2");
    assert_eq!(spy.calls(), ["[2]"], "the record is there still");
}

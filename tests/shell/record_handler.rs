//! `client.record`: questions and writes about records that need not be open.

use deepstream_wasm::core::protocol::RecordAction;
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::client::{Spy, json, run, settled};
use crate::record_server::{World, of, world, world_with};

fn ask(world: &World, source: &str, spy: &Spy) -> JsValue {
    let source = format!("return it.{source}");
    run(&source, &[("it", &world.records), ("spy", &spy.function())]).expect("valid")
}

fn head(world: &World, version: i32) {
    world.say(RecordAction::HeadResponse, "r", |message| message.version = Some(version));
}

#[wasm_bindgen_test]
async fn a_snapshot_is_another_or_its_refusal_no_text() {
    let world = world();
    let spy = Spy::default();
    let promise = ask(&world, "snapshot('r')", &spy);
    ask(&world, "snapshot('r', spy)", &spy);
    assert_eq!(world.sent(), ["READ r"], "once for both");
    world.read("r", 1, "{\"a\":1}");
    assert_eq!(json(&settled(promise).await.expect("it is there")), "{\"a\":1}");
    assert_eq!(spy.calls(), ["[null,{\"a\":1}]"]);
    let promise = ask(&world, "snapshot('r')", &spy);
    ask(&world, "snapshot('r', spy)", &spy);
    world.refuse(RecordAction::RecordNotFound, RecordAction::Read);
    assert_eq!(settled(promise).await, Err("RECORD_NOT_FOUND".into()));
    assert_eq!(spy.calls().last().map(String::as_str), Some("[\"RECORD_NOT_FOUND\"]"));
}

#[wasm_bindgen_test]
fn a_record_that_is_open_is_asked_for() {
    let world = world();
    let it = world.record("{\"a\":{\"b\":1}}");
    let spy = Spy::default();
    for source in ["snapshot('r', spy)", "head('r', spy)", "has('r', spy)"] {
        ask(&world, source, &spy);
    }
    assert_eq!(spy.calls(), ["[null,{\"a\":{\"b\":1}}]", "[null,1]", "[null,true]"]);
    assert_eq!(world.sent(), [""; 0]);
    run("records.snapshot('r', (error, data) => { data.a.b = 2 })", &[("records", &world.records)])
        .expect("valid");
    assert_eq!(of(&it, "it.get('a.b')"), "1", "it was a copy");
}

#[wasm_bindgen_test]
async fn head_and_has_give_something_else() {
    let world = world();
    let spy = Spy::default();
    for (version, has) in [(3, true), (-1, false)] {
        let [first, second] = ["head('r')", "has('r')"].map(|source| ask(&world, source, &spy));
        ask(&world, "head('r', spy)", &spy);
        ask(&world, "has('r', spy)", &spy);
        assert_eq!(world.sent(), ["HEAD r"]);
        head(&world, version);
        assert_eq!(settled(first).await, Ok(version.into()));
        assert_eq!(settled(second).await, Ok(has.into()));
    }
    assert_eq!(spy.calls(), ["[null,3]", "[null,true]", "[null,-1]", "[null,false]"]);
    ask(&world, "has('r', spy)", &spy);
    world.refuse(RecordAction::MessageDenied, RecordAction::Head);
    assert_eq!(spy.calls().last().map(String::as_str), Some("[\"MESSAGE_DENIED\",null]"));
}

#[wasm_bindgen_test]
async fn what_is_not_answered_in_time_hangs() {
    let world = world_with("{ recordReadTimeout: 1 }");
    let promise = ask(&world, "snapshot('r')", &Spy::default());
    assert_eq!(settled(promise).await, Err("ACK_TIMEOUT".into()));
}

#[wasm_bindgen_test]
async fn a_question_without_a_connection_hangs() {
    let world = world();
    world.client.close();
    world.socket.end(1005);
    for source in
        ["snapshot('r')", "has('r')", "head('r')", "setDataWithAck('r', {})", "notify(['r'])"]
    {
        let promise = ask(&world, source, &Spy::default());
        assert_eq!(settled(promise).await, Err("client offline".into()), "{source}");
    }
}

#[wasm_bindgen_test]
async fn set_data_sends_something_else_than_the_javascript_client() {
    let world = world();
    for (source, message) in [
        ("setData('r', { a: 1 })", "CREATEANDUPDATE r v-1 {\"a\":1}"),
        ("setData('r', 'a.b', 1)", "CREATEANDPATCH r v-1 a.b 1"),
        ("setData('r', 'a', undefined)", "ERASE r v-1 a"),
        ("setData('r', { a: 1 }, spy)", "CREATEANDUPDATE r v-1 {\"a\":1} #1"),
        ("setData('r', 'a', 1, spy)", "CREATEANDPATCH r v-1 a 1 #2"),
        ("setDataWithAck('r', [1])", "CREATEANDUPDATE r v-1 [1] #3"),
    ] {
        let spy = Spy::default();
        let returned = ask(&world, source, &spy);
        assert_eq!(world.sent(), [message]);
        if source.contains("spy") {
            world.acknowledge(if message.ends_with('1') { "1" } else { "2" });
            assert_eq!(spy.calls(), ["[null,\"r\"]"], "{source}");
        }
        if source.contains("Ack") {
            world.acknowledge("3");
            assert_eq!(settled(returned).await, Ok(JsValue::UNDEFINED));
        } else {
            assert!(returned.is_undefined());
        }
    }
}

#[wasm_bindgen_test]
fn set_data_passes_an_open_record_by() {
    let world = world();
    let it = world.record("{\"a\":1}");
    let spy = crate::record_server::subscribed(&it, "a");
    ask(&world, "setData('r', 'a', 2)", &spy);
    assert_eq!(
        (world.sent(), spy.calls()),
        (vec!["PATCH r v2 a 2".to_owned()], vec!["[2]".to_owned()])
    );
}

#[wasm_bindgen_test]
async fn a_refused_notification_is_taken_for_a_success() {
    let world = world();
    let spy = Spy::default();
    for data in [None, Some("\"no\"")] {
        let promise = ask(&world, "notify(['r', 's'])", &spy);
        let messages = world.socket.take_messages();
        let id = messages[0].correlation_id.clone().expect("it has an id").into_owned();
        assert_eq!((messages[0].action, messages[0].names.len()), (RecordAction::Notify.into(), 2));
        world.say(RecordAction::Notify, "", |message| {
            message.name = None;
            message.is_ack = Some(true);
            message.correlation_id = Some(id.into());
            message.data = data.map(Into::into);
        });
        let expected = data.map_or(Ok(JsValue::UNDEFINED), |data| Err(data.into()));
        assert_eq!(settled(promise).await, expected);
    }
}

#[wasm_bindgen_test]
fn names_are_others_than_those_of_the_records_that_are_open() {
    let world = world();
    assert_eq!(of(&world.records, "it.names()"), "[]");
    for (method, name) in [("getRecord", "b"), ("getList", "a"), ("getDq", "c"), ("getRecord", "b")]
    {
        world.get(method, name);
    }
    assert_eq!(of(&world.records, "it.names()"), "[\"b\",\"a\",\"c\"]");
}

#[wasm_bindgen_test]
async fn clearing_a_storage_that_there_is_not_hangs() {
    let world = world();
    let spy = Spy::default();
    assert_eq!(settled(ask(&world, "clearOfflineStorage()", &spy)).await, Ok(JsValue::UNDEFINED));
    ask(&world, "clearOfflineStorage(spy)", &spy);
    assert_eq!(spy.calls(), ["[null]"]);
    assert!(ask(&world, "saveToOfflineStorage()", &spy).is_undefined());
}

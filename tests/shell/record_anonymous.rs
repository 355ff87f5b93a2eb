//! Anonymous records: what stays while the record is exchanged.

use deepstream_wasm::core::protocol::RecordAction;
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::client::{Spy, call, run, settled};
use crate::record_server::{World, heard, of, world};

fn anonymous(world: &World) -> JsValue {
    call(&world.records, "getAnonymousRecord", &[]).expect("valid")
}

fn set_name(it: &JsValue, name: &str) {
    call(it, "setName", &[name.into()]).expect("valid");
}

#[wasm_bindgen_test]
fn without_a_name_there_is_something() {
    let world = world();
    let it = anonymous(&world);
    assert_eq!(of(&it, "[it.name, it.isReady, it.version]"), "[\"\",false,-1]");
    for source in [
        "it.get()",
        "it.get('a')",
        "it.set({})",
        "it.set('a', 1, () => {})",
        "it.setWithAck('a', 1)",
        "it.erase('a')",
        "it.eraseWithAck('a')",
        "it.whenReady()",
        "it.whenReady(() => {})",
        "it.discard()",
        "it.delete()",
        "it.setMergeStrategy(() => {})",
    ] {
        let returned = run(&format!("return {source}"), &[("it", &it)]);
        assert_eq!(returned, Ok(JsValue::UNDEFINED), "{source}");
    }
    assert_eq!(world.sent(), [""; 0]);
}

#[wasm_bindgen_test]
async fn a_name_is_not_told_or_its_record_not_waited_for() {
    let world = world();
    let it = anonymous(&world);
    let (changed, ready) = (heard(&it, "nameChanged"), Spy::default());
    let promise = call(&it, "setName", &["r".into()]).expect("valid");
    assert_eq!(
        (changed.calls(), of(&it, "it.name")),
        (vec!["[\"r\"]".to_owned()], "\"r\"".to_owned())
    );
    assert_eq!(world.sent(), ["SUBSCRIBECREATEANDREAD r"]);
    world.read("r", 4, "{\"a\":1}");
    assert_eq!(settled(promise).await, Ok(it.clone()));
    assert_eq!(of(&it, "[it.isReady, it.version, it.get('a')]"), "[true,4,1]");
    let same = call(&it, "setName", &["r".into()]).expect("valid");
    assert_eq!(settled(same).await, Ok(it.clone()));
    assert_eq!(changed.count(), 1, "it has that name already");
    run("it.setName('s', ready)", &[("it", &it), ("ready", &ready.function())]).expect("valid");
    world.read("s", 1, "{}");
    assert_eq!((ready.count(), ready.last().get(0)), (1, it.clone()));
    run("it.erase('a'); it.eraseWithAck('b')", &[("it", &it)]).expect("valid, unlike upstream");
}

#[wasm_bindgen_test]
fn subscribers_do_not_go_along_to_the_next_record_or_hear_of_the_last() {
    let world = world();
    let it = anonymous(&world);
    let [plain, triggered, gone] = [Spy::default(), Spy::default(), Spy::default()];
    let functions = [&plain, &triggered, &gone].map(|spy| JsValue::from(spy.function()));
    let [f, g, h] = &functions;
    let given = [("it", &it), ("plain", f), ("triggered", g), ("gone", h)];
    let source = "
        it.subscribe('a', plain); it.subscribe('a', triggered, true); it.subscribe('a', gone)
        it.subscribe('a', gone, true); it.unsubscribe('a', gone)";
    run(source, &given).expect("valid");
    let other = world.record("{\"a\":1}");
    set_name(&it, "r");
    assert_eq!((plain.count(), triggered.calls()), (0, vec!["[1]".to_owned()]), "it was there");
    world.patch(2, "a", "2");
    assert_eq!((plain.calls(), triggered.count()), (vec!["[2]".to_owned()], 2));
    set_name(&it, "s");
    run("it.set('a', 3)", &[("it", &other)]).expect("valid");
    assert_eq!((plain.count(), triggered.count()), (1, 2), "that is another record now");
    world.read("s", 1, "{\"a\":9}");
    assert_eq!((plain.calls().last().cloned(), plain.count()), (Some("[9]".to_owned()), 2));
    assert_eq!((triggered.calls().last().cloned(), triggered.count()), (Some("[9]".to_owned()), 3));
    set_name(&it, "r");
    assert_eq!((plain.count(), triggered.count()), (2, 4));
    run("it.unsubscribe('a', triggered)", &given).expect("valid");
    world.patch(4, "a", "4");
    assert_eq!((plain.count(), triggered.count(), gone.count()), (3, 4, 0));
}

#[wasm_bindgen_test]
fn a_record_that_was_discarded_is_heard_or_its_subscribers_are_lost() {
    let world = world();
    let it = anonymous(&world);
    let other = world.record("{\"a\":1}");
    set_name(&it, "r");
    let spy = crate::record_server::subscribed(&it, "a");
    let quiet = crate::record_server::subscribed(&other, "a");
    call(&it, "discard", &[]).expect("valid");
    world.patch(2, "a", "2");
    assert_eq!((spy.count(), quiet.count()), (0, 1));
    for name in ["s", "r"] {
        set_name(&it, name);
    }
    world.patch(3, "a", "3");
    assert_eq!((spy.count(), quiet.count()), (1, 2));
    call(&it, "discard", &[]).expect("valid");
    set_name(&it, "r");
    world.patch(4, "a", "4");
    assert_eq!(spy.count(), 2, "the same name opens it again");
}

#[wasm_bindgen_test]
async fn a_record_that_was_deleted_cannot_be_had_again() {
    let world = world();
    let it = anonymous(&world);
    set_name(&it, "r");
    world.read("r", 1, "{\"a\":1}");
    let (deleted, spy) = (heard(&it, "delete"), crate::record_server::subscribed(&it, "a"));
    let promise = call(&it, "delete", &[]).expect("valid");
    world.say(RecordAction::DeleteSuccess, "r", |_| {});
    assert_eq!(settled(promise).await, Ok(JsValue::UNDEFINED));
    assert_eq!((deleted.count(), of(&it, "it.isReady")), (1, "false".to_owned()));
    set_name(&it, "r");
    world.read("r", 1, "{\"a\":5}");
    assert_eq!((spy.calls(), of(&it, "it.isReady")), (vec!["[5]".to_owned()], "true".to_owned()));
}

//! What the application has of a record's data, and what it may do to it.

use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::client::{Spy, json, run, script};
use crate::record_server::{of, world, world_with};

const DATA: &str = "{\"a\":{\"b\":[1,{\"c\":2}]},\"d\":{\"e\":3}}";

#[wasm_bindgen_test]
fn changing_what_a_record_gave_changes_the_record() {
    let world = world();
    let it = world.record(DATA);
    let spy = Spy::default();
    let source = "
        it.get().a = 0; it.get('a').b.push(4); it.get('a.b[1]').c = 0; delete it.get().d
        it.subscribe(spy, true); it.subscribe('a.b', spy, true)";
    run(source, &[("it", &it), ("spy", &spy.function())]).expect("valid");
    assert_eq!(spy.calls(), [format!("[{DATA}]"), "[[1,{\"c\":2}]]".to_owned()]);
    spy.last().get(0).unchecked_into::<js_sys::Array>().push(&1.into());
    assert_eq!(of(&it, "it.get()"), DATA);
    run("it.set('d.e', 4); it.get('a.b').pop()", &[("it", &it)]).expect("valid");
    world.patch(3, "a.b[0]", "7");
    let changed = "{\"a\":{\"b\":[7,{\"c\":2}]},\"d\":{\"e\":4}}";
    assert_eq!(of(&it, "it.get()"), changed);
    assert_eq!(of(&it, "it.get('a') === it.get('a')"), "false");
}

#[wasm_bindgen_test]
fn what_was_written_changes_with_the_object_that_was_given() {
    for options in ["{}", "{ recordDeepCopy: false }"] {
        let world = world_with(options);
        let it = world.record("{}");
        let source = "
            const root = { a: { b: 1 } }, part = [1], entry = { x: 1 }
            it.set(root); it.set('p', part); it.setMulti([{ path: 'm', data: entry }])
            root.a.b = 2; root.q = 1; part.push(2); entry.x = 2";
        run(source, &[("it", &it)]).expect("valid");
        assert_eq!(of(&it, "it.get()"), "{\"a\":{\"b\":1},\"p\":[1],\"m\":{\"x\":1}}", "{options}");
    }
}

#[wasm_bindgen_test]
fn values_that_json_has_not_are_kept_as_they_were() {
    let world = world();
    let it = world.record("{}");
    let source =
        "it.set({ a: undefined, b: NaN, c: new Date(0), d: [undefined, () => {}], e() {} })";
    run(source, &[("it", &it)]).expect("valid");
    let expected = "{\"b\":null,\"c\":\"1970-01-01T00:00:00.000Z\",\"d\":[null,null]}";
    assert_eq!(of(&it, "it.get()"), expected);
    assert_eq!(world.sent(), [format!("UPDATE r v2 {expected}")]);
}

#[wasm_bindgen_test]
fn without_copies_what_did_not_change_is_made_anew() {
    let world = world_with("{ recordDeepCopy: false }");
    let it = world.record(DATA);
    let parts = || script("return [it.get(), it.get('a'), it.get('d')]", &it);
    let before = parts();
    let same = |after: &JsValue| {
        let source = "return before.map((value, n) => value === after[n])";
        json(&run(source, &[("before", &before), ("after", after)]).expect("valid"))
    };
    assert_eq!(same(&parts()), "[true,true,true]");
    let spy = Spy::default();
    run("it.subscribe('d', spy)", &[("it", &it), ("spy", &spy.function())]).expect("valid");
    world.patch(2, "d.e", "4");
    assert_eq!(same(&parts()), "[false,true,false]");
    assert_eq!(json(&before), format!("[{DATA},{{\"b\":[1,{{\"c\":2}}]}},{{\"e\":3}}]"));
    assert_eq!(spy.last().get(0), script("return it.get('d')", &it), "the record's own");
    run("it.set('a.b[0]', 5)", &[("it", &it)]).expect("valid");
    assert_eq!(same(&parts()), "[false,false,false]");
    assert_eq!(of(&it, "it.get('a.b')"), "[5,{\"c\":2}]");
}

#[wasm_bindgen_test]
fn entries_that_were_given_change_with_the_list() {
    let world = world_with("{ recordDeepCopy: false }");
    let list = world.open("getList", "[\"a\"]");
    run("it.getEntries().push('b')", &[("it", &list)]).expect("valid");
    assert_eq!(of(&list, "it.getEntries()"), "[\"a\"]");
}

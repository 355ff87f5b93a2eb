//! Pages that have put something of their own on what all objects inherit, and data with such names.

use js_sys::Function;
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::client::{Spy, run};
use crate::record_server::{of, world, world_with};

/// Does something while a page has a prototype changed.
fn while_changed(change: &str, undo: &str, act: impl FnOnce()) {
    Function::new_no_args(change).call0(&JsValue::UNDEFINED).expect("it throws nothing");
    act();
    Function::new_no_args(undo).call0(&JsValue::UNDEFINED).expect("it throws nothing");
}

#[wasm_bindgen_test]
fn names_of_what_objects_inherit_lead_out_of_the_data() {
    for options in ["{}", "{ recordDeepCopy: false }"] {
        let world = world_with(options);
        let it = world.record("{\"__proto__\":{\"a\":1},\"constructor\":2,\"own\":{}}");
        assert_eq!(of(&it, "it.get().a"), "undefined");
        assert_eq!(of(&it, "it.get('own.toString')"), "undefined");
        assert_eq!(of(&it, "it.get('own.__proto__')"), "undefined");
        assert_eq!(of(&it, "it.get('own.constructor.name')"), "undefined");
        let text = "{\"__proto__\":{\"a\":1},\"constructor\":2,\"own\":{}}";
        assert_eq!(of(&it, "JSON.stringify(it.get())"), format!("{text:?}"));
        run("it.set('own.toString', 1); it.set('own.hasOwnProperty', 2)", &[("it", &it)])
            .expect("valid");
        assert_eq!(of(&it, "it.get('own')"), "{\"toString\":1,\"hasOwnProperty\":2}");
        let text = "{\"__proto__\":{\"b\":1}}";
        run("it.set(JSON.parse(text))", &[("it", &it), ("text", &text.into())]).expect("valid");
        assert_eq!(of(&it, "[{}.b, it.get().b]"), "[null,null]");
        world.patch(world_version(&it) + 1, "__proto__.polluted", "1");
        assert_eq!(
            of(&it, "[{}.polluted ?? null, it.get('__proto__.polluted') ?? null]"),
            "[null,null]"
        );
    }
}

fn world_version(it: &JsValue) -> i32 {
    of(it, "it.version").parse().expect("a number")
}

#[wasm_bindgen_test]
fn setters_that_all_objects_inherit_take_data_away() {
    let change = "
        globalThis.stolen = []
        for (const name of ['a', '3']) {
          Object.defineProperty(Object.prototype, name,
            { configurable: true, get() { return undefined }, set(value) { stolen.push(value) } })
        }";
    let undo = "for (const name of ['a', '3']) delete Object.prototype[name]";
    for options in ["{}", "{ recordDeepCopy: false }"] {
        let world = world_with(options);
        let it = world.record("{\"b\":{\"a\":1},\"l\":[[1]]}");
        let spy = Spy::default();
        let given = [("it", &it), ("spy", &JsValue::from(spy.function()))];
        while_changed(change, undo, || {
            let source = "
                it.subscribe('b', spy, true); it.set('b.a', 2); it.set('c', { a: 3 })
                it.set('l[3]', 4)";
            run(source, &given).expect("valid");
        });
        let expected = "{\"b\":{\"a\":2},\"l\":[[1],null,null,4],\"c\":{\"a\":3}}";
        assert_eq!(of(&it, "it.get()"), expected, "{options}");
        assert_eq!(spy.calls(), ["[{\"a\":1}]", "[{\"a\":2}]"]);
        assert_eq!(of(&it, "stolen"), "[]", "{options}");
    }
}

#[wasm_bindgen_test]
fn a_library_that_has_arrays_write_themselves_changes_what_is_sent() {
    let change = "
        Array.prototype.toJSON = function () { return 'mine' }
        Object.prototype.toJSON = function () { return 'mine' }";
    let undo = "delete Array.prototype.toJSON; delete Object.prototype.toJSON";
    let mut world = world();
    let it = world.record("{\"l\":[1,{\"a\":\"\\u0000\\\"\"}],\"e\":[],\"o\":{},\"n\":null}");
    let [list, queue] = [world.get("getList", "l"), world.get("getDq", "q")];
    world.read("l", 1, "[\"a\"]");
    world.read("q", 1, "{}");
    drop(world.sent());
    // Whatever fails in between would take the test's own report along.
    let (mut sent, spy) = (Vec::new(), Spy::default());
    while_changed(change, undo, || {
        let source = "list.setEntries(['a', 'b']); list.addEntry('c'); queue.push(1)";
        run(source, &[("list", &list), ("queue", &queue)]).expect("valid");
        sent = world.sent();
        world.lose();
        let source = "it.set('x', 1); records.snapshot('r', spy)";
        let given = [("it", &it), ("records", &world.records), ("spy", &spy.function().into())];
        run(source, &given.map(|(name, value): (&str, &JsValue)| (name, value))).expect("valid");
    });
    assert_eq!(
        sent,
        [
            "UPDATE l v2 [\"a\",\"b\"]",
            "UPDATE l v3 [\"a\",\"b\",\"c\"]",
            "UPDATE q v2 {\"h\":{\"p\":\"0\",\"n\":\"0\"},\"0\":{\"d\":1,\"p\":\"\",\"n\":\"\"}}",
        ]
    );
    let expected = "{\"l\":[1,{\"a\":\"\\u0000\\\"\"}],\"e\":[],\"o\":{},\"n\":null,\"x\":1}";
    assert_eq!(spy.calls(), [format!("[null,{expected}]")]);
}

#[wasm_bindgen_test]
fn an_index_that_is_written_as_a_name_fills_up_memory() {
    let world = world();
    let it = world.record("{\"l\":[1]}");
    let source =
        "it.set('l.5000000000', 1); it.set('l.01', 1); it.set('l.name', 1); it.set('l.2', 3)";
    run(source, &[("it", &it)]).expect("valid");
    assert_eq!(of(&it, "it.get('l')"), "[1,null,3]");
    assert_eq!(of(&it, "Object.keys(it.get('l'))"), "[\"0\",\"1\",\"2\"]");
}

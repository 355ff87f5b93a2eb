//! Dequeues: entries, positions, events and what is sent.

use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::client::{Spy, run, settled};
use crate::record_server::{World, of, world};

/// A dequeue with the entries a, b and c, on a connection that knows `PATCH_MULTI`.
fn queue() -> (World, JsValue) {
    let world = world();
    let it = world.open(
        "getDq",
        "{\"h\":{\"p\":\"2\",\"n\":\"0\"},\"0\":{\"d\":\"a\",\"p\":\"\",\"n\":\"1\"},\
         \"1\":{\"d\":\"b\",\"p\":\"0\",\"n\":\"2\"},\"2\":{\"d\":\"c\",\"p\":\"1\",\"n\":\"\"}}",
    );
    (world, it)
}

const ENTRIES: &str =
    "it.getEntries().map((it) => typeof it === 'string' ? it : JSON.stringify(it)).join('')";

#[wasm_bindgen_test]
fn a_dequeue_without_entries_has_some() {
    let world = world();
    let it = world.get("getDq", "r");
    let nothing = "[[],true,\"\",\"\"]";
    let source = "[it.getEntries(), it.isEmpty(), it.getFirst(), it.getLast()]";
    assert_eq!(of(&it, source), nothing);
    assert_eq!(of(&it, "[it.pop(), it.shift()]"), "[\"\",\"\"]");
    world.read("r", 0, "{}");
    assert_eq!(of(&it, source), nothing);
    drop(world.sent());
    assert_eq!(of(&it, "[it.pop(), it.shift()]"), "[\"\",\"\"]");
    assert_eq!(world.sent(), [""; 0]);
}

#[wasm_bindgen_test]
fn a_change_leads_to_other_entries() {
    for (source, returned, entries) in [
        ("it.push('d')", "undefined", "abcd"),
        ("it.push({ x: 1 })", "undefined", "abc{\"x\":1}"),
        ("it.unshift('d')", "undefined", "dabc"),
        ("it.pop()", "\"c\"", "ab"),
        ("it.shift()", "\"a\"", "bc"),
        ("it.insertEntry('d', 0)", "undefined", "dabc"),
        ("it.insertEntry('d', 2)", "undefined", "abdc"),
        ("it.removeEntry('b')", "undefined", "ac"),
        ("it.removeEntry('b', 1)", "undefined", "ac"),
        ("it.setEntries(['x', 'y'])", "undefined", "xy"),
        ("it.setEntries([])", "undefined", ""),
    ] {
        let (world, it) = queue();
        assert_eq!(of(&it, source), returned, "{source}");
        assert_eq!(of(&it, ENTRIES), format!("{entries:?}"), "{source}");
        let sent = world.sent();
        let action = if source.contains("setEntries") { "UPDATE r v2" } else { "PATCH_MULTI r v2" };
        assert!(sent[0].starts_with(action), "{source}: {sent:?}");
    }
}

#[wasm_bindgen_test]
fn the_ends_and_what_is_told_of_entries_are_others() {
    let (world, it) = queue();
    assert_eq!(of(&it, "[it.getFirst(), it.getLast(), it.isEmpty()]"), "[\"a\",\"c\",false]");
    let [all, first, last, added, removed] = [(); 5].map(|()| Spy::default());
    let functions =
        [&all, &first, &last, &added, &removed].map(|spy| JsValue::from(spy.function()));
    let [f, g, h, i, j] = &functions;
    let given = [("it", &it), ("all", f), ("first", g), ("last", h), ("added", i), ("removed", j)];
    let source = "
        it.subscribe(all); it.subscribe('first', first); it.subscribe('last', last, true)
        it.on('entry-added', added); it.on('entry-removed', removed); it.push('d'); it.shift()";
    run(source, &given).expect("valid");
    assert_eq!(all.calls(), ["[[\"a\",\"b\",\"c\",\"d\"]]", "[[\"b\",\"c\",\"d\"]]"]);
    assert_eq!(first.calls(), ["[\"b\"]"]);
    assert_eq!(last.calls(), ["[\"c\"]", "[\"d\"]"]);
    assert_eq!(
        (added.calls(), removed.calls()),
        (vec!["[\"d\",3]".to_owned()], vec!["[\"a\",0]".to_owned()])
    );
    run("it.unsubscribe('last', last); it.unsubscribe(all); it.pop()", &given).expect("valid");
    assert_eq!((all.count(), last.count()), (2, 2));
    drop(world);
}

#[wasm_bindgen_test]
async fn an_acknowledged_change_of_a_dequeue_is_not_answered() {
    let (world, it) = queue();
    let spy = Spy::default();
    let given = [("it", &it), ("spy", &JsValue::from(spy.function()))];
    run("it.setEntries(['a'], spy)", &given).expect("valid");
    world.acknowledge("1");
    assert_eq!(spy.calls(), ["[null,\"r\"]"]);
    let promise = run("return it.setEntriesWithAck(['b'])", &given).expect("valid");
    world.acknowledge("2");
    assert_eq!(settled(promise).await, Ok(JsValue::UNDEFINED));
    run("it.push('c', spy)", &given).expect("valid");
    world.acknowledge("3");
    assert_eq!(spy.count(), 2);
}

#[wasm_bindgen_test]
fn what_is_pushed_before_the_dequeue_is_there_replaces_it() {
    let world = world();
    let it = world.get("getDq", "r");
    run("it.push('x'); it.unshift('w')", &[("it", &it)]).expect("valid");
    world.read(
        "r",
        1,
        "{\"h\":{\"p\":\"0\",\"n\":\"0\"},\"0\":{\"d\":\"a\",\"p\":\"\",\"n\":\"\"}}",
    );
    assert_eq!(of(&it, ENTRIES), "\"wax\"");
}

#[wasm_bindgen_test]
fn links_that_lead_in_a_circle_hang_the_page() {
    let world = world();
    let it = world.open(
        "getDq",
        "{\"h\":{\"p\":\"0\",\"n\":\"0\"},\"0\":{\"d\":\"a\",\"p\":\"\",\"n\":\"0\"}}",
    );
    assert!(of(&it, "it.getEntries().length").parse::<u32>().expect("a number") < 5);
}

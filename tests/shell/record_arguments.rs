//! Arguments of the methods of records: what is thrown, and the overloads that the JavaScript client
//! has.

use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::client::{json, run, settled, thrown};
use crate::record_server::{World, of, world};

/// Each call throws a plain error that says so, and nothing is sent.
fn all_throw(world: &World, it: &JsValue, cases: &[(&str, &str)]) {
    for (source, expected) in cases {
        let result = run(source, &[("it", it)]);
        assert!(result.is_err(), "{source} throws nothing");
        assert_eq!(thrown(result), ("Error".to_owned(), (*expected).to_owned()), "{source}");
    }
    assert_eq!(world.sent(), [""; 0]);
}

#[wasm_bindgen_test]
fn a_wrong_shape_of_arguments_is_written_or_called_something_else() {
    let world = world();
    let it = world.record("{\"p\":1}");
    let mut cases = Vec::new();
    for (arguments, expected) in [
        ("", "Invalid set arguments"),
        ("'p', 1, () => {}, 4", "Invalid set arguments"),
        ("'p'", "Invalid set path argument"),
        ("1", "Invalid set path argument"),
        ("null", "Invalid set path argument"),
        ("undefined", "Invalid set path argument"),
        ("() => {}", "Invalid set path argument"),
        ("'', 1", "Invalid set path argument"),
        ("null, () => {}", "Invalid set path argument"),
        ("() => {}, 1", "Invalid set path argument"),
        ("{}, undefined, () => {}", "Invalid set path argument"),
        ("{}, undefined", "Invalid set callback argument"),
        ("{}, 'x'", "Invalid set callback argument"),
        ("'p', 1, undefined", "Invalid set callback argument"),
        ("'a[x]', 1", "invalid argument path"),
        ("'a[1000000]', 1", "invalid argument path"),
        ("'__proto__.a', 1", "invalid argument path"),
        ("'a.constructor.b', 1", "invalid argument path"),
        ("new Date(0)", "invalid arguments, scalar values cannot be set without path"),
    ] {
        cases.push((format!("it.set({arguments})"), expected));
        if expected.starts_with("Invalid") {
            cases.push((format!("it.setWithAck({arguments})"), expected));
        }
    }
    let cases = cases.iter().map(|(source, text)| (source.as_str(), *text)).collect::<Vec<_>>();
    all_throw(&world, &it, &cases);
    assert_eq!(of(&it, "it.get()"), "{\"p\":1}");
}

#[wasm_bindgen_test]
fn arguments_of_other_methods_pass_or_are_called_something_else() {
    let world = world();
    let it = world.record("{\"p\":1}");
    let no_path = "unable to erase record data without path, consider using `delete`";
    let no_patches = "setMulti requires a non-empty array of patches";
    let no_patch = "setMulti patches must each have a non-empty path string";
    all_throw(
        &world,
        &it,
        &[
            ("it.erase()", no_path),
            ("it.erase('')", no_path),
            ("it.eraseWithAck()", no_path),
            ("it.erase(1)", "Invalid set path argument"),
            ("it.setMulti()", no_patches),
            ("it.setMulti([])", no_patches),
            ("it.setMulti({ length: 1 })", no_patches),
            ("it.setMulti([{ data: 1 }])", no_patch),
            ("it.setMulti([{ path: '', data: 1 }])", no_patch),
            ("it.setMulti([null])", no_patch),
            ("it.setMulti(['p'])", no_patch),
            ("it.setMulti([{ path: 'p', data: 1 }, { path: 1 }])", no_patch),
            ("it.setMultiWithAck([], () => {})", no_patches),
            ("it.subscribe()", "invalid argument callback"),
            ("it.subscribe('p')", "invalid argument callback"),
            ("it.subscribe('', () => {})", "invalid argument path"),
            ("it.subscribe('a[x]', () => {})", "invalid argument path"),
            ("it.subscribe({ path: 1, callback() {} })", "invalid argument path"),
            ("it.subscribe({ path: 'p', callback: 1 })", "invalid argument callback"),
            ("it.unsubscribe('')", "invalid argument path"),
            ("it.unsubscribe({ callback: 1 })", "invalid argument callback"),
            ("it.get('p.q')", "invalid data or path"),
            ("it.get(1)", "invalid argument path"),
            ("it.whenReady('x')", "invalid argument callback"),
            ("it.setMulti([{ path: 'q', data: 1 }], 'x')", "invalid argument callback"),
            ("it.setMultiWithAck([{ path: 'q', data: 1 }], {})", "invalid argument callback"),
            ("it.eraseWithAck('p', 1)", "invalid argument callback"),
        ],
    );
}

#[wasm_bindgen_test]
fn arguments_of_lists_and_dequeues_pass_or_are_called_something_else() {
    let lists = world();
    let it = lists.open("getList", "[\"a\"]");
    let (no_index, not_within) = ("Index must be a number", "Index must be within current entries");
    let no_entries = "entries must be an array of record names";
    all_throw(
        &lists,
        &it,
        &[
            ("it.setEntries()", no_entries),
            ("it.setEntries('a')", no_entries),
            ("it.setEntries(['a', 1])", no_entries),
            ("it.setEntriesWithAck([null], () => {})", no_entries),
            ("it.addEntry(1)", "Entry must be a recordName"),
            ("it.addEntry('b', 'x')", no_index),
            ("it.addEntry('b', NaN)", no_index),
            ("it.addEntry('b', null)", no_index),
            ("it.addEntry('b', 2)", not_within),
            ("it.addEntry('b', -1)", not_within),
            ("it.removeEntry('a', 'x')", no_index),
            ("it.removeEntry('a', 2)", not_within),
            ("it.setEntries(['b'], 'x')", "invalid argument callback"),
            ("it.setEntriesWithAck(['b'], {})", "invalid argument callback"),
            ("it.addEntry('b', 1, 'x')", "invalid argument callback"),
            ("it.removeEntry('a', undefined, 1)", "invalid argument callback"),
            ("it.subscribe('p', () => {})", "path is not supported for List.subscribe"),
            ("it.subscribe()", "invalid argument callback"),
            ("it.unsubscribe('p', () => {})", "path is not supported for List.unsubscribe"),
        ],
    );
    let world = world();
    let it = world.open(
        "getDq",
        "{\"h\":{\"p\":\"0\",\"n\":\"0\"},\"0\":{\"d\":\"a\",\"p\":\"\",\"n\":\"\"}}",
    );
    let no_position = "Position must be \"first\" or \"last\" element";
    all_throw(
        &world,
        &it,
        &[
            ("it.setEntries('a')", "entries must be an array"),
            ("it.setEntriesWithAck(null, () => {})", "entries must be an array"),
            ("it.push()", "invalid argument entry"),
            ("it.unshift(() => {})", "invalid argument entry"),
            ("it.insertEntry('b', 'x')", no_index),
            ("it.insertEntry('b', 2)", not_within),
            ("it.insertEntry('b', 1)", "Index out of range"),
            ("it.removeEntry('b')", "no entry removed"),
            ("it.removeEntry('a', 1)", "no entry removed"),
            ("it.subscribe('middle', () => {})", no_position),
            ("it.unsubscribe('middle', () => {})", no_position),
            ("it.subscribe('first')", "invalid argument callback"),
            ("it.push('b', 'x')", "invalid argument callback"),
        ],
    );
}

#[wasm_bindgen_test]
fn arguments_of_the_handler_pass_or_are_called_something_else() {
    let world = world();
    let (no_name, no_callback) = ("invalid argument: name", "invalid argument: callback");
    let no_strategy = "Invalid merge strategy: Must be a Function";
    let no_record = "invalid argument: recordName must be an non empty string";
    all_throw(
        &world,
        &world.records,
        &[
            ("it.getRecord()", "invalid argument name"),
            ("it.getList('')", "invalid argument name"),
            ("it.getDq(1)", "invalid argument name"),
            ("it.getAnonymousRecord().setName('')", "invalid argument name"),
            ("it.getAnonymousRecord().setName('r', 1)", "invalid argument callback"),
            ("it.snapshot()", no_name),
            ("it.snapshot('')", no_name),
            ("it.snapshot('r', 1)", no_callback),
            ("it.has(1)", no_name),
            ("it.has('r', null)", no_callback),
            ("it.head({})", no_name),
            ("it.head('r', 'x')", no_callback),
            ("it.setData()", "Invalid set arguments"),
            ("it.setData('r')", "Invalid set arguments"),
            ("it.setData('r', 1)", "Invalid set path argument"),
            ("it.setData('', {})", no_record),
            ("it.setData(1, 'p', 1)", no_record),
            ("it.setDataWithAck('r', {}, 1)", "Invalid set callback argument"),
            ("it.setDataWithAck('', {}, () => {})", no_record),
            ("it.delete('r')", "Delete is not yet supported without use of a Record"),
            ("it.notify('r')", "invalid argument: recordNames"),
            ("it.notify([1])", "invalid argument: recordNames"),
            ("it.notify(['r'], 'x')", "invalid argument callback"),
            ("it.clearOfflineStorage('x')", "invalid argument callback"),
            ("it.setMergeStrategy('r', null)", no_strategy),
            ("it.setMergeStrategyRegExp(/r/, 1)", no_strategy),
            ("it.setMergeStrategyRegExp('r', () => {})", "invalid argument regexp"),
            ("it.listen('', () => {})", "invalid argument pattern"),
            ("it.listen('a.*')", "invalid argument callback"),
            ("it.unlisten()", "invalid argument pattern"),
        ],
    );
}

#[wasm_bindgen_test]
async fn what_is_wrong_with_values_refuses_no_promise() {
    let world = world();
    let it = world.record("{}");
    for (source, expected) in [
        ("it.setMultiWithAck([])", "setMulti requires a non-empty array of patches"),
        ("it.setWithAck('a[x]', 1)", "invalid argument path"),
        (
            "records.setDataWithAck('', {})",
            "invalid argument: recordName must be an non empty string",
        ),
        ("list.setEntriesWithAck('a')", "entries must be an array of record names"),
    ] {
        let list = world.get("getList", "l");
        let given = [("it", &it), ("records", &world.records), ("list", &list)];
        let promise = run(&format!("return {source}"), &given).expect("it is not thrown");
        assert_eq!(thrown(settled(promise).await).1, expected, "{source}");
    }
}

#[wasm_bindgen_test]
fn overloads_send_something_else_than_those_of_the_javascript_client() {
    for (source, message) in [
        ("it.set({ a: 1 })", "UPDATE r v2 {\"a\":1}"),
        ("it.set([1])", "UPDATE r v2 [1]"),
        ("it.set('a.b[1]', { c: null })", "PATCH r v2 a.b[1] {\"c\":null}"),
        ("it.set(' a . b ', '')", "PATCH r v2  a . b  \"\""),
        ("it.set('p', undefined)", "ERASE r v2 p"),
        ("it.set('p', () => {})", "ERASE r v2 p"),
        ("it.erase('p')", "ERASE r v2 p"),
        ("it.set({ a: 1 }, () => {})", "UPDATE r v2 {\"a\":1} #1"),
        ("it.set('a', 1, () => {})", "PATCH r v2 a 1 #1"),
        ("it.setWithAck({ a: 1 })", "UPDATE r v2 {\"a\":1} #1"),
        ("it.setWithAck('a', 1, () => {})", "PATCH r v2 a 1 #1"),
        ("it.eraseWithAck('p')", "ERASE r v2 p #1"),
        ("it.eraseWithAck('p', () => {})", "ERASE r v2 p #1"),
        (
            "it.setMulti([{ path: 'a', data: 1 }, { path: 'p' }])",
            "PATCH_MULTI r v2 [{\"path\":\"a\",\"data\":1},{\"path\":\"p\"}]",
        ),
        (
            "it.setMultiWithAck([{ path: 'a', data: 1 }])",
            "PATCH_MULTI r v2 [{\"path\":\"a\",\"data\":1}] #1",
        ),
    ] {
        let world = world();
        let it = world.record("{\"p\":1}");
        run(source, &[("it", &it)]).expect("valid");
        assert_eq!(world.sent().first().map(String::as_str), Some(message), "{source}");
    }
}

#[wasm_bindgen_test]
fn what_an_argument_itself_throws_is_lost_or_breaks_the_record() {
    let world = world();
    let it = world.record("{}");
    for source in [
        "it.set({ toJSON() { throw new Error('mine') } })",
        "it.set('a', { get b() { throw new Error('mine') } })",
        "it.setMulti([{ get path() { throw new Error('mine') } }])",
        "it.setMulti(new Proxy([1], { get() { throw new Error('mine') } }))",
        "it.subscribe({ get callback() { throw new Error('mine') } })",
        "list.setEntries(new Proxy([1], { get() { throw new Error('mine') } }))",
        "dq.setEntries(new Proxy([1], { get() { throw new Error('mine') } }))",
    ] {
        let (list, dq) = (world.get("getList", "l"), world.get("getDq", "q"));
        let result = run(source, &[("it", &it), ("list", &list), ("dq", &dq)]);
        assert!(thrown(result).1.ends_with("mine"), "{source}");
    }
    drop(world.sent());
    run("it.set('a', 1)", &[("it", &it)]).expect("valid");
    assert_eq!(world.sent(), ["PATCH r v2 a 1"]);
}

#[wasm_bindgen_test]
fn data_that_is_too_deep_ends_the_page() {
    let world = world();
    let it = world.record("{}");
    let source = "let deep = 1; for (let n = 0; n < 5000; n++) deep = [deep]; it.set('a', deep)";
    let (_, message) = thrown(run(source, &[("it", &it)]));
    assert_eq!(message, "invalid argument data: too deep");
    assert_eq!(of(&it, "it.get()"), "{}");
    assert_eq!(json(&run("return it.get('a.b')", &[("it", &it)]).expect("valid")), "undefined");
}

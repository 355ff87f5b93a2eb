//! A storage of the application's own.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Array, Function, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

use super::browser::evaluate;
use super::{Storage, Told, Witness, json, open_custom};
use crate::core::options::Options;

fn custom(object: &str) -> (Storage, Rc<Witness>, JsValue) {
    let object = evaluate(object);
    let (storage, witness) = open_custom(&object, &Options::default());
    (storage, witness, object)
}

/// What the object has under a name.
fn of(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &name.into()).expect("an object")
}

/// A well-behaved storage, with the calls that it got.
const GOOD: &str = "{
    calls: [], rows: new Map(),
    get(name, call) {
        this.calls.push(['get', name])
        const [version, data] = this.rows.get(name) ?? [-1, null]
        queueMicrotask(() => call(name, version, data))
    },
    set(name, version, data, call) {
        this.calls.push(['set', name, version, data, typeof call])
        this.rows.set(name, [version, data])
        call(null, name)
    },
    delete(name, call) {
        this.calls.push(['delete', name, typeof call])
        this.rows.delete(name)
        call(null, name)
    },
    reset(call) { this.rows.clear(); call(null) },
}";

#[wasm_bindgen_test]
async fn the_storage_is_called_otherwise_than_documented() {
    let options = Options { ignore_prefixes: vec!["a".to_owned()], ..Options::default() };
    let object = evaluate(GOOD);
    let (storage, witness) = open_custom(&object, &options);
    storage.set("a", 2, &json("{\"b\":1}"));
    storage.get("a");
    assert_eq!(witness.next().await, "a 2 {\"b\":1}", "it is its own business what to ignore");
    storage.delete("a");
    storage.get("a");
    assert_eq!(witness.next().await, "a -1 null");
    storage.reset();
    assert_eq!(witness.now().as_deref(), Some("reset"));
    let calls = js_sys::JSON::stringify(&of(&object, "calls")).expect("JSON");
    let expected = "[[\"set\",\"a\",2,{\"b\":1},\"function\"],[\"get\",\"a\"],\
        [\"delete\",\"a\",\"function\"],[\"get\",\"a\"]]";
    assert_eq!(String::from(calls), expected);
    assert_eq!(witness.now(), None);
}

#[wasm_bindgen_test]
async fn what_is_loaded_is_the_very_object_that_the_storage_keeps() {
    let object = evaluate(GOOD);
    let loaded = Rc::new(RefCell::new(JsValue::UNDEFINED));
    let told = {
        let loaded = Rc::clone(&loaded);
        Rc::new(move |told| {
            if let Told::Loaded { data, .. } = told {
                loaded.replace(data);
            }
        })
    };
    let given = object.clone();
    let storage = Storage::open(&Options::default(), Some(Box::new(move || given.clone())), told);
    let data = json("{}");
    storage.set("a", 1, &data);
    storage.get("a");
    wasm_bindgen_futures::JsFuture::from(js_sys::Promise::resolve(&JsValue::NULL))
        .await
        .expect("resolved");
    assert!(loaded.borrow().is_object());
    assert_ne!(*loaded.borrow(), data);
}

#[wasm_bindgen_test]
fn an_answer_that_comes_at_once_or_twice_counts_never_or_twice() {
    let (storage, witness, _) = custom(
        "{ get(name, call) { call(name, 1, {}); call(name, 2, {}) },
           reset(call) { call(null); call(null); call('again') } }",
    );
    storage.get("a");
    assert_eq!(witness.now().as_deref(), Some("a 1 {}"));
    storage.reset();
    assert_eq!(witness.now().as_deref(), Some("reset"));
    assert_eq!(witness.now().as_deref(), Some("storage: again"), "but an error is told");
    assert_eq!(witness.now(), None);
}

#[wasm_bindgen_test]
fn answers_reach_another_request_than_their_own() {
    let (storage, witness, object) =
        custom("{ calls: [], get(name, call) { this.calls.push(call) } }");
    storage.get("a");
    storage.get("b");
    storage.get("a");
    let calls = of(&object, "calls").unchecked_into::<Array>();
    for (at, version) in [(2, 3), (1, 2), (0, 1)] {
        let call = calls.get(at).unchecked_into::<Function>();
        call.call3(&JsValue::NULL, &"nonsense".into(), &version.into(), &json("[]"))
            .expect("does not throw");
    }
    assert_eq!(witness.now().as_deref(), Some("a 3 []"));
    assert_eq!(witness.now().as_deref(), Some("b 2 []"));
    assert_eq!(witness.now().as_deref(), Some("a 1 []"));
}

#[wasm_bindgen_test]
fn nonsense_is_taken_for_an_answer() {
    for (answer, why) in [
        ("", "it has no version that is one"),
        ("name, '1', {}", "it has no version that is one"),
        ("name, 1e10, {}", "it has no version that is one"),
        ("name, { valueOf() { return 1 } }, {}", "it has no version that is one"),
        ("name, 1", "it has no data"),
        ("name, 1, () => {}", "it has no data"),
        ("name, 1, Symbol()", "it has no data"),
        ("name, 1, { toJSON() { throw new Error('no') } }", "Error: no"),
    ] {
        let (storage, witness, _) = custom(&format!("{{ get(name, call) {{ call({answer}) }} }}"));
        storage.get("a");
        let what = format!("storage: can't load record 'a': {why}");
        assert_eq!(witness.now(), Some(what), "{answer}");
        assert_eq!(witness.now().as_deref(), Some("a -1 null"), "{answer}");
        assert_eq!(witness.now(), None, "{answer}");
    }
}

#[wasm_bindgen_test]
fn what_the_storage_throws_is_not_told_or_leaves_a_request_without_an_answer() {
    let (storage, witness, object) = custom(
        "{ get(name, call) { this.call = call; throw new Error('no') },
           set() { throw 'text' }, delete() { throw undefined }, reset() { throw new Error('no') } }",
    );
    storage.get("a");
    let what = "storage: can't load record 'a': Error: no";
    assert_eq!(witness.now().as_deref(), Some(what));
    assert_eq!(witness.now().as_deref(), Some("a -1 null"));
    let call = of(&object, "call").unchecked_into::<Function>();
    call.call3(&JsValue::NULL, &"a".into(), &1.into(), &json("{}")).expect("does not throw");
    assert_eq!(witness.now(), None, "it was answered");
    storage.set("a", 1, &json("{}"));
    assert_eq!(witness.now().as_deref(), Some("storage: can't store record 'a': text"));
    storage.delete("a");
    assert_eq!(witness.now().as_deref(), Some("storage: can't remove record 'a': unknown error"));
    storage.reset();
    let what = "no reset: storage: can't remove the records: Error: no";
    assert_eq!(witness.now().as_deref(), Some(what));
    assert_eq!(witness.now(), None);
}

#[wasm_bindgen_test]
fn a_throw_after_the_answer_answers_again_or_is_not_told() {
    let (storage, witness, _) =
        custom("{ get(name, call) { call(name, 1, {}); throw new Error('late') } }");
    storage.get("a");
    assert_eq!(witness.now().as_deref(), Some("a 1 {}"));
    assert_eq!(witness.now().as_deref(), Some("storage: Error: late"));
    assert_eq!(witness.now(), None);
}

#[wasm_bindgen_test]
async fn a_promise_that_is_refused_leaves_a_request_without_an_answer() {
    let (storage, witness, _) = custom(
        "{ async get() { throw new Error('no') }, async set() { throw new Error('full') } }",
    );
    storage.get("a");
    assert_eq!(witness.next().await, "storage: can't load record 'a': Error: no");
    assert_eq!(witness.next().await, "a -1 null");
    storage.set("a", 1, &json("{}"));
    assert_eq!(witness.next().await, "storage: can't store record 'a': Error: full");
}

#[wasm_bindgen_test]
fn an_error_that_the_storage_calls_back_with_is_not_told() {
    let (storage, witness, _) = custom(
        "{ set(name, version, data, call) { call('full', name) },
           delete(name, call) { call(new Error('gone')) }, reset(call) { call('busy') } }",
    );
    storage.set("a", 1, &json("{}"));
    assert_eq!(witness.now().as_deref(), Some("storage: can't store record 'a': full"));
    storage.delete("a");
    assert_eq!(witness.now().as_deref(), Some("storage: can't remove record 'a': Error: gone"));
    storage.reset();
    let what = "no reset: storage: can't remove the records: busy";
    assert_eq!(witness.now().as_deref(), Some(what));
}

#[wasm_bindgen_test]
fn an_object_that_is_no_storage_breaks_the_client() {
    for object in ["{}", "undefined", "{ get get() { throw new Error('no') }, set: 1 }"] {
        let (storage, witness, _) = custom(object);
        storage.get("a");
        let what = witness.now().expect("told");
        assert!(what.starts_with("storage: can't load record 'a': "), "{what}");
        assert_eq!(witness.now().as_deref(), Some("a -1 null"));
        storage.set("a", 1, &json("{}"));
        let what = witness.now().expect("told");
        assert!(what.starts_with("storage: can't store record 'a': TypeError: "), "{what}");
    }
}

#[wasm_bindgen_test]
fn a_request_from_within_an_answer_breaks_the_storage() {
    let object = evaluate("{ get(name, call) { call(name, 1, {}) } }");
    let storage = Rc::new(RefCell::new(None::<Rc<Storage>>));
    let told = Rc::<RefCell<Vec<String>>>::default();
    let listener = {
        let (storage, told) = (Rc::clone(&storage), Rc::clone(&told));
        Rc::new(move |it| {
            let Told::Loaded { name, .. } = it else { panic!("{it:?}") };
            told.borrow_mut().push(name);
            let count = told.borrow().len();
            let storage = storage.borrow().clone();
            if count < 5 {
                storage.expect("there is one").get(&count.to_string());
            }
        })
    };
    let given: super::super::GivenObject = Box::new(move || object.clone());
    storage.replace(Some(Rc::new(Storage::open(&Options::default(), Some(given), listener))));
    let asked = storage.borrow().clone();
    asked.expect("there is one").get("0");
    assert_eq!(*told.borrow(), ["0", "1", "2", "3", "4"]);
    storage.replace(None);
}

#[wasm_bindgen_test]
fn an_answer_to_a_storage_that_is_gone_throws_or_is_told() {
    let (storage, witness, object) = custom("{ get(name, call) { this.call = call } }");
    storage.get("a");
    drop(storage);
    let call = of(&object, "call").unchecked_into::<Function>();
    call.call3(&JsValue::NULL, &"a".into(), &1.into(), &json("{}")).expect("does not throw");
    assert_eq!(witness.now(), None);
}

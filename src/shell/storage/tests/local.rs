//! Records in `localStorage`.

use js_sys::Reflect;
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

use super::browser::{Browser, evaluate};
use super::{json, local_storage, open};

fn items() -> web_sys::Storage {
    let storage = Reflect::get(&js_sys::global(), &"localStorage".into()).expect("there is one");
    let items = storage.unchecked_into::<web_sys::Storage>();
    items.clear().expect("allowed");
    items
}

fn item(items: &web_sys::Storage, name: &str) -> Option<String> {
    items.get_item(name).expect("allowed")
}

#[wasm_bindgen_test]
fn what_is_stored_does_not_come_back_or_is_another_item_than_the_javascript_clients() {
    let items = items();
    let (storage, witness) = open(&local_storage());
    storage.set("a/b", 3, &json("{\"c\":[1]}"));
    let text = "{\"recordName\":\"a/b\",\"version\":3,\"data\":{\"c\":[1]}}";
    assert_eq!(item(&items, "a/b").as_deref(), Some(text));
    storage.get("a/b");
    assert_eq!(witness.now().as_deref(), Some("a/b 3 {\"c\":[1]}"));
    storage.delete("a/b");
    assert_eq!(item(&items, "a/b"), None);
    storage.get("a/b");
    assert_eq!(witness.now().as_deref(), Some("a/b -1 null"));
    assert_eq!(witness.now(), None);
}

#[wasm_bindgen_test]
fn what_is_to_be_ignored_is_stored() {
    let items = items();
    let mut options = local_storage();
    options.ignore_prefixes = vec!["a".to_owned()];
    let (storage, witness) = open(&options);
    let text = "{\"recordName\":\"ab\",\"version\":3,\"data\":{}}";
    items.set_item("ab", text).expect("allowed");
    storage.set("ab", 4, &json("{}"));
    storage.delete("ab");
    assert_eq!(item(&items, "ab").as_deref(), Some(text));
    storage.get("ab");
    assert_eq!(witness.now().as_deref(), Some("ab -1 null"));
}

#[wasm_bindgen_test]
fn an_item_that_is_no_record_is_read_or_harmed() {
    let items = items();
    let (storage, witness) = open(&local_storage());
    let foreign = ["dark", "{", "null", "{\"version\":1,\"data\":{}}", "{\"recordName\":\"b\"}"];
    for text in foreign {
        items.set_item("a", text).expect("allowed");
        let what = |verb| {
            format!("localStorage: can't {verb} record 'a': the item of this name is no record")
        };
        storage.get("a");
        assert_eq!(witness.now(), Some(what("load")));
        assert_eq!(witness.now().as_deref(), Some("a -1 null"));
        storage.set("a", 1, &json("{}"));
        assert_eq!(witness.now(), Some(what("store")));
        storage.delete("a");
        assert_eq!(witness.now(), Some(what("remove")));
        assert_eq!(item(&items, "a").as_deref(), Some(text));
    }
    items.set_item("a", "{\"recordName\":\"a\",\"version\":\"1\",\"data\":{}}").expect("allowed");
    storage.get("a");
    let what = "localStorage: can't load record 'a': it has no version that is one";
    assert_eq!(witness.now().as_deref(), Some(what));
    assert_eq!(witness.now().as_deref(), Some("a -1 null"));
    assert_eq!(witness.now(), None);
}

#[wasm_bindgen_test]
fn a_reset_leaves_a_record_or_takes_what_is_none() {
    let items = items();
    let (storage, witness) = open(&local_storage());
    for name in ["a", "b", "c"] {
        storage.set(name, 1, &json("{}"));
    }
    items.set_item("theme", "dark").expect("allowed");
    items.set_item("copy", "{\"recordName\":\"a\"}").expect("allowed");
    storage.reset();
    assert_eq!(witness.now().as_deref(), Some("reset"));
    assert_eq!(items.length(), Ok(2));
    assert_eq!(item(&items, "theme").as_deref(), Some("dark"));
}

#[wasm_bindgen_test]
fn a_full_storage_is_not_told() {
    let items = items();
    let (storage, witness) = open(&local_storage());
    storage.set("a", 1, &json("{}"));
    // The browser itself: 5 MB is what it takes.
    let data = evaluate("['x'.repeat(6_000_000)]");
    storage.set("a", 2, &data);
    let what = witness.now().expect("told");
    let expected = "localStorage: can't store record 'a': QuotaExceededError: ";
    assert!(what.starts_with(expected), "{what}");
    storage.get("a");
    assert_eq!(witness.now().as_deref(), Some("a 1 {}"), "what was there");
    items.clear().expect("allowed");
}

#[wasm_bindgen_test]
fn a_storage_that_throws_is_not_told() {
    let _items = items();
    let (storage, witness) = open(&local_storage());
    let what = |verb: &str| format!("localStorage: can't {verb}: QuotaExceededError: no more");
    let browser = Browser::failing_item("getItem");
    storage.get("a");
    assert_eq!(witness.now(), Some(what("load record 'a'")));
    assert_eq!(witness.now().as_deref(), Some("a -1 null"));
    drop(browser);
    let browser = Browser::failing_item("removeItem");
    storage.delete("a");
    assert_eq!(witness.now(), Some(what("remove record 'a'")));
    storage.set("a", 1, &json("{}"));
    storage.reset();
    assert_eq!(witness.now(), Some(format!("no reset: {}", what("remove the records"))));
    drop(browser);
    storage.set("a", 1, &evaluate("[1n]"));
    let told = witness.now().expect("told");
    assert!(told.starts_with("localStorage: can't store record 'a': TypeError: "), "{told}");
    assert_eq!(witness.now(), None);
}

#[wasm_bindgen_test]
fn a_browser_without_the_storage_is_not_told_or_told_each_time() {
    let forbidding = || Browser::forbidding("localStorage");
    let without = || Browser::with("localStorage", &JsValue::NULL);
    let browsers: [(&dyn Fn() -> Browser, _); 2] =
        [(&forbidding, "SecurityError: not here"), (&without, "there is none here")];
    for (make, why) in browsers {
        let _browser = make();
        let (storage, witness) = open(&local_storage());
        storage.set("a", 1, &json("{}"));
        assert_eq!(witness.now(), Some(format!("localStorage: can't be had: {why}")));
        storage.delete("a");
        storage.get("a");
        assert_eq!(witness.now().as_deref(), Some("a -1 null"));
        storage.reset();
        assert!(witness.now().expect("told").ends_with(why));
        assert_eq!(witness.now(), None);
    }
}

#[wasm_bindgen_test]
fn a_library_that_has_arrays_write_themselves_changes_what_is_stored() {
    let items = items();
    let (storage, _witness) = open(&local_storage());
    evaluate("Array.prototype.toJSON = () => 'mine'");
    storage.set("a", 3, &json("{\"c\":[1]}"));
    evaluate("delete Array.prototype.toJSON");
    let text = "{\"recordName\":\"a\",\"version\":3,\"data\":{\"c\":[1]}}";
    assert_eq!(item(&items, "a").as_deref(), Some(text));
}

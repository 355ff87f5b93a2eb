//! Transactions that fail, and rows that are none of ours.

use wasm_bindgen_test::wasm_bindgen_test;

use super::browser::{Browser, evaluate, put, rows_of};
use super::{indexed_db, json, open};

#[wasm_bindgen_test]
async fn a_record_that_does_not_fit_takes_others_along_or_goes_in_silence() {
    let (storage, witness) = open(&indexed_db("quota"));
    storage.get("a");
    witness.next().await;
    let browser = Browser::failing("put", "row => row.id === 'b'", FULL);
    for name in ["a", "b", "c"] {
        storage.set(name, 1, &json("{}"));
    }
    for name in ["a", "b", "c"] {
        storage.get(name);
    }
    let what = "IndexedDB 'quota': can't store record 'b': QuotaExceededError: no more";
    assert_eq!(witness.next().await, what);
    assert_eq!(witness.next().await, "a 1 {}");
    assert_eq!(witness.next().await, "b -1 null");
    assert_eq!(witness.next().await, "c 1 {}");
    drop(browser);
    storage.set("b", 2, &json("{}"));
    storage.get("b");
    assert_eq!(witness.next().await, "b 2 {}", "and it goes on");
    assert_eq!(witness.now(), None);
}

#[wasm_bindgen_test]
async fn a_record_that_can_not_be_read_is_not_answered() {
    let (storage, witness) = open(&indexed_db("unread"));
    storage.get("a");
    witness.next().await;
    let _browser = Browser::failing("get", "() => true", "null");
    storage.get("a");
    let what = "IndexedDB 'unread': can't load record 'a': the browser has aborted it";
    assert_eq!(witness.next().await, what);
    assert_eq!(witness.next().await, "a -1 null");
    assert_eq!(witness.now(), None);
}

#[wasm_bindgen_test]
async fn data_that_can_not_be_stored_is_not_told_or_takes_others_along() {
    let (storage, witness) = open(&indexed_db("refused"));
    storage.set("a", 1, &json("{}"));
    storage.set("b", 1, &evaluate("{ f() {} }"));
    storage.set("c", 1, &json("{}"));
    storage.get("a");
    storage.get("c");
    let what = witness.next().await;
    let expected = "IndexedDB 'refused': can't store record 'b': DataCloneError: ";
    assert!(what.starts_with(expected), "{what}");
    assert_eq!(witness.next().await, "a 1 {}");
    assert_eq!(witness.next().await, "c 1 {}");
}

#[wasm_bindgen_test]
async fn a_row_that_is_no_record_is_taken_for_one() {
    let (storage, witness) = open(&indexed_db("rows"));
    storage.get("a");
    witness.next().await;
    let version = "it has no version that is one";
    for (row, why) in [
        ("{ data: {} }", version),
        ("{ version: '1', data: {} }", version),
        ("{ version: 1.5, data: {} }", version),
        ("{ version: NaN, data: {} }", version),
        ("{ version: 2147483648, data: {} }", version),
        ("{ version: -2, data: {} }", version),
        ("{ version: 1 }", "it has no data"),
    ] {
        put("rows", "records", &evaluate(&format!("Object.assign({row}, {{ id: 'a' }})")))
            .await
            .expect("stores");
        storage.get("a");
        let what = format!("IndexedDB 'rows': can't load record 'a': {why}");
        assert_eq!(witness.next().await, what, "{row}");
        assert_eq!(witness.next().await, "a -1 null", "{row}");
    }
    for (row, loaded) in [
        ("{ version: 2147483647, data: { d: new Date(0), u: undefined } }", "2147483647"),
        ("{ version: 0, data: {} }", "0"),
        ("{ version: -1, data: null }", "-1"),
    ] {
        put("rows", "records", &evaluate(&format!("Object.assign({row}, {{ id: 'a' }})")))
            .await
            .expect("stores");
        storage.get("a");
        let told = witness.next().await;
        assert!(told.starts_with(&format!("a {loaded} ")), "{row}: {told}");
        assert!(!told.contains("undefined"), "plain JSON: {told}");
    }
    assert_eq!(witness.now(), None);
}

#[wasm_bindgen_test]
async fn a_reset_that_fails_is_not_told() {
    let (storage, witness) = open(&indexed_db("uncleared"));
    storage.set("a", 1, &json("{}"));
    storage.get("a");
    witness.next().await;
    let browser = Browser::failing("clear", "() => true", FULL);
    storage.reset();
    let what = "no reset: IndexedDB 'uncleared': can't remove the records: QuotaExceededError: no \
        more";
    assert_eq!(witness.next().await, what);
    drop(browser);
    storage.reset();
    assert_eq!(witness.next().await, "reset");
    assert_eq!(rows_of("uncleared", "records").await, "[]");
}

const FULL: &str = "new DOMException('no more', 'QuotaExceededError')";

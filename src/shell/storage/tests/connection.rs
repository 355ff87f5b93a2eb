//! Databases that can't be opened, or not any more.

use js_sys::Reflect;
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::IdbDatabase;

use super::browser::{
    Browser, close_event, is_closed, layout, other_page, put, remove_database, rows_of, upgrade,
};
use super::{indexed_db, json, open};
use crate::core::options::Options;

/// Checks that a storage tells `what` once, and then answers everything as if it were empty.
async fn check_off(options: &Options, what: &str) {
    let (storage, witness) = open(options);
    storage.set("a", 1, &json("{}"));
    storage.get("a");
    assert_eq!(witness.next().await, what);
    assert_eq!(witness.next().await, "a -1 null");
    storage.set("a", 1, &json("{}"));
    storage.delete("a");
    storage.get("a");
    assert_eq!(witness.next().await, "a -1 null");
    storage.reset();
    assert!(witness.next().await.starts_with("no reset: "));
    assert_eq!(witness.now(), None);
}

#[wasm_bindgen_test]
async fn a_browser_without_databases_is_not_told_or_asked_again() {
    let browser = Browser::with("indexedDB", &JsValue::UNDEFINED);
    let what = "IndexedDB 'none': can't be opened: there is none here";
    check_off(&indexed_db("none"), what).await;
    drop(browser);
    let _browser = Browser::forbidding("indexedDB");
    let what = "IndexedDB 'none': can't be opened: SecurityError: not here";
    check_off(&indexed_db("none"), what).await;
}

#[wasm_bindgen_test]
async fn a_database_of_a_higher_version_is_not_told() {
    other_page("higher", 9, &["records"]).await.close();
    let what = "IndexedDB 'higher': can't be opened: VersionError: The requested version (1) is \
        less than the existing version (9).";
    check_off(&indexed_db("higher"), what).await;
}

#[wasm_bindgen_test]
async fn a_key_path_that_is_none_is_not_told_or_leaves_an_empty_database() {
    let mut options = indexed_db("path");
    options.indexdb.primary_key = "no path".to_owned();
    let (storage, witness) = open(&options);
    storage.get("a");
    let what = witness.next().await;
    assert!(what.starts_with("IndexedDB 'path': can't be opened: SyntaxError: "), "{what}");
    assert_eq!(witness.next().await, "a -1 null");
    let (storage, witness) = open(&indexed_db("path"));
    storage.set("a", 1, &json("{}"));
    storage.get("a");
    assert_eq!(witness.next().await, "a 1 {}");
}

#[wasm_bindgen_test]
async fn a_page_that_blocks_is_waited_for_for_ever() {
    let other = other_page("blocked", 1, &["records"]).await;
    let (browser, seen) = Browser::watched();
    browser.hurry();
    let mut options = indexed_db("blocked");
    options.indexdb.db_version = 2;
    options.indexdb.object_store_names = vec!["users".to_owned()];
    let what = "IndexedDB 'blocked': can't be opened: blocked by a page that has it open in \
        another version";
    check_off(&options, what).await;
    // The browser goes on with it when the other page is gone.
    let request = seen.request();
    other.close();
    assert_eq!(layout("blocked").await, "1 records", "what was given up is undone");
    let result = Reflect::get(&request, &"error".into()).expect("over");
    assert!(result.is_object());
}

#[wasm_bindgen_test]
async fn a_database_that_is_opened_too_late_stays_open() {
    other_page("late", 1, &["records"]).await.close();
    let (browser, seen) = Browser::watched();
    let (storage, witness) = open(&indexed_db("late"));
    storage.get("a");
    let request = seen.request();
    drop(storage);
    drop(browser);
    assert_eq!(upgrade("late", 2).await, "upgraded");
    let database = Reflect::get(&request, &"result".into()).expect("opened");
    assert!(is_closed(&database));
    assert_eq!(witness.now(), None);
}

#[wasm_bindgen_test]
async fn a_browser_that_never_answers_is_waited_for_for_ever() {
    let _browser = Browser::silent();
    let what = "IndexedDB 'silent': can't be opened: the browser does not answer";
    check_off(&indexed_db("silent"), what).await;
}

#[wasm_bindgen_test]
async fn a_page_that_was_asleep_gives_up_on_its_database() {
    let _browser = Browser::awake();
    let (storage, witness) = open(&indexed_db("asleep"));
    storage.set("a", 1, &json("{}"));
    storage.get("a");
    assert_eq!(witness.next().await, "a 1 {}");
}

#[wasm_bindgen_test]
async fn another_page_can_not_upgrade_or_remove_the_database() {
    let (storage, witness) = open(&indexed_db("moved"));
    storage.set("a", 1, &json("{}"));
    storage.get("a");
    assert_eq!(witness.next().await, "a 1 {}");
    remove_database("moved").await.expect("not blocked");
    assert_eq!(witness.now(), None, "nothing was asked for");
    storage.get("a");
    storage.set("b", 2, &json("{}"));
    storage.get("b");
    assert_eq!(witness.next().await, "a -1 null");
    assert_eq!(witness.next().await, "b 2 {}", "in a new database");
    assert_eq!(upgrade("moved", 2).await, "upgraded");
    storage.get("b");
    assert!(witness.next().await.contains("can't be opened: VersionError"));
    assert_eq!(witness.next().await, "b -1 null");
}

#[wasm_bindgen_test]
async fn a_connection_that_the_browser_has_closed_is_not_made_anew() {
    let (_browser, seen) = Browser::watched();
    let (storage, witness) = open(&indexed_db("closed"));
    storage.set("a", 1, &json("{}"));
    storage.get("a");
    witness.next().await;
    let first = seen.connection();
    close_event(&first);
    storage.get("a");
    assert_eq!(witness.next().await, "a 1 {}");
    let second = seen.connection().unchecked_into::<IdbDatabase>();
    assert!(first != JsValue::from(second.clone()) && is_closed(&first));
    // Without a word.
    second.close();
    storage.set("a", 2, &json("{}"));
    storage.get("a");
    assert_eq!(witness.next().await, "a 2 {}");
    assert_eq!(seen.openings(), 3);
}

#[wasm_bindgen_test]
async fn a_connection_that_closes_under_a_transaction_takes_it_along() {
    let (storage, witness) = open(&indexed_db("under"));
    storage.get("a");
    witness.next().await;
    let _browser = Browser::closing("put");
    storage.set("a", 1, &json("{}"));
    storage.get("a");
    assert_eq!(witness.next().await, "a 1 {}");
}

#[wasm_bindgen_test]
async fn object_stores_that_are_missing_take_the_others_along() {
    other_page("partly", 1, &["records", "foreign"]).await.close();
    let mut options = indexed_db("partly");
    options.indexdb.object_store_names = vec!["users".to_owned()];
    let (storage, witness) = open(&options);
    storage.set("users/1", 1, &json("{}"));
    storage.set("a", 1, &json("{}"));
    storage.get("users/1");
    storage.get("a");
    let what = "IndexedDB 'partly': has no object store 'users': raise indexdb.dbVersion, or set \
        indexdb.autoVersion";
    assert_eq!(witness.next().await, what);
    assert_eq!(witness.next().await, "users/1 -1 null");
    assert_eq!(witness.next().await, "a 1 {}");
    storage.get("users/2");
    assert_eq!(witness.next().await, "users/2 -1 null");
    storage.reset();
    assert_eq!(witness.next().await, "reset");
    assert_eq!(witness.now(), None);
}

#[wasm_bindgen_test]
async fn an_upgrade_removes_what_is_there() {
    other_page("raised", 1, &["records", "foreign"]).await.close();
    let row = json("{\"id\":\"a\",\"version\":7,\"data\":{}}");
    put("raised", "records", &row).await.expect("stores");
    put("raised", "foreign", &row).await.expect("stores");
    let mut options = indexed_db("raised");
    options.indexdb.db_version = 2;
    options.indexdb.object_store_names = vec!["users".to_owned()];
    let (storage, witness) = open(&options);
    storage.get("a");
    assert_eq!(witness.next().await, "a 7 {}");
    drop(storage);
    assert_eq!(layout("raised").await, "2 foreign records users");
    assert!(rows_of("raised", "foreign").await.contains("\"version\":7"));
}

#[wasm_bindgen_test]
async fn the_version_does_not_rise_by_itself_with_the_object_stores() {
    let note = || {
        let window = js_sys::global();
        let storage = Reflect::get(&window, &"localStorage".into()).expect("there is one");
        let storage = storage.unchecked_into::<web_sys::Storage>();
        storage.get_item("deepstream-db/auto").expect("readable")
    };
    let mut options = indexed_db("auto");
    options.indexdb.auto_version = true;
    let (storage, witness) = open(&options);
    storage.set("a", 1, &json("{}"));
    storage.get("a");
    assert_eq!(witness.next().await, "a 1 {}");
    let expected = "{\"dbVersion\":1,\"objectStoreNames\":[\"records\"]}";
    assert_eq!(note().as_deref(), Some(expected), "for the JavaScript client");
    // The one before lets go: both may be open in two pages.
    options.indexdb.object_store_names = vec!["users".to_owned()];
    let (storage, witness) = open(&options);
    storage.set("users/1", 1, &json("{}"));
    storage.get("users/1");
    storage.get("a");
    assert_eq!(witness.next().await, "users/1 1 {}");
    assert_eq!(witness.next().await, "a 1 {}");
    drop(storage);
    assert_eq!(layout("auto").await, "2 records users");
    let expected = "{\"dbVersion\":2,\"objectStoreNames\":[\"users\",\"records\"]}";
    assert_eq!(note().as_deref(), Some(expected));
    let (storage, witness) = open(&options);
    storage.get("users/1");
    assert_eq!(witness.next().await, "users/1 1 {}");
    assert_eq!(layout("auto").await, "2 records users", "and no more");
}

//! Records in IndexedDB: where they are, and when.

use std::cell::RefCell;
use std::rc::Rc;

use wasm_bindgen_test::wasm_bindgen_test;

use super::browser::{Browser, layout, other_page, put, rows_of};
use super::{Storage, Told, Witness, indexed_db, json, open};
use crate::core::time::Millis;

#[wasm_bindgen_test]
async fn what_is_stored_does_not_come_back_or_outlive_the_storage() {
    let options = indexed_db("round");
    let (storage, witness) = open(&options);
    storage.set("a", 3, &json("{\"b\":[1,null,\"c\"]}"));
    storage.set("list", 1, &json("[\"x\"]"));
    storage.get("a");
    assert_eq!(witness.next().await, "a 3 {\"b\":[1,null,\"c\"]}", "in the order asked for");
    storage.set("a", 4, &json("{}"));
    storage.get("a");
    assert_eq!(witness.next().await, "a 4 {}");
    storage.delete("a");
    storage.get("a");
    assert_eq!(witness.next().await, "a -1 null");
    drop(storage);
    let (storage, witness) = open(&options);
    storage.get("list");
    storage.get("a");
    assert_eq!(witness.next().await, "list 1 [\"x\"]");
    assert_eq!(witness.next().await, "a -1 null");
    assert_eq!(witness.now(), None);
}

#[wasm_bindgen_test]
async fn the_layout_is_another_than_the_javascript_clients() {
    let mut options = indexed_db("layout");
    options.indexdb.primary_key = "key".to_owned();
    options.indexdb.default_object_store_name = "others".to_owned();
    options.indexdb.object_store_names = vec!["users".to_owned()];
    let (storage, witness) = open(&options);
    storage.set("users/1/name", 1, &json("{}"));
    storage.set("users", 2, &json("{}"));
    storage.set("cars/1", 3, &json("{}"));
    storage.get("users/1/name");
    assert_eq!(witness.next().await, "users/1/name 1 {}");
    drop(storage);
    assert_eq!(layout("layout").await, "1 others users");
    let row = "[{\"version\":1,\"data\":{},\"key\":\"1/name\"}]";
    assert_eq!(rows_of("layout", "users").await, row);
    let rows = "[{\"version\":3,\"data\":{},\"key\":\"cars/1\"},\
        {\"version\":2,\"data\":{},\"key\":\"users\"}]";
    assert_eq!(rows_of("layout", "others").await, rows);
}

#[wasm_bindgen_test]
async fn a_database_of_the_javascript_client_is_not_read() {
    other_page("older", 3, &["records", "users"]).await.close();
    let row = json("{\"id\":\"1\",\"version\":7,\"data\":{\"a\":1}}");
    put("older", "users", &row).await.expect("stores");
    let mut options = indexed_db("older");
    options.indexdb.db_version = 3;
    options.indexdb.object_store_names = vec!["users".to_owned()];
    let (storage, witness) = open(&options);
    storage.get("users/1");
    assert_eq!(witness.next().await, "users/1 7 {\"a\":1}");
}

#[wasm_bindgen_test]
async fn two_records_share_a_row() {
    let mut options = indexed_db("shared");
    options.indexdb.object_store_names = vec!["records".to_owned()];
    let (storage, witness) = open(&options);
    storage.set("1", 1, &json("{}"));
    storage.set("records/1", 2, &json("{}"));
    storage.get("1");
    assert_eq!(witness.next().await, "1 1 {}");
}

#[wasm_bindgen_test]
async fn a_segment_that_is_no_object_store_is_warned_of_never_or_each_time() {
    let (_browser, seen) = Browser::watched();
    let mut options = indexed_db("warned");
    let (storage, witness) = open(&options);
    storage.get("cars/1");
    witness.next().await;
    assert!(seen.warnings().is_empty(), "where none are listed, none are meant");
    options.indexdb.storage_database_name = "warned-2".to_owned();
    options.indexdb.object_store_names = vec!["users".to_owned()];
    let (storage, witness) = open(&options);
    for name in ["cars/1", "cars/2", "users/1", "records/1", "plain"] {
        storage.get(name);
        witness.next().await;
    }
    let text = "'cars' is not in indexdb.objectStoreNames: its records go to 'records'";
    assert_eq!(seen.warnings(), [text]);
    for number in 0..50 {
        storage.get(&format!("{number}/x"));
        witness.next().await;
    }
    assert_eq!(seen.warnings().len(), 20, "names may come without end");
}

#[wasm_bindgen_test]
async fn requests_are_not_collected_to_be_done_together() {
    let (_browser, seen) = Browser::watched();
    let mut options = indexed_db("together");
    options.indexdb.flush_timeout = Millis::new(20);
    let (storage, witness) = open(&options);
    storage.get("a");
    storage.set("b", 1, &json("{}"));
    witness.next().await;
    assert_eq!(seen.modes(), ["readwrite"], "what waited for the database");
    for number in 0..10 {
        storage.get(&number.to_string());
    }
    for number in 0..10 {
        assert_eq!(witness.next().await, format!("{number} -1 null"));
    }
    assert_eq!(seen.modes(), ["readwrite", "readonly"]);
    assert_eq!(seen.delays(), [5_000, 20], "to give up on the database, and to collect");
}

#[wasm_bindgen_test]
async fn what_is_asked_for_from_within_an_answer_is_not_collected() {
    let (_browser, seen) = Browser::watched();
    let witness = Rc::<Witness>::default();
    let storage = Rc::<RefCell<Option<Rc<Storage>>>>::default();
    let listener = {
        let (listener, storage) = (witness.listener(), Rc::clone(&storage));
        Rc::new(move |told: Told| {
            let is_first = matches!(&told, Told::Loaded { name, .. } if name == "a");
            listener(told);
            let storage = storage.borrow().clone();
            if is_first {
                storage.expect("there is one").get("b");
            }
        })
    };
    let opened = Rc::new(Storage::open(&indexed_db("within"), None, listener));
    storage.replace(Some(Rc::clone(&opened)));
    opened.get("a");
    assert_eq!(witness.next().await, "a -1 null");
    opened.get("c");
    assert_eq!(witness.next().await, "b -1 null");
    assert_eq!(witness.next().await, "c -1 null");
    assert_eq!(seen.modes(), ["readonly", "readonly"]);
    storage.replace(None);
}

#[wasm_bindgen_test]
async fn a_flush_takes_the_answers_of_the_transaction_before() {
    let (storage, witness) = open(&indexed_db("twice"));
    storage.get("a");
    witness.next().await;
    for name in ["a", "b", "c"] {
        storage.set(name, 1, &json("{}"));
        storage.get(name);
        storage.flush();
    }
    for name in ["a", "b", "c"] {
        assert_eq!(witness.next().await, format!("{name} 1 {{}}"));
    }
}

#[wasm_bindgen_test]
async fn a_flush_waits_for_the_timer() {
    let mut options = indexed_db("flush");
    options.indexdb.flush_timeout = Millis::FOREVER;
    let (storage, witness) = open(&options);
    storage.get("a");
    witness.next().await;
    storage.set("a", 1, &json("{}"));
    storage.get("a");
    storage.flush();
    assert_eq!(witness.next().await, "a 1 {}");
}

#[wasm_bindgen_test]
async fn a_reset_leaves_a_record_or_takes_what_comes_after() {
    let mut options = indexed_db("reset");
    options.indexdb.object_store_names = vec!["users".to_owned()];
    let (storage, witness) = open(&options);
    storage.set("a", 1, &json("{}"));
    storage.set("users/1", 1, &json("{}"));
    storage.reset();
    storage.set("b", 1, &json("{}"));
    assert_eq!(witness.next().await, "reset");
    for name in ["a", "users/1", "b"] {
        storage.get(name);
    }
    assert_eq!(witness.next().await, "a -1 null");
    assert_eq!(witness.next().await, "users/1 -1 null");
    assert_eq!(witness.next().await, "b 1 {}");
}

#[wasm_bindgen_test]
async fn what_is_to_be_ignored_is_stored() {
    let mut options = indexed_db("ignored");
    let (storage, witness) = open(&options);
    storage.set("secret/1", 1, &json("{}"));
    storage.get("secret/1");
    assert_eq!(witness.next().await, "secret/1 1 {}");
    drop(storage);
    options.ignore_prefixes = vec!["tmp".to_owned(), "secret/".to_owned()];
    let (storage, witness) = open(&options);
    storage.get("secret/1");
    assert_eq!(witness.now().as_deref(), Some("secret/1 -1 null"));
    storage.set("secret/1", 2, &json("{}"));
    storage.delete("secret/1");
    storage.set("not-secret/1", 3, &json("{}"));
    storage.get("not-secret/1");
    assert_eq!(witness.next().await, "not-secret/1 3 {}");
    drop(storage);
    let rows = rows_of("ignored", "records").await;
    assert!(rows.contains("{\"version\":1,\"data\":{},\"id\":\"secret/1\"}"), "{rows}");
}

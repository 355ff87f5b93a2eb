//! What a storage leaves when it is dropped.

use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::IdbDatabase;

use super::browser::{Browser, is_closed, rows_of};
use super::{indexed_db, json, open};
use crate::core::time::Millis;

#[wasm_bindgen_test]
async fn a_connection_or_a_listener_is_left() {
    let (_browser, seen) = Browser::watched();
    let (storage, witness) = open(&indexed_db("left"));
    storage.get("a");
    witness.next().await;
    let database = seen.connection().unchecked_into::<IdbDatabase>();
    assert!(database.onversionchange().is_some() && database.onclose().is_some());
    drop(storage);
    assert!(is_closed(&database));
    assert!(database.onversionchange().is_none() && database.onclose().is_none());
}

#[wasm_bindgen_test]
async fn what_waited_to_be_stored_is_lost() {
    let mut options = indexed_db("waited");
    options.indexdb.flush_timeout = Millis::FOREVER;
    let (storage, witness) = open(&options);
    storage.get("a");
    witness.next().await;
    storage.set("a", 1, &json("{}"));
    storage.get("a");
    drop(storage);
    let row = "[{\"version\":1,\"data\":{},\"id\":\"a\"}]";
    assert_eq!(rows_of("waited", "records").await, row);
    assert_eq!(witness.now(), None, "nobody is told any more");
}

#[wasm_bindgen_test]
async fn a_storage_that_nobody_asks_opens_a_database() {
    let (_browser, seen) = Browser::watched();
    drop(open(&indexed_db("unasked")));
    assert_eq!(seen.openings(), 0);
}

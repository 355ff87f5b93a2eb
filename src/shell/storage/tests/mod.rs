//! Storages in a real browser, over its own databases.

mod browser;
mod connection;
mod custom;
mod failures;
mod indexed_db;
mod leaving;
mod local;

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use js_sys::{Function, JSON, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use super::{Storage, Told};
use crate::core::options::{Options, StorageName};
use crate::core::time::Millis;

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);

/// What a storage has told, as text.
#[derive(Default)]
struct Witness {
    told: RefCell<VecDeque<Told>>,
    wake: RefCell<Option<Function>>,
}

impl Witness {
    fn listener(self: &Rc<Self>) -> Rc<dyn Fn(Told)> {
        let witness = Rc::clone(self);
        Rc::new(move |told| {
            witness.told.borrow_mut().push_back(told);
            if let Some(wake) = witness.wake.take() {
                wake.call0(&JsValue::UNDEFINED).expect("resolves");
            }
        })
    }

    /// What is told next: what of a record, what of a reset, or what went wrong.
    async fn next(&self) -> String {
        loop {
            if let Some(told) = self.now() {
                return told;
            }
            let promise = Promise::new(&mut |resolve, _| {
                self.wake.replace(Some(resolve));
            });
            JsFuture::from(promise).await.expect("resolved");
        }
    }

    /// What was told and not asked for yet.
    fn now(&self) -> Option<String> {
        Some(match self.told.borrow_mut().pop_front()? {
            Told::Loaded { name, version, data } => {
                let data = JSON::stringify(&data).expect("plain JSON");
                format!("{name} {version} {data}")
            }
            Told::Failed { what } => what,
            Told::Reset(Ok(())) => "reset".to_owned(),
            Told::Reset(Err(what)) => format!("no reset: {what}"),
        })
    }
}

/// IndexedDB, in a database of this name, without a delay.
fn indexed_db(name: &str) -> Options {
    let mut options = Options::default();
    options.indexdb.storage_database_name = name.to_owned();
    options.indexdb.flush_timeout = Millis::ZERO;
    options
}

fn local_storage() -> Options {
    Options { storage_name: StorageName::LocalStorage, ..Options::default() }
}

fn open(options: &Options) -> (Storage, Rc<Witness>) {
    let witness = Rc::<Witness>::default();
    (Storage::open(options, None, witness.listener()), witness)
}

fn open_custom(object: &JsValue, options: &Options) -> (Storage, Rc<Witness>) {
    let witness = Rc::<Witness>::default();
    let object = object.clone();
    let storage =
        Storage::open(options, Some(Box::new(move || object.clone())), witness.listener());
    (storage, witness)
}

fn json(text: &str) -> JsValue {
    JSON::parse(text).expect("JSON")
}

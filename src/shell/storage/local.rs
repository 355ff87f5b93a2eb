//! Records in `localStorage`, an item each, as the JavaScript client has them.
//!
//! The keys are the names of the records, so that other items of the page may be in the way: they
//! are neither read nor written nor removed.

use std::cell::Cell;

use js_sys::Reflect;
use wasm_bindgen::prelude::*;
use web_sys::Storage as WebStorage;

use super::teller::{Task, Teller, property, reason};
use crate::shell::convert;
use crate::shell::document::text_of;

pub(super) struct Local {
    teller: Teller,
    /// Whether it was told that there is no `localStorage`.
    was_told: Cell<bool>,
}

impl Local {
    pub(super) fn new(teller: Teller) -> Self {
        Self { teller, was_told: Cell::new(false) }
    }

    pub(super) fn get(&self, name: &str) {
        let item = self.storage().map(|storage| item(&storage, name));
        match item {
            None | Some(Ok(None)) => self.teller.tell_missing(name),
            Some(Ok(Some(record))) => {
                let (version, data) = (property(&record, "version"), property(&record, "data"));
                self.teller.tell_found(name, &version, &data);
            }
            Some(Err(why)) => self.teller.tell_failed(Task::Load, name, &why),
        }
    }

    pub(super) fn set(&self, name: &str, version: i32, data: &JsValue) {
        self.write(Task::Store, name, |storage| {
            let record = convert::object([
                (NAME, name.into()),
                ("version", version.into()),
                ("data", data.clone()),
            ]);
            storage.set_item(name, &text_of(&record)?)
        });
    }

    pub(super) fn delete(&self, name: &str) {
        self.write(Task::Remove, name, |storage| storage.remove_item(name));
    }

    pub(super) fn reset(&self) {
        let result = open().and_then(|storage| clear(&storage));
        match result {
            Ok(()) => self.teller.tell_reset(Ok(())),
            Err(error) => self.teller.tell_failed(Task::Clear, "", &reason(&error)),
        }
    }

    /// Writes where nothing is, or a record.
    fn write(
        &self,
        task: Task,
        name: &str,
        write: impl FnOnce(&WebStorage) -> Result<(), JsValue>,
    ) {
        let Some(storage) = self.storage() else { return };
        let result =
            item(&storage, name).and_then(|_| write(&storage).map_err(|error| reason(&error)));
        if let Err(why) = result {
            self.teller.tell_failed(task, name, &why);
        }
    }

    fn storage(&self) -> Option<WebStorage> {
        match open() {
            Ok(storage) => Some(storage),
            Err(error) => {
                if !self.was_told.replace(true) {
                    self.teller.tell(&["can't be had: ", &*reason(&error)].concat());
                }
                None
            }
        }
    }
}

/// The browser's `localStorage`: even to look at it may be forbidden.
pub(super) fn open() -> Result<WebStorage, JsValue> {
    let storage = Reflect::get(&js_sys::global(), &"localStorage".into())?;
    if storage.is_object() {
        Ok(storage.unchecked_into())
    } else {
        Err("there is none here".into())
    }
}

/// The record of this name, if there is an item.
fn item(storage: &WebStorage, name: &str) -> Result<Option<JsValue>, String> {
    let text = storage.get_item(name).map_err(|error| reason(&error))?;
    let Some(text) = text else { return Ok(None) };
    record(name, &text).map(Some).ok_or_else(|| "the item of this name is no record".to_owned())
}

fn record(name: &str, text: &str) -> Option<JsValue> {
    let record = convert::parse(text).ok()?;
    (property(&record, NAME).as_string()? == name).then_some(record)
}

/// Removes all records.
fn clear(storage: &WebStorage) -> Result<(), JsValue> {
    let mut keys = Vec::new();
    for at in 0..storage.length()? {
        keys.extend(storage.key(at)?);
    }
    for key in keys {
        let text = storage.get_item(&key)?;
        if text.is_some_and(|text| record(&key, &text).is_some()) {
            storage.remove_item(&key)?;
        }
    }
    Ok(())
}

const NAME: &str = "recordName";

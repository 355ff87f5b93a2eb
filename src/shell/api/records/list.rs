//! Class `List`.

use std::rc::Rc;

use js_sys::Array;
use wasm_bindgen::prelude::*;

use super::arguments::subscribe_arguments;
use super::methods::{Inner, common_methods};
use crate::core::protocol::json;
use crate::core::record::io::EntriesOf;
use crate::core::record::list::ListChange;
use crate::core::record::{Change, Document, Value};
use crate::shell::api::arguments::{copy, error, is_array};
use crate::shell::document::JsDocument;
use crate::shell::pump::Shell;
use crate::shell::records::list_of;

/// A record that holds an array of texts, which are the names of other records in most cases.
#[wasm_bindgen(skip_typescript)]
pub struct List {
    inner: Inner,
}

impl List {
    pub(super) fn open(shell: &Rc<Shell>, name: &str) -> Result<JsValue, JsValue> {
        let inner = Inner::new(shell, Some(EntriesOf::List))?;
        shell.attach(&inner.handle, name);
        Ok(Self { inner }.into_object())
    }

    fn entries(&self) -> JsValue {
        self.inner.with_data(list_of).unwrap_or_else(|| Array::new().into())
    }

    fn length(&self) -> u32 {
        self.entries().unchecked_into::<Array>().length()
    }
}

common_methods!(List, List);

#[wasm_bindgen]
impl List {
    /// Its name.
    #[wasm_bindgen(getter)]
    pub fn name(&self) -> Option<String> {
        self.inner.name()
    }

    /// Its version: `null` before it is known.
    #[wasm_bindgen(getter)]
    pub fn version(&self) -> JsValue {
        self.inner.version().map_or(JsValue::NULL, JsValue::from)
    }

    /// The entries.
    #[wasm_bindgen(js_name = getEntries)]
    pub fn get_entries(&self) -> JsValue {
        self.entries()
    }

    /// Whether there are no entries.
    #[wasm_bindgen(js_name = isEmpty)]
    pub fn is_empty(&self) -> bool {
        self.length() == 0
    }

    /// Replaces the entries.
    ///
    /// # Errors
    ///
    /// The JavaScript client's.
    #[wasm_bindgen(js_name = setEntries)]
    pub fn set_entries(&self, entries: JsValue, callback: JsValue) -> Result<(), JsValue> {
        self.inner.write("set", replacement(&entries)?, &callback)
    }

    /// Replaces the entries. Returns a promise that the server has them, unless a callback is given.
    ///
    /// # Errors
    ///
    /// The JavaScript client's.
    #[wasm_bindgen(js_name = setEntriesWithAck)]
    pub fn set_entries_with_ack(
        &self,
        entries: JsValue,
        callback: JsValue,
    ) -> Result<JsValue, JsValue> {
        self.inner.acknowledge("set", replacement(&entries), &callback)
    }

    /// Adds an entry: before the one at an index, or last.
    ///
    /// # Errors
    ///
    /// The JavaScript client's.
    #[wasm_bindgen(js_name = addEntry)]
    pub fn add_entry(
        &self,
        entry: JsValue,
        index: JsValue,
        callback: JsValue,
    ) -> Result<(), JsValue> {
        let entry = entry.as_string().ok_or_else(|| error("Entry must be a recordName"))?;
        let index = index_within(&index, self.length())?;
        self.inner.write("set", Change::List(ListChange::Add(entry, index)), &callback)
    }

    /// Takes an entry out: where it is at an index, or else wherever it is.
    ///
    /// # Errors
    ///
    /// The JavaScript client's.
    #[wasm_bindgen(js_name = removeEntry)]
    pub fn remove_entry(
        &self,
        entry: JsValue,
        index: JsValue,
        callback: JsValue,
    ) -> Result<(), JsValue> {
        let index = index_within(&index, self.length())?;
        // What is no text is no entry.
        let entry = entry.as_string().ok_or_else(|| error("Entry must be a recordName"))?;
        self.inner.write("set", Change::List(ListChange::Remove(entry, index)), &callback)
    }

    /// Calls a function with the entries whenever they change.
    ///
    /// # Errors
    ///
    /// The JavaScript client's.
    #[wasm_bindgen(variadic)]
    pub fn subscribe(&self, arguments: Array) -> Result<(), JsValue> {
        let read = subscribe_arguments(&arguments)?;
        if read.path.is_truthy() {
            return Err(error("path is not supported for List.subscribe"));
        }
        self.inner.subscribe_to("", &read.callback, read.is_triggered)
    }

    /// Ends `subscribe`.
    ///
    /// # Errors
    ///
    /// The JavaScript client's.
    #[wasm_bindgen(variadic)]
    pub fn unsubscribe(&self, arguments: Array) -> Result<(), JsValue> {
        let read = subscribe_arguments(&arguments)?;
        if read.path.is_truthy() {
            return Err(error("path is not supported for List.unsubscribe"));
        }
        self.inner.unsubscribe_from("", &read.callback)
    }
}

/// The change that replaces all entries.
fn replacement(entries: &JsValue) -> Result<Change<JsDocument>, JsValue> {
    let invalid = || error("entries must be an array of record names");
    let list = if is_array(entries)? { copy(entries)? } else { return Err(invalid()) };
    let texts = list.iter().map(|entry| entry.as_string()).collect::<Option<Vec<_>>>();
    let text = json::texts(&texts.ok_or_else(invalid)?);
    let document = JsDocument::parse(&text).ok_or_else(invalid)?;
    Ok(Change::Update(Value::new(text, document)))
}

/// Reads an index at which there is an entry, or the next would be. None where none is given.
///
/// # Errors
///
/// The JavaScript client's.
pub(super) fn index_within(index: &JsValue, length: u32) -> Result<Option<usize>, JsValue> {
    if index.is_undefined() {
        return Ok(None);
    }
    let number = index.as_f64().filter(|number| !number.is_nan());
    let number = number.ok_or_else(|| error("Index must be a number"))?;
    if number < 0.0 || number > f64::from(length) {
        return Err(error("Index must be within current entries"));
    }
    Ok(Some(number as usize))
}

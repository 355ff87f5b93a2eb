//! Class `Dequeue`.

use std::rc::Rc;

use js_sys::Array;
use wasm_bindgen::prelude::*;

use super::arguments::subscribe_arguments;
use super::list::index_within;
use super::methods::{Inner, common_methods};
use crate::core::record::io::EntriesOf;
use crate::core::record::queue::{QueueChange, data_of};
use crate::core::record::{Change, Document, Value, queue};
use crate::shell::api::arguments::{copy, error, invalid, is_array};
use crate::shell::document::JsDocument;
use crate::shell::pump::Shell;
use crate::shell::records::{FIRST, LAST, queue_end, queue_of};

/// A record that holds entries which are linked, so that it is quick to add and to take out one.
#[wasm_bindgen(skip_typescript)]
pub struct Dequeue {
    inner: Inner,
}

impl Dequeue {
    pub(super) fn open(shell: &Rc<Shell>, name: &str) -> Result<JsValue, JsValue> {
        let inner = Inner::new(shell, Some(EntriesOf::Queue))?;
        shell.attach(&inner.handle, name);
        Ok(Self { inner }.into_object())
    }

    fn length(&self) -> usize {
        self.inner.with_data(|data| queue::keys(data).len()).unwrap_or_default()
    }

    fn end(&self, is_last: bool) -> JsValue {
        self.inner.with_data(|data| queue_end(data, is_last)).unwrap_or_else(|| "".into())
    }

    fn take(&self, is_last: bool) -> Result<JsValue, JsValue> {
        let taken = self.end(is_last);
        if self.length() > 0 {
            let change = if is_last { QueueChange::Pop } else { QueueChange::Shift };
            self.inner.write("set", Change::Queue(change), &JsValue::UNDEFINED)?;
        }
        Ok(taken)
    }
}

common_methods!(Dequeue, Dequeue);

#[wasm_bindgen]
impl Dequeue {
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
        self.inner.with_data(queue_of).unwrap_or_else(|| Array::new().into())
    }

    /// Whether there are no entries.
    #[wasm_bindgen(js_name = isEmpty)]
    pub fn is_empty(&self) -> bool {
        self.length() == 0
    }

    /// The first entry, or an empty text.
    #[wasm_bindgen(js_name = getFirst)]
    pub fn get_first(&self) -> JsValue {
        self.end(false)
    }

    /// The last entry, or an empty text.
    #[wasm_bindgen(js_name = getLast)]
    pub fn get_last(&self) -> JsValue {
        self.end(true)
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

    /// Puts an entry behind the last.
    ///
    /// # Errors
    ///
    /// An error that names the argument.
    pub fn push(&self, entry: JsValue, callback: JsValue) -> Result<(), JsValue> {
        self.inner.write("set", Change::Queue(QueueChange::Push(text(&entry)?)), &callback)
    }

    /// Puts an entry before the first.
    ///
    /// # Errors
    ///
    /// An error that names the argument.
    pub fn unshift(&self, entry: JsValue, callback: JsValue) -> Result<(), JsValue> {
        self.inner.write("set", Change::Queue(QueueChange::Unshift(text(&entry)?)), &callback)
    }

    /// Puts an entry behind the last. Returns a promise that the server has it, unless a callback is
    /// given.
    ///
    /// # Errors
    ///
    /// An error that names the argument.
    #[wasm_bindgen(js_name = pushWithAck)]
    pub fn push_with_ack(&self, entry: JsValue, callback: JsValue) -> Result<JsValue, JsValue> {
        let change = text(&entry).map(|entry| Change::Queue(QueueChange::Push(entry)));
        self.inner.acknowledge("set", change, &callback)
    }

    /// Puts an entry before the first. Returns a promise that the server has it, unless a callback is
    /// given.
    ///
    /// # Errors
    ///
    /// An error that names the argument.
    #[wasm_bindgen(js_name = unshiftWithAck)]
    pub fn unshift_with_ack(&self, entry: JsValue, callback: JsValue) -> Result<JsValue, JsValue> {
        let change = text(&entry).map(|entry| Change::Queue(QueueChange::Unshift(entry)));
        self.inner.acknowledge("set", change, &callback)
    }

    /// Takes the last entry out and returns it: an empty text if there is none.
    ///
    /// # Errors
    ///
    /// None.
    pub fn pop(&self) -> Result<JsValue, JsValue> {
        self.take(true)
    }

    /// Takes the first entry out and returns it: an empty text if there is none.
    ///
    /// # Errors
    ///
    /// None.
    pub fn shift(&self) -> Result<JsValue, JsValue> {
        self.take(false)
    }

    /// Puts an entry before the one at an index.
    ///
    /// # Errors
    ///
    /// The JavaScript client's.
    #[wasm_bindgen(js_name = insertEntry)]
    pub fn insert_entry(
        &self,
        entry: JsValue,
        index: JsValue,
        callback: JsValue,
    ) -> Result<(), JsValue> {
        let length = self.length();
        let within = index_within(&index, u32::try_from(length).unwrap_or(u32::MAX))?;
        let Some(index) = within else { return Ok(()) };
        let change = if index == 0 {
            QueueChange::Unshift(text(&entry)?)
        } else if index < length {
            QueueChange::Insert(text(&entry)?, index)
        } else {
            return Err(error("Index out of range"));
        };
        self.inner.write("set", Change::Queue(change), &callback)
    }

    /// Takes an entry out: the first that is equal, or the one at an index.
    ///
    /// # Errors
    ///
    /// The JavaScript client's.
    #[wasm_bindgen(js_name = removeEntry)]
    pub fn remove_entry(&self, entry: JsValue, index: JsValue) -> Result<(), JsValue> {
        let index = index.as_f64().filter(|index| *index > 0.0).map(|index| index as usize);
        let change = QueueChange::Remove(text(&entry)?, index);
        let is_there = self.inner.with_data(|data| change.applies_to(data));
        if is_there != Some(true) {
            return Err(error("no entry removed"));
        }
        self.inner.write("set", Change::Queue(change), &JsValue::UNDEFINED)
    }

    /// Calls a function with the entries whenever they change; with the first or the last whenever
    /// that is another one.
    ///
    /// # Errors
    ///
    /// The JavaScript client's.
    #[wasm_bindgen(variadic)]
    pub fn subscribe(&self, arguments: Array) -> Result<(), JsValue> {
        let read = subscribe_arguments(&arguments)?;
        let path = position(&read.path)?;
        self.inner.subscribe_to(path, &read.callback, read.is_triggered)
    }

    /// Ends `subscribe`.
    ///
    /// # Errors
    ///
    /// The JavaScript client's.
    #[wasm_bindgen(variadic)]
    pub fn unsubscribe(&self, arguments: Array) -> Result<(), JsValue> {
        let read = subscribe_arguments(&arguments)?;
        self.inner.unsubscribe_from(position(&read.path)?, &read.callback)
    }
}

/// Where the record has what a subscriber to a position is to be told of.
fn position(position: &JsValue) -> Result<&'static str, JsValue> {
    match position.as_string().as_deref() {
        None | Some("") => Ok(""),
        Some("first") => Ok(FIRST),
        Some("last") => Ok(LAST),
        Some(_) => Err(error("Position must be \"first\" or \"last\" element")),
    }
}

/// An entry as JSON text.
fn text(entry: &JsValue) -> Result<String, JsValue> {
    let taken = JsDocument::take("entry", entry)?;
    taken.map(|(text, _)| text).ok_or_else(|| invalid("entry"))
}

/// The change that replaces all entries.
fn replacement(entries: &JsValue) -> Result<Change<JsDocument>, JsValue> {
    let list = if is_array(entries)? {
        copy(entries)?
    } else {
        return Err(error("entries must be an array"));
    };
    let texts = list.iter().map(|entry| text(&entry)).collect::<Result<Vec<_>, _>>()?;
    let data = data_of(&texts);
    let document = JsDocument::parse(&data).ok_or_else(|| error("entries must be an array"))?;
    Ok(Change::Update(Value::new(data, document)))
}

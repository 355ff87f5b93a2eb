//! Class `Record`.

use std::rc::Rc;

use js_sys::Array;
use wasm_bindgen::prelude::*;

use super::arguments::{patches, set_arguments};
use super::methods::{Inner, common_methods};
use crate::core::record::{Change, Path, Value};
use crate::shell::api::arguments::error;
use crate::shell::document::JsDocument;
use crate::shell::pump::Shell;

/// A document that clients have in common.
#[wasm_bindgen(skip_typescript)]
pub struct Record {
    inner: Inner,
}

impl Record {
    pub(super) fn open(shell: &Rc<Shell>, name: &str) -> Result<JsValue, JsValue> {
        let inner = Inner::new(shell, None)?;
        shell.attach(&inner.handle, name);
        Ok(Self { inner }.into_object())
    }
}

common_methods!(Record, Record);

#[wasm_bindgen]
impl Record {
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

    /// Whether somebody provides it.
    #[wasm_bindgen(getter, js_name = hasProvider)]
    pub fn has_provider(&self) -> bool {
        let id = self.inner.handle.record();
        let has_provider =
            id.and_then(|id| self.inner.shell.with_record(id, |record| record.has_provider()));
        has_provider.unwrap_or_default()
    }

    /// The data, or what is at a path.
    ///
    /// # Errors
    ///
    /// The JavaScript client's.
    pub fn get(&self, path: JsValue) -> Result<JsValue, JsValue> {
        let sharing = self.inner.shell.sharing();
        let value = self.inner.with_data(|data| data.read(&path, sharing));
        value.unwrap_or(Ok(JsValue::UNDEFINED))
    }

    /// Where [`Self::get`] reads, until anything may have become of the record: for the package's own
    /// class.
    #[wasm_bindgen(js_name = __view)]
    pub fn view(&self) -> JsValue {
        self.inner.view()
    }

    /// Writes the data, or what is at a path.
    ///
    /// # Errors
    ///
    /// The JavaScript client's.
    #[wasm_bindgen(variadic)]
    pub fn set(&self, arguments: Array) -> Result<(), JsValue> {
        let read = set_arguments(&arguments, 0)?;
        self.inner.write("set", read.change()?, &read.callback)
    }

    /// [`Self::set`] of a value at a path, which is what its JSON text says, without a callback: for the
    /// package's own class, as it takes fewer crossings of the border. Returns whether it could be done.
    #[wasm_bindgen(js_name = __put)]
    pub fn put(&self, path: &str, text: String, value: JsValue) -> bool {
        let value = JsDocument::of(value).map(|document| Value::new(text, document));
        let change = Path::parse(path).zip(value).map(|(path, value)| Change::Patch(path, value));
        change.map(|change| self.inner.write_unawaited("set", change)).is_some()
    }

    /// Writes the data, or what is at a path. Returns a promise that the server has it, unless a
    /// callback is given.
    ///
    /// # Errors
    ///
    /// The JavaScript client's.
    #[wasm_bindgen(js_name = setWithAck, variadic)]
    pub fn set_with_ack(&self, arguments: Array) -> Result<JsValue, JsValue> {
        let read = set_arguments(&arguments, 0)?;
        self.inner.acknowledge("set", read.change(), &read.callback)
    }

    /// Writes several paths as one change.
    ///
    /// # Errors
    ///
    /// The JavaScript client's.
    #[wasm_bindgen(js_name = setMulti)]
    pub fn set_multi(&self, patches: JsValue, callback: JsValue) -> Result<(), JsValue> {
        self.inner.write("setMulti", self::patches(&patches)?, &callback)
    }

    /// Writes several paths as one change. Returns a promise that the server has it, unless a
    /// callback is given.
    ///
    /// # Errors
    ///
    /// The JavaScript client's.
    #[wasm_bindgen(js_name = setMultiWithAck)]
    pub fn set_multi_with_ack(
        &self,
        patches: JsValue,
        callback: JsValue,
    ) -> Result<JsValue, JsValue> {
        self.inner.acknowledge("setMulti", self::patches(&patches), &callback)
    }

    /// Takes away what is at a path.
    ///
    /// # Errors
    ///
    /// The JavaScript client's.
    pub fn erase(&self, path: JsValue) -> Result<(), JsValue> {
        self.inner.write("set", erasure(&path)?, &JsValue::UNDEFINED)
    }

    /// Takes away what is at a path. Returns a promise that the server did so too, unless a callback
    /// is given.
    ///
    /// # Errors
    ///
    /// The JavaScript client's.
    #[wasm_bindgen(js_name = eraseWithAck)]
    pub fn erase_with_ack(&self, path: JsValue, callback: JsValue) -> Result<JsValue, JsValue> {
        let change = erasure(&path)?;
        self.inner.acknowledge("set", Ok(change), &callback)
    }

    /// Calls a function with the data, or with what is at a path, whenever that changes.
    ///
    /// # Errors
    ///
    /// The JavaScript client's.
    #[wasm_bindgen(variadic)]
    pub fn subscribe(&self, arguments: Array) -> Result<(), JsValue> {
        self.inner.subscribe(&arguments)
    }

    /// [`Self::subscribe`] of a path and a function: for the package's own class, as it takes fewer
    /// crossings of the border. Returns whether it could be done.
    #[wasm_bindgen(js_name = __subscribe)]
    pub fn subscribe_function(&self, path: &str, callback: JsValue) -> bool {
        let is_path = Path::parse(path).is_some();
        if is_path {
            self.inner.subscribe_function(path, &callback, false);
        }
        is_path
    }

    /// Ends `subscribe`.
    ///
    /// # Errors
    ///
    /// The JavaScript client's.
    #[wasm_bindgen(variadic)]
    pub fn unsubscribe(&self, arguments: Array) -> Result<(), JsValue> {
        self.inner.unsubscribe(&arguments)
    }

    /// Has a function merge this record when it was changed here and elsewhere.
    #[wasm_bindgen(js_name = setMergeStrategy)]
    pub fn set_merge_strategy(&self, strategy: JsValue) {
        self.inner.set_merge_strategy(&strategy);
    }
}

/// The change that takes away what is at a path.
pub(super) fn erasure(path: &JsValue) -> Result<Change<JsDocument>, JsValue> {
    if !path.is_truthy() {
        return Err(error("unable to erase record data without path, consider using `delete`"));
    }
    let arguments = Array::of2(path, &JsValue::UNDEFINED);
    set_arguments(&arguments, 0)?.change()
}

//! Class `AnonymousRecord`.

use std::rc::Rc;

use js_sys::Array;
use wasm_bindgen::prelude::*;

use super::arguments::set_arguments;
use super::methods::{Inner, common_methods};
use super::record::erasure;
use crate::shell::api::arguments::{name, optional_function};
use crate::shell::pump::Shell;

/// A record that can be exchanged for another, while its subscribers stay.
#[wasm_bindgen(skip_typescript)]
pub struct AnonymousRecord {
    inner: Inner,
}

impl AnonymousRecord {
    pub(super) fn open(shell: &Rc<Shell>) -> Result<JsValue, JsValue> {
        Ok(Self { inner: Inner::lasting(shell)? }.into_object())
    }
}

common_methods!(AnonymousRecord, AnonymousRecord);

#[wasm_bindgen]
impl AnonymousRecord {
    /// Name of the record. Empty while there is none.
    #[wasm_bindgen(getter)]
    pub fn name(&self) -> String {
        self.inner.name().unwrap_or_default()
    }

    /// Version of the record. -1 while there is none, `null` before it is known.
    #[wasm_bindgen(getter)]
    pub fn version(&self) -> JsValue {
        if self.inner.handle.record().is_none() {
            return JsValue::from(-1);
        }
        self.inner.version().map_or(JsValue::NULL, JsValue::from)
    }

    /// Has this be the record of a name. Calls `callback` with this object when the data is there.
    /// Returns a promise of it, unless a callback is given.
    ///
    /// # Errors
    ///
    /// The JavaScript client's.
    #[wasm_bindgen(js_name = setName)]
    pub fn set_name(&self, name: JsValue, callback: JsValue) -> Result<JsValue, JsValue> {
        let name = self::name(&name, "name")?;
        optional_function(&callback, "callback")?;
        let Inner { shell, handle, .. } = &self.inner;
        let is_over = handle.is_discarded() || self.inner.is_over();
        if is_over || self.inner.name().as_ref() != Some(&name) {
            shell.detach(handle);
            shell.forget_record(handle);
            shell.attach(handle, &name);
            let arguments = Array::of1(&JsValue::from_str(&name));
            self.inner.emit(&"nameChanged".into(), &arguments)?;
        }
        self.inner.when_ready(&callback)
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
        if self.inner.handle.record().is_none() {
            return Ok(());
        }
        let read = set_arguments(&arguments, 0)?;
        self.inner.write("set", read.change()?, &read.callback)
    }

    /// Writes the data, or what is at a path. Returns a promise that the server has it, unless a
    /// callback is given.
    ///
    /// # Errors
    ///
    /// The JavaScript client's.
    #[wasm_bindgen(js_name = setWithAck, variadic)]
    pub fn set_with_ack(&self, arguments: Array) -> Result<JsValue, JsValue> {
        if self.inner.handle.record().is_none() {
            return Ok(JsValue::UNDEFINED);
        }
        let read = set_arguments(&arguments, 0)?;
        self.inner.acknowledge("set", read.change(), &read.callback)
    }

    /// Takes away what is at a path.
    ///
    /// # Errors
    ///
    /// As for a record.
    pub fn erase(&self, path: JsValue) -> Result<(), JsValue> {
        if self.inner.handle.record().is_none() {
            return Ok(());
        }
        self.inner.write("set", erasure(&path)?, &JsValue::UNDEFINED)
    }

    /// Takes away what is at a path. Returns a promise that the server did so too, unless a callback
    /// is given.
    ///
    /// # Errors
    ///
    /// As for a record.
    #[wasm_bindgen(js_name = eraseWithAck)]
    pub fn erase_with_ack(&self, path: JsValue, callback: JsValue) -> Result<JsValue, JsValue> {
        if self.inner.handle.record().is_none() {
            return Ok(JsValue::UNDEFINED);
        }
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

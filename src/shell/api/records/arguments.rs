//! How the methods of records read their arguments: as the JavaScript client does, whose overloads go
//! by the number of arguments and their types.

use js_sys::{Array, Reflect};
use wasm_bindgen::prelude::*;

use crate::core::record::{Change, Document, Path, Value};
use crate::shell::api::arguments::{copy, error, invalid, is_array};
use crate::shell::document::JsDocument;

#[wasm_bindgen(module = "/src/shell/browser.js")]
extern "C" {
    #[wasm_bindgen(catch, js_name = readSet)]
    fn read_set(arguments: &Array, first: u32) -> Result<Array, JsValue>;
}

/// What is to be written, and who is told.
pub(super) struct SetArguments {
    /// Empty for the whole data.
    pub(super) path: JsValue,
    pub(super) data: JsValue,
    pub(super) callback: JsValue,
}

/// Reads `(data, callback?)` or `(path, data, callback?)`, from the argument of this number on.
///
/// # Errors
///
/// The JavaScript client's.
pub(super) fn set_arguments(arguments: &Array, first: u32) -> Result<SetArguments, JsValue> {
    let read = read_set(arguments, first)?;
    let [path, data, callback] = [0, 1, 2].map(|at| read.get(at));
    Ok(SetArguments { path, data, callback })
}

impl SetArguments {
    /// The change that this is.
    ///
    /// # Errors
    ///
    /// An error that names the argument, or what the application's own `toJSON` throws.
    pub(super) fn change(&self) -> Result<Change<JsDocument>, JsValue> {
        let Some(path) = self.path.as_string() else {
            // What is an object may be written down as a text, such as a date.
            let taken = JsDocument::take("data", &self.data)?;
            let taken = taken.filter(|(_, document)| document.is_container());
            let (text, document) = taken.ok_or_else(|| error(NO_SCALARS))?;
            return Ok(Change::Update(Value::new(text, document)));
        };
        let path = Path::parse(&path).ok_or_else(|| invalid("path"))?;
        Ok(match value("data", &self.data)? {
            Some(value) => Change::Patch(path, value),
            None => Change::Erase(path),
        })
    }
}

/// A value that is to be written. None where JSON has none for it.
pub(super) fn value(argument: &str, value: &JsValue) -> Result<Option<Value<JsDocument>>, JsValue> {
    let taken = JsDocument::take(argument, value)?;
    Ok(taken.map(|(text, document)| Value::new(text, document)))
}

/// What `setMulti` is to write.
///
/// # Errors
///
/// The JavaScript client's, or what the application's own getters and arrays throw.
pub(super) fn patches(patches: &JsValue) -> Result<Change<JsDocument>, JsValue> {
    let list = if is_array(patches)? { copy(patches)? } else { Array::new() };
    if list.length() == 0 {
        return Err(error("setMulti requires a non-empty array of patches"));
    }
    let mut steps = Vec::new();
    for patch in list.iter() {
        let path =
            if patch.is_object() { Reflect::get(&patch, &"path".into())? } else { patch.clone() };
        let path = path.as_string().filter(|path| patch.is_object() && !path.is_empty());
        let path =
            path.ok_or_else(|| error("setMulti patches must each have a non-empty path string"))?;
        let path = Path::parse(&path).ok_or_else(|| invalid("path"))?;
        let data = Reflect::get(&patch, &"data".into())?;
        steps.push((path, value("data", &data)?));
    }
    Ok(Change::Multi(steps))
}

/// Who is to be called, and when the value at which path is another one.
pub(super) struct SubscribeArguments {
    pub(super) path: JsValue,
    pub(super) callback: JsValue,
    pub(super) is_triggered: bool,
}

/// Reads a path, a callback and whether it is called at once, which are told apart by their types.
///
/// # Errors
///
/// What the application's own getters throw.
pub(super) fn subscribe_arguments(arguments: &Array) -> Result<SubscribeArguments, JsValue> {
    let mut read = SubscribeArguments {
        path: JsValue::UNDEFINED,
        callback: JsValue::UNDEFINED,
        is_triggered: false,
    };
    let only = arguments.get(0);
    if arguments.length() == 1 && only.is_object() && !only.is_function() {
        let get = |name: &str| Reflect::get(&only, &name.into());
        read.path = get("path")?;
        read.callback = get("callback")?;
        read.is_triggered = get("triggerNow")?.is_truthy();
        return Ok(read);
    }
    for argument in arguments.iter() {
        if argument.is_string() {
            read.path = argument;
        } else if argument.is_function() {
            read.callback = argument;
        } else if let Some(is_triggered) = argument.as_bool() {
            read.is_triggered = is_triggered;
        }
    }
    Ok(read)
}

impl SubscribeArguments {
    /// The path: empty for the whole data.
    ///
    /// # Errors
    ///
    /// The JavaScript client's.
    pub(super) fn path(&self) -> Result<String, JsValue> {
        if self.path.is_undefined() {
            return Ok(String::new());
        }
        let path = self.path.as_string().filter(|path| Path::parse(path).is_some());
        path.ok_or_else(|| invalid("path"))
    }
}

pub(super) const NO_SCALARS: &str = "invalid arguments, scalar values cannot be set without path";

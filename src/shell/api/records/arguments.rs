//! How the methods of records read their arguments: as the JavaScript client does, whose overloads go
//! by the number of arguments and their types.

use js_sys::{Array, Reflect};
use wasm_bindgen::prelude::*;

use crate::core::record::{Change, Document, Path, Value};
use crate::shell::api::arguments::{copy, error, invalid, is_array};
use crate::shell::document::JsDocument;

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
    let [one, two, three] = [0, 1, 2].map(|n| arguments.get(first.saturating_add(n)));
    let none = JsValue::UNDEFINED;
    let is_path = one.as_string().is_some_and(|path| !path.is_empty());
    let is_data = one.is_object() && !one.is_function();
    // Whatever else stands before data and a callback is passed over.
    let is_second = !one.is_string() && two.is_truthy() && !two.is_function();
    match arguments.length().saturating_sub(first) {
        1 if is_data => Ok(SetArguments { path: none.clone(), data: one, callback: none }),
        // What is no value of JSON takes away what is there.
        2 if is_path => Ok(SetArguments { path: one, data: two, callback: none }),
        2 if is_data && two.is_function() => {
            Ok(SetArguments { path: none, data: one, callback: two })
        }
        3 if is_path && three.is_function() => {
            Ok(SetArguments { path: one, data: two, callback: three })
        }
        3 if is_second && three.is_function() => {
            Ok(SetArguments { path: none, data: two, callback: three })
        }
        2 if is_data => Err(error("Invalid set callback argument")),
        3 if is_path || is_second => Err(error("Invalid set callback argument")),
        1..=3 => Err(error("Invalid set path argument")),
        _ => Err(error("Invalid set arguments")),
    }
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

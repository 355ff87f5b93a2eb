//! The options object that a client is given.

use js_sys::{Array, Reflect};
use wasm_bindgen::prelude::*;

use super::arguments::is_array;
use crate::core::options::{Known, Options, Value};
use crate::shell::convert;
use crate::shell::report;

// An object of the application's may be a proxy that throws at anything, which js-sys does not
// expect here.
#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_namespace = Object, js_name = keys)]
    fn object_keys(object: &JsValue) -> Result<Array, JsValue>;
}

/// Reads the application's options over the defaults.
///
/// # Errors
///
/// An `Error` that names the option that can't have its value; what a proxy or a getter throws.
pub(super) fn read(given: &JsValue) -> Result<Options, JsValue> {
    let mut options = Options::default();
    if given.is_undefined() || given.is_null() {
        return Ok(options);
    }
    if !given.is_object() || given.is_function() || is_array(given)? {
        return Err(convert::wrong_type("options", "an object"));
    }
    read_into(&mut options, given, "")?;
    Ok(options)
}

/// An option that is a value of the application's own, as it was given.
///
/// # Errors
///
/// What a proxy or a getter throws.
pub(super) fn option(given: &JsValue, name: &str) -> Result<JsValue, JsValue> {
    if given.is_object() { Reflect::get(given, &name.into()) } else { Ok(JsValue::UNDEFINED) }
}

fn read_into(options: &mut Options, given: &JsValue, prefix: &str) -> Result<(), JsValue> {
    for key in object_keys(given)?.iter() {
        let value = Reflect::get(given, &key)?;
        let Some(name) = key.as_string().filter(|_| !value.is_undefined()) else { continue };
        if prefix.is_empty() && name == "storageName" && value.is_string() && has_storage(given)? {
            // It chooses nothing, and the JavaScript client needs another name than its own where it
            // has no IndexedDB.
            continue;
        }
        let name = [prefix, &name].concat();
        let text = value.as_string();
        let texts = texts(&value)?;
        let known = options
            .set(&name, looked_at(&value, text.as_deref(), texts.as_deref())?)
            .map_err(|error| convert::thrown(&error))?;
        match known {
            Known::Group => read_into(options, &value, &[&name, "."].concat())?,
            Known::Yes => {}
            Known::Unsupported => report::warn(&told(&name, "is not supported: it is ignored")),
            Known::No => report::warn(&told(&name, "is unknown: it is ignored")),
        }
    }
    Ok(())
}

/// Whether the application has a storage of its own.
fn has_storage(given: &JsValue) -> Result<bool, JsValue> {
    Ok(option(given, "storage")?.is_object())
}

fn looked_at<'a>(
    value: &JsValue,
    text: Option<&'a str>,
    texts: Option<&'a [String]>,
) -> Result<Value<'a>, JsValue> {
    Ok(if let Some(text) = text {
        Value::Text(text)
    } else if let Some(texts) = texts {
        Value::Texts(texts)
    } else if let Some(number) = value.as_f64() {
        Value::Number(number)
    } else if let Some(boolean) = value.as_bool() {
        Value::Boolean(boolean)
    } else if value.is_null() {
        Value::Null
    } else if value.is_function() {
        Value::Function
    } else if is_array(value)? {
        Value::Other
    } else if value.is_object() {
        Value::Object
    } else {
        Value::Other
    })
}

/// The texts of an array that holds nothing else.
fn texts(value: &JsValue) -> Result<Option<Vec<String>>, JsValue> {
    if !is_array(value)? {
        return Ok(None);
    }
    let mut texts = Vec::new();
    for key in object_keys(value)?.iter() {
        let Some(text) = Reflect::get(value, &key)?.as_string() else { return Ok(None) };
        texts.push(text);
    }
    Ok(Some(texts))
}

fn told(name: &str, what: &str) -> String {
    ["deepstream: option '", name, "' ", what].concat()
}

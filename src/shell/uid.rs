//! Texts that nobody else comes upon.

use js_sys::{Date, Math, Number};
use wasm_bindgen::prelude::*;

/// A text that no other call returns: the time, then chance.
pub(crate) fn uid() -> Result<String, JsValue> {
    let in_base_36 = |number: f64| Number::from(number).to_string_with_radix(36).map(String::from);
    let time = in_base_36(Date::now())?;
    let chance = in_base_36(Math::random() * 1e16)?.replace('.', "");
    Ok([time, chance].join("-"))
}

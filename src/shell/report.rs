//! What goes wrong in the application's own functions, and what it should be warned of.

use js_sys::{Function, Reflect};
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/shell/browser.js")]
extern "C" {
    /// Calls a function of the application. What it throws is reported as any uncaught error is, and
    /// stops nothing of ours.
    pub(crate) fn call(function: &Function, this: &JsValue, arguments: &js_sys::Array);

    /// Reports what the application threw.
    pub(crate) fn uncaught(error: &JsValue);
}

#[wasm_bindgen]
extern "C" {
    // The application may have put something of its own there, which throws.
    #[wasm_bindgen(js_namespace = console, js_name = warn, catch)]
    fn console_warn(text: &str) -> Result<(), JsValue>;
}

/// Warns the developer on the console, if there is one that works.
pub(crate) fn warn(text: &str) {
    let _ = console_warn(text);
}

/// Has the rejection of a promise be no uncaught error.
pub(crate) fn excuse(promise: &JsValue) {
    let then = Reflect::get(promise, &"then".into()).unwrap_or_default();
    if let Some(then) = then.dyn_ref::<Function>() {
        // It throws where somebody has put something else in the place of promises.
        let _ = then.call2(promise, &JsValue::UNDEFINED, &harmless());
    }
}

/// A function that the engine brought along, does nothing and holds on to nothing.
pub(crate) fn harmless() -> Function {
    Reflect::get(&js_sys::global(), &"Boolean".into()).unwrap_or_default().unchecked_into()
}

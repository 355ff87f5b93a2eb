//! What goes wrong in the application's own functions, and what it should be warned of.

use gloo_timers::callback::Timeout;
use js_sys::{Array, Function, Reflect};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = reportError, catch)]
    fn report_error(error: &JsValue) -> Result<(), JsValue>;
    // The application may have put something of its own there, which throws.
    #[wasm_bindgen(js_namespace = console, js_name = warn, catch)]
    fn console_warn(text: &str) -> Result<(), JsValue>;
}

/// Calls a function of the application. What it throws is reported as any uncaught error is, and
/// stops nothing of ours.
pub(crate) fn call(function: &Function, this: &JsValue, arguments: &Array) {
    if let Err(error) = function.apply(this, arguments) {
        uncaught(error);
    }
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

/// Reports what the application threw.
pub(crate) fn uncaught(error: JsValue) {
    if report_error(&error).is_err() {
        // Not every environment has `reportError`: a throw from an empty stack does the same.
        Timeout::new(0, move || wasm_bindgen::throw_val(error)).forget();
    }
}

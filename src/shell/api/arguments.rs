//! What the methods have in common: how they read their arguments, and how they answer.

use std::rc::Rc;

use js_sys::{Array, Error, Function, Promise};
use wasm_bindgen::prelude::*;

use crate::core::io::{Command, Ticket};
use crate::core::record::io::RecordCommand;
use crate::shell::document::JsDocument;
use crate::shell::pump::Shell;
use crate::shell::waiting::{Call, Deferred, Waiter, Waiting};

// An array of the application's may be a proxy, or have getters, and throw at whoever looks at it,
// which js-sys does not expect here.
#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_namespace = Array, js_name = isArray)]
    pub(super) fn is_array(value: &JsValue) -> Result<bool, JsValue>;
    #[wasm_bindgen(catch, js_namespace = Array, js_name = from)]
    pub(super) fn copy(array: &JsValue) -> Result<Array, JsValue>;
}

/// A text that is not empty.
///
/// # Errors
///
/// The JavaScript client's error.
pub(super) fn name(value: &JsValue, argument: &str) -> Result<String, JsValue> {
    value.as_string().filter(|name| !name.is_empty()).ok_or_else(|| invalid(argument))
}

/// A function.
///
/// # Errors
///
/// The JavaScript client's error.
pub(super) fn function(value: &JsValue, argument: &str) -> Result<(), JsValue> {
    if value.is_function() { Ok(()) } else { Err(invalid(argument)) }
}

/// A function, or nothing.
///
/// # Errors
///
/// The JavaScript client's error.
pub(super) fn optional_function(value: &JsValue, argument: &str) -> Result<(), JsValue> {
    if value.is_function() || value.is_falsy() { Ok(()) } else { Err(invalid(argument)) }
}

/// The JavaScript client's error for an argument.
pub(super) fn invalid(argument: &str) -> JsValue {
    error(&["invalid argument ", argument].concat())
}

pub(super) fn error(text: &str) -> JsValue {
    Error::new(text).into()
}

pub(super) fn is_absent(value: &JsValue) -> bool {
    value.is_undefined() || value.is_null()
}

/// Gives a command whose outcome goes to `callback` if that is a function, or else to the promise
/// that is returned.
pub(super) fn answer(
    shell: &Rc<Shell>,
    callback: &JsValue,
    call: Call,
    command: impl FnOnce(Ticket) -> Command,
) -> Result<JsValue, JsValue> {
    let (waiting, promise) = wait(shell, callback, call)?;
    shell.command(command(shell.waiting.add(waiting)));
    Ok(promise)
}

/// As `answer`, of a command that has to do with a record.
pub(super) fn answer_record(
    shell: &Rc<Shell>,
    callback: &JsValue,
    call: Call,
    command: impl FnOnce(Ticket) -> RecordCommand<JsDocument>,
) -> Result<JsValue, JsValue> {
    let (waiting, promise) = wait(shell, callback, call)?;
    shell.give_record(command(shell.waiting.add(waiting)));
    Ok(promise)
}

/// Who waits for an outcome: `callback`, if that is a function, or else the promise that comes along.
pub(super) fn wait(
    shell: &Rc<Shell>,
    callback: &JsValue,
    call: Call,
) -> Result<(Waiting, JsValue), JsValue> {
    let held = &shell.held;
    let (by, promise) = if callback.is_function() {
        (Waiter::Callback(held.insert(callback)), JsValue::UNDEFINED)
    } else {
        let mut functions = None;
        let promise = Promise::new(&mut |resolve: Function, reject: Function| {
            functions = Some((resolve, reject));
        });
        let (resolve, reject) = functions.ok_or(JsValue::UNDEFINED)?;
        let deferred = Deferred::hold(held, &promise, &resolve, &reject);
        (Waiter::Promise(deferred), promise.into())
    };
    Ok((Waiting { call, by }, promise))
}

//! What the core says, as the JavaScript values that the application is given.

use js_sys::{Error, JSON, Object, RangeError, Reflect, TypeError};
use serde::Serialize;
use wasm_bindgen::prelude::*;

use crate::core::error::{InvalidArgument, Problem};
use crate::core::io::{self, Meta, Reason};
use crate::core::protocol::Message;

#[wasm_bindgen]
extern "C" {
    // As js-sys has it, the text would cross the border twice.
    #[wasm_bindgen(catch, js_namespace = JSON, js_name = stringify)]
    fn json_text(value: &JsValue) -> Result<Option<String>, JsValue>;
}

/// The error that is thrown for an argument.
pub(crate) fn thrown(error: &InvalidArgument) -> JsValue {
    let text = error.to_string();
    match error.problem {
        Problem::Type(_) => TypeError::new(&text).into(),
        Problem::Range(_) => RangeError::new(&text).into(),
        // The JavaScript client's own errors about addresses are plain ones.
        Problem::Url(_) => Error::new(&text).into(),
    }
}

/// The error that is thrown for an argument, as the JavaScript client would.
pub(crate) fn thrown_error(text: &str) -> JsValue {
    Error::new(text).into()
}

/// The error that is thrown for an argument of a wrong type.
pub(crate) fn wrong_type(name: &str, expected: &'static str) -> JsValue {
    thrown(&InvalidArgument { name: name.to_owned(), problem: Problem::Type(expected) })
}

/// The error that is thrown for an argument which the browser can't use, as `cause` says.
pub(crate) fn unusable(name: &str, cause: &JsValue) -> JsValue {
    let error = TypeError::new(&["invalid argument ", name, ": ", &message(cause)].concat());
    error.set_cause(cause);
    error.into()
}

/// The value of a JSON text from the server.
///
/// # Errors
///
/// What JavaScript throws when it is none.
pub(crate) fn parse(text: &str) -> Result<JsValue, JsValue> {
    JSON::parse(text)
}

/// What an error says, if anything: the application may have thrown what it likes.
pub(crate) fn message(error: &JsValue) -> String {
    let message = Reflect::get(error, &"message".into()).ok();
    message.and_then(|message| message.as_string()).unwrap_or_default()
}

/// The client data of a login, which the core has looked at: `null` for none.
pub(crate) fn data(text: Option<String>) -> JsValue {
    text.and_then(|text| parse(&text).ok()).unwrap_or(JsValue::NULL)
}

/// The text of the argument `name`, which is to be sent; none for `undefined`.
///
/// # Errors
///
/// A `TypeError` that names the argument, when there is no such text.
pub(crate) fn stringify(name: &str, value: &JsValue) -> Result<Option<String>, JsValue> {
    json_text(value).map_err(|error| unusable(name, &error))
}

/// `{ reason }`, as refused logins are given it.
pub(crate) fn reason(reason: &Reason) -> JsValue {
    object([("reason", bare_reason(reason))]).into()
}

/// The reason itself, as refused requests are given it.
pub(crate) fn bare_reason(reason: &Reason) -> JsValue {
    match reason {
        Reason::Server(json) => parse(json).unwrap_or_else(|_| JsValue::from_str(json)),
        Reason::Unexplained(name) | Reason::Ended(name) => JsValue::from_str(name),
    }
}

/// Who makes an RPC, as far as the server tells.
pub(crate) fn requestor(name: Option<String>, data: Option<String>) -> JsValue {
    let name = name.map_or(JsValue::UNDEFINED, JsValue::from);
    let data = data.and_then(|text| parse(&text).ok()).unwrap_or_default();
    object([("requestorName", name), ("requestorData", data)]).into()
}

/// An object of our own, which takes every property.
pub(crate) fn object<const N: usize>(properties: [(&str, JsValue); N]) -> Object {
    let object = Object::new();
    for (name, value) in properties {
        let _ = Reflect::set(&object, &name.into(), &value);
    }
    object
}

/// The first argument of an `error` event.
pub(crate) fn meta(meta: &Meta) -> JsValue {
    match meta {
        Meta::None => JsValue::UNDEFINED,
        Meta::Text(text) => JsValue::from_str(text),
        Meta::Message(message) => message_object(message),
    }
}

/// What `getConnectionInfo()` returns.
pub(crate) fn connection_info(info: &io::ConnectionInfo, buffered: u64) -> JsValue {
    let millis = |micros: u64| micros as f64 / MICROS_PER_MILLI;
    to_object(&ConnectionInfo {
        url: &info.url,
        attempts: info.attempts,
        next_attempt_in: info.next_attempt_micros.map(millis),
        missed_heartbeats: info.missed_heartbeats,
        heartbeats: info.heartbeats,
        heartbeat_latency: info.heartbeat_latency_micros.map(millis),
        queued_messages: info.queued_messages as f64,
        queued_bytes: info.queued_bytes as f64,
        buffered_amount: buffered as f64,
    })
}

fn message_object(message: &Message<'_>) -> JsValue {
    let object = to_object(&MessageObject {
        topic: message.action.topic().number(),
        action: message.action.number(),
        name: message.name.as_deref(),
        names: message.names.iter().map(AsRef::as_ref).collect(),
        data: message.data.as_deref(),
        correlation_id: message.correlation_id.as_deref(),
        is_error: message.is_error,
        is_ack: message.is_ack,
        is_write_ack: message.is_write_ack,
        subscription: message.subscription.as_deref(),
        path: message.path.as_deref(),
        version: message.version,
        original_topic: message.original_topic.map(|topic| topic.number()),
        original_action: message.original_action,
        url: message.rare.url.as_deref(),
    });
    if let Some(Ok(value)) = message.data.as_deref().map(parse) {
        // An object of our own takes every property.
        let _ = Reflect::set(&object, &"parsedData".into(), &value);
    }
    object
}

/// Nothing that is serialised here can fail: flat structs of numbers, texts and truth values.
fn to_object(value: &impl Serialize) -> JsValue {
    let serializer = serde_wasm_bindgen::Serializer::new().serialize_missing_as_null(true);
    value.serialize(&serializer).unwrap_or_default()
}

/// A message, as the JavaScript client shows it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct MessageObject<'a> {
    topic: i32,
    action: i32,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    names: Vec<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    correlation_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    is_error: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    is_ack: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    is_write_ack: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    subscription: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<i32>,
    #[serde(rename = "originalTOPIC", skip_serializing_if = "Option::is_none")]
    original_topic: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    original_action: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ConnectionInfo<'a> {
    url: &'a str,
    attempts: u32,
    next_attempt_in: Option<f64>,
    missed_heartbeats: u32,
    heartbeats: u32,
    heartbeat_latency: Option<f64>,
    queued_messages: f64,
    queued_bytes: f64,
    buffered_amount: f64,
}

const MICROS_PER_MILLI: f64 = 1_000.0;

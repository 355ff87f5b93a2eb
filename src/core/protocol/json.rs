//! The JSON transport: one object a text frame, its keys the names that JavaScript knows.
//!
//! Payloads stay text. They are checked to be JSON, since they stand in the frame as they are, and
//! never looked into.

use std::borrow::Cow;

use super::action::{ParserAction, Topic};
use super::error::DecodeError;
use super::message::Message;
use super::scanner::{Scanner, string};
use super::schema::{Field, Slot, Value, fields_of, known_action, known_topic};

/// The frame that carries `message`.
///
/// Like the JavaScript client's, it has the payload twice, as text and as it is, and always says
/// whether it is an acknowledgement.
#[inline(never)]
pub fn encode(message: &Message<'_>) -> String {
    let payload = message.data.as_deref().map_or(0, str::len);
    let mut json = String::with_capacity(payload.saturating_mul(2).saturating_add(128));
    json.push_str("{\"topic\":");
    json.push_str(&message.topic().number().to_string());
    write_key("action", &mut json);
    json.push_str(&message.action.number().to_string());
    for &field in Field::ALL {
        write_field(field, message, &mut json);
    }
    json.push('}');
    json
}

/// The message of `frame`.
#[inline(never)]
pub fn decode(frame: &str) -> Result<Message<'_>, DecodeError> {
    let mut scanner = Scanner::new(frame);
    let (mut topic, mut action, mut parsed_data) = (None, None, None);
    // The action is not known before it is read, and need not come first.
    let mut message = Message::new(ParserAction::Unknown);
    let mut first = true;
    scanner.begin(b'{')?;
    while scanner.item(first, b'}')? {
        first = false;
        let key = scanner.key()?;
        let value = scanner.value()?;
        match &*key {
            "topic" => topic = Some(int("topic", value)?),
            "action" => action = Some(int("action", value)?),
            "parsedData" => parsed_data = Some(Cow::Borrowed(value)),
            name => {
                if let Some(field) = field_named(name) {
                    read_field(field, value, &mut message)?;
                }
            }
        }
    }
    scanner.end()?;
    // Where a frame has both, the JavaScript client looks at this one too.
    message.data = parsed_data.or(message.data);

    message.action = known_action(known_topic(topic)?, action)?;
    Ok(message)
}

fn field_named(name: &str) -> Option<Field> {
    match name {
        // A server that hands on what a binary client sent spells these as the schema does.
        "originalTOPIC" => Some(Field::OriginalTopic),
        "registryTOPIC" => Some(Field::RegistryTopic),
        name => Field::ALL.iter().copied().find(|field| field.name() == name),
    }
}

fn read_field<'a>(
    field: Field,
    value: &'a str,
    message: &mut Message<'a>,
) -> Result<(), DecodeError> {
    let wrong = DecodeError::WrongJsonType(field.name());
    match field.slot(message) {
        // The payload is JSON text in a string. One that is not in a string is the payload itself.
        Slot::Json(slot) if field == Field::Data => {
            *slot = Some(string(value).unwrap_or(Cow::Borrowed(value)));
        }
        // The server sends this as it is, not as text.
        Slot::Json(slot) => *slot = Some(Cow::Borrowed(value)),
        // What JavaScript has no value for is `null` at times.
        Slot::Text(_)
        | Slot::Bool(_)
        | Slot::Int(_)
        | Slot::Topic(_)
        | Slot::Texts(_)
        | Slot::Versions(_)
            if value == "null" => {}
        Slot::Text(slot) => *slot = Some(string(value).ok_or(wrong)?),
        Slot::Bool(slot) => *slot = Some(value.parse().map_err(|_| wrong)?),
        Slot::Int(slot) => *slot = Some(int(field.name(), value)?),
        Slot::Topic(slot) => *slot = Topic::from_number(int(field.name(), value)?),
        Slot::Texts(slot) => {
            slot.clear();
            let mut scanner = Scanner::new(value);
            scanner.begin(b'[').map_err(|_| wrong)?;
            while scanner.item(slot.is_empty(), b']')? {
                let text = string(scanner.value()?);
                slot.push(text.ok_or(DecodeError::WrongJsonType(field.name()))?);
            }
        }
        Slot::Versions(slot) => {
            slot.clear();
            let mut scanner = Scanner::new(value);
            scanner.begin(b'{').map_err(|_| wrong)?;
            while scanner.item(slot.is_empty(), b'}')? {
                let name = scanner.key()?;
                slot.push((name, int(field.name(), scanner.value()?)?));
            }
        }
    }
    Ok(())
}

fn int(name: &'static str, value: &str) -> Result<i32, DecodeError> {
    value.parse().map_err(|_| DecodeError::WrongJsonType(name))
}

fn write_field(field: Field, message: &Message<'_>, json: &mut String) {
    let key = |json: &mut String| write_key(field.name(), json);
    match field.value(message) {
        Value::Text(Some(text)) => {
            key(json);
            write_string(text, json);
        }
        Value::Json(Some(text)) if field == Field::Data => {
            key(json);
            write_string(text, json);
            if is_json(text) {
                write_key("parsedData", json);
                json.push_str(text);
            }
        }
        Value::Json(Some(text)) => {
            key(json);
            if is_json(text) {
                json.push_str(text);
            } else {
                write_string(text, json);
            }
        }
        Value::Bool(flag) => {
            if flag.is_some() || field == Field::IsAck {
                key(json);
                json.push_str(if flag == &Some(true) { "true" } else { "false" });
            }
        }
        Value::Int(Some(int)) => {
            key(json);
            json.push_str(&int.to_string());
        }
        Value::Topic(Some(topic)) => {
            key(json);
            json.push_str(&topic.number().to_string());
        }
        Value::Texts(texts) => {
            if !texts.is_empty() || (field == Field::Names && is_bulk(message)) {
                key(json);
                write_list('[', ']', texts, json, |text, json| write_string(text, json));
            }
        }
        Value::Versions(versions) => {
            if !versions.is_empty() {
                key(json);
                write_list('{', '}', versions, json, |(name, version), json| {
                    write_string(name, json);
                    json.push(':');
                    json.push_str(&version.to_string());
                });
            }
        }
        Value::Text(None) | Value::Json(None) | Value::Int(None) | Value::Topic(None) => {}
    }
}

/// Whether the names are what the message is about, even if there are none: the server refuses
/// to answer a query for nobody that has no list of names at all.
fn is_bulk(message: &Message<'_>) -> bool {
    let fields = fields_of(message.topic()).unwrap_or_default();
    message.name.is_none() && fields.iter().any(|(_, field)| *field == Field::Names)
}

/// Whether the text is one JSON value, without anything around it.
pub fn is_json(text: &str) -> bool {
    Scanner::new(text).value() == Ok(text)
}

/// A text as JSON.
pub(crate) fn quoted(text: &str) -> String {
    let mut json = String::new();
    write_string(text, &mut json);
    json
}

/// An array of texts.
pub(crate) fn texts(texts: &[String]) -> String {
    let mut json = String::new();
    write_list('[', ']', texts, &mut json, |text, json| write_string(text, json));
    json
}

/// The steps of a `PATCH_MULTI`: each a path, and the value for it as JSON text, if it has one.
pub(crate) fn read_patches(text: &str) -> Option<Vec<(Cow<'_, str>, Option<&str>)>> {
    let mut scanner = Scanner::new(text);
    let mut patches = Vec::new();
    scanner.begin(b'[').ok()?;
    while scanner.item(patches.is_empty(), b']').ok()? {
        patches.push(read_patch(scanner.value().ok()?)?);
    }
    scanner.end().ok()?;
    Some(patches)
}

fn read_patch(text: &str) -> Option<(Cow<'_, str>, Option<&str>)> {
    let mut scanner = Scanner::new(text);
    let (mut path, mut data) = (None, None);
    let mut first = true;
    scanner.begin(b'{').ok()?;
    while scanner.item(first, b'}').ok()? {
        first = false;
        let key = scanner.key().ok()?;
        let value = scanner.value().ok()?;
        match &*key {
            "path" => path = Some(string(value)?),
            "data" => data = Some(value),
            _ => {}
        }
    }
    Some((path?, data))
}

/// What [`read_patches`] reads.
pub(crate) fn write_patches<'a>(
    patches: impl Iterator<Item = (&'a str, Option<&'a str>)>,
) -> String {
    let mut json = String::from("[");
    for (path, data) in patches {
        json.push_str(if json.len() > 1 { ",{\"path\":" } else { "{\"path\":" });
        write_string(path, &mut json);
        if let Some(data) = data {
            write_key("data", &mut json);
            json.push_str(data);
        }
        json.push('}');
    }
    json.push(']');
    json
}

/// A key that is not an object's first.
fn write_key(name: &str, json: &mut String) {
    json.push_str(",\"");
    json.push_str(name);
    json.push_str("\":");
}

fn write_list<T>(
    open: char,
    close: char,
    items: &[T],
    json: &mut String,
    write: impl Fn(&T, &mut String),
) {
    json.push(open);
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            json.push(',');
        }
        write(item, json);
    }
    json.push(close);
}

pub(crate) fn write_string(text: &str, json: &mut String) {
    json.push('"');
    for piece in text.split_inclusive(must_escape) {
        match piece.strip_suffix(must_escape) {
            Some(plain) => {
                json.push_str(plain);
                write_escape(piece.as_bytes().last().copied().unwrap_or_default(), json);
            }
            None => json.push_str(piece),
        }
    }
    json.push('"');
}

fn must_escape(character: char) -> bool {
    matches!(character, '"' | '\\' | '\0'..='\x1f')
}

fn write_escape(byte: u8, json: &mut String) {
    json.push('\\');
    match byte {
        b'\n' => json.push('n'),
        b'\r' => json.push('r'),
        b'\t' => json.push('t'),
        0..b' ' => {
            json.push_str(if byte < 0x10 { "u000" } else { "u001" });
            json.push(char::from_digit(u32::from(byte & 0xf), 16).unwrap_or('0'));
        }
        other => json.push(char::from(other)),
    }
}

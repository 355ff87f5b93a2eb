//! The binary transport: one length-delimited protobuf a frame.
//!
//! Knows how numbers and texts are laid out, not which fields there are: that is the schema's.
//! No bytes make it panic, and what it allocates is bounded by the frame's length.

use std::borrow::Cow;

use super::Decoded;
use super::action::{ParserAction, Topic};
use super::error::DecodeError;
use super::message::Message;
use super::schema::{ACTION, Slot, Value, envelope, fields_of, known_action, known_topic, version};

/// The frame that carries `message`.
///
/// A field that the message's topic does not know is left out, as the official encoder does.
pub fn encode(message: &Message<'_>) -> Vec<u8> {
    let texts = [&message.name, &message.data, &message.path, &message.correlation_id];
    let texts = texts.into_iter().flatten().map(|text| text.len());
    let names = message.names.iter().map(|name| name.len().saturating_add(USUAL_HEAD));
    let texts = texts.chain(names).fold(0, usize::saturating_add);
    let mut frame = Vec::with_capacity(texts.saturating_add(USUAL_REST));
    frame.extend_from_slice(&[0; SHORT_HEAD]);
    write_fields(message, &mut frame);
    let topic = message.topic().number();
    if !write_short_head(topic, &mut frame) {
        frame.rotate_left(SHORT_HEAD);
        frame.truncate(frame.len().saturating_sub(SHORT_HEAD));
        write_before(&mut frame, |length, frame| {
            write_int(envelope::TOPIC, topic, frame);
            write_length(envelope::MESSAGE, length, frame);
        });
        write_before(&mut frame, |length, frame| write_varint(length as u64, frame));
    }
    frame
}

/// Writes what stands before the fields to where it fits in most messages: nothing has to be moved.
/// Returns whether it does.
fn write_short_head(topic: i32, frame: &mut [u8]) -> bool {
    let length = frame.len().saturating_sub(1);
    let (Ok(length), Ok(topic)) = (u8::try_from(length), u8::try_from(topic)) else { return false };
    let is_short = length < CONTINUES && topic < CONTINUES;
    if is_short && let Some(head) = frame.first_chunk_mut::<SHORT_HEAD>() {
        let rest = length.saturating_sub(4);
        *head = [length, TOPIC_TAG, topic, MESSAGE_TAG, rest];
    }
    is_short
}

/// Writes something before everything else, whose length it is given.
fn write_before(frame: &mut Vec<u8>, write: impl FnOnce(usize, &mut Vec<u8>)) {
    let length = frame.len();
    write(length, frame);
    frame.rotate_left(length);
}

/// The first message of `frame`, its texts borrowed from it.
pub fn decode(frame: &[u8]) -> Result<Decoded<'_>, DecodeError> {
    let mut frame = Reader { rest: frame };
    let mut outer = Reader { rest: frame.delimited()? };
    let mut topic = None;
    let mut body: &[u8] = &[];
    while let Some((number, wire_type)) = outer.tag()? {
        match number {
            envelope::TOPIC => {
                expect(number, wire_type, VARINT)?;
                topic = Some(outer.int()?);
            }
            envelope::MESSAGE => {
                expect(number, wire_type, DELIMITED)?;
                body = outer.delimited()?;
            }
            _ => outer.skip(wire_type)?,
        }
    }
    Ok(Decoded { message: read_message(known_topic(topic)?, body)?, surplus: frame.rest.len() })
}

fn read_message(topic: Topic, body: &[u8]) -> Result<Message<'_>, DecodeError> {
    let fields = fields_of(topic).unwrap_or_default();
    let mut reader = Reader { rest: body };
    let mut action = None;
    // The action is not known before it is read, and need not come first.
    let mut message = Message::new(ParserAction::Unknown);
    while let Some((number, wire_type)) = reader.tag()? {
        if number == ACTION {
            expect(number, wire_type, VARINT)?;
            action = Some(reader.int()?);
        } else if let Some((_, field)) = fields.iter().find(|(known, _)| *known == number) {
            reader.field(number, wire_type, field.slot(&mut message))?;
        } else {
            reader.skip(wire_type)?;
        }
    }
    message.action = known_action(topic, action)?;
    Ok(message)
}

/// Takes numbers and texts off the front of the bytes.
struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    /// Number and wire type of the next field; `None` at the end.
    fn tag(&mut self) -> Result<Option<(u32, u8)>, DecodeError> {
        if self.rest.is_empty() {
            return Ok(None);
        }
        let tag = u32::try_from(self.varint()?).map_err(|_| DecodeError::InvalidFieldNumber)?;
        match tag >> 3 {
            0 => Err(DecodeError::InvalidFieldNumber),
            number => Ok(Some((number, (tag & 7) as u8))),
        }
    }

    fn field(&mut self, number: u32, wire_type: u8, slot: Slot<'_, 'a>) -> Result<(), DecodeError> {
        let expected = match slot {
            Slot::Bool(_) | Slot::Int(_) | Slot::Topic(_) => VARINT,
            Slot::Text(_) | Slot::Json(_) | Slot::Texts(_) | Slot::Versions(_) => DELIMITED,
        };
        expect(number, wire_type, expected)?;
        match slot {
            Slot::Text(slot) | Slot::Json(slot) => *slot = Some(self.text()?),
            Slot::Bool(slot) => *slot = Some(self.varint()? != 0),
            Slot::Int(slot) => *slot = Some(self.int()?),
            // A topic that is not known here says nothing; the rest of the message may.
            Slot::Topic(slot) => *slot = Topic::from_number(self.int()?),
            Slot::Texts(slot) => slot.push(self.text()?),
            Slot::Versions(slot) => slot.push(self.version()?),
        }
        Ok(())
    }

    /// An entry of a map. Either half may be left out when it is empty, or 0.
    fn version(&mut self) -> Result<(Cow<'a, str>, i32), DecodeError> {
        let mut entry = Reader { rest: self.delimited()? };
        let mut found = (Cow::Borrowed(""), 0);
        while let Some((number, wire_type)) = entry.tag()? {
            match number {
                version::NAME => {
                    expect(number, wire_type, DELIMITED)?;
                    found.0 = entry.text()?;
                }
                version::VERSION => {
                    expect(number, wire_type, VARINT)?;
                    found.1 = entry.int()?;
                }
                _ => entry.skip(wire_type)?,
            }
        }
        Ok(found)
    }

    /// Passes over a field that is not known here: the peer may be newer.
    fn skip(&mut self, wire_type: u8) -> Result<(), DecodeError> {
        match wire_type {
            VARINT => self.varint().map(|_| ()),
            DELIMITED => self.delimited().map(|_| ()),
            FIXED_64 => self.take(8).map(|_| ()),
            FIXED_32 => self.take(4).map(|_| ()),
            other => Err(DecodeError::UnknownWireType(other)),
        }
    }

    fn text(&mut self) -> Result<Cow<'a, str>, DecodeError> {
        let text = core::str::from_utf8(self.delimited()?);
        text.map(Cow::Borrowed).map_err(|_| DecodeError::InvalidUtf8)
    }

    fn delimited(&mut self) -> Result<&'a [u8], DecodeError> {
        let length = self.varint()?;
        let length = usize::try_from(length).map_err(|_| DecodeError::LengthOutOfBounds)?;
        self.take(length)
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8], DecodeError> {
        let (taken, rest) =
            self.rest.split_at_checked(length).ok_or(DecodeError::LengthOutOfBounds)?;
        self.rest = rest;
        Ok(taken)
    }

    /// Negative numbers travel as 64 bits: the low half is the number.
    fn int(&mut self) -> Result<i32, DecodeError> {
        Ok(self.varint()? as i32)
    }

    fn varint(&mut self) -> Result<u64, DecodeError> {
        let mut value = 0_u64;
        for shift in (0..70).step_by(7) {
            let (byte, rest) = self.rest.split_first().ok_or(DecodeError::Truncated)?;
            self.rest = rest;
            value |= u64::from(byte & 0x7f).wrapping_shl(shift);
            if *byte < CONTINUES {
                return Ok(value);
            }
        }
        Err(DecodeError::VarintTooLong)
    }
}

fn expect(field: u32, wire_type: u8, expected: u8) -> Result<(), DecodeError> {
    if wire_type == expected {
        Ok(())
    } else {
        Err(DecodeError::WrongWireType { field, wire_type })
    }
}

fn write_fields(message: &Message<'_>, frame: &mut Vec<u8>) {
    write_int(ACTION, message.action.number(), frame);
    for &(number, field) in fields_of(message.topic()).unwrap_or_default() {
        match field.value(message) {
            Value::Text(Some(text)) | Value::Json(Some(text)) => write_text(number, text, frame),
            Value::Bool(Some(flag)) => write_int(number, i32::from(*flag), frame),
            Value::Int(Some(int)) => write_int(number, *int, frame),
            Value::Topic(Some(topic)) => write_int(number, topic.number(), frame),
            Value::Texts(texts) => texts.iter().for_each(|text| write_text(number, text, frame)),
            Value::Versions(versions) => {
                let mut entry = Vec::new();
                for (name, version) in versions {
                    write_version(name, *version, &mut entry);
                    write_length(number, entry.len(), frame);
                    frame.append(&mut entry);
                }
            }
            Value::Text(None)
            | Value::Json(None)
            | Value::Bool(None)
            | Value::Int(None)
            | Value::Topic(None) => {}
        }
    }
}

fn write_version(name: &str, number: i32, frame: &mut Vec<u8>) {
    write_text(version::NAME, name, frame);
    write_int(version::VERSION, number, frame);
}

fn write_text(number: u32, text: &str, frame: &mut Vec<u8>) {
    write_length(number, text.len(), frame);
    frame.extend_from_slice(text.as_bytes());
}

fn write_length(number: u32, length: usize, frame: &mut Vec<u8>) {
    write_varint(u64::from(tag(number, DELIMITED)), frame);
    write_varint(length as u64, frame);
}

fn write_int(number: u32, int: i32, frame: &mut Vec<u8>) {
    write_varint(u64::from(tag(number, VARINT)), frame);
    write_varint(i64::from(int) as u64, frame);
}

const fn tag(number: u32, wire_type: u8) -> u32 {
    number << 3 | wire_type as u32
}

fn write_varint(mut value: u64, frame: &mut Vec<u8>) {
    while value >= u64::from(CONTINUES) {
        frame.push(value as u8 | CONTINUES);
        value >>= 7;
    }
    frame.push(value as u8);
}

const VARINT: u8 = 0;
const FIXED_64: u8 = 1;
const DELIMITED: u8 = 2;
const FIXED_32: u8 = 5;

/// Set in each byte of a varint but the last.
const CONTINUES: u8 = 0x80;

/// Bytes before the fields, where every number among them takes one byte.
const SHORT_HEAD: usize = 5;
const TOPIC_TAG: u8 = tag(envelope::TOPIC, VARINT) as u8;
const MESSAGE_TAG: u8 = tag(envelope::MESSAGE, DELIMITED) as u8;

/// Bytes before a text of usual length.
const USUAL_HEAD: usize = 2;

/// Bytes that a message mostly has besides its texts.
const USUAL_REST: usize = 40;

//! Why a frame is not a message. Says what was met, not what to do about it.

use std::fmt;

use super::action::Topic;

/// What keeps a frame from being read as a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DecodeError {
    /// A text frame on a binary connection.
    UnexpectedText,
    /// A binary frame on a connection that carries JSON.
    UnexpectedBinary,
    /// The bytes end where a number goes on, or before the first one.
    Truncated,
    /// A length reaches past the end of the frame, or of the message that it stands in.
    LengthOutOfBounds,
    /// A number of more than ten bytes.
    VarintTooLong,
    /// A field number that the encoding does not allow.
    InvalidFieldNumber,
    /// A way of encoding a field that the protocol does not use.
    UnknownWireType(u8),
    /// A known field, encoded as another type than it has.
    WrongWireType {
        /// The field's number in its message.
        field: u32,
        /// What stood there in its place.
        wire_type: u8,
    },
    /// A text that is not UTF-8.
    InvalidUtf8,
    /// A text frame that is not JSON, from this byte on.
    InvalidJson {
        /// Where reading stopped.
        offset: usize,
    },
    /// A field of a JSON message that is of another type than it has, or out of its range.
    WrongJsonType(&'static str),
    /// A message without a topic.
    MissingTopic,
    /// A topic that no message can have.
    UnknownTopic(i32),
    /// A message that does not say what it is.
    MissingAction,
    /// An action that the topic does not know.
    UnknownAction {
        /// The message's topic.
        topic: Topic,
        /// The action's number.
        number: i32,
    },
}

impl fmt::Display for DecodeError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::UnexpectedText => "text frame on a binary connection",
            Self::UnexpectedBinary => "binary frame on a JSON connection",
            Self::Truncated => "frame ends too early",
            Self::LengthOutOfBounds => "length past the end of the frame",
            Self::VarintTooLong => "number too long",
            Self::InvalidFieldNumber => "invalid field number",
            Self::InvalidUtf8 => "text is not UTF-8",
            Self::MissingTopic => "message without a topic",
            Self::MissingAction => "message without an action",
            Self::UnknownWireType(wire_type) => {
                return write!(formatter, "unknown wire type {wire_type}");
            }
            Self::WrongWireType { field, wire_type } => {
                return write!(formatter, "field {field} has wire type {wire_type}");
            }
            Self::InvalidJson { offset } => {
                return write!(formatter, "invalid JSON at byte {offset}");
            }
            Self::WrongJsonType(name) => {
                return write!(formatter, "field {name} has the wrong type");
            }
            Self::UnknownTopic(number) => return write!(formatter, "unknown topic {number}"),
            Self::UnknownAction { topic, number } => {
                return write!(formatter, "unknown action {number} of topic {}", topic.name());
            }
        })
    }
}

impl core::error::Error for DecodeError {}

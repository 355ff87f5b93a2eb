//! Bytes to messages and back. No state: what a message means is not known here.

pub mod action;
pub mod binary;
pub mod error;
pub mod json;
pub mod message;
mod scanner;
mod schema;

pub use action::{
    Action, AuthAction, ClusterAction, ConnectionAction, EventAction, LockAction, ParserAction,
    PresenceAction, RecordAction, RpcAction, StateAction, Topic,
};
pub use error::DecodeError;
pub use message::{Message, RareFields};

/// How messages travel on a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    /// Protobuf, in binary frames.
    Binary,
    /// JSON, in text frames: `socketOptions.jsonTransportMode`.
    Json,
}

impl Transport {
    /// The frame that carries `message`.
    pub fn encode(self, message: &Message<'_>) -> Frame {
        match self {
            Self::Binary => Frame::Binary(binary::encode(message)),
            Self::Json => Frame::Text(json::encode(message)),
        }
    }

    /// The message that `frame` carries, its texts borrowed from it where they can be.
    pub fn decode<'a>(self, frame: FrameRef<'a>) -> Result<Decoded<'a>, DecodeError> {
        match (self, frame) {
            (Self::Binary, FrameRef::Binary(bytes)) => binary::decode(bytes),
            (Self::Json, FrameRef::Text(text)) => {
                Ok(Decoded { message: json::decode(text)?, surplus: 0 })
            }
            (Self::Binary, FrameRef::Text(_)) => Err(DecodeError::UnexpectedText),
            (Self::Json, FrameRef::Binary(_)) => Err(DecodeError::UnexpectedBinary),
        }
    }
}

/// What was read from one frame.
#[derive(Clone, Debug, PartialEq)]
pub struct Decoded<'a> {
    /// The frame's message.
    pub message: Message<'a>,
    /// Bytes of the frame after its message. No peer sends any; the official parser overlooks them.
    pub surplus: usize,
}

/// One WebSocket message to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "a variant is its WebSocket message type")]
pub enum Frame {
    Binary(Vec<u8>),
    Text(String),
}

impl Frame {
    /// Length in bytes.
    pub fn len(&self) -> usize {
        match self {
            Self::Binary(bytes) => bytes.len(),
            Self::Text(text) => text.len(),
        }
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// One WebSocket message that was received.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "a variant is its WebSocket message type")]
pub enum FrameRef<'a> {
    Binary(&'a [u8]),
    Text(&'a str),
}

impl<'a> From<&'a Frame> for FrameRef<'a> {
    fn from(frame: &'a Frame) -> Self {
        match frame {
            Frame::Binary(bytes) => Self::Binary(bytes),
            Frame::Text(text) => Self::Text(text),
        }
    }
}

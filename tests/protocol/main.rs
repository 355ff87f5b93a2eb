//! The wire, both ways, against recorded frames, broken frames and arbitrary ones.

#![cfg(not(target_arch = "wasm32"))]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::wildcard_enum_match_arm,
    reason = "a test fails by panicking"
)]

mod binary;
mod golden;
mod json;
mod properties;
mod robustness;

use deepstream_wasm::core::protocol::{DecodeError, Decoded, FrameRef, Message, Transport};

/// Bytes, written as hexadecimal digits; spaces are only for the reader.
fn hex(digits: &str) -> Vec<u8> {
    let digits: Vec<u32> = digits
        .chars()
        .filter(|character| *character != ' ')
        .map(|digit| digit.to_digit(16).unwrap())
        .collect();
    assert_eq!(digits.len() % 2, 0, "half a byte");
    digits.chunks(2).map(|pair| (pair[0] * 16 + pair[1]) as u8).collect()
}

fn decode_binary(frame: &[u8]) -> Result<Decoded<'_>, DecodeError> {
    Transport::Binary.decode(FrameRef::Binary(frame))
}

fn decode_json(frame: &str) -> Result<Message<'_>, DecodeError> {
    Transport::Json.decode(FrameRef::Text(frame)).map(|decoded| decoded.message)
}

//! The frames that the official encoder makes, and what they say.

use deepstream_wasm::core::protocol::{Frame, FrameRef, Transport};
use serde_json::{Value, json};

use crate::{decode_binary, decode_json, hex};

const FRAMES: &str = include_str!("../golden/frames.txt");

/// What is said, the message as JavaScript has it, and its binary frame.
fn frames() -> impl Iterator<Item = (&'static str, &'static str, Vec<u8>)> {
    FRAMES.lines().filter(|line| !line.starts_with('#')).map(|line| {
        let columns: Vec<&str> = line.split('\t').collect();
        assert_eq!(columns.len(), 3, "{line}");
        (columns[0], columns[1], hex(columns[2]))
    })
}

#[test]
fn a_golden_frame_is_lost_from_the_file() {
    assert_eq!(frames().count(), 70);
}

#[test]
fn a_frame_is_encoded_otherwise_than_officially() {
    for (what, object, bytes) in frames() {
        let message = decode_json(object).unwrap();
        assert_eq!(Transport::Binary.encode(&message), Frame::Binary(bytes), "{what}");
    }
}

#[test]
fn an_official_frame_is_misread() {
    for (what, object, bytes) in frames() {
        let decoded = decode_binary(&bytes).unwrap();
        assert_eq!(decoded.message, decode_json(object).unwrap(), "{what}");
        assert_eq!(decoded.surplus, 0, "{what}");
    }
}

#[test]
fn a_json_frame_is_not_what_the_javascript_client_would_send() {
    for (what, object, bytes) in frames() {
        let Frame::Text(text) = Transport::Json.encode(&decode_binary(&bytes).unwrap().message)
        else {
            panic!("{what}: not text");
        };
        let mut sent: Value = serde_json::from_str(&text).unwrap();
        let mut expected: Value = serde_json::from_str(object).unwrap();
        expected.as_object_mut().unwrap().entry("isAck").or_insert(json!(false));
        // The payload travels as text too; in it, keys may stand in another order.
        if let Some(data) = sent.as_object_mut().unwrap().remove("data") {
            let payload: Value = serde_json::from_str(data.as_str().unwrap()).unwrap();
            assert_eq!(Some(&payload), expected.get("parsedData"), "{what}");
        } else {
            assert_eq!(expected.get("parsedData"), None, "{what}");
        }
        if sent["names"] == json!([]) {
            sent.as_object_mut().unwrap().remove("names");
        }
        assert_eq!(sent, expected, "{what}");
    }
}

#[test]
fn a_frame_changes_when_its_message_outlives_it() {
    for (what, _, bytes) in frames() {
        let owned = decode_binary(&bytes).unwrap().message.into_owned();
        let frame = Transport::Binary.encode(&owned);
        assert_eq!(frame.len(), bytes.len(), "{what}");
        assert_eq!(FrameRef::from(&frame), FrameRef::Binary(&bytes), "{what}");
    }
}

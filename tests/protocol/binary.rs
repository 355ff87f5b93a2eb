//! Binary frames that are broken, unusual, or newer than this client.

use std::borrow::Cow;

use deepstream_wasm::core::protocol::{
    Action, ConnectionAction, DecodeError, EventAction, Frame, FrameRef, Message, RareFields,
    RecordAction, StateAction, Topic, Transport,
};

use crate::{decode_binary, hex};

/// A frame with this envelope.
fn delimited(envelope: &[u8]) -> Vec<u8> {
    let length = u8::try_from(envelope.len()).unwrap();
    assert!(length < 0x80, "a length of more than one byte");
    [&[length], envelope].concat()
}

/// A frame with a message of this topic.
fn frame(topic: Topic, message: &str) -> Vec<u8> {
    let (topic, message) = (topic.number() as u8, hex(message));
    delimited(&[&[0x10, topic, 0x1a], &*delimited(&message)].concat())
}

fn message(topic: Topic, digits: &str) -> Message<'static> {
    decode_binary(&frame(topic, digits)).unwrap().message.into_owned()
}

fn error(frame: &[u8]) -> DecodeError {
    decode_binary(frame).unwrap_err()
}

#[test]
fn a_frame_without_a_whole_envelope_gets_the_wrong_reason() {
    use DecodeError::*;
    let cases = [
        ("", Truncated),
        ("ffffff", Truncated),
        ("8080808080808080808001", VarintTooLong),
        ("ffffffffffffffffff01", LengthOutOfBounds),
        ("06 1002 1a02 08", LengthOutOfBounds),
        // No length: the topic's tag is taken for one.
        ("1002 1a02 0804", LengthOutOfBounds),
    ];
    for (digits, expected) in cases {
        assert_eq!(error(&hex(digits)), expected, "{digits}");
    }
}

#[test]
fn a_broken_envelope_gets_the_wrong_reason() {
    use DecodeError::*;
    let cases = [
        ("", MissingTopic),
        ("1a02 0802", MissingTopic),
        ("1000 1a02 0802", UnknownTopic(0)),
        ("1063 1a02 0802", UnknownTopic(99)),
        ("1064 1a02 0802", UnknownTopic(100)),
        ("10ffffffffffffffffff01 1a02 0802", UnknownTopic(-1)),
        ("1002", MissingAction),
        ("10", Truncated),
        ("1002 1a03 0804", LengthOutOfBounds),
        ("1002 00 1a02 0802", InvalidFieldNumber),
        ("1002 f8ffffff1f 00", InvalidFieldNumber),
        ("1002 23 24 1a02 0802", UnknownWireType(3)),
        ("1002 2e 1a02 0802", UnknownWireType(6)),
        ("120102", WrongWireType { field: 2, wire_type: 2 }),
        ("1002 1802", WrongWireType { field: 3, wire_type: 0 }),
        ("1002 2901020304", LengthOutOfBounds),
    ];
    for (digits, expected) in cases {
        assert_eq!(error(&delimited(&hex(digits))), expected, "{digits}");
    }
}

#[test]
fn a_broken_message_gets_the_wrong_reason() {
    use DecodeError::*;
    let cases = [
        (Topic::Event, "", MissingAction),
        (Topic::Event, "320161", MissingAction),
        (Topic::Event, "0a0102", WrongWireType { field: 1, wire_type: 2 }),
        (Topic::Event, "0802 3001", WrongWireType { field: 6, wire_type: 0 }),
        (Topic::Event, "0802 3201ff", InvalidUtf8),
        // Half of a surrogate pair, as a JavaScript encoder may write it.
        (Topic::Event, "0802 3203eda080", InvalidUtf8),
        (Topic::Event, "0802 320261", LengthOutOfBounds),
        (Topic::Event, "0880", Truncated),
        (Topic::Record, "0802 6a0101", WrongWireType { field: 13, wire_type: 2 }),
        (Topic::Record, "0808 7003", WrongWireType { field: 14, wire_type: 0 }),
        (Topic::Record, "0808 7203 0a0272", LengthOutOfBounds),
        (Topic::Record, "0808 7202 0801", WrongWireType { field: 1, wire_type: 0 }),
        (Topic::Record, "0808 7203 120101", WrongWireType { field: 2, wire_type: 2 }),
        (Topic::Record, "08e707", UnknownAction { topic: Topic::Record, number: 999 }),
        (Topic::Rpc, "0803", UnknownAction { topic: Topic::Rpc, number: 3 }),
    ];
    for (topic, digits, expected) in cases {
        assert_eq!(error(&frame(topic, digits)), expected, "{digits}");
    }
}

#[test]
fn a_reason_says_too_little() {
    let said = [
        (frame(Topic::Record, "08e707"), "unknown action 999 of topic RECORD"),
        (delimited(&hex("1063")), "unknown topic 99"),
        (delimited(&hex("120102")), "field 2 has wire type 2"),
        (delimited(&hex("23")), "unknown wire type 3"),
        (hex("ffffff"), "frame ends too early"),
    ];
    for (frame, text) in said {
        assert_eq!(error(&frame).to_string(), text);
    }
}

#[test]
fn a_second_message_in_a_frame_passes_unseen() {
    let frame = hex("0610021a020804 0610021a020803");
    let decoded = decode_binary(&frame).unwrap();
    assert_eq!(decoded.message, Message::new(ConnectionAction::Accept));
    assert_eq!(decoded.surplus, 7);
}

#[test]
fn a_frame_of_the_other_kind_is_taken() {
    let text = Transport::Binary.decode(FrameRef::Text("{}"));
    assert_eq!(text.unwrap_err(), DecodeError::UnexpectedText);
    let binary = Transport::Json.decode(FrameRef::Binary(&[6]));
    assert_eq!(binary.unwrap_err(), DecodeError::UnexpectedBinary);
}

#[test]
fn a_newer_peer_is_not_understood() {
    // Fields that are not known here, of every wire type.
    let unknown = "f80601 f9060102030405060708 fa060161 fd0601020304";
    let ping = Message::new(ConnectionAction::Ping);
    assert_eq!(message(Topic::Connection, &format!("{unknown} 0802")), ping);
    let envelope = delimited(&hex(&format!("{unknown} 1002 1a02 0802")));
    assert_eq!(decode_binary(&envelope).unwrap().message, ping);
    let entry = message(Topic::Record, "0808 7207 0a0161 1801 1003");
    assert_eq!(entry.versions, [(Cow::Borrowed("a"), 3)]);
}

#[test]
fn fields_are_lost_for_standing_in_an_unusual_order() {
    let expected = Message { name: Some("a".into()), ..Message::new(EventAction::Subscribe) };
    assert_eq!(message(Topic::Event, "0803 320161"), expected);
    assert_eq!(message(Topic::Event, "320161 0803"), expected);
    let topic_last = delimited(&hex("1a05 0803 320161 1004"));
    assert_eq!(decode_binary(&topic_last).unwrap().message, expected);
}

#[test]
fn the_first_of_a_repeated_field_wins() {
    let message = message(Topic::Record, "0812 0813 320161 320162 6801 6802 5801 5800");
    assert_eq!(message.action, Action::Record(RecordAction::Patch));
    assert_eq!(message.name.as_deref(), Some("b"));
    assert_eq!(message.version, Some(2));
    assert_eq!(message.is_write_ack, Some(false));
}

#[test]
fn what_was_not_written_is_read_as_its_default() {
    assert_eq!(message(Topic::Record, "0812"), Message::new(RecordAction::Update));
    assert_eq!(
        message(Topic::Record, "0812 1200 2000 3200 6800"),
        Message {
            data: Some("".into()),
            is_error: Some(false),
            name: Some("".into()),
            version: Some(0),
            ..Message::new(RecordAction::Update)
        }
    );
}

#[test]
fn a_number_is_misread_for_its_width() {
    let version = |digits: &str| message(Topic::Record, &format!("0812 68{digits}")).version;
    assert_eq!(version("feffffffffffffffff01"), Some(-2));
    assert_eq!(version("feffffff0f"), Some(-2));
    assert_eq!(version("8500"), Some(5));
    // 2^32 + 5: the low half counts.
    assert_eq!(version("8580808010"), Some(5));
    // Any bit makes a boolean true, even one past the 32nd.
    assert_eq!(message(Topic::Record, "0812 588080808010").is_write_ack, Some(true));
}

#[test]
fn a_topic_of_the_cluster_costs_the_whole_message() {
    // 21 names a registry, which a client does not know.
    let message = message(Topic::Presence, "0864 1015 420161");
    assert_eq!(message.original_topic, None);
    assert_eq!(message.name.as_deref(), Some("a"));
}

#[test]
fn half_an_entry_of_a_map_is_refused() {
    let name_only = message(Topic::Record, "0808 7203 0a0161");
    assert_eq!(name_only.versions, [(Cow::Borrowed("a"), 0)]);
    let version_only = message(Topic::Record, "0808 7202 1007");
    assert_eq!(version_only.versions, [(Cow::Borrowed(""), 7)]);
}

#[test]
fn texts_are_copied_out_of_the_frame() {
    let frame = hex("0f10041a0b08073203612e2a42026131");
    let message = decode_binary(&frame).unwrap().message;
    assert!(matches!(message.name, Some(Cow::Borrowed("a.*"))));
    assert!(matches!(message.subscription, Some(Cow::Borrowed("a1"))));
}

fn bytes_of_varint(number: usize) -> usize {
    std::iter::successors(Some(number), |rest| (rest >> 7 > 0).then_some(rest >> 7)).count()
}

#[test]
fn a_message_of_some_length_has_the_wrong_head() {
    // The lengths in the head take one byte each, or more.
    for length in (0..300).chain(16_300..16_500) {
        let text = "x".repeat(length);
        let message =
            Message { data: Some(text.as_str().into()), ..Message::new(EventAction::Emit) };
        let Frame::Binary(frame) = Transport::Binary.encode(&message) else { panic!("text") };
        assert_eq!(Transport::Binary.decode(FrameRef::Binary(&frame)).unwrap().message, message);
        // Each length stands behind the number of its field; so does the topic, and the action.
        let field = |length: usize| 1 + bytes_of_varint(length) + length;
        let inner = 2 + field(2 + field(length));
        assert_eq!(frame.len(), bytes_of_varint(inner) + inner, "{length}");
    }
}

#[test]
fn a_field_that_the_topic_does_not_know_is_sent() {
    let mut message = Message { version: Some(1), ..Message::new(EventAction::Emit) };
    message.rare.url = Some("x".into());
    let plain = Transport::Binary.encode(&Message::new(EventAction::Emit));
    assert_eq!(Transport::Binary.encode(&message), plain);
}

#[test]
fn the_servers_own_topics_are_not_understood() {
    assert_eq!(message(Topic::Monitoring, "082a").action, Action::Monitoring(42));
    let state = message(Topic::StateRegistry, "0805 980105 a2010161 a20100 aa010162 b00115");
    let rare = RareFields {
        checksum: Some(5),
        full_state: vec!["a".into(), "".into()],
        server_name: Some("b".into()),
        registry_topic: Some(21),
        ..RareFields::default()
    };
    let expected = Message { rare: rare.into(), ..Message::new(StateAction::FullState) };
    assert_eq!(state, expected);
}

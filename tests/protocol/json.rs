//! Text frames: what the server's JSON endpoint sends and wants, and what is no JSON.

use std::borrow::Cow;

use deepstream_wasm::core::protocol::{
    AuthAction, ConnectionAction, DecodeError, EventAction, Frame, Message, PresenceAction,
    RareFields, RecordAction, RpcAction, Topic, Transport,
};

use crate::decode_json;

fn encode(message: &Message<'_>) -> String {
    match Transport::Json.encode(message) {
        Frame::Text(text) => text,
        Frame::Binary(_) => panic!("not text"),
    }
}

/// An emitted event, with these further fields.
fn event(fields: &str) -> Result<Message<'static>, DecodeError> {
    let frame = format!("{{\"topic\":4,\"action\":2,{fields}}}");
    decode_json(&frame).map(Message::into_owned)
}

fn data(fields: &str) -> Option<String> {
    event(fields).unwrap().data.map(Cow::into_owned)
}

#[test]
fn a_field_is_not_where_the_server_looks_for_it() {
    let message = Message {
        data: Some("{\"a\":\"\\n\"}".into()),
        correlation_id: Some("1".into()),
        is_write_ack: Some(true),
        name: Some("r\"1\\\u{1}\n".into()),
        path: Some("a.b".into()),
        version: Some(-1),
        ..Message::new(RecordAction::CreateAndPatch)
    };
    let expected = concat!(
        r#"{"topic":5,"action":17,"data":"{\"a\":\"\\n\"}","parsedData":{"a":"\n"},"#,
        r#""correlationId":"1","isAck":false,"isWriteAck":true,"name":"r\"1\\\u0001\n","#,
        r#""path":"a.b","version":-1}"#,
    );
    assert_eq!(encode(&message), expected);
}

#[test]
fn the_topics_without_names_get_some() {
    let ping = encode(&Message::new(ConnectionAction::Ping));
    assert_eq!(ping, r#"{"topic":2,"action":2,"isAck":false}"#);
}

#[test]
fn a_query_for_nobody_is_never_answered() {
    let query = Message { correlation_id: Some("0".into()), ..Message::new(PresenceAction::Query) };
    assert!(encode(&query).contains(r#""names":[]"#));
    let named = Message { name: Some("a".into()), ..Message::new(PresenceAction::PresenceJoin) };
    assert!(!encode(&named).contains("names"));
}

#[test]
fn a_payload_breaks_out_of_its_frame() {
    let payload = r#"1,"topic":3"#;
    let message = Message { data: Some(payload.into()), ..Message::new(EventAction::Emit) };
    let frame = encode(&message);
    assert!(!frame.contains("parsedData"), "{frame}");
    let read = decode_json(&frame).unwrap();
    assert_eq!(read.topic(), Topic::Event);
    assert_eq!(read.data.as_deref(), Some(payload));
}

#[test]
fn a_payload_is_lost_for_the_way_it_came() {
    assert_eq!(data(r#""name":"a""#), None);
    assert_eq!(data(r#""data":"{\"a\":1}""#).as_deref(), Some(r#"{"a":1}"#));
    assert_eq!(data(r#""data":"""#).as_deref(), Some(""));
    assert_eq!(data(r#""data":{"a": 1 }"#).as_deref(), Some(r#"{"a": 1 }"#));
    assert_eq!(data(r#""data":null"#).as_deref(), Some("null"));
    assert_eq!(data(r#""parsedData": [1, "]"] "#).as_deref(), Some(r#"[1, "]"]"#));
    assert_eq!(data(r#""parsedData":null"#).as_deref(), Some("null"));
    assert_eq!(data(r#""parsedData":"a\n""#).as_deref(), Some(r#""a\n""#));
}

#[test]
fn the_other_payload_is_taken_than_the_javascript_client_takes() {
    assert_eq!(data(r#""data":"1","parsedData":2"#).as_deref(), Some("2"));
    assert_eq!(data(r#""parsedData":2,"data":"1""#).as_deref(), Some("2"));
}

#[test]
fn a_payload_is_copied_out_of_the_frame() {
    let frame = r#"{"action":2,"parsedData":{"a":"\n"},"name":"a","topic":4}"#;
    let message = decode_json(frame).unwrap();
    assert!(matches!(message.data, Some(Cow::Borrowed(r#"{"a":"\n"}"#))));
    assert!(matches!(message.name, Some(Cow::Borrowed("a"))));
}

#[test]
fn what_the_server_sends_is_misread() {
    let request = r#"{"topic":6,"action":2,"isAck":false,"name":"add","correlationId":"c1",
        "requestorName":"bob","requestorData":{"role": ["x"]},"trustedSender":true,"data":"1"}"#;
    assert_eq!(
        decode_json(request).unwrap(),
        Message {
            data: Some("1".into()),
            correlation_id: Some("c1".into()),
            is_ack: Some(false),
            name: Some("add".into()),
            rare: RareFields {
                requestor_name: Some("bob".into()),
                requestor_data: Some(r#"{"role": ["x"]}"#.into()),
                ..RareFields::default()
            }
            .into(),
            ..Message::new(RpcAction::Request)
        }
    );
    let heads = r#"{"topic":5,"action":8,"versions":{"r1":3,"r\u0032":-1},"names":[]}"#;
    assert_eq!(
        decode_json(heads).unwrap(),
        Message {
            versions: vec![("r1".into(), 3), ("r2".into(), -1)],
            ..Message::new(RecordAction::HeadResponseBulk)
        }
    );
    let invalid = r#"{"topic":3,"action":101,"originalTopic":4,"originalAction":2}"#;
    let expected = Message {
        original_topic: Some(Topic::Event),
        original_action: Some(2),
        ..Message::new(AuthAction::InvalidMessage)
    };
    assert_eq!(decode_json(invalid).unwrap(), expected);
    assert_eq!(decode_json(&invalid.replace("Topic", "TOPIC")).unwrap(), expected);
}

#[test]
fn requestor_data_comes_back_as_something_else() {
    for text in [r#"{"a":1}"#, r#""text""#, "null", "1.5"] {
        let mut message = Message::new(RpcAction::Request);
        message.rare.requestor_data = Some(text.into());
        let frame = encode(&message);
        assert!(frame.contains(&format!("\"requestorData\":{text}")), "{frame}");
        assert_eq!(decode_json(&frame).unwrap().rare.requestor_data.as_deref(), Some(text));
    }
}

#[test]
fn a_field_without_a_value_costs_the_message() {
    let nulls = r#""name":null,"names":null,"version":null,"versions":null,"isError":null,
        "originalTopic":null"#;
    assert_eq!(event(nulls).unwrap(), Message::new(EventAction::Emit));
    assert_eq!(event(r#""originalTopic":21"#).unwrap(), Message::new(EventAction::Emit));
}

#[test]
fn the_first_of_a_repeated_key_wins() {
    let message = event(r#""name":"a","names":["x","y"],"name":"b","names":["z"]"#).unwrap();
    assert_eq!(message.name.as_deref(), Some("b"));
    assert_eq!(message.names, ["z"]);
}

#[test]
fn an_escape_stands_for_the_wrong_character() {
    let cases = [
        (r#"\"\\\/\b\f\n\r\t"#, "\"\\/\u{8}\u{c}\n\r\t"),
        (r"\u0041\u00e9\u20AC\u0000", "A\u{e9}\u{20ac}\0"),
        (r"a\ud83d\ude00b", "a\u{1f600}b"),
        (r"\uD800", "\u{fffd}"),
        (r"\udc00x", "\u{fffd}x"),
        (r"\ud800\n", "\u{fffd}\n"),
        (r"\ud800\u0041", "\u{fffd}A"),
        (r"\ud800\ud83d\ude00", "\u{fffd}\u{1f600}"),
        (r"\ud83d\ude00\udc00", "\u{1f600}\u{fffd}"),
        (r"\\ud83d", r"\ud83d"),
        ("\u{1f600}\\n\u{2028}", "\u{1f600}\n\u{2028}"),
    ];
    for (escaped, text) in cases {
        let message = event(&format!("\"name\":\"{escaped}\"")).unwrap();
        assert_eq!(message.name.as_deref(), Some(text), "{escaped}");
    }
}

#[test]
fn what_is_no_json_is_taken() {
    let cases = [
        ("", 0),
        ("[]", 0),
        ("null", 0),
        ("{", 1),
        ("{}x", 2),
        ("{,}", 1),
        (r#"{"a"}"#, 4),
        (r#"{"a":1,}"#, 7),
        (r#"{"a":1 "b":2}"#, 7),
        (r#"{"a":01}"#, 6),
        (r#"{"a":+1}"#, 5),
        (r#"{"a":.5}"#, 5),
        (r#"{"a":1.}"#, 7),
        (r#"{"a":1e}"#, 7),
        (r#"{"a":-}"#, 6),
        (r#"{"a":tru}"#, 8),
        (r#"{"a":[}"#, 6),
        (r#"{"a":[1}"#, 7),
        (r#"{"a":{"b":1]}"#, 11),
        (r#"{"a":[1,]}"#, 8),
        (r#"{"a":{1:1}}"#, 6),
        (r#"{"a":"\x"}"#, 7),
        (r#"{"a":"\u12g4"}"#, 10),
        ("{\"a\":\"\n\"}", 6),
        (r#"{"a":"b"#, 7),
        ("{\"a\":\u{a0}1}", 5),
    ];
    for (frame, offset) in cases {
        assert_eq!(decode_json(frame), Err(DecodeError::InvalidJson { offset }), "{frame}");
    }
}

#[test]
fn json_that_javascript_takes_is_refused() {
    for value in [
        "-0",
        "0.5e-3",
        "1E+9",
        "1e400",
        " { } ",
        "[ ]",
        "[[],{}]",
        r#"{"":{"a":[]}}"#,
        "\"\u{7f}\"",
    ] {
        let read = data(&format!("\"parsedData\":\t\r\n{value}")).unwrap();
        assert_eq!(read, value.trim(), "{value}");
    }
}

#[test]
fn deep_nesting_overflows_the_stack() {
    let depth = 1_000_000;
    let nested = "[".repeat(depth) + &"]".repeat(depth);
    assert_eq!(data(&format!("\"parsedData\":{nested}")).unwrap().len(), nested.len());
    let open = "{\"a\":".repeat(depth);
    assert!(matches!(
        event(&format!("\"parsedData\":{open}")),
        Err(DecodeError::InvalidJson { .. })
    ));
}

#[test]
fn a_field_of_another_type_is_taken() {
    let cases = [
        (r#""name":1"#, "name"),
        (r#""name":["a"]"#, "name"),
        (r#""isError":1"#, "isError"),
        (r#""isError":"true""#, "isError"),
        (r#""version":"1""#, "version"),
        (r#""version":1.0"#, "version"),
        (r#""version":2147483648"#, "version"),
        (r#""names":"a""#, "names"),
        (r#""names":[1]"#, "names"),
        (r#""versions":[]"#, "versions"),
        (r#""versions":{"a":"1"}"#, "versions"),
        (r#""originalTopic":"EVENT""#, "originalTopic"),
        (r#""topic":"EVENT""#, "topic"),
        (r#""action":null"#, "action"),
    ];
    for (fields, name) in cases {
        assert_eq!(event(fields), Err(DecodeError::WrongJsonType(name)), "{fields}");
    }
}

#[test]
fn a_message_that_says_nothing_is_taken() {
    use DecodeError::*;
    let cases = [
        ("{}", MissingTopic),
        (r#"{"action":1}"#, MissingTopic),
        (r#"{"topic":4}"#, MissingAction),
        (r#"{"topic":0,"action":1}"#, UnknownTopic(0)),
        (r#"{"topic":100,"action":1}"#, UnknownTopic(100)),
        (r#"{"topic":99,"action":1}"#, UnknownTopic(99)),
        (r#"{"topic":4,"action":999}"#, UnknownAction { topic: Topic::Event, number: 999 }),
    ];
    for (frame, error) in cases {
        assert_eq!(decode_json(frame), Err(error), "{frame}");
    }
    assert_eq!(decode_json("{,").unwrap_err().to_string(), "invalid JSON at byte 1");
    let wrong = event(r#""name":1"#).unwrap_err();
    assert_eq!(wrong.to_string(), "field name has the wrong type");
}

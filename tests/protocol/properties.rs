//! Arbitrary messages go through unchanged; arbitrary bytes do no harm.

use std::borrow::Cow;

use deepstream_wasm::core::protocol::{
    Action, EventAction, Frame, FrameRef, Message, RecordAction, StateAction, Topic, Transport,
};
use proptest::prelude::*;
use proptest::sample::select;

use crate::{decode_binary, decode_json, hex, robustness};

/// The fields that each topic knows, as the official schema has them.
const FIELDS: &[(Topic, &str)] = &[
    (Topic::Parser, "data originalTopic originalAction"),
    (Topic::Connection, "data isError isAck url protocolVersion sdkVersion sdkType"),
    (Topic::Auth, "data isError isAck"),
    (
        Topic::Event,
        "data correlationId isError isAck name names subscription originalTopic originalAction",
    ),
    (
        Topic::Record,
        "data correlationId isError isAck name names pattern subscription originalAction \
         isWriteAck path version versions",
    ),
    (
        Topic::Rpc,
        "data correlationId isError isAck names name originalAction requestorName requestorData",
    ),
    (Topic::Presence, "originalTopic originalAction data correlationId isError isAck name names"),
    (Topic::Monitoring, "data correlationId isError isAck"),
    (Topic::Cluster, "data isError isAck leaderScore role"),
    (Topic::Lock, "locked"),
    (Topic::StateRegistry, "data isError checksum fullState serverName registryTopic"),
];

/// Values to fill a message with, one of each type.
#[derive(Clone, Debug)]
struct Fill {
    text: String,
    json: String,
    flag: bool,
    int: i32,
    topic: Topic,
    texts: Vec<String>,
    versions: Vec<(String, i32)>,
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![any::<String>(), "[a-z\"\\\\\n\u{1}]{0,8}", Just("x".repeat(300))]
}

fn int() -> impl Strategy<Value = i32> {
    prop_oneof![any::<i32>(), -2..130, Just(i32::MIN), Just(i32::MAX)]
}

fn json() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<f64>().prop_map(Into::into),
        any::<String>().prop_map(Into::into),
    ];
    let tree = leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Into::into),
            prop::collection::btree_map(any::<String>(), inner, 0..4)
                .prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
        ]
    });
    tree.prop_map(|value| value.to_string())
}

fn fill() -> impl Strategy<Value = Fill> {
    (
        text(),
        json(),
        any::<bool>(),
        int(),
        select(Topic::ALL),
        prop::collection::vec(text(), 1..5),
        prop::collection::vec((text(), int()), 1..5),
    )
        .prop_map(|(text, json, flag, int, topic, texts, versions)| Fill {
            text,
            json,
            flag,
            int,
            topic,
            texts,
            versions,
        })
}

fn put(message: &mut Message<'static>, field: &str, fill: Fill) {
    let text = Some(Cow::Owned(fill.text));
    let json = Some(Cow::Owned(fill.json));
    let texts = fill.texts.into_iter().map(Cow::Owned).collect();
    match field {
        // Any text is a payload; what is JSON travels otherwise.
        "data" => message.data = if fill.flag { json } else { text },
        "correlationId" => message.correlation_id = text,
        "isError" => message.is_error = Some(fill.flag),
        "isAck" => message.is_ack = Some(fill.flag),
        "isWriteAck" => message.is_write_ack = Some(fill.flag),
        "name" => message.name = text,
        "names" => message.names = texts,
        "subscription" => message.subscription = text,
        "pattern" => message.rare.pattern = text,
        "path" => message.path = text,
        "version" => message.version = Some(fill.int),
        "versions" => {
            message.versions =
                fill.versions.into_iter().map(|(name, at)| (Cow::Owned(name), at)).collect();
        }
        "originalTopic" => message.original_topic = Some(fill.topic),
        "originalAction" => message.original_action = Some(fill.int),
        "url" => message.rare.url = text,
        "protocolVersion" => message.rare.protocol_version = text,
        "sdkVersion" => message.rare.sdk_version = text,
        "sdkType" => message.rare.sdk_type = text,
        "requestorName" => message.rare.requestor_name = text,
        "requestorData" => message.rare.requestor_data = json,
        "leaderScore" => message.rare.leader_score = Some(fill.int),
        "role" => message.rare.role = text,
        "locked" => message.rare.locked = Some(fill.flag),
        "checksum" => message.rare.checksum = Some(fill.int),
        "fullState" => message.rare.full_state = texts,
        "serverName" => message.rare.server_name = text,
        "registryTopic" => message.rare.registry_topic = Some(fill.int),
        other => panic!("no such field: {other}"),
    }
}

fn actions(topic: Topic) -> Vec<Action> {
    (0..=200).filter_map(|number| Action::from_number(topic, number)).collect()
}

fn message() -> impl Strategy<Value = Message<'static>> {
    select(FIELDS)
        .prop_flat_map(|(topic, fields)| {
            let fields: Vec<&str> = fields.split_whitespace().collect();
            let count = fields.len();
            (
                select(actions(topic)),
                Just(fields),
                prop::collection::vec(prop::option::of(fill()), count),
            )
        })
        .prop_map(|(action, fields, fills)| {
            let mut message = Message::new(action);
            for (field, fill) in fields.into_iter().zip(fills) {
                if let Some(fill) = fill {
                    put(&mut message, field, fill);
                }
            }
            message
        })
}

fn bytes_of(frame: &Frame) -> Vec<u8> {
    match frame {
        Frame::Binary(bytes) => bytes.clone(),
        Frame::Text(text) => text.clone().into_bytes(),
    }
}

fn assert_survives(transport: Transport, message: &Message<'_>) -> Result<(), TestCaseError> {
    let frame = transport.encode(message);
    let decoded = transport.decode(FrameRef::from(&frame));
    let decoded = decoded.map_err(|error| TestCaseError::fail(error.to_string()))?;
    prop_assert_eq!(&decoded.message, message);
    prop_assert_eq!(decoded.surplus, 0);
    prop_assert_eq!(&decoded.message.into_owned(), message);
    Ok(())
}

#[test]
fn a_topic_has_fields_that_are_not_tried() {
    let tried: Vec<Topic> = FIELDS.iter().map(|(topic, _)| *topic).collect();
    let with_actions: Vec<Topic> =
        Topic::ALL.iter().copied().filter(|topic| !actions(*topic).is_empty()).collect();
    assert_eq!(tried, with_actions);
}

#[test]
fn a_seed_of_the_fuzzer_is_no_frame() {
    let seeds = concat!(env!("CARGO_MANIFEST_DIR"), "/fuzz/seeds/decode");
    let mut count = 0;
    for seed in std::fs::read_dir(seeds).unwrap() {
        let path = seed.unwrap().path();
        let bytes = std::fs::read(&path).unwrap();
        robustness::check(&bytes);
        let text = std::str::from_utf8(&bytes).unwrap_or_default();
        let taken = decode_binary(&bytes).is_ok() || decode_json(text).is_ok();
        assert!(taken, "{}", path.display());
        count += 1;
    }
    assert!(count > 0, "no seeds");
}

/// A frame, for each kind of thing that has a length in it.
fn frames_with_lengths() -> [Vec<u8>; 3] {
    let five = || Cow::Borrowed("five!");
    let mut named = Message::new(EventAction::Emit);
    named.names = vec![five()];
    named.data = Some(five());
    let mut versioned = Message::new(RecordAction::Head);
    versioned.versions = vec![(five(), 1)];
    let mut stated = Message::new(StateAction::FullState);
    stated.rare.full_state = vec![five()];
    [named, versioned, stated].map(|message| bytes_of(&Transport::Binary.encode(&message)))
}

/// Longer than it need be, to fit where a text of five stood.
fn length_in_five_bytes(length: u64) -> [u8; 5] {
    [0, 1, 2, 3, 4].map(|place| {
        let more = if place < 4 { 0x80 } else { 0 };
        (length >> (7 * place)) as u8 & 0x7f | more
    })
}

/// Two bytes a version, each of nothing: the most that there can be in a frame.
fn empty_versions(count: usize) -> Vec<u8> {
    let mut body = hex("08 08");
    body.extend(hex("72 00").repeat(count));
    let mut message = hex("10 05 1a");
    message.extend(length_in_five_bytes(body.len() as u64));
    message.extend(body);
    let mut frame = length_in_five_bytes(message.len() as u64).to_vec();
    frame.extend(message);
    frame
}

#[test]
fn memory_is_allocated_for_what_a_length_only_promises() {
    for frame in frames_with_lengths() {
        for at in 0..frame.len() - 5 {
            for length in [1_u64 << 12, 1 << 20, 1 << 31, (1 << 35) - 1] {
                let mut bytes = frame.clone();
                bytes[at..at + 5].copy_from_slice(&length_in_five_bytes(length));
                robustness::check(&bytes);
            }
        }
    }
}

#[test]
fn a_frame_of_many_small_parts_costs_memory_out_of_proportion() {
    // Just after a vector has doubled.
    for count in [1, 5, 9, 129, 4_097, 65_537] {
        let versions = empty_versions(count);
        assert_eq!(decode_binary(&versions).unwrap().message.versions.len(), count);
        robustness::check(&versions);
        let mut names = Message::new(EventAction::Emit);
        names.names = vec![Cow::Borrowed(""); count];
        for transport in [Transport::Binary, Transport::Json] {
            robustness::check(&bytes_of(&transport.encode(&names)));
        }
        robustness::check(format!(r#"{{"x":{}"#, "[".repeat(count)).as_bytes());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..Default::default() })]

    #[test]
    fn a_binary_message_changes_on_its_way(message in message()) {
        assert_survives(Transport::Binary, &message)?;
    }

    #[test]
    fn a_json_message_changes_on_its_way(mut message in message()) {
        message.is_ack.get_or_insert(false);
        assert_survives(Transport::Json, &message)?;
    }

    #[test]
    fn arbitrary_bytes_do_harm(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        robustness::check(&bytes);
    }

    #[test]
    fn a_valid_frame_with_changed_bytes_does_harm(
        message in message(),
        binary in any::<bool>(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..3), 0..4),
    ) {
        let transport = if binary { Transport::Binary } else { Transport::Json };
        let mut bytes = bytes_of(&transport.encode(&message));
        for (index, byte, kind) in changes {
            let at = index.index(bytes.len());
            match kind {
                0 => bytes[at] = byte,
                1 => bytes.insert(at, byte),
                _ => bytes.truncate(at.max(1)),
            }
        }
        robustness::check(&bytes);
    }
}

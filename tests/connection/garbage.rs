//! Frames that are no messages, or none that the client waits for.

use deepstream_wasm::core::connection::State;
use deepstream_wasm::core::io::Meta;
use deepstream_wasm::core::protocol::{
    ConnectionAction, EventAction, Frame, FrameRef, ParserAction,
};

use crate::common::{STATES, bare, frame};
use crate::harness::Harness;

const GARBAGE: [(&[u8], &str); 6] = [
    (&[], "MESSAGE_PARSE_ERROR"),
    (&[0xff], "MESSAGE_PARSE_ERROR"),
    (&[0x7f, 0x10, 0x02], "MESSAGE_PARSE_ERROR"),
    (&[0x04, 0x10, 0x63, 0x1a, 0x00], "UNKNOWN_TOPIC"),
    (&[0x06, 0x10, 0x02, 0x1a, 0x02, 0x08, 0x63], "UNKNOWN_ACTION"),
    (b"{\"t\":2}", "MESSAGE_PARSE_ERROR"),
];

#[test]
fn garbage_ends_the_connection_or_passes_in_silence() {
    for state in STATES {
        if state == State::AwaitingConnection {
            continue;
        }
        let live = |harness: &Harness| {
            harness.sockets.last().is_some_and(|socket| socket.is_open && !socket.is_closing)
        };
        if !live(&Harness::in_state(state)) {
            continue;
        }
        for (bytes, name) in GARBAGE {
            let mut harness = Harness::in_state(state);
            let deadline = harness.deadline();
            harness.receives_bytes(bytes);
            harness.receives_bytes(bytes);
            assert_eq!(harness.errors(), [name; 2], "{bytes:x?}");
            assert!(harness.error_events().all(|error| error.topic.name() == "PARSER"));
            assert_eq!((harness.client.state(), harness.deadline()), (state, deadline));
        }
    }
}

#[test]
fn a_text_frame_in_a_binary_connection_ends_it() {
    let mut harness = Harness::open(|_| {});
    let text = Frame::Text("{}".to_owned());
    harness.input(deepstream_wasm::core::io::Input::SocketFrame(harness.id(), (&text).into()));
    assert_eq!(harness.errors(), ["MESSAGE_PARSE_ERROR"]);
    assert_eq!(harness.client.state(), State::Open);
}

#[test]
fn glued_messages_pass_in_silence() {
    let mut harness = Harness::in_state(State::Challenging);
    let Frame::Binary(mut bytes) = frame(&bare(ConnectionAction::Accept)) else { unreachable!() };
    bytes.extend_from_slice(&bytes.clone());
    harness.input(deepstream_wasm::core::io::Input::SocketFrame(
        harness.id(),
        FrameRef::Binary(&bytes),
    ));
    assert_eq!(harness.client.state(), State::AwaitingAuthentication, "the first one counts");
    assert_eq!(harness.errors(), ["MESSAGE_PARSE_ERROR"]);
    let error = harness.error_events().next().unwrap();
    let Meta::Text(text) = &error.meta else { panic!("{error:?}") };
    assert!(text.contains(&(bytes.len() / 2).to_string()), "{text}");
}

#[test]
fn a_message_that_nobody_waits_for_passes_in_silence() {
    let mut harness = Harness::open(|_| {});
    harness.receives(&bare(EventAction::Emit));
    assert_eq!(harness.errors(), ["UNSOLICITED_MESSAGE"]);
    assert_eq!(harness.error_events().next().unwrap().topic.name(), "EVENT");
}

#[test]
fn a_complaint_of_the_server_is_renamed() {
    let mut harness = Harness::open(|_| {});
    harness.receives(&bare(ParserAction::MaximumMessageSizeExceeded));
    harness.receives(&bare(ConnectionAction::InvalidMessage));
    assert_eq!(harness.errors(), ["MAXIMUM_MESSAGE_SIZE_EXCEEDED", "INVALID_MESSAGE"]);
}

#[test]
fn a_ping_of_the_server_is_an_error() {
    let mut harness = Harness::open(|_| {});
    harness.receives(&bare(ConnectionAction::Ping));
    harness.pong();
    assert_eq!(harness.errors(), [""; 0]);
}

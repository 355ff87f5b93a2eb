//! RPCs that are answered here.

use deepstream_wasm::core::connection::State;
use deepstream_wasm::core::io::{DataCommand, Event, RpcRequest};
use deepstream_wasm::core::protocol::{Message, RpcAction};

use crate::common::bare;
use crate::harness::Harness;
use crate::server::{Fields, ack, refusal};

fn request() -> Message<'static> {
    bare(RpcAction::Request).name("add").id("s1")
}

fn requested(harness: &Harness, data: Option<&str>, requestor: Option<(&str, &str)>) -> Event {
    Event::RpcRequested(Box::new(RpcRequest {
        name: "add".to_owned(),
        correlation_id: "s1".to_owned(),
        session: harness.id(),
        data: data.map(str::to_owned),
        requestor_name: requestor.map(|(name, _)| name.to_owned()),
        requestor_data: requestor.map(|(_, data)| data.to_owned()),
    }))
}

fn providing() -> Harness {
    let mut harness = Harness::open(|_| {});
    harness.provide("add");
    harness.advance(100);
    harness.receives(&ack(RpcAction::Provide).id("0"));
    harness
}

#[test]
fn a_request_loses_something() {
    let mut harness = providing();
    harness.receives(&request());
    assert_eq!(harness.notices(), [&requested(&harness, None, None)]);
    harness.forget();
    harness.receives(&request().data("null"));
    assert_eq!(harness.notices(), [&requested(&harness, Some("null"), None)]);
    harness.forget();
    let mut from_bob = request().data("1");
    from_bob.rare.requestor_name = Some("bob".into());
    from_bob.rare.requestor_data = Some("{\"x\":1}".into());
    harness.receives(&from_bob);
    let bob = Some(("bob", "{\"x\":1}"));
    assert_eq!(harness.notices(), [&requested(&harness, Some("1"), bob)]);
    assert_eq!(harness.messages().len(), 1, "the application answers, not the core");
}

#[test]
fn a_request_that_is_not_provided_leaves_the_caller_waiting() {
    let mut never = Harness::open(|_| {});
    never.receives(&request());
    let mut not_any_more = providing();
    not_any_more.unprovide("add");
    not_any_more.receives(&request());
    let mut refused = providing();
    let denied = refusal(RpcAction::MessageDenied, RpcAction::Provide).name("add");
    refused.receives(&denied);
    refused.forget();
    refused.receives(&request());
    for harness in [never, not_any_more, refused] {
        assert_eq!(harness.messages().last().unwrap(), "RPC REJECT #s1 add");
        harness.assert_silent();
    }
}

#[test]
fn a_request_without_a_name_or_an_id_is_passed_over() {
    let nameless = Message { name: None, ..request() };
    for message in [nameless, bare(RpcAction::Request).name("add")] {
        let mut harness = providing();
        harness.receives(&message);
        assert_eq!(harness.only_error(), ("RPC", "UNSOLICITED_MESSAGE", &message));
        assert_eq!(harness.messages(), ["RPC PROVIDE #0 [add]"]);
    }
}

#[test]
fn a_client_can_not_call_itself() {
    let mut harness = providing();
    let ticket = harness.make("s1");
    harness.receives(&request());
    harness.answer_rpc(RpcAction::Accept, "s1", None);
    harness.answer_rpc(RpcAction::Response, "s1", Some("3"));
    assert_eq!(harness.notices(), [&requested(&harness, None, None)]);
    harness.assert_pending(ticket);
    harness.receives(&bare(RpcAction::Response).name("add").id("s1").data("3"));
    harness.assert_accepted(ticket, Some("3"));
}

#[test]
fn a_result_is_lost_when_the_connection_is_away_or_an_acceptance_is_kept() {
    let mut harness = providing();
    harness.receives(&request());
    harness.fails();
    harness.answer_rpc(RpcAction::Accept, "s1", None);
    harness.answer_rpc(RpcAction::Reject, "s2", None);
    harness.answer_rpc(RpcAction::Response, "s1", Some("3"));
    harness.answer_rpc(RpcAction::RequestError, "s3", Some("\"bad\""));
    harness.advance(0);
    harness.advance(5_000);
    harness.connects();
    let expected =
        ["RPC PROVIDE #0 [add]", "RPC RESPONSE #s1 add = 3", "RPC REQUEST_ERROR #s3 add = \"bad\""];
    assert_eq!(harness.messages(), expected);
}

#[test]
fn answers_while_open_are_lost_or_out_of_order() {
    let mut harness = providing();
    harness.answer_rpc(RpcAction::Accept, "s1", None);
    harness.answer_rpc(RpcAction::Response, "s1", Some("3"));
    harness.answer_rpc(RpcAction::Reject, "s2", None);
    let expected = [
        "RPC PROVIDE #0 [add]",
        "RPC ACCEPT #s1 add",
        "RPC RESPONSE #s1 add = 3",
        "RPC REJECT #s2 add",
    ];
    assert_eq!(harness.messages(), expected);
}

#[test]
fn a_result_that_may_not_have_arrived_is_passed_over() {
    let mut harness = providing();
    harness.answer_rpc(RpcAction::Accept, "s1", None);
    harness.answer_rpc(RpcAction::Response, "s1", Some("3"));
    harness.closes_cleanly();
    let (topic, name, message) = harness.only_error();
    assert_eq!((topic, name), ("RPC", "DELIVERY_UNCONFIRMED"));
    assert_eq!(message.action, RpcAction::Response.into());
    assert_eq!(message.data.as_deref(), Some("3"));
}

#[test]
fn a_result_after_the_end_is_swallowed() {
    let mut harness = Harness::in_state(State::Closed);
    harness.answer_rpc(RpcAction::Accept, "s1", None);
    harness.assert_silent();
    harness.answer_rpc(RpcAction::Response, "s1", Some("3"));
    assert_eq!(harness.reported("IS_CLOSED"), ["add"]);
}

#[test]
fn a_request_of_an_earlier_connection_is_accepted_on_the_next() {
    let mut harness = providing();
    harness.receives(&request());
    let earlier = harness.id();
    harness.fails();
    harness.advance(0);
    harness.connects();
    let accept = Box::new(bare(RpcAction::Accept).name("add").id("s1"));
    harness.calls(DataCommand::SendInSession(earlier, accept));
    assert_eq!(harness.messages(), ["RPC PROVIDE #0 [add]"]);
}

//! Answers to RPCs: each of the server's settles the call, once.

use deepstream_wasm::core::io::{Event, Outcome, Reason};
use deepstream_wasm::core::protocol::{Message, RpcAction};

use crate::common::bare;
use crate::harness::Harness;
use crate::server::{Fields, refusal};

fn answer(action: RpcAction, id: &str) -> Message<'static> {
    bare(action).name("add").id(id)
}

/// What the call `c1` comes to by this answer.
fn outcome(message: &Message<'static>) -> Option<Outcome> {
    let mut harness = Harness::open(|_| {});
    let ticket = harness.make("c1");
    harness.receives(message);
    harness.assert_silent();
    harness.outcome(ticket).cloned()
}

#[test]
fn a_response_is_looked_into_or_lost() {
    for data in ["3", "null", "\"\"", " {\"a\":1.0}"] {
        let response = answer(RpcAction::Response, "c1").data(data);
        assert_eq!(outcome(&response), Some(Outcome::Accepted(Some(data.to_owned()))));
    }
    let response = answer(RpcAction::Response, "c1");
    assert_eq!(outcome(&response), Some(Outcome::Accepted(None)));
}

#[test]
fn the_error_of_a_provider_is_taken_for_success_or_lost() {
    for data in ["\"bad\"", "\"\"", "0", "false", "{\"code\":1}"] {
        let error = answer(RpcAction::RequestError, "c1").data(data);
        let expected = Outcome::Refused(Reason::Server(data.to_owned()));
        assert_eq!(outcome(&error), Some(expected));
    }
    let nothing = Some(Outcome::Refused(Reason::Unexplained("REQUEST_ERROR")));
    assert_eq!(outcome(&answer(RpcAction::RequestError, "c1")), nothing);
    assert_eq!(outcome(&answer(RpcAction::RequestError, "c1").data("null")), nothing);
}

/// All but those that say more than their name, or repeat what they acknowledge.
fn refusals() -> impl Iterator<Item = RpcAction> {
    let others = [
        RpcAction::Request,
        RpcAction::Accept,
        RpcAction::Response,
        RpcAction::RequestError,
        RpcAction::Provide,
        RpcAction::Unprovide,
    ];
    RpcAction::ALL.iter().copied().filter(move |action| !others.contains(action))
}

#[test]
fn some_answer_leaves_the_call_pending() {
    for action in refusals() {
        let expected = Some(Outcome::Refused(Reason::Unexplained(action.name())));
        assert_eq!(outcome(&answer(action, "c1")), expected);
        let explicit = refusal(action, RpcAction::Request).name("add").id("c1");
        assert_eq!(outcome(&explicit), expected);
        assert_eq!(outcome(&explicit.data("\"x\"")), expected);
    }
}

#[test]
fn the_refusals_of_the_server_are_not_among_them() {
    let refusals = refusals().map(RpcAction::name).collect::<Vec<_>>();
    for name in [
        "NO_RPC_PROVIDER",
        "RESPONSE_TIMEOUT",
        "ACCEPT_TIMEOUT",
        "MESSAGE_DENIED",
        "MESSAGE_PERMISSION_ERROR",
        "INVALID_MESSAGE_DATA",
        "INVALID_RPC_CORRELATION_ID",
        "MULTIPLE_ACCEPT",
        "MULTIPLE_RESPONSE",
    ] {
        assert!(refusals.contains(&name), "{name}");
    }
}

#[test]
fn an_acceptance_is_taken_for_the_answer() {
    let mut harness = Harness::open(|_| {});
    let ticket = harness.make("c1");
    harness.receives(&answer(RpcAction::Accept, "c1"));
    harness.receives(&answer(RpcAction::Accept, "c1"));
    harness.assert_pending(ticket);
    harness.assert_silent();
    harness.receives(&answer(RpcAction::Response, "c1").data("3"));
    harness.assert_accepted(ticket, Some("3"));
}

#[test]
fn an_answer_settles_another_call() {
    let mut harness = Harness::open(|_| {});
    let tickets = ["c1", "c2", "c3"].map(|id| harness.make(id));
    harness.receives(&answer(RpcAction::Response, "c2").data("2"));
    harness.assert_pending(tickets[0]);
    harness.assert_accepted(tickets[1], Some("2"));
    harness.assert_pending(tickets[2]);
    harness.receives(&answer(RpcAction::NoRpcProvider, "c3"));
    harness.receives(&answer(RpcAction::Response, "c1").data("1"));
    harness.assert_accepted(tickets[0], Some("1"));
    harness.assert_unexplained(tickets[2], "NO_RPC_PROVIDER");
}

#[test]
fn an_answer_that_nobody_waits_for_is_passed_over() {
    let others = [RpcAction::Accept, RpcAction::Response, RpcAction::RequestError];
    for action in refusals().chain(others) {
        for message in [answer(action, "c2"), bare(action).name("add")] {
            let mut harness = Harness::open(|_| {});
            let ticket = harness.make("c1");
            harness.receives(&message);
            assert_eq!(harness.only_error(), ("RPC", "UNKNOWN_CORRELATION_ID", &message));
            harness.assert_pending(ticket);
        }
    }
}

#[test]
fn a_second_answer_is_passed_over_or_settles_again() {
    let mut harness = Harness::open(|_| {});
    let ticket = harness.make("c1");
    harness.receives(&answer(RpcAction::Response, "c1").data("3"));
    let second = answer(RpcAction::MultipleResponse, "c1");
    harness.receives(&second);
    harness.assert_accepted(ticket, Some("3"));
    assert_eq!(harness.only_error(), ("RPC", "UNKNOWN_CORRELATION_ID", &second));
}

#[test]
fn an_answer_after_the_loss_settles_again() {
    let mut harness = Harness::open(|_| {});
    let ticket = harness.make("c1");
    harness.reconnects();
    let late = answer(RpcAction::Response, "c1").data("3");
    harness.receives(&late);
    harness.assert_offline(ticket);
    assert_eq!(harness.only_error(), ("RPC", "UNKNOWN_CORRELATION_ID", &late));
}

#[test]
fn several_calls_at_a_loss_are_settled_out_of_order() {
    let mut harness = Harness::open(|_| {});
    let tickets = ["c9", "c1", "c5"].map(|id| harness.make(id));
    harness.closes_cleanly();
    let settled = harness.take_events().into_iter().filter_map(|event| match event {
        Event::Settled(ticket, _) => Some(ticket),
        _ => None,
    });
    assert_eq!(settled.collect::<Vec<_>>(), tickets);
}

#[test]
fn what_a_provider_is_told_settles_the_call_of_the_same_client() {
    for action in
        [RpcAction::MultipleAccept, RpcAction::MultipleResponse, RpcAction::InvalidRpcCorrelationId]
    {
        let mut harness = Harness::open(|_| {});
        harness.provide("add");
        harness.advance(100);
        let ticket = harness.make("c1");
        harness.receives(&bare(RpcAction::Request).name("add").id("c1"));
        let message = answer(action, "c1");
        harness.receives(&message);
        assert_eq!(harness.only_error(), ("RPC", action.name(), &message));
        harness.assert_pending(ticket);
        harness.receives(&answer(RpcAction::Response, "c1").data("3"));
        harness.assert_accepted(ticket, Some("3"));
    }
}

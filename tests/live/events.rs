//! Events that come, and what else the server says in their topic.

use deepstream_wasm::core::io::Event;
use deepstream_wasm::core::protocol::{
    Action, EventAction, Message, ParserAction, RecordAction, StateAction,
};

use crate::common::bare;
use crate::harness::Harness;
use crate::server::{Fields, refusal};

fn received(name: &str, data: Option<&str>) -> Event {
    Event::EventReceived { name: name.to_owned(), data: data.map(str::to_owned) }
}

/// What the application is told when the server says this.
fn told(message: &Message<'static>) -> Harness {
    let mut harness = Harness::open(|_| {});
    harness.receives(message);
    harness
}

#[test]
fn a_payload_is_looked_into_or_lost() {
    let emit = || bare(EventAction::Emit).name("a");
    for text in ["null", "0", "\"\"", " { \"b\":[1.0,1e20] }", "\"\\u00e4\\n\"", "no JSON", ""] {
        let harness = told(&emit().data(text));
        assert_eq!(harness.notices(), [&received("a", Some(text))]);
        assert_eq!(harness.errors(), [""; 0]);
    }
    assert_eq!(told(&emit()).notices(), [&received("a", None)], "absent is not null");
}

#[test]
fn events_are_lost_doubled_or_out_of_order() {
    let mut harness = Harness::open(|_| {});
    harness.subscribe_events(&["a"]);
    for (name, data) in [("a", "1"), ("a", "1"), ("b", "2"), ("a", "3")] {
        harness.receives(&bare(EventAction::Emit).name(name).data(data));
    }
    let expected = [("a", "1"), ("a", "1"), ("b", "2"), ("a", "3")];
    let expected = expected.map(|(name, data)| received(name, Some(data)));
    assert_eq!(harness.take_events(), expected);
}

#[test]
fn an_event_without_a_name_is_passed_over() {
    let message = bare(EventAction::Emit).data("1");
    let harness = told(&message);
    assert_eq!(harness.notices(), [&Event::PatternsLost; 0]);
    assert_eq!(harness.only_error(), ("EVENT", "UNSOLICITED_MESSAGE", &message));
}

#[test]
fn a_complaint_of_the_server_loses_its_name_or_its_message() {
    for action in [
        EventAction::Error,
        EventAction::InvalidListenRegex,
        EventAction::ListenResponseTimeout,
        EventAction::ListenUnsuccessful,
        EventAction::MessagePermissionError,
        EventAction::MessageDenied,
        EventAction::InvalidMessageData,
    ] {
        for message in [refusal(action, EventAction::Emit).name("a").data("1"), bare(action)] {
            let harness = told(&message);
            assert_eq!(harness.only_error(), ("EVENT", action.name(), &message));
            assert_eq!(harness.notices(), [&Event::PatternsLost; 0]);
        }
    }
}

#[test]
fn a_subscription_too_many_or_too_few_is_an_error() {
    for (action, text) in [
        (EventAction::MultipleSubscriptions, "Warning: EVENT (MULTIPLE_SUBSCRIPTIONS)"),
        (EventAction::NotSubscribed, "Warning: EVENT (NOT_SUBSCRIBED)"),
    ] {
        let harness = told(&refusal(action, EventAction::Subscribe).name("a"));
        assert_eq!(harness.warnings(), [text]);
        assert_eq!(harness.errors(), [""; 0]);
    }
}

#[test]
fn what_no_server_says_is_passed_over() {
    let event = [
        EventAction::Unknown,
        EventAction::ListenAccept,
        EventAction::ListenReject,
        EventAction::SubscriptionHasProvider,
        EventAction::SubscriptionHasNoProvider,
    ];
    let of_no_topic = [Action::from(RecordAction::ReadResponse), StateAction::Add.into()];
    for action in event.map(Action::from).into_iter().chain(of_no_topic) {
        let message = bare(action);
        let harness = told(&message);
        let topic = action.topic().name();
        assert_eq!(harness.only_error(), (topic, "UNSOLICITED_MESSAGE", &message));
        assert_eq!(harness.notices(), [&Event::PatternsLost; 0]);
    }
}

#[test]
fn what_the_server_says_of_our_bytes_loses_its_name() {
    for action in ParserAction::ALL {
        let message = bare(*action).data("\"x\"");
        let harness = told(&message);
        assert_eq!(harness.only_error(), ("PARSER", action.name(), &message));
    }
}

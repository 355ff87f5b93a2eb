//! Records come to be there.

use deepstream_wasm::core::protocol::{Message, RecordAction};
use deepstream_wasm::core::record::io::RecordCommand;
use deepstream_wasm::core::time::Millis;

use crate::book::{Book, said};
use crate::common::bare;
use crate::server::{Fields, ack, refusal};

#[test]
fn a_record_is_subscribed_to_once_however_often_it_is_opened() {
    let mut book = Book::open();
    let id = book.get("r");
    assert_eq!(book.get("r"), id);
    assert_eq!(book.sent(), ["SUBSCRIBECREATEANDREAD r"]);
    assert!(!book.is_ready(id) && book.version(id).is_none());
    book.says(RecordAction::ReadResponse, "r", 3, Some(r#"{"a":1}"#));
    assert_eq!(book.told(), ["r is ready"]);
    assert_eq!((book.data(id).as_str(), book.version(id)), (r#"{"a":1}"#, Some(3)));
}

#[test]
fn records_are_asked_for_in_bulk() {
    let mut book = Book::open_with(|options| options.subscription_interval = Millis::new(100));
    for name in ["a", "b", "c"] {
        book.get(name);
    }
    assert!(book.sent().is_empty());
    book.advance(100);
    assert_eq!(book.sent(), ["SUBSCRIBECREATEANDREAD a,b,c"]);
}

#[test]
fn those_who_wait_are_told_once_and_late_ones_at_once() {
    let mut book = Book::open();
    let id = book.get("r");
    let early = book.ask(|ticket| RecordCommand::WhenReady(id, ticket));
    assert_eq!(book.outcome(early), "pending");
    book.says(RecordAction::ReadResponse, "r", 0, Some("{}"));
    assert_eq!(book.outcome(early), "accepted");
    let late = book.ask(|ticket| RecordCommand::WhenReady(id, ticket));
    assert_eq!(book.outcome(late), "accepted");
}

#[test]
fn what_can_not_be_read_refuses_those_who_wait_and_is_told() {
    let mut book = Book::open();
    let id = book.get("r");
    let waits = book.ask(|ticket| RecordCommand::WhenReady(id, ticket));
    let write =
        book.ask(|ticket| RecordCommand::Write(id, crate::book::put("a", "1"), Some(ticket)));
    book.forget();
    let denied = refusal(RecordAction::MessageDenied, RecordAction::SubscribeCreateAndRead);
    book.hears(&denied.name("r").id("0"));
    assert_eq!(book.outcome(waits), "refused: MESSAGE_DENIED");
    assert_eq!(book.outcome(write), "refused: MESSAGE_DENIED");
    assert_eq!(book.told(), ["r failed: MESSAGE_DENIED SUBSCRIBECREATEANDREAD"]);
    assert_eq!(book.errors(), ["MESSAGE_DENIED"]);
    let later = book.ask(|ticket| RecordCommand::WhenReady(id, ticket));
    assert_eq!(book.outcome(later), "refused: MESSAGE_DENIED");
}

#[test]
fn the_record_that_a_server_passes_over_is_asked_for_again() {
    let mut book = Book::open_with(|options| options.subscription_interval = Millis::new(100));
    for name in ["a", "b", "c"] {
        book.get(name);
    }
    book.advance(100);
    book.forget();
    let denied = refusal(RecordAction::MessageDenied, RecordAction::SubscribeCreateAndRead);
    book.hears(&denied.name("a").id("0"));
    book.advance(100);
    assert_eq!(book.sent(), ["SUBSCRIBECREATEANDREAD c"]);
}

#[test]
fn a_server_that_does_not_answer_is_told_of_and_may_answer_late() {
    let mut book = Book::open();
    let id = book.get("r");
    book.hears(&ack(RecordAction::SubscribeCreateAndRead).id("0"));
    for _ in 0..3 {
        book.advance(4_999);
        book.harness.pong();
    }
    assert_eq!(book.errors(), [""; 0]);
    book.advance(3);
    assert_eq!(book.errors(), ["ACK_TIMEOUT"]);
    assert_eq!(book.told(), ["r failed: ACK_TIMEOUT READ"]);
    book.says(RecordAction::ReadResponse, "r", 0, Some("{}"));
    assert!(book.is_ready(id));
}

#[test]
fn an_answer_that_is_no_record_is_an_error_and_nothing_breaks() {
    for data in [Some("{"), Some("3"), None] {
        let mut book = Book::open();
        let id = book.get("r");
        book.says(RecordAction::ReadResponse, "r", 0, data);
        assert!(!book.is_ready(id));
        assert_eq!(book.errors(), ["MESSAGE_PARSE_ERROR"], "{data:?}");
        assert_eq!(book.told(), ["r failed: MESSAGE_PARSE_ERROR READ"]);
    }
}

#[test]
fn a_record_that_may_only_be_read_is_not_made_and_not_written() {
    let mut book = Book::open_with(|options| {
        options.record_read_only_mode = true;
        options.record_prefix_write_whitelist = vec!["mine/".to_owned()];
    });
    let id = book.get("r");
    book.get("mine/r");
    assert_eq!(book.sent(), ["SUBSCRIBEANDREAD r", "SUBSCRIBECREATEANDREAD mine/r"]);
    book.says(RecordAction::ReadResponse, "r", -1, Some("{}"));
    let write = book.change_with_ack(id, crate::book::put("a", "1"));
    assert_eq!(book.outcome(write), "refused: RECORD_READ_ONLY_MODE");
    assert_eq!(book.errors(), ["RECORD_READ_ONLY_MODE"]);
    assert!(book.sent().is_empty());
}

#[test]
fn whether_somebody_provides_a_record_is_told_when_it_changes() {
    let (mut book, id) = Book::with(0, "{}");
    let has: Message<'static> = bare(RecordAction::SubscriptionHasProvider).name("r");
    book.hears(&has);
    book.hears(&has);
    assert_eq!(book.told(), ["r is provided: true"]);
    assert!(book.harness.client.record(id).unwrap().has_provider());
    book.loses();
    assert_eq!(book.told(), ["r is provided: false"]);
}

#[test]
fn a_write_that_came_before_the_older_answer_is_not_overlooked() {
    let mut book = Book::open();
    let id = book.get("r");
    book.patches("r", 2, "a", "2");
    book.forget();
    book.hears(&said(RecordAction::ReadResponse, "r", 1, Some(r#"{"a":1}"#)));
    assert_eq!(book.sent(), ["READ r"]);
    book.says(RecordAction::ReadResponse, "r", 2, Some(r#"{"a":2}"#));
    assert_eq!((book.data(id).as_str(), book.version(id)), (r#"{"a":2}"#, Some(2)));
}

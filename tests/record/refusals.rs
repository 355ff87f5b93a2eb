//! The server does not take a write.

use deepstream_wasm::core::protocol::RecordAction;

use crate::book::{Book, put, said};
use crate::server::{Fields, refusal};

#[test]
fn a_refused_write_is_taken_back_and_its_writer_told() {
    let (mut book, id) = Book::with(3, r#"{"a":0}"#);
    let write = book.change_with_ack(id, put("a", "1"));
    book.forget();
    let denied = refusal(RecordAction::MessageDenied, RecordAction::Patch).name("r").id("1");
    book.hears(&denied);
    assert_eq!(book.outcome(write), "refused: MESSAGE_DENIED");
    assert_eq!(book.sent(), ["READ r"]);
    book.says(RecordAction::ReadResponse, "r", 3, Some(r#"{"a":0}"#));
    assert_eq!((book.data(id).as_str(), book.version(id)), (r#"{"a":0}"#, Some(3)));
    assert!(book.sent().is_empty() && book.merges.is_empty());
}

#[test]
fn a_refused_write_that_nobody_waits_for_is_told_by_the_record() {
    let (mut book, id) = Book::with(3, r#"{"a":0}"#);
    book.set(id, "a", "1");
    book.forget();
    book.hears(&refusal(RecordAction::MessageDenied, RecordAction::Patch).name("r"));
    assert_eq!(book.told(), ["r failed: MESSAGE_DENIED PATCH"]);
    book.says(RecordAction::ReadResponse, "r", 3, Some(r#"{"a":0}"#));
    assert_eq!(book.data(id), r#"{"a":0}"#);
    book.set(id, "a", "2");
    assert_eq!(book.sent().last().unwrap(), "PATCH r v4 a 2");
}

#[test]
fn what_was_written_after_a_refused_write_is_sent_again() {
    let (mut book, id) = Book::with(3, "{}");
    book.set(id, "a", "1");
    let later = book.change_with_ack(id, put("b", "2"));
    book.forget();
    book.hears(&refusal(RecordAction::MessageDenied, RecordAction::Patch).name("r"));
    let mut echo = said(RecordAction::InvalidVersion, "r", 5, Some("2")).about(RecordAction::Patch);
    (echo.path, echo.is_write_ack) = (Some("b".into()), Some(true));
    book.hears(&echo.id("1"));
    assert_eq!(book.outcome(later), "pending", "an echo is no success");
    book.says(RecordAction::ReadResponse, "r", 3, Some("{}"));
    assert_eq!(book.sent(), ["READ r", "READ r", "PATCH r v4 b 2 ack 2"]);
    assert_eq!(book.data(id), r#"{"b":2}"#);
    book.acknowledges("r", "2");
    assert_eq!(book.outcome(later), "accepted");
}

#[test]
fn a_write_that_the_server_can_not_read_is_no_success() {
    let (mut book, id) = Book::with(3, "{}");
    let write = book.change_with_ack(id, put("a", "1"));
    let mut echo = said(RecordAction::InvalidMessageData, "r", 4, Some("1"));
    echo.is_write_ack = Some(true);
    book.hears(&echo.about(RecordAction::Patch).id("1"));
    assert_eq!(book.outcome(write), "refused: INVALID_MESSAGE_DATA");
    book.says(RecordAction::ReadResponse, "r", 3, Some("{}"));
    assert_eq!(book.data(id), "{}");
}

#[test]
fn a_write_that_the_server_could_not_store_is_told() {
    let (mut book, id) = Book::with(3, "{}");
    book.set(id, "a", "1");
    book.forget();
    let mut error = said(RecordAction::RecordUpdateError, "r", 0, None);
    (error.version, error.is_error) = (None, Some(true));
    book.hears(&error);
    assert_eq!(book.told(), ["r failed: RECORD_UPDATE_ERROR UPDATE"]);
    book.says(RecordAction::ReadResponse, "r", 3, Some("{}"));
    assert_eq!(book.data(id), "{}");
}

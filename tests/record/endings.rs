//! Records are let go of, deleted, or left behind.

use deepstream_wasm::core::protocol::RecordAction;
use deepstream_wasm::core::record::io::RecordCommand;

use crate::book::{Book, put};
use crate::server::{Fields, refusal};

#[test]
fn a_record_is_let_go_of_a_while_after_the_last_is_done_with_it() {
    let (mut book, id) = Book::with(0, "{}");
    book.get("r");
    book.give(RecordCommand::Discard(id));
    book.advance(10_000);
    book.harness.pong();
    assert!(book.sent().is_empty(), "somebody is not done with it");
    book.give(RecordCommand::Discard(id));
    book.set(id, "a", "1");
    book.advance(4_999);
    assert_eq!(book.sent(), ["PATCH r v1 a 1"]);
    book.advance(1);
    assert_eq!(
        (book.sent(), book.told()),
        (vec!["UNSUBSCRIBE r".to_owned()], vec!["discarded".to_owned()])
    );
    assert_eq!(book.data(id), r#"{"a":1}"#, "it can still be read");
    let again = book.get("r");
    assert_ne!(again, id);
    assert_eq!(book.sent(), ["SUBSCRIBECREATEANDREAD r"]);
}

#[test]
fn a_record_that_is_opened_again_in_time_is_not_let_go_of() {
    let (mut book, id) = Book::with(0, "{}");
    book.give(RecordCommand::Discard(id));
    book.advance(4_000);
    assert_eq!(book.get("r"), id);
    book.advance(4_000);
    assert!(book.sent().is_empty() && book.told().is_empty());
}

#[test]
fn a_record_with_something_to_deliver_is_not_let_go_of() {
    let (mut book, id) = Book::with(3, "{}");
    book.loses();
    book.set(id, "a", "1");
    book.give(RecordCommand::Discard(id));
    book.forget();
    book.advance(6_000);
    assert!(book.told().is_empty());
    book.connects();
    book.hears(&crate::book::heads(&[("r", 3)]));
    assert_eq!(book.sent(), ["SUBSCRIBEANDHEAD r", "PATCH r v4 a 1"]);
    book.advance(5_000);
    assert_eq!(book.sent(), ["UNSUBSCRIBE r"]);
}

#[test]
fn a_deleted_record_is_gone_for_those_who_have_it() {
    let (mut book, id) = Book::with(3, r#"{"a":1}"#);
    let delete = book.ask(|ticket| RecordCommand::Delete(id, ticket));
    assert_eq!(book.sent(), ["DELETE r"]);
    assert_eq!(book.outcome(delete), "pending");
    book.says(RecordAction::DeleteSuccess, "r", 0, None);
    assert_eq!(
        (book.outcome(delete).as_str(), book.told()),
        ("accepted", vec!["deleted".to_owned()])
    );
    assert!(book.harness.client.record(id).unwrap().is_gone());
    assert_eq!(book.data(id), r#"{"a":1}"#);
    let write = book.change_with_ack(id, put("a", "2"));
    assert_eq!(book.outcome(write), "refused: RECORD_ALREADY_DESTROYED");
}

#[test]
fn a_record_that_somebody_else_deletes_is_gone_and_what_waits_is_refused() {
    let (mut book, id) = Book::with(3, "{}");
    let write = book.change_with_ack(id, put("a", "1"));
    book.forget();
    book.says(RecordAction::Deleted, "r", 0, None);
    assert_eq!(book.told(), ["deleted"]);
    assert_eq!(book.outcome(write), "refused: DELETED");
}

#[test]
fn a_deletion_is_refused_without_a_connection_by_the_server_or_with_the_connection() {
    let (mut book, id) = Book::with(3, "{}");
    let denied = book.ask(|ticket| RecordCommand::Delete(id, ticket));
    book.hears(&refusal(RecordAction::MessageDenied, RecordAction::Delete).name("r"));
    assert_eq!(book.outcome(denied), "refused: MESSAGE_DENIED");
    assert_eq!(book.told(), ["r failed: MESSAGE_DENIED DELETE"]);
    book.set(id, "a", "1");
    assert_eq!(book.sent().last().unwrap(), "PATCH r v4 a 1", "it goes on");
    let lost = book.ask(|ticket| RecordCommand::Delete(id, ticket));
    book.loses();
    assert_eq!(book.outcome(lost), "refused: client offline");
    let offline = book.ask(|ticket| RecordCommand::Delete(id, ticket));
    assert_eq!(book.outcome(offline), "refused: Deleting while offline is not supported");
}

#[test]
fn what_is_not_delivered_when_the_client_is_closed_is_told_once() {
    let (mut book, id) = Book::with(3, "{}");
    book.loses();
    book.set(id, "a", "1");
    let write = book.change_with_ack(id, put("b", "2"));
    book.forget();
    book.harness.close();
    book.advance(0);
    assert_eq!(book.outcome(write), "refused: client offline");
    assert_eq!(book.errors(), ["IS_CLOSED"]);
    book.set(id, "c", "3");
    assert_eq!(book.errors(), ["IS_CLOSED", "IS_CLOSED"]);
}

#[test]
fn what_the_server_has_is_not_told_as_lost_when_the_client_is_closed() {
    let (mut book, id) = Book::with(3, "{}");
    book.set(id, "a", "1");
    book.forget();
    book.harness.close();
    book.harness.closes_cleanly();
    assert_eq!(book.errors(), [""; 0]);
}

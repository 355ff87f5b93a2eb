//! Records are let go of, deleted, or left behind.

use deepstream_wasm::core::io::Ticket;
use deepstream_wasm::core::protocol::RecordAction;
use deepstream_wasm::core::record::io::{Merged, RecordCommand};

use crate::book::{Book, heads, put, said};
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
    assert_eq!(book.sent(), ["READ r"], "the write may have been refused");
    book.says(RecordAction::ReadResponse, "r", 1, Some(r#"{"a":1}"#));
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
    assert_eq!(book.sent(), ["READ r"]);
    book.says(RecordAction::ReadResponse, "r", 4, Some(r#"{"a":1}"#));
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
    assert_eq!(book.sent().last().unwrap(), "READ r", "much may have happened meanwhile");
    book.says(RecordAction::ReadResponse, "r", 3, Some("{}"));
    assert_eq!(book.sent(), ["PATCH r v4 a 1"], "it goes on");
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

#[test]
fn a_change_that_comes_while_a_deletion_is_refused_is_overlooked() {
    let (mut book, id) = Book::with(3, "{}");
    book.ask(|ticket| RecordCommand::Delete(id, ticket));
    book.patches("r", 4, "a", "1");
    book.forget();
    book.hears(&refusal(RecordAction::MessageDenied, RecordAction::Delete).name("r"));
    assert_eq!(book.sent(), ["READ r"]);
    book.says(RecordAction::ReadResponse, "r", 4, Some(r#"{"a":1}"#));
    assert_eq!((book.data(id).as_str(), book.version(id)), (r#"{"a":1}"#, Some(4)));
}

#[test]
fn a_record_that_may_not_be_deleted_before_it_is_there_never_comes() {
    let mut book = Book::open();
    let id = book.get("r");
    let waits = book.ask(|ticket| RecordCommand::WhenReady(id, ticket));
    let delete = book.ask(|ticket| RecordCommand::Delete(id, ticket));
    book.says(RecordAction::ReadResponse, "r", 4, Some(r#"{"a":1}"#));
    book.forget();
    book.hears(&refusal(RecordAction::MessageDenied, RecordAction::Delete).name("r"));
    assert_eq!(book.outcome(delete), "refused: MESSAGE_DENIED");
    assert_eq!(book.sent(), ["READ r"]);
    book.says(RecordAction::ReadResponse, "r", 4, Some(r#"{"a":1}"#));
    assert_eq!(book.outcome(waits), "accepted");
    assert_eq!((book.data(id).as_str(), book.version(id)), (r#"{"a":1}"#, Some(4)));
}

#[test]
fn a_record_that_is_deleted_before_it_is_there_leaves_others_waiting() {
    let mut book = Book::open();
    let id = book.get("r");
    let waits = book.ask(|ticket| RecordCommand::WhenReady(id, ticket));
    let write = book.change_with_ack(id, put("a", "1"));
    let delete = book.ask(|ticket| RecordCommand::Delete(id, ticket));
    book.says(RecordAction::DeleteSuccess, "r", 0, None);
    assert_eq!(book.outcome(delete), "accepted");
    assert_eq!(book.outcome(waits), "refused: RECORD_ALREADY_DESTROYED");
    assert_eq!(book.outcome(write), "refused: DELETED");
}

#[test]
fn a_deletion_that_is_not_answered_waits_for_ever() {
    let (mut book, id) = Book::with(3, "{}");
    let delete = book.ask(|ticket| RecordCommand::Delete(id, ticket));
    book.harness.forget();
    book.advance(14_999);
    assert_eq!(book.outcome(delete), "pending");
    book.forget();
    book.advance(1);
    assert_eq!(book.outcome(delete), "refused: RECORD_DELETE_TIMEOUT");
    assert_eq!(book.errors(), ["RECORD_DELETE_TIMEOUT"]);
    assert_eq!(book.told(), ["r failed: RECORD_DELETE_TIMEOUT DELETE"]);
    book.set(id, "a", "1");
    assert_eq!(book.sent(), ["READ r"], "it may be there or not");
    book.says(RecordAction::ReadResponse, "r", 3, Some("{}"));
    assert_eq!(book.sent(), ["PATCH r v4 a 1"], "it can be used");
    let again = book.ask(|ticket| RecordCommand::Delete(id, ticket));
    book.says(RecordAction::DeleteSuccess, "r", 0, None);
    assert_eq!(book.outcome(again), "accepted");
    assert_eq!(book.told(), ["deleted"]);
}

#[test]
fn what_is_written_while_the_record_is_deleted_waits_for_ever() {
    let (mut book, id) = Book::with(3, "{}");
    book.ask(|ticket| RecordCommand::Delete(id, ticket));
    book.forget();
    let write = book.change_with_ack(id, put("a", "1"));
    assert_eq!(book.outcome(write), "refused: DELETED");
    let second = book.ask(|ticket| RecordCommand::Delete(id, ticket));
    assert_eq!(book.outcome(second), "refused: RECORD_ALREADY_DESTROYED");
    book.set(id, "a", "1");
    assert_eq!(book.told(), ["r failed: DELETED PATCH"]);
    assert!(book.sent().is_empty());
}

#[test]
fn a_record_whose_deletion_was_lost_with_the_connection_can_not_be_used_any_more() {
    let (mut book, id) = Book::with(3, r#"{"a":0}"#);
    book.ask(|ticket| RecordCommand::Delete(id, ticket));
    book.loses();
    book.set(id, "a", "1");
    book.advance(0);
    book.connects();
    book.hears(&crate::book::heads(&[("r", 3)]));
    assert_eq!(book.sent().last().unwrap(), "PATCH r v4 a 1");
    assert_eq!((book.data(id).as_str(), book.version(id)), (r#"{"a":1}"#, Some(4)));
}

#[test]
fn a_record_that_is_let_go_of_before_it_is_there_leaves_others_waiting() {
    let mut book = Book::open();
    let id = book.get("r");
    let waits = book.ask(|ticket| RecordCommand::WhenReady(id, ticket));
    book.give(RecordCommand::Discard(id));
    book.forget();
    for _ in 0..3 {
        assert!(book.sent().is_empty(), "the server may subscribe after that");
        book.advance(5_000);
        book.harness.pong();
    }
    book.advance(5_000);
    assert_eq!(book.sent(), ["UNSUBSCRIBE r"]);
    assert_eq!(book.told(), ["r failed: ACK_TIMEOUT READ", "discarded"]);
    assert_eq!(book.outcome(waits), "refused: RECORD_ALREADY_DESTROYED");
}

#[test]
fn what_was_written_before_the_record_is_there_is_lost_when_it_is_let_go_of() {
    let mut book = Book::open();
    let id = book.get("r");
    book.set(id, "a", "1");
    book.give(RecordCommand::Discard(id));
    book.forget();
    book.advance(6_000);
    assert!(book.sent().is_empty() && book.told().is_empty());
    book.says(RecordAction::ReadResponse, "r", 4, Some("{}"));
    assert_eq!(book.sent(), ["PATCH r v5 a 1"]);
    book.advance(5_000);
    book.says(RecordAction::ReadResponse, "r", 5, Some(r#"{"a":1}"#));
    assert_eq!(book.sent(), ["READ r", "UNSUBSCRIBE r"]);
}

#[test]
fn a_record_that_is_gone_can_be_asked_for_by_nobody_or_by_its_old_name_for_ever() {
    let (mut book, id) = Book::with(3, r#"{"a":1}"#);
    book.get("r");
    book.says(RecordAction::Deleted, "r", 0, None);
    book.give(RecordCommand::Forget(id));
    assert_eq!(book.data(id), r#"{"a":1}"#, "one may still ask");
    let waits = book.ask(|ticket| RecordCommand::WhenReady(id, ticket));
    assert_eq!(book.outcome(waits), "refused: RECORD_ALREADY_DESTROYED");
    book.give(RecordCommand::Forget(id));
    assert!(book.harness.client.record(id).is_none());
    let other = book.read("s", 1, r#"{"b":2}"#);
    assert_ne!(other, id, "it may have the other's place, but not its id");
    book.set(id, "a", "2");
    assert!(book.sent().is_empty());
    assert_eq!(book.data(other), r#"{"b":2}"#);
}

#[test]
fn discarding_once_too_often_takes_the_record_from_the_next() {
    let (mut book, id) = Book::with(3, "{}");
    book.give(RecordCommand::Discard(id));
    book.give(RecordCommand::Discard(id));
    assert_eq!(book.get("r"), id);
    book.forget();
    book.advance(10_000);
    assert!(book.sent().is_empty() && book.told().is_empty());
}

#[test]
fn a_record_that_is_let_go_of_without_a_connection_is_told_to_the_next() {
    let (mut book, id) = Book::with(3, "{}");
    book.loses();
    book.give(RecordCommand::Discard(id));
    book.forget();
    book.advance(5_000);
    assert_eq!(book.told(), ["discarded"]);
    book.advance(0);
    book.connects();
    assert!(book.sent().is_empty());
}

#[test]
fn a_closed_client_that_goes_on_after_all_has_forgotten_what_was_written() {
    let (mut book, id) = Book::with(3, "{}");
    book.harness.close();
    book.harness.closes_cleanly();
    book.set(id, "a", "1");
    assert_eq!(book.data(id), r#"{"a":1}"#);
    book.harness.resume();
    book.forget();
    book.advance(0);
    book.connects();
    book.hears(&crate::book::heads(&[("r", 3)]));
    assert_eq!(book.sent(), ["SUBSCRIBEANDHEAD r", "PATCH r v4 a 1"]);
}

#[test]
fn a_record_is_let_go_of_while_it_is_merged() {
    let (mut book, id) = Book::with(3, "{}");
    book.set(id, "a", "1");
    book.says(RecordAction::VersionExists, "r", 4, Some(r#"{"b":2}"#));
    book.give(RecordCommand::Discard(id));
    book.forget();
    book.advance(6_000);
    assert!(book.sent().is_empty() && book.told().is_empty());
    book.merge(deepstream_wasm::core::record::io::Merged::Replayed);
    assert_eq!(book.sent(), ["PATCH r v5 a 1"]);
}

#[test]
fn a_record_is_let_go_of_before_a_write_is_acknowledged_or_asked_about_after_that() {
    let (mut book, id) = Book::with(3, "{}");
    let write = book.change_with_ack(id, put("a", "1"));
    book.give(RecordCommand::Discard(id));
    book.forget();
    book.advance(5_000);
    assert!(book.sent().is_empty() && book.told().is_empty());
    book.acknowledges("r", "1");
    assert_eq!(book.outcome(write), "accepted");
    book.advance(5_000);
    assert_eq!(book.sent(), ["UNSUBSCRIBE r"]);
}

#[test]
fn a_write_that_was_refused_before_the_record_is_deleted_is_lost_in_silence() {
    let refused = said(RecordAction::VersionExists, "r", 4, Some(r#"{"z":0}"#));
    let failed = ["r failed: DELETED PATCH", "deleted"];

    // While it is merged.
    let (mut book, id) = Book::with(3, "{}");
    book.set(id, "a", "1");
    book.hears(&refused);
    book.give(RecordCommand::Delete(id, Ticket(7)));
    book.forget();
    book.says(RecordAction::DeleteSuccess, "r", 0, None);
    assert_eq!(book.told(), failed);

    // By what the merge comes to.
    let (mut book, id) = Book::with(3, "{}");
    book.set(id, "a", "1");
    book.hears(&refused);
    book.merge(Merged::Nothing);
    book.forget();
    book.says(RecordAction::DeleteSuccess, "r", 0, None);
    assert_eq!(book.told(), failed);

    // After it was asked for.
    let (mut book, id) = Book::with(3, "{}");
    book.set(id, "a", "1");
    book.give(RecordCommand::Delete(id, Ticket(7)));
    book.hears(&refused);
    book.forget();
    book.says(RecordAction::DeleteSuccess, "r", 0, None);
    assert_eq!(book.told(), failed);
}

#[test]
fn a_write_that_a_merge_with_nothing_gives_up_is_lost_in_silence() {
    let (mut book, id) = Book::with(3, "{}");
    book.set(id, "a", "1");
    book.loses();
    book.advance(0);
    book.connects();
    book.hears(&heads(&[("r", -1)]));
    book.forget();
    book.merge(Merged::Nothing);
    assert_eq!(book.told(), ["r failed: DELETED PATCH", "deleted"]);
}

#[test]
fn a_server_that_subscribes_late_goes_on_telling_of_a_record_that_was_let_go_of() {
    let (mut book, id) = Book::with(3, "{}");
    book.loses();
    book.give(RecordCommand::Discard(id));
    book.advance(4_900);
    book.connects();
    book.forget();
    book.advance(5_000);
    assert!(book.sent().is_empty(), "it has not subscribed to it yet");
    book.hears(&heads(&[("r", 3)]));
    book.advance(5_000);
    assert_eq!(book.sent(), ["UNSUBSCRIBE r"]);
}

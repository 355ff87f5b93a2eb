//! The connection is lost, and comes back.

use deepstream_wasm::core::io::Ticket;
use deepstream_wasm::core::protocol::RecordAction;
use deepstream_wasm::core::record::io::{Conflict, Merged, RecordId};

use crate::book::{Book, heads, multi, put};
use crate::common::json::Json;
use crate::server::Fields;

/// Reconnected: the server was asked for the version, and has this one.
fn back(book: &mut Book, version: i32) {
    book.advance(0);
    book.connects();
    assert_eq!(book.sent()[..1], ["SUBSCRIBEANDHEAD r"]);
    book.hears(&heads(&[("r", version)]));
}

fn written_offline() -> (Book, RecordId, Ticket) {
    let (mut book, id) = Book::with(3, r#"{"a":0}"#);
    book.loses();
    let write = book.change_with_ack(id, put("a", "1"));
    assert_eq!((book.data(id).as_str(), book.version(id)), (r#"{"a":1}"#, Some(4)));
    book.forget();
    (book, id, write)
}

#[test]
fn a_record_that_nobody_wrote_to_is_only_asked_for_its_version() {
    let (mut book, id) = Book::with(3, r#"{"a":0}"#);
    book.watch(id, "a");
    book.loses();
    back(&mut book, 3);
    assert!(book.sent().is_empty() && book.told().is_empty(), "nothing has changed");
    book.set(id, "a", "1");
    assert_eq!(book.sent(), ["PATCH r v4 a 1"]);
}

#[test]
fn what_others_wrote_meanwhile_is_taken_over() {
    let (mut book, id) = Book::with(3, r#"{"a":0}"#);
    book.watch(id, "a");
    book.loses();
    back(&mut book, 5);
    assert_eq!(book.sent(), ["READ r"]);
    book.says(RecordAction::ReadResponse, "r", 5, Some(r#"{"a":2}"#));
    assert_eq!(book.told(), ["r.a = 2"]);
    assert!(book.merges.is_empty());
    assert_eq!(book.version(id), Some(5));
}

#[test]
fn a_write_made_without_a_connection_is_delivered_and_then_acknowledged() {
    let (mut book, _, write) = written_offline();
    assert_eq!(book.outcome(write), "pending");
    back(&mut book, 3);
    assert_eq!(book.sent(), ["PATCH r v4 a 1 ack 1"]);
    book.acknowledges("r", "1");
    assert_eq!(book.outcome(write), "accepted");
}

#[test]
fn several_writes_made_without_a_connection_are_delivered_as_one() {
    let (mut book, id, _) = written_offline();
    book.change(id, multi(&[("b", Some("2")), ("c", Some("3"))]));
    book.set(id, "b", "4");
    assert_eq!(book.version(id), Some(4));
    back(&mut book, 3);
    assert_eq!(book.sent(), [r#"UPDATE r v4 {"a":1,"b":4,"c":3} ack 1"#]);
}

#[test]
fn a_write_made_without_a_connection_is_merged_if_others_wrote_too() {
    let (mut book, id, write) = written_offline();
    back(&mut book, 4);
    assert_eq!(book.sent(), ["READ r"]);
    book.says(RecordAction::ReadResponse, "r", 4, Some(r#"{"a":9}"#));
    assert_eq!(book.merges[0].conflict, Conflict::Changed);
    book.merge(Merged::To(Json::of(r#"{"a":1}"#)));
    assert_eq!(book.sent(), [r#"UPDATE r v5 {"a":1} ack 1"#]);
    book.acknowledges("r", "1");
    assert_eq!(book.outcome(write), "accepted");
    assert_eq!(book.version(id), Some(5));
}

#[test]
fn a_write_that_was_on_its_way_and_did_not_arrive_is_sent_again() {
    let (mut book, id) = Book::with(3, "{}");
    let write = book.change_with_ack(id, put("a", "1"));
    book.loses();
    back(&mut book, 3);
    assert_eq!(book.sent(), ["PATCH r v4 a 1 ack 2"]);
    book.acknowledges("r", "2");
    assert_eq!(book.outcome(write), "accepted");
}

#[test]
fn a_write_that_was_on_its_way_and_arrived_is_done_and_not_sent_again() {
    let (mut book, id) = Book::with(3, "{}");
    let write = book.change_with_ack(id, put("a", "1"));
    book.loses();
    back(&mut book, 4);
    book.says(RecordAction::ReadResponse, "r", 4, Some(r#"{"a":1}"#));
    assert_eq!(book.outcome(write), "accepted");
    assert_eq!(book.sent(), ["READ r"]);
    assert!(book.merges.is_empty());
}

#[test]
fn of_writes_some_of_which_arrived_the_rest_is_sent_without_asking_anybody() {
    let (mut book, id) = Book::with(3, "{}");
    book.set(id, "a", "1");
    book.set(id, "b", "2");
    book.loses();
    book.set(id, "a", "3");
    back(&mut book, 4);
    book.says(RecordAction::ReadResponse, "r", 4, Some(r#"{"a":1}"#));
    // The write of `a` = 1 is not remembered any more, but nothing of others is undone by the rest.
    if let Some(merge) = book.merges.first() {
        assert_eq!(merge.remote, Some(Json::of(r#"{"a":1}"#)));
        book.merge(Merged::To(Json::of(r#"{"a":3,"b":2}"#)));
    }
    assert_eq!(book.data(id), r#"{"a":3,"b":2}"#);
    assert!(book.sent().last().unwrap().starts_with("UPDATE r v5"));
}

#[test]
fn a_record_that_was_deleted_meanwhile_is_deleted_here() {
    let (mut book, _) = Book::with(3, "{}");
    book.loses();
    book.forget();
    back(&mut book, -1);
    assert_eq!(book.told(), ["deleted"]);
}

#[test]
fn a_record_that_is_gone_and_was_written_to_is_made_anew() {
    let (mut book, id, write) = written_offline();
    back(&mut book, -1);
    assert_eq!((book.merges[0].conflict, &book.merges[0].remote), (Conflict::Deleted, &None));
    book.merge(Merged::Replayed);
    assert_eq!(book.sent(), [r#"CREATEANDUPDATE r v1 {"a":1} ack 1"#]);
    book.acknowledges("r", "1");
    assert_eq!(book.outcome(write), "accepted");
    assert_eq!(book.version(id), Some(1));
}

#[test]
fn a_server_that_lost_its_newest_versions_is_given_them_again() {
    let (mut book, id, _) = written_offline();
    back(&mut book, 1);
    assert_eq!(book.sent(), [r#"UPDATE r v2 {"a":1} ack 1"#]);
    assert_eq!(book.version(id), Some(2));
}

#[test]
fn a_connection_that_is_lost_in_a_merge_leaves_nothing_half_done() {
    let (mut book, id, write) = written_offline();
    back(&mut book, 4);
    book.says(RecordAction::ReadResponse, "r", 4, Some(r#"{"a":9}"#));
    let old = book.merges[0].id;
    book.loses();
    book.merge_with(old, Merged::To(Json::of(r#"{"a":9}"#)));
    assert_eq!((book.data(id).as_str(), book.outcome(write).as_str()), (r#"{"a":1}"#, "pending"));
    book.merges.clear();
    back(&mut book, 4);
    book.says(RecordAction::ReadResponse, "r", 4, Some(r#"{"a":9}"#));
    book.merge(Merged::To(Json::of(r#"{"a":9}"#)));
    assert_eq!(book.outcome(write), "refused: VERSION_EXISTS");
}

#[test]
fn a_paused_client_keeps_what_is_written() {
    let (mut book, id) = Book::with(3, "{}");
    book.harness.pause();
    book.harness.closes_cleanly();
    let write = book.change_with_ack(id, put("a", "1"));
    assert_eq!(book.outcome(write), "pending");
    book.harness.resume();
    book.forget();
    back(&mut book, 3);
    assert_eq!(book.sent(), ["PATCH r v4 a 1 ack 1"]);
}

#[test]
fn a_write_that_comes_between_the_subscription_and_the_answer_is_not_overlooked() {
    let (mut book, id) = Book::with(3, "{}");
    book.loses();
    book.advance(0);
    book.connects();
    book.forget();
    book.patches("r", 4, "a", "1");
    book.hears(&heads(&[("r", 3)]));
    assert_eq!(book.sent(), ["READ r"]);
    book.says(RecordAction::ReadResponse, "r", 4, Some(r#"{"a":1}"#));
    assert_eq!(book.version(id), Some(4));
    book.hears(&crate::common::bare(RecordAction::HeadResponse).name("r"));
    assert_eq!(book.errors(), ["UNSOLICITED_MESSAGE"]);
}

#[test]
fn a_denied_write_is_sent_again_on_the_next_connection() {
    use crate::server::refusal;
    for is_awaited in [false, true] {
        let (mut book, id) = Book::with(3, r#"{"a":0}"#);
        let mut denied = refusal(RecordAction::MessageDenied, RecordAction::Patch).name("r");
        if is_awaited {
            book.change_with_ack(id, put("a", "1"));
            denied = denied.id("1");
        } else {
            book.set(id, "a", "1");
        }
        book.hears(&denied);
        book.loses();
        let other = book.change_with_ack(id, put("b", "2"));
        book.forget();
        back(&mut book, 3);
        assert_eq!(book.sent(), ["READ r"]);
        book.says(RecordAction::ReadResponse, "r", 3, Some(r#"{"a":0}"#));
        assert!(book.sent()[0].starts_with("PATCH r v4 b 2 ack"));
        assert_eq!(book.data(id), r#"{"a":0,"b":2}"#);
        assert_eq!(book.outcome(other), "pending");
        assert!(book.told().is_empty() && book.merges.is_empty(), "it is told already");
    }
}

#[test]
fn what_was_heard_on_one_connection_counts_on_the_next() {
    let (mut book, _) = Book::with(3, "{}");
    book.patches("r", 9, "a", "1");
    book.loses();
    back(&mut book, 3);
    assert!(book.sent().is_empty(), "a server that lost its newest versions");
}

#[test]
fn the_answer_to_a_merge_that_was_lost_counts_for_the_next() {
    let (mut book, id, write) = written_offline();
    let conflict = |book: &mut Book| {
        back(book, 4);
        book.says(RecordAction::ReadResponse, "r", 4, Some(r#"{"a":9}"#));
        book.merges.pop().unwrap().id
    };
    let old = conflict(&mut book);
    book.loses();
    let new = conflict(&mut book);
    book.forget();
    book.merge_with(old, Merged::To(Json::of(r#"{"a":9}"#)));
    assert_eq!((book.data(id).as_str(), book.outcome(write).as_str()), (r#"{"a":1}"#, "pending"));
    book.merge_with(new, Merged::To(Json::of(r#"{"a":1}"#)));
    assert_eq!(book.sent().last().unwrap(), r#"UPDATE r v5 {"a":1} ack 1"#);
}

#[test]
fn a_write_of_others_in_the_place_of_a_lost_one_is_overwritten_without_a_merge() {
    let lost = || {
        let (mut book, id) = Book::with(3, "{}");
        let write = book.change_with_ack(id, put("a", "1"));
        book.loses();
        book.set(id, "a", "2");
        book.advance(0);
        book.connects();
        book.hears(&heads(&[("r", 4)]));
        book.forget();
        (book, write)
    };

    let (mut book, write) = lost();
    book.says(RecordAction::ReadResponse, "r", 4, Some(r#"{"a":1}"#));
    assert_eq!(book.outcome(write), "accepted");
    assert_eq!(book.sent(), ["PATCH r v5 a 2"], "nobody else has written");

    let (mut book, write) = lost();
    book.says(RecordAction::ReadResponse, "r", 4, Some(r#"{"a":9}"#));
    assert_eq!(book.outcome(write), "pending");
    assert_eq!(book.merges.len(), 1);
}

//! Two write at the same time.

use deepstream_wasm::core::io::Ticket;
use deepstream_wasm::core::protocol::RecordAction;
use deepstream_wasm::core::record::io::{Conflict, Merged, RecordId};

use crate::book::{Book, multi, put, said};
use crate::common::json::Json;
use crate::server::Fields;

/// Wrote `a` = 1 while another wrote `b` = 2, and the server took the other's.
fn conflicting() -> (Book, RecordId, Ticket) {
    let (mut book, id) = Book::with(3, "{}");
    let write = book.change_with_ack(id, put("a", "1"));
    book.forget();
    book.patches("r", 4, "b", "2");
    book.hears(&said(RecordAction::VersionExists, "r", 4, Some(r#"{"b":2}"#)).id("1"));
    assert_eq!(book.sent(), ["READ r"]);
    book.says(RecordAction::ReadResponse, "r", 4, Some(r#"{"b":2}"#));
    (book, id, write)
}

#[test]
fn the_application_is_asked_with_both_states() {
    let (book, _, write) = conflicting();
    let merge = &book.merges[0];
    assert_eq!(merge.conflict, Conflict::Changed);
    assert_eq!((&merge.local, merge.local_version), (&Json::of(r#"{"a":1}"#), 4));
    assert_eq!((&merge.remote, merge.remote_version), (&Some(Json::of(r#"{"b":2}"#)), 4));
    assert_eq!(book.outcome(write), "pending");
}

#[test]
fn a_write_that_the_merge_drops_is_refused() {
    let (mut book, id, write) = conflicting();
    book.merge(Merged::To(Json::of(r#"{"b":2}"#)));
    assert_eq!(book.outcome(write), "refused: VERSION_EXISTS");
    assert_eq!((book.data(id).as_str(), book.version(id)), (r#"{"b":2}"#, Some(4)));
    assert!(book.sent().is_empty());
}

#[test]
fn a_write_that_nobody_waits_for_and_the_merge_drops_is_told() {
    let (mut book, id) = Book::with(3, "{}");
    book.set(id, "a", "1");
    book.forget();
    book.says(RecordAction::VersionExists, "r", 4, Some(r#"{"b":2}"#));
    book.merge(Merged::To(Json::of(r#"{"b":2}"#)));
    assert_eq!(book.told(), ["r failed: VERSION_EXISTS PATCH"]);
}

#[test]
fn what_is_merged_is_sent_and_those_who_wrote_are_told_when_the_server_has_it() {
    let (mut book, id, write) = conflicting();
    book.merge(Merged::To(Json::of(r#"{"a":1,"b":2}"#)));
    assert_eq!(book.sent(), [r#"UPDATE r v5 {"a":1,"b":2} ack 2"#]);
    assert_eq!(book.outcome(write), "pending");
    book.acknowledges("r", "2");
    assert_eq!(book.outcome(write), "accepted");
    assert_eq!(book.version(id), Some(5));
}

#[test]
fn a_merge_that_comes_late_is_tried_against_what_is_there_by_then() {
    let (mut book, id, write) = conflicting();
    book.patches("r", 5, "c", "3");
    book.set(id, "d", "4");
    book.merge(Merged::To(Json::of(r#"{"a":1,"b":2}"#)));
    assert_eq!(book.sent(), ["READ r"], "what was merged is not what is there any more");
    book.says(RecordAction::ReadResponse, "r", 5, Some(r#"{"b":2,"c":3}"#));
    assert_eq!(book.merges.len(), 1);
    book.merge(Merged::To(Json::of(r#"{"a":1,"b":2,"c":3,"d":4}"#)));
    assert_eq!(book.sent(), [r#"UPDATE r v6 {"a":1,"b":2,"c":3,"d":4} ack 2"#]);
    book.acknowledges("r", "2");
    assert_eq!(book.outcome(write), "accepted");
    assert_eq!(book.data(id), r#"{"a":1,"b":2,"c":3,"d":4}"#);
}

#[test]
fn an_answer_to_a_merge_that_is_over_counts_for_nothing() {
    let (mut book, id, _) = conflicting();
    let old = book.merges[0].id;
    book.merge(Merged::To(Json::of(r#"{"b":2}"#)));
    book.merge_with(old, Merged::To(Json::of(r#"{"z":9}"#)));
    assert_eq!(book.data(id), r#"{"b":2}"#);
}

#[test]
fn a_later_write_that_the_server_took_after_an_earlier_was_refused_is_found_out() {
    let (mut book, id) = Book::with(3, "{}");
    book.set(id, "a", "1");
    book.set(id, "c", "3");
    book.forget();
    // It was at version 4 when the first came, which made the second fit.
    book.says(RecordAction::VersionExists, "r", 4, Some(r#"{"b":2}"#));
    book.advance(200);
    assert_eq!(book.sent(), ["READ r"]);
    book.says(RecordAction::ReadResponse, "r", 5, Some(r#"{"b":2,"c":3}"#));
    book.merge(Merged::To(Json::of(r#"{"b":2,"c":3}"#)));
    assert_eq!(book.told(), ["r failed: VERSION_EXISTS PATCH"], "the first, and not the second");
    assert_eq!((book.data(id).as_str(), book.version(id)), (r#"{"b":2,"c":3}"#, Some(5)));
}

#[test]
fn a_gap_is_filled_by_reading_and_nobody_is_asked_who_wrote_nothing() {
    let (mut book, id) = Book::with(3, "{}");
    book.patches("r", 5, "a", "1");
    assert_eq!(book.sent(), ["READ r"]);
    book.says(RecordAction::ReadResponse, "r", 5, Some(r#"{"a":1,"b":2}"#));
    assert!(book.merges.is_empty());
    assert_eq!((book.data(id).as_str(), book.version(id)), (r#"{"a":1,"b":2}"#, Some(5)));
}

#[test]
fn both_writing_the_same_is_no_conflict() {
    let (mut book, id) = Book::with(3, "{}");
    let write = book.change_with_ack(id, put("a", "1"));
    book.hears(&said(RecordAction::VersionExists, "r", 4, Some(r#"{"a":1}"#)).id("1"));
    assert!(book.merges.is_empty());
    assert_eq!(book.outcome(write), "accepted");
    assert_eq!(book.version(id), Some(4));
}

#[test]
fn a_merge_that_fails_gives_up_the_writes_and_says_so() {
    let (mut book, id, write) = conflicting();
    book.merge(Merged::Failed("no".to_owned()));
    assert_eq!(book.outcome(write), "refused: VERSION_EXISTS");
    assert_eq!(book.errors(), ["VERSION_EXISTS"]);
    assert_eq!(book.data(id), r#"{"b":2}"#);
}

#[test]
fn a_merge_to_nothing_deletes_the_record() {
    let (mut book, _, write) = conflicting();
    book.merge(Merged::Nothing);
    assert_eq!(book.sent(), ["DELETE r"]);
    book.says(RecordAction::DeleteSuccess, "r", 0, None);
    assert_eq!(book.outcome(write), "refused: DELETED");
    assert_eq!(book.told(), ["deleted"]);
}

#[test]
fn one_of_several_paths_that_a_merge_drops_is_lost_in_silence_where_all_was_sent_as_a_whole() {
    let (mut book, id) = Book::with(3, "{}");
    // The server does not know several paths at once.
    book.change(id, multi(&[("a", Some("1")), ("b", Some("1"))]));
    let mut echo = said(RecordAction::InvalidMessageData, "r", 4, Some("[]"));
    echo.is_write_ack = Some(false);
    book.hears(&echo.about(RecordAction::PatchMulti));
    book.says(RecordAction::ReadResponse, "r", 3, Some("{}"));
    book.says(RecordAction::ReadResponse, "r", 4, Some(r#"{"a":1,"b":1}"#));
    book.forget();
    book.change(id, multi(&[("a", Some("2")), ("b", Some("2"))]));
    assert_eq!(book.sent(), [r#"UPDATE r v5 {"a":2,"b":2}"#]);
    book.says(RecordAction::VersionExists, "r", 5, Some(r#"{"a":3,"b":1}"#));
    book.merge(Merged::To(Json::of(r#"{"a":3,"b":2}"#)));
    assert_eq!(book.told(), ["r failed: VERSION_EXISTS PATCH_MULTI"]);
}

#[test]
fn a_write_of_others_between_two_at_the_same_place_is_overwritten_without_a_merge() {
    let (mut book, id) = Book::with(3, "{}");
    book.set(id, "a", "1");
    book.set(id, "a", "2");
    book.forget();
    for _ in 0..2 {
        book.says(RecordAction::VersionExists, "r", 4, Some(r#"{"a":9}"#));
    }
    while book.sent() == ["READ r"] {
        book.says(RecordAction::ReadResponse, "r", 4, Some(r#"{"a":9}"#));
        book.advance(200);
    }
    assert_eq!(book.merges.len(), 1);
}

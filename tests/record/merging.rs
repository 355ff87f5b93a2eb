//! What the application may say when it is asked to merge.

use deepstream_wasm::core::io::Ticket;
use deepstream_wasm::core::protocol::RecordAction;
use deepstream_wasm::core::record::io::{Conflict, Merged, RecordId};

use crate::book::{Book, heads, put, said};
use crate::common::json::Json;

/// Two writes without a connection, which others wrote meanwhile: `a` and `b`.
fn changed() -> (Book, RecordId, [Ticket; 2]) {
    let (mut book, id) = Book::with(3, r#"{"a":0,"b":0}"#);
    book.loses();
    let writes =
        [("a", "1"), ("b", "2")].map(|(path, data)| book.change_with_ack(id, put(path, data)));
    book.set(id, "c", "3");
    back(&mut book, 5);
    book.says(RecordAction::ReadResponse, "r", 5, Some(r#"{"a":8,"b":9}"#));
    book.forget();
    (book, id, writes)
}

/// Written to without a connection, and deleted by others meanwhile.
fn vanished() -> (Book, RecordId, Ticket) {
    let (mut book, id) = Book::with(3, r#"{"a":0}"#);
    book.loses();
    let write = book.change_with_ack(id, put("a", "1"));
    back(&mut book, -1);
    book.forget();
    (book, id, write)
}

fn back(book: &mut Book, version: i32) {
    book.advance(0);
    book.connects();
    book.hears(&heads(&[("r", version)]));
}

fn to(data: &str) -> Merged<Json> {
    Merged::To(Json::of(data))
}

#[test]
fn a_merge_that_drops_a_part_refuses_all_or_nothing() {
    let (mut book, id, [dropped, kept]) = changed();
    book.watch(id, "a");
    book.watch(id, "c");
    book.merge(to(r#"{"a":8,"b":2}"#));
    assert_eq!(book.outcome(dropped), "refused: VERSION_EXISTS");
    assert_eq!(book.outcome(kept), "pending", "the server does not have it yet");
    assert_eq!(book.sent(), [r#"UPDATE r v6 {"a":8,"b":2} ack 1"#]);
    let told = book.told();
    assert!(told.contains(&"r failed: VERSION_EXISTS PATCH".to_owned()), "of c: {told:?}");
    assert!(told.contains(&"r.a = 8".to_owned()), "{told:?}");
    assert!(told.contains(&"r.c = nothing".to_owned()), "{told:?}");
    assert_eq!(told.len(), 3, "{told:?}");
    book.acknowledges("r", "1");
    assert_eq!(book.outcome(kept), "accepted");
}

#[test]
fn what_is_merged_to_the_servers_is_sent() {
    let (mut book, id, [first, second]) = changed();
    book.merge(to(r#"{"a":8,"b":9}"#));
    assert_eq!([first, second].map(|it| book.outcome(it)), ["refused: VERSION_EXISTS"; 2]);
    assert!(book.sent().is_empty());
    assert_eq!((book.data(id).as_str(), book.version(id)), (r#"{"a":8,"b":9}"#, Some(5)));
    book.patches("r", 6, "a", "7");
    assert_eq!((book.data(id).as_str(), book.version(id)), (r#"{"a":7,"b":9}"#, Some(6)));
}

#[test]
fn what_is_written_while_it_is_merged_is_lost() {
    let (mut book, id, _) = changed();
    let during = book.change_with_ack(id, put("a", "5"));
    let other = book.change_with_ack(id, put("d", "4"));
    assert_eq!(book.data(id), r#"{"a":5,"b":2,"c":3,"d":4}"#);
    assert!(book.sent().is_empty(), "its version is not known yet");
    book.merge(to(r#"{"a":8,"b":9}"#));
    assert_eq!(book.data(id), r#"{"a":5,"b":9,"d":4}"#);
    assert_eq!(book.sent(), [r#"UPDATE r v6 {"a":5,"b":9,"d":4} ack 1"#]);
    book.acknowledges("r", "1");
    assert_eq!([during, other].map(|it| book.outcome(it)), ["accepted"; 2]);
}

#[test]
fn what_others_write_while_it_is_merged_is_overlooked() {
    let (mut book, id, [first, _]) = changed();
    book.patches("r", 6, "d", "4");
    book.merge(to(r#"{"a":1,"b":2,"c":3}"#));
    assert_eq!(book.sent(), ["READ r"], "what would be sent would be refused");
    book.says(RecordAction::ReadResponse, "r", 6, Some(r#"{"a":8,"b":9,"d":4}"#));
    assert_eq!(book.merges[0].remote_version, 6);
    book.merge(to(r#"{"a":1,"b":2,"c":3,"d":4}"#));
    assert_eq!(book.sent(), [r#"UPDATE r v7 {"a":1,"b":2,"c":3,"d":4} ack 1"#]);
    book.acknowledges("r", "1");
    assert_eq!(book.outcome(first), "accepted");
    assert_eq!(book.version(id), Some(7));
}

#[test]
fn a_record_that_is_deleted_while_it_is_merged_comes_back() {
    let (mut book, _, [write, _]) = changed();
    let merge = book.merges[0].id;
    book.says(RecordAction::Deleted, "r", 0, None);
    assert_eq!(book.outcome(write), "refused: DELETED");
    assert_eq!(book.told().last().unwrap(), "deleted");
    book.merge_with(merge, to("{}"));
    assert!(book.sent().is_empty() && book.told().is_empty());
}

#[test]
fn a_merge_to_what_is_no_record_is_sent() {
    for data in ["1", "null", "\"x\""] {
        let (mut book, id, [write, _]) = changed();
        book.merge(to(data));
        assert_eq!(book.outcome(write), "refused: VERSION_EXISTS", "{data}");
        assert_eq!(book.errors(), ["VERSION_EXISTS"]);
        assert_eq!((book.data(id).as_str(), book.version(id)), (r#"{"a":8,"b":9}"#, Some(5)));
        assert!(book.sent().is_empty());
    }
}

#[test]
fn a_failed_merge_takes_down_what_was_written_since() {
    let (mut book, id, [write, _]) = changed();
    let since = book.change_with_ack(id, put("d", "4"));
    book.merge(Merged::Failed("no".to_owned()));
    assert_eq!(book.outcome(write), "refused: VERSION_EXISTS");
    assert_eq!(book.sent(), ["PATCH r v6 d 4 ack 1"]);
    book.acknowledges("r", "1");
    assert_eq!(book.outcome(since), "accepted");
    assert_eq!(book.data(id), r#"{"a":8,"b":9,"d":4}"#);
}

#[test]
fn a_strategy_does_not_learn_that_the_record_was_deleted() {
    let (book, _, write) = vanished();
    let merge = &book.merges[0];
    assert_eq!((merge.conflict, merge.remote_version), (Conflict::Deleted, -1));
    assert_eq!((&merge.remote, &merge.local), (&None, &Json::of(r#"{"a":1}"#)));
    assert_eq!((merge.local_version, merge.name.as_str()), (4, "r"));
    assert_eq!(book.outcome(write), "pending");
}

#[test]
fn a_deleted_record_can_not_be_made_anew_with_other_data() {
    let (mut book, id, write) = vanished();
    book.merge(to(r#"{"a":1,"new":true}"#));
    assert_eq!(book.sent(), [r#"CREATEANDUPDATE r v1 {"a":1,"new":true} ack 1"#]);
    book.acknowledges("r", "1");
    assert_eq!(book.outcome(write), "accepted");
    assert_eq!(book.version(id), Some(1));
    book.patches("r", 2, "a", "2");
    assert_eq!((book.data(id).as_str(), book.version(id)), (r#"{"a":2,"new":true}"#, Some(2)));
}

#[test]
fn a_deleted_record_that_is_to_stay_so_keeps_its_writer_waiting() {
    let (mut book, _, write) = vanished();
    book.merge(Merged::Nothing);
    assert_eq!(book.outcome(write), "refused: DELETED");
    assert_eq!(book.told(), ["deleted"]);
    assert_eq!(book.sent(), ["UNSUBSCRIBE r"], "it would hear of a new one");
}

#[test]
fn a_merge_with_a_deleted_record_that_fails_leaves_the_record() {
    let (mut book, _, write) = vanished();
    book.merge(Merged::Failed("no".to_owned()));
    assert_eq!(book.outcome(write), "refused: VERSION_EXISTS");
    assert_eq!(book.errors(), ["VERSION_EXISTS"]);
    assert_eq!(book.told(), ["deleted"]);
}

#[test]
fn a_record_that_others_make_anew_at_the_same_time_is_overwritten() {
    let (mut book, id, write) = vanished();
    book.merge(Merged::Replayed);
    assert_eq!(book.sent(), [r#"CREATEANDUPDATE r v1 {"a":1} ack 1"#]);
    book.hears(&crate::server::Fields::id(
        said(RecordAction::VersionExists, "r", 1, Some(r#"{"z":9}"#)),
        "1",
    ));
    assert_eq!(book.merges[0].conflict, Conflict::Changed);
    book.merge(to(r#"{"a":1,"z":9}"#));
    assert_eq!(book.sent(), [r#"UPDATE r v2 {"a":1,"z":9} ack 2"#]);
    book.acknowledges("r", "2");
    assert_eq!(book.outcome(write), "accepted");
    assert_eq!(book.version(id), Some(2));
}

#[test]
fn a_change_that_both_made_is_merged() {
    let (mut book, id) = Book::with(3, r#"{"a":0}"#);
    book.loses();
    let write = book.change_with_ack(id, put("a", "1"));
    back(&mut book, 7);
    book.says(RecordAction::ReadResponse, "r", 7, Some(r#"{"a":1}"#));
    assert!(book.merges.is_empty());
    assert_eq!(book.outcome(write), "accepted");
    assert_eq!(book.version(id), Some(7));
}

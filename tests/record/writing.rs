//! What is written, here and elsewhere, while all goes well.

use deepstream_wasm::core::protocol::RecordAction;

use crate::book::{Book, erase, heads, multi, put, said};
use crate::common::bare;
use crate::server::Fields;

#[test]
fn each_write_is_sent_at_once_as_the_next_version() {
    let (mut book, id) = Book::with(3, r#"{"a":1}"#);
    book.set(id, "b.c[1]", "2");
    book.change(id, erase("a"));
    book.change(id, put("", "{\"x\":null}"));
    assert_eq!(book.sent(), ["PATCH r v4 b.c[1] 2", "ERASE r v5 a", "UPDATE r v6 {\"x\":null}"],);
    assert_eq!((book.data(id).as_str(), book.version(id)), ("{\"x\":null}", Some(6)));
}

#[test]
fn what_changes_nothing_is_not_sent_and_is_done() {
    let (mut book, id) = Book::with(3, r#"{"a":{"b":1,"c":2}}"#);
    let same = book.change_with_ack(id, put("a", r#"{"c":2,"b":1}"#));
    let absent = book.change_with_ack(id, erase("x.y"));
    assert!(book.sent().is_empty());
    assert_eq!([book.outcome(same), book.outcome(absent)], ["accepted", "accepted"]);
}

#[test]
fn what_was_written_already_is_not_done_before_the_server_has_it() {
    let (mut book, id) = Book::with(3, "{}");
    book.set(id, "a", "1");
    let again = book.change_with_ack(id, put("a", "1"));
    assert_eq!(book.sent(), ["PATCH r v4 a 1", "PATCH r v5 a 1 ack 1"]);
    assert_eq!(book.outcome(again), "pending");
    book.acknowledges("r", "1");
    assert_eq!(book.outcome(again), "accepted");
}

#[test]
fn an_acknowledgement_is_for_the_write_that_it_names() {
    let (mut book, id) = Book::with(3, "{}");
    let first = book.change_with_ack(id, put("a", "1"));
    let second = book.change_with_ack(id, put("a", "2"));
    assert_eq!(book.sent(), ["PATCH r v4 a 1 ack 1", "PATCH r v5 a 2 ack 2"]);
    book.acknowledges("r", "2");
    assert_eq!([book.outcome(first), book.outcome(second)], ["pending", "accepted"]);
    book.acknowledges("r", "1");
    assert_eq!(book.outcome(first), "accepted");
    book.acknowledges("r", "1");
    assert_eq!(book.errors(), [""; 0]);
}

#[test]
fn writes_before_the_record_is_there_are_done_to_what_comes_and_sent() {
    let mut book = Book::open();
    let id = book.get("r");
    book.set(id, "a", "1");
    assert_eq!(book.data(id), "{}");
    book.forget();
    book.says(RecordAction::ReadResponse, "r", 7, Some(r#"{"a":0,"b":2}"#));
    assert_eq!(book.sent(), ["PATCH r v8 a 1"]);
    assert_eq!(book.data(id), r#"{"a":1,"b":2}"#);
}

#[test]
fn several_writes_before_the_record_is_there_are_one_update_with_one_acknowledgement() {
    let mut book = Book::open();
    let id = book.get("r");
    let first = book.change_with_ack(id, put("a", "1"));
    book.set(id, "b", "2");
    let last = book.change_with_ack(id, erase("c"));
    book.forget();
    book.says(RecordAction::ReadResponse, "r", 7, Some(r#"{"c":3}"#));
    assert_eq!(book.sent(), [r#"UPDATE r v8 {"a":1,"b":2} ack 1"#]);
    book.acknowledges("r", "1");
    assert_eq!([book.outcome(first), book.outcome(last)], ["accepted", "accepted"]);
}

#[test]
fn what_others_write_is_taken_over() {
    let (mut book, id) = Book::with(3, r#"{"a":1,"b":2}"#);
    book.patches("r", 4, "a", "5");
    let mut erasure = bare(RecordAction::Patch).name("r");
    (erasure.path, erasure.version) = (Some("b".into()), Some(5));
    book.hears(&erasure);
    assert_eq!((book.data(id).as_str(), book.version(id)), (r#"{"a":5}"#, Some(5)));
    book.says(RecordAction::Update, "r", 6, Some("[1]"));
    assert_eq!((book.data(id).as_str(), book.version(id)), ("[1]", Some(6)));
    book.says(RecordAction::Update, "r", 7, Some("{}"));
    let patches =
        r#"[{"path":"x","data":{"y":[]}},{"path":"x.y[0]","data":"\"\u0041"},{"path":"z"}]"#;
    let patches = patches.replace(r#""\"\u0041""#, r#""\u0041""#);
    book.hears(&said(RecordAction::PatchMulti, "r", 8, Some(&patches)));
    assert_eq!(book.data(id), r#"{"x":{"y":["A"]}}"#);
    assert!(book.sent().is_empty());
}

#[test]
fn a_write_of_others_that_can_not_be_read_is_an_error_and_the_record_is_read_anew() {
    for (path, data) in [(Some("a"), Some("{")), (Some("a[x]"), Some("1")), (None, Some("1"))] {
        let (mut book, id) = Book::with(3, "{}");
        let mut bad = said(RecordAction::Patch, "r", 4, data);
        bad.path = path.map(Into::into);
        book.hears(&bad);
        assert_eq!(book.errors(), ["MESSAGE_PARSE_ERROR"], "{path:?}");
        assert_eq!(book.sent(), ["READ r"]);
        book.says(RecordAction::ReadResponse, "r", 4, Some(r#"{"ok":1}"#));
        assert_eq!((book.data(id).as_str(), book.version(id)), (r#"{"ok":1}"#, Some(4)));
    }
}

#[test]
fn a_value_below_null_is_put_in_its_place_because_servers_break_on_the_other() {
    let (mut book, id) = Book::with(0, r#"{"a":{"b":null}}"#);
    book.set(id, "a.b.c[1]", "1");
    assert_eq!(book.sent(), [r#"PATCH r v1 a.b {"c":[null,1]}"#]);
    assert_eq!(book.data(id), r#"{"a":{"b":{"c":[null,1]}}}"#);
}

#[test]
fn several_paths_are_one_change_and_the_first_is_asked_about() {
    let (mut book, id) = Book::with(0, r#"{"b":1}"#);
    book.watch(id, "");
    book.change(id, multi(&[("a", Some("1")), ("b", None)]));
    book.set(id, "c", "2");
    assert_eq!(book.sent(), [r#"PATCH_MULTI r v1 [{"path":"a","data":1},{"path":"b"}]"#, "HEAD r"],);
    assert_eq!(book.told(), [r#"r. = {"a":1}"#, r#"r. = {"a":1,"c":2}"#]);
    book.says(RecordAction::HeadResponse, "r", 1, None);
    assert_eq!(book.sent(), ["PATCH r v2 c 2"]);
    book.change(id, multi(&[("a", Some("3"))]));
    book.set(id, "c", "4");
    assert_eq!(book.sent(), [r#"PATCH_MULTI r v3 [{"path":"a","data":3}]"#, "PATCH r v4 c 4"]);
}

#[test]
fn a_server_that_overlooks_several_paths_at_once_is_sent_the_whole() {
    let (mut book, id) = Book::with(5, "{}");
    let write = book.change_with_ack(id, multi(&[("a", Some("1"))]));
    book.forget();
    for _ in 0..4 {
        book.says(RecordAction::HeadResponse, "r", 5, None);
        book.advance(200);
    }
    let sent = book.sent();
    assert_eq!(sent.last().map(String::as_str), Some(r#"UPDATE r v6 {"a":1} ack 2"#), "{sent:?}");
    book.acknowledges("r", "2");
    assert_eq!(book.outcome(write), "accepted");
    book.change(id, multi(&[("b", Some("2"))]));
    assert_eq!(book.sent(), [r#"UPDATE r v7 {"a":1,"b":2}"#]);
}

#[test]
fn a_server_that_took_neither_several_paths_nor_what_was_before_is_sent_the_whole_at_once() {
    let (mut book, id) = Book::with(5, "{}");
    book.set(id, "z", "1");
    book.change(id, multi(&[("a", Some("1"))]));
    book.forget();
    for _ in 0..4 {
        book.says(RecordAction::HeadResponse, "r", 5, None);
        book.advance(200);
    }
    assert_eq!(book.sent().last().unwrap(), "READ r", "something else went wrong too");
}

#[test]
fn what_others_write_takes_the_place_of_what_waits_for_its_turn() {
    let (mut book, id) = Book::with(3, "{}");
    book.change(id, multi(&[("a", Some("1")), ("b", Some("1"))]));
    book.set(id, "c", "1");
    book.forget();
    // Until it is known whether the server took the first.
    book.says(RecordAction::Update, "r", 5, Some(r#"{"a":1,"b":1,"d":2}"#));
    assert_eq!(book.data(id), r#"{"a":1,"b":1,"d":2,"c":1}"#);
    assert_eq!(book.sent(), ["PATCH r v6 c 1"]);
}

#[test]
fn an_element_that_was_put_and_taken_away_unseen_leaves_a_longer_array_here() {
    let (mut book, id) = Book::with(3, "{}");
    book.loses();
    book.set(id, "a[1]", "1");
    book.change(id, erase("a[1]"));
    assert_eq!(book.data(id), r#"{"a":[null,null]}"#);
    book.advance(0);
    book.connects();
    book.hears(&heads(&[("r", 3)]));
    assert_eq!(book.sent().last().unwrap(), r#"UPDATE r v4 {"a":[null,null]}"#);
}

//! Which changes are told to whom.

use deepstream_wasm::core::protocol::RecordAction;
use deepstream_wasm::core::record::Path;
use deepstream_wasm::core::record::io::RecordCommand;

use crate::book::{Book, erase, multi, put};

#[test]
fn a_change_is_told_to_those_whose_value_it_changes() {
    let (mut book, id) = Book::with(0, r#"{"a":{"b":1,"c":[1,2]},"d":0}"#);
    for path in ["", "a", "a.b", "a.c[1]", "d", "x.y"] {
        book.watch(id, path);
    }
    for (change, told) in [
        (put("a.b", "2"), vec!["r. =", "r.a =", "r.a.b = 2"]),
        (put("a.c", "[1,3]"), vec!["r. =", "r.a =", "r.a.c[1] = 3"]),
        (put("a", r#"{"b":2,"c":[9,3]}"#), vec!["r. =", "r.a ="]),
        (put("x", r#"{"y":0}"#), vec!["r. =", "r.x.y = 0"]),
        (erase("x"), vec!["r. =", "r.x.y = nothing"]),
        (put("d", "null"), vec!["r. =", "r.d = null"]),
        (
            put("", r#"{"a":{"b":2,"c":[9,4]}}"#),
            vec!["r. =", "r.a =", "r.a.c[1] = 4", "r.d = nothing"],
        ),
        (put("a.b", "2"), vec![]),
    ] {
        let what = format!("{change:?}");
        book.change(id, change);
        let seen = book.told();
        assert_eq!(seen.len(), told.len(), "{what}: {seen:?}");
        for (seen, told) in seen.iter().zip(told) {
            assert!(seen.starts_with(told), "{what}: {seen} for {told}");
        }
    }
}

#[test]
fn several_paths_of_one_change_are_told_once_with_the_last_value() {
    let (mut book, id) = Book::with(0, "{}");
    book.watch(id, "a");
    book.change(id, multi(&[("a", Some("1")), ("a", Some("2")), ("b", Some("3"))]));
    assert_eq!(book.told(), ["r.a = 2"]);
}

#[test]
fn what_is_there_when_the_record_comes_is_told_falsy_or_not() {
    let mut book = Book::open();
    let id = book.get("r");
    for path in ["", "zero", "missing"] {
        book.watch(id, path);
    }
    book.says(RecordAction::ReadResponse, "r", 1, Some(r#"{"zero":0}"#));
    assert_eq!(book.told(), [r#"r. = {"zero":0}"#, "r.zero = 0", "r is ready"]);
}

#[test]
fn one_who_watches_no_more_is_told_no_more_but_the_other_is() {
    let (mut book, id) = Book::with(0, "{}");
    let path = || Path::parse("a").unwrap();
    book.watch(id, "a");
    book.watch(id, "a");
    book.give(RecordCommand::Unwatch(id, path()));
    book.set(id, "a", "1");
    assert_eq!(book.told(), ["r.a = 1"]);
    book.give(RecordCommand::Unwatch(id, path()));
    book.set(id, "a", "2");
    assert!(book.told().is_empty());
}

#[test]
fn a_path_through_a_scalar_breaks_nothing() {
    let (mut book, id) = Book::with(0, r#"{"a":null}"#);
    book.watch(id, "a.b.c");
    book.set(id, "a", "5");
    book.set(id, "a.b", r#"{"c":1}"#);
    assert_eq!(book.told(), ["r.a.b.c = 1"]);
    assert_eq!(book.sent(), ["PATCH r v1 a 5", r#"PATCH r v2 a.b {"c":1}"#]);
}

#[test]
fn two_ways_to_write_a_path_are_two_places() {
    let (mut book, id) = Book::with(0, r#"{"a":[1,{"b":2}]}"#);
    for path in ["a[1].b", "a.1.b", " a . 1 "] {
        book.watch(id, path);
    }
    book.patches("r", 1, "a.1.b", "3");
    assert_eq!(book.told(), ["r.a[1].b = 3", "r.a.1.b = 3", r#"r. a . 1  = {"b":3}"#]);
    book.says(RecordAction::Update, "r", 2, Some(r#"{"a":[1,{"b":3}],"c":1}"#));
    assert!(book.told().is_empty());
}

#[test]
fn what_others_erase_is_not_told_or_told_to_those_beside_it() {
    let (mut book, id) = Book::with(0, r#"{"a":{"b":{"c":1},"d":2}}"#);
    for path in ["a.b.c", "a.d", "a.b", "e"] {
        book.watch(id, path);
    }
    let mut erasure = crate::book::said(RecordAction::Patch, "r", 1, None);
    erasure.path = Some("a.b".into());
    book.hears(&erasure);
    assert_eq!(book.told(), ["r.a.b.c = nothing", "r.a.b = nothing"]);
}

#[test]
fn a_merge_tells_of_what_it_did_not_change() {
    use crate::common::json::Json;
    use deepstream_wasm::core::record::io::Merged;
    let (mut book, id) = Book::with(3, r#"{"a":0,"b":0}"#);
    for path in ["a", "b", "c"] {
        book.watch(id, path);
    }
    book.set(id, "a", "1");
    book.forget();
    book.says(RecordAction::VersionExists, "r", 4, Some(r#"{"a":0,"b":2,"c":3}"#));
    assert!(book.told().is_empty(), "nothing is decided");
    book.merge(Merged::To(Json::of(r#"{"a":1,"b":2,"c":0}"#)));
    assert_eq!(book.told(), ["r.b = 2", "r.c = 0"]);
}

#[test]
fn one_change_is_told_in_another_order_than_the_paths_were_watched_in() {
    let (mut book, id) = Book::with(0, "{}");
    for path in ["z", "", "a"] {
        book.watch(id, path);
    }
    book.change(id, multi(&[("a", Some("1")), ("z", Some("2"))]));
    assert_eq!(book.told(), ["r.z = 2", r#"r. = {"a":1,"z":2}"#, "r.a = 1"]);
}

#[test]
fn what_is_written_before_the_record_is_there_is_told_too_early_or_twice() {
    let mut book = Book::open();
    let id = book.get("r");
    book.watch(id, "a");
    book.set(id, "a", "1");
    assert!(book.told().is_empty());
    book.says(RecordAction::ReadResponse, "r", 4, Some(r#"{"a":0}"#));
    assert_eq!(book.told(), ["r.a = 1", "r is ready"]);
}

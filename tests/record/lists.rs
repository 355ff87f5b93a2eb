//! Lists and dequeues.

use deepstream_wasm::core::protocol::RecordAction;
use deepstream_wasm::core::record::Change;
use deepstream_wasm::core::record::io::{EntriesOf, RecordCommand, RecordId};
use deepstream_wasm::core::record::list::ListChange;
use deepstream_wasm::core::record::queue::{QueueChange, data_of, keys};

use crate::book::Book;
use crate::common::json::Json;

fn add(book: &mut Book, id: RecordId, entry: &str, index: Option<usize>) {
    book.change(id, Change::List(ListChange::Add(entry.to_owned(), index)));
}

#[test]
fn a_list_is_sent_as_a_whole_and_what_became_of_entries_is_told() {
    let (mut book, id) = Book::with(1, r#"["a","b"]"#);
    book.give(RecordCommand::WatchEntries(id, EntriesOf::List, true));
    add(&mut book, id, "x", Some(1));
    assert_eq!(book.sent(), [r#"UPDATE r v2 ["a","x","b"]"#]);
    assert_eq!(book.told(), ["List: Added x 1 Moved b 2"]);
    book.says(RecordAction::Update, "r", 3, Some(r#"["b"]"#));
    assert_eq!(book.told(), ["List: Removed a 0 Removed x 1 Moved b 0"]);
    book.change(id, Change::List(ListChange::Remove("none".to_owned(), None)));
    assert!(book.sent().is_empty());
}

#[test]
fn what_is_added_before_the_list_is_there_does_not_replace_it() {
    let mut book = Book::open();
    let id = book.get("r");
    add(&mut book, id, "x", None);
    add(&mut book, id, "y", None);
    book.change(id, Change::List(ListChange::Remove("a".to_owned(), None)));
    book.forget();
    book.says(RecordAction::ReadResponse, "r", 4, Some(r#"["a","b"]"#));
    assert_eq!(book.data(id), r#"["b","x","y"]"#);
    assert_eq!(book.sent(), [r#"UPDATE r v5 ["b","x","y"]"#]);
}

/// The entries, found by their links in both directions.
fn entries(book: &Book, id: RecordId) -> String {
    let data = Json::of(&book.data(id));
    let keys = keys(&data);
    let mut before = String::new();
    for key in &keys {
        assert_eq!(data.0[key]["p"], before.as_str(), "{data:?}");
        before.clone_from(key);
    }
    assert_eq!(data.0["h"]["p"], before.as_str());
    keys.iter().map(|key| data.0[key]["d"].as_str().unwrap()).collect()
}

#[test]
fn a_dequeue_keeps_its_links_whatever_is_done_to_it() {
    let (mut book, id) = Book::with(0, "{}");
    let text = |entry: &str| format!("\"{entry}\"");
    for (change, expected) in [
        (QueueChange::Push(text("b")), "b"),
        (QueueChange::Push(text("c")), "bc"),
        (QueueChange::Unshift(text("a")), "abc"),
        (QueueChange::Insert(text("x"), 2), "abxc"),
        (QueueChange::Remove(text("b"), None), "axc"),
        (QueueChange::Insert(text("y"), 1), "ayxc"),
        (QueueChange::Remove(text("c"), Some(3)), "ayx"),
        (QueueChange::Remove(text("c"), Some(1)), "ayx"),
        (QueueChange::Pop, "ay"),
        (QueueChange::Shift, "y"),
        (QueueChange::Pop, ""),
        (QueueChange::Pop, ""),
        (QueueChange::Unshift(text("z")), "z"),
    ] {
        let what = format!("{change:?}");
        book.change(id, Change::Queue(change));
        assert_eq!(entries(&book, id), expected, "{what}");
        book.says(RecordAction::HeadResponse, "r", book.version(id).unwrap(), None);
    }
}

#[test]
fn a_dequeue_is_stored_as_the_javascript_client_stores_it() {
    assert_eq!(data_of(&[]), r#"{"h":{"p":"","n":""}}"#);
    let data = data_of(&[r#""x""#.to_owned(), r#""y""#.to_owned()]);
    let expected =
        r#"{"h":{"p":"1","n":"0"},"0":{"d":"x","p":"","n":"1"},"1":{"d":"y","p":"0","n":""}}"#;
    assert_eq!(Json::of(&data), Json::of(expected));
}

#[test]
fn a_dequeue_whose_links_lead_in_a_circle_does_not_hang() {
    let circle = r#"{"h":{"p":"0","n":"0"},"0":{"d":"x","p":"0","n":"0"}}"#;
    assert!(keys(&Json::of(circle)).len() <= 2);
}

#[test]
fn what_became_of_a_dequeues_entries_is_told() {
    let (mut book, id) = Book::with(0, &data_of(&[r#""a""#.to_owned()]));
    book.give(RecordCommand::WatchEntries(id, EntriesOf::Queue, true));
    book.change(id, Change::Queue(QueueChange::Unshift(r#""x""#.to_owned())));
    assert_eq!(book.told(), ["Queue: Added x 0 Moved a 1"]);
}

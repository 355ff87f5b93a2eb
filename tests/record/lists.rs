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

fn queue_of(entries: &[&str]) -> String {
    data_of(&entries.iter().map(|entry| format!("\"{entry}\"")).collect::<Vec<_>>())
}

fn push(book: &mut Book, id: RecordId, entry: &str) {
    book.change(id, Change::Queue(QueueChange::Push(format!("\"{entry}\""))));
}

#[test]
fn a_change_of_a_dequeue_is_sent_as_several_messages_or_as_a_whole() {
    let (mut book, id) = Book::with(1, &queue_of(&["a", "b", "c"]));
    push(&mut book, id, "d");
    assert_eq!(
        book.sent(),
        [
            concat!(
                r#"PATCH_MULTI r v2 [{"path":"3","data":{"d":"d","p":"2","n":""}},"#,
                r#"{"path":"h.p","data":"3"},{"path":"2.n","data":"3"}]"#,
            ),
            "HEAD r",
        ],
    );
    book.says(RecordAction::HeadResponse, "r", 2, None);
    book.change(id, Change::Queue(QueueChange::Shift));
    assert_eq!(
        book.sent(),
        [r#"PATCH_MULTI r v3 [{"path":"1.p","data":""},{"path":"h.n","data":"1"},{"path":"0"}]"#],
    );
    push(&mut book, id, "e");
    assert!(book.sent()[0].contains(r#"{"path":"0","data":{"d":"e""#), "a free key is used again");
}

#[test]
fn a_dequeue_that_the_javascript_client_changes_is_read_otherwise() {
    let (mut book, id) = Book::with(1, &queue_of(&["a", "b", "c"]));
    book.give(RecordCommand::WatchEntries(id, EntriesOf::Queue, true));
    book.patches("r", 2, "1.p", "\"\"");
    book.patches("r", 3, "h.n", "\"1\"");
    assert_eq!(book.told(), ["Queue: Removed a 0 Moved b 0 Moved c 1"]);
    book.patches("r", 4, "0", "null");
    assert_eq!(entries(&book, id), "bc");
    book.give(RecordCommand::WatchEntries(id, EntriesOf::Queue, false));
    push(&mut book, id, "d");
    assert!(book.told().is_empty(), "nobody watches any more");
}

#[test]
fn what_is_pushed_before_the_dequeue_is_there_replaces_it() {
    let mut book = Book::open();
    let id = book.get("r");
    push(&mut book, id, "x");
    push(&mut book, id, "y");
    book.change(id, Change::Queue(QueueChange::Shift));
    book.forget();
    book.says(RecordAction::ReadResponse, "r", 4, Some(&queue_of(&["a", "b"])));
    assert_eq!(entries(&book, id), "bxy");
    assert!(book.sent()[0].starts_with("UPDATE r v5"));
}

#[test]
fn what_is_done_to_a_dequeue_without_a_connection_undoes_what_others_did() {
    let (mut book, id) = Book::with(1, &queue_of(&["a", "b"]));
    book.loses();
    push(&mut book, id, "c");
    assert_eq!(entries(&book, id), "abc");
    book.change(id, Change::Queue(QueueChange::Pop));
    book.change(id, Change::Queue(QueueChange::Unshift("\"x\"".to_owned())));
    book.advance(0);
    book.connects();
    book.forget();
    book.hears(&crate::book::heads(&[("r", 1)]));
    assert_eq!(entries(&book, id), "xab");
    assert!(book.sent()[0].starts_with("UPDATE r v2"));
}

#[test]
fn a_list_that_is_no_array_has_entries() {
    let (mut book, id) = Book::with(1, r#"{"a":1}"#);
    book.give(RecordCommand::WatchEntries(id, EntriesOf::List, true));
    add(&mut book, id, "x", None);
    assert_eq!(book.sent(), [r#"UPDATE r v2 ["x"]"#]);
    assert_eq!(book.told(), ["List: Added x 0"]);
    book.says(RecordAction::Update, "r", 3, Some("{}"));
    assert_eq!(book.told(), ["List: Removed x 0"]);
}

#[test]
fn a_list_that_comes_is_told_entry_by_entry() {
    let mut book = Book::open();
    let id = book.get("r");
    book.give(RecordCommand::WatchEntries(id, EntriesOf::List, true));
    book.says(RecordAction::ReadResponse, "r", 4, Some(r#"["a"]"#));
    assert_eq!(book.told(), ["r is ready"]);
}

#[test]
fn what_an_entry_is_removed_from_that_does_not_have_it_keeps_its_writer_waiting() {
    let (mut book, id) = Book::with(1, r#"["a"]"#);
    let none = Change::List(ListChange::Remove("x".to_owned(), None));
    let nothing = book.change_with_ack(id, none);
    assert_eq!(book.outcome(nothing), "accepted");
    let mut book = Book::open();
    let id = book.get("r");
    let none = Change::List(ListChange::Remove("x".to_owned(), None));
    let early = book.change_with_ack(id, none);
    assert_eq!(book.outcome(early), "pending");
    book.says(RecordAction::ReadResponse, "r", 4, Some(r#"["a"]"#));
    assert_eq!(book.outcome(early), "accepted");
}

#[test]
fn an_entry_that_a_merge_drops_is_told_only_to_the_last_writer() {
    use deepstream_wasm::core::record::io::Merged;
    let (mut book, id) = Book::with(3, "[]");
    book.loses();
    add(&mut book, id, "x", None);
    let waits = book.change_with_ack(id, Change::List(ListChange::Add("y".to_owned(), None)));
    book.advance(0);
    book.connects();
    book.hears(&crate::book::heads(&[("r", 4)]));
    book.says(RecordAction::ReadResponse, "r", 4, Some(r#"["z"]"#));
    book.forget();
    book.merge(Merged::To(Json::of(r#"["z"]"#)));
    assert_eq!(book.outcome(waits), "refused: VERSION_EXISTS");
    assert_eq!(book.told(), ["r failed: VERSION_EXISTS UPDATE"], "of x");
    assert_eq!(book.data(id), r#"["z"]"#);
}

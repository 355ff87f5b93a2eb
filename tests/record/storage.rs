//! What the storage is given, and what it has from an earlier visit.

use deepstream_wasm::core::options::Options;
use deepstream_wasm::core::protocol::RecordAction;
use deepstream_wasm::core::record::io::{Conflict, Merged, RecordCommand, RecordId};

use crate::book::{Book, heads, put};
use crate::common::json::Json;

fn stored(options: &mut Options) {
    options.offline_enabled = true;
}

fn loaded(book: &mut Book, name: &str, stored: Option<(i32, &str)>) {
    let stored = stored.map(|(version, data)| (version, Json::of(data)));
    book.give(RecordCommand::Loaded(name.to_owned(), stored));
}

fn dirty(book: &mut Book, names: Option<&str>) {
    loaded(book, "__ds__dirty_records", names.map(|names| (1, names)));
}

/// OPEN, with a storage that has nothing, and a record that the server has.
fn with(version: i32, data: &str) -> (Book, RecordId) {
    with_options(version, data, |_| {})
}

fn with_options(
    version: i32,
    data: &str,
    configure: impl FnOnce(&mut Options),
) -> (Book, RecordId) {
    let mut book = Book::open_with(|options| {
        stored(options);
        configure(options);
    });
    dirty(&mut book, None);
    let id = book.get("r");
    loaded(&mut book, "r", None);
    book.says(RecordAction::ReadResponse, "r", version, Some(data));
    book.forget();
    (book, id)
}

#[test]
fn changes_are_stored_at_once_or_not_at_all() {
    let change = |book: &mut Book, id| {
        book.patches("r", 4, "a", "1");
        book.set(id, "a", "2");
        book.told()
    };
    let (mut book, id) = with(3, "{}");
    assert_eq!(change(&mut book, id), [""; 0], "not while there is a connection");
    book.loses();
    assert_eq!(
        book.told(),
        [r#"store r 5 {"a":2}"#, r#"store __ds__dirty_records 1 [["r",true]]"#],
        "the write may not have arrived",
    );
    let (mut book, id) = with_options(3, "{}", |options| options.save_updates_offline = true);
    assert_eq!(
        change(&mut book, id),
        [
            r#"store r 4 {"a":1}"#,
            r#"store r 5 {"a":2}"#,
            r#"store __ds__dirty_records 1 [["r",true]]"#,
        ],
    );
}

#[test]
fn a_clean_record_is_marked_when_the_connection_is_lost() {
    let (mut book, _) = with(3, r#"{"a":1}"#);
    book.loses();
    assert_eq!(book.told(), [r#"store r 3 {"a":1}"#]);
}

#[test]
fn what_is_let_go_of_is_not_stored() {
    let (mut book, id) = with(3, r#"{"a":1}"#);
    book.give(RecordCommand::Discard(id));
    book.advance(5_000);
    assert_eq!(book.told(), [r#"store r 3 {"a":1}"#, "discarded"]);
}

#[test]
fn what_is_deleted_stays_in_the_storage() {
    let (mut book, id) = with(3, "{}");
    book.loses();
    book.set(id, "a", "1");
    book.advance(0);
    book.connects();
    book.forget();
    book.says(RecordAction::Deleted, "r", 0, None);
    let expected = ["unstore r", "store __ds__dirty_records 1 []", "r failed: DELETED PATCH"];
    assert_eq!(book.told(), [&expected[..], &["deleted"]].concat());
}

#[test]
fn saving_leaves_out_a_record_or_takes_one_that_is_not_there() {
    let (mut book, _) = with(3, r#"{"a":1}"#);
    book.get("s");
    loaded(&mut book, "s", None);
    book.forget();
    book.give(RecordCommand::Save);
    assert_eq!(book.told(), [r#"store r 3 {"a":1}"#]);
}

#[test]
fn without_a_storage_something_is_stored() {
    let (mut book, id) = Book::with(3, "{}");
    book.loses();
    book.set(id, "a", "1");
    book.give(RecordCommand::Save);
    assert!(book.told().is_empty());
}

#[test]
fn a_list_of_many_is_stored_for_each_record() {
    let mut book = Book::open_with(stored);
    dirty(&mut book, None);
    let names: Vec<_> = (0..150).map(|number| format!("r{number}")).collect();
    let ids: Vec<_> = names.iter().map(|name| book.get(name)).collect();
    for name in &names {
        loaded(&mut book, name, None);
        book.says(RecordAction::ReadResponse, name, 1, Some("{}"));
    }
    book.loses();
    book.forget();
    let lists = |book: &mut Book| {
        let told = book.told().into_iter();
        told.filter(|line| line.starts_with("store __ds__dirty_records")).collect::<Vec<_>>()
    };
    ids.iter().for_each(|id| book.set(*id, "a", "1"));
    assert_eq!(lists(&mut book).len(), 100, "a short one at once");
    book.advance(49);
    assert_eq!(lists(&mut book).len(), 0);
    book.advance(1);
    let stored = lists(&mut book);
    assert_eq!(stored.len(), 1);
    assert!(stored[0].contains("[\"r0\",true],") && stored[0].contains("[\"r149\",true]"));
}

#[test]
fn what_is_written_before_the_storage_answers_is_lost() {
    let mut book = Book::new(stored);
    let id = book.get("r");
    let write = book.change_with_ack(id, put("a", "1"));
    dirty(&mut book, None);
    book.forget();
    loaded(&mut book, "r", Some((4, r#"{"b":2}"#)));
    assert_eq!((book.data(id).as_str(), book.version(id)), (r#"{"b":2,"a":1}"#, Some(5)));
    let stored = book.told();
    assert_eq!(stored[0], "r is ready");
    assert_eq!(
        stored[1..],
        [r#"store r 5 {"b":2,"a":1}"#, r#"store __ds__dirty_records 1 [["r",true]]"#],
    );
    book.connects();
    book.hears(&heads(&[("r", 4)]));
    assert_eq!(book.sent(), ["SUBSCRIBEANDHEAD r", "PATCH r v5 a 1 ack 1"]);
    book.acknowledges("r", "1");
    assert_eq!(book.outcome(write), "accepted");
}

#[test]
fn what_is_written_before_the_storage_answers_replaces_what_was_written_on_an_earlier_visit() {
    let mut book = Book::open_with(stored);
    let id = book.get("r");
    book.set(id, "a", "1");
    dirty(&mut book, Some(r#"[["r",true]]"#));
    loaded(&mut book, "r", Some((4, r#"{"b":2}"#)));
    book.forget();
    book.hears(&heads(&[("r", 3)]));
    assert_eq!(book.data(id), r#"{"b":2,"a":1}"#);
    assert_eq!(book.sent(), [r#"UPDATE r v4 {"b":2,"a":1} ack 1"#]);
}

#[test]
fn a_storage_that_answers_twice_or_late_undoes_what_came_since() {
    let (mut book, id) = with(3, r#"{"a":1}"#);
    loaded(&mut book, "r", Some((9, "{}")));
    dirty(&mut book, Some(r#"[["x",true]]"#));
    loaded(&mut book, "never opened", Some((9, "{}")));
    assert_eq!((book.data(id).as_str(), book.version(id)), (r#"{"a":1}"#, Some(3)));
    assert!(book.sent().is_empty() && book.told().is_empty());
}

#[test]
fn a_list_that_can_not_be_read_keeps_records_waiting() {
    for list in ["{}", "5", "[[]]", "[7]", r#"{"a":["b"]}"#] {
        let mut book = Book::open_with(stored);
        let id = book.get("r");
        dirty(&mut book, Some(list));
        loaded(&mut book, "r", None);
        book.says(RecordAction::ReadResponse, "r", 3, Some("{}"));
        assert!(book.is_ready(id), "{list}");
    }
}

#[test]
fn a_record_that_is_marked_but_not_stored_is_made_or_sent_as_nothing() {
    let mut book = Book::open_with(stored);
    book.forget();
    dirty(&mut book, Some(r#"[["r",true],["s",true],["t",true]]"#));
    book.get("t");
    book.told();
    loaded(&mut book, "r", None);
    assert_eq!(book.told()[0], r#"store __ds__dirty_records 1 [["s",true],["t",true]]"#);
    loaded(&mut book, "s", Some((2, r#"{"a":1}"#)));
    loaded(&mut book, "t", None);
    assert_eq!(book.sent(), ["SUBSCRIBEANDHEAD s", "SUBSCRIBECREATEANDREAD t"], "t is wanted");
    book.says(RecordAction::ReadResponse, "t", 3, Some(r#"{"b":2}"#));
    assert!(book.sent().is_empty() && book.merges.is_empty());
    let id = book.get("r");
    loaded(&mut book, "r", None);
    assert_eq!(book.sent(), ["SUBSCRIBECREATEANDREAD r"]);
    book.says(RecordAction::ReadResponse, "r", 3, Some(r#"{"b":2}"#));
    assert_eq!(book.data(id), r#"{"b":2}"#);
}

#[test]
fn what_was_written_on_an_earlier_visit_and_changed_by_others_since_is_not_merged() {
    let mut book = Book::open_with(stored);
    dirty(&mut book, Some(r#"[["r",true]]"#));
    loaded(&mut book, "r", Some((4, r#"{"a":1}"#)));
    book.forget();
    book.hears(&heads(&[("r", 6)]));
    book.says(RecordAction::ReadResponse, "r", 6, Some(r#"{"a":9}"#));
    assert_eq!(book.merges[0].conflict, Conflict::Changed);
    book.merge(Merged::To(Json::of(r#"{"a":9}"#)));
    let told = book.told();
    assert!(told.contains(&"r failed: VERSION_EXISTS UPDATE".to_owned()), "{told:?}");
    assert!(told.contains(&"store __ds__dirty_records 1 []".to_owned()), "{told:?}");
}

#[test]
fn what_was_written_on_an_earlier_visit_and_deleted_by_others_since_is_lost_in_silence() {
    let mut book = Book::open_with(stored);
    dirty(&mut book, Some(r#"[["r",true]]"#));
    loaded(&mut book, "r", Some((4, r#"{"a":1}"#)));
    book.forget();
    book.hears(&heads(&[("r", -1)]));
    assert_eq!((book.merges[0].conflict, book.merges[0].remote_version), (Conflict::Deleted, -1));
    assert_eq!(book.merges[0].local, Json::of(r#"{"a":1}"#));
    book.merge(Merged::Replayed);
    assert_eq!(book.sent(), [r#"CREATEANDUPDATE r v1 {"a":1} ack 1"#]);
    book.forget();
    book.acknowledges("r", "1");
    assert_eq!(book.told(), [r#"store r 1 {"a":1}"#, "store __ds__dirty_records 1 []"]);
}

#[test]
fn what_was_written_on_an_earlier_visit_and_deleted_by_others_since_never_gets_ready() {
    for merged in [Merged::Replayed, Merged::To(Json::of(r#"{"a":1}"#))] {
        let mut book = Book::open_with(stored);
        dirty(&mut book, Some(r#"[["r",true]]"#));
        let id = book.get("r");
        book.watch(id, "a");
        let waiting = book.ask(|ticket| RecordCommand::WhenReady(id, ticket));
        loaded(&mut book, "r", Some((4, r#"{"a":1}"#)));
        book.hears(&heads(&[("r", -1)]));
        assert!(!book.is_ready(id));
        book.merge(merged);
        assert!(book.is_ready(id) && book.told().contains(&"r is ready".to_owned()));
        assert_eq!(book.outcome(waiting), "accepted");
        assert_eq!(book.sent().last().unwrap(), r#"CREATEANDUPDATE r v1 {"a":1} ack 1"#);
    }
}

#[test]
fn a_record_that_is_being_delivered_is_another_for_whoever_opens_it() {
    let mut book = Book::open_with(stored);
    dirty(&mut book, Some(r#"[["r",true]]"#));
    loaded(&mut book, "r", Some((4, r#"{"a":1}"#)));
    book.hears(&heads(&[("r", 3)]));
    book.acknowledges("r", "1");
    let id = book.get("r");
    book.forget();
    assert_eq!(book.data(id), r#"{"a":1}"#);
    book.advance(10_000);
    assert!(book.sent().is_empty() && book.told().is_empty(), "it is wanted");
}

#[test]
fn what_is_stored_is_told_as_lost_when_the_client_is_closed() {
    let (mut book, id) = with(3, "{}");
    book.loses();
    let write = book.change_with_ack(id, put("a", "1"));
    book.forget();
    book.harness.close();
    book.advance(0);
    assert_eq!(book.outcome(write), "refused: client offline");
    assert_eq!(book.errors(), [""; 0], "it is sent when the page comes back");
}

#[test]
fn a_record_that_is_made_without_a_connection_is_not_marked() {
    let mut book = Book::new(stored);
    dirty(&mut book, None);
    let id = book.get("r");
    book.harness.fails();
    book.forget();
    loaded(&mut book, "r", None);
    book.advance(2_000);
    assert!(book.is_ready(id));
    let told = book.told();
    assert!(told.contains(&"store r 1 {}".to_owned()), "{told:?}");
    assert!(told.contains(&r#"store __ds__dirty_records 1 [["r",true]]"#.to_owned()), "{told:?}");
}

#[test]
fn a_record_whose_write_is_refused_stays_marked() {
    use crate::server::{Fields, refusal};
    let (mut book, id) = with(3, "{}");
    book.loses();
    book.set(id, "a", "1");
    book.advance(0);
    book.connects();
    book.hears(&heads(&[("r", 3)]));
    assert_eq!(book.sent().last().unwrap(), "PATCH r v4 a 1 ack 1");
    book.forget();
    book.hears(&refusal(RecordAction::MessageDenied, RecordAction::Patch).name("r").id("1"));
    book.says(RecordAction::ReadResponse, "r", 3, Some("{}"));
    let told = book.told();
    assert!(told.contains(&"store __ds__dirty_records 1 []".to_owned()), "{told:?}");
    assert!(told.contains(&"r failed: MESSAGE_DENIED PATCH".to_owned()), "{told:?}");
}

#[test]
fn what_the_server_has_stays_marked_and_is_merged_on_the_next_visit() {
    let (mut book, id) = with_options(3, "{}", |options| options.save_updates_offline = true);
    book.set(id, "a", "1");
    assert_eq!(book.sent(), ["PATCH r v4 a 1 ack 1"]);
    assert_eq!(
        book.told(),
        [r#"store r 4 {"a":1}"#, r#"store __ds__dirty_records 1 [["r",true]]"#],
    );
    book.acknowledges("r", "1");
    assert_eq!(book.told(), [r#"store r 4 {"a":1}"#, "store __ds__dirty_records 1 []"]);
    let (mut book, id) = with(3, "{}");
    book.set(id, "a", "1");
    book.acknowledges("r", "1");
    book.loses();
    assert_eq!(book.told(), [r#"store r 4 {"a":1}"#], "it is clean");
}

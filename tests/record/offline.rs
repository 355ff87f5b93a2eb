//! Records without a server, and from one visit of the page to the next.

use deepstream_wasm::core::options::Options;
use deepstream_wasm::core::protocol::RecordAction;
use deepstream_wasm::core::record::Change;
use deepstream_wasm::core::record::io::{Conflict, Merged, RecordCommand};
use deepstream_wasm::core::record::list::ListChange;

use crate::book::{Book, heads, put};
use crate::common::json::Json;

fn stored(options: &mut Options) {
    options.offline_enabled = true;
}

/// The list of records that are to be sent, as the storage has it.
fn dirty(book: &mut Book, names: Option<&str>) {
    let list = names.map(|names| (1, Json::of(names)));
    book.give(RecordCommand::Loaded("__ds__dirty_records".to_owned(), list));
}

fn loaded(book: &mut Book, stored: Option<(i32, &str)>) {
    let stored = stored.map(|(version, data)| (version, Json::of(data)));
    book.give(RecordCommand::Loaded("r".to_owned(), stored));
}

#[test]
fn a_record_waits_for_the_first_connection_as_long_as_none_failed() {
    let mut book = Book::new(|_| {});
    let id = book.get("r");
    book.set(id, "a", "1");
    book.advance(5_000);
    assert!(!book.is_ready(id));
    book.connects();
    assert_eq!(book.sent(), ["SUBSCRIBECREATEANDREAD r"]);
    book.says(RecordAction::ReadResponse, "r", 7, Some(r#"{"b":2}"#));
    assert_eq!(book.sent(), ["PATCH r v8 a 1"]);
}

#[test]
fn without_hope_for_a_connection_a_record_is_made_here() {
    let mut book = Book::new(|_| {});
    let id = book.get("r");
    book.harness.fails();
    book.advance(1_999);
    assert!(!book.is_ready(id));
    book.set(id, "a", "1");
    book.advance(1);
    assert!(book.is_ready(id));
    assert_eq!((book.data(id).as_str(), book.version(id)), (r#"{"a":1}"#, Some(1)));
    let other = book.get("s");
    assert!(book.is_ready(other), "at once");
}

#[test]
fn what_was_written_to_a_record_made_here_is_done_to_the_servers() {
    let mut book = Book::new(|_| {});
    let id = book.get("r");
    book.harness.fails();
    book.advance(2_000);
    book.set(id, "a", "1");
    book.change(id, put("l", "[]"));
    book.advance(0);
    book.connects();
    book.forget();
    book.says(RecordAction::ReadResponse, "r", 5, Some(r#"{"a":0,"b":2}"#));
    assert_eq!(book.merges[0].conflict, Conflict::Unseen);
    book.merge(Merged::Replayed);
    assert_eq!(book.sent(), [r#"UPDATE r v6 {"a":1,"b":2,"l":[]}"#]);
}

#[test]
fn an_entry_added_to_a_list_that_was_never_seen_is_added_to_the_servers() {
    let mut book = Book::new(|_| {});
    let id = book.get("r");
    book.harness.fails();
    book.advance(2_000);
    book.change(id, Change::List(ListChange::Add("x".to_owned(), None)));
    assert_eq!(book.data(id), r#"["x"]"#);
    book.advance(0);
    book.connects();
    book.forget();
    book.says(RecordAction::ReadResponse, "r", 5, Some(r#"["a"]"#));
    book.merge(Merged::Replayed);
    assert_eq!(book.sent(), [r#"UPDATE r v6 ["a","x"]"#]);
}

#[test]
fn a_stored_record_is_there_before_the_server_is() {
    let mut book = Book::new(stored);
    assert_eq!(book.told(), ["load __ds__dirty_records"]);
    let id = book.get("r");
    assert!(book.told().is_empty(), "the list comes first");
    dirty(&mut book, None);
    assert_eq!(book.told(), ["load r"]);
    loaded(&mut book, Some((4, r#"{"a":1}"#)));
    assert!(book.is_ready(id));
    assert_eq!((book.data(id).as_str(), book.version(id)), (r#"{"a":1}"#, Some(4)));
    book.connects();
    assert_eq!(book.sent(), ["SUBSCRIBEANDHEAD r"]);
    book.hears(&heads(&[("r", 4)]));
    assert!(book.sent().is_empty());
}

#[test]
fn a_stored_record_that_the_server_has_no_more_is_made_as_a_new_one() {
    let mut book = Book::open_with(stored);
    dirty(&mut book, None);
    let id = book.get("r");
    loaded(&mut book, Some((4, r#"{"a":1}"#)));
    book.forget();
    book.hears(&heads(&[("r", -1)]));
    assert_eq!(book.sent(), ["SUBSCRIBECREATEANDREAD r"]);
    book.says(RecordAction::ReadResponse, "r", 0, Some("{}"));
    assert_eq!((book.data(id).as_str(), book.version(id)), ("{}", Some(0)));
}

#[test]
fn a_write_without_a_connection_is_stored_and_marked_and_unmarked_when_it_is_delivered() {
    let mut book = Book::open_with(stored);
    dirty(&mut book, None);
    let id = book.get("r");
    loaded(&mut book, None);
    book.says(RecordAction::ReadResponse, "r", 3, Some("{}"));
    book.loses();
    book.forget();
    book.set(id, "a", "1");
    assert_eq!(
        book.told(),
        [r#"store r 4 {"a":1}"#, r#"store __ds__dirty_records 1 [["r",true]]"#],
    );
    book.advance(0);
    book.connects();
    book.hears(&heads(&[("r", 3)]));
    assert_eq!(book.sent().last().unwrap(), "PATCH r v4 a 1 ack 1");
    book.forget();
    book.acknowledges("r", "1");
    assert_eq!(book.told(), [r#"store r 4 {"a":1}"#, "store __ds__dirty_records 1 []"]);
}

#[test]
fn what_was_written_on_an_earlier_visit_is_delivered_though_nobody_opens_it() {
    let mut book = Book::open_with(stored);
    book.forget();
    dirty(&mut book, Some(r#"[["r",true]]"#));
    assert_eq!(book.told(), ["load r"]);
    loaded(&mut book, Some((4, r#"{"a":1}"#)));
    assert_eq!(book.sent(), ["SUBSCRIBEANDHEAD r"]);
    book.hears(&heads(&[("r", 3)]));
    assert_eq!(book.sent(), [r#"UPDATE r v4 {"a":1} ack 1"#]);
    book.acknowledges("r", "1");
    book.forget();
    book.advance(5_000);
    assert_eq!(book.sent(), ["UNSUBSCRIBE r"], "nobody wants it");
}

#[test]
fn what_was_written_on_an_earlier_visit_and_arrived_then_is_not_sent_again() {
    let mut book = Book::open_with(stored);
    dirty(&mut book, Some(r#"[["r",true]]"#));
    loaded(&mut book, Some((4, r#"{"a":1}"#)));
    book.forget();
    book.hears(&heads(&[("r", 4)]));
    book.says(RecordAction::ReadResponse, "r", 4, Some(r#"{"a":1}"#));
    assert_eq!(book.sent(), ["READ r"]);
    assert!(book.merges.is_empty());
}

#[test]
fn a_record_waits_for_a_client_that_is_paused_or_closed() {
    let paused = |book: &mut Book| {
        book.harness.pause();
        book.harness.closes_cleanly();
    };
    let closed = |book: &mut Book| {
        book.harness.close();
        book.harness.closes_cleanly();
    };
    for end in [paused, closed] {
        let mut book = Book::open();
        let before = book.get("r");
        let waits = book.ask(|ticket| RecordCommand::WhenReady(before, ticket));
        end(&mut book);
        book.forget();
        let after = book.get("s");
        assert!(book.is_ready(before) && book.is_ready(after));
        assert_eq!(book.outcome(waits), "accepted");
        assert_eq!((book.data(after).as_str(), book.version(after)), ("{}", Some(1)));
    }
}

#[test]
fn a_record_that_may_only_be_read_is_made_without_a_connection() {
    let mut book = Book::new(|options| options.record_read_only_mode = true);
    let id = book.get("r");
    book.harness.fails();
    book.advance(2_000);
    assert!(!book.is_ready(id));
    book.advance(0);
    book.connects();
    book.says(RecordAction::ReadResponse, "r", 5, Some(r#"{"a":1}"#));
    assert!(book.is_ready(id));
}

#[test]
fn a_record_is_made_in_another_version_than_the_option_says() {
    let mut book = Book::new(|options| options.initial_record_version = 7);
    let id = book.get("r");
    book.harness.fails();
    book.advance(2_000);
    assert_eq!(book.version(id), Some(7));
}

#[test]
fn a_record_made_here_that_the_server_has_not_either_is_merged() {
    let mut book = Book::new(|_| {});
    let id = book.get("r");
    book.watch(id, "a");
    book.harness.fails();
    book.advance(2_000);
    let write = book.change_with_ack(id, put("a", "1"));
    book.advance(0);
    book.connects();
    book.forget();
    book.says(RecordAction::ReadResponse, "r", 0, Some("{}"));
    assert!(book.merges.is_empty());
    assert_eq!(book.sent(), ["PATCH r v1 a 1 ack 1"]);
    assert!(book.told().is_empty(), "nothing has changed");
    book.acknowledges("r", "1");
    assert_eq!((book.outcome(write).as_str(), book.version(id)), ("accepted", Some(1)));
}

#[test]
fn a_record_made_here_that_nobody_wrote_to_keeps_the_servers_away() {
    let mut book = Book::new(|_| {});
    let id = book.get("r");
    book.watch(id, "a");
    book.harness.fails();
    book.advance(2_000);
    book.advance(0);
    book.connects();
    book.forget();
    book.says(RecordAction::ReadResponse, "r", 5, Some(r#"{"a":1}"#));
    assert!(book.merges.is_empty() && book.sent().is_empty());
    assert_eq!(book.told(), ["r.a = 1"], "it was ready before");
    assert_eq!((book.data(id).as_str(), book.version(id)), (r#"{"a":1}"#, Some(5)));
}

#[test]
fn what_was_written_before_the_servers_data_was_seen_is_dropped_in_silence_by_a_merge() {
    let mut book = Book::new(|_| {});
    let id = book.get("r");
    book.harness.fails();
    book.advance(2_000);
    let write = book.change_with_ack(id, put("a", "1"));
    book.advance(0);
    book.connects();
    book.forget();
    book.says(RecordAction::ReadResponse, "r", 5, Some(r#"{"a":9}"#));
    let merge = &book.merges[0];
    assert_eq!((merge.conflict, merge.remote_version), (Conflict::Unseen, 5));
    assert_eq!((&merge.local, merge.local_version), (&Json::of(r#"{"a":1}"#), 1));
    book.merge(Merged::To(Json::of(r#"{"a":9}"#)));
    assert_eq!(book.outcome(write), "refused: VERSION_EXISTS");
    assert!(book.sent().is_empty());
}

#[test]
fn what_is_written_before_the_login_is_not_acknowledged_or_twice() {
    let mut book = Book::new(|_| {});
    let id = book.get("r");
    let write = book.change_with_ack(id, put("a", "1"));
    let waits = book.ask(|ticket| RecordCommand::WhenReady(id, ticket));
    book.harness.opened();
    book.harness.accept();
    book.advance(1_000);
    assert_eq!([write, waits].map(|it| book.outcome(it)), ["pending"; 2]);
    book.harness.login("{}");
    book.harness.login_ok(None);
    book.says(RecordAction::ReadResponse, "r", 2, Some("{}"));
    assert_eq!(book.outcome(waits), "accepted");
    assert_eq!(book.outcome(write), "pending");
    assert_eq!(book.sent(), ["SUBSCRIBECREATEANDREAD r", "PATCH r v3 a 1 ack 1"]);
    book.acknowledges("r", "1");
    assert_eq!(book.outcome(write), "accepted");
}

#[test]
fn a_connection_that_is_lost_before_the_answer_leaves_the_record_waiting_for_ever() {
    let mut book = Book::open();
    let id = book.get("r");
    book.set(id, "a", "1");
    book.loses();
    book.harness.advance(0);
    book.harness.fails();
    book.advance(1_999);
    assert!(!book.is_ready(id), "there is hope");
    book.advance(1);
    assert!(book.is_ready(id));
    assert_eq!(book.data(id), r#"{"a":1}"#);
}

#[test]
fn a_record_that_may_only_be_read_waits_without_hope_for_a_connection() {
    let mut book = Book::new(|options| options.record_read_only_mode = true);
    let id = book.get("r");
    let waits = book.ask(|ticket| RecordCommand::WhenReady(id, ticket));
    book.harness.fails();
    book.advance(1_999);
    assert_eq!(book.outcome(waits), "pending");
    book.forget();
    book.advance(1);
    assert_eq!(book.outcome(waits), "refused: client offline");
    assert_eq!(book.told(), ["r failed: client offline READ"]);
    let late = book.ask(|ticket| RecordCommand::WhenReady(id, ticket));
    assert_eq!(book.outcome(late), "refused: client offline");
    book.advance(0);
    book.connects();
    let again = book.ask(|ticket| RecordCommand::WhenReady(id, ticket));
    book.says(RecordAction::ReadResponse, "r", 1, Some("{}"));
    assert_eq!(book.outcome(again), "accepted");
}

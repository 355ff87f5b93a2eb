//! The server does not take a write.

use deepstream_wasm::core::io::Closure;
use deepstream_wasm::core::protocol::RecordAction;

use crate::book::{Book, heads, multi, put, said};
use crate::server::{Fields, refusal};

#[test]
fn a_refused_write_is_taken_back_and_its_writer_told() {
    let (mut book, id) = Book::with(3, r#"{"a":0}"#);
    let write = book.change_with_ack(id, put("a", "1"));
    book.forget();
    let denied = refusal(RecordAction::MessageDenied, RecordAction::Patch).name("r").id("1");
    book.hears(&denied);
    assert_eq!(book.outcome(write), "refused: MESSAGE_DENIED");
    assert_eq!(book.sent(), ["READ r"]);
    book.says(RecordAction::ReadResponse, "r", 3, Some(r#"{"a":0}"#));
    assert_eq!((book.data(id).as_str(), book.version(id)), (r#"{"a":0}"#, Some(3)));
    assert!(book.sent().is_empty() && book.merges.is_empty());
}

#[test]
fn a_refused_write_that_nobody_waits_for_is_told_by_the_record() {
    let (mut book, id) = Book::with(3, r#"{"a":0}"#);
    book.set(id, "a", "1");
    book.forget();
    book.hears(&refusal(RecordAction::MessageDenied, RecordAction::Patch).name("r"));
    assert_eq!(book.told(), ["r failed: MESSAGE_DENIED PATCH"]);
    book.says(RecordAction::ReadResponse, "r", 3, Some(r#"{"a":0}"#));
    assert!(book.told().is_empty(), "it is told once");
    assert_eq!(book.data(id), r#"{"a":0}"#);
    book.set(id, "a", "2");
    assert_eq!(book.sent().last().unwrap(), "PATCH r v4 a 2");
}

#[test]
fn what_was_written_after_a_refused_write_is_sent_again() {
    let (mut book, id) = Book::with(3, "{}");
    book.set(id, "a", "1");
    let later = book.change_with_ack(id, put("b", "2"));
    book.forget();
    book.hears(&refusal(RecordAction::MessageDenied, RecordAction::Patch).name("r"));
    let mut echo = said(RecordAction::InvalidVersion, "r", 5, Some("2")).about(RecordAction::Patch);
    (echo.path, echo.is_write_ack) = (Some("b".into()), Some(true));
    book.hears(&echo.id("1"));
    assert_eq!(book.outcome(later), "pending", "an echo is no success");
    book.says(RecordAction::ReadResponse, "r", 3, Some("{}"));
    assert_eq!(book.sent(), ["READ r", "READ r", "PATCH r v4 b 2 ack 2"]);
    assert_eq!(book.data(id), r#"{"b":2}"#);
    book.acknowledges("r", "2");
    assert_eq!(book.outcome(later), "accepted");
}

#[test]
fn a_write_that_the_server_can_not_read_is_no_success() {
    let (mut book, id) = Book::with(3, "{}");
    let write = book.change_with_ack(id, put("a", "1"));
    let mut echo = said(RecordAction::InvalidMessageData, "r", 4, Some("1"));
    echo.is_write_ack = Some(true);
    book.hears(&echo.about(RecordAction::Patch).id("1"));
    assert_eq!(book.outcome(write), "refused: INVALID_MESSAGE_DATA");
    book.says(RecordAction::ReadResponse, "r", 3, Some("{}"));
    assert_eq!(book.data(id), "{}");
}

#[test]
fn a_write_that_the_server_could_not_store_is_told() {
    let (mut book, id) = Book::with(3, "{}");
    book.set(id, "a", "1");
    book.forget();
    let mut error = said(RecordAction::RecordUpdateError, "r", 0, None);
    (error.version, error.is_error) = (None, Some(true));
    book.hears(&error);
    assert_eq!(book.told(), ["r failed: RECORD_UPDATE_ERROR UPDATE"]);
    book.says(RecordAction::ReadResponse, "r", 3, Some("{}"));
    assert_eq!(book.data(id), "{}");
}

#[test]
fn a_server_that_refuses_several_paths_at_once_is_sent_them_again() {
    let (mut book, id) = Book::with(3, "{}");
    let write = book.change_with_ack(id, multi(&[("a", Some("1")), ("b", Some("2"))]));
    book.forget();
    let mut echo = said(RecordAction::InvalidMessageData, "r", 4, Some("[]"));
    echo.is_write_ack = Some(true);
    book.hears(&echo.about(RecordAction::PatchMulti).id("1"));
    assert_eq!(book.outcome(write), "pending");
    book.says(RecordAction::ReadResponse, "r", 3, Some("{}"));
    assert_eq!(book.sent(), ["READ r", r#"UPDATE r v4 {"a":1,"b":2} ack 2"#]);
    book.acknowledges("r", "2");
    assert_eq!(book.outcome(write), "accepted");
    book.change(id, multi(&[("c", Some("3"))]));
    assert_eq!(book.sent(), [r#"UPDATE r v5 {"a":1,"b":2,"c":3}"#], "it is not tried again");
    book.loses();
    book.advance(0);
    book.connects();
    book.hears(&heads(&[("r", 5)]));
    book.says(RecordAction::ReadResponse, "r", 5, Some(r#"{"a":1,"b":2,"c":3}"#));
    book.forget();
    book.change(id, multi(&[("c", Some("4")), ("d", Some("5"))]));
    assert!(book.sent()[0].starts_with("PATCH_MULTI r v6"), "the next server may know it");
}

#[test]
fn a_write_of_the_wrong_version_is_given_up_or_taken_for_done() {
    let (mut book, id) = Book::with(3, "{}");
    let write = book.change_with_ack(id, put("a", "1"));
    book.forget();
    let mut echo = said(RecordAction::InvalidVersion, "r", 4, Some("1"));
    echo.is_write_ack = Some(true);
    book.hears(&echo.about(RecordAction::Patch).id("1"));
    assert_eq!(book.outcome(write), "pending");
    let mut sent = book.sent();
    while sent == ["READ r"] {
        book.says(RecordAction::ReadResponse, "r", 1, Some(r#"{"z":1}"#));
        book.advance(200);
        sent = book.sent();
    }
    assert_eq!(sent, ["PATCH r v2 a 1 ack 2"], "a server that begins anew");
    assert_eq!((book.data(id).as_str(), book.version(id)), (r#"{"z":1,"a":1}"#, Some(2)));
    book.acknowledges("r", "2");
    assert_eq!(book.outcome(write), "accepted");
}

#[test]
fn those_whose_writes_went_in_one_message_are_told_different_things() {
    let (mut book, id) = Book::with(3, "{}");
    book.loses();
    let writes = ["a", "b"].map(|path| book.change_with_ack(id, put(path, "1")));
    book.set(id, "c", "1");
    book.advance(0);
    book.connects();
    book.hears(&heads(&[("r", 3)]));
    assert_eq!(book.sent().last().unwrap(), r#"UPDATE r v4 {"a":1,"b":1,"c":1} ack 1"#);
    book.forget();
    book.hears(&refusal(RecordAction::MessageDenied, RecordAction::Update).name("r").id("1"));
    assert_eq!(writes.map(|it| book.outcome(it)), ["refused: MESSAGE_DENIED"; 2]);
    book.says(RecordAction::ReadResponse, "r", 3, Some("{}"));
    assert_eq!(book.told(), ["r failed: MESSAGE_DENIED PATCH"], "of c");
    assert_eq!((book.data(id).as_str(), book.version(id)), ("{}", Some(3)));
    assert_eq!(book.sent(), ["READ r"]);
}

#[test]
fn who_watches_is_not_told_that_a_refused_write_is_taken_back() {
    let (mut book, id) = Book::with(3, r#"{"a":0}"#);
    book.watch(id, "a");
    book.change_with_ack(id, put("a", "1"));
    book.forget();
    book.hears(&refusal(RecordAction::MessageDenied, RecordAction::Patch).name("r").id("1"));
    book.says(RecordAction::ReadResponse, "r", 3, Some(r#"{"a":0}"#));
    assert_eq!(book.told(), ["r.a = 0"]);
}

#[test]
fn a_refused_write_takes_down_one_before_it_at_the_same_place() {
    let (mut book, id) = Book::with(3, r#"{"a":0}"#);
    let first = book.change_with_ack(id, put("a", "1"));
    let second = book.change_with_ack(id, put("a", "2"));
    book.acknowledges("r", "1");
    book.hears(&refusal(RecordAction::MessageDenied, RecordAction::Patch).name("r").id("2"));
    book.says(RecordAction::ReadResponse, "r", 4, Some(r#"{"a":1}"#));
    assert_eq!(book.outcome(first), "accepted");
    assert_eq!(book.outcome(second), "refused: MESSAGE_DENIED");
    assert_eq!((book.data(id).as_str(), book.version(id)), (r#"{"a":1}"#, Some(4)));
}

#[test]
fn what_is_written_while_a_refusal_is_looked_into_is_lost() {
    let (mut book, id) = Book::with(3, "{}");
    book.change_with_ack(id, put("a", "1"));
    book.hears(&refusal(RecordAction::MessageDenied, RecordAction::Patch).name("r").id("1"));
    book.forget();
    let write = book.change_with_ack(id, put("b", "2"));
    assert!(book.sent().is_empty(), "its version is not known yet");
    book.says(RecordAction::ReadResponse, "r", 3, Some("{}"));
    assert_eq!(book.sent(), ["PATCH r v4 b 2 ack 2"]);
    book.acknowledges("r", "2");
    assert_eq!(book.outcome(write), "accepted");
    assert_eq!(book.data(id), r#"{"b":2}"#);
}

#[test]
fn a_write_to_a_record_that_may_only_be_read_is_made_or_waits() {
    let mut book = Book::open_with(|options| options.record_read_only_mode = true);
    let id = book.read("r", 1, r#"{"a":0}"#);
    let write = book.change_with_ack(id, put("a", "1"));
    assert_eq!(book.outcome(write), "refused: RECORD_READ_ONLY_MODE");
    book.set(id, "a", "1");
    assert_eq!(book.errors(), ["RECORD_READ_ONLY_MODE"; 2]);
    assert_eq!(book.data(id), r#"{"a":0}"#);
    assert!(book.sent().is_empty() && book.told().is_empty());
}

#[test]
fn a_refused_write_brings_a_deleted_record_back() {
    let (mut book, id) = Book::with(3, "{}");
    book.set(id, "a", "1");
    book.hears(&refusal(RecordAction::MessageDenied, RecordAction::Patch).name("r"));
    book.forget();
    book.hears(&refusal(RecordAction::RecordNotFound, RecordAction::Read).name("r"));
    assert!(book.merges.is_empty(), "nothing was written that counts");
    assert_eq!(book.told(), ["deleted"]);
}

#[test]
fn a_write_that_the_server_finds_too_large_is_sent_again_and_again() {
    let (mut book, id) = Book::with(3, r#"{"a":0}"#);
    let large = format!("\"{}\"", "x".repeat(4_000));
    let write = book.change_with_ack(id, put("a", &large));
    book.set(id, "b", "1");
    book.forget();
    book.harness.closes(Closure { code: 1009, was_clean: true, ..Closure::BROKEN });
    assert_eq!(book.outcome(write), "pending", "it may be sent in another form");
    book.advance(0);
    book.connects();
    book.hears(&heads(&[("r", 3)]));
    assert_eq!(book.outcome(write), "refused: MESSAGE_TOO_LARGE");
    book.says(RecordAction::ReadResponse, "r", 3, Some(r#"{"a":0}"#));
    assert_eq!(book.sent(), ["SUBSCRIBEANDHEAD r", "READ r", "PATCH r v4 b 1"]);
    assert_eq!(book.data(id), r#"{"a":0,"b":1}"#);
    book.forget();
    book.set(id, "a", &large.replace('x', "yy"));
    assert_eq!(book.told().last().unwrap(), "r failed: MESSAGE_TOO_LARGE PATCH");
    book.says(RecordAction::ReadResponse, "r", 4, Some(r#"{"a":0,"b":1}"#));
    assert_eq!(book.sent(), ["READ r"], "the connection stays");
    assert_eq!(book.data(id), r#"{"a":0,"b":1}"#);
    book.set(id, "a", "1");
    assert_eq!(book.sent(), ["PATCH r v5 a 1"]);
    // A little less than what was too large may be taken, and is not. The next connection ends before
    // the data is read without it.
    book.set(id, "a", &large);
    let last = book.change_with_ack(id, put("c", "2"));
    book.harness.closes(Closure { code: 1009, was_clean: true, ..Closure::BROKEN });
    let read = |book: &mut Book| {
        book.says(RecordAction::ReadResponse, "r", 5, Some(r#"{"a":1,"b":1}"#));
    };
    book.advance(0);
    book.connects();
    book.hears(&heads(&[("r", 5)]));
    read(&mut book);
    assert_eq!(book.told(), ["r failed: MESSAGE_TOO_LARGE PATCH"]);
    book.loses();
    book.advance(0);
    book.connects();
    book.hears(&heads(&[("r", 5)]));
    read(&mut book);
    assert_eq!(book.sent().last().unwrap(), "PATCH r v6 c 2 ack 3");
    book.acknowledges("r", "3");
    assert_eq!(book.outcome(last), "accepted");
    assert_eq!(book.data(id), r#"{"a":1,"b":1,"c":2}"#);
}

#[test]
fn a_refusal_that_names_no_write_takes_down_one_that_it_would_have_named() {
    let (mut book, id) = Book::with(3, "{}");
    book.set(id, "a", "1");
    let later = book.change_with_ack(id, put("b", "2"));
    book.forget();
    book.patches("r", 4, "z", "0");
    book.hears(&refusal(RecordAction::MessageDenied, RecordAction::Patch).name("r"));
    assert_eq!(book.told(), ["r failed: MESSAGE_DENIED PATCH"]);
    // Somebody else's write stands in the place of the denied one, so nothing that is not there yet
    // can be that.
    book.says(RecordAction::ReadResponse, "r", 4, Some(r#"{"z":0}"#));
    assert_eq!(book.outcome(later), "pending");
    assert_eq!(book.data(id), r#"{"z":0,"b":2}"#);
    assert_eq!(book.sent(), ["READ r", "READ r", "PATCH r v5 b 2 ack 2"]);
    book.acknowledges("r", "2");
    assert_eq!(book.outcome(later), "accepted");
}

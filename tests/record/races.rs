//! What the server says does not fit what is here: gaps, stale answers, refusals in a row.

use deepstream_wasm::core::protocol::RecordAction;
use deepstream_wasm::core::record::io::{Merged, RecordCommand};

use crate::book::{Book, erase, multi, put, said};
use crate::common::json::Json;
use crate::server::{Fields, refusal};

#[test]
fn a_change_that_was_read_already_is_done_twice() {
    let (mut book, id) = Book::with(3, r#"{"a":1}"#);
    book.patches("r", 3, "a", "5");
    book.patches("r", 2, "b", "5");
    assert_eq!((book.data(id).as_str(), book.version(id)), (r#"{"a":1}"#, Some(3)));
    assert!(book.sent().is_empty() && book.told().is_empty());
}

#[test]
fn a_whole_that_comes_after_a_gap_is_asked_for_once_more() {
    let (mut book, id) = Book::with(3, r#"{"a":1}"#);
    book.watch(id, "a");
    book.says(RecordAction::Update, "r", 7, Some(r#"{"a":2}"#));
    assert_eq!((book.told(), book.version(id)), (vec!["r.a = 2".to_owned()], Some(7)));
    book.says(RecordAction::Update, "r", 1, Some(r#"{"a":3}"#));
    assert_eq!((book.data(id).as_str(), book.version(id)), (r#"{"a":3}"#, Some(1)));
    assert!(book.sent().is_empty() && book.merges.is_empty());
}

#[test]
fn an_answer_that_is_older_than_the_change_behind_the_gap_is_taken() {
    let (mut book, id) = Book::with(3, "{}");
    book.patches("r", 6, "c", "3");
    assert_eq!(book.sent(), ["READ r"]);
    book.says(RecordAction::ReadResponse, "r", 5, Some(r#"{"b":2}"#));
    book.advance(30);
    assert_eq!(book.sent(), ["READ r"], "the change is not in it");
    book.says(RecordAction::ReadResponse, "r", 6, Some(r#"{"b":2,"c":3}"#));
    assert_eq!((book.data(id).as_str(), book.version(id)), (r#"{"b":2,"c":3}"#, Some(6)));
}

#[test]
fn a_change_that_comes_while_the_record_is_read_is_overlooked() {
    let (mut book, id) = Book::with(3, "{}");
    book.patches("r", 5, "a", "1");
    book.patches("r", 6, "b", "2");
    book.forget();
    book.says(RecordAction::ReadResponse, "r", 5, Some(r#"{"a":1}"#));
    assert_eq!(book.version(id), Some(3), "it is not the newest");
    book.advance(30);
    assert_eq!(book.sent(), ["READ r"]);
    book.says(RecordAction::ReadResponse, "r", 6, Some(r#"{"a":1,"b":2}"#));
    assert_eq!((book.data(id).as_str(), book.version(id)), (r#"{"a":1,"b":2}"#, Some(6)));
    book.patches("r", 7, "a", "2");
    assert_eq!(book.version(id), Some(7));
}

#[test]
fn a_server_that_never_gets_to_what_was_heard_is_asked_for_ever() {
    let (mut book, id) = Book::with(3, "{}");
    book.patches("r", 9, "a", "1");
    let mut asked = 0;
    while book.version(id) == Some(3) {
        asked += book.sent().len();
        assert!(asked < 20, "it is asked for ever");
        book.says(RecordAction::ReadResponse, "r", 5, Some(r#"{"b":2}"#));
        book.advance(500);
    }
    assert!(asked > 1, "it is not asked again");
    assert_eq!((book.data(id).as_str(), book.version(id)), (r#"{"b":2}"#, Some(5)));
    book.set(id, "a", "1");
    assert_eq!(book.sent().last().unwrap(), "PATCH r v6 a 1");
}

#[test]
fn a_write_that_may_still_be_taken_is_merged_away() {
    let (mut book, id) = Book::with(3, "{}");
    book.set(id, "a", "1");
    let second = book.change_with_ack(id, put("b", "2"));
    book.forget();
    book.says(RecordAction::VersionExists, "r", 4, Some(r#"{"z":9}"#));
    assert!(book.merges.is_empty(), "the second is on its way yet");
    book.advance(30);
    assert_eq!(book.sent(), ["READ r"]);
    book.says(RecordAction::ReadResponse, "r", 5, Some(r#"{"z":9,"b":2}"#));
    book.merge(Merged::To(Json::of(r#"{"z":9,"b":2}"#)));
    book.acknowledges("r", "1");
    assert_eq!(book.outcome(second), "accepted");
    assert_eq!(book.told().last().unwrap(), "r failed: VERSION_EXISTS PATCH");
    assert_eq!((book.data(id).as_str(), book.version(id)), (r#"{"z":9,"b":2}"#, Some(5)));
}

#[test]
fn a_refusal_that_does_not_say_what_is_there_leaves_the_record_as_it_is() {
    for data in [None, Some("{"), Some("1")] {
        let (mut book, id) = Book::with(3, "{}");
        let write = book.change_with_ack(id, put("a", "1"));
        book.forget();
        let mut refused = said(RecordAction::VersionExists, "r", 4, data);
        refused.is_write_ack = Some(true);
        book.hears(&refused.id("1"));
        assert_eq!(book.sent(), ["READ r"], "{data:?}");
        book.says(RecordAction::ReadResponse, "r", 4, Some(r#"{"b":2}"#));
        book.merge(Merged::To(Json::of(r#"{"a":1,"b":2}"#)));
        assert_eq!(book.sent(), [r#"UPDATE r v5 {"a":1,"b":2} ack 2"#]);
        book.acknowledges("r", "2");
        assert_eq!(book.outcome(write), "accepted");
    }
}

#[test]
fn an_acknowledgement_that_comes_while_the_record_is_read_is_lost() {
    let (mut book, id) = Book::with(3, "{}");
    let write = book.change_with_ack(id, put("a", "1"));
    book.patches("r", 6, "b", "2");
    book.acknowledges("r", "1");
    assert_eq!(book.outcome(write), "accepted");
    book.says(RecordAction::ReadResponse, "r", 6, Some(r#"{"a":1,"b":2}"#));
    assert!(book.merges.is_empty());
    assert_eq!((book.data(id).as_str(), book.version(id)), (r#"{"a":1,"b":2}"#, Some(6)));
}

#[test]
fn a_server_that_contradicts_itself_is_sent_the_same_for_ever() {
    let (mut book, id) = Book::with(3, "{}");
    let write = book.change_with_ack(id, put("a", "1"));
    book.hears(&said(RecordAction::VersionExists, "r", 4, Some("{}")).id("1"));
    let mut sent = 0;
    while book.outcome(write) == "pending" {
        for message in book.sent() {
            if message == "READ r" {
                book.says(RecordAction::ReadResponse, "r", 4, Some("{}"));
            } else {
                sent += 1;
                assert!(sent < 20, "{message} is sent for ever");
                book.says(RecordAction::VersionExists, "r", 4, Some("{}"));
            }
        }
        if !book.merges.is_empty() {
            book.merge(Merged::To(Json::of(r#"{"a":1}"#)));
        }
        book.advance(100);
    }
    assert_eq!(book.outcome(write), "refused: VERSION_EXISTS");
    for message in book.sent() {
        assert_eq!(message, "READ r");
        book.says(RecordAction::ReadResponse, "r", 4, Some("{}"));
    }
    assert_eq!((book.data(id).as_str(), book.version(id)), ("{}", Some(4)));
}

#[test]
fn a_record_that_turns_out_not_to_be_there_any_more_stays() {
    let (mut book, _) = Book::with(3, "{}");
    book.patches("r", 6, "b", "2");
    book.forget();
    book.hears(&refusal(RecordAction::RecordNotFound, RecordAction::Read).name("r"));
    assert_eq!(book.told(), ["deleted"]);
}

#[test]
fn a_record_that_may_not_be_read_any_more_keeps_writers_waiting() {
    let (mut book, id) = Book::with(3, "{}");
    let write = book.change_with_ack(id, put("a", "1"));
    book.set(id, "b", "1");
    book.patches("r", 9, "b", "2");
    book.forget();
    book.hears(&refusal(RecordAction::MessageDenied, RecordAction::Read).name("r"));
    assert_eq!(book.outcome(write), "refused: MESSAGE_DENIED");
    assert_eq!(book.told(), ["r failed: MESSAGE_DENIED READ", "r failed: MESSAGE_DENIED PATCH"]);
    let later = book.change_with_ack(id, put("a", "1"));
    assert_eq!(book.outcome(later), "refused: MESSAGE_DENIED");
}

#[test]
fn the_answer_to_a_snapshot_is_taken_for_one_that_the_record_waits_for() {
    let mut book = Book::open();
    book.ask(|ticket| RecordCommand::Snapshot("r".to_owned(), ticket));
    let id = book.get("r");
    book.says(RecordAction::ReadResponse, "r", 1, Some(r#"{"a":1}"#));
    book.patches("r", 2, "a", "2");
    book.says(RecordAction::ReadResponse, "r", 1, Some(r#"{"a":1}"#));
    assert_eq!((book.data(id).as_str(), book.version(id)), (r#"{"a":2}"#, Some(2)));
    assert!(book.merges.is_empty());
}

#[test]
fn an_answer_that_tells_of_more_than_is_known_is_ignored() {
    let (mut book, id) = Book::with(3, r#"{"a":1}"#);
    book.says(RecordAction::ReadResponse, "r", 5, Some(r#"{"a":2}"#));
    assert_eq!((book.data(id).as_str(), book.version(id)), (r#"{"a":2}"#, Some(5)));
    book.says(RecordAction::HeadResponse, "r", 6, None);
    assert_eq!(book.sent(), ["READ r"]);
}

#[test]
fn an_erasure_of_what_is_missing_differs_from_the_servers() {
    let (mut book, id) = Book::with(3, "{}");
    let mut erasure = said(RecordAction::Erase, "r", 4, None);
    erasure.path = Some("a.b".into());
    book.hears(&erasure);
    assert_eq!((book.data(id).as_str(), book.version(id)), (r#"{"a":{}}"#, Some(4)));
    book.set(id, "l", "[1,2]");
    book.change(id, erase("l[0]"));
    assert_eq!(book.data(id), r#"{"a":{},"l":[null,2]}"#);
    book.forget();
    book.change(id, erase("l[0]"));
    assert!(book.sent().is_empty(), "it is taken out already");
}

#[test]
fn what_is_said_of_records_that_are_not_open_breaks_something() {
    let (mut book, id) = Book::with(3, "{}");
    book.says(RecordAction::VersionExists, "s", 4, Some("{}"));
    book.says(RecordAction::ReadResponse, "s", 4, Some("{}"));
    book.says(RecordAction::HeadResponse, "s", 4, None);
    book.acknowledges("s", "7");
    assert_eq!(book.errors(), [""; 0], "they may have been open a moment ago");
    book.patches("s", 4, "a", "1");
    book.says(RecordAction::Deleted, "s", 4, None);
    assert_eq!(book.errors(), ["UNSOLICITED_MESSAGE", "UNSOLICITED_MESSAGE"]);
    assert_eq!((book.data(id).as_str(), book.version(id)), ("{}", Some(3)));
    assert!(book.sent().is_empty() && book.told().is_empty());
}

#[test]
fn a_change_that_crosses_with_the_end_of_the_subscription_is_an_error() {
    let (mut book, id) = Book::with(3, "{}");
    book.give(RecordCommand::Discard(id));
    book.advance(5_000);
    assert_eq!(book.sent(), ["UNSUBSCRIBE r"]);
    book.forget();
    book.patches("r", 4, "a", "1");
    assert_eq!(book.errors(), [""; 0]);
    book.hears(&crate::server::ack(RecordAction::Unsubscribe).id("r"));
    book.patches("r", 5, "a", "1");
    assert_eq!(book.errors(), ["UNSOLICITED_MESSAGE"]);
}

#[test]
fn a_write_that_was_not_acknowledged_before_the_loss_is_sent_over_a_later_one_of_others() {
    let (mut book, id) = Book::with(3, "{}");
    let write = book.change_with_ack(id, put("a", "1"));
    book.patches("r", 5, "b", "2");
    book.loses();
    book.advance(0);
    book.connects();
    book.forget();
    book.hears(&crate::book::heads(&[("r", 5)]));
    assert_eq!(book.sent(), ["READ r"], "it may be in it, or lost");
    book.says(RecordAction::ReadResponse, "r", 5, Some(r#"{"a":1,"b":2}"#));
    assert_eq!(book.outcome(write), "accepted");
    assert!(book.sent().is_empty() && book.merges.is_empty());
}

#[test]
fn a_write_that_others_have_built_upon_is_taken_for_undelivered() {
    let (mut book, id) = Book::with(3, "{}");
    book.set(id, "a", "1");
    book.patches("r", 5, "a", "2");
    book.loses();
    book.advance(0);
    book.connects();
    book.hears(&crate::book::heads(&[("r", 6)]));
    book.says(RecordAction::ReadResponse, "r", 6, Some(r#"{"a":3}"#));
    assert!(book.merges.is_empty(), "there is nothing of ours in it any more");
    assert_eq!((book.data(id).as_str(), book.version(id)), (r#"{"a":3}"#, Some(6)));
}

#[test]
fn a_write_that_seemed_to_be_taken_and_was_not_is_lost_in_silence() {
    let (mut book, id) = Book::with(3, "{}");
    book.set(id, "a", "1");
    book.patches("r", 5, "b", "2");
    book.forget();
    book.says(RecordAction::VersionExists, "r", 5, Some(r#"{"b":2,"z":9}"#));
    assert_eq!(book.merges[0].local, Json::of(r#"{"b":2,"z":9,"a":1}"#));
    book.merge(Merged::To(Json::of(r#"{"b":2,"z":9}"#)));
    assert_eq!(book.told(), ["r failed: VERSION_EXISTS PATCH"]);
    assert_eq!((book.data(id).as_str(), book.version(id)), (r#"{"b":2,"z":9}"#, Some(5)));
}

#[test]
fn a_write_that_seemed_to_be_taken_is_lost_in_silence_where_a_later_one_was_refused_first() {
    let (mut book, id) = Book::with(3, "{}");
    book.set(id, "a", "1");
    book.says(RecordAction::Update, "r", 5, Some(r#"{"b":2}"#));
    book.set(id, "c", "1");
    let echo = said(RecordAction::InvalidVersion, "r", 6, Some("1"));
    book.hears(&echo.about(RecordAction::Patch));
    book.forget();
    let exists = r#"{"b":2}"#;
    book.says(RecordAction::VersionExists, "r", 5, Some(exists));
    book.says(RecordAction::ReadResponse, "r", 5, Some(exists));
    assert_eq!(book.merges[0].local, Json::of(r#"{"b":2,"a":1,"c":1}"#));
}

#[test]
fn a_write_that_seemed_to_be_taken_is_lost_in_silence_where_one_before_it_was_refused() {
    let (mut book, id) = Book::with(3, "{}");
    let first = book.change_with_ack(id, put("a", "1"));
    book.set(id, "b", "1");
    let third = book.change_with_ack(id, put("c", "1"));
    book.says(RecordAction::Update, "r", 7, Some(r#"{"z":9}"#));
    book.forget();
    let mut exists = said(RecordAction::VersionExists, "r", 7, Some(r#"{"z":9}"#));
    exists.is_write_ack = Some(true);
    book.hears(&exists.id("1"));
    assert_eq!(book.merges[0].local, Json::of(r#"{"z":9,"b":1,"a":1,"c":1}"#));
    book.acknowledges("r", "2");
    assert_eq!(book.outcome(third), "accepted", "it is still known by its number");
    book.merge(Merged::To(Json::of(r#"{"z":9,"c":1}"#)));
    assert_eq!(book.told(), ["r failed: VERSION_EXISTS PATCH"]);
    assert_eq!(book.outcome(first), "refused: VERSION_EXISTS");
}

#[test]
fn several_paths_that_the_server_does_not_know_are_merged_away_after_a_write_of_others() {
    let (mut book, id) = Book::with(3, "{}");
    let write = book.change_with_ack(id, multi(&[("a", Some("1")), ("b", Some("1"))]));
    book.says(RecordAction::Update, "r", 5, Some(r#"{"c":2}"#));
    let mut echo = said(RecordAction::InvalidMessageData, "r", 4, Some("[]"));
    echo.is_write_ack = Some(true);
    book.hears(&echo.about(RecordAction::PatchMulti).id("1"));
    book.says(RecordAction::ReadResponse, "r", 5, Some(r#"{"c":2}"#));
    assert_eq!(book.merges[0].local, Json::of(r#"{"c":2,"a":1,"b":1}"#));
    book.merge(Merged::To(Json::of(r#"{"c":2}"#)));
    assert_eq!(book.outcome(write), "refused: VERSION_EXISTS");
}

//! What is asked about records that are not open, and written to them.

use deepstream_wasm::core::io::Subscription;
use deepstream_wasm::core::protocol::RecordAction;
use deepstream_wasm::core::record::io::RecordCommand;

use crate::book::{Book, erase, put};
use crate::common::bare;
use crate::server::{Fields, ack, refusal};

#[test]
fn a_snapshot_is_asked_for_once_and_answers_all_who_asked() {
    let mut book = Book::open();
    let first = book.ask(|ticket| RecordCommand::Snapshot("s".to_owned(), ticket));
    let second = book.ask(|ticket| RecordCommand::Snapshot("s".to_owned(), ticket));
    assert_eq!(book.sent(), ["READ s"]);
    book.says(RecordAction::ReadResponse, "s", 1, Some("[1]"));
    assert_eq!([book.outcome(first), book.outcome(second)], ["accepted [1]", "accepted [1]"]);
    let missing = book.ask(|ticket| RecordCommand::Snapshot("s".to_owned(), ticket));
    book.hears(&refusal(RecordAction::RecordNotFound, RecordAction::Read).name("s"));
    assert_eq!(book.outcome(missing), "refused: RECORD_NOT_FOUND");
}

#[test]
fn of_a_record_that_is_open_the_server_is_not_asked() {
    let (mut book, _) = Book::with(3, r#"{"a":1}"#);
    let snapshot = book.ask(|ticket| RecordCommand::Snapshot("r".to_owned(), ticket));
    let head = book.ask(|ticket| RecordCommand::Head("r".to_owned(), ticket));
    assert!(book.sent().is_empty());
    assert_eq!([book.outcome(snapshot), book.outcome(head)], [r#"accepted {"a":1}"#, "accepted 3"]);
}

#[test]
fn a_question_that_is_not_answered_is_given_up() {
    let mut book = Book::open();
    let head = book.ask(|ticket| RecordCommand::Head("s".to_owned(), ticket));
    book.advance(10_000);
    book.harness.pong();
    book.advance(4_999);
    assert_eq!(book.outcome(head), "pending");
    book.advance(1);
    assert_eq!(book.outcome(head), "refused: ACK_TIMEOUT");
}

#[test]
fn a_question_waits_for_a_lost_connection_only_while_there_is_hope() {
    let mut book = Book::open();
    book.loses();
    let hopeful = book.ask(|ticket| RecordCommand::Head("s".to_owned(), ticket));
    book.harness.advance(0);
    book.harness.fails();
    book.advance(2_000);
    assert_eq!(book.outcome(hopeful), "refused: client offline");
    let late = book.ask(|ticket| RecordCommand::Head("s".to_owned(), ticket));
    assert_eq!(book.outcome(late), "refused: client offline");
}

#[test]
fn a_record_that_is_not_open_is_written_whatever_its_version_is() {
    let mut book = Book::open();
    book.give(RecordCommand::SetData("s".to_owned(), put("", "{}"), None));
    book.give(RecordCommand::SetData("s".to_owned(), put("a", "1"), None));
    book.give(RecordCommand::SetData("s".to_owned(), erase("a"), None));
    assert_eq!(
        book.sent(),
        ["CREATEANDUPDATE s v-1 {}", "CREATEANDPATCH s v-1 a 1", "ERASE s v-1 a"],
    );
}

#[test]
fn whoever_writes_to_a_record_that_is_not_open_is_told_what_becomes_of_it() {
    let mut book = Book::open();
    let mut set =
        || book.ask(|ticket| RecordCommand::SetData("s".to_owned(), put("a", "1"), Some(ticket)));
    let (good, bad, lost) = (set(), set(), set());
    book.acknowledges("s", "1");
    book.hears(
        &refusal(RecordAction::MessageDenied, RecordAction::CreateAndPatch).name("s").id("2"),
    );
    assert_eq!([book.outcome(good), book.outcome(bad)], ["accepted", "refused: MESSAGE_DENIED"]);
    book.loses();
    assert_eq!(book.outcome(lost), "refused: client offline");
}

#[test]
fn what_is_written_to_a_record_that_is_not_open_waits_for_the_connection() {
    let mut book = Book::open();
    book.loses();
    book.harness.advance(0);
    book.harness.fails();
    book.advance(60_000);
    book.give(RecordCommand::SetData("s".to_owned(), put("a", "1"), None));
    let waits =
        book.ask(|ticket| RecordCommand::SetData("s".to_owned(), put("b", "2"), Some(ticket)));
    book.harness.advance(0);
    book.connects();
    assert_eq!(book.sent(), ["CREATEANDPATCH s v-1 a 1", "CREATEANDPATCH s v-1 b 2 ack 1"]);
    book.acknowledges("s", "1");
    assert_eq!(book.outcome(waits), "accepted");
}

#[test]
fn a_notification_is_answered() {
    let mut book = Book::open();
    let names = || vec!["a".to_owned(), "b".to_owned()];
    let good = book.ask(|ticket| RecordCommand::Notify(names(), "n1".to_owned(), ticket));
    assert_eq!(book.sent(), ["NOTIFY a,b"]);
    book.hears(&ack(RecordAction::Notify).id("n1"));
    assert_eq!(book.outcome(good), "accepted");
    let bad = book.ask(|ticket| RecordCommand::Notify(names(), "n2".to_owned(), ticket));
    let error = bare(RecordAction::RecordNotifyError).id("n2").data("\"no\"");
    book.hears(&error);
    assert_eq!(book.outcome(bad), r#"refused by the server: "\"no\"""#);
}

#[test]
fn listening_to_records_is_told_the_server_and_found_names_are_told_here() {
    use deepstream_wasm::core::io::{Command, DataCommand, Event};
    let mut book = Book::open();
    let listen = DataCommand::Subscribe(Subscription::RecordPattern, "a.*".to_owned());
    book.harness.command(Command::Data(listen));
    assert_eq!(book.sent(), ["LISTEN a.*"]);
    let found = bare(RecordAction::SubscriptionForPatternFound).name("a.*").subscription("a1");
    book.hears(&found);
    let events = book.harness.take_events();
    assert!(
        events.iter().any(|event| matches!(event, Event::PatternFound { kind, subscription, .. }
            if *kind == Subscription::RecordPattern && subscription == "a1")),
        "{events:?}",
    );
    let crossed = bare(RecordAction::SubscriptionForPatternFound).name("b.*").subscription("b1");
    book.hears(&crossed);
    assert_eq!(book.sent(), ["LISTEN_REJECT b.*"]);
}

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

#[test]
fn a_question_that_the_server_refuses_waits_for_ever() {
    let mut book = Book::open();
    let snapshot = book.ask(|ticket| RecordCommand::Snapshot("s".to_owned(), ticket));
    let head = book.ask(|ticket| RecordCommand::Head("s".to_owned(), ticket));
    book.hears(&refusal(RecordAction::MessageDenied, RecordAction::Head).name("s"));
    assert_eq!(book.outcome(head), "refused: MESSAGE_DENIED");
    assert_eq!(book.outcome(snapshot), "pending", "that is another question");
    book.hears(&refusal(RecordAction::CacheRetrievalTimeout, RecordAction::Read).name("s"));
    assert_eq!(book.outcome(snapshot), "refused: CACHE_RETRIEVAL_TIMEOUT");
}

#[test]
fn a_missing_record_has_a_version_or_none_at_all() {
    let mut book = Book::open();
    let head = book.ask(|ticket| RecordCommand::Head("s".to_owned(), ticket));
    assert_eq!(book.sent(), ["HEAD s"]);
    book.says(RecordAction::HeadResponse, "s", -1, None);
    assert_eq!(book.outcome(head), "accepted -1");
    assert_eq!(book.errors(), [""; 0]);
}

#[test]
fn a_question_in_flight_is_lost_in_silence_or_one_that_waits_with_it() {
    let mut book = Book::open();
    let lost = book.ask(|ticket| RecordCommand::Snapshot("s".to_owned(), ticket));
    book.loses();
    assert_eq!(book.outcome(lost), "refused: client offline");
    let waits = book.ask(|ticket| RecordCommand::Snapshot("s".to_owned(), ticket));
    let joins = book.ask(|ticket| RecordCommand::Snapshot("s".to_owned(), ticket));
    book.advance(0);
    book.connects();
    assert_eq!(book.sent(), ["READ s"]);
    book.says(RecordAction::ReadResponse, "s", 1, Some("{}"));
    assert_eq!([waits, joins].map(|it| book.outcome(it)), ["accepted {}"; 2]);
    book.loses();
    book.advance(0);
    book.connects();
    assert!(book.sent().is_empty(), "it is not asked again");
}

#[test]
fn a_question_before_the_login_does_not_wait_for_it() {
    let mut book = Book::new(|_| {});
    let head = book.ask(|ticket| RecordCommand::Head("s".to_owned(), ticket));
    book.advance(5_000);
    assert_eq!(book.outcome(head), "pending");
    book.connects();
    assert_eq!(book.sent(), ["HEAD s"]);
}

#[test]
fn a_write_over_a_version_is_refused_without_telling_why() {
    let mut book = Book::open();
    let set =
        book.ask(|ticket| RecordCommand::SetData("s".to_owned(), put("", "{}"), Some(ticket)));
    assert_eq!(book.sent(), ["CREATEANDUPDATE s v-1 {} ack 1"]);
    book.hears(&crate::book::said(RecordAction::VersionExists, "s", 4, Some("{}")).id("1"));
    assert_eq!(book.outcome(set), "refused: VERSION_EXISTS");
    let echoed =
        book.ask(|ticket| RecordCommand::SetData("s".to_owned(), erase("a"), Some(ticket)));
    let echo = bare(RecordAction::InvalidMessageData).name("s").about(RecordAction::Erase);
    book.hears(&echo.id("2"));
    assert_eq!(book.outcome(echoed), "refused: INVALID_MESSAGE_DATA");
    assert_eq!(book.errors(), [""; 0]);
}

#[test]
fn a_write_that_nobody_waits_for_is_refused_in_silence() {
    let mut book = Book::open();
    book.give(RecordCommand::SetData("s".to_owned(), put("a", "1"), None));
    book.hears(&refusal(RecordAction::MessageDenied, RecordAction::CreateAndPatch).name("s"));
    assert_eq!(book.errors(), ["MESSAGE_DENIED"]);
}

#[test]
fn what_is_written_to_an_open_record_past_it_is_not_seen_in_it() {
    let (mut book, id) = Book::with(3, "{}");
    book.watch(id, "a");
    let set =
        book.ask(|ticket| RecordCommand::SetData("r".to_owned(), put("a", "1"), Some(ticket)));
    assert_eq!(book.sent(), ["PATCH r v4 a 1 ack 1"]);
    assert_eq!(book.told(), ["r.a = 1"]);
    book.acknowledges("r", "1");
    assert_eq!(book.outcome(set), "accepted");
}

#[test]
fn a_record_that_is_opened_right_after_it_was_written_to_is_read_before_that() {
    let mut book = Book::open();
    book.loses();
    book.give(RecordCommand::SetData("s".to_owned(), put("a", "1"), None));
    book.get("s");
    book.get("t");
    book.advance(0);
    book.connects();
    assert_eq!(
        book.sent(),
        ["SUBSCRIBECREATEANDREAD t", "CREATEANDPATCH s v-1 a 1", "SUBSCRIBECREATEANDREAD s",],
    );
}

#[test]
fn a_write_or_a_question_after_the_end_waits_for_ever() {
    let mut book = Book::open();
    book.harness.close();
    book.harness.closes_cleanly();
    book.forget();
    let set =
        book.ask(|ticket| RecordCommand::SetData("s".to_owned(), put("a", "1"), Some(ticket)));
    let head = book.ask(|ticket| RecordCommand::Head("s".to_owned(), ticket));
    book.give(RecordCommand::SetData("s".to_owned(), put("a", "1"), None));
    assert_eq!([set, head].map(|it| book.outcome(it)), ["refused: client offline"; 2]);
    assert_eq!(book.errors(), ["IS_CLOSED"], "of the one that nobody waits for");
}

#[test]
fn a_notification_without_a_connection_waits_for_ever() {
    let mut book = Book::open();
    let notify = |names: &str| {
        let names = vec![names.to_owned()];
        |ticket| RecordCommand::Notify(names, "n1".to_owned(), ticket)
    };
    let lost = book.ask(notify("a"));
    book.loses();
    assert_eq!(book.outcome(lost), "refused: client offline");
    let waits = book.ask(notify("b"));
    book.harness.advance(0);
    book.harness.fails();
    book.advance(2_000);
    assert_eq!(book.outcome(waits), "refused: client offline");
    book.advance(0);
    book.connects();
    assert!(book.sent().is_empty());
}

#[test]
fn a_pattern_is_not_listened_to_on_the_next_connection_or_found_for_events() {
    use deepstream_wasm::core::io::{Command, DataCommand, Event};
    let mut book = Book::open();
    let listen = |book: &mut Book, is_on: bool| {
        let make = if is_on { DataCommand::Subscribe } else { DataCommand::Unsubscribe };
        let command = make(Subscription::RecordPattern, "a.*".to_owned());
        book.harness.command(Command::Data(command));
    };
    listen(&mut book, true);
    book.hears(&ack(RecordAction::Listen).name("a.*"));
    book.loses();
    book.advance(0);
    book.connects();
    assert_eq!(book.sent(), ["LISTEN a.*"]);
    book.forget();
    let gone = bare(RecordAction::SubscriptionForPatternRemoved).name("a.*").subscription("a1");
    book.hears(&gone);
    let removed =
        Event::PatternRemoved { kind: Subscription::RecordPattern, subscription: "a1".to_owned() };
    assert!(book.harness.notices().contains(&&removed));
    listen(&mut book, false);
    assert_eq!(book.sent(), ["UNLISTEN a.*"]);
    book.loses();
    book.advance(0);
    book.connects();
    assert!(book.sent().is_empty());
}

#[test]
fn a_pattern_that_the_server_can_not_read_is_unlistened() {
    use deepstream_wasm::core::io::{Command, DataCommand};
    let mut book = Book::open();
    let pattern = || (Subscription::RecordPattern, "(".to_owned());
    let (kind, name) = pattern();
    book.harness.command(Command::Data(DataCommand::Subscribe(kind, name)));
    book.hears(&bare(RecordAction::InvalidListenRegex).name("("));
    assert_eq!(book.errors(), ["INVALID_LISTEN_REGEX"]);
    book.forget();
    let (kind, name) = pattern();
    book.harness.command(Command::Data(DataCommand::Unsubscribe(kind, name)));
    book.advance(5_000);
    assert!(book.sent().is_empty(), "the server would not answer");
    assert_eq!(book.errors(), [""; 0]);
}

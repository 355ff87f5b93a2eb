//! Records come to be there.

use deepstream_wasm::core::protocol::{Message, RecordAction};
use deepstream_wasm::core::record::io::RecordCommand;
use deepstream_wasm::core::time::Millis;

use crate::book::{Book, heads, multi, said};
use crate::common::bare;
use crate::server::{Fields, ack, refusal};

#[test]
fn a_record_is_subscribed_to_once_however_often_it_is_opened() {
    let mut book = Book::open();
    let id = book.get("r");
    assert_eq!(book.get("r"), id);
    assert_eq!(book.sent(), ["SUBSCRIBECREATEANDREAD r"]);
    assert!(!book.is_ready(id) && book.version(id).is_none());
    book.says(RecordAction::ReadResponse, "r", 3, Some(r#"{"a":1}"#));
    assert_eq!(book.told(), ["r is ready"]);
    assert_eq!((book.data(id).as_str(), book.version(id)), (r#"{"a":1}"#, Some(3)));
}

#[test]
fn records_are_asked_for_in_bulk() {
    let mut book = Book::open_with(|options| options.subscription_interval = Millis::new(100));
    for name in ["a", "b", "c"] {
        book.get(name);
    }
    assert!(book.sent().is_empty());
    book.advance(100);
    assert_eq!(book.sent(), ["SUBSCRIBECREATEANDREAD a,b,c"]);
}

#[test]
fn those_who_wait_are_told_once_and_late_ones_at_once() {
    let mut book = Book::open();
    let id = book.get("r");
    let early = book.ask(|ticket| RecordCommand::WhenReady(id, ticket));
    assert_eq!(book.outcome(early), "pending");
    book.says(RecordAction::ReadResponse, "r", 0, Some("{}"));
    assert_eq!(book.outcome(early), "accepted");
    let late = book.ask(|ticket| RecordCommand::WhenReady(id, ticket));
    assert_eq!(book.outcome(late), "accepted");
}

#[test]
fn what_can_not_be_read_refuses_those_who_wait_and_is_told() {
    let mut book = Book::open();
    let id = book.get("r");
    let waits = book.ask(|ticket| RecordCommand::WhenReady(id, ticket));
    let write =
        book.ask(|ticket| RecordCommand::Write(id, crate::book::put("a", "1"), Some(ticket)));
    book.forget();
    let denied = refusal(RecordAction::MessageDenied, RecordAction::SubscribeCreateAndRead);
    book.hears(&denied.name("r").id("0"));
    assert_eq!(book.outcome(waits), "refused: MESSAGE_DENIED");
    assert_eq!(book.outcome(write), "refused: MESSAGE_DENIED");
    assert_eq!(book.told(), ["r failed: MESSAGE_DENIED SUBSCRIBECREATEANDREAD"]);
    assert_eq!(book.errors(), ["MESSAGE_DENIED"]);
    let later = book.ask(|ticket| RecordCommand::WhenReady(id, ticket));
    assert_eq!(book.outcome(later), "refused: MESSAGE_DENIED");
}

#[test]
fn the_record_that_a_server_passes_over_is_asked_for_again() {
    let mut book = Book::open_with(|options| options.subscription_interval = Millis::new(100));
    for name in ["a", "b", "c"] {
        book.get(name);
    }
    book.advance(100);
    book.forget();
    let denied = refusal(RecordAction::MessageDenied, RecordAction::SubscribeCreateAndRead);
    book.hears(&denied.name("a").id("0"));
    book.advance(100);
    assert_eq!(book.sent(), ["SUBSCRIBECREATEANDREAD c"]);
}

#[test]
fn a_server_that_does_not_answer_is_told_of_and_may_answer_late() {
    let mut book = Book::open();
    let id = book.get("r");
    book.hears(&ack(RecordAction::SubscribeCreateAndRead).id("0"));
    for _ in 0..3 {
        book.advance(4_999);
        book.harness.pong();
    }
    assert_eq!(book.errors(), [""; 0]);
    book.advance(3);
    assert_eq!(book.errors(), ["ACK_TIMEOUT"]);
    assert_eq!(book.told(), ["r failed: ACK_TIMEOUT READ"]);
    book.says(RecordAction::ReadResponse, "r", 0, Some("{}"));
    assert!(book.is_ready(id));
}

#[test]
fn an_answer_that_is_no_record_is_an_error_and_nothing_breaks() {
    for data in [Some("{"), Some("3"), None] {
        let mut book = Book::open();
        let id = book.get("r");
        book.says(RecordAction::ReadResponse, "r", 0, data);
        assert!(!book.is_ready(id));
        assert_eq!(book.errors(), ["MESSAGE_PARSE_ERROR"], "{data:?}");
        assert_eq!(book.told(), ["r failed: MESSAGE_PARSE_ERROR READ"]);
    }
}

#[test]
fn a_record_that_may_only_be_read_is_not_made_and_not_written() {
    let mut book = Book::open_with(|options| {
        options.record_read_only_mode = true;
        options.record_prefix_write_whitelist = vec!["mine/".to_owned()];
    });
    let id = book.get("r");
    book.get("mine/r");
    assert_eq!(book.sent(), ["SUBSCRIBEANDREAD r", "SUBSCRIBECREATEANDREAD mine/r"]);
    book.says(RecordAction::ReadResponse, "r", -1, Some("{}"));
    let write = book.change_with_ack(id, crate::book::put("a", "1"));
    assert_eq!(book.outcome(write), "refused: RECORD_READ_ONLY_MODE");
    assert_eq!(book.errors(), ["RECORD_READ_ONLY_MODE"]);
    assert!(book.sent().is_empty());
}

#[test]
fn whether_somebody_provides_a_record_is_told_when_it_changes() {
    let (mut book, id) = Book::with(0, "{}");
    let has: Message<'static> = bare(RecordAction::SubscriptionHasProvider).name("r");
    book.hears(&has);
    book.hears(&has);
    assert_eq!(book.told(), ["r is provided: true"]);
    assert!(book.harness.client.record(id).unwrap().has_provider());
    book.loses();
    assert_eq!(book.told(), ["r is provided: false"]);
}

#[test]
fn a_write_that_came_before_the_older_answer_is_not_overlooked() {
    let mut book = Book::open();
    let id = book.get("r");
    book.patches("r", 2, "a", "2");
    book.forget();
    book.hears(&said(RecordAction::ReadResponse, "r", 1, Some(r#"{"a":1}"#)));
    assert_eq!(book.sent(), ["READ r"]);
    book.says(RecordAction::ReadResponse, "r", 2, Some(r#"{"a":2}"#));
    assert_eq!((book.data(id).as_str(), book.version(id)), (r#"{"a":2}"#, Some(2)));
}

#[test]
fn what_is_asked_about_a_record_later_on_is_waited_for_for_ever() {
    let opened = || {
        let (mut book, id) = Book::with(3, "{}");
        book.hears(&ack(RecordAction::SubscribeCreateAndRead).id("0"));
        (book, id)
    };
    let wait = |book: &mut Book| {
        book.forget();
        for _ in 0..3 {
            assert_eq!(book.told(), [""; 0]);
            book.advance(5_000);
            book.harness.pong();
        }
        assert_eq!(book.errors(), ["ACK_TIMEOUT"]);
        assert_eq!(book.told(), ["r failed: ACK_TIMEOUT READ"]);
    };

    // For what it missed.
    let (mut book, id) = opened();
    book.patches("r", 5, "a", "5");
    wait(&mut book);
    book.says(RecordAction::ReadResponse, "r", 5, Some(r#"{"a":5}"#));
    assert_eq!(book.version(id), Some(5), "it may come late");

    // On the next connection.
    let (mut book, id) = opened();
    book.loses();
    book.advance(0);
    book.connects();
    book.hears(&ack(RecordAction::SubscribeAndHead).id("0"));
    wait(&mut book);
    book.hears(&heads(&[("r", 3)]));
    book.set(id, "a", "1");
    assert_eq!(book.sent(), ["PATCH r v4 a 1"]);

    // For whether it knows what it was sent.
    let (mut book, id) = opened();
    book.change(id, multi(&[("a", Some("1")), ("b", Some("2"))]));
    wait(&mut book);
}

#[test]
fn a_record_whose_second_reading_is_refused_waits_for_ever() {
    let read_again = || {
        let mut book = Book::open();
        let id = book.get("r");
        book.patches("r", 2, "a", "2");
        book.says(RecordAction::ReadResponse, "r", 1, Some(r#"{"a":1}"#));
        book.forget();
        (book, id)
    };

    let (mut book, id) = read_again();
    let waits = book.ask(|ticket| RecordCommand::WhenReady(id, ticket));
    book.hears(&refusal(RecordAction::CacheRetrievalTimeout, RecordAction::Read).name("r"));
    assert_eq!(book.outcome(waits), "refused: CACHE_RETRIEVAL_TIMEOUT");
    assert_eq!(book.told(), ["r failed: CACHE_RETRIEVAL_TIMEOUT READ"]);

    // It was deleted in between.
    let (mut book, id) = read_again();
    book.hears(&refusal(RecordAction::RecordNotFound, RecordAction::Read).name("r"));
    book.advance(0);
    assert_eq!(book.sent(), ["SUBSCRIBECREATEANDREAD r"]);
    book.says(RecordAction::ReadResponse, "r", 0, Some("{}"));
    assert!(book.is_ready(id), "what was heard of the old one is no measure");
}

#[test]
fn a_server_that_never_has_what_it_told_of_is_asked_without_end() {
    let mut book = Book::open();
    let id = book.get("r");
    book.patches("r", 2, "a", "2");
    let mut times = 0;
    while !book.is_ready(id) {
        times += 1;
        book.says(RecordAction::ReadResponse, "r", 1, Some(r#"{"a":1}"#));
        book.advance(200);
        assert!(times < 10);
    }
}

#[test]
fn a_refused_question_of_the_application_takes_the_record_along() {
    let (mut book, id) = Book::with(3, "{}");
    book.patches("r", 5, "a", "5");
    book.forget();
    book.hears(&refusal(RecordAction::MessageDenied, RecordAction::Head).name("r"));
    assert_eq!(book.told(), [""; 0]);
    book.says(RecordAction::ReadResponse, "r", 5, Some(r#"{"a":5}"#));
    assert_eq!(book.version(id), Some(5));
}

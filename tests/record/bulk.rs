//! What the server is told of many records at once.

use deepstream_wasm::core::options::Options;
use deepstream_wasm::core::protocol::{Message, RecordAction, Topic};
use deepstream_wasm::core::record::io::RecordCommand;
use deepstream_wasm::core::time::Millis;

use crate::book::{Book, heads, put};
use crate::server::{Fields, ack, refusal};

fn collecting(options: &mut Options) {
    options.subscription_interval = Millis::new(100);
}

/// The bulk messages of the present connection, with their ids.
fn announced(book: &Book) -> Vec<(String, String)> {
    let sent = book.harness.socket().sent.iter().map(|(_, message)| message);
    let bulk = |it: &&Message<'static>| it.topic() == Topic::Record && !it.names.is_empty();
    let line = |it: &Message<'static>| {
        let id = it.correlation_id.as_deref().unwrap_or_default().to_owned();
        (format!("{} {}", it.action.name(), it.names.join(",")), id)
    };
    sent.filter(bulk).map(line).collect()
}

fn line(text: &str, id: &str) -> (String, String) {
    (text.to_owned(), id.to_owned())
}

fn denied(about: RecordAction, name: &str, id: &str) -> Message<'static> {
    refusal(RecordAction::MessageDenied, about).name(name).id(id)
}

#[test]
fn messages_of_one_kind_share_an_id_or_go_on_counting_on_the_next_connection() {
    let mut book = Book::open_with(collecting);
    book.get("a");
    book.advance(99);
    book.get("b");
    book.advance(1);
    book.get("c");
    book.advance(100);
    let expected = [line("SUBSCRIBECREATEANDREAD a,b", "0"), line("SUBSCRIBECREATEANDREAD c", "1")];
    assert_eq!(announced(&book), expected);
    book.says(RecordAction::ReadResponse, "a", 1, Some("{}"));
    book.loses();
    book.advance(0);
    book.connects();
    let expected = [line("SUBSCRIBECREATEANDREAD b,c", "0"), line("SUBSCRIBEANDHEAD a", "0")];
    assert_eq!(announced(&book), expected, "at once, and those that were seen by version");
}

#[test]
fn a_thousand_records_wait_for_the_interval() {
    let mut book = Book::open_with(collecting);
    let counts = |book: &Book| {
        announced(book).iter().map(|(names, _)| names.split(',').count()).collect::<Vec<_>>()
    };
    for n in 0..999 {
        book.get(&n.to_string());
    }
    assert_eq!(counts(&book), [0; 0], "there may be more");
    book.get("999");
    book.get("1000");
    assert_eq!(counts(&book), [1_000]);
    book.advance(100);
    assert_eq!(counts(&book), [1_000, 1], "the rest as ever");
    book.advance(1_000);
    assert_eq!(counts(&book), [1_000, 1], "and once");
}

#[test]
fn records_that_are_let_go_of_together_take_a_message_each() {
    let mut book = Book::open_with(collecting);
    let ids = ["a", "b", "c"].map(|name| book.get(name));
    book.advance(100);
    for name in ["a", "b", "c"] {
        book.says(RecordAction::ReadResponse, name, 1, Some("{}"));
    }
    book.hears(&ack(RecordAction::SubscribeCreateAndRead).id("0"));
    let before = announced(&book).len();
    book.give(RecordCommand::Discard(ids[0]));
    book.advance(1_000);
    book.give(RecordCommand::Discard(ids[1]));
    book.give(RecordCommand::Discard(ids[2]));
    book.advance(5_000);
    let expected = [line("UNSUBSCRIBE a", "a"), line("UNSUBSCRIBE b,c", "b")];
    assert_eq!(announced(&book)[before..], expected);
    book.hears(&ack(RecordAction::Unsubscribe).id("b"));
    book.hears(&ack(RecordAction::Unsubscribe).id("a"));
    book.advance(20_000);
    assert_eq!(book.errors(), [""; 0], "all is acknowledged");
}

#[test]
fn many_long_names_make_a_message_that_the_server_refuses() {
    let mut book = Book::open_with(collecting);
    let names = ["x", "y", "z"].map(|letter| letter.repeat(100 * 1_024));
    for name in &names {
        book.get(name);
    }
    book.advance(100);
    let sizes: Vec<_> =
        announced(&book).iter().map(|(text, id)| (text.len(), id.clone())).collect();
    let base = "SUBSCRIBECREATEANDREAD ".len();
    let expected = [(base + 2 * 102_400 + 1, "0".to_owned()), (base + 102_400, "1".to_owned())];
    assert_eq!(sizes, expected);
}

#[test]
fn a_bulk_message_that_is_not_acknowledged_is_passed_over() {
    let mut book = Book::open_with(collecting);
    book.get("a");
    book.advance(100 + 1_999);
    assert_eq!(book.errors(), [""; 0]);
    book.advance(1);
    assert_eq!(book.errors(), ["ACK_TIMEOUT"]);
    let mut book = Book::open_with(collecting);
    book.get("a");
    book.advance(100);
    book.hears(&ack(RecordAction::SubscribeCreateAndRead).id("0"));
    book.advance(5_000);
    assert_eq!(book.errors(), [""; 0]);
}

#[test]
fn the_name_that_is_passed_over_on_a_later_connection_is_not_asked_for_again() {
    let mut book = Book::open_with(collecting);
    let ids = ["a", "b", "c"].map(|name| book.get(name));
    book.advance(100);
    for name in ["a", "b", "c"] {
        book.says(RecordAction::ReadResponse, name, 1, Some("{}"));
    }
    book.loses();
    book.advance(0);
    book.connects();
    book.forget();
    book.hears(&denied(RecordAction::SubscribeAndHead, "b", "0"));
    assert_eq!(book.told(), ["b failed: MESSAGE_DENIED SUBSCRIBEANDHEAD"]);
    book.advance(100);
    assert_eq!(book.sent(), ["SUBSCRIBEANDHEAD c"]);
    book.hears(&heads(&[("a", 1), ("c", 1)]));
    let writes = ids.map(|id| book.change_with_ack(id, put("x", "1")));
    assert_eq!(book.sent(), ["PATCH a v2 x 1 ack 1", "PATCH c v2 x 1 ack 2"]);
    assert_eq!(book.outcome(writes[1]), "refused: MESSAGE_DENIED");
}

#[test]
fn a_name_that_was_answered_is_asked_for_again_after_a_refusal() {
    let mut book = Book::open_with(collecting);
    for name in ["a", "b", "c"] {
        book.get(name);
    }
    book.advance(100);
    book.says(RecordAction::ReadResponse, "c", 1, Some("{}"));
    book.forget();
    book.hears(&denied(RecordAction::SubscribeCreateAndRead, "a", "0"));
    book.advance(100);
    assert!(book.sent().is_empty());
}

#[test]
fn the_last_name_is_asked_for_again_though_it_is_the_refused_one() {
    let mut book = Book::open_with(collecting);
    book.get("a");
    book.get("b");
    book.advance(100);
    book.forget();
    book.hears(&denied(RecordAction::SubscribeCreateAndRead, "b", "0"));
    book.advance(1_000);
    assert!(book.sent().is_empty());
}

#[test]
fn a_refused_record_stays_refused_on_the_next_connection() {
    let mut book = Book::open();
    let id = book.get("r");
    book.hears(&denied(RecordAction::SubscribeCreateAndRead, "r", "0"));
    book.loses();
    let write = book.change_with_ack(id, put("a", "1"));
    assert_eq!(book.outcome(write), "pending");
    book.advance(0);
    book.connects();
    assert_eq!(book.sent(), ["SUBSCRIBECREATEANDREAD r"]);
    book.says(RecordAction::ReadResponse, "r", 1, Some("{}"));
    assert_eq!(book.sent(), ["PATCH r v2 a 1 ack 1"]);
    assert!(book.is_ready(id));
}

#[test]
fn a_record_that_may_only_be_read_is_made_when_it_is_asked_for_again() {
    let mut book = Book::open_with(|options| options.record_read_only_mode = true);
    let id = book.get("r");
    book.loses();
    book.advance(0);
    book.connects();
    assert_eq!(book.sent(), ["SUBSCRIBEANDREAD r"]);
    book.says(RecordAction::ReadResponse, "r", 2, Some(r#"{"a":1}"#));
    assert!(book.is_ready(id));
    book.patches("r", 3, "a", "2");
    assert_eq!(book.data(id), r#"{"a":2}"#);
    book.forget();
    book.set(id, "a", "3");
    assert_eq!(
        (book.data(id).as_str(), book.errors()),
        (r#"{"a":2}"#, vec!["RECORD_READ_ONLY_MODE"])
    );
}

#[test]
fn an_answer_to_what_was_asked_on_a_lost_connection_is_waited_for() {
    let mut book = Book::open();
    book.get("r");
    book.hears(&ack(RecordAction::SubscribeCreateAndRead).id("0"));
    book.advance(14_000);
    book.loses();
    book.forget();
    book.advance(0);
    book.connects();
    book.hears(&ack(RecordAction::SubscribeCreateAndRead).id("0"));
    book.advance(14_999);
    assert_eq!(book.errors(), [""; 0], "the time begins anew");
    book.advance(1);
    assert_eq!(book.errors(), ["ACK_TIMEOUT"]);
}

#[test]
fn a_record_that_comes_and_goes_costs_two_subscriptions() {
    let mut book = Book::open_with(collecting);
    let id = book.get("r");
    book.give(RecordCommand::Discard(id));
    book.get("r");
    book.advance(10_000);
    assert_eq!(book.sent(), ["SUBSCRIBECREATEANDREAD r"]);
}

//! Subscriptions while OPEN: names are collected for `subscriptionInterval`, and told at once.

use deepstream_wasm::core::io::Subscription;
use deepstream_wasm::core::time::Millis;

use crate::calls::{emission, subscription};
use crate::harness::Harness;

const BULK: [(Subscription, &str, &str); 3] = [
    (Subscription::Event, "EVENT SUBSCRIBE", "EVENT UNSUBSCRIBE"),
    (Subscription::Rpc, "RPC PROVIDE", "RPC UNPROVIDE"),
    (Subscription::User, "PRESENCE SUBSCRIBE", "PRESENCE UNSUBSCRIBE"),
];

#[test]
fn names_are_told_one_by_one_or_at_another_time_than_the_interval() {
    for (kind, subscribe, _) in BULK {
        let mut harness = Harness::open(|_| {});
        harness.subscribe(kind, "b");
        harness.advance(60);
        harness.subscribe(kind, "a");
        harness.advance(39);
        assert_eq!(harness.messages(), [""; 0], "not before");
        harness.advance(1);
        assert_eq!(harness.timed_messages(), [(100, format!("{subscribe} #0 [b a]"))]);
        harness.advance(1_000);
        assert_eq!(harness.messages().len(), 1, "and once");
    }
}

#[test]
fn a_thousand_names_wait_for_the_interval() {
    for (kind, subscribe, _) in BULK {
        let mut harness = Harness::open(|_| {});
        for n in 0..999 {
            harness.subscribe(kind, &n.to_string());
        }
        assert_eq!(harness.messages(), [""; 0], "there may be more");
        harness.subscribe(kind, "999");
        harness.subscribe(kind, "1000");
        let sizes = |harness: &Harness| {
            let messages = harness.timed_messages().into_iter();
            let size = |(at, line): (u64, String)| {
                assert!(line.starts_with(subscribe), "{line}");
                (at, line.matches(' ').count() - subscribe.matches(' ').count() - 1)
            };
            messages.map(size).collect::<Vec<_>>()
        };
        assert_eq!(sizes(&harness), [(0, 1_000)]);
        harness.advance(1_000);
        assert_eq!(sizes(&harness), [(0, 1_000), (100, 1)], "the rest as ever");
    }
}

#[test]
fn the_interval_begins_anew_with_each_name() {
    let mut harness = Harness::open(|_| {});
    for name in ["a", "b", "c", "d", "e"] {
        harness.subscribe_events(&[name]);
        harness.advance(40);
    }
    let expected = [(100, "EVENT SUBSCRIBE #0 [a b c]"), (220, "EVENT SUBSCRIBE #1 [d e]")];
    harness.advance(1_000);
    assert_eq!(harness.timed_messages(), expected.map(|(at, line)| (at, line.to_owned())));
}

#[test]
fn another_interval_than_the_option_says_is_waited() {
    let mut harness = Harness::open(|options| options.subscription_interval = Millis::new(7));
    harness.subscribe_events(&["a"]);
    harness.advance(6);
    assert_eq!(harness.messages(), [""; 0]);
    harness.advance(1);
    assert_eq!(harness.messages(), ["EVENT SUBSCRIBE #0 [a]"]);
}

#[test]
fn a_name_that_comes_and_goes_within_the_interval_is_told() {
    for (kind, ..) in BULK {
        let mut harness = Harness::open(|_| {});
        harness.subscribe(kind, "a");
        harness.advance(50);
        harness.unsubscribe(kind, "a");
        harness.advance(1_000);
        assert_eq!(harness.messages(), [""; 0]);
    }
}

#[test]
fn a_name_that_goes_and_comes_within_the_interval_is_told() {
    for (kind, subscribe, _) in BULK {
        let mut harness = Harness::open(|_| {});
        harness.subscribe(kind, "a");
        harness.advance(100);
        harness.unsubscribe(kind, "a");
        harness.subscribe(kind, "a");
        harness.advance(1_000);
        assert_eq!(harness.messages(), [format!("{subscribe} #0 [a]")]);
    }
}

#[test]
fn a_name_that_changes_often_within_the_interval_is_told_more_than_its_end() {
    for (kind, subscribe, unsubscribe) in BULK {
        let mut harness = Harness::open(|_| {});
        for _ in 0..3 {
            harness.subscribe(kind, "a");
            harness.unsubscribe(kind, "a");
        }
        harness.subscribe(kind, "a");
        harness.advance(100);
        for _ in 0..3 {
            harness.unsubscribe(kind, "a");
            harness.subscribe(kind, "a");
        }
        harness.unsubscribe(kind, "a");
        harness.advance(100);
        let expected = [format!("{subscribe} #0 [a]"), format!("{unsubscribe} #1 [a]")];
        assert_eq!(harness.messages(), expected);
    }
}

#[test]
fn comings_and_goings_are_mixed_in_one_message() {
    for (kind, subscribe, unsubscribe) in BULK {
        let mut harness = Harness::open(|_| {});
        harness.subscribe(kind, "a");
        harness.subscribe(kind, "b");
        harness.advance(100);
        harness.unsubscribe(kind, "b");
        harness.subscribe(kind, "c");
        harness.unsubscribe(kind, "a");
        harness.advance(100);
        let expected = [
            format!("{subscribe} #0 [a b]"),
            format!("{subscribe} #1 [c]"),
            format!("{unsubscribe} #2 [b a]"),
        ];
        assert_eq!(harness.messages(), expected);
    }
}

#[test]
fn what_was_never_subscribed_is_unsubscribed() {
    for kind in BULK.map(|(kind, ..)| kind).into_iter().chain(ONE_BY_ONE) {
        let mut harness = Harness::open(|_| {});
        harness.unsubscribe(kind, "a");
        harness.advance(1_000);
        assert_eq!(harness.messages(), [""; 0]);
    }
}

#[test]
fn what_was_told_is_told_again() {
    for kind in BULK.map(|(kind, ..)| kind).into_iter().chain(ONE_BY_ONE) {
        let mut harness = Harness::open(|_| {});
        for _ in 0..3 {
            harness.subscribe(kind, "a");
            harness.advance(200);
        }
        assert_eq!(harness.messages().len(), 1);
    }
}

#[test]
fn the_kinds_share_their_correlation_ids_or_their_names() {
    let mut harness = Harness::open(|_| {});
    for round in ["x", "y"] {
        for (kind, ..) in BULK {
            harness.subscribe(kind, round);
        }
        harness.advance(100);
    }
    harness.unsubscribe(Subscription::Rpc, "x");
    harness.advance(100);
    let expected = [
        "EVENT SUBSCRIBE #0 [x]",
        "RPC PROVIDE #0 [x]",
        "PRESENCE SUBSCRIBE #0 [x]",
        "EVENT SUBSCRIBE #1 [y]",
        "RPC PROVIDE #1 [y]",
        "PRESENCE SUBSCRIBE #1 [y]",
        "RPC UNPROVIDE #2 [x]",
    ];
    assert_eq!(harness.messages(), expected);
}

#[test]
fn an_interval_of_0_waits_or_collects() {
    for (kind, subscribe, unsubscribe) in BULK {
        let mut harness = Harness::open(|options| options.subscription_interval = Millis::ZERO);
        harness.subscribe(kind, "a");
        assert_eq!(harness.messages().len(), 1, "within the call");
        harness.subscribe(kind, "b");
        harness.unsubscribe(kind, "a");
        let expected = [
            format!("{subscribe} #0 [a]"),
            format!("{subscribe} #1 [b]"),
            format!("{unsubscribe} #2 [a]"),
        ];
        assert_eq!(harness.messages(), expected);
    }
}

const ONE_BY_ONE: [Subscription; 2] = [Subscription::EventPattern, Subscription::AllUsers];

#[test]
fn patterns_wait_or_are_collected() {
    let mut harness = Harness::open(|_| {});
    harness.listen("a.*");
    harness.listen("b.*");
    harness.unlisten("a.*");
    assert_eq!(harness.messages(), ["EVENT LISTEN a.*", "EVENT LISTEN b.*", "EVENT UNLISTEN a.*"]);
}

#[test]
fn every_user_waits_or_has_a_name() {
    let mut harness = Harness::open(|_| {});
    harness.subscribe_all_users();
    harness.unsubscribe(Subscription::AllUsers, "");
    assert_eq!(harness.messages(), ["PRESENCE SUBSCRIBE_ALL", "PRESENCE UNSUBSCRIBE_ALL"]);
}

#[test]
fn a_subscription_overtakes_what_was_sent_before_it_or_is_overtaken() {
    let mut harness = Harness::open(|options| options.subscription_interval = Millis::ZERO);
    for command in [emission("1"), subscription(Subscription::Event, "a"), emission("2")] {
        harness.command(command);
    }
    let expected = ["EVENT EMIT 1 = 1", "EVENT SUBSCRIBE #0 [a]", "EVENT EMIT 2 = 1"];
    assert_eq!(harness.messages(), expected);
}

#[test]
fn a_long_list_is_one_message_that_the_server_refuses() {
    const MEBIBYTE: usize = 1_024 * 1_024;
    let mut harness = Harness::open(|_| {});
    let names: Vec<_> = (0..3_000).map(|number| format!("{number:01000}")).collect();
    names.iter().for_each(|name| harness.subscribe_events(&[name]));
    harness.advance(100);

    let told: Vec<_> = harness.socket().sent.iter().map(|(_, message)| message.clone()).collect();
    let told = told.iter().filter(|message| !message.names.is_empty()).collect::<Vec<_>>();
    assert!((3..30).contains(&told.len()), "{} messages", told.len());
    assert!(harness.socket().frames.iter().all(|frame| frame.len() < MEBIBYTE));
    assert_eq!(
        told.iter().flat_map(|message| &message.names).collect::<Vec<_>>(),
        names.iter().collect::<Vec<_>>(),
        "each name once and in order"
    );
    let ids: Vec<_> = told.iter().map(|it| it.correlation_id.clone().unwrap()).collect();
    let counted: Vec<_> = (0..told.len()).map(|number| number.to_string()).collect();
    assert_eq!(ids, counted, "each message has an id of its own");
}

#[test]
fn a_name_above_the_limit_of_a_message_is_lost_or_takes_others_along() {
    let mut harness = Harness::open(|_| {});
    let huge = "x".repeat(400 * 1_024);
    harness.subscribe_events(&["a", &huge, "b"]);
    harness.advance(100);
    let expected = [
        "EVENT SUBSCRIBE #0 [a]".to_owned(),
        format!("EVENT SUBSCRIBE #1 [{huge}]"),
        "EVENT SUBSCRIBE #2 [b]".to_owned(),
    ];
    assert_eq!(harness.messages(), expected);
}

//! `client.record.listen()`: as for events, in the topic of records.

use deepstream_wasm::core::protocol::RecordAction;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::client::{Spy, call, run, warnings};
use crate::record_server::{World, world};

fn found(world: &World, action: RecordAction) {
    world.say(action, "a.*", |message| message.subscription = Some("a1".into()));
}

#[wasm_bindgen_test]
fn an_answer_is_about_events_or_without_the_name() {
    let world = world();
    let (spy, stopped) = (Spy::default(), Spy::default());
    call(&world.records, "listen", &["a.*".into(), spy.function().into()]).expect("valid");
    assert_eq!(world.sent(), ["LISTEN a.*"]);
    found(&world, RecordAction::SubscriptionForPatternFound);
    assert_eq!((spy.last().get(0), spy.last().length()), ("a1".into(), 2));
    let response = spy.last().get(1);
    for method in ["accept", "reject"] {
        call(&response, method, &[]).expect("valid");
        let messages = world.socket.take_messages();
        let answer = messages.first().expect("it was sent");
        let expected = if method == "accept" {
            RecordAction::ListenAccept
        } else {
            RecordAction::ListenReject
        };
        assert_eq!(answer.action, expected.into());
        assert_eq!(
            (answer.name.as_deref(), answer.subscription.as_deref()),
            (Some("a.*"), Some("a1"))
        );
    }
    call(&response, "onStop", &[stopped.function().into()]).expect("valid");
    found(&world, RecordAction::SubscriptionForPatternRemoved);
    assert_eq!(stopped.calls(), ["[\"a1\"]"]);
    call(&world.records, "unlisten", &["a.*".into()]).expect("valid");
    assert_eq!(world.sent(), ["UNLISTEN a.*"]);
}

#[wasm_bindgen_test]
fn a_pattern_of_events_is_taken_for_one_of_records() {
    let world = world();
    let (of_events, of_records) = (Spy::default(), Spy::default());
    let events = crate::client::part(&world.client, "event");
    call(&events, "listen", &["a.*".into(), of_events.function().into()]).expect("valid");
    call(&world.records, "listen", &["a.*".into(), of_records.function().into()]).expect("valid");
    found(&world, RecordAction::SubscriptionForPatternFound);
    assert_eq!((of_events.count(), of_records.count()), (0, 1));
    let stopped = Spy::default();
    call(&of_records.last().get(1), "onStop", &[stopped.function().into()]).expect("valid");
    world.socket.end(1006);
    assert_eq!(stopped.calls(), ["[\"a1\"]"], "a lost connection ends it");
}

#[wasm_bindgen_test]
fn listening_twice_or_to_the_end_of_nothing_is_not_warned_of() {
    let world = world();
    let given = [("it", &world.records), ("f", &Spy::default().function().into())];
    let given = given.map(|(name, value): (&str, &wasm_bindgen::JsValue)| (name, value));
    run("it.listen('a.*', f)", &given).expect("valid");
    drop(world.sent());
    let warned =
        warnings(|| drop(run("it.listen('a.*', f); it.unlisten('b')", &given).expect("valid")));
    assert_eq!(
        warned,
        [
            "[\"Warning: RECORD (LISTEN): LISTENER_EXISTS\"]",
            "[\"Warning: RECORD (UNLISTEN): NOT_LISTENING\"]",
        ]
    );
    assert_eq!(world.sent(), [""; 0]);
}

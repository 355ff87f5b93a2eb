//! `client.event`: what goes out, what is delivered, and what subscribers may do.

use deepstream_wasm::core::protocol::{EventAction, Message};
use js_sys::{Array, Error, JSON};
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::client::{
    Client, Spy, call, json, object, open_client, open_client_with, part, script, thrown, uncaught,
    until, variadic, warnings,
};
use crate::fake_socket::FakeSocket;

/// `client.event` of a client that tells of subscriptions at once, and the socket under it.
fn events() -> (Client, JsValue, FakeSocket) {
    let (client, socket) = open_client_with(&object("subscriptionInterval", 0));
    drop(socket.take_frames());
    let events = part(&client, "event");
    (client, events, socket)
}

fn subscribe(events: &JsValue, name: &str, callback: &JsValue) {
    call(events, "subscribe", &[name.into(), callback.clone()]).expect("valid");
}

fn emit(events: &JsValue, name: &str, data: &JsValue) -> Result<JsValue, JsValue> {
    call(events, "emit", &[name.into(), data.clone()])
}

/// The server sends an event.
fn receive(socket: &FakeSocket, name: &'static str, data: Option<&'static str>) {
    let mut event = Message::new(EventAction::Emit);
    event.name = Some(name.into());
    event.data = data.map(Into::into);
    socket.receive(&event);
}

#[wasm_bindgen_test]
fn events_are_other_bytes_than_those_of_the_javascript_client() {
    let (_client, events, socket) = events();
    for (data, bytes) in [
        ("'hi'", "1310041a0f080212042268692232057465737431"),
        ("0", "1010041a0c080212013032057465737431"),
        ("null", "1310041a0f080212046e756c6c32057465737431"),
        ("undefined", "0d10041a09080232057465737431"),
        (
            "{ a: [1, true, null] }",
            "2210041a1e080212137b2261223a5b312c747275652c6e756c6c5d7d32057465737431",
        ),
    ] {
        let data = script(&format!("return {data}"), &JsValue::UNDEFINED);
        emit(&events, "test1", &data).expect("valid");
        assert_eq!(socket.take_frames(), [bytes]);
    }
    let spy = Spy::default();
    subscribe(&events, "test1", &spy.function());
    assert_eq!(socket.take_frames(), ["1010041a0c08031a01303a057465737431"]);
    call(&events, "unsubscribe", &["test1".into()]).expect("valid");
    assert_eq!(socket.take_frames(), ["1010041a0c08041a01313a057465737431"]);
}

#[wasm_bindgen_test]
async fn names_that_are_subscribed_to_together_are_told_one_by_one() {
    let (client, socket) = open_client_with(&object("subscriptionInterval", 100));
    drop(socket.take_frames());
    let events = part(&client, "event");
    let callback = Spy::default().function();
    for name in ["test1", "gone", "test2", "test1"] {
        subscribe(&events, name, &callback);
    }
    call(&events, "unsubscribe", &["gone".into()]).expect("valid");
    assert_eq!(json(&call(&events, "eventNames", &[]).expect("valid")), "[\"test1\",\"test2\"]");
    until(|| socket.messages().len() == 1).await;
    assert_eq!(socket.take_frames(), ["1710041a1308031a01303a0574657374313a057465737432"]);
}

#[wasm_bindgen_test]
fn only_the_first_subscriber_and_the_last_to_go_are_told_to_the_server() {
    let (_client, events, socket) = events();
    let [one, two] = [Spy::default().function(), Spy::default().function()];
    subscribe(&events, "a", &one);
    subscribe(&events, "a", &two);
    subscribe(&events, "a", &two);
    assert_eq!(socket.take_frames().len(), 1);
    call(&events, "unsubscribe", &["a".into(), two.into()]).expect("valid");
    assert_eq!(socket.take_frames().len(), 0);
    call(&events, "unsubscribe", &["a".into(), one.into()]).expect("valid");
    assert_eq!(socket.take_frames().len(), 1);
}

#[wasm_bindgen_test]
fn an_event_arrives_as_another_value_than_was_sent() {
    let (_client, events, socket) = events();
    let spy = Spy::default();
    subscribe(&events, "test1", &spy.function());
    for (bytes, value) in [
        ("1310041a0f080212042268692232057465737431", "[\"hi\"]"),
        ("1010041a0c080212013032057465737431", "[0]"),
        ("1310041a0f080212046e756c6c32057465737431", "[null]"),
        (
            "2210041a1e080212137b2261223a5b312c747275652c6e756c6c5d7d32057465737431",
            "[{\"a\":[1,true,null]}]",
        ),
        ("0d10041a09080232057465737431", "[null]"),
    ] {
        socket.receive_hex(bytes);
        assert_eq!(spy.calls().last().map(String::as_str), Some(value));
    }
    assert!(spy.last().get(0).is_undefined(), "none is undefined");
    assert_eq!(spy.last().length(), 1);
}

#[wasm_bindgen_test]
fn subscribers_of_this_page_get_a_copy_or_get_it_later() {
    let (_client, events, socket) = events();
    let spy = Spy::default();
    subscribe(&events, "a", &spy.function());
    drop(socket.take_frames());
    let data = script("return { when: new Date(0) }", &JsValue::UNDEFINED);
    emit(&events, "a", &data).expect("valid");
    assert_eq!(spy.last().get(0), data, "the very same object");
    assert_eq!(socket.take_frames().len(), 1, "the others get it too");
    socket.end(1006);
    emit(&events, "a", &data).expect("valid");
    assert_eq!(spy.calls().len(), 2, "without a connection too");
}

#[wasm_bindgen_test]
fn subscribers_are_called_in_another_order_or_another_number_of_times() {
    let (_client, events, socket) = events();
    let order = script("return []", &JsValue::UNDEFINED).unchecked_into::<Array>();
    let noting = |name: &'static str| {
        let order = order.clone();
        variadic(move |_| {
            order.push(&name.into());
            Ok(())
        })
    };
    let [one, two, three] = ["one", "two", "three"].map(noting);
    subscribe(&events, "a", &one);
    subscribe(&events, "a", &two);
    subscribe(&events, "a", &one);
    // Whoever was there when the event came is called, and nobody else.
    let (inner, gone, late) = (events.clone(), two.clone(), three.clone());
    let meddler = variadic(move |_| {
        call(&inner, "unsubscribe", &["a".into(), gone.clone().into()])?;
        call(&inner, "subscribe", &["a".into(), late.clone().into()]).map(drop)
    });
    call(&events, "unsubscribe", &["a".into()]).expect("valid");
    for callback in [&meddler, &one, &two, &one] {
        subscribe(&events, "a", callback);
    }
    receive(&socket, "a", None);
    assert_eq!(json(&order), "[\"one\",\"two\",\"one\"]");
    order.set_length(0);
    call(&events, "unsubscribe", &["a".into(), meddler.into()]).expect("valid");
    emit(&events, "a", &JsValue::UNDEFINED).expect("valid");
    assert_eq!(json(&order), "[\"one\",\"one\",\"three\"]");
}

#[wasm_bindgen_test]
fn wrong_arguments_throw_something_else_than_the_javascript_client_throws() {
    let (_client, events, socket) = events();
    let callback = JsValue::from(Spy::default().function());
    let none = JsValue::UNDEFINED;
    for (method, arguments, name) in [
        ("subscribe", [none.clone(), callback.clone()], "name"),
        ("subscribe", ["".into(), callback.clone()], "name"),
        ("subscribe", ["a".into(), none.clone()], "callback"),
        ("unsubscribe", [1.into(), callback.clone()], "name"),
        ("unsubscribe", ["a".into(), JsValue::NULL], "callback"),
        ("emit", [JsValue::NULL, callback.clone()], "name"),
        ("listen", ["".into(), callback.clone()], "pattern"),
        ("listen", ["a".into(), "b".into()], "callback"),
        ("unlisten", [object("a", 1), none.clone()], "pattern"),
    ] {
        let error = thrown(call(&events, method, &arguments));
        assert_eq!(error, ("Error".into(), format!("invalid argument {name}")), "{method}");
    }
    assert_eq!(socket.take_frames().len(), 0);
}

#[wasm_bindgen_test]
fn what_is_not_subscribed_is_thrown_on_and_not_warned_of() {
    let (_client, events, socket) = events();
    let warned = warnings(|| drop(call(&events, "unsubscribe", &["a".into()]).expect("valid")));
    assert_eq!(warned, ["[\"Warning: EVENT (NOT_SUBSCRIBED)\"]"]);
    assert_eq!(socket.take_frames().len(), 0);
}

#[wasm_bindgen_test]
fn a_subscription_that_the_server_denies_keeps_its_subscribers() {
    let (client, events, socket) = events();
    let (spy, errors) = (Spy::default(), Spy::default());
    client.on(&"error".into(), &errors.function()).expect("valid");
    subscribe(&events, "a", &spy.function());
    let mut denied = Message::new(EventAction::MessageDenied);
    denied.name = Some("a".into());
    denied.original_action = Some(3);
    denied.is_error = Some(true);
    socket.receive(&denied);
    assert!(errors.calls().concat().contains("\"MESSAGE_DENIED\",\"EVENT\""));
    assert_eq!(json(&call(&events, "eventNames", &[]).expect("valid")), "[]");
    emit(&events, "a", &JsValue::UNDEFINED).expect("valid");
    assert_eq!(spy.calls().len(), 0);
    drop(socket.take_frames());
    subscribe(&events, "a", &spy.function());
    assert_eq!(socket.take_frames().len(), 1, "one may try again");
}

#[wasm_bindgen_test]
fn a_payload_that_is_no_json_ends_the_connection_or_passes_in_silence() {
    let (client, events, socket) = events();
    let (spy, errors) = (Spy::default(), Spy::default());
    client.on(&"error".into(), &errors.function()).expect("valid");
    subscribe(&events, "a", &spy.function());
    receive(&socket, "a", Some("{oops"));
    receive(&socket, "a", Some(""));
    assert_eq!(
        errors.calls(),
        [
            "[\"{oops\",\"MESSAGE_PARSE_ERROR\",\"PARSER\"]",
            "[\"\",\"MESSAGE_PARSE_ERROR\",\"PARSER\"]"
        ]
    );
    receive(&socket, "a", Some("1"));
    assert_eq!(spy.calls(), ["[1]"]);
    assert_eq!(client.state(), "OPEN");
}

#[wasm_bindgen_test]
fn what_a_subscriber_throws_stops_the_others_or_the_one_who_emits() {
    let (_client, events, socket) = events();
    let error = JsValue::from(Error::new("mine"));
    let (thrown, spy) = (error.clone(), Spy::default());
    subscribe(&events, "a", &variadic(move |_| Err(thrown.clone())));
    subscribe(&events, "a", &spy.function());
    let uncaught = uncaught(|| {
        receive(&socket, "a", Some("1"));
        emit(&events, "a", &2.into()).expect("it does not get to who emits");
    });
    assert_eq!(spy.calls(), ["[1]", "[2]"]);
    assert_eq!(uncaught.calls().len(), 2);
    assert_eq!(uncaught.last().get(0), error);
}

#[wasm_bindgen_test]
fn a_subscriber_that_calls_back_in_breaks_something() {
    let (client, events, socket) = events();
    let (spy, inner, handler) = (Spy::default(), client.clone(), events.clone());
    let late = spy.function();
    let busy = variadic(move |_| {
        call(&handler, "emit", &["b".into(), 1.into()])?;
        call(&handler, "unsubscribe", &["a".into()])?;
        call(&handler, "subscribe", &["b".into(), late.clone().into()])?;
        call(&handler, "emit", &["b".into(), 2.into()])?;
        inner.close();
        call(&handler, "emit", &["b".into(), 3.into()]).map(drop)
    });
    subscribe(&events, "a", &busy);
    drop(socket.take_frames());
    receive(&socket, "a", None);
    assert_eq!(spy.calls(), ["[2]", "[3]"]);
    let sent = socket.messages().into_iter().map(|it| (it.action, it.data));
    let sent = sent.collect::<Vec<_>>();
    let emitted = |data: &'static str| (EventAction::Emit.into(), Some(data.into()));
    assert_eq!(sent.first(), Some(&emitted("1")));
    assert!(sent.contains(&emitted("2")), "what came before close() leaves: {sent:?}");
    assert!(!sent.contains(&emitted("3")));
    assert_eq!(client.state(), "CLOSING");
}

#[wasm_bindgen_test]
fn subscribers_that_emit_without_end_hang_the_page() {
    for subscribers in 1..=3 {
        let (_client, events, _socket) = events();
        let spy = Spy::default();
        let endless = script("return () => it.emit('a')", &events);
        for _ in 0..subscribers {
            subscribe(&events, "a", &endless);
        }
        subscribe(&events, "b", &spy.function());
        let uncaught = uncaught(|| {
            emit(&events, "a", &JsValue::UNDEFINED).expect("it ends");
        });
        assert!(uncaught.last().get(0).is_instance_of::<js_sys::RangeError>());
        emit(&events, "b", &1.into()).expect("all is well again");
        assert_eq!(spy.calls(), ["[1]"]);
    }
}

#[wasm_bindgen_test]
fn data_that_calls_the_client_while_it_is_written_down_breaks_something() {
    let (client, events, socket) = events();
    let spy = Spy::default();
    let parts = Array::of3(&client, &events, &spy.function());
    let meddling = "return { toJSON() {
        const [client, events, spy] = it
        events.emit('a', 'inner')
        events.subscribe('a', spy)
        return 'outer'
    } }";
    emit(&events, "a", &script(meddling, &parts)).expect("valid");
    let data = |it: Message<'static>| it.data.map(String::from);
    let sent = socket.messages().into_iter().filter_map(data).collect::<Vec<_>>();
    assert_eq!(sent, ["\"inner\"", "\"outer\""]);
    assert_eq!(spy.count(), 1, "whoever subscribed before the event is called");

    let error = script("return new Error('mine')", &JsValue::UNDEFINED);
    let throwing = script("return { get a() { throw it } }", &error);
    let (name, message) = thrown(emit(&events, "a", &throwing));
    assert_eq!((name.as_str(), message.as_str()), ("TypeError", "invalid argument data: mine"));

    emit(&events, "a", &script("return { toJSON() { it[0].close() } }", &parts)).expect("valid");
    assert_eq!(client.state(), "CLOSING");
    assert!(JSON::stringify(&part(&client, "event")).is_ok());
}

#[wasm_bindgen_test]
fn an_error_without_a_message_that_data_throws_breaks_the_client() {
    let (_client, events, socket) = events();
    for error in [
        "Object.assign(new Error(), { message: 5 })",
        "Object.defineProperty(new Error(), 'message', { get() { throw 1 } })",
        "undefined",
        "Object.create(null)",
        "(() => { const { proxy, revoke } = Proxy.revocable({}, {}); revoke(); return proxy })()",
    ] {
        let data = format!("const error = {error}; return {{ toJSON() {{ throw error }} }}");
        let data = script(&data, &JsValue::UNDEFINED);
        let (name, message) = thrown(emit(&events, "a", &data));
        assert_eq!((name.as_str(), message.as_str()), ("TypeError", "invalid argument data: "));
    }
    emit(&events, "a", &1.into()).expect("valid");
    assert_eq!(socket.take_frames().len(), 1);
}

#[wasm_bindgen_test]
fn odd_names_are_lost_or_taken_for_others() {
    let (_client, events, socket) = events();
    let names = ["__proto__", "constructor", "toString", "\u{0}", "ü😀", " "];
    let spies = names.map(|name| {
        let spy = Spy::default();
        subscribe(&events, name, &spy.function());
        spy
    });
    for (name, spy) in names.into_iter().zip(&spies) {
        receive(&socket, name, Some("1"));
        emit(&events, name, &2.into()).expect("valid");
        assert_eq!(spy.calls(), ["[1]", "[2]"], "{name:?}");
    }
    // No bytes of the wire can say half a character.
    let half = script("return '\\ud800'", &JsValue::UNDEFINED);
    let spy = Spy::default();
    call(&events, "subscribe", &[half.clone(), spy.function().into()]).expect("valid");
    call(&events, "emit", &[half.clone(), 1.into()]).expect("valid");
    call(&events, "unsubscribe", &[half]).expect("valid");
    assert_eq!(spy.calls(), ["[1]"]);
}

#[wasm_bindgen_test]
fn ten_thousand_subscriptions_take_minutes() {
    let (client, _socket) = open_client();
    let took = script(
        "const start = performance.now()
         const callbacks = Array.from({ length: 10_000 }, () => () => {})
         callbacks.forEach((callback, at) => it.subscribe(`name ${at}`, callback))
         callbacks.forEach((callback, at) => it.unsubscribe(`name ${at}`, callback))
         callbacks.forEach((callback) => it.subscribe('one', callback))
         callbacks.forEach((callback) => it.unsubscribe('one', callback))
         return performance.now() - start",
        &part(&client, "event"),
    );
    // A call of JavaScript for each that is compared would take more than a minute.
    assert!(took.as_f64().is_some_and(|took| took < 30_000.0), "{took:?} ms");
}

#[wasm_bindgen_test]
fn the_handler_is_another_each_time() {
    let (client, _socket) = open_client();
    for name in ["event", "rpc", "presence"] {
        assert_eq!(part(&client, name), part(&client, name));
    }
}

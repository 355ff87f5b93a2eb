//! `client.presence`: who is online.

use std::slice;

use deepstream_wasm::core::protocol::{Message, PresenceAction};
use js_sys::{Array, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::client::{
    Client, Spy, call, client_with, json, object, open_client_with, part, script, settled, thrown,
    uncaught, until,
};
use crate::fake_socket::{FakeSocket, install};

const QUERY_ALL: &str = "0610071a020802";
const EVERYBODY: &str = "1010071a0c08034a03626f624a03657665";
const QUERY: &str = "0e10071a0a08042a01304a03626f62";
const ANSWER: &str = "1710071a130805220c7b22626f62223a747275657d2a0130";

/// `client.presence` of a client that tells of subscriptions at once, and the socket under it.
fn presence() -> (Client, JsValue, FakeSocket) {
    let (client, socket) = open_client_with(&object("subscriptionInterval", 0));
    drop(socket.take_frames());
    let presence = part(&client, "presence");
    (client, presence, socket)
}

/// The users that are asked about in the tests.
fn bob() -> JsValue {
    Array::of1(&"bob".into()).into()
}

#[wasm_bindgen_test]
async fn questions_are_other_bytes_or_are_answered_otherwise() {
    let (_client, presence, socket) = presence();
    let spy = Spy::default();
    let promise = call(&presence, "getAll", &[]).expect("valid");
    let returned = call(&presence, "getAll", &[spy.function().into()]).expect("valid");
    assert!(returned.is_undefined());
    assert_eq!(socket.take_frames(), [QUERY_ALL, QUERY_ALL]);
    socket.receive_hex(EVERYBODY);
    socket.receive_hex("0610071a020803");
    let users = settled(promise).await.expect("it is answered");
    assert_eq!(json(&users), "[\"bob\",\"eve\"]");
    assert!(Array::is_array(&users));
    assert_eq!(spy.calls(), ["[null,[]]"]);

    let promise = call(&presence, "getAll", &[bob()]).expect("valid");
    assert_eq!(socket.take_frames(), [QUERY]);
    socket.receive_hex(ANSWER);
    assert_eq!(json(&settled(promise).await.expect("it is answered")), "{\"bob\":true}");
    let nobody = [Array::new().into(), spy.function().into()];
    call(&presence, "getAll", &nobody).expect("valid");
    let query = socket.messages().pop().expect("a question");
    assert_eq!((query.names.len(), query.correlation_id.as_deref()), (0, Some("1")));
}

#[wasm_bindgen_test]
async fn a_refused_question_is_answered_otherwise_or_never() {
    let (_client, presence, socket) = presence();
    let spy = Spy::default();
    let promise = call(&presence, "getAll", &[]).expect("valid");
    call(&presence, "getAll", &[bob(), spy.function().into()]).expect("valid");
    let mut denied = Message::new(PresenceAction::MessageDenied);
    denied.original_action = Some(2);
    socket.receive(&denied);
    denied.original_action = Some(4);
    denied.correlation_id = Some("0".into());
    socket.receive(&denied);
    assert_eq!(spy.calls(), ["[\"MESSAGE_DENIED\"]"]);
    assert_eq!(settled(promise).await, Err("MESSAGE_DENIED".into()));
}

#[wasm_bindgen_test]
async fn an_answer_that_is_no_json_leaves_the_question_open() {
    let (client, presence, socket) = presence();
    let [errors, spy] = [Spy::default(), Spy::default()];
    client.on(&"error".into(), &errors.function()).expect("valid");
    let promise = call(&presence, "getAll", &[bob()]).expect("valid");
    call(&presence, "getAll", &[bob(), spy.function().into()]).expect("valid");
    for id in ["0", "1"] {
        let mut answer = Message::new(PresenceAction::QueryResponse);
        answer.correlation_id = Some(id.into());
        answer.data = Some("{oops".into());
        socket.receive(&answer);
    }
    assert_eq!(settled(promise).await, Err("MESSAGE_PARSE_ERROR".into()));
    assert_eq!(spy.calls(), ["[\"MESSAGE_PARSE_ERROR\"]"]);
    assert_eq!(errors.calls(), vec!["[\"{oops\",\"MESSAGE_PARSE_ERROR\",\"PARSER\"]"; 2]);
    assert_eq!(client.state(), "OPEN");
}

#[wasm_bindgen_test]
fn subscriptions_are_other_bytes_or_bring_other_values() {
    let (_client, presence, socket) = presence();
    let [all, one] = [Spy::default(), Spy::default()];
    let (to_all, to_one) = (JsValue::from(all.function()), JsValue::from(one.function()));
    call(&presence, "subscribe", slice::from_ref(&to_all)).expect("valid");
    call(&presence, "subscribe", &["bob".into(), to_one.clone()]).expect("valid");
    let frames = ["0610071a02080c", "0e10071a0a080a2a01304a03626f62"];
    assert_eq!(socket.take_frames(), frames);
    socket.receive_hex("0b10071a0708064203626f62");
    socket.receive_hex("0b10071a0708084203626f62");
    socket.receive_hex("0b10071a0708064203657665");
    assert_eq!(one.calls(), ["[\"bob\",true]", "[\"bob\",false]"]);
    assert_eq!(all.calls().len(), 0);
    socket.receive_hex("0b10071a0708074203626f62");
    socket.receive_hex("0b10071a0708094203657665");
    assert_eq!(all.calls(), ["[\"bob\",true]", "[\"eve\",false]"]);

    // The JavaScript client throws when another callback remains.
    let other = JsValue::from(Spy::default().function());
    call(&presence, "subscribe", &["bob".into(), other]).expect("valid");
    call(&presence, "unsubscribe", &["bob".into(), to_one]).expect("valid");
    assert_eq!(socket.take_frames().len(), 0);
    call(&presence, "unsubscribe", &["bob".into()]).expect("valid");
    call(&presence, "unsubscribe", &[to_all]).expect("valid");
    let frames = ["0e10071a0a080b2a01314a03626f62", "0610071a02080d"];
    assert_eq!(socket.take_frames(), frames);
}

#[wasm_bindgen_test]
fn unsubscribing_from_everything_leaves_some_user() {
    let (_client, presence, socket) = presence();
    let spy = Spy::default();
    let callback = JsValue::from(spy.function());
    call(&presence, "subscribe", slice::from_ref(&callback)).expect("valid");
    for user in ["bob", "eve"] {
        call(&presence, "subscribe", &[user.into(), callback.clone()]).expect("valid");
    }
    drop(socket.take_frames());
    call(&presence, "unsubscribe", &[]).expect("valid");
    let actions = socket.messages().into_iter().map(|it| (it.action, it.names.concat()));
    let expected = [
        (PresenceAction::Unsubscribe.into(), "bob".to_owned()),
        (PresenceAction::Unsubscribe.into(), "eve".to_owned()),
        (PresenceAction::UnsubscribeAll.into(), String::new()),
    ];
    assert_eq!(actions.collect::<Vec<_>>(), expected);
    socket.receive_hex("0b10071a0708064203626f62");
    assert_eq!(spy.calls().len(), 0);
}

#[wasm_bindgen_test]
fn wrong_arguments_throw_something_else_than_the_javascript_client_throws() {
    let (_client, presence, socket) = presence();
    let callback = JsValue::from(Spy::default().function());
    let cases = [
        ("subscribe", vec![], "invalid arguments: \"user\" or \"callback\""),
        ("subscribe", vec!["bob".into()], "invalid arguments: \"user\" or \"callback\""),
        (
            "subscribe",
            vec!["".into(), callback.clone()],
            "invalid arguments: \"user\" or \"callback\"",
        ),
        (
            "subscribe",
            vec![callback.clone(), callback.clone()],
            "invalid arguments: \"user\" or \"callback\"",
        ),
        ("unsubscribe", vec!["bob".into(), 1.into()], "invalid argument: \"callback\""),
        ("unsubscribe", vec![1.into()], "invalid argument: \"user\" or \"callback\""),
        ("unsubscribe", vec![JsValue::NULL], "invalid argument: \"user\" or \"callback\""),
        ("getAll", vec!["bob".into()], "invalid argument: \"callback\""),
        ("getAll", vec![bob(), 1.into()], "invalid argument: \"users\" or \"callback\""),
        ("getAll", vec![callback.clone(), bob()], "invalid argument: \"users\" or \"callback\""),
        ("getAll", vec![Array::of1(&1.into()).into()], "invalid argument: \"users\""),
    ];
    for (method, arguments, message) in cases {
        let error = thrown(call(&presence, method, &arguments));
        assert_eq!(error, ("Error".into(), message.into()), "{method}");
    }
    assert_eq!(socket.take_frames().len(), 0);
}

#[wasm_bindgen_test]
fn an_array_that_throws_at_whoever_looks_at_it_is_asked_about() {
    let (_client, presence, socket) = presence();
    let hostile = [
        "const { proxy, revoke } = Proxy.revocable([], {}); revoke(); return proxy",
        "return Object.defineProperty([], 0, { get() { throw new TypeError('mine') } })",
        "return Object.assign([], { [Symbol.iterator]() { throw new TypeError('mine') } })",
    ];
    for source in hostile {
        let users = script(source, &JsValue::UNDEFINED);
        assert_eq!(thrown(call(&presence, "getAll", slice::from_ref(&users))).0, "TypeError");
    }
    call(&presence, "getAll", &[bob()]).expect("valid");
    assert_eq!(socket.take_frames(), [QUERY]);
}

#[wasm_bindgen_test]
async fn a_question_without_hope_waits_or_is_answered_within_the_call() {
    let (client, presence, _socket) = presence();
    client.close();
    let spy = Spy::default();
    call(&presence, "getAll", &[spy.function().into()]).expect("valid");
    assert_eq!(spy.calls().len(), 0, "as with the JavaScript client, not within the call");
    let promise = call(&presence, "getAll", &[bob()]).expect("valid");
    assert_eq!(settled(promise).await, Err("client offline".into()));
    until(|| spy.calls().len() == 1).await;
    assert_eq!(spy.calls(), ["[\"client offline\"]"]);
}

#[wasm_bindgen_test]
async fn a_question_that_is_under_way_when_the_client_closes_waits_for_ever() {
    let (client, presence, _socket) = presence();
    let promise = call(&presence, "getAll", &[]).expect("valid");
    client.close();
    assert_eq!(settled(promise).await, Err("client offline".into()));
}

#[wasm_bindgen_test]
fn what_callbacks_throw_or_do_breaks_something() {
    let (client, presence, socket) = presence();
    let meddling = "return (...told) => {
        const { presence, event } = it
        presence.getAll(() => {})
        presence.unsubscribe()
        presence.subscribe('bob', () => event.emit('seen', told))
        throw new Error('mine')
    }";
    let meddler = script(meddling, &client);
    call(&presence, "subscribe", &["bob".into(), meddler.clone()]).expect("valid");
    call(&presence, "subscribe", slice::from_ref(&meddler)).expect("valid");
    call(&presence, "getAll", slice::from_ref(&meddler)).expect("valid");
    let errors = uncaught(|| {
        socket.receive_hex("0b10071a0708064203626f62");
        socket.receive_hex("0b10071a0708074203626f62");
        socket.receive_hex("0b10071a0708064203626f62");
        socket.receive_hex(EVERYBODY);
    });
    assert_eq!(errors.calls().len(), 2, "who is not subscribed any more is not called");
    let data = socket.messages().into_iter().filter_map(|it| it.data).collect::<Vec<_>>();
    assert_eq!(data, ["[\"bob\",true]"]);
    let closing = script("return () => it.close()", &client);
    call(&presence, "subscribe", &["bob".into(), closing]).expect("valid");
    socket.receive_hex("0b10071a0708064203626f62");
    assert_eq!(client.state(), "CLOSING");
}

#[wasm_bindgen_test]
fn promises_of_a_page_that_has_put_its_own_in_their_place_break_the_client() {
    let (_client, presence, socket) = presence();
    let own = Reflect::get(&js_sys::global(), &"Promise".into()).expect("it is there");
    script("globalThis.Promise = class { constructor() {} }", &JsValue::UNDEFINED);
    let refused = call(&presence, "getAll", &[]);
    Reflect::set(&js_sys::global(), &"Promise".into(), &own).expect("it can be put back");
    assert!(refused.is_err());
    let promise = call(&presence, "getAll", &[]).expect("valid");
    assert!(promise.is_instance_of::<Promise>());
    assert_eq!(socket.take_frames(), [QUERY_ALL]);
}

#[wasm_bindgen_test]
fn a_client_that_never_connected_forgets_what_it_was_told() {
    install();
    let client = client_with(&"a.b".into(), &object("subscriptionInterval", 0)).expect("valid");
    let presence = part(&client, "presence");
    let callback = JsValue::from(Spy::default().function());
    call(&presence, "subscribe", slice::from_ref(&callback)).expect("valid");
    call(&presence, "subscribe", &["bob".into(), callback]).expect("valid");
    call(&presence, "getAll", &[bob(), Spy::default().function().into()]).expect("valid");
    client.login(&JsValue::UNDEFINED, &JsValue::UNDEFINED).expect("valid");
    let socket = FakeSocket::last();
    crate::client::accept(&socket);
    drop(socket.take_frames());
    socket.receive_hex("0610031a020803");
    let frames = ["0e10071a0a080a2a01304a03626f62", "0610071a02080c", QUERY];
    assert_eq!(socket.take_frames(), frames);
}

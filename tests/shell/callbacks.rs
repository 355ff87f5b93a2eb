//! Functions of the application: what they are given, and what they may do.

use std::cell::RefCell;
use std::rc::Rc;

use deepstream_wasm::core::protocol::{AuthAction, ConnectionAction, Message};
use js_sys::{Array, Error, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::client::{
    Client, Spy, accept, client, client_with, json, object, open_client, settled, uncaught,
    variadic,
};

fn states(client: &Client) -> Rc<RefCell<Vec<String>>> {
    let states = Rc::<RefCell<Vec<String>>>::default();
    let (noted, inner) = (Rc::clone(&states), client.clone());
    let listener = variadic(move |arguments| {
        let told = arguments.get(0).as_string().unwrap_or_default();
        assert_eq!(inner.state(), told, "the state is the one that is told");
        noted.borrow_mut().push(told);
        Ok(())
    });
    client.on(&"connectionStateChanged".into(), &listener).expect("valid");
    states
}

fn with_data(action: AuthAction, data: &'static str) -> Message<'static> {
    let mut message = Message::new(action);
    message.data = Some(data.into());
    message
}

#[wasm_bindgen_test]
fn a_listener_is_told_each_state_while_it_is_the_state() {
    let (client, socket) = client();
    assert_eq!(client.state(), "CLOSED");
    let states = states(&client);
    client.login(&JsValue::UNDEFINED, &JsValue::UNDEFINED).expect("valid");
    accept(&socket);
    socket.receive(&Message::new(AuthAction::AuthSuccessful));
    client.close();
    socket.end(1005);
    let expected = [
        "AWAITING_CONNECTION",
        "CHALLENGING",
        "AWAITING_AUTHENTICATION",
        "AUTHENTICATING",
        "OPEN",
        "CLOSING",
        "CLOSED",
    ];
    assert_eq!(*states.borrow(), expected);
}

#[wasm_bindgen_test]
fn closing_from_within_a_listener_counts_at_once_and_is_told_to_all_in_order() {
    let (client, socket) = client();
    let later = Spy::default();
    let inner = client.clone();
    let closer = variadic(move |arguments| {
        if arguments.get(0) == "CHALLENGING" {
            inner.close();
            assert_eq!(inner.state(), "CLOSING");
        }
        Ok(())
    });
    client.on(&"connectionStateChanged".into(), &closer).expect("valid");
    client.on(&"connectionStateChanged".into(), &later.function()).expect("valid");
    socket.open();
    let told = later.calls();
    assert_eq!(told, ["[\"AWAITING_CONNECTION\"]", "[\"CHALLENGING\"]", "[\"CLOSING\"]"]);
    socket.end(1005);
    assert_eq!(client.state(), "CLOSED");
    assert!(socket.is_detached());
}

#[wasm_bindgen_test]
fn a_listener_that_causes_what_it_listens_to_leaves_the_page_alive() {
    let (client, _socket) = client();
    client.close();
    let inner = client.clone();
    let emitter = variadic(move |_| inner.event().emit(&"a".into(), &JsValue::UNDEFINED));
    client.on(&"error".into(), &emitter).expect("valid");
    client.event().emit(&"a".into(), &JsValue::UNDEFINED).expect("valid");
    // It has returned. What is left comes later, unless nobody listens any more.
    client.off(&"error".into(), &JsValue::UNDEFINED, &JsValue::UNDEFINED);

    let (client, _socket) = open_client();
    let inner = client.clone();
    let seesaw = variadic(move |arguments| {
        if arguments.get(0) == "OFFLINE" {
            inner.resume(&JsValue::UNDEFINED).map(drop)
        } else {
            inner.pause();
            Ok(())
        }
    });
    client.on(&"connectionStateChanged".into(), &seesaw).expect("valid");
    client.pause();
    client.off(&"connectionStateChanged".into(), &JsValue::UNDEFINED, &JsValue::UNDEFINED);
    client.close();
}

#[wasm_bindgen_test]
fn a_browser_that_never_opens_a_socket_leaves_the_page_alive() {
    let options = object("reconnectIntervalIncrement", 0);
    Reflect::set(&options, &"maxReconnectAttempts".into(), &f64::INFINITY.into())
        .expect("an object");
    Reflect::set(&options, &"lazyConnect".into(), &true.into()).expect("an object");
    crate::fake_socket::install();
    let client = client_with(&"a.b".into(), &options).expect("valid");
    let errors = Spy::default();
    client.on(&"error".into(), &errors.function()).expect("valid");
    crate::fake_socket::refuse(&Error::new("not from here"));
    client.login(&JsValue::UNDEFINED, &Spy::default().function()).expect("valid");
    assert_eq!(
        errors.calls().first().map(String::as_str),
        Some("[\"not from here\",\"CONNECTION_ERROR\",\"CONNECTION\"]")
    );
    client.close();
    assert_eq!(client.state(), "CLOSED");
}

#[wasm_bindgen_test]
fn what_a_listener_throws_is_reported_and_stops_nothing() {
    let (client, socket) = client();
    let error = Error::new("mine");
    let thrown = JsValue::from(error.clone());
    let thrower = variadic(move |_| Err(thrown.clone()));
    let other = Spy::default();
    client.on(&"connectionStateChanged".into(), &thrower).expect("valid");
    client.on(&"connectionStateChanged".into(), &other.function()).expect("valid");
    let uncaught = uncaught(|| socket.open());

    assert_eq!(other.calls(), ["[\"AWAITING_CONNECTION\"]", "[\"CHALLENGING\"]"]);
    assert_eq!(uncaught.calls().len(), 2);
    assert_eq!(uncaught.last().get(0), JsValue::from(error), "the very same error");
}

#[wasm_bindgen_test]
async fn a_login_settles_by_promise_and_by_callback() {
    let (client, socket) = client();
    let spy = Spy::default();
    let promise = client.login(&object("user", "a"), &JsValue::UNDEFINED).expect("valid");
    client.login(&object("user", "a"), &spy.function()).expect("valid");
    accept(&socket);
    socket.receive(&with_data(AuthAction::AuthSuccessful, "{\"id\":7}"));
    assert_eq!(spy.calls(), ["[true,{\"id\":7}]"]);
    assert_eq!(settled(promise).await.map(|it| json(&it)), Ok("{\"id\":7}".to_owned()));
}

#[wasm_bindgen_test]
async fn a_refused_login_settles_by_promise_and_by_callback() {
    let (client, socket) = client();
    let spy = Spy::default();
    accept(&socket);
    client.login(&object("user", "a"), &spy.function()).expect("valid");
    socket.receive(&Message::new(AuthAction::AuthUnsuccessful));
    assert_eq!(spy.calls(), ["[false,{\"reason\":\"INVALID_AUTHENTICATION_DETAILS\"}]"]);
    let promise = client.login(&object("user", "b"), &JsValue::UNDEFINED).expect("valid");
    socket.receive(&with_data(AuthAction::AuthUnsuccessful, "\"no\""));
    let reason = "{\"reason\":\"no\"}".to_owned();
    assert_eq!(settled(promise).await.map_err(|it| json(&it)), Err(reason));
}

#[wasm_bindgen_test]
async fn a_login_to_a_closed_client_is_refused_and_reported() {
    let (client, _socket) = client();
    let errors = Spy::default();
    client.on(&"error".into(), &errors.function()).expect("valid");
    client.close();
    assert_eq!(client.state(), "CLOSED");
    let promise = client.login(&JsValue::UNDEFINED, &JsValue::UNDEFINED).expect("valid");
    assert_eq!(errors.calls(), ["[null,\"IS_CLOSED\",\"CONNECTION\"]"]);
    assert!(errors.last().get(0).is_undefined());
    let reason = "{\"reason\":\"IS_CLOSED\"}".to_owned();
    assert_eq!(settled(promise).await.map_err(|it| json(&it)), Err(reason));
}

#[wasm_bindgen_test]
fn client_data_is_told_as_a_copy_and_as_an_object() {
    let (client, socket) = client();
    let (events, logins) = (Spy::default(), Spy::default());
    client.on(&"clientDataChanged".into(), &events.function()).expect("valid");
    client.login(&JsValue::UNDEFINED, &logins.function()).expect("valid");
    accept(&socket);
    socket.receive(&with_data(AuthAction::AuthSuccessful, "{\"id\":7}"));
    assert_eq!(events.calls(), ["[{\"id\":7}]"]);
    assert_ne!(events.last().get(0), logins.last().get(1));
}

#[wasm_bindgen_test]
fn data_that_is_not_json_is_an_error_and_the_login_counts() {
    let (client, socket) = client();
    let (errors, logins) = (Spy::default(), Spy::default());
    client.on(&"error".into(), &errors.function()).expect("valid");
    client.login(&JsValue::UNDEFINED, &logins.function()).expect("valid");
    accept(&socket);
    socket.receive(&with_data(AuthAction::AuthSuccessful, "{oops"));
    assert_eq!(logins.calls(), ["[true,null]"]);
    assert_eq!(errors.calls(), ["[\"{oops\",\"MESSAGE_PARSE_ERROR\",\"PARSER\"]"]);
    assert_eq!(client.state(), "OPEN");
}

#[wasm_bindgen_test]
fn a_resume_is_answered_with_nothing_or_with_the_reason() {
    let (client, first) = open_client();
    let spy = Spy::default();
    client.pause();
    first.end(1005);
    assert_eq!(client.state(), "OFFLINE");
    client.resume(&spy.function()).expect("valid");
    let second = crate::fake_socket::FakeSocket::last();
    accept(&second);
    second.receive(&Message::new(AuthAction::AuthSuccessful));
    assert_eq!(spy.calls(), ["[]"]);
    client.pause();
    second.end(1005);
    client.resume(&spy.function()).expect("valid");
    let third = crate::fake_socket::FakeSocket::last();
    accept(&third);
    third.receive(&with_data(AuthAction::AuthUnsuccessful, "\"no\""));
    assert_eq!(spy.calls(), ["[]", "[{\"reason\":\"no\"}]"]);
}

#[wasm_bindgen_test]
fn messages_in_errors_look_as_the_javascript_client_shows_them() {
    let (client, socket) = client();
    let errors = Spy::default();
    client.on(&"error".into(), &errors.function()).expect("valid");
    accept(&socket);
    socket.receive(&Message::new(ConnectionAction::AuthenticationTimeout));
    let expected = "[{\"topic\":2,\"action\":100},\"AUTHENTICATION_TIMEOUT\",\"CONNECTION\"]";
    assert_eq!(errors.calls(), [expected]);
    client.event().emit(&"a".into(), &Array::of1(&1.into())).expect("valid");
    let expected = "[{\"topic\":4,\"action\":2,\"name\":\"a\",\"data\":\"[1]\",\
                    \"parsedData\":[1]},\"IS_CLOSED\",\"CONNECTION\"]";
    assert_eq!(errors.calls().last().map(String::as_str), Some(expected));
}

#[wasm_bindgen_test]
async fn a_login_that_is_closed_before_its_answer_is_no_uncaught_error() {
    let uncaught = Rc::<RefCell<Vec<String>>>::default();
    let window = js_sys::global().unchecked_into::<web_sys::EventTarget>();
    let reported = Promise::new(&mut |resolve, _| {
        let noted = Rc::clone(&uncaught);
        let listener = variadic(move |arguments| {
            let event = arguments.get(0);
            event.unchecked_ref::<web_sys::Event>().prevent_default();
            let reason = json(&Reflect::get(&event, &"reason".into())?);
            noted.borrow_mut().push(reason);
            resolve.call0(&JsValue::UNDEFINED).map(drop)
        });
        window.add_event_listener_with_callback("unhandledrejection", &listener).expect("valid");
    });
    let (client, _socket) = client();
    client.login(&JsValue::UNDEFINED, &JsValue::UNDEFINED).expect("valid");
    client.close();
    // Rejections are reported in order, so that this one comes after what should not.
    drop(Promise::reject(&"control".into()));
    settled(reported.into()).await.expect("it is resolved");
    assert_eq!(*uncaught.borrow(), ["\"control\""]);
}

//! Arguments and options that can't be used, and those that can.

use deepstream_wasm::core::protocol::{AuthAction, EventAction};
use js_sys::{Error, Function, JSON, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::client::{
    Client, Spy, accept, client, client_with, object, open_client, thrown, warnings,
};
use crate::fake_socket::{FakeSocket, install, refuse};

fn made(options: &JsValue) -> Result<Client, JsValue> {
    install();
    client_with(&"a.b".into(), options)
}

fn error(name: &str, message: &str) -> (String, String) {
    (name.to_owned(), message.to_owned())
}

#[wasm_bindgen_test]
fn a_url_that_is_none_is_thrown_on_and_nothing_is_dialled() {
    install();
    let none = client_with(&JsValue::UNDEFINED, &JsValue::UNDEFINED);
    assert_eq!(thrown(none), error("TypeError", "invalid argument url: must be a string"));
    let http = client_with(&"http://a.b".into(), &JsValue::UNDEFINED);
    let expected = error("Error", "invalid argument url: Only ws and wss are supported");
    assert_eq!(thrown(http), expected);
    assert_eq!(FakeSocket::count(), 0);
}

#[wasm_bindgen_test]
fn what_the_browser_throws_on_an_address_is_thrown_by_the_constructor() {
    install();
    refuse(&Error::new("not from here"));
    let client = client_with(&"a.b".into(), &JsValue::UNDEFINED);
    assert_eq!(thrown(client), error("Error", "not from here"));
}

#[wasm_bindgen_test]
fn an_address_that_only_the_browser_refuses_is_thrown_on_before_it_is_dialled() {
    install();
    for url in ["a:99999", "a:x", "ws://[::1"] {
        let (name, message) = thrown(client_with(&url.into(), &object("lazyConnect", true)));
        assert_eq!(name, "TypeError");
        assert!(message.starts_with("invalid argument url: "), "{message}");
    }
    assert_eq!(FakeSocket::count(), 0);
}

#[wasm_bindgen_test]
fn the_name_that_a_storage_of_ones_own_goes_by_is_refused() {
    let name = object("storageName", "mine");
    let expected = "invalid argument storageName: must be 'indexdb' or 'localstorage'";
    assert_eq!(thrown(made(&name)), error("RangeError", expected), "there is none");
    let source = "return { offlineEnabled: true, storageName: 'mine', storage: {
        get: (name, callback) => callback(name, -1, null), set() {}, delete() {}, reset() {},
    } }";
    let options = Function::new_no_args(source).call0(&JsValue::NULL).expect("it makes an object");
    assert!(made(&options).is_ok());
}

/// An object that throws at whatever is asked of it.
fn hostile() -> JsValue {
    let source = "const { proxy, revoke } = Proxy.revocable({}, {}); revoke(); return proxy";
    let make = Function::new_no_args(source);
    make.call0(&JsValue::NULL).expect("it makes a proxy")
}

#[wasm_bindgen_test]
fn what_an_options_object_throws_is_thrown_on_and_hurts_nobody() {
    let (client, socket) = open_client();
    for _ in 0..2_000 {
        assert_eq!(thrown(made(&hostile())).0, "TypeError");
        assert_eq!(thrown(made(&object("ignorePrefixes", hostile()))).0, "TypeError");
    }
    client.event().emit(&"a".into(), &1.into()).expect("valid");
    assert_eq!(socket.messages().last().map(|it| it.action), Some(EventAction::Emit.into()));
}

#[wasm_bindgen_test]
fn data_that_is_no_json_is_thrown_on_by_name() {
    let (client, _socket) = open_client();
    let circular = object("a", 1);
    Reflect::set(&circular, &"b".into(), &circular).expect("it is an object");
    let (name, message) = thrown(client.event().emit(&"a".into(), &circular));
    assert_eq!(name, "TypeError");
    assert!(message.starts_with("invalid argument data: "), "{message}");
    let (_, message) = thrown(client.login(&circular, &JsValue::UNDEFINED));
    assert!(message.starts_with("invalid argument details: "), "{message}");
}

#[wasm_bindgen_test]
fn a_wrong_option_is_thrown_on_by_name() {
    let number = "invalid argument heartbeatInterval: must be a number";
    let cases = [
        (object("heartbeatInterval", "1"), error("TypeError", number)),
        (
            object("heartbeatInterval", f64::NAN),
            error("RangeError", &format!("{number} of milliseconds greater than 0")),
        ),
        (
            object("socketOptions", object("jsonTransportMode", 1)),
            error(
                "TypeError",
                "invalid argument socketOptions.jsonTransportMode: must be true or false",
            ),
        ),
        ("options".into(), error("TypeError", "invalid argument options: must be an object")),
    ];
    for (options, expected) in cases {
        assert_eq!(thrown(made(&options)), expected);
    }
    assert_eq!(FakeSocket::count(), 0);
}

#[wasm_bindgen_test]
fn options_that_are_not_given_are_the_defaults() {
    assert!(made(&JsValue::NULL).is_ok());
    assert!(made(&object("heartbeatInterval", JsValue::UNDEFINED)).is_ok());
    assert!(made(&object("path", "/other")).is_ok());
    assert_eq!(FakeSocket::last().url(), "ws://a.b/other");
}

#[wasm_bindgen_test]
fn an_unknown_option_is_warned_of_once() {
    let warned = warnings(|| assert!(made(&object("reconectIntervalIncrement", 1)).is_ok()));
    let told = "[\"deepstream: option 'reconectIntervalIncrement' is unknown: it is ignored\"]";
    assert_eq!(warned, [told]);
}

#[wasm_bindgen_test]
fn details_and_callbacks_of_a_wrong_type_are_thrown_on() {
    let (client, _socket) = client();
    let undefined = JsValue::UNDEFINED;
    let details = error("TypeError", "invalid argument details: must be an object");
    assert_eq!(thrown(client.login(&"john".into(), &undefined)), details);
    assert_eq!(thrown(client.login(&1.into(), &undefined)), details);
    let callback = error("TypeError", "invalid argument callback: must be a function");
    assert_eq!(thrown(client.login(&object("a", 1), &1.into())), callback);
    assert_eq!(thrown(client.resume(&"x".into())), callback);
    assert_eq!(thrown(client.on(&"x".into(), &1.into())), callback);
    let event = error("TypeError", "invalid argument event: must be a string");
    assert_eq!(thrown(client.on(&1.into(), &Spy::default().function())), event);
    let cyclic = object("a", 1);
    Reflect::set(&cyclic, &"self".into(), &cyclic).expect("an object takes a property");
    assert_eq!(thrown(client.login(&cyclic, &undefined)).0, "TypeError");
}

#[wasm_bindgen_test]
fn every_overload_of_login_sends_its_details() {
    let none = JsValue::UNDEFINED;
    let callback = JsValue::from(Spy::default().function());
    let details = object("user", "bob");
    for (first, second, sent, is_promise) in [
        (&none, &none, "{}", true),
        (&callback, &none, "{}", false),
        (&details, &none, "{\"user\":\"bob\"}", true),
        (&details, &callback, "{\"user\":\"bob\"}", false),
        (&JsValue::NULL, &callback, "{}", false),
    ] {
        let (client, socket) = client();
        let returned = client.login(first, second).expect("valid");
        assert_eq!(returned.is_instance_of::<js_sys::Promise>(), is_promise);
        accept(&socket);
        let request = socket.messages().pop().expect("a login was sent");
        assert_eq!(request.action, AuthAction::Request.into());
        assert_eq!(request.data.as_deref(), Some(sent));
    }
}

#[wasm_bindgen_test]
fn an_event_needs_a_name_and_takes_any_data() {
    let (client, socket) = open_client();
    for name in [JsValue::UNDEFINED, "".into(), 1.into()] {
        let refused = client.event().emit(&name, &JsValue::NULL);
        assert_eq!(thrown(refused), error("Error", "invalid argument name"));
    }
    let before = socket.messages().len();
    let data = JSON::parse("[{\"ü\":null},0,\"\"]").expect("it is JSON");
    for data in [&data, &JsValue::NULL, &JsValue::UNDEFINED, &0.into()] {
        client.event().emit(&"news".into(), data).expect("valid");
    }
    let sent = socket.messages().split_off(before);
    assert!(sent.iter().all(|it| it.action == EventAction::Emit.into()));
    assert!(sent.iter().all(|it| it.name.as_deref() == Some("news")));
    let data = sent.iter().map(|it| it.data.as_deref()).collect::<Vec<_>>();
    assert_eq!(data, [Some("[{\"ü\":null},0,\"\"]"), Some("null"), None, Some("0")]);
}

#[wasm_bindgen_test]
fn sub_objects_are_the_same_each_time() {
    let (client, _socket) = client();
    assert_eq!(JsValue::from(client.event()), JsValue::from(client.event()));
}

#[wasm_bindgen_test]
fn uids_differ_and_begin_with_the_time() {
    let (client, _socket) = client();
    let before = js_sys::Date::now();
    let (first, second) = (client.uid(), client.uid());
    assert_ne!(first, second);
    let parse = Function::new_with_args("uid", "return parseInt(uid.split('-')[0], 36)");
    let time = parse.call1(&JsValue::NULL, &first.into()).expect("it parses");
    let time = time.as_f64().expect("a number");
    assert!((before..=js_sys::Date::now()).contains(&time));
}

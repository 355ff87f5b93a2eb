//! The methods of an emitter.

use js_sys::Array;
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::client::{Spy, client, object, scope_spy, script, uncaught, variadic};

#[wasm_bindgen_test]
fn listeners_are_called_in_order_with_all_arguments() {
    let (client, _socket) = client();
    let spy = Spy::default();
    let listener = spy.function();
    client.on(&"x".into(), &listener).expect("valid");
    client.on(&"x".into(), &listener).expect("valid");
    client.emit("x", &Array::of3(&1.into(), &"two".into(), &JsValue::NULL));
    assert_eq!(spy.calls(), ["[1,\"two\",null]", "[1,\"two\",null]"]);
    client.emit("unknown", &Array::new());
    assert_eq!(spy.calls().len(), 2);
}

#[wasm_bindgen_test]
fn methods_that_add_and_remove_can_be_chained() {
    let (client, _socket) = client();
    let listener = Spy::default().function();
    let owner = JsValue::from(client.clone());
    assert_eq!(client.on(&"x".into(), &listener), Ok(owner.clone()));
    assert_eq!(client.once("x", &listener), owner);
    assert_eq!(client.emit("x", &Array::new()), owner);
    assert_eq!(client.off(&"x".into(), &listener, &JsValue::UNDEFINED), owner);
}

#[wasm_bindgen_test]
fn a_listener_is_called_on_its_scope_or_on_the_client() {
    let (client, _socket) = client();
    let (listener, scopes) = scope_spy();
    let scope = object("a", 1);
    client.on(&"x".into(), &listener).expect("valid");
    client.on_scoped("x", &listener, &scope);
    client.emit("x", &Array::new());
    assert_eq!(*scopes.borrow(), [JsValue::from(client), scope]);
}

#[wasm_bindgen_test]
fn a_listener_for_once_is_called_once_with_a_scope_too() {
    let (client, _socket) = client();
    let spy = Spy::default();
    client.once("x", &spy.function());
    client.once_scoped("x", &spy.function(), &object("a", 1));
    client.emit("x", &Array::new());
    client.emit("x", &Array::new());
    assert_eq!(spy.calls().len(), 2);
    assert!(!client.has_listeners("x"));
}

#[wasm_bindgen_test]
fn off_removes_what_it_is_given() {
    let (client, _socket) = client();
    let undefined = &JsValue::UNDEFINED;
    let (spy, other) = (Spy::default(), Spy::default());
    let (listener, scope) = (spy.function(), object("a", 1));
    let add = || {
        client.on(&"x".into(), &listener).expect("valid");
        client.on_scoped("x", &other.function(), &scope);
        client.on(&"y".into(), &listener).expect("valid");
    };

    add();
    client.off(&"x".into(), &listener, undefined);
    client.emit("x", &Array::new());
    assert_eq!((spy.calls().len(), other.calls().len()), (0, 1));
    client.off(&"x".into(), undefined, &scope);
    assert_eq!(client.event_names(), ["y"]);

    add();
    client.off(&"x".into(), undefined, undefined);
    assert_eq!(client.event_names(), ["y"]);
    client.off(undefined, undefined, undefined);
    assert_eq!(client.event_names(), [""; 0]);
}

#[wasm_bindgen_test]
fn off_removes_a_listener_for_once() {
    let (client, _socket) = client();
    let spy = Spy::default();
    let listener = spy.function();
    client.once("x", &listener);
    client.off(&"x".into(), &listener, &JsValue::UNDEFINED);
    client.emit("x", &Array::new());
    assert_eq!(spy.calls().len(), 0);
}

#[wasm_bindgen_test]
fn remove_context_removes_that_context_and_no_other() {
    let (client, _socket) = client();
    let (scope, other) = (object("a", 1), object("b", 2));
    let (kept, removed) = (Spy::default(), Spy::default());
    client.on_scoped("x", &removed.function(), &scope);
    client.on_scoped("x", &kept.function(), &other);
    client.remove_context(&scope);
    client.emit("x", &Array::new());
    assert_eq!((removed.calls().len(), kept.calls().len()), (0, 1));
}

#[wasm_bindgen_test]
fn whoever_listens_when_an_event_comes_is_called() {
    let (client, _socket) = client();
    let spy = Spy::default();
    let (late, removed) = (Spy::default(), spy.function());
    let (inner, to_remove, to_add) = (client.clone(), removed.clone(), late.function());
    let meddler = variadic(move |_| {
        inner.off(&"x".into(), &to_remove, &JsValue::UNDEFINED);
        inner.on(&"x".into(), &to_add).map(drop)
    });
    client.on(&"x".into(), &meddler).expect("valid");
    client.on(&"x".into(), &removed).expect("valid");
    client.emit("x", &Array::new());
    assert_eq!((spy.calls().len(), late.calls().len()), (1, 0));
}

#[wasm_bindgen_test]
fn listeners_that_emit_without_end_hang_the_page() {
    for listeners in 1..=3 {
        let (client, _socket) = client();
        let endless = script("return () => it.emit('x')", &client);
        for _ in 0..listeners {
            client.on(&"x".into(), &endless).expect("valid");
        }
        let uncaught = uncaught(|| drop(client.emit("x", &Array::new())));
        assert!(uncaught.last().get(0).is_instance_of::<js_sys::RangeError>());
        let spy = Spy::default();
        client.on(&"y".into(), &spy.function()).expect("valid");
        client.emit("y", &Array::new());
        assert_eq!(spy.count(), 1, "all is well again");
    }
}

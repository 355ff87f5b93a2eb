//! `client.event.listen()`: what listeners are told, and what they answer.

use deepstream_wasm::core::protocol::{EventAction, Message};
use js_sys::Reflect;
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::client::{
    Client, Spy, call, object, open_client_with, part, script, thrown, uncaught, warnings,
};
use crate::fake_socket::FakeSocket;

const LISTEN: &str = "0b10041a0708053203612e2a";
const UNLISTEN: &str = "0b10041a0708063203612e2a";
const ACCEPT: &str = "0f10041a0b08073203612e2a42026131";
const REJECT: &str = "0f10041a0b08083203612e2a42026131";
const FOUND: &str = "0f10041a0b080b3203612e2a42026131";
const REMOVED: &str = "0f10041a0b080c3203612e2a42026131";

/// `client.event` of a client that listens to `a.*` with a listener, and the socket under it.
fn listening(listener: &JsValue) -> (Client, JsValue, FakeSocket) {
    let (client, socket) = open_client_with(&JsValue::UNDEFINED);
    drop(socket.take_frames());
    let events = part(&client, "event");
    call(&events, "listen", &["a.*".into(), listener.clone()]).expect("valid");
    assert_eq!(socket.take_frames(), [LISTEN], "at once");
    (client, events, socket)
}

fn error_of(client: &Client) -> Spy {
    let spy = Spy::default();
    client.on(&"error".into(), &spy.function()).expect("valid");
    spy
}

#[wasm_bindgen_test]
fn a_listener_is_told_something_else_or_its_answer_is_other_bytes() {
    let spy = Spy::default();
    let (_client, events, socket) = listening(&spy.function());
    socket.receive_hex(FOUND);
    assert_eq!(spy.last().get(0), "a1");
    assert_eq!(socket.take_frames().len(), 0, "nobody answers for the application");
    let response = spy.last().get(1);
    call(&response, "accept", &[]).expect("valid");
    assert_eq!(socket.take_frames(), [ACCEPT]);
    call(&response, "reject", &["a reason".into()]).expect("valid");
    assert_eq!(socket.take_frames(), [REJECT]);
    call(&events, "unlisten", &["a.*".into()]).expect("valid");
    assert_eq!(socket.take_frames(), [UNLISTEN]);
}

#[wasm_bindgen_test]
fn functions_of_a_response_need_the_response() {
    let stopped = Spy::default();
    let source = "return (name, { accept, onStop }) => { onStop(it); accept() }";
    let (_client, _events, socket) = listening(&script(source, &stopped.function()));
    socket.receive_hex(FOUND);
    assert_eq!(socket.take_frames(), [ACCEPT]);
    socket.receive_hex(REMOVED);
    assert_eq!(stopped.calls(), ["[\"a1\"]"]);
    socket.receive_hex(REMOVED);
    assert_eq!(stopped.calls().len(), 1, "once");
}

#[wasm_bindgen_test]
fn what_is_provided_goes_on_after_the_connection_is_lost_or_closed() {
    for is_closed in [false, true] {
        let [replaced, stopped] = [Spy::default(), Spy::default()];
        let spy = Spy::default();
        let (client, _events, socket) = listening(&spy.function());
        socket.receive_hex(FOUND);
        let response = spy.last().get(1);
        for callback in [&replaced, &stopped] {
            call(&response, "onStop", &[callback.function().into()]).expect("valid");
        }
        if is_closed {
            client.close();
        } else {
            socket.end(1006);
        }
        assert_eq!(stopped.calls(), ["[\"a1\"]"]);
        assert_eq!(replaced.calls().len(), 0, "the last one given counts");
        call(&response, "accept", &[]).expect("it is for a connection that is gone");
    }
}

#[wasm_bindgen_test]
fn an_answer_for_another_connection_is_sent_on_the_next() {
    let spy = Spy::default();
    let (client, _events, socket) = listening(&spy.function());
    let errors = error_of(&client);
    socket.receive_hex(FOUND);
    client.close();
    drop(socket.take_frames());
    call(&spy.last().get(1), "accept", &[]).expect("valid");
    call(&spy.last().get(1), "reject", &[]).expect("valid");
    assert_eq!(socket.take_frames().len(), 0);
    assert_eq!(errors.calls().len(), 0);
}

#[wasm_bindgen_test]
fn a_second_listener_takes_the_place_of_the_first_or_throws() {
    let [first, second] = [Spy::default(), Spy::default()];
    let (_client, events, socket) = listening(&first.function());
    let again = ["a.*".into(), second.function().into()];
    let warned = warnings(|| drop(call(&events, "listen", &again).expect("valid")));
    assert_eq!(warned, ["[\"Warning: EVENT (LISTEN): LISTENER_EXISTS\"]"]);
    socket.receive_hex(FOUND);
    assert_eq!((first.calls().len(), second.calls().len()), (1, 0));
    let unlisten = || drop(call(&events, "unlisten", &["b".into()]).expect("valid"));
    assert_eq!(warnings(unlisten), ["[\"Warning: EVENT (UNLISTEN): NOT_LISTENING\"]"]);
    assert_eq!(socket.take_frames().len(), 0);
}

#[wasm_bindgen_test]
fn a_name_that_is_found_after_the_end_of_listening_is_told_or_kept_waiting() {
    let spy = Spy::default();
    let (_client, events, socket) = listening(&spy.function());
    call(&events, "unlisten", &["a.*".into()]).expect("valid");
    drop(socket.take_frames());
    socket.receive_hex(FOUND);
    assert_eq!(spy.calls().len(), 0);
    assert_eq!(socket.take_frames(), [REJECT]);
}

#[wasm_bindgen_test]
fn a_callback_that_is_none_is_taken_for_one() {
    let spy = Spy::default();
    let (_client, _events, socket) = listening(&spy.function());
    socket.receive_hex(FOUND);
    let error = thrown(call(&spy.last().get(1), "onStop", &["stop".into()]));
    assert_eq!(error, ("Error".into(), "invalid argument callback".into()));
}

#[wasm_bindgen_test]
fn what_listeners_throw_or_do_breaks_something() {
    let throwing = script("return () => { throw new Error('mine') }", &JsValue::UNDEFINED);
    let (_client, _events, socket) = listening(&throwing);
    let thrown = uncaught(|| socket.receive_hex(FOUND));
    assert_eq!(thrown.calls().len(), 1);

    let (client, holder) = (Spy::default(), object("client", JsValue::UNDEFINED));
    let meddling = "return (name, response) => {
        const { event } = it.client
        response.onStop(() => { event.emit('stopped', name); it.client.close() })
        event.unlisten('a.*')
        event.listen('a.*', it.spy)
        response.accept()
    }";
    Reflect::set(&holder, &"spy".into(), &client.function()).expect("an object");
    let (client, _events, socket) = listening(&script(meddling, &holder));
    Reflect::set(&holder, &"client".into(), &client).expect("an object");
    socket.receive_hex(FOUND);
    assert_eq!(socket.take_frames(), [UNLISTEN, LISTEN, ACCEPT]);
    socket.receive_hex(REMOVED);
    assert_eq!(socket.messages().first().map(|it| it.action), Some(EventAction::Emit.into()));
    assert_eq!(client.state(), "CLOSING");
}

#[wasm_bindgen_test]
fn messages_about_patterns_without_a_name_pass_in_silence() {
    let spy = Spy::default();
    let (client, _events, socket) = listening(&spy.function());
    let errors = error_of(&client);
    socket.receive(&Message::new(EventAction::SubscriptionForPatternFound));
    socket.receive(&Message::new(EventAction::SubscriptionForPatternRemoved));
    assert_eq!(errors.calls().len(), 2);
    assert_eq!(spy.calls().len(), 0);
}

#[wasm_bindgen_test]
fn a_page_with_a_bind_of_its_own_hears_nothing_of_patterns() {
    let spy = Spy::default();
    let (_client, _events, socket) = listening(&spy.function());
    let own = script(
        "const own = Function.prototype.bind
         Function.prototype.bind = () => { throw new Error('mine') }
         return own",
        &JsValue::UNDEFINED,
    );
    socket.receive_hex(FOUND);
    script("Function.prototype.bind = it", &own);
    assert_eq!(spy.calls().len(), 1);
    socket.receive_hex(FOUND);
    assert_eq!(spy.calls().len(), 2);
}

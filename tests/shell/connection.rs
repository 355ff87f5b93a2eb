//! The socket and the page under a client.

use deepstream_wasm::core::protocol::{ConnectionAction, Message};
use js_sys::{Function, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::client::{Spy, accept, client, open_client, variadic};
use crate::fake_socket::FakeSocket;

fn queued(client: &crate::client::Client) -> f64 {
    let info = client.info();
    let queued = Reflect::get(&info, &"queuedMessages".into()).expect("it is an object");
    queued.as_f64().expect("a number")
}

#[wasm_bindgen_test]
fn a_message_is_never_given_to_a_socket_that_would_swallow_it() {
    const CLOSING: u16 = 2;
    let (client, socket) = open_client();
    let before = socket.messages().len();
    socket.set_ready_state(CLOSING);
    for name in ["a", "b"] {
        client.event().emit(&name.into(), &JsValue::UNDEFINED).expect("valid");
    }
    assert_eq!(socket.messages().len(), before);
    assert_eq!(queued(&client), 2.0);

    socket.end(1006);
    let next = FakeSocket::last();
    accept(&next);
    next.receive(&Message::new(deepstream_wasm::core::protocol::AuthAction::AuthSuccessful));
    let names = next.messages().into_iter().filter_map(|it| it.name).collect::<Vec<_>>();
    assert_eq!(names, ["a", "b"]);
    assert_eq!(queued(&client), 0.0);
}

#[wasm_bindgen_test]
fn a_socket_that_answers_from_within_send_harms_nothing() {
    let (client, socket) = client();
    let inner = socket.clone();
    let answer = variadic(move |_| {
        if inner.messages().len() == 1 {
            inner.receive(&Message::new(ConnectionAction::Reject));
        }
        Ok(())
    });
    socket.on_send(&answer);
    socket.open();
    assert!(socket.is_detached());
    assert!(socket.closed());
    assert_eq!(client.state(), "CHALLENGE_DENIED");
}

#[wasm_bindgen_test]
fn bad_frames_are_reported_and_the_connection_goes_on() {
    let (client, socket) = open_client();
    let errors = Spy::default();
    client.on(&"error".into(), &errors.function()).expect("valid");
    socket.receive_raw(&[]);
    socket.receive_raw(&[0xff, 0xff, 0xff]);
    socket.receive_text("{}");
    assert_eq!(errors.calls().len(), 3);
    assert!(errors.calls().iter().all(|it| it.contains("\"MESSAGE_PARSE_ERROR\",\"PARSER\"")));
    assert_eq!(client.state(), "OPEN");
}

#[wasm_bindgen_test]
fn a_lost_socket_is_replaced_at_once_and_hears_no_more() {
    let (client, first) = open_client();
    first.end(1006);
    assert_eq!(client.state(), "RECONNECTING");
    assert_eq!(FakeSocket::count(), 2, "the first attempt is immediate");
    assert!(first.is_detached());
}

#[wasm_bindgen_test]
fn the_page_is_listened_to_while_there_is_something_to_keep_alive() {
    let count = Function::new_no_args(
        "const spy = { added: 0, removed: 0 }
         for (const [name, key] of [['addEventListener', 'added'], ['removeEventListener', 'removed']]) {
           for (const target of [globalThis, document]) {
             const own = target[name].bind(target)
             target[name] = (type, ...rest) => {
               if (['online', 'offline', 'pageshow', 'resume'].includes(type)) spy[key] += 1
               own(type, ...rest)
             }
           }
         }
         return spy",
    );
    let spy = count.call0(&JsValue::NULL).expect("it counts");
    let number = |key: &str| Reflect::get(&spy, &key.into()).ok().and_then(|it| it.as_f64());
    let (client, socket) = client();
    assert_eq!((number("added"), number("removed")), (Some(4.0), Some(0.0)));
    client.close();
    assert!(socket.is_detached());
    assert_eq!((number("added"), number("removed")), (Some(4.0), Some(4.0)));
    let restore = "for (const target of [globalThis, document]) {
                     delete target.addEventListener; delete target.removeEventListener }";
    Function::new_no_args(restore).call0(&JsValue::NULL).expect("it restores");
}

#[wasm_bindgen_test]
fn an_event_of_the_page_probes_an_open_link() {
    let (_client, socket) = open_client();
    let before = socket.messages().len();
    let online = web_sys::Event::new("online").expect("an event");
    let window = js_sys::global().unchecked_into::<web_sys::EventTarget>();
    window.dispatch_event(&online).expect("it is dispatched");
    let sent = socket.messages().split_off(before);
    assert_eq!(
        sent.iter().map(|it| it.action).collect::<Vec<_>>(),
        [ConnectionAction::Ping.into()]
    );
}

//! The client as JavaScript sees it, and helpers that bring it into a state.

use std::cell::RefCell;
use std::rc::Rc;

use deepstream_wasm::DeepstreamClient;
use deepstream_wasm::core::protocol::{AuthAction, ConnectionAction, Message};
use js_sys::{Array, Error, Function, Map, Object, Promise, Reflect};
use wasm_bindgen::prelude::*;

use crate::fake_socket::{FakeSocket, install};

#[wasm_bindgen]
extern "C" {
    #[derive(Clone)]
    pub type Client;
    #[wasm_bindgen(method, catch)]
    pub fn on(this: &Client, event: &JsValue, callback: &JsValue) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, js_name = on)]
    pub fn on_scoped(this: &Client, event: &str, callback: &Function, scope: &JsValue) -> JsValue;
    #[wasm_bindgen(method)]
    pub fn once(this: &Client, event: &str, callback: &Function) -> JsValue;
    #[wasm_bindgen(method, js_name = once)]
    pub fn once_scoped(this: &Client, event: &str, callback: &Function, scope: &JsValue)
    -> JsValue;
    #[wasm_bindgen(method)]
    pub fn off(this: &Client, event: &JsValue, callback: &JsValue, scope: &JsValue) -> JsValue;
    #[wasm_bindgen(method, variadic)]
    pub fn emit(this: &Client, event: &str, arguments: &Array) -> JsValue;
    #[wasm_bindgen(method, js_name = removeContext)]
    pub fn remove_context(this: &Client, scope: &JsValue);
    #[wasm_bindgen(method, js_name = hasListeners)]
    pub fn has_listeners(this: &Client, event: &str) -> bool;
    #[wasm_bindgen(method, js_name = eventNames)]
    pub fn event_names(this: &Client) -> Vec<String>;
    #[wasm_bindgen(method, catch)]
    pub fn login(this: &Client, details: &JsValue, callback: &JsValue) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch)]
    pub fn resume(this: &Client, callback: &JsValue) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method)]
    pub fn pause(this: &Client);
    #[wasm_bindgen(method)]
    pub fn close(this: &Client);
    #[wasm_bindgen(method, js_name = getConnectionState)]
    pub fn state(this: &Client) -> String;
    #[wasm_bindgen(method, js_name = getConnectionInfo)]
    pub fn info(this: &Client) -> JsValue;
    #[wasm_bindgen(method, js_name = getUid)]
    pub fn uid(this: &Client) -> String;
    #[wasm_bindgen(method, getter)]
    pub fn event(this: &Client) -> EventHandler;

    #[derive(Clone)]
    pub type EventHandler;
    #[wasm_bindgen(method, catch)]
    pub fn emit(this: &EventHandler, name: &JsValue, data: &JsValue) -> Result<(), JsValue>;
}

/// A client, made as the package's own class makes it.
pub fn client_with(url: &JsValue, options: &JsValue) -> Result<Client, JsValue> {
    let held = Map::new();
    for (name, kept) in [("REMOTE_WINS", "remote"), ("LOCAL_WINS", "local")] {
        let source = format!(
            "return (local, localVersion, remote, remoteVersion, done) => done(null, {kept})"
        );
        held.set(&name.into(), &script(&source, &JsValue::UNDEFINED));
    }
    let client = JsValue::from(DeepstreamClient::new(url.clone(), options.clone(), held.clone())?);
    held.set(&0.into(), &client);
    Reflect::set(&client, &"held".into(), &held)?;
    Ok(client.unchecked_into())
}

/// A client whose socket, a fake, is not open yet.
pub fn client() -> (Client, FakeSocket) {
    install();
    let client = client_with(&"a.b".into(), &JsValue::UNDEFINED).expect("the arguments are valid");
    (client, FakeSocket::last())
}

/// A client that is logged in.
pub fn open_client() -> (Client, FakeSocket) {
    open_client_with(&JsValue::UNDEFINED)
}

/// A client with these options that is logged in.
pub fn open_client_with(options: &JsValue) -> (Client, FakeSocket) {
    install();
    let client = client_with(&"a.b".into(), options).expect("the options are valid");
    let socket = FakeSocket::last();
    client.login(&JsValue::UNDEFINED, &JsValue::UNDEFINED).expect("a login may be given nothing");
    accept(&socket);
    socket.receive(&Message::new(AuthAction::AuthSuccessful));
    assert_eq!(client.state(), "OPEN");
    (client, socket)
}

/// The socket opens, and the server accepts the challenge.
pub fn accept(socket: &FakeSocket) {
    socket.open();
    socket.receive(&Message::new(ConnectionAction::Accept));
}

/// A function that notes what it is called with, and what it is called on.
#[derive(Clone, Default)]
pub struct Spy {
    calls: Rc<RefCell<Vec<Array>>>,
}

impl Spy {
    /// A new function. Its calls are those of every other of this spy.
    pub fn function(&self) -> Function {
        let calls = Rc::clone(&self.calls);
        variadic(move |arguments| {
            calls.borrow_mut().push(arguments);
            Ok(())
        })
    }

    /// The arguments of each call, as JSON text.
    pub fn calls(&self) -> Vec<String> {
        self.calls.borrow().iter().map(|arguments| json(arguments)).collect()
    }

    /// How often it was called.
    pub fn count(&self) -> usize {
        self.calls.borrow().len()
    }

    /// The arguments of the last call.
    pub fn last(&self) -> Array {
        self.calls.borrow().last().cloned().expect("it was called")
    }
}

/// Calls a method by its name.
pub fn call(object: &JsValue, method: &str, arguments: &[JsValue]) -> Result<JsValue, JsValue> {
    let method = Reflect::get(object, &method.into())?.unchecked_into::<Function>();
    method.apply(object, &arguments.iter().cloned().collect())
}

/// `client.event`, `client.rpc` or `client.presence`.
pub fn part(client: &Client, name: &str) -> JsValue {
    Reflect::get(client, &name.into()).expect("it is a getter")
}

/// What JavaScript this is the value of, given some value as `it`.
pub fn script(source: &str, it: &JsValue) -> JsValue {
    let function = Function::new_with_args("it", source);
    function.call1(&JsValue::UNDEFINED, it).expect("it throws nothing")
}

/// What JavaScript comes to, given values by name.
pub fn run(source: &str, given: &[(&str, &JsValue)]) -> Result<JsValue, JsValue> {
    let names = given.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(",");
    let function = Function::new_with_args(&names, source);
    function.apply(&JsValue::UNDEFINED, &given.iter().map(|(_, value)| (*value).clone()).collect())
}

/// Name and message of the error that was thrown.
pub fn thrown(result: Result<impl Sized, JsValue>) -> (String, String) {
    let error = result.err().expect("it throws").dyn_into::<Error>().expect("an Error");
    (error.name().into(), error.message().into())
}

/// What is uncaught while something is done.
pub fn uncaught(act: impl FnOnce()) -> Spy {
    let spy = Spy::default();
    let quiet = "return (message, file, line, column, error) => { it(error); return true }";
    // The page's own handler would fail the test run.
    replaced("onerror", &script(quiet, &spy.function()), act);
    spy
}

/// What is warned of on the console while something is done.
pub fn warnings(act: impl FnOnce()) -> Vec<String> {
    let spy = Spy::default();
    let console = Reflect::get(&js_sys::global(), &"console".into()).expect("there is a console");
    replaced_in(&console, "warn", &spy.function(), act);
    spy.calls()
}

fn replaced(name: &str, value: &JsValue, act: impl FnOnce()) {
    replaced_in(&js_sys::global(), name, value, act);
}

fn replaced_in(object: &JsValue, name: &str, value: &JsValue, act: impl FnOnce()) {
    let own = Reflect::get(object, &name.into()).expect("it is there");
    Reflect::set(object, &name.into(), value).expect("it can be replaced");
    act();
    Reflect::set(object, &name.into(), &own).expect("it can be put back");
}

/// Waits until the page has nothing to do that is due.
pub async fn idle() {
    let source = "return new Promise((done) => setTimeout(() => setTimeout(done, 0), 0))";
    settled(script(source, &JsValue::UNDEFINED)).await.expect("it is resolved");
}

/// Waits until something is so.
pub async fn until(is_so: impl Fn() -> bool) {
    for _ in 0..1_000 {
        if is_so() {
            return;
        }
        idle().await;
    }
    assert!(is_so(), "it never is");
}

#[wasm_bindgen(inline_js = "
export function gather(call) { return function (...args) { return call(args, this) } }
export function text(value) { return JSON.stringify(value) ?? 'undefined' }
")]
extern "C" {
    fn gather(call: &JsValue) -> Function;
    fn text(value: &JsValue) -> String;
}

/// A function of any number of arguments. Lives as long as the test page.
pub fn variadic(mut act: impl FnMut(Array) -> Result<(), JsValue> + 'static) -> Function {
    let call = Closure::<dyn FnMut(Array, JsValue) -> Result<(), JsValue>>::new(
        move |arguments: Array, _this: JsValue| act(arguments),
    );
    gather(&call.into_js_value())
}

/// A function that notes what it is called on.
pub fn scope_spy() -> (Function, Rc<RefCell<Vec<JsValue>>>) {
    let scopes = Rc::<RefCell<Vec<JsValue>>>::default();
    let noted = Rc::clone(&scopes);
    let call =
        Closure::<dyn FnMut(Array, JsValue)>::new(move |_arguments: Array, this: JsValue| {
            noted.borrow_mut().push(this);
        });
    (gather(&call.into_js_value()), scopes)
}

pub fn json(value: &JsValue) -> String {
    text(value)
}

/// An object with one property.
pub fn object(name: &str, value: impl Into<JsValue>) -> JsValue {
    let object = Object::new();
    Reflect::set(&object, &name.into(), &value.into()).expect("an object takes a property");
    object.into()
}

/// What a promise comes to: its value, or what it is rejected with.
pub async fn settled(promise: JsValue) -> Result<JsValue, JsValue> {
    wasm_bindgen_futures::JsFuture::from(promise.unchecked_into::<Promise>()).await
}

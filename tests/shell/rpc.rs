//! `client.rpc`: calls that are made, and calls that are answered here.

use deepstream_wasm::core::protocol::{Message, RpcAction};
use js_sys::Reflect;
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::client::{
    Client, Spy, call, idle, json, object, open_client_with, part, script, settled, thrown,
    uncaught, until, warnings,
};
use crate::fake_socket::FakeSocket;

const REQUEST: &str = "1e10061a1a0802120d7b2261223a312c2262223a327d1a0263313a03616464";
const ACCEPT: &str = "0f10061a0b08041a0263313a03616464";
const RESPONSE: &str = "1210061a0e08051201331a0263313a03616464";
const ERROR: &str = "1610061a120807120522626164221a0263313a03616464";
const REJECT: &str = "0f10061a0b08061a0263313a03616464";

/// `client.rpc` of a client that tells of providers at once, and the socket under it.
fn rpc() -> (Client, JsValue, FakeSocket) {
    let (client, socket) = open_client_with(&object("subscriptionInterval", 0));
    drop(socket.take_frames());
    let rpc = part(&client, "rpc");
    (client, rpc, socket)
}

/// A client that provides `add`.
fn providing(provider: &JsValue) -> (Client, JsValue, FakeSocket) {
    let (client, rpc, socket) = rpc();
    call(&rpc, "provide", &["add".into(), provider.clone()]).expect("valid");
    assert_eq!(socket.take_frames(), ["0e10061a0a08081a01303203616464"]);
    (client, rpc, socket)
}

/// A provider of this source, which knows `it`.
fn provider(source: &str, it: &JsValue) -> JsValue {
    script(&format!("return (data, response) => {{ {source} }}"), it)
}

fn errors_of(client: &Client) -> Spy {
    let spy = Spy::default();
    client.on(&"error".into(), &spy.function()).expect("valid");
    spy
}

/// Makes an RPC, and returns what was sent.
fn made(rpc: &JsValue, socket: &FakeSocket, callback: &JsValue) -> (JsValue, Message<'static>) {
    let arguments = ["add".into(), 1.into(), callback.clone()];
    let returned = call(rpc, "make", &arguments).expect("valid");
    let request = socket.messages().pop().expect("it was sent");
    drop(socket.take_frames());
    (returned, request)
}

/// The answer to a request.
fn answer(
    action: RpcAction,
    request: &Message<'static>,
    data: Option<&'static str>,
) -> Message<'static> {
    let mut answer = Message::new(action);
    answer.name = request.name.clone();
    answer.correlation_id = request.correlation_id.clone();
    answer.data = data.map(Into::into);
    answer
}

#[wasm_bindgen_test]
fn a_provider_is_given_something_else_or_answers_other_bytes() {
    let spy = Spy::default();
    let (_client, rpc, socket) = providing(&spy.function());
    assert_eq!(json(&call(&rpc, "providerNames", &[]).expect("valid")), "[\"add\"]");
    for (method, argument, bytes) in [
        ("send", JsValue::from(3), &[ACCEPT, RESPONSE][..]),
        ("error", "bad".into(), &[ERROR]),
        ("reject", JsValue::UNDEFINED, &[REJECT]),
    ] {
        socket.receive_hex(REQUEST);
        assert_eq!(json(&spy.last().get(0)), "{\"a\":1,\"b\":2}");
        assert_eq!(spy.last().length(), 2);
        let response = spy.last().get(1);
        call(&response, method, &[argument]).expect("valid");
        assert_eq!(socket.take_frames(), bytes);
        for method in ["send", "error", "reject"] {
            let error = thrown(call(&response, method, &[1.into()]));
            assert_eq!(error, ("Error".into(), "Rpc add already completed".into()));
        }
        call(&response, "accept", &[]).expect("it does nothing");
        assert_eq!(socket.take_frames().len(), 0);
    }
    call(&rpc, "unprovide", &["add".into()]).expect("valid");
    assert_eq!(socket.take_frames(), ["0e10061a0a08091a01313203616464"]);
}

#[wasm_bindgen_test]
fn who_asks_is_told_otherwise_than_the_javascript_client_tells_it() {
    let spy = Spy::default();
    let (_client, _rpc, socket) = providing(&spy.function());
    socket.receive_hex("2010061a1c08021201311a0263313a036164645203626f625a077b2278223a317d");
    let requestor = "{\"requestorName\":\"bob\",\"requestorData\":{\"x\":1}}";
    assert_eq!(json(&spy.last().get(2)), requestor);
    assert_eq!(spy.last().get(0), 1);
}

#[wasm_bindgen_test]
async fn a_request_is_accepted_at_once_twice_or_never() {
    let spy = Spy::default();
    let (_client, _rpc, socket) = providing(&spy.function());
    socket.receive_hex(REQUEST);
    assert_eq!(Reflect::get(&spy.last().get(1), &"autoAccept".into()), Ok(true.into()));
    assert_eq!(socket.take_frames().len(), 0, "the provider may still do it");
    idle().await;
    assert_eq!(socket.take_frames(), [ACCEPT]);
    call(&spy.last().get(1), "accept", &[]).expect("valid");
    idle().await;
    assert_eq!(socket.take_frames().len(), 0);
    call(&spy.last().get(1), "send", &[3.into()]).expect("valid");
    assert_eq!(socket.take_frames(), [RESPONSE]);
}

#[wasm_bindgen_test]
async fn a_provider_that_accepts_itself_is_not_let_do_so() {
    for source in [
        "response.autoAccept = false",
        "Promise.resolve().then(() => { response.autoAccept = false })",
    ] {
        let spy = Spy::default();
        let source = [source, ";it(response)"].concat();
        let (_client, _rpc, socket) = providing(&provider(&source, &spy.function()));
        socket.receive_hex(REQUEST);
        idle().await;
        assert_eq!(socket.take_frames().len(), 0);
        call(&spy.last().get(0), "accept", &[]).expect("valid");
        assert_eq!(socket.take_frames(), [ACCEPT]);
        call(&spy.last().get(0), "send", &[3.into()]).expect("valid");
        assert_eq!(socket.take_frames(), [RESPONSE]);
    }
    for (source, bytes) in [
        ("response.accept(); response.accept()", vec![ACCEPT]),
        ("response.accept(); response.send(3)", vec![ACCEPT, RESPONSE]),
        ("response.send(3)", vec![ACCEPT, RESPONSE]),
        ("response.reject()", vec![REJECT]),
        ("response.error('bad')", vec![ERROR]),
    ] {
        let (_client, _rpc, socket) = providing(&provider(source, &JsValue::UNDEFINED));
        socket.receive_hex(REQUEST);
        idle().await;
        assert_eq!(socket.take_frames(), bytes, "{source}");
    }
}

#[wasm_bindgen_test]
fn a_hidden_page_accepts_when_the_server_has_given_up() {
    let hide = "Object.defineProperty(document, 'hidden', { configurable: true, value: true })";
    let spy = Spy::default();
    let (_client, _rpc, socket) = providing(&spy.function());
    script(hide, &JsValue::UNDEFINED);
    socket.receive_hex(REQUEST);
    let frames = socket.take_frames();
    script("delete document.hidden", &JsValue::UNDEFINED);
    assert_eq!(frames, [ACCEPT]);
    assert_eq!(Reflect::get(&spy.last().get(1), &"autoAccept".into()), Ok(true.into()));

    let manual = provider("response.autoAccept = false", &JsValue::UNDEFINED);
    let (_client, _rpc, socket) = providing(&manual);
    script(hide, &JsValue::UNDEFINED);
    socket.receive_hex(REQUEST);
    script("delete document.hidden", &JsValue::UNDEFINED);
    assert_eq!(socket.take_frames().len(), 0);
}

#[wasm_bindgen_test]
async fn a_provider_that_throws_or_never_answers_breaks_something() {
    let throwing = provider("throw new Error('mine')", &JsValue::UNDEFINED);
    let (client, _rpc, socket) = providing(&throwing);
    let errors = uncaught(|| {
        socket.receive_hex(REQUEST);
        socket.receive_hex(REQUEST);
    });
    assert_eq!(errors.calls().len(), 2);
    idle().await;
    assert_eq!(socket.take_frames(), [ACCEPT, ACCEPT], "the server sees to the rest");
    assert_eq!(client.state(), "OPEN");
}

#[wasm_bindgen_test]
fn a_request_whose_data_is_no_json_is_answered_by_nobody() {
    let spy = Spy::default();
    let (client, _rpc, socket) = providing(&spy.function());
    let errors = errors_of(&client);
    let mut request = Message::new(RpcAction::Request);
    request.name = Some("add".into());
    request.correlation_id = Some("c1".into());
    request.data = Some("{oops".into());
    socket.receive(&request);
    assert_eq!(spy.calls().len(), 0);
    assert_eq!(errors.calls(), ["[\"{oops\",\"MESSAGE_PARSE_ERROR\",\"PARSER\"]"]);
    let sent = socket.messages().pop().expect("the caller is told");
    assert_eq!(sent, answer(RpcAction::RequestError, &request, Some("\"MESSAGE_PARSE_ERROR\"")));
    assert_eq!(client.state(), "OPEN");

    request.data = Some("1".into());
    request.rare.requestor_data = Some("{oops".into());
    socket.receive(&request);
    assert_eq!(spy.calls().len(), 1, "what the server says of who asks is less important");
}

#[wasm_bindgen_test]
fn wrong_arguments_throw_something_else_than_the_javascript_client_throws() {
    let callback = JsValue::from(Spy::default().function());
    let (_client, rpc, socket) = providing(&callback);
    for (method, arguments, message) in [
        ("provide", vec!["".into(), 1.into()], "invalid argument name"),
        ("provide", vec!["add".into(), 1.into()], "RPC add already registered"),
        ("provide", vec!["b".into(), 1.into()], "invalid argument callback"),
        ("unprovide", vec![1.into()], "invalid argument name"),
        ("make", vec![JsValue::NULL, 1.into(), 1.into()], "invalid argument name"),
        ("make", vec!["b".into(), 1.into(), 1.into()], "invalid argument callback"),
    ] {
        let error = thrown(call(&rpc, method, &arguments));
        assert_eq!(error, ("Error".into(), message.into()), "{method}");
    }
    let warned = warnings(|| drop(call(&rpc, "unprovide", &["b".into()]).expect("valid")));
    assert_eq!(warned, ["[\"Warning: RPC (NOT_PROVIDED)\"]"]);
    assert_eq!(socket.take_frames().len(), 0);
}

#[wasm_bindgen_test]
async fn a_call_is_other_bytes_or_brings_another_answer() {
    let (_client, rpc, socket) = rpc();
    let spy = Spy::default();
    let (promise, request) = made(&rpc, &socket, &JsValue::UNDEFINED);
    let (returned, other) = made(&rpc, &socket, &spy.function());
    assert!(returned.is_undefined());
    assert_ne!(request.correlation_id, other.correlation_id);
    assert_eq!((request.name.as_deref(), request.data.as_deref()), (Some("add"), Some("1")));
    for request in [&other, &request] {
        socket.receive(&answer(RpcAction::Accept, request, None));
        socket.receive(&answer(RpcAction::Response, request, Some("[0]")));
    }
    assert_eq!(spy.calls(), ["[null,[0]]"]);
    assert_eq!(json(&settled(promise).await.expect("it is answered")), "[0]");

    let (promise, request) = made(&rpc, &socket, &JsValue::NULL);
    socket.receive(&answer(RpcAction::Response, &request, None));
    assert_eq!(settled(promise).await, Ok(JsValue::UNDEFINED));
}

#[wasm_bindgen_test]
async fn an_error_resolves_or_is_told_as_another() {
    let (_client, rpc, socket) = rpc();
    for (action, data, told) in [
        (RpcAction::RequestError, Some("\"bad\""), "\"bad\""),
        (RpcAction::RequestError, Some("{\"a\":1}"), "{\"a\":1}"),
        (RpcAction::RequestError, Some("0"), "0"),
        (RpcAction::RequestError, Some("\"\""), "\"\""),
        (RpcAction::RequestError, Some("false"), "false"),
        (RpcAction::RequestError, Some("null"), "\"REQUEST_ERROR\""),
        (RpcAction::RequestError, None, "\"REQUEST_ERROR\""),
        (RpcAction::RequestError, Some("{oops"), "\"{oops\""),
        (RpcAction::NoRpcProvider, None, "\"NO_RPC_PROVIDER\""),
        (RpcAction::ResponseTimeout, None, "\"RESPONSE_TIMEOUT\""),
        (RpcAction::AcceptTimeout, None, "\"ACCEPT_TIMEOUT\""),
        (RpcAction::MessageDenied, None, "\"MESSAGE_DENIED\""),
        (RpcAction::InvalidRpcCorrelationId, None, "\"INVALID_RPC_CORRELATION_ID\""),
    ] {
        let spy = Spy::default();
        let (promise, request) = made(&rpc, &socket, &JsValue::UNDEFINED);
        socket.receive(&answer(action, &request, data));
        let error = settled(promise).await.expect_err("it is refused");
        assert_eq!(json(&error), told);
        let (_, request) = made(&rpc, &socket, &spy.function());
        socket.receive(&answer(action, &request, data));
        assert_eq!(spy.calls(), [format!("[{told}]")]);
    }
}

#[wasm_bindgen_test]
async fn a_result_that_is_no_json_leaves_the_call_open() {
    let (client, rpc, socket) = rpc();
    let (errors, spy) = (errors_of(&client), Spy::default());
    let (promise, request) = made(&rpc, &socket, &JsValue::UNDEFINED);
    socket.receive(&answer(RpcAction::Response, &request, Some("{oops")));
    let (_, request) = made(&rpc, &socket, &spy.function());
    socket.receive(&answer(RpcAction::Response, &request, Some("{oops")));
    assert_eq!(settled(promise).await, Err("MESSAGE_PARSE_ERROR".into()));
    assert_eq!(spy.calls(), ["[\"MESSAGE_PARSE_ERROR\"]"]);
    assert_eq!(errors.calls(), vec!["[\"{oops\",\"MESSAGE_PARSE_ERROR\",\"PARSER\"]"; 2]);
    assert_eq!(client.state(), "OPEN");
}

#[wasm_bindgen_test]
async fn calls_of_a_closed_client_wait_or_throw() {
    let (client, rpc, socket) = rpc();
    let (pending, _) = made(&rpc, &socket, &JsValue::UNDEFINED);
    client.close();
    assert_eq!(settled(pending).await, Err("client offline".into()));
    let spy = Spy::default();
    let late = [JsValue::from("add"), 1.into()];
    let promise = call(&rpc, "make", &late).expect("valid");
    assert_eq!(settled(promise).await, Err("client offline".into()));
    let late = ["add".into(), 1.into(), spy.function().into()];
    call(&rpc, "make", &late).expect("valid");
    assert_eq!(spy.calls(), ["[\"client offline\"]"], "within the call");
    call(&rpc, "provide", &["add".into(), spy.function().into()]).expect("valid");
    call(&rpc, "unprovide", &["add".into()]).expect("valid");
    assert_eq!(socket.take_frames().len(), 0);
}

#[wasm_bindgen_test]
async fn an_answer_to_a_connection_that_is_gone_throws_or_is_accepted_on_the_next() {
    let spy = Spy::default();
    let (client, _rpc, socket) = providing(&spy.function());
    let errors = errors_of(&client);
    socket.receive_hex(REQUEST);
    client.close();
    drop(socket.take_frames());
    idle().await;
    call(&spy.last().get(1), "accept", &[]).expect("valid");
    assert_eq!(errors.calls().len(), 0);
    call(&spy.last().get(1), "send", &[3.into()]).expect("valid");
    assert_eq!(errors.calls().len(), 1);
    assert!(errors.calls().concat().contains("\"IS_CLOSED\",\"CONNECTION\""));
    assert_eq!(socket.take_frames().len(), 0);
    assert_eq!(thrown(call(&spy.last().get(1), "reject", &[])).1, "Rpc add already completed");
}

#[wasm_bindgen_test]
fn an_answer_that_answers_while_it_is_written_down_is_sent_twice() {
    for method in ["send", "error"] {
        for inner in ["send(1)", "error(1)", "reject()"] {
            let source = format!(
                "try {{ response.{method}({{ toJSON() {{ response.{inner}; return 2 }} }}) }}
                 catch (error) {{ it(error.message) }}"
            );
            let spy = Spy::default();
            let (_client, _rpc, socket) = providing(&provider(&source, &spy.function()));
            socket.receive_hex(REQUEST);
            let is_answer = |it: &Message<'_>| it.action != RpcAction::Accept.into();
            let answers = socket.messages().into_iter().filter(is_answer).count();
            assert_eq!(answers, 1, "{method}, {inner}");
            assert_eq!(spy.calls(), ["[\"Rpc add already completed\"]"]);
        }
    }
}

#[wasm_bindgen_test]
fn data_that_throws_or_closes_while_it_is_written_down_breaks_something() {
    let spy = Spy::default();
    let (client, rpc, socket) = providing(&spy.function());
    socket.receive_hex(REQUEST);
    let response = spy.last().get(1);
    let throwing = script("return { toJSON() { throw new Error('mine') } }", &JsValue::UNDEFINED);
    for (object, method, argument) in
        [(&response, "send", "data"), (&response, "error", "error"), (&rpc, "make", "data")]
    {
        let arguments = match method {
            "make" => vec!["add".into(), throwing.clone(), spy.function().into()],
            _ => vec![throwing.clone()],
        };
        let (_, message) = thrown(call(object, method, &arguments));
        assert_eq!(message, format!("invalid argument {argument}: mine"));
    }
    assert_eq!(socket.take_frames().len(), 0);
    call(&response, "send", &[3.into()]).expect("it is not answered yet");
    assert_eq!(socket.take_frames(), [ACCEPT, RESPONSE]);

    let closing = script("return { toJSON() { it.close() } }", &client);
    let made = ["add".into(), closing, spy.function().into()];
    call(&rpc, "make", &made).expect("valid");
    assert_eq!(spy.calls().last().map(String::as_str), Some("[\"client offline\"]"));
}

#[wasm_bindgen_test]
async fn data_that_is_no_json_is_thrown_where_a_promise_is_asked_for() {
    let (_client, rpc, socket) = rpc();
    let data = script("return 1n", &JsValue::UNDEFINED);
    let promise = call(&rpc, "make", &["add".into(), data]).expect("it is told by the promise");
    let (name, message) = thrown(settled(promise).await);
    assert_eq!(name, "TypeError");
    assert!(message.starts_with("invalid argument data: "), "{message}");
    assert_eq!(socket.take_frames().len(), 0);
}

#[wasm_bindgen_test]
fn callbacks_that_call_back_in_throw_or_close_break_something() {
    let (client, rpc, socket) = rpc();
    let meddler = script(
        "return (error, result) => {
             const { rpc } = it
             rpc.provide('add', (data, response) => { rpc.unprovide('add'); response.send(3) })
             rpc.make('other', result)
             throw new Error('mine')
         }",
        &client,
    );
    let (_, request) = made(&rpc, &socket, &meddler);
    let errors = uncaught(|| socket.receive(&answer(RpcAction::Response, &request, Some("1"))));
    assert_eq!(errors.calls().len(), 1);
    let actions = socket.messages().into_iter().map(|it| it.action).collect::<Vec<_>>();
    assert_eq!(actions, [RpcAction::Provide.into(), RpcAction::Request.into()]);
    drop(socket.take_frames());
    socket.receive_hex(REQUEST);
    assert_eq!(socket.take_frames(), ["0e10061a0a08091a01313203616464", ACCEPT, RESPONSE]);
    socket.receive_hex(REQUEST);
    assert_eq!(socket.take_frames(), [REJECT], "it is not provided any more");

    let closing = script("return () => it.close()", &client);
    let (_, request) = made(&rpc, &socket, &closing);
    socket.receive(&answer(RpcAction::Response, &request, Some("1")));
    assert_eq!(client.state(), "CLOSING");
}

#[wasm_bindgen_test]
fn a_page_that_tries_again_within_each_refusal_is_not_alive_any_more() {
    let (client, rpc, _socket) = rpc();
    client.close();
    let source = "let calls = 0
        const again = () => { if (++calls < 10_000) it.make('add', 1, again) }
        again()
        return () => calls";
    let count = script(source, &rpc);
    let calls = count.unchecked_into::<js_sys::Function>().call0(&JsValue::NULL).expect("a count");
    assert!(calls.as_f64().is_some_and(|calls| calls < 10_000.0), "it returned in between");
}

#[wasm_bindgen_test]
async fn ten_thousand_calls_wait_in_a_way_that_takes_seconds() {
    let (client, rpc, socket) = rpc();
    let start = js_sys::Date::now();
    let source = "globalThis.settled = 0
        for (let n = 0; n < 3_000; n++) it.make('add', n, () => { globalThis.settled += 1 })";
    script(source, &rpc);
    client.close();
    drop(socket.take_frames());
    let settled = || Reflect::get(&js_sys::global(), &"settled".into()).expect("it is there");
    until(|| settled() == 3_000).await;
    let took = js_sys::Date::now() - start;
    assert!(took < 3_000.0, "{took} ms");
}

#[wasm_bindgen_test]
fn another_transport_says_something_else() {
    let options = object("socketOptions", object("jsonTransportMode", true));
    Reflect::set(&options, &"subscriptionInterval".into(), &0.into()).expect("an object");
    crate::fake_socket::install();
    let client = crate::client::client_with(&"a.b".into(), &options).expect("valid");
    let socket = FakeSocket::last();
    client.login(&JsValue::UNDEFINED, &JsValue::UNDEFINED).expect("valid");
    socket.open();
    socket.receive_text("{\"topic\":2,\"action\":4}");
    socket.receive_text("{\"topic\":3,\"action\":3}");
    assert_eq!(client.state(), "OPEN");
    drop(socket.take_frames());
    let spy = Spy::default();
    let told = spy.function();
    let steps = script(
        "return [
           ['event', 'subscribe', 'a', it], ['event', 'emit', 'a', { b: 1 }],
           ['event', 'listen', 'a.*', (name, response) => response.accept()],
           ['rpc', 'provide', 'add', (data, response) => { it(data); response.send(3) }],
           ['rpc', 'make', 'add', 1, it],
           ['presence', 'subscribe', it], ['presence', 'subscribe', 'bob', it],
           ['presence', 'getAll', it], ['presence', 'getAll', ['bob'], it],
         ]",
        &told,
    );
    let act = "for (const [part, method, ...rest] of it[1]) it[0][part][method](...rest)";
    script(act, &js_sys::Array::of2(&client, &steps));
    let sent = socket.take_frames();
    let parsed = |text: &String| js_sys::JSON::parse(text).expect("it is JSON");
    let number = |it: &JsValue, key: &str| Reflect::get(it, &key.into()).ok()?.as_f64();
    let numbers = sent.iter().map(parsed).map(|it| {
        (number(&it, "topic").unwrap_or(0.0) as u8, number(&it, "action").unwrap_or(0.0) as u8)
    });
    let expected = [(4, 3), (4, 2), (4, 5), (6, 8), (6, 2), (7, 12), (7, 10), (7, 2), (7, 4)];
    assert_eq!(numbers.collect::<Vec<_>>(), expected);
    let id = Reflect::get(&parsed(sent.get(4).expect("it was sent")), &"correlationId".into())
        .expect("an object");
    let id = id.as_string().expect("a text");
    for text in [
        "{\"topic\":4,\"action\":2,\"name\":\"a\",\"data\":\"[0]\"}".to_owned(),
        "{\"topic\":4,\"action\":2,\"name\":\"a\",\"parsedData\":{\"c\":2}}".to_owned(),
        format!("{{\"topic\":6,\"action\":5,\"correlationId\":\"{id}\",\"data\":\"3\"}}"),
        "{\"topic\":7,\"action\":7,\"name\":\"bob\"}".to_owned(),
        "{\"topic\":7,\"action\":6,\"name\":\"bob\"}".to_owned(),
        "{\"topic\":7,\"action\":3,\"names\":[\"eve\"]}".to_owned(),
        "{\"topic\":7,\"action\":5,\"correlationId\":\"0\",\"data\":\"{\\\"bob\\\":true}\"}"
            .to_owned(),
        "{\"topic\":6,\"action\":2,\"name\":\"add\",\"correlationId\":\"c\",\"data\":\"7\"}"
            .to_owned(),
        "{\"topic\":4,\"action\":11,\"name\":\"a.*\",\"subscription\":\"a.b\"}".to_owned(),
    ] {
        socket.receive_text(&text);
    }
    let told = [
        "[{\"b\":1}]",
        "[[0]]",
        "[{\"c\":2}]",
        "[null,3]",
        "[\"bob\",true]",
        "[\"bob\",true]",
        "[null,[\"eve\"]]",
        "[null,{\"bob\":true}]",
        "[7]",
    ];
    assert_eq!(spy.calls(), told);
    let sent = socket.take_frames();
    let numbers = sent.iter().map(parsed).map(|it| number(&it, "action"));
    assert_eq!(numbers.collect::<Vec<_>>(), [Some(4.0), Some(5.0), Some(7.0)]);
}

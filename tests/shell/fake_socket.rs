//! A FAKE of the browser's `WebSocket`, put in its place: it does what no real server does on
//! demand, such as answering from within `send`.

use deepstream_wasm::core::protocol::{Message, binary};
use js_sys::{Function, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;

#[wasm_bindgen(inline_js = "
class FakeSocket {
  static made = []
  static refusal = undefined
  static OPEN = 1
  constructor(url) {
    if (FakeSocket.refusal) throw FakeSocket.refusal
    Object.assign(this, { url, readyState: 0, bufferedAmount: 0, sent: [], closed: false })
    FakeSocket.made.push(this)
  }
  send(data) {
    this.sent.push(typeof data === 'string' ? data : data.slice())
    this.onsend?.(this)
  }
  close() { this.closed = true; this.readyState = 2 }
  open() { this.readyState = 1; this.onopen?.({}) }
  receive(bytes) { this.onmessage?.(new MessageEvent('message', { data: bytes.slice().buffer })) }
  receiveText(data) { this.onmessage?.(new MessageEvent('message', { data })) }
  end(code) { this.readyState = 3; this.onclose?.(new CloseEvent('close', { code })) }
  take() { return this.sent.splice(0) }
  isDetached() {
    const { onopen, onmessage, onerror, onclose } = this
    // One of the engine's own functions holds on to nothing.
    return !onopen && !onmessage && !onclose && (!onerror || onerror === Boolean)
  }
}
export function install() {
  FakeSocket.made = []
  FakeSocket.refusal = undefined
  globalThis.WebSocket = FakeSocket
}
export function refuse(error) { FakeSocket.refusal = error }
export function sockets() { return FakeSocket.made }
")]
extern "C" {
    /// Puts the fake in the place of `WebSocket`.
    pub fn install();
    /// Has every further `new WebSocket` throw.
    pub fn refuse(error: &JsValue);
    fn sockets() -> Vec<FakeSocket>;

    #[derive(Clone)]
    pub type FakeSocket;
    #[wasm_bindgen(method, getter)]
    pub fn url(this: &FakeSocket) -> String;
    #[wasm_bindgen(method, getter)]
    pub fn closed(this: &FakeSocket) -> bool;
    #[wasm_bindgen(method, setter, js_name = readyState)]
    pub fn set_ready_state(this: &FakeSocket, state: u16);
    #[wasm_bindgen(method, getter)]
    fn sent(this: &FakeSocket) -> Vec<JsValue>;
    #[wasm_bindgen(method)]
    fn take(this: &FakeSocket) -> Vec<JsValue>;
    #[wasm_bindgen(method)]
    pub fn open(this: &FakeSocket);
    #[wasm_bindgen(method, js_name = receive)]
    fn receive_bytes(this: &FakeSocket, bytes: &Uint8Array);
    #[wasm_bindgen(method, js_name = receiveText)]
    pub fn receive_text(this: &FakeSocket, text: &str);
    #[wasm_bindgen(method)]
    pub fn end(this: &FakeSocket, code: u16);
    #[wasm_bindgen(method, js_name = isDetached)]
    pub fn is_detached(this: &FakeSocket) -> bool;
}

impl FakeSocket {
    /// The socket that was made last.
    pub fn last() -> Self {
        sockets().pop().expect("a socket was made")
    }

    /// How many sockets were made.
    pub fn count() -> usize {
        sockets().len()
    }

    /// The server sends a message.
    pub fn receive(&self, message: &Message<'_>) {
        self.receive_bytes(&Uint8Array::from(binary::encode(message).as_slice()));
    }

    /// The server sends bytes that may be no message.
    pub fn receive_raw(&self, bytes: &[u8]) {
        self.receive_bytes(&Uint8Array::from(bytes));
    }

    /// The server sends bytes, written as hexadecimal digits.
    pub fn receive_hex(&self, digits: &str) {
        let byte = |pair: &[u8]| {
            let pair = str::from_utf8(pair).expect("digits");
            u8::from_str_radix(pair, 16).expect("two digits")
        };
        self.receive_raw(&digits.as_bytes().chunks(2).map(byte).collect::<Vec<_>>());
    }

    /// What was sent since this was last asked, but for pings, which also ask for receipts: binary
    /// frames as hexadecimal digits.
    pub fn take_frames(&self) -> Vec<String> {
        let text = |sent: JsValue| {
            let digits = |bytes: Vec<u8>| bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            sent.as_string().unwrap_or_else(|| digits(Uint8Array::new(&sent).to_vec()))
        };
        let is_ping = |text: &String| PINGS.contains(&text.as_str());
        self.take().into_iter().map(text).filter(|text| !is_ping(text)).collect()
    }

    /// What was sent, as messages.
    pub fn messages(&self) -> Vec<Message<'static>> {
        self.sent().iter().map(decoded).collect()
    }

    /// What was sent since this or `take_frames` was last asked, as messages.
    pub fn take_messages(&self) -> Vec<Message<'static>> {
        self.take().iter().map(decoded).collect()
    }

    /// Calls `answer` from within each `send`.
    pub fn on_send(&self, answer: &Function) {
        Reflect::set(self, &"onsend".into(), answer).expect("the fake takes a property");
    }
}

fn decoded(sent: &JsValue) -> Message<'static> {
    let bytes = Uint8Array::new(sent).to_vec();
    binary::decode(&bytes).expect("a message was sent").message.into_owned()
}

const PINGS: [&str; 2] = ["0610021a020802", "{\"topic\":2,\"action\":2,\"isAck\":false}"];

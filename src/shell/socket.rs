//! One browser `WebSocket`, as an owned value: dropping it closes it and hears no more of it.

use std::cell::Cell;
use std::rc::Rc;

use js_sys::Function;
use wasm_bindgen::prelude::*;
use web_sys::{BinaryType, CloseEvent, WebSocket};

use super::held::Anchor;
use super::pump::Shell;
use super::report;
use crate::core::io::{Closure as SocketClosure, Input, SocketId};
use crate::core::protocol::{Frame, FrameRef};

#[wasm_bindgen(module = "/src/shell/browser.js")]
extern "C" {
    fn receiver(take_bytes: &Function, take_text: &Function) -> Function;
    fn send(socket: &WebSocket, bytes: &[u8]) -> bool;
    #[wasm_bindgen(js_name = send)]
    fn send_text(socket: &WebSocket, text: &str) -> bool;
}

pub(crate) struct Socket {
    id: SocketId,
    socket: WebSocket,
    _on_open: Closure<dyn FnMut()>,
    _on_bytes: Closure<dyn FnMut(Vec<u8>)>,
    _on_text: Closure<dyn FnMut(String)>,
    _on_error: Closure<dyn FnMut()>,
    _on_close: Closure<dyn FnMut(CloseEvent)>,
}

impl Socket {
    /// Opens a socket that reports to `shell`.
    ///
    /// # Errors
    ///
    /// What the browser throws: an address that it can't read, or won't connect to from here.
    pub(crate) fn open(id: SocketId, url: &str, shell: &Rc<Shell>) -> Result<Self, JsValue> {
        let socket = WebSocket::new(url)?;
        socket.set_binary_type(BinaryType::Arraybuffer);

        let anchor = Anchor::new(shell);
        let on_open = Closure::new(move || anchor.shell().handle(Input::SocketOpened(id)));
        let anchor = Anchor::new(shell);
        let on_bytes = Closure::new(move |bytes: Vec<u8>| {
            anchor.shell().handle(Input::SocketFrame(id, FrameRef::Binary(&bytes)));
        });
        let anchor = Anchor::new(shell);
        let on_text = Closure::new(move |text: String| {
            anchor.shell().handle(Input::SocketFrame(id, FrameRef::Text(&text)));
        });
        let failed = Rc::new(Cell::new(false));
        let has_failed = Rc::clone(&failed);
        let anchor = Anchor::new(shell);
        let on_error = Closure::new(move || {
            has_failed.set(true);
            anchor.shell().handle(Input::SocketFailed(id));
        });
        let anchor = Anchor::new(shell);
        let on_close = Closure::new(move |event: CloseEvent| {
            let shell = anchor.shell();
            let closure = SocketClosure {
                code: event.code(),
                failed: failed.get(),
                was_clean: event.was_clean(),
                unsent: shell.buffered(id),
            };
            shell.handle(Input::SocketClosed(id, closure));
        });

        socket.set_onopen(Some(function(&on_open)));
        socket.set_onmessage(Some(&receiver(function(&on_bytes), function(&on_text))));
        socket.set_onerror(Some(function(&on_error)));
        socket.set_onclose(Some(function(&on_close)));
        Ok(Self {
            id,
            socket,
            _on_open: on_open,
            _on_bytes: on_bytes,
            _on_text: on_text,
            _on_error: on_error,
            _on_close: on_close,
        })
    }

    pub(crate) fn id(&self) -> SocketId {
        self.id
    }

    /// Sends a frame, if the socket is open: one that is closing swallows it in silence.
    pub(crate) fn send(&self, frame: &Frame) -> bool {
        match frame {
            Frame::Binary(bytes) => send(&self.socket, bytes),
            Frame::Text(text) => send_text(&self.socket, text),
        }
    }

    /// Bytes that were sent but have not left yet.
    pub(crate) fn buffered(&self) -> u64 {
        u64::from(self.socket.buffered_amount())
    }

    /// Begins the closing handshake; the socket still reports its end.
    pub(crate) fn close(&self) {
        // Throws for bad codes and reasons only, and is given neither.
        let _ = self.socket.close();
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.socket.set_onopen(None);
        self.socket.set_onmessage(None);
        self.socket.set_onclose(None);
        // A socket that is closed before it is open fails. In Node, with `ws` for a socket, a
        // failure that nobody listens to ends the process.
        let is_connecting = self.socket.ready_state() == WebSocket::CONNECTING;
        self.socket.set_onerror(is_connecting.then(report::harmless).as_ref());
        self.close();
    }
}

fn function<T: ?Sized>(closure: &Closure<T>) -> &Function {
    closure.as_ref().unchecked_ref()
}

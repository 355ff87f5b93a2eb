//! Class `RPCResponse`: what a provider answers with.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use gloo_timers::callback::Timeout;
use wasm_bindgen::prelude::*;

use super::arguments::error;
use crate::core::io::{DataCommand, SocketId};
use crate::core::protocol::{Message, RpcAction};
use crate::shell::convert;
use crate::shell::held::Anchor;
use crate::shell::page;
use crate::shell::pump::Shell;

/// A request of an RPC, and how far its answer is.
pub(crate) struct Request {
    name: String,
    correlation_id: String,
    session: SocketId,
    auto_accept: Cell<bool>,
    is_accepted: Cell<bool>,
    is_complete: Cell<bool>,
    /// What accepts it, unless that was done before.
    acceptance: RefCell<Option<Timeout>>,
}

impl Request {
    pub(crate) fn new(name: String, correlation_id: String, session: SocketId) -> Rc<Self> {
        Rc::new(Self {
            name,
            correlation_id,
            session,
            auto_accept: Cell::new(true),
            is_accepted: Cell::new(false),
            is_complete: Cell::new(false),
            acceptance: RefCell::default(),
        })
    }

    /// What the provider answers with.
    pub(crate) fn response(self: &Rc<Self>, shell: &Rc<Shell>) -> JsValue {
        RpcResponse { shell: Rc::clone(shell), request: Rc::clone(self) }.into()
    }

    /// Accepts the request once the provider had the time to say that it does so itself.
    pub(crate) fn accept_soon(self: &Rc<Self>, shell: &Rc<Shell>) {
        if !self.wants_acceptance() {
            return;
        }
        // Timers of a hidden page may be a second late, which is when the server gives up.
        if page::is_hidden() {
            self.accept(shell);
            return;
        }
        let anchor = Anchor::new(shell);
        let request = Rc::clone(self);
        let timeout = Timeout::new(0, move || {
            drop(request.acceptance.take());
            if request.wants_acceptance() {
                request.accept(&anchor.shell());
            }
        });
        self.acceptance.replace(Some(timeout));
    }

    /// Leaves the request to another provider.
    pub(crate) fn reject(&self, shell: &Rc<Shell>) {
        self.complete(shell, RpcAction::Reject, None);
    }

    /// Tells the caller that something went wrong.
    pub(crate) fn fail(&self, shell: &Rc<Shell>, name: &str) {
        self.complete(shell, RpcAction::RequestError, Some(["\"", name, "\""].concat()));
    }

    fn wants_acceptance(&self) -> bool {
        self.auto_accept.get() && !self.is_accepted.get()
    }

    fn accept(&self, shell: &Rc<Shell>) {
        if !self.is_accepted.replace(true) {
            let message = self.message(RpcAction::Accept);
            shell.give(DataCommand::SendInSession(self.session, Box::new(message)));
        }
    }

    fn complete(&self, shell: &Rc<Shell>, action: RpcAction, data: Option<String>) {
        self.is_accepted.set(true);
        self.is_complete.set(true);
        drop(self.acceptance.take());
        let mut message = self.message(action);
        message.data = data.map(Into::into);
        shell.send(&message);
    }

    fn message(&self, action: RpcAction) -> Message<'static> {
        let mut message = Message::new(action);
        message.name = Some(self.name.clone().into());
        message.correlation_id = Some(self.correlation_id.clone().into());
        message
    }
}

/// The answer of a provider to one request.
#[wasm_bindgen(js_name = RPCResponse, skip_typescript)]
pub struct RpcResponse {
    shell: Rc<Shell>,
    request: Rc<Request>,
}

#[wasm_bindgen(js_class = RPCResponse)]
impl RpcResponse {
    /// Whether the request is accepted without `accept()`.
    #[wasm_bindgen(getter, js_name = autoAccept)]
    pub fn auto_accept(&self) -> bool {
        self.request.auto_accept.get()
    }

    /// Says whether the request is accepted without `accept()`. To be called at once.
    #[wasm_bindgen(setter, js_name = autoAccept)]
    pub fn set_auto_accept(&self, value: JsValue) {
        self.request.auto_accept.set(value.as_bool() == Some(true));
    }

    /// Accepts the request: the server waits for the answer.
    pub fn accept(&self) {
        self.request.accept(&self.shell);
    }

    /// Refuses the request: the server asks the next provider.
    ///
    /// # Errors
    ///
    /// An error when the request is answered already.
    pub fn reject(&self) -> Result<(), JsValue> {
        self.ensure_open()?;
        self.request.reject(&self.shell);
        Ok(())
    }

    /// Answers the request with an error.
    ///
    /// # Errors
    ///
    /// An error when the request is answered already, or that names the argument.
    pub fn error(&self, error: JsValue) -> Result<(), JsValue> {
        self.ensure_open()?;
        let error = convert::stringify("error", &error)?;
        // What it serialises may have answered.
        self.ensure_open()?;
        self.request.complete(&self.shell, RpcAction::RequestError, error);
        Ok(())
    }

    /// Answers the request.
    ///
    /// # Errors
    ///
    /// An error when the request is answered already, or that names the argument.
    pub fn send(&self, data: JsValue) -> Result<(), JsValue> {
        self.ensure_open()?;
        let data = convert::stringify("data", &data)?;
        // What it serialises may have answered.
        self.ensure_open()?;
        self.request.accept(&self.shell);
        self.request.complete(&self.shell, RpcAction::Response, data);
        Ok(())
    }

    fn ensure_open(&self) -> Result<(), JsValue> {
        if self.request.is_complete.get() {
            return Err(error(&["Rpc ", &self.request.name, " already completed"].concat()));
        }
        Ok(())
    }
}

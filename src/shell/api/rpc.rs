//! Class `RPCHandler`: `client.rpc`.

use std::rc::Rc;

use js_sys::Promise;
use wasm_bindgen::prelude::*;

use super::arguments::{answer, error, function, invalid, name};
use crate::core::io::{Command, DataCommand, Subscription};
use crate::core::protocol::{Message, RpcAction};
use crate::shell::convert;
use crate::shell::pump::Shell;
use crate::shell::report;
use crate::shell::waiting::Call;

/// Calls between clients: one asks, one that provides the RPC answers.
#[wasm_bindgen(js_name = RPCHandler, skip_typescript)]
pub struct RpcHandler {
    shell: Rc<Shell>,
}

impl RpcHandler {
    pub(super) fn new(shell: &Rc<Shell>) -> Self {
        Self { shell: Rc::clone(shell) }
    }
}

#[wasm_bindgen(js_class = RPCHandler)]
impl RpcHandler {
    /// Has `callback` answer an RPC.
    ///
    /// # Errors
    ///
    /// An error that names the argument, or says that the RPC is provided already.
    pub fn provide(&self, name: JsValue, callback: JsValue) -> Result<(), JsValue> {
        let rpc = self::name(&name, "name")?;
        if self.shell.callbacks.providers.has_listeners(&rpc) {
            return Err(error(&["RPC ", &rpc, " already registered"].concat()));
        }
        function(&callback, "callback")?;
        self.shell.subscribe(Subscription::Rpc, rpc, &callback);
        Ok(())
    }

    /// Ends `provide`.
    ///
    /// # Errors
    ///
    /// An error that names the argument.
    pub fn unprovide(&self, name: JsValue) -> Result<(), JsValue> {
        let rpc = self::name(&name, "name")?;
        if self.shell.callbacks.providers.has_listeners(&rpc) {
            self.shell.unsubscribe(Subscription::Rpc, rpc, &JsValue::UNDEFINED);
        } else {
            report::warn("Warning: RPC (NOT_PROVIDED)");
        }
        Ok(())
    }

    /// Makes an RPC, now or as soon as there is a connection. Returns a promise of the answer,
    /// unless a callback is given.
    ///
    /// # Errors
    ///
    /// An error that names the argument.
    pub fn make(
        &self,
        name: JsValue,
        data: JsValue,
        callback: JsValue,
    ) -> Result<JsValue, JsValue> {
        let rpc = self::name(&name, "name")?;
        if callback.is_truthy() && !callback.is_function() {
            return Err(invalid("callback"));
        }
        let mut message = Message::new(RpcAction::Request);
        message.name = Some(rpc.into());
        message.data = match convert::stringify("data", &data) {
            Ok(data) => data.map(Into::into),
            // As the JavaScript client tells of it in either form.
            Err(error) if !callback.is_function() => return Ok(Promise::reject(&error).into()),
            Err(error) => return Err(error),
        };
        message.correlation_id = Some(self.shell.correlation_id()?.into());
        answer(&self.shell, &callback, Call::Request, |ticket| {
            Command::Data(DataCommand::Make(ticket, Box::new(message)))
        })
    }

    /// The RPCs that are provided here.
    #[wasm_bindgen(js_name = providerNames)]
    pub fn provider_names(&self) -> Vec<String> {
        self.shell.callbacks.providers.event_names()
    }
}

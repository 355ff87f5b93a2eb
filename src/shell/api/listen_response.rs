//! Class `ListenResponse`: what a listener answers with.

use std::rc::Rc;

use js_sys::{Function, Reflect};
use wasm_bindgen::prelude::*;

use super::arguments::function;
use crate::core::io::{DataCommand, SocketId};
use crate::core::protocol::{EventAction, Message};
use crate::shell::convert;
use crate::shell::pump::Shell;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(extends = Function)]
    type Method;
    // The application may have put something of its own there, which throws.
    #[wasm_bindgen(method, catch)]
    fn bind(this: &Method, object: &JsValue) -> Result<JsValue, JsValue>;
}

/// The answer of a listener to one name that matches its pattern.
#[wasm_bindgen(skip_typescript)]
pub struct ListenResponse {
    shell: Rc<Shell>,
    pattern: String,
    subscription: String,
    session: SocketId,
}

impl ListenResponse {
    pub(crate) fn new(
        shell: &Rc<Shell>,
        pattern: &str,
        subscription: String,
        session: SocketId,
    ) -> Self {
        Self { shell: Rc::clone(shell), pattern: pattern.to_owned(), subscription, session }
    }

    /// An object whose functions need no object, as the JavaScript client's need none.
    pub(crate) fn into_object(self) -> JsValue {
        let response = JsValue::from(self);
        let bound = |name: &'static str| {
            let method = Reflect::get(&response, &name.into()).unwrap_or_default();
            (name, method.unchecked_ref::<Method>().bind(&response).unwrap_or_default())
        };
        convert::object(["accept", "reject", "onStop"].map(bound)).into()
    }
}

#[wasm_bindgen]
impl ListenResponse {
    /// This client provides the name.
    pub fn accept(&self) {
        self.answer(EventAction::ListenAccept);
    }

    /// This client does not provide the name: the server asks the next.
    pub fn reject(&self) {
        self.answer(EventAction::ListenReject);
    }

    /// Calls `callback` with the name once it is not to be provided any more.
    ///
    /// # Errors
    ///
    /// An error that names the argument.
    #[wasm_bindgen(js_name = onStop)]
    pub fn on_stop(&self, callback: JsValue) -> Result<(), JsValue> {
        function(&callback, "callback")?;
        let Shell { callbacks, held, .. } = &*self.shell;
        callbacks.stops.remove(held, &self.subscription);
        callbacks.stops.on(held, &self.subscription, &callback, &JsValue::UNDEFINED, true);
        Ok(())
    }

    fn answer(&self, action: EventAction) {
        let mut message = Message::new(action);
        message.name = Some(self.pattern.clone().into());
        message.subscription = Some(self.subscription.clone().into());
        self.shell.give(DataCommand::SendInSession(self.session, Box::new(message)));
    }
}

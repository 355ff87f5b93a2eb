//! Class `ListenResponse`: what a listener answers with.

use std::rc::Rc;

use js_sys::{Function, Reflect};
use wasm_bindgen::prelude::*;

use super::arguments::function;
use crate::core::io::{DataCommand, SocketId, Subscription};
use crate::core::protocol::{Action, EventAction, Message, RecordAction};
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
    kind: Subscription,
    pattern: String,
    subscription: String,
    session: SocketId,
}

impl ListenResponse {
    pub(crate) fn new(
        shell: &Rc<Shell>,
        kind: Subscription,
        pattern: &str,
        subscription: String,
        session: SocketId,
    ) -> Self {
        Self { shell: Rc::clone(shell), kind, pattern: pattern.to_owned(), subscription, session }
    }

    /// An object whose functions need no object, as the JavaScript client's need none.
    pub(crate) fn into_object(self) -> JsValue {
        let response = JsValue::from(self);
        let function = |name: &'static str| (name, bound(&response, name));
        convert::object(["accept", "reject", "onStop"].map(function)).into()
    }
}

#[wasm_bindgen]
impl ListenResponse {
    /// This client provides the name.
    pub fn accept(&self) {
        self.answer(EventAction::ListenAccept.into(), RecordAction::ListenAccept.into());
    }

    /// This client does not provide the name: the server asks the next.
    pub fn reject(&self) {
        self.answer(EventAction::ListenReject.into(), RecordAction::ListenReject.into());
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
        let stops = callbacks.stops_of(self.kind);
        stops.remove(held, &self.subscription);
        stops.on(held, &self.subscription, &callback, &JsValue::UNDEFINED, true);
        Ok(())
    }

    /// Answers with the action of the topic that it is about.
    fn answer(&self, of_event: Action, of_record: Action) {
        let is_record = self.kind == Subscription::RecordPattern;
        let mut message = Message::new(if is_record { of_record } else { of_event });
        message.name = Some(self.pattern.clone().into());
        message.subscription = Some(self.subscription.clone().into());
        self.shell.give(DataCommand::SendInSession(self.session, Box::new(message)));
    }
}

/// A method of an object, as a function that needs no object.
pub(super) fn bound(object: &JsValue, name: &str) -> JsValue {
    let method = Reflect::get(object, &name.into()).unwrap_or_default();
    method.unchecked_ref::<Method>().bind(object).unwrap_or_default()
}

//! Class `EventHandler`: `client.event`.

use std::rc::Rc;

use wasm_bindgen::prelude::*;

use super::arguments::{function, name};
use crate::core::io::Subscription;
use crate::core::protocol::{EventAction, Message};
use crate::shell::convert;
use crate::shell::held::Values;
use crate::shell::pump::Shell;
use crate::shell::report;

/// Events that clients send one another.
#[wasm_bindgen(skip_typescript)]
pub struct EventHandler {
    shell: Rc<Shell>,
}

impl EventHandler {
    pub(super) fn new(shell: &Rc<Shell>) -> Self {
        Self { shell: Rc::clone(shell) }
    }

    fn emit_text(&self, event: &str, text: Option<&str>, data: &JsValue) -> Result<(), JsValue> {
        let message = Message {
            name: Some(event.into()),
            data: text.map(Into::into),
            ..Message::new(EventAction::Emit)
        };
        let Shell { callbacks, held, .. } = &*self.shell;
        if !callbacks.events.has_listeners(event) {
            self.shell.send(&message);
            return Ok(());
        }
        callbacks.nesting.enter(|| {
            self.shell.send(&message);
            callbacks.events.emit(held, event, Values::One(data));
        })
    }
}

#[wasm_bindgen]
impl EventHandler {
    /// Calls `callback` with the data of each event of this name, whoever sends it.
    ///
    /// # Errors
    ///
    /// An error that names the argument.
    pub fn subscribe(&self, name: JsValue, callback: JsValue) -> Result<(), JsValue> {
        let event = self::name(&name, "name")?;
        function(&callback, "callback")?;
        self.shell.subscribe(Subscription::Event, event, &callback);
        Ok(())
    }

    /// Takes a subscriber of an event back, or all of them.
    ///
    /// # Errors
    ///
    /// An error that names the argument.
    pub fn unsubscribe(&self, name: JsValue, callback: JsValue) -> Result<(), JsValue> {
        let event = self::name(&name, "name")?;
        if !callback.is_undefined() {
            function(&callback, "callback")?;
        }
        if self.shell.callbacks.events.has_listeners(&event) {
            self.shell.unsubscribe(Subscription::Event, event, &callback);
        } else {
            report::warn("Warning: EVENT (NOT_SUBSCRIBED)");
        }
        Ok(())
    }

    /// Sends an event to the other clients that subscribe to it, now or as soon as there is a
    /// connection, and to the subscribers here, at once.
    ///
    /// # Errors
    ///
    /// An error that names the argument.
    pub fn emit(&self, name: JsValue, data: JsValue) -> Result<(), JsValue> {
        let event = self::name(&name, "name")?;
        let text = convert::stringify("data", &data)?;
        self.emit_text(&event, text.as_deref(), &data)
    }

    /// [`Self::emit`] of a name that is one, and of data that JSON has a text for, or none: for the
    /// package's own class, as it takes fewer crossings of the border. Returns whether it could be done.
    #[wasm_bindgen(js_name = __emit)]
    pub fn emit_json(&self, name: &str, text: Option<String>, data: JsValue) -> bool {
        self.emit_text(name, text.as_deref(), &data).is_ok()
    }

    /// Calls `callback` when somebody subscribes to an event whose name matches a pattern, so that
    /// it is only provided while it is needed.
    ///
    /// # Errors
    ///
    /// An error that names the argument.
    pub fn listen(&self, pattern: JsValue, callback: JsValue) -> Result<(), JsValue> {
        let pattern = name(&pattern, "pattern")?;
        function(&callback, "callback")?;
        if self.shell.callbacks.patterns.has_listeners(&pattern) {
            report::warn("Warning: EVENT (LISTEN): LISTENER_EXISTS");
        } else {
            self.shell.subscribe(Subscription::EventPattern, pattern, &callback);
        }
        Ok(())
    }

    /// Ends `listen`.
    ///
    /// # Errors
    ///
    /// An error that names the argument.
    pub fn unlisten(&self, pattern: JsValue) -> Result<(), JsValue> {
        let pattern = name(&pattern, "pattern")?;
        if self.shell.callbacks.patterns.has_listeners(&pattern) {
            self.shell.unsubscribe(Subscription::EventPattern, pattern, &JsValue::UNDEFINED);
        } else {
            report::warn("Warning: EVENT (UNLISTEN): NOT_LISTENING");
        }
        Ok(())
    }

    /// The events that have subscribers here.
    #[wasm_bindgen(js_name = eventNames)]
    pub fn event_names(&self) -> Vec<String> {
        self.shell.callbacks.events.event_names()
    }
}

//! Class `DeepstreamClient`.

use std::rc::Rc;

use js_sys::{Array, Map};
use wasm_bindgen::prelude::*;
use web_sys::Url;

use super::arguments::{self, is_absent};
use super::event::EventHandler;
use super::options;
use super::presence::PresenceHandler;
use super::records::RecordHandler;
use super::rpc::RpcHandler;
use crate::core::io::{Command, Ticket};
use crate::shell::convert;
use crate::shell::held::Values;
use crate::shell::merge_strategies::Strategy;
use crate::shell::pump::Shell;
use crate::shell::uid::uid;
use crate::shell::waiting::Call;

/// A client of a deepstream server.
#[wasm_bindgen(skip_typescript)]
pub struct DeepstreamClient {
    shell: Rc<Shell>,
}

#[wasm_bindgen]
impl DeepstreamClient {
    /// Connects to `url`. `held` is the map that the object itself owns, and all that the client
    /// refers to.
    ///
    /// # Errors
    ///
    /// An `Error` that names the argument or option that can't be used.
    #[wasm_bindgen(constructor)]
    pub fn new(url: JsValue, options: JsValue, held: Map) -> Result<DeepstreamClient, JsValue> {
        let url = url.as_string().ok_or_else(|| convert::wrong_type("url", "a string"))?;
        let read = options::read(&options)?;
        let given = options::option(&options, "storage")?;
        let stored = read.offline_enabled.then(|| read.clone());
        let shell = Shell::new(&url, read, &held).map_err(|error| convert::thrown(&error))?;
        if let Some(read) = stored {
            shell.open_storage(&read, &given);
        }
        let strategy = options::option(&options, "mergeStrategy")?;
        if !strategy.is_undefined() {
            shell.strategies.set_fallback(Strategy::of(&strategy, &shell.held));
        }
        // A browser is more exact about addresses than the core, and may be so only much later.
        Url::new(&shell.url()).map_err(|error| convert::unusable("url", &error))?;
        shell.start()?;
        Ok(Self { shell })
    }

    /// Events.
    #[wasm_bindgen(getter)]
    pub fn event(&self) -> JsValue {
        self.shell.held.named("event", || EventHandler::new(&self.shell).into())
    }

    /// Calls that one client makes and another answers.
    #[wasm_bindgen(getter)]
    pub fn rpc(&self) -> JsValue {
        self.shell.held.named("rpc", || RpcHandler::new(&self.shell).into())
    }

    /// Who is online.
    #[wasm_bindgen(getter)]
    pub fn presence(&self) -> JsValue {
        self.shell.held.named("presence", || PresenceHandler::new(&self.shell).into())
    }

    /// Documents that clients have in common.
    #[wasm_bindgen(getter)]
    pub fn record(&self) -> JsValue {
        self.shell.held.named("record", || RecordHandler::new(&self.shell).into())
    }

    /// Logs in, now or as soon as the server waits for it. Returns a promise, unless a callback is
    /// given.
    ///
    /// # Errors
    ///
    /// A `TypeError` that names the argument.
    pub fn login(&self, details: JsValue, callback: JsValue) -> Result<JsValue, JsValue> {
        let (details, callback) = if details.is_function() && callback.is_undefined() {
            (JsValue::UNDEFINED, details)
        } else {
            (details, callback)
        };
        let details = if is_absent(&details) {
            Some("{}".to_owned())
        } else if details.is_object() {
            convert::stringify("details", &details)?
        } else {
            None
        };
        let details = details.ok_or_else(|| convert::wrong_type("details", "an object"))?;
        self.answer(&callback, Call::Login, |ticket| Command::Login(ticket, details))
    }

    /// The state of the connection.
    #[wasm_bindgen(js_name = getConnectionState)]
    pub fn connection_state(&self) -> String {
        self.shell.state().name().to_owned()
    }

    /// How the connection is doing.
    #[wasm_bindgen(js_name = getConnectionInfo)]
    pub fn connection_info(&self) -> JsValue {
        self.shell.connection_info()
    }

    /// Closes the connection, for good.
    pub fn close(&self) {
        self.shell.command(Command::Close);
    }

    /// Closes the connection until `resume` is called.
    pub fn pause(&self) {
        self.shell.command(Command::Pause);
    }

    /// Connects again. Returns a promise, unless a callback is given.
    ///
    /// # Errors
    ///
    /// A `TypeError` that names the argument.
    pub fn resume(&self, callback: JsValue) -> Result<JsValue, JsValue> {
        self.answer(&callback, Call::Resume, Command::Resume)
    }

    /// A text that no other call returns: the time, then chance.
    #[wasm_bindgen(js_name = getUid)]
    pub fn uid(&self) -> Result<String, JsValue> {
        uid()
    }

    /// Adds a listener.
    ///
    /// # Errors
    ///
    /// A `TypeError` that names the argument.
    pub fn on(
        &self,
        event: JsValue,
        callback: JsValue,
        scope: JsValue,
    ) -> Result<JsValue, JsValue> {
        self.listen(&event, &callback, &scope, false)
    }

    /// Adds a listener that is called once.
    ///
    /// # Errors
    ///
    /// A `TypeError` that names the argument.
    pub fn once(
        &self,
        event: JsValue,
        callback: JsValue,
        scope: JsValue,
    ) -> Result<JsValue, JsValue> {
        self.listen(&event, &callback, &scope, true)
    }

    /// Removes listeners: all, those of an event, or those of it with a callback or a scope.
    pub fn off(&self, event: JsValue, callback: JsValue, scope: JsValue) -> JsValue {
        let shell = &self.shell;
        if let Some(event) = event.as_string() {
            shell.emitter.off(&shell.held, &event, &callback, &scope);
        } else if event.is_undefined() && callback.is_undefined() && scope.is_undefined() {
            shell.emitter.clear(&shell.held);
        }
        shell.held.owner()
    }

    /// Removes the listeners with a scope.
    #[wasm_bindgen(js_name = removeContext)]
    pub fn remove_context(&self, scope: JsValue) {
        self.shell.emitter.remove_context(&self.shell.held, &scope);
    }

    /// Calls the listeners of an event.
    ///
    /// # Errors
    ///
    /// A `RangeError` when listeners emit without end.
    #[wasm_bindgen(variadic)]
    pub fn emit(&self, event: JsValue, arguments: Array) -> Result<JsValue, JsValue> {
        let shell = &self.shell;
        if let Some(event) = event.as_string() {
            shell.callbacks.nesting.enter(|| shell.emit(&event, Values::List(&arguments)))?;
        }
        Ok(shell.held.owner())
    }

    /// Whether an event has listeners.
    #[wasm_bindgen(js_name = hasListeners)]
    pub fn has_listeners(&self, event: JsValue) -> bool {
        event.as_string().is_some_and(|event| self.shell.emitter.has_listeners(&event))
    }

    /// The events that have listeners.
    #[wasm_bindgen(js_name = eventNames)]
    pub fn event_names(&self) -> Vec<String> {
        self.shell.emitter.event_names()
    }
}

impl DeepstreamClient {
    fn listen(
        &self,
        event: &JsValue,
        callback: &JsValue,
        scope: &JsValue,
        once: bool,
    ) -> Result<JsValue, JsValue> {
        let event = event.as_string().ok_or_else(|| convert::wrong_type("event", "a string"))?;
        if !callback.is_function() {
            return Err(convert::wrong_type("callback", "a function"));
        }
        self.shell.emitter.on(&self.shell.held, &event, callback, scope, once);
        Ok(self.shell.held.owner())
    }

    /// Gives a command whose outcome goes to `callback`, or to the promise that is returned.
    fn answer(
        &self,
        callback: &JsValue,
        call: Call,
        command: impl FnOnce(Ticket) -> Command,
    ) -> Result<JsValue, JsValue> {
        if !callback.is_function() && !is_absent(callback) {
            return Err(convert::wrong_type("callback", "a function"));
        }
        arguments::answer(&self.shell, callback, call, command)
    }
}

//! What all objects have in common through which a record is used.

use std::rc::Rc;

use js_sys::{Array, Promise};
use wasm_bindgen::prelude::*;

use super::arguments::subscribe_arguments;
use crate::core::io::{Outcome, Reason, error_name};
use crate::core::record::Change;
use crate::core::record::io::{EntriesOf, RecordCommand};
use crate::shell::api::arguments::{answer_record, invalid, optional_function, wait};
use crate::shell::convert;
use crate::shell::document::JsDocument;
use crate::shell::emitter::Emitter;
use crate::shell::handles::Handle;
use crate::shell::held::Values;
use crate::shell::pump::Shell;
use crate::shell::waiting::Call;

/// What is behind an object through which a record is used.
pub(super) struct Inner {
    pub(super) shell: Rc<Shell>,
    pub(super) handle: Rc<Handle>,
    pub(super) debug_id: JsValue,
}

impl Inner {
    pub(super) fn new(shell: &Rc<Shell>, entries: Option<EntriesOf>) -> Result<Self, JsValue> {
        Self::with(shell, Handle::new(entries))
    }

    /// Of an object that can be used for one record after another.
    pub(super) fn lasting(shell: &Rc<Shell>) -> Result<Self, JsValue> {
        Self::with(shell, Handle::lasting())
    }

    fn with(shell: &Rc<Shell>, handle: Rc<Handle>) -> Result<Self, JsValue> {
        let debug_id = shell.debug_id()?;
        Ok(Self { shell: Rc::clone(shell), handle, debug_id })
    }

    pub(super) fn name(&self) -> Option<String> {
        let id = self.handle.record()?;
        self.shell.with_record(id, |record| record.name().to_owned())
    }

    pub(super) fn is_ready(&self) -> bool {
        self.shell.is_record_ready(&self.handle)
    }

    pub(super) fn version(&self) -> Option<i32> {
        let id = self.handle.record()?;
        self.shell.with_record(id, |record| record.version())?
    }

    pub(super) fn with_data<T>(&self, read: impl FnOnce(&JsDocument) -> T) -> Option<T> {
        let id = self.handle.record()?;
        self.shell.with_record(id, |record| read(record.data()))
    }

    pub(super) fn view(&self) -> JsValue {
        let sharing = self.shell.sharing();
        self.with_data(|data| data.view(sharing)).unwrap_or_default()
    }

    /// Whether the record is gone.
    pub(super) fn is_over(&self) -> bool {
        let id = self.handle.record();
        let is_gone = id.and_then(|id| self.shell.with_record(id, |record| record.is_gone()));
        is_gone == Some(true)
    }

    /// Whether the record is gone, which is told then: `method` needs it.
    fn is_gone(&self, method: &str) -> bool {
        if self.is_over() {
            let meta = convert::object([("methodName", method.into())]);
            self.shell.emit_gone(&meta);
            return true;
        }
        false
    }

    pub(super) fn when_ready(&self, callback: &JsValue) -> Result<JsValue, JsValue> {
        optional_function(callback, "callback")?;
        let Some(id) = self.handle.record() else { return Ok(JsValue::UNDEFINED) };
        self.shell.begin_awaiting(&self.handle);
        let call = Call::Ready(Rc::clone(&self.handle));
        answer_record(&self.shell, callback, call, |ticket| RecordCommand::WhenReady(id, ticket))
    }

    /// Writes, and tells the callback if there is one.
    pub(super) fn write(
        &self,
        method: &str,
        change: Change<JsDocument>,
        callback: &JsValue,
    ) -> Result<(), JsValue> {
        optional_function(callback, "callback")?;
        if callback.is_function() {
            self.write_with_ack(method, change, callback)?;
        } else {
            self.write_unawaited(method, change);
        }
        Ok(())
    }

    /// Writes, and tells nobody.
    pub(super) fn write_unawaited(&self, method: &str, change: Change<JsDocument>) {
        let Some(id) = self.handle.record() else { return };
        if !self.is_gone(method) {
            self.shell.give_record(RecordCommand::Write(id, change, None));
        }
    }

    /// Writes, and tells the callback, or else the promise that is returned.
    fn write_with_ack(
        &self,
        method: &str,
        change: Change<JsDocument>,
        callback: &JsValue,
    ) -> Result<JsValue, JsValue> {
        let Some(id) = self.handle.record() else { return Ok(JsValue::UNDEFINED) };
        let name = JsValue::from(self.name());
        let name = self.shell.held.insert(&name);
        if self.is_gone(method) {
            return self.refuse(callback, Call::Write(name));
        }
        answer_record(&self.shell, callback, Call::Write(name), |ticket| {
            RecordCommand::Write(id, change, Some(ticket))
        })
    }

    /// Says that the record is gone to the callback, or else to the promise that is returned.
    fn refuse(&self, callback: &JsValue, call: Call) -> Result<JsValue, JsValue> {
        let (waiting, promise) = wait(&self.shell, callback, call)?;
        let reason = Reason::Unexplained(error_name::RECORD_ALREADY_DESTROYED);
        self.shell.settle(waiting, Outcome::Refused(reason));
        Ok(promise)
    }

    /// Writes with acknowledgement: what is wrong with the arguments is thrown, or refuses the promise,
    /// as in the JavaScript client.
    pub(super) fn acknowledge(
        &self,
        method: &str,
        change: Result<Change<JsDocument>, JsValue>,
        callback: &JsValue,
    ) -> Result<JsValue, JsValue> {
        optional_function(callback, "callback")?;
        match change {
            Ok(change) => self.write_with_ack(method, change, callback),
            Err(error) if callback.is_function() => Err(error),
            Err(error) => Ok(Promise::reject(&error).into()),
        }
    }

    pub(super) fn subscribe(&self, arguments: &Array) -> Result<(), JsValue> {
        let read = subscribe_arguments(arguments)?;
        let path = read.path()?;
        self.subscribe_to(&path, &read.callback, read.is_triggered)
    }

    pub(super) fn subscribe_to(
        &self,
        path: &str,
        callback: &JsValue,
        is_triggered: bool,
    ) -> Result<(), JsValue> {
        if !callback.is_function() {
            return Err(invalid("callback"));
        }
        self.subscribe_function(path, callback, is_triggered);
        Ok(())
    }

    /// As `subscribe_to`, of what is known to be a function.
    pub(super) fn subscribe_function(&self, path: &str, callback: &JsValue, is_triggered: bool) {
        if !self.is_gone("subscribe") {
            self.shell.subscribe_record(&self.handle, path, callback, is_triggered);
        }
    }

    pub(super) fn unsubscribe(&self, arguments: &Array) -> Result<(), JsValue> {
        let read = subscribe_arguments(arguments)?;
        let path = read.path()?;
        self.unsubscribe_from(&path, &read.callback)
    }

    pub(super) fn unsubscribe_from(&self, path: &str, callback: &JsValue) -> Result<(), JsValue> {
        if !callback.is_undefined() && !callback.is_function() {
            return Err(invalid("callback"));
        }
        if !self.is_gone("unsubscribe") {
            self.shell.unsubscribe_record(&self.handle, path, callback);
        }
        Ok(())
    }

    pub(super) fn discard(&self) {
        if !self.is_gone("discard") {
            self.shell.discard(&self.handle);
        }
    }

    pub(super) fn delete(&self, callback: &JsValue) -> Result<JsValue, JsValue> {
        let Some(id) = self.handle.record() else { return Ok(JsValue::UNDEFINED) };
        if self.is_gone("delete") {
            return Ok(JsValue::UNDEFINED);
        }
        answer_record(&self.shell, callback, Call::Done, |ticket| RecordCommand::Delete(id, ticket))
    }

    pub(super) fn set_merge_strategy(&self, strategy: &JsValue) {
        if let Some(name) = self.name() {
            self.shell.set_merge_strategy(&name, strategy);
        }
    }

    pub(super) fn listen(
        &self,
        event: &JsValue,
        callback: &JsValue,
        scope: &JsValue,
        is_once: bool,
    ) -> Result<JsValue, JsValue> {
        let event = event.as_string().ok_or_else(|| convert::wrong_type("event", "a string"))?;
        if !callback.is_function() {
            return Err(convert::wrong_type("callback", "a function"));
        }
        let object = self.shell.object_of(&self.handle);
        let scope = if scope.is_undefined() { &object } else { scope };
        let held = &self.shell.held;
        self.change(|events| events.on(held, &event, callback, scope, is_once))
    }

    pub(super) fn off(
        &self,
        event: &JsValue,
        callback: &JsValue,
        scope: &JsValue,
    ) -> Result<JsValue, JsValue> {
        let held = &self.shell.held;
        self.change(|events| {
            if let Some(event) = event.as_string() {
                events.off(held, &event, callback, scope);
            } else if event.is_undefined() && callback.is_undefined() && scope.is_undefined() {
                events.clear(held);
            }
        })
    }

    pub(super) fn remove_context(&self, scope: &JsValue) -> Result<JsValue, JsValue> {
        let held = &self.shell.held;
        self.change(|events| events.remove_context(held, scope))
    }

    fn change(&self, change: impl FnOnce(&Emitter)) -> Result<JsValue, JsValue> {
        self.shell.change_listeners(&self.handle, change);
        Ok(self.shell.object_of(&self.handle))
    }

    pub(super) fn emit(&self, event: &JsValue, arguments: &Array) -> Result<JsValue, JsValue> {
        if let Some(event) = event.as_string() {
            let nesting = &self.shell.callbacks.nesting;
            nesting
                .enter(|| self.shell.emit_record(&self.handle, &event, Values::List(arguments)))?;
        }
        Ok(self.shell.object_of(&self.handle))
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.shell.forget_handle(&self.handle);
    }
}

/// The methods that every class has through whose objects a record is used.
macro_rules! common_methods {
    ($class:ident, $js_name:ident) => {
        impl $class {
            /// The object that the application is given.
            pub(super) fn into_object(self) -> JsValue {
                let shell = std::rc::Rc::clone(&self.inner.shell);
                let handle = std::rc::Rc::clone(&self.inner.handle);
                let object = JsValue::from(self);
                handle.set_object(&object, &shell.held);
                object
            }
        }

        #[wasm_bindgen(js_class = $js_name)]
        impl $class {
            /// Whether the data is there.
            #[wasm_bindgen(getter, js_name = isReady)]
            pub fn is_ready(&self) -> bool {
                self.inner.is_ready()
            }

            /// Tells this object from others, with the option `debug`.
            #[wasm_bindgen(getter, js_name = debugId)]
            pub fn debug_id(&self) -> JsValue {
                self.inner.debug_id.clone()
            }

            /// Calls `callback` with this object when the data is there. Returns a promise of it,
            /// unless a callback is given.
            ///
            /// # Errors
            ///
            /// What the engine throws.
            #[wasm_bindgen(js_name = whenReady)]
            pub fn when_ready(&self, callback: JsValue) -> Result<JsValue, JsValue> {
                self.inner.when_ready(&callback)
            }

            /// Ends the use of this object: its subscribers are not called any more, and when nobody
            /// else uses the record, it is not kept up to date any more.
            pub fn discard(&self) {
                self.inner.discard();
            }

            /// Deletes the record for everybody. Returns a promise, unless a callback is given.
            ///
            /// # Errors
            ///
            /// What the engine throws.
            pub fn delete(&self, callback: JsValue) -> Result<JsValue, JsValue> {
                self.inner.delete(&callback)
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
                self.inner.listen(&event, &callback, &scope, false)
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
                self.inner.listen(&event, &callback, &scope, true)
            }

            /// Removes listeners: all, those of an event, or those of it with a callback or a scope.
            ///
            /// # Errors
            ///
            /// None.
            pub fn off(
                &self,
                event: JsValue,
                callback: JsValue,
                scope: JsValue,
            ) -> Result<JsValue, JsValue> {
                self.inner.off(&event, &callback, &scope)
            }

            /// Removes the listeners with a scope.
            ///
            /// # Errors
            ///
            /// None.
            #[wasm_bindgen(js_name = removeContext)]
            pub fn remove_context(&self, scope: JsValue) -> Result<JsValue, JsValue> {
                self.inner.remove_context(&scope)
            }

            /// Calls the listeners of an event.
            ///
            /// # Errors
            ///
            /// A `RangeError` when listeners emit without end.
            #[wasm_bindgen(variadic)]
            pub fn emit(&self, event: JsValue, arguments: Array) -> Result<JsValue, JsValue> {
                self.inner.emit(&event, &arguments)
            }

            /// Whether an event has listeners.
            #[wasm_bindgen(js_name = hasListeners)]
            pub fn has_listeners(&self, event: JsValue) -> bool {
                event
                    .as_string()
                    .is_some_and(|event| self.inner.handle.events.has_listeners(&event))
            }

            /// The events that have listeners.
            #[wasm_bindgen(js_name = eventNames)]
            pub fn event_names(&self) -> Vec<String> {
                self.inner.handle.events.event_names()
            }
        }
    };
}

pub(super) use common_methods;

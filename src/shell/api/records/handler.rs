//! Class `RecordHandler`: `client.record`.

use std::rc::Rc;

use js_sys::{Array, Promise, RegExp};
use wasm_bindgen::prelude::*;

use super::arguments::set_arguments;
use super::{AnonymousRecord, Dequeue, List, Record};
use crate::core::io::Subscription;
use crate::core::record::io::RecordCommand;
use crate::shell::api::arguments::{
    answer_record, copy, error, function, is_array, name, optional_function, wait,
};
use crate::shell::merge_strategies::Strategy;
use crate::shell::pump::Shell;
use crate::shell::report;
use crate::shell::waiting::Call;

/// Documents that clients have in common.
#[wasm_bindgen(skip_typescript)]
pub struct RecordHandler {
    shell: Rc<Shell>,
}

impl RecordHandler {
    pub(in crate::shell::api) fn new(shell: &Rc<Shell>) -> Self {
        Self { shell: Rc::clone(shell) }
    }

    /// Writes, and tells the callback, or else the promise that is returned.
    fn write(&self, arguments: &Array, is_awaited: bool) -> Result<JsValue, JsValue> {
        let read = set_arguments(arguments, 1)?;
        let checked = || {
            let record = arguments.get(0).as_string().filter(|name| !name.is_empty());
            let record = record
                .ok_or_else(|| error("invalid argument: recordName must be an non empty string"))?;
            if read.path.is_undefined() && !read.data.is_object() {
                return Err(error(
                    "invalid argument: data must be an object when no path is provided",
                ));
            }
            Ok((record, read.change()?))
        };
        let (record, change) = match checked() {
            Ok(checked) => checked,
            Err(error) if is_awaited && !read.callback.is_function() => {
                return Ok(Promise::reject(&error).into());
            }
            Err(error) => return Err(error),
        };
        if !is_awaited && !read.callback.is_function() {
            self.shell.give_record(RecordCommand::SetData(record, change, None));
            return Ok(JsValue::UNDEFINED);
        }
        let told = self.shell.held.insert(&JsValue::from_str(&record));
        answer_record(&self.shell, &read.callback, Call::Write(told), |ticket| {
            RecordCommand::SetData(record, change, Some(ticket))
        })
    }
}

#[wasm_bindgen]
impl RecordHandler {
    /// A record.
    ///
    /// # Errors
    ///
    /// An error that names the argument.
    #[wasm_bindgen(js_name = getRecord)]
    pub fn get_record(&self, name: JsValue) -> Result<JsValue, JsValue> {
        Record::open(&self.shell, &self::name(&name, "name")?)
    }

    /// A record that is a list.
    ///
    /// # Errors
    ///
    /// An error that names the argument.
    #[wasm_bindgen(js_name = getList)]
    pub fn get_list(&self, name: JsValue) -> Result<JsValue, JsValue> {
        List::open(&self.shell, &self::name(&name, "name")?)
    }

    /// A record that is a dequeue.
    ///
    /// # Errors
    ///
    /// An error that names the argument.
    #[wasm_bindgen(js_name = getDq)]
    pub fn get_dq(&self, name: JsValue) -> Result<JsValue, JsValue> {
        Dequeue::open(&self.shell, &self::name(&name, "name")?)
    }

    /// A record that can be exchanged for another.
    ///
    /// # Errors
    ///
    /// What the engine throws.
    #[wasm_bindgen(js_name = getAnonymousRecord)]
    pub fn get_anonymous_record(&self) -> Result<JsValue, JsValue> {
        AnonymousRecord::open(&self.shell)
    }

    /// Asks for the data of a record, once. Returns a promise of it, unless a callback is given.
    ///
    /// # Errors
    ///
    /// The JavaScript client's.
    pub fn snapshot(&self, name: JsValue, callback: JsValue) -> Result<JsValue, JsValue> {
        let name = look_up(&name, &callback)?;
        answer_record(&self.shell, &callback, Call::Request, |ticket| {
            RecordCommand::Snapshot(name, ticket)
        })
    }

    /// Asks whether there is a record. Returns a promise of the answer, unless a callback is given.
    ///
    /// # Errors
    ///
    /// The JavaScript client's.
    pub fn has(&self, name: JsValue, callback: JsValue) -> Result<JsValue, JsValue> {
        let name = look_up(&name, &callback)?;
        answer_record(&self.shell, &callback, Call::Has, |ticket| RecordCommand::Head(name, ticket))
    }

    /// Asks for the version of a record: -1 if there is none. Returns a promise of it, unless a
    /// callback is given.
    ///
    /// # Errors
    ///
    /// The JavaScript client's.
    pub fn head(&self, name: JsValue, callback: JsValue) -> Result<JsValue, JsValue> {
        let name = look_up(&name, &callback)?;
        answer_record(&self.shell, &callback, Call::Request, |ticket| {
            RecordCommand::Head(name, ticket)
        })
    }

    /// Writes to a record that need not be open.
    ///
    /// # Errors
    ///
    /// The JavaScript client's.
    #[wasm_bindgen(js_name = setData, variadic)]
    pub fn set_data(&self, arguments: Array) -> Result<(), JsValue> {
        self.write(&arguments, false).map(drop)
    }

    /// Writes to a record that need not be open. Returns a promise that the server has it, unless a
    /// callback is given.
    ///
    /// # Errors
    ///
    /// The JavaScript client's.
    #[wasm_bindgen(js_name = setDataWithAck, variadic)]
    pub fn set_data_with_ack(&self, arguments: Array) -> Result<JsValue, JsValue> {
        self.write(&arguments, true)
    }

    /// Only a record that is open can be deleted.
    ///
    /// # Errors
    ///
    /// Always, as in the JavaScript client.
    pub fn delete(&self) -> Result<(), JsValue> {
        Err(error("Delete is not yet supported without use of a Record"))
    }

    /// Tells the server that records were changed in its database. Returns a promise, unless a
    /// callback is given.
    ///
    /// # Errors
    ///
    /// An error that names the argument; what an array throws.
    pub fn notify(&self, names: JsValue, callback: JsValue) -> Result<JsValue, JsValue> {
        let invalid = || error("invalid argument: recordNames");
        if !is_array(&names)? {
            return Err(invalid());
        }
        let names = copy(&names)?;
        let names = names.iter().map(|name| name.as_string()).collect::<Option<Vec<_>>>();
        let names = names.ok_or_else(invalid)?;
        optional_function(&callback, "callback")?;
        let request = self.shell.correlation_id()?;
        answer_record(&self.shell, &callback, Call::Done, |ticket| {
            RecordCommand::Notify(names, request, ticket)
        })
    }

    /// The records that are kept up to date.
    pub fn names(&self) -> Vec<String> {
        self.shell.record_names()
    }

    /// Calls `callback` when somebody opens a record whose name matches a pattern, so that it is only
    /// provided while it is needed.
    ///
    /// # Errors
    ///
    /// An error that names the argument.
    pub fn listen(&self, pattern: JsValue, callback: JsValue) -> Result<(), JsValue> {
        let pattern = name(&pattern, "pattern")?;
        function(&callback, "callback")?;
        if self.shell.callbacks.record_patterns.has_listeners(&pattern) {
            report::warn("Warning: RECORD (LISTEN): LISTENER_EXISTS");
        } else {
            self.shell.subscribe(Subscription::RecordPattern, pattern, &callback);
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
        if self.shell.callbacks.record_patterns.has_listeners(&pattern) {
            self.shell.unsubscribe(Subscription::RecordPattern, pattern, &JsValue::UNDEFINED);
        } else {
            report::warn("Warning: RECORD (UNLISTEN): NOT_LISTENING");
        }
        Ok(())
    }

    /// Has a function merge a record when it was changed here and elsewhere.
    ///
    /// # Errors
    ///
    /// The JavaScript client's.
    #[wasm_bindgen(js_name = setMergeStrategy)]
    pub fn set_merge_strategy(&self, name: JsValue, strategy: JsValue) -> Result<(), JsValue> {
        let strategy = self.strategy(&strategy)?;
        let name = self::name(&name, "name")?;
        self.shell.strategies.set_by_name(&name, strategy, &self.shell.held);
        Ok(())
    }

    /// Has a function merge the records whose names match.
    ///
    /// # Errors
    ///
    /// The JavaScript client's.
    #[wasm_bindgen(js_name = setMergeStrategyRegExp)]
    pub fn set_merge_strategy_reg_exp(
        &self,
        pattern: JsValue,
        strategy: JsValue,
    ) -> Result<(), JsValue> {
        let strategy = self.strategy(&strategy)?;
        if !pattern.is_instance_of::<RegExp>() {
            return Err(error("invalid argument regexp"));
        }
        self.shell.strategies.set_by_pattern(self.shell.held.insert(&pattern), strategy);
        Ok(())
    }

    /// Stores every record, where there is a storage.
    #[wasm_bindgen(js_name = saveToOfflineStorage)]
    pub fn save_to_offline_storage(&self) {
        self.shell.give_record(RecordCommand::Save);
    }

    /// Empties the storage. Returns a promise, unless a callback is given.
    ///
    /// # Errors
    ///
    /// What the engine throws.
    #[wasm_bindgen(js_name = clearOfflineStorage)]
    pub fn clear_offline_storage(&self, callback: JsValue) -> Result<JsValue, JsValue> {
        optional_function(&callback, "callback")?;
        let (waiting, promise) = wait(&self.shell, &callback, Call::Done)?;
        self.shell.clear_storage(waiting);
        Ok(promise)
    }
}

impl RecordHandler {
    fn strategy(&self, strategy: &JsValue) -> Result<Strategy, JsValue> {
        if !strategy.is_function() {
            return Err(error("Invalid merge strategy: Must be a Function"));
        }
        Ok(Strategy::of(strategy, &self.shell.held))
    }
}

/// The name of a record that something is asked about.
fn look_up(name: &JsValue, callback: &JsValue) -> Result<String, JsValue> {
    let name = name.as_string().filter(|name| !name.is_empty());
    let name = name.ok_or_else(|| error("invalid argument: name"))?;
    if !callback.is_undefined() && !callback.is_function() {
        return Err(error("invalid argument: callback"));
    }
    Ok(name)
}

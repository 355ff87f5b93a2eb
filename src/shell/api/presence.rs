//! Class `PresenceHandler`: `client.presence`.

use std::rc::Rc;

use js_sys::Array;
use wasm_bindgen::prelude::*;

use super::arguments::{answer, copy, error, is_array};
use crate::core::io::{Command, DataCommand, Subscription};
use crate::core::protocol::{Message, PresenceAction};
use crate::shell::pump::Shell;
use crate::shell::waiting::Call;

/// Who is online.
#[wasm_bindgen(skip_typescript)]
pub struct PresenceHandler {
    shell: Rc<Shell>,
}

impl PresenceHandler {
    pub(super) fn new(shell: &Rc<Shell>) -> Self {
        Self { shell: Rc::clone(shell) }
    }
}

#[wasm_bindgen]
impl PresenceHandler {
    /// Calls a function with each user who comes or goes, or whenever one user does.
    ///
    /// # Errors
    ///
    /// The JavaScript client's error.
    pub fn subscribe(&self, user: JsValue, callback: JsValue) -> Result<(), JsValue> {
        if let Some(user) = name(&user)
            && callback.is_function()
        {
            self.shell.subscribe(Subscription::User, user, &callback);
        } else if user.is_function() && callback.is_undefined() {
            self.shell.subscribe(Subscription::AllUsers, String::new(), &user);
        } else {
            return Err(error("invalid arguments: \"user\" or \"callback\""));
        }
        Ok(())
    }

    /// Takes back a function for one user or for all, every function for one user, or everything.
    ///
    /// # Errors
    ///
    /// The JavaScript client's error.
    pub fn unsubscribe(&self, user: JsValue, callback: JsValue) -> Result<(), JsValue> {
        if let Some(user) = name(&user) {
            let callback = if callback.is_truthy() { callback } else { JsValue::UNDEFINED };
            if !callback.is_undefined() && !callback.is_function() {
                return Err(error("invalid argument: \"callback\""));
            }
            self.shell.unsubscribe(Subscription::User, user, &callback);
        } else if user.is_function() {
            self.shell.unsubscribe(Subscription::AllUsers, String::new(), &user);
        } else if user.is_undefined() && callback.is_undefined() {
            for user in self.shell.callbacks.users.event_names() {
                self.shell.unsubscribe(Subscription::User, user, &JsValue::UNDEFINED);
            }
            self.shell.unsubscribe(Subscription::AllUsers, String::new(), &JsValue::UNDEFINED);
        } else {
            return Err(error("invalid argument: \"user\" or \"callback\""));
        }
        Ok(())
    }

    /// Asks which users are online, of all or of some. Returns a promise of the answer, unless a
    /// callback is given.
    ///
    /// # Errors
    ///
    /// The JavaScript client's error; what an array throws.
    #[wasm_bindgen(js_name = getAll, variadic)]
    pub fn get_all(&self, arguments: Array) -> Result<JsValue, JsValue> {
        let [first, second] = [arguments.get(0), arguments.get(1)];
        let (users, callback) = match arguments.length() {
            1 if is_array(&first)? => (first, JsValue::UNDEFINED),
            1 if first.is_function() => (JsValue::UNDEFINED, first),
            1 => return Err(error("invalid argument: \"callback\"")),
            2 if is_array(&first)? && second.is_function() => (first, second),
            2 => return Err(error("invalid argument: \"users\" or \"callback\"")),
            _ => (JsValue::UNDEFINED, JsValue::UNDEFINED),
        };
        let message = if users.is_undefined() {
            Message::new(PresenceAction::QueryAll)
        } else {
            let mut query = Message::new(PresenceAction::Query);
            for user in copy(&users)?.iter() {
                let user = user.as_string();
                let user = user.ok_or_else(|| error("invalid argument: \"users\""))?;
                query.names.push(user.into());
            }
            query
        };
        answer(&self.shell, &callback, Call::Request, |ticket| {
            Command::Data(DataCommand::Query(ticket, Box::new(message)))
        })
    }
}

fn name(user: &JsValue) -> Option<String> {
    user.as_string().filter(|user| !user.is_empty())
}

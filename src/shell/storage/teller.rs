//! What is told of a storage: checks what comes out of it, and words what goes wrong with it.

use std::rc::Rc;

use js_sys::{JSON, Reflect};
use wasm_bindgen::prelude::*;

use super::Told;
use crate::shell::convert;

/// What a storage is asked to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Task {
    Load,
    Store,
    Remove,
    Clear,
}

/// Tells of one storage.
#[derive(Clone)]
pub(super) struct Teller {
    storage: Rc<str>,
    told: Rc<dyn Fn(Told)>,
}

impl Teller {
    /// Tells of the storage that people know as `storage`.
    pub(super) fn new(storage: String, told: Rc<dyn Fn(Told)>) -> Self {
        Self { storage: storage.into(), told }
    }

    /// Tells that nothing is stored for a record.
    pub(super) fn tell_missing(&self, name: &str) {
        self.tell_loaded(name, MISSING, JsValue::NULL);
    }

    /// Tells of what is stored for a record, if that can be what was once stored: anybody who runs
    /// on the page's origin may have written it.
    pub(super) fn tell_found(&self, name: &str, version: &JsValue, data: &JsValue) {
        match (version_of(version), copy(data)) {
            (Some(MISSING), _) => self.tell_missing(name),
            (Some(version), Ok(data)) => self.tell_loaded(name, version, data),
            (None, _) => self.tell_failed(Task::Load, name, "it has no version that is one"),
            (_, Err(why)) => self.tell_failed(Task::Load, name, &why),
        }
    }

    /// Tells that a task failed. There is no second answer for it.
    pub(super) fn tell_failed(&self, task: Task, name: &str, why: &str) {
        let (verb, name) = match task {
            Task::Load => ("load", Some(name)),
            Task::Store => ("store", Some(name)),
            Task::Remove => ("remove", Some(name)),
            Task::Clear => ("remove the records", None),
        };
        let record = name.map_or(String::new(), |name| [" record '", name, "'"].concat());
        let what = [&self.storage, ": can't ", verb, &record, ": ", why].concat();
        if task == Task::Clear {
            self.tell_reset(Err(what));
            return;
        }
        (self.told)(Told::Failed { what });
        if let (Task::Load, Some(name)) = (task, name) {
            self.tell_missing(name);
        }
    }

    /// Tells of something that is wrong with the storage as a whole.
    pub(super) fn tell(&self, what: &str) {
        (self.told)(Told::Failed { what: [&self.storage, ": ", what].concat() });
    }

    pub(super) fn tell_reset(&self, result: Result<(), String>) {
        (self.told)(Told::Reset(result));
    }

    fn tell_loaded(&self, name: &str, version: i32, data: JsValue) {
        (self.told)(Told::Loaded { name: name.to_owned(), version, data });
    }
}

/// What an error says, with its name, which often tells more: the application may have thrown what
/// it likes.
pub(super) fn reason(error: &JsValue) -> String {
    if let Some(text) = error.as_string() {
        return text;
    }
    let name = property(error, "name").as_string().unwrap_or_else(|| "unknown error".to_owned());
    let message = convert::message(error);
    if message.is_empty() { name } else { [&name, ": ", &*message].concat() }
}

/// A property of whatever it is, `undefined` if that has none.
pub(super) fn property(value: &JsValue, name: &str) -> JsValue {
    Reflect::get(value, &name.into()).unwrap_or_default()
}

fn version_of(value: &JsValue) -> Option<i32> {
    let number = value.as_f64()?;
    // Cut off at the ends, and so no longer the same.
    let version = number as i32;
    (f64::from(version) == number && version >= MISSING).then_some(version)
}

/// A copy of plain JSON: what it was made from may change, or be something else.
fn copy(data: &JsValue) -> Result<JsValue, String> {
    let text = JSON::stringify(data).map(JsValue::from).map_err(|error| reason(&error))?;
    let text = text.as_string().ok_or("it has no data")?;
    convert::parse(&text).map_err(|error| reason(&error))
}

/// Version of a record that is not stored.
const MISSING: i32 = -1;

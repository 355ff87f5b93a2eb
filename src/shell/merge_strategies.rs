//! Which of the application's functions merges a record.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Array, Function};
use wasm_bindgen::prelude::*;

use super::api::MergeResponse;
use super::convert;
use super::document::JsDocument;
use super::held::{Held, Slot};
use super::pump::Shell;
use super::report;
use crate::core::ordered_map::OrderedMap;
use crate::core::record::Document;
use crate::core::record::io::{Conflict, Merge, Merged, RecordCommand};

// The application's expression may be of a class of its own, whose method throws.
#[wasm_bindgen]
extern "C" {
    type Expression;
    #[wasm_bindgen(method, catch)]
    fn test(this: &Expression, text: &str) -> Result<bool, JsValue>;
}

/// The merge strategies of a client.
#[derive(Default)]
pub(crate) struct MergeStrategies {
    by_name: RefCell<OrderedMap<Strategy>>,
    /// With the expressions that names are to match, in order.
    by_pattern: RefCell<Vec<(Slot, Strategy)>>,
    fallback: RefCell<Option<Strategy>>,
}

/// What decides between two states of a record.
#[derive(Clone, Copy)]
pub(crate) enum Strategy {
    /// `REMOTE_WINS`.
    RemoteWins,
    /// `LOCAL_WINS`.
    LocalWins,
    /// A function of the application.
    Custom(Slot),
    /// Nothing: a conflict is an error.
    None,
}

impl Strategy {
    /// The strategy that a function is, or `null`.
    pub(crate) fn of(function: &JsValue, held: &Held) -> Self {
        if function.is_null() {
            Self::None
        } else if *function == held.name("REMOTE_WINS") {
            Self::RemoteWins
        } else if *function == held.name("LOCAL_WINS") {
            Self::LocalWins
        } else {
            Self::Custom(held.insert(function))
        }
    }
}

impl MergeStrategies {
    pub(crate) fn set_fallback(&self, strategy: Strategy) {
        self.fallback.replace(Some(strategy));
    }

    pub(crate) fn set_by_name(&self, name: &str, strategy: Strategy, held: &Held) {
        let mut by_name = self.by_name.borrow_mut();
        if let Some(Strategy::Custom(replaced)) = by_name.get(name) {
            held.remove(*replaced);
        }
        by_name.insert(name.to_owned(), strategy);
    }

    pub(crate) fn set_by_pattern(&self, pattern: Slot, strategy: Strategy) {
        self.by_pattern.borrow_mut().push((pattern, strategy));
    }

    fn find(&self, name: &str, held: &Held) -> Strategy {
        if let Some(strategy) = self.by_name.borrow().get(name) {
            return *strategy;
        }
        let patterns = self.by_pattern.borrow().clone();
        let matches = |pattern: Slot| {
            held.get(pattern).unchecked_into::<Expression>().test(name).unwrap_or_default()
        };
        let found = patterns.into_iter().find(|(pattern, _)| matches(*pattern));
        let fallback = self.fallback.borrow().unwrap_or(Strategy::RemoteWins);
        found.map_or(fallback, |(_, strategy)| strategy)
    }
}

impl Shell {
    /// Has two states of a record be merged.
    #[inline(never)]
    pub(super) fn merge(self: &Rc<Self>, merge: Merge<JsDocument>) {
        let Merge { id, name, conflict, local, local_version, remote, remote_version } = merge;
        let merged = match (self.strategies.find(&name, &self.held), conflict) {
            (Strategy::Custom(slot), _) => {
                let Some(function) = self.held.function(slot) else { return };
                let response = MergeResponse::new(self, id).into_function();
                let remote = remote.map_or(JsValue::NULL, JsDocument::into_js);
                let [local_version, remote_version] =
                    [local_version, remote_version].map(JsValue::from);
                let arguments = Array::of5(
                    &local.into_js(),
                    &local_version,
                    &remote,
                    &remote_version,
                    &response,
                );
                let Err(error) = call(&function, &arguments) else { return };
                let why = convert::message(&error);
                report::uncaught(&error);
                Merged::Failed(why)
            }
            (Strategy::None, _) => Merged::Failed("there is no merge strategy".to_owned()),
            (_, Conflict::Unseen | Conflict::Deleted) => Merged::Replayed,
            (Strategy::LocalWins, Conflict::Changed) => Merged::To(local),
            (Strategy::RemoteWins, Conflict::Changed) => {
                Merged::To(remote.unwrap_or_else(JsDocument::empty))
            }
        };
        self.give_record(RecordCommand::Merged(id, merged));
    }
}

fn call(function: &Function, arguments: &Array) -> Result<JsValue, JsValue> {
    function.apply(&JsValue::UNDEFINED, arguments)
}

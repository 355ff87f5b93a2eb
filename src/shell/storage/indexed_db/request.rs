//! What is to be done with one row, and the transaction in which it is done together with others.

use js_sys::{Array, Function};
use wasm_bindgen::prelude::*;
use web_sys::{IdbDatabase, IdbRequest, IdbTransaction, IdbTransactionMode};

use super::layout::Place;
use crate::shell::storage::teller::Task;

/// Something to do.
pub(super) struct Request {
    /// Name of the record.
    pub(super) name: String,
    /// The object store of the record, and its key there. None for what is about all of them.
    pub(super) place: Option<Place>,
    pub(super) action: Action,
    /// Whether it failed together with others, and gets a transaction of its own.
    pub(super) is_alone: bool,
}

pub(super) enum Action {
    Load,
    Store(JsValue),
    Remove,
    Clear,
}

/// A transaction under way. Dropped, it goes on, and nobody hears of it.
pub(super) struct Transaction {
    transaction: IdbTransaction,
    /// What it does, with what each comes to.
    pub(super) done: Vec<(Request, Option<IdbRequest>)>,
}

/// What could not be done, and why.
pub(super) type Refused = Vec<(Request, JsValue)>;

impl Request {
    pub(super) fn task(&self) -> Task {
        match self.action {
            Action::Load => Task::Load,
            Action::Store(_) => Task::Store,
            Action::Remove => Task::Remove,
            Action::Clear => Task::Clear,
        }
    }

    fn make(
        &self,
        transaction: &IdbTransaction,
        stores: &[String],
    ) -> Result<Option<IdbRequest>, JsValue> {
        let Some(Place { store, key }) = &self.place else {
            for store in stores {
                transaction.object_store(store)?.clear()?;
            }
            return Ok(None);
        };
        let store = transaction.object_store(store)?;
        let key = JsValue::from_str(key);
        match &self.action {
            Action::Load => return store.get(&key).map(Some),
            Action::Store(row) => store.put(row)?,
            Action::Remove => store.delete(&key)?,
            Action::Clear => store.clear()?,
        };
        Ok(None)
    }
}

impl Transaction {
    /// Does all of `requests` in a database with these object stores, and lets `listener` hear of
    /// the end.
    ///
    /// # Errors
    ///
    /// Why there is no transaction, and the requests.
    pub(super) fn begin(
        database: &IdbDatabase,
        stores: &[String],
        requests: Vec<Request>,
        listener: &Function,
    ) -> Result<(Self, Refused), (Vec<Request>, JsValue)> {
        let is_reading = requests.iter().all(|it| it.task() == Task::Load);
        let mode =
            if is_reading { IdbTransactionMode::Readonly } else { IdbTransactionMode::Readwrite };
        let scope = Array::new();
        for store in stores {
            let is_in = |it: &Request| it.place.as_ref().is_none_or(|it| it.store == *store);
            if requests.iter().any(is_in) {
                scope.push(&store.into());
            }
        }
        let transaction = match database.transaction_with_str_sequence_and_mode(&scope, mode) {
            Ok(transaction) => transaction,
            Err(error) => return Err((requests, error)),
        };
        transaction.set_oncomplete(Some(listener));
        transaction.set_onabort(Some(listener));
        let mut done = Vec::with_capacity(requests.len());
        let mut refused = Vec::new();
        for request in requests {
            match request.make(&transaction, stores) {
                Ok(made) => done.push((request, made)),
                Err(error) => refused.push((request, error)),
            }
        }
        Ok((Self { transaction, done }, refused))
    }

    /// Why it was aborted.
    pub(super) fn error(&self) -> JsValue {
        self.transaction.error().map_or_else(|| "the browser has aborted it".into(), JsValue::from)
    }
}

impl Drop for Transaction {
    fn drop(&mut self) {
        self.transaction.set_oncomplete(None);
        self.transaction.set_onabort(None);
    }
}

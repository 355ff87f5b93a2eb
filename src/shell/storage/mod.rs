//! Where records are kept while there is no connection, and from one visit to the next.
//!
//! A storage never throws, and never takes the application down with it: whatever goes wrong is
//! told in words, and what can't be read counts as not stored. Nothing is borrowed while something
//! is told, as whoever is told may ask for more at once.

mod custom;
mod indexed_db;
mod local;
mod teller;
#[cfg(test)]
mod tests;

use std::rc::Rc;

use wasm_bindgen::prelude::*;

use self::custom::Custom;
use self::indexed_db::IndexedDb;
use self::local::Local;
use self::teller::Teller;
use crate::core::options::{Options, StorageName};

/// What becomes of what a storage is asked for.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Told {
    /// The one answer to a [`Storage::get`]: plain JSON that nobody else refers to. Version -1 and
    /// `null` if nothing is stored.
    Loaded { name: String, version: i32, data: JsValue },
    /// Something went wrong: what, with which record, and why, for people to read.
    Failed { what: String },
    /// The one answer to a [`Storage::reset`], with what went wrong.
    Reset(Result<(), String>),
}

/// How to get at the object that the application gave for a storage: it lives where the garbage
/// collector sees who refers to whom.
pub(crate) type GivenObject = Box<dyn Fn() -> JsValue>;

/// The storage of a client. Dropped, it still stores what it was given, if the database is open,
/// and tells nothing any more.
pub(crate) struct Storage {
    kind: Kind,
    teller: Teller,
    /// What the names of records begin with that are never stored.
    ignored: Vec<String>,
}

enum Kind {
    IndexedDb(Rc<IndexedDb>),
    Local(Local),
    Custom(Rc<Custom>),
}

impl Storage {
    /// The storage that the application gave, or else the one that the options name. It is looked
    /// for when it is first asked for something, and so is what is wrong with it.
    pub(crate) fn open(
        options: &Options,
        given: Option<GivenObject>,
        told: Rc<dyn Fn(Told)>,
    ) -> Self {
        let (kind, teller) = match (given, options.storage_name) {
            (Some(given), _) => {
                let teller = Teller::new("storage".to_owned(), told);
                (Kind::Custom(Custom::new(given, teller.clone())), teller)
            }
            (None, StorageName::IndexDb) => {
                let name = &options.indexdb.storage_database_name;
                let teller = Teller::new(["IndexedDB '", name, "'"].concat(), told);
                (Kind::IndexedDb(IndexedDb::new(&options.indexdb, teller.clone())), teller)
            }
            (None, StorageName::LocalStorage) => {
                let teller = Teller::new("localStorage".to_owned(), told);
                (Kind::Local(Local::new(teller.clone())), teller)
            }
        };
        // A storage of the application's own knows by itself what it is to ignore.
        let ignored = match kind {
            Kind::Custom(_) => Vec::new(),
            Kind::IndexedDb(_) | Kind::Local(_) => options.ignore_prefixes.clone(),
        };
        Self { kind, teller, ignored }
    }

    /// Asks for a record. Whatever happens, there is one answer, now or later.
    pub(crate) fn get(&self, name: &str) {
        if self.ignores(name) {
            self.teller.tell_missing(name);
            return;
        }
        match &self.kind {
            Kind::IndexedDb(storage) => storage.get(name),
            Kind::Local(storage) => storage.get(name),
            Kind::Custom(storage) => storage.get(name),
        }
    }

    /// Stores a record. `data` is plain JSON that nobody changes from now on.
    pub(crate) fn set(&self, name: &str, version: i32, data: &JsValue) {
        if self.ignores(name) {
            return;
        }
        match &self.kind {
            Kind::IndexedDb(storage) => storage.set(name, version, data),
            Kind::Local(storage) => storage.set(name, version, data),
            Kind::Custom(storage) => storage.set(name, version, data),
        }
    }

    /// Removes a record.
    pub(crate) fn delete(&self, name: &str) {
        if self.ignores(name) {
            return;
        }
        match &self.kind {
            Kind::IndexedDb(storage) => storage.delete(name),
            Kind::Local(storage) => storage.delete(name),
            Kind::Custom(storage) => storage.delete(name),
        }
    }

    /// Removes every record that was asked to be stored until now, and no more.
    pub(crate) fn reset(&self) {
        match &self.kind {
            Kind::IndexedDb(storage) => storage.reset(),
            Kind::Local(storage) => storage.reset(),
            Kind::Custom(storage) => storage.reset(),
        }
    }

    /// Does at once what waits to be done together: the page may be about to go.
    pub(crate) fn flush(&self) {
        if let Kind::IndexedDb(storage) = &self.kind {
            storage.flush();
        }
    }

    fn ignores(&self, name: &str) -> bool {
        self.ignored.iter().any(|prefix| name.starts_with(prefix.as_str()))
    }
}

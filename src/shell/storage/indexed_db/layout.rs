//! Which object stores there are, and which record is where in them: as in the JavaScript client.

use std::cell::RefCell;
use std::collections::BTreeSet;

use js_sys::{Array, JSON};
use wasm_bindgen::prelude::*;

use crate::core::options::IndexDbOptions;
use crate::shell::storage::local;
use crate::shell::{convert, report};

/// What a database is to be like.
pub(super) struct Layout {
    pub(super) database: String,
    /// None: whatever version has the object stores.
    pub(super) version: Option<f64>,
    pub(super) primary_key: String,
    /// The object stores that records are in by what their names begin with.
    listed: Vec<String>,
    /// The one of the others.
    default: String,
    /// What names of records began with that is not listed, as far as it was warned of.
    unlisted: RefCell<BTreeSet<String>>,
}

/// Where a record is.
pub(super) struct Place {
    pub(super) store: String,
    pub(super) key: String,
}

impl Layout {
    pub(super) fn new(options: &IndexDbOptions) -> Self {
        let default = &options.default_object_store_name;
        Self {
            database: options.storage_database_name.clone(),
            version: (!options.auto_version).then(|| f64::from(options.db_version)),
            primary_key: options.primary_key.clone(),
            // In the default one, a name without its beginning could be that of another record.
            listed: options
                .object_store_names
                .iter()
                .filter(|it| *it != default)
                .cloned()
                .collect(),
            default: default.clone(),
            unlisted: RefCell::default(),
        }
    }

    /// All object stores.
    pub(super) fn stores(&self) -> impl Iterator<Item = &str> {
        self.listed.iter().chain([&self.default]).map(String::as_str)
    }

    pub(super) fn place(&self, name: &str) -> Place {
        if let Some((first, rest)) = name.split_once('/') {
            if self.listed.iter().any(|store| store == first) {
                return Place { store: first.to_owned(), key: rest.to_owned() };
            }
            self.warn_unlisted(first);
        }
        Place { store: self.default.clone(), key: name.to_owned() }
    }

    /// Warns of what might have been meant for an object store, where there are several.
    fn warn_unlisted(&self, store: &str) {
        if self.listed.is_empty() || store == self.default {
            return;
        }
        let mut unlisted = self.unlisted.borrow_mut();
        if unlisted.len() < MAX_WARNINGS && unlisted.insert(store.to_owned()) {
            drop(unlisted);
            let text = ["'", store, "' is not in indexdb.objectStoreNames: its records go to '"];
            report::warn(&[&text.concat(), &*self.default, "'"].concat());
        }
    }

    /// Leaves behind what the JavaScript client looks for, should the page go back to it.
    pub(super) fn note(&self, version: f64) {
        let stores = self.stores().map(JsValue::from).collect::<Array>();
        let note =
            convert::object([("dbVersion", version.into()), ("objectStoreNames", stores.into())]);
        let text = JSON::stringify(&note).map(String::from).unwrap_or_default();
        let key = ["deepstream-db/", &self.database].concat();
        // Nothing here depends on it.
        let _ = local::open().and_then(|storage| storage.set_item(&key, &text));
    }
}

/// Names may come without end.
const MAX_WARNINGS: usize = 20;

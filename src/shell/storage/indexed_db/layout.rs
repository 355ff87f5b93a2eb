//! Which object stores there are, and which record is where in them: as in the JavaScript client.

use std::cell::RefCell;

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
    /// All object stores: records are in them by what their names begin with.
    pub(super) stores: Vec<String>,
    /// The one that all other records are in.
    default: String,
    /// What names of records began with that is not listed, as far as it was warned of.
    unlisted: RefCell<Vec<String>>,
}

/// Where a record is.
pub(super) struct Place {
    pub(super) store: String,
    pub(super) key: String,
}

impl Layout {
    pub(super) fn new(options: &IndexDbOptions) -> Self {
        let default = &options.default_object_store_name;
        let mut stores = options.object_store_names.clone();
        if !stores.contains(default) {
            stores.push(default.clone());
        }
        Self {
            database: options.storage_database_name.clone(),
            version: (!options.auto_version).then(|| f64::from(options.db_version)),
            primary_key: options.primary_key.clone(),
            stores,
            default: default.clone(),
            unlisted: RefCell::default(),
        }
    }

    pub(super) fn place(&self, name: &str) -> Place {
        if let Some((first, rest)) = name.split_once('/')
            // There, the rest could be the name of another record.
            && first != self.default
        {
            if self.stores.iter().any(|store| store == first) {
                return Place { store: first.to_owned(), key: rest.to_owned() };
            }
            self.warn_unlisted(first);
        }
        Place { store: self.default.clone(), key: name.to_owned() }
    }

    /// Warns of what might have been meant for an object store, where there are several.
    fn warn_unlisted(&self, store: &str) {
        if self.stores.len() == 1 {
            return;
        }
        let mut unlisted = self.unlisted.borrow_mut();
        if unlisted.len() < MAX_WARNINGS && !unlisted.iter().any(|warned| warned == store) {
            unlisted.push(store.to_owned());
            drop(unlisted);
            let text = ["'", store, "' is not in indexdb.objectStoreNames: its records go to '"];
            report::warn(&[&text.concat(), &*self.default, "'"].concat());
        }
    }

    /// Leaves behind what the JavaScript client looks for, should the page go back to it.
    pub(super) fn note(&self, version: f64) {
        let stores = self.stores.iter().map(JsValue::from).collect::<Array>();
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

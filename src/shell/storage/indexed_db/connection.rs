//! The connection to a database, and the way to it.

use std::cell::{Cell, RefCell};

use gloo_timers::callback::Timeout;
use js_sys::{Function, Reflect};
use wasm_bindgen::prelude::*;
use web_sys::{
    Event, IdbDatabase, IdbFactory, IdbObjectStoreParameters, IdbOpenDbRequest, IdbRequest,
};

use super::layout::Layout;
use crate::shell::storage::teller::reason;

/// A database that is being opened. Dropped, it is left as it is.
pub(super) struct Opening {
    request: IdbOpenDbRequest,
    /// How long it may still take.
    patience: RefCell<Option<Timeout>>,
    /// Whether that was over once.
    is_late: Cell<bool>,
    /// Whether it waits for other pages.
    is_blocked: Cell<bool>,
    /// Why its object stores could not be made.
    problem: RefCell<Option<JsValue>>,
    is_over: Cell<bool>,
}

/// A connection to a database, closed when it is dropped.
pub(super) struct Connection {
    pub(super) database: IdbDatabase,
    /// The object stores that there are, of those that are wanted.
    pub(super) stores: Vec<String>,
    /// Whether there was a transaction on it.
    pub(super) has_worked: Cell<bool>,
}

impl Opening {
    /// Opens the database in this version, or in the one it has.
    ///
    /// # Errors
    ///
    /// What the browser throws when there are no databases here.
    pub(super) fn new(
        layout: &Layout,
        version: Option<f64>,
        listener: &Function,
    ) -> Result<Self, JsValue> {
        let factory = Reflect::get(&js_sys::global(), &"indexedDB".into())?;
        if !factory.is_object() {
            return Err("there is none here".into());
        }
        let factory = factory.unchecked_into::<IdbFactory>();
        let name = &layout.database;
        let request = match version {
            Some(version) => factory.open_with_f64(name, version),
            None => factory.open(name),
        }?;
        request.set_onupgradeneeded(Some(listener));
        request.set_onblocked(Some(listener));
        request.set_onsuccess(Some(listener));
        request.set_onerror(Some(listener));
        Ok(Self {
            request,
            patience: RefCell::default(),
            is_late: Cell::new(false),
            is_blocked: Cell::new(false),
            problem: RefCell::default(),
            is_over: Cell::new(false),
        })
    }

    /// Waits only for as long as `patience` takes.
    pub(super) fn limit(&self, patience: Timeout) {
        self.patience.replace(Some(patience));
    }

    /// Whether it has taken too long now, for the second time.
    pub(super) fn is_overdue(&self) -> bool {
        self.is_late.replace(true)
    }

    pub(super) fn block(&self) {
        self.is_blocked.set(true);
        self.is_late.set(false);
    }

    pub(super) fn is_blocked(&self) -> bool {
        self.is_blocked.get()
    }

    /// Makes the object stores that are wanted. Others stay: whose they are isn't known here.
    pub(super) fn upgrade(&self, layout: &Layout) {
        let made = self.request.result().and_then(|database| {
            let database = database.unchecked_into::<IdbDatabase>();
            let parameters = IdbObjectStoreParameters::new();
            parameters.set_key_path(&layout.primary_key.as_str().into());
            let there = database.object_store_names();
            for store in &layout.stores {
                if !there.contains(store) {
                    database.create_object_store_with_optional_parameters(store, &parameters)?;
                }
            }
            Ok(())
        });
        if let Err(error) = made {
            self.problem.replace(Some(error));
            undo_upgrade(&self.request);
        }
    }

    /// The connection that it came to.
    pub(super) fn succeed(self, layout: &Layout) -> Option<Connection> {
        self.is_over.set(true);
        let database = self.request.result().ok()?.unchecked_into::<IdbDatabase>();
        let there = database.object_store_names();
        let mut stores = layout.stores.clone();
        stores.retain(|store| there.contains(store));
        Some(Connection { database, stores, has_worked: Cell::new(false) })
    }

    /// Why it came to nothing.
    pub(super) fn fail(self) -> String {
        self.is_over.set(true);
        let error = self.problem.take();
        let error = error.or_else(|| Some(self.request.error().ok()??.into()));
        reason(&error.unwrap_or_default())
    }
}

impl Drop for Opening {
    fn drop(&mut self) {
        self.request.set_onupgradeneeded(None);
        self.request.set_onblocked(None);
        self.request.set_onsuccess(None);
        self.request.set_onerror(None);
        if !self.is_over.get() {
            // The browser opens it all the same. It must neither stay open, in the way of other
            // pages, nor become a database without object stores.
            let leave = Closure::<dyn Fn(Event)>::new(|event| leave(&event)).into_js_value();
            let leave = leave.unchecked_ref();
            self.request.set_onupgradeneeded(Some(leave));
            self.request.set_onsuccess(Some(leave));
        }
    }
}

impl Connection {
    /// Lets `listener` hear of what becomes of it.
    pub(super) fn listen(&self, listener: &Function) {
        self.database.set_onversionchange(Some(listener));
        self.database.set_onclose(Some(listener));
    }

    pub(super) fn has(&self, store: &str) -> bool {
        self.stores.iter().any(|there| there == store)
    }

    /// The object stores that are wanted but not there.
    pub(super) fn missing_stores(&self, layout: &Layout) -> Vec<String> {
        let mut stores = layout.stores.clone();
        stores.retain(|store| !self.has(store));
        stores
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.database.set_onversionchange(None);
        self.database.set_onclose(None);
        self.database.close();
    }
}

fn leave(event: &Event) {
    let Some(request) = event.target() else { return };
    let request = request.unchecked_into::<IdbOpenDbRequest>();
    if !undo_upgrade(&request)
        && let Ok(database) = request.result()
    {
        database.unchecked_into::<IdbDatabase>().close();
    }
}

/// Takes back what an upgrade did, if there is one: the request then fails.
fn undo_upgrade(request: &IdbRequest) -> bool {
    let upgrade = request.transaction();
    // Throws when it is over.
    upgrade.is_some_and(|upgrade| upgrade.abort().is_ok())
}

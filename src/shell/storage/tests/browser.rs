//! The browser's own storages, as another page sees them, and FAKES of what they seldom do.

use wasm_bindgen::prelude::*;
use web_sys::IdbDatabase;

#[wasm_bindgen(inline_js = "
const settled = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result)
  request.onerror = () => reject(request.error)
})
export function connect(name, version, stores = [], keyPath = 'id') {
  const request = indexedDB.open(name, version)
  request.onupgradeneeded = () => {
    for (const store of stores) request.result.createObjectStore(store, { keyPath })
  }
  return settled(request)
}
export async function rows(name, store) {
  const database = await connect(name)
  const rows = await settled(database.transaction(store).objectStore(store).getAll())
  database.close()
  return JSON.stringify(rows)
}
export async function store_names(name) {
  const database = await connect(name)
  database.close()
  return [database.version, ...database.objectStoreNames].join(' ')
}
export async function put(name, store, row) {
  const database = await connect(name)
  await settled(database.transaction(store, 'readwrite').objectStore(store).put(row))
  database.close()
}
export const remove_database = (name) => settled(indexedDB.deleteDatabase(name))

// Each undoes itself when `restore` is called.
let undone = []
const property = (object, name, descriptor) => {
  const former = Object.getOwnPropertyDescriptor(object, name)
  Object.defineProperty(object, name, { configurable: true, ...descriptor })
  undone.unshift(() => {
    delete object[name]
    if (former) Object.defineProperty(object, name, former)
  })
}
const wrap = (object, name, make) => property(object, name, {
  value: make(object[name]), writable: true
})
export function restore() { for (const undo of undone.splice(0)) undo() }
export function set_global(name, value) { property(globalThis, name, { value }) }
export function forbid_global(name) {
  property(globalThis, name, { get() { throw new DOMException('not here', 'SecurityError') } })
}
export function watch() {
  const seen = { connections: [], modes: [], requests: [], warnings: [], delays: [] }
  wrap(IDBFactory.prototype, 'open', (open) => function (...names) {
    const request = open.apply(this, names)
    seen.requests.push(request)
    request.addEventListener('success', () => seen.connections.push(request.result))
    return request
  })
  wrap(IDBDatabase.prototype, 'transaction', (make) => function (...given) {
    seen.modes.push(given[1])
    return make.apply(this, given)
  })
  wrap(globalThis, 'setTimeout', (set) => (call, millis) => {
    seen.delays.push(millis)
    return set(call, millis)
  })
  wrap(console, 'warn', () => (text) => seen.warnings.push(text))
  return seen
}
export const last_connection = (seen) => seen.connections.at(-1)
export const last_request = (seen) => seen.requests.at(-1)
export function is_closed(database) {
  try { database.transaction(database.objectStoreNames[0]); return false } catch { return true }
}
export function break_rows(method, isBroken, error) {
  wrap(IDBObjectStore.prototype, method, (act) => function (...given) {
    const request = act.apply(this, given)
    if (isBroken(...given)) {
      if (error) Object.defineProperty(this.transaction, 'error', { value: error })
      request.addEventListener('success', () => this.transaction.abort())
    }
    return request
  })
}
export function close_in(method) {
  let isOver = false
  wrap(IDBObjectStore.prototype, method, (act) => function (...given) {
    const request = act.apply(this, given)
    if (!isOver) request.addEventListener('success', () => {
      this.transaction.abort()
      this.transaction.db.close()
    })
    isOver = true
    return request
  })
}
export function never_open() {
  wrap(IDBFactory.prototype, 'open', () => () => ({ transaction: null }))
}
export function hurry() {
  wrap(globalThis, 'setTimeout', (set) => (call, millis) => set(call, millis / 1000))
}
export function awake() {
  let isOver = false
  wrap(globalThis, 'setTimeout', (set) => (call, millis) => {
    if (isOver) return set(call, millis)
    isOver = true
    queueMicrotask(call)
  })
}
export function fail_item(method) {
  wrap(Storage.prototype, method, () => () => {
    throw new DOMException('no more', 'QuotaExceededError')
  })
}
export const evaluate = (text) => (0, eval)(`(${text})`)
export function close_event(database) { database.dispatchEvent(new Event('close')) }
export const upgraded = (name, version) => new Promise((resolve) => {
  const request = indexedDB.open(name, version)
  request.onblocked = () => resolve('blocked')
  request.onsuccess = () => { request.result.close(); resolve('upgraded') }
})
")]
extern "C" {
    #[wasm_bindgen(catch)]
    async fn connect(
        name: &str,
        version: u32,
        stores: Vec<String>,
        key_path: &str,
    ) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch)]
    async fn rows(name: &str, store: &str) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch)]
    async fn store_names(name: &str) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch)]
    pub(super) async fn put(name: &str, store: &str, row: &JsValue) -> Result<(), JsValue>;
    #[wasm_bindgen(catch)]
    pub(super) async fn remove_database(name: &str) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch)]
    async fn upgraded(name: &str, version: u32) -> Result<JsValue, JsValue>;

    fn restore();
    fn set_global(name: &str, value: &JsValue);
    fn forbid_global(name: &str);
    fn watch() -> Seen;
    fn break_rows(method: &str, is_broken: &JsValue, error: &JsValue);
    fn close_in(method: &str);
    fn never_open();
    fn hurry();
    fn awake();
    fn fail_item(method: &str);

    /// The value of a JavaScript expression.
    pub(super) fn evaluate(text: &str) -> JsValue;
    /// Whether a connection to a database is closed.
    pub(super) fn is_closed(database: &JsValue) -> bool;
    /// The browser says that it has closed a connection.
    pub(super) fn close_event(database: &JsValue);

    /// What was seen of databases and warnings.
    pub(super) type Seen;
    fn last_connection(seen: &Seen) -> JsValue;
    fn last_request(seen: &Seen) -> JsValue;
    #[wasm_bindgen(method, getter)]
    pub(super) fn modes(this: &Seen) -> Vec<String>;
    #[wasm_bindgen(method, getter)]
    pub(super) fn warnings(this: &Seen) -> Vec<String>;
    #[wasm_bindgen(method, getter)]
    pub(super) fn delays(this: &Seen) -> Vec<u32>;
    #[wasm_bindgen(method, getter)]
    fn requests(this: &Seen) -> Vec<JsValue>;
}

impl Seen {
    /// The connection that was opened last.
    pub(super) fn connection(&self) -> JsValue {
        last_connection(self)
    }

    /// The request to open a database that was made last.
    pub(super) fn request(&self) -> JsValue {
        last_request(self)
    }

    /// How often a database was opened.
    pub(super) fn openings(&self) -> usize {
        self.requests().len()
    }
}

/// The connection of another page to a database, made with these object stores if it is new.
pub(super) async fn other_page(name: &str, version: u32, stores: &[&str]) -> IdbDatabase {
    let stores = stores.iter().map(|store| (*store).to_owned()).collect();
    connect(name, version, stores, "id").await.expect("connects").unchecked_into()
}

/// All rows of an object store.
pub(super) async fn rows_of(name: &str, store: &str) -> String {
    rows(name, store).await.expect("rows").as_string().expect("text")
}

/// The version of a database and its object stores.
pub(super) async fn layout(name: &str) -> String {
    store_names(name).await.expect("a database").as_string().expect("text")
}

/// What comes of another page's attempt to open a database in a higher version.
pub(super) async fn upgrade(name: &str, version: u32) -> String {
    upgraded(name, version).await.expect("an event").as_string().expect("text")
}

/// The browser, other than it is, until this is dropped.
pub(super) struct Browser;

impl Browser {
    /// Watched only.
    pub(super) fn watched() -> (Self, Seen) {
        (Self, watch())
    }

    /// With something else under the name of a global.
    pub(super) fn with(name: &str, value: &JsValue) -> Self {
        set_global(name, value);
        Self
    }

    /// That does not let a global be looked at.
    pub(super) fn forbidding(name: &str) -> Self {
        forbid_global(name);
        Self
    }

    /// That aborts a transaction at each call of this method of object stores for which `is_broken`,
    /// with this error.
    pub(super) fn failing(method: &str, is_broken: &str, error: &str) -> Self {
        break_rows(method, &evaluate(is_broken), &evaluate(error));
        Self
    }

    /// That closes the connection within the first call of this method of object stores.
    pub(super) fn closing(method: &str) -> Self {
        close_in(method);
        Self
    }

    /// Whose databases never open, and whose timers are fast.
    pub(super) fn silent() -> Self {
        never_open();
        hurry();
        Self
    }

    /// Whose first timer is over at once, as that of a page that has slept.
    pub(super) fn awake() -> Self {
        awake();
        Self
    }

    /// Whose `localStorage` throws in this method.
    pub(super) fn failing_item(method: &str) -> Self {
        fail_item(method);
        Self
    }

    /// In which timers are fast from now on.
    pub(super) fn hurry(&self) {
        hurry();
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        restore();
    }
}

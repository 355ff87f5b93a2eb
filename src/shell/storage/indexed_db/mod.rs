//! Records in IndexedDB, in the layout of the JavaScript client.
//!
//! Requests are collected and done in order, one transaction at a time. Each that fails is tried
//! once more, in a transaction of its own, so that it takes nothing else along: then it is told.
//!
//! A storage whose database could not be opened stays away from it for good: what was answered as
//! not being stored may well be, and must not be written over.

mod connection;
mod layout;
mod request;

use std::cell::RefCell;
use std::mem;
use std::rc::{Rc, Weak};

use gloo_timers::callback::Timeout;
use js_sys::Function;
use wasm_bindgen::prelude::*;
use web_sys::{Event, IdbRequest};

use self::connection::{Connection, Opening};
use self::layout::{Layout, Place};
use self::request::{Action, Request, Transaction};
use super::teller::{Task, Teller, property, reason};
use crate::core::options::IndexDbOptions;
use crate::core::time::Millis;
use crate::shell::convert;

pub(super) struct IndexedDb {
    flush_timeout: Millis,
    teller: Teller,
    state: RefCell<State>,
    /// What waits for the connection, for the timer, or for the transaction before.
    queue: RefCell<Vec<Request>>,
    timer: RefCell<Option<Timeout>>,
    transaction: RefCell<Option<Transaction>>,
    layout: Layout,
    /// Hears of everything: requests to open, connections and transactions.
    listener: Closure<dyn Fn(Event)>,
}

enum State {
    /// Not connected, or not any more: the next request connects.
    Closed,
    Opening(Opening),
    Open(Rc<Connection>),
    /// Given up, and why.
    Off(String),
}

impl IndexedDb {
    pub(super) fn new(options: &IndexDbOptions, teller: Teller) -> Rc<Self> {
        Rc::new_cyclic(|storage: &Weak<Self>| {
            let storage = Weak::clone(storage);
            let listener = Closure::new(move |event: Event| {
                if let Some(storage) = storage.upgrade() {
                    storage.on_event(&event);
                }
            });
            Self {
                flush_timeout: options.flush_timeout,
                teller,
                state: RefCell::new(State::Closed),
                queue: RefCell::default(),
                timer: RefCell::default(),
                transaction: RefCell::default(),
                layout: Layout::new(options),
                listener,
            }
        })
    }

    pub(super) fn get(self: &Rc<Self>, name: &str) {
        let place = self.layout.place(name);
        self.request(name, Some(place), Action::Load);
    }

    pub(super) fn set(self: &Rc<Self>, name: &str, version: i32, data: &JsValue) {
        let place = self.layout.place(name);
        let row = convert::object([
            (VERSION, version.into()),
            (DATA, data.clone()),
            (&self.layout.primary_key, place.key.as_str().into()),
        ]);
        self.request(name, Some(place), Action::Store(row.into()));
    }

    pub(super) fn delete(self: &Rc<Self>, name: &str) {
        let place = self.layout.place(name);
        self.request(name, Some(place), Action::Remove);
    }

    /// Empties the object stores. The database itself stays, as other pages may have it open.
    pub(super) fn reset(self: &Rc<Self>) {
        self.request("", None, Action::Clear);
    }

    /// Does what waits, unless a transaction is under way: that has it follow.
    pub(super) fn flush(self: &Rc<Self>) {
        drop(self.timer.take());
        if self.transaction.borrow().is_some() {
            return;
        }
        let requests = self.next_requests();
        if requests.is_empty() {
            return;
        }
        let Some(connection) = self.connection() else {
            // Comes back here when it is open.
            self.queue_again(requests);
            self.open(None);
            return;
        };
        let Connection { database, stores, has_worked } = &*connection;
        match Transaction::begin(database, stores, requests, self.listener()) {
            Ok((transaction, refused)) => {
                has_worked.set(true);
                self.transaction.replace(Some(transaction));
                for (request, error) in refused {
                    self.tell_failed(&request, &reason(&error));
                }
            }
            Err((requests, error)) => {
                let has_worked = has_worked.get();
                self.close();
                drop(connection);
                if has_worked {
                    // The browser has closed it, without a word or before saying so.
                    self.queue_again(requests);
                    self.go_on();
                } else {
                    self.fail(requests, &error);
                }
            }
        }
    }

    fn request(self: &Rc<Self>, name: &str, place: Option<Place>, action: Action) {
        let request = Request { name: name.to_owned(), place, action, is_alone: false };
        if let Some(why) = self.obstacle(&request) {
            self.skip(&request, &why);
            return;
        }
        self.queue.borrow_mut().push(request);
        if self.connection().is_some() {
            self.flush_soon();
        } else {
            self.open(None);
        }
    }

    /// What a request can't be done for, as was told already.
    fn obstacle(&self, request: &Request) -> Option<String> {
        match &*self.state.borrow() {
            State::Closed | State::Opening(_) => None,
            State::Open(connection) => {
                let store = &request.place.as_ref()?.store;
                (!connection.has(store)).then(String::new)
            }
            State::Off(why) => Some(why.clone()),
        }
    }

    fn connection(&self) -> Option<Rc<Connection>> {
        match &*self.state.borrow() {
            State::Open(connection) => Some(Rc::clone(connection)),
            State::Closed | State::Opening(_) | State::Off(_) => None,
        }
    }

    fn listener(&self) -> &Function {
        self.listener.as_ref().unchecked_ref()
    }

    fn flush_soon(self: &Rc<Self>) {
        let mut timer = self.timer.borrow_mut();
        if timer.is_none() {
            let millis = u32::try_from(self.flush_timeout.get()).unwrap_or(LONGEST);
            let storage = Rc::downgrade(self);
            *timer = Some(Timeout::new(millis.min(LONGEST), move || {
                if let Some(storage) = storage.upgrade() {
                    storage.flush();
                }
            }));
        }
    }

    fn next_requests(&self) -> Vec<Request> {
        let mut queue = self.queue.borrow_mut();
        let is_alone = queue.first().is_some_and(|request| request.is_alone);
        let count = if is_alone { 1 } else { queue.len() };
        queue.drain(..count).collect()
    }

    fn queue_again(&self, requests: Vec<Request>) {
        let mut later = self.queue.replace(requests);
        self.queue.borrow_mut().append(&mut later);
    }

    fn on_event(self: &Rc<Self>, event: &Event) {
        match event.type_().as_str() {
            "upgradeneeded" => {
                if let State::Opening(opening) = &*self.state.borrow() {
                    opening.upgrade(&self.layout);
                }
            }
            "blocked" => self.on_blocked(),
            "success" => self.on_open(),
            "error" => self.on_open_failed(),
            "complete" => self.on_complete(),
            "abort" => self.on_abort(),
            // Another page is to change the database, and waits for this one to let it; or the
            // browser has closed it.
            _ => self.close(),
        }
    }

    /// Opens the database, if it isn't and nobody is at it.
    fn open(self: &Rc<Self>, version: Option<f64>) {
        if !matches!(*self.state.borrow(), State::Closed) {
            return;
        }
        match Opening::new(&self.layout, version.or(self.layout.version), self.listener()) {
            Ok(opening) => {
                self.limit(&opening);
                self.state.replace(State::Opening(opening));
            }
            Err(error) => self.give_up(&reason(&error)),
        }
    }

    /// Gives up on a database when it has taken too long twice: a page that was asleep finds its
    /// timer over, and the answer still to come.
    fn limit(self: &Rc<Self>, opening: &Opening) {
        let millis = if opening.is_blocked() { BLOCKED_MILLIS } else { OPENING_MILLIS };
        let storage = Rc::downgrade(self);
        opening.limit(Timeout::new(millis, move || {
            if let Some(storage) = storage.upgrade() {
                storage.on_impatience();
            }
        }));
    }

    fn on_impatience(self: &Rc<Self>) {
        let is_blocked = match &*self.state.borrow() {
            State::Opening(opening) if opening.is_overdue() => opening.is_blocked(),
            State::Opening(opening) => return self.limit(opening),
            State::Closed | State::Open(_) | State::Off(_) => return,
        };
        self.give_up(if is_blocked {
            "blocked by a page that has it open in another version"
        } else {
            "the browser does not answer"
        });
    }

    /// Waits a little for pages that are to let go: those that know how to do so at once.
    fn on_blocked(self: &Rc<Self>) {
        if let State::Opening(opening) = &*self.state.borrow() {
            opening.block();
            self.limit(opening);
        }
    }

    fn on_open(self: &Rc<Self>) {
        let Some(connection) = self.take_opening().and_then(|it| it.succeed(&self.layout)) else {
            return;
        };
        let missing = connection.missing_stores(&self.layout);
        let is_auto = self.layout.version.is_none();
        if is_auto && !missing.is_empty() {
            let next = connection.database.version() + 1.0;
            drop(connection);
            self.open(Some(next));
            return;
        }
        if is_auto {
            self.layout.note(connection.database.version());
        }
        connection.listen(self.listener());
        self.state.replace(State::Open(Rc::new(connection)));
        if !missing.is_empty() {
            let missing = missing.join("', '");
            let advice = "': raise indexdb.dbVersion, or set indexdb.autoVersion";
            self.teller.tell(&["has no object store '", &*missing, advice].concat());
        }
        self.go_on();
    }

    fn on_open_failed(&self) {
        if let Some(opening) = self.take_opening() {
            self.give_up(&opening.fail());
        }
    }

    fn take_opening(&self) -> Option<Opening> {
        let mut state = self.state.borrow_mut();
        match mem::replace(&mut *state, State::Closed) {
            State::Opening(opening) => Some(opening),
            other @ (State::Closed | State::Open(_) | State::Off(_)) => {
                *state = other;
                None
            }
        }
    }

    fn give_up(&self, why: &str) {
        let why = ["can't be opened: ", why].concat();
        let opening = self.state.replace(State::Off(why.clone()));
        drop(opening);
        self.teller.tell(&why);
        self.skip_hopeless();
    }

    /// Lets go of the connection. What is under way on it still ends.
    fn close(&self) {
        let connection = self.connection();
        if connection.is_some() {
            self.state.replace(State::Closed);
        }
    }

    fn on_complete(self: &Rc<Self>) {
        let Some(mut transaction) = self.transaction.take() else { return };
        for (request, made) in mem::take(&mut transaction.done) {
            match request.action {
                Action::Load => self.answer(&request.name, made),
                Action::Clear => self.teller.tell_reset(Ok(())),
                Action::Store(_) | Action::Remove => {}
            }
        }
        self.go_on();
    }

    fn answer(&self, name: &str, made: Option<IdbRequest>) {
        match made.and_then(|made| made.result().ok()) {
            Some(row) if row.is_object() => {
                self.teller.tell_found(name, &property(&row, VERSION), &property(&row, DATA));
            }
            _ => self.teller.tell_missing(name),
        }
    }

    fn on_abort(self: &Rc<Self>) {
        let Some(mut transaction) = self.transaction.take() else { return };
        let requests = mem::take(&mut transaction.done);
        let error = transaction.error();
        self.fail(requests.into_iter().map(|(request, _)| request).collect(), &error);
    }

    fn fail(self: &Rc<Self>, requests: Vec<Request>, error: &JsValue) {
        let (mut failed, mut again) = (Vec::new(), Vec::new());
        for mut request in requests {
            if mem::replace(&mut request.is_alone, true) {
                failed.push(request);
            } else {
                again.push(request);
            }
        }
        self.queue_again(again);
        for request in failed {
            self.tell_failed(&request, &reason(error));
        }
        self.go_on();
    }

    /// Does what waits, and is not collected to be done later.
    fn go_on(self: &Rc<Self>) {
        self.skip_hopeless();
        if self.timer.borrow().is_none() {
            self.flush();
        }
    }

    /// Answers what waits in vain.
    fn skip_hopeless(&self) {
        let requests = mem::take(&mut *self.queue.borrow_mut());
        let mut hopeless = Vec::new();
        let mut queue = Vec::new();
        for request in requests {
            match self.obstacle(&request) {
                Some(why) => hopeless.push((request, why)),
                None => queue.push(request),
            }
        }
        self.queue.replace(queue);
        for (request, why) in hopeless {
            self.skip(&request, &why);
        }
    }

    /// Answers a request without having tried, for a reason that was told.
    fn skip(&self, request: &Request, why: &str) {
        match request.task() {
            Task::Load => self.teller.tell_missing(&request.name),
            Task::Clear => self.tell_failed(request, why),
            Task::Store | Task::Remove => {}
        }
    }

    fn tell_failed(&self, request: &Request, why: &str) {
        self.teller.tell_failed(request.task(), &request.name, why);
    }
}

impl Drop for IndexedDb {
    fn drop(&mut self) {
        // What waits for the timer would be lost. The connection closes when it is done.
        if let Some(connection) = self.connection() {
            let mut requests = self.queue.take();
            requests.retain(|request| request.task() != Task::Load);
            if !requests.is_empty() {
                let Connection { database, stores, .. } = &*connection;
                let _ = Transaction::begin(database, stores, requests, self.listener());
            }
        }
    }
}

const VERSION: &str = "version";
const DATA: &str = "data";
/// Half of how long the browser may take to open a database: some have been seen to take for ever.
const OPENING_MILLIS: u32 = 5_000;
/// Half of how long other pages may take to let go of it.
const BLOCKED_MILLIS: u32 = 500;
/// Browsers let a timer of more milliseconds fire at once.
const LONGEST: u32 = i32::MAX as u32;

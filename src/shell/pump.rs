//! The pump between the core and the browser.
//!
//! The core is borrowed for one input or one output at a time, never while JavaScript runs: a
//! listener may call anything. What its call causes is carried out after the listeners of the event
//! at hand, so that each of them is told everything in the order in which it happened.

use std::cell::{Cell, OnceCell, RefCell, RefMut};
use std::rc::Rc;

use js_sys::Map;
use wasm_bindgen::prelude::*;

use super::alarm::Alarm;
use super::callbacks::Callbacks;
use super::clock::Clock;
use super::convert;
use super::document::JsDocument;
use super::emitter::Emitter;
use super::handles::Handles;
use super::held::Held;
use super::memory;
use super::merge_strategies::MergeStrategies;
use super::page::Page;
use super::socket::Socket;
use super::storage::{GivenObject, Storage};
use super::uid::uid;
use super::waiting::{Waiting, WaitingList};
use crate::core::Client;
use crate::core::connection::State;
use crate::core::error::InvalidArgument;
use crate::core::io::{Command, DataCommand, Input, Output, SocketId};
use crate::core::options::Options;
use crate::core::protocol::Message;
use crate::core::record::io::{RecordCommand, RecordEvent, RecordId};
use crate::core::record::{Record, Sharing};
use crate::core::time::Instant;

/// One client and the browser objects that serve it.
pub(crate) struct Shell {
    core: RefCell<Client<JsDocument>>,
    pub(crate) clock: Clock,
    pub(crate) alarm: Alarm,
    pub(crate) held: Held,
    pub(crate) emitter: Emitter,
    /// Whether outputs are being carried out, further up the stack.
    is_pumping: Cell<bool>,
    /// Whether the application has called since the last output.
    was_called: Cell<bool>,
    socket: RefCell<Option<Rc<Socket>>>,
    page: RefCell<Option<Page>>,
    pub(crate) callbacks: Callbacks,
    pub(crate) waiting: WaitingList,
    pub(crate) handles: Handles,
    pub(crate) strategies: MergeStrategies,
    storage: OnceCell<Storage>,
    /// Those who wait for the storage to be emptied, in order.
    pub(super) resets: RefCell<Vec<Waiting>>,
    sharing: Sharing,
    is_debugged: bool,
    /// What the ids of this client's RPCs begin with, once it makes one.
    uid: OnceCell<String>,
    requests: Cell<u32>,
    /// Whether the constructor is still under way.
    is_starting: Cell<bool>,
    /// What the browser threw at the attempt that the constructor made, which throws it on.
    refusal: RefCell<Option<JsValue>>,
}

impl Shell {
    pub(crate) fn new(
        url: &str,
        options: Options,
        held: &Map,
    ) -> Result<Rc<Self>, InvalidArgument> {
        let clock = Clock::new();
        let sharing = if options.record_deep_copy { Sharing::Copies } else { Sharing::Shares };
        let is_debugged = options.debug;
        let core = Client::new(url, options, clock.now())?;
        memory::share();
        Ok(Rc::new(Self {
            core: RefCell::new(core),
            is_pumping: Cell::new(false),
            was_called: Cell::new(false),
            is_starting: Cell::new(false),
            clock,
            alarm: Alarm::default(),
            held: Held::new(held),
            emitter: Emitter::default(),
            socket: RefCell::default(),
            page: RefCell::default(),
            callbacks: Callbacks::default(),
            waiting: WaitingList::default(),
            handles: Handles::default(),
            strategies: MergeStrategies::default(),
            storage: OnceCell::new(),
            resets: RefCell::default(),
            sharing,
            is_debugged,
            uid: OnceCell::new(),
            requests: Cell::new(0),
            refusal: RefCell::default(),
        }))
    }

    /// Makes the first attempt.
    ///
    /// # Errors
    ///
    /// What the browser throws when it does not even try.
    pub(crate) fn start(self: &Rc<Self>) -> Result<(), JsValue> {
        self.is_starting.set(true);
        self.pump(self.clock.now());
        self.is_starting.set(false);
        match self.refusal.take() {
            Some(error) => {
                self.command(Command::Close);
                Err(error)
            }
            None => Ok(()),
        }
    }

    fn core_mut(&self) -> RefMut<'_, Client<JsDocument>> {
        memory::count_input();
        self.core.borrow_mut()
    }

    pub(crate) fn state(&self) -> State {
        self.core.borrow().state()
    }

    /// The address that is connected to.
    pub(crate) fn url(&self) -> String {
        self.core.borrow().connection_info(self.clock.now()).url
    }

    pub(crate) fn command(self: &Rc<Self>, command: Command) {
        self.handle(Input::Command(command));
    }

    /// Gives a command of the data API.
    pub(crate) fn give(self: &Rc<Self>, command: DataCommand) {
        self.command(Command::Data(command));
    }

    /// Sends a message to other clients, now or as soon as there is a connection.
    pub(crate) fn send(self: &Rc<Self>, message: &Message<'_>) {
        let now = self.clock.now();
        self.core_mut().send(message);
        self.pump(now);
    }

    /// Opens a record, and carries out what follows.
    pub(crate) fn open_record(self: &Rc<Self>, name: &str) -> RecordId {
        let now = self.clock.now();
        let id = self.core_mut().open_record(name, now);
        self.pump(now);
        id
    }

    /// Gives a command that has to do with a record, and carries out what follows.
    pub(crate) fn give_record(self: &Rc<Self>, command: RecordCommand<JsDocument>) {
        let now = self.clock.now();
        self.core_mut().handle_record(command, now);
        self.pump(now);
    }

    /// Looks at a record. `read` calls nothing of the application's.
    pub(crate) fn with_record<T>(
        &self,
        id: RecordId,
        read: impl FnOnce(&Record<JsDocument>) -> T,
    ) -> Option<T> {
        self.core.borrow().record(id).map(read)
    }

    pub(crate) fn record_names(&self) -> Vec<String> {
        self.core.borrow().record_names()
    }

    /// Has records be kept in a storage: the one that the application gave, if it gave one.
    pub(crate) fn open_storage(self: &Rc<Self>, options: &Options, given: &JsValue) {
        let given = given.is_object().then(|| {
            let (shell, slot) = (Rc::downgrade(self), self.held.insert(given));
            let get = move || shell.upgrade().map(|shell| shell.held.get(slot)).unwrap_or_default();
            Box::new(get) as GivenObject
        });
        let shell = Rc::downgrade(self);
        let told = move |told| {
            if let Some(shell) = shell.upgrade() {
                shell.on_storage_told(told);
            }
        };
        self.storage.get_or_init(|| Storage::open(options, given, Rc::new(told)));
    }

    /// The storage, if there is one.
    pub(super) fn storage(&self) -> Option<&Storage> {
        self.storage.get()
    }

    pub(super) fn flush_storage(&self) {
        if let Some(storage) = self.storage() {
            storage.flush();
        }
    }

    pub(super) fn poll_record_event(&self) -> Option<RecordEvent<JsDocument>> {
        self.core_mut().poll_record_event()
    }

    /// Whether the application is given copies of what is in records.
    pub(crate) fn sharing(&self) -> Sharing {
        self.sharing
    }

    /// What tells an object from others, where that is wanted.
    pub(crate) fn debug_id(&self) -> Result<JsValue, JsValue> {
        if self.is_debugged { uid().map(JsValue::from) } else { Ok(JsValue::NULL) }
    }

    /// An id for an RPC that no other RPC has, of this client or of another.
    pub(crate) fn correlation_id(&self) -> Result<String, JsValue> {
        let number = self.requests.get().wrapping_add(1);
        self.requests.set(number);
        let uid = match self.uid.get() {
            Some(uid) => uid,
            None => {
                let uid = uid()?;
                self.uid.get_or_init(|| uid)
            }
        };
        Ok([uid, "-", &number.to_string()].concat())
    }

    pub(crate) fn connection_info(&self) -> JsValue {
        let socket = self.socket.borrow().clone();
        let buffered = socket.map_or(0, |socket| socket.buffered());
        let info = self.core.borrow().connection_info(self.clock.now());
        convert::connection_info(&info, buffered)
    }

    /// Hands in what happened, and carries out what follows.
    pub(crate) fn handle(self: &Rc<Self>, input: Input<'_>) {
        let now = self.clock.now();
        self.core_mut().handle_input(input, now);
        self.pump(now);
    }

    /// Has done what is due, and carries out what follows.
    pub(crate) fn handle_timeout(self: &Rc<Self>) {
        let now = self.clock.now();
        self.core_mut().handle_timeout(now);
        self.pump(now);
    }

    /// Carries out what the core has to have done, from `now` on.
    fn pump(self: &Rc<Self>, mut now: Instant) {
        if self.is_pumping.replace(true) {
            self.was_called.set(true);
            return;
        }
        // A listener may call for what it is called for again, for ever: the page has to go on in
        // between.
        let mut patience = PATIENCE;
        let deadline = loop {
            self.was_called.set(false);
            if let Some(output) = self.poll_output(now) {
                self.carry_out(output, now);
                if !self.was_called.get() {
                    continue;
                }
                now = self.clock.now();
            } else {
                let deadline = self.poll_timeout();
                if deadline.is_none_or(|deadline| deadline > now) {
                    break deadline;
                }
                self.core_mut().handle_timeout(now);
            }
            patience = patience.saturating_sub(1);
            if patience == 0 {
                break Some(now);
            }
        };
        self.is_pumping.set(false);
        self.alarm.set(deadline, self);
        self.attend_page();
    }

    fn poll_output(&self, now: Instant) -> Option<Output> {
        self.core_mut().poll_output(now)
    }

    fn poll_timeout(&self) -> Option<Instant> {
        self.core.borrow().poll_timeout()
    }

    fn carry_out(self: &Rc<Self>, output: Output, now: Instant) {
        match output {
            Output::OpenSocket(id, url) => self.open_socket(id, &url, now),
            Output::Send(id, frame) => {
                if let Some(socket) = self.socket(id) {
                    socket.send(&frame);
                }
            }
            Output::SendQueued(id, outgoing) => {
                let socket = self.socket(id);
                let is_taken = socket.is_some_and(|socket| socket.send(&outgoing.frame));
                let report = if is_taken {
                    Input::SocketTook(id, outgoing)
                } else {
                    Input::SocketRefused(id, outgoing)
                };
                self.report(report, now);
            }
            Output::MeasureBuffer(id) => {
                self.report(Input::SocketBuffered(id, self.buffered(id)), now);
            }
            Output::CloseSocket(id) => {
                if let Some(socket) = self.socket(id) {
                    socket.close();
                }
            }
            Output::DropSocket(_) => drop(self.socket.take()),
            Output::Event(event) => self.deliver(event),
        }
    }

    /// The socket of this id, if it is still the present one. Not borrowed: what it is asked to do
    /// may call back.
    fn socket(&self, id: SocketId) -> Option<Rc<Socket>> {
        self.socket.borrow().clone().filter(|socket| socket.id() == id)
    }

    /// Bytes that the socket was given and has not sent yet.
    pub(super) fn buffered(&self, id: SocketId) -> u64 {
        self.socket(id).map_or(0, |socket| socket.buffered())
    }

    /// Hands in what came of an output, from within the pump.
    fn report(&self, input: Input<'_>, now: Instant) {
        self.core_mut().handle_input(input, now);
    }

    #[inline(never)]
    fn open_socket(self: &Rc<Self>, id: SocketId, url: &str, now: Instant) {
        match Socket::open(id, url, self) {
            Ok(socket) => drop(self.socket.replace(Some(Rc::new(socket)))),
            Err(error) if self.is_starting.get() => drop(self.refusal.replace(Some(error))),
            Err(error) => {
                self.report(Input::SocketForbidden(id, convert::message(&error)), now);
            }
        }
    }

    /// Listens to the page for as long as there is something to keep alive.
    fn attend_page(self: &Rc<Self>) {
        let is_active = self.alarm.is_set() || self.socket.borrow().is_some();
        let is_listening = self.page.borrow().is_some();
        if is_active && !is_listening {
            self.page.replace(Some(Page::listen(self)));
        } else if !is_active && is_listening {
            drop(self.page.take());
        }
    }
}

/// How often listeners may answer with a call, or a deadline be over at once, in one go.
const PATIENCE: u32 = 500;

//! A client with a scripted world around it. Does what the shell does: carries out each output as
//! it is polled, and comes back when a timer is due. Checks on the way what must hold always.

#![allow(dead_code, reason = "each test binary uses its own part")]

use deepstream_wasm::core::connection::State;
use deepstream_wasm::core::io::{
    Closure, Command, DataCommand, ErrorEvent, Event, Input, Meta, Outcome, Outgoing, Output,
    PageEvent, Reason, SocketId, Ticket, error_name,
};
use deepstream_wasm::core::options::Options;
use deepstream_wasm::core::protocol::{
    Action, AuthAction, ConnectionAction, Frame, FrameRef, Message,
};
use deepstream_wasm::core::time::{Instant, Millis};

use crate::common::{Client, answer, bare, decode, event, frame, is_allowed};

/// The address that the clients of these tests are given, completed.
pub(crate) const URL: &str = "ws://localhost:6020/deepstream";
pub(crate) const DETAILS: &str = r#"{"user":"a"}"#;

/// A socket that the client asked for.
#[derive(Debug)]
pub(crate) struct Socket {
    pub(crate) id: SocketId,
    pub(crate) url: String,
    /// When it was asked for, in milliseconds.
    pub(crate) dialled: u64,
    pub(crate) is_open: bool,
    pub(crate) is_alive: bool,
    pub(crate) is_closing: bool,
    /// What it was given, with the time in milliseconds.
    pub(crate) sent: Vec<(u64, Message<'static>)>,
    /// The frames of the application among them.
    pub(crate) frames: Vec<Frame>,
    /// Names of the messages of the application among them.
    pub(crate) delivered: Vec<String>,
}

/// What a socket answers when its buffer is measured, and whether it takes messages.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Browser {
    pub(crate) buffered: u64,
    /// A socket that is not open any more: it takes so many further messages.
    pub(crate) takes: usize,
}

pub(crate) struct Harness {
    pub(crate) client: Client,
    pub(crate) sockets: Vec<Socket>,
    pub(crate) browser: Browser,
    /// Times at which a buffer was measured, in milliseconds.
    pub(crate) measured: Vec<u64>,
    micros: u64,
    state: State,
    events: Vec<(u64, Event)>,
    settled: Vec<(Ticket, Outcome)>,
    tickets: u32,
    listener: Vec<(State, Command)>,
}

impl Harness {
    pub(crate) fn new() -> Self {
        Self::with(|_| {})
    }

    pub(crate) fn with(configure: impl FnOnce(&mut Options)) -> Self {
        Self::at("localhost:6020", configure)
    }

    pub(crate) fn at(url: &str, configure: impl FnOnce(&mut Options)) -> Self {
        let mut options = Options::default();
        configure(&mut options);
        let client = Client::new(url, options, Instant::from_micros(0)).unwrap();
        let mut harness = Self {
            state: client.state(),
            client,
            sockets: Vec::new(),
            browser: Browser { buffered: 0, takes: usize::MAX },
            measured: Vec::new(),
            micros: 0,
            events: Vec::new(),
            settled: Vec::new(),
            tickets: 0,
            listener: Vec::new(),
        };
        harness.drain();
        harness
    }

    /// A client with the schedule of the documents' first example and no end to its attempts.
    pub(crate) fn patient() -> Self {
        Self::with(|options| {
            options.reconnect_interval_increment = Millis::new(2_000);
            options.max_reconnect_attempts = deepstream_wasm::core::options::AttemptLimit::Never;
        })
    }

    // Time.

    pub(crate) fn now(&self) -> u64 {
        self.micros / 1_000
    }

    pub(crate) fn instant(&self) -> Instant {
        Instant::from_micros(self.micros)
    }

    /// Lets time pass; timers run when they are due.
    pub(crate) fn advance(&mut self, millis: u64) {
        let end = self.micros + millis * 1_000;
        while let Some(due) = self.due().filter(|due| *due <= end) {
            self.micros = self.micros.max(due);
            self.run_timers();
        }
        self.micros = end;
    }

    /// Lets time pass in which no timer runs, as while a machine sleeps.
    pub(crate) fn sleep(&mut self, millis: u64) {
        self.micros += millis * 1_000;
    }

    /// Runs the timers that are due, however late.
    pub(crate) fn run_timers(&mut self) {
        while self.due().is_some_and(|due| due <= self.micros) {
            self.client.handle_timeout(self.instant());
            self.drain();
        }
    }

    /// When the client wants to be woken, in milliseconds.
    pub(crate) fn deadline(&self) -> Option<u64> {
        self.due().map(|due| due / 1_000)
    }

    fn due(&self) -> Option<u64> {
        self.client.poll_timeout().map(Instant::as_micros)
    }

    // What the world does.

    pub(crate) fn input(&mut self, input: Input<'_>) {
        self.client.handle_input(input, self.instant());
        self.drain();
    }

    pub(crate) fn socket(&self) -> &Socket {
        self.sockets.last().expect("a socket was asked for")
    }

    pub(crate) fn id(&self) -> SocketId {
        self.socket().id
    }

    pub(crate) fn opened(&mut self) {
        let socket = self.sockets.last_mut().unwrap();
        assert!(socket.is_alive && !socket.is_open, "{socket:?}");
        socket.is_open = true;
        let id = socket.id;
        self.input(Input::SocketOpened(id));
    }

    /// The connection breaks, or could not be made.
    pub(crate) fn fails(&mut self) {
        self.closes(Closure::BROKEN);
    }

    /// The socket is closed in good order.
    pub(crate) fn closes_cleanly(&mut self) {
        self.closes(Closure { code: 1000, failed: false, was_clean: true, unsent: 0 });
    }

    pub(crate) fn closes(&mut self, closure: Closure) {
        let socket = self.sockets.last_mut().unwrap();
        assert!(socket.is_alive, "{socket:?}");
        socket.is_alive = false;
        socket.is_open = false;
        let id = socket.id;
        self.input(Input::SocketClosed(id, closure));
    }

    pub(crate) fn receives(&mut self, message: &Message<'_>) {
        let frame = frame(message);
        self.input(Input::SocketFrame(self.id(), (&frame).into()));
    }

    pub(crate) fn receives_bytes(&mut self, bytes: &[u8]) {
        self.input(Input::SocketFrame(self.id(), FrameRef::Binary(bytes)));
    }

    pub(crate) fn accept(&mut self) {
        self.receives(&bare(ConnectionAction::Accept));
    }

    pub(crate) fn pong(&mut self) {
        self.receives(&bare(ConnectionAction::Pong));
    }

    pub(crate) fn login_ok(&mut self, data: Option<&str>) {
        self.receives(&answer(AuthAction::AuthSuccessful, data));
    }

    pub(crate) fn login_refused(&mut self, data: Option<&str>) {
        self.receives(&answer(AuthAction::AuthUnsuccessful, data));
    }

    pub(crate) fn page(&mut self, event: PageEvent) {
        self.input(Input::Page(event));
    }

    /// From a dialled socket to the state OPEN, with a login if there was none.
    pub(crate) fn connects(&mut self) {
        self.opened();
        self.accept();
        if self.client.state() == State::AwaitingAuthentication {
            self.login(DETAILS);
        }
        self.login_ok(None);
        assert_eq!(self.client.state(), State::Open);
    }

    /// A client that is OPEN, with a clean record.
    pub(crate) fn open(configure: impl FnOnce(&mut Options)) -> Self {
        let mut harness = Self::with(configure);
        harness.connects();
        harness.forget();
        harness
    }

    /// A client in `state`, with a clean record.
    pub(crate) fn in_state(state: State) -> Self {
        Self::in_state_with(state, |_| {})
    }

    pub(crate) fn in_state_with(state: State, configure: impl FnOnce(&mut Options)) -> Self {
        let mut harness = Self::with(configure);
        harness.brings_to(state);
        assert_eq!(harness.client.state(), state);
        harness.forget();
        harness
    }

    fn brings_to(&mut self, state: State) {
        match state {
            State::Initial => {}
            State::AwaitingConnection => panic!("passed through, never stayed in"),
            State::Challenging => self.opened(),
            State::AwaitingAuthentication => {
                self.opened();
                self.accept();
            }
            State::Authenticating => {
                self.brings_to(State::AwaitingAuthentication);
                self.login(DETAILS);
            }
            State::Open => self.connects(),
            State::Reconnecting => self.fails(),
            State::Redirecting => {
                self.opened();
                self.receives(&crate::common::redirect("ws://b/x"));
            }
            State::ChallengeDenied => {
                self.opened();
                self.receives(&bare(ConnectionAction::Reject));
            }
            State::TooManyAuthAttempts => {
                self.brings_to(State::Authenticating);
                self.receives(&bare(AuthAction::TooManyAuthAttempts));
            }
            State::AuthenticationTimeout => {
                self.brings_to(State::AwaitingAuthentication);
                self.receives(&bare(ConnectionAction::AuthenticationTimeout));
            }
            State::Pausing => {
                self.connects();
                self.pause();
            }
            State::Offline => {
                self.brings_to(State::Pausing);
                self.closes_cleanly();
            }
            State::Closing => {
                self.connects();
                self.close();
            }
            State::Closed => {
                self.brings_to(State::Closing);
                self.closes_cleanly();
            }
            State::Error => {
                self.connects();
                self.advance(3 * 30_000);
            }
        }
    }

    // What the application does.

    pub(crate) fn command(&mut self, command: Command) {
        self.input(Input::Command(command));
    }

    /// Has the application call from within its listener of the state, when that comes.
    pub(crate) fn in_listener(&mut self, state: State, command: Command) {
        self.listener.push((state, command));
    }

    pub(crate) fn ticket(&mut self) -> Ticket {
        self.tickets += 1;
        Ticket(self.tickets)
    }

    pub(crate) fn login(&mut self, details: &str) -> Ticket {
        let ticket = self.ticket();
        self.command(Command::Login(ticket, details.to_owned()));
        ticket
    }

    pub(crate) fn resume(&mut self) -> Ticket {
        let ticket = self.ticket();
        self.command(Command::Resume(ticket));
        ticket
    }

    pub(crate) fn pause(&mut self) {
        self.command(Command::Pause);
    }

    pub(crate) fn close(&mut self) {
        self.command(Command::Close);
    }

    /// Sends an event of this name.
    pub(crate) fn send(&mut self, name: &str) {
        self.send_with(name, "1");
    }

    pub(crate) fn send_with(&mut self, name: &str, payload: &str) {
        self.command(Command::Data(DataCommand::Send(Box::new(event(name, payload)))));
    }

    // What was seen.

    /// Forgets events and outcomes so far.
    pub(crate) fn forget(&mut self) {
        self.events.clear();
    }

    pub(crate) fn take_events(&mut self) -> Vec<Event> {
        self.events.drain(..).map(|(_, event)| event).collect()
    }

    /// The names of the states announced, with the time in milliseconds.
    pub(crate) fn timeline(&self) -> Vec<(u64, &'static str)> {
        self.events
            .iter()
            .filter_map(|(at, event)| match event {
                Event::StateChanged(state) => Some((*at, state.name())),
                _ => None,
            })
            .collect()
    }

    pub(crate) fn states(&self) -> Vec<&'static str> {
        self.timeline().into_iter().map(|(_, state)| state).collect()
    }

    /// The names of the errors announced.
    pub(crate) fn errors(&self) -> Vec<&'static str> {
        self.error_events().map(|error| error.name).collect()
    }

    pub(crate) fn error_events(&self) -> impl Iterator<Item = &ErrorEvent> {
        self.events.iter().filter_map(|(_, event)| match event {
            Event::Error(error) => Some(error),
            _ => None,
        })
    }

    /// Names of the messages that are not known to have arrived.
    pub(crate) fn unconfirmed(&self) -> Vec<String> {
        self.reported(error_name::DELIVERY_UNCONFIRMED)
    }

    /// Names of messages of the application that an error event with this name reported.
    pub(crate) fn reported(&self, name: &str) -> Vec<String> {
        self.error_events()
            .filter(|error| error.name == name)
            .filter_map(|error| match &error.meta {
                Meta::Message(message) => message.name.as_deref().map(str::to_owned),
                Meta::None | Meta::Text(_) => None,
            })
            .collect()
    }

    /// Every other event: not a state, error or outcome.
    pub(crate) fn notices(&self) -> Vec<&Event> {
        self.events
            .iter()
            .map(|(_, event)| event)
            .filter(|event| {
                !matches!(event, Event::StateChanged(_) | Event::Error(_) | Event::Settled(..))
            })
            .collect()
    }

    pub(crate) fn outcome(&self, ticket: Ticket) -> Option<&Outcome> {
        self.settled.iter().find(|(settled, _)| *settled == ticket).map(|(_, outcome)| outcome)
    }

    /// Times of the dials, in milliseconds.
    pub(crate) fn dials(&self) -> Vec<u64> {
        self.sockets.iter().map(|socket| socket.dialled).collect()
    }

    /// Times of the pings that the present socket was given.
    pub(crate) fn pings(&self) -> Vec<u64> {
        let ping = Action::Connection(ConnectionAction::Ping);
        let sent = &self.socket().sent;
        sent.iter().filter(|(_, message)| message.action == ping).map(|(at, _)| *at).collect()
    }

    /// The logins that the present socket was given.
    pub(crate) fn auth_requests(&self) -> Vec<String> {
        let request = Action::Auth(AuthAction::Request);
        let sent = self.socket().sent.iter().filter(|(_, message)| message.action == request);
        sent.map(|(_, message)| message.data.as_deref().unwrap().to_owned()).collect()
    }

    /// Every message of the application that any socket took, in order.
    pub(crate) fn delivered(&self) -> Vec<&str> {
        self.sockets.iter().flat_map(|socket| &socket.delivered).map(String::as_str).collect()
    }

    pub(crate) fn assert_refused(&self, ticket: Ticket, name: &'static str) {
        let Some(Outcome::Refused(Reason::Unexplained(given) | Reason::Ended(given))) =
            self.outcome(ticket)
        else {
            panic!("{:?} is no refusal by name", self.outcome(ticket));
        };
        assert_eq!(*given, name);
    }

    pub(crate) fn assert_accepted(&self, ticket: Ticket, data: Option<&str>) {
        assert_eq!(self.outcome(ticket), Some(&Outcome::Accepted(data.map(str::to_owned))));
    }

    /// Nothing more happens by itself, for hours.
    pub(crate) fn assert_at_rest(&mut self) {
        let (dials, events) = (self.sockets.len(), self.events.len());
        self.advance(100 * 3_600_000);
        assert_eq!(self.deadline(), None, "a timer is armed");
        assert_eq!((self.sockets.len(), self.events.len()), (dials, events));
    }

    // The shell's part.

    pub(crate) fn drain(&mut self) {
        while let Some(output) = self.client.poll_output(self.instant()) {
            self.carry_out(output);
        }
        let older = self.sockets.iter().rev().skip(1).take(3);
        assert_eq!(older.filter(|socket| socket.is_alive).count(), 0, "two sockets live at once");
    }

    fn carry_out(&mut self, output: Output) {
        let now = self.now();
        match output {
            Output::OpenSocket(id, url) => {
                let last = self.sockets.last();
                assert!(last.is_none_or(|socket| socket.id < id), "{id:?} is used twice");
                assert!(!self.state.is_final(), "dialled in {:?}", self.state);
                self.sockets.push(Socket {
                    id,
                    url,
                    dialled: now,
                    is_open: false,
                    is_alive: true,
                    is_closing: false,
                    sent: Vec::new(),
                    frames: Vec::new(),
                    delivered: Vec::new(),
                });
            }
            Output::Send(id, frame) => {
                let socket = self.present(id);
                assert!(socket.is_open, "sent before it was open: {socket:?}");
                socket.sent.push((now, decode(&frame)));
            }
            Output::SendQueued(id, outgoing) => self.deliver(id, outgoing),
            Output::MeasureBuffer(id) => {
                self.measured.push(now);
                self.present(id);
                let bytes = self.browser.buffered;
                self.client.handle_input(Input::SocketBuffered(id, bytes), self.instant());
            }
            Output::CloseSocket(id) => {
                let socket = self.present(id);
                // A second call while it closes is without effect in a browser.
                assert!(socket.is_open, "{socket:?}");
                socket.is_closing = true;
            }
            Output::DropSocket(id) => {
                let socket = self.sockets.last_mut().expect("a socket was asked for");
                assert_eq!(socket.id, id, "an older socket is dropped");
                socket.is_alive = false;
                socket.is_open = false;
            }
            Output::Event(event) => self.note(event),
        }
    }

    fn deliver(&mut self, id: SocketId, outgoing: Outgoing) {
        assert_eq!(self.state, State::Open, "a message leaves only while OPEN");
        if self.browser.takes == 0 {
            self.client.handle_input(Input::SocketRefused(id, outgoing), self.instant());
            return;
        }
        self.browser.takes = self.browser.takes.saturating_sub(1);
        let message = decode(&outgoing.frame);
        let now = self.now();
        let socket = self.present(id);
        if let Some(name) = &message.name {
            socket.delivered.push(name.clone().into_owned());
        }
        socket.sent.push((now, message));
        socket.frames.push(outgoing.frame.clone());
        self.client.handle_input(Input::SocketTook(id, outgoing), self.instant());
    }

    /// The socket of this id, which must be the last that was asked for, and alive.
    fn present(&mut self, id: SocketId) -> &mut Socket {
        let socket = self.sockets.last_mut().expect("a socket was asked for");
        assert_eq!(socket.id, id, "an older socket is used");
        assert!(socket.is_alive, "a dead socket is used: {socket:?}");
        socket
    }

    fn note(&mut self, event: Event) {
        match &event {
            Event::StateChanged(state) => {
                assert!(is_allowed(self.state, *state), "{:?} -> {state:?}", self.state);
                assert_eq!(self.client.state(), *state, "told when it is over");
                self.state = *state;
                self.run_listener(*state);
            }
            Event::Settled(ticket, outcome) => {
                assert_eq!(self.outcome(*ticket), None, "{ticket:?} is settled twice");
                self.settled.push((*ticket, outcome.clone()));
            }
            Event::ClientDataChanged(_)
            | Event::ReauthenticationFailure(_)
            | Event::MaxReconnectionAttemptsReached(_)
            | Event::Error(_)
            | Event::EventReceived { .. }
            | Event::RpcRequested(_)
            | Event::PatternFound { .. }
            | Event::PatternRemoved { .. }
            | Event::PatternsLost
            | Event::PresenceChanged { .. }
            | Event::SubscriptionRefused(..)
            | Event::Record
            | Event::Warning(_) => {}
        }
        self.events.push((self.now(), event));
    }

    fn run_listener(&mut self, state: State) {
        while let Some(at) = self.listener.iter().position(|(awaited, _)| *awaited == state) {
            let (_, command) = self.listener.remove(at);
            self.client.handle_input(Input::Command(command), self.instant());
        }
    }
}

//! A client whose world is taken through any steps, and checks on the way what must hold always.

use std::collections::BTreeSet;

use deepstream_wasm::core::connection::State;
use deepstream_wasm::core::io::{
    Closure, Command, DataCommand, Event, Input, Outgoing, Output, SocketId, Subscription, Ticket,
};
use deepstream_wasm::core::options::Options;
use deepstream_wasm::core::protocol::{
    Action, AuthAction, ConnectionAction, EventAction, Message, PresenceAction, RpcAction,
};
use deepstream_wasm::core::time::{Instant, Millis};
use proptest::prelude::*;

use crate::calls::{subscribe_action, unsubscribe_action};
use crate::common::{Client, answer, bare, decode, event, frame};
use crate::server::Fields;

/// A set of names, of each kind.
pub(crate) type Names = BTreeSet<(usize, String)>;

#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// From wherever it is to OPEN, if a socket is to be had.
    Connect,
    Lose(bool),
    Call(Call),
    Say(Box<Message<'static>>),
    /// Whether the socket takes messages from now on.
    Takes(bool),
    Time(u64),
    /// Time in which no timer runs.
    Sleep(u64),
}

#[derive(Clone, Debug)]
pub(crate) enum Call {
    Subscribe(Subscription, &'static str),
    Unsubscribe(Subscription, &'static str),
    Send,
    SendInSession,
    Make,
    Query(bool),
    Login,
    Pause,
    Resume,
    Close,
}

pub(crate) const KINDS: [Subscription; 5] = [
    Subscription::Event,
    Subscription::EventPattern,
    Subscription::Rpc,
    Subscription::User,
    Subscription::AllUsers,
];

pub(crate) struct World {
    pub(crate) client: Client,
    now: Instant,
    socket: Option<SocketId>,
    is_open: bool,
    takes: bool,
    pub(crate) tickets: u32,
    pub(crate) settled: BTreeSet<u32>,
    /// Requests that a socket took.
    requested: BTreeSet<String>,
    /// What the application wants, and what the present server was told.
    pub(crate) wanted: Names,
    pub(crate) told: Names,
    /// Names in messages that the server refused something of, and may be told again.
    pub(crate) doubtful: Names,
}

impl World {
    pub(crate) fn new(options: Options) -> Self {
        let now = Instant::from_millis(1_000);
        Self {
            client: Client::new("a", options, now).unwrap(),
            now,
            socket: None,
            is_open: false,
            takes: true,
            tickets: 0,
            settled: BTreeSet::new(),
            requested: BTreeSet::new(),
            wanted: Names::new(),
            told: Names::new(),
            doubtful: Names::new(),
        }
    }

    fn input(&mut self, input: Input<'_>) -> Result<(), TestCaseError> {
        self.client.handle_input(input, self.now);
        self.drain()
    }

    fn drain(&mut self) -> Result<(), TestCaseError> {
        while let Some(output) = self.client.poll_output(self.now) {
            self.carry_out(output)?;
        }
        Ok(())
    }

    fn carry_out(&mut self, output: Output) -> Result<(), TestCaseError> {
        match output {
            Output::OpenSocket(id, _) => {
                self.doubtful.clear();
                self.socket = Some(id);
                self.is_open = false;
                self.told.clear();
            }
            Output::SendQueued(id, outgoing) => self.deliver(id, outgoing)?,
            Output::MeasureBuffer(id) => {
                self.client.handle_input(Input::SocketBuffered(id, 0), self.now);
            }
            Output::DropSocket(_) => self.socket = None,
            Output::Event(Event::Settled(Ticket(ticket), _)) => {
                prop_assert!(ticket <= self.tickets);
                prop_assert!(self.settled.insert(ticket), "{} is settled twice", ticket);
            }
            Output::Event(Event::SubscriptionRefused(kind, name)) => {
                prop_assert!(self.wanted.remove(&(kind as usize, name)), "refused unasked");
            }
            Output::Event(_) | Output::Send(..) | Output::CloseSocket(_) => {}
        }
        Ok(())
    }

    fn deliver(&mut self, id: SocketId, outgoing: Outgoing) -> Result<(), TestCaseError> {
        prop_assert_eq!(self.socket, Some(id));
        prop_assert!(self.is_open);
        if !self.takes {
            self.client.handle_input(Input::SocketRefused(id, outgoing), self.now);
            return Ok(());
        }
        let message = decode(&outgoing.frame);
        if message.action == RpcAction::Request.into() {
            let id = message.correlation_id.clone().unwrap().into_owned();
            prop_assert!(self.requested.insert(id), "sent twice: {:?}", message);
        }
        for kind in KINDS {
            let mut names: Vec<_> = message.names.iter().map(ToString::to_string).collect();
            names.extend(message.name.as_ref().map(ToString::to_string));
            if kind == Subscription::AllUsers {
                names.push(String::new());
            }
            let names = names.into_iter().map(|name| (kind as usize, name));
            if message.action == subscribe_action(kind) {
                for name in names {
                    let is_doubtful = self.doubtful.contains(&name);
                    prop_assert!(self.told.insert(name) || is_doubtful, "twice: {:?}", message);
                }
            } else if message.action == unsubscribe_action(kind) {
                for name in names {
                    prop_assert!(self.told.remove(&name), "never told: {:?}", message);
                }
            }
        }
        self.client.handle_input(Input::SocketTook(id, outgoing), self.now);
        Ok(())
    }

    fn says(&mut self, message: &Message<'static>) -> Result<(), TestCaseError> {
        let Some(id) = self.socket.filter(|_| self.is_open) else { return Ok(()) };
        if let Some(name) = refused_name(message) {
            self.told.remove(&name);
        }
        // The server does not have such a pattern, of which it is told again only if it is wanted anew.
        if let Some(name) = refused_pattern(message) {
            self.doubtful.insert(name);
        }
        if message.original_action.is_some() && message.correlation_id.is_some() {
            self.doubtful.extend(self.told.iter().cloned());
        }
        self.input(Input::SocketFrame(id, (&frame(message)).into()))
    }

    fn ticket(&mut self) -> Ticket {
        self.tickets += 1;
        Ticket(self.tickets)
    }

    fn call(&mut self, call: Call) -> Result<(), TestCaseError> {
        let command = match call {
            Call::Login => Command::Login(self.ticket(), "{}".to_owned()),
            Call::Pause => Command::Pause,
            Call::Resume => Command::Resume(self.ticket()),
            Call::Close => Command::Close,
            Call::Subscribe(kind, name) => {
                self.wanted.insert((kind as usize, name.to_owned()));
                Command::Data(DataCommand::Subscribe(kind, name.to_owned()))
            }
            Call::Unsubscribe(kind, name) => {
                self.wanted.remove(&(kind as usize, name.to_owned()));
                Command::Data(DataCommand::Unsubscribe(kind, name.to_owned()))
            }
            Call::Send => Command::Data(DataCommand::Send(Box::new(event("e", "1")))),
            Call::SendInSession => {
                let Some(session) = self.socket else { return Ok(()) };
                let accept = bare(RpcAction::Accept).name("a").id("s1");
                Command::Data(DataCommand::SendInSession(session, Box::new(accept)))
            }
            Call::Make => {
                let ticket = self.ticket();
                let request = bare(RpcAction::Request).name("a").id(&request_id(ticket.0));
                Command::Data(DataCommand::Make(ticket, Box::new(request)))
            }
            Call::Query(is_for_all) => {
                let all = bare(PresenceAction::QueryAll);
                let query =
                    if is_for_all { all } else { bare(PresenceAction::Query).names(&["a"]) };
                Command::Data(DataCommand::Query(self.ticket(), Box::new(query)))
            }
        };
        self.input(Input::Command(command))
    }

    pub(crate) fn connect(&mut self) -> Result<(), TestCaseError> {
        if let Some(id) = self.socket.filter(|_| !self.is_open) {
            self.is_open = true;
            self.input(Input::SocketOpened(id))?;
        }
        self.says(&bare(ConnectionAction::Accept))?;
        if self.client.state() == State::AwaitingAuthentication {
            self.call(Call::Login)?;
        }
        if self.client.state() == State::Authenticating {
            self.says(&answer(AuthAction::AuthSuccessful, None))?;
        }
        Ok(())
    }

    pub(crate) fn pass(&mut self, millis: u64) -> Result<(), TestCaseError> {
        let end = self.now.after(Millis::new(millis));
        while let Some(due) = self.client.poll_timeout().filter(|due| *due <= end) {
            self.now = self.now.max(due);
            self.client.handle_timeout(self.now);
            self.drain()?;
        }
        self.now = end;
        Ok(())
    }

    pub(crate) fn take(&mut self, step: Step) -> Result<(), TestCaseError> {
        match step {
            Step::Connect => self.connect(),
            Step::Lose(failed) => match self.socket {
                Some(id) => {
                    self.is_open = false;
                    self.input(Input::SocketClosed(id, Closure { failed, ..Closure::BROKEN }))
                }
                None => Ok(()),
            },
            Step::Call(call) => self.call(call),
            Step::Say(message) => self.says(&message),
            Step::Takes(takes) => {
                self.takes = takes;
                Ok(())
            }
            Step::Time(millis) => self.pass(millis),
            Step::Sleep(millis) => {
                self.now = self.now.after(Millis::new(millis));
                Ok(())
            }
        }
    }

    /// The connection works again, and everything has had its time.
    pub(crate) fn settle_down(&mut self) -> Result<(), TestCaseError> {
        self.takes = true;
        self.pass(2_000)?;
        if self.client.state() != State::Open {
            self.call(Call::Resume)?;
            self.pass(0)?;
            self.connect()?;
        }
        prop_assert_eq!(self.client.state(), State::Open);
        self.pass(1_000)
    }
}

/// The subscription that the server does not have any more when it says this.
fn refused_name(message: &Message<'_>) -> Option<(usize, String)> {
    if message.is_ack.is_some() {
        return None;
    }
    let about = Action::from_number(message.topic(), message.original_action?)?;
    let kind = match message.action {
        Action::Event(EventAction::MessageDenied) if about == EventAction::Subscribe.into() => {
            Subscription::Event
        }
        Action::Rpc(RpcAction::MessageDenied | RpcAction::MessagePermissionError)
            if [RpcAction::Provide, RpcAction::Unprovide].map(Action::from).contains(&about) =>
        {
            Subscription::Rpc
        }
        _ => return None,
    };
    Some((kind as usize, message.name.as_deref()?.to_owned()))
}

/// The pattern of events that the server refuses when it says this.
fn refused_pattern(message: &Message<'_>) -> Option<(usize, String)> {
    let listen = EventAction::Listen;
    let is_about_it = match message.action {
        Action::Event(EventAction::InvalidListenRegex) => true,
        Action::Event(EventAction::MessageDenied) => {
            message.original_action == Some(Action::from(listen).number())
        }
        _ => false,
    };
    let is_refused = is_about_it && message.is_ack.is_none();
    let name = message.name.as_deref().filter(|_| is_refused)?;
    Some((Subscription::EventPattern as usize, name.to_owned()))
}

/// The correlation id of an RPC.
pub(crate) fn request_id(ticket: u32) -> String {
    format!("r{ticket}")
}

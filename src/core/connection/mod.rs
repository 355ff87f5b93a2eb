//! The connection: one socket at a time, kept alive, and replaced when it is lost.
//!
//! Knows nothing of what the application's messages mean; those of other topics than the
//! connection's own are handed on.

mod backoff;
mod calls;
mod heartbeat;
mod in_flight;
mod lifecycle;
mod limbo;
mod login;
mod queue;
mod server;
mod socket;
mod state;
mod watch;

use std::collections::VecDeque;

use self::backoff::Backoff;
use self::heartbeat::Heartbeat;
use self::in_flight::InFlight;
use self::limbo::Limbo;
use self::login::Login;
use self::queue::OutgoingQueue;
use super::error::InvalidArgument;
use super::io::{
    Command, ConnectionInfo, DataCommand, ErrorEvent, Event, Input, Meta, Output, SocketId,
};
use super::options::Options;
use super::protocol::{Message, Topic};
use super::time::Instant;
use super::timer::{Timer, Timers};
use super::url::Url;

pub(crate) use self::heartbeat::is_suspension;
pub use self::state::State;

/// One client's connection.
#[derive(Debug)]
pub(crate) struct Connection {
    options: Options,
    /// Where every attempt goes, unless it is redirected.
    url: Url,
    state: State,
    /// When `state` was entered.
    entered: Instant,
    link: Option<Link>,
    sockets: u32,
    /// Where the server redirects to, until that is dialled.
    redirect: Option<Url>,
    /// Redirections in a row.
    redirects: u32,
    backoff: Backoff,
    heartbeat: Heartbeat,
    login: Login,
    limbo: Limbo,
    /// Whether something else than requests waits to be told when there is no more hope.
    is_hoped_for: bool,
    queue: OutgoingQueue,
    /// Bytes from which on the server was seen to take no frame.
    size_limit: usize,
    /// The browser says that there is no network, and no socket has opened since.
    page_offline: bool,
    pub(super) timers: Timers,
    outputs: VecDeque<Output>,
    notices: Vec<Notice>,
}

/// What those who talk over the connection are to know of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Notice {
    /// It is open, and the application was told so.
    Established,
    /// It was open, and is not any more.
    Lost,
    /// Requests are not to wait any longer for it to come back.
    Hopeless,
    /// Requests that came too late are to be refused now.
    Refuse,
    /// Subscriptions that were collected are to be sent.
    Subscribe,
    /// Something that has to do with records is due.
    Records,
    /// An acknowledgement was due.
    Acknowledgement(Instant),
}

/// What came in and is not for the connection itself.
#[derive(Debug)]
#[allow(clippy::large_enum_variant, reason = "it is handed on, and never kept")]
pub(crate) enum Foreign<'a> {
    Message(Message<'a>),
    Command(DataCommand),
}

/// The socket of the present generation.
#[derive(Debug)]
struct Link {
    id: SocketId,
    url: Url,
    is_open: bool,
    /// Whether the socket has room for more.
    is_writable: bool,
    /// Whether it was given more time because the page was suspended.
    is_reprieved: bool,
    /// Bytes given to the socket since its buffer was last measured.
    unmeasured: usize,
    in_flight: InFlight,
    /// When the server was last asked for a receipt.
    asked: Option<Instant>,
}

impl Connection {
    /// A connection to `url`, which is dialled at once unless the options say otherwise.
    ///
    /// # Errors
    ///
    /// When `url` can't be connected to.
    pub(crate) fn new(url: &str, options: Options, now: Instant) -> Result<Self, InvalidArgument> {
        let mut connection = Self {
            url: Url::parse(url, &options.path)?,
            state: State::Initial,
            entered: now,
            link: None,
            sockets: 0,
            redirect: None,
            redirects: 0,
            backoff: Backoff::new(&options),
            heartbeat: Heartbeat::new(options.heartbeat_interval),
            login: Login::default(),
            limbo: Limbo::Unlimited,
            is_hoped_for: false,
            queue: OutgoingQueue::new(&options),
            size_limit: usize::MAX,
            page_offline: false,
            timers: Timers::default(),
            outputs: VecDeque::new(),
            notices: Vec::new(),
            options,
        };
        if !connection.options.lazy_connect {
            connection.dial(connection.url.clone(), now);
        }
        Ok(connection)
    }

    pub(crate) fn state(&self) -> State {
        self.state
    }

    pub(crate) fn info(&self, now: Instant) -> ConnectionInfo {
        ConnectionInfo {
            url: self.url.as_str().to_owned(),
            attempts: self.backoff.made(),
            next_attempt_micros: self.timers.deadline(Timer::Dial).map(|at| at.micros_since(now)),
            missed_heartbeats: self.heartbeat.misses(),
            heartbeats: self.heartbeat.answers(),
            heartbeat_latency_micros: self.heartbeat.latency_micros(),
            queued_messages: self.queue.len(),
            queued_bytes: self.queue.bytes(),
        }
    }

    pub(crate) fn poll_timeout(&self) -> Option<Instant> {
        self.timers.next()
    }

    pub(crate) fn has_notices(&self) -> bool {
        !self.notices.is_empty()
    }

    /// The next thing that the others are to know.
    pub(crate) fn poll_notice(&mut self) -> Option<Notice> {
        (!self.notices.is_empty()).then(|| self.notices.remove(0))
    }

    /// Begins what the state is for, once everything that led to it is told.
    pub(crate) fn begin_state(&mut self, now: Instant) {
        if self.outputs.is_empty() && self.timers.take(Timer::FollowUp).is_some() {
            self.follow_up(now);
        }
    }

    /// The next thing to be done. Messages that wait come after everything else, and only when there
    /// is a socket that has room for them.
    pub(crate) fn poll_output(&mut self) -> Option<Output> {
        if let Some(output) = self.outputs.pop_front() {
            return Some(output);
        }
        self.writable_link()?;
        let link = self.link.as_mut()?;
        if link.unmeasured > MEASURE_EVERY {
            link.unmeasured = 0;
            return Some(Output::MeasureBuffer(link.id));
        }
        let outgoing = self.queue.pop()?;
        link.unmeasured = link.unmeasured.saturating_add(outgoing.frame.len());
        Some(Output::SendQueued(link.id, outgoing))
    }

    /// Takes in what happened. Returns what is not for the connection itself.
    pub(crate) fn handle_input<'a>(
        &mut self,
        input: Input<'a>,
        now: Instant,
    ) -> Option<Foreign<'a>> {
        match input {
            Input::SocketOpened(id) => self.on_socket_opened(id, now),
            Input::SocketFrame(id, frame) => {
                return self.on_socket_frame(id, frame, now).map(Foreign::Message);
            }
            Input::SocketClosed(id, closure) => self.on_socket_closed(id, closure, now),
            Input::SocketFailed(id) => self.on_socket_failed(id, now),
            Input::SocketForbidden(id, reason) => self.on_socket_forbidden(id, reason, now),
            Input::SocketTook(id, outgoing) => self.on_socket_took(id, outgoing, now),
            Input::SocketRefused(id, outgoing) => self.on_socket_refused(id, outgoing, now),
            Input::SocketBuffered(id, bytes) => self.on_socket_buffered(id, bytes, now),
            Input::Page(event) => self.on_page_event(event, now),
            Input::Command(Command::Login(ticket, details)) => self.login(ticket, details, now),
            Input::Command(Command::Close) => self.close(now),
            Input::Command(Command::Pause) => self.pause(now),
            Input::Command(Command::Resume(ticket)) => self.resume(ticket, now),
            Input::Command(Command::Data(command)) => return Some(Foreign::Command(command)),
        }
        None
    }

    /// Does the first thing that is due, unless there is something that the application is to be told
    /// before: it may have other plans. Returns whether there was something to do.
    pub(crate) fn handle_timeout(&mut self, now: Instant) -> bool {
        if !self.outputs.is_empty() {
            return false;
        }
        let Some((timer, deadline)) = self.timers.take_due(now) else { return false };
        match timer {
            Timer::FollowUp => self.follow_up(now),
            Timer::Dial => self.on_dial_due(now),
            Timer::Answer => self.on_answer_overdue(deadline, now),
            Timer::Heartbeat => self.on_heartbeat_due(deadline, now),
            Timer::Probe => self.on_probe_overdue(deadline, now),
            Timer::Close => self.on_close_overdue(now),
            Timer::Refuse => self.on_refusal_due(),
            Timer::Receipt => self.ask_for_receipt(now),
            Timer::Drain => {
                if let Some(link) = &self.link {
                    self.outputs.push_back(Output::MeasureBuffer(link.id));
                }
            }
            Timer::Limbo => self.notices.push(Notice::Hopeless),
            Timer::Subscribe => self.notices.push(Notice::Subscribe),
            Timer::Records => self.notices.push(Notice::Records),
            Timer::Acknowledgement => {
                self.notices.push(Notice::Acknowledgement(deadline));
            }
        }
        true
    }

    pub(crate) fn emit(&mut self, event: Event) {
        self.outputs.push_back(Output::Event(event));
    }

    pub(crate) fn emit_error(&mut self, meta: Meta, name: &'static str, topic: Topic) {
        self.emit(Event::Error(ErrorEvent { meta, name, topic }));
    }

    /// Reports a message that was received, under `name`, or else under its own.
    pub(crate) fn emit_message_error(&mut self, message: Message<'_>, name: Option<&'static str>) {
        let action = message.action;
        let meta = Meta::Message(Box::new(message.into_owned()));
        self.emit_error(meta, name.unwrap_or(action.name()), action.topic());
    }
}

/// A socket's buffer is looked at after so many bytes.
pub(super) const MEASURE_EVERY: usize = 64 * 1_024;

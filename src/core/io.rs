//! The whole contract between the core and the shell around it.
//!
//! The shell hands in what happened ([`Input`]), with the time, and carries out what comes back
//! ([`Output`]), in order. The core never calls anybody.

use super::connection::State;
use super::protocol::{Frame, FrameRef, Message, Topic};

/// Names one socket of one client. A later socket has a greater id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SocketId(pub(crate) u32);

/// Names one call of the application that waits for its outcome. Chosen by the shell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ticket(pub u32);

/// What happened.
#[derive(Debug)]
pub enum Input<'a> {
    /// The socket is open.
    SocketOpened(SocketId),
    /// The socket received a frame.
    SocketFrame(SocketId, FrameRef<'a>),
    /// The socket is closed, or could not be opened.
    SocketClosed(SocketId, Closure),
    /// The socket failed. That it is closed is reported next; or never, where it is the page's
    /// Content-Security-Policy that forbids the address.
    SocketFailed(SocketId),
    /// The browser did not even try to open the socket: why.
    SocketForbidden(SocketId, String),
    /// The socket took this message of [`Output::SendQueued`]. To be reported before anything else is
    /// polled.
    SocketTook(SocketId, Outgoing),
    /// The socket was not open any more: this message of [`Output::SendQueued`] was not sent. To be
    /// reported before anything else is polled.
    SocketRefused(SocketId, Outgoing),
    /// Bytes that the socket has not sent yet, as asked for by [`Output::MeasureBuffer`].
    SocketBuffered(SocketId, u64),
    /// The browser reported something about the page or the network.
    Page(PageEvent),
    /// The application called.
    Command(Command),
}

/// How a socket ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Closure {
    /// The WebSocket close code. 1006: no closing handshake.
    pub code: u16,
    /// Whether the browser reported an error.
    pub failed: bool,
    /// Whether both sides said goodbye: what was sent before ours has arrived.
    pub was_clean: bool,
    /// Bytes that the socket was given and never sent.
    pub unsent: u64,
}

impl Closure {
    /// The end of a connection that broke: no closing handshake.
    pub const BROKEN: Self = Self { code: 1006, failed: true, was_clean: false, unsent: 0 };
}

/// What the browser says about the page and the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageEvent {
    /// The page was frozen, cached or asleep and runs again.
    Resumed,
    /// There may be a network again.
    Online,
    /// There may be no network: a hint, no more.
    Offline,
}

/// A call of the application.
#[derive(Debug)]
pub enum Command {
    /// `login()`, with its details as the text of a JSON object.
    Login(Ticket, String),
    /// `close()`.
    Close,
    /// `pause()`.
    Pause,
    /// `resume()`.
    Resume(Ticket),
    /// A call of the data API.
    Data(DataCommand),
}

/// A call of the data API: events, RPC and presence.
#[derive(Debug)]
pub enum DataCommand {
    /// A message that waits for the connection as long as it takes, and whose loss is reported: an
    /// event, the result of an RPC.
    Send(Box<Message<'static>>),
    /// A message that means something to one connection only: an RPC or a pattern that it brought is
    /// accepted.
    SendInSession(SocketId, Box<Message<'static>>),
    /// An RPC is made, under the correlation id in the message.
    Make(Ticket, Box<Message<'static>>),
    /// Presence is asked for.
    Query(Ticket, Box<Message<'static>>),
    /// A name has its first subscriber.
    Subscribe(Subscription, String),
    /// A name has no subscriber any more.
    Unsubscribe(Subscription, String),
}

/// What the server is kept informed of, anew on each connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subscription {
    /// Events of a name.
    Event,
    /// Subscriptions to events whose names match a pattern: `event.listen()`.
    EventPattern,
    /// Subscriptions to records whose names match a pattern: `record.listen()`.
    RecordPattern,
    /// Requests of an RPC that is provided here.
    Rpc,
    /// The presence of one user.
    User,
    /// The presence of every user. Its one name is empty.
    AllUsers,
}

/// A message of the application on its way to the socket.
#[derive(Debug, PartialEq)]
pub struct Outgoing {
    /// What the socket is given.
    pub frame: Frame,
    /// What becomes of it if that fails.
    pub care: Care,
}

/// What becomes of a message that the connection is lost around.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Care {
    /// It waits for the next connection, or its loss is reported.
    Update,
    /// It waits for the next connection while there is hope; whoever asked is told.
    Request(Ticket),
    /// It waits for the next connection. Whoever asked is told, also when it is lost on its way.
    Write(Ticket),
    /// It is forgotten: on the next connection it would mean nothing.
    Session,
}

/// What is to be done.
#[derive(Debug, PartialEq)]
pub enum Output {
    /// Open a socket to this address.
    OpenSocket(SocketId, String),
    /// Send a frame of the connection itself. If the socket is not open any more, forget it.
    Send(SocketId, Frame),
    /// Send a message of the application, and hand it back as [`Input::SocketTook`] or, where that
    /// is too late, as [`Input::SocketRefused`].
    SendQueued(SocketId, Outgoing),
    /// Report how much the socket has not sent yet.
    MeasureBuffer(SocketId),
    /// Begin the closing handshake, and report its end.
    CloseSocket(SocketId),
    /// Close the socket and report nothing more of it.
    DropSocket(SocketId),
    /// Tell the application.
    Event(Event),
}

/// What the application is told.
#[derive(Debug, PartialEq)]
pub enum Event {
    /// `connectionStateChanged`.
    StateChanged(State),
    /// `clientDataChanged`, with the new data as JSON text.
    ClientDataChanged(Option<String>),
    /// `reauthenticationFailure`.
    ReauthenticationFailure(Reason),
    /// `MAX_RECONNECTION_ATTEMPTS_REACHED`, with the number of attempts.
    MaxReconnectionAttemptsReached(u32),
    /// `error`.
    Error(ErrorEvent),
    /// A call has its outcome.
    Settled(Ticket, Outcome),
    /// An event came.
    EventReceived {
        /// Its name.
        name: String,
        /// Its payload, if it has one: JSON text.
        data: Option<String>,
    },
    /// An RPC that is provided here is to be answered.
    RpcRequested(Box<RpcRequest>),
    /// Somebody subscribed to a name that matches a pattern, and this client may provide it.
    PatternFound {
        /// Whether events are listened to, or records.
        kind: Subscription,
        /// The pattern, as it was listened to.
        pattern: String,
        /// The name.
        subscription: String,
        /// The connection that says so.
        session: SocketId,
    },
    /// A name that was provided has no subscribers any more.
    PatternRemoved {
        /// Whether events were listened to, or records.
        kind: Subscription,
        /// The name.
        subscription: String,
    },
    /// The connection is lost, and with it every name that was provided.
    PatternsLost,
    /// A user came or went.
    PresenceChanged {
        /// Who.
        user: String,
        /// Whether they came.
        is_online: bool,
        /// Whether this is for those who subscribed to every user.
        is_for_all: bool,
    },
    /// The server refused a subscription: nothing will come of it.
    SubscriptionRefused(Subscription, String),
    /// What the developer should see on the console.
    Warning(String),
    /// Something is to be told about a record, or done for it: what `Client::poll_record_event`
    /// returns.
    Record,
}

/// A request of an RPC that is provided here.
#[derive(Debug, PartialEq)]
pub struct RpcRequest {
    /// Name of the RPC.
    pub name: String,
    /// Names the request, in each answer to it.
    pub correlation_id: String,
    /// The connection that brought it.
    pub session: SocketId,
    /// What the provider is given, if anything: JSON text.
    pub data: Option<String>,
    /// User id of the one who asks, where the server tells it.
    pub requestor_name: Option<String>,
    /// Client data of the one who asks, where the server tells it: JSON text.
    pub requestor_data: Option<String>,
}

/// An `error` event: `(meta, name, topic)`.
#[derive(Debug, PartialEq)]
pub struct ErrorEvent {
    /// What the error is about.
    pub meta: Meta,
    /// Name of the error: one of [`error_name`], or of an action of the protocol.
    pub name: &'static str,
    /// The part of deepstream that it is in.
    pub topic: Topic,
}

/// What an error is about.
#[derive(Debug, PartialEq)]
pub enum Meta {
    /// Nothing in particular.
    None,
    /// A text for people.
    Text(String),
    /// A message that was received, or could not be sent.
    Message(Box<Message<'static>>),
}

/// Names of errors that are not actions of the protocol, as the JavaScript client has them.
pub mod error_name {
    /// An attempt to connect failed, or a socket reported an error.
    pub const CONNECTION_ERROR: &str = "CONNECTION_ERROR";
    /// The connection is closed for good: nothing can be sent.
    pub const IS_CLOSED: &str = "IS_CLOSED";
    /// Two heartbeats in a row were missed.
    pub const HEARTBEAT_TIMEOUT: &str = "HEARTBEAT_TIMEOUT";
    /// A message came that nobody waits for.
    pub const UNSOLICITED_MESSAGE: &str = "UNSOLICITED_MESSAGE";
    /// The outgoing queue is full: the message in the meta was refused. Not in the JavaScript
    /// client.
    pub const OUTGOING_QUEUE_FULL: &str = "OUTGOING_QUEUE_FULL";
    /// The connection was lost before the server confirmed the message in the meta, which may or may
    /// not have arrived. Not in the JavaScript client.
    pub const DELIVERY_UNCONFIRMED: &str = "DELIVERY_UNCONFIRMED";
    /// The server closes the connection over a message as large as the one in the meta, which was not
    /// sent again. Not in the JavaScript client.
    pub const MESSAGE_TOO_LARGE: &str = "MESSAGE_TOO_LARGE";
    /// An answer came that nobody waits for.
    pub const UNKNOWN_CORRELATION_ID: &str = "UNKNOWN_CORRELATION_ID";
    /// The server did not acknowledge the subscription in the meta in time. A mere warning on the
    /// console in the JavaScript client.
    pub const ACK_TIMEOUT: &str = "ACK_TIMEOUT";
    /// A record that was deleted or discarded was used.
    pub const RECORD_ALREADY_DESTROYED: &str = "RECORD_ALREADY_DESTROYED";
    /// A record was to be written that may only be read.
    pub const RECORD_READ_ONLY_MODE: &str = "RECORD_READ_ONLY_MODE";
    /// The server did not confirm in time that a record is deleted.
    pub const RECORD_DELETE_TIMEOUT: &str = "RECORD_DELETE_TIMEOUT";
    /// A request has no connection to be answered on.
    pub const CLIENT_OFFLINE: &str = "client offline";
    /// The server redirects to where one must not go. Not in the JavaScript client.
    pub const REDIRECT_REFUSED: &str = "REDIRECT_REFUSED";
}

/// How a call ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was granted. A login brings the client data, a request its answer: JSON text.
    Accepted(Option<String>),
    /// Who is online.
    Users(Vec<String>),
    /// It was refused.
    Refused(Reason),
}

/// Why a call was refused, or could not be answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// What the server, or the provider of an RPC, said: JSON text.
    Server(String),
    /// What the answer is called, where it does not say why.
    Unexplained(&'static str),
    /// What happened instead of an answer. The state, or an error event, tells of it too.
    Ended(&'static str),
}

/// What `getConnectionInfo()` reports.
#[derive(Clone, Debug, PartialEq)]
pub struct ConnectionInfo {
    /// The address that was given, completed.
    pub url: String,
    /// Attempts to reconnect since the connection last worked.
    pub attempts: u32,
    /// Microseconds until the next attempt, while one is waited for.
    pub next_attempt_micros: Option<u64>,
    /// Pings in a row that went unanswered.
    pub missed_heartbeats: u32,
    /// Pings that were answered.
    pub heartbeats: u32,
    /// Microseconds that the last answered ping took.
    pub heartbeat_latency_micros: Option<u64>,
    /// Messages in the outgoing queue.
    pub queued_messages: usize,
    /// Bytes in the outgoing queue.
    pub queued_bytes: usize,
}

//! The states of a connection, and which event leads from which to which. A table, no behaviour.

/// State of the connection. `name` is what the application sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Nothing has happened yet, or the first attempt is under way. Named `CLOSED`: the documents
    /// give a client's first state that name.
    Initial,
    /// The socket is open; nothing was exchanged yet.
    AwaitingConnection,
    /// The server was sent the challenge and may accept, reject or redirect.
    Challenging,
    /// The server waits for a login: none was asked for yet, or the last one was refused.
    AwaitingAuthentication,
    /// The login was sent, its answer is outstanding.
    Authenticating,
    /// All is fine.
    Open,
    /// The connection was lost, or could not be made; attempts go on.
    Reconnecting,
    /// The server named another address, which is being connected to.
    Redirecting,
    /// The server refused the challenge. Final.
    ChallengeDenied,
    /// The server refused too many logins. Final.
    TooManyAuthAttempts,
    /// The server did not want to wait longer for a login. Final.
    AuthenticationTimeout,
    /// `pause()` was called, the socket is closing.
    Pausing,
    /// `pause()` was called, the socket is closed.
    Offline,
    /// `close()` was called, the socket is closing.
    Closing,
    /// `close()` was called, the socket is closed. Final.
    Closed,
    /// Reconnecting is out of attempts, or heartbeats were missed. Final.
    Error,
}

/// What moves a connection from one state to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Transition {
    /// The socket opened.
    Connected,
    /// The challenge was sent.
    Challenge,
    /// The server accepted the challenge.
    Accepted,
    /// The server rejected the challenge.
    Denied,
    /// The server named another address.
    Redirected,
    /// A login was sent.
    Authenticate,
    /// The server accepted the login.
    LoginAccepted,
    /// The server refused the login.
    LoginRefused,
    /// The server refuses to look at further logins.
    LoginBarred,
    /// The server waited too long for a login.
    LoginOverdue,
    /// The socket closed or failed, or never opened.
    Lost,
    /// No attempts are left, or heartbeats were missed.
    GiveUp,
    /// `pause()`.
    Pause,
    /// The socket closed after `pause()`.
    Paused,
    /// `resume()`.
    Resume,
    /// `close()`.
    Close,
    /// The socket closed after `close()`.
    Closed,
}

impl State {
    /// The name that the application sees.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Initial | Self::Closed => "CLOSED",
            Self::AwaitingConnection => "AWAITING_CONNECTION",
            Self::Challenging => "CHALLENGING",
            Self::AwaitingAuthentication => "AWAITING_AUTHENTICATION",
            Self::Authenticating => "AUTHENTICATING",
            Self::Open => "OPEN",
            Self::Reconnecting => "RECONNECTING",
            Self::Redirecting => "REDIRECTING",
            Self::ChallengeDenied => "CHALLENGE_DENIED",
            Self::TooManyAuthAttempts => "TOO_MANY_AUTH_ATTEMPTS",
            Self::AuthenticationTimeout => "AUTHENTICATION_TIMEOUT",
            Self::Pausing => "PAUSING",
            Self::Offline => "OFFLINE",
            Self::Closing => "CLOSING",
            Self::Error => "ERROR",
        }
    }

    /// Whether only a call of the application leads out of this state, and no message can be sent
    /// or waits to be.
    pub const fn is_final(self) -> bool {
        match self {
            Self::ChallengeDenied
            | Self::TooManyAuthAttempts
            | Self::AuthenticationTimeout
            | Self::Closing
            | Self::Closed
            | Self::Error => true,
            Self::Initial
            | Self::AwaitingConnection
            | Self::Challenging
            | Self::AwaitingAuthentication
            | Self::Authenticating
            | Self::Open
            | Self::Reconnecting
            | Self::Redirecting
            | Self::Pausing
            | Self::Offline => false,
        }
    }

    /// Whether the state belongs to an attempt to connect.
    pub(crate) const fn is_attempt(self) -> bool {
        match self {
            Self::AwaitingConnection
            | Self::Challenging
            | Self::AwaitingAuthentication
            | Self::Authenticating
            | Self::Reconnecting
            | Self::Redirecting => true,
            Self::Initial
            | Self::Open
            | Self::ChallengeDenied
            | Self::TooManyAuthAttempts
            | Self::AuthenticationTimeout
            | Self::Pausing
            | Self::Offline
            | Self::Closing
            | Self::Closed
            | Self::Error => false,
        }
    }

    /// The state that `transition` leads to from this one, if it is possible.
    pub(crate) fn after(self, transition: Transition) -> Option<Self> {
        let (from, to) = transition.row();
        from.contains(&self).then_some(to)
    }
}

impl Transition {
    /// From which states the transition is possible, and where it leads.
    #[rustfmt::skip]
    const fn row(self) -> (&'static [State], State) {
        use State::*;
        match self {
            Self::Connected => (&[Initial, Redirecting, Reconnecting], AwaitingConnection),
            Self::Challenge => (&[AwaitingConnection], Challenging),
            Self::Accepted => (&[Challenging], AwaitingAuthentication),
            Self::Denied => (&[Challenging], ChallengeDenied),
            Self::Redirected => (&[Challenging], Redirecting),
            Self::Authenticate => (&[AwaitingAuthentication], Authenticating),
            Self::LoginAccepted => (&[Authenticating], Open),
            Self::LoginRefused => (&[Authenticating], AwaitingAuthentication),
            Self::LoginBarred => (&[AwaitingAuthentication, Authenticating], TooManyAuthAttempts),
            Self::LoginOverdue =>
                (&[Challenging, AwaitingAuthentication, Authenticating], AuthenticationTimeout),
            Self::Lost => (&[
                Initial, AwaitingConnection, Challenging, AwaitingAuthentication, Authenticating,
                Open, Reconnecting, Redirecting,
            ], Reconnecting),
            Self::GiveUp => (&[Reconnecting, Open], Error),
            Self::Pause => (&[
                Initial, AwaitingConnection, Challenging, AwaitingAuthentication, Authenticating,
                Open, Reconnecting, Redirecting,
            ], Pausing),
            Self::Paused => (&[Pausing], Offline),
            Self::Resume => (&[
                Initial, ChallengeDenied, TooManyAuthAttempts, AuthenticationTimeout, Pausing,
                Offline, Closing, Closed, Error, Reconnecting,
            ], Reconnecting),
            Self::Close => (&[
                Initial, AwaitingConnection, Challenging, AwaitingAuthentication, Authenticating,
                Open, Reconnecting, Redirecting, ChallengeDenied, TooManyAuthAttempts,
                AuthenticationTimeout, Pausing, Offline, Error,
            ], Closing),
            Self::Closed => (&[Closing], Closed),
        }
    }
}

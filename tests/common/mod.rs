//! What the native tests share: messages of the server, and the transitions that are allowed.

#![allow(dead_code, reason = "each test binary uses its own part")]

pub(crate) mod documents;
pub(crate) mod json;
pub(crate) mod seeds;

use deepstream_wasm::core;
use deepstream_wasm::core::connection::State;
use deepstream_wasm::core::protocol::{
    Action, AuthAction, ConnectionAction, EventAction, Frame, Message, Transport,
};

use self::json::Json;

/// A client whose records are the tests' own.
pub(crate) type Client = core::Client<Json>;

/// The frame that carries `message`.
pub(crate) fn frame(message: &Message<'_>) -> Frame {
    Transport::Binary.encode(message)
}

/// The message in a frame that the client sent.
pub(crate) fn decode(frame: &Frame) -> Message<'static> {
    let decoded = Transport::Binary.decode(frame.into()).expect("the client sends valid frames");
    assert_eq!(decoded.surplus, 0, "one message a frame");
    decoded.message.into_owned()
}

/// A message without fields.
pub(crate) fn bare(action: impl Into<Action>) -> Message<'static> {
    Message::new(action)
}

/// A redirection.
pub(crate) fn redirect(url: &str) -> Message<'static> {
    let mut message = bare(ConnectionAction::Redirect);
    message.rare.url = Some(url.to_owned().into());
    message
}

/// An answer to a login.
pub(crate) fn answer(action: AuthAction, data: Option<&str>) -> Message<'static> {
    let mut message = bare(action);
    message.data = data.map(|data| data.to_owned().into());
    message
}

/// A message of the application, told from others by its name.
pub(crate) fn event(name: &str, payload: &str) -> Message<'static> {
    let mut message = bare(EventAction::Emit);
    message.name = Some(name.to_owned().into());
    message.data = Some(payload.to_owned().into());
    message
}

/// Every state.
pub(crate) const STATES: [State; 16] = {
    use State::*;
    [
        Initial,
        AwaitingConnection,
        Challenging,
        AwaitingAuthentication,
        Authenticating,
        Open,
        Reconnecting,
        Redirecting,
        ChallengeDenied,
        TooManyAuthAttempts,
        AuthenticationTimeout,
        Pausing,
        Offline,
        Closing,
        Closed,
        Error,
    ]
};

/// The announced transitions that are allowed: the JavaScript client's table with the departures
/// that were decided on, written down a second time so that the client's own table is checked.
#[rustfmt::skip]
pub(crate) fn is_allowed(from: State, to: State) -> bool {
    use State::*;
    let before: &[State] = match to {
        Initial => &[],
        AwaitingConnection => &[Initial, Reconnecting, Redirecting],
        Challenging => &[AwaitingConnection],
        AwaitingAuthentication => &[Challenging, Authenticating],
        Authenticating => &[AwaitingAuthentication],
        Open => &[Authenticating],
        // By a loss, or by `resume()`, which starts over from where nothing goes on by itself.
        Reconnecting => &[
            Initial, AwaitingConnection, Challenging, AwaitingAuthentication, Authenticating, Open,
            Redirecting, ChallengeDenied, TooManyAuthAttempts, AuthenticationTimeout, Pausing,
            Offline, Closing, Closed, Error,
        ],
        Redirecting | ChallengeDenied => &[Challenging],
        TooManyAuthAttempts => &[AwaitingAuthentication, Authenticating],
        AuthenticationTimeout => &[Challenging, AwaitingAuthentication, Authenticating],
        Pausing => &[
            Initial, AwaitingConnection, Challenging, AwaitingAuthentication, Authenticating, Open,
            Reconnecting, Redirecting,
        ],
        Offline => &[Pausing],
        Closing => &[
            Initial, AwaitingConnection, Challenging, AwaitingAuthentication, Authenticating, Open,
            Reconnecting, Redirecting, ChallengeDenied, TooManyAuthAttempts, AuthenticationTimeout,
            Pausing, Offline, Error,
        ],
        Closed => &[Closing],
        Error => &[Reconnecting, Open],
    };
    before.contains(&from)
}

/// A small generator of numbers (splitmix64), so that a seed is a scenario for ever.
#[derive(Clone, Debug)]
pub(crate) struct Random(u64);

impl Random {
    /// The sequence that `seed` gives.
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5851_f42d_4c95_7f2d)
    }

    /// The next number of the sequence.
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from `low` to `high`, both included.
    pub(crate) fn between(&mut self, low: u64, high: u64) -> u64 {
        low + self.next() % (high - low + 1)
    }

    /// True in `percent` of a hundred cases.
    pub(crate) fn chance(&mut self, percent: u64) -> bool {
        self.next() % 100 < percent
    }

    /// One of `choices`.
    pub(crate) fn pick<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[(self.next() % choices.len() as u64) as usize]
    }
}

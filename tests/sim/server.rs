//! The server's side of one socket, as the official server behaves.

mod session;

use deepstream_wasm::core::protocol::{Action, AuthAction, ConnectionAction, Frame, Message};

pub(crate) use self::session::{Impulse, Session};
use crate::common::{Random, answer, bare, frame, redirect};
use crate::kinds::Key;

/// Details that the server accepts, and some that it does not.
pub(crate) const GOOD: [&str; 2] = [r#"{"user":"a"}"#, r#"{"user":"b"}"#];
pub(crate) const BAD: &str = r#"{"user":"nobody"}"#;
pub(crate) const UNREADABLE: &str = r#"{"user":0}"#;

/// Where the server redirects to.
pub(crate) const OTHER: &str = "ws://other/x";

const SECOND: u64 = 1_000_000;
pub(crate) const HEARTBEAT: u64 = 30 * SECOND;
const AUTHENTICATION_TIMEOUT: u64 = 180 * SECOND;
const MAX_AUTH_ATTEMPTS: u32 = 3;

/// How the server behaves at the moment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Mood {
    Fine,
    /// Takes no connections.
    Down,
    /// Takes connections and says nothing.
    Silent,
    /// Takes connections and drops them after so many answers.
    Dropping(u32),
    Redirecting,
    Rejecting,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Stage {
    Challenge,
    Auth,
    Open,
    Gone,
}

/// What the server does about a message.
#[derive(Debug)]
pub(crate) enum Reaction {
    Say(Frame),
    /// Says it after so many microseconds.
    Later(u64, Frame),
    /// This message of the application arrived.
    Received(Key),
    /// Closes the socket after so many microseconds.
    Drop(u64),
}

#[derive(Debug)]
pub(crate) struct Peer {
    stage: Stage,
    connected: u64,
    heard: u64,
    attempts: u32,
    answers: u32,
    /// Whether this is the server that the other one redirects to.
    is_other: bool,
    /// Names the connection.
    socket: usize,
    session: Option<Session>,
}

impl Peer {
    pub(crate) fn new(is_other: bool, socket: usize, now: u64) -> Self {
        Self {
            stage: Stage::Challenge,
            connected: now,
            heard: now,
            attempts: 0,
            answers: 0,
            is_other,
            socket,
            session: None,
        }
    }

    /// What is under way with a client that is logged in.
    pub(crate) fn session(&self) -> Option<&Session> {
        self.session.as_ref().filter(|_| self.stage == Stage::Open)
    }

    pub(crate) fn on_impulse(&mut self, impulse: Impulse, random: &mut Random) -> Vec<Reaction> {
        let session = self.session.as_mut().filter(|_| self.stage == Stage::Open);
        session.map(|session| session.on_impulse(impulse, random)).unwrap_or_default()
    }

    /// Whether it still takes in what it is sent.
    pub(crate) fn is_there(&self) -> bool {
        self.stage != Stage::Gone
    }

    /// Looks, once per [`HEARTBEAT`] and when the login is overdue, whether the client is alive.
    pub(crate) fn on_tick(&mut self, now: u64) -> Vec<Reaction> {
        if self.stage == Stage::Gone {
            return Vec::new();
        }
        let overdue = now - self.connected >= AUTHENTICATION_TIMEOUT;
        if self.stage != Stage::Open && overdue {
            self.stage = Stage::Gone;
            return vec![say(bare(ConnectionAction::AuthenticationTimeout)), Reaction::Drop(0)];
        }
        if now - self.heard > 2 * HEARTBEAT {
            self.stage = Stage::Gone;
            return vec![Reaction::Drop(0)];
        }
        Vec::new()
    }

    pub(crate) fn on_message(
        &mut self,
        message: &Message<'_>,
        mood: Mood,
        random: &mut Random,
        now: u64,
    ) -> Result<Vec<Reaction>, String> {
        self.heard = now;
        let is_ping = message.action == Action::Connection(ConnectionAction::Ping);
        let mut reactions = match self.stage {
            Stage::Gone => return Ok(Vec::new()),
            // Pings before the login are heard, and not answered.
            Stage::Challenge | Stage::Auth if is_ping => return Ok(Vec::new()),
            Stage::Challenge => self.on_challenge(message, mood, random)?,
            Stage::Auth => self.on_login(message, random)?,
            Stage::Open if is_ping => vec![say(bare(ConnectionAction::Pong))],
            Stage::Open => match &mut self.session {
                Some(session) => session.on_message(message, random)?,
                None => Vec::new(),
            },
        };
        match mood {
            Mood::Silent => reactions.retain(|what| matches!(what, Reaction::Received(_))),
            Mood::Dropping(after) => {
                self.answers += 1;
                if self.answers > after {
                    self.stage = Stage::Gone;
                    reactions.push(Reaction::Drop(random.between(0, 3 * SECOND)));
                }
            }
            Mood::Fine | Mood::Down | Mood::Redirecting | Mood::Rejecting => {}
        }
        Ok(reactions)
    }

    fn on_challenge(
        &mut self,
        message: &Message<'_>,
        mood: Mood,
        random: &mut Random,
    ) -> Result<Vec<Reaction>, String> {
        if message.action != Action::Connection(ConnectionAction::Challenge) {
            return Err(format!("the server got {:?} for a challenge", message.action));
        }
        if message.rare.url.as_deref() != Some("ws://server/deepstream") {
            return Err(format!("the challenge carries {:?}", message.rare.url));
        }
        self.stage = Stage::Auth;
        Ok(match mood {
            // Sometimes the other one redirects as well, in a circle.
            Mood::Redirecting if !self.is_other || random.chance(20) => {
                self.stage = Stage::Gone;
                vec![say(redirect(OTHER))]
            }
            Mood::Rejecting => {
                self.stage = Stage::Gone;
                vec![say(bare(ConnectionAction::Reject)), Reaction::Drop(0)]
            }
            Mood::Redirecting | Mood::Fine | Mood::Down | Mood::Silent | Mood::Dropping(_) => {
                vec![say(bare(ConnectionAction::Accept))]
            }
        })
    }

    fn on_login(
        &mut self,
        message: &Message<'_>,
        random: &mut Random,
    ) -> Result<Vec<Reaction>, String> {
        if message.action != Action::Auth(AuthAction::Request) {
            return Err(format!("the server got {:?} for a login", message.action));
        }
        let details = message.data.as_deref().unwrap_or_default();
        if GOOD.contains(&details) {
            self.stage = Stage::Open;
            self.session = Some(Session::new(self.socket, random));
            let data = random.pick(&[None, Some("{}"), Some(r#"{"role":"x"}"#)]);
            return Ok(vec![say(answer(AuthAction::AuthSuccessful, data))]);
        }
        if details == UNREADABLE {
            return Ok(vec![say(bare(AuthAction::InvalidMessageData)), Reaction::Drop(10_000)]);
        }
        self.attempts += 1;
        let refusal = say(answer(AuthAction::AuthUnsuccessful, Some("\"no\"")));
        if self.attempts < MAX_AUTH_ATTEMPTS {
            return Ok(vec![refusal]);
        }
        self.stage = Stage::Gone;
        let barred = say(bare(AuthAction::TooManyAuthAttempts));
        let drop = Reaction::Drop(10_000);
        // The last refusal is not always told apart.
        Ok(if random.chance(50) { vec![refusal, barred, drop] } else { vec![barred, drop] })
    }
}

fn say(message: Message<'static>) -> Reaction {
    Reaction::Say(frame(&message))
}

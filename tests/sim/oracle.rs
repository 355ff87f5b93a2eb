//! The rules, written down a second time: told what goes in and what comes out, it says what must
//! come out, and when. Knows nothing of how the client does it. Here is the connection; what is said
//! over it is in the modules below.

mod calls;
mod incoming;
mod messages;
mod subscriptions;
mod talk;

use std::collections::BTreeSet;

use deepstream_wasm::core::connection::State;
use deepstream_wasm::core::io::{
    ErrorEvent, Event, Meta, Output, PageEvent, SocketId, Ticket, error_name,
};
use deepstream_wasm::core::options::{AttemptLimit, Options};
use deepstream_wasm::core::protocol::{Action, Message};
use deepstream_wasm::core::time::Instant;

use self::calls::{Calls, Moment};
use self::incoming::Incoming;
use self::messages::Messages;
use self::subscriptions::Subscriptions;
use crate::common::{Client, decode, is_allowed};
use crate::kinds::Topic;
use crate::server::OTHER;

const SECOND: u64 = 1_000_000;

/// What the application asks for, of what is counted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Asked {
    Update,
    Rpc,
    Query,
    QueryAll,
}

/// The dial that is due next.
#[derive(Clone, Copy, Debug)]
struct Plan {
    at: u64,
    is_redirect: bool,
}

#[derive(Debug)]
pub(crate) struct Oracle {
    options: Options,
    /// How late timers of this world are, at most, while the page is awake.
    lateness: u64,
    state: State,
    entered: u64,
    /// The socket that lives, and whether it is open.
    socket: Option<(SocketId, bool)>,
    plan: Option<Plan>,
    // The back-off: attempts made, what the last one waited, short lives in a row.
    made: u32,
    waited: u64,
    short_lives: u32,
    hint_offline: bool,
    is_resuming: bool,
    gives_up: bool,
    gave_up: bool,
    heartbeat_failed: bool,
    /// When the client last heard something, or its page last woke.
    heard: u64,
    disturbed: u64,
    messages: Messages,
    calls: Calls,
    subscriptions: Subscriptions,
    incoming: Incoming,
}

type Verdict = Result<(), String>;

fn ensure(holds: bool, problem: impl FnOnce() -> String) -> Verdict {
    if holds { Ok(()) } else { Err(problem()) }
}

impl Oracle {
    pub(crate) fn new(options: &Options, lateness: u64) -> Self {
        let plan = Plan { at: 0, is_redirect: false };
        Self {
            options: options.clone(),
            lateness,
            state: State::Initial,
            entered: 0,
            socket: None,
            plan: (!options.lazy_connect).then_some(plan),
            made: 0,
            waited: 0,
            short_lives: 0,
            hint_offline: false,
            is_resuming: false,
            gives_up: false,
            gave_up: false,
            heartbeat_failed: false,
            heard: 0,
            disturbed: 0,
            messages: Messages::default(),
            calls: Calls::new(
                options.offline_buffer_timeout.get() * 1_000,
                // Five times as long as an acknowledgement.
                options.subscription_timeout.get() * 5_000,
            ),
            subscriptions: Subscriptions::new(
                options.subscription_interval.get() * 1_000,
                options.subscription_timeout.get() * 1_000,
            ),
            incoming: Incoming::default(),
        }
    }

    pub(crate) fn state(&self) -> State {
        self.state
    }

    pub(crate) fn next_ticket(&mut self) -> Ticket {
        self.calls.next_ticket()
    }

    /// The socket that there is.
    pub(crate) fn socket(&self) -> Option<SocketId> {
        self.socket.map(|(socket, _)| socket)
    }

    /// What the page is subscribed to.
    pub(crate) fn wanted(&self) -> &BTreeSet<Topic> {
        self.subscriptions.wanted()
    }

    fn moment(&self, now: u64) -> Moment {
        Moment {
            state: self.state,
            entered: self.entered,
            socket: self.socket(),
            now,
            disturbed: self.disturbed,
            lateness: self.lateness,
        }
    }

    // What goes in.

    pub(crate) fn on_opened(&mut self, id: SocketId) {
        if let Some((socket, open)) = self.socket.as_mut().filter(|(socket, _)| *socket == id) {
            debug_assert_eq!(*socket, id);
            *open = true;
            // A hint that was wrong is forgotten.
            self.hint_offline = false;
        }
    }

    pub(crate) fn on_frame(&mut self, id: SocketId, message: Option<&Message<'_>>, now: u64) {
        if self.socket.is_none_or(|(socket, _)| socket != id) {
            return;
        }
        self.heard = now;
        let Some(message) = message else { return };
        let is_foreign =
            matches!(message.action, Action::Parser(_) | Action::Connection(_) | Action::Auth(_));
        if !is_foreign && !matches!(self.state, State::Pausing | State::Closing) {
            let Self { messages, calls, subscriptions, incoming, .. } = self;
            incoming.on_message(message, subscriptions, calls, messages, now);
        }
    }

    /// A socket died, without having sent these.
    pub(crate) fn on_closed(&mut self, id: SocketId, unsent: &[u32]) {
        if self.socket() == Some(id) {
            unsent.iter().for_each(|number| self.messages.on_unsent(*number));
        }
        if let Some((_, open)) = self.socket.as_mut().filter(|(socket, _)| *socket == id) {
            *open = false;
        }
    }

    pub(crate) fn on_page(&mut self, event: PageEvent, now: u64) {
        self.disturbed = now;
        match event {
            PageEvent::Offline => self.hint_offline = true,
            PageEvent::Online => self.hint_offline = false,
            PageEvent::Resumed => {}
        }
        if self.state == State::Reconnecting && self.socket.is_none() {
            if event == PageEvent::Offline { self.fail(now) } else { self.start_over(now) }
        } else if self.state != State::Open && event != PageEvent::Offline {
            self.start_count_over();
        }
    }

    pub(crate) fn on_wake(&mut self, now: u64) {
        self.disturbed = now;
    }

    pub(crate) fn on_login(&mut self, now: u64) {
        if self.state == State::Initial && self.socket.is_none() {
            self.plan = Some(Plan { at: now, is_redirect: false });
        }
    }

    pub(crate) fn on_resume(&mut self, now: u64) {
        self.is_resuming = true;
        if self.state == State::Reconnecting && self.socket.is_none() {
            self.start_over(now);
        }
    }

    pub(crate) fn on_step_done(&mut self) {
        self.is_resuming = false;
        self.heartbeat_failed = false;
    }

    // What comes out.

    pub(crate) fn on_output(&mut self, output: &Output, now: u64) -> Verdict {
        match output {
            Output::OpenSocket(id, url) => self.on_dial(*id, url, now),
            Output::Send(id, _) | Output::CloseSocket(id) | Output::MeasureBuffer(id) => {
                self.ensure_open(*id, output)
            }
            Output::SendQueued(id, outgoing) => {
                self.ensure_open(*id, output)?;
                ensure(self.state == State::Open, || {
                    format!("a message left in {:?}", self.state)
                })?;
                self.key_of(outgoing, &decode(&outgoing.frame)).map(|_| ())
            }
            Output::DropSocket(id) => {
                let present = self.socket.take();
                ensure(present.is_some_and(|(socket, _)| socket == *id), || {
                    format!("{id:?} is dropped, {present:?} is present")
                })?;
                match self.state {
                    // A call may have come before the page was told of the loss.
                    State::Reconnecting if self.is_resuming => self.start_over(now),
                    State::Reconnecting => self.fail(now),
                    State::Redirecting => self.plan = Some(Plan { at: now, is_redirect: true }),
                    _ => {}
                }
                Ok(())
            }
            Output::Event(event) => self.on_event(event, now),
        }
    }

    fn ensure_open(&self, id: SocketId, output: &Output) -> Verdict {
        ensure(self.socket == Some((id, true)), || {
            format!("{output:?}, but the present socket is {:?}", self.socket)
        })
    }

    fn on_dial(&mut self, id: SocketId, url: &str, now: u64) -> Verdict {
        ensure(self.socket.is_none(), || "a second live socket".to_owned())?;
        ensure(!self.state.is_final(), || format!("dialled in {:?}", self.state))?;
        let Some(plan) = self.plan.take() else {
            return Err("dialled without a reason".to_owned());
        };
        ensure(now >= plan.at, || format!("dialled {} us early", plan.at - now))?;
        ensure(plan.is_redirect == (url == OTHER), || format!("dialled {url}"))?;
        self.socket = Some((id, false));
        if self.state == State::Reconnecting && !self.is_held_back() {
            self.waited = self.delay();
            self.made += 1;
        }
        Ok(())
    }

    fn on_event(&mut self, event: &Event, now: u64) -> Verdict {
        match event {
            Event::StateChanged(state) => self.on_state(*state, now),
            Event::Settled(ticket, outcome) => {
                let at = self.moment(now);
                self.calls.on_settled(*ticket, outcome, &mut self.messages, at)
            }
            Event::MaxReconnectionAttemptsReached(attempts) => {
                ensure(std::mem::take(&mut self.gives_up), || "gave up early".to_owned())?;
                self.gave_up = true;
                ensure(*attempts == self.made, || format!("{attempts} attempts, not {}", self.made))
            }
            Event::Error(error) => self.on_error(error, now),
            Event::ClientDataChanged(_)
            | Event::ReauthenticationFailure(_)
            | Event::Record
            | Event::Warning(_) => Ok(()),
            Event::EventReceived { .. }
            | Event::RpcRequested(_)
            | Event::PatternFound { .. }
            | Event::PatternRemoved { .. }
            | Event::PatternsLost
            | Event::PresenceChanged { .. }
            | Event::SubscriptionRefused(..) => self.incoming.on_event(event),
        }
    }

    fn on_state(&mut self, state: State, now: u64) -> Verdict {
        let from = self.state;
        ensure(is_allowed(from, state), || format!("{from:?} -> {state:?}"))?;
        let stay = (now - self.entered) / 1_000;
        self.state = state;
        self.entered = now;
        self.calls.on_state(from, state, now);
        self.subscriptions.on_state(state);
        if from == State::Open {
            self.incoming.on_lost();
        }
        if from == State::AwaitingAuthentication
            && stay > self.waited.max(self.options.reconnect_interval_increment.get().min(1_000))
        {
            let short_lives = self.short_lives;
            self.start_count_over();
            if stay < 1_000 {
                self.short_lives = short_lives + u32::from(state == State::Reconnecting);
            }
        }
        match state {
            State::Open => {
                self.made = 0;
                self.waited = 0;
                self.heard = now;
            }
            State::Reconnecting => {
                if from == State::Open {
                    self.short_lives = if stay < 1_000 { self.short_lives + 1 } else { 0 };
                }
                if self.is_resuming {
                    self.start_over(now);
                } else if self.socket.is_none() {
                    self.fail(now);
                }
            }
            State::Error => {
                let reason = std::mem::take(&mut self.gave_up) || self.heartbeat_failed;
                ensure(reason, || "ERROR without a reason".to_owned())?;
                self.plan = None;
            }
            State::Pausing | State::Closing => {
                self.plan = None;
                self.gives_up = false;
            }
            State::Initial
            | State::AwaitingConnection
            | State::Challenging
            | State::AwaitingAuthentication
            | State::Authenticating
            | State::Redirecting
            | State::ChallengeDenied
            | State::TooManyAuthAttempts
            | State::AuthenticationTimeout
            | State::Offline
            | State::Closed => {}
        }
        Ok(())
    }

    fn on_error(&mut self, error: &ErrorEvent, now: u64) -> Verdict {
        if error.name == error_name::HEARTBEAT_TIMEOUT {
            self.heartbeat_failed = true;
            let silence = now - self.heard;
            // Timers may have been late by what counts as no suspension yet.
            let least = (2 * self.interval()).saturating_sub(2 * SECOND + self.lateness);
            return ensure(silence >= least, || format!("dead after {silence} us of silence"));
        }
        if error.name == error_name::ACK_TIMEOUT {
            let Meta::Message(message) = &error.meta else { return Err("of nothing".to_owned()) };
            return self.subscriptions.on_timeout(message, self.moment(now));
        }
        if !self.messages.on_error(error, self.state.is_final())? {
            self.incoming.on_error(error);
        }
        Ok(())
    }

    // The back-off, from the documents' numbers.

    fn delay(&self) -> u64 {
        let steps = u64::from(self.made + self.short_lives.saturating_sub(3));
        let increment = self.options.reconnect_interval_increment.get();
        (increment * steps).min(self.options.max_reconnect_interval.get())
    }

    fn fail(&mut self, now: u64) {
        if self.is_held_back() {
            let cap = self.options.max_reconnect_interval.get().clamp(1_000, 180_000);
            self.plan = Some(Plan { at: now + cap * 1_000, is_redirect: false });
            return;
        }
        let delay = self.delay();
        match self.options.max_reconnect_attempts {
            AttemptLimit::At(limit) if self.made >= limit => {
                self.plan = None;
                self.gives_up = true;
            }
            AttemptLimit::At(_) | AttemptLimit::Never => {
                self.plan = Some(Plan { at: now + delay * 1_000, is_redirect: false });
            }
        }
    }

    fn is_held_back(&self) -> bool {
        self.hint_offline && self.made > 0
    }

    fn start_count_over(&mut self) {
        self.made = 0;
        self.waited = 0;
        self.short_lives = 0;
    }

    fn start_over(&mut self, now: u64) {
        self.start_count_over();
        self.gives_up = false;
        self.plan = Some(Plan { at: now, is_redirect: false });
    }

    fn interval(&self) -> u64 {
        self.options.heartbeat_interval.get() * 1_000
    }

    // What must hold after each step.

    pub(crate) fn check(&self, client: &Client, now: u64, is_awake: bool) -> Verdict {
        ensure(client.state() == self.state, || format!("{:?} is not announced", client.state()))?;
        ensure(!self.gives_up, || "attempts go on".to_owned())?;
        let waiting = client.connection_info(Instant::from_micros(now)).queued_messages;
        let at = self.moment(now);
        self.messages.check(waiting, self.state == State::Open)?;
        self.calls.check(&self.messages, at, is_awake)?;
        self.incoming.check()?;
        self.check_deadline(client)?;
        if !is_awake {
            return Ok(());
        }
        self.subscriptions.check(at, waiting == 0)?;
        if let Some(plan) = self.plan {
            let late = now.saturating_sub(plan.at.max(self.disturbed));
            ensure(late <= self.lateness, || format!("the next dial is {late} us late"))?;
        }
        if self.state == State::Open {
            let silence = now - self.heard.max(self.disturbed);
            let most = 3 * self.interval() + 3 * self.lateness;
            ensure(silence <= most, || format!("OPEN after {silence} us of silence"))?;
        }
        Ok(())
    }

    fn check_deadline(&self, client: &Client) -> Verdict {
        let may_rest = match self.state {
            State::Initial => self.socket.is_none(),
            State::AwaitingAuthentication | State::Offline => true,
            State::ChallengeDenied
            | State::TooManyAuthAttempts
            | State::AuthenticationTimeout
            | State::Closed
            | State::Error => {
                // A login that came too late is refused a little later.
                let is_refusing = self.calls.waiting() > 0;
                let rests = client.poll_timeout().is_none() || is_refusing;
                ensure(rests && self.socket.is_none(), || {
                    format!("something goes on in {:?}", self.state)
                })?;
                true
            }
            State::AwaitingConnection
            | State::Challenging
            | State::Authenticating
            | State::Open
            | State::Reconnecting
            | State::Redirecting
            | State::Pausing
            | State::Closing => false,
        };
        let hangs = || format!("{:?} has no deadline", self.state);
        ensure(may_rest || client.poll_timeout().is_some(), hangs)?;
        let is_linked = self.socket.is_some_and(|(_, open)| open);
        ensure(self.state != State::AwaitingAuthentication || is_linked, hangs)
    }

    /// The client is closed: nothing is left open.
    pub(crate) fn check_end(&self) -> Verdict {
        self.calls.check_end()?;
        self.messages.check_end()
    }
}

//! Whatever comes in whatever order: nothing panics, and what must hold always holds.

use std::sync::LazyLock;

use deepstream_wasm::core::connection::State;
use deepstream_wasm::core::io::{
    Care, Closure, Command, DataCommand, Event, Input, Outgoing, Output, PageEvent, SocketId,
    Ticket,
};
use deepstream_wasm::core::options::{AttemptLimit, Options};
use deepstream_wasm::core::protocol::{AuthAction, ConnectionAction, Frame, FrameRef};
use deepstream_wasm::core::time::{Instant, Millis};
use proptest::prelude::*;

use crate::common::{Client, answer, bare, event, frame, is_allowed, redirect};

#[derive(Clone, Debug)]
enum Step {
    Opened(usize),
    Frame(usize, Frame),
    Closed(usize, bool),
    Refused(usize),
    Buffered(usize, u64),
    Page(PageEvent),
    Login(bool),
    Pause,
    Resume,
    Close,
    Send,
    /// Time passes, or goes back a little, and timers run or do not.
    Time(i64, bool),
}

fn a_frame() -> impl Strategy<Value = Frame> {
    let messages = vec![
        bare(ConnectionAction::Accept),
        bare(ConnectionAction::Accept),
        bare(ConnectionAction::Pong),
        bare(ConnectionAction::Reject),
        bare(ConnectionAction::AuthenticationTimeout),
        redirect("ws://b/x"),
        redirect("b"),
        answer(AuthAction::AuthSuccessful, None),
        answer(AuthAction::AuthSuccessful, Some("{\"a\":1}")),
        answer(AuthAction::AuthUnsuccessful, Some("1")),
        bare(AuthAction::TooManyAuthAttempts),
        bare(AuthAction::InvalidMessageData),
        event("x", "1"),
    ];
    let frames: Vec<_> = messages.iter().map(frame).collect();
    prop_oneof![
        10 => proptest::sample::select(frames),
        1 => proptest::collection::vec(any::<u8>(), 0..12).prop_map(Frame::Binary),
        1 => ".{0,8}".prop_map(Frame::Text),
    ]
}

fn a_step() -> impl Strategy<Value = Step> {
    // Sockets are counted back from the newest one; far enough back there is none.
    let socket = || prop_oneof![12 => Just(0_usize), 1 => 1_usize..4];
    let page =
        prop_oneof![Just(PageEvent::Resumed), Just(PageEvent::Online), Just(PageEvent::Offline)];
    prop_oneof![
        6 => socket().prop_map(Step::Opened),
        12 => (socket(), a_frame()).prop_map(|(id, frame)| Step::Frame(id, frame)),
        3 => (socket(), any::<bool>()).prop_map(|(id, failed)| Step::Closed(id, failed)),
        1 => socket().prop_map(Step::Refused),
        1 => (socket(), prop_oneof![Just(0), any::<u64>()])
            .prop_map(|(id, bytes)| Step::Buffered(id, bytes)),
        1 => page.prop_map(Step::Page),
        3 => any::<bool>().prop_map(Step::Login),
        1 => Just(Step::Pause),
        2 => Just(Step::Resume),
        1 => Just(Step::Close),
        3 => Just(Step::Send),
        6 => (prop_oneof![-2_000_000_i64..40_000_000, Just(0)], prop::bool::weighted(0.9))
            .prop_map(|(micros, timers)| Step::Time(micros, timers)),
    ]
}

/// Ids of sockets, from another client: those that the client under test has, and has not yet.
static IDS: LazyLock<Vec<SocketId>> = LazyLock::new(|| {
    let options = Options { max_reconnect_attempts: AttemptLimit::Never, ..Options::default() };
    let mut now = Instant::from_micros(0);
    let mut client = Client::new("a", options, now).unwrap();
    let mut ids = Vec::new();
    while ids.len() < 300 {
        while let Some(output) = client.poll_output(now) {
            if let Output::OpenSocket(id, _) = output {
                ids.push(id);
                client.handle_input(Input::SocketClosed(id, Closure::BROKEN), now);
            }
        }
        now = client.poll_timeout().unwrap();
        client.handle_timeout(now);
    }
    ids
});

struct World {
    client: Client,
    micros: u64,
    state: State,
    dialled: usize,
    alive: Option<SocketId>,
    open: bool,
    tickets: u32,
    settled: Vec<Ticket>,
    sent: usize,
    handed: usize,
    reported: usize,
}

impl World {
    fn drain(&mut self) -> Result<(), TestCaseError> {
        while let Some(output) = self.client.poll_output(Instant::from_micros(self.micros)) {
            match output {
                Output::OpenSocket(id, _) => {
                    prop_assert_eq!(self.alive, None, "a second live socket");
                    prop_assert!(!self.state.is_final());
                    self.dialled += 1;
                    self.alive = Some(id);
                    self.open = false;
                }
                Output::Send(id, _) | Output::CloseSocket(id) | Output::MeasureBuffer(id) => {
                    prop_assert_eq!(self.alive, Some(id));
                    prop_assert!(self.open);
                }
                Output::SendQueued(id, outgoing) => {
                    prop_assert_eq!(self.alive, Some(id));
                    prop_assert!(self.open && self.state == State::Open);
                    self.handed += 1;
                    let now = Instant::from_micros(self.micros);
                    self.client.handle_input(Input::SocketTook(id, outgoing), now);
                }
                Output::DropSocket(id) => {
                    prop_assert_eq!(self.alive.take(), Some(id));
                }
                Output::Event(Event::StateChanged(state)) => {
                    prop_assert!(is_allowed(self.state, state), "{:?} {:?}", self.state, state);
                    prop_assert_eq!(self.client.state(), state, "told when it is over");
                    self.state = state;
                }
                Output::Event(Event::Settled(ticket, _)) => {
                    prop_assert!(!self.settled.contains(&ticket));
                    prop_assert!(ticket.0 <= self.tickets);
                    self.settled.push(ticket);
                }
                Output::Event(Event::Error(error)) => {
                    let unsent = ["IS_CLOSED", "OUTGOING_QUEUE_FULL"].contains(&error.name);
                    let about = matches!(error.meta, deepstream_wasm::core::io::Meta::Message(_));
                    self.reported += usize::from(unsent && about);
                }
                Output::Event(_) => {}
            }
        }
        prop_assert_eq!(self.client.state(), self.state, "every transition is announced");
        let info = self.client.connection_info(Instant::from_micros(self.micros));
        prop_assert_eq!(self.sent, self.handed + self.reported + info.queued_messages);
        self.check_deadline()
    }

    fn check_deadline(&self) -> Result<(), TestCaseError> {
        let may_rest = match self.state {
            State::Initial => self.alive.is_none(),
            State::AwaitingAuthentication
            | State::Offline
            | State::ChallengeDenied
            | State::TooManyAuthAttempts
            | State::AuthenticationTimeout
            | State::Closed
            | State::Error => true,
            State::AwaitingConnection
            | State::Challenging
            | State::Authenticating
            | State::Open
            | State::Reconnecting
            | State::Redirecting
            | State::Pausing
            | State::Closing => false,
        };
        prop_assert!(may_rest || self.client.poll_timeout().is_some(), "{:?} hangs", self.state);
        Ok(())
    }

    fn input(&mut self, input: Input<'_>) -> Result<(), TestCaseError> {
        self.client.handle_input(input, Instant::from_micros(self.micros));
        self.drain()
    }

    fn take(&mut self, step: Step, ids: &[SocketId]) -> Result<(), TestCaseError> {
        // The newest socket, one before it, or one that there is not yet.
        let id = |back: usize| {
            let index =
                if back == 3 { self.dialled + 1 } else { self.dialled.saturating_sub(back) };
            ids[index.saturating_sub(1).min(ids.len() - 1)]
        };
        match step {
            Step::Opened(back) => {
                let id = id(back);
                // No browser opens a socket twice.
                if self.alive == Some(id) {
                    self.open = true;
                }
                self.input(Input::SocketOpened(id))
            }
            Step::Frame(back, frame) => {
                let id = id(back);
                self.input(Input::SocketFrame(id, FrameRef::from(&frame)))
            }
            Step::Closed(back, failed) => {
                let id = id(back);
                if self.alive == Some(id) {
                    self.open = false;
                }
                self.input(Input::SocketClosed(id, Closure { failed, ..Closure::BROKEN }))
            }
            Step::Refused(back) => {
                let id = id(back);
                self.sent += 1;
                let frame = frame(&event("r", "1"));
                self.input(Input::SocketRefused(id, Outgoing { frame, care: Care::Update }))
            }
            Step::Buffered(back, bytes) => {
                let id = id(back);
                self.input(Input::SocketBuffered(id, bytes))
            }
            Step::Page(event) => self.input(Input::Page(event)),
            Step::Login(first) => {
                self.tickets += 1;
                let details = if first { "{}" } else { "{\"b\":1}" };
                let ticket = Ticket(self.tickets);
                self.input(Input::Command(Command::Login(ticket, details.to_owned())))
            }
            Step::Pause => self.input(Input::Command(Command::Pause)),
            Step::Resume => {
                self.tickets += 1;
                self.input(Input::Command(Command::Resume(Ticket(self.tickets))))
            }
            Step::Close => self.input(Input::Command(Command::Close)),
            Step::Send => {
                self.sent += 1;
                self.input(Input::Command(Command::Data(DataCommand::Send(Box::new(event(
                    "m", "1",
                ))))))
            }
            Step::Time(micros, timers) => {
                self.micros = self.micros.saturating_add_signed(micros);
                let now = Instant::from_micros(self.micros);
                while timers && self.client.poll_timeout().is_some_and(|due| due <= now) {
                    self.client.handle_timeout(now);
                    self.drain()?;
                }
                self.drain()
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn some_order_of_events_panics_or_breaks_a_rule(
        steps in proptest::collection::vec(a_step(), 0..120),
        attempts in prop_oneof![Just(AttemptLimit::Never), (0_u32..4).prop_map(AttemptLimit::At)],
        limit in 0_usize..5,
        lazy_connect in prop::bool::weighted(0.2),
    ) {
        let options = Options {
            max_reconnect_attempts: attempts,
            max_queued_messages: limit,
            reconnect_interval_increment: Millis::new(2_000),
            lazy_connect,
            ..Options::default()
        };
        let start = 1_000_000_000;
        let client = Client::new("a", options, Instant::from_micros(start)).unwrap();
        let mut world = World {
            state: client.state(),
            client,
            micros: start,
            dialled: 0,
            alive: None,
            open: false,
            tickets: 0,
            settled: Vec::new(),
            sent: 0,
            handed: 0,
            reported: 0,
        };
        if !lazy_connect {
            world.drain()?;
        }
        for step in steps {
            world.take(step, &IDS)?;
        }
        // The end comes from anywhere, and leaves nothing behind.
        world.take(Step::Close, &IDS)?;
        world.take(Step::Time(40_000_000, true), &IDS)?;
        prop_assert_eq!(world.state, State::Closed);
        prop_assert_eq!(world.alive, None);
        prop_assert_eq!(world.client.poll_timeout(), None);
        prop_assert_eq!(world.settled.len(), world.tickets as usize);
        prop_assert_eq!(world.sent, world.handed + world.reported);
    }
}

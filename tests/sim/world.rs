//! Everything around the client: the clock, the link, the browser, the user.

mod application;
mod coverage;
mod link;
mod page;
mod trouble;

use std::collections::{BTreeMap, VecDeque};
use std::fmt::Debug;

use deepstream_wasm::core::connection::State;
use deepstream_wasm::core::io::{Closure, Input, PageEvent};
use deepstream_wasm::core::time::Instant;

use self::application::{Deed, Inbox};
pub(crate) use self::coverage::Coverage;
use self::link::Socket;
use self::trouble::{Call, Happening, Trouble, some_impulse};
use crate::common::{Client, Random, seeds};
use crate::oracle::Oracle;
use crate::server::{GOOD, HEARTBEAT, Mood, Peer, Reaction};

const MILLI: u64 = 1_000;
const SECOND: u64 = 1_000 * MILLI;

pub(crate) struct World {
    /// How the world answers what the client does: its delays, and what the server says.
    random: Random,
    now: u64,
    client: Client,
    oracle: Oracle,
    page: Inbox,
    agenda: BTreeMap<(u64, u64), Happening>,
    sequence: u64,
    sockets: Vec<Socket>,
    mood: Mood,
    latency: u64,
    is_dark: bool,
    /// Whether the page was told that there is no network.
    is_hinted: bool,
    /// What the page will hear of when it wakes.
    inbox: Option<VecDeque<Happening>>,
    /// Timers run so late, at most.
    lateness: u64,
    timer_at: Option<(u64, u64)>,
    /// When the trouble is over.
    trouble: u64,
    cap: u64,
    traces: bool,
    pub(crate) trace: Vec<String>,
    pub(crate) coverage: Coverage,
}

impl seeds::World for World {
    /// Trouble, repair, and an end in good order.
    fn run(&mut self) -> Result<(), String> {
        self.drain()?;
        self.run_until(self.trouble)?;
        self.heal()?;
        self.settle()?;
        self.recover()?;
        self.converse()?;

        self.happen(Happening::Call(Call::Close))?;
        self.run_until(self.now + 3 * SECOND)?;
        self.expect(self.oracle.state() == State::Closed, "does not close")?;
        self.expect(self.client.poll_timeout().is_none(), "a timer is left")?;
        self.oracle.check_end()
    }

    fn trace(&self) -> &[String] {
        &self.trace
    }
}

impl World {
    /// The trouble that `seed` gives, in a world that answers as `answers` gives.
    pub(crate) fn new(seed: u64, answers: u64, traces: bool) -> Self {
        let Trouble { options, lateness, end, happenings } = Trouble::new(seed);
        let cap = options.max_reconnect_interval.get() * MILLI;
        let oracle = Oracle::new(&options, lateness);
        let client = Client::new("server", options, Instant::from_micros(0)).unwrap();
        let mut world = Self {
            random: Random::new(!seed ^ answers << 32),
            now: 0,
            client,
            oracle,
            page: Inbox::default(),
            agenda: BTreeMap::new(),
            sequence: 0,
            sockets: Vec::new(),
            mood: Mood::Fine,
            latency: 10 * MILLI,
            is_dark: false,
            is_hinted: false,
            inbox: None,
            lateness,
            timer_at: None,
            trouble: end,
            cap,
            traces,
            trace: Vec::new(),
            coverage: Coverage::default(),
        };
        for (at, happening) in happenings {
            world.schedule(at, happening);
        }
        world
    }

    /// From the repair on, whoever goes on by himself gets there.
    fn settle(&mut self) -> Result<(), String> {
        self.run_until(self.now + 2 * self.cap + 260 * SECOND)?;
        // The server may just be taking another one for dead, that never logs in.
        for _ in 0..30 {
            if self.rests() {
                return Ok(());
            }
            self.run_until(self.now + SECOND)?;
        }
        self.expect(false, "does not recover")
    }

    fn rests(&self) -> bool {
        let state = self.oracle.state();
        state.is_final()
            || matches!(
                state,
                State::Initial | State::Open | State::AwaitingAuthentication | State::Offline
            )
    }

    /// With a call at most, everyone gets there.
    fn recover(&mut self) -> Result<(), String> {
        let state = self.oracle.state();
        if state.is_final() && self.random.chance(30) {
            return Ok(());
        }
        // A link may have died unseen while the client waited for a login on it. Where no attempts
        // are allowed, that is the end once more.
        for _ in 0..2 {
            let state = self.oracle.state();
            if state.is_final() || state == State::Offline {
                self.happen(Happening::Call(Call::Resume))?;
            }
            self.happen(Happening::Call(Call::Login(GOOD[0])))?;
            self.run_until(self.now + 60 * SECOND)?;
        }
        self.expect(self.oracle.state() == State::Open, "is not OPEN in the end")?;
        let info = self.client.connection_info(Instant::from_micros(self.now));
        let waiting = info.queued_messages;
        self.expect(waiting == 0, "still has messages in its queue")
    }

    /// In peace, both sides say what they like, and agree in the end on who knows what.
    fn converse(&mut self) -> Result<(), String> {
        if self.oracle.state() != State::Open {
            return Ok(());
        }
        for _ in 0..10 {
            let happening = if self.random.chance(40) {
                Happening::Impulse(some_impulse(&mut self.random))
            } else {
                Happening::Call(Call::Deed(Deed::some(&mut self.random)))
            };
            self.happen(happening)?;
            let pause = self.random.between(0, 1_000) * MILLI;
            self.run_until(self.now + pause)?;
        }
        // Every answer, however late, is in.
        self.run_until(self.now + 30 * SECOND)?;
        while self.page.has_requests() {
            self.happen(Happening::Call(Call::Deed(Deed::Answer(true))))?;
        }
        self.run_until(self.now + 5 * SECOND)?;
        self.expect(self.oracle.state() == State::Open, "does not stay OPEN")?;
        let socket = self.sockets.iter().rfind(|socket| Some(socket.id) == self.oracle.socket());
        let session = socket.and_then(|socket| socket.peer.as_ref()?.session());
        let Some(session) = session else { return Err("OPEN without a server".to_owned()) };
        let granted = session.subscriptions();
        let wanted = self.oracle.wanted().iter().filter(|topic| !session.is_refused(topic));
        let wanted = wanted.cloned().collect();
        if granted != wanted {
            return Err(format!("the server knows of {granted:?}, and the page of {wanted:?}"));
        }
        let owed = session.owed.iter().find(|id| !self.page.is_refused(id));
        if let Some(owed) = owed {
            return Err(format!("the server waits for the answer to {owed}"));
        }
        self.count("conversed");
        Ok(())
    }

    fn expect(&self, holds: bool, problem: &str) -> Result<(), String> {
        if holds { Ok(()) } else { Err(format!("the client {problem}: {:?}", self.oracle.state())) }
    }

    fn heal(&mut self) -> Result<(), String> {
        self.note(|| "-- the trouble is over".to_owned());
        self.happen(Happening::Server(Mood::Fine))?;
        self.happen(Happening::Latency(20 * MILLI))?;
        if self.is_dark {
            self.happen(Happening::Repaired)?;
        }
        if self.inbox.is_some() {
            self.happen(Happening::Wake)?;
        }
        Ok(())
    }

    // The clock.

    fn schedule(&mut self, at: u64, happening: Happening) {
        self.sequence += 1;
        self.agenda.insert((at, self.sequence), happening);
    }

    fn run_until(&mut self, end: u64) -> Result<(), String> {
        loop {
            let next = self.agenda.first_key_value().map(|((at, _), _)| *at);
            let timer = if self.inbox.is_none() { self.timer() } else { None };
            match (next, timer) {
                (_, Some(timer)) if timer <= end && next.is_none_or(|next| timer <= next) => {
                    self.now = self.now.max(timer);
                    self.run_timers()?;
                }
                (Some(next), _) if next <= end => {
                    let (_, happening) = self.agenda.pop_first().unwrap();
                    self.now = self.now.max(next);
                    self.happen(happening)?;
                }
                _ => {
                    self.now = end;
                    return Ok(());
                }
            }
        }
    }

    /// When the client's timer runs: when it asked for, or a little later.
    fn timer(&mut self) -> Option<u64> {
        let due = self.client.poll_timeout()?.as_micros();
        match self.timer_at {
            Some((known, at)) if known == due => Some(at),
            _ => {
                let late = if self.lateness == 0 { 0 } else { self.random.next() % self.lateness };
                self.timer_at = Some((due, due + late));
                self.timer_at.map(|(_, at)| at)
            }
        }
    }

    fn run_timers(&mut self) -> Result<(), String> {
        self.timer_at = None;
        self.note(|| "timers".to_owned());
        self.client.handle_timeout(Instant::from_micros(self.now));
        self.drain()
    }

    // What happens.

    fn happen(&mut self, happening: Happening) -> Result<(), String> {
        if let Some(inbox) = &mut self.inbox {
            let is_for_the_page = matches!(
                happening,
                Happening::Hint(_)
                    | Happening::Call(_)
                    | Happening::Calls(_)
                    | Happening::Opens(_)
                    | Happening::ToClient(..)
                    | Happening::Closes(..)
            );
            if is_for_the_page {
                inbox.push_back(happening);
                return Ok(());
            }
        }
        self.note(|| short(&happening));
        match happening {
            Happening::Server(mood) => {
                let goes_down = mood == Mood::Down && self.mood != Mood::Down;
                self.mood = mood;
                if goes_down { self.cut() } else { Ok(()) }
            }
            Happening::Blackout(span) => {
                if !self.is_dark {
                    self.is_dark = true;
                    self.is_hinted = self.random.chance(40);
                    self.sockets.iter_mut().for_each(|socket| socket.is_mute = true);
                    self.schedule(self.now + span, Happening::Repaired);
                    if self.is_hinted {
                        self.schedule(self.now + SECOND, Happening::Hint(PageEvent::Offline));
                    }
                }
                Ok(())
            }
            Happening::Repaired => {
                self.is_dark = false;
                for index in 0..self.sockets.len() {
                    // Some links are picked up again, some never.
                    self.sockets[index].is_mute &= self.random.chance(50);
                    if !self.sockets[index].is_mute {
                        self.deliver_held(index)?;
                    }
                }
                if std::mem::take(&mut self.is_hinted) && self.random.chance(80) {
                    self.schedule(self.now + SECOND, Happening::Hint(PageEvent::Online));
                }
                Ok(())
            }
            Happening::Latency(latency) => {
                self.latency = latency;
                Ok(())
            }
            Happening::Cut => self.cut(),
            Happening::Suspend(span) => {
                if self.inbox.is_none() {
                    self.inbox = Some(VecDeque::new());
                    self.schedule(self.now + span, Happening::Wake);
                }
                Ok(())
            }
            Happening::Wake => self.wake(),
            Happening::Hint(event) => {
                self.oracle.on_page(event, self.now);
                self.input(Input::Page(event))
            }
            Happening::Call(call) => self.call(call),
            Happening::Calls(calls) => {
                calls.into_iter().for_each(|call| self.perform(call));
                self.drain()
            }
            Happening::Impulse(impulse) => {
                let Some(index) = self.sockets.len().checked_sub(1) else { return Ok(()) };
                let Some(peer) = &mut self.sockets[index].peer else { return Ok(()) };
                if self.mood == Mood::Silent {
                    return Ok(());
                }
                let reactions = peer.on_impulse(impulse, &mut self.random);
                self.react(index, reactions)
            }
            Happening::Says(index, frame) => {
                let is_there = self.sockets[index].peer.as_ref().is_some_and(Peer::is_there);
                if !is_there || self.mood == Mood::Silent {
                    return Ok(());
                }
                self.react(index, vec![Reaction::Say(frame)])
            }
            Happening::Opens(index) => self.opens(index),
            Happening::ToClient(index, frame) => {
                // Noise is for whatever socket there is.
                let index = index.min(self.sockets.len().wrapping_sub(1));
                let Some(socket) = self.sockets.get(index) else { return Ok(()) };
                if socket.is_over || !socket.is_open {
                    return Ok(());
                }
                if socket.is_mute || !socket.held_down.is_empty() {
                    self.sockets[index].held_down.push(frame);
                    return Ok(());
                }
                self.receives(index, &frame)
            }
            Happening::ToServer(index, frame) => self.arrives(index, &frame),
            Happening::Closes(index, closure) => {
                let socket = &mut self.sockets[index];
                // A goodbye comes over the link.
                if socket.is_over || closure.was_clean && socket.is_mute {
                    return Ok(());
                }
                socket.is_over = true;
                let id = socket.id;
                // Who hears nothing any more says no goodbye.
                let is_heard = socket.peer.as_ref().is_some_and(Peer::is_there);
                let mut closure = if is_heard { closure } else { Closure::BROKEN };
                let mut unsent = Vec::new();
                if !closure.was_clean {
                    (closure.unsent, unsent) = self.unsent(index);
                }
                if !unsent.is_empty() {
                    self.count("unsent");
                }
                self.oracle.on_closed(id, &unsent);
                self.input(Input::SocketClosed(id, closure))
            }
            Happening::Drops(index) => {
                self.drops(index);
                Ok(())
            }
            Happening::Tick(index) => {
                let Some(peer) = &mut self.sockets[index].peer else { return Ok(()) };
                let reactions = peer.on_tick(self.now);
                self.schedule(self.now + HEARTBEAT, Happening::Tick(index));
                self.react(index, reactions)
            }
        }
    }

    fn count(&mut self, name: &'static str) {
        *self.coverage.events.entry(name).or_default() += 1;
    }

    fn note(&mut self, line: impl FnOnce() -> String) {
        if self.traces {
            self.trace.push(format!("{:>14.3} {}", self.now as f64 / MILLI as f64, line()));
        }
    }
}

/// What fits on a line.
fn short(what: &impl Debug) -> String {
    let mut text = format!("{what:?}");
    if let Some((end, _)) = text.char_indices().nth(160) {
        text.truncate(end);
    }
    text
}

//! The browser's page: the shell's part, the application, and sleep.

use deepstream_wasm::core::connection::State;
use deepstream_wasm::core::io::{
    Closure, Command, Event, Input, Outcome, Output, PageEvent, Reason,
};
use deepstream_wasm::core::time::Instant;

use super::application::Deed;
use super::trouble::{Call, Happening};
use super::{World, short};
use crate::server::GOOD;

impl World {
    pub(super) fn input(&mut self, input: Input<'_>) -> Result<(), String> {
        self.client.handle_input(input, Instant::from_micros(self.now));
        self.drain()
    }

    pub(super) fn drain(&mut self) -> Result<(), String> {
        while let Some(output) = self.client.poll_output(Instant::from_micros(self.now)) {
            self.note(|| format!("    {}", short(&output)));
            self.oracle.on_output(&output, self.now)?;
            self.carry_out(output)?;
        }
        self.oracle.on_step_done();
        self.oracle.check(&self.client, self.now, self.inbox.is_none())
    }

    pub(super) fn carry_out(&mut self, output: Output) -> Result<(), String> {
        match output {
            Output::OpenSocket(id, url) => self.dial(id, &url),
            Output::Send(id, frame) => {
                let index = self.index(id);
                self.send(index, frame, None);
            }
            Output::SendQueued(id, outgoing) => {
                let index = self.index(id);
                let is_ending = self.client.state() != State::Open;
                if self.sockets[index].is_closing {
                    self.count("refused");
                    self.oracle.on_refused(id, &outgoing, is_ending)?;
                    let input = Input::SocketRefused(id, outgoing);
                    self.client.handle_input(input, Instant::from_micros(self.now));
                } else {
                    let number = self.oracle.on_handed(id, &outgoing, is_ending, self.now)?;
                    self.sockets[index].buffered += outgoing.frame.len() as u64 * 20;
                    self.send(index, outgoing.frame.clone(), number);
                    let input = Input::SocketTook(id, outgoing);
                    self.client.handle_input(input, Instant::from_micros(self.now));
                }
            }
            Output::MeasureBuffer(id) => {
                let index = self.index(id);
                let bytes = self.sockets[index].buffered;
                if bytes > 1_024 * 1_024 {
                    self.count("full");
                }
                let input = Input::SocketBuffered(id, bytes);
                self.client.handle_input(input, Instant::from_micros(self.now));
            }
            Output::CloseSocket(id) => {
                let index = self.index(id);
                let at = self.now + 2 * self.travel();
                let socket = &mut self.sockets[index];
                socket.is_closing = true;
                if !socket.is_mute {
                    let at = at.max(socket.up).max(socket.down);
                    let closure = Closure { code: 1000, failed: false, was_clean: true, unsent: 0 };
                    self.schedule(at, Happening::Closes(index, closure));
                }
            }
            Output::DropSocket(id) => {
                let index = self.index(id);
                let socket = &mut self.sockets[index];
                socket.is_over = true;
                socket.peer = None;
            }
            Output::Event(event) => {
                self.observe(&event);
                self.remember(&event);
                self.call_back();
            }
        }
        Ok(())
    }

    /// The page calls while it is told something, before it is told the rest.
    fn call_back(&mut self) {
        if self.now >= self.trouble || !self.random.chance(4) {
            return;
        }
        for _ in 0..self.random.between(1, 3) {
            let call = match self.random.between(0, 19) {
                0 => Call::Pause,
                1 => Call::Resume,
                2 => Call::Login(GOOD[0]),
                _ => Call::Deed(Deed::some(&mut self.random)),
            };
            self.count("called back");
            self.perform(call);
        }
    }

    /// Timers, messages and the browser's own event come in any order.
    pub(super) fn wake(&mut self) -> Result<(), String> {
        let Some(inbox) = self.inbox.take() else { return Ok(()) };
        self.oracle.on_wake(self.now);
        let order = self.random.between(0, 5);
        if matches!(order, 0 | 1) {
            self.happen(Happening::Hint(PageEvent::Resumed))?;
        }
        if matches!(order, 0 | 2 | 4) {
            self.run_timers()?;
        }
        for happening in inbox {
            self.happen(happening)?;
        }
        self.run_timers()?;
        if order == 2 {
            self.happen(Happening::Hint(PageEvent::Resumed))?;
        }
        Ok(())
    }

    pub(super) fn call(&mut self, call: Call) -> Result<(), String> {
        self.perform(call);
        self.drain()
    }

    /// A call, whose outputs are not looked at yet.
    pub(super) fn perform(&mut self, call: Call) {
        self.note(|| format!("  {}", short(&call)));
        let command = match call {
            Call::Login(details) => {
                self.oracle.on_login(self.now);
                Command::Login(self.oracle.next_ticket(), details.to_owned())
            }
            Call::Pause => Command::Pause,
            Call::Resume => {
                self.oracle.on_resume(self.now);
                Command::Resume(self.oracle.next_ticket())
            }
            Call::Close => Command::Close,
            Call::Deed(deed) => match self.command_of(deed) {
                Some(command) => Command::Data(command),
                None => return,
            },
        };
        self.client.handle_input(Input::Command(command), Instant::from_micros(self.now));
    }

    pub(super) fn observe(&mut self, event: &Event) {
        match event {
            Event::StateChanged(state) => {
                *self.coverage.states.entry(state.name()).or_default() += 1;
            }
            Event::Error(error) => *self.coverage.errors.entry(error.name).or_default() += 1,
            Event::MaxReconnectionAttemptsReached(_) => self.count("given up"),
            Event::ClientDataChanged(_) => self.count("data changed"),
            Event::ReauthenticationFailure(_) => self.count("reauthentication"),
            Event::Settled(_, outcome) => self.count(match outcome {
                Outcome::Accepted(_) => "accepted",
                Outcome::Users(_) => "users",
                Outcome::Refused(Reason::Server(_)) => "refused by the server",
                Outcome::Refused(Reason::Unexplained(name) | Reason::Ended(name)) => name,
            }),
            Event::EventReceived { .. } => self.count("event"),
            Event::RpcRequested(_) => self.count("request"),
            Event::PatternFound { .. } => self.count("pattern found"),
            Event::PatternRemoved { .. } => self.count("pattern removed"),
            Event::PatternsLost => self.count("patterns lost"),
            Event::PresenceChanged { .. } => self.count("presence"),
            Event::SubscriptionRefused(..) => self.count("subscription refused"),
            Event::Warning(_) => self.count("warning"),
            Event::Record => self.count("record"),
        }
    }
}

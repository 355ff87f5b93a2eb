//! The clock, the links and the clients.

use std::collections::BTreeMap;
use std::fmt::Debug;

use deepstream_wasm::core::connection::State;
use deepstream_wasm::core::io::{Closure, Command, Event, Input, Meta, Output, SocketId};
use deepstream_wasm::core::options::{AttemptLimit, HeartbeatTimeoutAction, Options};
use deepstream_wasm::core::protocol::{Action, AuthAction, ConnectionAction, Frame, Topic};
use deepstream_wasm::core::record::Path;
use deepstream_wasm::core::record::io::{Conflict, Merged, RecordCommand, RecordEvent};
use deepstream_wasm::core::time::{Instant, Millis};

use crate::common::json::Json;
use crate::common::{Client, Random, bare, decode, frame, seeds};
use crate::oracle;
use crate::page::{Manners, NAMES, Opened, Page, Strategy, command, union};
use crate::server::{Rules, Server};

pub(crate) const MILLI: u64 = 1_000;
pub(crate) const SECOND: u64 = 1_000 * MILLI;

/// What every world may be like.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Climate {
    /// Nothing is ever to be lost here: the local side wins, and nothing is forbidden or deleted.
    pub(crate) is_gentle: bool,
    pub(crate) loses_data: bool,
    pub(crate) manners: Manners,
    latency: u64,
}

pub(crate) struct Node {
    pub(crate) client: Client,
    pub(crate) page: Page,
    /// Record messages that it sent since the last call of any application.
    pub(crate) sent: u32,
}

struct Socket {
    node: usize,
    id: SocketId,
    /// When the last of each direction arrives.
    up: u64,
    down: u64,
    is_open: bool,
    /// Until when the server is reached.
    reaches_until: u64,
    is_over: bool,
    is_logged_in: bool,
    is_gone: bool,
}

#[derive(Debug)]
enum Happening {
    Deed(usize),
    Merge(usize),
    Cut(usize),
    Restart,
    Up,
    Pause(usize),
    Opens(usize),
    Closes(usize),
    Gone(usize),
    ToServer(usize, Frame),
    ToClient(usize, Frame),
}

pub(crate) struct World {
    random: Random,
    now: u64,
    pub(crate) nodes: Vec<Node>,
    pub(crate) server: Server,
    pub(crate) climate: Climate,
    sockets: Vec<Socket>,
    agenda: BTreeMap<(u64, u64), Happening>,
    sequence: u64,
    is_down: bool,
    trouble: u64,
    traces: bool,
    pub(crate) trace: Vec<String>,
    counts: BTreeMap<&'static str, u64>,
}

impl seeds::World for World {
    /// Trouble, repair, and peace.
    fn run(&mut self) -> Result<(), String> {
        self.note(|| "begins".to_owned());
        for index in 0..self.nodes.len() {
            self.drain(index)?;
            let ticket = self.nodes[index].page.ticket();
            let login = Command::Login(ticket, "{}".to_owned());
            self.input(index, Input::Command(login))?;
        }
        self.run_until(self.trouble)?;
        self.note(|| "-- the trouble is over".to_owned());
        self.is_down = false;
        for index in 0..self.nodes.len() {
            self.nodes[index].sent = 0;
            if self.nodes[index].client.state() != State::Open {
                let ticket = self.nodes[index].page.ticket();
                self.input(index, Input::Command(Command::Resume(ticket)))?;
            }
        }
        self.run_until(self.now + 40 * SECOND)?;
        let sent = self.nodes.iter().map(|node| node.sent).collect::<Vec<_>>();
        self.run_until(self.now + 60 * SECOND)?;
        for (node, sent) in self.nodes.iter().zip(sent) {
            if node.sent > sent || sent > 300 || self.counts.get("server broken") > Some(&3) {
                return Err(format!("client {} goes on and on", node.page.index));
            }
        }
        oracle::check(self)
    }

    fn trace(&self) -> &[String] {
        &self.trace
    }
}

impl World {
    pub(crate) fn new(seed: u64, traces: bool) -> Self {
        let mut random = Random::new(seed);
        let is_gentle = random.chance(30);
        let climate = Climate {
            is_gentle,
            loses_data: !is_gentle && random.chance(20),
            manners: Manners {
                deletes: !is_gentle && random.chance(30),
                is_denied: !is_gentle && random.chance(30),
                sets_data: random.chance(30),
            },
            latency: random.pick(&[5, 30, 200]) * MILLI,
        };
        let rules = Rules {
            cache_delay: random.pick(&[0, 1, 20]) * MILLI,
            storage_delay: random.pick(&[0, 50]) * MILLI,
            knows_patch_multi: random.chance(70),
        };
        let trouble = random.between(5, 40) * SECOND;
        let mut world = Self {
            now: 0,
            nodes: Vec::new(),
            server: Server::new(rules),
            climate,
            sockets: Vec::new(),
            agenda: BTreeMap::new(),
            sequence: 0,
            is_down: false,
            trouble,
            traces,
            trace: Vec::new(),
            counts: BTreeMap::new(),
            random,
        };
        let options = Options {
            max_reconnect_attempts: AttemptLimit::Never,
            reconnect_interval_increment: Millis::new(500),
            max_reconnect_interval: Millis::new(2_000),
            heartbeat_timeout_action: HeartbeatTimeoutAction::Reconnect,
            subscription_interval: Millis::new(world.random.pick(&[0, 100])),
            record_discard_timeout: Millis::new(1_000),
            ..Options::default()
        };
        for index in 0..world.random.between(2, 4) as usize {
            let strategy = if is_gentle {
                Strategy::Local
            } else {
                world.random.pick(&[Strategy::Remote, Strategy::Local, Strategy::Custom])
            };
            let client = Client::new("server", options.clone(), Instant::from_micros(0)).unwrap();
            let page = Page::new(index, strategy);
            world.nodes.push(Node { client, page, sent: 0 });
            // Bursts, with silence between them.
            let mut at = 0;
            for _ in 0..world.random.between(5, 30) {
                at += if world.random.chance(60) {
                    world.random.between(0, 50) * MILLI
                } else {
                    world.random.between(0, 3_000) * MILLI
                };
                if at < trouble {
                    world.schedule(at, Happening::Deed(index));
                }
            }
            for _ in 0..world.random.between(0, 3) {
                let at = world.random.between(0, trouble);
                world.schedule(at, Happening::Cut(index));
            }
            if world.random.chance(20) {
                let at = world.random.between(0, trouble);
                world.schedule(at, Happening::Pause(index));
            }
        }
        for _ in 0..world.random.between(0, 2) {
            let at = world.random.between(0, trouble);
            world.schedule(at, Happening::Restart);
        }
        world
    }

    pub(crate) fn counts(&self) -> impl Iterator<Item = (&'static str, u64)> {
        self.counts.iter().chain(&self.server.counts).map(|(what, count)| (*what, *count))
    }

    // The clock.

    fn schedule(&mut self, at: u64, happening: Happening) {
        self.sequence += 1;
        self.agenda.insert((at, self.sequence), happening);
    }

    fn run_until(&mut self, end: u64) -> Result<(), String> {
        loop {
            let next = self.agenda.first_key_value().map_or(u64::MAX, |((at, _), _)| *at);
            let timers =
                self.nodes.iter().enumerate().filter_map(|(index, node)| {
                    Some((node.client.poll_timeout()?.as_micros(), index))
                });
            let (timer, index) = timers.min().unwrap_or((u64::MAX, 0));
            let cache = self.server.due().unwrap_or(u64::MAX);
            let at = next.min(timer).min(cache);
            if at > end {
                self.now = end;
                return Ok(());
            }
            self.now = self.now.max(at);
            if at == cache {
                self.server.run(&mut self.random, self.now)?;
                self.post();
            } else if at == next {
                let (_, happening) = self.agenda.pop_first().unwrap();
                self.happen(happening)?;
            } else {
                self.nodes[index].client.handle_timeout(Instant::from_micros(self.now));
                self.drain(index)?;
            }
        }
    }

    fn happen(&mut self, happening: Happening) -> Result<(), String> {
        match happening {
            Happening::Deed(index) => self.deed(index),
            Happening::Merge(index) => self.merge(index),
            Happening::Cut(index) => {
                self.note(|| format!("{index} cut"));
                self.count("cut");
                for socket in 0..self.sockets.len() {
                    if self.sockets[socket].node == index {
                        self.cut(socket);
                    }
                }
                Ok(())
            }
            Happening::Restart => {
                let keeps_data = !self.climate.loses_data || self.random.chance(50);
                self.note(|| format!("server restarts, keeps data: {keeps_data}"));
                self.count(if keeps_data { "restart" } else { "data lost" });
                self.server.restart(keeps_data);
                for socket in 0..self.sockets.len() {
                    self.sockets[socket].is_gone = true;
                    self.cut(socket);
                }
                self.is_down = true;
                let at = self.now + self.random.between(0, 3_000) * MILLI;
                self.schedule(at, Happening::Up);
                Ok(())
            }
            Happening::Up => {
                self.is_down = false;
                Ok(())
            }
            Happening::Pause(index) => {
                self.note(|| format!("{index} pauses"));
                self.count("pause");
                self.input(index, Input::Command(Command::Pause))
            }
            Happening::Opens(socket) => {
                if self.sockets[socket].is_over || self.sockets[socket].is_open {
                    return Ok(());
                }
                self.sockets[socket].is_open = true;
                let (index, id) = (self.sockets[socket].node, self.sockets[socket].id);
                self.input(index, Input::SocketOpened(id))
            }
            Happening::Closes(socket) => {
                if std::mem::replace(&mut self.sockets[socket].is_over, true) {
                    return Ok(());
                }
                let (index, id) = (self.sockets[socket].node, self.sockets[socket].id);
                self.note(|| format!("{index} hears of its loss"));
                self.nodes[index].page.loses();
                self.input(index, Input::SocketClosed(id, Closure::BROKEN))
            }
            Happening::Gone(socket) => {
                self.sockets[socket].is_gone = true;
                self.server.on_gone(socket);
                Ok(())
            }
            Happening::ToServer(socket, frame) => self.arrives(socket, &frame),
            Happening::ToClient(socket, frame) => {
                let Socket { node, id, is_over, reaches_until, .. } = self.sockets[socket];
                if is_over || self.now > reaches_until {
                    return Ok(());
                }
                self.note(|| format!("{node} < {}", told(&frame)));
                self.input(node, Input::SocketFrame(id, (&frame).into()))
            }
        }
    }

    /// The link breaks: what is under way up arrives for a while.
    fn cut(&mut self, socket: usize) {
        if self.sockets[socket].is_over {
            return;
        }
        let until = self.now + self.random.between(0, self.climate.latency);
        self.sockets[socket].reaches_until = self.sockets[socket].reaches_until.min(until);
        let gone = until + self.random.between(0, 5) * SECOND;
        self.schedule(gone, Happening::Gone(socket));
        let closes = until + self.random.between(0, 1_000) * MILLI;
        self.schedule(closes, Happening::Closes(socket));
    }

    // The server's side.

    fn arrives(&mut self, socket: usize, sent: &Frame) -> Result<(), String> {
        if self.sockets[socket].is_gone || self.now > self.sockets[socket].reaches_until {
            return Ok(());
        }
        let message = decode(sent);
        let answer = match message.action {
            Action::Connection(ConnectionAction::Challenge) => Some(bare(ConnectionAction::Accept)),
            Action::Connection(ConnectionAction::Ping) => Some(bare(ConnectionAction::Pong)),
            Action::Auth(AuthAction::Request) => {
                self.sockets[socket].is_logged_in = true;
                Some(bare(AuthAction::AuthSuccessful))
            }
            Action::Record(_) if self.sockets[socket].is_logged_in => {
                let node = self.sockets[socket].node;
                self.note(|| format!("  {node} >> {}", told(sent)));
                self.server.on_message(socket, message, &mut self.random, self.now)?;
                self.post();
                None
            }
            _ => return Err(format!("the server got {message:?}")),
        };
        if let Some(answer) = answer {
            self.down(socket, 0, frame(&answer));
        }
        Ok(())
    }

    fn post(&mut self) {
        // A patch that is taken after the one before it was refused may lead through a `null`.
        if let Some(problem) = self.server.broken_by.take() {
            self.note(|| format!("the server breaks: {problem}"));
            self.count("server broken");
            self.schedule(self.now, Happening::Restart);
            self.server.outbox.clear();
            self.server.restart(true);
        }
        for (socket, delay, message) in std::mem::take(&mut self.server.outbox) {
            self.down(socket, delay, frame(&message));
        }
    }

    fn down(&mut self, socket: usize, delay: u64, frame: Frame) {
        if self.sockets[socket].is_gone {
            return;
        }
        let at = self.now + delay + self.random.between(0, self.climate.latency);
        let at = at.max(self.sockets[socket].down);
        self.sockets[socket].down = at;
        self.schedule(at, Happening::ToClient(socket, frame));
    }

    // The client's side.

    fn input(&mut self, index: usize, input: Input<'_>) -> Result<(), String> {
        self.nodes[index].client.handle_input(input, Instant::from_micros(self.now));
        self.drain(index)
    }

    fn record(&mut self, index: usize, command: RecordCommand<Json>) -> Result<(), String> {
        self.note(|| format!("{index} {}", short(&command)));
        self.nodes[index].client.handle_record(command, Instant::from_micros(self.now));
        self.drain(index)
    }

    fn socket(&self, index: usize, id: SocketId) -> usize {
        self.sockets.iter().rposition(|it| it.node == index && it.id == id).unwrap()
    }

    fn drain(&mut self, index: usize) -> Result<(), String> {
        let now = Instant::from_micros(self.now);
        while let Some(output) = self.nodes[index].client.poll_output(now) {
            match output {
                Output::OpenSocket(id, _) => {
                    let socket = self.sockets.len();
                    self.sockets.push(Socket {
                        node: index,
                        id,
                        up: 0,
                        down: 0,
                        is_open: false,
                        reaches_until: u64::MAX,
                        is_over: false,
                        is_logged_in: false,
                        is_gone: false,
                    });
                    let at = self.now + self.random.between(0, self.climate.latency);
                    let is_down = self.is_down;
                    self.schedule(
                        at,
                        if is_down { Happening::Closes(socket) } else { Happening::Opens(socket) },
                    );
                }
                Output::Send(id, frame) => self.send(index, id, frame),
                Output::SendQueued(id, outgoing) => {
                    if decode(&outgoing.frame).topic() == Topic::Record {
                        self.nodes[index].sent += 1;
                        self.note(|| format!("{index} > {}", told(&outgoing.frame)));
                    }
                    self.send(index, id, outgoing.frame.clone());
                    let input = Input::SocketTook(id, outgoing);
                    self.nodes[index].client.handle_input(input, now);
                }
                Output::MeasureBuffer(id) => {
                    let input = Input::SocketBuffered(id, 0);
                    self.nodes[index].client.handle_input(input, now);
                }
                Output::CloseSocket(id) => {
                    let socket = self.socket(index, id);
                    self.cut(socket);
                }
                Output::DropSocket(id) => {
                    let socket = self.socket(index, id);
                    self.cut(socket);
                    self.sockets[socket].is_over = true;
                }
                Output::Event(event) => self.observe(index, event)?,
            }
        }
        Ok(())
    }

    fn send(&mut self, index: usize, id: SocketId, frame: Frame) {
        let socket = self.socket(index, id);
        let at = self.now + self.random.between(0, self.climate.latency);
        let at = at.max(self.sockets[socket].up);
        self.sockets[socket].up = at;
        self.schedule(at, Happening::ToServer(socket, frame));
    }

    fn observe(&mut self, index: usize, event: Event) -> Result<(), String> {
        match event {
            Event::Record => {
                let event = self.nodes[index].client.poll_record_event();
                let event = event.ok_or("an event that is not there")?;
                self.note(|| format!("{index} is told {}", short(&event)));
                self.on_record_event(index, event)
            }
            Event::Settled(ticket, outcome) => {
                self.note(|| format!("{index} {ticket:?} {outcome:?}"));
                let settled = self.nodes[index].page.settled.get_mut(&ticket);
                settled.ok_or("an unknown ticket")?.push(outcome);
                Ok(())
            }
            Event::Error(error) => {
                self.note(|| format!("{index} error {error:?}"));
                if let Meta::Message(message) = error.meta
                    && let Some(name) = message.name
                {
                    self.nodes[index].page.fail(&name);
                }
                Ok(())
            }
            Event::Warning(text) => {
                self.note(|| format!("{index} {text}"));
                Ok(())
            }
            Event::StateChanged(state) => {
                self.note(|| format!("{index} {state:?}"));
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn on_record_event(&mut self, index: usize, event: RecordEvent<Json>) -> Result<(), String> {
        let page = &mut self.nodes[index].page;
        match event {
            RecordEvent::Changed(id, path, data) => {
                let Some(opened) = page.find(id) else { return Ok(()) };
                if path.steps().is_empty() {
                    if opened.shadow == data && opened.is_ready {
                        return Err(format!("{index}: {} changed to what it was", opened.name));
                    }
                    opened.shadow = data;
                }
            }
            RecordEvent::Ready(id) => {
                if let Some(opened) = page.find(id) {
                    opened.is_ready = true;
                }
            }
            RecordEvent::Discarded(id) | RecordEvent::Deleted(id) => {
                if let Some(opened) = page.find(id) {
                    opened.is_gone = true;
                }
            }
            RecordEvent::Failed(id, ..) => {
                let name = page.find(id).map(|opened| opened.name);
                page.fail(name.unwrap_or_default());
            }
            RecordEvent::Merge(merge) => {
                let kind = match merge.conflict {
                    Conflict::Changed => "merge Changed",
                    Conflict::Unseen => "merge Unseen",
                    Conflict::Deleted => "merge Deleted",
                };
                page.merges.push(*merge);
                self.count(kind);
                let delay =
                    if self.random.chance(60) { 0 } else { self.random.between(0, 2_000) * MILLI };
                self.schedule(self.now + delay, Happening::Merge(index));
            }
            _ => {}
        }
        Ok(())
    }

    fn merge(&mut self, index: usize) -> Result<(), String> {
        let deletes = self.climate.manners.deletes;
        let page = &mut self.nodes[index].page;
        let at = self.random.between(0, page.merges.len() as u64 - 1) as usize;
        let merge = page.merges.remove(at);
        let merged = match (page.strategy, merge.conflict) {
            (Strategy::Custom, _) => {
                *page.custom.entry(merge.name.clone()).or_default() += 1;
                match self.random.between(0, 19) {
                    0 => Merged::Failed("no idea".to_owned()),
                    1 if deletes => Merged::Nothing,
                    2 => Merged::To(merge.local.clone()),
                    3 if merge.remote.is_some() => Merged::To(merge.remote.clone().unwrap()),
                    _ => Merged::To(union(&merge.local, merge.remote.as_ref())),
                }
            }
            (_, Conflict::Unseen | Conflict::Deleted) => Merged::Replayed,
            (Strategy::Local, Conflict::Changed) => Merged::To(merge.local.clone()),
            (Strategy::Remote, Conflict::Changed) => {
                merge.remote.clone().map_or(Merged::Nothing, Merged::To)
            }
        };
        self.record(index, RecordCommand::Merged(merge.id, merged))
    }

    // The application.

    fn deed(&mut self, index: usize) -> Result<(), String> {
        let name = self.random.pick(&NAMES);
        let manners = self.climate.manners;
        let Some(at) = self.nodes[index].page.live(name) else {
            if manners.sets_data && self.random.chance(20) {
                let Node { page, client, .. } = &mut self.nodes[index];
                if page.opened.iter().all(|it| it.name != name || it.is_gone)
                    && name.starts_with('r')
                    && !client.state().is_final()
                {
                    let (change, ticket) = page.write(name, manners, &mut self.random);
                    if let Some(write) = page.writes.last_mut() {
                        write.is_closed = true;
                    }
                    return self.record(index, RecordCommand::SetData(name.into(), change, ticket));
                }
            }
            return self.open(index, name);
        };
        let id = self.nodes[index].page.opened[at].id;
        match self.random.between(0, 39) {
            0..=2 => {
                self.nodes[index].page.opened[at].references -= 1;
                self.record(index, RecordCommand::Discard(id))?;
                self.record(index, RecordCommand::Forget(id))
            }
            3 if manners.deletes => {
                let ticket = self.nodes[index].page.ticket();
                self.record(index, RecordCommand::Delete(id, ticket))
            }
            4 => {
                let ticket = self.nodes[index].page.ticket();
                self.record(index, RecordCommand::WhenReady(id, ticket))
            }
            5 => {
                let ticket = self.nodes[index].page.ticket();
                self.record(index, RecordCommand::Snapshot(name.into(), ticket))
            }
            6 => {
                let ticket = self.nodes[index].page.ticket();
                self.record(index, RecordCommand::Head(name.into(), ticket))
            }
            7 => self.open(index, name),
            _ => {
                let write = self.nodes[index].page.write(name, manners, &mut self.random);
                self.record(index, command(id, write))
            }
        }
    }

    fn open(&mut self, index: usize, name: &'static str) -> Result<(), String> {
        self.note(|| format!("{index} opens {name}"));
        let now = Instant::from_micros(self.now);
        let Node { client, page, .. } = &mut self.nodes[index];
        let id = client.open_record(name, now);
        let record = client.record(id).ok_or("it is not there")?;
        match page.opened.iter_mut().rfind(|it| it.id == id && !it.is_gone) {
            Some(opened) => opened.references += 1,
            None => {
                let shadow = record.is_ready().then(|| record.data().clone());
                let is_ready = record.is_ready();
                let opened = Opened { id, name, references: 1, shadow, is_ready, is_gone: false };
                page.opened.push(opened);
                client.handle_record(RecordCommand::Watch(id, Path::root()), now);
                let path = Path::parse("a.x").unwrap();
                client.handle_record(RecordCommand::Watch(id, path), now);
            }
        }
        self.drain(index)
    }

    fn count(&mut self, name: &'static str) {
        *self.counts.entry(name).or_default() += 1;
    }

    fn note(&mut self, line: impl FnOnce() -> String) {
        if self.traces {
            let line = line();
            self.trace.push(format!("{:>10.3} {line}", self.now as f64 / MILLI as f64));
        }
    }
}

/// What a message says, in short.
fn told(frame: &Frame) -> String {
    let message = decode(frame);
    let mut text = format!("{:?}", message.action);
    if let Some(name) = &message.name {
        text += &format!(" {name}");
    }
    if !message.names.is_empty() {
        text += &format!(" {:?}", message.names);
    }
    if let Some(version) = message.version {
        text += &format!(" v{version}");
    }
    if !message.versions.is_empty() {
        text += &format!(" {:?}", message.versions);
    }
    if let Some(path) = &message.path {
        text += &format!(" {path}");
    }
    if let Some(data) = &message.data {
        text += &format!(" {data}");
    }
    if let Some(id) = &message.correlation_id {
        text += &format!(" #{id}");
    }
    text
}

/// What fits on a line.
fn short(what: &impl Debug) -> String {
    let mut text = format!("{what:?}");
    if let Some((end, _)) = text.char_indices().nth(260) {
        text.truncate(end);
    }
    text
}

/// Whether it is in step, as far as one sees from outside.
pub(crate) fn is_synced(client: &Client, id: deepstream_wasm::core::record::io::RecordId) -> bool {
    client.record(id).is_some_and(|record| format!("{record:?}").contains("state: Synced"))
}

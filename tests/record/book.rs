//! A client with records, as a test wants it: what is called, what the server says, and what was seen,
//! as text.

use deepstream_wasm::core::io::{Outcome, Reason, Ticket};
use deepstream_wasm::core::options::Options;
use deepstream_wasm::core::protocol::{Action, Message, RecordAction, Topic};
use deepstream_wasm::core::record::io::{
    EntriesOf, Merge, MergeId, Merged, RecordCommand, RecordEvent, RecordId,
};
use deepstream_wasm::core::record::list::EntryChange;
use deepstream_wasm::core::record::{Change, Document, Path, Value};

use crate::common::bare;
use crate::common::json::Json;
use crate::harness::Harness;
use crate::server::Fields;

pub(crate) struct Book {
    pub(crate) harness: Harness,
    told: Vec<String>,
    pub(crate) merges: Vec<Merge<Json>>,
    /// How many messages of the present socket a test has looked at.
    seen: (usize, usize),
}

impl Book {
    /// OPEN, with names sent at once.
    pub(crate) fn open() -> Self {
        Self::open_with(|_| {})
    }

    pub(crate) fn open_with(configure: impl FnOnce(&mut Options)) -> Self {
        let mut book = Self::new(configure);
        book.connects();
        book
    }

    /// Not connected yet.
    pub(crate) fn new(configure: impl FnOnce(&mut Options)) -> Self {
        let harness = Harness::with(|options| {
            options.subscription_interval = deepstream_wasm::core::time::Millis::ZERO;
            options.reconnect_interval_increment = deepstream_wasm::core::time::Millis::ZERO;
            configure(options);
        });
        Self { harness, told: Vec::new(), merges: Vec::new(), seen: (0, 0) }
    }

    /// A record that the server has in this version.
    pub(crate) fn with(version: i32, data: &str) -> (Self, RecordId) {
        let mut book = Self::open();
        let id = book.read("r", version, data);
        (book, id)
    }

    /// Opens a record, which the server tells of.
    pub(crate) fn read(&mut self, name: &str, version: i32, data: &str) -> RecordId {
        let id = self.get(name);
        self.says(RecordAction::ReadResponse, name, version, Some(data));
        self.forget();
        id
    }

    pub(crate) fn connects(&mut self) {
        self.harness.connects();
        self.harness.advance(0);
        self.look();
    }

    pub(crate) fn loses(&mut self) {
        self.harness.closes(deepstream_wasm::core::io::Closure::BROKEN);
        self.look();
    }

    pub(crate) fn advance(&mut self, millis: u64) {
        self.harness.advance(millis);
        self.look();
    }

    // What the application calls.

    pub(crate) fn get(&mut self, name: &str) -> RecordId {
        let now = self.harness.instant();
        let id = self.harness.client.open_record(name, now);
        self.look();
        id
    }

    pub(crate) fn give(&mut self, command: RecordCommand<Json>) {
        let now = self.harness.instant();
        self.harness.client.handle_record(command, now);
        self.look();
    }

    pub(crate) fn change(&mut self, id: RecordId, change: Change<Json>) {
        self.give(RecordCommand::Write(id, change, None));
    }

    pub(crate) fn change_with_ack(&mut self, id: RecordId, change: Change<Json>) -> Ticket {
        self.ask(|ticket| RecordCommand::Write(id, change, Some(ticket)))
    }

    pub(crate) fn set(&mut self, id: RecordId, path: &str, data: &str) {
        self.change(id, put(path, data));
    }

    pub(crate) fn ask(&mut self, command: impl FnOnce(Ticket) -> RecordCommand<Json>) -> Ticket {
        let ticket = self.harness.ticket();
        self.give(command(ticket));
        ticket
    }

    pub(crate) fn watch(&mut self, id: RecordId, path: &str) {
        self.give(RecordCommand::Watch(id, Path::of(path).unwrap()));
    }

    pub(crate) fn merge(&mut self, merged: Merged<Json>) {
        let id = self.merges.pop().expect("there is something to merge").id;
        self.merge_with(id, merged);
    }

    pub(crate) fn merge_with(&mut self, id: MergeId, merged: Merged<Json>) {
        self.give(RecordCommand::Merged(id, merged));
    }

    // What the server says.

    pub(crate) fn hears(&mut self, message: &Message<'_>) {
        self.harness.receives(message);
        self.look();
    }

    pub(crate) fn says(
        &mut self,
        action: RecordAction,
        name: &str,
        version: i32,
        data: Option<&str>,
    ) {
        self.hears(&said(action, name, version, data));
    }

    pub(crate) fn patches(&mut self, name: &str, version: i32, path: &str, data: &str) {
        let mut message = said(RecordAction::Patch, name, version, Some(data));
        message.path = Some(path.to_owned().into());
        self.hears(&message);
    }

    pub(crate) fn acknowledges(&mut self, name: &str, id: &str) {
        let mut message = bare(RecordAction::WriteAcknowledgement).name(name).id(id);
        message.is_write_ack = Some(true);
        self.hears(&message);
    }

    // What was seen.

    fn look(&mut self) {
        self.harness.drain();
        while let Some(event) = self.harness.client.poll_record_event() {
            if let Some(line) = self.line(event) {
                self.told.push(line);
            }
        }
    }

    fn line(&mut self, event: RecordEvent<Json>) -> Option<String> {
        let name = |id| self.harness.client.record(id).map_or("?", |record| record.name());
        Some(match event {
            RecordEvent::Changed(id, path, value) => {
                let value = value.map_or("nothing".to_owned(), |value| value.stringify());
                format!("{}.{} = {value}", name(id), path.text())
            }
            RecordEvent::Entries(_, of, changes) => entries(of, &changes),
            RecordEvent::Ready(id) => format!("{} is ready", name(id)),
            RecordEvent::Discarded(_) => "discarded".to_owned(),
            RecordEvent::Deleted(_) => "deleted".to_owned(),
            RecordEvent::Failed(id, error, original) => {
                format!("{} failed: {error} {}", name(id), original.unwrap_or_default())
            }
            RecordEvent::HasProvider(id, has) => format!("{} is provided: {has}", name(id)),
            RecordEvent::Merge(merge) => {
                self.merges.push(*merge);
                return None;
            }
            RecordEvent::Store(name, version, data) => {
                format!("store {name} {version} {}", data.stringify())
            }
            RecordEvent::Unstore(name) => format!("unstore {name}"),
            RecordEvent::Load(name) => format!("load {name}"),
        })
    }

    /// What was told since the last look.
    pub(crate) fn told(&mut self) -> Vec<String> {
        self.look();
        std::mem::take(&mut self.told)
    }

    /// The messages about records that the server was sent since the last look.
    pub(crate) fn sent(&mut self) -> Vec<String> {
        let socket = self.harness.sockets.len();
        let from = if self.seen.0 == socket { self.seen.1 } else { 0 };
        let all = &self.harness.socket().sent;
        let lines = all.iter().skip(from).map(|(_, message)| message);
        let lines = lines.filter(|it| it.topic() == Topic::Record).map(wire).collect();
        self.seen = (socket, all.len());
        lines
    }

    pub(crate) fn forget(&mut self) {
        self.told();
        self.sent();
        self.harness.forget();
    }

    pub(crate) fn data(&self, id: RecordId) -> String {
        self.harness.client.record(id).unwrap().data().stringify()
    }

    pub(crate) fn version(&self, id: RecordId) -> Option<i32> {
        self.harness.client.record(id).unwrap().version()
    }

    pub(crate) fn is_ready(&self, id: RecordId) -> bool {
        self.harness.client.record(id).unwrap().is_ready()
    }

    /// What became of a call.
    pub(crate) fn outcome(&self, ticket: Ticket) -> String {
        match self.harness.outcome(ticket) {
            None => "pending".to_owned(),
            Some(Outcome::Accepted(data)) => {
                ["accepted", data.as_deref().unwrap_or_default()].join(" ").trim_end().to_owned()
            }
            Some(Outcome::Refused(Reason::Unexplained(why) | Reason::Ended(why))) => {
                format!("refused: {why}")
            }
            Some(Outcome::Refused(Reason::Server(why))) => format!("refused by the server: {why}"),
            Some(Outcome::Users(users)) => users.join(","),
        }
    }

    /// Names of the errors that the client announced.
    pub(crate) fn errors(&self) -> Vec<&'static str> {
        self.harness.errors()
    }
}

/// What is put at a path, or in the place of everything.
pub(crate) fn put(path: &str, data: &str) -> Change<Json> {
    let value = Value::new(data.to_owned(), Json::of(data));
    if path.is_empty() {
        Change::Update(value)
    } else {
        Change::Patch(Path::parse(path).unwrap(), value)
    }
}

pub(crate) fn erase(path: &str) -> Change<Json> {
    Change::Erase(Path::parse(path).unwrap())
}

pub(crate) fn multi(patches: &[(&str, Option<&str>)]) -> Change<Json> {
    let patch = |(path, data): &(&str, Option<&str>)| {
        let value = data.map(|data| Value::new(data.to_owned(), Json::of(data)));
        (Path::parse(path).unwrap(), value)
    };
    Change::Multi(patches.iter().map(patch).collect())
}

pub(crate) fn said(
    action: RecordAction,
    name: &str,
    version: i32,
    data: Option<&str>,
) -> Message<'static> {
    let mut message = bare(action).name(name);
    message.version = Some(version);
    message.data = data.map(|data| data.to_owned().into());
    message
}

/// The server tells of versions in bulk.
pub(crate) fn heads(versions: &[(&str, i32)]) -> Message<'static> {
    let mut message = bare(RecordAction::HeadResponseBulk);
    message.versions =
        versions.iter().map(|(name, version)| ((*name).to_owned().into(), *version)).collect();
    message
}

fn entries(of: EntriesOf, changes: &[EntryChange]) -> String {
    let change = |it: &EntryChange| format!(" {:?} {} {}", it.kind, it.entry, it.index);
    format!("{of:?}:{}", changes.iter().map(change).collect::<String>())
}

/// A message on one line.
fn wire(message: &Message<'static>) -> String {
    let mut words = vec![match message.action {
        Action::Record(action) => action.name().to_owned(),
        action => action.name().to_owned(),
    }];
    words.extend(message.name.as_ref().map(ToString::to_string));
    if !message.names.is_empty() {
        words.push(message.names.join(","));
    }
    words.extend(message.version.map(|version| format!("v{version}")));
    words.extend(message.path.as_ref().map(ToString::to_string));
    words.extend(message.data.as_ref().map(ToString::to_string));
    if message.is_write_ack == Some(true) {
        words.push(format!("ack {}", message.correlation_id.as_deref().unwrap_or_default()));
    }
    words.join(" ")
}

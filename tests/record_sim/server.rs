//! The server's records, as `record-handler.ts` and `record-transition.ts` of the official server
//! treat them: also where that is odd.
//!
//! One thing is mended: a record that two clients create at once is not emptied by the second.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use deepstream_wasm::core::protocol::{Action, Message, RecordAction};
use serde_json::{Map, Value};

use crate::common::{Random, bare};

/// How a server differs from others.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rules {
    /// Microseconds that the cache takes, at most.
    pub(crate) cache_delay: u64,
    /// Microseconds that the storage takes beyond that, at most.
    pub(crate) storage_delay: u64,
    pub(crate) knows_patch_multi: bool,
}

/// A server and its cache.
#[derive(Debug)]
pub(crate) struct Server {
    rules: Rules,
    cache: BTreeMap<String, (i32, Value)>,
    transitions: BTreeMap<String, Transition>,
    subscribers: BTreeMap<String, Vec<usize>>,
    /// What the cache is asked to do, in order, and when it does it.
    queue: VecDeque<(u64, Job)>,
    transition: u64,
    /// What is to be sent, to which socket, after how many microseconds.
    pub(crate) outbox: Vec<(usize, u64, Message<'static>)>,
    /// How often each record was deleted or lost.
    generations: BTreeMap<String, u32>,
    /// What it threw: it does not survive that.
    pub(crate) broken_by: Option<String>,
    /// Every text that ever was in a record.
    pub(crate) seen: BTreeMap<String, BTreeSet<String>>,
    pub(crate) counts: BTreeMap<&'static str, u64>,
}

#[derive(Clone, Debug)]
struct Step {
    socket: usize,
    message: Message<'static>,
}

#[derive(Debug)]
struct Transition {
    id: u64,
    steps: VecDeque<Step>,
    version: i32,
    data: Option<Value>,
    last_version: Option<i32>,
    is_upsert: bool,
    existing: Vec<Step>,
    current: Option<Step>,
}

#[derive(Debug)]
enum Job {
    Load(String, u64),
    Set(String, u64, i32, Value, Step),
    SubscribeCreateAndRead(String, usize),
    Create(String, usize),
    Read(String, usize, i32),
    Snapshot(String, usize),
    Head(String, usize),
    HeadBulk(Vec<String>, usize, Message<'static>),
    Delete(String, usize),
}

impl Server {
    pub(crate) fn new(rules: Rules) -> Self {
        Self {
            rules,
            cache: BTreeMap::new(),
            transitions: BTreeMap::new(),
            subscribers: BTreeMap::new(),
            queue: VecDeque::new(),
            transition: 0,
            outbox: Vec::new(),
            generations: BTreeMap::new(),
            broken_by: None,
            seen: BTreeMap::new(),
            counts: BTreeMap::new(),
        }
    }

    pub(crate) fn record(&self, name: &str) -> Option<&(i32, Value)> {
        self.cache.get(name)
    }

    pub(crate) fn generation(&self, name: &str) -> u32 {
        self.generations.get(name).copied().unwrap_or_default()
    }

    pub(crate) fn is_idle(&self) -> bool {
        self.queue.is_empty()
    }

    /// When the cache does something next.
    pub(crate) fn due(&self) -> Option<u64> {
        self.queue.front().map(|(at, _)| *at)
    }

    /// A socket is gone.
    pub(crate) fn on_gone(&mut self, socket: usize) {
        for subscribers in self.subscribers.values_mut() {
            subscribers.retain(|it| *it != socket);
        }
    }

    /// It is killed and started again.
    pub(crate) fn restart(&mut self, keeps_data: bool) {
        self.transitions.clear();
        self.subscribers.clear();
        self.queue.clear();
        if !keeps_data {
            for name in std::mem::take(&mut self.cache).into_keys() {
                *self.generations.entry(name).or_default() += 1;
            }
        }
    }

    fn count(&mut self, what: &'static str) {
        *self.counts.entry(what).or_default() += 1;
    }

    fn push(&mut self, job: Job, random: &mut Random, now: u64) {
        let delay =
            if self.rules.cache_delay == 0 { 0 } else { random.between(0, self.rules.cache_delay) };
        let at = self.queue.back().map_or(0, |(at, _)| *at).max(now + delay);
        self.queue.push_back((at, job));
    }

    fn say(&mut self, socket: usize, message: Message<'static>) {
        self.outbox.push((socket, 0, message));
    }

    pub(crate) fn on_message(
        &mut self,
        socket: usize,
        message: Message<'static>,
        random: &mut Random,
        now: u64,
    ) -> Result<(), String> {
        let Action::Record(action) = message.action else {
            return Err(format!("the server got {message:?}"));
        };
        let name = message.name.as_deref().unwrap_or_default().to_owned();
        if is_write(action) && touches_denied(&message) {
            let mut denied = bare(RecordAction::MessageDenied);
            denied.original_action = Some(action.number());
            denied.name = message.name.clone();
            denied.is_error = Some(true);
            denied.correlation_id = message.correlation_id.clone();
            denied.is_write_ack = message.is_write_ack.filter(|is| *is);
            self.count("denied");
            self.say(socket, denied);
            return Ok(());
        }
        match action {
            RecordAction::SubscribeCreateAndRead => {
                for name in &message.names {
                    self.push(Job::SubscribeCreateAndRead(name.to_string(), socket), random, now);
                }
                self.acknowledge(socket, &message);
            }
            RecordAction::SubscribeAndHead => {
                let names = message.names.iter().map(|name| name.to_string()).collect();
                self.push(Job::HeadBulk(names, socket, message), random, now);
            }
            RecordAction::Read => self.push(Job::Snapshot(name, socket), random, now),
            RecordAction::Head => self.push(Job::Head(name, socket), random, now),
            RecordAction::Unsubscribe => {
                for name in &message.names {
                    let subscribers = self.subscribers.entry(name.to_string()).or_default();
                    subscribers.retain(|it| *it != socket);
                }
                self.acknowledge(socket, &message);
            }
            RecordAction::Update
            | RecordAction::Patch
            | RecordAction::Erase
            | RecordAction::PatchMulti => {
                let is_upsert = message.is_write_ack == Some(true);
                self.update(socket, message, is_upsert, random, now)?;
            }
            RecordAction::CreateAndUpdate | RecordAction::CreateAndPatch => {
                self.update(socket, message, true, random, now)?;
            }
            RecordAction::Delete => {
                self.destroy(&name);
                self.push(Job::Delete(name, socket), random, now);
            }
            other => return Err(format!("the server got {other:?}")),
        }
        self.run(random, now)
    }

    /// What was not worked on yet goes down with the record, without a word: it was written, and then
    /// deleted.
    fn destroy(&mut self, name: &str) {
        let Some(transition) = self.transitions.remove(name) else { return };
        let seen = self.seen.entry(name.to_owned()).or_default();
        for step in transition.steps {
            if let Some(Ok(data)) = step.message.data.as_deref().map(serde_json::from_str) {
                remember(&data, seen);
            }
        }
    }

    fn acknowledge(&mut self, socket: usize, message: &Message<'static>) {
        let mut ack = bare(message.action);
        ack.is_ack = Some(true);
        ack.correlation_id = message.correlation_id.clone();
        self.say(socket, ack);
    }

    // Writes.

    fn update(
        &mut self,
        socket: usize,
        mut message: Message<'static>,
        is_upsert: bool,
        random: &mut Random,
        now: u64,
    ) -> Result<(), String> {
        let name = message.name.clone().unwrap_or_default().into_owned();
        let version = message.version.ok_or("a write without a version")?;
        let Action::Record(original) = message.action else { return Ok(()) };
        if original == RecordAction::PatchMulti && !self.rules.knows_patch_multi {
            self.count("patch multi unknown");
            self.echo(socket, &message, RecordAction::InvalidMessageData, version);
            return Ok(());
        }
        if original != RecordAction::PatchMulti {
            let is_patch = message.path.is_some();
            message.action =
                if is_patch { RecordAction::Patch } else { RecordAction::Update }.into();
        }
        if message.path.is_none() {
            let data = message.data.as_deref().ok_or("an update without data")?;
            let data: Value = serde_json::from_str(data).map_err(|error| error.to_string())?;
            if !data.is_object() && !data.is_array() {
                return Err(format!("{message:?} makes no object"));
            }
        }
        let step = Step { socket, message };
        let has_version = |transition: &Transition| {
            version != -1 && transition.last_version.is_some_and(|last| version <= last)
        };
        if self.transitions.get(&name).is_some_and(has_version) {
            self.version_exists(&name, step);
            return Ok(());
        }
        if !self.transitions.contains_key(&name) {
            self.transition += 1;
            let transition = Transition {
                id: self.transition,
                steps: VecDeque::new(),
                version: -1,
                data: None,
                last_version: None,
                is_upsert,
                existing: Vec::new(),
                current: None,
            };
            self.transitions.insert(name.clone(), transition);
            self.push(Job::Load(name.clone(), self.transition), random, now);
        }
        let transition = self.transitions.get_mut(&name).unwrap();
        if transition.last_version.is_some_and(|last| version > last + 1) {
            self.echo(socket, &step.message, RecordAction::InvalidVersion, version);
            return Ok(());
        }
        if version != -1 {
            transition.last_version = Some(version);
        }
        transition.steps.push_back(step);
        if transition.data.is_some() && transition.steps.len() == 1 {
            self.next(&name, random, now)?;
        }
        Ok(())
    }

    fn echo(
        &mut self,
        socket: usize,
        message: &Message<'static>,
        action: RecordAction,
        version: i32,
    ) {
        let mut echo = message.clone();
        let Action::Record(original) = message.action else { return };
        echo.action = action.into();
        echo.original_action = Some(original.number());
        echo.version = Some(version);
        if action == RecordAction::InvalidVersion {
            self.count("invalid version");
        }
        self.say(socket, echo);
    }

    fn version_exists(&mut self, name: &str, step: Step) {
        let transition = self.transitions.get_mut(name).unwrap();
        let Some(data) = &transition.data else {
            transition.existing.push(step);
            return;
        };
        let mut answer = bare(RecordAction::VersionExists);
        let Action::Record(original) = step.message.action else { return };
        answer.original_action = Some(original.number());
        answer.name = Some(name.to_owned().into());
        answer.version = Some(transition.version);
        answer.data = Some(data.to_string().into());
        answer.is_write_ack = step.message.is_write_ack;
        answer.correlation_id = step.message.correlation_id.clone();
        self.count("version exists");
        self.say(step.socket, answer);
    }

    fn on_loaded(&mut self, name: &str, random: &mut Random, now: u64) -> Result<(), String> {
        let known = self.cache.get(name).cloned();
        let transition = self.transitions.get_mut(name).unwrap();
        match known {
            Some((version, data)) => {
                transition.version = version;
                transition.data = Some(data);
            }
            None if transition.is_upsert => {
                transition.version = 0;
                transition.data = Some(Value::Object(Map::new()));
            }
            None => {
                let transition = self.transitions.remove(name).unwrap();
                for step in transition.steps {
                    let mut error = bare(RecordAction::RecordUpdateError);
                    error.name = step.message.name.clone();
                    error.is_error = Some(true);
                    error.is_write_ack = step.message.is_write_ack;
                    error.correlation_id = step.message.correlation_id.clone();
                    self.count("update error");
                    self.say(step.socket, error);
                }
                return Ok(());
            }
        }
        for step in std::mem::take(&mut transition.existing) {
            self.version_exists(name, step);
        }
        self.next(name, random, now)
    }

    fn next(&mut self, name: &str, random: &mut Random, now: u64) -> Result<(), String> {
        loop {
            let transition = self.transitions.get_mut(name).unwrap();
            let Some(mut step) = transition.steps.pop_front() else {
                self.transitions.remove(name);
                return Ok(());
            };
            if step.message.version == Some(-1) {
                step.message.version = Some(transition.version + 1);
            }
            let version = step.message.version.unwrap();
            transition.current = Some(step.clone());
            if version > transition.version + 1 {
                let known = transition.version;
                self.echo(step.socket, &step.message, RecordAction::InvalidVersion, known);
                continue;
            }
            if version != transition.version + 1 {
                self.version_exists(name, step);
                continue;
            }
            let mut data = transition.data.clone().unwrap();
            let changed = apply(&mut data, &step.message);
            if let Err(problem) = changed {
                if step.message.action == RecordAction::PatchMulti.into() {
                    self.echo(
                        step.socket,
                        &step.message,
                        RecordAction::InvalidMessageData,
                        version,
                    );
                    continue;
                }
                self.broken_by = Some(format!("{problem}: {:?}", step.message));
                return Ok(());
            }
            transition.version = version;
            transition.data = Some(data.clone());
            let id = transition.id;
            self.push(Job::Set(name.to_owned(), id, version, data, step), random, now);
            return Ok(());
        }
    }

    fn on_set(
        &mut self,
        name: &str,
        id: u64,
        step: &Step,
        random: &mut Random,
        now: u64,
    ) -> Result<(), String> {
        if step.message.is_write_ack == Some(true) {
            let mut ack = bare(RecordAction::WriteAcknowledgement);
            ack.name = Some(name.to_owned().into());
            ack.correlation_id = step.message.correlation_id.clone();
            ack.is_write_ack = Some(true);
            let delay = random.between(0, self.rules.storage_delay);
            self.outbox.push((step.socket, delay, ack));
        }
        let Some(transition) = self.transitions.get(name).filter(|it| it.id == id) else {
            return Ok(());
        };
        // The one that is worked on by now, which is another if it came meanwhile.
        let current = transition.current.clone().unwrap();
        let mut message = current.message;
        message.is_write_ack = Some(false);
        message.correlation_id = None;
        self.broadcast(name, &message, current.socket);
        self.next(name, random, now)
    }

    fn broadcast(&mut self, name: &str, message: &Message<'static>, but: usize) {
        for socket in self.subscribers.get(name).cloned().unwrap_or_default() {
            if socket != but {
                self.say(socket, message.clone());
            }
        }
    }

    // The cache.

    /// Does what is due.
    pub(crate) fn run(&mut self, random: &mut Random, now: u64) -> Result<(), String> {
        while self.queue.front().is_some_and(|(at, _)| *at <= now) {
            let (_, job) = self.queue.pop_front().unwrap();
            self.work(job, random, now)?;
        }
        Ok(())
    }

    fn work(&mut self, job: Job, random: &mut Random, now: u64) -> Result<(), String> {
        match job {
            Job::Load(name, id) => {
                if self.transitions.get(&name).is_some_and(|it| it.id == id) {
                    self.on_loaded(&name, random, now)?;
                }
            }
            Job::Set(name, id, version, data, step) => {
                remember(&data, self.seen.entry(name.clone()).or_default());
                self.cache.insert(name.clone(), (version, data));
                self.on_set(&name, id, &step, random, now)?;
            }
            Job::SubscribeCreateAndRead(name, socket) => match self.cache.get(&name) {
                Some((version, _)) => {
                    let version = *version;
                    self.subscribe(&name, socket);
                    self.push(Job::Read(name, socket, version), random, now);
                }
                None => self.push(Job::Create(name, socket), random, now),
            },
            Job::Create(name, socket) => {
                let made = (0, Value::Object(Map::new()));
                let (version, _) = self.cache.entry(name.clone()).or_insert(made);
                let version = *version;
                self.subscribe(&name, socket);
                self.push(Job::Read(name, socket, version), random, now);
            }
            Job::Read(name, socket, version) => match self.cache.get(&name) {
                // The version is the one of before.
                Some((_, data)) => {
                    let answer = read_response(&name, version, data);
                    self.say(socket, answer);
                }
                None => {
                    let mut error = bare(RecordAction::RecordNotFound);
                    error.original_action = Some(RecordAction::SubscribeCreateAndRead.number());
                    error.name = Some(name.into());
                    error.is_error = Some(true);
                    self.say(socket, error);
                }
            },
            Job::Snapshot(name, socket) => {
                let answer = match self.cache.get(&name) {
                    Some((version, data)) => read_response(&name, *version, data),
                    None => {
                        let mut error = bare(RecordAction::RecordNotFound);
                        error.original_action = Some(RecordAction::Read.number());
                        error.name = Some(name.into());
                        error.is_error = Some(true);
                        error
                    }
                };
                self.count("read");
                self.say(socket, answer);
            }
            Job::Head(name, socket) => {
                let mut answer = bare(RecordAction::HeadResponse);
                answer.version = Some(self.cache.get(&name).map_or(-1, |(version, _)| *version));
                answer.name = Some(name.into());
                self.say(socket, answer);
            }
            Job::HeadBulk(names, socket, message) => {
                let mut answer = bare(RecordAction::HeadResponseBulk);
                let mut missing = Vec::new();
                for name in names {
                    match self.cache.get(&name) {
                        Some((version, _)) => answer.versions.push((name.clone().into(), *version)),
                        None => missing.push(name.clone()),
                    }
                    self.subscribe(&name, socket);
                }
                self.say(socket, answer);
                self.acknowledge(socket, &message);
                for name in missing {
                    self.push(Job::Head(name, socket), random, now);
                }
            }
            Job::Delete(name, socket) => {
                self.cache.remove(&name);
                *self.generations.entry(name.clone()).or_default() += 1;
                let mut success = bare(RecordAction::DeleteSuccess);
                success.name = Some(name.clone().into());
                self.say(socket, success);
                let mut deleted = bare(RecordAction::Deleted);
                deleted.name = Some(name.clone().into());
                self.count("deleted");
                self.broadcast(&name, &deleted, socket);
                self.subscribers.remove(&name);
            }
        }
        Ok(())
    }

    fn subscribe(&mut self, name: &str, socket: usize) {
        let subscribers = self.subscribers.entry(name.to_owned()).or_default();
        if subscribers.contains(&socket) {
            let mut warning = bare(RecordAction::MultipleSubscriptions);
            warning.original_action = Some(RecordAction::Subscribe.number());
            warning.name = Some(name.to_owned().into());
            self.say(socket, warning);
        } else {
            subscribers.push(socket);
        }
    }
}

fn read_response(name: &str, version: i32, data: &Value) -> Message<'static> {
    let mut answer = bare(RecordAction::ReadResponse);
    answer.name = Some(name.to_owned().into());
    answer.version = Some(version);
    answer.data = Some(data.to_string().into());
    answer
}

fn is_write(action: RecordAction) -> bool {
    matches!(
        action,
        RecordAction::Update
            | RecordAction::Patch
            | RecordAction::Erase
            | RecordAction::PatchMulti
            | RecordAction::CreateAndUpdate
            | RecordAction::CreateAndPatch
    )
}

/// Whether the rules of the server forbid a write.
fn touches_denied(message: &Message<'_>) -> bool {
    let text = message.path.as_deref().or(message.data.as_deref()).unwrap_or_default();
    text.contains("denied")
}

/// Does what a message says to the data. Fails where the server would throw.
fn apply(data: &mut Value, message: &Message<'_>) -> Result<(), String> {
    let value = |text: &str| serde_json::from_str::<Value>(text).map_err(|it| it.to_string());
    if message.action == RecordAction::PatchMulti.into() {
        let patches = value(message.data.as_deref().unwrap_or_default())?;
        for patch in patches.as_array().ok_or("no array")? {
            let path = patch["path"].as_str().ok_or("no path")?;
            set_value(data, path, patch.get("data").cloned())?;
        }
        return Ok(());
    }
    let new = message.data.as_deref().map(value).transpose()?;
    match &message.path {
        Some(path) => set_value(data, path, new),
        None => {
            *data = new.ok_or("no data")?;
            Ok(())
        }
    }
}

/// `setValue` of `json-path.ts`: makes what is missing on the way, also where it then erases.
fn set_value(root: &mut Value, path: &str, value: Option<Value>) -> Result<(), String> {
    let mut tokens = Vec::new();
    for part in path.split('.').filter(|part| !part.is_empty()) {
        let mut pieces = part.split(['[', ']']);
        tokens.push((pieces.next().unwrap().to_owned(), false));
        for index in pieces.filter(|index| !index.is_empty()) {
            tokens.push((index.to_owned(), true));
        }
    }
    let (last, way) = tokens.split_last().ok_or("an empty path")?;
    let mut node = &mut *root;
    for (n, (token, _)) in way.iter().enumerate() {
        let next_is_index = tokens[n + 1].1;
        node = place(node, token)?;
        if !node.is_object() && !node.is_array() {
            if node.is_null() {
                return Err(format!("{path} leads through null"));
            }
            *node =
                if next_is_index { Value::Array(Vec::new()) } else { Value::Object(Map::new()) };
        }
    }
    match (value, node) {
        (Some(value), node) => *place(node, &last.0)? = value,
        (None, Value::Object(object)) => drop(object.shift_remove(&last.0)),
        (None, Value::Array(array)) => {
            let at = last.0.parse::<usize>().ok();
            if let Some(element) = at.and_then(|at| array.get_mut(at)) {
                *element = Value::Null;
            }
        }
        (None, _) => {}
    }
    // What was missing was marked, so that it is told from a `null`.
    unmark(root);
    Ok(())
}

const MISSING: &str = "\u{0}missing";

fn unmark(value: &mut Value) {
    match value {
        Value::String(text) if text == MISSING => *value = Value::Null,
        Value::Array(array) => array.iter_mut().for_each(unmark),
        Value::Object(object) => object.values_mut().for_each(unmark),
        _ => {}
    }
}

fn place<'a>(node: &'a mut Value, token: &str) -> Result<&'a mut Value, String> {
    let missing = || Value::String(MISSING.to_owned());
    match node {
        Value::Object(object) => Ok(object.entry(token.to_owned()).or_insert_with(missing)),
        Value::Array(array) => {
            let at = token.parse::<usize>().map_err(|_| "an array's element has a name")?;
            if array.len() <= at {
                array.resize_with(at + 1, missing);
            }
            Ok(&mut array[at])
        }
        _ => Err("leads through a scalar".to_owned()),
    }
}

/// Notes every text in a value.
pub(crate) fn remember(value: &Value, seen: &mut BTreeSet<String>) {
    match value {
        Value::String(text) => drop(seen.insert(text.clone())),
        Value::Array(array) => array.iter().for_each(|value| remember(value, seen)),
        Value::Object(object) => object.values().for_each(|value| remember(value, seen)),
        _ => {}
    }
}

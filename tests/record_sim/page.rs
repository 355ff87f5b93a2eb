//! One application: what it calls, what it is told, and what it remembers of both.

use std::collections::BTreeMap;

use deepstream_wasm::core::io::{Outcome, Ticket};
use deepstream_wasm::core::record::io::{Merge, RecordCommand, RecordId};
use deepstream_wasm::core::record::list::ListChange;
use deepstream_wasm::core::record::{Change, Path, Value};
use serde_json::json;

use crate::common::Random;
use crate::common::json::Json;

/// How an application merges.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Strategy {
    Remote,
    Local,
    /// The keys of both, and sometimes nothing, or a failure.
    Custom,
}

/// The records that there are. The last holds a list.
pub(crate) const NAMES: [&str; 3] = ["r/a", "r/b", "l/c"];

const PATHS: [&str; 6] = ["a", "b", "a.x", "a.y", "b.x[1]", "c.d.e"];

/// Something that was written.
#[derive(Debug)]
pub(crate) struct Write {
    pub(crate) name: &'static str,
    pub(crate) at: Vec<Place>,
    pub(crate) ticket: Option<Ticket>,
    /// How many failures its record had before.
    pub(crate) failures: usize,
    /// How many custom merges its record had before.
    pub(crate) merges: usize,
    /// Whether the record was not open.
    pub(crate) is_closed: bool,
    /// Whether the connection was lost before it was settled: it may have arrived, which nobody can
    /// tell who finds something else there later on.
    pub(crate) is_unsure: bool,
}

/// What was written at a path.
#[derive(Debug)]
pub(crate) struct Place {
    pub(crate) path: Path,
    /// Where in it the text is.
    pub(crate) leaf: Path,
    /// None: it was erased.
    pub(crate) text: Option<String>,
}

impl Place {
    fn erased(path: &Path) -> Self {
        Self { path: path.clone(), leaf: path.clone(), text: None }
    }

    fn put(path: &Path, rest: &str, text: &str) -> Self {
        let separator = if path.text().is_empty() || rest.is_empty() { "" } else { "." };
        let leaf = Path::of(&[path.text(), separator, rest].concat()).unwrap();
        Self { path: path.clone(), leaf, text: Some(text.to_owned()) }
    }
}

/// A record that was opened.
#[derive(Debug)]
pub(crate) struct Opened {
    pub(crate) id: RecordId,
    pub(crate) name: &'static str,
    pub(crate) references: u32,
    /// What its watched root was last told to be.
    pub(crate) shadow: Option<Json>,
    pub(crate) is_ready: bool,
    pub(crate) is_gone: bool,
}

#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) index: usize,
    pub(crate) strategy: Strategy,
    pub(crate) writes: Vec<Write>,
    pub(crate) opened: Vec<Opened>,
    /// How each ticket was settled.
    pub(crate) settled: BTreeMap<Ticket, Vec<Outcome>>,
    pub(crate) tickets: u32,
    unique: u32,
    pub(crate) merges: Vec<Merge<Json>>,
    /// By record: what was told to have failed, and custom merges.
    pub(crate) failures: BTreeMap<String, usize>,
    pub(crate) custom: BTreeMap<String, usize>,
}

/// What an application may do in a world.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Manners {
    pub(crate) deletes: bool,
    pub(crate) is_denied: bool,
    pub(crate) sets_data: bool,
}

impl Page {
    pub(crate) fn new(index: usize, strategy: Strategy) -> Self {
        Self {
            index,
            strategy,
            writes: Vec::new(),
            opened: Vec::new(),
            settled: BTreeMap::new(),
            tickets: 0,
            unique: 0,
            merges: Vec::new(),
            failures: BTreeMap::new(),
            custom: BTreeMap::new(),
        }
    }

    pub(crate) fn ticket(&mut self) -> Ticket {
        self.tickets += 1;
        self.settled.insert(Ticket(self.tickets), Vec::new());
        Ticket(self.tickets)
    }

    fn text(&mut self) -> String {
        self.unique += 1;
        format!("{}-{}", self.index, self.unique)
    }

    pub(crate) fn live(&self, name: &str) -> Option<usize> {
        self.opened.iter().rposition(|it| it.name == name && !it.is_gone && it.references > 0)
    }

    pub(crate) fn find(&mut self, id: RecordId) -> Option<&mut Opened> {
        self.opened.iter_mut().rfind(|it| it.id == id)
    }

    pub(crate) fn fail(&mut self, name: &str) {
        *self.failures.entry(name.to_owned()).or_default() += 1;
    }

    /// The connection is lost.
    pub(crate) fn loses(&mut self) {
        for write in &mut self.writes {
            let is_open = |ticket| self.settled.get(&ticket).is_some_and(Vec::is_empty);
            write.is_unsure |= write.ticket.is_some_and(is_open);
        }
    }

    /// A write to `name`, and what is asked of the client for it.
    pub(crate) fn write(
        &mut self,
        name: &'static str,
        manners: Manners,
        random: &mut Random,
    ) -> (Change<Json>, Option<Ticket>) {
        let ticket = random.chance(50).then(|| self.ticket());
        let (change, at) = if name.starts_with('l') {
            self.list_write(name, random)
        } else {
            self.record_write(manners, random)
        };
        let failures = self.failures.get(name).copied().unwrap_or_default();
        let merges = self.custom.get(name).copied().unwrap_or_default();
        self.writes.push(Write {
            name,
            at,
            ticket,
            failures,
            merges,
            is_closed: false,
            is_unsure: false,
        });
        (change, ticket)
    }

    fn list_write(&mut self, name: &str, random: &mut Random) -> (Change<Json>, Places) {
        let root = Path::root();
        match random.between(0, 9) {
            0 => {
                let text = self.text();
                (Change::Update(value(json!([text]))), vec![Place::put(&root, "", &text)])
            }
            1..=3 => {
                let earlier = self.writes.iter().filter(|it| it.name == name).flat_map(|it| &it.at);
                let texts = earlier.filter_map(|place| place.text.clone()).collect::<Vec<_>>();
                let text = if texts.is_empty() {
                    "nothing".to_owned()
                } else {
                    texts[random.between(0, texts.len() as u64 - 1) as usize].clone()
                };
                let path = Path::parse(&format!("removed.{text}")).unwrap();
                (Change::List(ListChange::Remove(text, None)), vec![Place::erased(&path)])
            }
            _ => {
                let text = self.text();
                let path = Path::parse(&format!("entries.{text}")).unwrap();
                let index = random.chance(30).then_some(0);
                let at = vec![Place::put(&path, "", &text)];
                (Change::List(ListChange::Add(text, index)), at)
            }
        }
    }

    fn record_write(&mut self, manners: Manners, random: &mut Random) -> (Change<Json>, Places) {
        let root = Path::root();
        let path = |random: &mut Random| Path::parse(random.pick(&PATHS)).unwrap();
        match random.between(0, 19) {
            0 | 1 => {
                let text = self.text();
                // Whoever writes to a record without knowing it may break the server below a `null`.
                let last = if manners.sets_data { 1 } else { 2 };
                let (leaf, data) = match random.between(0, last) {
                    0 => ("a.x", json!({"a": {"x": text}})),
                    1 => ("b.x[1]", json!({"b": {"x": [1, text]}})),
                    _ => ("a", json!({"a": text, "c": null})),
                };
                (Change::Update(value(data)), vec![Place::put(&root, leaf, &text)])
            }
            2 | 3 => {
                let path = path(random);
                (Change::Erase(path.clone()), vec![Place::erased(&path)])
            }
            4 | 5 => {
                let paths = [("a.x", "b"), ("a", "c.d.e"), ("b.x[1]", "a.y")];
                let (one, other) = random.pick(&paths);
                let [one, other] = [one, other].map(|path| Path::parse(path).unwrap());
                let text = self.text();
                if random.chance(30) {
                    let patches =
                        vec![(one.clone(), Some(value(json!(text)))), (other.clone(), None)];
                    let at = vec![Place::put(&one, "", &text), Place::erased(&other)];
                    (Change::Multi(patches), at)
                } else {
                    let second = self.text();
                    let patches = vec![
                        (one.clone(), Some(value(json!(text)))),
                        (other.clone(), Some(value(json!(second)))),
                    ];
                    let at = vec![Place::put(&one, "", &text), Place::put(&other, "", &second)];
                    (Change::Multi(patches), at)
                }
            }
            6 if manners.is_denied => {
                let path = Path::parse("denied").unwrap();
                let text = self.text();
                let at = vec![Place::put(&path, "", &text)];
                (Change::Patch(path, value(json!(text))), at)
            }
            _ => {
                let path = path(random);
                let text = self.text();
                let first = if manners.sets_data { 1 } else { 0 };
                let (leaf, data) = match random.between(first, 5) {
                    0 => ("z", json!({"x": null, "z": text})),
                    1 => ("x", json!({"x": text})),
                    _ => ("", json!(text)),
                };
                let at = vec![Place::put(&path, leaf, &text)];
                (Change::Patch(path, value(data)), at)
            }
        }
    }
}

type Places = Vec<Place>;

fn value(value: serde_json::Value) -> Value<Json> {
    Value::new(value.to_string(), Json(value))
}

/// The command that writes.
pub(crate) fn command(
    id: RecordId,
    (change, ticket): (Change<Json>, Option<Ticket>),
) -> RecordCommand<Json> {
    RecordCommand::Write(id, change, ticket)
}

/// The keys of both.
pub(crate) fn union(local: &Json, remote: Option<&Json>) -> Json {
    match (&local.0, remote.map(|remote| &remote.0)) {
        (serde_json::Value::Object(local), Some(serde_json::Value::Object(remote))) => {
            let mut both = remote.clone();
            for (key, value) in local {
                both.entry(key.clone()).or_insert_with(|| value.clone());
            }
            Json(serde_json::Value::Object(both))
        }
        (serde_json::Value::Array(local), Some(serde_json::Value::Array(remote))) => {
            let mut both = remote.clone();
            both.extend(local.iter().filter(|it| !remote.contains(it)).cloned());
            Json(serde_json::Value::Array(both))
        }
        _ => local.clone(),
    }
}

//! Dequeues: records that hold a list whose entries are linked, so that one can be added or taken
//! out without sending the others.
//!
//! The form is the JavaScript client's: under `h` the keys of the last node (`p`) and of the first
//! (`n`), under each key a node with its entry (`d`) and the keys of those before it (`p`) and after
//! it (`n`). A key that is empty stands for none.

use super::change::{Change, Value};
use super::document::{Document, Sharing};
use super::path::Path;
use crate::core::protocol::json;

/// A change of a dequeue's entries, each of which is JSON text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum QueueChange {
    /// An entry is put before the first.
    Unshift(String),
    /// An entry is put behind the last.
    Push(String),
    /// An entry is put before the one at an index.
    Insert(String, usize),
    /// An entry is taken out: the first that is equal, or the one at an index if that is equal.
    Remove(String, Option<usize>),
    /// The last entry is taken out.
    Pop,
    /// The first entry is taken out.
    Shift,
}

/// The data of a dequeue with these entries.
pub fn data_of(entries: &[String]) -> String {
    let key =
        |index: Option<usize>| index.filter(|at| *at < entries.len()).map(|at| at.to_string());
    let links = |data: &mut String, previous: Option<usize>, next: Option<usize>| {
        data.push_str("\"p\":");
        json::write_string(&key(previous).unwrap_or_default(), data);
        data.push_str(",\"n\":");
        json::write_string(&key(next).unwrap_or_default(), data);
        data.push('}');
    };
    let mut data = String::from("{\"h\":{");
    links(&mut data, entries.len().checked_sub(1), Some(0));
    for (index, entry) in entries.iter().enumerate() {
        data.extend([",\"", &index.to_string(), "\":{\"d\":", entry, ","]);
        links(&mut data, index.checked_sub(1), index.checked_add(1));
    }
    data.push('}');
    data
}

/// The keys of the nodes, in the order of the entries.
pub fn keys<D: Document>(data: &D) -> Vec<String> {
    let mut keys = Vec::new();
    // Links that are broken may lead in a circle.
    let limit = data.keys().map_or(0, |keys| keys.len());
    let mut next = link(data, HEAD, NEXT);
    while !next.is_empty() && keys.len() < limit {
        let after = link(data, &next, NEXT);
        keys.push(next);
        next = after;
    }
    keys
}

/// The entry in the node with a key.
pub fn entry<D: Document>(data: &D, key: &str, sharing: Sharing) -> Option<D> {
    data.at(&Path::of_keys(&[key, ENTRY]), sharing)
}

/// The entries as texts: what is no text is written as JSON.
pub(crate) fn texts<D: Document>(data: &D) -> Vec<String> {
    let text = |key: &String| {
        let path = Path::of_keys(&[key, ENTRY]);
        let written = || data.at(&path, Sharing::Shares).map(|entry| entry.stringify());
        data.text_at(&path).or_else(written).unwrap_or_default()
    };
    keys(data).iter().map(text).collect()
}

impl QueueChange {
    /// Whether this does anything to `data`.
    pub fn applies_to<D: Document>(&self, data: &D) -> bool {
        self.clone().resolve(data).is_some()
    }

    /// What is to be done to `data`. None if nothing.
    pub(crate) fn resolve<D: Document>(self, data: &D) -> Option<Change<D>> {
        let keys = keys(data);
        match self {
            Self::Unshift(entry) => Some(insert(data, &keys, entry, 0)),
            Self::Push(entry) => Some(insert(data, &keys, entry, keys.len())),
            Self::Insert(entry, index) => Some(insert(data, &keys, entry, index)),
            Self::Remove(entry, index) => {
                let entry = D::parse(&entry)?;
                let is_it =
                    |key: &String| data.equals_at(&Path::of_keys(&[key, ENTRY]), Some(&entry));
                let at = match index {
                    Some(index) => keys.get(index).is_some_and(is_it).then_some(index)?,
                    None => keys.iter().position(is_it)?,
                };
                remove(data, &keys, at)
            }
            Self::Pop => remove(data, &keys, keys.len().checked_sub(1)?),
            Self::Shift => remove(data, &keys, 0),
        }
    }
}

fn insert<D: Document>(data: &D, keys: &[String], entry: String, index: usize) -> Change<D> {
    if keys.is_empty() {
        return Change::Update(Value::of_text(data_of(&[entry])));
    }
    let index = index.min(keys.len());
    let previous = index.checked_sub(1).and_then(|at| keys.get(at)).map_or("", String::as_str);
    let next = keys.get(index).map_or("", String::as_str);
    let key = free_key(data);
    let mut node = ["{\"d\":", &entry, ",\"p\":"].concat();
    json::write_string(previous, &mut node);
    node.push_str(",\"n\":");
    json::write_string(next, &mut node);
    node.push('}');
    let patches = vec![
        (Path::of_keys(&[&key]), Some(Value::of_text(node))),
        relink(next, PREVIOUS, &key),
        relink(previous, NEXT, &key),
    ];
    Change::Multi(patches)
}

fn remove<D: Document>(data: &D, keys: &[String], at: usize) -> Option<Change<D>> {
    let key = keys.get(at)?;
    if keys.len() == 1 {
        return Some(Change::Update(Value::of_text(data_of(&[]))));
    }
    let previous = link(data, key, PREVIOUS);
    let next = link(data, key, NEXT);
    let patches = vec![
        relink(&next, PREVIOUS, &previous),
        relink(&previous, NEXT, &next),
        (Path::of_keys(&[key]), None),
    ];
    Some(Change::Multi(patches))
}

/// Has a node, or the head where there is none, lead to another.
fn relink<D: Document>(node: &str, link: &str, to: &str) -> (Path, Option<Value<D>>) {
    let node = if node.is_empty() { HEAD } else { node };
    let mut text = String::new();
    json::write_string(to, &mut text);
    (Path::of_keys(&[node, link]), Some(Value::of_text(text)))
}

fn link<D: Document>(data: &D, node: &str, link: &str) -> String {
    data.text_at(&Path::of_keys(&[node, link])).unwrap_or_default()
}

/// The lowest number that is no node's key.
fn free_key<D: Document>(data: &D) -> String {
    let used = data.keys().unwrap_or_default();
    let mut is_used = vec![false; used.len().saturating_add(1)];
    for key in used {
        if let Some(is_used) = key.parse::<usize>().ok().and_then(|number| is_used.get_mut(number))
        {
            *is_used = true;
        }
    }
    is_used.iter().position(|is_used| !is_used).unwrap_or_default().to_string()
}

const HEAD: &str = "h";
const ENTRY: &str = "d";
const PREVIOUS: &str = "p";
const NEXT: &str = "n";

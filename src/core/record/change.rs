//! What may be done to a record's data.

use std::iter::Chain;
use std::{option, vec};

use super::document::{Document, Sharing};
use super::list::ListChange;
use super::path::Path;
use super::queue::QueueChange;
use crate::core::protocol::{Message, RecordAction, json};

/// A change of a record's data.
#[derive(Debug)]
pub enum Change<D> {
    /// The whole data is replaced.
    Update(Value<D>),
    /// Something is put at a path.
    Patch(Path, Value<D>),
    /// What is at a path is taken away.
    Erase(Path),
    /// Several paths at once: what is put there, or that something is taken away.
    Multi(Vec<(Path, Option<Value<D>>)>),
    /// A list's entries, whatever they are by then.
    List(ListChange),
    /// A dequeue's entries, whatever they are by then.
    Queue(QueueChange),
}

/// A JSON value: as the text that is sent, and as a document until that is used.
#[derive(Debug)]
pub struct Value<D> {
    text: String,
    document: Option<D>,
}

impl<D: Document> Value<D> {
    /// The value of a text, which `document` is.
    pub fn new(text: String, document: D) -> Self {
        Self { text, document: Some(document) }
    }

    /// The value of a text that is known to be JSON.
    pub(crate) fn of_text(text: String) -> Self {
        Self { text, document: None }
    }

    /// As JSON text.
    pub fn text(&self) -> &str {
        &self.text
    }

    pub(crate) fn into_text(self) -> String {
        self.text
    }

    /// As a document of its own.
    fn take(&mut self) -> Option<D> {
        self.document.take().or_else(|| D::parse(&self.text))
    }
}

/// One step of a change: what is put at a path, or that something is taken away.
pub(crate) type Step<D> = (Path, Option<D>);

/// The steps of a change, of which most have one: that needs no room of its own.
pub(crate) type Steps<D> = Chain<option::IntoIter<Step<D>>, vec::IntoIter<Step<D>>>;

impl<D: Document> Change<D> {
    /// The change that this is for `data`, in terms of paths. None if it changes nothing.
    pub(crate) fn resolve(self, data: &D) -> Option<Self> {
        match self {
            Self::List(change) => {
                let entries = change.apply(data.texts().unwrap_or_default())?;
                Some(Self::Update(Value::of_text(json::texts(&entries))))
            }
            Self::Queue(change) => change.resolve(data),
            Self::Patch(path, value) => {
                let (path, value) = lift(path, value, data);
                Some(Self::Patch(path, value))
            }
            // The server would make the way to it.
            Self::Erase(path) if is_taken(data, &path) => None,
            Self::Update(_) | Self::Erase(_) | Self::Multi(_) => Some(self),
        }
    }

    /// What is to be done to the document. Of a change that was resolved.
    pub(crate) fn steps(&mut self) -> Steps<D> {
        let mut several = Vec::new();
        let one = match self {
            Self::Update(value) => step(Path::root(), value),
            Self::Patch(path, value) => step(path.clone(), value),
            Self::Erase(path) => Some((path.clone(), None)),
            Self::Multi(patches) => {
                let step = |(path, value): &mut (Path, Option<Value<D>>)| match value {
                    Some(value) => step(path.clone(), value),
                    None => Some((path.clone(), None)),
                };
                several = patches.iter_mut().filter_map(step).collect();
                None
            }
            Self::List(_) | Self::Queue(_) => None,
        };
        one.into_iter().chain(several)
    }

    /// The action that tells the server of it.
    pub(crate) fn action(&self) -> RecordAction {
        match self {
            Self::Update(_) | Self::List(_) => RecordAction::Update,
            Self::Patch(..) => RecordAction::Patch,
            Self::Erase(_) => RecordAction::Erase,
            Self::Multi(_) | Self::Queue(_) => RecordAction::PatchMulti,
        }
    }

    /// The message that tells the server of it, but for the version. Of a change that was resolved.
    pub(crate) fn message<'a>(&'a self, name: &'a str) -> Message<'a> {
        let mut message: Message<'a> = Message::new(self.action());
        message.name = Some(name.into());
        match self {
            Self::Update(value) => message.data = Some(value.text().into()),
            Self::Patch(path, value) => {
                message.path = Some(path.text().into());
                message.data = Some(value.text().into());
            }
            Self::Erase(path) => message.path = Some(path.text().into()),
            Self::Multi(patches) => {
                let patches = patches.iter();
                let patches = patches
                    .map(|(path, value)| (path.text(), value.as_ref().map(|value| &*value.text)));
                message.data = Some(json::write_patches(patches).into());
            }
            Self::List(_) | Self::Queue(_) => {}
        }
        message
    }
}

/// Does one step of a change to the data, as the server does it: where the way is missing to what is
/// taken away, it is made.
pub(crate) fn take_step<D: Document>(data: &mut D, (path, value): Step<D>, sharing: Sharing) {
    if let (None, Some((last, way))) = (&value, path.steps().split_last())
        && data.depth_of(&path) < way.len()
    {
        let made = if last.is_index { D::parse("[]") } else { Some(D::empty()) };
        data.set(&path.first(way.len()), made, sharing);
    }
    data.set(&path, value, sharing);
}

/// The steps of replacing the whole data.
pub(crate) fn whole<D: Document>(data: D) -> Steps<D> {
    Some((Path::root(), Some(data))).into_iter().chain(Vec::new())
}

fn step<D: Document>(path: Path, value: &mut Value<D>) -> Option<Step<D>> {
    value.take().map(|document| (path, Some(document)))
}

/// Has a value that is to be put below a `null` be put in its place. The official server takes a
/// `null` for an object there, and breaks.
fn lift<D: Document>(path: Path, mut value: Value<D>, data: &D) -> (Path, Value<D>) {
    if path.steps().len() < 2 {
        return (path, value);
    }
    let depth = data.depth_of(&path);
    let length = depth.saturating_add(1);
    if length >= path.steps().len() || !is_null(data, &path.first(length)) {
        return (path, value);
    }
    let below = path.after(depth);
    let mut holder = D::empty();
    holder.set(&below, value.take(), Sharing::Copies);
    match holder.at(&below.first(1), Sharing::Copies) {
        Some(made) => (path.first(length), Value::new(made.stringify(), made)),
        None => (path, value),
    }
}

/// Whether there is nothing to be taken away at a path. In an array a `null` is what is left then.
pub(crate) fn is_taken<D: Document>(data: &D, path: &Path) -> bool {
    if !is_null(data, path) {
        return data.equals_at(path, None);
    }
    let parent = path.first(path.steps().len().saturating_sub(1));
    data.at(&parent, Sharing::Shares).is_some_and(|parent| parent.texts().is_some())
}

fn is_null<D: Document>(data: &D, path: &Path) -> bool {
    data.equals_at(path, D::parse("null").as_ref())
}

//! What a record holds: a JSON value, which the core reads and writes through this alone.

use std::fmt::Debug;

use super::path::Path;

/// A JSON value. In the browser it is a value of the engine's own.
///
/// No two documents have a part in common, unless [`Sharing::Shares`] says otherwise.
pub trait Document: Debug + Sized + 'static {
    /// `{}`.
    fn empty() -> Self;

    /// The value of a JSON text. None where the text is none.
    fn parse(text: &str) -> Option<Self>;

    /// The object or array of a JSON text. None where the text is none, or something else.
    fn parse_container(text: &str) -> Option<Self> {
        let is_container = text.trim_start_matches([' ', '\t', '\n', '\r']).starts_with(['{', '[']);
        is_container.then(|| Self::parse(text)).flatten()
    }

    /// The value as JSON text.
    fn stringify(&self) -> String;

    /// Whether it is an object or an array.
    fn is_container(&self) -> bool;

    /// What is at `path`, if there is anything.
    fn at(&self, path: &Path, sharing: Sharing) -> Option<Self>;

    /// A copy of the whole value.
    fn copy(&self) -> Option<Self> {
        self.at(&Path::root(), Sharing::Copies)
    }

    /// Whether `other` is at `path`. The order of an object's keys makes no difference.
    fn equals_at(&self, path: &Path, other: Option<&Self>) -> bool;

    /// Puts a value at `path`, or takes away what is there.
    ///
    /// What is missing on the way is made: an array before an index, filled up with `null`, or else
    /// an object, also in the place of anything that is neither. An element that is taken out of an
    /// array becomes `null`. Does nothing where a name would be given to an array's element.
    fn set(&mut self, path: &Path, value: Option<Self>, sharing: Sharing);

    /// Puts a value at `path`, if it is not there already. Returns whether it was not.
    fn put(&mut self, path: &Path, value: Self, sharing: Sharing) -> bool {
        let is_new = !self.equals_at(path, Some(&value));
        if is_new {
            self.set(path, Some(value), sharing);
        }
        is_new
    }

    /// How many steps of `path` lead through objects and arrays, before the first that does not.
    fn depth_of(&self, path: &Path) -> usize;

    /// The text at `path`, if that is one.
    fn text_at(&self, path: &Path) -> Option<String>;

    /// The texts in this array, if it is an array.
    fn texts(&self) -> Option<Vec<String>>;

    /// The keys of this object, in order, if it is an object.
    fn keys(&self) -> Option<Vec<String>>;
}

/// Whether the application is given the record's own values: the option `recordDeepCopy`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sharing {
    /// It is given copies, and a record changes in place.
    Copies,
    /// It is given the values themselves, which then never change: a change makes the objects anew
    /// that lead to it.
    Shares,
}

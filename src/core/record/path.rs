//! Paths within a record, such as `a.b[3]`.

use std::cell::RefCell;
use std::rc::Rc;

use crate::core::ordered_map::hash;

/// The way to a part of a document. None: the whole document.
///
/// Copies are many and cheap: each change is told, sent and kept with its path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path(Option<Rc<Way>>);

#[derive(Debug, PartialEq, Eq)]
struct Way {
    text: String,
    steps: Vec<Step>,
    hash: u64,
}

/// One step into an object or an array.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Name of the property, or the index as a decimal number.
    pub key: String,
    /// Whether it was written as an index, so that what is missing before it becomes an array.
    pub is_index: bool,
}

impl Path {
    /// The whole document.
    pub(crate) const ROOT_REF: &'static Self = &Self(None);

    /// The whole document.
    pub fn root() -> Self {
        Self(None)
    }

    /// Reads a path as the JavaScript client and the server do: names between dots, blanks around
    /// them and empty ones skipped, each followed by indices in brackets.
    ///
    /// None where there is no step at all, where an index is no number below [`MAX_INDEX`], and
    /// where a name is one that the server refuses.
    pub fn parse(text: &str) -> Option<Self> {
        let hash = hash(text);
        if text.len() > LONGEST_KEPT {
            return Self::read(text, hash);
        }
        let kept = |read: &mut Vec<Option<Self>>| {
            read.resize(KEPT, None);
            let kept = read.get_mut(hash as usize % KEPT)?;
            if kept.as_ref().is_none_or(|kept| kept.text() != text) {
                *kept = Some(Self::read(text, hash)?);
            }
            kept.clone()
        };
        READ.with_borrow_mut(kept)
    }

    fn read(text: &str, hash: u64) -> Option<Self> {
        let breaks = text.bytes().filter(|byte| matches!(byte, b'.' | b'[')).count();
        let mut steps = Vec::with_capacity(breaks.saturating_add(1));
        for part in text.split('.').map(trim).filter(|part| !part.is_empty()) {
            let mut pieces = part.split(['[', ']']);
            let name = pieces.next().unwrap_or_default();
            if FORBIDDEN.contains(&name) {
                return None;
            }
            steps.push(Step { key: name.to_owned(), is_index: false });
            for index in pieces.filter(|index| !index.is_empty()) {
                let is_number = index.bytes().all(|byte| byte.is_ascii_digit());
                let index = index.parse::<u32>().ok().filter(|at| is_number && *at < MAX_INDEX)?;
                steps.push(Step { key: index.to_string(), is_index: true });
            }
        }
        let way = Way { text: text.to_owned(), steps, hash };
        (!way.steps.is_empty()).then(|| Self(Some(Rc::new(way))))
    }

    /// The path through properties of these names.
    pub(crate) fn of_keys(keys: &[&str]) -> Self {
        let step = |key: &&str| Step { key: (*key).to_owned(), is_index: false };
        Self::of_steps(keys.iter().map(step).collect())
    }

    fn of_steps(steps: Vec<Step>) -> Self {
        if steps.is_empty() {
            return Self::root();
        }
        let mut text = String::new();
        for step in &steps {
            if step.is_index {
                text.extend(["[", &step.key, "]"]);
            } else {
                text.extend([if text.is_empty() { "" } else { "." }, &step.key]);
            }
        }
        Self(Some(Rc::new(Way { hash: hash(&text), text, steps })))
    }

    /// Its steps in a form that needs no further reading: each index behind `[`, each name behind a
    /// dot.
    pub fn code(&self) -> String {
        let steps = self.steps().iter();
        steps.flat_map(|step| [if step.is_index { "[" } else { "." }, &step.key]).collect()
    }

    /// A number that the same path always has, and few others.
    pub fn hash(&self) -> u64 {
        self.0.as_ref().map_or(0, |way| way.hash)
    }

    /// As it was written. Empty for the whole document.
    pub fn text(&self) -> &str {
        self.0.as_ref().map_or("", |way| &way.text)
    }

    /// From the document's root.
    pub fn steps(&self) -> &[Step] {
        self.0.as_ref().map_or(&[], |way| &way.steps)
    }

    /// Whether one of the two leads through what the other leads to, so that a change at one may be
    /// seen at the other.
    pub(crate) fn overlaps(&self, other: &Self) -> bool {
        self.steps().iter().zip(other.steps()).all(|(one, other)| one.key == other.key)
    }

    /// Its first steps.
    pub(crate) fn first(&self, length: usize) -> Self {
        Self::of_steps(self.steps().iter().take(length).cloned().collect())
    }

    /// What is left of it behind its first steps. Not to be sent: an index may come first.
    pub(crate) fn after(&self, length: usize) -> Self {
        Self::of_steps(self.steps().iter().skip(length).cloned().collect())
    }
}

thread_local! {
    /// Paths that were read last: mostly the same few are, again and again.
    static READ: RefCell<Vec<Option<Path>>> = const { RefCell::new(Vec::new()) };
}

/// How many paths are kept. A power of two.
const KEPT: usize = 256;

/// Bytes. Other clients write paths too, of any length.
const LONGEST_KEPT: usize = 200;

/// Takes away what JavaScript takes for blanks, in the server too.
fn trim(part: &str) -> &str {
    part.trim_matches(|it: char| it == '\u{feff}' || (it.is_whitespace() && it != '\u{85}'))
}

/// Above this an index is no index: the array before it would be filled up with so many `null`.
pub const MAX_INDEX: u32 = 1_000_000;

/// With these one would get at what all objects have in common.
const FORBIDDEN: [&str; 3] = ["__proto__", "constructor", "prototype"];

#[cfg(test)]
mod tests {
    use super::*;

    fn steps(text: &str) -> Option<Vec<String>> {
        let path = Path::parse(text)?;
        let written = |step: &Step| {
            if step.is_index { ["#", &step.key].concat() } else { step.key.clone() }
        };
        Some(path.steps().iter().map(written).collect())
    }

    #[test]
    fn paths_are_read_as_the_javascript_client_reads_them() {
        for (text, expected) in [
            ("a", vec!["a"]),
            ("a.b.c", vec!["a", "b", "c"]),
            (" a . b ", vec!["a", "b"]),
            ("..a..b.", vec!["a", "b"]),
            ("a[3]", vec!["a", "#3"]),
            ("a[1][02].b", vec!["a", "#1", "#2", "b"]),
            ("a[]", vec!["a"]),
            ("[0]", vec!["", "#0"]),
            ("0.1", vec!["0", "1"]),
            ("ä.名[0]", vec!["ä", "名", "#0"]),
            ("\u{a0}\u{feff}a.\u{2028}b\t", vec!["a", "b"]),
            ("\u{85}a.\u{200b}b", vec!["\u{85}a", "\u{200b}b"]),
        ] {
            let expected = expected.into_iter().map(str::to_owned).collect();
            assert_eq!(steps(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_leads_nowhere_or_too_far_is_no_path() {
        for text in
            ["", ".", " . ", "a[x]", "a[-1]", "a[1e3]", "a[1]b", "a[1000000]", "a[4294967296]"]
        {
            assert_eq!(steps(text), None, "{text}");
        }
        for text in ["__proto__", "a.__proto__.b", "constructor", "prototype[0]"] {
            assert_eq!(steps(text), None, "{text}");
        }
    }

    #[test]
    fn paths_overlap_where_one_leads_through_the_other() {
        let overlap = |one, other| {
            let [one, other] = [one, other].map(|text| Path::parse(text).unwrap());
            assert_eq!(one.overlaps(&other), other.overlaps(&one));
            one.overlaps(&other)
        };
        assert!(overlap("a", "a") && overlap("a", "a.b") && overlap("a[0]", "a.0.c"));
        assert!(!overlap("a.b", "a.c") && !overlap("a", "ab") && !overlap("a[0]", "a[1]"));
        assert!(Path::root().overlaps(&Path::parse("a").unwrap()));
    }

    #[test]
    fn a_path_that_was_read_before_is_read_as_another() {
        for text in (0..3).flat_map(|_| (0..2 * KEPT).map(|n| ["a.b", &n.to_string()].concat())) {
            let keys = Path::parse(&text).map(|path| path.steps().last().unwrap().key.clone());
            assert_eq!(keys.as_deref(), text.strip_prefix("a."), "{text}");
        }
        let read = |text| Path::parse(text).unwrap().0.unwrap();
        let kept = read("a");
        assert!(Rc::ptr_eq(&kept, &read("a")) && !Rc::ptr_eq(&kept, &read("b")));
        let long = "a".repeat(LONGEST_KEPT + 1);
        assert_eq!(Path::parse(&long), Path::parse(&long));
    }

    #[test]
    fn the_first_steps_are_a_path_of_their_own() {
        let path = Path::parse(" a.b[3][4].c").unwrap();
        for (length, text) in [(0, ""), (1, "a"), (3, "a.b[3]"), (5, "a.b[3][4].c")] {
            assert_eq!(path.first(length).text(), text);
            assert_eq!(path.after(length).steps().len(), 5 - length);
        }
    }
}

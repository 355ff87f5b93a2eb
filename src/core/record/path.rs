//! Paths within a record, such as `a.b[3]`.

use std::sync::Arc;

use crate::core::ordered_map::OrderedMap;

/// The way to a part of a document. Empty: the whole document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Path {
    text: String,
    steps: Vec<Step>,
    code: String,
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
    const ROOT: Self = Self { text: String::new(), steps: Vec::new(), code: String::new() };

    /// The whole document.
    pub(crate) const ROOT_REF: &'static Self = &Self::ROOT;

    /// The whole document.
    pub fn root() -> Self {
        Self::ROOT
    }

    /// Reads a path as the JavaScript client and the server do: names between dots, blanks around
    /// them and empty ones skipped, each followed by indices in brackets.
    ///
    /// None where there is no step at all, where an index is no number below [`MAX_INDEX`], and
    /// where a name is one that the server refuses.
    pub fn parse(text: &str) -> Option<Self> {
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
        (!steps.is_empty()).then(|| Self::new(text.to_owned(), steps))
    }

    /// The path through properties of these names.
    pub(crate) fn of_keys(keys: &[&str]) -> Self {
        let step = |key: &&str| Step { key: (*key).to_owned(), is_index: false };
        Self::new(keys.join("."), keys.iter().map(step).collect())
    }

    fn new(text: String, steps: Vec<Step>) -> Self {
        let mut code = String::with_capacity(text.len().saturating_add(1));
        for step in &steps {
            code.push(if step.is_index { '[' } else { '.' });
            code.push_str(&step.key);
        }
        Self { text, steps, code }
    }

    /// Its steps in a form that needs no further reading: each index behind `[`, each name behind a
    /// dot.
    pub fn code(&self) -> &str {
        &self.code
    }

    /// As it was written. Empty for the whole document.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// From the document's root.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// Whether one of the two leads through what the other leads to, so that a change at one may be
    /// seen at the other.
    pub(crate) fn overlaps(&self, other: &Self) -> bool {
        self.steps.iter().zip(&other.steps).all(|(one, other)| one.key == other.key)
    }

    /// Its first steps.
    pub(crate) fn first(&self, length: usize) -> Self {
        let steps = self.steps.iter().take(length).cloned().collect::<Vec<_>>();
        let mut text = String::new();
        for step in &steps {
            if step.is_index {
                text.extend(["[", &step.key, "]"]);
            } else {
                text.extend([if text.is_empty() { "" } else { "." }, &step.key]);
            }
        }
        Self::new(text, steps)
    }

    /// What is left of it behind its first steps. Without a text: it is not sent.
    pub(crate) fn after(&self, length: usize) -> Self {
        Self::new(String::new(), self.steps.iter().skip(length).cloned().collect())
    }
}

/// Paths that many records have in common: each of them has only a part in one.
#[derive(Debug, Default)]
pub(crate) struct SharedPaths {
    known: OrderedMap<Arc<Path>>,
    /// So many of them were in use when that was last looked at.
    used: usize,
}

impl SharedPaths {
    /// The one that is the same as this.
    pub(crate) fn share(&mut self, path: Path) -> Arc<Path> {
        if let Some(known) = self.known.get(&path.text).filter(|known| ***known == path) {
            return Arc::clone(known);
        }
        if self.known.len() > self.used.saturating_mul(2).saturating_add(LEAST_UNUSED) {
            self.known.retain(|path| Arc::strong_count(path) > 1);
            self.used = self.known.len();
        }
        let path = Arc::new(path);
        self.known.insert(path.text.clone(), Arc::clone(&path));
        path
    }
}

/// Takes away what JavaScript takes for blanks, in the server too.
fn trim(part: &str) -> &str {
    part.trim_matches(|it: char| it == '\u{feff}' || (it.is_whitespace() && it != '\u{85}'))
}

/// Above this an index is no index: the array before it would be filled up with so many `null`.
pub const MAX_INDEX: u32 = 1_000_000;

/// Shared paths that nobody uses, before they are looked for.
const LEAST_UNUSED: usize = 16;

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
    fn the_first_steps_are_a_path_of_their_own() {
        let path = Path::parse(" a.b[3][4].c").unwrap();
        for (length, text) in [(0, ""), (1, "a"), (3, "a.b[3]"), (5, "a.b[3][4].c")] {
            assert_eq!(path.first(length).text(), text);
            assert_eq!(path.after(length).steps().len(), 5 - length);
        }
    }
}

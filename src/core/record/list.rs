//! Lists: records whose data is an array of texts.

use crate::core::ordered_map::OrderedMap;

/// A change of a list's entries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ListChange {
    /// An entry is put before the one at an index, or last.
    Add(String, Option<usize>),
    /// An entry is taken out: where it is at an index, or else wherever it is.
    Remove(String, Option<usize>),
}

impl ListChange {
    /// The entries after the change. None if they stay as they are.
    pub(crate) fn apply(self, mut entries: Vec<String>) -> Option<Vec<String>> {
        match self {
            Self::Add(entry, index) => {
                let index = index.unwrap_or(entries.len()).min(entries.len());
                entries.insert(index, entry);
                Some(entries)
            }
            Self::Remove(entry, index) => {
                let length = entries.len();
                let mut place = 0_usize;
                entries.retain(|other| {
                    let is_it = *other == entry && index.is_none_or(|index| index == place);
                    place = place.saturating_add(1);
                    !is_it
                });
                (entries.len() < length).then_some(entries)
            }
        }
    }
}

/// What became of an entry of a list or a dequeue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryChange {
    /// What became of it.
    pub kind: EntryChangeKind,
    /// The entry.
    pub entry: String,
    /// Where it is now, or was until it was removed.
    pub index: usize,
}

/// What may become of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryChangeKind {
    /// `entry-added`.
    Added,
    /// `entry-removed`.
    Removed,
    /// `entry-moved`.
    Moved,
}

/// What became of the entries, in the order of the JavaScript client: first what was removed. Of an
/// entry that is there several times, each is compared with the one that was as many before.
pub(crate) fn changes(before: &[String], after: &[String]) -> Vec<EntryChange> {
    let mut places_before = places(before);
    let mut places_after = places(after);
    let mut changes = Vec::new();
    let mut tell = |kind, entry: &str, index| {
        changes.push(EntryChange { kind, entry: entry.to_owned(), index });
    };
    for (entry, places) in places_before.iter_mut() {
        let left = places_after.get(entry).map_or(0, Vec::len);
        for index in places.iter().skip(left) {
            tell(EntryChangeKind::Removed, entry, *index);
        }
    }
    for (entry, places) in places_after.iter_mut() {
        for (n, index) in places.iter().enumerate() {
            match places_before.get(entry).and_then(|places| places.get(n)) {
                None => tell(EntryChangeKind::Added, entry, *index),
                Some(place) if place != index => tell(EntryChangeKind::Moved, entry, *index),
                Some(_) => {}
            }
        }
    }
    changes
}

fn places(entries: &[String]) -> OrderedMap<Vec<usize>> {
    let mut places = OrderedMap::<Vec<usize>>::default();
    for (index, entry) in entries.iter().enumerate() {
        match places.get_mut(entry) {
            Some(places) => places.push(index),
            None => places.insert(entry.clone(), vec![index]),
        }
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(entries: &str) -> Vec<String> {
        entries.chars().map(String::from).collect()
    }

    fn told(before: &str, after: &str) -> String {
        let changes = changes(&texts(before), &texts(after)).into_iter();
        let tell = |EntryChange { kind, entry, index }| {
            let sign = match kind {
                EntryChangeKind::Added => '+',
                EntryChangeKind::Removed => '-',
                EntryChangeKind::Moved => '~',
            };
            format!("{sign}{entry}{index} ")
        };
        changes.map(tell).collect::<String>().trim_end().to_owned()
    }

    #[test]
    fn what_became_of_entries_is_told_as_the_javascript_client_tells_it() {
        for (before, after, expected) in [
            ("", "", ""),
            ("ab", "ab", ""),
            ("", "ab", "+a0 +b1"),
            ("ab", "", "-a0 -b1"),
            ("bc", "abc", "+a0 ~b1 ~c2"),
            ("abc", "ac", "-b1 ~c1"),
            ("ab", "ba", "~b0 ~a1"),
            ("ab", "cd", "-a0 -b1 +c0 +d1"),
            ("aba", "ba", "-a2 ~b0 ~a1"),
            ("a", "aa", "+a1"),
        ] {
            assert_eq!(told(before, after), expected, "{before} to {after}");
        }
    }

    #[test]
    fn entries_are_added_and_removed_where_the_index_says() {
        let change = |change: ListChange| change.apply(texts("aba")).map(|it| it.concat());
        let (add, remove) = (ListChange::Add, ListChange::Remove);
        assert_eq!(change(add("x".into(), None)).as_deref(), Some("abax"));
        assert_eq!(change(add("x".into(), Some(0))).as_deref(), Some("xaba"));
        assert_eq!(change(add("x".into(), Some(3))).as_deref(), Some("abax"));
        assert_eq!(
            change(add("x".into(), Some(9))).as_deref(),
            Some("abax"),
            "it was shorter by then"
        );
        assert_eq!(change(remove("a".into(), None)).as_deref(), Some("b"));
        assert_eq!(change(remove("a".into(), Some(2))).as_deref(), Some("ab"));
        assert_eq!(change(remove("a".into(), Some(1))), None);
        assert_eq!(change(remove("x".into(), None)), None);
    }
}

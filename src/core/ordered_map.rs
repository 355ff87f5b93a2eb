//! A map from texts that keeps the order in which they came, as a JavaScript `Map` does.
//!
//! The one map of the client: what it costs in the download does not depend on what is in it.

use hashbrown::HashTable;

/// Values by text, in the order of insertion.
#[derive(Debug)]
pub(crate) struct OrderedMap<V> {
    /// What was removed leaves a hole, until there are more holes than entries.
    entries: Vec<Option<(Box<str>, V)>>,
    holes: u32,
    places: Places,
}

/// The places of what has a name, among so many. Knows nothing of what else is there, so that it is
/// compiled once.
#[derive(Debug, Default)]
pub(crate) struct Places {
    /// None while there were always few places: each record has some maps of its own, which mostly have
    /// one entry for good.
    table: Option<HashTable<u32>>,
}

impl<V> OrderedMap<V> {
    /// The empty map.
    pub(crate) const EMPTY: Self =
        Self { entries: Vec::new(), holes: 0, places: Places { table: None } };

    pub(crate) fn contains_key(&self, key: &str) -> bool {
        self.find(key).is_some()
    }

    pub(crate) fn get(&self, key: &str) -> Option<&V> {
        let (_, value) = self.entries.get(self.find(key)?)?.as_ref()?;
        Some(value)
    }

    pub(crate) fn get_mut(&mut self, key: &str) -> Option<&mut V> {
        let place = self.find(key)?;
        let (_, value) = self.entries.get_mut(place)?.as_mut()?;
        Some(value)
    }

    /// Puts a value in the place of the one that the text has, or last.
    pub(crate) fn insert(&mut self, key: String, value: V) {
        if let Some(known) = self.get_mut(&key) {
            *known = value;
            return;
        }
        if self.entries.is_empty() {
            self.entries.reserve_exact(1);
        }
        self.entries.push(Some((key.into_boxed_str(), value)));
        let Self { entries, places, .. } = self;
        let last = entries.len().saturating_sub(1);
        places.insert(last, entries.len(), &|place| key_at(entries, place));
    }

    /// Puts a value last. Returns the one that the text had.
    pub(crate) fn insert_last(&mut self, key: &str, value: V) -> Option<V> {
        if let Some(Some((last, there))) = self.entries.last_mut()
            && **last == *key
        {
            return Some(std::mem::replace(there, value));
        }
        let replaced = self.remove(key);
        self.insert(key.to_owned(), value);
        replaced
    }

    pub(crate) fn remove(&mut self, key: &str) -> Option<V> {
        let Self { entries, places, .. } = self;
        let place = places.remove(key, entries.len(), &|place| key_at(entries, place))?;
        let (_, value) = entries.get_mut(place)?.take()?;
        self.holes = self.holes.saturating_add(1);
        if self.len() < self.entries.len() / 2 {
            self.close_holes();
        }
        Some(value)
    }

    /// Keeps what `is_kept` says.
    pub(crate) fn retain(&mut self, mut is_kept: impl FnMut(&mut V) -> bool) {
        for entry in &mut self.entries {
            entry.take_if(|(_, value)| !is_kept(value));
        }
        self.close_holes();
    }

    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = (&str, &mut V)> {
        self.entries.iter_mut().flatten().map(|(key, value)| (&**key, value))
    }

    pub(crate) fn values(&self) -> impl Iterator<Item = &V> {
        self.entries.iter().flatten().map(|(_, value)| value)
    }

    pub(crate) fn values_mut(&mut self) -> impl Iterator<Item = &mut V> {
        self.entries.iter_mut().flatten().map(|(_, value)| value)
    }

    pub(crate) fn into_values(self) -> impl Iterator<Item = V> {
        self.entries.into_iter().flatten().map(|(_, value)| value)
    }

    pub(crate) fn len(&self) -> usize {
        self.entries.len().saturating_sub(self.holes as usize)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    #[cfg_attr(not(target_arch = "wasm32"), allow(dead_code, reason = "only the shell asks"))]
    pub(crate) fn keys(&self) -> Vec<String> {
        self.entries.iter().flatten().map(|(key, _)| key.to_string()).collect()
    }

    fn find(&self, key: &str) -> Option<usize> {
        let Self { entries, places, .. } = self;
        places.find(key, entries.len(), &|place| key_at(entries, place))
    }

    fn close_holes(&mut self) {
        self.entries.retain(Option::is_some);
        self.holes = 0;
        let Self { entries, places, .. } = self;
        places.index_all(entries.len(), &|place| key_at(entries, place));
    }
}

impl<V> Default for OrderedMap<V> {
    fn default() -> Self {
        Self::EMPTY
    }
}

fn key_at<V>(entries: &[Option<(Box<str>, V)>], place: usize) -> Option<&str> {
    entries.get(place)?.as_ref().map(|(key, _)| &**key)
}

/// `length` is how many places there are, `name_at` gives the name of what is at one, if anything is.
impl Places {
    pub(crate) fn find<'a>(
        &self,
        name: &str,
        length: usize,
        name_at: &dyn Fn(usize) -> Option<&'a str>,
    ) -> Option<usize> {
        let Some(table) = &self.table else {
            return (0..length).find(|place| name_at(*place) == Some(name));
        };
        let is_it = |place: &u32| name_at(*place as usize) == Some(name);
        table.find(hash(name), is_it).map(|place| *place as usize)
    }

    /// Something is at a place now whose name is not known yet.
    pub(crate) fn insert<'a>(
        &mut self,
        place: usize,
        length: usize,
        name_at: &dyn Fn(usize) -> Option<&'a str>,
    ) {
        match &mut self.table {
            Some(table) => index(table, place, name_at),
            None => self.index_all(length, name_at),
        }
    }

    /// What has this name is about to be taken out. Returns where it is.
    pub(crate) fn remove<'a>(
        &mut self,
        name: &str,
        length: usize,
        name_at: &dyn Fn(usize) -> Option<&'a str>,
    ) -> Option<usize> {
        let place = self.find(name, length, name_at)?;
        if let Some(table) = &mut self.table {
            let is_it = |other: &u32| *other as usize == place;
            table.find_entry(hash(name), is_it).ok()?.remove();
        }
        Some(place)
    }

    fn index_all<'a>(&mut self, length: usize, name_at: &dyn Fn(usize) -> Option<&'a str>) {
        self.table = None;
        if length > FEW {
            let table = self.table.insert(HashTable::with_capacity(length));
            for place in (0..length).filter(|place| name_at(*place).is_some()) {
                index(table, place, name_at);
            }
        }
    }
}

fn index<'a>(table: &mut HashTable<u32>, place: usize, name_at: &dyn Fn(usize) -> Option<&'a str>) {
    let hash_of = |place: &u32| name_at(*place as usize).map_or(0, hash);
    // There is not the memory for more.
    let place = u32::try_from(place).unwrap_or(u32::MAX);
    table.insert_unique(hash_of(&place), place, hash_of);
}

/// So many are looked through as quickly as they are looked up.
const FEW: usize = 8;

/// FNV-1a, 64 bits: small, and good enough for names.
pub(crate) fn hash(key: &str) -> u64 {
    key.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

// proptest is there natively only.
#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[derive(Clone, Debug)]
    enum Step {
        Insert(u8, u32),
        InsertLast(u8, u32),
        Remove(u8),
        RetainEven,
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        let step = prop_oneof![
            (any::<u8>(), any::<u32>()).prop_map(|(key, value)| Step::Insert(key, value)),
            (0..9_u8, any::<u32>()).prop_map(|(key, value)| Step::InsertLast(key, value)),
            any::<u8>().prop_map(Step::Remove),
            Just(Step::RetainEven),
        ];
        prop::collection::vec(step, 0..400)
    }

    proptest! {
        #[test]
        fn it_holds_something_else_or_in_another_order_than_was_put_in(steps in steps()) {
            let mut map = OrderedMap::default();
            let mut model: Vec<(String, u32)> = Vec::new();
            for step in steps {
                match step {
                    Step::Insert(key, value) => {
                        let key = key.to_string();
                        map.insert(key.clone(), value);
                        match model.iter_mut().find(|(known, _)| *known == key) {
                            Some((_, known)) => *known = value,
                            None => model.push((key, value)),
                        }
                    }
                    Step::InsertLast(key, value) => {
                        let key = key.to_string();
                        let at = model.iter().position(|(known, _)| *known == key);
                        let replaced = at.map(|at| model.remove(at).1);
                        prop_assert_eq!(map.insert_last(&key, value), replaced);
                        model.push((key, value));
                    }
                    Step::Remove(key) => {
                        let key = key.to_string();
                        let at = model.iter().position(|(known, _)| *known == key);
                        prop_assert_eq!(map.remove(&key), at.map(|at| model.remove(at).1));
                    }
                    Step::RetainEven => {
                        map.retain(|value| *value % 2 == 0);
                        model.retain(|(_, value)| value % 2 == 0);
                    }
                }
                let held = map.iter_mut().map(|(key, value)| (key.to_owned(), *value));
                prop_assert_eq!(held.collect::<Vec<_>>(), model.clone());
                for (key, value) in &model {
                    prop_assert_eq!(map.get(key), Some(value));
                }
                prop_assert!(!map.contains_key("none"));
            }
        }
    }
}

//! A map from texts that keeps the order in which they came, as a JavaScript `Map` does.
//!
//! The one map of the client: what it costs in the download does not depend on what is in it.

use hashbrown::HashTable;

/// Values by text, in the order of insertion.
#[derive(Debug)]
pub(crate) struct OrderedMap<V> {
    keys: Keys,
    /// The value of each key, in the key's place.
    values: Vec<Option<V>>,
}

/// The texts. Knows no values, so that it is compiled once.
#[derive(Debug, Default)]
struct Keys {
    /// What was removed leaves a hole, until there are more holes than keys.
    keys: Vec<Option<String>>,
    /// Where each key is.
    places: HashTable<u32>,
}

impl<V> OrderedMap<V> {
    pub(crate) fn contains_key(&self, key: &str) -> bool {
        self.keys.find(key).is_some()
    }

    pub(crate) fn get(&self, key: &str) -> Option<&V> {
        self.values.get(self.keys.find(key)?)?.as_ref()
    }

    pub(crate) fn get_mut(&mut self, key: &str) -> Option<&mut V> {
        self.values.get_mut(self.keys.find(key)?)?.as_mut()
    }

    /// Puts a value in the place of the one that the text has, or last.
    pub(crate) fn insert(&mut self, key: String, value: V) {
        if let Some(known) = self.get_mut(&key) {
            *known = value;
        } else {
            self.keys.push(key);
            push_sparingly(&mut self.values, Some(value));
        }
    }

    /// Puts a value last. Returns the one that the text had.
    pub(crate) fn insert_last(&mut self, key: &str, value: V) -> Option<V> {
        if let (Some(Some(last)), Some(Some(there))) =
            (self.keys.keys.last(), self.values.last_mut())
            && last == key
        {
            return Some(std::mem::replace(there, value));
        }
        let replaced = self.remove(key);
        self.insert(key.to_owned(), value);
        replaced
    }

    pub(crate) fn remove(&mut self, key: &str) -> Option<V> {
        let value = self.values.get_mut(self.keys.remove(key)?)?.take();
        if self.keys.has_many_holes() {
            self.close_holes();
        }
        value
    }

    /// Keeps what `is_kept` says.
    pub(crate) fn retain(&mut self, mut is_kept: impl FnMut(&mut V) -> bool) {
        for (key, slot) in self.keys.keys.iter_mut().zip(&mut self.values) {
            if slot.take_if(|value| !is_kept(value)).is_some() {
                *key = None;
            }
        }
        self.close_holes();
    }

    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = (&str, &mut V)> {
        let keys = self.keys.keys.iter().flatten().map(String::as_str);
        keys.zip(self.values.iter_mut().flatten())
    }

    pub(crate) fn values(&self) -> impl Iterator<Item = &V> {
        self.values.iter().flatten()
    }

    pub(crate) fn values_mut(&mut self) -> impl Iterator<Item = &mut V> {
        self.values.iter_mut().flatten()
    }

    pub(crate) fn into_values(self) -> impl Iterator<Item = V> {
        self.values.into_iter().flatten()
    }

    pub(crate) fn len(&self) -> usize {
        self.keys.places.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.keys.places.is_empty()
    }

    #[cfg_attr(not(target_arch = "wasm32"), allow(dead_code, reason = "only the shell asks"))]
    pub(crate) fn keys(&self) -> Vec<String> {
        self.keys.keys.iter().flatten().cloned().collect()
    }

    fn close_holes(&mut self) {
        self.keys.close_holes();
        self.values.retain(Option::is_some);
    }
}

impl<V> Default for OrderedMap<V> {
    fn default() -> Self {
        Self { keys: Keys::default(), values: Vec::new() }
    }
}

/// Appends to a vector that mostly has one element for good, and of which each record has some.
pub(crate) fn push_sparingly<T>(values: &mut Vec<T>, value: T) {
    if values.is_empty() {
        values.reserve_exact(1);
    }
    values.push(value);
}

impl Keys {
    fn find(&self, key: &str) -> Option<usize> {
        let is_it = |place: &u32| at(&self.keys, *place) == Some(key);
        self.places.find(hash(key), is_it).map(|place| *place as usize)
    }

    /// Adds a key that is not there yet.
    fn push(&mut self, key: String) {
        push_sparingly(&mut self.keys, Some(key));
        self.index(self.keys.len().saturating_sub(1));
    }

    fn remove(&mut self, key: &str) -> Option<usize> {
        let is_it = |place: &u32| at(&self.keys, *place) == Some(key);
        let (place, _) = self.places.find_entry(hash(key), is_it).ok()?.remove();
        *self.keys.get_mut(place as usize)? = None;
        Some(place as usize)
    }

    fn has_many_holes(&self) -> bool {
        self.places.len() < self.keys.len() / 2
    }

    fn close_holes(&mut self) {
        self.keys.retain(Option::is_some);
        self.places.clear();
        (0..self.keys.len()).for_each(|place| self.index(place));
    }

    fn index(&mut self, place: usize) {
        let Self { keys, places } = self;
        let hash_of = |place: &u32| at(keys, *place).map_or(0, hash);
        // There is not the memory for more.
        let place = u32::try_from(place).unwrap_or(u32::MAX);
        places.insert_unique(hash_of(&place), place, hash_of);
    }
}

fn at(keys: &[Option<String>], place: u32) -> Option<&str> {
    keys.get(place as usize)?.as_deref()
}

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

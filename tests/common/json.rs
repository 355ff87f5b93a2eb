//! A record's document as the tests have it: a fake of the browser's JSON values. Not of how
//! JavaScript writes very large numbers, nor of the order in which it has names that are numbers.

use std::borrow::Cow;

use deepstream_wasm::core::record::path::{MAX_INDEX, Step};
use deepstream_wasm::core::record::{Document, Path, Sharing};
use serde_json::{Map, Value};

/// A JSON value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Json(pub(crate) Value);

impl Json {
    /// The value of a text that is JSON.
    pub(crate) fn of(text: &str) -> Self {
        Self::parse(text).unwrap()
    }

    fn find(&self, path: &Path) -> Option<Cow<'_, Value>> {
        let Some((last, way)) = path.steps().split_last() else {
            return Some(Cow::Borrowed(&self.0));
        };
        let node = way.iter().try_fold(&self.0, step_into)?;
        match node {
            Value::Array(array) if last.key == "length" => Some(Cow::Owned(array.len().into())),
            _ => step_into(node, last).map(Cow::Borrowed),
        }
    }
}

impl Document for Json {
    fn empty() -> Self {
        Self(Value::Object(Map::new()))
    }

    fn parse(text: &str) -> Option<Self> {
        let mut value = serde_json::from_str(text).ok()?;
        unify_numbers(&mut value);
        Some(Self(value))
    }

    fn stringify(&self) -> String {
        self.0.to_string()
    }

    fn is_container(&self) -> bool {
        is_container(&self.0)
    }

    fn at(&self, path: &Path, _sharing: Sharing) -> Option<Self> {
        self.find(path).map(|found| Self(found.into_owned()))
    }

    fn equals_at(&self, path: &Path, other: Option<&Self>) -> bool {
        self.find(path).as_deref() == other.map(|other| &other.0)
    }

    fn set(&mut self, path: &Path, value: Option<Self>, _sharing: Sharing) {
        let Some((last, way)) = path.steps().split_last() else {
            if let Some(value) = value {
                *self = value;
            }
            return;
        };
        if !is_container(&self.0) {
            if value.is_none() {
                return;
            }
            self.0 = container_before(&path.steps()[0]);
        }
        let mut node = &mut self.0;
        for (n, step) in way.iter().enumerate() {
            let next = path.steps()[n + 1].clone();
            if value.is_none() && step_into(node, step).is_none_or(|node| !is_container(node)) {
                return;
            }
            let Some(place) = place(node, step) else { return };
            if !is_container(place) {
                *place = container_before(&next);
            }
            node = place;
        }
        match (value, node) {
            (Some(value), node) => {
                if let Some(place) = place(node, last) {
                    *place = value.0;
                }
            }
            (None, Value::Object(object)) => drop(object.shift_remove(&last.key)),
            (None, Value::Array(array)) => {
                if let Some(place) = index(&last.key).and_then(|at| array.get_mut(at)) {
                    *place = Value::Null;
                }
            }
            (None, _) => {}
        }
    }

    fn depth_of(&self, path: &Path) -> usize {
        let mut node = &self.0;
        for (depth, step) in path.steps().iter().enumerate() {
            match step_into(node, step).filter(|node| is_container(node)) {
                Some(next) => node = next,
                None => return depth,
            }
        }
        path.steps().len()
    }

    fn text_at(&self, path: &Path) -> Option<String> {
        self.find(path)?.as_str().map(str::to_owned)
    }

    fn texts(&self) -> Option<Vec<String>> {
        let text = |entry: &Value| entry.as_str().map_or_else(|| entry.to_string(), str::to_owned);
        Some(self.0.as_array()?.iter().map(text).collect())
    }

    fn keys(&self) -> Option<Vec<String>> {
        Some(self.0.as_object()?.keys().cloned().collect())
    }
}

fn container_before(step: &Step) -> Value {
    if step.is_index { Value::Array(Vec::new()) } else { Json::empty().0 }
}

/// The index that a name stands for, in JavaScript.
fn index(key: &str) -> Option<usize> {
    let index = key.parse::<usize>().ok().filter(|index| *index < MAX_INDEX as usize)?;
    (index.to_string() == key).then_some(index)
}

/// Makes `1.0` and `-0` what JavaScript takes them for: `1` and `0`.
fn unify_numbers(value: &mut Value) {
    match value {
        Value::Number(number) => {
            let number = number.as_f64().unwrap();
            if number.fract() == 0.0 && number.abs() < 1e15 {
                *value = (number as i64).into();
            }
        }
        Value::Array(array) => array.iter_mut().for_each(unify_numbers),
        Value::Object(object) => object.values_mut().for_each(unify_numbers),
        _ => {}
    }
}

fn is_container(value: &Value) -> bool {
    value.is_object() || value.is_array()
}

fn step_into<'a>(node: &'a Value, step: &Step) -> Option<&'a Value> {
    match node {
        Value::Object(object) => object.get(&step.key),
        Value::Array(array) => array.get(index(&step.key)?),
        _ => None,
    }
}

/// The place for a value, which is made where there is none.
fn place<'a>(node: &'a mut Value, step: &Step) -> Option<&'a mut Value> {
    match node {
        Value::Object(object) => Some(object.entry(step.key.clone()).or_insert(Value::Null)),
        Value::Array(array) => {
            let at = index(&step.key)?;
            if array.len() <= at {
                array.resize(at + 1, Value::Null);
            }
            array.get_mut(at)
        }
        _ => None,
    }
}

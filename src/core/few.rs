//! A list of which each record has some, and which mostly has one element for good.

use std::ops::{Deref, DerefMut};

/// Values in order: a single one takes no room of its own.
#[derive(Debug)]
pub(crate) enum Few<T> {
    /// A single value.
    One(T),
    /// Any number of values.
    Many(Vec<T>),
}

impl<T> Few<T> {
    pub(crate) fn push(&mut self, value: T) {
        *self = match std::mem::take(self) {
            Self::Many(values) if values.is_empty() => Self::One(value),
            Self::Many(mut values) => {
                values.push(value);
                Self::Many(values)
            }
            Self::One(first) => Self::Many(vec![first, value]),
        };
    }

    /// Keeps what `is_kept` says.
    pub(crate) fn retain(&mut self, mut is_kept: impl FnMut(&T) -> bool) {
        match self {
            Self::One(value) if is_kept(value) => {}
            Self::One(_) => *self = Self::default(),
            Self::Many(values) => values.retain(is_kept),
        }
    }
}

impl<T> Default for Few<T> {
    fn default() -> Self {
        Self::Many(Vec::new())
    }
}

impl<T> Deref for Few<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        match self {
            Self::One(value) => std::slice::from_ref(value),
            Self::Many(values) => values,
        }
    }
}

impl<T> DerefMut for Few<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        match self {
            Self::One(value) => std::slice::from_mut(value),
            Self::Many(values) => values,
        }
    }
}

impl<T> IntoIterator for Few<T> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        match self {
            Self::One(value) => vec![value].into_iter(),
            Self::Many(values) => values.into_iter(),
        }
    }
}

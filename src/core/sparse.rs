//! Values that each record, or message, has, and which are mostly empty.

use std::ops::{Deref, DerefMut};

/// A value that takes no room while it is the empty one.
#[derive(Clone, Debug, PartialEq)]
pub struct Sparse<T>(Option<Box<T>>);

/// What has an empty value.
pub trait Empty: Default {
    /// That value.
    fn empty<'e>() -> &'e Self
    where
        Self: 'e;
}

impl<T: Empty> Sparse<T> {
    /// The value, unless it is the empty one: for what would make no difference to that, but have
    /// room made for it.
    pub(crate) fn get_mut(&mut self) -> Option<&mut T> {
        self.0.as_deref_mut()
    }

    /// Takes the value out, and leaves the empty one.
    pub(crate) fn take(&mut self) -> T {
        self.0.take().map(|value| *value).unwrap_or_default()
    }
}

impl<T> Sparse<T> {
    /// What is made of the value, or the other empty one.
    pub(crate) fn map<U>(self, of: impl FnOnce(T) -> U) -> Sparse<U> {
        Sparse(self.0.map(|value| Box::new(of(*value))))
    }
}

impl<T> Default for Sparse<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T> From<T> for Sparse<T> {
    fn from(value: T) -> Self {
        Self(Some(Box::new(value)))
    }
}

impl<T: Empty> Deref for Sparse<T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.0.as_deref().unwrap_or_else(T::empty)
    }
}

impl<T: Empty> DerefMut for Sparse<T> {
    fn deref_mut(&mut self) -> &mut T {
        self.0.get_or_insert_default()
    }
}

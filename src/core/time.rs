//! Moments and spans of time, as plain numbers that the caller brings in. There is no clock here.

use std::num::NonZeroU64;

/// A span of time in whole milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Millis(u64);

impl Millis {
    /// No time at all.
    pub const ZERO: Self = Self(0);
    /// Longer than any client lives.
    pub const FOREVER: Self = Self(u64::MAX);

    /// A span of `millis` milliseconds.
    pub const fn new(millis: u64) -> Self {
        Self(millis)
    }

    /// The span in milliseconds.
    pub const fn get(self) -> u64 {
        self.0
    }

    /// The span, `factor` times over. `FOREVER` where that is too long to count.
    pub const fn times(self, factor: u32) -> Self {
        Self(self.0.saturating_mul(factor as u64))
    }
}

/// A moment: microseconds since an origin that the caller chose.
///
/// Counted from 1, so that none takes no more room than one: each record has some.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Instant(NonZeroU64);

impl Instant {
    /// The moment `micros` microseconds after the origin.
    pub const fn from_micros(micros: u64) -> Self {
        Self(NonZeroU64::MIN.saturating_add(micros))
    }

    /// The moment `millis` milliseconds after the origin.
    pub const fn from_millis(millis: u64) -> Self {
        Self::from_micros(millis.saturating_mul(MICROS_PER_MILLI))
    }

    /// Microseconds since the origin.
    pub const fn as_micros(self) -> u64 {
        self.0.get().saturating_sub(1)
    }

    /// The moment `span` later.
    pub const fn after(self, span: Millis) -> Self {
        Self(self.0.saturating_add(span.0.saturating_mul(MICROS_PER_MILLI)))
    }

    /// Microseconds from `earlier` to this moment; none if it is not earlier.
    pub const fn micros_since(self, earlier: Self) -> u64 {
        self.0.get().saturating_sub(earlier.0.get())
    }

    /// Whole milliseconds from `earlier` to this moment; none if it is not earlier.
    pub const fn since(self, earlier: Self) -> Millis {
        Millis(self.micros_since(earlier) / MICROS_PER_MILLI)
    }
}

const MICROS_PER_MILLI: u64 = 1_000;

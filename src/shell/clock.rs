//! The time, for a core that has none.

use std::cell::Cell;

use js_sys::Date;
use wasm_bindgen::prelude::*;

use crate::core::time::Instant;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = performance, js_name = now)]
    fn performance_now() -> f64;
}

/// A clock that never goes back, and does count the time that the machine was asleep.
///
/// `performance.now()` never goes back, but stands still during sleep on some systems; `Date.now()`
/// counts sleep, but is set forth and back by people and time servers. So the first is the clock,
/// and a leap of the second against it is added as sleep.
pub(crate) struct Clock {
    /// Milliseconds that the machine slept unnoticed by `performance.now()`.
    slept: Cell<f64>,
    /// `Date.now()` when the time was last read, and what it was: `performance.now()` takes several times
    /// as long, and frames come many in a millisecond.
    last: Cell<(f64, Instant)>,
    /// `Date.now()` less `performance.now()`, when last looked at.
    difference: Cell<f64>,
}

impl Clock {
    pub(crate) fn new() -> Self {
        let last = Cell::new((f64::NAN, Instant::from_micros(0)));
        Self { slept: Cell::new(0.0), last, difference: Cell::new(difference()) }
    }

    /// The time, to the millisecond.
    pub(crate) fn now(&self) -> Instant {
        let date = Date::now();
        let (last_date, last) = self.last.get();
        if date == last_date {
            return last;
        }
        let millis = performance_now() + self.slept.get();
        let now = Instant::from_micros((millis * MICROS_PER_MILLI) as u64);
        self.last.set((date, now));
        now
    }

    /// Looks whether the machine has slept since the last look.
    pub(crate) fn notice_sleep(&self) -> bool {
        let difference = difference();
        let leap = difference - self.difference.replace(difference);
        if leap > LEAP {
            self.slept.set(self.slept.get() + leap);
        }
        self.last.set((f64::NAN, self.last.get().1));
        leap > LEAP
    }
}

fn difference() -> f64 {
    Date::now() - performance_now()
}

const MICROS_PER_MILLI: f64 = 1_000.0;

/// Milliseconds that the two clocks may drift apart between two looks.
const LEAP: f64 = 1_000.0;

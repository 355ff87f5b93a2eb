//! The browser around the core: its socket, its timer, its page, and the API that JavaScript sees.
//!
//! Decides nothing: it hands events to the core and carries out what the core answers.

mod alarm;
pub(crate) mod api;
mod callbacks;
mod clock;
mod convert;
mod deliver;
mod emitter;
mod held;
mod page;
mod pump;
mod report;
mod socket;
#[cfg_attr(not(test), expect(dead_code, reason = "records are about to use it"))]
mod storage;
mod uid;
mod waiting;

//! The browser around the core: its socket, its timer, its page, and the API that JavaScript sees.
//!
//! Decides nothing: it hands events to the core and carries out what the core answers.

mod alarm;
pub(crate) mod api;
mod callbacks;
mod clock;
mod convert;
mod deliver;
mod document;
mod emitter;
mod handles;
mod held;
mod memory;
mod merge_strategies;
mod page;
mod pump;
mod records;
mod report;
mod socket;
mod storage;
mod uid;
mod waiting;

//! The connection, driven as the shell drives it, with virtual time. A file per thing that goes
//! wrong; a test is named for what would.

#![cfg(not(target_arch = "wasm32"))]
#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    clippy::wildcard_enum_match_arm,
    reason = "a test may fail"
)]

#[path = "../common/mod.rs"]
mod common;
mod harness;

mod backoff;
mod challenge;
mod follow_up;
mod garbage;
mod heartbeat;
mod login;
mod page;
mod pause_resume_close;
mod properties;
mod queue;
mod receipts;
mod start;
mod suspension;

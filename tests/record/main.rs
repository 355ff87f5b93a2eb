//! Records, driven as the shell drives them, with virtual time and by a fake server. A file per
//! topic; a test is named for what would go wrong.

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

mod book;
#[path = "../common/mod.rs"]
mod common;
#[path = "../connection/harness.rs"]
mod harness;
#[path = "../live/server.rs"]
#[allow(dead_code, reason = "not every field is one of records")]
mod server;

mod bulk;
mod conflicts;
mod documents;
mod endings;
mod lists;
mod loss;
mod merging;
mod offline;
mod races;
mod reading;
mod refusals;
mod requests;
mod storage;
mod watching;
mod writing;

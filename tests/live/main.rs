//! Events, RPC, presence and listening, driven as the shell drives them, with virtual time. A file
//! per topic; a test is named for what would go wrong.

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

mod calls;
#[path = "../common/mod.rs"]
mod common;
#[path = "../connection/harness.rs"]
mod harness;
mod seen;
mod server;
mod world;

mod acknowledgements;
mod bulk;
mod endings;
mod events;
mod last_moment;
mod limbo;
mod listen;
mod passed_over;
mod patience;
mod presence;
mod properties;
mod provide;
mod queries;
mod refused;
mod resubscribe;
mod rpc;
mod wire;

//! The deepstream browser SDK, compiled to WebAssembly.
//!
//! [`core`] is the whole client, in plain Rust: it is handed events and the time, and hands back
//! what is to be done. `shell`, in the browser alone, is what does it.
//!
//! `#[inline(never)]` marks what is seldom done beside what is done for each message. Else it becomes part
//! of the one function that calls it, and engines compile a function of everything late, and badly.

#![cfg_attr(test, allow(clippy::arithmetic_side_effects, reason = "a test may overflow and fail"))]

// The native tests' helpers, some of which are of use inside too, call this crate by its name.
#[cfg(all(test, target_arch = "wasm32"))]
extern crate self as deepstream_wasm;

pub mod core;
#[cfg(target_arch = "wasm32")]
mod shell;

#[cfg(target_arch = "wasm32")]
pub use shell::api::{
    AnonymousRecord, DeepstreamClient, Dequeue, EventHandler, List, ListenResponse, MergeResponse,
    PresenceHandler, Record, RecordHandler, RpcHandler, RpcResponse,
};

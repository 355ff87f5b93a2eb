//! The client itself: plain Rust without a clock, randomness, I/O or JavaScript.

mod acknowledgements;
mod client;
pub mod connection;
pub mod error;
mod event;
pub(crate) mod few;
pub mod io;
pub mod options;
pub(crate) mod ordered_map;
mod presence;
pub mod protocol;
pub mod record;
mod requests;
mod rpc;
pub mod sparse;
mod subscriptions;
pub mod time;
mod timer;
mod url;

pub use client::Client;

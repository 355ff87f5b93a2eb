//! The shell in a real browser, over a fake socket: what JavaScript sees of a client.

#![cfg(target_arch = "wasm32")]
#![allow(clippy::arithmetic_side_effects, clippy::indexing_slicing, reason = "a test may fail")]
#![allow(clippy::expect_used, missing_docs, unreachable_pub, reason = "tests are no API")]

mod arguments;
mod callbacks;
mod client;
mod connection;
mod emitter;
mod events;
mod fake_socket;
mod listen;
mod presence;
mod record_anonymous;
mod record_arguments;
mod record_callbacks;
mod record_copies;
mod record_dequeues;
mod record_events;
mod record_handler;
mod record_kept;
mod record_listen;
mod record_lists;
mod record_merges;
mod record_pages;
mod record_ready;
mod record_server;
mod rpc;

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);

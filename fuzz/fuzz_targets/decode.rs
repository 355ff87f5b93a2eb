//! Any bytes, as a frame of either transport. The properties run the same body without a fuzzer.
//!
//! `cargo fuzz run decode fuzz/corpus/decode fuzz/seeds/decode`, with a nightly toolchain, or with
//! `RUSTC_BOOTSTRAP=1`.

#![no_main]

#[path = "../../tests/protocol/robustness.rs"]
mod robustness;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| robustness::check(bytes));

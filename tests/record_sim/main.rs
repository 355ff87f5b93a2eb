//! A seeded simulation: several clients that write the same records through one server, over links
//! that are slow and cut, while the server forbids, forgets and restarts, and merge what collides.
//! In the end all of them have what the server has, and nobody's write was lost in silence.
//!
//! `SIM_SEED=7` replays one seed and prints what happened; `SIM_SEEDS=100000` runs more of them.

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
mod oracle;
mod page;
mod server;
mod world;

use std::collections::BTreeMap;
use std::env;
use std::panic::{AssertUnwindSafe, catch_unwind};

use world::World;

const SEEDS: u64 = 2_000;

/// Seeds that find a bug, with the bug.
const REGRESSIONS: &[(u64, &str)] = &[];

/// What must have happened in some run, or the simulation has gone blind.
const KINDS: [&str; 12] = [
    "version exists",
    "invalid version",
    "denied",
    "deleted",
    "read",
    "patch multi unknown",
    "merge Changed",
    "merge Unseen",
    "merge Deleted",
    "cut",
    "restart",
    "data lost",
];

fn number(name: &str) -> Option<u64> {
    env::var(name).ok().map(|text| text.parse().unwrap_or_else(|_| panic!("{name}: a number")))
}

/// Runs a seed. A failure is told with everything that happened before it.
fn run(seed: u64, counts: &mut BTreeMap<&'static str, u64>) -> Result<(), String> {
    let attempt = |traces: bool| {
        let mut world = World::new(seed, traces);
        let outcome = catch_unwind(AssertUnwindSafe(|| world.run()));
        let outcome = outcome.unwrap_or_else(|_| Err("it panicked".to_owned()));
        (outcome, world)
    };
    let (outcome, world) = attempt(false);
    for (what, count) in world.counts() {
        *counts.entry(what).or_default() += count;
    }
    outcome.map_err(|problem| {
        let trace = attempt(true).1.trace.join("\n");
        format!("{trace}\n\nseed {seed}: {problem}\nreplay it with SIM_SEED={seed}")
    })
}

#[test]
fn some_seed_leaves_clients_apart_or_loses_a_write() {
    let mut counts = BTreeMap::new();
    if let Some(seed) = number("SIM_SEED") {
        let mut world = World::new(seed, true);
        let outcome = catch_unwind(AssertUnwindSafe(|| world.run()));
        println!("{}", world.trace.join("\n"));
        outcome.unwrap().unwrap();
        return;
    }
    let first = number("SIM_FIRST").unwrap_or(0);
    let mut problems = Vec::new();
    for seed in first..first + number("SIM_SEEDS").unwrap_or(SEEDS) {
        if let Err(problem) = run(seed, &mut counts) {
            if env::var("SIM_ALL").is_err() {
                panic!("{problem}");
            }
            problems.push(problem.lines().rev().nth(1).unwrap_or_default().to_owned());
        }
    }
    println!("{counts:#?}");
    assert!(problems.is_empty(), "{} problems:\n{}", problems.len(), problems.join("\n"));
    for kind in KINDS {
        assert!(counts.get(kind).is_some_and(|count| *count > 0), "no run had: {kind}");
    }
}

#[test]
fn a_mended_bug_is_back() {
    for (seed, bug) in REGRESSIONS {
        if let Err(problem) = run(*seed, &mut BTreeMap::new()) {
            panic!("{problem}\n{bug}");
        }
    }
}

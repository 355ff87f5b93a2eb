//! A seeded simulation: several clients that write the same records through one server, over links
//! that are slow and cut, while the server forbids, forgets and restarts, and merge what collides.
//! In the end all of them have what the server has, and nobody's write was lost in silence.

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

use common::seeds;
use world::World;

const SEEDS: u64 = 500;

/// Seeds that find a bug, with the bug: each failed in the version before it was mended. They mean
/// something else once the worlds are drawn otherwise.
const REGRESSIONS: &[(u64, &str)] = &[
    (5, MERGED_OVER),
    (18, MERGED_OVER),
    (34, MERGED_OVER),
    (126, REFUSED_ALONG),
    (144, REFUSED_ALONG),
    (259, LATER_ACKNOWLEDGED),
    (285, LATER_ACKNOWLEDGED),
    (289, LATER_ACKNOWLEDGED),
    (408, "a message that crosses with the end of a subscription is an error"),
    (369, "what is sent on a state that is known to be old makes the next message seem to be next"),
    (439, "an unawaited change of a list that a second merge drops is not reported"),
    (660, DELETED_OVER),
    (1_670, "a refusal that names no write takes down one that it would have named"),
    (1_895, DELETED_OVER),
    (2_872, "a record that vanished is made anew for ever with what the server denies"),
    (3_941, "a refusal begins a merge of a record that is not read yet"),
    (6_083, SENT_AS_A_WHOLE),
    (6_985, "a record is let go of before the server has subscribed to it"),
    (9_797, "an array that was made longer and shorter unseen differs from the server's"),
    (9_788, "a write of others between two at the same place is overwritten without a merge"),
    (10_890, "what others write takes the place of what waits for its turn"),
    (15_558, SENT_AS_A_WHOLE),
    (17_040, "a write that seemed to be taken goes down with a refused one before it"),
    (20_782, "a write of others in the place of a lost one is overwritten without a merge"),
    (24_691, "several paths that the server does not know are merged away after a write of others"),
];

const DELETED_OVER: &str = "a refused write goes down with the record that is deleted after it";
const MERGED_OVER: &str = "what is written while the application merges is lost";
const REFUSED_ALONG: &str = "an unawaited write that goes down with a refused one is not reported";
const SENT_AS_A_WHOLE: &str =
    "one of several paths that a merge drops is not told of where all was sent as a whole";
const LATER_ACKNOWLEDGED: &str =
    "an acknowledgement is taken for one of what was refused before it";

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

fn run(seed: u64, counts: &mut BTreeMap<&'static str, u64>) -> Result<(), String> {
    let make = |traces| World::new(seed, traces);
    seeds::run(&format!("SIM_SEED={seed}"), make, |world| {
        for (what, count) in world.counts() {
            *counts.entry(what).or_default() += count;
        }
    })
}

#[test]
fn some_seed_leaves_clients_apart_or_loses_a_write() {
    let mut counts = BTreeMap::new();
    if seeds::each(SEEDS, |seed| run(seed, &mut counts)) {
        println!("{counts:#?}");
        for kind in KINDS {
            assert!(counts.get(kind).is_some_and(|count| *count > 0), "no run had: {kind}");
        }
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

//! Runs of a simulation, which a seed repeats.
//!
//! `SIM_SEED=7` replays one seed and prints what happened; `SIM_SEEDS=100000` runs more of them, from
//! `SIM_FIRST=500` on. `SIM_ALL=1` goes on where one fails, and lists those that do.

use std::env;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// What a seed gives.
pub(crate) trait World {
    /// Fails with what is wrong.
    fn run(&mut self) -> Result<(), String>;

    /// What happened, a line each.
    fn trace(&self) -> &[String];
}

/// A number that the environment gives.
pub(crate) fn number(name: &str) -> Option<u64> {
    env::var(name).ok().map(|text| text.parse().unwrap_or_else(|_| panic!("{name}: a number")))
}

/// Runs a world, which is looked at then. A failure is told with everything that happened before it.
pub(crate) fn run<W: World>(
    replay: &str,
    make: impl Fn(bool) -> W,
    look: impl FnOnce(&W),
) -> Result<(), String> {
    let attempt = |traces: bool| {
        let mut world = make(traces);
        let outcome = catch_unwind(AssertUnwindSafe(|| world.run()));
        (outcome.unwrap_or_else(|_| Err("it panicked".to_owned())), world)
    };
    let is_replayed = number("SIM_SEED").is_some();
    let (outcome, world) = attempt(is_replayed);
    look(&world);
    if is_replayed {
        println!("{}", world.trace().join("\n"));
    }
    outcome.map_err(|problem| {
        if !is_replayed {
            println!("{}\n", attempt(true).1.trace().join("\n"));
        }
        format!("{problem}\nreplay it with {replay}")
    })
}

/// Runs the seed that is asked for, or so many. Returns whether it was more than that one.
pub(crate) fn each(count: u64, mut run: impl FnMut(u64) -> Result<(), String>) -> bool {
    let replayed = number("SIM_SEED");
    let first = replayed.or_else(|| number("SIM_FIRST")).unwrap_or(0);
    let count = if replayed.is_some() { 1 } else { number("SIM_SEEDS").unwrap_or(count) };
    let goes_on = env::var("SIM_ALL").is_ok();
    let mut problems = Vec::new();
    for seed in first..first + count {
        if let Err(problem) = run(seed) {
            problems.push(format!("seed {seed}: {problem}"));
            if !goes_on {
                break;
            }
        }
    }
    assert!(problems.is_empty(), "{} failed:\n{}", problems.len(), problems.join("\n"));
    replayed.is_none()
}

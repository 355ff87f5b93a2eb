//! What is going to happen to a client of which kind. Drawn from the seed before anything happens,
//! so it is the same whatever the client does.

use deepstream_wasm::core::io::{Closure, PageEvent};
use deepstream_wasm::core::options::{AttemptLimit, HeartbeatTimeoutAction, Options};
use deepstream_wasm::core::protocol::Frame;
use deepstream_wasm::core::time::Millis;

use super::application::Deed;
use super::{MILLI, SECOND};
use crate::common::{Random, event, frame};
use crate::server::{BAD, GOOD, Impulse, Mood, UNREADABLE};

/// What is going to happen.
#[derive(Debug)]
pub(super) enum Happening {
    Server(Mood),
    /// The link carries nothing for so long.
    Blackout(u64),
    Repaired,
    Latency(u64),
    /// Every socket dies.
    Cut,
    /// The page runs no code for so long.
    Suspend(u64),
    Wake,
    Hint(PageEvent),
    Call(Call),
    /// Several calls in one go.
    Calls(Vec<Call>),
    /// The server does something by itself.
    Impulse(Impulse),
    Says(usize, Frame),
    Opens(usize),
    ToClient(usize, Frame),
    ToServer(usize, Frame),
    /// The page hears that the socket is closed.
    Closes(usize, Closure),
    /// The server closes the socket.
    Drops(usize),
    Tick(usize),
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Call {
    Login(&'static str),
    Pause,
    Resume,
    Close,
    Deed(Deed),
}

/// The client, how punctual its timers are, and what befalls it.
#[derive(Debug)]
pub(super) struct Trouble {
    pub(super) options: Options,
    /// Timers run so late, at most.
    pub(super) lateness: u64,
    pub(super) end: u64,
    pub(super) happenings: Vec<(u64, Happening)>,
}

impl Trouble {
    pub(super) fn new(seed: u64) -> Self {
        let mut random = Random::new(seed);
        let options = some_options(&mut random);
        let lateness = if random.chance(70) { 0 } else { random.between(1, 900) * MILLI };
        let end = random.between(1, 12) * 60 * SECOND;
        let mut happenings = some_happenings(&mut random, end);
        // Drawn apart, so that the connection's trouble stays what it is when this changes.
        let mut random = Random::new(seed ^ 0x7461_6c6b);
        let options = Options {
            subscription_interval: Millis::new(random.pick(&[0, 100, 100, 1_000])),
            subscription_timeout: Millis::new(random.pick(&[1_000, 2_000, 10_000])),
            offline_buffer_timeout: Millis::new(random.pick(&[0, 2_000, 2_000, 20_000])),
            ..options
        };
        happenings.extend(some_talk(&mut random, end));
        Self { options, lateness, end, happenings }
    }
}

fn some_options(random: &mut Random) -> Options {
    Options {
        heartbeat_interval: Millis::new(random.pick(&[3_000, 10_000, 30_000])),
        reconnect_interval_increment: Millis::new(random.pick(&[500, 2_000, 4_000, 10_000])),
        max_reconnect_interval: Millis::new(random.pick(&[1_000, 5_000, 30_000, 60_000])),
        max_reconnect_attempts: match random.between(0, 9) {
            limit @ 0..=6 => AttemptLimit::At(limit as u32 * 3),
            _ => AttemptLimit::Never,
        },
        heartbeat_timeout_action: random
            .pick(&[HeartbeatTimeoutAction::Error, HeartbeatTimeoutAction::Reconnect]),
        max_queued_messages: random.pick(&[0, 1, 5, 1_000]),
        lazy_connect: random.chance(10),
        ..Options::default()
    }
}

fn some_happenings(random: &mut Random, end: u64) -> Vec<(u64, Happening)> {
    // Some worlds are calm, some are not.
    let mean = random.pick(&[3, 10, 40]) * SECOND;
    let mut happenings = Vec::new();
    let mut at = 0;
    loop {
        at += random.between(1, 2 * mean);
        if at >= end {
            return happenings;
        }
        let happening = some_happening(random);
        if matches!(happening, Happening::Call(Call::Login(BAD))) && random.chance(40) {
            // Somebody tries passwords.
            happenings.push((at + 2 * SECOND, Happening::Call(Call::Login(BAD))));
            happenings.push((at + 4 * SECOND, Happening::Call(Call::Login(BAD))));
        }
        happenings.push((at, happening));
    }
}

fn some_happening(random: &mut Random) -> Happening {
    match random.between(0, 99) {
        0..=3 => Happening::Server(Mood::Down),
        4..=5 => Happening::Server(Mood::Silent),
        6..=8 => Happening::Server(Mood::Dropping(random.between(0, 4) as u32)),
        9..=10 => Happening::Server(Mood::Redirecting),
        11 => Happening::Server(random.pick(&[Mood::Rejecting, Mood::Fine])),
        12..=25 => Happening::Server(Mood::Fine),
        26..=29 => Happening::Blackout(random.between(1, 200) * SECOND),
        30..=33 => Happening::Latency(random.pick(&[1, 20, 300, 2_500, 8_000]) * MILLI),
        34..=38 => Happening::Cut,
        39..=43 => Happening::Suspend(random.pick(&[1, 5, 60, 3_600]) * SECOND),
        44..=46 => Happening::Hint(random.pick(&[
            PageEvent::Resumed,
            PageEvent::Online,
            PageEvent::Offline,
        ])),
        47..=58 => Happening::Call(Call::Login(random.pick(&GOOD))),
        59..=61 => Happening::Call(Call::Login(random.pick(&[BAD, BAD, BAD, UNREADABLE]))),
        62..=63 => Happening::Call(Call::Pause),
        64..=68 => Happening::Call(Call::Resume),
        69 => Happening::Call(Call::Close),
        70..=72 => {
            // What the server never said, or nobody could have.
            let length = random.between(0, 9);
            let noise = (0..length).map(|_| random.next() as u8).collect();
            let noise = random.chance(50).then_some(Frame::Binary(noise));
            Happening::ToClient(usize::MAX, noise.unwrap_or_else(|| frame(&event("x", "1"))))
        }
        _ => Happening::Call(Call::Deed(Deed::Emit(random.pick(&[1, 1, 10, 40_000])))),
    }
}

/// What is said over the connection, on both sides.
fn some_talk(random: &mut Random, end: u64) -> Vec<(u64, Happening)> {
    let mean = random.pick(&[1, 4, 15]) * SECOND;
    let mut happenings = Vec::new();
    let mut at = 0;
    loop {
        at += random.between(1, 2 * mean);
        if at >= end {
            return happenings;
        }
        match random.between(0, 99) {
            0..=49 => {
                let calls = random.pick(&[1, 1, 1, 2, 5]);
                happenings.push((at, Happening::Calls(some_calls(random, calls))));
            }
            50..=59 => {
                // A name comes and goes.
                let toggle = Call::Deed(Deed::Toggle(random.between(0, 3) as usize, 0));
                for _ in 0..random.between(2, 4) {
                    happenings.push((at, Happening::Call(toggle)));
                    at += random.between(0, 150) * MILLI;
                }
            }
            _ => happenings.push((at, Happening::Impulse(some_impulse(random)))),
        }
    }
}

fn some_calls(random: &mut Random, count: u64) -> Vec<Call> {
    let mut calls = Vec::new();
    for _ in 0..count {
        calls.push(Call::Deed(Deed::some(random)));
        if count > 1 && random.chance(3) {
            calls.push(Call::Pause);
            if random.chance(70) {
                calls.push(Call::Resume);
            }
        }
    }
    calls
}

pub(super) fn some_impulse(random: &mut Random) -> Impulse {
    match random.between(0, 19) {
        0..=5 => Impulse::Event,
        6..=11 => Impulse::Request,
        12..=14 => Impulse::Pattern,
        15..=17 => Impulse::Presence,
        _ => Impulse::Unasked,
    }
}

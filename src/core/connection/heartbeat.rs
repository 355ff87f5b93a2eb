//! Whether the server still answers. Counts pings that went unanswered; sends nothing itself.
//!
//! A miss is a ping without an answer before the next was due, and any message is an answer. The
//! wall clock says nothing: a page that was asleep missed nothing.

use crate::core::time::{Instant, Millis};

/// The heartbeat of one client, in use while its connection is `OPEN`: no ping is answered before.
#[derive(Debug)]
pub(crate) struct Heartbeat {
    interval: Millis,
    /// Whether nothing at all has come since the last ping.
    unanswered: bool,
    misses: u32,
    answers: u32,
    latency_micros: Option<u64>,
}

/// What is to be done when a ping is due.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Due {
    /// Send a ping.
    Ping,
    /// The page was suspended: send a ping and expect its answer shortly.
    Probe,
    /// Two pings in a row went unanswered.
    Dead,
}

impl Heartbeat {
    pub(crate) fn new(interval: Millis) -> Self {
        Self { interval, unanswered: false, misses: 0, answers: 0, latency_micros: None }
    }

    /// The connection opened. Returns when the first ping is due.
    pub(crate) fn on_open(&mut self, now: Instant) -> Instant {
        self.unanswered = false;
        self.misses = 0;
        now.after(self.interval)
    }

    /// A ping, due at `deadline`, can be looked after only now.
    pub(crate) fn on_due(&mut self, deadline: Instant, now: Instant) -> Due {
        if is_suspension(deadline, now) {
            return Due::Probe;
        }
        if self.unanswered {
            self.misses = self.misses.saturating_add(1);
            if self.misses >= MISSES_TO_DEATH {
                return Due::Dead;
            }
        }
        Due::Ping
    }

    /// A ping is sent, as the one due at `deadline`. Returns when the next one is.
    pub(crate) fn on_ping(&mut self, deadline: Instant, now: Instant) -> Instant {
        self.unanswered = true;
        let next = deadline.after(self.interval);
        if next > now { next } else { now.after(self.interval) }
    }

    /// A ping is sent to see whether a link in doubt is alive. Returns when its answer and when the
    /// next ping are due.
    pub(crate) fn on_probe(&mut self, now: Instant) -> (Instant, Instant) {
        self.misses = 0;
        let next = self.on_ping(now, now);
        (self.probe_deadline(now), next)
    }

    /// When the answer to a probe is due, if the link shows signs of life at `now`.
    pub(crate) fn probe_deadline(&self, now: Instant) -> Instant {
        now.after(PROBE_LIMIT.min(self.interval))
    }

    /// The server sent something.
    pub(crate) fn on_message(&mut self) {
        self.unanswered = false;
        self.misses = 0;
    }

    /// The server answered a ping that was sent at `pinged`.
    pub(crate) fn on_pong(&mut self, pinged: Instant, now: Instant) {
        self.latency_micros = Some(now.micros_since(pinged));
        self.answers = self.answers.saturating_add(1);
    }

    /// Pings in a row, up to now, that went unanswered.
    pub(crate) fn misses(&self) -> u32 {
        self.misses
    }

    /// Pings that were answered.
    pub(crate) fn answers(&self) -> u32 {
        self.answers
    }

    /// Microseconds that the last answered ping took.
    pub(crate) fn latency_micros(&self) -> Option<u64> {
        self.latency_micros
    }
}

/// Whether a timer that was due at `deadline` runs only now because the page did not run.
pub(crate) fn is_suspension(deadline: Instant, now: Instant) -> bool {
    now.since(deadline) > SUSPENSION
}

const MISSES_TO_DEATH: u32 = 2;

/// A timer that is later than this was held up by a sleeping machine or a frozen page. Hidden pages
/// that are merely throttled run their timers within one second.
const SUSPENSION: Millis = Millis::new(2_000);

/// How long a probe may take, unless the heartbeat is even faster.
pub(super) const PROBE_LIMIT: Millis = Millis::new(5_000);

#[cfg(test)]
mod tests {
    use super::*;

    const INTERVAL: Millis = Millis::new(30_000);

    fn at(seconds: u64) -> Instant {
        Instant::from_millis(seconds * 1_000)
    }

    #[test]
    fn a_single_miss_is_forgiven_by_any_message() {
        let mut heartbeat = Heartbeat::new(INTERVAL);
        assert_eq!(heartbeat.on_open(at(0)), at(30));
        for round in 1..10 {
            let due = at(60 * round - 30);
            assert_eq!(heartbeat.on_due(due, due), Due::Ping);
            heartbeat.on_ping(due, due);
            let due = at(60 * round);
            assert_eq!(heartbeat.on_due(due, due), Due::Ping);
            assert_eq!(heartbeat.misses(), 1);
            heartbeat.on_ping(due, due);
            heartbeat.on_message();
        }
    }

    #[test]
    fn pings_keep_their_schedule_when_timers_are_a_little_late() {
        let mut heartbeat = Heartbeat::new(INTERVAL);
        let due = heartbeat.on_open(at(0));
        let late = due.after(Millis::new(900));
        assert_eq!(heartbeat.on_due(due, late), Due::Ping);
        assert_eq!(heartbeat.on_ping(due, late), at(60));
    }

    #[test]
    fn latency_is_measured_by_the_pong_alone() {
        let mut heartbeat = Heartbeat::new(INTERVAL);
        heartbeat.on_ping(at(30), at(30));
        heartbeat.on_message();
        assert_eq!((heartbeat.latency_micros(), heartbeat.answers()), (None, 0));
        heartbeat.on_pong(at(30), at(31));
        assert_eq!((heartbeat.latency_micros(), heartbeat.answers()), (Some(1_000_000), 1));
    }
}

//! How long to wait before the next attempt to reconnect, and when to stop trying.
//!
//! The documented schedule: at once, then `reconnectIntervalIncrement` more after each attempt
//! that failed, never above `maxReconnectInterval`, `maxReconnectAttempts` times.

use crate::core::options::{AttemptLimit, Options};
use crate::core::time::{Instant, Millis};

/// Counts the attempts since the connection last worked.
#[derive(Debug)]
pub(crate) struct Backoff {
    increment: Millis,
    cap: Millis,
    limit: AttemptLimit,
    /// Attempts made since the count was last reset.
    made: u32,
    /// What the last attempt had waited for.
    waited: Millis,
    /// Connections in a row that broke almost as soon as they were open.
    short_lives: u32,
    /// Attempts in a row that were cut off because their socket did not open in time.
    cut_off: u32,
}

impl Backoff {
    pub(crate) fn new(options: &Options) -> Self {
        Self {
            increment: options.reconnect_interval_increment,
            cap: options.max_reconnect_interval,
            limit: options.max_reconnect_attempts,
            made: 0,
            waited: Millis::ZERO,
            short_lives: 0,
            cut_off: 0,
        }
    }

    /// Attempts made since the count was last reset.
    pub(crate) fn made(&self) -> u32 {
        self.made
    }

    /// What to wait before the next attempt, or nothing when there is to be no further one.
    pub(crate) fn next_delay(&self) -> Option<Millis> {
        match self.limit {
            AttemptLimit::At(limit) if self.made >= limit => None,
            AttemptLimit::At(_) | AttemptLimit::Never => Some(self.delay()),
        }
    }

    fn delay(&self) -> Millis {
        let excess = self.short_lives.saturating_sub(SHORT_LIVES_FORGIVEN);
        let steps = self.made.saturating_add(excess);
        self.increment.times(steps).min(self.cap)
    }

    /// What attempts wait for that have little hope: the longest wait, within reason.
    pub(crate) fn longest_delay(&self) -> Millis {
        self.cap.clamp(LEAST_HOPE, MOST_HOPE)
    }

    /// An attempt begins, after the wait that `next_delay` gave, or because it was asked for.
    pub(crate) fn on_attempt(&mut self) {
        self.waited = self.delay();
        self.made = self.made.saturating_add(1);
    }

    /// The attempt got as far as an open socket.
    pub(crate) fn on_socket_opened(&mut self) {
        self.cut_off = 0;
    }

    /// The socket of an attempt had not opened in time.
    pub(crate) fn on_cut_off(&mut self) {
        self.cut_off = self.cut_off.saturating_add(1);
    }

    /// How long a socket may take to open: `limit`, doubled for each attempt in a row that was cut
    /// off, because on a slow link an ever same limit would cut off every one.
    pub(crate) fn connect_limit(&self, limit: Millis) -> Millis {
        let doubled = limit.times(1_u32.checked_shl(self.cut_off).unwrap_or(u32::MAX));
        doubled.min(limit.max(LONGEST_CONNECT))
    }

    /// The client is connected and logged in.
    pub(crate) fn on_open(&mut self) {
        self.made = 0;
        self.waited = Millis::ZERO;
    }

    /// A connection that was open is lost.
    pub(crate) fn on_open_lost(&mut self, opened: Instant, now: Instant) {
        self.short_lives =
            if now.since(opened) < STABLE { self.short_lives.saturating_add(1) } else { 0 };
    }

    /// A connection ends to wait for its user to log in, by the login or by a loss. Having waited
    /// for longer than its back-off, or the first step of it, it was a success: a server that only
    /// accepts and drops does not get that far.
    pub(crate) fn on_waited(&mut self, accepted: Instant, now: Instant, is_lost: bool) {
        let first_step = self.increment.min(STABLE);
        let stay = now.since(accepted);
        if stay <= self.waited.max(first_step) {
            return;
        }
        let short_lives = self.short_lives;
        self.reset();
        if stay < STABLE {
            self.short_lives = short_lives.saturating_add(u32::from(is_lost));
        }
    }

    /// Something outside says that now is a good time: the next attempt is a first one again.
    pub(crate) fn reset(&mut self) {
        self.made = 0;
        self.waited = Millis::ZERO;
        self.short_lives = 0;
        self.cut_off = 0;
    }
}

/// A connection that lasted for less is not taken as proof that the server works.
const STABLE: Millis = Millis::new(1_000);

/// Connections in a row that may break that soon, by chance or because a server is being restarted,
/// before the server is backed off from.
const SHORT_LIVES_FORGIVEN: u32 = 3;

/// Bounds of the wait for attempts that have little hope.
const LEAST_HOPE: Millis = Millis::new(1_000);
const MOST_HOPE: Millis = Millis::new(180_000);

/// The connect limit does not grow beyond this.
const LONGEST_CONNECT: Millis = Millis::new(60_000);

#[cfg(test)]
mod tests {
    use super::*;

    fn backoff(increment: u64, cap: Millis, limit: AttemptLimit) -> Backoff {
        Backoff::new(&Options {
            reconnect_interval_increment: Millis::new(increment),
            max_reconnect_interval: cap,
            max_reconnect_attempts: limit,
            ..Options::default()
        })
    }

    fn delays(backoff: &mut Backoff, count: usize) -> Vec<u64> {
        let mut delays = Vec::new();
        while let Some(delay) = backoff.next_delay().filter(|_| delays.len() < count) {
            delays.push(delay.get());
            backoff.on_attempt();
        }
        delays
    }

    #[test]
    fn an_increment_of_2000_gives_0_2_4_seconds() {
        let mut backoff = backoff(2_000, Millis::new(180_000), AttemptLimit::At(5));
        assert_eq!(delays(&mut backoff, 9), [0, 2_000, 4_000, 6_000, 8_000]);
    }

    #[test]
    fn the_documented_example_gives_0_10_20_30_30_seconds_for_ever() {
        let mut backoff = backoff(10_000, Millis::new(30_000), AttemptLimit::Never);
        assert_eq!(delays(&mut backoff, 6), [0, 10_000, 20_000, 30_000, 30_000, 30_000]);
        assert_eq!(delays(&mut backoff, 10_000), vec![30_000; 10_000]);
    }

    #[test]
    fn no_attempts_are_made_when_none_are_allowed() {
        assert_eq!(backoff(1, Millis::new(9), AttemptLimit::At(0)).next_delay(), None);
    }

    #[test]
    fn an_endless_cap_does_not_overflow() {
        let mut backoff = backoff(u64::MAX / 2, Millis::FOREVER, AttemptLimit::Never);
        assert_eq!(delays(&mut backoff, 4), [0, u64::MAX / 2, u64::MAX - 1, u64::MAX]);
    }

    #[test]
    fn connections_that_break_at_once_are_backed_off_from_the_fourth_on() {
        let mut backoff = backoff(2_000, Millis::new(5_000), AttemptLimit::At(9));
        let mut seen = Vec::new();
        for life in 0..7 {
            let opened = Instant::from_millis(life * 10_000);
            backoff.on_open();
            backoff.on_open_lost(opened, opened.after(Millis::new(999)));
            seen.push(backoff.next_delay().map(Millis::get));
            backoff.on_attempt();
        }
        assert_eq!(
            seen.iter().flatten().copied().collect::<Vec<_>>(),
            [0, 0, 0, 2_000, 4_000, 5_000, 5_000]
        );

        backoff.on_open();
        backoff.on_open_lost(Instant::from_millis(0), Instant::from_millis(1_000));
        assert_eq!(backoff.next_delay(), Some(Millis::ZERO), "a stable second forgives");
    }

    #[test]
    fn waiting_for_a_login_resets_only_when_it_outlasts_the_wait_before_it() {
        let mut backoff = backoff(2_000, Millis::new(60_000), AttemptLimit::At(9));
        backoff.on_attempt();
        backoff.on_attempt();
        backoff.on_waited(Instant::from_millis(0), Instant::from_millis(2_000), true);
        assert_eq!(backoff.made(), 2);
        backoff.on_waited(Instant::from_millis(0), Instant::from_millis(2_001), true);
        assert_eq!(backoff.made(), 0);
    }

    #[test]
    fn waiting_for_a_login_after_an_attempt_at_once_resets_when_it_outlasts_a_step() {
        for (increment, enough) in [(20, 21), (2_000, 1_001)] {
            let mut backoff = backoff(increment, Millis::new(60_000), AttemptLimit::At(9));
            backoff.on_attempt();
            backoff.on_waited(Instant::from_millis(0), Instant::from_millis(enough - 1), true);
            assert_eq!(backoff.made(), 1);
            backoff.on_waited(Instant::from_millis(0), Instant::from_millis(enough), true);
            assert_eq!(backoff.made(), 0);
        }
    }

    #[test]
    fn the_connect_limit_grows_while_attempts_are_cut_off() {
        let mut backoff = backoff(0, Millis::ZERO, AttemptLimit::Never);
        let limit = Millis::new(10_000);
        let mut limits = Vec::new();
        for _ in 0..40 {
            limits.push(backoff.connect_limit(limit).get());
            backoff.on_cut_off();
        }
        assert_eq!(limits[..4], [10_000, 20_000, 40_000, 60_000]);
        assert_eq!(limits[39], 60_000);
        backoff.on_socket_opened();
        assert_eq!(backoff.connect_limit(limit), limit);
        assert_eq!(backoff.connect_limit(Millis::new(90_000)).get(), 90_000);
    }
}

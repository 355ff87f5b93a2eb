//! The one table of deadlines. Arming a timer is writing its deadline down; the caller is told the
//! earliest of them, and comes back then.

use super::time::Instant;

/// What there is to wait for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Timer {
    /// What a state begins with is due: at once, but not before the application was told of the
    /// state, because it may have other plans.
    FollowUp,
    /// The next attempt to connect is due.
    Dial,
    /// The socket should have opened, or the server should have answered, by now.
    Answer,
    /// The next ping is due, and with it the answer to the one before.
    Heartbeat,
    /// The answer to a probe of a link in doubt is due.
    Probe,
    /// The socket should have reported its end by now.
    Close,
    /// Calls that came too late are to be refused: not at once, or a page that tries again as soon
    /// as it is refused would do nothing else any more.
    Refuse,
    /// The server is to confirm what it was sent.
    Receipt,
    /// Time to look whether a socket that was too full has drained.
    Drain,
    /// Requests have waited long enough for a lost connection to come back.
    Limbo,
    /// Subscriptions that were collected are to be sent.
    Subscribe,
    /// Something that has to do with records is due.
    Records,
    /// The server should have acknowledged a subscription, or answered a query, by now.
    Acknowledgement,
}

impl Timer {
    const ALL: [Self; 13] = [
        Self::FollowUp,
        Self::Dial,
        Self::Answer,
        Self::Heartbeat,
        Self::Probe,
        Self::Close,
        Self::Refuse,
        Self::Receipt,
        Self::Drain,
        Self::Limbo,
        Self::Subscribe,
        Self::Records,
        Self::Acknowledgement,
    ];
}

/// A deadline for each timer that is armed.
#[derive(Debug, Default)]
pub(crate) struct Timers {
    deadlines: [Option<Instant>; Timer::ALL.len()],
    /// The earliest of them: it is asked for more often than they change.
    next: Option<Instant>,
}

impl Timers {
    /// Arms `timer`, in place of any deadline that it had.
    pub(crate) fn set(&mut self, timer: Timer, deadline: Instant) {
        self.put(timer, Some(deadline));
    }

    /// Disarms `timer`.
    pub(crate) fn stop(&mut self, timer: Timer) {
        self.take(timer);
    }

    /// Disarms `timer`, and returns the deadline that it had.
    pub(crate) fn take(&mut self, timer: Timer) -> Option<Instant> {
        self.put(timer, None)
    }

    /// Returns the deadline that the timer had.
    fn put(&mut self, timer: Timer, deadline: Option<Instant>) -> Option<Instant> {
        let slot = self.deadlines.get_mut(timer as usize)?;
        let before = std::mem::replace(slot, deadline);
        if before != deadline {
            self.next = self.deadlines.iter().flatten().min().copied();
        }
        before
    }

    /// Disarms every timer that has to do with a connection.
    pub(crate) fn stop_connection(&mut self) {
        let outliving = [Timer::Refuse, Timer::Limbo, Timer::Records]
            .map(|timer| (timer, self.deadline(timer)));
        *self = Self::default();
        for (timer, deadline) in outliving {
            if let Some(deadline) = deadline {
                self.set(timer, deadline);
            }
        }
    }

    /// When `timer` is due, if it is armed.
    pub(crate) fn deadline(&self, timer: Timer) -> Option<Instant> {
        self.deadlines.get(timer as usize).copied().flatten()
    }

    /// The earliest deadline.
    pub(crate) fn next(&self) -> Option<Instant> {
        self.next
    }

    /// Disarms the earliest of the timers that are due, and returns it with its deadline.
    pub(crate) fn take_due(&mut self, now: Instant) -> Option<(Timer, Instant)> {
        let deadline = self.next().filter(|deadline| *deadline <= now)?;
        let timer = Timer::ALL.into_iter().find(|timer| self.deadline(*timer) == Some(deadline))?;
        self.stop(timer);
        Some((timer, deadline))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn due_timers_come_in_the_order_of_their_deadlines_and_once() {
        let mut timers = Timers::default();
        timers.set(Timer::Dial, Instant::from_millis(20));
        timers.set(Timer::Drain, Instant::from_millis(10));
        timers.set(Timer::Close, Instant::from_millis(30));

        assert_eq!(timers.next(), Some(Instant::from_millis(10)));
        let now = Instant::from_millis(25);
        assert_eq!(timers.take_due(now), Some((Timer::Drain, Instant::from_millis(10))));
        assert_eq!(timers.take_due(now), Some((Timer::Dial, Instant::from_millis(20))));
        assert_eq!(timers.take_due(now), None);
        assert_eq!(timers.next(), Some(Instant::from_millis(30)));
    }
}

//! How long requests wait for a connection: there is hope after a loss, for a while.

use super::state::State;
use crate::core::time::{Instant, Millis};

/// Whether requests may wait for the next connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Limbo {
    /// As long as it takes: nothing has failed yet.
    Unlimited,
    Until(Instant),
    Over,
}

impl Limbo {
    /// A state is left for another. Returns whether those who wait have waited in vain.
    pub(crate) fn on_transition(
        &mut self,
        from: State,
        to: State,
        patience: Millis,
        now: Instant,
    ) -> bool {
        if to == State::Reconnecting {
            // Failures in a row are one loss.
            if *self == Self::Unlimited || !from.is_attempt() {
                *self = Self::Until(now.after(patience));
            }
        } else if to == State::Open {
            *self = Self::Over;
        } else if to == State::Pausing || to.is_final() {
            *self = Self::Over;
            return true;
        }
        false
    }

    pub(crate) fn is_over(self, now: Instant) -> bool {
        match self {
            Self::Unlimited => false,
            Self::Until(end) => end <= now,
            Self::Over => true,
        }
    }
}

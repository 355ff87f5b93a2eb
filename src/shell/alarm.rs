//! The one browser timer of a client.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use gloo_timers::callback::Timeout;

use super::held::Anchor;
use super::pump::Shell;
use crate::core::time::Instant;

/// At most one armed timer.
#[derive(Default)]
pub(crate) struct Alarm {
    armed: RefCell<Option<Armed>>,
    /// Whether a timer's callback is running.
    ringing: Cell<bool>,
}

struct Armed {
    deadline: Instant,
    /// Whether it was armed from a timer's callback.
    nested: bool,
    _timeout: Timeout,
}

impl Alarm {
    /// Arms the timer for `deadline`, or disarms it.
    pub(crate) fn set(&self, deadline: Option<Instant>, shell: &Rc<Shell>) {
        let armed = self.armed.take();
        let Some(deadline) = deadline else { return };
        // Chrome holds timers of a hidden page that were armed from timers back for up to a minute;
        // one armed from a message is spared. So the first chance to arm it anew is taken.
        let is_held_back = |armed: &Armed| armed.nested && !self.ringing.get();
        if let Some(armed) = armed.filter(|it| it.deadline == deadline && !is_held_back(it)) {
            self.armed.replace(Some(armed));
            return;
        }
        let micros = deadline.micros_since(shell.clock.now());
        let millis = u32::try_from(micros.div_ceil(1_000)).unwrap_or(LONGEST).min(LONGEST);
        let anchor = Anchor::new(shell);
        let timeout = Timeout::new(millis, move || ring(&anchor));
        let nested = self.ringing.get();
        self.armed.replace(Some(Armed { deadline, nested, _timeout: timeout }));
    }

    /// Disarms the timer, whose time the machine slept through.
    pub(crate) fn forget(&self) {
        drop(self.armed.take());
    }

    pub(crate) fn is_set(&self) -> bool {
        self.armed.borrow().is_some()
    }
}

fn ring(anchor: &Anchor) {
    let shell = anchor.shell();
    let alarm = &shell.alarm;
    drop(alarm.armed.take());
    alarm.ringing.set(true);
    shell.clock.notice_sleep();
    shell.handle_timeout();
    alarm.ringing.set(false);
}

/// Browsers let a timer of more milliseconds fire at once.
const LONGEST: u32 = i32::MAX as u32;

//! When something is due that has to do with records: many may have the same time.

use std::collections::VecDeque;

use super::io::RecordId;
use crate::core::time::Instant;

/// Records by the time at which something is due, in order.
#[derive(Debug, Default)]
pub(super) struct Deadlines {
    /// Those of one time together, as a time takes as much room as a record.
    groups: VecDeque<(Instant, VecDeque<RecordId>)>,
}

impl Deadlines {
    pub(super) fn add(&mut self, deadline: Instant, id: RecordId) {
        let at = self.groups.partition_point(|(other, _)| *other < deadline);
        match self.groups.get_mut(at) {
            Some((other, ids)) if *other == deadline => ids.push_back(id),
            _ => self.groups.insert(at, (deadline, VecDeque::from([id]))),
        }
    }

    pub(super) fn first(&self) -> Option<Instant> {
        self.groups.front().map(|(deadline, _)| *deadline)
    }

    /// Takes out the first that is due by `now`.
    pub(super) fn take_due(&mut self, now: Instant) -> Option<RecordId> {
        let (_, ids) = self.groups.front_mut().filter(|(deadline, _)| *deadline <= now)?;
        let id = ids.pop_front();
        if ids.is_empty() {
            self.groups.pop_front();
        }
        id
    }

    pub(super) fn clear(&mut self) {
        self.groups.clear();
    }
}

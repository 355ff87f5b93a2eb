//! The calls that wait for an outcome: each has one, in time, and the right one.

use std::collections::{BTreeMap, BTreeSet};

use deepstream_wasm::core::connection::State;
use deepstream_wasm::core::io::{Outcome, Reason, SocketId, Ticket, error_name};

use super::messages::{Fate, Kind, Messages, Sent};
use super::{Verdict, ensure};

/// How long requests may wait for a connection.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Hope {
    /// Nothing has failed yet.
    Unlimited,
    Until(u64),
    /// None, since then.
    Gone(u64),
}

/// The present moment of a connection.
#[derive(Clone, Copy, Debug)]
pub(super) struct Moment {
    pub(super) state: State,
    /// When the state was entered.
    pub(super) entered: u64,
    pub(super) socket: Option<SocketId>,
    pub(super) now: u64,
    /// When time last stood still for the page.
    pub(super) disturbed: u64,
    pub(super) lateness: u64,
}

#[derive(Debug)]
pub(super) struct Calls {
    tickets: u32,
    settled: BTreeSet<Ticket>,
    /// Requests without an outcome, by their message.
    open: BTreeSet<u32>,
    by_ticket: BTreeMap<Ticket, u32>,
    /// Outcomes that must come out in this step.
    due: Vec<(Ticket, Outcome)>,
    hope: Hope,
    patience: u64,
    query_patience: u64,
}

impl Calls {
    pub(super) fn new(patience: u64, query_patience: u64) -> Self {
        Self {
            tickets: 0,
            settled: BTreeSet::new(),
            open: BTreeSet::new(),
            by_ticket: BTreeMap::new(),
            due: Vec::new(),
            hope: Hope::Unlimited,
            patience,
            query_patience,
        }
    }

    pub(super) fn next_ticket(&mut self) -> Ticket {
        self.tickets += 1;
        Ticket(self.tickets)
    }

    pub(super) fn on_request(&mut self, number: u32, ticket: Ticket) {
        self.open.insert(number);
        self.by_ticket.insert(ticket, number);
    }

    /// The message whose answer a call waits for.
    pub(super) fn number(&self, ticket: Ticket) -> Option<u32> {
        self.by_ticket.get(&ticket).copied()
    }

    pub(super) fn waiting(&self) -> usize {
        self.tickets as usize - self.settled.len()
    }

    pub(super) fn on_state(&mut self, from: State, to: State, now: u64) {
        let is_attempt = matches!(
            from,
            State::AwaitingConnection
                | State::Challenging
                | State::AwaitingAuthentication
                | State::Authenticating
                | State::Reconnecting
                | State::Redirecting
        );
        if to == State::Pausing || to.is_final() {
            self.hope = Hope::Gone(now);
        } else if to == State::Reconnecting && (!is_attempt || self.hope == Hope::Unlimited) {
            self.hope = Hope::Until(now + self.patience);
        } else if to == State::Open {
            self.hope = Hope::Gone(now);
        }
    }

    fn hope_ended(&self, now: u64) -> Option<u64> {
        match self.hope {
            Hope::Unlimited => None,
            Hope::Until(end) => Some(end).filter(|end| *end <= now),
            Hope::Gone(since) => Some(since),
        }
    }

    // The server's answers.

    /// An answer to an RPC comes in. Returns whether anybody waits for it.
    pub(super) fn on_rpc_answer(
        &mut self,
        id: &str,
        outcome: Option<Outcome>,
        messages: &Messages,
    ) -> bool {
        let Ok(number) = id.parse::<u32>() else { return false };
        let Some(Kind::Rpc(ticket)) = messages.get(number).map(|sent| sent.kind) else {
            return false;
        };
        if !self.open.contains(&number) {
            return false;
        }
        if let Some(outcome) = outcome {
            self.open.remove(&number);
            self.due.push((ticket, outcome));
        }
        true
    }

    /// An answer to the query that asked for the user `number`, or else to the first for everyone.
    pub(super) fn on_query_answer(
        &mut self,
        number: Option<u32>,
        outcome: Outcome,
        messages: &Messages,
    ) {
        let is_asked = |open: &u32| match messages.get(*open) {
            Some(Sent { fate: Fate::Queued, .. }) | None => false,
            Some(Sent { kind: Kind::Query(_), .. }) => number == Some(*open),
            Some(Sent { kind: Kind::QueryAll(_), .. }) => number.is_none(),
            Some(Sent { kind: Kind::Update | Kind::Rpc(_), .. }) => false,
        };
        let found = self.open.iter().copied().find(is_asked);
        let Some(number) = found else { return };
        let Some(Kind::Query(ticket) | Kind::QueryAll(ticket)) =
            messages.get(number).map(|sent| sent.kind)
        else {
            return;
        };
        self.open.remove(&number);
        self.due.push((ticket, outcome));
    }

    // What comes out.

    pub(super) fn on_settled(
        &mut self,
        ticket: Ticket,
        outcome: &Outcome,
        messages: &mut Messages,
        at: Moment,
    ) -> Verdict {
        ensure(ticket.0 <= self.tickets, || format!("{ticket:?} was never given"))?;
        ensure(self.settled.insert(ticket), || format!("{ticket:?} is settled twice"))?;
        let Some(number) = self.by_ticket.get(&ticket).copied() else { return Ok(()) };
        if let Some(place) = self.due.iter().position(|(due, _)| *due == ticket) {
            let (_, due) = self.due.remove(place);
            return ensure(due == *outcome, || format!("{ticket:?}: {outcome:?}, not {due:?}"));
        }
        self.open.remove(&number);
        let Some(sent) = messages.get(number).copied() else { return Ok(()) };
        let problem = || format!("{ticket:?} is settled with {outcome:?}: {sent:?} {at:?}");
        let Outcome::Refused(reason) = outcome else { return Err(problem()) };
        match reason {
            Reason::Ended(error_name::CLIENT_OFFLINE) => {
                let is_due = if sent.fate == Fate::Queued {
                    messages.on_withdrawn(number);
                    let is_late = self.is_late(&sent, at);
                    is_late || at.state != State::Open && self.hope_ended(at.now).is_some()
                } else {
                    let handed = at.socket.map(Fate::Handed);
                    at.state != State::Open || Some(sent.fate) != handed
                };
                ensure(is_due, problem)
            }
            Reason::Ended(error_name::OUTGOING_QUEUE_FULL) => {
                let was_full = messages.was_full(number);
                messages.on_withdrawn(number);
                ensure(was_full && sent.fate == Fate::Queued, problem)
            }
            Reason::Unexplained(error_name::ACK_TIMEOUT) => {
                if sent.fate == Fate::Queued {
                    messages.on_withdrawn(number);
                }
                let waited = at.now - sent.made.max(at.entered);
                let is_query = matches!(sent.kind, Kind::Query(_) | Kind::QueryAll(_));
                let is_due = at.state == State::Open && waited >= self.query_patience;
                ensure(is_query && is_due, problem)
            }
            Reason::Ended(_) | Reason::Unexplained(_) | Reason::Server(_) => Err(problem()),
        }
    }

    /// Whether a query came when there was no hope: it is refused a moment later, and waits for
    /// nothing until then.
    pub(super) fn is_late(&self, sent: &Sent, at: Moment) -> bool {
        let is_query = matches!(sent.kind, Kind::Query(_) | Kind::QueryAll(_));
        let waits = at.now.saturating_sub(sent.made.max(at.disturbed));
        is_query && !sent.was_open && sent.fate == Fate::Queued && waits <= 1_000 + at.lateness
    }

    // What must hold after each step.

    pub(super) fn check(&self, messages: &Messages, at: Moment, is_awake: bool) -> Verdict {
        ensure(self.due.is_empty(), || format!("still waits: {:?}", self.due))?;
        for number in &self.open {
            let Some(sent) = messages.get(*number) else { continue };
            let hangs = || format!("message {number} hangs: {sent:?} {:?}, {at:?}", self.hope);
            if sent.fate != Fate::Queued {
                let is_on = |socket| sent.fate == Fate::Handed(socket);
                let is_alive = at.socket.is_some_and(is_on) || sent.fate == Fate::Received;
                ensure(at.state == State::Open && is_alive, hangs)?;
                let is_query = matches!(sent.kind, Kind::Query(_) | Kind::QueryAll(_));
                let waited = at.now.saturating_sub(sent.made.max(at.entered).max(at.disturbed));
                let is_overdue = waited > self.query_patience + at.lateness;
                ensure(!is_query || !is_overdue || !is_awake, hangs)?;
                continue;
            }
            if at.state == State::Open || !is_awake {
                continue;
            }
            let Some(end) = self.hope_ended(at.now) else { continue };
            let is_query = !matches!(sent.kind, Kind::Rpc(_));
            let late = at.now.saturating_sub(end.max(at.disturbed));
            let is_in_time = match (is_query, self.hope) {
                (true, _) => late.min(at.now - sent.made) <= 1_000 + at.lateness,
                (false, Hope::Until(_)) => late <= at.lateness,
                (false, _) => false,
            };
            ensure(is_in_time, hangs)?;
        }
        Ok(())
    }

    pub(super) fn check_end(&self) -> Verdict {
        let settled = self.settled.len();
        ensure(settled == self.tickets as usize, || {
            format!("{settled} of {} calls are settled", self.tickets)
        })
    }
}

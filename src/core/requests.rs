//! Requests without an answer yet: RPCs that were made, and questions about presence. Sends nothing.
//!
//! Each is settled once, whatever happens.

use super::io::Ticket;
use super::ordered_map::OrderedMap;
use super::time::{Instant, Millis};

/// Requests that wait.
#[derive(Debug)]
pub(crate) struct Requests {
    /// How long a query may take.
    patience: Millis,
    /// RPCs, by correlation id.
    rpcs: OrderedMap<Rpc>,
    /// Queries in the order in which they were made.
    queries: Vec<Query>,
    /// Queries there have been that name users, which is what tells their answers apart.
    named: u32,
    /// Requests that came too late and wait to be told so.
    late: Vec<Ticket>,
}

#[derive(Debug)]
struct Rpc {
    ticket: Ticket,
    /// Whether the server asked this client itself to answer it.
    is_asked_here: bool,
}

#[derive(Debug)]
struct Query {
    /// None where it asks for every user: such answers come in the order of the questions.
    correlation_id: Option<String>,
    ticket: Ticket,
    /// When it is given up, once it was sent.
    deadline: Option<Instant>,
}

impl Requests {
    pub(crate) fn new(subscription_timeout: Millis) -> Self {
        Self {
            patience: subscription_timeout.times(QUERY_PATIENCE),
            rpcs: OrderedMap::default(),
            queries: Vec::new(),
            named: 0,
            late: Vec::new(),
        }
    }

    pub(crate) fn on_rpc(&mut self, correlation_id: String, ticket: Ticket) {
        self.rpcs.insert(correlation_id, Rpc { ticket, is_asked_here: false });
    }

    /// A correlation id for a query that names users.
    pub(crate) fn new_query_id(&mut self) -> String {
        let id = self.named.to_string();
        self.named = self.named.wrapping_add(1);
        id
    }

    pub(crate) fn on_query(&mut self, correlation_id: Option<String>, ticket: Ticket) {
        self.queries.push(Query { correlation_id, ticket, deadline: None });
    }

    /// A request that is refused a moment later.
    pub(crate) fn on_late(&mut self, ticket: Ticket) {
        self.late.push(ticket);
    }

    pub(crate) fn take_late(&mut self) -> Vec<Ticket> {
        std::mem::take(&mut self.late)
    }

    pub(crate) fn is_rpc(&self, correlation_id: &str) -> bool {
        self.rpcs.contains_key(correlation_id)
    }

    pub(crate) fn take_rpc(&mut self, correlation_id: &str) -> Option<Ticket> {
        self.rpcs.remove(correlation_id).map(|rpc| rpc.ticket)
    }

    /// The server asks for the answer to an RPC, which may have been made here.
    pub(crate) fn on_asked(&mut self, correlation_id: &str) {
        if let Some(rpc) = self.rpcs.get_mut(correlation_id) {
            rpc.is_asked_here = true;
        }
    }

    /// Whether an RPC was made here and is to be answered here.
    pub(crate) fn is_asked_here(&self, correlation_id: &str) -> bool {
        self.rpcs.get(correlation_id).is_some_and(|rpc| rpc.is_asked_here)
    }

    /// Takes the query out that an answer is for: the one of this id, or else the oldest that asks
    /// for every user.
    pub(crate) fn take_query(&mut self, correlation_id: Option<&str>) -> Option<Ticket> {
        let is_it = |query: &Query| query.correlation_id.as_deref() == correlation_id;
        let at = self.queries.iter().position(is_it)?;
        Some(self.queries.remove(at).ticket)
    }

    /// Starts the time of the queries that there is a connection for.
    pub(crate) fn on_sent(&mut self, now: Instant) {
        let deadline = now.after(self.patience);
        for query in &mut self.queries {
            query.deadline.get_or_insert(deadline);
        }
    }

    /// The page did not run, and no answer could come in: the time begins anew.
    pub(crate) fn on_suspension(&mut self, now: Instant) {
        for query in &mut self.queries {
            query.deadline = None;
        }
        self.on_sent(now);
    }

    /// Takes out a query whose time is over.
    pub(crate) fn take_overdue(&mut self, now: Instant) -> Option<Ticket> {
        let is_overdue = |query: &Query| query.deadline.is_some_and(|deadline| deadline <= now);
        let at = self.queries.iter().position(is_overdue)?;
        Some(self.queries.remove(at).ticket)
    }

    /// When the first query is given up.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.queries.iter().filter_map(|query| query.deadline).min()
    }

    /// The connection is gone: takes out all requests but those that are still `queued`, which are
    /// sorted.
    pub(crate) fn take_lost(&mut self, queued: &[Ticket]) -> Vec<Ticket> {
        let mut lost = Vec::new();
        let mut is_kept = |ticket: Ticket| {
            let is_queued = queued.binary_search(&ticket).is_ok();
            if !is_queued {
                lost.push(ticket);
            }
            is_queued
        };
        self.rpcs.retain(|rpc| is_kept(rpc.ticket));
        self.queries.retain_mut(|query| {
            query.deadline = None;
            is_kept(query.ticket)
        });
        lost
    }
}

/// How many times as long as an acknowledgement a query may take. The JavaScript client waits for
/// ever, which is too long for a promise, but an answer may well come later than it should.
const QUERY_PATIENCE: u32 = 5;

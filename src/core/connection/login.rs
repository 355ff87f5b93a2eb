//! Who is logged in, or wants to be: the details that each connection is authenticated with, and
//! the calls that wait for an answer. Sends nothing.
//!
//! Each `login()` and `resume()` is answered, whatever happens: by the server, or with the name of
//! what came between.

use crate::core::io::{Outcome, Reason, Ticket};

/// Answers to calls that waited.
pub(crate) type Settled = Vec<(Ticket, Outcome)>;

#[derive(Debug, Default)]
pub(crate) struct Login {
    /// What the next connection is authenticated with: the text of a JSON object.
    details: Option<String>,
    /// Whether `details` have logged in before. Those that have are sent again after a refusal.
    proven: bool,
    /// Logins that wait for the answer to `details`.
    logins: Vec<Ticket>,
    /// A login with other details, given while the answer to `details` is outstanding.
    next: Option<(String, Vec<Ticket>)>,
    /// Calls of `resume()` that wait for the connection.
    resumes: Vec<Ticket>,
    /// Logins that came after the end and wait to be told so, and whether an error told of them.
    late: Vec<(Ticket, bool)>,
    /// What the server last said about the user: JSON text.
    client_data: Option<String>,
}

/// What became of a login.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) settled: Settled,
    /// Whether the client data is another than before.
    pub(crate) data_changed: bool,
    /// Whether nobody waited for the answer: it was an automatic login after a reconnect.
    pub(crate) unasked: bool,
}

impl Login {
    /// What to authenticate with, once a login was asked for.
    pub(crate) fn details(&self) -> Option<&str> {
        self.details.as_deref()
    }

    /// Whether a login waits for `details` to be sent.
    pub(crate) fn is_waited_for(&self) -> bool {
        !self.logins.is_empty()
    }

    pub(crate) fn client_data(&self) -> Option<&str> {
        self.client_data.as_deref()
    }

    /// `login()` while nothing is under way: `details` are to be sent next. Those who waited for
    /// others are told that they were superseded.
    pub(crate) fn on_login(&mut self, ticket: Ticket, details: String) -> Settled {
        let mut settled = Vec::new();
        if self.details.as_deref() != Some(details.as_str()) {
            settled = refuse(self.logins.drain(..), Reason::Ended(SUPERSEDED));
            self.details = Some(details);
            self.proven = false;
        }
        self.logins.push(ticket);
        settled
    }

    /// `login()` while the answer to an earlier one is outstanding.
    pub(crate) fn on_login_while_authenticating(
        &mut self,
        ticket: Ticket,
        details: String,
    ) -> Settled {
        if self.details.as_deref() == Some(details.as_str()) {
            self.logins.push(ticket);
            let superseded = self.next.take().map(|(_, tickets)| tickets).unwrap_or_default();
            return refuse(superseded, Reason::Ended(SUPERSEDED));
        }
        match &mut self.next {
            Some((next, tickets)) if *next == details => {
                tickets.push(ticket);
                Vec::new()
            }
            Some(_) | None => {
                let superseded = self.next.replace((details, vec![ticket]));
                let tickets = superseded.map(|(_, tickets)| tickets).unwrap_or_default();
                refuse(tickets, Reason::Ended(SUPERSEDED))
            }
        }
    }

    /// `login()` while logged in. The same details are granted at once; others are for the next
    /// connection, whose answer is theirs, because the protocol knows no second login.
    pub(crate) fn on_login_while_open(&mut self, ticket: Ticket, details: String) -> Settled {
        if self.logins.is_empty() && self.details.as_deref() == Some(details.as_str()) {
            return vec![(ticket, Outcome::Accepted(self.client_data.clone()))];
        }
        self.on_login(ticket, details)
    }

    /// `login()` after the connection has ended.
    pub(crate) fn on_login_too_late(&mut self, ticket: Ticket, is_told: bool) {
        self.late.push((ticket, is_told));
    }

    /// The logins that came too late, and whether an error told of each.
    pub(crate) fn take_late(&mut self) -> Vec<(Ticket, bool)> {
        std::mem::take(&mut self.late)
    }

    /// `resume()` that is answered with the connection.
    pub(crate) fn on_resume(&mut self, ticket: Ticket) {
        self.resumes.push(ticket);
    }

    /// The server waits for a login and there is none to send: the connection is resumed.
    pub(crate) fn on_nothing_to_send(&mut self) -> Settled {
        accept(self.resumes.drain(..), None)
    }

    /// The server accepted `details`, with this client data.
    pub(crate) fn on_accepted(&mut self, data: Option<String>) -> Answer {
        let data = data.filter(|text| !is_falsy(text));
        let is_empty = |data: &Option<String>| matches!(data.as_deref(), None | Some("{}"));
        let both_empty = is_empty(&self.client_data) && is_empty(&data);
        let data_changed = !both_empty && self.client_data != data;
        if data_changed {
            self.client_data = data;
        }
        self.proven = true;
        let mut settled = accept(self.resumes.drain(..), None);
        settled.extend(accept(self.logins.drain(..), self.client_data.as_ref()));
        self.take_next();
        Answer { settled, data_changed, unasked: false }
    }

    /// The server refused `details`.
    pub(crate) fn on_refused(&mut self, reason: &Reason) -> Answer {
        let unasked = self.logins.is_empty();
        let mut settled = refuse(self.resumes.drain(..), reason.clone());
        settled.extend(refuse(self.logins.drain(..), reason.clone()));
        self.forget_unproven();
        self.take_next();
        Answer { settled, data_changed: false, unasked }
    }

    /// Details that never worked are not tried again.
    pub(crate) fn forget_unproven(&mut self) {
        if !self.proven {
            self.details = None;
        }
    }

    /// The connection ends without an answer to come.
    pub(crate) fn on_final(&mut self, name: &'static str) -> Settled {
        let next = self.next.take().map(|(_, tickets)| tickets).unwrap_or_default();
        let waiting = self.resumes.drain(..).chain(self.logins.drain(..)).chain(next);
        refuse(waiting.collect::<Vec<_>>(), Reason::Ended(name))
    }

    /// The socket is lost before its login was answered: the later of two logins is for the next.
    pub(crate) fn on_lost(&mut self) -> Settled {
        if self.next.is_none() {
            return Vec::new();
        }
        let superseded = refuse(self.logins.drain(..), Reason::Ended(SUPERSEDED));
        self.take_next();
        superseded
    }

    fn take_next(&mut self) {
        if let Some((details, tickets)) = self.next.take() {
            self.details = Some(details);
            self.logins = tickets;
            self.proven = false;
        }
    }
}

/// Reason of a login that another, with other details, came after. Not in the JavaScript client,
/// whose first login then waits for ever.
const SUPERSEDED: &str = "LOGIN_SUPERSEDED";

fn accept(tickets: impl IntoIterator<Item = Ticket>, data: Option<&String>) -> Settled {
    let outcome = Outcome::Accepted(data.cloned());
    tickets.into_iter().map(|ticket| (ticket, outcome.clone())).collect()
}

fn refuse(tickets: impl IntoIterator<Item = Ticket>, reason: Reason) -> Settled {
    let outcome = Outcome::Refused(reason);
    tickets.into_iter().map(|ticket| (ticket, outcome.clone())).collect()
}

/// Whether JavaScript would take the value of this JSON text for false.
fn is_falsy(json: &str) -> bool {
    matches!(json.trim(), "null" | "false" | "0" | "-0" | "\"\"" | "")
}

//! What was seen to happen.

use std::collections::BTreeMap;

use deepstream_wasm::core::io::error_name;

use crate::common::STATES;

/// How often something happened in all runs: a world in which nothing happens proves nothing.
#[derive(Clone, Debug, Default)]
pub(crate) struct Coverage {
    pub(super) states: BTreeMap<&'static str, u64>,
    pub(super) errors: BTreeMap<&'static str, u64>,
    pub(super) events: BTreeMap<&'static str, u64>,
}

impl Coverage {
    pub(crate) fn add(&mut self, other: &Self) {
        for (mine, theirs) in [
            (&mut self.states, &other.states),
            (&mut self.errors, &other.errors),
            (&mut self.events, &other.events),
        ] {
            for (name, count) in theirs {
                *mine.entry(name).or_default() += count;
            }
        }
    }

    pub(crate) fn assert_complete(&self) {
        let seen = |map: &BTreeMap<&'static str, u64>, name: &'static str| {
            assert!(map.contains_key(name), "no seed saw {name}");
        };
        for state in STATES {
            seen(&self.states, state.name());
        }
        for name in [
            error_name::CONNECTION_ERROR,
            error_name::IS_CLOSED,
            error_name::HEARTBEAT_TIMEOUT,
            error_name::UNSOLICITED_MESSAGE,
            error_name::OUTGOING_QUEUE_FULL,
            error_name::DELIVERY_UNCONFIRMED,
            error_name::ACK_TIMEOUT,
            error_name::UNKNOWN_CORRELATION_ID,
            "MESSAGE_DENIED",
            "INVALID_LISTEN_REGEX",
            "MESSAGE_PARSE_ERROR",
            "TOO_MANY_AUTH_ATTEMPTS",
            "AUTHENTICATION_TIMEOUT",
            "INVALID_MESSAGE_DATA",
        ] {
            seen(&self.errors, name);
        }
        for name in [
            "given up",
            "data changed",
            "reauthentication",
            "received",
            "refused",
            "full",
            "unsent",
            "called back",
            "answered late",
            "conversed",
            // What is said over the connection.
            "updates",
            "rpcs",
            "queries",
            "event",
            "request",
            "pattern found",
            "pattern removed",
            "patterns lost",
            "presence",
            "subscription refused",
            // What became of calls.
            "accepted",
            "users",
            "refused by the server",
            error_name::CLIENT_OFFLINE,
            error_name::OUTGOING_QUEUE_FULL,
            error_name::ACK_TIMEOUT,
            "NO_RPC_PROVIDER",
            "RESPONSE_TIMEOUT",
            "REQUEST_ERROR",
            "MESSAGE_DENIED",
            "MULTIPLE_ACCEPT",
            "INVALID_RPC_CORRELATION_ID",
        ] {
            seen(&self.events, name);
        }
    }
}

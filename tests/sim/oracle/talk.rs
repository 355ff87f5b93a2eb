//! What the application asks for, and what becomes of it on its way.

use deepstream_wasm::core::connection::State;
use deepstream_wasm::core::io::{Care, Outgoing, SocketId, Ticket};
use deepstream_wasm::core::protocol::{Action, Message, PresenceAction};
use deepstream_wasm::core::time::Instant;

use super::messages::Kind;
use super::{Asked, Oracle, Verdict, ensure};
use crate::common::{Client, decode};
use crate::kinds::{Key, Topic, key_of};

impl Oracle {
    /// The application sends its next message. Returns its number, and the ticket of what waits for
    /// an answer.
    pub(crate) fn on_made(
        &mut self,
        asked: Asked,
        client: &Client,
        now: u64,
    ) -> (u32, Option<Ticket>) {
        let info = client.connection_info(Instant::from_micros(now));
        let is_full = info.queued_messages >= self.options.max_queued_messages;
        let ticket = (asked != Asked::Update).then(|| self.calls.next_ticket());
        let kind = match (asked, ticket) {
            (Asked::Rpc, Some(ticket)) => Kind::Rpc(ticket),
            (Asked::Query, Some(ticket)) => Kind::Query(ticket),
            (Asked::QueryAll, Some(ticket)) => Kind::QueryAll(ticket),
            (Asked::Update | Asked::Rpc | Asked::Query | Asked::QueryAll, _) => Kind::Update,
        };
        let is_open = client.state() == State::Open;
        let number = self.messages.on_made(kind, is_full, is_open, now);
        if let Some(ticket) = ticket {
            self.calls.on_request(number, ticket);
        }
        (number, ticket)
    }

    /// The application subscribes or unsubscribes.
    pub(crate) fn on_subscription(&mut self, topic: Topic, is_wanted: bool, now: u64) {
        self.subscriptions.on_call(topic, is_wanted, now);
    }

    /// The socket took a message that `on_output` saw leave. Returns its number. `is_ending`: a call
    /// of the page, which is not told of it yet, has ended the connection.
    pub(crate) fn on_handed(
        &mut self,
        id: SocketId,
        outgoing: &Outgoing,
        is_ending: bool,
        now: u64,
    ) -> Result<Option<u32>, String> {
        let message = decode(&outgoing.frame);
        let key = self.key_of(outgoing, &message)?;
        let at = self.moment(now);
        self.messages.on_leaving(key, |sent| self.calls.is_late(sent, at))?;
        self.subscriptions.on_leaving(&message, is_ending)?;
        self.subscriptions.on_handed(&message, now)?;
        let Key::Number(number) = key else { return Ok(None) };
        self.messages.on_handed(number, id);
        if let Some(id) = &message.correlation_id
            && message.action == Action::Presence(PresenceAction::Query)
        {
            self.incoming.asked.push((id.to_string(), number));
        }
        Ok(Some(number))
    }

    /// The socket would not have a message. One that waits for an answer, and whose connection was
    /// ended by a call, is lost with it.
    pub(crate) fn on_refused(
        &mut self,
        id: SocketId,
        outgoing: &Outgoing,
        is_ending: bool,
    ) -> Verdict {
        if is_ending && let Care::Request(ticket) = outgoing.care {
            let number = self.calls.number(ticket).ok_or("an unknown request leaves")?;
            self.messages.on_handed(number, id);
        }
        Ok(())
    }

    /// Which message leaves: a question for every user is known by who waits for its answer.
    pub(super) fn key_of(&self, outgoing: &Outgoing, message: &Message<'_>) -> Result<Key, String> {
        let key = key_of(message)?;
        let Care::Request(ticket) = outgoing.care else { return Ok(key) };
        let number = self.calls.number(ticket).map(Key::Number);
        let is_it = number.is_some_and(|number| key == Key::QueryAll || key == number);
        ensure(is_it, || format!("{ticket:?} waits for {number:?}, not for {key:?}"))?;
        Ok(number.unwrap_or(key))
    }

    /// The message arrived at the server.
    pub(crate) fn on_received(&mut self, id: SocketId, key: Key) -> Verdict {
        self.messages.on_received(key, id)
    }
}

//! What was seen, as text: messages that left, and what the application was told.

use deepstream_wasm::core::io::{Event, Meta, Outcome, Reason, Ticket};
use deepstream_wasm::core::protocol::{Frame, Message, Topic};

use crate::harness::Harness;

impl Harness {
    /// What the present socket was given beyond pings and logins, with the time in milliseconds.
    pub(crate) fn timed_messages(&self) -> Vec<(u64, String)> {
        let sent = self.socket().sent.iter().filter(|(_, message)| is_of_application(message));
        sent.map(|(at, message)| (*at, line(message))).collect()
    }

    pub(crate) fn messages(&self) -> Vec<String> {
        self.timed_messages().into_iter().map(|(_, line)| line).collect()
    }

    /// What every socket was given, in order.
    pub(crate) fn all_messages(&self) -> Vec<String> {
        let sent = self.sockets.iter().flat_map(|socket| &socket.sent);
        sent.map(|(_, message)| message).filter(|it| is_of_application(it)).map(line).collect()
    }

    /// The bytes of the last message that a socket was given.
    pub(crate) fn last_bytes(&self) -> &[u8] {
        match self.socket().frames.last() {
            Some(Frame::Binary(bytes)) => bytes,
            frame => panic!("{frame:?} is not binary"),
        }
    }

    /// The texts for the console.
    pub(crate) fn warnings(&self) -> Vec<&str> {
        let texts = self.notices().into_iter().map(|event| match event {
            Event::Warning(text) => text.as_str(),
            event => panic!("{event:?} is no warning"),
        });
        texts.collect()
    }

    /// The one error that was announced: its topic, its name, and the message that it is about.
    pub(crate) fn only_error(&self) -> (&'static str, &'static str, &Message<'static>) {
        let mut errors = self.error_events();
        let error = errors.next().expect("there is an error");
        assert_eq!(errors.count(), 0, "there is one error");
        let Meta::Message(message) = &error.meta else { panic!("{:?}", error.meta) };
        (error.topic.name(), error.name, message)
    }

    /// Nothing at all was announced.
    pub(crate) fn assert_silent(&self) {
        assert_eq!(self.notices(), [&Event::PatternsLost; 0]);
        assert_eq!(self.errors(), [""; 0]);
    }

    pub(crate) fn assert_pending(&self, ticket: Ticket) {
        assert_eq!(self.outcome(ticket), None);
    }

    /// The request came to nothing because there is no connection.
    pub(crate) fn assert_offline(&self, ticket: Ticket) {
        let offline = Outcome::Refused(Reason::Ended("client offline"));
        assert_eq!(self.outcome(ticket), Some(&offline));
    }

    /// The server, or the provider, gave no other reason than this name.
    pub(crate) fn assert_unexplained(&self, ticket: Ticket, name: &'static str) {
        let refused = Outcome::Refused(Reason::Unexplained(name));
        assert_eq!(self.outcome(ticket), Some(&refused));
    }

    pub(crate) fn assert_users(&self, ticket: Ticket, users: &[&str]) {
        let users = users.iter().map(|user| (*user).to_owned()).collect();
        assert_eq!(self.outcome(ticket), Some(&Outcome::Users(users)));
    }
}

fn is_of_application(message: &Message<'_>) -> bool {
    !matches!(message.topic(), Topic::Connection | Topic::Auth)
}

/// A message in a line: `EVENT SUBSCRIBE #0 [a b]`, `RPC REQUEST #c1 add = 1`.
pub(crate) fn line(message: &Message<'_>) -> String {
    let mut words = vec![message.topic().name().to_owned(), message.action.name().to_owned()];
    words.extend(message.correlation_id.as_ref().map(|id| format!("#{id}")));
    words.extend(message.name.as_ref().map(ToString::to_string));
    words.extend(message.subscription.as_ref().map(|name| format!("for {name}")));
    if !message.names.is_empty() {
        words.push(format!("[{}]", message.names.join(" ")));
    }
    words.extend(message.data.as_ref().map(|data| format!("= {data}")));
    words.join(" ")
}

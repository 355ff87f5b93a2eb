//! One client: its connection, and what is said over it. What a message means is in the module of
//! its topic.

use super::acknowledgements::Acknowledgements;
use super::connection::{Connection, Foreign, Notice, State, is_suspension};
use super::error::InvalidArgument;
use super::io::{
    ConnectionInfo, DataCommand, Event, Input, Outcome, Output, Reason, Subscription, Ticket,
    error_name,
};
use super::options::Options;
use super::protocol::{Action, EventAction, Message, RecordAction, RpcAction};
use super::record::{Document, Records};
use super::requests::Requests;
use super::subscriptions::Subscriptions;
use super::time::{Instant, Millis};
use super::timer::Timer;

/// A client without a browser around it. Driven by [`Client::handle_input`],
/// [`Client::handle_timeout`] and [`Client::poll_output`].
#[derive(Debug)]
pub struct Client<D> {
    pub(super) connection: Connection,
    pub(super) subscriptions: Subscriptions,
    pub(super) acknowledgements: Acknowledgements,
    pub(super) requests: Requests,
    pub(super) records: Records<D>,
    subscription_interval: Millis,
    /// Whether this connection brought names that match a pattern.
    pub(super) has_found_patterns: bool,
}

impl<D: Document> Client<D> {
    /// A client of the server at `url`.
    ///
    /// # Errors
    ///
    /// When `url` can't be connected to.
    pub fn new(url: &str, options: Options, now: Instant) -> Result<Self, InvalidArgument> {
        let mut client = Self {
            subscriptions: Subscriptions::new(),
            acknowledgements: Acknowledgements::new(options.subscription_timeout),
            requests: Requests::new(options.subscription_timeout),
            subscription_interval: options.subscription_interval,
            has_found_patterns: false,
            records: Records::new(&options),
            connection: Connection::new(url, options, now)?,
        };
        client.load_offline();
        Ok(client)
    }

    /// The state that the connection is in. The application was told of it when all output is
    /// polled.
    pub fn state(&self) -> State {
        self.connection.state()
    }

    /// How the connection is doing.
    pub fn connection_info(&self, now: Instant) -> ConnectionInfo {
        self.connection.info(now)
    }

    /// Takes in what happened. Poll for output afterwards.
    pub fn handle_input(&mut self, input: Input<'_>, now: Instant) {
        let foreign = self.connection.handle_input(input, now);
        self.heed_notices(now);
        match foreign {
            Some(Foreign::Message(message)) => self.on_message(message, now),
            Some(Foreign::Command(command)) => self.on_command(command, now),
            None => {}
        }
    }

    /// As [`DataCommand::Send`], of a message that need not be kept.
    pub fn send(&mut self, message: &Message<'_>) {
        self.connection.send(message);
    }

    /// Does what is due by `now`. Poll for output afterwards, and look whether more is due: a state
    /// is told before anything that comes after it is done.
    pub fn handle_timeout(&mut self, now: Instant) {
        while self.connection.handle_timeout(now) {
            self.heed_notices(now);
        }
    }

    /// The next thing to be done, if there is any.
    pub fn poll_output(&mut self, now: Instant) -> Option<Output> {
        self.connection.begin_state(now);
        self.heed_notices(now);
        self.connection.poll_output()
    }

    /// When [`Client::handle_timeout`] is to be called, if nothing else happens before. May have
    /// changed after any other call.
    pub fn poll_timeout(&self) -> Option<Instant> {
        self.connection.poll_timeout()
    }

    #[inline(never)]
    fn on_command(&mut self, command: DataCommand, now: Instant) {
        match command {
            DataCommand::Send(message) => self.send(&message),
            DataCommand::SendInSession(session, message) => {
                if self.connection.session() == Some(session) {
                    self.connection.send_in_session(&message);
                }
            }
            DataCommand::Make(ticket, message) => self.make(ticket, &message, now),
            DataCommand::Query(ticket, message) => self.query(ticket, *message, now),
            DataCommand::Subscribe(kind, name) => {
                self.subscriptions.subscribe(kind, name);
                self.on_subscriptions_changed(kind, now);
            }
            DataCommand::Unsubscribe(kind, name) => {
                self.subscriptions.unsubscribe(kind, name);
                self.on_subscriptions_changed(kind, now);
            }
        }
    }

    fn on_message(&mut self, message: Message<'_>, now: Instant) {
        match message.action {
            Action::Rpc(RpcAction::Request) => self.on_request(message),
            Action::Record(
                action @ (RecordAction::Notify | RecordAction::WriteAcknowledgement),
            ) => {
                self.on_record_message(action, message, now);
            }
            Action::Event(_) | Action::Rpc(_) | Action::Presence(_) | Action::Record(_)
                if message.is_ack == Some(true) =>
            {
                self.on_acknowledged(&message);
            }
            Action::Record(action) => self.on_record_message(action, message, now),
            Action::Event(action) => self.on_event_message(action, message, now),
            Action::Rpc(action) => self.on_rpc_message(action, message, now),
            Action::Presence(action) => self.on_presence_message(action, message, now),
            // What the server says about our own bytes carries its own name.
            Action::Parser(_) => self.connection.emit_message_error(message, None),
            Action::Connection(_)
            | Action::Auth(_)
            | Action::Monitoring(_)
            | Action::Cluster(_)
            | Action::Lock(_)
            | Action::State(_) => self.on_unsolicited(message),
        }
    }

    fn heed_notices(&mut self, now: Instant) {
        if self.connection.has_notices() {
            self.heed_each(now);
        }
    }

    #[inline(never)]
    fn heed_each(&mut self, now: Instant) {
        while let Some(notice) = self.connection.poll_notice() {
            match notice {
                Notice::Established => self.on_established(now),
                Notice::Lost => self.on_lost(now),
                Notice::Hopeless => {
                    self.connection.forget_requests();
                    self.fail_requests();
                    self.on_records_hopeless(now);
                }
                Notice::Refuse => {
                    for ticket in self.requests.take_late() {
                        self.refuse(ticket, Reason::Ended(error_name::CLIENT_OFFLINE));
                    }
                }
                Notice::Subscribe => {
                    self.send_collected(now);
                }
                Notice::Records => self.on_records_due(now),
                Notice::Acknowledgement(deadline) => self.on_unacknowledged(deadline, now),
            }
        }
    }

    #[inline(never)]
    fn on_established(&mut self, now: Instant) {
        for message in self.subscriptions.on_established() {
            self.connection.send_first(&message);
            self.acknowledgements.on_sent(message, now);
        }
        self.on_records_established(now);
        self.requests.on_sent(now);
        self.await_answers();
    }

    #[inline(never)]
    fn on_lost(&mut self, now: Instant) {
        self.subscriptions.on_lost();
        self.on_records_lost(now);
        self.acknowledgements.on_lost();
        if std::mem::take(&mut self.has_found_patterns) {
            self.connection.emit(Event::PatternsLost);
        }
        self.fail_requests();
    }

    /// Refuses the requests that were on the connection which is gone.
    fn fail_requests(&mut self) {
        let queued = self.connection.queued_requests();
        for ticket in self.requests.take_lost(&queued) {
            self.refuse(ticket, Reason::Ended(error_name::CLIENT_OFFLINE));
        }
        self.fail_record_requests(&queued);
    }

    fn on_subscriptions_changed(&mut self, kind: Subscription, now: Instant) {
        if !self.subscriptions.is_connected() {
            return;
        }
        if kind.is_bulk() && !self.subscriptions.has_enough(kind) {
            self.collect(now);
        } else {
            self.send_changes(kind, now);
        }
    }

    /// Has what the server is to be told in bulk be sent, when it was collected for a while.
    pub(super) fn collect(&mut self, now: Instant) {
        if self.subscription_interval == Millis::ZERO {
            self.send_collected(now);
        } else if self.connection.timers.deadline(Timer::Subscribe).is_none() {
            let due = now.after(self.subscription_interval);
            self.connection.timers.set(Timer::Subscribe, due);
        }
    }

    #[inline(never)]
    fn send_collected(&mut self, now: Instant) {
        for kind in Subscription::ALL {
            self.send_changes(kind, now);
        }
        self.announce_collected(now);
    }

    fn send_changes(&mut self, kind: Subscription, now: Instant) {
        let messages = self.subscriptions.take_changes(kind);
        self.send_awaited(messages, now);
    }

    /// Sends messages that the server must acknowledge.
    pub(super) fn send_awaited(&mut self, messages: Vec<Message<'static>>, now: Instant) {
        for message in messages {
            self.connection.send_in_session(&message);
            self.acknowledgements.on_sent(message, now);
        }
        self.await_answers();
    }

    /// Sees to it that what the server does not answer is noticed.
    pub(super) fn await_answers(&mut self) {
        let deadlines = [self.acknowledgements.deadline(), self.requests.deadline()];
        match deadlines.into_iter().flatten().min() {
            Some(deadline) => self.connection.timers.set(Timer::Acknowledgement, deadline),
            None => self.connection.timers.stop(Timer::Acknowledgement),
        }
    }

    #[inline(never)]
    fn on_unacknowledged(&mut self, deadline: Instant, now: Instant) {
        if is_suspension(deadline, now) {
            self.acknowledgements.on_suspension(now);
            self.requests.on_suspension(now);
        }
        while let Some(message) = self.acknowledgements.take_overdue(now) {
            self.warn(message.action, Some(error_name::ACK_TIMEOUT));
            self.connection.emit_message_error(message, Some(error_name::ACK_TIMEOUT));
        }
        while let Some(ticket) = self.requests.take_overdue(now) {
            self.connection.forget_request(ticket);
            self.refuse(ticket, Reason::Unexplained(error_name::ACK_TIMEOUT));
        }
        self.await_answers();
    }

    /// The server acknowledges something. Over its JSON transport it does not say so: it only repeats
    /// the action, which it does for nothing else.
    pub(super) fn on_acknowledged(&mut self, message: &Message<'_>) {
        self.acknowledgements.on_answer(message.action, message);
        self.await_answers();
    }

    /// The server refuses something, or complains of it: under the name of its own message.
    pub(super) fn on_refused(&mut self, message: Message<'_>, now: Instant) {
        if let Some(action) = original_action(&message) {
            let is_bulk = |kind: &Subscription| kind.is_bulk() && kind.subscribe_action() == action;
            let kind = Subscription::of(action).filter(is_bulk);
            match (kind, &message.name) {
                (Some(kind), Some(name)) if message.correlation_id.is_some() => {
                    if let Some(last) = self.acknowledgements.on_name_refused(action, &message) {
                        self.subscriptions.on_answered(kind, name);
                        // It was passed over, unless it is the refused one.
                        if self.subscriptions.on_passed_over(kind, last) {
                            self.on_subscriptions_changed(kind, now);
                        }
                    }
                }
                _ => self.acknowledgements.on_answer(action, &message),
            }
            self.await_answers();
        }
        self.connection.emit_message_error(message, None);
    }

    /// The server refuses to tell of a record: under the name of its own message.
    pub(super) fn on_record_name_refused(&mut self, message: Message<'_>, now: Instant) {
        if let Some(action) = original_action(&message) {
            if let Some(last) = self.acknowledgements.on_name_refused(action, &message) {
                self.announce_again(&last, now);
            }
            self.await_answers();
        }
        self.connection.emit_message_error(message, None);
    }

    /// What the JavaScript client says on the console.
    pub(super) fn warn(&mut self, action: Action, event: Option<&str>) {
        let mut text = ["Warning: ", action.topic().name(), " (", action.name(), ")"].concat();
        if let Some(event) = event {
            text.push_str(": ");
            text.push_str(event);
        }
        self.connection.emit(Event::Warning(text));
    }

    pub(super) fn on_unsolicited(&mut self, message: Message<'_>) {
        self.connection.emit_message_error(message, Some(error_name::UNSOLICITED_MESSAGE));
    }

    pub(super) fn refuse(&mut self, ticket: Ticket, reason: Reason) {
        self.settle(ticket, Outcome::Refused(reason));
    }

    pub(super) fn settle(&mut self, ticket: Ticket, outcome: Outcome) {
        self.connection.emit(Event::Settled(ticket, outcome));
    }
}

/// The action that a message is about.
pub(super) fn original_action(message: &Message<'_>) -> Option<Action> {
    // The server does not say so.
    if message.action == EventAction::InvalidListenRegex.into() {
        return Some(EventAction::Listen.into());
    }
    if message.action == RecordAction::InvalidListenRegex.into() {
        return Some(RecordAction::Listen.into());
    }
    Action::from_number(message.topic(), message.original_action?)
}

//! What the application calls.

use deepstream_wasm::core::io::{Command, DataCommand, Input, Subscription, Ticket};
use deepstream_wasm::core::protocol::{
    Action, EventAction, Message, PresenceAction, RecordAction, RpcAction,
};

use crate::common::{bare, event};
use crate::harness::Harness;
use crate::server::Fields;

impl Harness {
    pub(crate) fn calls(&mut self, command: DataCommand) {
        self.command(Command::Data(command));
    }

    pub(crate) fn subscribe(&mut self, kind: Subscription, name: &str) {
        self.command(subscription(kind, name));
    }

    pub(crate) fn unsubscribe(&mut self, kind: Subscription, name: &str) {
        self.calls(DataCommand::Unsubscribe(kind, name.to_owned()));
    }

    /// Subscribes to an event of each name.
    pub(crate) fn subscribe_events(&mut self, names: &[&str]) {
        names.iter().for_each(|name| self.subscribe(Subscription::Event, name));
    }

    pub(crate) fn unsubscribe_events(&mut self, names: &[&str]) {
        names.iter().for_each(|name| self.unsubscribe(Subscription::Event, name));
    }

    pub(crate) fn subscribe_all_users(&mut self) {
        self.subscribe(Subscription::AllUsers, "");
    }

    pub(crate) fn listen(&mut self, pattern: &str) {
        self.subscribe(Subscription::EventPattern, pattern);
    }

    pub(crate) fn unlisten(&mut self, pattern: &str) {
        self.unsubscribe(Subscription::EventPattern, pattern);
    }

    pub(crate) fn provide(&mut self, name: &str) {
        self.subscribe(Subscription::Rpc, name);
    }

    pub(crate) fn unprovide(&mut self, name: &str) {
        self.unsubscribe(Subscription::Rpc, name);
    }

    /// Makes the RPC `add`, under this correlation id.
    pub(crate) fn make(&mut self, id: &str) -> Ticket {
        self.make_with(id, "1")
    }

    pub(crate) fn make_with(&mut self, id: &str, data: &str) -> Ticket {
        let ticket = self.ticket();
        self.command(request(ticket, id, data));
        ticket
    }

    /// Makes the RPC `add` from within a listener: nothing is polled before more is called.
    pub(crate) fn make_unpolled(&mut self, id: &str) -> Ticket {
        let ticket = self.ticket();
        self.client.handle_input(Input::Command(request(ticket, id, "1")), self.instant());
        ticket
    }

    /// Answers a request for the RPC `add`: accepts it, or gives its result.
    pub(crate) fn answer_rpc(&mut self, action: RpcAction, id: &str, data: Option<&str>) {
        let mut message = bare(action).name("add").id(id);
        message.data = data.map(|data| data.to_owned().into());
        let message = Box::new(message);
        self.calls(match action {
            RpcAction::Accept | RpcAction::Reject => DataCommand::SendInSession(self.id(), message),
            _ => DataCommand::Send(message),
        });
    }

    pub(crate) fn answer_listen(&mut self, action: EventAction, pattern: &str, name: &str) {
        let message = bare(action).name(pattern).subscription(name);
        self.calls(DataCommand::SendInSession(self.id(), Box::new(message)));
    }

    /// `getAll()`.
    pub(crate) fn ask_for_all(&mut self) -> Ticket {
        self.ask(bare(PresenceAction::QueryAll))
    }

    /// `getAll(users)`.
    pub(crate) fn ask_for(&mut self, users: &[&str]) -> Ticket {
        self.ask(bare(PresenceAction::Query).names(users))
    }

    fn ask(&mut self, query: Message<'static>) -> Ticket {
        let ticket = self.ticket();
        self.calls(DataCommand::Query(ticket, Box::new(query)));
        ticket
    }

    /// Loses the connection, and is OPEN again at once.
    pub(crate) fn reconnects(&mut self) {
        self.closes_cleanly();
        self.advance(0);
        self.connects();
    }
}

pub(crate) fn subscription(kind: Subscription, name: &str) -> Command {
    Command::Data(DataCommand::Subscribe(kind, name.to_owned()))
}

fn request(ticket: Ticket, id: &str, data: &str) -> Command {
    let request = bare(RpcAction::Request).name("add").id(id).data(data);
    Command::Data(DataCommand::Make(ticket, Box::new(request)))
}

/// An event on its way out, for calls from within a listener.
pub(crate) fn emission(name: &str) -> Command {
    Command::Data(DataCommand::Send(Box::new(event(name, "1"))))
}

/// The action that a kind subscribes with.
pub(crate) fn subscribe_action(kind: Subscription) -> Action {
    match kind {
        Subscription::Event => EventAction::Subscribe.into(),
        Subscription::EventPattern => EventAction::Listen.into(),
        Subscription::RecordPattern => RecordAction::Listen.into(),
        Subscription::Rpc => RpcAction::Provide.into(),
        Subscription::User => PresenceAction::Subscribe.into(),
        Subscription::AllUsers => PresenceAction::SubscribeAll.into(),
    }
}

/// The action that a kind unsubscribes with.
pub(crate) fn unsubscribe_action(kind: Subscription) -> Action {
    match kind {
        Subscription::Event => EventAction::Unsubscribe.into(),
        Subscription::EventPattern => EventAction::Unlisten.into(),
        Subscription::RecordPattern => RecordAction::Unlisten.into(),
        Subscription::Rpc => RpcAction::Unprovide.into(),
        Subscription::User => PresenceAction::Unsubscribe.into(),
        Subscription::AllUsers => PresenceAction::UnsubscribeAll.into(),
    }
}

//! The application: what it asks of the data API, and what it answers.

use deepstream_wasm::core::io::{
    DataCommand, ErrorEvent, Event, Meta, SocketId, Ticket, error_name,
};
use deepstream_wasm::core::protocol::{EventAction, PresenceAction, RpcAction};

use super::World;
use crate::common::{Random, bare, event};
use crate::kinds::{EVERYONE, KINDS, Topic};
use crate::oracle::Asked;

/// A call of the data API.
#[derive(Clone, Copy, Debug)]
pub(super) enum Deed {
    Emit(usize),
    Make,
    Query,
    QueryAll,
    /// Subscribes, provides or listens to one of a few names; or no more, if it does.
    Toggle(usize, u64),
    /// Does something about a request that came, the last or an earlier one.
    Accept(bool),
    Answer(bool),
    Reject,
    /// Answers the last pattern that was found.
    AnswerPattern(bool),
}

/// What the page has yet to answer.
#[derive(Debug, Default)]
pub(super) struct Inbox {
    requests: Vec<(SocketId, String, String)>,
    patterns: Vec<(SocketId, String, String)>,
    /// Requests whose results were refused, and told to be.
    refused: Vec<String>,
}

impl Inbox {
    pub(super) fn is_refused(&self, id: &String) -> bool {
        self.refused.contains(id)
    }

    pub(super) fn has_requests(&self) -> bool {
        !self.requests.is_empty()
    }
}

impl Deed {
    pub(super) fn some(random: &mut Random) -> Self {
        match random.between(0, 99) {
            0..=24 => Self::Emit(random.pick(&[1, 1, 10, 300])),
            25..=36 => Self::Make,
            37..=42 => Self::Query,
            43..=48 => Self::QueryAll,
            49..=78 => {
                let kind = random.between(0, 4) as usize;
                let index = if kind == EVERYONE { 0 } else { random.between(0, 4) };
                Self::Toggle(kind, index)
            }
            79..=82 => Self::Accept(random.chance(50)),
            83..=93 => Self::Answer(random.chance(50)),
            94..=95 => Self::Reject,
            _ => Self::AnswerPattern(random.chance(50)),
        }
    }
}

impl World {
    /// What a deed asks the client for, if there is anything to do.
    pub(super) fn command_of(&mut self, deed: Deed) -> Option<DataCommand> {
        match deed {
            Deed::Emit(length) => {
                let number = self.made(Asked::Update).0;
                let payload = format!("\"{}\"", "x".repeat(length));
                Some(DataCommand::Send(Box::new(event(&number.to_string(), &payload))))
            }
            Deed::Make => {
                let (number, ticket) = self.made(Asked::Rpc);
                let mut message = bare(RpcAction::Request);
                message.name = Some("r".into());
                message.correlation_id = Some(number.to_string().into());
                Some(DataCommand::Make(ticket?, Box::new(message)))
            }
            Deed::Query => {
                let (number, ticket) = self.made(Asked::Query);
                let mut message = bare(PresenceAction::Query);
                message.names = vec![number.to_string().into()];
                Some(DataCommand::Query(ticket?, Box::new(message)))
            }
            Deed::QueryAll => {
                let (_, ticket) = self.made(Asked::QueryAll);
                let message = Box::new(bare(PresenceAction::QueryAll));
                Some(DataCommand::Query(ticket?, message))
            }
            Deed::Toggle(kind, index) => {
                let name = if kind == EVERYONE { String::new() } else { format!("n{index}") };
                Some(self.toggle((kind, name)))
            }
            Deed::Accept(latest) => {
                let last = self.page.requests.len().checked_sub(1)?;
                let (socket, name, id) = self.page.requests[if latest { last } else { 0 }].clone();
                let mut message = bare(RpcAction::Accept);
                message.name = Some(name.into());
                message.correlation_id = Some(id.into());
                Some(DataCommand::SendInSession(socket, Box::new(message)))
            }
            Deed::Answer(is_content) => {
                let (socket, name, id) = self.take_request(is_content)?;
                if self.oracle.socket() != Some(socket) {
                    self.count("answered late");
                }
                let number = self.made(Asked::Update).0;
                let action = if is_content { RpcAction::Response } else { RpcAction::RequestError };
                let mut message = bare(action);
                message.name = Some(name.into());
                message.correlation_id = Some(id.into());
                message.data = Some(number.to_string().into());
                Some(DataCommand::Send(Box::new(message)))
            }
            Deed::Reject => {
                let (socket, name, id) = self.take_request(true)?;
                let mut message = bare(RpcAction::Reject);
                message.name = Some(name.into());
                message.correlation_id = Some(id.into());
                Some(DataCommand::SendInSession(socket, Box::new(message)))
            }
            Deed::AnswerPattern(accepts) => {
                let (socket, pattern, subscription) = self.page.patterns.pop()?;
                let action =
                    if accepts { EventAction::ListenAccept } else { EventAction::ListenReject };
                let mut message = bare(action);
                message.name = Some(pattern.into());
                message.subscription = Some(subscription.into());
                Some(DataCommand::SendInSession(socket, Box::new(message)))
            }
        }
    }

    fn made(&mut self, asked: Asked) -> (u32, Option<Ticket>) {
        self.count(match asked {
            Asked::Update => "updates",
            Asked::Rpc => "rpcs",
            Asked::Query | Asked::QueryAll => "queries",
        });
        self.oracle.on_made(asked, &self.client, self.now)
    }

    fn toggle(&mut self, topic: Topic) -> DataCommand {
        let is_wanted = !self.oracle.wanted().contains(&topic);
        self.oracle.on_subscription(topic.clone(), is_wanted, self.now);
        let (kind, name) = topic;
        let kind = KINDS[kind].kind;
        if is_wanted {
            DataCommand::Subscribe(kind, name)
        } else {
            DataCommand::Unsubscribe(kind, name)
        }
    }

    fn take_request(&mut self, latest: bool) -> Option<(SocketId, String, String)> {
        let last = self.page.requests.len().checked_sub(1)?;
        Some(self.page.requests.remove(if latest { last } else { 0 }))
    }

    /// What the page remembers of what it is told.
    pub(super) fn remember(&mut self, event: &Event) {
        match event {
            Event::RpcRequested(request) => {
                let request =
                    (request.session, request.name.clone(), request.correlation_id.clone());
                self.page.requests.push(request);
            }
            Event::PatternFound { pattern, subscription, session, .. } => {
                self.page.patterns.push((*session, pattern.clone(), subscription.clone()));
            }
            Event::PatternsLost => self.page.patterns.clear(),
            Event::Error(ErrorEvent { meta: Meta::Message(message), name, .. })
                if *name == error_name::OUTGOING_QUEUE_FULL =>
            {
                let id = message.correlation_id.as_deref().map(str::to_owned);
                self.page.refused.extend(id);
            }
            _ => {}
        }
    }
}

//! What can be subscribed to, and how it is said: the protocol's table, written down a second time.

use deepstream_wasm::core::io::Subscription;
use deepstream_wasm::core::protocol::{Action, EventAction, Message, PresenceAction, RpcAction};

/// A name of one kind of subscription: its place in [`KINDS`] comes first.
pub(crate) type Topic = (usize, String);

pub(crate) struct Kind {
    pub(crate) kind: Subscription,
    pub(crate) subscribe: Action,
    pub(crate) unsubscribe: Action,
    pub(crate) is_bulk: bool,
}

pub(crate) const EVENTS: usize = 0;
pub(crate) const PATTERNS: usize = 1;
pub(crate) const RPCS: usize = 2;
pub(crate) const USERS: usize = 3;
pub(crate) const EVERYONE: usize = 4;

pub(crate) const KINDS: [Kind; 5] = [
    Kind {
        kind: Subscription::Event,
        subscribe: Action::Event(EventAction::Subscribe),
        unsubscribe: Action::Event(EventAction::Unsubscribe),
        is_bulk: true,
    },
    Kind {
        kind: Subscription::EventPattern,
        subscribe: Action::Event(EventAction::Listen),
        unsubscribe: Action::Event(EventAction::Unlisten),
        is_bulk: false,
    },
    Kind {
        kind: Subscription::Rpc,
        subscribe: Action::Rpc(RpcAction::Provide),
        unsubscribe: Action::Rpc(RpcAction::Unprovide),
        is_bulk: true,
    },
    Kind {
        kind: Subscription::User,
        subscribe: Action::Presence(PresenceAction::Subscribe),
        unsubscribe: Action::Presence(PresenceAction::Unsubscribe),
        is_bulk: true,
    },
    Kind {
        kind: Subscription::AllUsers,
        subscribe: Action::Presence(PresenceAction::SubscribeAll),
        unsubscribe: Action::Presence(PresenceAction::UnsubscribeAll),
        is_bulk: false,
    },
];

/// What a message of the client says about subscriptions: the kind, whether it subscribes, and to
/// which names.
pub(crate) fn subscription_of(
    message: &Message<'_>,
) -> Result<Option<(usize, bool, Vec<String>)>, String> {
    let of = |kind: &Kind| message.action == kind.subscribe || message.action == kind.unsubscribe;
    let Some(index) = KINDS.iter().position(of) else { return Ok(None) };
    let kind = &KINDS[index];
    let names = message.names.iter().map(|name| name.to_string()).collect::<Vec<_>>();
    let is_sound = if kind.is_bulk {
        message.correlation_id.is_some() && !names.is_empty() && message.name.is_none()
    } else {
        names.is_empty() && message.name.is_some() == (index != EVERYONE)
    };
    if !is_sound {
        return Err(format!("{message:?} subscribes to nothing"));
    }
    let names = if kind.is_bulk {
        names
    } else {
        vec![message.name.as_deref().unwrap_or_default().to_owned()]
    };
    Ok(Some((index, message.action == kind.subscribe, names)))
}

/// Which message of the application a frame carries.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Key {
    Number(u32),
    /// A question for every user carries no number: they are told apart by their order.
    QueryAll,
    /// It means something to one connection only, and is not counted.
    Session,
}

pub(crate) fn key_of(message: &Message<'_>) -> Result<Key, String> {
    let number = match message.action {
        Action::Event(EventAction::Emit) => message.name.as_deref(),
        Action::Rpc(RpcAction::Request) => message.correlation_id.as_deref(),
        Action::Rpc(RpcAction::Response | RpcAction::RequestError) => message.data.as_deref(),
        Action::Presence(PresenceAction::Query) => message.names.first().map(AsRef::as_ref),
        Action::Presence(PresenceAction::QueryAll) => return Ok(Key::QueryAll),
        Action::Rpc(RpcAction::Accept | RpcAction::Reject)
        | Action::Event(EventAction::ListenAccept | EventAction::ListenReject) => {
            return Ok(Key::Session);
        }
        _ if subscription_of(message)?.is_some() => return Ok(Key::Session),
        _ => None,
    };
    let number = number.and_then(|number| number.parse().ok()).map(Key::Number);
    number.ok_or_else(|| format!("{message:?} is no message of the application"))
}

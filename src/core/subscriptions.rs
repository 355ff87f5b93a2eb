//! What the application subscribes to, provides and listens to, and what of it the server was told.
//! Sends nothing.
//!
//! Names are collected for a moment and told in one message; a name that comes and goes within
//! that moment is not told at all. A new connection is told everything.

use super::io::Subscription;
use super::ordered_map::OrderedMap;
use super::protocol::{Action, EventAction, Message, PresenceAction, RecordAction, RpcAction};

/// All subscriptions of a client.
#[derive(Debug)]
pub(crate) struct Subscriptions {
    sets: [Names; Subscription::ALL.len()],
    /// Whether there is a connection, and it was told what there was when it began.
    is_connected: bool,
}

/// The names of one kind.
#[derive(Debug)]
struct Names {
    kind: Subscription,
    names: OrderedMap<Name>,
    /// Names that came or went since the server was told.
    changed: Vec<String>,
    /// How many messages this connection was sent.
    sent: u32,
}

#[derive(Debug)]
struct Name {
    is_wanted: bool,
    is_told: bool,
    /// Whether this connection was refused it.
    is_refused: bool,
}

impl Subscriptions {
    pub(crate) fn new() -> Self {
        Self { sets: Subscription::ALL.map(Names::new), is_connected: false }
    }

    pub(crate) fn is_connected(&self) -> bool {
        self.is_connected
    }

    pub(crate) fn contains(&self, kind: Subscription, name: &str) -> bool {
        self.get(kind).is_some_and(|set| set.names.get(name).is_some_and(|name| name.is_wanted))
    }

    pub(crate) fn subscribe(&mut self, kind: Subscription, name: String) {
        self.change(kind, name, true);
    }

    pub(crate) fn unsubscribe(&mut self, kind: Subscription, name: String) {
        self.change(kind, name, false);
    }

    /// The server refused a name. Returns whether it was wanted.
    pub(crate) fn on_refused(&mut self, kind: Subscription, name: &str) -> bool {
        let removed = self.get_mut(kind).and_then(|set| set.names.remove(name));
        removed.is_some_and(|name| name.is_wanted)
    }

    /// The server did not take a name, which may be wanted all the same: by the next connection. It
    /// would not answer to the end of it.
    pub(crate) fn on_unknown(&mut self, kind: Subscription, name: &str) {
        if let Some(name) = self.get_mut(kind).and_then(|set| set.names.get_mut(name)) {
            name.is_told = false;
        }
    }

    /// The server has passed a name over. Returns whether it is to be told of it again.
    pub(crate) fn on_passed_over(&mut self, kind: Subscription, name: String) -> bool {
        let Some(set) = self.get_mut(kind) else { return false };
        let known = set.names.get_mut(&name).filter(|known| !known.is_refused);
        let Some(known) = known else { return false };
        known.is_told = false;
        set.changed.push(name);
        true
    }

    /// The server refused a name, which was not passed over then.
    pub(crate) fn on_answered(&mut self, kind: Subscription, name: &str) {
        if let Some(name) = self.get_mut(kind).and_then(|set| set.names.get_mut(name)) {
            name.is_told = true;
            name.is_refused = true;
        }
    }

    /// Whether so many names of a kind came and went that the server may as well be told.
    pub(crate) fn has_enough(&self, kind: Subscription) -> bool {
        self.get(kind).is_some_and(|set| set.changed.len() >= ENOUGH_NAMES)
    }

    /// What the server is to be told of the names of a kind that came and went.
    pub(crate) fn take_changes(&mut self, kind: Subscription) -> Vec<Message<'static>> {
        self.get_mut(kind).map(Names::take_changes).unwrap_or_default()
    }

    /// There is a connection: what it is to be told first.
    pub(crate) fn on_established(&mut self) -> Vec<Message<'static>> {
        self.is_connected = true;
        self.sets.iter_mut().flat_map(Names::take_all).collect()
    }

    /// The connection is gone, and the server has forgotten everything.
    pub(crate) fn on_lost(&mut self) {
        self.is_connected = false;
        self.sets.iter_mut().for_each(Names::forget);
    }

    fn change(&mut self, kind: Subscription, name: String, is_wanted: bool) {
        let is_connected = self.is_connected;
        if let Some(set) = self.get_mut(kind) {
            set.change(name, is_wanted, is_connected);
        }
    }

    fn get(&self, kind: Subscription) -> Option<&Names> {
        self.sets.get(kind as usize)
    }

    fn get_mut(&mut self, kind: Subscription) -> Option<&mut Names> {
        self.sets.get_mut(kind as usize)
    }
}

impl Names {
    fn new(kind: Subscription) -> Self {
        Self { kind, names: OrderedMap::default(), changed: Vec::new(), sent: 0 }
    }

    fn change(&mut self, name: String, is_wanted: bool, is_connected: bool) {
        match self.names.get_mut(&name) {
            Some(known) => known.is_wanted = is_wanted,
            None if is_wanted => {
                self.names
                    .insert(name.clone(), Name { is_wanted, is_told: false, is_refused: false });
            }
            None => return,
        }
        if is_connected {
            self.changed.push(name);
        } else if !is_wanted {
            self.names.remove(&name);
        }
    }

    fn take_changes(&mut self) -> Vec<Message<'static>> {
        let mut wanted = Vec::new();
        let mut unwanted = Vec::new();
        for changed in std::mem::take(&mut self.changed) {
            let Some(name) = self.names.get_mut(&changed) else { continue };
            if name.is_wanted {
                if !name.is_told {
                    name.is_told = true;
                    wanted.push(changed);
                }
            } else {
                let is_told = name.is_told;
                self.names.remove(&changed);
                if is_told {
                    unwanted.push(changed);
                }
            }
        }
        let mut messages = self.messages(self.kind.subscribe_action(), wanted);
        messages.extend(self.messages(self.kind.unsubscribe_action(), unwanted));
        messages
    }

    fn take_all(&mut self) -> Vec<Message<'static>> {
        let names = self.names.iter_mut().map(|(name, it)| {
            it.is_told = true;
            name.to_owned()
        });
        let names = names.collect();
        self.messages(self.kind.subscribe_action(), names)
    }

    fn forget(&mut self) {
        self.changed.clear();
        self.sent = 0;
        self.names.retain(|name| {
            name.is_told = false;
            name.is_refused = false;
            name.is_wanted
        });
    }

    /// The messages with which the server is told `names`.
    fn messages(&mut self, action: Action, names: Vec<String>) -> Vec<Message<'static>> {
        if self.kind.is_bulk() {
            return bulk_messages(action, names, &mut self.sent);
        }
        let message = |name: String| {
            let mut message = Message::new(action);
            message.name = (!name.is_empty()).then(|| name.into());
            message
        };
        names.into_iter().map(message).collect()
    }
}

/// The messages with which the server is told many names, when it was sent `sent` of them before.
pub(super) fn bulk_messages(
    action: Action,
    names: Vec<String>,
    sent: &mut u32,
) -> Vec<Message<'static>> {
    let mut messages: Vec<Message<'static>> = Vec::new();
    let mut room = 0;
    let count = names.len();
    for (n, name) in names.into_iter().enumerate() {
        if messages.is_empty() || name.len() > room {
            let mut message = Message::new(action);
            message.correlation_id = Some(sent.to_string().into());
            *sent = sent.wrapping_add(1);
            message.names.reserve_exact(count.saturating_sub(n).min(USUAL_NAMES));
            messages.push(message);
            room = MAX_BYTES;
        }
        room = room.saturating_sub(name.len().saturating_add(MAX_OVERHEAD));
        if let Some(message) = messages.last_mut() {
            message.names.push(name.into());
        }
    }
    messages
}

impl Subscription {
    pub(crate) const ALL: [Self; 6] = [
        Self::Event,
        Self::EventPattern,
        Self::RecordPattern,
        Self::Rpc,
        Self::User,
        Self::AllUsers,
    ];

    /// Whether names are told several at a time.
    pub(crate) const fn is_bulk(self) -> bool {
        match self {
            Self::Event | Self::Rpc | Self::User => true,
            Self::EventPattern | Self::RecordPattern | Self::AllUsers => false,
        }
    }

    /// The kind that an action subscribes to or unsubscribes from.
    pub(crate) fn of(action: Action) -> Option<Self> {
        let is_about =
            |kind: &Self| action == kind.subscribe_action() || action == kind.unsubscribe_action();
        Self::ALL.into_iter().find(is_about)
    }

    pub(crate) fn subscribe_action(self) -> Action {
        match self {
            Self::Event => EventAction::Subscribe.into(),
            Self::EventPattern => EventAction::Listen.into(),
            Self::RecordPattern => RecordAction::Listen.into(),
            Self::Rpc => RpcAction::Provide.into(),
            Self::User => PresenceAction::Subscribe.into(),
            Self::AllUsers => PresenceAction::SubscribeAll.into(),
        }
    }

    pub(crate) fn unsubscribe_action(self) -> Action {
        match self {
            Self::Event => EventAction::Unsubscribe.into(),
            Self::EventPattern => EventAction::Unlisten.into(),
            Self::RecordPattern => RecordAction::Unlisten.into(),
            Self::Rpc => RpcAction::Unprovide.into(),
            Self::User => PresenceAction::Unsubscribe.into(),
            Self::AllUsers => PresenceAction::UnsubscribeAll.into(),
        }
    }
}

/// Names that are not collected any longer, because a message is full enough: the server begins with
/// these while the page goes on.
pub(super) const ENOUGH_NAMES: usize = 1_000;

/// Of names in one message: a server refuses messages above a limit, 1 MiB by default.
const MAX_BYTES: usize = 256 * 1_024;

/// So many names of usual length fit.
const USUAL_NAMES: usize = 10_000;

/// What a name takes beyond its own bytes, at most.
const MAX_OVERHEAD: usize = 6;

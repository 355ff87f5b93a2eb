//! One message, with every field that any topic of the protocol knows.

use std::borrow::Cow;

use super::action::{Action, Topic};
use crate::core::sparse::{Empty, Sparse};

/// One deepstream message. Its texts borrow from the frame that it was decoded from.
///
/// An absent field stays absent: the protocol tells `version: 0` from no version, and an
/// `isError: false` that was written from one that was not.
#[derive(Clone, Debug, PartialEq)]
pub struct Message<'a> {
    /// What the message says, and in which topic.
    pub action: Action,
    /// The payload: JSON text, not looked into here.
    pub data: Option<Cow<'a, str>>,
    /// Names the request that this message answers, or asks to be answered under.
    pub correlation_id: Option<Cow<'a, str>>,
    /// Whether this is a refusal.
    pub is_error: Option<bool>,
    /// Whether this acknowledges a request.
    pub is_ack: Option<bool>,
    /// Whether the writer asks for an acknowledgement, or this answers one who did.
    pub is_write_ack: Option<bool>,
    /// Name of the event, record, RPC or user; the pattern, in messages about listening.
    pub name: Option<Cow<'a, str>>,
    /// The names that a bulk message is about.
    pub names: Vec<Cow<'a, str>>,
    /// The subscription that a message about listening is about.
    pub subscription: Option<Cow<'a, str>>,
    /// Path within a record, such as `a.b[3]`.
    pub path: Option<Cow<'a, str>>,
    /// Version of a record. -1: there is none.
    pub version: Option<i32>,
    /// Versions of several records, by name, in the order of the wire. Of a name that comes twice,
    /// the last one counts.
    pub versions: Vec<(Cow<'a, str>, i32)>,
    /// Topic of the message that this one is about.
    pub original_topic: Option<Topic>,
    /// Action of the message that this one is about: a number of that message's own topic.
    pub original_action: Option<i32>,
    /// The fields that few messages have.
    pub rare: Sparse<RareFields<'a>>,
}

/// Fields of a message that few have: apart, because each message is moved and cleared away as a whole.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RareFields<'a> {
    /// A field of topic `RECORD` that the official peers no longer use.
    pub pattern: Option<Cow<'a, str>>,
    /// Where the client connected to, or is redirected to.
    pub url: Option<Cow<'a, str>>,
    /// Version of the protocol that the client speaks.
    pub protocol_version: Option<Cow<'a, str>>,
    /// Version of the client.
    pub sdk_version: Option<Cow<'a, str>>,
    /// Kind of the client.
    pub sdk_type: Option<Cow<'a, str>>,
    /// User id of the one who made an RPC.
    pub requestor_name: Option<Cow<'a, str>>,
    /// Data about the one who made an RPC: JSON text.
    pub requestor_data: Option<Cow<'a, str>>,
    /// Topic `CLUSTER`: a node's claim to lead.
    pub leader_score: Option<i32>,
    /// Topic `CLUSTER`: a node's role.
    pub role: Option<Cow<'a, str>>,
    /// Topic `LOCK`: whether the lock is held.
    pub locked: Option<bool>,
    /// Topic `STATE_REGISTRY`: sum over a node's state.
    pub checksum: Option<i32>,
    /// Topic `STATE_REGISTRY`: a node's whole state.
    pub full_state: Vec<Cow<'a, str>>,
    /// Topic `STATE_REGISTRY`: the node.
    pub server_name: Option<Cow<'a, str>>,
    /// Topic `STATE_REGISTRY`: number of the registry that the state is of.
    pub registry_topic: Option<i32>,
}

impl Empty for RareFields<'_> {
    fn empty<'e>() -> &'e Self
    where
        Self: 'e,
    {
        const EMPTY: &RareFields<'static> = &RareFields {
            pattern: None,
            url: None,
            protocol_version: None,
            sdk_version: None,
            sdk_type: None,
            requestor_name: None,
            requestor_data: None,
            leader_score: None,
            role: None,
            locked: None,
            checksum: None,
            full_state: Vec::new(),
            server_name: None,
            registry_topic: None,
        };
        EMPTY
    }
}

impl Message<'static> {
    /// A message that says only this.
    pub fn new(action: impl Into<Action>) -> Self {
        Self {
            action: action.into(),
            data: None,
            correlation_id: None,
            is_error: None,
            is_ack: None,
            is_write_ack: None,
            name: None,
            names: Vec::new(),
            subscription: None,
            path: None,
            version: None,
            versions: Vec::new(),
            original_topic: None,
            original_action: None,
            rare: Sparse::default(),
        }
    }
}

impl Message<'_> {
    /// The topic, which the action implies.
    pub const fn topic(&self) -> Topic {
        self.action.topic()
    }

    /// The same message, independent of the frame that it came in.
    pub fn into_owned(self) -> Message<'static> {
        Message {
            action: self.action,
            data: self.data.map(owned),
            correlation_id: self.correlation_id.map(owned),
            is_error: self.is_error,
            is_ack: self.is_ack,
            is_write_ack: self.is_write_ack,
            name: self.name.map(owned),
            names: self.names.into_iter().map(owned).collect(),
            subscription: self.subscription.map(owned),
            path: self.path.map(owned),
            version: self.version,
            versions: self.versions.into_iter().map(|(name, at)| (owned(name), at)).collect(),
            original_topic: self.original_topic,
            original_action: self.original_action,
            rare: self.rare.map(RareFields::into_owned),
        }
    }
}

impl RareFields<'_> {
    fn into_owned(self) -> RareFields<'static> {
        RareFields {
            pattern: self.pattern.map(owned),
            url: self.url.map(owned),
            protocol_version: self.protocol_version.map(owned),
            sdk_version: self.sdk_version.map(owned),
            sdk_type: self.sdk_type.map(owned),
            requestor_name: self.requestor_name.map(owned),
            requestor_data: self.requestor_data.map(owned),
            leader_score: self.leader_score,
            role: self.role.map(owned),
            locked: self.locked,
            checksum: self.checksum,
            full_state: self.full_state.into_iter().map(owned).collect(),
            server_name: self.server_name.map(owned),
            registry_topic: self.registry_topic,
        }
    }
}

fn owned(text: Cow<'_, str>) -> Cow<'static, str> {
    Cow::Owned(text.into_owned())
}

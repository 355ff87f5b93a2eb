//! The fields of a message: how each is called, of which type it is, and under which number each
//! topic knows it. Both transports read and write through this table; neither names a field.

use std::borrow::Cow;

use super::action::{Action, Topic};
use super::error::DecodeError;
use super::message::Message;

/// The fields, each with its member of [`Message`], its type and its name in JavaScript.
macro_rules! fields {
    ($($field:ident = $member:ident $(in $rare:ident)?: $kind:ident, $name:literal;)*) => {
        /// A field of a message, other than its topic and its action.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum Field { $($field,)* }

        impl Field {
            /// Every field.
            pub(super) const ALL: &'static [Field] = &[$(Field::$field,)*];

            /// The field's name in JavaScript, and so in JSON.
            pub(super) const fn name(self) -> &'static str {
                match self {
                    $(Self::$field => $name,)*
                }
            }

            /// What the message has in this field.
            // Called for each field that a topic has.
            #[inline(always)]
            pub(super) fn value<'m, 'a>(self, message: &'m Message<'a>) -> Value<'m, 'a> {
                match self {
                    $(Self::$field => Value::$kind(&message.$($rare.)?$member),)*
                }
            }

            /// Where the message keeps this field.
            pub(super) fn slot<'m, 'a>(self, message: &'m mut Message<'a>) -> Slot<'m, 'a> {
                match self {
                    $(Self::$field => Slot::$kind(&mut message.$($rare.)?$member),)*
                }
            }
        }
    };
}

fields! {
    Data = data: Json, "data";
    CorrelationId = correlation_id: Text, "correlationId";
    IsError = is_error: Bool, "isError";
    IsAck = is_ack: Bool, "isAck";
    IsWriteAck = is_write_ack: Bool, "isWriteAck";
    Name = name: Text, "name";
    Names = names: Texts, "names";
    Subscription = subscription: Text, "subscription";
    Pattern = pattern in rare: Text, "pattern";
    Path = path: Text, "path";
    Version = version: Int, "version";
    Versions = versions: Versions, "versions";
    // The schema spells it `originalTOPIC`, but no peer sets that property.
    OriginalTopic = original_topic: Topic, "originalTopic";
    OriginalAction = original_action: Int, "originalAction";
    Url = url in rare: Text, "url";
    ProtocolVersion = protocol_version in rare: Text, "protocolVersion";
    SdkVersion = sdk_version in rare: Text, "sdkVersion";
    SdkType = sdk_type in rare: Text, "sdkType";
    RequestorName = requestor_name in rare: Text, "requestorName";
    RequestorData = requestor_data in rare: Json, "requestorData";
    LeaderScore = leader_score in rare: Int, "leaderScore";
    Role = role in rare: Text, "role";
    Locked = locked in rare: Bool, "locked";
    Checksum = checksum in rare: Int, "checksum";
    FullState = full_state in rare: Texts, "fullState";
    ServerName = server_name in rare: Text, "serverName";
    RegistryTopic = registry_topic in rare: Int, "registryTopic";
}

/// The topic with this number, if messages can have it.
pub(super) fn known_topic(number: Option<i32>) -> Result<Topic, DecodeError> {
    let number = number.ok_or(DecodeError::MissingTopic)?;
    Topic::from_number(number)
        .filter(|topic| fields_of(*topic).is_some())
        .ok_or(DecodeError::UnknownTopic(number))
}

/// The action with this number in `topic`.
pub(super) fn known_action(topic: Topic, number: Option<i32>) -> Result<Action, DecodeError> {
    let number = number.ok_or(DecodeError::MissingAction)?;
    Action::from_number(topic, number).ok_or(DecodeError::UnknownAction { topic, number })
}

/// What a message has in one field.
pub(super) enum Value<'m, 'a> {
    Text(&'m Option<Cow<'a, str>>),
    /// JSON text, which the binary transport treats as any other.
    Json(&'m Option<Cow<'a, str>>),
    Bool(&'m Option<bool>),
    Int(&'m Option<i32>),
    Topic(&'m Option<Topic>),
    Texts(&'m Vec<Cow<'a, str>>),
    Versions(&'m Vec<(Cow<'a, str>, i32)>),
}

/// Where a message keeps one field.
pub(super) enum Slot<'m, 'a> {
    Text(&'m mut Option<Cow<'a, str>>),
    Json(&'m mut Option<Cow<'a, str>>),
    Bool(&'m mut Option<bool>),
    Int(&'m mut Option<i32>),
    Topic(&'m mut Option<Topic>),
    Texts(&'m mut Vec<Cow<'a, str>>),
    Versions(&'m mut Vec<(Cow<'a, str>, i32)>),
}

/// Numbers of the envelope's fields.
pub(super) mod envelope {
    pub(in super::super) const TOPIC: u32 = 2;
    pub(in super::super) const MESSAGE: u32 = 3;
}

/// Numbers of the fields of an entry of [`Field::Versions`].
pub(super) mod version {
    pub(in super::super) const NAME: u32 = 1;
    pub(in super::super) const VERSION: u32 = 2;
}

/// Number of the action, the same in every topic.
pub(super) const ACTION: u32 = 1;

/// The fields that a topic's messages have, by number and in the order of the wire.
///
/// `None`: no message can have the topic.
pub(super) const fn fields_of(topic: Topic) -> Option<&'static [(u32, Field)]> {
    Some(match topic {
        Topic::Unknown | Topic::Error => return None,
        Topic::Parser => &[(2, Field::Data), (8, Field::OriginalTopic), (9, Field::OriginalAction)],
        Topic::Connection => &[
            (2, Field::Data),
            (3, Field::IsError),
            (4, Field::IsAck),
            (5, Field::Url),
            (6, Field::ProtocolVersion),
            (7, Field::SdkVersion),
            (8, Field::SdkType),
        ],
        Topic::Auth => &[(2, Field::Data), (3, Field::IsError), (4, Field::IsAck)],
        Topic::Event => &[
            (2, Field::Data),
            (3, Field::CorrelationId),
            (4, Field::IsError),
            (5, Field::IsAck),
            (6, Field::Name),
            (7, Field::Names),
            (8, Field::Subscription),
            (10, Field::OriginalTopic),
            (11, Field::OriginalAction),
        ],
        Topic::Record => &[
            (2, Field::Data),
            (3, Field::CorrelationId),
            (4, Field::IsError),
            (5, Field::IsAck),
            (6, Field::Name),
            (7, Field::Names),
            (8, Field::Pattern),
            (9, Field::Subscription),
            (10, Field::OriginalAction),
            (11, Field::IsWriteAck),
            (12, Field::Path),
            (13, Field::Version),
            (14, Field::Versions),
        ],
        Topic::Rpc => &[
            (2, Field::Data),
            (3, Field::CorrelationId),
            (4, Field::IsError),
            (5, Field::IsAck),
            (6, Field::Names),
            (7, Field::Name),
            (9, Field::OriginalAction),
            (10, Field::RequestorName),
            (11, Field::RequestorData),
        ],
        Topic::Presence => &[
            (2, Field::OriginalTopic),
            (3, Field::OriginalAction),
            (4, Field::Data),
            (5, Field::CorrelationId),
            (6, Field::IsError),
            (7, Field::IsAck),
            (8, Field::Name),
            (9, Field::Names),
        ],
        Topic::Monitoring => {
            &[(2, Field::Data), (3, Field::CorrelationId), (4, Field::IsError), (5, Field::IsAck)]
        }
        Topic::Cluster => &[
            (2, Field::Data),
            (3, Field::IsError),
            (4, Field::IsAck),
            (5, Field::LeaderScore),
            (7, Field::Role),
        ],
        Topic::Lock => &[(3, Field::Locked)],
        Topic::StateRegistry => &[
            (2, Field::Data),
            (3, Field::IsError),
            (19, Field::Checksum),
            (20, Field::FullState),
            (21, Field::ServerName),
            (22, Field::RegistryTopic),
        ],
    })
}

//! The numbers of the wire: topics, and what a message of each topic can say.
//!
//! Variants stand in wire order. The names are the official protocol's own, which users see in
//! `error` events and in the exported constants. No other module knows a wire number.

/// An enumeration of the wire: each variant's number and its name in the official protocol.
macro_rules! numbered {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $number:literal => $text:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        #[allow(missing_docs, reason = "a variant says what its name in the protocol says")]
        pub enum $name { $($variant = $number,)* }

        impl $name {
            /// Every variant, in wire order.
            pub const ALL: &'static [$name] = &[$($name::$variant,)*];

            /// The variant with this number on the wire.
            pub const fn from_number(number: i32) -> Option<Self> {
                match number {
                    $($number => Some(Self::$variant),)*
                    _ => None,
                }
            }

            /// The variant's number on the wire.
            pub const fn number(self) -> i32 {
                self as i32
            }

            /// The variant's name in the official protocol.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)*
                }
            }
        }
    };
}

numbered! {
    /// The part of deepstream that a message belongs to.
    Topic {
        Unknown = 0 => "UNKNOWN",
        Parser = 1 => "PARSER",
        Connection = 2 => "CONNECTION",
        Auth = 3 => "AUTH",
        Event = 4 => "EVENT",
        Record = 5 => "RECORD",
        Rpc = 6 => "RPC",
        Presence = 7 => "PRESENCE",
        Monitoring = 8 => "MONITORING",
        Cluster = 9 => "CLUSTER",
        Lock = 10 => "LOCK",
        StateRegistry = 11 => "STATE_REGISTRY",
        Error = 100 => "ERROR",
    }
}

numbered! {
    /// What a message of topic `PARSER` says.
    ParserAction {
        Unknown = 0 => "UNKNOWN",
        UnknownTopic = 1 => "UNKNOWN_TOPIC",
        UnknownAction = 2 => "UNKNOWN_ACTION",
        InvalidMessage = 3 => "INVALID_MESSAGE",
        MessageParseError = 4 => "MESSAGE_PARSE_ERROR",
        MaximumMessageSizeExceeded = 5 => "MAXIMUM_MESSAGE_SIZE_EXCEEDED",
        Error = 6 => "ERROR",
        InvalidMetaParams = 7 => "INVALID_META_PARAMS",
    }
}

numbered! {
    /// What a message of topic `CONNECTION` says.
    ConnectionAction {
        Unknown = 0 => "UNKNOWN",
        Error = 1 => "ERROR",
        Ping = 2 => "PING",
        Pong = 3 => "PONG",
        Accept = 4 => "ACCEPT",
        Challenge = 5 => "CHALLENGE",
        Reject = 6 => "REJECT",
        Redirect = 7 => "REDIRECT",
        Closing = 8 => "CLOSING",
        Closed = 9 => "CLOSED",
        AuthenticationTimeout = 100 => "AUTHENTICATION_TIMEOUT",
        InvalidMessage = 101 => "INVALID_MESSAGE",
    }
}

numbered! {
    /// What a message of topic `AUTH` says.
    AuthAction {
        Unknown = 0 => "UNKNOWN",
        Error = 1 => "ERROR",
        Request = 2 => "REQUEST",
        AuthSuccessful = 3 => "AUTH_SUCCESSFUL",
        AuthUnsuccessful = 4 => "AUTH_UNSUCCESSFUL",
        TooManyAuthAttempts = 100 => "TOO_MANY_AUTH_ATTEMPTS",
        InvalidMessage = 101 => "INVALID_MESSAGE",
        InvalidMessageData = 102 => "INVALID_MESSAGE_DATA",
    }
}

numbered! {
    /// What a message of topic `EVENT` says.
    EventAction {
        Unknown = 0 => "UNKNOWN",
        Error = 1 => "ERROR",
        Emit = 2 => "EMIT",
        Subscribe = 3 => "SUBSCRIBE",
        Unsubscribe = 4 => "UNSUBSCRIBE",
        Listen = 5 => "LISTEN",
        Unlisten = 6 => "UNLISTEN",
        ListenAccept = 7 => "LISTEN_ACCEPT",
        ListenReject = 8 => "LISTEN_REJECT",
        SubscriptionHasProvider = 9 => "SUBSCRIPTION_HAS_PROVIDER",
        SubscriptionHasNoProvider = 10 => "SUBSCRIPTION_HAS_NO_PROVIDER",
        SubscriptionForPatternFound = 11 => "SUBSCRIPTION_FOR_PATTERN_FOUND",
        SubscriptionForPatternRemoved = 12 => "SUBSCRIPTION_FOR_PATTERN_REMOVED",
        InvalidListenRegex = 100 => "INVALID_LISTEN_REGEX",
        ListenResponseTimeout = 101 => "LISTEN_RESPONSE_TIMEOUT",
        ListenUnsuccessful = 102 => "LISTEN_UNSUCCESSFUL",
        MessagePermissionError = 103 => "MESSAGE_PERMISSION_ERROR",
        MessageDenied = 104 => "MESSAGE_DENIED",
        InvalidMessageData = 105 => "INVALID_MESSAGE_DATA",
        MultipleSubscriptions = 106 => "MULTIPLE_SUBSCRIPTIONS",
        NotSubscribed = 107 => "NOT_SUBSCRIBED",
    }
}

numbered! {
    /// What a message of topic `RECORD` says.
    RecordAction {
        Unknown = 0 => "UNKNOWN",
        Error = 1 => "ERROR",
        Notify = 2 => "NOTIFY",
        Read = 3 => "READ",
        ReadResponse = 4 => "READ_RESPONSE",
        Head = 5 => "HEAD",
        HeadResponse = 6 => "HEAD_RESPONSE",
        HeadBulk = 7 => "HEAD_BULK",
        HeadResponseBulk = 8 => "HEAD_RESPONSE_BULK",
        Delete = 9 => "DELETE",
        DeleteSuccess = 10 => "DELETE_SUCCESS",
        DeleteBulk = 11 => "DELETE_BULK",
        DeleteBulkSuccess = 12 => "DELETE_BULK_SUCCESS",
        Deleted = 13 => "DELETED",
        WriteAcknowledgement = 14 => "WRITE_ACKNOWLEDGEMENT",
        Create = 15 => "CREATE",
        CreateAndUpdate = 16 => "CREATEANDUPDATE",
        CreateAndPatch = 17 => "CREATEANDPATCH",
        Update = 18 => "UPDATE",
        Patch = 19 => "PATCH",
        Erase = 20 => "ERASE",
        SubscribeAndHead = 21 => "SUBSCRIBEANDHEAD",
        SubscribeAndRead = 22 => "SUBSCRIBEANDREAD",
        SubscribeCreateAndRead = 23 => "SUBSCRIBECREATEANDREAD",
        SubscribeCreateAndUpdate = 24 => "SUBSCRIBECREATEANDUPDATE",
        Subscribe = 25 => "SUBSCRIBE",
        Unsubscribe = 26 => "UNSUBSCRIBE",
        Listen = 27 => "LISTEN",
        Unlisten = 28 => "UNLISTEN",
        ListenAccept = 29 => "LISTEN_ACCEPT",
        ListenReject = 30 => "LISTEN_REJECT",
        SubscriptionHasProvider = 31 => "SUBSCRIPTION_HAS_PROVIDER",
        SubscriptionHasNoProvider = 32 => "SUBSCRIPTION_HAS_NO_PROVIDER",
        SubscriptionForPatternFound = 33 => "SUBSCRIPTION_FOR_PATTERN_FOUND",
        SubscriptionForPatternRemoved = 34 => "SUBSCRIPTION_FOR_PATTERN_REMOVED",
        PatchMulti = 35 => "PATCH_MULTI",
        CacheRetrievalTimeout = 100 => "CACHE_RETRIEVAL_TIMEOUT",
        StorageRetrievalTimeout = 101 => "STORAGE_RETRIEVAL_TIMEOUT",
        VersionExists = 102 => "VERSION_EXISTS",
        RecordLoadError = 103 => "RECORD_LOAD_ERROR",
        RecordCreateError = 104 => "RECORD_CREATE_ERROR",
        RecordUpdateError = 105 => "RECORD_UPDATE_ERROR",
        RecordDeleteError = 106 => "RECORD_DELETE_ERROR",
        RecordNotFound = 107 => "RECORD_NOT_FOUND",
        InvalidVersion = 108 => "INVALID_VERSION",
        InvalidPatchOnHotpath = 109 => "INVALID_PATCH_ON_HOTPATH",
        InvalidListenRegex = 110 => "INVALID_LISTEN_REGEX",
        ListenResponseTimeout = 111 => "LISTEN_RESPONSE_TIMEOUT",
        ListenUnsuccessful = 112 => "LISTEN_UNSUCCESSFUL",
        RecordNotifyError = 113 => "RECORD_NOTIFY_ERROR",
        MessagePermissionError = 114 => "MESSAGE_PERMISSION_ERROR",
        MessageDenied = 115 => "MESSAGE_DENIED",
        InvalidMessageData = 116 => "INVALID_MESSAGE_DATA",
        MultipleSubscriptions = 117 => "MULTIPLE_SUBSCRIPTIONS",
        NotSubscribed = 118 => "NOT_SUBSCRIBED",
    }
}

numbered! {
    /// What a message of topic `RPC` says.
    RpcAction {
        Unknown = 0 => "UNKNOWN",
        Error = 1 => "ERROR",
        Request = 2 => "REQUEST",
        Accept = 4 => "ACCEPT",
        Response = 5 => "RESPONSE",
        Reject = 6 => "REJECT",
        RequestError = 7 => "REQUEST_ERROR",
        Provide = 8 => "PROVIDE",
        Unprovide = 9 => "UNPROVIDE",
        NoRpcProvider = 100 => "NO_RPC_PROVIDER",
        AcceptTimeout = 101 => "ACCEPT_TIMEOUT",
        MultipleAccept = 102 => "MULTIPLE_ACCEPT",
        InvalidRpcCorrelationId = 103 => "INVALID_RPC_CORRELATION_ID",
        ResponseTimeout = 104 => "RESPONSE_TIMEOUT",
        MultipleResponse = 105 => "MULTIPLE_RESPONSE",
        MessagePermissionError = 106 => "MESSAGE_PERMISSION_ERROR",
        MessageDenied = 107 => "MESSAGE_DENIED",
        InvalidMessageData = 108 => "INVALID_MESSAGE_DATA",
        MultipleProviders = 109 => "MULTIPLE_PROVIDERS",
        NotProvided = 110 => "NOT_PROVIDED",
    }
}

numbered! {
    /// What a message of topic `PRESENCE` says.
    PresenceAction {
        Unknown = 0 => "UNKNOWN",
        Error = 1 => "ERROR",
        QueryAll = 2 => "QUERY_ALL",
        QueryAllResponse = 3 => "QUERY_ALL_RESPONSE",
        Query = 4 => "QUERY",
        QueryResponse = 5 => "QUERY_RESPONSE",
        PresenceJoin = 6 => "PRESENCE_JOIN",
        PresenceJoinAll = 7 => "PRESENCE_JOIN_ALL",
        PresenceLeave = 8 => "PRESENCE_LEAVE",
        PresenceLeaveAll = 9 => "PRESENCE_LEAVE_ALL",
        Subscribe = 10 => "SUBSCRIBE",
        Unsubscribe = 11 => "UNSUBSCRIBE",
        SubscribeAll = 12 => "SUBSCRIBE_ALL",
        UnsubscribeAll = 13 => "UNSUBSCRIBE_ALL",
        InvalidPresenceUsers = 100 => "INVALID_PRESENCE_USERS",
        MessagePermissionError = 101 => "MESSAGE_PERMISSION_ERROR",
        MessageDenied = 102 => "MESSAGE_DENIED",
        MultipleSubscriptions = 103 => "MULTIPLE_SUBSCRIPTIONS",
        NotSubscribed = 104 => "NOT_SUBSCRIBED",
    }
}

numbered! {
    /// What a message of topic `CLUSTER` says.
    ClusterAction {
        Remove = 1 => "REMOVE",
        Status = 2 => "STATUS",
    }
}

numbered! {
    /// What a message of topic `LOCK` says.
    LockAction {
        Unknown = 0 => "UNKNOWN",
        Error = 1 => "ERROR",
        Request = 2 => "REQUEST",
        Response = 3 => "RESPONSE",
        Release = 4 => "RELEASE",
    }
}

numbered! {
    /// What a message of topic `STATE_REGISTRY` says.
    StateAction {
        Unknown = 0 => "UNKNOWN",
        Error = 1 => "ERROR",
        Add = 2 => "ADD",
        Remove = 3 => "REMOVE",
        RequestFullState = 4 => "REQUEST_FULL_STATE",
        FullState = 5 => "FULL_STATE",
        Checksum = 6 => "CHECKSUM",
    }
}

/// What a message says, with the topic that it says it in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "a variant is its topic")]
pub enum Action {
    Parser(ParserAction),
    Connection(ConnectionAction),
    Auth(AuthAction),
    Event(EventAction),
    Record(RecordAction),
    Rpc(RpcAction),
    Presence(PresenceAction),
    /// The official protocol names no action of this topic, but carries their numbers.
    Monitoring(i32),
    Cluster(ClusterAction),
    Lock(LockAction),
    State(StateAction),
}

impl Action {
    /// The action with this number in `topic`.
    pub fn from_number(topic: Topic, number: i32) -> Option<Self> {
        match topic {
            Topic::Unknown | Topic::Error => None,
            Topic::Parser => ParserAction::from_number(number).map(Self::Parser),
            Topic::Connection => ConnectionAction::from_number(number).map(Self::Connection),
            Topic::Auth => AuthAction::from_number(number).map(Self::Auth),
            Topic::Event => EventAction::from_number(number).map(Self::Event),
            Topic::Record => RecordAction::from_number(number).map(Self::Record),
            Topic::Rpc => RpcAction::from_number(number).map(Self::Rpc),
            Topic::Presence => PresenceAction::from_number(number).map(Self::Presence),
            Topic::Monitoring => Some(Self::Monitoring(number)),
            Topic::Cluster => ClusterAction::from_number(number).map(Self::Cluster),
            Topic::Lock => LockAction::from_number(number).map(Self::Lock),
            Topic::StateRegistry => StateAction::from_number(number).map(Self::State),
        }
    }

    /// The topic that the action belongs to.
    pub const fn topic(self) -> Topic {
        match self {
            Self::Parser(_) => Topic::Parser,
            Self::Connection(_) => Topic::Connection,
            Self::Auth(_) => Topic::Auth,
            Self::Event(_) => Topic::Event,
            Self::Record(_) => Topic::Record,
            Self::Rpc(_) => Topic::Rpc,
            Self::Presence(_) => Topic::Presence,
            Self::Monitoring(_) => Topic::Monitoring,
            Self::Cluster(_) => Topic::Cluster,
            Self::Lock(_) => Topic::Lock,
            Self::State(_) => Topic::StateRegistry,
        }
    }

    /// The action's number within its topic.
    pub const fn number(self) -> i32 {
        match self {
            Self::Parser(action) => action.number(),
            Self::Connection(action) => action.number(),
            Self::Auth(action) => action.number(),
            Self::Event(action) => action.number(),
            Self::Record(action) => action.number(),
            Self::Rpc(action) => action.number(),
            Self::Presence(action) => action.number(),
            Self::Monitoring(number) => number,
            Self::Cluster(action) => action.number(),
            Self::Lock(action) => action.number(),
            Self::State(action) => action.number(),
        }
    }

    /// The action's name in the official protocol, which names none of topic `MONITORING`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Parser(action) => action.name(),
            Self::Connection(action) => action.name(),
            Self::Auth(action) => action.name(),
            Self::Event(action) => action.name(),
            Self::Record(action) => action.name(),
            Self::Rpc(action) => action.name(),
            Self::Presence(action) => action.name(),
            Self::Monitoring(_) => "MONITORING",
            Self::Cluster(action) => action.name(),
            Self::Lock(action) => action.name(),
            Self::State(action) => action.name(),
        }
    }
}

macro_rules! into_action {
    ($($variant:ident($name:ident),)*) => {
        $(impl From<$name> for Action {
            fn from(action: $name) -> Self {
                Self::$variant(action)
            }
        })*
    };
}

into_action! {
    Parser(ParserAction),
    Connection(ConnectionAction),
    Auth(AuthAction),
    Event(EventAction),
    Record(RecordAction),
    Rpc(RpcAction),
    Presence(PresenceAction),
    Cluster(ClusterAction),
    Lock(LockAction),
    State(StateAction),
}

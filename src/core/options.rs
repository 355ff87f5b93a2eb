//! The options of a client: their names, what each may be, and the defaults.
//!
//! The names are the JavaScript client's. Options of parts that are configured elsewhere are known
//! here all the same, so that a wrong value or a misspelt name is told at once.

use super::error::{InvalidArgument, Problem};
use super::protocol::Transport;
use super::time::Millis;

/// What the client is configured by. Each field is the option of the same name.
#[derive(Clone, Debug, PartialEq)]
pub struct Options {
    /// Milliseconds between pings while the connection is open. Default 30 000.
    pub heartbeat_interval: Millis,
    /// Milliseconds that each unsuccessful attempt adds to the wait before the next. Default 4 000.
    pub reconnect_interval_increment: Millis,
    /// Milliseconds that the wait before an attempt never exceeds. Default 180 000.
    pub max_reconnect_interval: Millis,
    /// Unsuccessful attempts to reconnect after which the client gives up. Default 5.
    pub max_reconnect_attempts: AttemptLimit,
    /// Milliseconds within which a socket must open, and then the server answer the challenge;
    /// otherwise the attempt counts as unsuccessful. Default 10 000.
    pub connect_timeout: Millis,
    /// Milliseconds within which the server must answer a login. Default 30 000.
    pub authentication_timeout: Millis,
    /// What two missed heartbeats in a row lead to. Default: the state `ERROR`.
    pub heartbeat_timeout_action: HeartbeatTimeoutAction,
    /// Milliseconds that names to subscribe to are collected before they are sent in one message.
    /// 0: each is sent at once. Default 100.
    pub subscription_interval: Millis,
    /// Milliseconds within which the server must acknowledge a subscription. Default 2 000.
    pub subscription_timeout: Millis,
    /// Milliseconds that requests wait for a lost connection to come back. Default 2 000.
    pub offline_buffer_timeout: Millis,
    /// Messages that wait for the connection, at most. Default 100 000.
    pub max_queued_messages: usize,
    /// Bytes of the messages that wait for the connection, at most. Default 16 777 216.
    pub max_queued_bytes: usize,
    /// Path of the URL where it gives none. Default `/deepstream`.
    pub path: String,
    /// Whether nothing is connected to before the first login. Default no.
    pub lazy_connect: bool,
    /// How messages travel: `Json` with the option `socketOptions.jsonTransportMode`.
    pub transport: Transport,
    /// Milliseconds within which the server must answer a question about a record. Default 15 000.
    pub record_read_timeout: Millis,
    /// Milliseconds within which the server must confirm that a record is deleted. Default 15 000.
    pub record_delete_timeout: Millis,
    /// Milliseconds that a record is kept up to date after it was discarded. Default 5 000.
    pub record_discard_timeout: Millis,
    /// Whether records can't be written. Default no.
    pub record_read_only_mode: bool,
    /// What the names of records begin with that can be written all the same. Default none.
    pub record_prefix_write_whitelist: Vec<String>,
    /// Whether the application is given copies of what is in records. Default yes.
    pub record_deep_copy: bool,
    /// Whether each object through which a record is used has an id of its own. Default no.
    pub debug: bool,
    /// Version of a record that is made without a connection. Default 1.
    pub initial_record_version: i32,
    /// Whether records are kept in a storage of the browser. Default no.
    pub offline_enabled: bool,
    /// Whether they are also stored at each change while there is a connection. Default no.
    pub save_updates_offline: bool,
    /// What the storage has the list of the records under that are to be sent. Default
    /// `__ds__dirty_records`.
    pub dirty_storage_name: String,
    /// Which storage. Default `indexdb`.
    pub storage_name: StorageName,
    /// What the names of records begin with that are never stored. Default none.
    pub ignore_prefixes: Vec<String>,
    /// How IndexedDB is used.
    pub indexdb: IndexDbOptions,
}

/// Which storage of the browser keeps records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StorageName {
    /// IndexedDB.
    IndexDb,
    /// `localStorage`.
    LocalStorage,
}

/// How IndexedDB is used: the options `indexdb.*`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexDbOptions {
    /// Whether the version of the database rises by itself when `object_store_names` change.
    /// Default no.
    pub auto_version: bool,
    /// Version of the database. Default 1.
    pub db_version: u32,
    /// Key path of the object stores. Default `id`.
    pub primary_key: String,
    /// Name of the database. Default `deepstream`.
    pub storage_database_name: String,
    /// The object store of the records whose names do not tell of another. Default `records`.
    pub default_object_store_name: String,
    /// Further object stores, for records whose names begin with one of these and a slash. Default
    /// none.
    pub object_store_names: Vec<String>,
    /// Milliseconds that requests are collected before they become one transaction. Default 50.
    pub flush_timeout: Millis,
}

/// How many attempts to reconnect are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttemptLimit {
    /// Give up after so many.
    At(u32),
    /// Never give up.
    Never,
}

/// What two missed heartbeats in a row lead to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HeartbeatTimeoutAction {
    /// The state `ERROR`, which is final.
    Error,
    /// An attempt to reconnect, as after a loss.
    Reconnect,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            heartbeat_interval: Millis::new(30_000),
            reconnect_interval_increment: Millis::new(4_000),
            max_reconnect_interval: Millis::new(180_000),
            max_reconnect_attempts: AttemptLimit::At(5),
            connect_timeout: Millis::new(10_000),
            authentication_timeout: Millis::new(30_000),
            heartbeat_timeout_action: HeartbeatTimeoutAction::Error,
            subscription_interval: Millis::new(100),
            subscription_timeout: Millis::new(2_000),
            offline_buffer_timeout: Millis::new(2_000),
            max_queued_messages: 100_000,
            max_queued_bytes: 16 * 1_024 * 1_024,
            path: "/deepstream".to_owned(),
            lazy_connect: false,
            transport: Transport::Binary,
            record_read_timeout: Millis::new(15_000),
            record_delete_timeout: Millis::new(15_000),
            record_discard_timeout: Millis::new(5_000),
            record_read_only_mode: false,
            record_prefix_write_whitelist: Vec::new(),
            record_deep_copy: true,
            debug: false,
            initial_record_version: 1,
            offline_enabled: false,
            save_updates_offline: false,
            dirty_storage_name: "__ds__dirty_records".to_owned(),
            storage_name: StorageName::IndexDb,
            ignore_prefixes: Vec::new(),
            indexdb: IndexDbOptions::default(),
        }
    }
}

impl Default for IndexDbOptions {
    fn default() -> Self {
        Self {
            auto_version: false,
            db_version: 1,
            primary_key: "id".to_owned(),
            storage_database_name: "deepstream".to_owned(),
            default_object_store_name: "records".to_owned(),
            object_store_names: Vec::new(),
            flush_timeout: Millis::new(50),
        }
    }
}

/// A value that an option was given, as far as options look into it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value<'a> {
    /// A number, `NaN` and the infinities among them.
    Number(f64),
    /// `true` or `false`.
    Boolean(bool),
    /// A text.
    Text(&'a str),
    /// A list of texts.
    Texts(&'a [String]),
    /// Something that can be called.
    Function,
    /// Any other object.
    Object,
    /// `null`.
    Null,
    /// Nothing of these.
    Other,
}

/// Whether there is an option of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known {
    /// There is.
    Yes,
    /// There is, and its value holds options of its own, named after it and a dot.
    Group,
    /// There is in the JavaScript client, but this one has no use for it.
    Unsupported,
    /// There is not: it is ignored.
    No,
}

impl Options {
    /// Sets the option `name`.
    ///
    /// # Errors
    ///
    /// When the option can't have this value; nothing is set then.
    pub fn set(&mut self, name: &str, value: Value<'_>) -> Result<Known, InvalidArgument> {
        let Some((_, kind)) = OPTIONS.iter().find(|(known, _)| *known == name) else {
            return Ok(Known::No);
        };
        self.set_kind(*kind, value).map_err(|problem| InvalidArgument::new(name, problem))
    }

    fn set_kind(&mut self, kind: Kind, value: Value<'_>) -> Result<Known, Problem> {
        match kind {
            Kind::Unsupported => return Ok(Known::Unsupported),
            Kind::Millis(range, field) => *field(self) = millis(number_of(range, value)?),
            Kind::Number(range, set) => set(self, number_of(range, value)?),
            Kind::Boolean(set) => {
                let Value::Boolean(value) = value else {
                    return Err(Problem::Type("true or false"));
                };
                set(self, value);
            }
            Kind::Text(field) => text_of(value)?.clone_into(field(self)),
            Kind::Choice(set) => set(self, text_of(value)?)?,
            Kind::Texts(field) => {
                let Value::Texts(texts) = value else {
                    return Err(Problem::Type("an array of strings"));
                };
                texts.clone_into(field(self));
            }
            Kind::Object => expect(value == Value::Object, "an object")?,
            Kind::Group => {
                expect(value == Value::Object, "an object")?;
                return Ok(Known::Group);
            }
            Kind::Strategy => {
                let is_strategy = matches!(value, Value::Function | Value::Null);
                expect(is_strategy, "a function or null")?;
            }
        }
        Ok(Known::Yes)
    }

    fn set_path(&mut self, path: &str) -> Result<(), Problem> {
        // A fragment never travels, so that browsers refuse to open a socket to one.
        if path.contains('#') {
            return Err(Problem::Range("a path without a fragment ('#')"));
        }
        path.clone_into(&mut self.path);
        Ok(())
    }

    fn set_storage_name(&mut self, name: &str) -> Result<(), Problem> {
        self.storage_name = match name {
            "indexdb" => StorageName::IndexDb,
            "localstorage" => StorageName::LocalStorage,
            _ => return Err(Problem::Range("'indexdb' or 'localstorage'")),
        };
        Ok(())
    }

    fn set_heartbeat_timeout_action(&mut self, action: &str) -> Result<(), Problem> {
        self.heartbeat_timeout_action = match action {
            "error" => HeartbeatTimeoutAction::Error,
            "reconnect" => HeartbeatTimeoutAction::Reconnect,
            _ => return Err(Problem::Range("'error' or 'reconnect'")),
        };
        Ok(())
    }
}

/// What an option may be, and where it goes.
#[derive(Clone, Copy)]
enum Kind {
    Millis(Range, fn(&mut Options) -> &mut Millis),
    Number(Range, fn(&mut Options, f64)),
    Boolean(fn(&mut Options, bool)),
    Text(fn(&mut Options) -> &mut String),
    /// A text, not any of which will do.
    Choice(fn(&mut Options, &str) -> Result<(), Problem>),
    Texts(fn(&mut Options) -> &mut Vec<String>),
    Object,
    /// An object of further options.
    Group,
    /// A function that merges records, or `null`.
    Strategy,
    Unsupported,
}

/// Which numbers an option may be.
#[derive(Clone, Copy)]
enum Range {
    /// Milliseconds, more than none, perhaps `Infinity`.
    Positive,
    /// Milliseconds, perhaps none.
    Span,
    /// A whole number, or `Infinity`.
    Limit,
    /// A whole number.
    Count,
}

fn number_of(range: Range, value: Value<'_>) -> Result<f64, Problem> {
    let Value::Number(number) = value else { return Err(Problem::Type("a number")) };
    let whole = number.fract() == 0.0;
    let (fits, expected) = match range {
        Range::Positive => (number > 0.0, "a number of milliseconds greater than 0"),
        Range::Span => (number >= 0.0, "a number of milliseconds, 0 or greater"),
        Range::Limit => {
            (number >= 0.0 && (whole || number.is_infinite()), "a whole number or Infinity")
        }
        Range::Count => (number >= 0.0 && whole, "a whole number, 0 or greater"),
    };
    if fits { Ok(number) } else { Err(Problem::Range(expected)) }
}

fn expect(fits: bool, expected: &'static str) -> Result<(), Problem> {
    if fits { Ok(()) } else { Err(Problem::Type(expected)) }
}

/// Rounds up, so that no more than 0 never becomes 0; saturates at `Millis::FOREVER`.
fn millis(number: f64) -> Millis {
    Millis::new(number.ceil() as u64)
}

fn text_of(value: Value<'_>) -> Result<&str, Problem> {
    if let Value::Text(text) = value { Ok(text) } else { Err(Problem::Type("a string")) }
}

fn limit(number: f64) -> AttemptLimit {
    if number.is_finite() { AttemptLimit::At(number as u32) } else { AttemptLimit::Never }
}

/// A table, since to `match` on names is several times the code.
const OPTIONS: &[(&str, Kind)] = &[
    ("heartbeatInterval", Kind::Millis(Range::Positive, |it| &mut it.heartbeat_interval)),
    (
        "reconnectIntervalIncrement",
        Kind::Millis(Range::Span, |it| &mut it.reconnect_interval_increment),
    ),
    ("maxReconnectInterval", Kind::Millis(Range::Span, |it| &mut it.max_reconnect_interval)),
    (
        "maxReconnectAttempts",
        Kind::Number(Range::Limit, |it, number| it.max_reconnect_attempts = limit(number)),
    ),
    ("connectTimeout", Kind::Millis(Range::Positive, |it| &mut it.connect_timeout)),
    ("authenticationTimeout", Kind::Millis(Range::Positive, |it| &mut it.authentication_timeout)),
    ("heartbeatTimeoutAction", Kind::Choice(Options::set_heartbeat_timeout_action)),
    ("subscriptionInterval", Kind::Millis(Range::Span, |it| &mut it.subscription_interval)),
    ("subscriptionTimeout", Kind::Millis(Range::Span, |it| &mut it.subscription_timeout)),
    ("offlineBufferTimeout", Kind::Millis(Range::Span, |it| &mut it.offline_buffer_timeout)),
    (
        "maxQueuedMessages",
        Kind::Number(Range::Limit, |it, number| it.max_queued_messages = number as usize),
    ),
    (
        "maxQueuedBytes",
        Kind::Number(Range::Limit, |it, number| it.max_queued_bytes = number as usize),
    ),
    ("path", Kind::Choice(Options::set_path)),
    ("lazyConnect", Kind::Boolean(|it, flag| it.lazy_connect = flag)),
    ("socketOptions", Kind::Group),
    (
        "socketOptions.jsonTransportMode",
        Kind::Boolean(|it, is_json| {
            it.transport = if is_json { Transport::Json } else { Transport::Binary };
        }),
    ),
    ("socketFactory", Kind::Unsupported),
    ("recordReadTimeout", Kind::Millis(Range::Span, |it| &mut it.record_read_timeout)),
    ("recordDeleteTimeout", Kind::Millis(Range::Span, |it| &mut it.record_delete_timeout)),
    ("recordDiscardTimeout", Kind::Millis(Range::Span, |it| &mut it.record_discard_timeout)),
    ("recordReadOnlyMode", Kind::Boolean(|it, flag| it.record_read_only_mode = flag)),
    ("recordPrefixWriteWhitelist", Kind::Texts(|it| &mut it.record_prefix_write_whitelist)),
    ("recordDeepCopy", Kind::Boolean(|it, flag| it.record_deep_copy = flag)),
    ("debug", Kind::Boolean(|it, flag| it.debug = flag)),
    (
        "initialRecordVersion",
        Kind::Number(Range::Count, |it, number| it.initial_record_version = number as i32),
    ),
    ("mergeStrategy", Kind::Strategy),
    ("offlineEnabled", Kind::Boolean(|it, flag| it.offline_enabled = flag)),
    ("saveUpdatesOffline", Kind::Boolean(|it, flag| it.save_updates_offline = flag)),
    ("dirtyStorageName", Kind::Text(|it| &mut it.dirty_storage_name)),
    ("storage", Kind::Object),
    ("storageName", Kind::Choice(Options::set_storage_name)),
    ("ignorePrefixes", Kind::Texts(|it| &mut it.ignore_prefixes)),
    ("indexdb", Kind::Group),
    ("indexdb.autoVersion", Kind::Boolean(|it, flag| it.indexdb.auto_version = flag)),
    (
        "indexdb.dbVersion",
        Kind::Number(Range::Count, |it, number| it.indexdb.db_version = number as u32),
    ),
    ("indexdb.primaryKey", Kind::Text(|it| &mut it.indexdb.primary_key)),
    ("indexdb.storageDatabaseName", Kind::Text(|it| &mut it.indexdb.storage_database_name)),
    ("indexdb.defaultObjectStoreName", Kind::Text(|it| &mut it.indexdb.default_object_store_name)),
    ("indexdb.objectStoreNames", Kind::Texts(|it| &mut it.indexdb.object_store_names)),
    ("indexdb.flushTimeout", Kind::Millis(Range::Span, |it| &mut it.indexdb.flush_timeout)),
    // Looked at, and of no use here.
    ("nativeTimerRegistry", Kind::Boolean(|_, _| ())),
    ("intervalTimerResolution", Kind::Number(Range::Span, |_, _| ())),
    ("recordReadAckTimeout", Kind::Number(Range::Span, |_, _| ())),
    ("localstorage", Kind::Group),
    ("localstorage.nodeStoragePath", Kind::Choice(|_, _| Ok(()))),
    ("localstorage.nodeStorageSize", Kind::Number(Range::Count, |_, _| ())),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn set(name: &str, value: Value<'_>) -> Result<Options, String> {
        let mut options = Options::default();
        match options.set(name, value) {
            Ok(known) => {
                assert!(matches!(known, Known::Yes | Known::Group), "{name}");
                Ok(options)
            }
            Err(error) => Err(error.to_string()),
        }
    }

    #[test]
    fn numbers_are_taken_over_and_infinity_means_without_end() {
        let options = set("reconnectIntervalIncrement", Value::Number(10_000.0)).unwrap();
        assert_eq!(options.reconnect_interval_increment, Millis::new(10_000));
        let options = set("maxReconnectAttempts", Value::Number(f64::INFINITY)).unwrap();
        assert_eq!(options.max_reconnect_attempts, AttemptLimit::Never);
        let options = set("maxReconnectAttempts", Value::Number(3.0)).unwrap();
        assert_eq!(options.max_reconnect_attempts, AttemptLimit::At(3));
        let options = set("maxReconnectInterval", Value::Number(f64::INFINITY)).unwrap();
        assert_eq!(options.max_reconnect_interval, Millis::FOREVER);
        let options = set("heartbeatInterval", Value::Number(0.1)).unwrap();
        assert_eq!(options.heartbeat_interval, Millis::new(1));
    }

    #[test]
    fn the_times_of_subscriptions_and_requests_are_their_own_and_the_javascript_clients() {
        let field = |options: &Options, name| match name {
            "subscriptionInterval" => options.subscription_interval,
            "subscriptionTimeout" => options.subscription_timeout,
            _ => options.offline_buffer_timeout,
        };
        let defaults = [
            ("subscriptionInterval", 100),
            ("subscriptionTimeout", 2_000),
            ("offlineBufferTimeout", 2_000),
        ];
        for (name, default) in defaults {
            assert_eq!(field(&Options::default(), name), Millis::new(default), "{name}");
            let options = set(name, Value::Number(7.0)).unwrap();
            for (other, default) in defaults {
                let expected = if other == name { 7 } else { default };
                assert_eq!(field(&options, other), Millis::new(expected), "{name}: {other}");
            }
        }
        let options = set("subscriptionInterval", Value::Number(0.0)).unwrap();
        assert_eq!(options.subscription_interval, Millis::ZERO, "none at all");
    }

    #[test]
    fn a_wrong_value_is_refused_by_the_name_of_its_option() {
        let span = "must be a number of milliseconds, 0 or greater";
        let positive = "must be a number of milliseconds greater than 0";
        for (name, value, problem) in [
            ("maxReconnectInterval", Value::Number(f64::NAN), span),
            ("maxReconnectInterval", Value::Number(-1.0), span),
            ("heartbeatInterval", Value::Number(0.0), positive),
            ("heartbeatInterval", Value::Text("30000"), "must be a number"),
            ("maxReconnectAttempts", Value::Number(2.5), "must be a whole number or Infinity"),
            ("maxReconnectAttempts", Value::Null, "must be a number"),
            ("lazyConnect", Value::Number(1.0), "must be true or false"),
            ("path", Value::Object, "must be a string"),
            ("path", Value::Text("/a#b"), "must be a path without a fragment ('#')"),
            ("indexdb.dbVersion", Value::Text("1"), "must be a number"),
            ("indexdb.flushTimeout", Value::Number(-1.0), span),
            ("indexdb.objectStoreNames", Value::Text("a"), "must be an array of strings"),
            ("localstorage", Value::Texts(&[]), "must be an object"),
            ("heartbeatTimeoutAction", Value::Text("panic"), "must be 'error' or 'reconnect'"),
            ("storageName", Value::Text("cookies"), "must be 'indexdb' or 'localstorage'"),
            ("ignorePrefixes", Value::Text("a"), "must be an array of strings"),
            ("indexdb", Value::Null, "must be an object"),
            ("mergeStrategy", Value::Object, "must be a function or null"),
            ("initialRecordVersion", Value::Number(0.5), "must be a whole number, 0 or greater"),
        ] {
            let expected = format!("invalid argument {name}: {problem}");
            assert_eq!(set(name, value), Err(expected));
        }
    }

    #[test]
    fn a_name_that_is_no_option_is_told_and_changes_nothing() {
        let mut options = Options::default();
        let value = Value::Number(1.0);
        assert_eq!(options.set("reconnectIntervalIncrementt", value), Ok(Known::No));
        assert_eq!(options.set("socketFactory", Value::Function), Ok(Known::Unsupported));
        assert_eq!(options, Options::default());
    }
}

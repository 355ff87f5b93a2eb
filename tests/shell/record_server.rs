//! The server's side of records, and a client that is logged in to it.

use deepstream_wasm::core::protocol::{Message, RecordAction, Topic};
use wasm_bindgen::prelude::*;

use crate::client::{Client, Spy, call, open_client_with, part, run, script};
use crate::fake_socket::FakeSocket;

/// A client that tells of subscriptions at once, and the socket under it.
pub struct World {
    pub client: Client,
    pub records: JsValue,
    pub socket: FakeSocket,
}

pub fn world() -> World {
    world_with("{}")
}

/// With these options, as JavaScript.
pub fn world_with(options: &str) -> World {
    let source = format!("return Object.assign({{ subscriptionInterval: 0 }}, {options})");
    let (client, socket) = open_client_with(&script(&source, &JsValue::UNDEFINED));
    drop(socket.take_messages());
    let records = part(&client, "record");
    World { client, records, socket }
}

impl World {
    /// What `client.record` gives for a name, before the server answers.
    pub fn get(&self, method: &str, name: &str) -> JsValue {
        call(&self.records, method, &[name.into()]).expect("valid")
    }

    /// Record `r`, which the server has in version 1.
    pub fn record(&self, data: &'static str) -> JsValue {
        self.open("getRecord", data)
    }

    /// What `client.record` gives for `r`, which the server has in version 1.
    pub fn open(&self, method: &str, data: &'static str) -> JsValue {
        let object = self.get(method, "r");
        self.read("r", 1, data);
        drop(self.socket.take_messages());
        object
    }

    /// The server answers with a record's data.
    pub fn read(&self, name: &'static str, version: i32, data: &'static str) {
        self.say(RecordAction::ReadResponse, name, |message| {
            message.version = Some(version);
            message.data = Some(data.into());
        });
    }

    /// Somebody else writes record `r`.
    pub fn update(&self, version: i32, data: &'static str) {
        self.say(RecordAction::Update, "r", |message| {
            message.version = Some(version);
            message.data = Some(data.into());
        });
    }

    /// Somebody else writes to record `r`.
    pub fn patch(&self, version: i32, path: &'static str, data: &'static str) {
        self.say(RecordAction::Patch, "r", |message| {
            message.version = Some(version);
            message.path = Some(path.into());
            message.data = Some(data.into());
        });
    }

    /// The server has taken a write.
    pub fn acknowledge(&self, correlation: &'static str) {
        self.say(RecordAction::WriteAcknowledgement, "r", |message| {
            message.correlation_id = Some(correlation.into());
            message.is_write_ack = Some(true);
        });
    }

    /// The server refuses a write, or something else that was asked.
    pub fn refuse(&self, action: RecordAction, of: RecordAction) {
        self.say(action, "r", |message| {
            message.is_error = Some(true);
            message.original_action = Some(of as i32);
        });
    }

    /// The server says something about a record.
    pub fn say(
        &self,
        action: RecordAction,
        name: &'static str,
        fill: impl FnOnce(&mut Message<'static>),
    ) {
        let mut message = Message::new(action);
        message.name = Some(name.into());
        fill(&mut message);
        self.socket.receive(&message);
    }

    /// What was sent about records since this was last asked: action, names, version, path, data,
    /// and what it is to be acknowledged as.
    pub fn sent(&self) -> Vec<String> {
        let messages = self.socket.take_messages().into_iter();
        messages.filter(|message| message.topic() == Topic::Record).map(|it| text(&it)).collect()
    }

    /// The errors of the client, from now on.
    pub fn errors(&self) -> Spy {
        let spy = Spy::default();
        self.client.on(&"error".into(), &spy.function()).expect("valid");
        spy
    }

    /// The connection is lost, and there is another.
    pub fn lose(&mut self) {
        self.socket.end(1006);
    }
}

fn text(message: &Message<'_>) -> String {
    let mut words = vec![message.action.name().to_owned()];
    words.extend(message.names.iter().chain(&message.name).map(|name| name.clone().into_owned()));
    words.extend(message.version.map(|version| format!("v{version}")));
    words.extend(message.path.iter().chain(&message.data).map(|text| text.clone().into_owned()));
    if message.is_write_ack == Some(true) {
        words.extend(message.correlation_id.iter().map(|id| format!("#{id}")));
    }
    words.join(" ")
}

/// Calls `record.subscribe` with a path and a new spy.
pub fn subscribed(record: &JsValue, path: &str) -> Spy {
    let spy = Spy::default();
    run(
        "record.subscribe(path, spy)",
        &[("record", record), ("path", &path.into()), ("spy", &spy.function())],
    )
    .expect("valid");
    spy
}

/// Calls `on` with a new spy.
pub fn heard(object: &JsValue, event: &str) -> Spy {
    let spy = Spy::default();
    call(object, "on", &[event.into(), spy.function().into()]).expect("valid");
    spy
}

/// What JavaScript comes to, given the object as `it`.
pub fn of(object: &JsValue, source: &str) -> String {
    let value = run(&format!("return {source}"), &[("it", object)]).expect("it throws nothing");
    crate::client::json(&value)
}

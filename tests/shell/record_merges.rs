//! Merge strategies: which of them is asked, with what, and what its answer comes to.

use deepstream_wasm::core::protocol::{AuthAction, Message, RecordAction};
use js_sys::{Map, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::client::{
    Client, Spy, accept, client_with, object, part, run, script, settled, uncaught,
};
use crate::fake_socket::{FakeSocket, install};
use crate::record_server::{World, heard, of, world, world_with};

/// The record was changed here, and elsewhere while the connection was away.
fn conflict(world: &mut World, it: &JsValue) {
    world.lose();
    run("it.set('a', 'mine')", &[("it", it)]).expect("valid");
    meet(world);
}

/// The connection is back, and the server has another version.
fn meet(world: &mut World) {
    run("it.resume()", &[("it", &world.client)]).expect("valid");
    world.socket = FakeSocket::last();
    accept(&world.socket);
    world.socket.receive(&Message::new(AuthAction::AuthSuccessful));
    world.say(RecordAction::HeadResponse, "r", |message| message.version = Some(5));
    world.read("r", 5, "{\"a\":\"theirs\",\"b\":1}");
}

fn log_in(world: &World) {
    world.client.login(&JsValue::UNDEFINED, &JsValue::UNDEFINED).expect("valid");
    accept(&world.socket);
    world.socket.receive(&Message::new(AuthAction::AuthSuccessful));
}

fn set_strategy(it: &JsValue, strategy: &JsValue) {
    run("it.setMergeStrategy(strategy)", &[("it", it), ("strategy", strategy)]).expect("valid");
}

fn kept(world: &World, name: &str) -> JsValue {
    let held = Reflect::get(&world.client, &"held".into()).expect("there").unchecked_into::<Map>();
    held.get(&name.into())
}

const THEIRS: &str = "{\"a\":\"theirs\",\"b\":1}";

#[wasm_bindgen_test]
fn the_server_does_not_win_by_default() {
    for is_named in [false, true] {
        let mut world = world();
        let it = world.record("{\"a\":1}");
        let errors = heard(&it, "error");
        if is_named {
            set_strategy(&it, &kept(&world, "REMOTE_WINS"));
        }
        conflict(&mut world, &it);
        assert_eq!(of(&it, "[it.get(), it.version]"), format!("[{THEIRS},5]"));
        assert_eq!(errors.calls(), ["[\"VERSION_EXISTS\",\"PATCH\"]"]);
    }
}

#[wasm_bindgen_test]
fn local_wins_gives_way() {
    let mut world = world();
    let it = world.record("{\"a\":1}");
    set_strategy(&it, &kept(&world, "LOCAL_WINS"));
    conflict(&mut world, &it);
    assert_eq!(of(&it, "[it.get(), it.version]"), "[{\"a\":\"mine\"},6]");
    assert_eq!(world.sent().last().map(String::as_str), Some("UPDATE r v6 {\"a\":\"mine\"}"));
}

#[wasm_bindgen_test]
fn the_option_of_the_client_is_not_known_as_local_wins() {
    // A record that was never seen: a strategy of the application's own would be asked.
    install();
    let held =
        script("return (local, v, remote, w, done) => done(null, local)", &JsValue::UNDEFINED);
    let map = Map::new();
    map.set(&"LOCAL_WINS".into(), &held);
    let options = object("mergeStrategy", held);
    let made = deepstream_wasm::DeepstreamClient::new("a.b".into(), options, map.clone());
    let client = JsValue::from(made.expect("valid"));
    map.set(&0.into(), &client);
    let client = client.unchecked_into::<Client>();
    let mut world = World { records: part(&client, "record"), client, socket: FakeSocket::last() };
    log_in(&world);
    world.client.pause();
    world.socket.end(1005);
    let it = world.get("getRecord", "r");
    run("it.set('c', 1)", &[("it", &it)]).expect("valid");
    meet(&mut world);
    assert_eq!(of(&it, "it.get()"), "{\"a\":\"theirs\",\"b\":1,\"c\":1}");
    drop(map);
}

#[wasm_bindgen_test]
fn a_strategy_is_asked_with_other_arguments() {
    let mut world = world();
    let it = world.record("{\"a\":1}");
    let spy = Spy::default();
    set_strategy(&it, &spy.function());
    conflict(&mut world, &it);
    let arguments = spy.last();
    assert_eq!((spy.count(), arguments.length()), (1, 5));
    let told = run("return args.slice(0, 4)", &[("args", &arguments)]).expect("valid");
    assert_eq!(crate::client::json(&told), format!("[{{\"a\":\"mine\"}},2,{THEIRS},5]"));
    run("args[0].a = args[2].a = 'changed'", &[("args", &arguments)]).expect("valid");
    assert_eq!(of(&it, "it.get('a')"), "\"mine\"", "it was given copies");
    // It may take its time, and needs no object.
    run(
        "const done = args[4]; done(null, { a: 'both' }); done(null, { a: 'again' }); done('late')",
        &[("args", &arguments)],
    )
    .expect("valid");
    assert_eq!(of(&it, "[it.get(), it.version]"), "[{\"a\":\"both\"},6]");
    assert_eq!(world.sent().last().map(String::as_str), Some("UPDATE r v6 {\"a\":\"both\"}"));
}

#[wasm_bindgen_test]
fn another_strategy_is_asked_than_the_most_exact() {
    let [option, first, second, name] = [(); 4].map(|()| Spy::default());
    let counts = || [&option, &first, &second, &name].map(Spy::count);
    let functions = [&option, &first, &second, &name].map(|spy| JsValue::from(spy.function()));
    install();
    let given = object("mergeStrategy", functions[0].clone());
    let mut expected = [0; 4];
    for (asked, source) in [
        (0, "records.setMergeStrategyRegExp(/^x/, first)"),
        (1, "records.setMergeStrategyRegExp(/^r$/, first); records.setMergeStrategyRegExp(/r/, second)"),
        (2, "const broken = /r/; broken.test = () => { throw new Error('mine') }
             records.setMergeStrategyRegExp(broken, first); records.setMergeStrategyRegExp(/r/, second)"),
        (3, "records.setMergeStrategyRegExp(/r/, first); records.setMergeStrategy('r', name)"),
    ] {
        let client = client_with(&"a.b".into(), &given).expect("valid");
        let mut world =
            World { records: part(&client, "record"), client, socket: FakeSocket::last() };
        log_in(&world);
        let [_, f, g, h] = &functions;
        run(source, &[("records", &world.records), ("first", f), ("second", g), ("name", h)])
            .expect("valid");
        let it = world.record("{\"a\":1}");
        conflict(&mut world, &it);
        expected[asked] += 1;
        assert_eq!(counts(), expected, "{source}");
    }
}

#[wasm_bindgen_test]
fn a_strategy_that_throws_or_fails_leaves_the_record_torn() {
    for (source, meta) in [
        ("return () => { throw new Error('mine') }", "mine"),
        ("return (a, b, c, d, done) => done('mine')", "mine"),
        ("return (a, b, c, d, done) => done(new Error('mine'), { a: 3 })", "mine"),
        (
            "return (a, b, c, d, done) => done(null, 3)",
            "the merge strategy gave neither an object nor an array",
        ),
        ("return (a, b, c, d, done) => done()", "the merge strategy gave nothing"),
        (
            "return (a, b, c, d, done) => done(null, { toJSON() { throw new Error('mine') } })",
            "invalid argument data: mine",
        ),
    ] {
        let mut world = world();
        let it = world.record("{\"a\":1}");
        let (errors, told) = (world.errors(), heard(&it, "error"));
        set_strategy(&it, &script(source, &JsValue::UNDEFINED));
        let uncaught = uncaught(|| conflict(&mut world, &it));
        assert_eq!(uncaught.count(), usize::from(source.contains("=> { throw")), "{source}");
        assert_eq!(of(&it, "[it.get(), it.version]"), format!("[{THEIRS},5]"), "{source}");
        assert_eq!(
            errors.calls(),
            [format!("[\"{meta}\",\"VERSION_EXISTS\",\"RECORD\"]")],
            "{source}"
        );
        assert_eq!(told.calls(), ["[\"VERSION_EXISTS\",\"PATCH\"]"], "{source}");
    }
}

#[wasm_bindgen_test]
async fn whoever_waits_for_a_write_that_is_merged_hangs() {
    for (strategy, expected) in
        [("REMOTE_WINS", Err("VERSION_EXISTS".into())), ("LOCAL_WINS", Ok(JsValue::UNDEFINED))]
    {
        let mut world = world();
        let it = world.record("{\"a\":1}");
        set_strategy(&it, &kept(&world, strategy));
        world.lose();
        let promise = run("return it.setWithAck('a', 'mine')", &[("it", &it)]).expect("valid");
        meet(&mut world);
        if let Some(id) =
            world.sent().last().and_then(|sent| sent.split_once('#').map(|it| it.1.to_owned()))
        {
            world.say(RecordAction::WriteAcknowledgement, "r", |message| {
                message.correlation_id = Some(id.into());
                message.is_write_ack = Some(true);
            });
        }
        assert_eq!(settled(promise).await, expected, "{strategy}");
    }
}

#[wasm_bindgen_test]
fn without_a_strategy_a_conflict_passes_in_silence() {
    let mut world = world_with("{ mergeStrategy: null }");
    let it = world.record("{\"a\":1}");
    let errors = world.errors();
    conflict(&mut world, &it);
    assert_eq!(of(&it, "it.get()"), THEIRS);
    let expected = "[\"there is no merge strategy\",\"VERSION_EXISTS\",\"RECORD\"]";
    assert_eq!(errors.calls().first().map(String::as_str), Some(expected));
}

#[wasm_bindgen_test]
fn a_strategy_that_wants_no_record_leaves_it() {
    let mut world = world();
    let it = world.record("{\"a\":1}");
    set_strategy(
        &it,
        &script("return (a, b, c, d, done) => done(null, null)", &JsValue::UNDEFINED),
    );
    let deleted = heard(&it, "delete");
    conflict(&mut world, &it);
    assert_eq!(world.sent().last().map(String::as_str), Some("DELETE r"));
    world.say(RecordAction::DeleteSuccess, "r", |_| {});
    assert_eq!(deleted.count(), 1);
}

#[wasm_bindgen_test]
fn a_strategy_that_uses_the_record_breaks_it() {
    let mut world = world();
    let it = world.record("{\"a\":1}");
    let source = "return (local, v, remote, w, done) => {
        it.set('c', it.get('a')); done(null, { ...remote, a: 'both' }); it.set('d', 1)
    }";
    set_strategy(&it, &script(source, &it));
    let uncaught = uncaught(|| conflict(&mut world, &it));
    assert_eq!(uncaught.count(), 0);
    assert_eq!(of(&it, "[it.get('a'), it.get('d')]"), "[\"both\",1]");
}

//! Events of records, and what is told of writes: to whom, with which arguments and on what.

use deepstream_wasm::core::protocol::RecordAction;
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::client::{Spy, call, object, run, scope_spy, settled, until};
use crate::record_server::{heard, of, subscribed, world, world_with};

#[wasm_bindgen_test]
fn a_change_is_told_to_others_than_those_whose_value_it_is() {
    let world = world();
    let it = world.record("{\"a\":{\"b\":1},\"c\":2}");
    let [a, b, c] = ["a", "a.b", "c"].map(|path| subscribed(&it, path));
    let (scoped, scopes) = scope_spy();
    run("it.subscribe('c', spy)", &[("it", &it), ("spy", &scoped)]).expect("valid");
    world.patch(2, "a.b", "3");
    assert_eq!((a.calls(), b.calls()), (vec!["[{\"b\":3}]".to_owned()], vec!["[3]".to_owned()]));
    world.update(3, "{\"a\":{\"b\":3},\"c\":0}");
    assert_eq!((a.count(), b.count(), c.count()), (1, 1, 1));
    run("it.set('c', 5); it.set('c', 5)", &[("it", &it)]).expect("valid");
    assert_eq!(c.calls(), ["[0]", "[5]"]);
    assert_eq!(world.sent(), ["PATCH r v4 c 5"], "what changes nothing is not sent");
    assert!(scopes.borrow().iter().all(|this| this.is_undefined() || this.is_object()));
    world.say(RecordAction::Erase, "r", |message| {
        message.version = Some(5);
        message.path = Some("c".into());
    });
    assert_eq!((c.count(), c.last().length()), (3, 1));
    assert!(c.last().get(0).is_undefined(), "there is nothing any more");
}

#[wasm_bindgen_test]
fn a_subscriber_is_called_on_something_else_than_what_it_subscribed_at() {
    let world = world();
    for (method, data, path, write) in [
        ("getRecord", "{\"p\":1}", "'p', ", "it.set('p', 2)"),
        ("getList", "[\"a\"]", "", "it.addEntry('b')"),
        ("getDq", "{}", "'last', ", "it.setEntries(['b'])"),
        ("getAnonymousRecord", "{\"p\":1}", "'p', ", "it.set('p', 2)"),
    ] {
        let it = call(&world.records, method, &[method.into()]).expect("valid");
        let (scoped, scopes) = scope_spy();
        let arguments = [("it", &it), ("spy", scoped.as_ref())];
        run(&format!("it.subscribe({path}spy)"), &arguments).expect("valid");
        run(&format!("it.subscribe({path}spy, true)"), &arguments).expect("valid");
        if method == "getAnonymousRecord" {
            call(&it, "setName", &[method.into()]).expect("valid");
        }
        world.read(method, 1, data);
        run(write, &arguments).expect("valid");
        assert!(scopes.borrow().len() >= 3, "{method}");
        assert!(scopes.borrow().iter().all(|this| *this == it), "{method}");
    }
}

#[wasm_bindgen_test]
fn a_provider_that_comes_or_goes_is_not_told() {
    let world = world();
    let it = world.record("{}");
    let spy = heard(&it, "hasProviderChanged");
    assert_eq!(of(&it, "it.hasProvider"), "false");
    world.say(RecordAction::SubscriptionHasProvider, "r", |_| {});
    assert_eq!(of(&it, "it.hasProvider"), "true");
    world.say(RecordAction::SubscriptionHasProvider, "r", |_| {});
    world.say(RecordAction::SubscriptionHasNoProvider, "r", |_| {});
    assert_eq!(spy.calls(), ["[true]", "[false]"]);
    assert_eq!(of(&it, "it.hasProvider"), "false");
}

#[wasm_bindgen_test]
fn an_error_is_told_to_the_client_although_the_record_has_a_listener() {
    let world = world();
    let it = world.record("{\"a\":1}");
    let client_errors = world.errors();
    let refuse = || {
        run("it.set('a', it.get('a') + 1)", &[("it", &it)]).expect("valid");
        world.refuse(RecordAction::MessageDenied, RecordAction::Patch);
        world.read("r", 1, "{\"a\":1}");
    };
    refuse();
    let expected =
        "[{\"recordName\":\"r\",\"originalAction\":\"PATCH\"},\"MESSAGE_DENIED\",\"RECORD\"]";
    assert_eq!(client_errors.calls(), [expected], "as nobody else listens");
    let errors = heard(&it, "error");
    refuse();
    assert_eq!(errors.calls(), ["[\"MESSAGE_DENIED\",\"PATCH\"]"]);
    assert_eq!(client_errors.count(), 1);
    assert_eq!(of(&it, "it.get('a')"), "1", "what was refused is undone");
}

#[wasm_bindgen_test]
async fn an_acknowledged_write_is_told_otherwise_than_by_the_javascript_client() {
    let world = world();
    let it = world.record("{}");
    let spy = Spy::default();
    let given = [("it", &it), ("spy", &JsValue::from(spy.function()))];
    run("it.set('a', 1, spy)", &given).expect("valid");
    let promise = run("return it.setWithAck('b', 1)", &given).expect("valid");
    assert_eq!(world.sent(), ["PATCH r v2 a 1 #1", "PATCH r v3 b 1 #2"]);
    assert_eq!(spy.count(), 0, "not before the server says so");
    world.acknowledge("1");
    assert_eq!(spy.calls(), ["[null,\"r\"]"]);
    world.acknowledge("2");
    assert_eq!(settled(promise).await, Ok(JsValue::UNDEFINED));
    run("it.set('a', 1, spy)", &given).expect("valid");
    until(|| spy.count() == 2).await;
    assert_eq!(world.sent(), [""; 0], "nothing changes");
}

#[wasm_bindgen_test]
async fn a_refused_write_is_acknowledged_or_hangs() {
    let world = world();
    let it = world.record("{\"a\":1}");
    let errors = heard(&it, "error");
    let spy = Spy::default();
    let refused = |source: &str, id: &'static str| {
        let given = [("it", &it), ("spy", &JsValue::from(spy.function()))];
        let returned = run(source, &given).expect("valid");
        world.say(RecordAction::MessageDenied, "r", |message| {
            message.is_error = Some(true);
            message.is_write_ack = Some(true);
            message.correlation_id = Some(id.into());
            message.original_action = Some(RecordAction::Patch as i32);
        });
        world.read("r", 1, "{\"a\":1}");
        returned
    };
    refused("it.setWithAck('a', 2, spy)", "1");
    assert_eq!(spy.calls(), ["[\"MESSAGE_DENIED\",\"r\"]"]);
    let promise = refused("return it.setWithAck('a', 2)", "2");
    assert_eq!(settled(promise).await, Err("MESSAGE_DENIED".into()));
    assert_eq!(errors.count(), 0, "who writes is told, and nobody else");
    assert_eq!(of(&it, "it.get('a')"), "1");
}

#[wasm_bindgen_test]
async fn a_record_that_may_only_be_read_is_written_to() {
    let world = world_with("{ recordReadOnlyMode: true }");
    let it = world.get("getRecord", "r");
    assert_eq!(world.sent(), ["SUBSCRIBEANDREAD r"]);
    world.read("r", 1, "{\"a\":1}");
    let errors = world.errors();
    let promise =
        run("it.set('a', 2); return it.setWithAck('a', 2)", &[("it", &it)]).expect("valid");
    assert_eq!(settled(promise).await, Err("RECORD_READ_ONLY_MODE".into()));
    assert_eq!(errors.count(), 2);
    assert_eq!(errors.last().get(1), "RECORD_READ_ONLY_MODE");
    assert_eq!((of(&it, "it.get('a')"), world.sent().len()), ("1".to_owned(), 0));
}

#[wasm_bindgen_test]
fn listeners_of_a_record_are_called_on_something_else_or_too_often() {
    let world = world();
    for it in [world.record("{}"), world.get("getList", "r"), world.get("getAnonymousRecord", "")] {
        let [(own, owns), (other, others)] = [scope_spy(), scope_spy()];
        let scope = object("a", 1);
        let once = Spy::default();
        let given = [
            ("it", &it),
            ("own", &JsValue::from(own)),
            ("other", &JsValue::from(other)),
            ("scope", &scope),
            ("once", &JsValue::from(once.function())),
        ];
        let source = "it.on('x', own).on('x', other, scope).once('x', once, scope); return it.emit('x', 1, 2).emit('x')";
        assert_eq!(run(source, &given), Ok(it.clone()), "they can be chained");
        assert_eq!((owns.borrow().len(), others.borrow().len()), (2, 2));
        assert_eq!(
            (owns.borrow()[0].clone(), others.borrow()[0].clone()),
            (it.clone(), scope.clone())
        );
        assert_eq!(once.calls(), ["[1,2]"]);
        run("it.removeContext(scope)", &given).expect("valid");
        assert_eq!(of(&it, "[it.hasListeners('x'), it.eventNames()]"), "[true,[\"x\"]]");
        run("it.off('x', own).emit('x')", &given).expect("valid");
        assert_eq!((owns.borrow().len(), others.borrow().len()), (2, 2));
        run("it.on('x', own).on('y', own).off()", &given).expect("valid");
        assert_eq!(of(&it, "it.eventNames()"), "[]");
    }
}

#[wasm_bindgen_test]
async fn a_delete_is_not_told_to_all_or_without_the_list() {
    let world = world();
    let [record, list] = [world.record("{}"), world.get("getList", "r")];
    let [of_record, of_list] = [&record, &list].map(|it| heard(it, "delete"));
    let promise = call(&record, "delete", &[]).expect("valid");
    assert_eq!(world.sent(), ["DELETE r"]);
    world.say(RecordAction::DeleteSuccess, "r", |_| {});
    assert_eq!(settled(promise).await, Ok(JsValue::UNDEFINED));
    assert_eq!((of_record.calls(), of_list.count()), (vec!["[]".to_owned()], 1));
    assert_eq!(of_list.last().get(0), list);
}

#[wasm_bindgen_test]
async fn a_deletion_is_answered_otherwise_than_by_the_javascript_client() {
    let mut world = world();
    let it = world.record("{}");
    let errors = heard(&it, "error");
    let spy = Spy::default();
    call(&it, "delete", &[spy.function().into()]).expect("valid");
    world.refuse(RecordAction::MessageDenied, RecordAction::Delete);
    assert_eq!(spy.calls(), ["[\"MESSAGE_DENIED\"]"]);
    assert_eq!(errors.calls(), ["[\"MESSAGE_DENIED\",\"DELETE\"]"]);
    world.lose();
    let promise = call(&it, "delete", &[]).expect("valid");
    assert_eq!(settled(promise).await, Err("Deleting while offline is not supported".into()));
}

#[wasm_bindgen_test]
async fn a_record_that_is_gone_is_used_in_silence_or_throws() {
    let world = world();
    let it = world.record("{\"a\":1}");
    world.say(RecordAction::Deleted, "r", |_| {});
    for (source, method) in [
        ("it.set('a', 2)", "set"),
        ("it.set('a', 2, spy)", "set"),
        ("it.setMulti([{ path: 'a', data: 2 }])", "setMulti"),
        ("it.erase('a')", "set"),
        ("it.subscribe(spy)", "subscribe"),
        ("it.unsubscribe()", "unsubscribe"),
        ("it.discard()", "discard"),
        ("it.delete()", "delete"),
    ] {
        let (errors, spy) = (world.errors(), Spy::default());
        let returned = run(&format!("return {source}"), &[("it", &it), ("spy", &spy.function())]);
        assert_eq!(returned, Ok(JsValue::UNDEFINED), "{source}");
        let expected =
            format!("[{{\"methodName\":\"{method}\"}},\"RECORD_ALREADY_DESTROYED\",\"RECORD\"]");
        assert_eq!(errors.calls(), [expected], "{source}");
        if source.ends_with("2, spy)") {
            assert_eq!(spy.calls(), ["[\"RECORD_ALREADY_DESTROYED\",\"r\"]"]);
        }
    }
    let promise = run("return it.setWithAck('a', 2)", &[("it", &it)]).expect("valid");
    assert_eq!(settled(promise).await, Err("RECORD_ALREADY_DESTROYED".into()));
    assert_eq!(
        (of(&it, "[it.isReady, it.name]"), world.sent().len()),
        ("[false,\"r\"]".to_owned(), 0)
    );
    let again = world.record("{\"a\":7}");
    assert_eq!(
        (of(&again, "it.get('a')"), of(&it, "it.isReady")),
        ("7".to_owned(), "false".to_owned())
    );
}

//! What pages, and other clients, may do to documents.

use js_sys::{Function, JSON, Object};
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

use super::common::documents::{of, path};
use super::{BOTH, as_text};
use crate::core::record::{Document, Path, Sharing};
use crate::shell::document::JsDocument;

#[wasm_bindgen_test]
fn numbers_are_written_otherwise_than_javascript_does() {
    for (text, expected) in [
        ("1e21", "1e+21"),
        ("1E20", "100000000000000000000"),
        ("-0", "0"),
        ("1.50", "1.5"),
        ("1e-7", "1e-7"),
        ("1e999", "null"),
        ("9007199254740993", "9007199254740992"),
    ] {
        assert_eq!(of::<JsDocument>(text).stringify(), expected);
    }
}

#[wasm_bindgen_test]
fn texts_are_read_otherwise_than_the_engine_reads_them() {
    let long = ["\"", &"ä".repeat(50), "\""].concat();
    for text in [
        "0",
        "7",
        "10",
        "123456789",
        "1234567890",
        "9007199254740993",
        "-1",
        "-0",
        "00",
        "01",
        "1.0",
        "1e3",
        " 1",
        "1 ",
        "+1",
        "",
        " ",
        "1,",
        "null",
        "true",
        "\"a\"",
        "\"ä\"",
        "\"\u{1f600}\"",
        "\"1\"",
        "\"a",
        "[1,{\"ä\":[]}]",
        "undefined",
        "{}}",
        &long,
    ] {
        let engines = JSON::parse(text).ok().map(|value| JsDocument(value).stringify());
        assert_eq!(JsDocument::parse(text).map(|it| it.stringify()), engines, "{text}");
    }
}

#[wasm_bindgen_test]
fn minus_zero_is_another_here_than_for_those_who_are_sent_it() {
    let (text, kept) = JsDocument::take("data", &JsValue::from(-0.0)).ok().flatten().expect("JSON");
    assert_eq!(text, "0");
    assert!(Object::is(&kept.0, &JsValue::from(0.0)));
}

#[wasm_bindgen_test]
fn changing_in_place_makes_objects_anew_or_sharing_changes_what_was_given() {
    let data = "{\"a\":{\"b\":[{\"c\":1},{}],\"n\":{}},\"d\":{}}";
    let way = ["", "a", "a.b", "a.b[0]"].map(path);
    let beside = ["a.b[1]", "a.n", "d"].map(path);
    let same = |before: &JsDocument, after: &JsDocument, at: &Path| {
        let [before, after] = [before, after].map(|it| it.at(at, Sharing::Shares).expect("there"));
        Object::is(&before.0, &after.0)
    };
    for sharing in BOTH {
        let mut js = of::<JsDocument>(data);
        let before = JsDocument(js.0.clone());
        let value = of::<JsDocument>("{\"x\":1}");
        let given = value.0.clone();
        js.set(&path("a.b[0].c"), Some(value), sharing);
        let is_in_place = sharing == Sharing::Copies;
        assert!(way.iter().all(|at| same(&before, &js, at) == is_in_place), "{sharing:?}");
        assert!(beside.iter().all(|at| same(&before, &js, at)), "{sharing:?}");
        assert_eq!(before.stringify() == data, !is_in_place);
        let there = js.at(&path("a.b[0].c"), sharing).expect("it was put there");
        assert_eq!(Object::is(&there.0, &given), !is_in_place, "{sharing:?}");
        js.set(&path("nothing.there"), None, sharing);
        assert!(same(&before, &js, &path("d")));
    }
}

#[wasm_bindgen_test]
fn data_that_is_deeper_than_the_stack_ends_the_page() {
    let nested = |levels: usize| ["[".repeat(levels), "]".repeat(levels)].concat();
    assert!(JsDocument::parse(&nested(500)).is_some());
    assert!(JsDocument::parse(&format!("[{}1]", "[],".repeat(2_000))).is_some(), "only long");
    for levels in [502, 5_000, 100_000] {
        assert!(JsDocument::parse(&nested(levels)).is_none(), "{levels} levels");
        let too_deep = JSON::parse(&nested(levels)).expect("the engine takes any number");
        assert!(JsDocument::take("data", &too_deep).is_err(), "{levels} levels");
    }
    // A path is no text with levels, and makes as many.
    let deep = path(&".a".repeat(100_000));
    for sharing in BOTH {
        let [one, mut other] = ["1", "2"].map(|value| {
            let mut js = JsDocument::empty();
            js.set(&deep, Some(of(value)), sharing);
            js
        });
        assert!(!one.equals_at(&Path::root(), Some(&other)));
        other.set(&deep, Some(of("1")), sharing);
        assert!(one.equals_at(&Path::root(), Some(&other)));
        let text = one.stringify();
        assert_eq!(text, ["{\"a\":".repeat(100_000), "1".into(), "}".repeat(100_000)].concat());
        assert_eq!(one.at(&Path::root(), sharing).map(|it| it.stringify()), Some(text.clone()));
        assert_eq!(one.depth_of(&deep), 99_999);
        let read = one.read(&deep.text().into(), sharing);
        assert_eq!(read, Ok(JsValue::from(1)));
        assert!(one.read(&JsValue::UNDEFINED, sharing).is_ok());
        let mut list = of::<JsDocument>("[]");
        list.set(&path("0"), Some(one), sharing);
        assert_eq!(list.texts(), Some(vec![text]));
    }
}

#[wasm_bindgen_test]
fn what_a_page_does_to_json_and_prototypes_runs_within_the_client() {
    let work = || {
        let mut js = of::<JsDocument>("{\"a\":[\"x\",{\"b\":null}],\"c\":{\"d\":1.5}}");
        js.set(&path("c.e[1].f"), Some(of("[]")), Sharing::Copies);
        js.set(&path("c.d"), None, Sharing::Shares);
        let copy = js.at(&Path::root(), Sharing::Copies).expect("the whole");
        let is_same = copy.equals_at(&Path::root(), Some(&js));
        format!("{} {is_same} {:?} {}", copy.stringify(), js.keys(), js.depth_of(&path("c.e[1]")))
    };
    let before = work();
    let meddle = "
        const { defineProperty, getOwnPropertyDescriptor } = Object
        const calls = [], mending = []
        const replace = (owner, name) => {
          const was = getOwnPropertyDescriptor(owner, name)
          mending.push(() => was ? defineProperty(owner, name, was) : delete owner[name])
          const value = () => { calls.push(name); throw new Error('mine') }
          defineProperty(owner, name, { value, configurable: true, writable: true })
        }
        for (const it of [Array, Object, String, Number, Boolean]) replace(it.prototype, 'toJSON')
        for (const name of ['parse', 'stringify']) replace(JSON, name)
        for (const name of ['keys', 'hasOwn', 'defineProperty']) replace(Object, name)
        replace(Array, 'isArray')
        return () => { for (const mend of mending) mend(); return calls.length }";
    let mend = Function::new_no_args(meddle).call0(&JsValue::NULL).expect("valid");
    let after = work();
    let calls = mend.unchecked_into::<Function>().call0(&JsValue::NULL);
    assert_eq!(calls, Ok(JsValue::from(0)));
    assert_eq!(after, before);
    assert!(
        before.starts_with("{\"a\":[\"x\",{\"b\":null}],\"c\":{\"e\":[null,{\"f\":[]}]}} true")
    );
}

#[wasm_bindgen_test]
fn what_is_inherited_is_taken_for_data_or_takes_data_away() {
    let run = |source: &str| Function::new_no_args(source).call0(&JsValue::NULL).expect("valid");
    run("globalThis.stolen = []
        for (const name of ['x', '0', '1', '7']) Object.defineProperty(Object.prototype, name, {
          configurable: true, get() { stolen.push(name); return { y: 1 } },
          set(value) { stolen.push(value) } })");
    // Nothing is asserted before all is as it was: the browser's driver would not survive it.
    let work = |sharing| {
        let mut js = of::<JsDocument>("{\"a\":{},\"l\":[],\"__proto__\":{\"x\":1}}");
        let mut found = Vec::new();
        for at in ["x", "x.y", "a.x", "l[0]", "l.x", "a[1].y"] {
            let read = js.read(&at.into(), sharing);
            if js.at(&path(at), sharing).is_some() || read != Ok(JsValue::UNDEFINED) {
                found.push(at);
            }
        }
        for at in ["x.y", "a.x", "a[1]", "l[1]", "m[1].x"] {
            js.set(&path(at), Some(of("1")), sharing);
        }
        let copy = js.at(&Path::root(), Sharing::Copies).expect("the whole");
        let is_same = copy.equals_at(&Path::root(), Some(&js));
        (found, js.stringify(), copy.stringify(), is_same)
    };
    let done = BOTH.map(work);
    let stolen = run("for (const name of ['x', '0', '1', '7']) delete Object.prototype[name]
        const all = stolen; delete globalThis.stolen; return all");
    assert_eq!(as_text(stolen).as_deref(), Some("[]"));
    for (found, is, copy, is_same) in done {
        let expected = r#"{"a":{"1":1,"x":1},"l":[null,1],"__proto__":{"x":1},"x":{"y":1},"m":[null,{"x":1}]}"#;
        assert_eq!(found, Vec::<&str>::new());
        assert_eq!((is.as_str(), copy.as_str(), is_same), (expected, expected, true));
    }
}

#[wasm_bindgen_test]
fn what_the_application_gives_is_kept_as_it_is_instead_of_as_json() {
    let take = |source: &str| {
        let value = Function::new_no_args(&["return ", source].concat()).call0(&JsValue::NULL);
        let taken = JsDocument::take("data", &value.expect("valid"));
        taken.map(|taken| taken.map(|(text, js)| (js.stringify(), text)))
    };
    for (source, expected) in [
        (
            "{ a: undefined, b: NaN, c: new Date(0), d: [() => {}] }",
            r#"{"b":null,"c":"1970-01-01T00:00:00.000Z","d":[null]}"#,
        ),
        ("{ toJSON() { return { get a() { return 1 } } } }", "{\"a\":1}"),
        ("new Proxy({ a: [1] }, {})", "{\"a\":[1]}"),
        ("JSON.parse('{\"__proto__\":1}')", "{\"__proto__\":1}"),
        ("'ü😀\\ud800'", "\"ü😀\\ud800\""),
        ("-0", "0"),
        ("null", "null"),
    ] {
        let both = (expected.to_owned(), expected.to_owned());
        assert_eq!(take(source), Ok(Some(both)), "{source}");
    }
    for source in ["undefined", "() => {}", "Symbol()", "{ toJSON() {} }"] {
        assert_eq!(take(source), Ok(None), "{source}");
    }
    for source in [
        "{ get a() { throw new Error('mine') } }",
        "{ toJSON() { throw new Error('mine') } }",
        "1n",
        "(() => { const a = {}; a.a = a; return a })()",
    ] {
        assert!(take(source).is_err(), "{source}");
    }
    // It is the application's own, and may change.
    let given = JSON::parse("{\"a\":[1]}").expect("valid");
    let (_, mut js) = JsDocument::take("data", &given).expect("valid").expect("a value");
    js.set(&path("a[0]"), Some(of("2")), Sharing::Copies);
    assert_eq!(as_text(given).as_deref(), Some("{\"a\":[1]}"));
}

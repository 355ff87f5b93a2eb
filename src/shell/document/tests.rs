//! The browser's documents beside those of the native tests, and what pages may do to them.

#[path = "../../../tests/common/mod.rs"]
mod common;

use js_sys::{Array, Error, Function, JSON, Object};
use serde_json::{Map, Value};
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

use self::common::Random;
use self::common::documents::{check, of, path};
use self::common::json::Json;
use super::JsDocument;
use crate::core::record::{Document, Path, Sharing};

#[wasm_bindgen_test]
fn documents_are_others_than_the_examples_say() {
    for sharing in BOTH {
        check::<JsDocument>(sharing);
    }
    check::<Json>(Sharing::Copies);
}

#[wasm_bindgen_test]
fn some_seed_tells_the_documents_of_tests_from_those_of_the_browser() {
    for (seed, sharing) in (0..150).flat_map(|seed| BOTH.map(|sharing| (seed, sharing))) {
        let random = &mut Random::new(seed);
        let (mut json, mut js) = pair(random);
        // What was taken out of the document, and what that was.
        let mut taken: Vec<(JsDocument, String)> = Vec::new();
        for step in 0..30 {
            let hint = format!("seed {seed}, step {step}, {sharing:?}");
            let text = path_text(random, &json.0);
            let Some(at) = Path::parse(&text) else { continue };
            compare_at(&json, &js, &at, random, &format!("{hint}, at '{text}' of {}", json.0));
            if let Some(value) = js.at(&at, sharing) {
                let is = value.stringify();
                taken.push((value, is));
            }
            let at = if random.chance(5) { Path::root() } else { at };
            let (value, js_value) = pair(random);
            if random.chance(70) {
                json.set(&at, Some(value), sharing);
                js.set(&at, Some(js_value), sharing);
            } else {
                json.set(&at, None, sharing);
                js.set(&at, None, sharing);
            }
            assert_eq!(js.stringify(), in_order(&json.0).to_string(), "{hint}, at '{text}'");
            assert!(js.equals_at(&Path::root(), Some(&of(&json.stringify()))), "{hint}");
            for (value, was) in &mut taken {
                assert_eq!(value.stringify(), *was, "{hint}: changed afterwards");
                if sharing == Sharing::Copies && random.chance(10) {
                    value.set(&path("changed[1].here"), Some(of("1")), sharing);
                    *was = value.stringify();
                }
            }
        }
    }
}

#[wasm_bindgen_test]
fn reading_for_the_application_finds_another_value_than_the_core_does() {
    let (mut failed, mut found) = (0, 0);
    for seed in 0..3_000 {
        let random = &mut Random::new(seed);
        let (json, js) = pair(random);
        let text = path_text(random, &json.0);
        let hint = format!("seed {seed}: '{text}' of {}", js.stringify());
        let read = js.read(&JsValue::from_str(&text), Sharing::Copies);
        let Some(at) = Path::parse(&text) else {
            let has_steps = text.contains(|it: char| !it.is_whitespace() && it != '.');
            let expected = if has_steps { None } else { Some(js.stringify()) };
            // Names that paths may not have are found where the data has them.
            if !text.contains("__proto__") && !text.contains("constructor") {
                assert_eq!(read.map(as_text), Ok(expected), "{hint}");
            }
            continue;
        };
        let last_step_into = at.first(js.depth_of(&at) + 1);
        let is_through_scalar = last_step_into.steps().len() < at.steps().len()
            && js.at(&last_step_into, Sharing::Shares).is_some_and(|node| !node.0.is_null());
        if is_through_scalar || !(js.is_container() || js.0.is_null()) {
            let error = read.expect_err(&hint);
            assert_eq!(error.unchecked_into::<Error>().message(), "invalid data or path");
            failed += 1;
        } else {
            let expected = js.at(&at, Sharing::Copies).map(|there| there.stringify());
            found += u32::from(expected.is_some());
            assert_eq!(read.map(as_text), Ok(expected), "{hint}");
        }
    }
    assert!(failed > 300 && found > 200, "{failed} failed, {found} found: too few");
}

#[wasm_bindgen_test]
fn reading_the_whole_or_by_no_path_is_another_than_the_javascript_clients() {
    let js = of::<JsDocument>("{\"\":1,\"a\":{\"b\":2}}");
    for whole in [JsValue::UNDEFINED, JsValue::NULL, "".into(), " . ".into()] {
        assert_eq!(js.read(&whole, Sharing::Copies).map(as_text), Ok(Some(js.stringify())));
        let shared = js.read(&whole, Sharing::Shares).expect("valid");
        assert!(Object::is(&shared, &js.0));
    }
    for wrong in [1.into(), 0.into(), false.into(), Object::new().into(), Array::new().into()] {
        let error = js.read(&wrong, Sharing::Copies).expect_err("no path");
        assert_eq!(error.unchecked_into::<Error>().message(), "invalid argument path");
    }
    for nowhere in ["a[x]", "a[1000000]", "a[-1]", "a.x.y", "toString", "a.__proto__.b"] {
        let read = js.read(&nowhere.into(), Sharing::Copies);
        assert_eq!(read, Ok(JsValue::UNDEFINED), "{nowhere}");
    }
}

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

/// Looks at the same place in both, in every way there is.
fn compare_at(json: &Json, js: &JsDocument, at: &Path, random: &mut Random, hint: &str) {
    let there = json.at(at, Sharing::Copies);
    let js_there = BOTH.map(|sharing| js.at(at, sharing));
    for js_there in &js_there {
        let text = js_there.as_ref().map(JsDocument::stringify);
        assert_eq!(text, there.as_ref().map(|it| in_order(&it.0).to_string()), "{hint}");
        assert!(js.equals_at(at, js_there.as_ref()), "{hint}");
    }
    assert_eq!(js.depth_of(at), json.depth_of(at), "{hint}");
    assert_eq!(js.text_at(at), json.text_at(at), "{hint}");
    let (other, js_other) = pair(random);
    assert_eq!(js.equals_at(at, Some(&js_other)), json.equals_at(at, Some(&other)), "{hint}");
    assert_eq!(js.equals_at(at, None), json.equals_at(at, None), "{hint}");
    if let ([Some(js_there), _], Some(there)) = (js_there, there) {
        assert_eq!(js_there.is_container(), there.is_container(), "{hint}");
        assert_eq!(js_there.keys(), Json(in_order(&there.0)).keys(), "{hint}");
        let there = Json(in_order(&there.0));
        assert_eq!(js_there.texts(), there.texts(), "{hint}");
    }
}

/// The same document, of both kinds.
fn pair(random: &mut Random) -> (Json, JsDocument) {
    let levels = random.between(1, 5);
    let text = value(random, levels).to_string();
    (of(&text), of(&text))
}

fn value(random: &mut Random, levels: u64) -> Value {
    if levels > 0 && random.chance(85) {
        let count = random.between(0, 5);
        if random.chance(35) {
            return (0..count).map(|_| value(random, levels - 1)).collect();
        }
        let keys = (0..count).map(|_| random.pick(&KEYS).to_owned()).collect::<Vec<_>>();
        return keys.into_iter().map(|key| (key, value(random, levels - 1))).collect();
    }
    let text = random.pick(&[
        "null",
        "true",
        "false",
        "0",
        "-7",
        "1.5",
        "1e-7",
        "\"\"",
        "\"ü😀\"",
        "\"\\u0000\\\"\\\\\\n\"",
        "\"1\"",
        "{}",
        "[]",
    ]);
    serde_json::from_str(text).expect("JSON")
}

/// A path that may well lead somewhere in a document.
fn path_text(random: &mut Random, document: &Value) -> String {
    let (mut text, mut node) = (String::new(), document);
    for _ in 0..random.between(1, 4) {
        let mut key = random.pick(&KEYS).to_owned();
        if random.chance(75) {
            let keys = match node {
                Value::Object(object) => object.keys().cloned().collect(),
                Value::Array(array) => (0..array.len()).map(|index| index.to_string()).collect(),
                _ => Vec::new(),
            };
            if let Some(there) = keys.get(random.between(0, keys.len() as u64) as usize) {
                key.clone_from(there);
            }
        }
        node = match node {
            Value::Array(array) => key.parse::<usize>().ok().and_then(|at| array.get(at)),
            node => node.get(&key),
        }
        .unwrap_or(&Value::Null);
        let is_number = key.parse::<u32>().is_ok();
        if is_number && random.chance(60) {
            text.extend([random.pick(&["[", "[", "[0", "[]["]), &key, "]"]);
        } else {
            let dots = [".", ".", ".", " . ", "..", ".\u{a0}", ".\u{feff}", "\u{85}."];
            text.extend([random.pick(&dots), &key]);
        }
    }
    if random.chance(5) {
        text.push_str(random.pick(&["[x]", "[-1]", "[1000000]", "[1e1]", "]", "[", "[0]a", "[٣]"]));
    }
    if random.chance(2) { random.pick(&["", " ", "..", ". ."]).to_owned() } else { text }
}

/// As JavaScript has the names in an object: numbers first.
fn in_order(value: &Value) -> Value {
    match value {
        Value::Array(array) => array.iter().map(in_order).collect(),
        Value::Object(object) => {
            let number = |key: &str| key.parse::<u32>().ok().filter(|it| it.to_string() == key);
            let mut entries = object.iter().collect::<Vec<_>>();
            entries.sort_by_key(|(key, _)| number(key).unwrap_or(u32::MAX));
            let entries = entries.into_iter().map(|(key, value)| (key.clone(), in_order(value)));
            Value::Object(entries.collect::<Map<_, _>>())
        }
        scalar => scalar.clone(),
    }
}

/// What `JSON.stringify` gives.
fn as_text(value: JsValue) -> Option<String> {
    JSON::stringify(&value).ok().and_then(|text| JsValue::from(text).as_string())
}

const BOTH: [Sharing; 2] = [Sharing::Copies, Sharing::Shares];

const KEYS: [&str; 12] =
    ["a", "a", "b", "b", "c", "0", "1", "10", "length", "toString", "__proto__", "constructor"];

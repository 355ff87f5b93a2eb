//! The browser's documents beside those that the native tests have in their place.

mod pages;

#[path = "../../../tests/common/mod.rs"]
#[allow(clippy::wildcard_enum_match_arm, reason = "as where the native tests have it")]
mod common;

use js_sys::{Array, Error, JSON, Object};
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
            if random.chance(40) {
                // What is there already makes no difference.
                let there = json.at(&at, sharing).filter(|_| random.chance(20));
                let js_value = there.as_ref().map_or(js_value, |there| of(&there.stringify()));
                let is_new = json.put(&at, there.unwrap_or(value), sharing);
                assert_eq!(js.put(&at, js_value, sharing), is_new, "{hint}, at '{text}'");
            } else if random.chance(50) {
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

/// What `record.get(path)` gives, as JSON text. It throws where the path leads through a scalar.
fn read(document: &JsDocument, path: &str) -> Option<String> {
    let value = document.read(&path.into(), Sharing::Copies).ok()?;
    JsDocument::of(value).map(|value| value.stringify())
}

/// What is found at the path that the core reads.
fn found(document: &JsDocument, path: &str) -> Option<String> {
    Some(document.at(&Path::parse(path)?, Sharing::Copies)?.stringify())
}

#[wasm_bindgen_test]
fn a_path_is_read_otherwise_than_the_core_reads_it() {
    let text = "{\"a\":{\"b\":[1,[2,{\"c\":3}]],\"\":4,\"NaN\":5,\"1\":6,\" x\":7},\"\":[8],\"0\":{\"1\":9},
                 \"ä\":{\"名\":[0]},\"NaN\":1,\"a[0]\":2,\"b\":[[],null,\"t\"],\"toString\":3,\"-1\":4}";
    let document = JsDocument::parse(text).expect("JSON");
    for path in [
        "a",
        "a.b",
        " a . b ",
        "..a..b.",
        "a.b[0]",
        "a.b[1][0]",
        "a.b[1][1].c",
        "a.b[01]",
        "a.b[00]",
        "a[]",
        "a.b[]",
        "a.b[]0",
        "a.b[0]x",
        "[0]",
        "[1]",
        "[0][0]",
        "0.1",
        "0[1]",
        "a[1]",
        "a.1",
        "a[x]",
        "a[NaN]",
        "a.NaN",
        "NaN",
        "a[-1]",
        "-1",
        "a[1e0]",
        "a[ 1]",
        "a[+1]",
        "a[0x1]",
        "a[1.0]",
        "a.b[1000000]",
        "a.b[999999]",
        "a.b[4294967296]",
        "a.b[18446744073709551616]",
        "ä.名[0]",
        "ä . 名",
        "b[0]",
        "b[1]",
        "b[1].c",
        "b[0].c",
        "b[9].c",
        "toString",
        "a.toString",
        "a.hasOwnProperty",
        "b.map",
        "a.x",
        "a. x",
        "a\u{a0}",
        "\ta\n",
        "a]",
        "]a",
        "a[b]c]",
        "a[[1]]",
        "x.y.z",
        "a.__proto__",
        "__proto__",
        "a.constructor",
        "prototype",
    ] {
        assert_eq!(read(&document, path), found(&document, path), "{path:?}");
    }
    let all = Some(document.stringify());
    for path in ["", ".", " . "] {
        assert_eq!((read(&document, path), Path::parse(path)), (all.clone(), None), "{path:?}");
    }
    for path in [JsValue::UNDEFINED, JsValue::NULL] {
        let value = document.read(&path, Sharing::Shares).expect("the whole data");
        assert_eq!(JsDocument::of(value).map(|value| value.stringify()), all);
    }
}

#[wasm_bindgen_test]
fn names_that_the_core_refuses_are_read_where_they_are_own() {
    let document = JsDocument::parse("{\"constructor\":1,\"a\":{\"__proto__\":2}}").expect("JSON");
    assert_eq!(read(&document, "constructor").as_deref(), Some("1"));
    assert_eq!(read(&document, "a.__proto__").as_deref(), Some("2"));
    assert_eq!(read(&document, "a.constructor"), None);
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

//! The documents of the browser beside those that the native tests have in their place.

#[path = "../../../tests/common/mod.rs"]
#[allow(clippy::wildcard_enum_match_arm, reason = "as where the native tests have it")]
mod common;

use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

use self::common::Random;
use self::common::json::Json;
use super::JsDocument;
use crate::core::record::{Document, Path, Sharing};

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

const NAMES: [&str; 7] = ["a", "b", "0", "1", "toString", "ä", "c"];
const INDICES: [&str; 5] = ["0", "1", "2", "5", "12"];
const SCALARS: [&str; 8] =
    ["1", "-2.5", "\"\"", "\"x\\u0000\\\"\"", "null", "true", "false", "\"null\""];

fn path(random: &mut Random) -> Path {
    let mut path = random.pick(&NAMES).to_owned();
    for _ in 0..random.between(0, 3) {
        if random.chance(50) {
            path.extend(["[", random.pick(&INDICES), "]"]);
        } else {
            path.extend([".", random.pick(&NAMES)]);
        }
    }
    Path::parse(&path).expect("a path")
}

fn value(random: &mut Random, depth: u64) -> String {
    let parts = random.between(0, 3);
    match random.between(0, 2) {
        0 if depth > 0 => {
            let parts = (0..parts).map(|_| value(random, depth - 1)).collect::<Vec<_>>();
            format!("[{}]", parts.join(","))
        }
        1 if depth > 0 => {
            let names = (0..parts).map(|_| (random.pick(&NAMES), value(random, depth - 1)));
            // A name that comes twice counts once, the same way everywhere.
            format!(
                "{{{}}}",
                names
                    .map(|(name, value)| format!("{name:?}:{value}"))
                    .collect::<Vec<_>>()
                    .join(",")
            )
        }
        _ => random.pick(&SCALARS).to_owned(),
    }
}

#[wasm_bindgen_test]
fn some_order_of_changes_leads_to_another_document_than_in_the_native_tests() {
    for seed in 0..200 {
        let mut random = Random::new(seed);
        let sharing = if seed % 2 == 0 { Sharing::Copies } else { Sharing::Shares };
        let (mut document, mut expected) = (JsDocument::empty(), Json::empty());
        for step in 0..40 {
            let told = format!("seed {seed}, step {step}");
            let path = path(&mut random);
            let text = random.chance(70).then(|| value(&mut random, 3));
            let before = (document.into_js(), Json::of(&expected.stringify()));
            document = JsDocument::of(before.0.clone()).expect("there");
            let [put, other] =
                [0, 1].map(|_| text.as_deref().map(|text| JsDocument::parse(text).expect("JSON")));
            let fake = text.as_deref().map(Json::of);
            let is_same = document.equals_at(&path, other.as_ref());
            assert_eq!(is_same, expected.equals_at(&path, fake.as_ref()), "{told}");
            document.set(&path, put, sharing);
            expected.set(&path, fake, sharing);
            assert_eq!(Json::of(&document.stringify()), expected, "{told}: {}", path.text());
            if sharing == Sharing::Shares {
                let before = (JsDocument::of(before.0).expect("there"), before.1);
                assert_eq!(Json::of(&before.0.stringify()), before.1, "{told}: it is shared");
            }
            compare(&document, &expected, &self::path(&mut random), sharing, &told);
        }
    }
}

/// Everything that can be asked has the same answer.
fn compare(document: &JsDocument, expected: &Json, path: &Path, sharing: Sharing, told: &str) {
    let text = |document: &JsDocument| Json::of(&document.stringify());
    let [there, fake] =
        [document.at(path, sharing).map(|it| text(&it)), expected.at(path, sharing)];
    assert_eq!(there, fake, "{told}: {}", path.text());
    assert_eq!(document.depth_of(path), expected.depth_of(path), "{told}: {}", path.text());
    assert_eq!(document.text_at(path), expected.text_at(path), "{told}");
    assert_eq!(document.is_container(), expected.is_container(), "{told}");
    let part = document.at(path, sharing);
    let sorted = |keys: Option<Vec<String>>| {
        keys.map(|mut keys| {
            keys.sort();
            keys
        })
    };
    assert_eq!(
        sorted(part.as_ref().and_then(Document::keys)),
        sorted(fake.as_ref().and_then(Document::keys))
    );
    let count = |texts: Option<Vec<String>>| texts.map(|texts| texts.len());
    assert_eq!(count(part.and_then(|it| it.texts())), count(fake.and_then(|it| it.texts())));
}

#[wasm_bindgen_test]
fn what_is_no_json_or_too_deep_is_a_document() {
    let nested = |depth| ["[".repeat(depth), "]".repeat(depth)].concat();
    assert!(JsDocument::parse(&nested(500)).is_some());
    for text in ["", "{", "undefined", "{'a':1}", "[1,]", &nested(502), &nested(100_000)] {
        assert!(JsDocument::parse(text).is_none(), "{}", text.len());
    }
    let wide = format!("[{}1]", "[],".repeat(2_000));
    assert!(JsDocument::parse(&wide).is_some(), "it is only long");
}

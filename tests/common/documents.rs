//! What every kind of document has in common, by example.

use deepstream_wasm::core::record::{Document, Path, Sharing};

/// A path as the application writes it; empty for the whole document.
pub(crate) fn path(text: &str) -> Path {
    if text.is_empty() { Path::root() } else { Path::parse(text).expect("a path") }
}

/// Checks that a kind of document does what the examples say.
pub(crate) fn check<D: Document>(sharing: Sharing) {
    for (data, at, value, expected) in CHANGES {
        let mut document = of::<D>(data);
        document.set(&path(at), value.map(of), sharing);
        assert_is(&document, expected, &format!("{data} at '{at}' set to {value:?}"));
    }
    for (data, at, value, depth) in PARTS {
        let (document, hint) = (of::<D>(data), format!("{data} at '{at}'"));
        let there = document.at(&path(at), sharing);
        assert_eq!(there.as_ref().map(D::stringify).as_deref(), *value, "{hint}");
        assert!(document.equals_at(&path(at), there.as_ref()), "{hint}");
        assert_eq!(document.equals_at(&path(at), None), value.is_none(), "{hint}");
        assert!(!document.equals_at(&path(at), Some(&of("\"another\""))), "{hint}");
        assert_eq!(document.depth_of(&path(at)), *depth, "{hint}");
        let is_text = value.is_some_and(|value| value.starts_with('"'));
        assert_eq!(document.text_at(&path(at)).is_some(), is_text, "{hint}");
        assert_eq!(document.stringify(), *data, "only looked at");
    }
    for (one, other, is_equal) in PAIRS {
        for (one, other) in [(one, other), (other, one)] {
            let is_it = of::<D>(one).equals_at(&path(""), Some(&of(other)));
            assert_eq!(is_it, *is_equal, "{one} and {other}");
        }
    }
    let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    for (data, texts) in LISTS {
        let list = of::<D>(data);
        assert_eq!((list.texts(), list.keys()), (Some(owned(texts)), None), "{data}");
        assert!(list.is_container(), "{data}");
    }
    for (data, keys) in OBJECTS {
        let object = of::<D>(data);
        assert_eq!((object.texts(), object.keys()), (None, Some(owned(keys))), "{data}");
        assert!(object.is_container(), "{data}");
    }
    for data in ["null", "false", "1", "\"a\""] {
        let scalar = of::<D>(data);
        assert_eq!((scalar.texts(), scalar.keys()), (None, None), "{data}");
        assert!(!scalar.is_container(), "{data}");
    }
    for text in ["", " ", "{", "[1,]", "{a:1}", "undefined", "'a'", "NaN", "1 2", "01", "\"\t\""] {
        assert!(D::parse(text).is_none(), "{text:?} is no JSON");
    }
    assert_eq!(D::empty().stringify(), "{}");
    assert_eq!(of::<D>(" { \"a\" : [ 1.0 , -0 ] } ").stringify(), "{\"a\":[1,0]}");
}

/// The document that a text is.
pub(crate) fn of<D: Document>(text: &str) -> D {
    D::parse(text).expect("JSON")
}

fn assert_is<D: Document>(document: &D, expected: &str, hint: &str) {
    let is_it = document.equals_at(&Path::root(), Some(&of(expected)));
    assert!(is_it, "{hint} is {} instead of {expected}", document.stringify());
    assert_eq!(document.stringify().len(), expected.len(), "{hint}: {}", document.stringify());
}

/// Documents, where something is put or taken away, and what becomes of them.
const CHANGES: &[(&str, &str, Option<&str>, &str)] = &[
    ("{}", "a", Some("1"), r#"{"a":1}"#),
    ("{}", "a.b.c", Some("[]"), r#"{"a":{"b":{"c":[]}}}"#),
    ("{}", "a[2]", Some("1"), r#"{"a":[null,null,1]}"#),
    ("{}", "a[1][0].b", Some("{}"), r#"{"a":[null,[{"b":{}}]]}"#),
    ("{}", "[1]", Some("1"), r#"{"":[null,1]}"#),
    ("{}", "a.0", Some("1"), r#"{"a":{"0":1}}"#),
    (r#"{"a":1,"b":2}"#, "a", Some("{}"), r#"{"a":{},"b":2}"#),
    (r#"{"a":{"b":1}}"#, "a[0]", Some("2"), r#"{"a":{"0":2,"b":1}}"#),
    (r#"{"a":{"b":[1,2]}}"#, "a.b[3]", Some("4"), r#"{"a":{"b":[1,2,null,4]}}"#),
    (r#"{"a":[[1],[2]]}"#, "a[1][0]", Some("null"), r#"{"a":[[1],[null]]}"#),
    // What is neither an object nor an array gives way.
    (r#"{"a":1}"#, "a.b", Some("2"), r#"{"a":{"b":2}}"#),
    (r#"{"a":"text"}"#, "a[0]", Some("2"), r#"{"a":[2]}"#),
    (r#"{"a":null,"b":false}"#, "a.c.d", Some("2"), r#"{"a":{"c":{"d":2}},"b":false}"#),
    ("5", "a.b", Some("1"), r#"{"a":{"b":1}}"#),
    ("\"text\"", "length", Some("1"), r#"{"length":1}"#),
    ("null", "a[0]", Some("1"), r#"{"a":[1]}"#),
    // In arrays, by numbers alone.
    (r#"{"a":[1,2]}"#, "a.1", Some("3"), r#"{"a":[1,3]}"#),
    (r#"{"a":[1,2]}"#, "a.3.b", Some("3"), r#"{"a":[1,2,null,{"b":3}]}"#),
    (r#"{"a":[1]}"#, "a.01", Some("3"), r#"{"a":[1]}"#),
    (r#"{"a":[1]}"#, "a.-1", Some("3"), r#"{"a":[1]}"#),
    (r#"{"a":[1]}"#, "a.+0", Some("3"), r#"{"a":[1]}"#),
    (r#"{"a":[1]}"#, "a.name", Some("3"), r#"{"a":[1]}"#),
    (r#"{"a":[1]}"#, "a.name.b", Some("3"), r#"{"a":[1]}"#),
    (r#"{"a":[1]}"#, "a.length", Some("0"), r#"{"a":[1]}"#),
    (r#"{"a":[1]}"#, "a.1000000", Some("3"), r#"{"a":[1]}"#),
    (r#"{"a":[1]}"#, "a.4294967294", Some("3"), r#"{"a":[1]}"#),
    ("[1]", "a", Some("3"), "[1]"),
    ("[1]", "0", Some("3"), "[3]"),
    // Taken away.
    (r#"{"a":1,"b":2}"#, "a", None, r#"{"b":2}"#),
    (r#"{"a":{"b":1}}"#, "a.b", None, r#"{"a":{}}"#),
    (r#"{"a":[1,2,3]}"#, "a[1]", None, r#"{"a":[1,null,3]}"#),
    (r#"{"a":[1,2,3]}"#, "a.2", None, r#"{"a":[1,2,null]}"#),
    (r#"{"a":[1]}"#, "a[1]", None, r#"{"a":[1]}"#),
    (r#"{"a":[1]}"#, "a.length", None, r#"{"a":[1]}"#),
    ("{}", "a.b[1]", None, "{}"),
    (r#"{"a":null}"#, "a.b", None, r#"{"a":null}"#),
    (r#"{"a":"text"}"#, "a.length", None, r#"{"a":"text"}"#),
    ("5", "a", None, "5"),
    // The whole.
    (r#"{"a":1}"#, "", Some("[2]"), "[2]"),
    (r#"{"a":1}"#, "", Some("null"), "null"),
    (r#"{"a":1}"#, "", None, r#"{"a":1}"#),
    // Names that objects have from the start.
    ("{}", "toString.valueOf", Some("1"), r#"{"toString":{"valueOf":1}}"#),
    ("{}", "hasOwnProperty", None, "{}"),
    (r#"{"__proto__":{"a":1}}"#, "b", Some("2"), r#"{"__proto__":{"a":1},"b":2}"#),
];

/// Documents, what is in there, and how many steps lead through objects and arrays.
const PARTS: &[(&str, &str, Option<&str>, usize)] = &[
    (DATA, "", Some(DATA), 0),
    (DATA, "a", Some(r#"{"b":[1,{"c":"x"}],"n":null}"#), 1),
    (DATA, "a.b", Some(r#"[1,{"c":"x"}]"#), 2),
    (DATA, "a.b[0]", Some("1"), 2),
    (DATA, "a.b.0", Some("1"), 2),
    (DATA, "a.b[1]", Some(r#"{"c":"x"}"#), 3),
    (DATA, "a.b[1].c", Some("\"x\""), 3),
    (DATA, "a.n", Some("null"), 1),
    (DATA, "a.b.length", Some("2"), 2),
    (DATA, "a.b.length.a", None, 2),
    (DATA, "a.b[2]", None, 2),
    (DATA, "a.b.00", None, 2),
    (DATA, "a.b.-1", None, 2),
    (DATA, "a.b[1].c.length", None, 3),
    (DATA, "a.b[1].c[0]", None, 3),
    (DATA, "a.n.a", None, 1),
    (DATA, "x.y.z", None, 0),
    (DATA, "toString", None, 0),
    (DATA, "a.b.map.name", None, 2),
    (DATA, "a.b[0].toFixed", None, 2),
    ("\"text\"", "length", None, 0),
    ("null", "a", None, 0),
    (r#"["a"]"#, "0", Some("\"a\""), 0),
];

const DATA: &str = r#"{"a":{"b":[1,{"c":"x"}],"n":null}}"#;

/// Documents, and whether they are the same.
const PAIRS: &[(&str, &str, bool)] = &[
    ("1", "1.0", true),
    ("0", "-0", true),
    ("1", "\"1\"", false),
    ("null", "{}", false),
    ("null", "0", false),
    ("[]", "{}", false),
    ("[null]", "[]", false),
    ("[1,2]", "[2,1]", false),
    ("[[],[{}]]", "[[],[{}]]", true),
    ("[[],[{}]]", "[[],[[]]]", false),
    (r#"{"a":1,"b":[2]}"#, r#"{"b":[2],"a":1}"#, true),
    (r#"{"a":1}"#, r#"{"a":1,"b":null}"#, false),
    (r#"{"a":1}"#, r#"{"b":1}"#, false),
    (r#"{"a":{"b":1}}"#, r#"{"a":{"b":2}}"#, false),
    (r#"{"0":1}"#, "[1]", false),
    (r#"{"toString":null}"#, r#"{"a":null}"#, false),
    (r#"{"__proto__":{}}"#, "{}", false),
    (r#"{"__proto__":{}}"#, r#"{"a":{}}"#, false),
    (r#"{"__proto__":{"a":1}}"#, r#"{"__proto__":{"a":2}}"#, false),
    (r#"{"a":1,"a":2}"#, r#"{"a":2}"#, true),
];

/// Arrays, and their texts.
const LISTS: &[(&str, &[&str])] = &[
    ("[]", &[]),
    (r#"["a","","ü😀"]"#, &["a", "", "ü😀"]),
    (r#"["a",1,null,{"b":[]}]"#, &["a", "1", "null", r#"{"b":[]}"#]),
];

/// Objects, and their keys.
const OBJECTS: &[(&str, &[&str])] =
    &[("{}", &[]), (r#"{"b":1,"a":2,"__proto__":3,"":4}"#, &["b", "a", "__proto__", ""])];

//! A record's document: a value of the engine's own.

use std::cell::RefCell;

use wasm_bindgen::prelude::*;

use crate::core::record::{Document, Path, Sharing};
use crate::shell::convert;
use crate::shell::memory::place_of;

#[wasm_bindgen(module = "/src/shell/browser.js")]
extern "C" {
    fn parse(start: *const u8, length: usize) -> JsValue;
    #[wasm_bindgen(js_name = isPlain)]
    fn is_plain(value: &JsValue) -> bool;
    fn stringify(value: &JsValue) -> String;
    #[wasm_bindgen(catch, js_name = stringify)]
    fn try_stringify(value: &JsValue) -> Result<String, JsValue>;
    #[wasm_bindgen(js_name = isContainer)]
    fn is_container(value: &JsValue) -> bool;
    fn learn(slot: usize, code: &str);
    fn at(root: &JsValue, slot: usize, copies: bool) -> JsValue;
    #[wasm_bindgen(js_name = equalsAt)]
    fn equals_at(root: &JsValue, slot: usize, other: &JsValue) -> bool;
    #[wasm_bindgen(js_name = hasAt)]
    fn has_at(root: &JsValue, slot: usize) -> bool;
    fn set(root: &JsValue, slot: usize, value: &JsValue, copies: bool) -> JsValue;
    #[wasm_bindgen(js_name = setNew)]
    fn set_new(root: &JsValue, slot: usize, value: &JsValue, copies: bool) -> JsValue;
    #[wasm_bindgen(js_name = depthOf)]
    fn depth_of(root: &JsValue, slot: usize) -> usize;
    fn texts(value: &JsValue) -> Option<Vec<String>>;
    fn keys(value: &JsValue) -> Option<Vec<String>>;
    fn view(root: &JsValue, copies: bool) -> JsValue;
    #[wasm_bindgen(catch)]
    fn read(root: &JsValue, path: &JsValue, copies: bool) -> Result<JsValue, JsValue>;
}

/// The number under which JavaScript knows a path: to hand over a text costs more than most of what is
/// done with it.
fn slot_of(path: &Path) -> usize {
    let slot = if path.text().len() > LONGEST_KEPT { SLOTS } else { path.hash() as usize % SLOTS };
    let is_known = KNOWN.with_borrow_mut(|known| {
        known.resize(SLOTS, None);
        let Some(known) = known.get_mut(slot) else { return false };
        let is_known = known.as_ref() == Some(path);
        if !is_known {
            *known = Some(path.clone());
        }
        is_known
    });
    if !is_known {
        learn(slot, &path.code());
    }
    slot
}

thread_local! {
    /// The path that each slot stands for.
    static KNOWN: RefCell<Vec<Option<Path>>> = const { RefCell::new(Vec::new()) };
}

/// Paths that are known at once. One more slot is for those that are too long to be kept.
const SLOTS: usize = 512;

/// Bytes. Other clients write paths too, of any length.
const LONGEST_KEPT: usize = 500;

/// A value as JSON text, whatever the page has arrays and objects be written down as.
///
/// # Errors
///
/// What the engine throws where it is no JSON value.
pub(crate) fn text_of(value: &JsValue) -> Result<String, JsValue> {
    try_stringify(value)
}

/// A JSON value. Not `undefined`.
#[derive(Debug)]
pub(crate) struct JsDocument(JsValue);

impl JsDocument {
    /// What the application gave under the name of an argument, as text and as a copy of its own.
    /// None where JSON has nothing for it.
    ///
    /// # Errors
    ///
    /// What the application's own `toJSON` or getters throw.
    pub(crate) fn take(name: &str, value: &JsValue) -> Result<Option<(String, Self)>, JsValue> {
        let Some(text) = convert::stringify(name, value)? else { return Ok(None) };
        if is_plain(value) {
            return Ok(Some((text, Self(value.clone()))));
        }
        let document = Self::parse(&text).ok_or_else(|| {
            convert::thrown_error(&["invalid argument ", name, ": too deep"].concat())
        })?;
        Ok(Some((text, document)))
    }

    /// A value that nobody else has hold of.
    pub(crate) fn of(value: JsValue) -> Option<Self> {
        (!value.is_undefined()).then_some(Self(value))
    }

    /// The value itself, for somebody who does not change it or is given it for good.
    pub(crate) fn into_js(self) -> JsValue {
        self.0
    }

    /// What the application is given for a path.
    ///
    /// # Errors
    ///
    /// The JavaScript client's errors.
    pub(crate) fn read(&self, path: &JsValue, sharing: Sharing) -> Result<JsValue, JsValue> {
        read(&self.0, path, sharing == Sharing::Copies)
    }

    /// What JavaScript reads by.
    pub(crate) fn view(&self, sharing: Sharing) -> JsValue {
        view(&self.0, sharing == Sharing::Copies)
    }
}

impl Document for JsDocument {
    fn empty() -> Self {
        Self(js_sys::Object::new().into())
    }

    fn parse(text: &str) -> Option<Self> {
        let (start, length) = place_of(text);
        Self::of(parse(start, length))
    }

    fn stringify(&self) -> String {
        stringify(&self.0)
    }

    fn is_container(&self) -> bool {
        is_container(&self.0)
    }

    fn at(&self, path: &Path, sharing: Sharing) -> Option<Self> {
        Self::of(at(&self.0, slot_of(path), sharing == Sharing::Copies))
    }

    fn equals_at(&self, path: &Path, other: Option<&Self>) -> bool {
        match other {
            Some(other) => equals_at(&self.0, slot_of(path), &other.0),
            None => !has_at(&self.0, slot_of(path)),
        }
    }

    fn set(&mut self, path: &Path, value: Option<Self>, sharing: Sharing) {
        let value = value.map_or(JsValue::UNDEFINED, |value| value.0);
        self.0 = set(&self.0, slot_of(path), &value, sharing == Sharing::Copies);
    }

    fn put(&mut self, path: &Path, value: Self, sharing: Sharing) -> bool {
        let root = set_new(&self.0, slot_of(path), &value.0, sharing == Sharing::Copies);
        let is_new = !root.is_undefined();
        if is_new {
            self.0 = root;
        }
        is_new
    }

    fn depth_of(&self, path: &Path) -> usize {
        depth_of(&self.0, slot_of(path))
    }

    fn text_at(&self, path: &Path) -> Option<String> {
        at(&self.0, slot_of(path), false).as_string()
    }

    fn texts(&self) -> Option<Vec<String>> {
        texts(&self.0)
    }

    fn keys(&self) -> Option<Vec<String>> {
        keys(&self.0)
    }
}

#[cfg(test)]
#[allow(clippy::wildcard_enum_match_arm, reason = "a test may fail")]
mod tests;

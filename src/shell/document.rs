//! A record's document: a value of the engine's own.

use wasm_bindgen::prelude::*;

use crate::core::record::{Document, Path, Sharing};
use crate::shell::convert;

#[wasm_bindgen(module = "/src/shell/document.js")]
extern "C" {
    fn parse(text: &str) -> JsValue;
    fn stringify(value: &JsValue) -> String;
    #[wasm_bindgen(catch, js_name = stringify)]
    fn try_stringify(value: &JsValue) -> Result<String, JsValue>;
    #[wasm_bindgen(js_name = isContainer)]
    fn is_container(value: &JsValue) -> bool;
    fn at(root: &JsValue, code: &str, copies: bool) -> JsValue;
    #[wasm_bindgen(js_name = equalsAt)]
    fn equals_at(root: &JsValue, code: &str, other: &JsValue) -> bool;
    #[wasm_bindgen(js_name = hasAt)]
    fn has_at(root: &JsValue, code: &str) -> bool;
    fn set(root: &JsValue, code: &str, value: &JsValue, copies: bool) -> JsValue;
    #[wasm_bindgen(js_name = depthOf)]
    fn depth_of(root: &JsValue, code: &str) -> usize;
    fn texts(value: &JsValue) -> Option<Vec<String>>;
    fn keys(value: &JsValue) -> Option<Vec<String>>;
    #[wasm_bindgen(catch)]
    fn read(root: &JsValue, path: &JsValue, copies: bool) -> Result<JsValue, JsValue>;
}

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
}

impl Document for JsDocument {
    fn empty() -> Self {
        Self(js_sys::Object::new().into())
    }

    fn parse(text: &str) -> Option<Self> {
        Self::of(parse(text))
    }

    fn stringify(&self) -> String {
        stringify(&self.0)
    }

    fn is_container(&self) -> bool {
        is_container(&self.0)
    }

    fn at(&self, path: &Path, sharing: Sharing) -> Option<Self> {
        Self::of(at(&self.0, path.code(), sharing == Sharing::Copies))
    }

    fn equals_at(&self, path: &Path, other: Option<&Self>) -> bool {
        match other {
            Some(other) => equals_at(&self.0, path.code(), &other.0),
            None => !has_at(&self.0, path.code()),
        }
    }

    fn set(&mut self, path: &Path, value: Option<Self>, sharing: Sharing) {
        let value = value.map_or(JsValue::UNDEFINED, |value| value.0);
        self.0 = set(&self.0, path.code(), &value, sharing == Sharing::Copies);
    }

    fn depth_of(&self, path: &Path) -> usize {
        depth_of(&self.0, path.code())
    }

    fn text_at(&self, path: &Path) -> Option<String> {
        at(&self.0, path.code(), false).as_string()
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

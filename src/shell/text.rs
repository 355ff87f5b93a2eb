//! Texts that JavaScript reads for itself, where they are.

use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/shell/text.js")]
extern "C" {
    #[wasm_bindgen(js_name = useMemory)]
    fn use_memory(memory: &JsValue);
}

thread_local! {
    static IS_SHARED: () = use_memory(&wasm_bindgen::memory());
}

/// Where a text starts, and how many bytes it has: for the call at hand.
pub(crate) fn place_of(text: &str) -> (*const u8, usize) {
    IS_SHARED.with(|()| (text.as_ptr(), text.len()))
}

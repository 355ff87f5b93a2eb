//! What JavaScript reads in the wasm's memory for itself.

use std::cell::Cell;

use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/shell/browser.js")]
extern "C" {
    #[wasm_bindgen(js_name = useMemory)]
    fn use_memory(memory: &JsValue, inputs: *const u32);
}

thread_local! {
    static INPUTS: Cell<u32> = const { Cell::new(0) };
    static IS_SHARED: () =
        use_memory(&wasm_bindgen::memory(), INPUTS.with(Cell::as_ptr).cast_const());
}

/// Has JavaScript know where the memory is.
pub(crate) fn share() {
    IS_SHARED.with(|()| ());
}

/// Where a text starts, and how many bytes it has: for the call at hand.
pub(crate) fn place_of(text: &str) -> (*const u8, usize) {
    share();
    (text.as_ptr(), text.len())
}

/// Something may become of a client: what JavaScript has seen of it may not be so any more.
pub(crate) fn count_input() {
    INPUTS.set(INPUTS.get().wrapping_add(1));
}

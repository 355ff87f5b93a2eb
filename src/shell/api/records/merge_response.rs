//! Class `MergeResponse`: what a merge strategy answers with.

use std::rc::Rc;

use wasm_bindgen::prelude::*;

use crate::core::record::io::{MergeId, Merged, RecordCommand};
use crate::shell::api::listen_response::bound;
use crate::shell::convert;
use crate::shell::document::JsDocument;
use crate::shell::pump::Shell;

/// The answer of a merge strategy to one merge.
#[wasm_bindgen(skip_typescript)]
pub struct MergeResponse {
    shell: Rc<Shell>,
    id: MergeId,
}

impl MergeResponse {
    pub(crate) fn new(shell: &Rc<Shell>, id: MergeId) -> Self {
        Self { shell: Rc::clone(shell), id }
    }

    /// A function that needs no object, as the JavaScript client's needs none.
    pub(crate) fn into_function(self) -> JsValue {
        bound(&self.into(), "done")
    }
}

#[wasm_bindgen]
impl MergeResponse {
    /// This is what the two states come to, or why they come to nothing. `null`: there is to be no
    /// such record. Only the first answer counts.
    pub fn done(&self, error: JsValue, data: JsValue) {
        let merged = if error.is_truthy() {
            Merged::Failed(error.as_string().unwrap_or_else(|| convert::message(&error)))
        } else if data.is_null() {
            Merged::Nothing
        } else {
            match JsDocument::take("data", &data) {
                Ok(Some((_, data))) => Merged::To(data),
                Ok(None) => Merged::Failed("the merge strategy gave nothing".to_owned()),
                Err(error) => Merged::Failed(convert::message(&error)),
            }
        };
        self.shell.give_record(RecordCommand::Merged(self.id, merged));
    }
}

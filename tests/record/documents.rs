//! The tests' own documents, which stand for those of the browser.

use deepstream_wasm::core::record::Sharing;

use crate::common::{documents, json::Json};

#[test]
fn the_documents_of_tests_are_others_than_those_of_the_browser() {
    documents::check::<Json>(Sharing::Copies);
}

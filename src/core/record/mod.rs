//! Topic `RECORD`: documents that clients have in common.

pub mod document;
pub mod path;

pub use document::{Document, Sharing};
pub use path::Path;

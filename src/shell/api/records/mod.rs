//! `client.record`, and what it hands out.

mod anonymous;
mod arguments;
mod dequeue;
mod handler;
mod list;
mod merge_response;
mod methods;
mod record;

pub use anonymous::AnonymousRecord;
pub use dequeue::Dequeue;
pub use handler::RecordHandler;
pub use list::List;
pub use merge_response::MergeResponse;
pub use record::Record;

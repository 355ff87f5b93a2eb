//! What JavaScript sees: a file for each class. Methods convert, dispatch and convert back.
//!
//! Arguments come by value: a reference takes a place on a small stack of wasm-bindgen's, which a
//! recursion of listeners would exhaust, and which nobody clears after an exception.

mod arguments;
mod client;
mod event;
mod listen_response;
mod options;
mod presence;
mod records;
mod rpc;
mod rpc_response;

pub use client::DeepstreamClient;
pub use event::EventHandler;
pub use listen_response::ListenResponse;
pub use presence::PresenceHandler;
pub use records::{AnonymousRecord, Dequeue, List, MergeResponse, Record, RecordHandler};
pub use rpc::RpcHandler;
pub use rpc_response::RpcResponse;

pub(super) use rpc_response::Request;

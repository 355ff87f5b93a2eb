//! What the server says.

use deepstream_wasm::core::protocol::{Action, Message};

use crate::common::bare;

/// Sets one field after the other.
pub(crate) trait Fields {
    fn name(self, name: &str) -> Self;
    fn names(self, names: &[&str]) -> Self;
    fn data(self, data: &str) -> Self;
    fn id(self, id: &str) -> Self;
    fn subscription(self, subscription: &str) -> Self;
    /// The message is an answer to one with this action.
    fn about(self, action: impl Into<Action>) -> Self;
}

impl Fields for Message<'static> {
    fn name(mut self, name: &str) -> Self {
        self.name = Some(name.to_owned().into());
        self
    }

    fn names(mut self, names: &[&str]) -> Self {
        self.names = names.iter().map(|name| (*name).to_owned().into()).collect();
        self
    }

    fn data(mut self, data: &str) -> Self {
        self.data = Some(data.to_owned().into());
        self
    }

    fn id(mut self, id: &str) -> Self {
        self.correlation_id = Some(id.to_owned().into());
        self
    }

    fn subscription(mut self, subscription: &str) -> Self {
        self.subscription = Some(subscription.to_owned().into());
        self
    }

    fn about(mut self, action: impl Into<Action>) -> Self {
        self.original_action = Some(action.into().number());
        self
    }
}

/// An acknowledgement.
pub(crate) fn ack(action: impl Into<Action>) -> Message<'static> {
    Message { is_ack: Some(true), ..bare(action) }
}

/// A complaint about a message with the action `about`.
pub(crate) fn refusal(action: impl Into<Action>, about: impl Into<Action>) -> Message<'static> {
    Message { is_error: Some(true), ..bare(action) }.about(about)
}

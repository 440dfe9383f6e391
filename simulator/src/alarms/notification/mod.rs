//! What CloudWatch publishes to SNS for a change of state.

mod message;
mod subject;

use super::change::StateChange;

/// The Subject and the Message of a publication.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notification {
    /// At most 100 characters.
    pub subject: String,
    /// Compact JSON.
    pub message: String,
}

impl StateChange {
    /// The notification that SNS gets, to the byte as CloudWatch writes it.
    #[must_use]
    pub fn notification(&self) -> Notification {
        Notification { subject: subject::subject(self), message: message::message(self) }
    }
}

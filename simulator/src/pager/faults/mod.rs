//! What goes wrong on purpose, each counted.

mod answer;
mod armed;
mod fault;
mod kind;
mod span;

pub(super) use answer::{failing, not_processed};
pub use armed::{Became, FaultCount, Faults, Instead, Strikes};
pub use fault::{Fault, FaultError, Target};
pub use kind::FaultKind;
pub(super) use span::span;

/// What a request is, as far as faults tell requests apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallKind {
    /// Changes something, the hosted webhook's posts among them.
    Write,
    /// Asks for the outcome of a write.
    Status,
    /// Asks for something else.
    Read,
}

impl CallKind {
    /// What a request is, by its method and path.
    #[must_use]
    pub fn of(method: &str, path: &str) -> Self {
        if method != "GET" && method != "HEAD" {
            Self::Write
        } else if path.contains("/alerts/requests/") {
            Self::Status
        } else {
            Self::Read
        }
    }
}

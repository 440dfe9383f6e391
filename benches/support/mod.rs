//! What both measurements share: signed messages, the unit that all ratios are in, and the table.

pub(crate) mod messages;
pub(crate) mod table;
pub(crate) mod unit;

/// A measurement that cannot be made ends the program with its reason.
pub(crate) type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

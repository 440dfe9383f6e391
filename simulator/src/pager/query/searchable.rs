//! What a query can ask of an alert.

use super::field::{Flag, Number, Text};

/// An alert, as a query sees it.
pub trait Searchable {
    /// Whether one of the values of `field` is one that `fits`. An empty value counts as none.
    fn any_text(&self, field: Text, fits: &mut dyn FnMut(&str) -> bool) -> bool;

    /// The number, if the alert has one: `snoozedUntil` is there while it is snoozed.
    fn number(&self, field: Number) -> Option<i64>;

    /// The flag.
    fn flag(&self, field: Flag) -> bool;

    /// Whether its status is `open`.
    fn is_open(&self) -> bool;
}

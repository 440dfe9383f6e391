//! The alerts of one account.

use std::collections::HashMap;
use std::sync::Arc;

use super::alert::Alert;

/// The alerts of one account. Every one is found by id, alias or tiny id without a search.
#[derive(Debug, Default)]
pub struct Alerts {
    /// In the order in which they were made; a deleted one leaves a hole.
    slots: Vec<Option<Box<Alert>>>,
    by_id: HashMap<Arc<str>, usize>,
    open_by_alias: HashMap<Arc<str>, usize>,
    by_tiny: HashMap<u32, usize>,
}

impl Alerts {
    /// All of them, in the order in which they were made.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Alert> {
        self.slots.iter().filter_map(Option::as_deref)
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.by_id.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.by_id.is_empty()
    }

    /// How many are open.
    #[must_use]
    pub fn open_count(&self) -> usize {
        self.open_by_alias.len()
    }

    /// The alert of an id.
    #[must_use]
    pub fn by_id(&self, id: &str) -> Option<&Alert> {
        self.slots.get(*self.by_id.get(id)?)?.as_deref()
    }

    /// The open alert of an alias.
    #[must_use]
    pub fn open(&self, alias: &str) -> Option<&Alert> {
        self.slots.get(*self.open_by_alias.get(alias)?)?.as_deref()
    }

    /// The newest alert of a tiny id.
    #[must_use]
    pub fn by_tiny(&self, tiny_id: u32) -> Option<&Alert> {
        self.slots.get(*self.by_tiny.get(&tiny_id)?)?.as_deref()
    }
}

/// What became of a write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Whether it did what it was to do.
    pub success: bool,
    /// What it was: `Create`, `Close`, …
    pub action: Arc<str>,
    /// What came of it, in a few words.
    pub status: Arc<str>,
    /// The alert; empty if there is none.
    pub alert_id: Arc<str>,
    /// The alert's alias; empty if there is none.
    pub alias: Arc<str>,
}

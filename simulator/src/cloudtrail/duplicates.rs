//! Counting the copies of one event.

use std::collections::{HashSet, VecDeque};
use std::hash::{DefaultHasher, Hash, Hasher};

/// Counts events whose `eventID` has been seen before. CloudTrail delivers some events more than once, and metric
/// filters count each copy, so nothing is removed here.
///
/// Only the last ids are remembered, so that memory does not grow with the number of events.
#[derive(Debug, Clone)]
pub struct DuplicateCounter {
    seen: HashSet<u64>,
    order: VecDeque<u64>,
    window: usize,
    duplicates: u64,
}

impl DuplicateCounter {
    /// Remembers the last million ids: some 40 MB.
    #[must_use]
    pub fn new() -> Self {
        Self::with_window(1_000_000)
    }

    /// Remembers the last `window` ids.
    #[must_use]
    pub fn with_window(window: usize) -> Self {
        Self { seen: HashSet::new(), order: VecDeque::new(), window, duplicates: 0 }
    }

    /// Takes an event's id; true where it has been seen.
    pub fn is_copy(&mut self, event_id: &str) -> bool {
        let mut hasher = DefaultHasher::new();
        event_id.hash(&mut hasher);
        let id = hasher.finish();
        if !self.seen.insert(id) {
            self.duplicates += 1;
            return true;
        }
        self.order.push_back(id);
        if self.order.len() > self.window
            && let Some(oldest) = self.order.pop_front()
        {
            self.seen.remove(&oldest);
        }
        false
    }

    /// How many events were copies.
    #[must_use]
    pub fn duplicates(&self) -> u64 {
        self.duplicates
    }
}

impl Default for DuplicateCounter {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_are_counted_within_the_window() {
        let mut counter = DuplicateCounter::with_window(2);
        let copies: Vec<bool> = ["a", "a", "b", "a", "c", "a"].iter().map(|id| counter.is_copy(id)).collect();
        assert_eq!(copies, [false, true, false, true, false, false], "a is forgotten once b and c came");
        assert_eq!(counter.duplicates(), 2);
        assert_eq!((counter.seen.len(), counter.order.len()), (2, 2));
    }
}

//! When each alert was closed last: a create that comes late, after a newer close, would raise it for good.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};

use super::memory::{Memory, short_hash};

/// The newest close of each alias that the pager has accepted. By the alias's hash, since an alias may be of any length.
pub(super) struct Closed(Mutex<Memory<DateTime<Utc>>>);

impl Closed {
    pub(super) fn new(retention: Duration, capacity: usize) -> Self {
        Self(Mutex::new(Memory::new(retention, capacity)))
    }

    /// The pager has accepted a close of what happened at that time.
    pub(super) fn remember(&self, alias: &str, occurred_at: DateTime<Utc>) {
        let (key, mut memory) = (short_hash(alias.as_bytes()), self.memory());
        let newest = memory.get(&key).map_or(occurred_at, |known| known.max(occurred_at));
        memory.remember(key, newest);
    }

    /// The close that is newer than what happened at that time, if there is one.
    pub(super) fn after(&self, alias: &str, occurred_at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.memory().get(&short_hash(alias.as_bytes())).filter(|newest| *newest > occurred_at)
    }

    fn memory(&self) -> MutexGuard<'_, Memory<DateTime<Utc>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const HOUR: Duration = Duration::from_hours(1);

    fn room(closed: &Closed) -> (usize, usize) {
        closed.memory().room()
    }

    fn at(second: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(second, 0).unwrap()
    }

    #[test]
    fn only_what_is_older_than_the_newest_close_of_its_alias_is_late() {
        let closed = Closed::new(HOUR, 10);
        closed.remember("a", at(5));
        closed.remember("a", at(3));
        assert_eq!(
            [2, 4, 5, 6].map(|second| closed.after("a", at(second)).is_some()),
            [true, true, false, false]
        );
        assert_eq!(closed.after("a", at(2)), Some(at(5)));
        assert_eq!(closed.after("b", at(2)), None);
    }

    #[test]
    fn memory_ends_with_its_retention_and_its_capacity() {
        let closed = Closed::new(HOUR, 2);
        for alias in ["a", "b", "a", "c"] {
            closed.remember(alias, at(5));
        }
        assert_eq!(["a", "b", "c"].map(|alias| closed.after(alias, at(1)).is_some()), [true, false, true]);
        assert_eq!(room(&closed), (2, 2));
        let closed = Closed::new(Duration::ZERO, 2);
        closed.remember("a", at(5));
        assert_eq!(closed.after("a", at(1)), None);
        assert_eq!(room(&closed), (0, 0));
    }
}

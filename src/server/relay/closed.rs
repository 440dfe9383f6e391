//! When each alert was closed last: a create that comes late, after a newer close, would raise it for good.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::time::Instant;

use super::resent::{ActionKey, short_hash};

/// The newest close of each alias that the pager has accepted, bounded in number and in time. Lost when the process
/// ends.
pub(super) struct Closed {
    memory: Mutex<Memory>,
    retention: Duration,
    capacity: usize,
}

#[derive(Default)]
struct Memory {
    /// By the alias's hash, since an alias may be of any length. With the time until which it is remembered.
    closes: HashMap<ActionKey, (DateTime<Utc>, Instant)>,
    /// In the order in which they were accepted; those that were accepted anew stand here more than once.
    order: VecDeque<(ActionKey, Instant)>,
}

impl Closed {
    pub(super) fn new(retention: Duration, capacity: usize) -> Self {
        Self { memory: Mutex::default(), retention, capacity }
    }

    /// The pager has accepted a close of what happened at that time.
    pub(super) fn remember(&self, alias: &str, occurred_at: DateTime<Utc>) {
        let (key, now, mut memory) = (short_hash(alias.as_bytes()), Instant::now(), self.memory());
        let until = now + self.retention;
        let known = memory.closes.get(&key).filter(|(_, until)| *until > now).map(|(newest, _)| *newest);
        let newest = known.map_or(occurred_at, |known| known.max(occurred_at));
        memory.closes.insert(key, (newest, until));
        memory.order.push_back((key, until));
        while let Some((key, until)) = memory.order.front().copied()
            && (until <= now || memory.order.len() > self.capacity)
        {
            memory.order.pop_front();
            // It may have been closed anew since.
            if memory.closes.get(&key).is_some_and(|(_, latest)| *latest == until) {
                memory.closes.remove(&key);
            }
        }
    }

    /// The close that is newer than what happened at that time, if there is one.
    pub(super) fn after(&self, alias: &str, occurred_at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let memory = self.memory();
        let (newest, until) = memory.closes.get(&short_hash(alias.as_bytes()))?;
        (*newest > occurred_at && *until > Instant::now()).then_some(*newest)
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const HOUR: Duration = Duration::from_hours(1);

    fn room(closed: &Closed) -> (usize, usize) {
        let memory = closed.memory();
        (memory.order.len(), memory.closes.len())
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

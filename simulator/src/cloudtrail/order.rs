//! Events in the order of time, from sources that are nearly so.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use chrono::{DateTime, TimeDelta, Utc};

/// Puts things that come out of order by no more than a window into the order of their times; equal times keep the
/// order in which they came.
///
/// Log files are not ordered: within one of them, and by a quarter of an hour between files of several regions. What
/// comes later than the window allows is passed on at once and counted. Memory holds one window of events.
#[derive(Debug)]
pub struct InTimeOrder<T> {
    window: TimeDelta,
    newest: Option<DateTime<Utc>>,
    given: Option<DateTime<Utc>>,
    held: BinaryHeap<Reverse<Held<T>>>,
    count: u64,
    late: u64,
}

#[derive(Debug)]
struct Held<T> {
    time: DateTime<Utc>,
    count: u64,
    thing: T,
}

impl<T> PartialEq for Held<T> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}
impl<T> Eq for Held<T> {}
impl<T> PartialOrd for Held<T> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl<T> Ord for Held<T> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.time, self.count).cmp(&(other.time, other.count))
    }
}

impl<T> InTimeOrder<T> {
    /// Waits for `window` before something is passed on.
    #[must_use]
    pub fn new(window: TimeDelta) -> Self {
        Self { window, newest: None, given: None, held: BinaryHeap::new(), count: 0, late: 0 }
    }

    /// Takes the next thing as it comes.
    pub fn push(&mut self, time: DateTime<Utc>, thing: T) {
        self.count += 1;
        self.newest = self.newest.max(Some(time));
        if self.given.is_some_and(|given| time < given) {
            self.late += 1;
        }
        self.held.push(Reverse(Held { time, count: self.count, thing }));
    }

    /// The next thing that nothing earlier can come before any more.
    pub fn pop(&mut self) -> Option<(DateTime<Utc>, T)> {
        let due = self.newest?.checked_sub_signed(self.window)?;
        self.pop_until(due)
    }

    /// The next thing with a time of `until` or before.
    pub fn pop_until(&mut self, until: DateTime<Utc>) -> Option<(DateTime<Utc>, T)> {
        if self.next_time()? > until {
            return None;
        }
        self.pop_rest()
    }

    /// The next thing, where no more will come.
    pub fn pop_rest(&mut self) -> Option<(DateTime<Utc>, T)> {
        let Reverse(Held { time, thing, .. }) = self.held.pop()?;
        self.given = self.given.max(Some(time));
        Some((time, thing))
    }

    /// The time of the next thing.
    #[must_use]
    pub fn next_time(&self) -> Option<DateTime<Utc>> {
        self.held.peek().map(|Reverse(held)| held.time)
    }

    /// How many things came too late to be put in order.
    #[must_use]
    pub fn late(&self) -> u64 {
        self.late
    }

    /// How many things are held.
    #[must_use]
    pub fn len(&self) -> usize {
        self.held.len()
    }

    /// Whether nothing is held.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.held.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::seconds(second)
    }

    #[test]
    fn disorder_within_the_window_is_mended_and_equal_times_keep_their_order() {
        let mut order = InTimeOrder::new(TimeDelta::seconds(10));
        let mut out = Vec::new();
        for (second, name) in [(5, 'b'), (3, 'a'), (12, 'd'), (5, 'c'), (30, 'f'), (21, 'e')] {
            order.push(at(second), name);
            while let Some((_, name)) = order.pop() {
                out.push(name);
            }
        }
        assert_eq!(out, ['a', 'b', 'c', 'd']);
        assert_eq!((order.len(), order.next_time()), (2, Some(at(21))));
        out.extend(std::iter::from_fn(|| order.pop_rest()).map(|(_, name)| name));
        assert_eq!(out, ['a', 'b', 'c', 'd', 'e', 'f']);
        assert_eq!(order.late(), 0);
    }

    #[test]
    fn what_comes_too_late_is_passed_on_and_counted() {
        let mut order = InTimeOrder::new(TimeDelta::seconds(1));
        order.push(at(5), 'a');
        order.push(at(10), 'b');
        assert_eq!(order.pop(), Some((at(5), 'a')));
        order.push(at(2), 'c');
        assert_eq!(order.pop(), Some((at(2), 'c')));
        assert_eq!(order.late(), 1);
    }
}

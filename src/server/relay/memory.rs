//! What the relay remembers, bounded in number and in time. Lost when the process ends.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use tokio::time::Instant;

/// Enough of SHA-256 that no two can be made to agree, in little memory.
pub(super) type Key = [u8; 16];

pub(super) fn short_hash(text: &[u8]) -> Key {
    let hash = digest(&SHA256, text);
    let mut key = Key::default();
    key.copy_from_slice(&hash.as_ref()[..16]);
    key
}

/// Values by key.
pub(super) struct Memory<V> {
    /// With the time until which each is remembered.
    values: HashMap<Key, (V, Instant)>,
    /// In the order in which they came; those that came anew stand here more than once, and those that were forgotten
    /// early still do.
    order: VecDeque<(Key, Instant)>,
    retention: Duration,
    capacity: usize,
}

impl<V: Copy> Memory<V> {
    pub(super) fn new(retention: Duration, capacity: usize) -> Self {
        Self { values: HashMap::new(), order: VecDeque::new(), retention, capacity }
    }

    pub(super) fn remember(&mut self, key: Key, value: V) {
        let now = Instant::now();
        let until = now + self.retention;
        self.values.insert(key, (value, until));
        self.order.push_back((key, until));
        while let Some((key, until)) = self.order.front().copied()
            && (until <= now || self.order.len() > self.capacity)
        {
            self.order.pop_front();
            // It may have been remembered anew since.
            if self.values.get(&key).is_some_and(|(_, latest)| *latest == until) {
                self.values.remove(&key);
            }
        }
    }

    pub(super) fn forget(&mut self, key: &Key) {
        self.values.remove(key);
    }

    pub(super) fn get(&self, key: &Key) -> Option<V> {
        let (value, until) = self.values.get(key)?;
        (*until > Instant::now()).then_some(*value)
    }

    /// How many it holds: in order, and by key.
    #[cfg(test)]
    pub(super) fn room(&self) -> (usize, usize) {
        (self.order.len(), self.values.len())
    }
}

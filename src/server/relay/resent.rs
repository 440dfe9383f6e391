//! Actions that the pager accepted although their request failed as a whole: the caller will send all of them again,
//! and these must not act twice.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use tokio::time::Instant;

use crate::opsgenie::Action;

/// Enough of SHA-256 over the whole action that no two can be made to agree, in little memory.
pub(super) type ActionKey = [u8; 16];

/// Identifies an action by all that it says.
pub(super) fn key(action: &Action) -> ActionKey {
    // Its parts have sorted members and cannot fail to be written.
    let text = serde_json::to_vec(action).unwrap_or_default();
    let hash = digest(&SHA256, &text);
    let mut key = ActionKey::default();
    key.copy_from_slice(&hash.as_ref()[..16]);
    key
}

/// The memory of such actions, bounded in number and in time. Lost when the process ends.
pub(super) struct Resent {
    memory: Mutex<Memory>,
    retention: Duration,
    capacity: usize,
}

#[derive(Default)]
struct Memory {
    until: HashMap<ActionKey, Instant>,
    /// In the order in which they came; those that were forgotten early still stand here.
    order: VecDeque<(ActionKey, Instant)>,
}

impl Resent {
    pub(super) fn new(retention: Duration, capacity: usize) -> Self {
        Self { memory: Mutex::default(), retention, capacity }
    }

    /// Whether an action was accepted before.
    pub(super) fn knows(&self, key: &ActionKey) -> bool {
        self.memory().until.get(key).is_some_and(|until| *until > Instant::now())
    }

    /// One request's account of what was accepted.
    pub(super) fn account(&self) -> Account<'_> {
        Account { resent: self, accepted: Mutex::default(), settled: false }
    }

    fn remember(&self, keys: impl IntoIterator<Item = ActionKey>) {
        let (now, mut memory) = (Instant::now(), self.memory());
        let until = now + self.retention;
        for key in keys {
            memory.until.insert(key, until);
            memory.order.push_back((key, until));
        }
        while let Some((key, until)) = memory.order.front().copied()
            && (until <= now || memory.order.len() > self.capacity)
        {
            memory.order.pop_front();
            // It may have been remembered anew since.
            if memory.until.get(&key) == Some(&until) {
                memory.until.remove(&key);
            }
        }
    }

    fn forget(&self, keys: &[ActionKey]) {
        let mut memory = self.memory();
        for key in keys {
            memory.until.remove(key);
        }
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What one request got accepted. Unless it is settled, even by the caller hanging up, this is remembered.
pub(super) struct Account<'a> {
    resent: &'a Resent,
    accepted: Mutex<Vec<ActionKey>>,
    settled: bool,
}

impl Account<'_> {
    /// The pager has accepted this one, now or before.
    pub(super) fn accepted(&self, key: ActionKey) {
        self.accepted.lock().unwrap_or_else(PoisonError::into_inner).push(key);
    }

    /// The caller gets a final answer, and will not come again.
    pub(super) fn settle(mut self) {
        self.settled = true;
    }
}

impl Drop for Account<'_> {
    fn drop(&mut self) {
        let accepted = std::mem::take(self.accepted.get_mut().unwrap_or_else(PoisonError::into_inner));
        if self.settled {
            self.resent.forget(&accepted);
        } else {
            self.resent.remember(accepted);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_hours(1);

    #[test]
    fn what_was_accepted_is_known_until_its_request_is_settled() {
        let resent = Resent::new(HOUR, 10);
        let failed = resent.account();
        failed.accepted([1; 16]);
        assert!(!resent.knows(&[1; 16]), "the request may still end well");
        drop(failed);
        assert!(resent.knows(&[1; 16]));
        assert!(!resent.knows(&[2; 16]));
        let again = resent.account();
        again.accepted([1; 16]);
        again.settle();
        assert!(!resent.knows(&[1; 16]), "the same action at another time acts again");
    }

    #[test]
    fn memory_ends_with_its_retention_and_its_capacity() {
        let resent = Resent::new(HOUR, 2);
        resent.remember([[1; 16], [2; 16], [3; 16]]);
        assert_eq!([1, 2, 3].map(|n| resent.knows(&[n; 16])), [false, true, true]);
        assert_eq!(resent.memory().order.len(), 2);
        let resent = Resent::new(Duration::ZERO, 2);
        resent.remember([[1; 16]]);
        assert!(!resent.knows(&[1; 16]));
        assert_eq!(resent.memory().order.len(), 0);
    }
}

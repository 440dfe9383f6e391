//! Actions that the pager has accepted while the answer to their caller is still open: should their request fail as a
//! whole, or the caller hang up, all of them are sent again, and these must not act twice.

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
    short_hash(&serde_json::to_vec(action).unwrap_or_default())
}

pub(super) fn short_hash(text: &[u8]) -> ActionKey {
    let hash = digest(&SHA256, text);
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

    /// The pager has accepted an action.
    pub(super) fn remember(&self, key: ActionKey) {
        let (now, mut memory) = (Instant::now(), self.memory());
        let until = now + self.retention;
        memory.until.insert(key, until);
        memory.order.push_back((key, until));
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

    /// The caller of these gets a final answer, and will not send them again.
    pub(super) fn forget(&self, keys: &[ActionKey]) {
        let mut memory = self.memory();
        for key in keys {
            memory.until.remove(key);
        }
    }

    /// Whether an action was accepted before.
    pub(super) fn knows(&self, key: &ActionKey) -> bool {
        self.memory().until.get(key).is_some_and(|until| *until > Instant::now())
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_hours(1);

    #[test]
    fn what_was_accepted_is_known_until_its_caller_has_a_final_answer() {
        let resent = Resent::new(HOUR, 10);
        resent.remember([1; 16]);
        assert!(resent.knows(&[1; 16]) && !resent.knows(&[2; 16]));
        resent.forget(&[[1; 16], [2; 16]]);
        assert!(!resent.knows(&[1; 16]), "the same action at another time acts again");
    }

    #[test]
    fn memory_ends_with_its_retention_and_its_capacity() {
        let resent = Resent::new(HOUR, 2);
        for n in [1, 2, 3] {
            resent.remember([n; 16]);
        }
        assert_eq!([1, 2, 3].map(|n| resent.knows(&[n; 16])), [false, true, true]);
        assert_eq!(resent.memory().order.len(), 2);
        let resent = Resent::new(Duration::ZERO, 2);
        resent.remember([1; 16]);
        assert!(!resent.knows(&[1; 16]));
        assert_eq!(resent.memory().order.len(), 0);
    }
}

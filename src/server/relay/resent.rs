//! Actions that the pager has accepted while the answer to their caller is still open: should their request fail as a
//! whole, or the caller hang up, all of them are sent again, and these must not act twice.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::memory::{Key, Memory, short_hash};
use crate::opsgenie::Action;

/// Of a whole action.
pub(super) type ActionKey = Key;

/// Identifies an action by all that it says.
pub(super) fn key(action: &Action) -> ActionKey {
    // Its parts have sorted members and cannot fail to be written.
    short_hash(&serde_json::to_vec(action).unwrap_or_default())
}

/// The memory of such actions.
pub(super) struct Resent(Mutex<Memory<()>>);

impl Resent {
    pub(super) fn new(retention: Duration, capacity: usize) -> Self {
        Self(Mutex::new(Memory::new(retention, capacity)))
    }

    /// The pager has accepted an action.
    pub(super) fn remember(&self, key: ActionKey) {
        self.memory().remember(key, ());
    }

    /// The caller of these gets a final answer, and will not send them again.
    pub(super) fn forget(&self, keys: &[ActionKey]) {
        let mut memory = self.memory();
        for key in keys {
            memory.forget(key);
        }
    }

    /// Whether an action was accepted before.
    pub(super) fn knows(&self, key: &ActionKey) -> bool {
        self.memory().get(key).is_some()
    }

    fn memory(&self) -> MutexGuard<'_, Memory<()>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
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
        assert_eq!(resent.memory().room().0, 2);
        let resent = Resent::new(Duration::ZERO, 2);
        resent.remember([1; 16]);
        assert!(!resent.knows(&[1; 16]));
        assert_eq!(resent.memory().room().0, 0);
    }
}

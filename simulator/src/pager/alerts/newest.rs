//! The newest alerts of a status, found without a look at all of them.

use super::super::alert::Alert;
use super::Alerts;

impl Alerts {
    /// The newest of the open alerts, newest first.
    #[must_use]
    pub fn newest_open(&self, most: usize) -> Vec<&Alert> {
        let mut slots: Vec<usize> = self.open_by_alias.values().copied().collect();
        if most < slots.len() {
            slots.select_nth_unstable_by(most, |a, b| b.cmp(a));
            slots.truncate(most);
        }
        slots.sort_unstable_by(|a, b| b.cmp(a));
        slots.into_iter().filter_map(|slot| self.slots.get(slot)?.as_deref()).collect()
    }

    /// The newest of the closed alerts, newest first.
    #[must_use]
    pub fn newest_closed(&self, most: usize) -> Vec<&Alert> {
        let most = most.min(self.len() - self.open_count());
        self.iter().rev().filter(|alert| !alert.is_open()).take(most).collect()
    }
}

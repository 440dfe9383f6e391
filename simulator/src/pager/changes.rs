//! What happened to alerts, for those who follow it.

use std::collections::VecDeque;
use std::sync::Arc;

use chrono::{DateTime, Utc};

/// Something that happened to an alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Its number, from 1, in the order in which things happened.
    pub sequence: u64,
    /// When.
    pub at: DateTime<Utc>,
    /// The account's number, as in [`Account::number`](super::Account::number).
    pub account: usize,
    /// The alert's id.
    pub alert_id: Arc<str>,
    /// The alert's alias.
    pub alias: Arc<str>,
    /// What.
    pub kind: ChangeKind,
}

/// What happened to an alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ChangeKind {
    /// It was made.
    Created,
    /// It was raised once more.
    Repeated,
    /// Something of it changed.
    Updated,
    /// It was closed.
    Closed,
    /// It was removed.
    Deleted,
    /// Everything was removed; the change has no alert.
    Reset,
}

/// The changes since a number.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Changes {
    /// Whether some of them are no longer kept: whoever follows has to look at everything anew.
    pub missed: bool,
    /// Oldest first.
    pub changes: Vec<Change>,
}

/// The newest changes.
#[derive(Debug, Default)]
pub(super) struct ChangeLog {
    kept: VecDeque<Change>,
    capacity: usize,
    last: u64,
}

impl ChangeLog {
    pub(super) fn new(capacity: usize) -> Self {
        Self { kept: VecDeque::new(), capacity, last: 0 }
    }

    pub(super) const fn last(&self) -> u64 {
        self.last
    }

    pub(super) fn push(
        &mut self,
        at: DateTime<Utc>,
        account: usize,
        alert_id: Arc<str>,
        alias: Arc<str>,
        kind: ChangeKind,
    ) {
        self.last += 1;
        self.kept.push_back(Change { sequence: self.last, at, account, alert_id, alias, kind });
        if self.kept.len() > self.capacity {
            self.kept.pop_front();
        }
    }

    pub(super) fn since(&self, sequence: u64) -> Changes {
        let oldest = self.kept.front().map_or(self.last + 1, |change| change.sequence);
        let known = self.kept.partition_point(|change| change.sequence <= sequence);
        Changes { missed: sequence + 1 < oldest, changes: self.kept.range(known..).cloned().collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_says_when_something_was_missed() {
        let mut log = ChangeLog::new(3);
        assert_eq!(log.since(0), Changes::default());
        for _ in 0..5 {
            log.push(DateTime::UNIX_EPOCH, 0, "id".into(), "alias".into(), ChangeKind::Updated);
        }
        let sequences = |since| {
            let changes = log.since(since);
            (changes.missed, changes.changes.iter().map(|change| change.sequence).collect::<Vec<_>>())
        };
        assert_eq!(sequences(0), (true, vec![3, 4, 5]));
        assert_eq!(sequences(1), (true, vec![3, 4, 5]));
        assert_eq!(sequences(2), (false, vec![3, 4, 5]));
        assert_eq!(sequences(4), (false, vec![5]));
        assert_eq!(sequences(5), (false, vec![]));
        assert_eq!(sequences(9), (false, vec![]));
    }
}

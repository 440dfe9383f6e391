//! Actions that came before their alert (`delayIfDoesNotExists`).

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};

/// Actions on aliases that no open alert has yet. Each is given back once: when its alert comes or its time is up.
#[derive(Debug)]
pub struct Waiting<T> {
    /// By deadline and arrival.
    held: BTreeMap<(DateTime<Utc>, u64), (String, T)>,
    /// The keys of those of an alias, in order of arrival.
    by_alias: HashMap<String, Vec<(DateTime<Utc>, u64)>>,
    arrivals: u64,
}

impl<T> Default for Waiting<T> {
    fn default() -> Self {
        Self { held: BTreeMap::new(), by_alias: HashMap::new(), arrivals: 0 }
    }
}

impl<T> Waiting<T> {
    /// Holds an action until an alert of `alias` comes or `deadline` passes.
    pub fn hold(&mut self, alias: impl Into<String>, deadline: DateTime<Utc>, action: T) {
        let (alias, key) = (alias.into(), (deadline, self.arrivals));
        self.arrivals += 1;
        self.by_alias.entry(alias.clone()).or_default().push(key);
        self.held.insert(key, (alias, action));
    }

    /// The actions that waited for `alias`, in order of arrival.
    pub fn release(&mut self, alias: &str) -> Vec<T> {
        let keys = self.by_alias.remove(alias).unwrap_or_default();
        keys.iter().filter_map(|key| self.held.remove(key)).map(|(_, action)| action).collect()
    }

    /// An action whose deadline has passed by `now`, the longest overdue first.
    pub fn expire(&mut self, now: DateTime<Utc>) -> Option<T> {
        let first = self.held.first_entry().filter(|entry| entry.key().0 <= now)?;
        let (key, (alias, action)) = first.remove_entry();
        if let Some(keys) = self.by_alias.get_mut(&alias) {
            keys.retain(|held| *held != key);
            if keys.is_empty() {
                self.by_alias.remove(&alias);
            }
        }
        Some(action)
    }

    /// The next deadline.
    #[must_use]
    pub fn next_due(&self) -> Option<DateTime<Utc>> {
        self.held.keys().next().map(|(deadline, _)| *deadline)
    }

    /// How many wait.
    #[must_use]
    pub fn len(&self) -> usize {
        self.held.len()
    }

    /// Whether none waits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.held.is_empty()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_790_000_000 + seconds, 0).unwrap()
    }

    #[test]
    fn an_action_is_given_back_when_its_alert_comes_or_its_time_is_up() {
        let mut waiting = Waiting::default();
        waiting.hold("a", at(60), "close a");
        waiting.hold("b", at(30), "close b");
        waiting.hold("a", at(20), "note a");
        assert_eq!((waiting.len(), waiting.next_due()), (3, Some(at(20))));
        assert_eq!(waiting.expire(at(19)), None);
        assert_eq!(waiting.release("a"), ["close a", "note a"]);
        assert_eq!((waiting.release("a"), waiting.next_due()), (vec![], Some(at(30))));
        assert_eq!((waiting.expire(at(30)), waiting.expire(at(99))), (Some("close b"), None));
        assert!(waiting.is_empty() && waiting.release("b").is_empty());
    }
}

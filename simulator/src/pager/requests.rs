//! Writes that wait for their effect, and the outcomes of those that had it.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use super::account::Integration;
use super::alerts::{Origin, Outcome};
use super::command::Command;
use super::ids::RequestId;

/// A write that was accepted.
#[derive(Debug)]
pub(super) struct Waiting {
    pub(super) account: usize,
    pub(super) command: Command,
    pub(super) origin: Origin,
    /// How long it may wait for an alert that does not exist (`delayIfDoesNotExists`).
    pub(super) patience: Option<TimeDelta>,
    /// The alias for whose alert it waits, once it does.
    pub(super) held_for: Option<String>,
}

/// When a write takes effect, and its place among those of the same time.
type Place = (DateTime<Utc>, i64);

/// The writes that wait, in the order in which they take effect.
#[derive(Debug, Default)]
pub(super) struct Queue {
    waiting: BTreeMap<Place, Waiting>,
    /// Those that wait for an alert of an alias, oldest first. They stand in `waiting` at the end of their patience.
    patient: HashMap<(usize, String), Vec<Place>>,
    last: i64,
    first: i64,
}

impl Queue {
    /// Behind all that have the same time.
    pub(super) fn push(&mut self, due: DateTime<Utc>, waiting: Waiting) {
        self.last += 1;
        self.waiting.insert((due, self.last), waiting);
    }

    /// Before all that wait in the same account.
    pub(super) fn push_first(&mut self, due: DateTime<Utc>, waiting: Waiting) {
        let mut others = self.waiting.iter().filter(|(_, other)| other.account == waiting.account);
        let due = others.next().map_or(due, |((first, _), _)| due.min(*first));
        self.first -= 1;
        self.waiting.insert((due, self.first), waiting);
    }

    /// Until its patience ends, or an alert of the alias is made.
    pub(super) fn push_patient(&mut self, alias: String, end: DateTime<Utc>, mut waiting: Waiting) {
        self.last += 1;
        let place = (end, self.last);
        waiting.patience = None;
        waiting.held_for = Some(alias.clone());
        self.patient.entry((waiting.account, alias)).or_default().push(place);
        self.waiting.insert(place, waiting);
    }

    /// Those that waited for an alert of this alias are due.
    pub(super) fn wake(&mut self, account: usize, alias: &str, now: DateTime<Utc>) {
        // Most of the time nobody waits.
        if self.patient.is_empty() {
            return;
        }
        for place in self.patient.remove(&(account, alias.to_owned())).unwrap_or_default() {
            if let Some(mut waiting) = self.waiting.remove(&place) {
                waiting.held_for = None;
                self.push(now, waiting);
            }
        }
    }

    /// When the next one is due.
    pub(super) fn next_due(&self) -> Option<DateTime<Utc>> {
        self.waiting.first_key_value().map(|((due, _), _)| *due)
    }

    /// The next one that is due at `now`, and when it was.
    pub(super) fn pop_due(&mut self, now: DateTime<Utc>) -> Option<(DateTime<Utc>, Waiting)> {
        let place = *self.waiting.first_key_value()?.0;
        if place.0 > now {
            return None;
        }
        let mut waiting = self.waiting.remove(&place)?;
        if let Some(alias) = waiting.held_for.take() {
            self.forget((waiting.account, alias), place);
        }
        Some((place.0, waiting))
    }

    fn forget(&mut self, of: (usize, String), place: Place) {
        if let Entry::Occupied(mut places) = self.patient.entry(of) {
            places.get_mut().retain(|other| *other != place);
            if places.get().is_empty() {
                places.remove();
            }
        }
    }

    pub(super) fn clear(&mut self) {
        self.waiting.clear();
        self.patient.clear();
    }
}

/// An outcome, and when it can be read.
#[derive(Debug)]
pub(super) struct Processed {
    pub(super) outcome: Outcome,
    pub(super) processed_at: DateTime<Utc>,
    pub(super) readable_at: DateTime<Utc>,
    pub(super) integration: Arc<Integration>,
}

/// The outcomes of one account: the newest ones.
#[derive(Debug, Default)]
pub(super) struct Outcomes {
    by_request: HashMap<RequestId, Processed>,
    order: VecDeque<RequestId>,
}

impl Outcomes {
    /// Keeps an outcome, and `most` of them.
    pub(super) fn insert(&mut self, request: RequestId, processed: Processed, most: usize) {
        if self.by_request.insert(request, processed).is_none() {
            self.order.push_back(request);
        }
        while self.order.len() > most {
            let oldest = self.order.pop_front();
            oldest.map(|oldest| self.by_request.remove(&oldest));
        }
    }

    /// The outcome of a request, if it can be read: it is there already, and still within `retention`.
    pub(super) fn get(
        &self,
        request: RequestId,
        retention: Option<TimeDelta>,
        now: DateTime<Utc>,
    ) -> Option<&Processed> {
        self.by_request.get(&request).filter(|processed| {
            let age = now - processed.readable_at;
            age >= TimeDelta::zero() && retention.is_none_or(|retention| age <= retention)
        })
    }

    pub(super) fn clear(&mut self) {
        self.by_request.clear();
        self.order.clear();
    }
}

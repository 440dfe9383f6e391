//! The alerts of one account: a state machine that carries out [`Command`]s.
//!
//! There is at most one open alert an alias. Everything is found by id, alias or tiny id without a search, however many
//! alerts there are.

mod act;
mod create;
mod newest;
mod outcome;
mod page;
mod people;

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};

pub use outcome::Outcome;
pub use page::Page;

use super::account::Integration;
use super::alert::{Alert, Responder};
use super::changes::ChangeKind;
use super::command::{Command, Identifier};
use super::directory::People;
use super::ids::RequestId;
use super::settings::{PlanAction, Switches};

/// The alerts of one account.
#[derive(Debug, Default)]
pub struct Alerts {
    /// In the order in which they were made; a deleted one leaves a hole.
    slots: Vec<Option<Box<Alert>>>,
    by_id: HashMap<Arc<str>, usize>,
    open_by_alias: HashMap<Arc<str>, usize>,
    by_tiny: HashMap<u32, usize>,
    /// How many were ever made.
    made: u32,
}

/// What holds for an account while a command is carried out.
pub(super) struct Rules<'a> {
    pub(super) seed: u64,
    pub(super) account: usize,
    pub(super) people: &'a People,
    pub(super) switches: &'a Switches,
    pub(super) plan_lacks: &'a [PlanAction],
    pub(super) tiny_ids: u32,
    pub(super) at: DateTime<Utc>,
}

/// Where a command comes from.
#[derive(Debug, Clone)]
pub(super) struct Origin {
    pub(super) request: RequestId,
    pub(super) integration: Arc<Integration>,
    /// The team that owns the integration.
    pub(super) team: Option<Responder>,
    /// Whether responders can be named.
    pub(super) names: bool,
}

/// What a command did: to tell it, and to tell those who follow.
pub(super) struct Done {
    pub(super) outcome: Outcome,
    pub(super) change: Option<ChangeKind>,
}

impl Alerts {
    /// All of them, in the order in which they were made.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Alert> {
        self.slots.iter().filter_map(Option::as_deref)
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.by_id.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.by_id.is_empty()
    }

    /// How many are open.
    #[must_use]
    pub fn open_count(&self) -> usize {
        self.open_by_alias.len()
    }

    /// The alert of an id.
    #[must_use]
    pub fn by_id(&self, id: &str) -> Option<&Alert> {
        self.slots.get(*self.by_id.get(id)?)?.as_deref()
    }

    /// The open alert of an alias.
    #[must_use]
    pub fn open(&self, alias: &str) -> Option<&Alert> {
        self.slots.get(*self.open_by_alias.get(alias)?)?.as_deref()
    }

    /// The newest alert of a tiny id.
    #[must_use]
    pub fn by_tiny(&self, tiny_id: u32) -> Option<&Alert> {
        self.slots.get(*self.by_tiny.get(&tiny_id)?)?.as_deref()
    }

    /// The alert that a request names.
    #[must_use]
    pub fn get(&self, identifier: &Identifier) -> Option<&Alert> {
        self.slots.get(self.slot(identifier)?)?.as_deref()
    }

    /// Carries out a command.
    pub(super) fn apply(&mut self, command: Command, origin: &Origin, rules: &Rules<'_>) -> Done {
        match command {
            Command::Create(create) => self.create(*create, origin, rules),
            Command::Act { on, action, by } => self.act(&on, action, by, origin, rules),
        }
    }

    /// Marks an alert as seen; its alias if that is new.
    pub(super) fn mark_seen(&mut self, id: &str) -> Option<(Arc<str>, Arc<str>)> {
        let slot = *self.by_id.get(id)?;
        let alert = self.slots.get_mut(slot)?.as_deref_mut()?;
        let new = !std::mem::replace(&mut alert.seen, true);
        new.then(|| (Arc::clone(&alert.id), Arc::clone(&alert.alias)))
    }

    /// Removes all of them. Ids go on.
    pub(super) fn clear(&mut self) {
        *self = Self { made: self.made, ..Self::default() };
    }

    fn slot(&self, identifier: &Identifier) -> Option<usize> {
        match identifier {
            Identifier::Id(id) => self.by_id.get(id.as_str()),
            Identifier::Alias(alias) => self.open_by_alias.get(alias.as_str()),
            Identifier::Tiny(tiny) => self.by_tiny.get(&tiny.parse().ok()?),
        }
        .copied()
    }

    fn insert(&mut self, alert: Alert) {
        let slot = self.slots.len();
        self.by_id.insert(Arc::clone(&alert.id), slot);
        self.open_by_alias.insert(Arc::clone(&alert.alias), slot);
        self.by_tiny.insert(alert.tiny_id, slot);
        self.slots.push(Some(Box::new(alert)));
    }

    fn remove(&mut self, slot: usize) {
        let Some(alert) = self.slots.get_mut(slot).and_then(Option::take) else { return };
        self.by_id.remove(&alert.id);
        if self.by_tiny.get(&alert.tiny_id) == Some(&slot) {
            self.by_tiny.remove(&alert.tiny_id);
        }
        if alert.is_open() {
            self.open_by_alias.remove(&alert.alias);
        }
    }
}

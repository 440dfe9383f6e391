//! One account: its alerts, its directory, its limits, the outcomes of its requests.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::alerts::{Alerts, Rules};
use super::directory::{Directory, People};
use super::rate_limit::RateLimits;
use super::requests::Outcomes;
use super::settings::{PlanAction, Settings};

/// Whose key made an alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Integration {
    /// Its id.
    pub id: Arc<str>,
    /// Its name.
    pub name: String,
    /// Its type: `API`, `CloudWatch`.
    pub kind: &'static str,
}

/// An account. Nothing of one is seen in another.
#[derive(Debug)]
pub struct Account {
    pub(super) number: usize,
    name: String,
    directory: Directory,
    pub(super) people: People,
    pub(super) alerts: Alerts,
    pub(super) outcomes: Outcomes,
    pub(super) limits: RateLimits,
    pub(super) plan_lacks: Vec<PlanAction>,
}

impl Account {
    /// An account without alerts.
    pub(super) fn new(
        number: usize,
        name: String,
        directory: Directory,
        plan_lacks: Vec<PlanAction>,
        settings: &Settings,
        now: DateTime<Utc>,
    ) -> Self {
        let directory = directory.with_ids(settings.seed);
        Self {
            number,
            name,
            people: People::new(&directory, settings.seed),
            directory,
            alerts: Alerts::default(),
            outcomes: Outcomes::default(),
            limits: RateLimits::new(&settings.rate_limits, now),
            plan_lacks,
        }
    }

    /// Its number, from 0, in the order in which accounts were made.
    #[must_use]
    pub const fn number(&self) -> usize {
        self.number
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Who can be paged.
    #[must_use]
    pub const fn directory(&self) -> &Directory {
        &self.directory
    }

    /// Its alerts.
    #[must_use]
    pub const fn alerts(&self) -> &Alerts {
        &self.alerts
    }

    /// Its alerts to be changed, and the rules for that.
    pub(super) fn alerts_and_rules<'a>(
        &'a mut self,
        settings: &'a Settings,
        at: DateTime<Utc>,
    ) -> (&'a mut Alerts, Rules<'a>) {
        let rules = Rules {
            seed: settings.seed,
            account: self.number,
            people: &self.people,
            switches: &settings.switches,
            plan_lacks: &self.plan_lacks,
            tiny_ids: settings.tiny_ids,
            at,
        };
        (&mut self.alerts, rules)
    }
}

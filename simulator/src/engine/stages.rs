//! Logs, metric filters, metrics and alarms, joined.

use chrono::{DateTime, Utc};

use super::build::{BuildError, definition, refused};
use super::logging::{Fed, Logging};
use super::world::Settings;
use crate::alarms::{
    Alarm, AlarmState, Alarms, EvaluationRange, Home, Outcome, Phase, Settings as AlarmSettings, StateChange,
};
use crate::cloudformation::{Environment, ResourceKind, Stack};
use crate::logs::{LogsError, TooLarge};
use crate::metrics::Metrics;

/// Everything before SNS.
#[derive(Debug)]
pub struct Stages {
    logging: Logging,
    metrics: Metrics,
    alarms: Alarms,
    next_evaluation: Option<DateTime<Utc>>,
}

impl Stages {
    pub(super) fn new(stack: &Stack, settings: &Settings, start: DateTime<Utc>) -> Result<Self, BuildError> {
        let Settings { environment, seed, .. } = settings;
        let mut alarms = no_alarms(environment, *seed);
        if let Some(refusal) = put_alarms(stack, &mut alarms, start).into_iter().next() {
            return Err(refusal);
        }
        Ok(Self {
            logging: Logging::new(stack, settings)?,
            metrics: Metrics::new(alarms.look_back()),
            next_evaluation: alarms.next_evaluation(start),
            alarms,
        })
    }

    /// A CloudTrail record happens at `at`.
    pub(super) fn event(&mut self, record: &str, at: DateTime<Utc>) -> Result<(), TooLarge> {
        self.logging.record(record, at)
    }

    /// When something is due next.
    pub(super) fn next_due(&self) -> Option<DateTime<Utc>> {
        [self.logging.next_due(), self.next_evaluation].into_iter().flatten().min()
    }

    /// Does what is due by `now`: records arrive, and then alarms are evaluated.
    pub(super) fn advance(&mut self, now: DateTime<Utc>) -> Result<Vec<StateChange>, LogsError> {
        self.logging.deliver(now, &mut self.metrics)?;
        if self.next_evaluation.is_none_or(|next| next > now) {
            return Ok(Vec::new());
        }
        let changes = self.alarms.evaluate(now, &self.metrics);
        self.next_evaluation = self.alarms.next_evaluation(now);
        Ok(changes)
    }

    /// What each metric has got from metric filters.
    pub fn fed(&self) -> impl Iterator<Item = Fed<'_>> {
        self.logging.fed()
    }

    /// How many records were too long for the logs.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        self.logging.dropped()
    }

    /// All alarms, in the template's order.
    pub fn alarms(&self) -> impl Iterator<Item = &Alarm> {
        self.alarms.iter()
    }

    pub(super) fn set_alarm_state(
        &mut self,
        name: &str,
        state: &str,
        reason: &str,
        now: DateTime<Utc>,
    ) -> Result<Vec<StateChange>, String> {
        let state: AlarmState = state.parse().map_err(|error: crate::alarms::NotAState| error.to_string())?;
        let changes = self.alarms.set_alarm_state(name, state, reason, None, now);
        self.next_evaluation = self.alarms.next_evaluation(now);
        changes.map_err(|error| error.to_string())
    }

    pub(super) fn record_action(
        &mut self,
        change: &StateChange,
        arn: &str,
        published: Option<&str>,
        outcome: Outcome<'_>,
        now: DateTime<Utc>,
    ) {
        self.alarms.record_action(change, arn, published, outcome, now);
    }
}

/// Every alarm that could not be played, and why.
#[must_use]
pub fn refusals(stack: &Stack, environment: &Environment, start: DateTime<Utc>) -> Vec<BuildError> {
    put_alarms(stack, &mut no_alarms(environment, 0), start)
}

fn no_alarms(environment: &Environment, seed: u64) -> Alarms {
    Alarms::new(AlarmSettings {
        home: Home::new(&environment.account_id, &environment.region),
        phase: Phase::Seeded(seed),
        range: EvaluationRange::default(),
    })
}

/// Makes the alarms of a stack, and says which are refused. Composite alarms need their children first, whatever the
/// template's order is: those that are refused are tried again as long as others are made.
fn put_alarms(stack: &Stack, alarms: &mut Alarms, start: DateTime<Utc>) -> Vec<BuildError> {
    let mut refusals = Vec::new();
    for resource in stack.of_kind(ResourceKind::Alarm) {
        let put = definition(resource).and_then(|alarm| {
            alarms.put_metric_alarm(alarm, start).map_err(|error| refused(resource, error))
        });
        refusals.extend(put.err());
    }
    let mut waiting: Vec<_> = stack.of_kind(ResourceKind::CompositeAlarm).collect();
    loop {
        let count = waiting.len();
        let mut left = Vec::new();
        let mut reasons = Vec::new();
        for resource in waiting {
            let put = definition(resource).and_then(|alarm| {
                alarms.put_composite_alarm(alarm, start).map_err(|error| refused(resource, error))
            });
            if let Err(reason) = put {
                left.push(resource);
                reasons.push(reason);
            }
        }
        if left.len() == count {
            refusals.extend(reasons);
            return refusals;
        }
        waiting = left;
    }
}

//! Logs, metric filters, metrics and alarms, joined.

use chrono::{DateTime, TimeDelta, Utc};
use rand_core::RngCore;

use super::build::{BuildError, definition, refused};
use super::filters::Filters;
use super::world::Settings;
use crate::alarms::{
    Alarm, AlarmState, Alarms, CompositeAlarm, EvaluationRange, Home, MetricAlarm, Outcome, Phase,
    Settings as AlarmSettings, StateChange,
};
use crate::cloudformation::{ResourceKind, Stack};
use crate::cloudtrail::{InTimeOrder, compact};
use crate::metrics::Metrics;
use crate::sns::{Purpose, stream};

/// Everything before SNS.
#[derive(Debug)]
pub struct Stages {
    /// Records on their way to the logs.
    under_way: InTimeOrder<String>,
    latency: Option<TimeDelta>,
    seed: u64,
    events: u64,
    filters: Filters,
    metrics: Metrics,
    alarms: Alarms,
    next_evaluation: Option<DateTime<Utc>>,
}

impl Stages {
    pub(super) fn new(stack: &Stack, settings: &Settings, start: DateTime<Utc>) -> Result<Self, BuildError> {
        let Settings { environment, seed, latency, .. } = settings;
        let mut alarms = Alarms::new(AlarmSettings {
            home: Home::new(&environment.account_id, &environment.region),
            phase: Phase::Seeded(*seed),
            range: EvaluationRange::default(),
        });
        for resource in stack.of_kind(ResourceKind::Alarm) {
            let alarm: MetricAlarm = definition(resource)?;
            alarms.put_metric_alarm(alarm, start).map_err(|error| refused(resource, error))?;
        }
        composites(stack, &mut alarms, start)?;
        Ok(Self {
            under_way: InTimeOrder::new(TimeDelta::zero()),
            latency: *latency,
            seed: *seed,
            events: 0,
            filters: Filters::new(stack)?,
            metrics: Metrics::new(alarms.look_back()),
            next_evaluation: alarms.next_evaluation(start),
            alarms,
        })
    }

    /// A CloudTrail record happens at `at`.
    pub(super) fn event(&mut self, record: &str, at: DateTime<Utc>) {
        let latency = self.latency.unwrap_or_else(|| {
            let random = stream(self.seed, Purpose::Fault, self.events).next_u32() % 240_000;
            TimeDelta::milliseconds(180_000 + i64::from(random))
        });
        self.events += 1;
        self.under_way.push(at + latency, compact(record).into_owned());
    }

    /// When something is due next.
    pub(super) fn next_due(&self) -> Option<DateTime<Utc>> {
        [self.under_way.next_time(), self.next_evaluation].into_iter().flatten().min()
    }

    /// Does what is due by `now`: records arrive, and then alarms are evaluated.
    pub(super) fn advance(&mut self, now: DateTime<Utc>) -> Vec<StateChange> {
        while let Some((at, message)) = self.under_way.pop_until(now) {
            let metrics = &mut self.metrics;
            self.filters.samples(&message, at, |sample| {
                metrics.put(sample, now);
            });
        }
        if self.next_evaluation.is_none_or(|next| next > now) {
            return Vec::new();
        }
        let changes = self.alarms.evaluate(now, &self.metrics);
        self.next_evaluation = self.alarms.next_evaluation(now);
        changes
    }

    /// The name of each metric filter, and how many events it has matched, in the template's order.
    pub fn matches(&self) -> impl Iterator<Item = (&str, u64)> {
        self.filters.matches()
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

/// Composite alarms need their children first, whatever the template's order is: those that are refused are tried again
/// as long as others are made.
fn composites(stack: &Stack, alarms: &mut Alarms, start: DateTime<Utc>) -> Result<(), BuildError> {
    let mut waiting: Vec<_> = stack.of_kind(ResourceKind::CompositeAlarm).collect();
    while !waiting.is_empty() {
        let mut refusal = None;
        let mut left = Vec::new();
        let count = waiting.len();
        for resource in waiting {
            let alarm: CompositeAlarm = definition(resource)?;
            if let Err(error) = alarms.put_composite_alarm(alarm, start) {
                refusal.get_or_insert_with(|| refused(resource, error));
                left.push(resource);
            }
        }
        match refusal {
            Some(refusal) if left.len() == count => return Err(refusal),
            _ => waiting = left,
        }
    }
    Ok(())
}

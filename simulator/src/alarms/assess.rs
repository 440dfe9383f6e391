//! Datapoints → state and reason, for one alarm at one time.

use chrono::{DateTime, Utc};

use super::condition::Condition;
use super::query::Datapoint;
use super::reason::Evaluation;
use super::state::AlarmState;
use crate::metrics::Metrics;

/// What an evaluation came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assessment {
    /// The state.
    pub state: AlarmState,
    /// Why.
    pub reason: String,
    /// What was looked at, as JSON.
    pub reason_data: String,
}

impl Condition {
    /// Evaluates the alarm at a time. `None` keeps its state.
    #[must_use]
    pub fn assess(&self, metrics: &Metrics, now: DateTime<Utc>) -> Option<Assessment> {
        self.assess_change(metrics, now, None)
    }

    /// Evaluates given datapoints, newest first, the newest of which ends at `end`. Those beyond the evaluation range
    /// are not looked at, and those that it lacks are missing. `None` keeps the state.
    #[must_use]
    pub fn assess_datapoints(
        &self,
        datapoints: &[Option<Datapoint>],
        end: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Option<Assessment> {
        let mut range: Vec<Option<Datapoint>> = datapoints.iter().copied().take(self.range).collect();
        range.resize(self.range, None);
        self.assess_range(&range, end, now, None)
    }

    /// As [`assess`](Self::assess), but `None` also where the state is the current one: most evaluations end there, and
    /// words are the costly part.
    pub(super) fn assess_change(
        &self,
        metrics: &Metrics,
        now: DateTime<Utc>,
        current: Option<AlarmState>,
    ) -> Option<Assessment> {
        let end = self.schedule.newest_end(now);
        let range = self.source.read(metrics, end, self.range);
        self.assess_range(&range, end, now, current)
    }

    fn assess_range(
        &self,
        range: &[Option<Datapoint>],
        end: DateTime<Utc>,
        now: DateTime<Utc>,
        current: Option<AlarmState>,
    ) -> Option<Assessment> {
        let breaching: Vec<Option<bool>> =
            range.iter().map(|datapoint| datapoint.map(|datapoint| self.breaches(datapoint.value))).collect();
        let decision = self.quorum.decide(&breaching);
        let state = decision.state.filter(|state| current != Some(*state))?;
        let evaluation = Evaluation { condition: self, state, decision: &decision, range, end, now };
        Some(Assessment { state, reason: evaluation.reason(), reason_data: evaluation.data() })
    }
}

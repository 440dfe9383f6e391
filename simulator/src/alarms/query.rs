//! Where an alarm's datapoints come from: one metric, or metric math.

use chrono::{DateTime, TimeDelta, Utc};

use super::math_query::MathQuery;
use crate::metrics::{Aggregate, BucketQuery, MetricId, Metrics, Statistic};

/// What a bucket gave.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Datapoint {
    /// The value that is compared.
    pub value: f64,
    /// How many samples it is made of; unknown for math.
    pub sample_count: Option<f64>,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Source {
    Metric(MetricQuery),
    Math(MathQuery),
}

impl Source {
    /// The datapoints of `count` buckets, newest first, the newest of which ends at `end`.
    pub(super) fn read(&self, metrics: &Metrics, end: DateTime<Utc>, count: usize) -> Vec<Option<Datapoint>> {
        match self {
            Self::Metric(query) => query.read(metrics, end, count),
            Self::Math(query) => query.read(metrics, end, count),
        }
    }
}

/// A statistic of one metric.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct MetricQuery {
    pub(super) metric: MetricId,
    pub(super) unit: Option<String>,
    pub(super) statistic: Statistic,
    /// As it was written: `p90`, `Sum`.
    pub(super) statistic_name: String,
    pub(super) period: u32,
    pub(super) ignore_low_samples: bool,
}

impl MetricQuery {
    pub(super) fn read(&self, metrics: &Metrics, end: DateTime<Utc>, count: usize) -> Vec<Option<Datapoint>> {
        let buckets = metrics.buckets(&BucketQuery {
            metric: &self.metric,
            unit: self.unit.as_deref(),
            end,
            period: TimeDelta::seconds(i64::from(self.period)),
            count,
            with_distribution: self.statistic.needs_distribution(),
        });
        let datapoint = |bucket: Aggregate| {
            if self.ignore_low_samples && has_few_samples(self.statistic, bucket.count) {
                return None;
            }
            Some(Datapoint { value: self.statistic.of(&bucket)?, sample_count: Some(bucket.count) })
        };
        buckets.into_iter().map(|bucket| bucket.and_then(datapoint)).collect()
    }
}

/// "Percentile-based alarms and low data samples": fewer than 10/(1-p) samples, or 10/p below the median. p90 needs
/// 100 (recorded: 99 are ignored, 100 are not).
fn has_few_samples(statistic: Statistic, samples: f64) -> bool {
    let Statistic::Percentile(percent) = statistic else { return false };
    let rarer = if percent >= 50.0 { 100.0 - percent } else { percent };
    // The tolerance takes the rounding of 100 - 99.9 and the like.
    rarer > 0.0 && samples * rarer < 1_000.0 * (1.0 - 1e-9)
}

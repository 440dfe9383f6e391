//! The aggregates of all metrics.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};

use super::aggregate::Aggregate;
use super::sample::{MetricId, Sample};
use super::series::Series;

/// How far in the future a sample may lie, as CloudWatch has it.
const FUTURE: TimeDelta = TimeDelta::hours(2);

/// The aggregates of all metrics, as far back as they are kept.
///
/// Memory grows with the number of metrics and the time kept, not with the number of samples.
#[derive(Debug, Clone)]
pub struct Metrics {
    keep: TimeDelta,
    metrics: HashMap<MetricId, Vec<OfUnit>>,
    next_sweep: Option<DateTime<Utc>>,
}

/// The aggregates of a metric's samples of one unit. Most metrics have one.
#[derive(Debug, Clone)]
struct OfUnit {
    unit: Option<String>,
    series: Series,
}

impl Metrics {
    /// No metrics yet. Aggregates are dropped once they are older than `keep`, for which
    /// [`Alarms::look_back`](crate::alarms::Alarms::look_back) is the right length.
    #[must_use]
    pub fn new(keep: TimeDelta) -> Self {
        Self { keep, metrics: HashMap::new(), next_sweep: None }
    }

    /// Publishes a sample at `now`. Returns false, and keeps nothing, where its time is older than what is kept or more
    /// than two hours ahead, or its value is not finite.
    pub fn put(&mut self, sample: &Sample, now: DateTime<Utc>) -> bool {
        self.sweep(now);
        if !self.keeps(sample, now) {
            return false;
        }
        let resolution = sample.resolution.seconds();
        let start = sample.timestamp.timestamp().div_euclid(resolution) * resolution;
        if let Some(units) = self.metrics.get_mut(&sample.metric) {
            add(units, sample, start);
        } else {
            // Only the first sample of a metric needs a copy of its names.
            let mut units = Vec::new();
            add(&mut units, sample, start);
            self.metrics.insert(sample.metric.clone(), units);
        }
        true
    }

    /// Whether a sample that is published at `now` would be kept.
    #[must_use]
    pub fn keeps(&self, sample: &Sample, now: DateTime<Utc>) -> bool {
        let usable = sample.value.is_finite() && sample.count.is_finite() && sample.count > 0.0;
        usable && sample.timestamp >= now - self.keep && sample.timestamp <= now + FUTURE
    }

    /// The aggregates of `count` adjoining buckets of `period`, newest first, the newest of which ends at `end`
    /// (exclusive). With a unit, only samples of exactly that unit are read; otherwise all are.
    #[must_use]
    pub fn buckets(&self, query: &BucketQuery<'_>) -> Vec<Option<Aggregate>> {
        let mut buckets = vec![None; query.count];
        let Some(units) = self.metrics.get(query.metric) else { return buckets };
        let end = query.end.timestamp();
        let period = query.period.num_seconds().max(1);
        let length = i64::try_from(query.count).unwrap_or(i64::MAX).saturating_mul(period);
        let wanted = units.iter().filter(|of| query.unit.is_none() || of.unit.as_deref() == query.unit);
        for of in wanted {
            for (start, aggregate) in of.series.between(end.saturating_sub(length), end) {
                let Ok(place) = usize::try_from((end - start - 1) / period) else { continue };
                match buckets.get_mut(place) {
                    Some(Some(bucket)) => Aggregate::merge(bucket, aggregate, query.with_distribution),
                    Some(empty) => *empty = Some(aggregate.copy(query.with_distribution)),
                    None => {}
                }
            }
        }
        buckets
    }

    /// How many aggregates are kept, of all metrics.
    #[must_use]
    pub fn aggregates(&self) -> usize {
        self.metrics.values().flatten().map(|of| of.series.len()).sum()
    }

    /// Drops what is too old, now and then: at most one time to keep after it became so.
    fn sweep(&mut self, now: DateTime<Utc>) {
        if self.next_sweep.is_some_and(|next| now < next) {
            return;
        }
        self.next_sweep = Some(now + self.keep);
        let oldest = (now - self.keep).timestamp();
        self.metrics.retain(|_, units| {
            units.retain_mut(|of| {
                of.series.drop_before(oldest);
                of.series.len() > 0
            });
            !units.is_empty()
        });
    }
}

fn add(units: &mut Vec<OfUnit>, sample: &Sample, start: i64) {
    if let Some(of) = units.iter_mut().find(|of| of.unit == sample.unit) {
        of.series.add(start, sample.value, sample.count);
    } else {
        let mut series = Series::default();
        series.add(start, sample.value, sample.count);
        units.push(OfUnit { unit: sample.unit.clone(), series });
    }
}

/// Which buckets are asked for.
#[derive(Debug, Clone, Copy)]
pub struct BucketQuery<'a> {
    /// The metric.
    pub metric: &'a MetricId,
    /// The unit that samples must have.
    pub unit: Option<&'a str>,
    /// The end of the newest bucket, exclusive.
    pub end: DateTime<Utc>,
    /// The length of a bucket, in whole seconds.
    pub period: TimeDelta,
    /// How many buckets.
    pub count: usize,
    /// Whether distributions are wanted.
    pub with_distribution: bool,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::Resolution;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::seconds(1_800_000_000 + seconds)
    }

    fn sample(seconds: i64, value: f64) -> Sample {
        Sample::new(MetricId::new("N", "m", &[]), at(seconds), value)
    }

    fn sums(metrics: &Metrics, unit: Option<&str>, end: i64, period: i64, count: usize) -> Vec<Option<f64>> {
        let metric = MetricId::new("N", "m", &[]);
        let query = BucketQuery {
            metric: &metric,
            unit,
            end: at(end),
            period: TimeDelta::seconds(period),
            count,
            with_distribution: false,
        };
        metrics.buckets(&query).iter().map(|bucket| bucket.as_ref().map(|bucket| bucket.sum)).collect()
    }

    #[test]
    fn samples_are_added_up_by_the_minute_and_read_in_sliding_buckets() {
        let mut metrics = Metrics::new(TimeDelta::hours(1));
        for (seconds, value) in [(0, 1.0), (59, 2.0), (60, 4.0), (300, 8.0)] {
            assert!(metrics.put(&sample(seconds, value), at(400)));
        }
        assert_eq!(metrics.aggregates(), 3);
        assert_eq!(sums(&metrics, None, 360, 60, 6), [Some(8.0), None, None, None, Some(4.0), Some(3.0)]);
        assert_eq!(sums(&metrics, None, 360, 300, 2), [Some(12.0), Some(3.0)]);
        assert_eq!(sums(&metrics, None, 300, 300, 2), [Some(7.0), None]);
    }

    #[test]
    fn high_resolution_is_kept_by_the_second() {
        let mut metrics = Metrics::new(TimeDelta::hours(1));
        for seconds in [5, 15, 25] {
            let sample = Sample { resolution: Resolution::High, ..sample(seconds, 1.0) };
            assert!(metrics.put(&sample, at(30)));
        }
        assert_eq!(sums(&metrics, None, 30, 10, 4), [Some(1.0), Some(1.0), Some(1.0), None]);
    }

    #[test]
    fn a_unit_selects_the_samples_that_have_it() {
        let mut metrics = Metrics::new(TimeDelta::hours(1));
        metrics.put(&Sample { unit: Some("Count".to_owned()), ..sample(0, 1.0) }, at(0));
        metrics.put(&sample(0, 2.0), at(0));
        assert_eq!(sums(&metrics, Some("Count"), 60, 60, 1), [Some(1.0)]);
        assert_eq!(sums(&metrics, Some("Seconds"), 60, 60, 1), [None]);
        assert_eq!(sums(&metrics, None, 60, 60, 1), [Some(3.0)]);
    }

    #[test]
    fn what_is_too_old_too_far_ahead_or_no_number_is_not_kept() {
        let mut metrics = Metrics::new(TimeDelta::hours(1));
        assert!(!metrics.put(&sample(-3_601, 1.0), at(0)));
        assert!(!metrics.put(&sample(7_201, 1.0), at(0)));
        assert!(!metrics.put(&sample(0, f64::NAN), at(0)));
        assert_eq!(metrics.aggregates(), 0);
    }

    #[test]
    fn a_month_of_samples_needs_the_memory_of_the_time_kept() {
        let mut metrics = Metrics::new(TimeDelta::minutes(15));
        let mut most = 0;
        for minute in 0..43_200 {
            for second in [0, 20, 40] {
                metrics.put(&sample(minute * 60 + second, 1.0), at(minute * 60 + second));
            }
            most = most.max(metrics.aggregates());
        }
        assert!(most <= 32, "{most} aggregates");
    }
}

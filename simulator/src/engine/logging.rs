//! CloudTrail's records through the log groups of a stack to metrics.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use super::build::{BuildError, definition, refused};
use super::world::Settings;
use crate::cloudformation::{ResourceKind, Stack};
use crate::cloudtrail::InTimeOrder;
use crate::logs::{self, Batch, Latency, LogGroup, Logs, MetricFilter, Trail, Unit};
use crate::metrics::{Dimension, MetricId, Metrics, Sample};

/// The trail, the log groups that have metric filters, and what these have published.
#[derive(Debug)]
pub(super) struct Logging {
    trail: Trail,
    logs: Logs,
    /// The groups with filters: the trail delivers to each.
    groups: Vec<String>,
    samples: Vec<logs::Sample>,
    published: Vec<Published>,
    /// Back-dated samples, until somebody can read them. A trail makes none: its log events have the time of their
    /// delivery.
    unreadable: InTimeOrder<Sample>,
}

/// A metric that filters feed.
#[derive(Debug)]
struct Published {
    source: Arc<logs::Metric>,
    /// Made once, and put again and again with another time and value.
    sample: Sample,
    count: u64,
    sum: f64,
}

/// What a metric has got from metric filters.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fed<'a> {
    /// The metric.
    pub metric: &'a MetricId,
    /// How many samples.
    pub samples: u64,
    /// Their sum.
    pub sum: f64,
}

/// The most metrics that are kept ready; filters with dimensions may make any number.
const READY: usize = 4_096;

impl Logging {
    pub(super) fn new(stack: &Stack, settings: &Settings) -> Result<Self, BuildError> {
        let (account, region) = (&settings.environment.account_id, &settings.environment.region);
        let latency = settings.latency.map_or_else(Latency::default, Latency::Fixed);
        let mut logs = Logs::new(account, region);
        for resource in stack.of_kind(ResourceKind::LogGroup) {
            let group: LogGroup = definition(resource)?;
            logs.create_log_group(&group).map_err(|error| refused(resource, error))?;
        }
        let mut groups: Vec<String> = Vec::new();
        for resource in stack.of_kind(ResourceKind::MetricFilter) {
            let filter: MetricFilter = definition(resource)?;
            let group = &filter.log_group_name;
            if !logs.log_groups().any(|known| known == group) {
                logs.create_log_group(&LogGroup::named(group)).map_err(|error| refused(resource, error))?;
            }
            logs.put_metric_filter(&filter).map_err(|error| refused(resource, error))?;
            if !groups.contains(group) {
                groups.push(group.clone());
            }
        }
        let trail = Trail::new(account, region, latency, settings.seed);
        Ok(Self {
            trail,
            logs,
            groups,
            samples: Vec::new(),
            published: Vec::new(),
            unreadable: InTimeOrder::new(TimeDelta::zero()),
        })
    }

    /// A record of a call at `at`: it is delivered some minutes later, or told to be too long for the logs.
    pub(super) fn record(&mut self, record: &str, at: DateTime<Utc>) -> Result<(), logs::TooLarge> {
        self.trail.record(at, None, None, record)
    }

    /// When the next record is delivered, or a sample can be read.
    pub(super) fn next_due(&self) -> Option<DateTime<Utc>> {
        [self.trail.next_delivery(), self.unreadable.next_time()].into_iter().flatten().min()
    }

    /// Delivers what is due by `now`, and puts what filters make of it into `metrics`.
    pub(super) fn deliver(
        &mut self,
        now: DateTime<Utc>,
        metrics: &mut Metrics,
    ) -> Result<(), logs::LogsError> {
        if self.trail.next_delivery().is_some_and(|next| next <= now) {
            for batch in self.trail.due(now) {
                self.put(&batch, metrics)?;
            }
        }
        while let Some((readable, sample)) = self.unreadable.pop_until(now) {
            metrics.put(&sample, readable);
        }
        Ok(())
    }

    /// The place of a sample's metric in `published`.
    fn place(&mut self, sample: &logs::Sample) -> usize {
        let known = self.published.iter().position(|it| Arc::ptr_eq(&it.source, &sample.metric));
        known.unwrap_or_else(|| {
            if self.published.len() >= READY {
                self.published.clear();
            }
            self.published.push(Published::new(&sample.metric, sample.timestamp));
            self.published.len() - 1
        })
    }

    fn put(&mut self, batch: &Batch, metrics: &mut Metrics) -> Result<(), logs::LogsError> {
        for group in &self.groups {
            self.logs.deliver(group, batch, &mut self.samples)?;
        }
        let mut samples = std::mem::take(&mut self.samples);
        for sample in samples.drain(..) {
            let place = self.place(&sample);
            if let Some(it) = self.published.get_mut(place) {
                (it.sample.timestamp, it.sample.value) = (sample.timestamp, sample.value);
                it.count += 1;
                it.sum += sample.value;
                let readable = sample.readable_at(batch.time);
                if readable <= batch.time {
                    metrics.put(&it.sample, batch.time);
                } else if metrics.keeps(&it.sample, readable) {
                    self.unreadable.push(readable, it.sample.clone());
                }
            }
        }
        self.samples = samples;
        Ok(())
    }

    /// What each metric has got.
    pub(super) fn fed(&self) -> impl Iterator<Item = Fed<'_>> {
        self.published.iter().map(|it| Fed { metric: &it.sample.metric, samples: it.count, sum: it.sum })
    }

    /// How many records were too long for the logs.
    pub(super) fn dropped(&self) -> u64 {
        self.trail.dropped()
    }
}

impl Published {
    fn new(source: &Arc<logs::Metric>, at: DateTime<Utc>) -> Self {
        let dimension =
            |(name, value): (&String, &String)| Dimension { name: name.clone(), value: value.clone() };
        let dimensions: Vec<Dimension> = source.dimensions.iter().map(dimension).collect();
        let metric = MetricId::new(&source.namespace, &source.name, &dimensions);
        let unit = (source.unit != Unit::NONE).then(|| source.unit.as_str().to_owned());
        let sample = Sample { unit, ..Sample::new(metric, at, 0.0) };
        Self { source: Arc::clone(source), sample, count: 0, sum: 0.0 }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::logs::LogEvent;
    use crate::metrics::BucketQuery;

    const TEMPLATE: &str = r#"{"Resources": {"Filter": {"Type": "AWS::Logs::MetricFilter", "Properties": {
        "LogGroupName": "g", "FilterPattern": "", "MetricTransformations": [
            {"MetricNamespace": "N", "MetricName": "m", "MetricValue": "1"}]}}}}"#;

    fn at(hours: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_790_000_000 + hours * 3_600, 0).unwrap()
    }

    #[test]
    fn a_sample_is_read_as_late_as_its_age_has_it() {
        for (age, readable, keep) in [
            (0, Some(0), 100),
            (2, Some(0), 100),
            (3, Some(2), 100),
            (23, Some(2), 100),
            (24, Some(48), 100),
            // Nobody looks back that far by then.
            (24, None, 71),
        ] {
            let settings = Settings::default();
            let stack = Stack::read(TEMPLATE, &settings.environment).unwrap();
            let mut logging = Logging::new(&stack, &settings).unwrap();
            let mut metrics = Metrics::new(TimeDelta::hours(keep));
            let metric = MetricId::new("N", "m", &[]);
            let count = |metrics: &Metrics| {
                let query = BucketQuery {
                    metric: &metric,
                    unit: None,
                    end: at(1),
                    period: TimeDelta::hours(100),
                    count: 1,
                    with_distribution: false,
                };
                metrics.buckets(&query)[0].is_some()
            };
            let event = LogEvent { timestamp: at(-age), message: "a".into() };
            let batch = Batch { time: at(0), stream: "s".to_owned(), events: vec![event] };
            logging.put(&batch, &mut metrics).unwrap();
            match readable {
                Some(0) => assert_eq!((logging.next_due(), count(&metrics)), (None, true), "{age} h"),
                Some(hours) => {
                    assert_eq!((logging.next_due(), count(&metrics)), (Some(at(hours)), false), "{age} h");
                    logging.deliver(at(hours) - TimeDelta::seconds(1), &mut metrics).unwrap();
                    assert!(!count(&metrics), "{age} h");
                    logging.deliver(at(hours), &mut metrics).unwrap();
                    assert_eq!((logging.next_due(), count(&metrics)), (None, true), "{age} h");
                }
                None => assert_eq!((logging.next_due(), count(&metrics)), (None, false), "{age} h"),
            }
        }
    }
}

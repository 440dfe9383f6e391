//! A metric alarm's definition, checked: what is compared with what, and when.

use super::checks::{Common, check_dimensions, check_length, check_period};
use super::definition::{EvaluationWindow, LowSampleCount, MetricAlarm};
use super::error::AlarmError;
use super::math_query::MathQuery;
use super::missing_data::Quorum;
use super::query::{MetricQuery, Source};
use super::schedule::{EvaluationRange, Schedule};
use super::threshold::{ComparisonOperator, TreatMissingData};
use crate::metrics::{MetricId, Statistic};

/// What a metric alarm compares with what, and when.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    /// Where datapoints come from.
    pub(super) source: Source,
    /// How they are compared.
    pub operator: ComparisonOperator,
    /// What they are compared with.
    pub threshold: f64,
    /// N, M and what missing ones mean.
    pub quorum: Quorum,
    /// Whether M was given; reasons are worded differently then.
    pub(super) has_datapoints_to_alarm: bool,
    /// The period in seconds.
    pub period: u32,
    /// When it is evaluated, over which buckets.
    pub schedule: Schedule,
    /// How many buckets it looks at.
    pub range: usize,
}

impl Condition {
    /// Checks a definition against the rules of `PutMetricAlarm`.
    pub(super) fn check(alarm: &MetricAlarm, range: EvaluationRange) -> Result<Self, AlarmError> {
        Common {
            name: &alarm.alarm_name,
            description: alarm.alarm_description.as_deref(),
            actions: [
                ("OKActions", &alarm.ok_actions),
                ("AlarmActions", &alarm.alarm_actions),
                ("InsufficientDataActions", &alarm.insufficient_data_actions),
            ],
            tags: &alarm.tags,
        }
        .check()?;
        let operator = alarm.comparison_operator.ok_or_else(|| required("comparisonOperator"))?;
        if operator.is_for_bands() || alarm.threshold_metric_id.is_some() {
            return Err(AlarmError::Unsupported(format!(
                "alarm `{}`: anomaly-detection alarms are not simulated; compare with a Threshold instead",
                alarm.alarm_name
            )));
        }
        let threshold = alarm.threshold.ok_or_else(|| required("threshold"))?;
        let (source, period) = if alarm.metrics.is_empty() { single(alarm)? } else { math(alarm)? };
        let (quorum, n) = quorum(alarm)?;
        check_periods(period, n)?;
        let aligned = aligned(alarm.evaluation_window.as_ref())?;
        let is_math = matches!(source, Source::Math(_));
        Ok(Self {
            source,
            operator,
            threshold,
            quorum,
            has_datapoints_to_alarm: alarm.datapoints_to_alarm.is_some(),
            period,
            schedule: Schedule::new(period, n, is_math, aligned),
            range: usize::try_from(range.buckets(n, period)).unwrap_or(usize::MAX),
        })
    }

    /// Whether a value breaches the threshold.
    #[must_use]
    pub fn breaches(&self, value: f64) -> bool {
        self.operator.breaches(value, self.threshold)
    }
}

fn required(field: &str) -> AlarmError {
    AlarmError::Invalid(format!(
        "1 validation error detected: Value null at '{field}' failed to satisfy constraint: Member must not be null"
    ))
}

/// An alarm on one metric.
fn single(alarm: &MetricAlarm) -> Result<(Source, u32), AlarmError> {
    let name = alarm.metric_name.as_deref().ok_or_else(|| required("metricName"))?;
    let namespace = alarm.namespace.as_deref().ok_or_else(|| required("namespace"))?;
    check_length("metricName", name, 1, 255)?;
    check_length("namespace", namespace, 1, 255)?;
    check_dimensions(&alarm.dimensions)?;
    let period = alarm.period.ok_or_else(|| required("period"))?;
    let statistic: Statistic = match (&alarm.statistic, &alarm.extended_statistic) {
        (Some(statistic), None) => {
            let parsed: Statistic = statistic.parse()?;
            if parsed.needs_distribution() {
                return Err(AlarmError::Invalid(format!(
                    "`{statistic}` goes into ExtendedStatistic, not Statistic"
                )));
            }
            parsed
        }
        (None, Some(extended)) => extended.parse()?,
        (Some(_), Some(_)) => {
            return Err(AlarmError::invalid(
                "Statistic and ExtendedStatistic are both given, and one is allowed",
            ));
        }
        (None, None) => return Err(AlarmError::invalid("Statistic or ExtendedStatistic is needed")),
    };
    let low_samples = alarm.evaluate_low_sample_count_percentile;
    if low_samples.is_some() && !matches!(statistic, Statistic::Percentile(_)) {
        return Err(AlarmError::invalid("EvaluateLowSampleCountPercentile is for percentiles only"));
    }
    let query = MetricQuery {
        metric: MetricId::new(namespace, name, &alarm.dimensions),
        unit: alarm.unit.clone(),
        statistic,
        statistic_name: alarm
            .statistic
            .clone()
            .or_else(|| alarm.extended_statistic.clone())
            .unwrap_or_default(),
        period,
        ignore_low_samples: low_samples == Some(LowSampleCount::Ignore),
    };
    Ok((Source::Metric(query), period))
}

/// An alarm on metric math.
fn math(alarm: &MetricAlarm) -> Result<(Source, u32), AlarmError> {
    let also = [
        ("MetricName", alarm.metric_name.is_some()),
        ("Namespace", alarm.namespace.is_some()),
        ("Statistic", alarm.statistic.is_some()),
        ("ExtendedStatistic", alarm.extended_statistic.is_some()),
        ("Dimensions", !alarm.dimensions.is_empty()),
        ("Period", alarm.period.is_some()),
        ("Unit", alarm.unit.is_some()),
        ("EvaluateLowSampleCountPercentile", alarm.evaluate_low_sample_count_percentile.is_some()),
    ];
    if let Some((name, _)) = also.iter().find(|(_, is_given)| *is_given) {
        return Err(AlarmError::Invalid(format!("{name} cannot be given together with Metrics")));
    }
    let query = MathQuery::check(&alarm.metrics)?;
    let period = query.period();
    Ok((Source::Math(query), period))
}

fn quorum(alarm: &MetricAlarm) -> Result<(Quorum, u32), AlarmError> {
    let n = alarm.evaluation_periods.ok_or_else(|| required("evaluationPeriods"))?;
    let m = alarm.datapoints_to_alarm.unwrap_or(n);
    for (field, value) in [("evaluationPeriods", n), ("datapointsToAlarm", m)] {
        if value == 0 {
            return Err(AlarmError::Invalid(format!(
                "1 validation error detected: Value '0' at '{field}' failed to satisfy constraint: Member must have value \
                 greater than or equal to 1"
            )));
        }
    }
    if m > n {
        return Err(AlarmError::invalid("DatapointsToAlarm must be less than or equal to EvaluationPeriods"));
    }
    // Metrics of DynamoDB are published only when something happens; AWS keeps the state by default.
    let by_namespace = match alarm.namespace.as_deref() {
        Some("AWS/DynamoDB") => TreatMissingData::Ignore,
        _ => TreatMissingData::Missing,
    };
    let quorum = Quorum {
        evaluation_periods: usize::try_from(n).unwrap_or(usize::MAX),
        datapoints_to_alarm: usize::try_from(m).unwrap_or(usize::MAX),
        treat_missing_data: alarm.treat_missing_data.unwrap_or(by_namespace),
    };
    Ok((quorum, n))
}

fn check_periods(period: u32, n: u32) -> Result<(), AlarmError> {
    check_period(period)?;
    let total = u64::from(period) * u64::from(n);
    if period < 3_600 && total > 86_400 {
        return Err(AlarmError::invalid(
            "Metrics cannot be checked across more than a day (EvaluationPeriods * Period must be <= 86400).",
        ));
    }
    if total > 604_800 {
        return Err(AlarmError::invalid(
            "Metrics cannot be checked across more than a week (EvaluationPeriods * Period must be <= 604800) for alarms \
             using period >= 3600",
        ));
    }
    Ok(())
}

/// The offset of a wall-clock window's zone in seconds; `None` for a sliding window.
fn aligned(window: Option<&EvaluationWindow>) -> Result<Option<i64>, AlarmError> {
    let Some(EvaluationWindow::WallClockWindow { timezone }) = window else { return Ok(None) };
    let zone = timezone.as_deref().unwrap_or("UTC");
    let offset = zone.strip_prefix("UTC").unwrap_or(zone);
    if offset.is_empty() {
        return Ok(Some(0));
    }
    let seconds =
        offset.parse::<chrono::FixedOffset>().ok().map(|offset| i64::from(offset.local_minus_utc()));
    match seconds.filter(|seconds| seconds % 300 == 0) {
        Some(seconds) => Ok(Some(seconds)),
        None => Err(AlarmError::Unsupported(format!(
            "the time zone `{zone}` of a WallClockWindow is not simulated; give UTC or an offset such as +05:30"
        ))),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Checks a good alarm with some of its properties replaced; null removes one.
    fn check(changes: &serde_json::Value) -> Result<Condition, AlarmError> {
        let mut alarm = json!({"AlarmName": "a", "MetricName": "m", "Namespace": "n", "Statistic": "Sum", "Period": 300,
            "EvaluationPeriods": 3, "Threshold": 1, "ComparisonOperator": "GreaterThanThreshold"});
        for (key, value) in changes.as_object().unwrap() {
            alarm[key] = value.clone();
        }
        Condition::check(&serde_json::from_value(alarm).unwrap(), EvaluationRange::default())
    }

    #[test]
    fn what_aws_refuses_is_refused() {
        let actions: Vec<String> =
            (0..6).map(|n| format!("arn:aws:sns:us-east-1:123456789012:t{n}")).collect();
        for (changes, part) in [
            (
                json!({"AlarmName": ""}),
                "Value '' at 'alarmName' failed to satisfy constraint: Member must have length greater",
            ),
            (json!({"AlarmName": "x".repeat(256)}), "Member must have length less than or equal to 255"),
            (json!({"AlarmActions": actions}), "AlarmActions has 6 actions, and at most 5 are allowed"),
            (json!({"AlarmActions": ["topic"]}), "Invalid arn syntax: topic"),
            (json!({"Tags": [{"Key": "AWS:x", "Value": ""}]}), "must not start with any case of \"aws:\""),
            (json!({"Threshold": null}), "Value null at 'threshold'"),
            (json!({"Period": 45}), "Period must be 10, 20, 30 or a multiple of 60"),
            (json!({"Period": 0}), "Period must be 10, 20, 30 or a multiple of 60"),
            (json!({"EvaluationPeriods": 0}), "Value '0' at 'evaluationPeriods'"),
            (
                json!({"DatapointsToAlarm": 4}),
                "DatapointsToAlarm must be less than or equal to EvaluationPeriods",
            ),
            (json!({"EvaluationPeriods": 300}), "more than a day"),
            (json!({"Period": 86_400, "EvaluationPeriods": 8}), "more than a week"),
            (json!({"Statistic": null}), "Statistic or ExtendedStatistic is needed"),
            (json!({"ExtendedStatistic": "p90"}), "both given"),
            (json!({"Statistic": "p90"}), "`p90` goes into ExtendedStatistic"),
            (json!({"Statistic": "sum"}), "`sum` is no statistic"),
            (json!({"EvaluateLowSampleCountPercentile": "ignore"}), "for percentiles only"),
            (
                json!({"ComparisonOperator": "GreaterThanUpperThreshold"}),
                "anomaly-detection alarms are not simulated",
            ),
            (
                json!({"Metrics": [{"Id": "e", "Expression": "1"}]}),
                "MetricName cannot be given together with Metrics",
            ),
            (
                json!({"EvaluationWindow": {"WallClockWindow": {"Timezone": "Europe/Berlin"}}}),
                "`Europe/Berlin`",
            ),
        ] {
            let error = check(&changes).unwrap_err().to_string();
            assert!(error.contains(part), "{changes}: {error}");
        }
    }

    #[test]
    fn defaults_are_aws_s() {
        let condition = check(&json!({})).unwrap();
        assert_eq!((condition.quorum.datapoints_to_alarm, condition.range), (3, 5));
        assert_eq!(condition.quorum.treat_missing_data, TreatMissingData::Missing);
        let condition = check(&json!({"Namespace": "AWS/DynamoDB"})).unwrap();
        assert_eq!(condition.quorum.treat_missing_data, TreatMissingData::Ignore);
        let week = check(&json!({"Period": 86_400, "EvaluationPeriods": 7})).unwrap();
        assert_eq!(week.schedule.every(), chrono::TimeDelta::hours(1));
    }
}

//! Alarms as they are defined: the properties of `PutMetricAlarm`, `PutCompositeAlarm` and CloudFormation.

use serde::{Deserialize, Serialize};

use super::lenient;
use super::threshold::{ComparisonOperator, TreatMissingData};
use crate::metrics::Dimension;

/// A metric alarm: the input of `PutMetricAlarm`, the properties of `AWS::CloudWatch::Alarm`.
///
/// It is as it was written; [`Alarms::put_metric_alarm`](super::Alarms::put_metric_alarm) checks it.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct MetricAlarm {
    /// 1 to 255 characters. CloudFormation makes one up where it is absent.
    #[serde(default)]
    pub alarm_name: String,
    /// At most 1,024 characters.
    #[serde(default)]
    pub alarm_description: Option<String>,
    /// Whether actions run; by default they do.
    #[serde(default, deserialize_with = "lenient::boolean")]
    pub actions_enabled: Option<bool>,
    /// ARNs to act on when the state becomes OK: at most five.
    #[serde(default, rename = "OKActions")]
    pub ok_actions: Vec<String>,
    /// ARNs to act on when the state becomes ALARM: at most five.
    #[serde(default)]
    pub alarm_actions: Vec<String>,
    /// ARNs to act on when the state becomes `INSUFFICIENT_DATA`: at most five.
    #[serde(default)]
    pub insufficient_data_actions: Vec<String>,
    /// The metric's name.
    #[serde(default)]
    pub metric_name: Option<String>,
    /// The metric's namespace.
    #[serde(default)]
    pub namespace: Option<String>,
    /// `SampleCount`, `Average`, `Sum`, `Minimum` or `Maximum`.
    #[serde(default)]
    pub statistic: Option<String>,
    /// `p99`, `tm90`, `TM(10%:90%)`, …
    #[serde(default)]
    pub extended_statistic: Option<String>,
    /// At most 30.
    #[serde(default)]
    pub dimensions: Vec<Dimension>,
    /// Seconds: 10, 20, 30 or a multiple of 60.
    #[serde(default, deserialize_with = "lenient::integer")]
    pub period: Option<u32>,
    /// Only samples of this unit are read.
    #[serde(default)]
    pub unit: Option<String>,
    /// N: how many datapoints are compared.
    #[serde(default, deserialize_with = "lenient::integer")]
    pub evaluation_periods: Option<u32>,
    /// M: how many of them must breach; all of them where absent.
    #[serde(default, deserialize_with = "lenient::integer")]
    pub datapoints_to_alarm: Option<u32>,
    /// What values are compared with.
    #[serde(default, deserialize_with = "lenient::number")]
    pub threshold: Option<f64>,
    /// The expression of an anomaly band: refused.
    #[serde(default)]
    pub threshold_metric_id: Option<String>,
    /// How they are compared.
    #[serde(default)]
    pub comparison_operator: Option<ComparisonOperator>,
    /// What missing datapoints mean.
    #[serde(default)]
    pub treat_missing_data: Option<TreatMissingData>,
    /// `evaluate` or `ignore`: whether percentiles of few samples count.
    #[serde(default)]
    pub evaluate_low_sample_count_percentile: Option<LowSampleCount>,
    /// Metrics and expressions, instead of one metric.
    #[serde(default)]
    pub metrics: Vec<MetricDataQuery>,
    /// Where the buckets lie; sliding by default.
    #[serde(default)]
    pub evaluation_window: Option<EvaluationWindow>,
    /// At most 50.
    #[serde(default)]
    pub tags: Vec<Tag>,
}

/// A metric or an expression of a metric-math alarm.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct MetricDataQuery {
    /// How expressions name it: a lower-case letter, then letters, digits and `_`.
    pub id: String,
    /// Another account's metric: shown in notifications, otherwise without effect here.
    #[serde(default)]
    pub account_id: Option<String>,
    /// Metric math.
    #[serde(default)]
    pub expression: Option<String>,
    /// What people call it.
    #[serde(default)]
    pub label: Option<String>,
    /// A metric.
    #[serde(default)]
    pub metric_stat: Option<MetricStat>,
    /// The period of an expression in seconds.
    #[serde(default, deserialize_with = "lenient::integer")]
    pub period: Option<u32>,
    /// Whether it is what the threshold is compared with; true unless it is denied.
    #[serde(default, deserialize_with = "lenient::boolean")]
    pub return_data: Option<bool>,
}

/// A metric and its statistic.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct MetricStat {
    /// The metric.
    pub metric: Metric,
    /// Seconds.
    #[serde(deserialize_with = "lenient::integer")]
    pub period: Option<u32>,
    /// `Sum`, `p90`, …
    pub stat: String,
    /// Only samples of this unit are read.
    #[serde(default)]
    pub unit: Option<String>,
}

/// What names a metric.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Metric {
    /// The namespace.
    #[serde(default)]
    pub namespace: String,
    /// The name.
    #[serde(default)]
    pub metric_name: String,
    /// At most 30.
    #[serde(default)]
    pub dimensions: Vec<Dimension>,
}

/// Whether a percentile of too few samples counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LowSampleCount {
    /// It does.
    Evaluate,
    /// The datapoint counts as missing.
    Ignore,
}

impl LowSampleCount {
    /// The value in the API.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Evaluate => "evaluate",
            Self::Ignore => "ignore",
        }
    }
}

/// Where the buckets of an alarm lie.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub enum EvaluationWindow {
    /// They move on with each evaluation.
    SlidingWindow {},
    /// They begin at multiples of the period, and the newest is the last whole one.
    WallClockWindow {
        /// `UTC` or an offset such as `+05:30`; zones by name are refused.
        #[serde(default, rename = "Timezone")]
        timezone: Option<String>,
    },
}

/// A tag of an alarm.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Tag {
    /// 1 to 128 characters, not beginning with `aws:`.
    pub key: String,
    /// At most 256 characters.
    pub value: String,
}

/// A composite alarm: the input of `PutCompositeAlarm`, the properties of `AWS::CloudWatch::CompositeAlarm`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct CompositeAlarm {
    /// 1 to 255 characters. CloudFormation makes one up where it is absent.
    #[serde(default)]
    pub alarm_name: String,
    /// At most 1,024 characters.
    #[serde(default)]
    pub alarm_description: Option<String>,
    /// `ALARM("a") AND NOT OK("b")`: at most 10,240 characters.
    pub alarm_rule: String,
    /// Whether actions run; by default they do.
    #[serde(default, deserialize_with = "lenient::boolean")]
    pub actions_enabled: Option<bool>,
    /// ARNs to act on when the state becomes OK: at most five.
    #[serde(default, rename = "OKActions")]
    pub ok_actions: Vec<String>,
    /// ARNs to act on when the state becomes ALARM: at most five.
    #[serde(default)]
    pub alarm_actions: Vec<String>,
    /// ARNs to act on when the state becomes `INSUFFICIENT_DATA`: at most five.
    #[serde(default)]
    pub insufficient_data_actions: Vec<String>,
    /// Name or ARN of the alarm that holds actions back while it is in ALARM.
    #[serde(default)]
    pub actions_suppressor: Option<String>,
    /// Seconds to wait for the suppressor after a change of state; needed with a suppressor.
    #[serde(default, deserialize_with = "lenient::integer")]
    pub actions_suppressor_wait_period: Option<u32>,
    /// Seconds to go on after the suppressor has left ALARM; needed with a suppressor.
    #[serde(default, deserialize_with = "lenient::integer")]
    pub actions_suppressor_extension_period: Option<u32>,
    /// At most 50.
    #[serde(default)]
    pub tags: Vec<Tag>,
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_booleans_may_come_as_strings() {
        let alarm: MetricAlarm = serde_json::from_str(
            r#"{"AlarmName":"a","ActionsEnabled":"true","Period":"300","EvaluationPeriods":1.0,"Threshold":"1"}"#,
        )
        .unwrap();
        assert_eq!((alarm.period, alarm.evaluation_periods), (Some(300), Some(1)));
        assert_eq!((alarm.threshold, alarm.actions_enabled), (Some(1.0), Some(true)));
    }

    #[test]
    fn unknown_keys_and_values_are_refused_by_name() {
        for (json, part) in [
            (r#"{"AlarmNam":"a"}"#, "unknown field `AlarmNam`"),
            (r#"{"TreatMissingData":"NotBreaching"}"#, "unknown variant `NotBreaching`"),
            (r#"{"Period":"5m"}"#, "expected a whole number of 0 or more"),
            (r#"{"Threshold":"inf"}"#, "expected a number"),
        ] {
            let error = serde_json::from_str::<MetricAlarm>(json).unwrap_err().to_string();
            assert!(error.contains(part), "{error}");
        }
    }

    #[test]
    fn a_window_is_one_of_two() {
        let json = r#"{"EvaluationWindow":{"WallClockWindow":{"Timezone":"+05:30"}}}"#;
        let alarm: MetricAlarm = serde_json::from_str(json).unwrap();
        let expected = EvaluationWindow::WallClockWindow { timezone: Some("+05:30".to_owned()) };
        assert_eq!(alarm.evaluation_window, Some(expected));
    }
}

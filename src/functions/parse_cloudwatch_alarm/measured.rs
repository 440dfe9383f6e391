//! The part of the result that says what is measured, and when that is an alarm.

use vrl::prelude::*;

use super::alarm::{fields, object};

/// What is measured, and when that is an alarm.
#[derive(Debug, Clone, Default)]
pub(super) struct Trigger {
    pub(super) metric: Option<Metric>,
    pub(super) queries: Vec<Query>,
    pub(super) period: Option<i64>,
    pub(super) evaluation_periods: Option<i64>,
    pub(super) datapoints_to_alarm: Option<i64>,
    pub(super) comparison_operator: Option<String>,
    pub(super) threshold: Option<f64>,
    pub(super) threshold_metric_id: Option<String>,
    pub(super) treat_missing_data: Option<String>,
    pub(super) low_sample_count_percentile: Option<String>,
}

impl Trigger {
    pub(super) fn into_value(self) -> Value {
        object([
            ("metric", self.metric.map(Metric::into_value).into()),
            ("queries", self.queries.into_iter().map(Query::into_value).collect()),
            ("period", self.period.into()),
            ("evaluation_periods", self.evaluation_periods.into()),
            ("datapoints_to_alarm", self.datapoints_to_alarm.into()),
            ("comparison_operator", self.comparison_operator.into()),
            ("threshold", self.threshold.map(Value::from_f64_or_zero).into()),
            ("threshold_metric_id", self.threshold_metric_id.into()),
            ("treat_missing_data", self.treat_missing_data.into()),
            ("evaluate_low_sample_count_percentile", self.low_sample_count_percentile.into()),
        ])
    }

    pub(super) fn kind() -> Kind {
        Kind::object(fields([
            ("metric", Metric::kind().or_null()),
            ("queries", Kind::array(Collection::from_unknown(Query::kind()))),
            ("period", Kind::integer().or_null()),
            ("evaluation_periods", Kind::integer().or_null()),
            ("datapoints_to_alarm", Kind::integer().or_null()),
            ("comparison_operator", Kind::bytes().or_null()),
            ("threshold", Kind::float().or_null()),
            ("threshold_metric_id", Kind::bytes().or_null()),
            ("treat_missing_data", Kind::bytes().or_null()),
            ("evaluate_low_sample_count_percentile", Kind::bytes().or_null()),
        ]))
    }
}

/// A metric with its statistic.
#[derive(Debug, Clone, Default)]
pub(super) struct Metric {
    pub(super) namespace: Option<String>,
    pub(super) name: Option<String>,
    pub(super) dimensions: ObjectMap,
    pub(super) statistic: Option<String>,
    pub(super) unit: Option<String>,
}

impl Metric {
    fn into_value(self) -> Value {
        object([
            ("namespace", self.namespace.into()),
            ("name", self.name.into()),
            ("dimensions", self.dimensions.into()),
            ("statistic", self.statistic.into()),
            ("unit", self.unit.into()),
        ])
    }

    fn kind() -> Kind {
        Kind::object(fields([
            ("namespace", Kind::bytes().or_null()),
            ("name", Kind::bytes().or_null()),
            ("dimensions", Kind::object(Collection::from_unknown(Kind::bytes()))),
            ("statistic", Kind::bytes().or_null()),
            ("unit", Kind::bytes().or_null()),
        ]))
    }
}

/// One element of metric math: a metric or an expression.
#[derive(Debug, Clone)]
pub(super) struct Query {
    pub(super) id: Option<String>,
    pub(super) label: Option<String>,
    pub(super) expression: Option<String>,
    pub(super) metric: Option<Metric>,
    pub(super) period: Option<i64>,
    pub(super) account: Option<String>,
    pub(super) return_data: bool,
}

impl Query {
    fn into_value(self) -> Value {
        object([
            ("id", self.id.into()),
            ("label", self.label.into()),
            ("expression", self.expression.into()),
            ("metric", self.metric.map(Metric::into_value).into()),
            ("period", self.period.into()),
            ("account", self.account.into()),
            ("return_data", self.return_data.into()),
        ])
    }

    fn kind() -> Kind {
        Kind::object(fields([
            ("id", Kind::bytes().or_null()),
            ("label", Kind::bytes().or_null()),
            ("expression", Kind::bytes().or_null()),
            ("metric", Metric::kind().or_null()),
            ("period", Kind::integer().or_null()),
            ("account", Kind::bytes().or_null()),
            ("return_data", Kind::boolean()),
        ]))
    }
}

//! The trigger: a single metric, metric math, an anomaly band.

use vrl::value::ObjectMap;

use super::alarm::Shape;
use super::measured::{Metric, Query, Trigger};
use super::members::Members;

/// `Trigger` of a notification.
pub(super) fn of_notification(trigger: &mut Members) -> Trigger {
    let metric = (trigger.has("MetricName") || trigger.has("Namespace")).then(|| {
        trigger.text("StatisticType");
        let statistic = trigger.filled("ExtendedStatistic").or_else(|| trigger.filled("Statistic"));
        Metric {
            namespace: trigger.filled("Namespace"),
            name: trigger.filled("MetricName"),
            dimensions: dimensions(trigger, "Dimensions"),
            statistic: statistic.map(statistic_name),
            unit: trigger.filled("Unit"),
        }
    });
    Trigger {
        metric,
        queries: trigger.objects("Metrics", query_of_notification).unwrap_or_default(),
        period: trigger.integer("Period"),
        evaluation_periods: trigger.integer("EvaluationPeriods"),
        datapoints_to_alarm: trigger.integer("DatapointsToAlarm"),
        comparison_operator: trigger.filled("ComparisonOperator"),
        threshold: trigger.number("Threshold"),
        threshold_metric_id: trigger.filled("ThresholdMetricId"),
        treat_missing_data: trigger.text("TreatMissingData").and_then(without_padding),
        low_sample_count_percentile: trigger
            .text("EvaluateLowSampleCountPercentile")
            .and_then(without_padding),
    }
}

fn query_of_notification(query: &mut Members) -> Query {
    let mut period = query.integer("Period");
    let metric = query.object("MetricStat", |stat| {
        period = period.or(stat.integer("Period"));
        let metric = stat.object("Metric", |metric| Metric {
            namespace: metric.filled("Namespace"),
            name: metric.filled("MetricName"),
            dimensions: dimensions(metric, "Dimensions"),
            ..Metric::default()
        });
        Metric { statistic: stat.filled("Stat"), unit: stat.filled("Unit"), ..metric.unwrap_or_default() }
    });
    Query {
        id: query.filled("Id"),
        label: query.filled("Label"),
        expression: query.filled("Expression"),
        metric,
        period,
        account: query.filled("AccountId"),
        return_data: query.flag("ReturnData").unwrap_or_default(),
    }
}

/// `metrics` of an event's configuration. What else the trigger has stands in no event but those of another type.
pub(super) fn of_event(configuration: &mut Members, reason_data: Option<&ObjectMap>) -> Option<Trigger> {
    let mut queries = configuration.objects("metrics", query_of_event).unwrap_or_default();
    let mut reason = Members::new(reason_data.cloned().unwrap_or_default());
    let trigger = Trigger { threshold: reason.number("threshold"), ..Trigger::default() };
    match queries.as_mut_slice() {
        [] => None,
        [Query { expression: None, metric, period, .. }] if metric.is_some() => {
            Some(Trigger { metric: metric.take(), period: *period, ..trigger })
        }
        _ => Some(Trigger { queries, period: reason.integer("period"), ..trigger }),
    }
}

fn query_of_event(query: &mut Members) -> Query {
    let mut period = query.integer("period");
    let metric = query.object("metricStat", |stat| {
        period = period.or(stat.integer("period"));
        let metric = stat.object("metric", |metric| Metric {
            namespace: metric.filled("namespace"),
            name: metric.filled("name"),
            dimensions: metric.text_map("dimensions").unwrap_or_default(),
            ..Metric::default()
        });
        Metric { statistic: stat.filled("stat"), unit: stat.filled("unit"), ..metric.unwrap_or_default() }
    });
    Query {
        id: query.filled("id"),
        label: query.filled("label"),
        expression: query.filled("expression"),
        metric,
        period,
        account: query.filled("accountId"),
        return_data: query.flag("returnData").unwrap_or_default(),
    }
}

/// What kind of alarm has this trigger.
pub(super) fn shape(trigger: &Trigger) -> Option<Shape> {
    let band = |query: &Query| {
        query
            .expression
            .as_deref()
            .is_some_and(|text| text.trim_start().starts_with("ANOMALY_DETECTION_BAND"))
    };
    if trigger.threshold_metric_id.is_some() || trigger.queries.iter().any(band) {
        Some(Shape::Anomaly)
    } else if trigger.metric.is_some() {
        Some(Shape::Metric)
    } else if trigger.queries.is_empty() {
        None
    } else {
        Some(Shape::MetricMath)
    }
}

/// `[{"value":"…","name":"…"}]` becomes a map. An alarm has each name once.
fn dimensions(of: &mut Members, key: &str) -> ObjectMap {
    let pairs = of.objects(key, |pair| Some((pair.text("name")?.into(), pair.text("value")?.into())));
    pairs.unwrap_or_default().into_iter().flatten().collect()
}

/// Notifications write `SAMPLE_COUNT` where the API says `SampleCount`.
fn statistic_name(text: String) -> String {
    match text.as_str() {
        "AVERAGE" => "Average".to_owned(),
        "SUM" => "Sum".to_owned(),
        "MINIMUM" => "Minimum".to_owned(),
        "MAXIMUM" => "Maximum".to_owned(),
        "SAMPLE_COUNT" => "SampleCount".to_owned(),
        _ => text,
    }
}

/// Until 2021: `- TreatMissingData:                    missing`. Only the value says something.
fn without_padding(text: String) -> Option<String> {
    let value = match text.strip_prefix("- ").and_then(|text| text.split_once(':')) {
        Some((_, value)) => value.trim().to_owned(),
        None => text,
    };
    Some(value).filter(|value| !value.is_empty())
}

//! The Message: the alarm and its change as JSON, in CloudWatch's order of keys.

use super::super::change::{Definition, StateChange};
use super::super::condition::Condition;
use super::super::definition::{CompositeAlarm, MetricAlarm, MetricDataQuery, MetricStat};
use super::super::json::{Object, array};
use super::super::region::region_display_name;
use super::super::time_text;
use crate::metrics::Dimension;

pub(super) fn message(change: &StateChange) -> String {
    match &*change.definition {
        Definition::Metric(alarm, condition) => metric(change, alarm, condition),
        Definition::Composite(alarm, _) => composite(change, alarm),
    }
}

fn head(change: &StateChange) -> Object {
    Object::new()
        .text("AlarmName", change.name())
        .text_or_null("AlarmDescription", change.definition.description())
        .text("AWSAccountId", &change.home.account)
}

/// Recorded for metric and math alarms.
fn metric(change: &StateChange, alarm: &MetricAlarm, condition: &Condition) -> String {
    head(change)
        .text("AlarmConfigurationUpdatedTimestamp", &time_text::milliseconds(change.configuration_updated))
        .text("NewStateValue", change.to.value.as_str())
        .text("NewStateReason", &change.to.reason)
        .text("StateChangeTime", &time_text::milliseconds(change.time()))
        .text("Region", region_display_name(&change.home.region))
        .text("AlarmArn", &change.arn)
        .text("OldStateValue", change.from.value.as_str())
        .boolean("ActionExecutedAfterMuteWindow", false)
        .strings("OKActions", &alarm.ok_actions)
        .strings("AlarmActions", &alarm.alarm_actions)
        .strings("InsufficientDataActions", &alarm.insufficient_data_actions)
        .raw("Trigger", &trigger(alarm, condition))
        .end()
}

/// The order as aws.md has it from a recording; it has no `Trigger` and no time of the configuration.
fn composite(change: &StateChange, alarm: &CompositeAlarm) -> String {
    let children = change.triggering.iter().map(|child| {
        let state = Object::new()
            .text("Value", child.state.as_str())
            .text("Timestamp", &time_text::milliseconds(child.since))
            .end();
        Object::new().text("Arn", &child.arn).raw("State", &state).end()
    });
    head(change)
        .text("NewStateValue", change.to.value.as_str())
        .text("NewStateReason", &change.to.reason)
        .text("StateChangeTime", &time_text::milliseconds(change.time()))
        .text("Region", region_display_name(&change.home.region))
        .text("AlarmArn", &change.arn)
        .strings("OKActions", &alarm.ok_actions)
        .strings("AlarmActions", &alarm.alarm_actions)
        .strings("InsufficientDataActions", &alarm.insufficient_data_actions)
        .boolean("ActionExecutedAfterMuteWindow", false)
        .text("OldStateValue", change.from.value.as_str())
        .text("AlarmRule", &alarm.alarm_rule)
        .raw("TriggeringChildren", &array(children))
        .end()
}

fn trigger(alarm: &MetricAlarm, condition: &Condition) -> String {
    let mut trigger = Object::new();
    let is_math = !alarm.metrics.is_empty();
    if !is_math {
        trigger = trigger
            .text("MetricName", alarm.metric_name.as_deref().unwrap_or_default())
            .text("Namespace", alarm.namespace.as_deref().unwrap_or_default());
        trigger = match (&alarm.statistic, &alarm.extended_statistic) {
            (Some(statistic), _) => {
                trigger.text("StatisticType", "Statistic").text("Statistic", upper(statistic))
            }
            (None, extended) => trigger
                .text("StatisticType", "ExtendedStatistic")
                .text("ExtendedStatistic", extended.as_deref().unwrap_or_default()),
        };
        trigger = trigger
            .text_or_null("Unit", alarm.unit.as_deref())
            .raw("Dimensions", &dimensions(&alarm.dimensions));
    }
    trigger = trigger
        .integer("Period", condition.period)
        .integer("EvaluationPeriods", alarm.evaluation_periods.unwrap_or(0));
    if let Some(datapoints) = alarm.datapoints_to_alarm {
        trigger = trigger.integer("DatapointsToAlarm", datapoints);
    }
    let low_samples = alarm.evaluate_low_sample_count_percentile.map_or("", |value| value.name());
    trigger = trigger
        .text("ComparisonOperator", condition.operator.name())
        .double("Threshold", condition.threshold)
        .text("TreatMissingData", alarm.treat_missing_data.map_or("", |treat| treat.name()))
        .text("EvaluateLowSampleCountPercentile", low_samples);
    if is_math {
        trigger = trigger.raw("Metrics", &array(alarm.metrics.iter().map(query)));
    }
    trigger.end()
}

/// Names and values in lower case, the value first.
fn dimensions(dimensions: &[Dimension]) -> String {
    array(
        dimensions.iter().map(|dimension| {
            Object::new().text("value", &dimension.value).text("name", &dimension.name).end()
        }),
    )
}

/// An element of `Metrics`. A metric's account stands last, an expression's period too; the place of an expression's
/// account is not recorded.
fn query(query: &MetricDataQuery) -> String {
    let mut element = Object::new().text_if("Expression", query.expression.as_deref()).text("Id", &query.id);
    element = element.text_if("Label", query.label.as_deref());
    if let Some(stat) = &query.metric_stat {
        element = element.raw("MetricStat", &metric_stat(stat));
    }
    element = element.boolean("ReturnData", query.return_data.unwrap_or(true));
    if let Some(period) = query.period {
        element = element.integer("Period", period);
    }
    element.text_if("AccountId", query.account_id.as_deref()).end()
}

fn metric_stat(stat: &MetricStat) -> String {
    let metric = Object::new()
        .raw("Dimensions", &dimensions(&stat.metric.dimensions))
        .text("MetricName", &stat.metric.metric_name)
        .text("Namespace", &stat.metric.namespace)
        .end();
    Object::new()
        .raw("Metric", &metric)
        .integer("Period", stat.period.unwrap_or(0))
        .text("Stat", &stat.stat)
        .text_if("Unit", stat.unit.as_deref())
        .end()
}

/// `Sum` → `SUM`, `SampleCount` → `SAMPLE_COUNT`.
fn upper(statistic: &str) -> &str {
    match statistic {
        "Average" => "AVERAGE",
        "Sum" => "SUM",
        "Minimum" => "MINIMUM",
        "Maximum" => "MAXIMUM",
        "SampleCount" => "SAMPLE_COUNT",
        other => other,
    }
}

use chrono::{NaiveDateTime, TimeDelta};
use serde_json::{Value, json};
use trailbell_sim::alarms::{Alarms, EvaluationRange, Home, Phase, Settings};
use trailbell_sim::metrics::{Dimension, MetricId, Metrics, Sample};

use super::support::{data, text, time};

const FILES: [&str; 4] = [
    "ec2_statuscheck_3of3_ALARM_20211206.json",
    "errorcount_metricfilter_ALARM_20250202.json",
    "rds_cpucredit_ALARM_20240308.json",
    "waf_20periods_notBreaching_ALARM_20240316.json",
];

/// `1.0 (02/02/25 12:05:00), …` of a reason.
fn datapoints(reason: &str) -> Vec<(NaiveDateTime, f64)> {
    let listed = reason.split_once('[').unwrap().1.split_once(']').unwrap().0;
    let read = |shown: &str| {
        let (value, start) = shown.trim_end_matches(')').split_once(" (").unwrap();
        (NaiveDateTime::parse_from_str(start, "%d/%m/%y %H:%M:%S").unwrap(), value.parse().unwrap())
    };
    listed.split("), ").map(read).collect()
}

/// An alarm with the published Trigger, and samples that give the published datapoints.
#[test]
fn published_notifications_have_the_reasons_and_triggers_that_are_given_here() {
    for file in FILES {
        let Some(file) = data(&format!("sns/alarms_unsigned/{file}")) else { return };
        let message: Value = serde_json::from_str(text(&file, "Message")).unwrap();
        let (trigger, reason) = (&message["Trigger"], text(&message, "NewStateReason"));
        let statistic = match text(trigger, "Statistic") {
            "SUM" => "Sum",
            "AVERAGE" => "Average",
            "MAXIMUM" => "Maximum",
            other => panic!("{other}"),
        };
        let dimensions = trigger["Dimensions"].as_array().unwrap().iter();
        let dimensions: Vec<Dimension> = dimensions
            .map(|dimension| Dimension {
                name: text(dimension, "name").to_owned(),
                value: text(dimension, "value").to_owned(),
            })
            .collect();
        let mut alarm =
            json!({"AlarmName": message["AlarmName"], "Statistic": statistic, "Dimensions": dimensions});
        for key in
            ["MetricName", "Namespace", "Period", "EvaluationPeriods", "ComparisonOperator", "Threshold"]
        {
            alarm[key] = trigger[key].clone();
        }
        if trigger["TreatMissingData"] != "" {
            alarm["TreatMissingData"] = trigger["TreatMissingData"].clone();
        }
        // Trigger has told M only since 2021 or so; the reason shows that it was configured.
        if reason.contains("out of the last") {
            let configured = &trigger["DatapointsToAlarm"];
            alarm["DatapointsToAlarm"] =
                if configured.is_null() { trigger["EvaluationPeriods"].clone() } else { configured.clone() };
        }
        let now = time(text(&message, "StateChangeTime"));
        let region = text(&message, "AlarmArn").split(':').nth(3).unwrap();
        let mut alarms = Alarms::new(Settings {
            home: Home::new(text(&message, "AWSAccountId"), region),
            phase: Phase::Fixed(TimeDelta::milliseconds(now.timestamp_millis() % 60_000)),
            range: EvaluationRange::default(),
        });
        alarms.put_metric_alarm(serde_json::from_value(alarm).unwrap(), now - TimeDelta::seconds(1)).unwrap();
        let mut metrics = Metrics::new(alarms.look_back());
        let metric = MetricId::new(text(trigger, "Namespace"), text(trigger, "MetricName"), &dimensions);
        for (start, value) in datapoints(reason) {
            assert!(metrics.put(&Sample::new(metric.clone(), start.and_utc(), value), now));
        }
        let changes = alarms.evaluate(now, &metrics);
        assert_eq!(changes.len(), 1);
        assert_eq!(changes[0].to.reason, reason);
        let ours: Value = serde_json::from_str(&changes[0].notification().message).unwrap();
        for key in trigger.as_object().unwrap().keys() {
            assert_eq!(ours["Trigger"][key], trigger[key], "{key}");
        }
        for key in ["AlarmName", "AWSAccountId", "NewStateValue", "StateChangeTime", "Region"] {
            assert_eq!(ours[key], message[key], "{key}");
        }
    }
}

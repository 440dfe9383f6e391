use serde_json::{Value, json};
use trailbell_sim::alarms::{Alarms, Notification};

use super::support::{alarms, data, settings, text, time};

fn part<'a>(message: &'a Value, key: &str) -> &'a str {
    text(message, key)
}

/// Replays a case: the alarm is created and set at the times that its Message tells.
fn replay(case: &Value, input: &Value) -> Notification {
    let message: Value = serde_json::from_str(text(case, "Message")).unwrap();
    let mut alarms = Alarms::new(settings(part(&message, "AWSAccountId"), chrono::TimeDelta::zero()));
    let name = part(&message, "AlarmName");
    let created = time(part(&message, "AlarmConfigurationUpdatedTimestamp"));
    alarms.put_metric_alarm(serde_json::from_value(input.clone()).unwrap(), created).unwrap();
    let changed = time(part(&message, "StateChangeTime"));
    let old = part(&message, "OldStateValue").parse().unwrap();
    alarms.set_alarm_state(name, old, "before", None, created).unwrap();
    let (state, reason) =
        (part(&message, "NewStateValue").parse().unwrap(), part(&message, "NewStateReason"));
    let changes = alarms.set_alarm_state(name, state, reason, None, changed).unwrap();
    assert_eq!(changes.len(), 1);
    assert_eq!(changes[0].actions.len(), message["AlarmActions"].as_array().unwrap().len());
    changes[0].notification()
}

/// The `PutMetricAlarm` input that a Message's Trigger tells, where the recording has none.
fn input_of(message: &Value) -> Value {
    let trigger = &message["Trigger"];
    let mut input = json!({"AlarmName": message["AlarmName"], "AlarmDescription": message["AlarmDescription"],
        "AlarmActions": message["AlarmActions"], "Statistic": "Sum"});
    for key in [
        "MetricName",
        "Namespace",
        "Period",
        "EvaluationPeriods",
        "DatapointsToAlarm",
        "ComparisonOperator",
        "Threshold",
        "TreatMissingData",
    ] {
        input[key] = trigger[key].clone();
    }
    input
}

#[test]
fn subject_and_message_are_those_that_aws_published() {
    let Some(file) = data("recorded/sns_publications.json") else { return };
    let mut compared = 0;
    for case in file["cases"].as_array().unwrap() {
        if !matches!(text(case, "kind"), "metric" | "math") {
            continue;
        }
        let message: Value = serde_json::from_str(text(case, "Message")).unwrap();
        let recorded = &case["configuration"]["input"];
        let input = if recorded.is_null() { input_of(&message) } else { recorded.clone() };
        let notification = replay(case, &input);
        assert_eq!(notification.message, text(case, "Message"), "{}", case["label"]);
        if let Some(subject) = case["Subject"].as_str() {
            assert_eq!(notification.subject, subject);
        }
        compared += 1;
    }
    assert!(compared >= 3);
    println!("{compared} publications");
}

/// The recording's composite publication is not at hand, but its states and reasons are.
#[test]
fn a_composite_alarm_follows_its_child_as_recorded() {
    let Some(file) = data("recorded/sns_publications.json") else { return };
    let prefix = "stackd-native-cw-sns-4b229becf207";
    let mut alarms = Alarms::new(settings("000000000000", chrono::TimeDelta::zero()));
    let child = json!({"AlarmName": format!("{prefix}-child"), "Namespace": "n", "MetricName": "m", "Statistic": "Sum",
        "Period": 60, "EvaluationPeriods": 1, "Threshold": 1, "ComparisonOperator": "GreaterThanThreshold"});
    let child_name = format!("{prefix}-child");
    let states = &file["states"];
    let at = |who: &str, step: usize| time(text(&states[who][step], "at"));
    alarms.put_metric_alarm(serde_json::from_value(child).unwrap(), at("child", 0)).unwrap();
    let composite = json!({"AlarmName": format!("{prefix}-composite"), "AlarmRule": format!("ALARM(\"{prefix}-child\")")});
    let composite_name = format!("{prefix}-composite");
    let check = |alarms: &Alarms, step: usize| {
        let record = alarms.get(&composite_name).unwrap().state();
        let expected = &states["composite"][step];
        assert_eq!(record.value.as_str(), text(expected, "state"));
        assert_eq!(record.reason, text(expected, "reason"));
        assert_eq!(record.reason_data.as_deref(), expected["reasonData"].as_str());
        assert_eq!(record.transitioned, time(text(expected, "at")));
    };
    let reason = |state: &str| format!("{prefix} observed manual transition to {state}");
    alarms.set_alarm_state(&child_name, "OK".parse().unwrap(), &reason("OK"), None, at("child", 0)).unwrap();
    alarms.put_composite_alarm(serde_json::from_value(composite).unwrap(), at("composite", 0)).unwrap();
    check(&alarms, 0);
    let alarm = "ALARM".parse().unwrap();
    let changes = alarms.set_alarm_state(&child_name, alarm, &reason("ALARM"), None, at("child", 1)).unwrap();
    check(&alarms, 1);
    assert_eq!(changes.len(), 2);
    for (who, name) in [("child", &child_name), ("composite", &composite_name)] {
        let recorded = file["state_history"][who].as_array().unwrap();
        let history: Vec<_> = alarms.get(name).unwrap().history().collect();
        let updates = history.iter().rev().filter(|item| item.summary.starts_with("Alarm updated from"));
        for (item, expected) in updates.zip(recorded) {
            assert_eq!(item.data, text(expected, "HistoryData"));
            assert_eq!(item.timestamp, time(text(expected, "Timestamp")));
        }
    }
}

#[test]
fn a_composite_s_message_has_its_own_order_of_keys() {
    let now = time("2026-09-14T11:18:52.120Z");
    let mut alarms = alarms();
    let child = json!({"AlarmName": "cpu", "Namespace": "n", "MetricName": "m", "Statistic": "Sum", "Period": 60,
        "EvaluationPeriods": 1, "Threshold": 1, "ComparisonOperator": "GreaterThanThreshold"});
    alarms.put_metric_alarm(serde_json::from_value(child).unwrap(), now).unwrap();
    let composite = json!({"AlarmName": "svc", "AlarmRule": "ALARM(\"cpu\") OR FALSE",
        "AlarmActions": ["arn:aws:sns:us-east-1:123456789012:ops"]});
    alarms.put_composite_alarm(serde_json::from_value(composite).unwrap(), now).unwrap();
    let changes = alarms.set_alarm_state("cpu", "ALARM".parse().unwrap(), "test", None, now).unwrap();
    let change = changes.iter().find(|change| change.name() == "svc").unwrap();
    insta::assert_snapshot!(change.notification().message, @r#"{"AlarmName":"svc","AlarmDescription":null,"AWSAccountId":"123456789012","NewStateValue":"ALARM","NewStateReason":"arn:aws:cloudwatch:us-east-1:123456789012:alarm:cpu transitioned to ALARM at Monday 14 September, 2026 11:18:52 UTC","StateChangeTime":"2026-09-14T11:18:52.120+0000","Region":"US East (N. Virginia)","AlarmArn":"arn:aws:cloudwatch:us-east-1:123456789012:alarm:svc","OKActions":[],"AlarmActions":["arn:aws:sns:us-east-1:123456789012:ops"],"InsufficientDataActions":[],"ActionExecutedAfterMuteWindow":false,"OldStateValue":"OK","AlarmRule":"ALARM(\"cpu\") OR FALSE","TriggeringChildren":[{"Arn":"arn:aws:cloudwatch:us-east-1:123456789012:alarm:cpu","State":{"Value":"ALARM","Timestamp":"2026-09-14T11:18:52.120+0000"}}]}"#);
}

/// The seed's sample payload, but for the keys that CloudWatch has added since 2018.
#[test]
fn an_alarm_of_2018_has_the_same_reason_and_trigger() {
    let now = time("2018-07-03T14:23:28.949Z");
    let mut alarms = Alarms::new(settings("825426534673", chrono::TimeDelta::milliseconds(28_949)));
    let alarm = json!({"AlarmName": "CloudTrailChanges", "MetricName": "CloudTrailEventCount",
        "Namespace": "CloudTrailMetrics", "Statistic": "Sum", "Period": 300, "EvaluationPeriods": 1, "Threshold": 1,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold"});
    let start = time("2018-07-03T14:22:28.950Z");
    alarms.put_metric_alarm(serde_json::from_value(alarm.clone()).unwrap(), start).unwrap();
    let mut metrics = trailbell_sim::metrics::Metrics::new(alarms.look_back());
    let id = trailbell_sim::metrics::MetricId::new("CloudTrailMetrics", "CloudTrailEventCount", &[]);
    let event = time("2018-07-03T14:18:07Z");
    metrics.put(&trailbell_sim::metrics::Sample::new(id, event, 1.0), now);
    let changes = alarms.evaluate(now, &metrics);
    assert_eq!(
        changes[0].to.reason,
        "Threshold Crossed: 1 datapoint [1.0 (03/07/18 14:18:00)] was greater than or equal to the threshold (1.0)."
    );
    let notification = changes[0].notification();
    assert_eq!(notification.subject, "ALARM: \"CloudTrailChanges\" in US East (N. Virginia)");
    let trigger = r#""Trigger":{"MetricName":"CloudTrailEventCount","Namespace":"CloudTrailMetrics","StatisticType":"Statistic","Statistic":"SUM","Unit":null,"Dimensions":[],"Period":300,"EvaluationPeriods":1,"ComparisonOperator":"GreaterThanOrEqualToThreshold","Threshold":1.0,"TreatMissingData":"","EvaluateLowSampleCountPercentile":""}}"#;
    assert!(notification.message.ends_with(trigger), "{}", notification.message);
}

#[test]
fn an_extended_statistic_and_dimensions_stand_in_the_trigger() {
    let now = time("2026-09-14T11:18:52.120Z");
    let mut alarms = alarms();
    let alarm = json!({"AlarmName": "slow", "AlarmDescription": "a \"b\"", "Namespace": "n", "MetricName": "m",
        "ExtendedStatistic": "p99.9", "Period": 60, "EvaluationPeriods": 2, "Threshold": 1.5e7, "Unit": "Seconds",
        "ComparisonOperator": "GreaterThanThreshold", "EvaluateLowSampleCountPercentile": "ignore",
        "Dimensions": [{"Name": "b", "Value": "1"}, {"Name": "a", "Value": "2"}]});
    alarms.put_metric_alarm(serde_json::from_value(alarm).unwrap(), now).unwrap();
    let changes = alarms.set_alarm_state("slow", "OK".parse().unwrap(), "test", None, now).unwrap();
    insta::assert_snapshot!(changes[0].notification().message, @r#"{"AlarmName":"slow","AlarmDescription":"a \"b\"","AWSAccountId":"123456789012","AlarmConfigurationUpdatedTimestamp":"2026-09-14T11:18:52.120+0000","NewStateValue":"OK","NewStateReason":"test","StateChangeTime":"2026-09-14T11:18:52.120+0000","Region":"US East (N. Virginia)","AlarmArn":"arn:aws:cloudwatch:us-east-1:123456789012:alarm:slow","OldStateValue":"INSUFFICIENT_DATA","ActionExecutedAfterMuteWindow":false,"OKActions":[],"AlarmActions":[],"InsufficientDataActions":[],"Trigger":{"MetricName":"m","Namespace":"n","StatisticType":"ExtendedStatistic","ExtendedStatistic":"p99.9","Unit":"Seconds","Dimensions":[{"value":"1","name":"b"},{"value":"2","name":"a"}],"Period":60,"EvaluationPeriods":2,"ComparisonOperator":"GreaterThanThreshold","Threshold":1.5E7,"TreatMissingData":"","EvaluateLowSampleCountPercentile":"ignore"}}"#);
}

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use trailbell_sim::alarms::{AlarmState, Alarms, MetricAlarm, Quorum, TreatMissingData};
use trailbell_sim::metrics::{MetricId, Metrics, Sample};

use super::support::{data, settings, text, time};

const MODES: [(&str, TreatMissingData); 4] = [
    ("missing", TreatMissingData::Missing),
    ("ignore", TreatMissingData::Ignore),
    ("breaching", TreatMissingData::Breaching),
    ("notBreaching", TreatMissingData::NotBreaching),
];

fn number(row: &Value, key: &str) -> usize {
    usize::try_from(row[key].as_u64().unwrap()).unwrap()
}

fn newest_first(points: impl DoubleEndedIterator<Item = String>) -> Vec<Option<bool>> {
    let point = |point: String| match point.as_str() {
        "X" => Some(true),
        "0" => Some(false),
        "-" => None,
        other => panic!("no datapoint: {other}"),
    };
    points.rev().map(point).collect()
}

#[test]
fn each_row_of_aws_s_tables_gives_its_state_in_each_mode() {
    let Some(file) = data("alarm_truth/missing_data_tables.json") else { return };
    let rows = file["rows"].as_array().unwrap();
    for row in rows {
        let (m, n) = (number(row, "datapoints_to_alarm"), number(row, "evaluation_periods"));
        let points = row["points_oldest_first"].as_array().unwrap();
        let range = newest_first(points.iter().map(|point| point.as_str().unwrap().to_owned()));
        assert_eq!(range.len(), number(row, "evaluation_range"));
        for (mode, treat_missing_data) in MODES {
            let quorum = Quorum { evaluation_periods: n, datapoints_to_alarm: m, treat_missing_data };
            let decision = quorum.decide(&range);
            let state = decision.state.map_or("RETAIN_CURRENT_STATE", AlarmState::as_str);
            assert_eq!(state, text(row, mode), "{m} of {n}, {mode}: {points:?}");
            let needed = number(row, "must_be_filled");
            assert_eq!(n - decision.used.len(), needed, "{points:?}");
        }
    }
    println!("{} rows in {} modes", rows.len(), MODES.len());
}

#[test]
fn the_rules_that_stand_in_the_text_hold_too() {
    let Some(file) = data("alarm_truth/missing_data_tables.json") else { return };
    let mut checked = 0;
    for rule in file["extra_rules_from_text"].as_array().unwrap() {
        let Some(points) = rule["points"].as_str() else { continue };
        let range = newest_first(points.split(' ').map(str::to_owned));
        let statement = text(rule, "statement");
        let decide = |mode, range: &[Option<bool>]| {
            let (m, n) = (number(rule, "m"), number(rule, "n"));
            Quorum { evaluation_periods: n, datapoints_to_alarm: m, treat_missing_data: mode }
                .decide(range)
                .state
        };
        if statement.starts_with("does not go immediately into ALARM") {
            assert_ne!(decide(TreatMissingData::Missing, &range), Some(AlarmState::Alarm), "{points}");
        } else if statement.starts_with("goes into ALARM") {
            assert_eq!(decide(TreatMissingData::Missing, &range), Some(AlarmState::Alarm), "{points}");
        } else if statement.starts_with("stays OK now") {
            assert_eq!(decide(TreatMissingData::Breaching, &range), Some(AlarmState::Ok), "{points}");
            let next = [&[None], &range[..range.len() - 1]].concat();
            assert_eq!(decide(TreatMissingData::Breaching, &next), Some(AlarmState::Alarm), "{points} -");
        } else {
            panic!("unknown statement: {statement}");
        }
        checked += 1;
    }
    assert_eq!(checked, 4);
}

/// Runs an alarm minute by minute; returns the changes as `from -> to at HH:MM:SS.mmm`.
fn run(
    alarm: &Value,
    phase: TimeDelta,
    samples: &[(DateTime<Utc>, f64)],
    start: DateTime<Utc>,
    until: DateTime<Utc>,
) -> (Vec<String>, Alarms) {
    let alarm: MetricAlarm = serde_json::from_value(alarm.clone()).unwrap();
    let metric =
        MetricId::new(alarm.namespace.as_deref().unwrap(), alarm.metric_name.as_deref().unwrap(), &[]);
    let mut alarms = Alarms::new(settings("123456789012", phase));
    alarms.put_metric_alarm(alarm, start).unwrap();
    let mut metrics = Metrics::new(alarms.look_back());
    let mut samples = samples.iter().peekable();
    let mut seen = Vec::new();
    let mut now = start;
    while let Some(next) = alarms.next_evaluation(now).filter(|next| *next <= until) {
        now = next;
        while let Some((at, value)) = samples.next_if(|(at, _)| *at <= now) {
            assert!(metrics.put(&Sample::new(metric.clone(), *at, *value), now));
        }
        for change in alarms.evaluate(now, &metrics) {
            seen.push(format!(
                "{} -> {} at {}",
                change.from.value,
                change.to.value,
                change.time().format("%H:%M:%S%.3f")
            ));
        }
    }
    (seen, alarms)
}

fn sparse(period: u32, n: u32, treat: &str) -> Value {
    json!({"AlarmName": "a", "Namespace": "n", "MetricName": "m", "Statistic": "Sum", "Period": period,
        "EvaluationPeriods": n, "Threshold": 0, "ComparisonOperator": "GreaterThanThreshold", "TreatMissingData": treat})
}

#[test]
fn a_measured_alarm_closes_in_the_measured_minute() {
    let Some(file) = data("alarm_truth/measured_transitions.json") else { return };
    let item = &file["items"][0];
    let measured = &item["alarm"];
    let (period, n) =
        (measured["period"].as_u64().unwrap(), measured["evaluation_periods"].as_u64().unwrap());
    let alarm =
        sparse(u32::try_from(period).unwrap(), u32::try_from(n).unwrap(), text(measured, "treat_missing"));
    // The last datapoint before the measured return to OK; the alarm was in ALARM by then.
    let last = time("2026-09-24T19:50:31.109Z");
    let phase = TimeDelta::milliseconds(51_290);
    let until = time("2026-09-24T21:00:00Z");
    let (seen, alarms) = run(&alarm, phase, &[(last, 1.0)], time("2026-09-24T19:49:52Z"), until);
    let closed = &item["transitions"][2];
    assert_eq!(
        seen,
        [
            "INSUFFICIENT_DATA -> OK at 19:50:51.290",
            "OK -> ALARM at 19:51:51.290",
            "ALARM -> OK at 20:36:51.290",
        ]
    );
    assert!(text(closed, "at").contains("20:36:51.290"));
    assert_eq!(alarms.get("a").unwrap().state().reason, text(closed, "reason"));
}

#[test]
fn the_documented_reason_of_three_datapoints() {
    let Some(file) = data("alarm_truth/measured_transitions.json") else { return };
    let transition = &file["items"][1]["transitions"][0];
    let now = time(text(transition, "queryDate"));
    let mut alarm = sparse(300, 3, "missing");
    for (key, value) in
        [("DatapointsToAlarm", json!(3)), ("Threshold", json!(31)), ("Statistic", json!("Average"))]
    {
        alarm[key] = value;
    }
    let values =
        transition["recentDatapoints"].as_array().unwrap().iter().map(|value| value.as_f64().unwrap());
    let first = time("2025-07-03T08:19:00Z");
    let samples: Vec<_> =
        values.zip(0..).map(|(value, place)| (first + TimeDelta::minutes(5 * place), value)).collect();
    let phase = TimeDelta::milliseconds(now.timestamp_millis() % 60_000);
    let (_, alarms) = run(&alarm, phase, &samples, now - TimeDelta::seconds(1), now);
    let reason = &alarms.get("a").unwrap().state().reason;
    assert!(reason.starts_with(text(transition, "reason").trim_end_matches('.')), "{reason}");
}

#[test]
fn windows_slide_by_the_minute_and_whole_days_by_the_hour() {
    let start = time("2026-03-01T00:00:00Z");
    let hit = |text: &str| (time(&format!("2026-03-01T{text}Z")), 1.0);
    // Two hits on both sides of 12:05, seen together by a window that no clock is aligned with.
    let mut pair = sparse(300, 1, "notBreaching");
    pair["Threshold"] = json!(1);
    let until = time("2026-03-01T13:00:00Z");
    let (seen, _) = run(&pair, TimeDelta::seconds(5), &[hit("12:04:30"), hit("12:05:30")], start, until);
    assert_eq!(seen[1], "OK -> ALARM at 12:06:05.000");
    // The guide's example of a multi-day alarm, evaluated three minutes past each hour.
    let days = sparse(86_400, 2, "notBreaching");
    let mut failing = days.clone();
    failing["DatapointsToAlarm"] = json!(1);
    let (seen, _) = run(&failing, TimeDelta::minutes(3), &[hit("10:02:00")], start, until);
    assert_eq!(seen, ["INSUFFICIENT_DATA -> OK at 00:03:00.000", "OK -> ALARM at 11:03:00.000"]);
}

#[test]
fn the_guide_s_figure_alarms_on_the_third_breach_and_not_on_a_single_one() {
    let start = time("2026-03-01T00:00:00Z");
    let values = [1.0, 2.0, 4.0, 5.0, 4.0, 2.0, 1.0, 2.0, 5.0, 1.0];
    let mut alarm = sparse(60, 3, "missing");
    alarm["Threshold"] = json!(3);
    let samples: Vec<_> =
        values.iter().zip(0..).map(|(value, at)| (start + TimeDelta::minutes(at), *value)).collect();
    let (seen, _) = run(&alarm, TimeDelta::seconds(5), &samples, start, start + TimeDelta::minutes(10));
    assert_eq!(
        seen,
        [
            "INSUFFICIENT_DATA -> OK at 00:01:05.000",
            "OK -> ALARM at 00:05:05.000",
            "ALARM -> OK at 00:06:05.000",
        ]
    );
}

use std::io::Write;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use super::support::{data, text};

/// Writes an alarm of a period of 300 s with some properties replaced into a folder.
fn alarm(folder: &tempfile::TempDir, changes: &Value) -> std::path::PathBuf {
    let mut alarm = json!({"AlarmName": "a", "MetricName": "m", "Namespace": "n", "Statistic": "Sum", "Period": 300,
        "EvaluationPeriods": 3, "DatapointsToAlarm": 3, "Threshold": 1,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold"});
    for (key, value) in changes.as_object().unwrap() {
        alarm[key] = value.clone();
    }
    let path = folder.path().join("alarm.json");
    std::fs::write(&path, alarm.to_string()).unwrap();
    path
}

/// The exit code, the lines of JSON, and what is said of errors.
fn evaluate(changes: &Value, arguments: &[&str], input: &str) -> (Option<i32>, Vec<Value>, String) {
    let folder = tempfile::tempdir().unwrap();
    let mut process = Command::new(env!("CARGO_BIN_EXE_trailbell-sim"))
        .arg("evaluate")
        .arg(alarm(&folder, changes))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A call that is refused does not read its input.
    let _ = process.stdin.take().unwrap().write_all(input.as_bytes());
    let output = process.wait_with_output().unwrap();
    let lines = String::from_utf8(output.stdout).unwrap();
    let lines = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    (output.status.code(), lines, String::from_utf8(output.stderr).unwrap())
}

#[test]
fn each_row_of_aws_s_tables_by_the_command_line() {
    let Some(file) = data("alarm_truth/missing_data_tables.json") else { return };
    for row in file["rows"].as_array().unwrap() {
        let points: Vec<&str> =
            row["points_oldest_first"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
        for mode in ["missing", "ignore", "breaching", "notBreaching"] {
            let changes = json!({"TreatMissingData": mode, "EvaluationPeriods": row["evaluation_periods"],
                "DatapointsToAlarm": row["datapoints_to_alarm"]});
            let expected = match text(row, mode) {
                "RETAIN_CURRENT_STATE" => "ALARM",
                state => state,
            };
            let list = points.join(" ");
            let arguments =
                ["--datapoints", list.as_str(), "--at", "2026-01-01T00:25:00Z", "--state", "ALARM"];
            let (code, lines, error) = evaluate(&changes, &arguments, "");
            assert_eq!((code, lines.len()), (Some(0), 1), "{error}");
            assert_eq!(text(&lines[0], "to"), expected, "{list} {mode}");
        }
    }
}

#[test]
fn datapoints_are_evaluated_as_each_period_ends() {
    let (code, lines, _) = evaluate(&json!({}), &["--datapoints", "0 - X - X X 7.5 0"], "");
    assert_eq!(code, Some(0));
    let shown: Vec<String> = lines
        .iter()
        .map(|line| {
            format!(
                "{} {} {} {}",
                &text(line, "time")[11..],
                text(line, "datapoint"),
                text(line, "kind"),
                text(line, "to")
            )
        })
        .collect();
    assert_eq!(
        shown,
        [
            "00:00:00Z 0 state_change OK",
            "00:05:00Z - evaluation OK",
            "00:10:00Z X evaluation OK",
            "00:15:00Z - evaluation OK",
            "00:20:00Z X evaluation OK",
            "00:25:00Z X state_change ALARM",
            "00:30:00Z 7.5 evaluation ALARM",
            "00:35:00Z 0 state_change OK",
        ]
    );
    assert_eq!(
        text(&lines[6], "reason"),
        "Threshold Crossed: 3 out of the last 3 datapoints [7.5 (01/01/26 00:25:00), 1.0 (01/01/26 00:20:00), 1.0 \
         (01/01/26 00:15:00)] were greater than or equal to the threshold (1.0) (minimum 3 datapoints for OK -> ALARM \
         transition)."
    );
}

#[test]
fn x_breaches_and_0_does_not_whatever_the_comparison() {
    for operator in [
        "GreaterThanThreshold",
        "GreaterThanOrEqualToThreshold",
        "LessThanThreshold",
        "LessThanOrEqualToThreshold",
    ] {
        for threshold in [0.0, 1.0, -3.5, 1e300] {
            let changes = json!({"ComparisonOperator": operator, "Threshold": threshold, "EvaluationPeriods": 1,
                "DatapointsToAlarm": 1});
            let (_, lines, error) = evaluate(&changes, &["--datapoints", "X 0"], "");
            let states: Vec<&str> = lines.iter().map(|line| text(line, "to")).collect();
            assert_eq!(states, ["ALARM", "OK"], "{operator} {threshold} {error}");
        }
    }
}

#[test]
fn samples_are_evaluated_each_minute_until_the_last_is_forgotten() {
    let changes = json!({"Period": 900, "EvaluationPeriods": 1, "DatapointsToAlarm": null, "TreatMissingData": "notBreaching"});
    let sample = "{\"time\":\"2026-09-24T19:50:31.109Z\",\"value\":1}\n\n";
    let (code, lines, error) = evaluate(&changes, &["-"], sample);
    assert_eq!(code, Some(0), "{error}");
    let shown: Vec<String> = lines
        .iter()
        .map(|line| format!("{} {} {}", text(line, "time"), text(line, "kind"), text(line, "to")))
        .collect();
    assert_eq!(
        shown,
        [
            "2026-09-24T19:51:00Z state_change ALARM",
            "2026-09-24T20:36:00Z state_change OK",
            "2026-09-24T20:51:00Z evaluation OK",
        ]
    );
    let (_, lines, _) = evaluate(&changes, &["-", "--at", "2026-09-24T20:00:00Z", "--state", "OK"], sample);
    assert_eq!(lines.len(), 1);
    assert_eq!(text(&lines[0], "to"), "ALARM");
}

#[test]
fn metric_math_takes_samples_of_each_metric() {
    let stat =
        |name: &str| json!({"Metric": {"Namespace": "n", "MetricName": name}, "Period": 60, "Stat": "Sum"});
    let changes = json!({"MetricName": null, "Namespace": null, "Statistic": null, "Period": null,
        "EvaluationPeriods": 1, "DatapointsToAlarm": 1, "Threshold": 50, "Metrics": [
            {"Id": "errors", "MetricStat": stat("errors"), "ReturnData": false},
            {"Id": "calls", "MetricStat": stat("calls"), "ReturnData": false},
            {"Id": "e1", "Expression": "errors / calls * 100"}]});
    let samples = "{\"time\":\"2026-09-24T19:50:31Z\",\"value\":3,\"id\":\"errors\"}\n\
                   {\"time\":\"2026-09-24T19:50:32Z\",\"value\":4,\"id\":\"calls\"}\n";
    let (code, lines, error) = evaluate(&changes, &["-", "--at", "2026-09-24T19:51:10Z"], samples);
    assert_eq!(code, Some(0), "{error}");
    assert_eq!(
        text(&lines[0], "reason"),
        "Threshold Crossed: 1 out of the last 1 datapoints [75.0 (24/09/26 19:50:00)] was greater than or equal to the \
         threshold (50.0) (minimum 1 datapoint for OK -> ALARM transition)."
    );
    let (code, _, error) = evaluate(&changes, &["-"], "{\"time\":\"2026-09-24T19:50:31Z\",\"value\":3}\n");
    assert_eq!(code, Some(2));
    assert!(error.contains("-:1: the alarm has several metrics"), "{error}");
}

#[test]
fn what_is_wrong_is_said_with_its_place() {
    let none = json!({});
    for (changes, arguments, input, part) in [
        (&json!({"Treat": "x"}), &["--datapoints", "0"][..], "", "alarm.json: unknown field `Treat`"),
        (
            &json!({"Period": 45}),
            &["--datapoints", "0"],
            "",
            "alarm.json: Period must be 10, 20, 30 or a multiple of 60",
        ),
        (&none, &["--datapoints", "0 Y"], "", "--datapoints: `Y`, number 2, is none of 0, X, - and a number"),
        (&none, &["--datapoints", " "], "", "--datapoints: there are none"),
        (&none, &["--datapoints", "0", "--state", "BAD"], "", "is none of OK, ALARM and INSUFFICIENT_DATA"),
        (&none, &["--datapoints", "0", "--at", "noon"], "", "is no time such as"),
        (&none, &[], "", "required"),
        (&none, &["-"], "", "there are no samples"),
        (&none, &["-"], "{\"time\":\"x\",\"value\":1}", "-:1: `x` is no time such as"),
        (&none, &["-"], "\n{\"time\":\"2026-01-01T00:00:00Z\"}", "-:2: missing field `value`"),
        (&none, &["nowhere.ndjson"], "", "nowhere.ndjson: "),
    ] {
        let (code, lines, error) = evaluate(changes, arguments, input);
        assert_eq!((code, lines.len()), (Some(2), 0), "{error}");
        assert!(error.contains(part), "{error}");
    }
}

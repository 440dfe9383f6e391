//! `parse_cloudwatch_alarm` on every notification that there is: what the compiler was told is what comes out, and
//! nothing is lost.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use proptest::prelude::*;
use serde_json::{Value as Json, json};
use vrl::compiler::Program;
use vrl::value::{Kind, Value};

use super::{compile, json as to_json, run};
use crate::real_data;

static PARSE: LazyLock<Program> = LazyLock::new(|| compile("parse_cloudwatch_alarm!(.)").unwrap());
static KIND: LazyLock<Kind> = LazyLock::new(|| PARSE.final_type_info().result.kind().clone());

/// The alarm, of the kind that the compiler was told.
fn parse(message: &Json) -> Result<Json, String> {
    let value = run(&PARSE, Value::from(message.to_string()))?;
    assert_eq!(KIND.is_superset(&value.kind()), Ok(()), "{message}");
    let parsed_before: Value = serde_json::from_str(&message.to_string()).unwrap();
    assert_eq!(run(&PARSE, parsed_before).as_ref(), Ok(&value), "{message}");
    Ok(to_json(&value))
}

fn fixtures() -> BTreeMap<String, Json> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/mapping");
    let folders = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let messages = folders.map(|folder| {
        let name = folder.file_name().unwrap().to_str().unwrap().to_owned();
        let message = real_data::json(&folder.join("envelope.json"))["Message"].take();
        let inner = message.as_str().and_then(|text| serde_json::from_str(text).ok());
        (name, inner.unwrap_or(message))
    });
    messages.collect()
}

#[test]
fn each_kind_of_alarm_has_one_form() {
    let fixtures = fixtures();
    for name in [
        "seed-sample-2018",
        "extended-statistic-2019",
        "metric-math-alarm",
        "anomaly-alarm",
        "composite-alarm",
        "contributor-alarm",
        "eventbridge-metric-alarm",
        "eventbridge-math-alarm",
        "eventbridge-composite-alarm",
        "eventbridge-contributor-ok",
    ] {
        insta::with_settings!({ omit_expression => true }, {
            insta::assert_json_snapshot!(name, parse(&fixtures[name]).unwrap());
        });
    }
}

/// The kind, the state and what is left over of each fixture, or why it is no alarm.
#[test]
fn what_no_field_takes_is_kept_and_what_is_no_alarm_is_refused() {
    let table: BTreeMap<String, Json> = fixtures()
        .into_iter()
        .map(|(name, message)| {
            let row = match parse(&message) {
                Ok(alarm) => {
                    let row = json!([alarm["kind"], alarm["state"], alarm["extra"]]).to_string();
                    row.chars().take(500).collect::<String>().into()
                }
                Err(error) => {
                    error.split_once("): ").map_or(error.clone(), |(_, reason)| reason.to_owned()).into()
                }
            };
            (name, row)
        })
        .collect();
    insta::with_settings!({ omit_expression => true }, { insta::assert_json_snapshot!(table) });
}

/// Log alarms are of 2026. What they publish is documented nowhere; this has the words of `PutLogAlarm`.
#[test]
fn a_log_alarm_is_told_and_all_that_is_its_own_is_kept() {
    let own = json!({"QueryResultsToEvaluate": 3, "QueryResultsToAlarm": 2, "LogLines": ["a", "b"]});
    let mut message = json!({
        "AlarmName": "errors", "NewStateValue": "ALARM", "StateChangeTime": "2026-09-22T19:26:59.941+0000",
        "Trigger": {"Period": 300, "Threshold": 5, "ComparisonOperator": "GreaterThanThreshold"},
    });
    message["Trigger"].as_object_mut().unwrap().extend(own.as_object().unwrap().clone());
    let alarm = parse(&message).unwrap();
    assert_eq!(alarm["kind"], "log");
    assert_eq!((&alarm["trigger"]["threshold"], &alarm["trigger"]["period"]), (&json!(5.0), &json!(300)));
    assert_eq!(alarm["extra"], json!({"Trigger": own}));
}

#[test]
fn a_value_of_another_type_is_kept_and_its_field_is_null() {
    let message = json!({
        "AlarmName": "errors", "NewStateValue": "OK", "StateChangeTime": "2026-09-22T19:26:59.941Z",
        "OldStateValue": 7, "OKActions": ["a", 1], "AlarmRule": {}, "TriggeringChildren": [{"Arn": 1}, {"Arn": "b"}],
        "AlarmContributorAttributes": {"a": 1}, "AlarmContributorId": "",
        "Trigger": {"MetricName": "m", "Period": "300", "Threshold": "x", "Dimensions": [{"name": 1, "value": "v"}]},
    });
    let alarm = parse(&message).unwrap();
    let left = json!({
        "OldStateValue": 7, "OKActions": ["a", 1], "AlarmRule": {}, "TriggeringChildren": [{"Arn": 1}, {}],
        "AlarmContributorAttributes": {"a": 1},
        "Trigger": {"Period": "300", "Threshold": "x", "Dimensions": [{"name": 1, "value": "v"}]},
    });
    assert_eq!(alarm["extra"], left);
    assert_eq!((&alarm["previous_state"], &alarm["actions"]["ok"]), (&Json::Null, &json!([])));
    assert_eq!((&alarm["kind"], &alarm["trigger"]["period"]), (&json!("metric"), &Json::Null));
}

#[test]
fn what_is_no_change_of_an_alarms_state_is_told_with_its_reason() {
    let alarm =
        json!({"AlarmName": "a", "NewStateValue": "OK", "StateChangeTime": "2026-09-22T19:26:59.941Z"});
    let without = |key: &str, value: Json| {
        let mut alarm = alarm.clone();
        alarm[key] = value;
        alarm
    };
    for (message, expected) in [
        (json!([]), "not one JSON object (it begins otherwise)"),
        (json!({}), "AlarmName is missing, or is no text"),
        (without("AlarmName", json!(1)), "AlarmName is missing, or is no text"),
        (
            without("NewStateValue", json!("BAD")),
            "NewStateValue is \"BAD\", none of OK, ALARM, INSUFFICIENT_DATA",
        ),
        (without("NewStateValue", json!(null)), "NewStateValue is missing, or is no text"),
        (without("StateChangeTime", json!("yesterday")), "StateChangeTime is no time"),
        (
            json!({"Message": "{}", "TopicArn": "t"}),
            "this is SNS's envelope, the alarm stands in its Message",
        ),
        (
            json!({"source": "aws.cloudwatch", "detail-type": "CloudWatch Alarm State Change"}),
            "detail is missing",
        ),
        (
            json!({"source": "aws.ec2", "detail-type": "x"}),
            "not a change of an alarm's state but the event \"x\"",
        ),
    ] {
        let error = run(&PARSE, Value::from(message.to_string())).unwrap_err();
        assert!(error.contains(expected), "{message}: {error}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever stands where: the result is of the kind that the compiler was told, or there is none.
    #[test]
    fn a_result_is_always_of_its_kind(
        fixture in any::<prop::sample::Index>(), place in any::<prop::sample::Index>(),
        value in prop::sample::select(vec![
            json!(null), json!(true), json!(1), json!(-1.5), json!(1e300), json!(u64::MAX), json!(""), json!("é"),
            json!("2026-09-22T19:26:59Z"), json!([]), json!([1, "a", null]), json!({}), json!({"name": "n", "value": 1}),
            json!([{}]), json!([{"name": "n", "value": "v"}]), json!({"a": {"b": [null]}}),
        ]),
    ) {
        static FIXTURES: LazyLock<Vec<Json>> =
            LazyLock::new(|| fixtures().into_values().filter(|message| parse(message).is_ok()).collect());
        let mut message = fixture.get(&FIXTURES).clone();
        let mut places = Vec::new();
        pointers("", &message, &mut places);
        let place: &String = place.get(&places);
        *message.pointer_mut(place).unwrap() = value;
        let _ = parse(&message);
    }
}

/// All places in a value, as JSON pointers.
fn pointers(path: &str, value: &Json, found: &mut Vec<String>) {
    found.push(path.to_owned());
    match value {
        Json::Object(members) => {
            members.iter().for_each(|(key, value)| pointers(&format!("{path}/{key}"), value, found));
        }
        Json::Array(items) => {
            items.iter().enumerate().for_each(|(at, value)| pointers(&format!("{path}/{at}"), value, found));
        }
        _ => {}
    }
}

// ---- what the world really sent --------------------------------------------------------------------------

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files(&path, found) } else { found.push(path) }
    }
}

/// Every object that is a notification or an event of an alarm, wherever it stands, also as text within text.
fn alarms(value: &Json, found: &mut Vec<Json>) {
    match value {
        Json::Object(members) => {
            let event = members.get("detail-type").and_then(Json::as_str);
            if members.contains_key("NewStateValue")
                || event.is_some_and(|kind| kind.ends_with("State Change"))
            {
                found.push(value.clone());
            }
            members.values().for_each(|value| alarms(value, found));
        }
        Json::Array(items) => items.iter().for_each(|value| alarms(value, found)),
        Json::String(text) if text.starts_with('{') => {
            if let Ok(inner) = serde_json::from_str(text) {
                alarms(&inner, found);
            }
        }
        _ => {}
    }
}

#[test]
fn every_notification_that_aws_sent_is_taken_with_nothing_left_over() {
    let Some(data) = real_data::folder() else { return };
    let mut found = vec![data.join("recorded/sns_publications.json")];
    files(&data.join("sns/alarms_unsigned"), &mut found);
    files(&data.join("sns/genuine"), &mut found);
    files(&data.join("sns/aws_docs_alarm_events"), &mut found);
    let (mut kinds, mut left) = (BTreeMap::<String, usize>::new(), BTreeSet::new());
    for file in &found {
        let Ok(text) = std::fs::read_to_string(file) else { continue };
        let Ok(value) = serde_json::from_str(&text) else { continue };
        let mut messages = Vec::new();
        alarms(&value, &mut messages);
        for message in messages {
            let alarm =
                parse(&message).unwrap_or_else(|error| panic!("{}: {error}\n{message}", file.display()));
            *kinds.entry(alarm["kind"].as_str().unwrap().to_owned()).or_default() += 1;
            paths("", &alarm["extra"], &mut left);
        }
    }
    println!("{kinds:?} left over: {left:?}");
    assert!(
        ["metric", "metric_math", "composite", "anomaly"].iter().all(|kind| kinds.contains_key(*kind)),
        "{kinds:?}"
    );
    insta::with_settings!({ omit_expression => true }, { insta::assert_json_snapshot!("left-over", left) });
}

/// The leaves of an object, as paths.
fn paths(path: &str, value: &Json, found: &mut BTreeSet<String>) {
    match value.as_object() {
        Some(members) => {
            members.iter().for_each(|(key, value)| paths(&format!("{path}/{key}"), value, found));
        }
        None => {
            found.insert(path.to_owned());
        }
    }
}

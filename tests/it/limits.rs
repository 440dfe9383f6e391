//! No output ever exceeds a limit of Opsgenie, whatever comes in.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use proptest::prelude::*;
use serde_json::{Value, json};
use trailbell::opsgenie::{Action, Verb};
use trailbell::transform::{Input, Mapped, Outcome};

use super::mapping::PLAIN;

/// Opsgenie's limits, in characters, by our reading of its documentation: not shared with the code under test.
pub(crate) fn assert_within(action: &Action, context: &str) {
    let body = &action.request.body;
    let texts = [
        ("message", 130),
        ("alias", 512),
        ("description", 15_000),
        ("entity", 512),
        ("source", 100),
        ("user", 100),
        ("note", 25_000),
    ];
    for (field, limit) in texts {
        if let Some(value) = body.get(field) {
            let text = value.as_str().unwrap_or_else(|| panic!("{context}: {field} is {value}"));
            assert!(
                text.chars().count() <= limit,
                "{context}: {field} has {} characters",
                text.chars().count()
            );
        }
    }
    assert!(action.alias.chars().count() <= 512, "{context}: alias");
    for (field, items, characters) in [("tags", 20, 50), ("actions", 10, 50)] {
        if let Some(list) = body.get(field) {
            let list = list.as_array().unwrap_or_else(|| panic!("{context}: {field}"));
            assert!(list.len() <= items, "{context}: {} {field}", list.len());
            for item in list {
                assert!(item.as_str().unwrap().chars().count() <= characters, "{context}: {field}: {item}");
            }
        }
    }
    for field in ["responders", "visibleTo"] {
        assert!(
            body.get(field).is_none_or(|list| list.as_array().unwrap().len() <= 50),
            "{context}: {field}"
        );
    }
    if let Some(details) = body.get("details") {
        assert!(details.as_object().unwrap().values().all(Value::is_string), "{context}: {details}");
        let size = details.to_string().chars().count();
        assert!(size <= 8_000, "{context}: details have {size} characters");
    }
    if let Some(priority) = body.get("priority") {
        assert!(
            ["P1", "P2", "P3", "P4", "P5"].contains(&priority.as_str().unwrap()),
            "{context}: {priority}"
        );
    }
    if action.action == Verb::Create {
        assert!(!body["message"].as_str().unwrap().is_empty(), "{context}: no message");
        assert_eq!(body["alias"], action.alias.as_str(), "{context}");
        assert_eq!(action.request.path, "/v2/alerts");
    } else {
        assert_eq!(action.request.query["identifierType"], "alias", "{context}");
    }
    let time = action.occurred_at.as_bytes();
    assert!(time.len() == 24 && time[23] == b'Z' && time[19] == b'.', "{context}: {}", action.occurred_at);
}

fn text() -> BoxedStrategy<String> {
    prop_oneof![
        4 => "\\PC{0,40}",
        2 => "[\"\\\\\n\t{}:,#/%?*é漢🔔\u{1}-\u{1f}]{0,30}",
        1 => ("[a-zé漢🔔\"\u{1}]", 1_usize..30_000).prop_map(|(unit, count)| unit.repeat(count)),
    ]
    .boxed()
}

fn odd() -> BoxedStrategy<Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        text().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map("\\PC{0,12}", inner, 0..6)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
    .boxed()
}

const ALARM_KEYS: [&str; 16] = [
    "AlarmName",
    "AlarmDescription",
    "AWSAccountId",
    "NewStateReason",
    "StateChangeTime",
    "Region",
    "AlarmArn",
    "OldStateValue",
    "AlarmContributorId",
    "AlarmContributorAttributes",
    "OKActions",
    "AlarmActions",
    "Trigger",
    "AlarmRule",
    "TriggeringChildren",
    "ActionExecutedAfterMuteWindow",
];
const TRIGGER_KEYS: [&str; 15] = [
    "MetricName",
    "Namespace",
    "StatisticType",
    "Statistic",
    "ExtendedStatistic",
    "Unit",
    "Dimensions",
    "Period",
    "EvaluationPeriods",
    "DatapointsToAlarm",
    "ComparisonOperator",
    "Threshold",
    "TreatMissingData",
    "Metrics",
    "New",
];

fn members(keys: &'static [&'static str], value: BoxedStrategy<Value>) -> BoxedStrategy<Value> {
    prop::collection::btree_map(prop::sample::select(keys), value, 0..keys.len())
        .prop_map(|map| Value::Object(map.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()))
        .boxed()
}

/// An alarm with odd values under the names that matter, and a state that is a state most of the time.
fn alarm() -> BoxedStrategy<Value> {
    let state = prop_oneof![4 => Just(json!("ALARM")), 2 => Just(json!("OK")), 1 => odd()];
    let value = prop_oneof![3 => odd(), 1 => members(&TRIGGER_KEYS, odd())].boxed();
    (members(&ALARM_KEYS, value), state)
        .prop_map(|(mut alarm, state)| {
            alarm["NewStateValue"] = state;
            alarm
        })
        .boxed()
}

fn envelope() -> BoxedStrategy<Value> {
    let message = prop_oneof![
        4 => alarm().prop_map(|alarm| Value::from(alarm.to_string())),
        1 => text().prop_map(Value::from),
        1 => odd(),
        1 => odd().prop_map(|value| Value::from(value.to_string())),
    ];
    let kind =
        prop_oneof![5 => Just("Notification"), 1 => Just("UnsubscribeConfirmation"), 1 => Just("Other")];
    let topic = prop_oneof![3 => Just("arn:aws:sns:us-east-1:123456789012:ops".to_owned()), 1 => text()];
    (message, kind, topic, odd(), odd(), odd())
        .prop_map(|(message, kind, topic, subject, id, time)| {
            json!({"Type": kind, "TopicArn": topic, "Subject": subject, "MessageId": id, "Timestamp": time, "Message": message})
        })
        .boxed()
}

fn mapped(envelope: &Value) -> Option<Mapped> {
    match PLAIN.runner().run(Input::from(envelope.clone())) {
        Outcome::Mapped(mut all) => Some(all.remove(0)),
        Outcome::Dropped { .. } => None,
        failed @ Outcome::Failed { .. } => panic!("{failed:?}"),
    }
}

fn notification(account: &str, region: &str, name: &str, state: &str, with_arn: bool) -> Value {
    let mut alarm = json!({"AlarmName": name, "AWSAccountId": account, "NewStateValue": state});
    if with_arn {
        alarm["AlarmArn"] = format!("arn:aws:cloudwatch:{region}:{account}:alarm:{name}").into();
    }
    json!({"Type": "Notification", "TopicArn": format!("arn:aws:sns:{region}:999999999999:t"), "Message": alarm.to_string()})
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_output_exceeds_a_limit_and_no_event_is_lost(envelope in envelope()) {
        let mapped = mapped(&envelope);
        if let Some(mapped) = &mapped {
            assert_within(&mapped.action, "generated");
        }
        let message = envelope["Message"].as_str().and_then(|text| serde_json::from_str::<Value>(text).ok()).unwrap_or_default();
        prop_assert!(mapped.is_some() || message["NewStateValue"] == "INSUFFICIENT_DATA");
    }

    #[test]
    fn aliases_agree_for_one_alarm_and_differ_for_two(
        one in ("[0-9]{12}", "(us-east-1|eu-west-1|cn-north-1)", "[ -~é漢]{1,255}"),
        two in ("[0-9]{12}", "(us-east-1|eu-west-1|cn-north-1)", "[ -~é漢]{1,255}"),
        vary in 0..4_usize,
    ) {
        let alias = |of: &(String, String, String), state, arn| {
            mapped(&notification(&of.0, &of.1, &of.2, state, arn)).unwrap().action.alias
        };
        let raised = alias(&one, "ALARM", true);
        prop_assert_eq!(&raised, &alias(&one, "OK", true));
        prop_assert_eq!(&raised, &alias(&one, "ALARM", false));
        prop_assert_eq!(&raised, &alias(&one, "OK", false));
        // A second alarm that differs in one part alone, or in all.
        let mut other = one.clone();
        if vary == 0 || vary == 3 { other.0.clone_from(&two.0); }
        if vary == 1 || vary == 3 { other.1.clone_from(&two.1); }
        if vary == 2 || vary == 3 { other.2.clone_from(&two.2); }
        prop_assert_eq!(other == one, raised == alias(&other, "ALARM", true));
    }
}

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use trailbell_sim::alarms::{Alarms, HistoryKind, Outcome, StateChange};
use trailbell_sim::metrics::Metrics;

use super::support::{alarms, data, text, time};

/// Tags are shortened to a sentence in the recording.
fn with_tags(input: &Value) -> Value {
    let mut input = input.clone();
    if input["Tags"].is_string() {
        input["Tags"] = (0..51).map(|n| json!({"Key": format!("key{n}"), "Value": "v"})).collect();
    }
    input
}

#[test]
fn definitions_and_manual_states_behave_as_recorded() {
    let Some(file) = data("recorded/alarms.json") else { return };
    let (mut calls, mut left_out) = (0, 0);
    for scenario in file["controls"].as_array().unwrap() {
        let mut alarms = alarms();
        let steps = scenario["steps"].as_array().unwrap();
        for (place, step) in steps.iter().enumerate() {
            let (label, input) = (text(step, "label"), &step["input"]);
            let now = done_at(steps, place);
            let answer = match text(step, "op") {
                "PutMetricAlarm" => {
                    let alarm = serde_json::from_value(with_tags(input)).unwrap();
                    alarms.put_metric_alarm(alarm, now).map_err(|error| error.to_string())
                }
                "SetAlarmState" => {
                    let (name, state) =
                        (text(input, "AlarmName"), text(input, "StateValue").parse().unwrap());
                    let data = input["StateReasonData"].as_str();
                    let set = alarms.set_alarm_state(name, state, text(input, "StateReason"), data, now);
                    set.map(|_| ()).map_err(|error| error.to_string())
                }
                "DescribeAlarms" => {
                    describe(&alarms, step);
                    calls += 1;
                    continue;
                }
                "DescribeAlarmHistory" => {
                    history(&alarms, step);
                    calls += 1;
                    continue;
                }
                // Tag calls and the length of names in DeleteAlarms belong to an API, which is not here.
                _ => {
                    left_out += 1;
                    continue;
                }
            };
            let expected = step["error"].as_str().map(|error| error.split_once(": ").unwrap().1.to_owned());
            assert_eq!(answer.err(), expected, "{label}");
            calls += 1;
        }
    }
    println!("{calls} calls, {left_out} left out");
}

/// When AWS did it: as the next description tells.
fn done_at(steps: &[Value], place: usize) -> DateTime<Utc> {
    let key = match text(&steps[place], "op") {
        "SetAlarmState" => "StateTransitionedTimestamp",
        _ => "AlarmConfigurationUpdatedTimestamp",
    };
    let later = steps[place + 1..].iter().filter_map(|step| step["result"]["MetricAlarms"][0][key].as_str());
    later.map(time).next().unwrap_or_default()
}

fn describe(alarms: &Alarms, step: &Value) {
    let label = text(step, "label");
    for name in step["input"]["AlarmNames"].as_array().unwrap() {
        let expected = &step["result"]["MetricAlarms"][0];
        let Some(alarm) = alarms.get(name.as_str().unwrap()) else {
            assert!(expected.is_null(), "{label}");
            continue;
        };
        let record = alarm.state();
        assert_eq!(record.value.as_str(), text(expected, "StateValue"), "{label}");
        assert_eq!(record.reason, text(expected, "StateReason"), "{label}");
        assert_eq!(record.reason_data.as_deref(), expected["StateReasonData"].as_str(), "{label}");
        assert_eq!(record.updated, time(text(expected, "StateUpdatedTimestamp")), "{label}");
        assert_eq!(record.transitioned, time(text(expected, "StateTransitionedTimestamp")), "{label}");
        let configured = time(text(expected, "AlarmConfigurationUpdatedTimestamp"));
        assert_eq!(alarm.configuration_updated(), configured, "{label}");
        assert_eq!(alarm.actions_enabled(), expected["ActionsEnabled"].as_bool().unwrap(), "{label}");
        assert_eq!(alarm.definition().description(), expected["AlarmDescription"].as_str(), "{label}");
    }
}

/// The recorded history also has an alarm of the same name from before; its items are passed over.
fn history(alarms: &Alarms, step: &Value) {
    let name = text(&step["input"], "AlarmName");
    let items = alarms.get(name).unwrap().history();
    let items: Vec<_> = items.filter(|item| item.kind == HistoryKind::StateUpdate).collect();
    let recorded = step["result"]["AlarmHistoryItems"].as_array().unwrap();
    let recorded = &recorded[recorded.len() - items.len()..];
    assert!(!items.is_empty());
    for (item, expected) in items.iter().zip(recorded) {
        assert_eq!(item.timestamp, time(text(expected, "time")));
        assert_eq!(item.summary, text(expected, "summary"));
        assert_eq!(item.data, text(expected, "data"));
    }
}

/// An event of EventBridge tells what a change was.
fn check_event(change: &StateChange, event: &Value) {
    let detail = &event["detail"];
    for (record, expected) in [(&change.to, &detail["state"]), (&change.from, &detail["previousState"])] {
        assert_eq!(record.value.as_str(), text(expected, "value"));
        assert_eq!(record.reason, text(expected, "reason"));
        assert_eq!(record.reason_data.as_deref(), expected["reasonData"].as_str());
        assert_eq!(record.updated, time(text(expected, "timestamp")));
        let (by, why) = record.suppressed.as_ref().map(|(by, why)| (by.as_str(), why.as_str())).unzip();
        assert_eq!(by, expected["actionsSuppressedBy"].as_str());
        assert_eq!(why, expected["actionsSuppressedReason"].as_str());
    }
}

#[test]
fn suppressed_actions_are_let_go_when_and_as_recorded() {
    let Some(file) = data("recorded/alarms.json") else { return };
    let nothing = Metrics::new(TimeDelta::hours(1));
    for scenario in file["delivery"].as_array().unwrap() {
        if text(scenario, "label") != "suppression_releases" {
            continue;
        }
        let events = scenario["events"].as_array().unwrap();
        let recorded = scenario["action_history"].as_array().unwrap();
        let mut alarms = alarms();
        let (mut checked, mut actions) = (0, 0);
        let mut now = time("2026-09-14T06:41:38Z");
        let mut composite = String::new();
        for step in scenario["steps"].as_array().unwrap() {
            let expected: Vec<&Value> = step["new_events"]
                .as_array()
                .unwrap()
                .iter()
                .map(|place| &events[usize::try_from(place.as_u64().unwrap()).unwrap()])
                .collect();
            let at = |event: &&Value| time(text(&event["detail"]["state"], "timestamp"));
            // The source's own clock is not AWS's: the events tell when each thing happened.
            now = expected.iter().map(at).next().unwrap_or(now);
            let mut changes = Vec::new();
            match step["op"].as_str() {
                None if expected.is_empty() => continue,
                None => {}
                Some(op) => {
                    let input = step["input"].clone();
                    let name = text(&input, "AlarmName").to_owned();
                    // The child's state is older than the composite that names it.
                    let set_at = match (op, step["label"].as_str()) {
                        ("SetAlarmState", Some("manual-child-OK")) if composite.is_empty() => {
                            time("2026-09-14T06:41:40.710Z")
                        }
                        _ => now,
                    };
                    changes = match op {
                        "PutMetricAlarm" => alarms
                            .put_metric_alarm(serde_json::from_value(input).unwrap(), now)
                            .map(|()| Vec::new()),
                        "PutCompositeAlarm" => {
                            composite.clone_from(&name);
                            alarms.put_composite_alarm(serde_json::from_value(input).unwrap(), now)
                        }
                        _ => {
                            let state = text(&input, "StateValue").parse().unwrap();
                            alarms.set_alarm_state(&name, state, text(&input, "StateReason"), None, set_at)
                        }
                    }
                    .unwrap();
                }
            }
            changes.extend(alarms.evaluate(now, &nothing));
            let changes: Vec<_> = changes.iter().filter(|change| change.name() == composite).collect();
            assert_eq!(changes.len(), expected.len(), "{}", step["label"]);
            for (change, event) in changes.iter().zip(&expected) {
                check_event(change, event);
                checked += 1;
                for arn in &change.actions {
                    alarms.record_action(change, arn, None, Outcome::Succeeded, change.time());
                    actions += 1;
                }
            }
        }
        assert_eq!(checked, events.len());
        assert_eq!(actions, scenario["payloads"].as_array().unwrap().len());
        let history = alarms.get(&composite).unwrap().history();
        let taken: Vec<Value> = history
            .filter(|item| item.kind == HistoryKind::Action)
            .map(|item| serde_json::from_str(&item.data).unwrap())
            .collect();
        let expected: Vec<Value> = recorded.clone();
        assert_eq!(taken, expected);
        println!("{checked} events, {actions} actions, {} history items", taken.len());
    }
}

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;
use trailbell_sim::alarms::{Alarm, Alarms};
use trailbell_sim::metrics::Metrics;

use super::support::{alarms, at_millis, data, text, time};

/// How long after the start of a request AWS answered it, at most.
const SLACK: TimeDelta = TimeDelta::milliseconds(1_500);

/// The time at which AWS did what a step asked for: the first later one that a following observation tells of this
/// alarm, or the time of the request.
fn done_at(steps: &[Value], place: usize, short: &str) -> DateTime<Utc> {
    let requested = at_millis(steps[place]["at_ms"].as_i64().unwrap());
    let key = if steps[place]["op"] == "SetAlarmState" { "transitioned" } else { "configurationUpdated" };
    let seen = steps[place + 1..].iter().filter_map(|step| step["observed"][short][key].as_str()).map(time);
    seen.take(1).find(|seen| *seen >= requested && *seen <= requested + SLACK).unwrap_or(requested)
}

fn apply(alarms: &mut Alarms, step: &Value, now: DateTime<Utc>) -> Result<(), String> {
    let input = &step["input"];
    let definition = input.clone();
    match text(step, "op") {
        "PutMetricAlarm" => {
            let alarm = serde_json::from_value(definition).unwrap();
            alarms.put_metric_alarm(alarm, now).map_err(|error| error.to_string())
        }
        "PutCompositeAlarm" => {
            let alarm = serde_json::from_value(definition).unwrap();
            alarms.put_composite_alarm(alarm, now).map(|_| ()).map_err(|error| error.to_string())
        }
        "SetAlarmState" => {
            let (name, state) = (text(input, "AlarmName"), text(input, "StateValue").parse().unwrap());
            let set = alarms.set_alarm_state(name, state, text(input, "StateReason"), None, now);
            set.map(|_| ()).map_err(|error| error.to_string())
        }
        "DeleteAlarms" => {
            let names: Vec<&str> =
                input["AlarmNames"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
            alarms.delete_alarms(&names).map_err(|error| error.to_string())
        }
        other => panic!("unknown step: {other}"),
    }
}

fn check(alarm: &Alarm, expected: &Value, label: &str) {
    let record = alarm.state();
    assert_eq!(record.value.as_str(), text(expected, "state"), "{label}");
    assert_eq!(record.reason, text(expected, "reason"), "{label}");
    if let Some(reason_data) = expected.get("reasonData") {
        assert_eq!(record.reason_data.as_deref(), reason_data.as_str(), "{label}");
    }
    assert_eq!(record.updated, time(text(expected, "updated")), "{label}: updated");
    assert_eq!(record.transitioned, time(text(expected, "transitioned")), "{label}: transitioned");
    if let Some(configured) = expected["configurationUpdated"].as_str() {
        assert_eq!(alarm.configuration_updated(), time(configured), "{label}: configuration");
    }
    let (by, reason) = match &record.suppressed {
        Some((by, reason)) => (Some(by.as_str()), Some(reason.as_str())),
        None => (None, None),
    };
    assert_eq!(by, expected["suppressedBy"].as_str(), "{label}");
    assert_eq!(reason, expected["suppressedReason"].as_str(), "{label}");
}

#[test]
fn each_recorded_scenario_runs_as_it_did_at_aws() {
    let Some(file) = data("recorded/alarms.json") else { return };
    let nothing = Metrics::new(TimeDelta::hours(1));
    let (mut observations, mut refusals) = (0, 0);
    for scenario in file["composites"].as_array().unwrap() {
        let mut alarms = alarms();
        let names = scenario["names"].as_object().unwrap();
        let steps = scenario["steps"].as_array().unwrap();
        for (place, step) in steps.iter().enumerate() {
            let label = text(step, "label");
            if step["op"] == "DescribeAlarms" {
                alarms.evaluate(at_millis(step["at_ms"].as_i64().unwrap()) + SLACK, &nothing);
                for (short, expected) in step["observed"].as_object().unwrap() {
                    let alarm = alarms.get(names[short].as_str().unwrap());
                    check(
                        alarm.unwrap_or_else(|| panic!("{label}: no {short}")),
                        expected,
                        &format!("{label} {short}"),
                    );
                    observations += 1;
                }
                continue;
            }
            let changed = step["input"]["AlarmName"].as_str();
            let short = names
                .iter()
                .find(|(_, name)| name.as_str() == changed)
                .map_or("", |(short, _)| short.as_str());
            let now = done_at(steps, place, short);
            alarms.evaluate(now, &nothing);
            let answer = apply(&mut alarms, step, now);
            let expected = step["error"]
                .as_str()
                .map(|error| error.strip_prefix("ValidationError: ").unwrap().to_owned());
            assert_eq!(answer.err(), expected, "{label}");
            refusals += usize::from(step.get("error").is_some());
        }
    }
    println!("{observations} observations, {refusals} refusals");
}

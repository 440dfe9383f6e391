use serde_json::json;
use trailbell_sim::alarms::{AlarmState, Alarms};

use super::support::{alarms, at_millis, data, text};

const PREFIX: &str = "stackd-native-alarm-language-d77c5b69b4";

fn put_child(alarms: &mut Alarms, name: &str) {
    let alarm = json!({"AlarmName": name, "Namespace": "n", "MetricName": "m", "Statistic": "Sum", "Period": 60,
        "EvaluationPeriods": 1, "Threshold": 1, "ComparisonOperator": "GreaterThanThreshold"});
    alarms.put_metric_alarm(serde_json::from_value(alarm).unwrap(), at_millis(0)).unwrap();
}

fn put_rule(alarms: &mut Alarms, name: &str, rule: &str) -> Result<(), String> {
    let alarm = json!({"AlarmName": name, "AlarmRule": rule});
    let put = alarms.put_composite_alarm(serde_json::from_value(alarm).unwrap(), at_millis(0));
    put.map(|_| ()).map_err(|error| error.to_string())
}

#[test]
fn each_recorded_rule_is_accepted_or_refused_in_aws_s_words() {
    let Some(file) = data("recorded/alarms.json") else { return };
    let cases = file["rule_language"].as_array().unwrap();
    let mut wrong = Vec::new();
    for case in cases {
        let mut alarms = alarms();
        put_child(&mut alarms, &format!("{PREFIX}-metric"));
        put_child(&mut alarms, &format!("{PREFIX}-second"));
        let answer = put_rule(&mut alarms, &format!("{PREFIX}-composite"), text(case, "rule"));
        let expected = match case["error"].as_str() {
            Some(error) => Err(error.strip_prefix("ValidationError: ").unwrap().to_owned()),
            None => Ok(()),
        };
        if answer != expected {
            wrong.push(format!("{}\n  got      {answer:?}\n  expected {expected:?}", text(case, "label")));
        }
    }
    assert!(wrong.is_empty(), "{} of {} differ:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
    println!("{} rules", cases.len());
}

#[test]
fn rules_evaluate_as_the_recording_s_authors_derived() {
    let Some(file) = data("recorded/alarms.json") else { return };
    for case in file["derived_rules"].as_array().unwrap() {
        let mut alarms = alarms();
        for (name, state) in [("A", AlarmState::Alarm), ("B", AlarmState::Ok)] {
            put_child(&mut alarms, name);
            alarms.set_alarm_state(name, state, "", None, at_millis(0)).unwrap();
        }
        put_rule(&mut alarms, "composite", text(case, "rule")).unwrap();
        let state = alarms.get("composite").unwrap().state().value;
        assert_eq!(state.as_str(), text(case, "state"), "{}", case["rule"]);
    }
}

use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;
use serde_json::json;
use trailbell_sim::alarms::{AlarmState, Alarms, EvaluationRange, Home, Phase, Settings, StateChange};
use trailbell_sim::metrics::{MetricId, Metrics, Sample};

const TOPIC: &str = "arn:aws:sns:eu-west-1:123456789012:ops";
const STATES: [AlarmState; 3] = [AlarmState::Ok, AlarmState::Alarm, AlarmState::InsufficientData];

/// What can happen in a minute.
#[derive(Debug, Clone)]
enum Event {
    Sample(f64),
    Set(usize, usize),
    Enable(usize, bool),
    Nothing,
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        3 => (-2.0..4.0).prop_map(Event::Sample),
        1 => (0_usize..3, 0_usize..3).prop_map(|(alarm, state)| Event::Set(alarm, state)),
        1 => (0_usize..3, any::<bool>()).prop_map(|(alarm, enabled)| Event::Enable(alarm, enabled)),
        3 => Just(Event::Nothing),
    ]
}

const NAMES: [&str; 3] = ["metric", "suppressor", "composite"];

fn book(seed: u64, m: u32, n: u32, treat: &str, wait: u32) -> Alarms {
    let settings = Settings {
        home: Home::new("123456789012", "eu-west-1"),
        phase: Phase::Seeded(seed),
        range: EvaluationRange::default(),
    };
    let mut alarms = Alarms::new(settings);
    let start = DateTime::UNIX_EPOCH;
    for (name, operator) in [("metric", "GreaterThanThreshold"), ("suppressor", "LessThanThreshold")] {
        let alarm = json!({"AlarmName": name, "Namespace": "n", "MetricName": "m", "Statistic": "Sum", "Period": 60,
            "EvaluationPeriods": n, "DatapointsToAlarm": m, "Threshold": 1, "ComparisonOperator": operator,
            "TreatMissingData": treat, "AlarmActions": [TOPIC], "OKActions": [TOPIC]});
        alarms.put_metric_alarm(serde_json::from_value(alarm).unwrap(), start).unwrap();
    }
    let composite = json!({"AlarmName": "composite", "AlarmRule": "ALARM(metric) OR INSUFFICIENT_DATA(metric)",
        "AlarmActions": [TOPIC], "OKActions": [TOPIC], "ActionsSuppressor": "suppressor",
        "ActionsSuppressorWaitPeriod": wait, "ActionsSuppressorExtensionPeriod": 90});
    alarms.put_composite_alarm(serde_json::from_value(composite).unwrap(), start).unwrap();
    alarms
}

fn run(alarms: &mut Alarms, events: &[Event]) -> Vec<StateChange> {
    let metric = MetricId::new("n", "m", &[]);
    let mut metrics = Metrics::new(alarms.look_back());
    let mut changes = Vec::new();
    let mut now: DateTime<Utc> = DateTime::UNIX_EPOCH;
    for (minute, event) in (0..).zip(events) {
        let happens = DateTime::UNIX_EPOCH + TimeDelta::minutes(minute) + TimeDelta::seconds(17);
        while let Some(next) = alarms.next_evaluation(now).filter(|next| *next <= happens) {
            assert!(next > now, "time stands still");
            now = next;
            changes.extend(alarms.evaluate(now, &metrics));
        }
        match *event {
            Event::Sample(value) => {
                assert!(metrics.put(&Sample::new(metric.clone(), happens, value), happens));
            }
            Event::Set(alarm, state) => {
                changes.extend(
                    alarms.set_alarm_state(NAMES[alarm], STATES[state], "set", None, happens).unwrap(),
                );
            }
            Event::Enable(alarm, enabled) => {
                alarms.set_actions_enabled(NAMES[alarm], enabled, happens).unwrap();
            }
            Event::Nothing => {}
        }
    }
    changes
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn changes_form_a_chain_and_actions_run_only_when_they_may(
        events in proptest::collection::vec(event(), 1..60),
        seed in any::<u64>(),
        n in 1_u32..5,
        m in 1_u32..5,
        treat in proptest::sample::select(vec!["missing", "ignore", "breaching", "notBreaching"]),
        wait in 0_u32..200,
    ) {
        let mut alarms = book(seed, m.min(n), n, treat, wait);
        let changes = run(&mut alarms, &events);
        // The same input gives the same changes.
        prop_assert_eq!(&changes, &run(&mut book(seed, m.min(n), n, treat, wait), &events));
        for pair in changes.windows(2) {
            prop_assert!(pair[0].time() <= pair[1].time());
        }
        for name in NAMES {
            let own: Vec<_> = changes.iter().filter(|change| change.name() == name).collect();
            for pair in own.windows(2) {
                prop_assert_eq!(&pair[0].to, &pair[1].from);
            }
            if let Some(last) = own.last() {
                prop_assert_eq!(&last.to, alarms.get(name).unwrap().state());
            }
        }
        for change in &changes {
            let released = change.from.suppressed.is_some() && change.to.suppressed.is_none();
            prop_assert!(change.is_transition() || change.from.suppressed != change.to.suppressed);
            prop_assert!(change.actions.is_empty() || change.is_transition() || released);
            prop_assert!(change.actions.is_empty() || change.to.suppressed.is_none());
            prop_assert!(change.to.reason.chars().count() <= 1_023);
            let notification = change.notification();
            prop_assert!(notification.subject.len() <= 100);
            let message: serde_json::Value = serde_json::from_str(&notification.message).unwrap();
            prop_assert_eq!(message["NewStateValue"].as_str(), Some(change.to.value.as_str()));
            if let Some(data) = &change.to.reason_data {
                prop_assert!(serde_json::from_str::<serde_json::Value>(data).is_ok());
            }
            if change.name() == "composite" {
                prop_assert_ne!(change.to.transitioned == change.to.updated && change.to.value == AlarmState::InsufficientData
                    && change.to.reason != "set", true);
            }
        }
    }

    #[test]
    fn any_expression_is_read_or_refused(text in "[a-z0-9A-Z_ (),.+*/^<>=&|\\[\\]\"'-]{0,60}") {
        let alarm = json!({"AlarmName": "a", "EvaluationPeriods": 1, "Threshold": 1,
            "ComparisonOperator": "GreaterThanThreshold", "Metrics": [{"Id": "e1", "Expression": text, "Period": 60}]});
        let mut alarms = book(1, 1, 1, "missing", 0);
        let _ = alarms.put_metric_alarm(serde_json::from_value(alarm).unwrap(), DateTime::UNIX_EPOCH);
    }

    #[test]
    fn any_rule_is_read_or_refused(rule in "(TRUE|FALSE|AND|OR|NOT|ALARM|OK|AT_LEAST|\\(|\\)|,|\"|1|50%|metric| ){0,20}") {
        let alarm = json!({"AlarmName": "c", "AlarmRule": rule});
        let mut alarms = book(1, 1, 1, "missing", 0);
        let _ = alarms.put_composite_alarm(serde_json::from_value(alarm).unwrap(), DateTime::UNIX_EPOCH);
    }
}

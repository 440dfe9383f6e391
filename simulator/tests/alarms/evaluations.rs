use chrono::TimeDelta;
use trailbell_sim::alarms::{Alarms, MetricAlarm};
use trailbell_sim::metrics::Metrics;

use super::support::{as_doubles, data, publish, settings, text, time};

#[test]
fn each_recorded_evaluation_gives_the_recorded_state_reason_and_data() {
    let Some(file) = data("recorded/alarms.json") else { return };
    let cases = file["evaluation"].as_array().unwrap();
    for case in cases {
        let label = text(case, "label");
        let observed = &case["observed"][0];
        let now = time(text(observed, "time"));
        let before = now - TimeDelta::milliseconds(1);
        let phase = TimeDelta::milliseconds(now.timestamp_millis() % 60_000);
        let mut alarms = Alarms::new(settings("123456789012", phase));
        let alarm: MetricAlarm = serde_json::from_value(case["alarm"].clone()).unwrap();
        let name = alarm.alarm_name.clone();
        alarms.put_metric_alarm(alarm, before).unwrap_or_else(|error| panic!("{label}: {error}"));
        let prior = &case["prior"];
        let (state, reason) = (text(prior, "state").parse().unwrap(), text(prior, "reason"));
        alarms.set_alarm_state(&name, state, reason, None, before).unwrap();
        let mut metrics = Metrics::new(TimeDelta::hours(3));
        publish(&mut metrics, &case["alarm"], &case["inputs"], now);

        assert_eq!(alarms.next_evaluation(before), Some(now), "{label}");
        let changes = alarms.evaluate(now, &metrics);
        let record = alarms.get(&name).unwrap().state();
        assert_eq!(record.value.as_str(), text(observed, "state"), "{label}: {}", record.reason);
        assert_eq!(record.reason, text(observed, "reason"), "{label}");
        assert_eq!(changes.len(), usize::from(observed["state"] != prior["state"]), "{label}");
        if let Some(expected) = observed.get("reasonData") {
            let reason_data = record.reason_data.as_deref().unwrap();
            let keys =
                |value: &serde_json::Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
            let actual: serde_json::Value = serde_json::from_str(reason_data).unwrap();
            assert_eq!(as_doubles(&actual), as_doubles(expected), "{label}");
            assert_eq!(keys(&actual), keys(expected), "{label}");
        }
    }
    println!("{} evaluations", cases.len());
}

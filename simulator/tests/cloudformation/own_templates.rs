//! The project's own templates do what they promise.

use std::path::Path;

use serde_json::json;
use trailbell_sim::cloudformation::check::check;
use trailbell_sim::cloudformation::{ResourceKind, Stack};

use super::support::{contents, data, environment};

fn own(parameters: &str) -> Stack {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates/cloudtrail-alarms.yaml");
    Stack::read(&std::fs::read_to_string(path).unwrap(), &environment(parameters)).unwrap()
}

#[test]
fn every_alarm_tells_of_its_beginning_and_its_end() {
    let stack = own("Endpoint=https://pager.example/hook");
    assert_eq!(contents(&stack), "11 filter, 11 alarm, 1 topic, 1 subscription, 1 policy");
    assert_eq!(check(&stack), []);
    for alarm in stack.of_kind(ResourceKind::Alarm) {
        assert_eq!(alarm.properties["AlarmActions"], alarm.properties["OKActions"], "{}", alarm.name);
        assert_eq!(alarm.properties["TreatMissingData"], json!("notBreaching"), "{}", alarm.name);
    }
    for filter in stack.of_kind(ResourceKind::MetricFilter) {
        assert_eq!(
            filter.properties["MetricTransformations"][0]["DefaultValue"],
            json!(0),
            "{}",
            filter.logical_id
        );
        // Folded lines are one.
        assert!(
            !filter.properties["FilterPattern"].as_str().unwrap().contains('\n'),
            "{}",
            filter.logical_id
        );
    }
}

#[test]
fn the_protocol_follows_the_endpoint() {
    for (endpoint, protocol) in
        [("https://pager.example/hook", "https"), ("http://127.0.0.1:8080/sns", "http")]
    {
        let stack = own(&format!("Endpoint={endpoint}"));
        let subscription = stack.of_kind(ResourceKind::Subscription).next().unwrap();
        assert_eq!(subscription.properties["Protocol"], json!(protocol));
        assert_eq!(subscription.properties["Endpoint"], json!(endpoint));
    }
}

#[test]
fn it_has_every_alarm_of_the_published_template() {
    let Some(folder) = data("templates/opsgenie-integration") else { return };
    let file = "cloudtrail_CloudWatch_Alarms_for_CloudTrail_API_Activity_OpsGenie.json";
    let published = std::fs::read_to_string(folder.join(file)).unwrap();
    let published = Stack::read(&published, &environment("Endpoint=https://pager.example/hook")).unwrap();
    let own = own("Endpoint=https://pager.example/hook");
    let alarms = |stack: &Stack| {
        let alarms = stack.of_kind(ResourceKind::Alarm);
        alarms.map(|it| (it.name.clone(), it.properties["MetricName"].clone())).collect::<Vec<_>>()
    };
    for alarm in alarms(&published) {
        assert!(alarms(&own).contains(&alarm), "{alarm:?}");
    }
    // And every event of its filters.
    for filter in published.of_kind(ResourceKind::MetricFilter) {
        let pattern = filter.properties["FilterPattern"].as_str().unwrap();
        let same =
            own.of_kind(ResourceKind::MetricFilter).find(|it| it.logical_id == filter.logical_id).unwrap();
        let own_pattern = same.properties["FilterPattern"].as_str().unwrap();
        for word in
            pattern.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| word.len() > 5)
        {
            assert!(own_pattern.contains(word), "{}: {word}", filter.logical_id);
        }
    }
}

//! The published template of the integration, unmodified: each of its ten alarms fires, in the right minute and with
//! the right words, and none of them ever closes.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;
use trailbell_sim::cloudtrail::{self as generator, Appearance, Generator, Part};
use trailbell_sim::engine::Settings;

use crate::support::{data, generated, of_kind, play, stack, time};

const TEMPLATE: &str = "templates/opsgenie-integration/\
    cloudtrail_CloudWatch_Alarms_for_CloudTrail_API_Activity_OpsGenie.json";

/// Alarm, the event that it is for, how many of them it takes, and the other alarm that the same events raise.
pub(crate) const ALARMS: [(&str, &str, i32, Option<&str>); 10] = [
    ("CloudTrailSecurityGroupChanges", "AuthorizeSecurityGroupIngress", 1, None),
    ("CloudTrailNetworkAclChanges", "CreateNetworkAclEntry", 1, None),
    ("CloudTrailGatewayChanges", "AttachInternetGateway", 1, None),
    ("CloudTrailVpcChanges", "CreateVpcPeeringConnection", 1, None),
    ("CloudTrailEC2InstanceChanges", "StopInstances", 1, None),
    ("CloudTrailEC2LargeInstanceChanges", "RunInstances/8xlarge", 1, Some("CloudTrailEC2InstanceChanges")),
    ("CloudTrailChanges", "StopLogging", 1, None),
    ("CloudTrailConsoleSignInFailures", "ConsoleLogin/failed", 3, None),
    ("CloudTrailAuthorizationFailures", "iam:ListUsers/denied", 1, None),
    ("CloudTrailIAMPolicyChanges", "AttachUserPolicy", 1, None),
];

/// The trigger of the integration's sample payload (2018), to the byte.
const SAMPLE_TRIGGER: &str = concat!(
    r#""Trigger":{"MetricName":"CloudTrailEventCount","Namespace":"CloudTrailMetrics","StatisticType":"Statistic","#,
    r#""Statistic":"SUM","Unit":null,"Dimensions":[],"Period":300,"EvaluationPeriods":1,"#,
    r#""ComparisonOperator":"GreaterThanOrEqualToThreshold","Threshold":1.0,"TreatMissingData":"","#,
    r#""EvaluateLowSampleCountPercentile":""}}"#
);

fn minute(at: DateTime<Utc>) -> DateTime<Utc> {
    DateTime::from_timestamp(at.timestamp().div_euclid(60) * 60, 0).unwrap()
}

fn at(entry: &Value) -> DateTime<Utc> {
    time(entry["time"].as_str().unwrap())
}

#[test]
fn each_alarm_fires_in_the_right_minute_with_the_right_words_and_none_closes() {
    let Some(path) = data(TEMPLATE) else { return };
    let template = std::fs::read_to_string(path).unwrap();
    let (stack, environment) =
        stack(&template, &[("Endpoint", "https://api.example.org/v1/json/cloudwatch")]);
    let latency = TimeDelta::seconds(200);
    let settings = Settings { environment, seed: 3, latency: Some(latency), ..Settings::default() };
    let start = time("2026-09-22T19:00:00Z");
    let hours = |place: usize| TimeDelta::hours(1) * i32::try_from(place).unwrap();
    let mut events = Vec::new();
    let mut firsts = Vec::new();
    for (place, (_, event, count, _)) in ALARMS.into_iter().enumerate() {
        let own = generated(event, count, start + hours(place), TimeDelta::minutes(20));
        assert_eq!(own.len(), usize::try_from(count).unwrap());
        firsts.push(own[0].0);
        events.extend(own);
    }
    let all = play(&stack, &settings, &events, (start, start + TimeDelta::days(1)));
    for (place, (alarm, _, count, other)) in ALARMS.into_iter().enumerate() {
        let during = start + hours(place)..start + hours(place + 1);
        let entries: Vec<Value> = all.iter().filter(|entry| during.contains(&at(entry))).cloned().collect();
        let changes = of_kind(&entries, "state_change");
        let of = |name: &str| -> Vec<&Value> {
            changes.iter().copied().filter(|change| change["alarm"] == name).collect()
        };
        let own = of(alarm);
        assert_eq!(changes.len(), own.len() + other.map_or(0, |other| of(other).len()), "{changes:#?}");

        // The logs have the event after the latency; the minute in which they have it is whole a minute later, and
        // the newest window of five minutes that ends there is the first with the event.
        let logged = minute(firsts[place] + latency);
        let fired = at(own[0]);
        assert_eq!(minute(fired), logged + TimeDelta::minutes(1), "{alarm} fired at {fired}");
        let window = (logged - TimeDelta::minutes(4)).format("%d/%m/%y %H:%M:%S");
        let reason = format!(
            "Threshold Crossed: 1 datapoint [{count}.0 ({window})] was greater than or equal to the threshold \
             ({count}.0)."
        );
        assert_eq!(own[0]["reason"], reason);

        // It falls back to having no data, which is no OK: nothing tells the pager that it is over.
        let states: Vec<&str> = own.iter().map(|change| change["to"].as_str().unwrap()).collect();
        assert_eq!(states, ["ALARM", "INSUFFICIENT_DATA"]);
        assert_eq!(own[1]["reason"], "Insufficient Data: 1 datapoint was unknown.");

        let notifications = of_kind(&entries, "notification");
        assert_eq!(notifications.len(), 1 + usize::from(other.is_some()), "{alarm}");
        let subject = format!("ALARM: \"{alarm}\" in US East (N. Virginia)");
        let own = notifications.iter().find(|notification| notification["subject"] == subject).unwrap();
        let envelope = &own["envelope"];
        assert_eq!(
            (envelope["Type"].as_str(), envelope["Subject"].as_str()),
            (Some("Notification"), Some(&*subject))
        );
        let message: Value = serde_json::from_str(envelope["Message"].as_str().unwrap()).unwrap();
        assert_eq!(
            (message["NewStateReason"].as_str(), message["AlarmName"].as_str()),
            (Some(&*reason), Some(alarm))
        );
        assert_eq!(message["OldStateValue"], "INSUFFICIENT_DATA");
        assert_eq!(message["OKActions"], serde_json::json!([]));
        if alarm == "CloudTrailChanges" {
            let text = envelope["Message"].as_str().unwrap();
            assert!(text.ends_with(SAMPLE_TRIGGER), "{text}");
        }
    }
    let oks = of_kind(&all, "state_change").into_iter().filter(|change| change["to"] == "OK").count();
    assert_eq!(oks, 0);
}

/// The alarm wants three failures within five minutes, and CloudTrail delivers them scattered over a quarter of an hour.
#[test]
fn the_story_of_failed_sign_ins_fires_however_its_events_are_delivered() {
    const TIMES: i32 = 100;
    let Some(path) = data(TEMPLATE) else { return };
    let template = std::fs::read_to_string(path).unwrap();
    let (stack, environment) = stack(&template, &[("Endpoint", "https://api.example.org/")]);
    let start = time("2026-09-22T19:00:00Z");
    let begin = |number: i32| start + TimeDelta::minutes(40) * number;
    let part = Part::story("failed-logins").unwrap();
    let appearance = |number: i32| Appearance { part, after: Some(begin(number) - start) };
    let story = generator::Settings {
        start,
        duration: begin(TIMES) - start,
        rate: 0.0,
        cast: (0..TIMES).map(appearance).collect(),
        ..generator::Settings::default()
    };
    let events: Vec<_> = Generator::new(&story).map(|event| (event.time, event.text)).collect();
    let settings = Settings { environment, seed: 4, ..Settings::default() };
    let all = play(&stack, &settings, &events, (start, begin(TIMES)));
    let fired: Vec<_> = of_kind(&all, "notification")
        .into_iter()
        .filter(|entry| {
            entry["subject"] == "ALARM: \"CloudTrailConsoleSignInFailures\" in US East (N. Virginia)"
        })
        .map(at)
        .collect();
    for number in 0..TIMES {
        let during = begin(number)..begin(number + 1);
        assert!(fired.iter().any(|at| during.contains(at)), "not for the story of {}", begin(number));
    }
}

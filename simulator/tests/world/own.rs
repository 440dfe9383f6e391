//! The project's own template: each alarm fires, and each closes.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;
use trailbell_sim::engine::{Answer, Entry, Settings, Subscriber, World};
use trailbell_sim::sns::{Attempt, SigningCertificate};

use crate::published::ALARMS;
use crate::support::{generated, of_kind, play, stack, time};

const TEMPLATE: &str = include_str!("../../templates/cloudtrail-alarms.yaml");

#[test]
fn each_alarm_fires_and_closes() {
    let (stack, environment) = stack(TEMPLATE, &[("Endpoint", "https://alerts.example.org/")]);
    // Scattered deliveries could keep three failed sign-ins out of one window of five minutes.
    let latency = Some(TimeDelta::minutes(4));
    let settings = Settings { environment, seed: 5, latency, ..Settings::default() };
    let start = time("2026-09-22T19:00:00Z");
    let bucket = ("CloudTrailS3BucketChanges", "PutBucketPolicy", 1, None);
    let alarms: Vec<_> = ALARMS.into_iter().chain([bucket]).collect();
    let mut events = Vec::new();
    let mut count = 0;
    for (place, (_, event, times, _)) in alarms.iter().enumerate() {
        // Half an hour for each, so that one story ends before the next one begins.
        let after = TimeDelta::minutes(30) * i32::try_from(place).unwrap();
        events.extend(generated(event, *times, start + after, TimeDelta::minutes(5)));
        count += times;
    }
    assert_eq!(events.len(), usize::try_from(count).unwrap());
    let entries = play(&stack, &settings, &events, (start, start + TimeDelta::hours(12)));
    for (place, (alarm, ..)) in alarms.iter().enumerate() {
        let states: Vec<&str> = of_kind(&entries, "state_change")
            .into_iter()
            .filter(|change| change["alarm"] == *alarm)
            .map(|change| change["to"].as_str().unwrap())
            .collect();
        let begun = start + TimeDelta::minutes(30) * i32::try_from(place).unwrap();
        let raised = of_kind(&entries, "notification").into_iter().find(|notification| {
            notification["subject"] == format!("ALARM: \"{alarm}\" in US East (N. Virginia)")
                && time(notification["time"].as_str().unwrap()) > begun
        });
        let closed = of_kind(&entries, "notification").into_iter().find(|notification| {
            notification["subject"] == format!("OK: \"{alarm}\" in US East (N. Virginia)")
                && Some(at(notification)) > raised.map(at)
        });
        let (raised, closed) = (at(raised.expect(alarm)), at(closed.expect(alarm)));
        // Two alarms watch for RunInstances.
        assert!(
            matches!(states.as_slice(), ["OK", "ALARM", "OK"] | ["OK", "ALARM", "OK", "ALARM", "OK"]),
            "{states:?}"
        );
        assert!(raised - begun < TimeDelta::minutes(20), "{alarm} takes {}", raised - begun);
        // In a log without other events the last datapoint stays in sight for the whole evaluation range.
        assert!(closed - raised <= TimeDelta::minutes(15), "{alarm} is open for {}", closed - raised);
    }
}

/// A subscriber that looks whether it could check what it gets.
#[derive(Default)]
struct Checking {
    served: Vec<String>,
    signed_under: Vec<String>,
}

impl Subscriber for Checking {
    fn served(&mut self, certificates: &[SigningCertificate]) {
        self.served = certificates.iter().map(|certificate| certificate.path.clone()).collect();
    }

    fn receive(&mut self, attempt: &Attempt, now: DateTime<Utc>) -> Answer {
        let body: Value = serde_json::from_slice(&attempt.parcel.delivery.body).unwrap();
        let url = body["SigningCertURL"].as_str().unwrap();
        assert!(self.served.iter().any(|path| url.ends_with(path)), "{url} is not served at {now}");
        self.signed_under.push(url.to_owned());
        Answer::status(200, TimeDelta::milliseconds(50))
    }
}

#[test]
fn a_certificate_is_served_before_what_is_signed_under_it_comes() {
    let (stack, environment) = stack(TEMPLATE, &[("Endpoint", "https://alerts.example.org/")]);
    let faults =
        vec!["rotated-key,from=+30s".parse().unwrap(), "expired-certificate,from=+45s".parse().unwrap()];
    let settings = Settings { environment, deliver: true, faults, ..Settings::default() };
    let start = time("2026-09-22T19:00:00Z");
    let mut world = World::new(&stack, &settings, start).unwrap();
    let mut subscriber = Checking::default();
    // Within a minute each new alarm says OK, under one of the three.
    world.run(start + TimeDelta::minutes(2), &mut subscriber, &mut |_: Entry| ()).unwrap();
    subscriber.signed_under.dedup();
    assert_eq!(subscriber.signed_under.len(), 3);
}

fn at(entry: &Value) -> DateTime<Utc> {
    time(entry["time"].as_str().unwrap())
}

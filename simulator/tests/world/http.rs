//! A virtual world that delivers to a real endpoint.

use chrono::TimeDelta;
use serde_json::Value;
use tokio::runtime::Handle;
use trailbell_sim::engine::{Entry, OverHttp, Settings, Simulated, Subscriber, Subscribing, World};
use trailbell_sim::sns::Poster;

use crate::support::{Receiver, generated, stack, time};

const TEMPLATE: &str = include_str!("../../templates/cloudtrail-alarms.yaml");

/// The timeline of half a day in which a trail is stopped and its end is told to `endpoint`.
fn story(endpoint: &str, subscriber: &mut dyn Subscriber) -> Vec<Value> {
    let (stack, environment) = stack(TEMPLATE, &[("Endpoint", "https://alerts.example.org/")]);
    let subscribing = Subscribing { endpoint: Some(endpoint.to_owned()), ask: false };
    let faults = vec!["duplicate,from=+10m".parse().unwrap()];
    let settings =
        Settings { environment, seed: 9, subscribing, deliver: true, faults, ..Settings::default() };
    let start = time("2026-09-22T19:00:00Z");
    let mut world = World::new(&stack, &settings, start).unwrap();
    let mut entries = Vec::new();
    let mut sink = |entry: Entry| entries.push(serde_json::to_value(&entry).unwrap());
    for (at, record) in generated("StopLogging", 1, start, TimeDelta::minutes(20)) {
        world.run(at, subscriber, &mut sink).unwrap();
        world.event(&record, at).unwrap();
    }
    world.run(start + TimeDelta::hours(1), subscriber, &mut sink).unwrap();
    entries
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_real_endpoint_gets_what_the_timeline_says_and_the_timeline_is_that_of_a_simulated_one() {
    let receiver = Receiver::start().await;
    let (url, runtime) = (receiver.url(), Handle::current());
    let over_http = tokio::task::spawn_blocking(move || {
        story(&url, &mut OverHttp::new(runtime, Poster::new("").unwrap(), 9))
    });
    let real = over_http.await.unwrap();
    // Eleven new alarms say OK; the twelfth and thirteenth message, ALARM and OK, are delivered twice.
    let bodies = receiver.bodies(15).await;
    assert_eq!(bodies.len(), 15);
    assert_eq!(bodies[11], bodies[12]);
    assert_eq!(bodies[11]["Subject"], "ALARM: \"CloudTrailChanges\" in US East (N. Virginia)");
    let told: Vec<&Value> =
        real.iter().filter(|entry| entry["kind"] == "notification").map(|entry| &entry["envelope"]).collect();
    assert_eq!(told[11], &bodies[11]);

    let url = receiver.url();
    let simulated = tokio::task::spawn_blocking(move || story(&url, &mut Simulated::new(9))).await.unwrap();
    // The receiver's answers have a body.
    let without_responses = |mut entries: Vec<Value>| {
        for entry in &mut entries {
            entry["log"]["delivery"]["providerResponse"] = Value::Null;
        }
        entries
    };
    assert_eq!(without_responses(real), without_responses(simulated));
}

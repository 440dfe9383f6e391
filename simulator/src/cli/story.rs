//! What `run` plays: events, a world, and what is expected of it.

use std::path::PathBuf;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Map, Value, json};
use trailbell_sim::cloudformation::Environment;
use trailbell_sim::engine::{Expectation, Fault, Told, When};

use super::Failure;

/// What is played.
pub(super) struct Story {
    pub(super) template: PathBuf,
    pub(super) environment: Environment,
    pub(super) files: Vec<PathBuf>,
    pub(super) told: Vec<(DateTime<Utc>, String)>,
    pub(super) start: Option<DateTime<Utc>>,
    pub(super) until: Option<When>,
    pub(super) seed: u64,
    pub(super) latency: Option<TimeDelta>,
    pub(super) faults: Vec<Fault>,
    pub(super) deliver: bool,
    pub(super) expect: Expectation,
}

/// The records of a scenario's own events, complete enough to be matched.
pub(super) fn told(events: &[Told], start: DateTime<Utc>) -> Result<Vec<(DateTime<Utc>, String)>, Failure> {
    let mut records = Vec::new();
    for event in events {
        for number in 0..event.times {
            let at = event.at.in_world(start)
                + TimeDelta::seconds(i64::from(event.every_seconds) * i64::from(number));
            let mut record: Map<String, Value> = event.record.clone().into_iter().collect();
            for (key, value) in [
                ("eventVersion", json!("1.11")),
                ("eventTime", json!(at.format("%Y-%m-%dT%H:%M:%SZ").to_string())),
                ("eventType", json!("AwsApiCall")),
                ("eventCategory", json!("Management")),
            ] {
                record.entry(key).or_insert(value);
            }
            records.push((at, serde_json::to_string(&record)?));
        }
    }
    Ok(records)
}

//! Real logs through templates that other people wrote: without an error, and with the counts of an independent
//! evaluator.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;
use serde_json::value::RawValue;
use trailbell_sim::cloudformation::{Environment, ResourceKind, Stack};
use trailbell_sim::cloudtrail::Archive;
use trailbell_sim::engine::{Entry, Settings, Simulated, World};

use crate::support::data;

const TEMPLATES: [(&str, &[(&str, &str)]); 3] = [
    (
        "templates/opsgenie-integration/cloudtrail_CloudWatch_Alarms_for_CloudTrail_API_Activity_OpsGenie.json",
        &[("Endpoint", "https://example.org/")],
    ),
    (
        "templates/riponbanik-aws-cis/CloudWatch_Alarms_for_CloudTrail_API_Activity.json",
        &[("LogGroupName", "CloudTrail/DefaultLogGroup"), ("Email", "ops@example.org")],
    ),
    ("templates/widdix-aws-cf-templates/security_cloudtrail.yaml", &[]),
];

/// Name in the table of counts, file, and whether an event stands in a wrapper.
const CORPORA: [(&str, &str, bool); 4] = [
    ("sans504-s3-ransomware", "cloudtrail/sans504-s3-ransomware/events_delivery_order.jsonl.gz", false),
    ("traildiscover", "cloudtrail/traildiscover/events.jsonl.gz", false),
    ("aws-docs", "cloudtrail/aws-docs/events_with_source.jsonl.gz", true),
    ("panther", "cloudtrail/panther-analysis/rule_test_events.jsonl", true),
];

/// The events of a corpus in the order of time; those without one come at the first time of all.
fn events(file: &str, wrapped: bool) -> Option<Vec<(DateTime<Utc>, String)>> {
    let mut events = Vec::new();
    for record in Archive::open(&[data(file)?]).unwrap() {
        let record = record.unwrap();
        let text = if wrapped {
            let outer: HashMap<&str, &RawValue> = serde_json::from_str(&record.text).unwrap();
            outer["event"].get().to_owned()
        } else {
            record.text
        };
        let time = serde_json::from_str::<Value>(&text).unwrap()["eventTime"]
            .as_str()
            .and_then(|text| text.parse::<DateTime<Utc>>().ok());
        events.push((time, text));
    }
    let first = events.iter().filter_map(|(time, _)| *time).min().unwrap();
    let mut events: Vec<_> = events.into_iter().map(|(time, text)| (time.unwrap_or(first), text)).collect();
    events.sort_by_key(|(time, _)| *time);
    Some(events)
}

/// Pattern, without blanks → corpus → how many events match.
fn expected() -> Option<HashMap<String, Value>> {
    let table: Value =
        serde_json::from_str(&std::fs::read_to_string(data("expected_counts.json")?).unwrap()).unwrap();
    let rows = table["results"].as_array().unwrap().iter();
    Some(rows.map(|row| (squeezed(row["pattern"].as_str().unwrap()), row["matches"].clone())).collect())
}

fn squeezed(pattern: &str) -> String {
    pattern.chars().filter(|letter| !letter.is_whitespace()).collect()
}

#[test]
fn real_logs_run_through_templates_and_each_filter_counts_as_another_evaluator_does() {
    let Some(expected) = expected() else { return };
    let mut compared = 0;
    for (corpus, file, wrapped) in CORPORA {
        let Some(events) = events(file, wrapped) else { return };
        for (template, parameters) in TEMPLATES {
            let Some(path) = data(template) else { return };
            let parameters = parameters.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
            let environment = Environment { parameters: parameters.collect(), ..Environment::default() };
            let stack = Stack::read(&std::fs::read_to_string(path).unwrap(), &environment).unwrap();
            let patterns: HashMap<&str, &str> = stack
                .of_kind(ResourceKind::MetricFilter)
                .map(|filter| {
                    let metric = &filter.properties["MetricTransformations"][0]["MetricName"];
                    (metric.as_str().unwrap(), filter.properties["FilterPattern"].as_str().unwrap())
                })
                .collect();
            let settings = Settings { environment, deliver: true, ..Settings::default() };
            // Corpora hold samples of many years; what is between them is left out.
            let start = events[0].0 - TimeDelta::minutes(10);
            let mut world = World::new(&stack, &settings, start).unwrap();
            let mut count = 0_u64;
            let mut sink = |_: Entry| count += 1;
            let mut subscriber = Simulated::new(0);
            let mut now = start;
            let mut last = events[0].0;
            for (at, record) in &events {
                now += (*at - last).min(TimeDelta::minutes(30));
                last = *at;
                world.run(now, &mut subscriber, &mut sink).unwrap();
                world.event(record, now).unwrap();
            }
            world.run(now + TimeDelta::hours(1), &mut subscriber, &mut sink).unwrap();
            // Each match is one sample of 1, and none is made up in between.
            let fed: HashMap<&str, f64> =
                world.stages().fed().map(|fed| (fed.metric.name(), fed.sum)).collect();
            for (metric, pattern) in patterns {
                let Some(row) = expected.get(&squeezed(pattern)) else { continue };
                let matches = fed.get(metric).copied().unwrap_or_default();
                assert_eq!(row[corpus].as_f64(), Some(matches), "{template}: {metric} in {corpus}");
                compared += 1;
            }
        }
    }
    assert!(compared >= 60, "only {compared} counts are compared");
}

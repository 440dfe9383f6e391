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

type Told = Vec<(DateTime<Utc>, String)>;

/// The events of a corpus in the order of time; those without one come at the first time of all.
fn events(file: &str, wrapped: bool) -> Option<Told> {
    let mut events = Vec::new();
    for record in Archive::open(&[data(file)?]).unwrap() {
        let record = record.unwrap();
        if wrapped {
            let outer: HashMap<&str, &RawValue> = serde_json::from_str(&record.text).unwrap();
            let text = outer["event"].get().to_owned();
            let time = serde_json::from_str::<Value>(&text).unwrap()["eventTime"]
                .as_str()
                .and_then(|text| text.parse::<DateTime<Utc>>().ok());
            events.push((time, text));
        } else {
            events.push((record.head.event_time, record.text));
        }
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

/// A template with the worlds' settings, and its patterns by metric.
fn template(
    file: &str,
    parameters: &[(&str, &str)],
) -> Option<(Stack, Environment, HashMap<String, String>)> {
    let parameters = parameters.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
    let environment = Environment { parameters: parameters.collect(), ..Environment::default() };
    let stack = Stack::read(&std::fs::read_to_string(data(file)?).unwrap(), &environment).unwrap();
    let patterns = stack.of_kind(ResourceKind::MetricFilter).map(|filter| {
        let metric = &filter.properties["MetricTransformations"][0]["MetricName"];
        let pattern = &filter.properties["FilterPattern"];
        (metric.as_str().unwrap().to_owned(), pattern.as_str().unwrap().to_owned())
    });
    let patterns = patterns.collect();
    Some((stack, environment, patterns))
}

/// What each metric was fed so far. Each match is one sample of 1, and none is made up in between.
fn fed(world: &World) -> HashMap<String, f64> {
    world.stages().fed().map(|fed| (fed.metric.name().to_owned(), fed.sum)).collect()
}

#[test]
fn real_logs_run_through_templates_and_each_filter_counts_as_another_evaluator_does() {
    let Some(expected) = expected() else { return };
    let corpora = CORPORA.map(|(corpus, file, wrapped)| Some((corpus, events(file, wrapped)?)));
    let corpora: Vec<_> = corpora.into_iter().flatten().collect();
    let templates = TEMPLATES.map(|(file, parameters)| Some((file, template(file, parameters)?)));
    let templates: Vec<_> = templates.into_iter().flatten().collect();
    if (corpora.len(), templates.len()) != (CORPORA.len(), TEMPLATES.len()) {
        return;
    }
    let compared: usize = std::thread::scope(|scope| {
        let playing = templates
            .iter()
            .map(|(file, template)| scope.spawn(|| play(file, template, &corpora, &expected)))
            .collect::<Vec<_>>();
        playing.into_iter().map(|playing| playing.join().unwrap()).sum()
    });
    assert!(compared >= 60, "only {compared} counts are compared");
}

/// Plays all corpora in one world, one after the other, and says how many counts were compared.
fn play(
    file: &str,
    (stack, environment, patterns): &(Stack, Environment, HashMap<String, String>),
    corpora: &[(&str, Told)],
    expected: &HashMap<String, Value>,
) -> usize {
    let settings = Settings { environment: environment.clone(), deliver: true, ..Settings::default() };
    let mut now = corpora[0].1[0].0 - TimeDelta::minutes(10);
    let mut world = World::new(stack, &settings, now).unwrap();
    let (mut subscriber, mut sink) = (Simulated::new(0), |_: Entry| ());
    let (mut before, mut compared) = (HashMap::new(), 0);
    for (corpus, events) in corpora {
        let mut last = events[0].0;
        for (at, record) in events {
            // Corpora hold samples of many years; what is between them is left out.
            now += (*at - last).min(TimeDelta::minutes(30));
            last = *at;
            world.run(now, &mut subscriber, &mut sink).unwrap();
            world.event(record, now).unwrap();
        }
        now += TimeDelta::hours(1);
        world.run(now, &mut subscriber, &mut sink).unwrap();
        let after = fed(&world);
        for (metric, pattern) in patterns {
            let Some(row) = expected.get(&squeezed(pattern)) else { continue };
            let of = |counts: &HashMap<String, f64>| counts.get(metric).copied().unwrap_or_default();
            let matches = of(&after) - of(&before);
            assert_eq!(row[*corpus].as_f64(), Some(matches), "{file}: {metric} in {corpus}");
            compared += 1;
        }
        before = after;
    }
    compared
}

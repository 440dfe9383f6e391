//! Real events through metric filters, against the counts of an independent evaluator.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde_json::value::RawValue;
use serde_json::{Value, json};
use trailbell_sim::logs::{LogEvent, LogGroup, Logs, MAX_BATCH_BYTES, MAX_BATCH_EVENTS};

use crate::support;

/// Name in the table of counts, file, and whether an event stands in a wrapper.
const CORPORA: [(&str, &str, bool); 4] = [
    ("sans504-s3-ransomware", "cloudtrail/sans504-s3-ransomware/events_delivery_order.jsonl.gz", false),
    ("traildiscover", "cloudtrail/traildiscover/events.jsonl.gz", false),
    ("aws-docs", "cloudtrail/aws-docs/events_with_source.jsonl.gz", true),
    ("panther", "cloudtrail/panther-analysis/rule_test_events.jsonl", true),
];
/// What an event counts beside its message, in bytes.
const EVENT_OVERHEAD: usize = 26;
const STREAM: &str = "s";
/// A group may have a hundred filters, so the patterns are shared out.
const FILTERS: usize = 60;

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_105_220, 0).unwrap()
}

/// The events of a corpus as log events, in batches.
fn batches(file: &str, wrapped: bool) -> Option<Vec<Vec<LogEvent<'static>>>> {
    let mut batches = Vec::new();
    let mut batch = Vec::new();
    let mut bytes = 0;
    for record in support::events(file)? {
        let message = if wrapped {
            let mut outer: BTreeMap<&str, &RawValue> = serde_json::from_str(&record.text).unwrap();
            outer.remove("event").unwrap().get().to_owned()
        } else {
            record.text
        };
        let size = message.len() + EVENT_OVERHEAD;
        if bytes + size > MAX_BATCH_BYTES || batch.len() == MAX_BATCH_EVENTS {
            batches.push(std::mem::take(&mut batch));
            bytes = 0;
        }
        bytes += size;
        batch.push(LogEvent { timestamp: now(), message: message.into() });
    }
    batches.push(batch);
    Some(batches)
}

/// A log group for each so many patterns, with a filter for each that publishes 1 to a metric of its number.
fn logs(patterns: &[&str]) -> Logs {
    let mut logs = Logs::new("123456789012", "us-east-1");
    for (number, pattern) in patterns.iter().enumerate() {
        let group = format!("g{}", number / FILTERS);
        if number % FILTERS == 0 {
            logs.create_log_group(&LogGroup::named(&group)).unwrap();
            logs.create_log_stream(&group, STREAM).unwrap();
        }
        let transformation =
            json!({"MetricName": number.to_string(), "MetricNamespace": "n", "MetricValue": "1"});
        let filter = json!({
            "LogGroupName": group,
            "FilterPattern": pattern,
            "MetricTransformations": [transformation],
        });
        logs.put_metric_filter(&serde_json::from_value(filter).unwrap()).unwrap();
    }
    logs
}

#[test]
fn every_filter_publishes_as_often_as_another_evaluator_counts() {
    let Some(table) = support::json("expected_counts.json") else { return };
    let rows: &Vec<Value> = table["results"].as_array().unwrap();
    let patterns: Vec<&str> = rows.iter().map(|row| row["pattern"].as_str().unwrap()).collect();
    let mut compared = 0;
    for (corpus, file, wrapped) in CORPORA {
        let Some(batches) = batches(file, wrapped) else { return };
        let mut logs = logs(&patterns);
        let groups: Vec<String> = logs.log_groups().map(str::to_owned).collect();
        let mut counts = vec![0_u64; patterns.len()];
        for batch in &batches {
            for group in &groups {
                let mut samples = Vec::new();
                let ingested = logs.put_log_events(group, STREAM, now(), batch, &mut samples).unwrap();
                assert_eq!(ingested.accepted, batch.len());
                for sample in samples {
                    assert!((sample.value - 1.0).abs() < f64::EPSILON, "{sample:?}");
                    counts[sample.metric.name.parse::<usize>().unwrap()] += 1;
                }
            }
        }
        for (row, count) in rows.iter().zip(counts) {
            assert_eq!(row["matches"][corpus].as_u64(), Some(count), "{}: {}", corpus, row["pattern"]);
            compared += 1;
        }
    }
    assert_eq!(compared, 4 * 104);
}

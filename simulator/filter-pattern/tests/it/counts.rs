//! How many real CloudTrail events each pattern matches, against an evaluator that others wrote in Python.

use std::path::Path;

use cloudwatch_filter_pattern::{FilterPattern, PatternSet};
use serde_json::Value;

use crate::real_data;

/// The events of a corpus, as text. The wrapped ones keep the order of their members.
fn events(folder: &Path, corpus: &str) -> Vec<String> {
    let cloudtrail = folder.join("cloudtrail");
    let wrapped = |lines: Vec<String>| lines.iter().map(|line| event_of(line).to_owned()).collect();
    match corpus {
        "sans504-s3-ransomware" => {
            real_data::lines(&cloudtrail.join("sans504-s3-ransomware/events_delivery_order.jsonl.gz"))
        }
        "traildiscover" => real_data::lines(&cloudtrail.join("traildiscover/events.jsonl.gz")),
        "aws-docs" => wrapped(real_data::lines(&cloudtrail.join("aws-docs/events_with_source.jsonl.gz"))),
        "panther" => wrapped(real_data::lines(&cloudtrail.join("panther-analysis/rule_test_events.jsonl"))),
        _ => panic!("unknown corpus {corpus}"),
    }
}

/// The event in `{..., "event": {...}}`, which is the last member.
fn event_of(line: &str) -> &str {
    let start = line.find("\"event\":").unwrap() + "\"event\":".len();
    let event = line[start..].trim().strip_suffix('}').unwrap().trim();
    assert!(serde_json::from_str::<Value>(event).unwrap().is_object());
    event
}

/// Pattern, corpus, our count, and why it is not the other one.
const EXPLAINED: [(&str, &str, usize, &str); 0] = [];

#[test]
fn counts_agree_or_the_difference_is_explained() {
    let Some(folder) = real_data::folder() else {
        return;
    };
    let expected = real_data::json(&folder.join("expected_counts.json"));
    let results = expected["results"].as_array().unwrap();
    let set = PatternSet::new(
        results.iter().map(|result| FilterPattern::parse(result["pattern"].as_str().unwrap()).unwrap()),
    );
    let mut compared = 0;
    let mut differences = Vec::new();
    for corpus in ["sans504-s3-ransomware", "traildiscover", "aws-docs", "panther"] {
        let mut counts = vec![0_usize; results.len()];
        let mut matcher = set.matcher();
        for event in events(&folder, corpus) {
            matcher.matches(&event).iter().for_each(|&pattern| counts[pattern] += 1);
        }
        for (result, count) in results.iter().zip(counts) {
            let pattern = result["pattern"].as_str().unwrap();
            let explained = EXPLAINED.iter().find(|(text, name, ..)| *text == pattern && *name == corpus);
            let expected =
                explained.map_or_else(|| result["matches"][corpus].as_u64().unwrap(), |row| row.2 as u64);
            compared += 1;
            if count as u64 != expected {
                differences.push(format!("{corpus}: {count} instead of {expected}: {pattern}"));
            }
        }
    }
    eprintln!("counts compared: {compared}");
    assert!(differences.is_empty(), "{}", differences.join("\n"));
    assert_eq!(compared, 4 * results.len());
}

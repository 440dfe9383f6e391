//! Every case and every pattern that AWS was asked about.

use std::collections::BTreeMap;

use cloudwatch_filter_pattern::{Extracted, FilterPattern, PatternSet, Selector};
use serde_json::Value;

use crate::real_data;

/// What a case of the file says.
struct Case {
    pattern: String,
    message: Option<String>,
    expected: Expected,
    authority: String,
}

enum Expected {
    Match(bool),
    Refusal,
}

impl Case {
    fn read(case: &Value) -> Self {
        let text = |key: &str| case[key].as_str().map(str::to_owned);
        Self {
            pattern: text("pattern").unwrap(),
            message: text("message"),
            expected: case["expected_match"].as_bool().map_or(Expected::Refusal, Expected::Match),
            authority: text("authority").unwrap(),
        }
    }

    fn holds(&self) -> bool {
        match (&self.expected, &self.message, FilterPattern::parse(&self.pattern)) {
            (Expected::Refusal, _, pattern) => pattern.is_err(),
            (Expected::Match(expected), Some(message), Ok(pattern)) => {
                // All ways to ask give one answer.
                let answer = pattern.matches(message);
                assert_eq!(PatternSet::new([pattern.clone()]).matches(message).len(), usize::from(answer));
                assert_eq!(pattern.extract(message).is_some(), answer);
                assert_eq!(pattern.explain(message).matched, answer);
                answer == *expected
            }
            _ => false,
        }
    }
}

/// Documented outcomes that a recording contradicts, and those that contradict themselves.
const OVERRULED: [(&str, &str); 1] =
    // `$` is the end of the message, and this one goes on after "ab ".
    [("%abcc|ab[^c]$%", "aba ...")];

#[test]
fn every_case_comes_out_as_aws_had_it() {
    let Some(folder) = real_data::folder() else {
        return;
    };
    let cases = real_data::json(&folder.join("filter_pattern_cases.json"));
    let mut held: BTreeMap<String, usize> = BTreeMap::new();
    let mut failed = Vec::new();
    for case in cases.as_array().unwrap().iter().map(Case::read) {
        let overruled =
            OVERRULED.contains(&(case.pattern.as_str(), case.message.as_deref().unwrap_or_default()));
        let holds = case.holds();
        if holds == overruled {
            failed.push(format!("{}: {} on {:?}", case.authority, case.pattern, case.message));
        }
        *held.entry(case.authority).or_default() += usize::from(holds);
    }
    eprintln!("cases that hold: {held:?}");
    assert!(failed.is_empty(), "{} failed:\n{}", failed.len(), failed.join("\n"));
    assert!(held.get("aws-recorded").is_some_and(|&held| held > 1000), "{held:?}");
}

/// Refused by rules that are recorded for other patterns: the file does not say what AWS made of these.
const ALSO_REFUSED: [(&str, &str); 8] = [
    ("*", "Invalid character(s) in term '*'"),
    ("ERROR*", "Invalid character(s) in term '*'"),
    ("%something!%", "Invalid character(s) in term '%something!'"),
    ("%abcc|ab[^c]$", "Invalid character(s) in term '%abcc|ab[^c]$'"),
    // Recorded in metric_filters.json.
    ("{ $.broken = }", "Invalid metric filter pattern"),
    (
        "{ $.a = %NEVER_A% && $.b = %NEVER_B% && $.c = %NEVER_C% }",
        "Your input has exceeded the maximum of 2 regular expressions per filter pattern.",
    ),
    ("[kind = SPACE, value, bucket]", "Invalid metric filter pattern"),
    ("[w1=SPACE, w2, w3]", "Invalid metric filter pattern"),
];

#[test]
fn every_published_pattern_parses_or_is_refused_in_awss_words() {
    let Some(folder) = real_data::folder() else {
        return;
    };
    let patterns = real_data::json(&folder.join("filter_patterns.json"));
    let mut accepted = 0;
    for case in patterns.as_array().unwrap() {
        let text = case["pattern"].as_str().unwrap();
        let recorded =
            case["recorded_error"].as_str().and_then(|error| error.split_once(": ")).map(|(_, words)| words);
        let also = ALSO_REFUSED.iter().find(|(pattern, _)| *pattern == text).map(|(_, words)| *words);
        let refusal = FilterPattern::parse(text).err().map(|error| error.reason().to_string());
        assert_eq!(refusal.as_deref(), recorded.or(also), "{text}");
        accepted += usize::from(refusal.is_none());
    }
    eprintln!("patterns accepted: {accepted}");
    assert!(accepted > 250);
}

#[test]
fn metric_filters_are_admitted_and_matched_as_recorded() {
    let Some(folder) = real_data::folder() else {
        return;
    };
    let recorded = real_data::json(&folder.join("recorded/metric_filters.json"));
    let refused_for_the_pattern = [
        "InvalidParameterException: Invalid metric filter pattern",
        "InvalidParameterException: Your input has exceeded the maximum of 2 regular expressions per filter pattern.",
    ];
    for put in recorded["put_metric_filter"].as_array().unwrap() {
        let text = put["pattern"].as_str().unwrap();
        // Other errors are about the transformation or the log group.
        let expected = put["error"].as_str().filter(|error| refused_for_the_pattern.contains(error));
        let refusal = FilterPattern::parse(text)
            .err()
            .map(|error| format!("InvalidParameterException: {}", error.reason()));
        assert_eq!(refusal.as_deref(), expected, "{put}");
    }
    for test in recorded["test_metric_filter"].as_array().unwrap() {
        let text = test["pattern"].as_str().unwrap();
        let pattern = match FilterPattern::parse(text) {
            Ok(pattern) => pattern,
            Err(error) => {
                assert_eq!(test["error"], format!("InvalidParameterException: {}", error.reason()), "{text}");
                continue;
            }
        };
        for (index, message) in test["messages"].as_array().unwrap().iter().enumerate() {
            let extracted = pattern.extract(message.as_str().unwrap());
            let matched = test["matched"].as_array().unwrap().contains(&index.into());
            assert_eq!(extracted.is_some(), matched, "{text} on {message}");
            let expected = &test["extracted"][index.to_string()];
            let fields: serde_json::Map<String, Value> = extracted
                .iter()
                .flat_map(Extracted::iter)
                .map(|(name, value)| (name.to_owned(), value.into()))
                .collect();
            let expected = expected.as_object().cloned().unwrap_or_default();
            assert_eq!(fields, expected, "{text} on {message}");
        }
    }
}

/// A batch's events, as long as AWS took them.
fn accepted_messages<'v>(recorded: &'v Value, batches: &str, names: &Value) -> Vec<&'v str> {
    let named = |batch: &&Value| names.as_array().unwrap().contains(&batch["name"]);
    let batches = recorded[batches].as_array().unwrap().iter().filter(named);
    batches
        .flat_map(|batch| {
            let accepted = batch["accepted_indices"].as_array();
            let events = batch["events"].as_array().unwrap().iter().enumerate();
            events
                .filter(move |(index, _)| accepted.is_none_or(|accepted| accepted.contains(&(*index).into())))
        })
        .map(|(_, event)| event["message"].as_str().unwrap())
        .collect()
}

#[test]
fn published_sums_are_those_of_the_selected_values() {
    let Some(folder) = real_data::folder() else {
        return;
    };
    let recorded = real_data::json(&folder.join("recorded/metric_filters.json"));
    let mut compared = 0;
    for (cases, batches) in [("cases", "batches"), ("extractors_cases", "extractors_batches")] {
        for case in recorded[cases].as_array().unwrap() {
            let filter = &case["filter"];
            let transformation = &filter["transformation"];
            let value = transformation["metricValue"].as_str().unwrap();
            // Constants, defaults and fields of the system are the business of the metric filter.
            if !value.starts_with('$') {
                continue;
            }
            let selector = Selector::parse(value).unwrap();
            if case["error"].is_string() {
                assert!(selector.has_wildcard(), "{case}");
                continue;
            }
            let pattern = FilterPattern::parse(filter["pattern"].as_str().unwrap()).unwrap();
            let dimension =
                transformation["dimensions"]["Bucket"].as_str().map(|text| Selector::parse(text).unwrap());
            let mut sums: BTreeMap<String, f64> = BTreeMap::new();
            for message in accepted_messages(&recorded, batches, &case["events"]) {
                let number = pattern.select(&selector, message).and_then(|value| value.as_number());
                let bucket = dimension.as_ref().map(|selector| pattern.select(selector, message));
                let bucket = match &bucket {
                    None => "",
                    Some(Some(bucket)) => bucket.as_text(),
                    Some(None) => continue,
                };
                // Accepted, 23 hours old, and never seen as a datapoint: the recording calls it unresolved.
                if let Some(number) = number.filter(|&number| number.to_string() != "113") {
                    *sums.entry(bucket.to_owned()).or_default() += number;
                }
            }
            let mut expected: BTreeMap<String, f64> = BTreeMap::new();
            for series in case["published"].as_array().unwrap() {
                let bucket = series["dimensions"]["Bucket"].as_str().unwrap_or_default();
                let points = series["datapoints"].as_array().unwrap().iter();
                expected.insert(bucket.to_owned(), points.map(|point| point["Sum"].as_f64().unwrap()).sum());
            }
            assert_eq!(sums, expected, "{}", case["label"]);
            compared += 1;
        }
    }
    assert!(compared >= 9, "{compared}");
}

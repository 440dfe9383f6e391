//! `match_cloudwatch_filter_pattern`: the crate's own tests say what matches; here, that it is asked rightly.

use vrl::value::Value;

use super::{compile, json, run};
use crate::real_data;

#[test]
fn a_pattern_that_aws_refuses_is_shown_with_its_place() {
    let error = compile("match_cloudwatch_filter_pattern(\"\", \"{ $.status > 399 AND $.status < 500 }\")");
    insta::assert_snapshot!(error.unwrap_err());
}

#[test]
fn what_is_no_text_is_an_error() {
    let program = compile("match_cloudwatch_filter_pattern!(.a, \"ERROR\")").unwrap();
    assert_eq!(
        run(&program, Value::from(serde_json::json!({"a": 7}))).unwrap_err(),
        "function call error for \"match_cloudwatch_filter_pattern\" at (0:45): expected string, got integer"
    );
}

/// What AWS answered when it was asked.
#[test]
fn recorded_cases_have_the_recorded_answer() {
    let Some(folder) = real_data::folder() else { return };
    let cases = real_data::json(&folder.join("filter_pattern_cases.json"));
    let cases = cases.as_array().or_else(|| cases["cases"].as_array()).unwrap();
    let recorded = cases.iter().filter(|case| case["authority"] == "aws-recorded");
    let mut asked = 0;
    for case in recorded {
        let (Some(pattern), Some(message)) = (case["pattern"].as_str(), case["message"].as_str()) else {
            continue;
        };
        let Some(expected) = case["expected_match"].as_bool() else { continue };
        let pattern = serde_json::to_string(pattern).unwrap();
        if pattern.contains("\\u") || pattern.contains("\\/") {
            continue;
        }
        let source = format!("match_cloudwatch_filter_pattern!(.message, {pattern})");
        let Ok(program) = compile(&source) else { panic!("{source}") };
        let event: Value = serde_json::json!({"message": message}).into();
        assert_eq!(json(&run(&program, event).unwrap()), expected, "{pattern} on {message}");
        asked += 1;
    }
    assert!(asked > 20, "only {asked} cases");
}

//! Metric filters within AWS's limits (`PutMetricFilter`).

use std::collections::BTreeMap;

use cloudwatch_filter_pattern::FilterPattern;
use serde_json::Value;

use super::super::kind::ResourceKind;
use super::super::stack::{Resource, Stack};
use super::Findings;
use super::property::{length_within, number, text};

const RULE: &str = "limits";
const MAX_PATTERN: usize = 1024;
const MAX_DIMENSIONS: usize = 3;
const MAX_FILTERS: usize = 100;
const UNITS: [&str; 27] = [
    "Bits",
    "Bits/Second",
    "Bytes",
    "Bytes/Second",
    "Count",
    "Count/Second",
    "Gigabits",
    "Gigabits/Second",
    "Gigabytes",
    "Gigabytes/Second",
    "Kilobits",
    "Kilobits/Second",
    "Kilobytes",
    "Kilobytes/Second",
    "Megabits",
    "Megabits/Second",
    "Megabytes",
    "Megabytes/Second",
    "Microseconds",
    "Milliseconds",
    "None",
    "Percent",
    "Seconds",
    "Terabits",
    "Terabits/Second",
    "Terabytes",
    "Terabytes/Second",
];

pub(super) fn check(stack: &Stack, findings: &mut Findings) {
    let mut of_group: BTreeMap<String, usize> = BTreeMap::new();
    for filter in stack.of_kind(ResourceKind::MetricFilter) {
        check_filter(filter, findings);
        if let Some(group) = filter.text("LogGroupName") {
            let count = of_group.entry(group).or_default();
            *count += 1;
            if *count == MAX_FILTERS + 1 {
                findings.error(filter, RULE, format!("a log group has at most {MAX_FILTERS} metric filters"));
            }
        }
    }
}

fn check_filter(filter: &Resource, findings: &mut Findings) {
    if !length_within(&filter.name, 1, 512) || filter.name.contains([':', '*']) {
        findings.error(filter, RULE, "FilterName has to have 1 to 512 characters other than : and *");
    }
    match filter.text("FilterPattern") {
        None => findings.error(filter, RULE, "FilterPattern is missing"),
        Some(pattern) if !length_within(&pattern, 0, MAX_PATTERN) => findings.error(
            filter,
            RULE,
            format!("FilterPattern has {} characters; {MAX_PATTERN} are allowed", pattern.chars().count()),
        ),
        Some(pattern) => {
            if let Err(error) = FilterPattern::parse(&pattern) {
                findings.error(filter, "pattern", format!("CloudWatch Logs refuses the pattern: {error}"));
            }
        }
    }
    match filter.text("LogGroupName") {
        None => findings.error(filter, RULE, "LogGroupName is missing"),
        Some(group) if !is_group_name(&group) => {
            findings.error(filter, RULE, "LogGroupName has to have 1 to 512 of A-Z a-z 0-9 . - _ / #");
        }
        Some(_) => {}
    }
    match filter.items("MetricTransformations") {
        [transformation] => check_transformation(filter, transformation, findings),
        other => findings.error(
            filter,
            RULE,
            format!("MetricTransformations has to have one entry, not {}", other.len()),
        ),
    }
}

pub(super) fn is_group_name(name: &str) -> bool {
    length_within(name, 1, 512)
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_/#".contains(&byte))
}

fn check_transformation(filter: &Resource, transformation: &Value, findings: &mut Findings) {
    let get = |key: &str| transformation.get(key).and_then(text);
    let name_is_good = |name: &str| length_within(name, 1, 255) && !name.contains([':', '*', '$']);
    if !get("MetricName").is_some_and(|name| name_is_good(&name)) {
        findings.error(filter, RULE, "MetricName has to have 1 to 255 characters other than : * $");
    }
    if !get("MetricNamespace").is_some_and(|name| name_is_good(&name)) {
        findings.error(filter, RULE, "MetricNamespace has to have 1 to 255 characters other than : * $");
    }
    match get("MetricValue") {
        Some(value) if length_within(&value, 1, 100) && (value.starts_with('$') || is_number(&value)) => {}
        Some(value) => findings.error(
            filter,
            RULE,
            format!("MetricValue {value:?} is neither a number nor a field ($.name, $name)"),
        ),
        None => findings.error(filter, RULE, "MetricValue is missing"),
    }
    let dimensions = transformation.get("Dimensions").and_then(Value::as_array).map_or(0, Vec::len);
    if let Some(value) = transformation.get("DefaultValue") {
        if number(value).is_none() {
            findings.error(filter, RULE, "DefaultValue has to be a number");
        }
        if dimensions > 0 {
            findings.error(filter, RULE, "DefaultValue and Dimensions exclude each other");
        }
    }
    if dimensions > MAX_DIMENSIONS {
        findings.error(filter, RULE, format!("Dimensions has to have at most {MAX_DIMENSIONS} entries"));
    }
    let pattern = filter.text("FilterPattern").unwrap_or_default();
    if dimensions > 0 && !pattern.trim_start().starts_with(['{', '[']) {
        findings.error(filter, RULE, "Dimensions need a JSON or space-delimited pattern");
    }
    if let Some(unit) = get("Unit")
        && !UNITS.contains(&unit.as_str())
    {
        findings.error(filter, RULE, format!("Unit {unit:?} is none of CloudWatch's"));
    }
}

fn is_number(text: &str) -> bool {
    text.parse::<f64>().is_ok_and(f64::is_finite)
}

//! Real data that lie beside the project, and alarms to try them on.

use std::path::{Path, PathBuf};

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;
use trailbell_sim::alarms::{Alarms, EvaluationRange, Home, Phase, Settings};
use trailbell_sim::metrics::{Dimension, MetricId, Metrics, Resolution, Sample};

/// A file of the real data as JSON: `$TRAILBELL_DATA`, or `../shared/data` beside the project. Where it is missing,
/// says so; the test is then skipped.
pub(crate) fn data(path: &str) -> Option<Value> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data");
    let folder = std::env::var_os("TRAILBELL_DATA").map_or(beside, PathBuf::from);
    if !folder.is_dir() {
        eprintln!("SKIPPED: no real data at {} (set TRAILBELL_DATA)", folder.display());
        return None;
    }
    let file = folder.join(path);
    let text = std::fs::read(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    Some(serde_json::from_slice(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display())))
}

pub(crate) fn settings(account: &str, phase: TimeDelta) -> Settings {
    Settings {
        home: Home::new(account, "us-east-1"),
        phase: Phase::Fixed(phase),
        range: EvaluationRange::default(),
    }
}

/// No alarms, in account 123456789012 and us-east-1.
pub(crate) fn alarms() -> Alarms {
    Alarms::new(settings("123456789012", TimeDelta::zero()))
}

pub(crate) fn time(text: &str) -> DateTime<Utc> {
    let text = text.replace("+0000", "Z");
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

pub(crate) fn at_millis(millis: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(millis).unwrap()
}

/// Publishes samples of the metric that an alarm's JSON names.
pub(crate) fn publish(metrics: &mut Metrics, alarm: &Value, points: &Value, now: DateTime<Utc>) {
    let (metric, unit) = match alarm["Metrics"].as_array() {
        Some(queries) => {
            let stat = queries.iter().find_map(|query| query.get("MetricStat")).unwrap();
            (&stat["Metric"], stat["Unit"].as_str())
        }
        None => (alarm, alarm["Unit"].as_str()),
    };
    let dimensions: Vec<Dimension> = metric
        .get("Dimensions")
        .map(|value| serde_json::from_value(value.clone()).unwrap())
        .unwrap_or_default();
    let id = MetricId::new(
        metric["Namespace"].as_str().unwrap(),
        metric["MetricName"].as_str().unwrap(),
        &dimensions,
    );
    for point in points.as_array().unwrap() {
        let timestamp = time(point["timestamp"].as_str().unwrap());
        let values = match (&point["value"], &point["values"]) {
            (Value::Null, Value::Array(values)) => {
                let counts = point["counts"].as_array().unwrap();
                values.iter().zip(counts).map(|(v, c)| (v.as_f64().unwrap(), c.as_f64().unwrap())).collect()
            }
            (value, _) => vec![(value.as_f64().unwrap(), 1.0)],
        };
        for (value, count) in values {
            let sample = Sample {
                unit: unit.map(str::to_owned),
                count,
                resolution: Resolution::High,
                ..Sample::new(id.clone(), timestamp, value)
            };
            assert!(metrics.put(&sample, now));
        }
    }
}

/// JSON with all numbers as doubles, since the recordings have lost a trailing `.0` in places.
pub(crate) fn as_doubles(value: &Value) -> Value {
    match value {
        Value::Number(number) => number.as_f64().map_or(Value::Null, Value::from),
        Value::Array(values) => values.iter().map(as_doubles).collect(),
        Value::Object(object) => object.iter().map(|(key, value)| (key.clone(), as_doubles(value))).collect(),
        other => other.clone(),
    }
}

pub(crate) fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_else(|| panic!("no text {key} in {value}"))
}

use std::collections::BTreeMap;

use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use serde_json::{Value, json};
use trailbell_sim::logs::{LogEvent, LogGroup, Logs, MetricFilter, Sample};

use crate::support;

const GROUP: &str = "/stackd/native-metric-filters-owned";

fn recording() -> Option<Value> {
    support::json("recorded/metric_filters.json")
}

fn time(milliseconds: &Value) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(milliseconds.as_i64().unwrap()).unwrap()
}

/// The API's names begin with small letters where CloudFormation's have capitals; names of dimensions are data.
fn capitals(value: &Value) -> Value {
    match value {
        Value::Object(members) => members
            .iter()
            .map(|(name, value)| {
                let capital = name[..1].to_uppercase() + &name[1..];
                (capital, if name == "dimensions" { value.clone() } else { capitals(value) })
            })
            .collect(),
        Value::Array(items) => items.iter().map(capitals).collect(),
        other => other.clone(),
    }
}

fn definition(filter: &Value, transformations: &Value) -> MetricFilter {
    let mut all = json!({
        "FilterName": filter["filterName"].as_str().unwrap_or("z-control"),
        "LogGroupName": filter["logGroupName"].as_str().unwrap_or(GROUP),
        "FilterPattern": filter["pattern"],
        "MetricTransformations": capitals(transformations),
    });
    for name in ["applyOnTransformedLogs", "emitSystemFieldDimensions", "fieldSelectionCriteria"] {
        if !filter[name].is_null() {
            all[name[..1].to_uppercase() + &name[1..]] = filter[name].clone();
        }
    }
    serde_json::from_value(all).unwrap()
}

fn logs() -> Logs {
    let mut logs = Logs::new("000000000000", "us-east-1");
    let group = json!({"LogGroupName": GROUP, "RetentionInDays": 1});
    logs.create_log_group(&serde_json::from_value::<LogGroup>(group).unwrap()).unwrap();
    logs
}

/// Datapoints as the recording has them: by dimensions and minute.
type Published = BTreeMap<(String, BTreeMap<String, String>), BTreeMap<i64, Vec<(f64, &'static str)>>>;

/// Sends a run's batches through its filters, as recorded, and gives what can be read when the run is over.
fn run(batches: &Value, cases: &Value) -> Published {
    let mut logs = logs();
    for case in cases.as_array().unwrap() {
        let filter = &case["filter"];
        let put = logs.put_metric_filter(&definition(filter, &json!([filter["transformation"]])));
        match case["error"].as_str() {
            None => assert_eq!(put.unwrap(), filter["filterName"], "{}", case["label"]),
            Some(error) => assert_eq!(put.unwrap_err().to_string(), error, "{}", case["label"]),
        }
    }
    let mut samples: Vec<(DateTime<Utc>, Sample)> = Vec::new();
    let mut last = DateTime::UNIX_EPOCH;
    for batch in batches.as_array().unwrap() {
        for case in cases.as_array().unwrap() {
            let replaced = &case["replaced_before_batch"];
            if replaced["batch"] == batch["name"] {
                let new = definition(&case["filter"], &json!([replaced["transformation"]]));
                logs.put_metric_filter(&new).unwrap();
            }
        }
        let now = time(&batch["request_started_ms"]);
        last = now;
        let stream = batch["stream"].as_str().unwrap();
        if !logs.log_streams(GROUP).any(|(name, _)| name == stream) {
            logs.create_log_stream(GROUP, stream).unwrap();
        }
        let events: Vec<LogEvent<'_>> = batch["events"]
            .as_array()
            .unwrap()
            .iter()
            .map(|event| LogEvent {
                timestamp: time(&event["t"]),
                message: event["message"].as_str().unwrap().into(),
            })
            .collect();
        let mut published = Vec::new();
        let ingested = logs.put_log_events(GROUP, stream, now, &events, &mut published).unwrap();
        let index = |name: &str| {
            batch["rejectedLogEventsInfo"][name].as_u64().map(|index| usize::try_from(index).unwrap())
        };
        assert_eq!(ingested.rejected.expired_end, index("expiredLogEventEndIndex"), "{}", batch["name"]);
        assert_eq!(ingested.rejected.too_new_start, index("tooNewLogEventStartIndex"), "{}", batch["name"]);
        assert_eq!(ingested.rejected.too_old_end, index("tooOldLogEventEndIndex"), "{}", batch["name"]);
        samples.extend(published.into_iter().map(|sample| (now, sample)));
    }
    let end_of_run = last + TimeDelta::minutes(7);
    let mut datapoints = Published::new();
    for (published, sample) in samples {
        if sample.readable_at(published) <= end_of_run {
            let minute = sample.timestamp.duration_trunc(TimeDelta::minutes(1)).unwrap().timestamp_millis();
            let metric = (sample.metric.name.clone(), sample.metric.dimensions.clone());
            let values = datapoints.entry(metric).or_default().entry(minute).or_default();
            values.push((sample.value, sample.metric.unit.as_str()));
        }
    }
    datapoints
}

#[expect(clippy::float_cmp, reason = "AWS's sums are those of doubles in the order of the events")]
fn assert_published(case: &Value, datapoints: &mut Published) {
    let label = &case["label"];
    let name = case["filter"]["transformation"]["metricName"].as_str().unwrap();
    for expected in case["published"].as_array().unwrap() {
        let dimensions: BTreeMap<String, String> =
            serde_json::from_value(expected["dimensions"].clone()).unwrap();
        let mut minutes = datapoints.remove(&(name.to_owned(), dimensions)).unwrap_or_default();
        for point in expected["datapoints"].as_array().unwrap() {
            let values = minutes
                .remove(&point["t_ms"].as_i64().unwrap())
                .unwrap_or_else(|| panic!("{label}: {point}"));
            let numbers: Vec<f64> = values.iter().map(|(value, _)| *value).collect();
            let sum: f64 = numbers.iter().sum();
            assert_eq!(sum, point["Sum"].as_f64().unwrap(), "{label}: {point}");
            #[expect(clippy::cast_precision_loss, reason = "a handful of samples")]
            let count = numbers.len() as f64;
            for (statistic, value) in [
                ("SampleCount", count),
                ("Minimum", numbers.iter().copied().fold(f64::INFINITY, f64::min)),
                ("Maximum", numbers.iter().copied().fold(f64::NEG_INFINITY, f64::max)),
                ("Average", sum / count),
            ] {
                if let Some(expected) = point[statistic].as_f64() {
                    assert_eq!(value, expected, "{label}: {statistic} of {point}");
                }
            }
            if let Some(unit) = point["Unit"].as_str() {
                assert!(values.iter().all(|value| value.1 == unit), "{label}: {values:?} in {unit}");
            }
        }
        assert!(minutes.is_empty(), "{label}: not recorded: {minutes:?}");
    }
    let more: Vec<_> = datapoints.keys().filter(|(metric, _)| metric == name).collect();
    assert!(more.is_empty(), "{label}: not recorded: {more:?}");
}

#[test]
fn filters_publish_what_aws_published() {
    let Some(recording) = recording() else { return };
    for (batches, cases, count) in [("batches", "cases", 15), ("extractors_batches", "extractors_cases", 5)] {
        let mut datapoints = run(&recording[batches], &recording[cases]);
        let cases = recording[cases].as_array().unwrap();
        assert_eq!(cases.len(), count);
        for case in cases.iter().filter(|case| case["error"].is_null()) {
            assert_published(case, &mut datapoints);
        }
        assert!(datapoints.is_empty(), "{datapoints:?}");
    }
}

#[test]
fn filters_are_admitted_and_refused_as_recorded() {
    let Some(recording) = recording() else { return };
    let mut logs = logs();
    let rows = recording["put_metric_filter"].as_array().unwrap();
    let mut seen = 0;
    for row in rows.iter().filter(|row| row["client_side_only"] != true) {
        seen += 1;
        if row["label"] == "regex-after-deleting-two-term-filter" {
            logs.delete_metric_filter(GROUP, "q-two").unwrap();
        }
        let before: Vec<MetricFilter> =
            logs.metric_filters(GROUP).map(|(_, filter)| filter.clone()).collect();
        let put = logs.put_metric_filter(&definition(row, &row["transformations"]));
        match row["error"].as_str() {
            None => assert!(put.is_ok(), "{}: {put:?}", row["label"]),
            Some(error) => {
                assert_eq!(put.map_err(|error| error.to_string()), Err(error.to_owned()), "{}", row["label"]);
                let after: Vec<MetricFilter> =
                    logs.metric_filters(GROUP).map(|(_, filter)| filter.clone()).collect();
                assert_eq!(before, after, "{}", row["label"]);
            }
        }
    }
    assert_eq!(seen, 26);
    let names: Vec<&str> = logs.metric_filters(GROUP).map(|(name, _)| name).collect();
    assert!(names.is_sorted(), "{names:?}");
}

#[test]
fn what_does_not_exist_is_told_as_recorded() {
    let Some(recording) = recording() else { return };
    let api = |label: &str| {
        let rows = recording["api"].as_array().unwrap();
        rows.iter().find(|row| row["label"] == label).unwrap()["error"].as_str().unwrap().to_owned()
    };
    let mut logs = logs();
    let told = |error: trailbell_sim::logs::LogsError| error.to_string();
    assert_eq!(logs.delete_metric_filter(GROUP, "absent").map_err(told), Err(api("delete-missing-filter")));
    assert_eq!(
        logs.delete_metric_filter("missing", "missing").map_err(told),
        Err(api("delete-missing-group"))
    );
}

//! The alarm and the samples that `evaluate` reads.

use std::io::Read;
use std::path::Path;

use serde::Deserialize;
use trailbell_sim::alarms::MetricAlarm;
use trailbell_sim::metrics::{MetricId, Resolution, Sample};

use super::super::{Failure, parse_time};

/// A sample as it is read.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SampleLine {
    #[serde(alias = "timestamp")]
    time: String,
    value: f64,
    id: Option<String>,
    unit: Option<String>,
}

/// A resource of a CloudFormation template.
#[derive(Deserialize)]
struct Resource {
    #[serde(rename = "Properties")]
    properties: MetricAlarm,
}

/// The alarm in a file. One without a name gets that of the file.
pub(super) fn read_alarm(path: &Path) -> Result<MetricAlarm, Failure> {
    let named = |error: String| Failure(format!("{}: {error}", path.display()));
    let text = std::fs::read(path).map_err(|error| named(error.to_string()))?;
    let any: serde_json::Value = serde_json::from_slice(&text).map_err(|error| named(error.to_string()))?;
    if any.get("AlarmRule").is_some() {
        return Err(named(
            "it is a composite alarm, which has no datapoints; give a metric alarm".to_owned(),
        ));
    }
    let alarm = if any.get("Properties").is_some() {
        serde_json::from_slice(&text).map(|resource: Resource| resource.properties)
    } else {
        serde_json::from_slice(&text)
    };
    let mut alarm: MetricAlarm = alarm.map_err(|error| named(error.to_string()))?;
    if alarm.alarm_name.is_empty() {
        alarm.alarm_name =
            path.file_stem().map_or_else(|| "alarm".into(), |name| name.to_string_lossy().into_owned());
    }
    Ok(alarm)
}

/// The samples of a file in time order.
pub(super) fn read_samples(
    path: &Path,
    alarm: &MetricAlarm,
    high_resolution: bool,
) -> Result<Vec<Sample>, Failure> {
    let mut text = String::new();
    let read = if path == Path::new("-") {
        std::io::stdin().read_to_string(&mut text)
    } else {
        std::fs::File::open(path).and_then(|mut file| file.read_to_string(&mut text))
    };
    read.map_err(|error| Failure(format!("{}: {error}", path.display())))?;
    let mut samples = Vec::new();
    for (line, number) in text.lines().zip(1_usize..).filter(|(line, _)| !line.trim().is_empty()) {
        let wrong = |error: String| Failure(format!("{}:{number}: {error}", path.display()));
        let line: SampleLine = serde_json::from_str(line).map_err(|error| wrong(error.to_string()))?;
        let timestamp = parse_time(&line.time).map_err(|error| wrong(format!("`{}` {error}", line.time)))?;
        let (metric, unit) = metric_of(alarm, line.id.as_deref()).map_err(wrong)?;
        let resolution = if high_resolution { Resolution::High } else { Resolution::Standard };
        let unit = line.unit.or(unit);
        samples.push(Sample { unit, resolution, ..Sample::new(metric, timestamp, line.value) });
    }
    samples.sort_by_key(|sample| sample.timestamp);
    Ok(samples)
}

/// The metric that a sample is of, and the unit that the alarm reads it in.
fn metric_of(alarm: &MetricAlarm, id: Option<&str>) -> Result<(MetricId, Option<String>), String> {
    if alarm.metrics.is_empty() {
        let (namespace, name) = (alarm.namespace.as_deref(), alarm.metric_name.as_deref());
        let metric =
            MetricId::new(namespace.unwrap_or_default(), name.unwrap_or_default(), &alarm.dimensions);
        return Ok((metric, alarm.unit.clone()));
    }
    let metrics = alarm.metrics.iter().filter(|query| id.is_none_or(|id| query.id == id));
    let stats: Vec<_> = metrics.filter_map(|query| query.metric_stat.as_ref()).collect();
    match stats[..] {
        [stat] => {
            let metric = &stat.metric;
            Ok((MetricId::new(&metric.namespace, &metric.metric_name, &metric.dimensions), stat.unit.clone()))
        }
        [] => Err("the alarm has no such metric; give the id of one of its metrics as \"id\"".to_owned()),
        _ => Err("the alarm has several metrics; give the id of one of them as \"id\"".to_owned()),
    }
}

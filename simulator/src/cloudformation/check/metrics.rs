//! What an alarm watches: who feeds the metric, and whether the alarm leaves the state ALARM again.

use std::collections::BTreeSet;

use serde_json::Value;

use super::super::kind::ResourceKind;
use super::super::stack::{Resource, Stack};
use super::Findings;
use super::property::{number, text};

/// A metric that an alarm reads.
struct Watched {
    namespace: String,
    name: String,
    dimensions: BTreeSet<String>,
    unit: Option<String>,
}

/// A metric that a filter publishes.
struct Fed<'a> {
    filter: &'a Resource,
    namespace: String,
    name: String,
    dimensions: BTreeSet<String>,
    unit: String,
    /// The number that each match counts, if it is the same for all.
    value: Option<f64>,
    default: Option<f64>,
}

pub(super) fn check(stack: &Stack, findings: &mut Findings) {
    let fed: Vec<Fed<'_>> = stack.of_kind(ResourceKind::MetricFilter).filter_map(Fed::of).collect();
    for alarm in stack.of_kind(ResourceKind::Alarm) {
        if alarm.has("ThresholdMetricId")
            || expressions(alarm).any(|expression| expression.contains("SELECT "))
        {
            let message =
                "anomaly detection and Metrics Insights are not played; this alarm is not simulated";
            findings.warning(alarm, "not-simulated", message);
            continue;
        }
        let watched = watched(alarm);
        let feeding: Vec<Option<&Fed<'_>>> = watched.iter().map(|metric| metric.fed_by(&fed)).collect();
        for (metric, feeding) in watched.iter().zip(&feeding) {
            match feeding {
                None => unfed(alarm, metric, &fed, findings),
                Some(feeding) => units(alarm, metric, feeding, findings),
            }
        }
        let feeding: Vec<_> = feeding.into_iter().flatten().collect();
        if !feeding.is_empty() {
            missing_data(alarm, &feeding, findings);
            reach(alarm, &feeding, findings);
            if alarm.number("Period").is_some_and(|period| period < 60.0) {
                let message =
                    "a metric filter publishes by the minute: a period below 60 seconds leaves gaps";
                findings.warning(alarm, "period-below-minute", message);
            }
        }
    }
}

fn expressions(alarm: &Resource) -> impl Iterator<Item = String> {
    alarm.items("Metrics").iter().filter_map(|query| query.get("Expression").and_then(text))
}

fn keys(dimensions: Option<&Value>, key: &str) -> BTreeSet<String> {
    let items = dimensions.and_then(Value::as_array).into_iter().flatten();
    items.filter_map(|item| item.get(key).and_then(text)).collect()
}

fn watched(alarm: &Resource) -> Vec<Watched> {
    let metric = |metric: &Value, unit: Option<&Value>| {
        Some(Watched {
            namespace: metric.get("Namespace").and_then(text)?,
            name: metric.get("MetricName").and_then(text)?,
            dimensions: keys(metric.get("Dimensions"), "Name"),
            unit: unit.and_then(text),
        })
    };
    if !alarm.has("Metrics") {
        let own = Value::Object(alarm.properties.clone());
        return metric(&own, own.get("Unit")).into_iter().collect();
    }
    let stats = alarm.items("Metrics").iter().filter_map(|query| query.get("MetricStat"));
    stats.filter_map(|stat| metric(stat.get("Metric")?, stat.get("Unit"))).collect()
}

impl Watched {
    fn fed_by<'f, 'a>(&self, fed: &'f [Fed<'a>]) -> Option<&'f Fed<'a>> {
        fed.iter().find(|it| {
            it.namespace == self.namespace && it.name == self.name && it.dimensions == self.dimensions
        })
    }
}

impl<'a> Fed<'a> {
    fn of(filter: &'a Resource) -> Option<Self> {
        let transformation = filter.items("MetricTransformations").first()?;
        let get = |key: &str| transformation.get(key).and_then(text);
        let mut dimensions = keys(transformation.get("Dimensions"), "Key");
        dimensions.extend(filter.texts("EmitSystemFieldDimensions"));
        Some(Self {
            filter,
            namespace: get("MetricNamespace")?,
            name: get("MetricName")?,
            dimensions,
            unit: get("Unit").unwrap_or_else(|| "None".into()),
            value: transformation.get("MetricValue").and_then(number),
            default: transformation.get("DefaultValue").and_then(number),
        })
    }
}

fn unfed(alarm: &Resource, metric: &Watched, fed: &[Fed<'_>], findings: &mut Findings) {
    let Watched { namespace, name, .. } = metric;
    let same = |it: &&Fed<'_>| it.namespace == *namespace && it.name == *name;
    let similar = |it: &&Fed<'_>| {
        it.name.eq_ignore_ascii_case(name)
            && (it.namespace.eq_ignore_ascii_case(namespace) || it.name == *name)
    };
    let message = if let Some(feeding) = fed.iter().find(same) {
        let list = |set: &BTreeSet<String>| {
            if set.is_empty() { "none".into() } else { set.iter().cloned().collect::<Vec<_>>().join(", ") }
        };
        format!(
            "{namespace} {name} has the dimensions {} from {}, and the alarm reads {}: to CloudWatch, that is another metric",
            list(&feeding.dimensions),
            feeding.filter.logical_id,
            list(&metric.dimensions),
        )
    } else if namespace.starts_with("AWS/") {
        format!("{namespace} {name} comes from AWS, not from a filter here: in a simulation it has no data")
    } else if let Some(similar) = fed.iter().find(similar) {
        format!(
            "no filter feeds {namespace} {name}; {} feeds {} {}",
            similar.filter.logical_id, similar.namespace, similar.name
        )
    } else {
        format!("no filter feeds {namespace} {name}: in a simulation it has no data")
    };
    findings.warning(alarm, "metric-not-fed", message);
}

fn units(alarm: &Resource, metric: &Watched, feeding: &Fed<'_>, findings: &mut Findings) {
    if let Some(unit) = &metric.unit
        && *unit != feeding.unit
    {
        let (filter, published) = (&feeding.filter.logical_id, &feeding.unit);
        let message = format!(
            "the alarm reads the unit {unit}, and {filter} publishes {published}: it never sees data"
        );
        findings.warning(alarm, "unit", message);
    }
}

/// Without matching events there is no data, unless the filter has a default. What then?
fn missing_data(alarm: &Resource, feeding: &[&Fed<'_>], findings: &mut Findings) {
    if feeding.iter().all(|fed| fed.default.is_some())
        || expressions(alarm).any(|expression| expression.contains("FILL"))
    {
        return;
    }
    let breaches_upwards =
        alarm.text("ComparisonOperator").is_some_and(|operator| operator.starts_with("Greater"));
    let treatment = alarm.text("TreatMissingData").unwrap_or_else(|| "missing".into());
    let message = match treatment.as_str() {
        "missing" => {
            "without matching events it goes to INSUFFICIENT_DATA, not to OK: an alert of it is never closed"
        }
        "ignore" => "without matching events it keeps the state ALARM: an alert of it is never closed",
        "breaching" if breaches_upwards => "without matching events it is in ALARM",
        _ => return,
    };
    let message =
        format!("missing data is treated as {treatment}: {message} (set TreatMissingData: notBreaching)");
    findings.warning(alarm, "missing-data", message);
}

/// Whether a metric that counts the same number for each match can reach the threshold at all.
fn reach(alarm: &Resource, feeding: &[&Fed<'_>], findings: &mut Findings) {
    let (Some(threshold), [fed]) = (alarm.number("Threshold"), feeding) else { return };
    let statistic = alarm.text("Statistic").unwrap_or_default();
    let operator = alarm.text("ComparisonOperator").unwrap_or_default();
    let breaches = |value: f64| match operator.as_str() {
        "GreaterThanOrEqualToThreshold" => value >= threshold,
        "GreaterThanThreshold" => value > threshold,
        "LessThanThreshold" => value < threshold,
        "LessThanOrEqualToThreshold" => value <= threshold,
        _ => false,
    };
    if let Some(default) = fed.default.filter(|default| breaches(*default)) {
        let message = format!(
            "minutes without a match count {default}, which breaches: it is in ALARM while nothing happens"
        );
        findings.warning(alarm, "default-breaches", message);
    } else if operator.starts_with("Less") {
        let message = "it watches for too few matches, and minutes without any have no data: \
                       set DefaultValue: 0 in the filter, or TreatMissingData: breaching";
        let told = alarm.text("TreatMissingData").is_some_and(|treatment| treatment == "breaching");
        if fed.default.is_none() && !told {
            findings.warning(alarm, "never-fires", message);
        }
    }
    let Some(value) = &fed.value else { return };
    let beyond = !operator.starts_with("Greater") || breaches(*value);
    if !beyond && statistic == "Sum" && *value <= 0.0 {
        let message = format!("each match counts {value}, so Sum never gets beyond {threshold}");
        findings.warning(alarm, "never-fires", message);
    }
    if !beyond && ["Average", "Maximum", "Minimum"].contains(&statistic.as_str()) {
        let message =
            format!("each match counts {value}, so {statistic} never gets beyond {threshold}; Sum would");
        findings.warning(alarm, "never-fires", message);
    }
}

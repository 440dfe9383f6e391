//! Metric filters: log events → samples.

use chrono::{DateTime, Utc};
use cloudwatch_filter_pattern::{FilterPattern, PatternSet, Selector};
use serde::Deserialize;

use super::build::{BuildError, definition, refused};
use crate::cloudformation::{ResourceKind, Stack};
use crate::metrics::{Dimension, MetricId, Sample};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct MetricFilter {
    filter_pattern: String,
    metric_transformations: Vec<MetricTransformation>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct MetricTransformation {
    metric_name: String,
    metric_namespace: String,
    metric_value: serde_json::Value,
    default_value: Option<serde_json::Value>,
    unit: Option<String>,
}

#[derive(Debug)]
enum MetricValue {
    Number(f64),
    Field(Selector),
}

#[derive(Debug)]
struct Transformation {
    filter: String,
    matches: u64,
    metric: MetricId,
    unit: Option<String>,
    value: MetricValue,
    default: Option<f64>,
}

#[derive(Debug)]
pub(super) struct Filters {
    set: PatternSet,
    transformations: Vec<Transformation>,
}

fn number(value: &serde_json::Value) -> Option<f64> {
    value.as_f64().or_else(|| value.as_str()?.parse().ok())
}

impl Filters {
    pub(super) fn new(stack: &Stack) -> Result<Self, BuildError> {
        let mut patterns = Vec::new();
        let mut transformations = Vec::new();
        for resource in stack.of_kind(ResourceKind::MetricFilter) {
            let filter: MetricFilter = definition(resource)?;
            patterns.push(
                FilterPattern::parse(&filter.filter_pattern).map_err(|error| refused(resource, error))?,
            );
            let Some(it) = filter.metric_transformations.into_iter().next() else {
                return Err(refused(resource, "MetricTransformations has none"));
            };
            let value = match (number(&it.metric_value), it.metric_value.as_str()) {
                (Some(number), _) => MetricValue::Number(number),
                (None, Some(text)) => {
                    MetricValue::Field(Selector::parse(text).map_err(|error| refused(resource, error))?)
                }
                (None, None) => return Err(refused(resource, "MetricValue is no text")),
            };
            transformations.push(Transformation {
                filter: resource.name.clone(),
                matches: 0,
                metric: MetricId::new(&it.metric_namespace, &it.metric_name, &[] as &[Dimension]),
                unit: it.unit.filter(|unit| unit != "None"),
                value,
                default: it.default_value.as_ref().and_then(number),
            });
        }
        Ok(Self { set: PatternSet::new(patterns), transformations })
    }

    /// Name of each filter, and how many events it matched.
    pub(super) fn matches(&self) -> impl Iterator<Item = (&str, u64)> {
        self.transformations.iter().map(|it| (it.filter.as_str(), it.matches))
    }

    pub(super) fn samples(&mut self, message: &str, at: DateTime<Utc>, mut put: impl FnMut(&Sample)) {
        let matched = self.set.matches(message);
        for (place, it) in self.transformations.iter_mut().enumerate() {
            let value = if matched.binary_search(&place).is_ok() {
                it.matches += 1;
                match &it.value {
                    MetricValue::Number(number) => Some(*number),
                    MetricValue::Field(selector) => self.set.patterns()[place]
                        .select(selector, message)
                        .and_then(|scalar| scalar.as_number()),
                }
            } else {
                it.default
            };
            if let Some(value) = value {
                put(&Sample { unit: it.unit.clone(), ..Sample::new(it.metric.clone(), at, value) });
            }
        }
    }
}

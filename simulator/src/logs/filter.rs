//! A metric filter that AWS accepts, ready to make samples.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use cloudwatch_filter_pattern::{Extracted, FilterPattern, PatternKind, Scalar, Selector};

use super::criteria::{self, Origin};
use super::definition::{MetricFilter, MetricTransformation};
use super::error::{LogsError, check_characters, check_length};
use super::sample::{Metric, Sample};
use super::unit::Unit;

/// Dimensions of one filter, those of the system included.
const MAX_DIMENSIONS: usize = 3;
/// A filter that publishes more different dimensions within an hour is disabled.
const MAX_DIMENSION_SETS: usize = 1000;

/// A filter at work.
#[derive(Debug, Clone)]
pub(super) struct ActiveFilter {
    pub(super) name: String,
    pub(super) definition: MetricFilter,
    pub(super) pattern: FilterPattern,
    value: Value,
    default: Option<f64>,
    dimensions: Vec<(String, Selector)>,
    /// The metric without the dimensions that come from events.
    metric: Arc<Metric>,
    /// Whether it looks at the group's events at all.
    awake: bool,
    /// The metrics of this hour by the values of their dimensions.
    published: BTreeMap<Vec<String>, Arc<Metric>>,
    hour: Option<DateTime<Utc>>,
}

#[derive(Debug, Clone)]
enum Value {
    Constant(f64),
    Selected(Selector),
}

/// A filter has published too many different dimensions and is disabled.
pub(super) struct TooManyDimensions;

impl ActiveFilter {
    /// Checks a definition as `PutMetricFilter` does.
    pub(super) fn new(name: &str, definition: &MetricFilter, origin: Origin<'_>) -> Result<Self, LogsError> {
        check_length("filterName", name, 1, 512)?;
        check_characters("filterName", name, |character| !":*".contains(character), "[^:*]*")?;
        let count = definition.metric_transformations.len();
        let [transformation] = definition.metric_transformations.as_slice() else {
            let rule = if count == 0 { "greater" } else { "less" };
            let rule = format!("have length {rule} than or equal to 1");
            return Err(LogsError::constraint("metricTransformations", &rule));
        };
        let unit = check(transformation)?;
        let pattern = FilterPattern::parse(&definition.filter_pattern)
            .map_err(|error| LogsError::invalid(error.reason().to_string()))?;
        let value = value(&transformation.metric_value)?;
        let dimensions = dimensions(transformation, &pattern)?;
        let system = system_dimensions(definition, origin)?;
        if dimensions.len() + system.len() > MAX_DIMENSIONS {
            return Err(LogsError::invalid(
                "Number of dimensions exceeds the maximum number of dimensions supported per metric filter",
            ));
        }
        let selected = match &definition.field_selection_criteria {
            Some(criteria) => criteria::selects(criteria, origin)?,
            None => true,
        };
        let metric = Metric {
            namespace: transformation.metric_namespace.clone(),
            name: transformation.metric_name.clone(),
            dimensions: system,
            unit,
        };
        Ok(Self {
            name: name.to_owned(),
            definition: definition.clone(),
            pattern,
            value,
            default: transformation.default_value,
            dimensions,
            metric: Arc::new(metric),
            awake: selected && !definition.apply_on_transformed_logs,
            published: BTreeMap::new(),
            hour: None,
        })
    }

    /// What an event that does not match publishes: the default value, each event anew (recorded, against the
    /// documentation, which reads as if it were once a minute).
    pub(super) fn sample_of_other(&self, timestamp: DateTime<Utc>) -> Option<Sample> {
        let value = self.default.filter(|_| self.awake)?;
        Some(Sample { metric: Arc::clone(&self.metric), timestamp, value })
    }

    /// What an event that matches publishes: nothing, not even the default, where its value is missing or no number
    /// (recorded), or where a dimension is missing.
    pub(super) fn sample_of_match(
        &mut self,
        timestamp: DateTime<Utc>,
        message: &str,
    ) -> Result<Option<Sample>, TooManyDimensions> {
        if !self.awake {
            return Ok(None);
        }
        if let (Value::Constant(value), true) = (&self.value, self.dimensions.is_empty()) {
            return Ok(Some(Sample { metric: Arc::clone(&self.metric), timestamp, value: *value }));
        }
        let event = Event::new(&self.pattern, message);
        let value = match &self.value {
            Value::Constant(value) => Some(*value),
            Value::Selected(selector) => event.select(selector).and_then(|value| value.as_number()),
        };
        let values: Option<Vec<String>> = self
            .dimensions
            .iter()
            .map(|(_, selector)| {
                let value = event.select(selector)?;
                Some(value.as_text().to_owned()).filter(|value| !value.is_empty())
            })
            .collect();
        let (Some(value), Some(values)) = (value, values) else { return Ok(None) };
        let metric =
            if values.is_empty() { Arc::clone(&self.metric) } else { self.metric_with(values, timestamp)? };
        Ok(Some(Sample { metric, timestamp, value }))
    }

    fn metric_with(
        &mut self,
        values: Vec<String>,
        now: DateTime<Utc>,
    ) -> Result<Arc<Metric>, TooManyDimensions> {
        let hour = now.duration_trunc(TimeDelta::hours(1)).ok();
        if self.hour != hour {
            self.hour = hour;
            self.published.clear();
        }
        if let Some(metric) = self.published.get(&values) {
            return Ok(Arc::clone(metric));
        }
        if self.published.len() >= MAX_DIMENSION_SETS {
            self.awake = false;
            self.published.clear();
            return Err(TooManyDimensions);
        }
        let mut metric = Metric::clone(&self.metric);
        let names = self.dimensions.iter().map(|(name, _)| name.clone());
        metric.dimensions.extend(names.zip(values.iter().cloned()));
        let metric = Arc::new(metric);
        self.published.insert(values, Arc::clone(&metric));
        Ok(metric)
    }
}

/// An event that matches, of which values are taken.
struct Event<'m> {
    message: &'m str,
    fields: Option<Extracted<'m>>,
}

impl<'m> Event<'m> {
    fn new(pattern: &FilterPattern, message: &'m str) -> Self {
        let fields =
            if pattern.kind() == PatternKind::SpaceDelimited { pattern.extract(message) } else { None };
        Self { message, fields }
    }

    fn select(&self, selector: &Selector) -> Option<Scalar<'m>> {
        match &self.fields {
            _ if selector.is_json() => selector.select(self.message),
            Some(fields) => fields.get(selector.as_str()).map(|value| Scalar::Text(value.into())),
            None => None,
        }
    }
}

/// Checks what has nothing to do with the pattern.
fn check(transformation: &MetricTransformation) -> Result<Unit, LogsError> {
    let MetricTransformation { metric_name, metric_namespace, metric_value, default_value, dimensions, unit } =
        transformation;
    for (member, text) in [("metricName", metric_name), ("metricNamespace", metric_namespace)] {
        let place = format!("metricTransformations.1.member.{member}");
        check_length(&place, text, 1, 255)?;
        check_characters(&place, text, |character| !":*$".contains(character), "[^:*$]*")?;
    }
    check_length("metricTransformations.1.member.metricValue", metric_value, 0, 100)?;
    if default_value.is_some() && !dimensions.is_empty() {
        return Err(LogsError::invalid(
            "Invalid metric transformation: dimensions and default value are mutually exclusive properties",
        ));
    }
    let Some(unit) = unit else { return Ok(Unit::NONE) };
    Unit::parse(unit).ok_or_else(|| {
        let rule = format!("satisfy enum value set: [{}]", Unit::list());
        LogsError::constraint("metricTransformations.1.member.unit", &rule)
    })
}

fn value(text: &str) -> Result<Value, LogsError> {
    if text.starts_with('$')
        && let Ok(selector) = Selector::parse(text)
        && !selector.has_wildcard()
    {
        return Ok(Value::Selected(selector));
    }
    // Names such as `inf` are numbers for Rust only.
    let digits = text.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
    let number = text.parse().ok().filter(|number: &f64| digits && number.is_finite());
    number.map(Value::Constant).ok_or_else(|| {
        LogsError::invalid(format!(
            "Invalid metric transformation: metric value {text} must be a valid number"
        ))
    })
}

fn dimensions(
    transformation: &MetricTransformation,
    pattern: &FilterPattern,
) -> Result<Vec<(String, Selector)>, LogsError> {
    let structured = matches!(pattern.kind(), PatternKind::Json | PatternKind::SpaceDelimited);
    if !structured && !transformation.dimensions.is_empty() {
        return Err(LogsError::invalid(
            "Invalid metric transformation: dimensions are supported only for JSON and space-delimited filter patterns",
        ));
    }
    let mut all = Vec::with_capacity(transformation.dimensions.len());
    for dimension in &transformation.dimensions {
        check_length("metricTransformations.1.member.dimensions", &dimension.key, 1, 255)?;
        let selector = Selector::parse(&dimension.value).ok().filter(|selector| !selector.has_wildcard());
        let selector = selector.ok_or_else(|| {
            LogsError::invalid("Invalid metric transformation: dimension value must be valid selector")
        })?;
        all.push((dimension.key.clone(), selector));
    }
    Ok(all)
}

/// Names and values of the system's dimensions. One that is given twice counts once (recorded).
fn system_dimensions(
    definition: &MetricFilter,
    origin: Origin<'_>,
) -> Result<BTreeMap<String, String>, LogsError> {
    let fields: BTreeSet<&String> = definition.emit_system_field_dimensions.iter().collect();
    let with_value = |field: &String| Some((field.clone(), origin.field(field)?.to_owned()));
    fields.into_iter().map(with_value).collect::<Option<_>>().ok_or_else(|| {
        LogsError::invalid(
            "The provided system fields are invalid. The supported system fields are - [@aws.region, @aws.account, \
             @source.log]",
        )
    })
}

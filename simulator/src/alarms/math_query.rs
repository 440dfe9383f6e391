//! The `Metrics` of an alarm: metrics and expressions, one of which is compared.

use std::cell::RefCell;

use chrono::{DateTime, TimeDelta, Utc};

use super::checks::{check_dimensions, check_period};
use super::definition::MetricDataQuery;
use super::error::AlarmError;
use super::math::{self, Expression, MathError, Scope, Series, Value};
use super::query::{Datapoint, MetricQuery};
use crate::metrics::{MetricId, Metrics};

/// How many metrics and expressions an alarm may have together: a bound of this program. AWS bounds the metrics.
const MOST_ELEMENTS: usize = 100;

/// Metrics and expressions, one of which is compared.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct MathQuery {
    elements: Vec<Element>,
    /// The place of the element that is compared.
    returned: usize,
    period: u32,
}

#[derive(Debug, Clone, PartialEq)]
struct Element {
    id: String,
    kind: Kind,
}

#[derive(Debug, Clone, PartialEq)]
enum Kind {
    Metric(MetricQuery),
    Expression(Expression),
}

impl MathQuery {
    pub(super) fn period(&self) -> u32 {
        self.period
    }

    /// Checks the `Metrics` of an alarm: ids, periods, expressions, and that one of them gives one time series.
    pub(super) fn check(queries: &[MetricDataQuery]) -> Result<Self, AlarmError> {
        if queries.len() > MOST_ELEMENTS {
            let count = queries.len();
            return Err(AlarmError::Invalid(format!(
                "Metrics has {count} elements, and at most {MOST_ELEMENTS} are allowed"
            )));
        }
        let mut elements: Vec<Element> = Vec::new();
        for query in queries {
            check_id(&query.id)?;
            if elements.iter().any(|element| element.id == query.id) {
                return Err(AlarmError::Invalid(format!("the id `{}` is given twice in Metrics", query.id)));
            }
            elements.push(Element { id: query.id.clone(), kind: kind(query)? });
        }
        let metrics = elements.iter().filter(|element| matches!(element.kind, Kind::Metric(_))).count();
        if metrics > 10 {
            return Err(AlarmError::Invalid(format!(
                "there are {metrics} metrics, and at most 10 are allowed"
            )));
        }
        let returned: Vec<usize> =
            (0..queries.len()).filter(|place| queries[*place].return_data.unwrap_or(true)).collect();
        let [returned] = returned[..] else {
            return Err(AlarmError::Invalid(format!(
                "exactly one element of Metrics must have ReturnData true, and {} have",
                returned.len()
            )));
        };
        check_references(&elements)?;
        let longest = elements.iter().filter_map(|element| match &element.kind {
            Kind::Metric(query) => Some(query.period),
            Kind::Expression(_) => None,
        });
        let period = queries[returned].period.or(longest.max()).ok_or_else(|| {
            AlarmError::Invalid(format!(
                "metrics element `{}`: Period is needed where there is no metric",
                queries[returned].id
            ))
        })?;
        check_period(period)?;
        let query = Self { elements, returned, period };
        // One bucket without data shows what kind of value the expression gives.
        let nothing = Metrics::new(TimeDelta::zero());
        let trial = Reading::new(&query, &nothing, vec![DateTime::UNIX_EPOCH]);
        let series = trial.element(returned).and_then(Value::one_series);
        series.map_err(|error| AlarmError::Math { id: query.elements[returned].id.clone(), error })?;
        Ok(query)
    }

    pub(super) fn read(&self, metrics: &Metrics, end: DateTime<Utc>, count: usize) -> Vec<Option<Datapoint>> {
        let period = TimeDelta::seconds(i64::from(self.period));
        // One bucket more than asked for, so that RATE and DIFF have a predecessor for the oldest.
        let buckets = i32::try_from(count).unwrap_or(i32::MAX).saturating_add(1);
        let times = (1..=buckets).rev().map(|place| end - period * place).collect();
        let reading = Reading::new(self, metrics, times);
        // What can go wrong has been seen in the trial; a division of numbers by zero is no datapoint.
        let series = reading.element(self.returned).and_then(Value::one_series).unwrap_or_default();
        let newest_first = series.into_iter().rev().chain(std::iter::repeat(None)).take(count);
        newest_first.map(|point| point.map(|value| Datapoint { value, sample_count: None })).collect()
    }
}

fn check_id(id: &str) -> Result<(), AlarmError> {
    let begins = id.starts_with(|first: char| first.is_ascii_lowercase());
    if begins
        && id.chars().all(|character| character.is_ascii_alphanumeric() || character == '_')
        && id.len() <= 255
    {
        return Ok(());
    }
    Err(AlarmError::Invalid(format!(
        "The value {id} for parameter Metrics.member.Id is not matching the expected pattern ^[a-z][a-zA-Z0-9_]*$."
    )))
}

fn kind(query: &MetricDataQuery) -> Result<Kind, AlarmError> {
    let invalid = |text: String| AlarmError::Invalid(format!("metrics element `{}`: {text}", query.id));
    match (&query.metric_stat, &query.expression) {
        (Some(stat), None) => {
            let period = stat.period.ok_or_else(|| invalid("Period is needed".to_owned()))?;
            check_period(period)?;
            check_dimensions(&stat.metric.dimensions)?;
            if stat.metric.namespace.is_empty() || stat.metric.metric_name.is_empty() {
                return Err(invalid("Namespace and MetricName are needed".to_owned()));
            }
            Ok(Kind::Metric(MetricQuery {
                metric: MetricId::new(
                    &stat.metric.namespace,
                    &stat.metric.metric_name,
                    &stat.metric.dimensions,
                ),
                unit: stat.unit.clone(),
                statistic: stat.stat.parse().map_err(|error| invalid(format!("{error}")))?,
                statistic_name: stat.stat.clone(),
                period,
                ignore_low_samples: false,
            }))
        }
        (None, Some(expression)) => {
            let parsed = math::parse(expression);
            parsed.map(Kind::Expression).map_err(|error| AlarmError::Math { id: query.id.clone(), error })
        }
        _ => Err(invalid("either MetricStat or Expression is needed".to_owned())),
    }
}

/// All ids that are referred to exist, and none refers to itself.
fn check_references(elements: &[Element]) -> Result<(), AlarmError> {
    for element in elements {
        let mut open = vec![element];
        let mut seen: Vec<&str> = Vec::new();
        while let Some(next) = open.pop() {
            let Kind::Expression(expression) = &next.kind else { continue };
            let mut ids = Vec::new();
            expression.root.references(&mut |id| ids.push(id));
            for id in ids {
                let wrong = |error| AlarmError::Math { id: next.id.clone(), error };
                let Some(referred) = elements.iter().find(|element| element.id == id) else {
                    return Err(wrong(MathError::UnknownId(id.to_owned())));
                };
                if referred.id == element.id {
                    return Err(wrong(MathError::Circular(id.to_owned())));
                }
                if !seen.contains(&id) {
                    seen.push(id);
                    open.push(referred);
                }
            }
        }
    }
    Ok(())
}

/// A query over given buckets.
struct Reading<'a> {
    query: &'a MathQuery,
    metrics: &'a Metrics,
    times: Vec<DateTime<Utc>>,
    /// What each element gave, once it has been asked for.
    known: RefCell<Vec<Option<Value>>>,
}

impl<'a> Reading<'a> {
    fn new(query: &'a MathQuery, metrics: &'a Metrics, times: Vec<DateTime<Utc>>) -> Self {
        Self { query, metrics, times, known: RefCell::new(vec![None; query.elements.len()]) }
    }

    fn element(&self, place: usize) -> Result<Value, MathError> {
        if let Some(known) = &self.known.borrow()[place] {
            return Ok(known.clone());
        }
        let value = match &self.query.elements[place].kind {
            Kind::Metric(query) => Value::Series(self.series(query)),
            Kind::Expression(expression) => math::evaluate(expression, self)?,
        };
        self.known.borrow_mut()[place] = Some(value.clone());
        Ok(value)
    }

    /// A metric over the alarm's buckets; one with a shorter period is read at the start of each.
    fn series(&self, query: &MetricQuery) -> Series {
        let values =
            |datapoints: Vec<Option<Datapoint>>| datapoints.into_iter().map(|point| Some(point?.value));
        if query.period == self.query.period {
            let end = self.times.last().map_or(DateTime::UNIX_EPOCH, |start| *start + self.step());
            let newest_first = query.read(self.metrics, end, self.times.len());
            return values(newest_first).rev().collect();
        }
        let length = TimeDelta::seconds(i64::from(query.period));
        self.times.iter().flat_map(|start| values(query.read(self.metrics, *start + length, 1))).collect()
    }

    fn place(&self, id: &str) -> Option<usize> {
        self.query.elements.iter().position(|element| element.id == id)
    }
}

impl Scope for Reading<'_> {
    fn value(&self, id: &str) -> Result<Value, MathError> {
        let place = self.place(id).ok_or_else(|| MathError::UnknownId(id.to_owned()))?;
        self.element(place)
    }

    fn period(&self, id: &str) -> Option<f64> {
        Some(match &self.query.elements[self.place(id)?].kind {
            Kind::Metric(query) => f64::from(query.period),
            Kind::Expression(_) => f64::from(self.query.period),
        })
    }

    fn metrics(&self) -> Vec<(&str, Series)> {
        let metric = |element: &'_ Element| match &element.kind {
            Kind::Metric(query) => Some(self.series(query)),
            Kind::Expression(_) => None,
        };
        self.query
            .elements
            .iter()
            .filter_map(|element| Some((element.id.as_str(), metric(element)?)))
            .collect()
    }

    fn times(&self) -> &[DateTime<Utc>] {
        &self.times
    }

    fn step(&self) -> TimeDelta {
        TimeDelta::seconds(i64::from(self.query.period))
    }
}

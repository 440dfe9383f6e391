//! Expression → value.

use chrono::{DateTime, Datelike, TimeDelta, Timelike, Utc};

use super::expression::{MathError, Node, Operator};
use super::functions::Function;
use super::shape::{ascending, fill, reduce, reduce_across, with_previous};
use super::{Expression, Series};

/// What an expression gives.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::alarms) enum Value {
    Number(f64),
    Series(Series),
    List(Vec<Series>),
    Text(String),
}

impl Value {
    /// The one time series that an alarm needs.
    pub(in crate::alarms) fn one_series(self) -> Result<Series, MathError> {
        match self {
            Self::Series(series) => Ok(series),
            Self::Number(_) => Err(MathError::NotOneSeries("a number, which TIME_SERIES() makes a series,")),
            Self::List(_) => Err(MathError::NotOneSeries("several time series")),
            Self::Text(_) => Err(MathError::NotOneSeries("a text")),
        }
    }
}

/// What expressions can refer to.
pub(in crate::alarms) trait Scope {
    /// The value of an id.
    fn value(&self, id: &str) -> Result<Value, MathError>;
    /// The period of the metric or expression of an id, in seconds.
    fn period(&self, id: &str) -> Option<f64>;
    /// All metrics, in order, with their ids. Expressions are not among them.
    fn metrics(&self) -> Vec<(&str, Series)>;
    /// The start of each bucket, oldest first.
    fn times(&self) -> &[DateTime<Utc>];
    /// The period of the alarm.
    fn step(&self) -> TimeDelta;
}

/// Evaluates an expression for all buckets at once.
pub(in crate::alarms) fn evaluate(expression: &Expression, scope: &dyn Scope) -> Result<Value, MathError> {
    value(&expression.root, scope)
}

fn value(node: &Node, scope: &dyn Scope) -> Result<Value, MathError> {
    match node {
        Node::Number(number) => Ok(Value::Number(*number)),
        Node::Text(text) => Ok(Value::Text(text.clone())),
        Node::Reference(id) => scope.value(id),
        Node::List(nodes) => {
            let mut list = Vec::new();
            for node in nodes {
                list.extend(series_list(value(node, scope)?, "[ ]", scope)?);
            }
            Ok(Value::List(list))
        }
        Node::Negate(node) => map(value(node, scope)?, "-", |number| Some(-number)),
        Node::Binary(operator, left, right) => binary(*operator, value(left, scope)?, value(right, scope)?),
        Node::Call(function, arguments) => call(*function, arguments, scope),
    }
}

fn call(function: Function, arguments: &[Node], scope: &dyn Scope) -> Result<Value, MathError> {
    let name = function.name();
    let argument = |place: usize| match arguments.get(place) {
        Some(node) => value(node, scope),
        None => Err(MathError::Argument { name, needs: "another argument" }),
    };
    match function {
        Function::Abs => map(argument(0)?, name, |number| Some(number.abs())),
        Function::Ceil => map(argument(0)?, name, |number| Some(number.ceil())),
        Function::Floor => map(argument(0)?, name, |number| Some(number.floor())),
        Function::Log => map(argument(0)?, name, |number| Some(number.ln())),
        Function::Log10 => map(argument(0)?, name, |number| Some(number.log10())),
        Function::Average | Function::Maximum | Function::Minimum | Function::Sum | Function::Deviation => {
            match arguments {
                [only] => match value(only, scope)? {
                    Value::Series(series) => {
                        number_or_empty(reduce(function, series.into_iter().flatten()), scope)
                    }
                    Value::List(list) => {
                        Ok(Value::Series(reduce_across(function, &list, scope.times().len())))
                    }
                    number @ Value::Number(_) => Ok(number),
                    Value::Text(_) => Err(MathError::Argument { name, needs: "time series" }),
                },
                several => {
                    let mut list = Vec::new();
                    for node in several {
                        list.extend(series_list(value(node, scope)?, name, scope)?);
                    }
                    Ok(Value::Series(reduce_across(function, &list, scope.times().len())))
                }
            }
        }
        Function::DatapointCount => match argument(0)? {
            Value::List(list) => Ok(Value::Series(reduce_across(function, &list, scope.times().len()))),
            other => {
                let series = one(other, name)?;
                number_or_empty(reduce(function, series.into_iter().flatten()), scope)
            }
        },
        Function::MetricCount => Ok(Value::Number(length(list_of(argument(0)?, name)?.len()))),
        Function::Diff => {
            each(argument(0)?, name, |series| with_previous(series, |now, before, _| Some(now - before)))
        }
        Function::DiffTime => each(argument(0)?, name, |series| {
            with_previous(series, |_, _, buckets| Some(buckets * seconds(scope.step())))
        }),
        Function::Rate => each(argument(0)?, name, |series| {
            with_previous(series, |now, before, buckets| {
                Some((now - before) / (buckets * seconds(scope.step())))
            })
        }),
        Function::RunningSum => each(argument(0)?, name, |series| {
            let mut sum = 0.0;
            series
                .iter()
                .map(|point| {
                    point.map(|value| {
                        sum += value;
                        sum
                    })
                })
                .collect()
        }),
        Function::Fill => {
            let by = argument(1)?;
            let filled = |series: &Series| fill(series, &by);
            if fill(&Vec::new(), &by).is_none() {
                return Err(MathError::Argument {
                    name,
                    needs: "a number, a time series, REPEAT or LINEAR to fill with",
                });
            }
            each(argument(0)?, name, |series| filled(series).unwrap_or_default())
        }
        Function::First => Ok(Value::Series(end_of(argument(0)?, name, scope, <[Series]>::first)?)),
        Function::Last => Ok(Value::Series(end_of(argument(0)?, name, scope, <[Series]>::last)?)),
        Function::If => {
            let otherwise = if arguments.len() == 3 { Some(argument(2)?) } else { None };
            choose(argument(0)?, argument(1)?, otherwise, scope)
        }
        Function::Metrics => {
            let part = if arguments.is_empty() { String::new() } else { text_of(argument(0)?, name)? };
            let metrics = scope.metrics().into_iter().filter(|(id, _)| id.contains(&part));
            Ok(Value::List(metrics.map(|(_, series)| series).collect()))
        }
        Function::Period => match arguments.first() {
            Some(Node::Reference(id)) => match scope.period(id) {
                Some(period) => Ok(Value::Number(period)),
                None => Err(MathError::UnknownId(id.clone())),
            },
            _ => Err(MathError::Argument { name, needs: "the id of a metric" }),
        },
        Function::RemoveEmpty => {
            let mut list = list_of(argument(0)?, name)?;
            list.retain(|series| series.iter().any(Option::is_some));
            Ok(Value::List(list))
        }
        Function::Slice => {
            let list = list_of(argument(0)?, name)?;
            let from = index(argument(1)?, name)?;
            let to = if arguments.len() == 3 { index(argument(2)?, name)? } else { list.len() };
            Ok(Value::List(list.into_iter().take(to).skip(from).collect()))
        }
        Function::Sort => {
            let mut list = list_of(argument(0)?, name)?;
            let by = Function::named(&text_of(argument(1)?, name)?, 0);
            let by =
                by.map_err(|_| MathError::Argument { name, needs: "AVG, MAX, MIN or SUM to sort by" })?;
            list.sort_by(|one, other| ascending(by, one, other));
            match text_of(argument(2)?, name)?.as_str() {
                "ASC" => {}
                "DESC" => list.reverse(),
                _ => return Err(MathError::Argument { name, needs: "ASC or DESC" }),
            }
            if arguments.len() == 4 {
                list.truncate(index(argument(3)?, name)?);
            }
            Ok(Value::List(list))
        }
        Function::TimeSeries => {
            let number = number_of(argument(0)?, name)?;
            Ok(Value::Series(vec![Some(number); scope.times().len()]))
        }
        Function::Epoch => of_times(argument(0)?, name, scope, |time| seconds(time - DateTime::UNIX_EPOCH)),
        Function::Minute => of_times(argument(0)?, name, scope, |time| f64::from(time.minute())),
        Function::Hour => of_times(argument(0)?, name, scope, |time| f64::from(time.hour())),
        Function::Day => {
            of_times(argument(0)?, name, scope, |time| f64::from(time.weekday().number_from_monday()))
        }
        Function::Date => of_times(argument(0)?, name, scope, |time| f64::from(time.day())),
        Function::Month => of_times(argument(0)?, name, scope, |time| f64::from(time.month())),
        Function::Year => of_times(argument(0)?, name, scope, |time| f64::from(time.year())),
    }
}

/// A number that no datapoint gives is an empty time series.
fn number_or_empty(number: Option<f64>, scope: &dyn Scope) -> Result<Value, MathError> {
    Ok(number.map_or_else(|| Value::Series(vec![None; scope.times().len()]), Value::Number))
}

#[allow(clippy::cast_precision_loss, reason = "lists are short")]
fn length(length: usize) -> f64 {
    length as f64
}

#[allow(clippy::cast_precision_loss, reason = "exact for any date")]
fn seconds(time: TimeDelta) -> f64 {
    time.num_seconds() as f64
}

fn map(value: Value, name: &'static str, function: impl Fn(f64) -> Option<f64>) -> Result<Value, MathError> {
    let function = |number: f64| function(number).filter(|number| number.is_finite());
    if let Value::Number(number) = value {
        return function(number)
            .map(Value::Number)
            .ok_or(MathError::Argument { name, needs: "another number" });
    }
    each(value, name, |series| series.iter().map(|point| point.and_then(function)).collect())
}

/// A series or each of several.
fn each(value: Value, name: &'static str, function: impl Fn(&Series) -> Series) -> Result<Value, MathError> {
    match value {
        Value::Series(series) => Ok(Value::Series(function(&series))),
        Value::List(list) => Ok(Value::List(list.iter().map(function).collect())),
        Value::Number(_) | Value::Text(_) => Err(MathError::Argument { name, needs: "time series" }),
    }
}

fn binary(operator: Operator, left: Value, right: Value) -> Result<Value, MathError> {
    let combine =
        |left: Option<f64>, right: Option<f64>| left.zip(right).and_then(|(l, r)| operator.apply(l, r));
    let with = |one: &Series, other: &Series| {
        one.iter().zip(other).map(|(l, r)| combine(*l, *r)).collect::<Series>()
    };
    Ok(match (left, right) {
        (Value::Number(left), Value::Number(right)) => match operator.apply(left, right) {
            Some(number) => Value::Number(number),
            None => return Err(MathError::Argument { name: "/", needs: "a divisor other than 0" }),
        },
        (Value::Number(left), Value::Series(right)) => {
            Value::Series(right.into_iter().map(|point| combine(Some(left), point)).collect())
        }
        (Value::Series(left), Value::Number(right)) => {
            Value::Series(left.into_iter().map(|point| combine(point, Some(right))).collect())
        }
        (Value::Series(left), Value::Series(right)) => Value::Series(with(&left, &right)),
        (Value::List(list), Value::List(other)) => {
            if list.len() != other.len() {
                return Err(MathError::Argument { name: "an operator", needs: "lists of the same length" });
            }
            Value::List(list.iter().zip(&other).map(|(one, other)| with(one, other)).collect())
        }
        (Value::List(list), Value::Series(other)) => {
            Value::List(list.iter().map(|one| with(one, &other)).collect())
        }
        (Value::Series(one), Value::List(list)) => {
            Value::List(list.iter().map(|other| with(&one, other)).collect())
        }
        (Value::List(list), Value::Number(right)) => {
            let each = |one: Series| one.into_iter().map(|point| combine(point, Some(right))).collect();
            Value::List(list.into_iter().map(each).collect())
        }
        (Value::Number(left), Value::List(list)) => {
            let each = |one: Series| one.into_iter().map(|point| combine(Some(left), point)).collect();
            Value::List(list.into_iter().map(each).collect())
        }
        (Value::Text(_), _) | (_, Value::Text(_)) => {
            return Err(MathError::Argument { name: "an operator", needs: "numbers or time series" });
        }
    })
}

fn choose(
    condition: Value,
    then: Value,
    otherwise: Option<Value>,
    scope: &dyn Scope,
) -> Result<Value, MathError> {
    let buckets = scope.times().len();
    let spread = |value: Value| match value {
        Value::Number(number) => Ok(vec![Some(number); buckets]),
        other => one(other, "IF"),
    };
    if let Value::Number(number) = condition {
        return Ok(if number != 0.0 {
            then
        } else {
            otherwise.unwrap_or(Value::Series(vec![None; buckets]))
        });
    }
    let condition = one(condition, "IF")?;
    let then = spread(then)?;
    let otherwise = otherwise.map_or(Ok(vec![None; buckets]), spread)?;
    let chosen =
        condition.iter().zip(then.iter().zip(&otherwise)).map(
            |(condition, (then, otherwise))| match condition {
                None => None,
                Some(number) if *number != 0.0 => *then,
                Some(_) => *otherwise,
            },
        );
    Ok(Value::Series(chosen.collect()))
}

fn of_times(
    value: Value,
    name: &'static str,
    scope: &dyn Scope,
    of: impl Fn(DateTime<Utc>) -> f64,
) -> Result<Value, MathError> {
    let series = one(value, name)?;
    let points = series.iter().zip(scope.times()).map(|(point, time)| point.map(|_| of(*time)));
    Ok(Value::Series(points.collect()))
}

fn one(value: Value, name: &'static str) -> Result<Series, MathError> {
    match value {
        Value::Series(series) => Ok(series),
        _ => Err(MathError::Argument { name, needs: "one time series" }),
    }
}

fn list_of(value: Value, name: &'static str) -> Result<Vec<Series>, MathError> {
    match value {
        Value::List(list) => Ok(list),
        Value::Series(series) => Ok(vec![series]),
        _ => Err(MathError::Argument { name, needs: "a list of time series" }),
    }
}

/// The list that a member of `[a, b]` adds to; a number is a series of itself.
fn series_list(value: Value, name: &'static str, scope: &dyn Scope) -> Result<Vec<Series>, MathError> {
    match value {
        Value::Number(number) => Ok(vec![vec![Some(number); scope.times().len()]]),
        other => list_of(other, name),
    }
}

/// The first or last of a list; without any, a series without data.
fn end_of(
    value: Value,
    name: &'static str,
    scope: &dyn Scope,
    end: impl Fn(&[Series]) -> Option<&Series>,
) -> Result<Series, MathError> {
    let list = list_of(value, name)?;
    Ok(end(&list).cloned().unwrap_or_else(|| vec![None; scope.times().len()]))
}

fn number_of(value: Value, name: &'static str) -> Result<f64, MathError> {
    match value {
        Value::Number(number) => Ok(number),
        _ => Err(MathError::Argument { name, needs: "a number" }),
    }
}

fn text_of(value: Value, name: &'static str) -> Result<String, MathError> {
    match value {
        Value::Text(text) => Ok(text),
        _ => Err(MathError::Argument { name, needs: "a text" }),
    }
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "checked to be a small whole number"
)]
fn index(value: Value, name: &'static str) -> Result<usize, MathError> {
    let number = number_of(value, name)?;
    let whole = number.fract() == 0.0 && (0.0..=500.0).contains(&number);
    if whole {
        Ok(number as usize)
    } else {
        Err(MathError::Argument { name, needs: "a whole number from 0 to 500" })
    }
}

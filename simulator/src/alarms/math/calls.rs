//! What each function does.

use chrono::{DateTime, Datelike, TimeDelta, Timelike, Utc};

use super::Series;
use super::evaluate::{members, value};
use super::expression::{MathError, Node};
use super::functions::Function;
use super::shape::{ascending, fill, reduce, reduce_across, running_sum, with_previous};
use super::value::{Scope, Value, constant, empty};

/// A call: the function, its arguments, and what they can refer to.
struct Call<'a> {
    function: Function,
    arguments: &'a [Node],
    scope: &'a dyn Scope,
}

pub(super) fn call(function: Function, arguments: &[Node], scope: &dyn Scope) -> Result<Value, MathError> {
    let call = Call { function, arguments, scope };
    let name = function.name();
    match function {
        Function::Abs => call.argument(0)?.map(name, f64::abs),
        Function::Ceil => call.argument(0)?.map(name, f64::ceil),
        Function::Floor => call.argument(0)?.map(name, f64::floor),
        Function::Log => call.argument(0)?.map(name, f64::ln),
        Function::Log10 => call.argument(0)?.map(name, f64::log10),
        Function::Average
        | Function::Maximum
        | Function::Minimum
        | Function::Sum
        | Function::Deviation
        | Function::DatapointCount => call.reduced(),
        Function::Diff | Function::DiffTime | Function::Rate | Function::RunningSum => call.in_sequence(),
        Function::Fill => call.filled(),
        Function::If => call.chosen(),
        Function::Metrics => call.metrics(),
        Function::Period => call.period(),
        Function::First
        | Function::Last
        | Function::MetricCount
        | Function::RemoveEmpty
        | Function::Slice
        | Function::Sort => call.of_list(),
        Function::TimeSeries => Ok(Value::Series(constant(call.argument(0)?.number(name)?, scope))),
        Function::Epoch
        | Function::Minute
        | Function::Hour
        | Function::Day
        | Function::Date
        | Function::Month
        | Function::Year => call.of_times(),
    }
}

impl Call<'_> {
    fn argument(&self, place: usize) -> Result<Value, MathError> {
        match self.arguments.get(place) {
            Some(node) => value(node, self.scope),
            None => Err(self.needs("another argument")),
        }
    }

    fn needs(&self, needs: &'static str) -> MathError {
        MathError::Argument { name: self.function.name(), needs }
    }

    /// Of one series a number, of several a series; a number stays itself.
    fn reduced(&self) -> Result<Value, MathError> {
        let buckets = self.scope.times().len();
        let list = match self.arguments {
            [only] => match value(only, self.scope)? {
                Value::Series(series) => {
                    let number = reduce(self.function, series.into_iter().flatten());
                    // Without any datapoint there is no number, but a series without data.
                    return Ok(number.map_or_else(|| Value::Series(empty(self.scope)), Value::Number));
                }
                number @ Value::Number(_) => return Ok(number),
                other => other.list(self.function.name())?,
            },
            several => members(several, self.function.name(), self.scope)?,
        };
        Ok(Value::Series(reduce_across(self.function, &list, buckets)))
    }

    fn in_sequence(&self) -> Result<Value, MathError> {
        let step = seconds(self.scope.step());
        let function = |series: &Series| match self.function {
            Function::RunningSum => running_sum(series),
            Function::DiffTime => with_previous(series, |_, _, buckets| buckets * step),
            Function::Rate => with_previous(series, |now, before, buckets| (now - before) / (buckets * step)),
            _ => with_previous(series, |now, before, _| now - before),
        };
        self.argument(0)?.each(self.function.name(), function)
    }

    fn filled(&self) -> Result<Value, MathError> {
        let by = self.argument(1)?;
        if fill(&Series::new(), &by).is_none() {
            return Err(self.needs("a number, a time series, REPEAT or LINEAR to fill with"));
        }
        self.argument(0)?.each(self.function.name(), |series| fill(series, &by).unwrap_or_default())
    }

    /// `IF(condition, then, otherwise)`, bucket by bucket.
    fn chosen(&self) -> Result<Value, MathError> {
        let name = self.function.name();
        let then = self.argument(1)?;
        let otherwise =
            if self.arguments.len() == 3 { self.argument(2)? } else { Value::Series(empty(self.scope)) };
        let condition = match self.argument(0)? {
            Value::Number(number) => return Ok(if number == 0.0 { otherwise } else { then }),
            other => other.series(name)?,
        };
        let (then, otherwise) = (then.spread(name, self.scope)?, otherwise.spread(name, self.scope)?);
        let chosen = condition.iter().zip(then.iter().zip(&otherwise));
        let chosen = chosen.map(|(condition, (then, otherwise))| match condition {
            None => None,
            Some(number) if *number == 0.0 => *otherwise,
            Some(_) => *then,
        });
        Ok(Value::Series(chosen.collect()))
    }

    /// All metrics, or those whose id has a part.
    fn metrics(&self) -> Result<Value, MathError> {
        let part = match self.arguments {
            [] => String::new(),
            _ => self.argument(0)?.text(self.function.name())?,
        };
        let metrics = self.scope.metrics().into_iter().filter(|(id, _)| id.contains(&part));
        Ok(Value::List(metrics.map(|(_, series)| series).collect()))
    }

    fn period(&self) -> Result<Value, MathError> {
        let Some(Node::Reference(id)) = self.arguments.first() else {
            return Err(self.needs("the id of a metric"));
        };
        self.scope.period(id).map(Value::Number).ok_or_else(|| MathError::UnknownId(id.clone()))
    }

    fn of_list(&self) -> Result<Value, MathError> {
        let name = self.function.name();
        let mut list = self.argument(0)?.list(name)?;
        match self.function {
            Function::First => {
                return Ok(Value::Series(list.into_iter().next().unwrap_or_else(|| empty(self.scope))));
            }
            Function::Last => return Ok(Value::Series(list.pop().unwrap_or_else(|| empty(self.scope)))),
            #[allow(clippy::cast_precision_loss, reason = "lists are short")]
            Function::MetricCount => return Ok(Value::Number(list.len() as f64)),
            Function::RemoveEmpty => list.retain(|series| series.iter().any(Option::is_some)),
            Function::Slice => {
                let from = self.argument(1)?.index(name)?;
                let to = if self.arguments.len() == 3 { self.argument(2)?.index(name)? } else { list.len() };
                list = list.into_iter().take(to).skip(from).collect();
            }
            _ => self.sort(&mut list)?,
        }
        Ok(Value::List(list))
    }

    fn sort(&self, list: &mut Vec<Series>) -> Result<(), MathError> {
        let name = self.function.name();
        let by = match self.argument(1)?.text(name)?.as_str() {
            "AVG" => Function::Average,
            "MAX" => Function::Maximum,
            "MIN" => Function::Minimum,
            "SUM" => Function::Sum,
            _ => return Err(self.needs("AVG, MAX, MIN or SUM to sort by")),
        };
        list.sort_by(|one, other| ascending(by, one, other));
        match self.argument(2)?.text(name)?.as_str() {
            "ASC" => {}
            "DESC" => list.reverse(),
            _ => return Err(self.needs("ASC or DESC")),
        }
        if self.arguments.len() == 4 {
            list.truncate(self.argument(3)?.index(name)?);
        }
        Ok(())
    }

    /// For each datapoint, a part of the time at which its bucket begins.
    fn of_times(&self) -> Result<Value, MathError> {
        let part = |time: DateTime<Utc>| match self.function {
            Function::Minute => f64::from(time.minute()),
            Function::Hour => f64::from(time.hour()),
            Function::Day => f64::from(time.weekday().number_from_monday()),
            Function::Date => f64::from(time.day()),
            Function::Month => f64::from(time.month()),
            Function::Year => f64::from(time.year()),
            _ => seconds(time - DateTime::UNIX_EPOCH),
        };
        let series = self.argument(0)?.series(self.function.name())?;
        let points = series.iter().zip(self.scope.times()).map(|(point, time)| point.map(|_| part(*time)));
        Ok(Value::Series(points.collect()))
    }
}

#[allow(clippy::cast_precision_loss, reason = "exact for any date")]
fn seconds(time: TimeDelta) -> f64 {
    time.num_seconds() as f64
}

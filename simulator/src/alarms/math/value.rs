//! What expressions give, and what functions take.

use chrono::{DateTime, TimeDelta, Utc};

use super::Series;
use super::expression::MathError;

/// What an expression gives.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::alarms) enum Value {
    Number(f64),
    Series(Series),
    List(Vec<Series>),
    Text(String),
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

/// A series without data.
pub(super) fn empty(scope: &dyn Scope) -> Series {
    vec![None; scope.times().len()]
}

/// A series of one number.
pub(super) fn constant(number: f64, scope: &dyn Scope) -> Series {
    vec![Some(number); scope.times().len()]
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

    /// One time series, as an argument.
    pub(super) fn series(self, name: &'static str) -> Result<Series, MathError> {
        match self {
            Self::Series(series) => Ok(series),
            _ => Err(MathError::Argument { name, needs: "one time series" }),
        }
    }

    /// One time series, which a number can be too.
    pub(super) fn spread(self, name: &'static str, scope: &dyn Scope) -> Result<Series, MathError> {
        match self {
            Self::Number(number) => Ok(constant(number, scope)),
            other => other.series(name),
        }
    }

    /// A list of time series; one series is a list of itself.
    pub(super) fn list(self, name: &'static str) -> Result<Vec<Series>, MathError> {
        match self {
            Self::List(list) => Ok(list),
            Self::Series(series) => Ok(vec![series]),
            _ => Err(MathError::Argument { name, needs: "a list of time series" }),
        }
    }

    /// What a member adds to a list `[a, b]`; a number is a series of itself.
    pub(super) fn members(self, name: &'static str, scope: &dyn Scope) -> Result<Vec<Series>, MathError> {
        match self {
            Self::Number(number) => Ok(vec![constant(number, scope)]),
            other => other.list(name),
        }
    }

    pub(super) fn number(self, name: &'static str) -> Result<f64, MathError> {
        match self {
            Self::Number(number) => Ok(number),
            _ => Err(MathError::Argument { name, needs: "a number" }),
        }
    }

    pub(super) fn text(self, name: &'static str) -> Result<String, MathError> {
        match self {
            Self::Text(text) => Ok(text),
            _ => Err(MathError::Argument { name, needs: "a text" }),
        }
    }

    /// A place in a list.
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "checked to be a small whole number"
    )]
    pub(super) fn index(self, name: &'static str) -> Result<usize, MathError> {
        let number = self.number(name)?;
        let is_index = number.fract() == 0.0 && (0.0..=500.0).contains(&number);
        if is_index {
            Ok(number as usize)
        } else {
            Err(MathError::Argument { name, needs: "a whole number from 0 to 500" })
        }
    }

    /// Applies a function to a number, or to each datapoint.
    pub(super) fn map(self, name: &'static str, function: impl Fn(f64) -> f64) -> Result<Self, MathError> {
        let function = |number: f64| Some(function(number)).filter(|result| result.is_finite());
        if let Self::Number(number) = self {
            return function(number)
                .map(Self::Number)
                .ok_or(MathError::Argument { name, needs: "another number" });
        }
        self.each(name, |series| series.iter().map(|point| point.and_then(function)).collect())
    }

    /// Applies a function to a series, or to each of several.
    pub(super) fn each(
        self,
        name: &'static str,
        function: impl Fn(&Series) -> Series,
    ) -> Result<Self, MathError> {
        match self {
            Self::Series(series) => Ok(Self::Series(function(&series))),
            Self::List(list) => Ok(Self::List(list.iter().map(function).collect())),
            Self::Number(_) | Self::Text(_) => Err(MathError::Argument { name, needs: "time series" }),
        }
    }
}

//! Metric math: expressions over metrics, as alarms use them.
//!
//! Semantics after "Using math expressions with CloudWatch metrics" in the CloudWatch guide.

mod calls;
mod evaluate;
mod expression;
mod functions;
mod lexer;
mod parser;
mod shape;
mod value;

pub(super) use evaluate::evaluate;
pub(super) use expression::Expression;
pub use expression::MathError;
pub(super) use parser::parse;
pub(super) use value::{Scope, Value};

/// A time series: one value a bucket, oldest first, none where it is missing.
pub(super) type Series = Vec<Option<f64>>;

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta, Utc};

    use super::*;

    /// Two metrics over four buckets that begin at 2026-09-14T10:58:00Z, and one without data.
    struct Fixed {
        times: Vec<DateTime<Utc>>,
    }

    impl Scope for Fixed {
        fn value(&self, id: &str) -> Result<Value, MathError> {
            let metrics = self.metrics().into_iter().find(|(name, _)| *name == id);
            metrics
                .map(|(_, series)| Value::Series(series))
                .ok_or_else(|| MathError::UnknownId(id.to_owned()))
        }
        fn period(&self, _: &str) -> Option<f64> {
            Some(60.0)
        }
        fn metrics(&self) -> Vec<(&str, Series)> {
            let m1 = vec![Some(1.0), None, Some(4.0), Some(-2.5)];
            let m2 = vec![Some(2.0), Some(0.0), None, Some(2.0)];
            vec![("m1", m1), ("m2", m2), ("nothing", vec![None; 4])]
        }
        fn times(&self) -> &[DateTime<Utc>] {
            &self.times
        }
        fn step(&self) -> TimeDelta {
            TimeDelta::minutes(1)
        }
    }

    /// The value as `1 - 4 -2.5`, a number as `=1`, lists as `a | b`.
    fn show(text: &str) -> String {
        let start = DateTime::from_timestamp(1_789_383_480, 0).unwrap_or_default();
        let scope = Fixed { times: (0..4).map(|minute| start + TimeDelta::minutes(minute)).collect() };
        let series = |series: &Series| {
            let points = series.iter().map(|point| point.map_or("-".to_owned(), |value| value.to_string()));
            points.collect::<Vec<_>>().join(" ")
        };
        match parse(text).and_then(|expression| evaluate(&expression, &scope)) {
            Ok(Value::Number(number)) => format!("={number}"),
            Ok(Value::Series(one)) => series(&one),
            Ok(Value::List(list)) => list.iter().map(series).collect::<Vec<_>>().join(" | "),
            Ok(Value::Text(text)) => text,
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn arithmetic_and_comparison() {
        for (text, value) in [
            ("1 + 2 * 3 ^ 2 ^ 0", "=7"),
            ("-(2 - 5) / 1.5e0", "=2"),
            ("m1 + m2", "3 - - -0.5"),
            ("m1 / m2 * 100", "50 - - -125"),
            ("2 - m1", "1 - -2 4.5"),
            ("m2 / 0", "- - - -"),
            ("m1 > 0", "1 - 1 0"),
            ("m1 > 0 AND m2 != 0", "1 - - 0"),
            ("m1 < 0 || m1 == 1", "1 - 0 1"),
            ("[m1, m2] * 2", "2 - 8 -5 | 4 0 - 4"),
            ("m1 + \"a\"", "`an operator` needs one time series"),
        ] {
            assert_eq!(show(text), value, "{text}");
        }
    }

    #[test]
    fn functions() {
        for (text, value) in [
            ("ABS(m1)", "1 - 4 2.5"),
            ("CEIL(m1)", "1 - 4 -2"),
            ("FLOOR(m1)", "1 - 4 -3"),
            ("LOG10(m1)", "0 - 0.6020599913279624 -"),
            ("SUM(m1)", "=2.5"),
            ("MAX(m1) - MIN(m2)", "=4"),
            ("AVG(nothing)", "- - - -"),
            ("SUM([m1, m2])", "3 0 4 -0.5"),
            ("SUM(METRICS())", "3 0 4 -0.5"),
            ("AVG(METRICS(\"m\"))", "1.5 0 4 -0.25"),
            ("MAX([m1, 0])", "1 0 4 0"),
            ("STDDEV([m1, m2])", "0.5 0 0 2.25"),
            ("DATAPOINT_COUNT(m1)", "=3"),
            ("DATAPOINT_COUNT(METRICS())", "2 1 1 2"),
            ("METRIC_COUNT(METRICS())", "=3"),
            ("FILL(m1, 0)", "1 0 4 -2.5"),
            ("FILL(nothing, 0)", "0 0 0 0"),
            ("FILL(m2, REPEAT)", "2 0 0 2"),
            ("FILL(m1, LINEAR)", "1 2.5 4 -2.5"),
            ("FILL(m1, m2)", "1 0 4 -2.5"),
            ("FILL(m1, MEDIAN)", "`FILL` needs a number, a time series, REPEAT or LINEAR to fill with"),
            ("DIFF(m1)", "- - 3 -6.5"),
            ("RATE(m1)", "- - 0.025 -0.10833333333333334"),
            ("DIFF_TIME(m1)", "- - 120 60"),
            ("RUNNING_SUM(m1)", "1 - 5 2.5"),
            ("PERIOD(m1)", "=60"),
            ("m1 * PERIOD(m1)", "60 - 240 -150"),
            ("IF(m1 > 0, m2, 7)", "2 - - 7"),
            ("IF(m1, 1)", "1 - 1 1"),
            ("IF(0, m1, m2)", "2 0 - 2"),
            ("TIME_SERIES(3)", "3 3 3 3"),
            ("FIRST(METRICS())", "1 - 4 -2.5"),
            ("LAST(REMOVE_EMPTY(METRICS()))", "2 0 - 2"),
            ("FIRST(SORT(METRICS(), MAX, ASC))", "- - - -"),
            ("SORT(METRICS(), SUM, DESC, 1)", "2 0 - 2"),
            ("SLICE(METRICS(), 1, 2)", "2 0 - 2"),
            ("HOUR(m1)", "10 - 11 11"),
            ("MINUTE(m1)", "58 - 0 1"),
            ("DAY(m2)", "1 1 - 1"),
            ("DATE(m2) + MONTH(m2) + YEAR(m2)", "2049 2049 - 2049"),
            ("EPOCH(m2)", "1789383480 1789383540 - 1789383660"),
            ("IF(HOUR(FILL(m1, 0)) < 11, 0, m2)", "0 0 - 2"),
            ("m3", "no metric or expression has the id `m3`"),
        ] {
            assert_eq!(show(text), value, "{text}");
        }
    }
}

//! What functions do to series.

use std::cmp::Ordering;

use super::Series;
use super::functions::Function;
use super::value::Value;

/// One number of many; `None` of none.
pub(super) fn reduce(function: Function, points: impl Iterator<Item = f64>) -> Option<f64> {
    let points: Vec<f64> = points.collect();
    #[allow(clippy::cast_precision_loss, reason = "far fewer than 2^52 points")]
    let count = points.len() as f64;
    if function == Function::DatapointCount {
        return Some(count);
    }
    if points.is_empty() {
        return None;
    }
    let sum: f64 = points.iter().sum();
    match function {
        Function::Average => Some(sum / count),
        Function::Maximum => points.into_iter().reduce(f64::max),
        Function::Minimum => points.into_iter().reduce(f64::min),
        Function::Deviation => {
            let mean = sum / count;
            let squares: f64 = points.iter().map(|point| (point - mean).powi(2)).sum();
            Some((squares / count).sqrt())
        }
        _ => Some(sum),
    }
}

/// For each bucket, one number of all series that have a datapoint there.
pub(super) fn reduce_across(function: Function, list: &[Series], buckets: usize) -> Series {
    let points = |bucket: usize| list.iter().filter_map(move |series| series.get(bucket).copied().flatten());
    (0..buckets).map(|bucket| reduce(function, points(bucket))).collect()
}

/// Each datapoint with the one before it and how many buckets lie between them.
pub(super) fn with_previous(series: &Series, function: impl Fn(f64, f64, f64) -> f64) -> Series {
    let mut previous: Option<(f64, f64)> = None;
    let mut bucket = 0.0;
    let mut result = Series::with_capacity(series.len());
    for point in series {
        let both = point.zip(previous);
        result.push(both.map(|(now, (before, at))| function(now, before, bucket - at)));
        if let Some(now) = point {
            previous = Some((*now, bucket));
        }
        bucket += 1.0;
    }
    result
}

/// The sum of each datapoint and all before it.
pub(super) fn running_sum(series: &Series) -> Series {
    let mut sum = 0.0;
    let mut add = |value: f64| {
        sum += value;
        sum
    };
    series.iter().map(|point| point.map(&mut add)).collect()
}

/// A series without gaps, or with fewer. `None` where the second argument says nothing that can be filled with.
pub(super) fn fill(series: &Series, by: &Value) -> Option<Series> {
    match by {
        Value::Number(number) => Some(series.iter().map(|point| point.or(Some(*number))).collect()),
        Value::Series(other) => {
            let filler = other.iter().copied().chain(std::iter::repeat(None));
            Some(series.iter().zip(filler).map(|(point, other)| point.or(other)).collect())
        }
        Value::Text(text) if text == "REPEAT" => {
            let mut last = None;
            let repeat = series.iter().map(|point| {
                last = point.or(last);
                last
            });
            Some(repeat.collect())
        }
        Value::Text(text) if text == "LINEAR" => Some(linear(series)),
        Value::Text(_) | Value::List(_) => None,
    }
}

/// Gaps between datapoints on a line from one to the next.
fn linear(series: &Series) -> Series {
    let mut filled = series.clone();
    let mut previous: Option<(usize, f64)> = None;
    for (place, point) in series.iter().enumerate() {
        let Some(value) = *point else { continue };
        if let Some((from, before)) = previous {
            #[allow(clippy::cast_precision_loss, reason = "far fewer than 2^52 buckets")]
            let slope = (value - before) / (place - from) as f64;
            let mut line = before;
            for gap in filled.iter_mut().take(place).skip(from + 1) {
                line += slope;
                *gap = Some(line);
            }
        }
        previous = Some((place, value));
    }
    filled
}

/// By a number of each; what has none comes first.
pub(super) fn ascending(by: Function, one: &Series, other: &Series) -> Ordering {
    let number = |series: &Series| reduce(by, series.iter().copied().flatten()).unwrap_or(f64::NEG_INFINITY);
    number(one).total_cmp(&number(other))
}

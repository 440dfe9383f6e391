//! Which numbers a comparison leaves.

use std::ops::RangeInclusive;

use chrono::{Days, NaiveDate, NaiveTime};

use super::error::QueryProblem;
use super::field::Number;
use super::scanner::Comparison;

/// The numbers that stand in this comparison to the value.
pub(super) fn of(
    number: Number,
    comparison: Comparison,
    value: &str,
) -> Result<RangeInclusive<i64>, QueryProblem> {
    let (first, last) = match number {
        Number::Count => {
            let count = value.parse().map_err(|_| QueryProblem::NoNumber(value.to_owned()))?;
            (count, count)
        }
        Number::CreatedAt | Number::LastOccurredAt | Number::SnoozedUntil => {
            time(value).ok_or_else(|| QueryProblem::NoTime(value.to_owned()))?
        }
    };
    Ok(match comparison {
        Comparison::Is => first..=last,
        Comparison::Less => below(first),
        Comparison::AtMost => i64::MIN..=last,
        Comparison::More => above(last),
        Comparison::AtLeast => first..=i64::MAX,
    })
}

fn below(first: i64) -> RangeInclusive<i64> {
    first.checked_sub(1).map_or(NOTHING, |last| i64::MIN..=last)
}

fn above(last: i64) -> RangeInclusive<i64> {
    last.checked_add(1).map_or(NOTHING, |first| first..=i64::MAX)
}

#[allow(clippy::reversed_empty_ranges, reason = "nothing is less than the least number")]
const NOTHING: RangeInclusive<i64> = 1..=0;

/// First and last millisecond: of one alone, or of a day in UTC.
fn time(value: &str) -> Option<(i64, i64)> {
    if let Ok(milliseconds) = value.parse() {
        return Some((milliseconds, milliseconds));
    }
    let day = NaiveDate::parse_from_str(value, "%d-%m-%Y").ok()?;
    let start = |day: NaiveDate| day.and_time(NaiveTime::MIN).and_utc().timestamp_millis();
    Some((start(day), start(day.checked_add_days(Days::new(1))?) - 1))
}

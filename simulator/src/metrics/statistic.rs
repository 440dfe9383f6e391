//! Statistics and extended statistics.

use std::str::FromStr;

use thiserror::Error;

use super::aggregate::Aggregate;

/// What number is made of an aggregate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Statistic {
    /// How many samples there were.
    SampleCount,
    /// Sum by count.
    Average,
    /// The sum of all values.
    Sum,
    /// The smallest value.
    Minimum,
    /// The greatest value.
    Maximum,
    /// `p99.9`: a percentile.
    Percentile(f64),
    /// `tm90`, `TM(10%:90%)`, `IQM`: the mean of what lies within bounds.
    TrimmedMean(Bounds),
    /// `wm90`: the mean, with what lies outside of the bounds set to them.
    WinsorizedMean(Bounds),
    /// `PR(100:300)`: the share of values within bounds, in percent.
    PercentileRank(Bounds),
    /// `tc90`: how many samples lie within bounds.
    TrimmedCount(Bounds),
    /// `ts90`: the sum of what lies within bounds.
    TrimmedSum(Bounds),
}

/// What a trimmed statistic keeps.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Bounds {
    /// From one share of the ordered values to another, 0 to 1.
    Shares {
        /// The share below which values are left out.
        from: f64,
        /// The share above which values are left out.
        to: f64,
    },
    /// Values above the first, up to and including the second.
    Values {
        /// Exclusive.
        from: f64,
        /// Inclusive.
        to: f64,
    },
}

/// The text names no statistic.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "`{0}` is no statistic; known are SampleCount, Average, Sum, Minimum, Maximum, pNN, tmNN, tcNN, tsNN, wmNN, IQM and \
     TM, TC, TS, WM, PR with bounds such as (10%:90%) or (150:1000)"
)]
pub struct NotAStatistic(pub String);

impl Statistic {
    /// Whether it needs the distribution of the values.
    #[must_use]
    pub const fn needs_distribution(&self) -> bool {
        !matches!(self, Self::SampleCount | Self::Average | Self::Sum | Self::Minimum | Self::Maximum)
    }

    /// The number; `None` where no value lies within the bounds.
    #[must_use]
    pub fn of(&self, aggregate: &Aggregate) -> Option<f64> {
        if aggregate.count <= 0.0 {
            return None;
        }
        match *self {
            Self::SampleCount => Some(aggregate.count),
            Self::Average => Some(aggregate.sum / aggregate.count),
            Self::Sum => Some(aggregate.sum),
            Self::Minimum => Some(aggregate.minimum),
            Self::Maximum => Some(aggregate.maximum),
            Self::Percentile(percent) => aggregate.distribution.percentile(percent),
            Self::TrimmedMean(bounds) => mean(&bounds.within(aggregate)),
            Self::WinsorizedMean(bounds) => {
                let (low, high) = bounds.limits(aggregate)?;
                let values = aggregate.distribution.values();
                mean(
                    &values.iter().map(|(value, count)| (value.clamp(low, high), *count)).collect::<Vec<_>>(),
                )
            }
            Self::PercentileRank(bounds) => Some(count(&bounds.within(aggregate)) / aggregate.count * 100.0),
            Self::TrimmedCount(bounds) => Some(count(&bounds.within(aggregate))),
            Self::TrimmedSum(bounds) => Some(sum(&bounds.within(aggregate))),
        }
    }
}

impl Bounds {
    fn within(self, aggregate: &Aggregate) -> Vec<(f64, f64)> {
        match self {
            Self::Shares { from, to } => aggregate.distribution.between_shares(from, to),
            Self::Values { from, to } => aggregate.distribution.between_values(from, to),
        }
    }

    /// The smallest and the greatest value that stay as they are.
    fn limits(self, aggregate: &Aggregate) -> Option<(f64, f64)> {
        match self {
            Self::Values { from, to } => Some((from, to)),
            Self::Shares { .. } => {
                let within = self.within(aggregate);
                Some((within.first()?.0, within.last()?.0))
            }
        }
    }
}

fn count(values: &[(f64, f64)]) -> f64 {
    values.iter().map(|(_, count)| count).sum()
}

fn sum(values: &[(f64, f64)]) -> f64 {
    values.iter().map(|(value, count)| value * count).sum()
}

fn mean(values: &[(f64, f64)]) -> Option<f64> {
    let count = count(values);
    (count > 0.0).then(|| sum(values) / count)
}

impl FromStr for Statistic {
    type Err = NotAStatistic;

    fn from_str(text: &str) -> Result<Self, NotAStatistic> {
        match text {
            "SampleCount" => return Ok(Self::SampleCount),
            "Average" => return Ok(Self::Average),
            "Sum" => return Ok(Self::Sum),
            "Minimum" => return Ok(Self::Minimum),
            "Maximum" => return Ok(Self::Maximum),
            "IQM" => return Ok(Self::TrimmedMean(Bounds::Shares { from: 0.25, to: 0.75 })),
            _ => {}
        }
        extended(text).ok_or_else(|| NotAStatistic(text.to_owned()))
    }
}

/// `p99`, `tm90`, `TM(10%:90%)` and the like.
fn extended(text: &str) -> Option<Statistic> {
    if let Some(percent) = text.strip_prefix('p') {
        return percentage(percent).map(Statistic::Percentile);
    }
    let (kind, rest) = text.split_at_checked(2)?;
    let bounds = match rest.strip_prefix('(') {
        Some(inner) => bounds(inner.strip_suffix(')')?)?,
        // `tm90` leaves out the greatest 10%. A rank needs bounds.
        None if kind.eq_ignore_ascii_case("pr") => return None,
        None => Bounds::Shares { from: 0.0, to: percentage(rest)? / 100.0 },
    };
    match kind {
        "tm" | "TM" => Some(Statistic::TrimmedMean(bounds)),
        "wm" | "WM" => Some(Statistic::WinsorizedMean(bounds)),
        "tc" | "TC" => Some(Statistic::TrimmedCount(bounds)),
        "ts" | "TS" => Some(Statistic::TrimmedSum(bounds)),
        "pr" | "PR" if matches!(bounds, Bounds::Values { .. }) => Some(Statistic::PercentileRank(bounds)),
        _ => None,
    }
}

/// `10%:90%`, `150:1000`; either side may be left out.
fn bounds(text: &str) -> Option<Bounds> {
    let (from, to) = text.split_once(':')?;
    if from.is_empty() && to.is_empty() {
        return None;
    }
    if from.ends_with('%') || to.ends_with('%') {
        let share = |text: &str, otherwise: f64| match text {
            "" => Some(otherwise),
            _ => Some(percentage(text.strip_suffix('%')?)? / 100.0),
        };
        let (from, to) = (share(from, 0.0)?, share(to, 1.0)?);
        return (from < to).then_some(Bounds::Shares { from, to });
    }
    let value = |text: &str, otherwise: f64| if text.is_empty() { Some(otherwise) } else { number(text) };
    let (from, to) = (value(from, f64::NEG_INFINITY)?, value(to, f64::INFINITY)?);
    (from < to).then_some(Bounds::Values { from, to })
}

/// A decimal number without sign, exponent or spaces.
fn number(text: &str) -> Option<f64> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    if plain { text.parse().ok() } else { None }
}

fn percentage(text: &str) -> Option<f64> {
    number(text).filter(|percent| (0.0..=100.0).contains(percent))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn statistic_of(values: &[f64], statistic: &str) -> Option<f64> {
        let mut aggregate = Aggregate::of(values[0], 1.0);
        for value in &values[1..] {
            aggregate.add(*value, 1.0);
        }
        statistic.parse::<Statistic>().unwrap().of(&aggregate)
    }

    #[test]
    fn each_statistic_of_ten_values() {
        let values: Vec<f64> = (1..=10).map(f64::from).collect();
        for (statistic, expected) in [
            ("SampleCount", 10.0),
            ("Average", 5.5),
            ("Sum", 55.0),
            ("Minimum", 1.0),
            ("Maximum", 10.0),
            ("p50", 5.0),
            ("p99.9", 10.0),
            ("tm90", 5.0),
            ("TM(10%:90%)", 5.5),
            ("TM(2:8)", 5.5),
            ("IQM", 5.5),
            ("tc80", 8.0),
            ("TC(:3)", 3.0),
            ("ts80", 36.0),
            ("TS(80%:)", 19.0),
            ("wm90", 5.4),
            ("WM(:5)", 4.0),
            ("PR(:3)", 30.0),
            ("PR(3:5)", 20.0),
        ] {
            assert_eq!(statistic_of(&values, statistic), Some(expected), "{statistic}");
        }
        assert_eq!(statistic_of(&values, "TM(20:30)"), None);
        assert_eq!(statistic_of(&[7.0], "tm90"), Some(7.0));
    }

    #[test]
    fn what_is_no_statistic_is_refused() {
        for text in [
            "",
            "sum",
            "p",
            "p101",
            "p-1",
            "pr90",
            "PR(10%:20%)",
            "tm",
            "TM()",
            "TM(:)",
            "TM(90%:10%)",
            "x90",
            "é",
        ] {
            assert_eq!(text.parse::<Statistic>(), Err(NotAStatistic(text.to_owned())));
        }
    }
}

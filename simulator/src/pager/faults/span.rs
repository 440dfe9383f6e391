//! Time spans as text.

use std::fmt;

use chrono::TimeDelta;

const UNITS: [(&str, i64); 4] = [("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)];
/// A year: dates stay within what can be written.
const LONGEST: i64 = 366 * 86_400_000;

/// Reads `200ms`, `30s`, `5m` or `2h`, at most a year.
pub(in super::super) fn span(text: &str) -> Option<TimeDelta> {
    let digits = text.find(|letter: char| !letter.is_ascii_digit())?;
    let (number, unit) = text.split_at_checked(digits)?;
    let (_, factor) = UNITS.iter().find(|(name, _)| *name == unit)?;
    let milliseconds = number.parse::<i64>().ok()?.checked_mul(*factor)?;
    (milliseconds <= LONGEST).then(|| TimeDelta::milliseconds(milliseconds))
}

/// A time span as [`span`] reads it.
pub(super) struct Shown(pub(super) TimeDelta);

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let milliseconds = self.0.num_milliseconds();
        let whole = |(_, factor): &&(&str, i64)| milliseconds % factor == 0 && milliseconds >= *factor;
        let (unit, factor) = UNITS.iter().find(whole).copied().unwrap_or(("ms", 1));
        write!(f, "{}{unit}", milliseconds / factor)
    }
}

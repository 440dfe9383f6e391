//! Points in time and time spans, as they are written in flags and scenarios.

use std::str::FromStr;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;
use serde::de::{Deserializer, Error as _};

use super::fault::FaultError;

/// A point in time, or one after the start of the world.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// At this time.
    At(DateTime<Utc>),
    /// This long after the start.
    After(Duration),
}

impl When {
    /// The point in time, for a world that starts at `start`.
    #[must_use]
    pub fn in_world(self, start: DateTime<Utc>) -> DateTime<Utc> {
        match self {
            Self::At(at) => at,
            Self::After(span) => TimeDelta::from_std(span)
                .ok()
                .and_then(|span| start.checked_add_signed(span))
                .unwrap_or(start),
        }
    }
}

impl FromStr for When {
    type Err = FaultError;

    fn from_str(text: &str) -> Result<Self, FaultError> {
        let wrong = || FaultError::Time(text.to_owned());
        match text.strip_prefix('+') {
            Some(span) => duration(span).map(Self::After).ok_or_else(wrong),
            None => DateTime::parse_from_rfc3339(text).map(|at| Self::At(at.to_utc())).map_err(|_| wrong()),
        }
    }
}

impl<'de> Deserialize<'de> for When {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

/// A time span: a number and `ms`, `s`, `m`, `h` or `d`.
pub(super) fn duration(text: &str) -> Option<Duration> {
    let digits = text.find(|letter: char| !letter.is_ascii_digit())?;
    let (number, unit) = text.split_at_checked(digits)?;
    let factor = match unit {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => return None,
    };
    // A century is enough, and keeps dates within what can be written.
    number
        .parse::<u64>()
        .ok()?
        .checked_mul(factor)
        .filter(|ms| *ms < 3_155_760_000_000)
        .map(Duration::from_millis)
}

//! What goes wrong on purpose: which deliveries a fault touches, and how often each one has.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use rand_core::RngCore;
use serde::Deserialize;
use serde::de::{Deserializer, Error as _};
use thiserror::Error;

use crate::sns::{Purpose, stream};

/// A fault that cannot be played.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum FaultError {
    /// No such fault.
    #[error("\"{0}\" is no fault: there are {names}", names = NAMES.join(", "))]
    Name(String),
    /// A fault with a wrong value, or without the one that it needs.
    #[error("the fault {name} {wants}")]
    Value {
        /// The fault.
        name: String,
        /// What it wants.
        wants: &'static str,
    },
    /// No share of 1.
    #[error("\"{0}\" is no share: give a number over 0 and up to 1")]
    Share(String),
    /// No point in time.
    #[error("\"{0}\" is no time: give one such as 2026-09-22T19:30:00Z, or +10m from the start")]
    Time(String),
    /// Something else behind the fault's name.
    #[error("\"{0}\" is no setting of a fault: there are share=, from= and until=")]
    Setting(String),
}

const NAMES: [&str; 10] = [
    "duplicate",
    "reorder",
    "delay",
    "drop",
    "forge",
    "expired-certificate",
    "rotated-key",
    "slow-subscriber",
    "subscriber-error",
    "subscription-deleted",
];

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultKind {
    /// A message is delivered twice.
    Duplicate,
    /// A message comes after the next one for its subscription, or five minutes late if there is none.
    Reorder,
    /// A message comes this much later.
    Delay(Duration),
    /// A message is lost before its first attempt.
    Drop,
    /// A message's text is changed after it was signed.
    Forge,
    /// From a time on, messages are signed under a certificate that has expired.
    ExpiredCertificate,
    /// From a time on, messages are signed with a new key.
    RotatedKey,
    /// The subscriber takes this long to answer; from 15 s on, SNS has given it up and tries again.
    SlowSubscriber(Duration),
    /// The subscriber answers with this status, and nothing reaches what stands behind it.
    SubscriberError(u16),
    /// At a time, every subscription is ended by its unsubscribe URL.
    SubscriptionDeleted,
}

impl FaultKind {
    /// Its name in flags, scenarios and counts.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Duplicate => "duplicate",
            Self::Reorder => "reorder",
            Self::Delay(_) => "delay",
            Self::Drop => "drop",
            Self::Forge => "forge",
            Self::ExpiredCertificate => "expired-certificate",
            Self::RotatedKey => "rotated-key",
            Self::SlowSubscriber(_) => "slow-subscriber",
            Self::SubscriberError(_) => "subscriber-error",
            Self::SubscriptionDeleted => "subscription-deleted",
        }
    }

    /// Whether it happens once, at its `from`.
    const fn is_once(self) -> bool {
        matches!(self, Self::ExpiredCertificate | Self::RotatedKey | Self::SubscriptionDeleted)
    }

    fn parse(name: &str, value: Option<&str>) -> Result<Self, FaultError> {
        let wants = |wants| Err(FaultError::Value { name: name.to_owned(), wants });
        let bare = |kind| if value.is_none() { Ok(kind) } else { wants("takes no value") };
        let period = |kind: fn(Duration) -> Self| match value.and_then(duration) {
            Some(period) => Ok(kind(period)),
            None => wants("needs a time span, such as delay=30s or delay=5m"),
        };
        match name {
            "duplicate" => bare(Self::Duplicate),
            "reorder" => bare(Self::Reorder),
            "delay" => period(Self::Delay),
            "drop" => bare(Self::Drop),
            "forge" => bare(Self::Forge),
            "expired-certificate" => bare(Self::ExpiredCertificate),
            "rotated-key" => bare(Self::RotatedKey),
            "slow-subscriber" => period(Self::SlowSubscriber),
            "subscriber-error" => match value.unwrap_or("503").parse() {
                Ok(status @ 100..=599) => Ok(Self::SubscriberError(status)),
                _ => wants("needs an HTTP status from 100 to 599"),
            },
            "subscription-deleted" => bare(Self::SubscriptionDeleted),
            _ => Err(FaultError::Name(name.to_owned())),
        }
    }
}

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
fn duration(text: &str) -> Option<Duration> {
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

/// A fault, how much it touches, and when.
///
/// As text: `duplicate`, `delay=30s`, `subscriber-error=503,share=0.5,from=+1m,until=+5m`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fault {
    /// What goes wrong.
    pub kind: FaultKind,
    /// The share of 1 that it touches.
    pub share: f64,
    /// From when on; the start without it.
    pub from: Option<When>,
    /// Until when; the end without it.
    pub until: Option<When>,
}

impl FromStr for Fault {
    type Err = FaultError;

    fn from_str(text: &str) -> Result<Self, FaultError> {
        let mut parts = text.split(',').map(str::trim);
        let first = parts.next().unwrap_or_default();
        let (name, value) = first.split_once('=').map_or((first, None), |(name, value)| (name, Some(value)));
        let kind = FaultKind::parse(name, value)?;
        let mut fault = Self { kind, share: 1.0, from: None, until: None };
        for part in parts {
            match part.split_once('=') {
                Some(("share", share)) => {
                    let number = share.parse().ok().filter(|number| *number > 0.0 && *number <= 1.0);
                    fault.share = number.ok_or_else(|| FaultError::Share(share.to_owned()))?;
                }
                Some(("from", at)) => fault.from = Some(at.parse()?),
                Some(("until", at)) => fault.until = Some(at.parse()?),
                _ => return Err(FaultError::Setting(part.to_owned())),
            }
        }
        Ok(fault)
    }
}

impl<'de> Deserialize<'de> for Fault {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

/// How often each fault has struck.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FaultCounts(BTreeMap<&'static str, u64>);

impl FaultCounts {
    /// How often the fault of this name has struck.
    #[must_use]
    pub fn of(&self, name: &str) -> u64 {
        self.0.get(name).copied().unwrap_or_default()
    }

    /// Name and count of each fault that is played, struck or not.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, u64)> {
        self.0.iter().map(|(name, count)| (*name, *count))
    }
}

impl fmt::Display for FaultCounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (name, count)) in self.iter().enumerate() {
            write!(f, "{}{name} {count}", if index == 0 { "" } else { ", " })?;
        }
        Ok(())
    }
}

/// The faults of a world.
#[derive(Debug)]
pub struct Faults {
    seed: u64,
    draws: u64,
    faults: Vec<Timed>,
    counts: FaultCounts,
}

#[derive(Debug)]
struct Timed {
    kind: FaultKind,
    share: f64,
    from: DateTime<Utc>,
    until: DateTime<Utc>,
    done: bool,
}

impl Faults {
    /// The faults of a world that starts at `start`. Which deliveries they touch comes from the seed.
    #[must_use]
    pub fn new(faults: &[Fault], seed: u64, start: DateTime<Utc>) -> Self {
        let timed = |fault: &Fault| Timed {
            kind: fault.kind,
            share: fault.share,
            from: fault.from.map_or(start, |when| when.in_world(start)),
            until: fault.until.map_or(DateTime::<Utc>::MAX_UTC, |when| when.in_world(start)),
            done: false,
        };
        let counts = FaultCounts(faults.iter().map(|fault| (fault.kind.name(), 0)).collect());
        Self { seed, draws: 0, faults: faults.iter().map(timed).collect(), counts }
    }

    /// When the next fault that happens once is due.
    #[must_use]
    pub fn next_once(&self) -> Option<DateTime<Utc>> {
        self.faults.iter().filter(|fault| fault.kind.is_once() && !fault.done).map(|fault| fault.from).min()
    }

    /// A fault that happens once and is due by `now`. Each is given once.
    pub fn once(&mut self, now: DateTime<Utc>) -> Option<FaultKind> {
        let due = |fault: &&mut Timed| fault.kind.is_once() && !fault.done && fault.from <= now;
        let fault = self.faults.iter_mut().find(due)?;
        fault.done = true;
        let kind = fault.kind;
        self.count(kind);
        Some(kind)
    }

    /// The faults that strike at `now`, among those that `relevant` picks. Each is counted.
    pub fn strike(&mut self, now: DateTime<Utc>, relevant: impl Fn(FaultKind) -> bool) -> Vec<FaultKind> {
        let mut struck = Vec::new();
        for fault in &self.faults {
            if fault.kind.is_once() || !relevant(fault.kind) || now < fault.from || now >= fault.until {
                continue;
            }
            let random = f64::from(stream(self.seed, Purpose::Fault, self.draws).next_u32());
            self.draws += 1;
            if random < fault.share * 4_294_967_296.0 {
                struck.push(fault.kind);
            }
        }
        for kind in &struck {
            self.count(*kind);
        }
        struck
    }

    /// How often each has struck.
    #[must_use]
    pub const fn counts(&self) -> &FaultCounts {
        &self.counts
    }

    fn count(&mut self, kind: FaultKind) {
        *self.counts.0.entry(kind.name()).or_default() += 1;
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_790_000_000 + seconds, 0).unwrap()
    }

    #[test]
    fn faults_are_read_from_text() {
        let secs = Duration::from_secs;
        for (text, kind) in [
            ("duplicate", FaultKind::Duplicate),
            ("delay=90s", FaultKind::Delay(secs(90))),
            ("slow-subscriber=2m", FaultKind::SlowSubscriber(secs(120))),
            ("subscriber-error", FaultKind::SubscriberError(503)),
            ("subscriber-error=429", FaultKind::SubscriberError(429)),
        ] {
            assert_eq!(text.parse::<Fault>().unwrap(), Fault { kind, share: 1.0, from: None, until: None });
        }
        let fault: Fault = "drop,share=0.25,from=+1m,until=2026-09-22T19:30:00Z".parse().unwrap();
        assert_eq!((fault.share, fault.from), (0.25, Some(When::After(secs(60)))));
        assert_eq!(fault.until, Some(When::At("2026-09-22T19:30:00Z".parse().unwrap())));
    }

    #[test]
    fn every_name_is_read_and_names_itself() {
        for name in NAMES {
            let value = if matches!(name, "delay" | "slow-subscriber") { "=1s" } else { "" };
            assert_eq!(format!("{name}{value}").parse::<Fault>().unwrap().kind.name(), name);
        }
    }

    #[test]
    fn what_is_no_fault_is_refused_with_what_there_is() {
        for (text, want) in [
            ("lightning", "\"lightning\" is no fault: there are duplicate, reorder"),
            ("duplicate=2", "the fault duplicate takes no value"),
            ("delay", "the fault delay needs a time span"),
            ("delay=5", "the fault delay needs a time span"),
            ("subscriber-error=99", "the fault subscriber-error needs an HTTP status"),
            ("drop,share=1.5", "\"1.5\" is no share"),
            ("drop,from=noon", "\"noon\" is no time"),
            ("drop,often", "\"often\" is no setting of a fault"),
        ] {
            let error = text.parse::<Fault>().unwrap_err().to_string();
            assert!(error.starts_with(want), "{error}");
        }
    }

    #[test]
    fn a_fault_strikes_in_its_time_its_share_and_is_counted() {
        let faults = ["drop,share=0.5,from=+10s,until=+20s".parse().unwrap()];
        let run = |seed| {
            let mut faults = Faults::new(&faults, seed, at(0));
            assert!(faults.strike(at(9), |_| true).is_empty() && faults.strike(at(20), |_| true).is_empty());
            assert!(faults.strike(at(10), |kind| kind != FaultKind::Drop).is_empty());
            let struck: Vec<bool> = (0..200).map(|_| !faults.strike(at(15), |_| true).is_empty()).collect();
            assert_eq!(faults.counts().of("drop"), struck.iter().filter(|struck| **struck).count() as u64);
            struck
        };
        let struck = run(1);
        assert!((70..130).contains(&struck.iter().filter(|struck| **struck).count()));
        assert_eq!(struck, run(1));
        assert_ne!(struck, run(2));
    }

    #[test]
    fn what_happens_once_happens_at_its_time_and_once() {
        let mut faults =
            Faults::new(&["rotated-key,from=+5s".parse().unwrap(), "forge".parse().unwrap()], 1, at(0));
        assert_eq!((faults.next_once(), faults.once(at(4))), (Some(at(5)), None));
        assert_eq!(faults.once(at(6)), Some(FaultKind::RotatedKey));
        assert_eq!((faults.next_once(), faults.once(at(7))), (None, None));
        assert_eq!(faults.counts().to_string(), "forge 0, rotated-key 1");
    }
}

//! What goes wrong on purpose, as it is written in flags and scenarios.

use std::str::FromStr;
use std::time::Duration;

use serde::Deserialize;
use serde::de::{Deserializer, Error as _};
use thiserror::Error;

use super::when::{When, duration};

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
    pub(super) const fn is_once(self) -> bool {
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

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
}

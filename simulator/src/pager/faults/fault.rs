//! One fault as text: what goes wrong, and to which requests.

use std::fmt;
use std::str::FromStr;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use thiserror::Error;

use super::CallKind;
use super::kind::{FaultKind, NAMES};
use super::span::Shown;

/// A text that is no fault.
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
    /// Something else behind the fault's name.
    #[error(
        "\"{0}\" is no condition of a fault: there are on=writes, on=reads, on=status, nth=3, every=3, after=5, \
         times=2, share=0.5 and accepted"
    )]
    Condition(String),
    /// `accepted` where it means nothing.
    #[error("accepted goes with error, html, hang, reset and throttle alone")]
    Accepted,
    /// A fault of one kind of requests on another.
    #[error("the fault {0} does not strike the requests that on= chooses; leave on= out")]
    On(&'static str),
}

/// Which requests a fault looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Target {
    /// All of them.
    #[default]
    All,
    /// Those of a kind.
    Kind(CallKind),
}

impl Target {
    pub(super) fn takes(self, call: CallKind) -> bool {
        match self {
            Self::All => true,
            Self::Kind(kind) => kind == call,
        }
    }
}

/// A fault and its conditions, all of which have to be met.
///
/// As text: `error=503,nth=3`, `throttle,after=5`, `hang,on=writes,accepted`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fault {
    /// What goes wrong.
    pub kind: FaultKind,
    /// Which requests it looks at; all conditions below count those alone.
    pub on: Target,
    /// The one request that it strikes, from 1.
    pub nth: Option<u64>,
    /// It strikes each request whose number is a multiple of this.
    pub every: Option<u64>,
    /// How many requests it lets pass first.
    pub after: u64,
    /// How often it strikes at most.
    pub times: Option<u64>,
    /// The share of 1 that it strikes, drawn from the seed.
    pub share: f64,
    /// Whether the twin takes and carries out the request whose answer it replaces.
    pub accepted: bool,
}

impl FromStr for Fault {
    type Err = FaultError;

    fn from_str(text: &str) -> Result<Self, FaultError> {
        let mut parts = text.split(',').map(str::trim);
        let first = parts.next().unwrap_or_default();
        let (name, value) = first.split_once('=').map_or((first, None), |(name, value)| (name, Some(value)));
        let kind = FaultKind::parse(name, value)?;
        let on = kind.only().map_or(Target::All, Target::Kind);
        let mut fault =
            Self { kind, on, nth: None, every: None, after: 0, times: None, share: 1.0, accepted: false };
        for part in parts {
            fault.add(part)?;
        }
        if fault.accepted && !kind.replaces_the_answer() {
            return Err(FaultError::Accepted);
        }
        if fault.on != on && kind.only().is_some() {
            return Err(FaultError::On(kind.name()));
        }
        Ok(fault)
    }
}

impl Fault {
    fn add(&mut self, part: &str) -> Result<(), FaultError> {
        let wrong = || FaultError::Condition(part.to_owned());
        if part == "accepted" {
            self.accepted = true;
            return Ok(());
        }
        let (name, value) = part.split_once('=').ok_or_else(wrong)?;
        let positive = || value.parse().ok().filter(|number: &u64| *number > 0).ok_or_else(wrong);
        match name {
            "on" => {
                self.on = Target::Kind(match value {
                    "writes" => CallKind::Write,
                    "reads" => CallKind::Read,
                    "status" => CallKind::Status,
                    _ => return Err(wrong()),
                });
            }
            "nth" => self.nth = Some(positive()?),
            "every" => self.every = Some(positive()?),
            "after" => self.after = value.parse().map_err(|_| wrong())?,
            "times" => self.times = Some(positive()?),
            "share" => {
                let share = value.parse().ok().filter(|share| *share > 0.0 && *share <= 1.0);
                self.share = share.ok_or_else(wrong)?;
            }
            _ => return Err(wrong()),
        }
        Ok(())
    }
}

/// As it is read.
impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind.name())?;
        match self.kind {
            FaultKind::Latency(span) | FaultKind::Late(span) | FaultKind::SlowStatus(span) => {
                write!(f, "={}", Shown(span))?;
            }
            FaultKind::Throttle(period) => write!(f, "={period}")?,
            FaultKind::Error(status) | FaultKind::Html(status) => write!(f, "={status}")?,
            FaultKind::Hang | FaultKind::Reset | FaultKind::Lose | FaultKind::Reorder => {}
        }
        match self.on {
            Target::All => {}
            Target::Kind(_) if self.kind.only().is_some() => {}
            Target::Kind(CallKind::Write) => f.write_str(",on=writes")?,
            Target::Kind(CallKind::Read) => f.write_str(",on=reads")?,
            Target::Kind(CallKind::Status) => f.write_str(",on=status")?,
        }
        let numbers = [("nth", self.nth), ("every", self.every), ("times", self.times)];
        for (name, number) in numbers {
            if let Some(number) = number {
                write!(f, ",{name}={number}")?;
            }
        }
        if self.after > 0 {
            write!(f, ",after={}", self.after)?;
        }
        if self.share < 1.0 {
            write!(f, ",share={}", self.share)?;
        }
        if self.accepted {
            f.write_str(",accepted")?;
        }
        Ok(())
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
    fn faults_are_read_and_written_alike() {
        for text in [
            "latency=200ms",
            "latency=90s,on=status,share=0.25",
            "throttle=60,after=5",
            "throttle=1,every=2,times=3",
            "error=503,nth=3",
            "hang,on=writes,accepted",
            "reset",
            "html=502,on=reads",
            "lose,nth=1",
            "late=30s",
            "reorder,every=2",
            "slow-status=10s",
        ] {
            assert_eq!(text.parse::<Fault>().unwrap().to_string(), text);
        }
        for (text, full) in [
            ("throttle", "throttle=60"),
            ("error", "error=503"),
            ("html", "html=502"),
            ("late=120s, times=1", "late=2m,times=1"),
            ("lose,on=writes", "lose"),
        ] {
            assert_eq!(text.parse::<Fault>().unwrap().to_string(), full);
        }
    }

    #[test]
    fn what_is_no_fault_is_refused_with_what_there_is() {
        for (text, want) in [
            ("", "\"\" is no fault: there are latency=200ms, throttle"),
            ("lightning", "\"lightning\" is no fault"),
            ("latency", "the fault latency needs a time span"),
            ("late=30", "the fault late needs a time span"),
            ("late=99999999h", "the fault late needs a time span"),
            ("throttle=7", "the fault throttle is of a period of 1 or 60 seconds"),
            ("error=200", "the fault error needs a status from 400 to 599"),
            ("hang=5s", "the fault hang takes no value"),
            ("hang,nth=0", "\"nth=0\" is no condition"),
            ("hang,share=2", "\"share=2\" is no condition"),
            ("hang,on=mondays", "\"on=mondays\" is no condition"),
            ("hang,often", "\"often\" is no condition"),
            ("latency=1s,accepted", "accepted goes with"),
            ("lose,on=reads", "the fault lose does not strike"),
            ("slow-status=1s,on=writes", "the fault slow-status does not strike"),
        ] {
            let error = text.parse::<Fault>().unwrap_err().to_string();
            assert!(error.starts_with(want), "{error}");
        }
    }
}

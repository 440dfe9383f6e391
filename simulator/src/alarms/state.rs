//! The states of an alarm.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// What an alarm says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum AlarmState {
    /// Within the threshold.
    #[serde(rename = "OK")]
    Ok,
    /// Beyond the threshold.
    #[serde(rename = "ALARM")]
    Alarm,
    /// Not known: a new alarm, or one without data.
    #[serde(rename = "INSUFFICIENT_DATA")]
    InsufficientData,
}

/// The text is no state.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "1 validation error detected: Value '{0}' at 'stateValue' failed to satisfy constraint: Member must satisfy enum \
     value set: [INSUFFICIENT_DATA, ALARM, OK]"
)]
pub struct NotAState(pub String);

impl AlarmState {
    /// `OK`, `ALARM` or `INSUFFICIENT_DATA`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "OK",
            Self::Alarm => "ALARM",
            Self::InsufficientData => "INSUFFICIENT_DATA",
        }
    }
}

impl fmt::Display for AlarmState {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

impl FromStr for AlarmState {
    type Err = NotAState;

    fn from_str(text: &str) -> Result<Self, NotAState> {
        match text {
            "OK" => Ok(Self::Ok),
            "ALARM" => Ok(Self::Alarm),
            "INSUFFICIENT_DATA" => Ok(Self::InsufficientData),
            _ => Err(NotAState(text.to_owned())),
        }
    }
}

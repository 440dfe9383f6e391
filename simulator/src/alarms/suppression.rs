//! What holds back the actions of a composite alarm: its suppressor, with a wait before and an extension after.
//!
//! After "Composite alarm action suppression" in the CloudWatch guide and the recorded scenarios: a change of state
//! waits for the suppressor, a suppressor in ALARM holds actions back, and once it has left ALARM they are held back for
//! the extension period. What was held back is let go once, for the state that the alarm is in by then.

use chrono::{DateTime, TimeDelta, Utc};

use super::time_text;

/// Who or what suppresses actions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SuppressedBy {
    /// The time in which the suppressor may still get into ALARM.
    WaitPeriod,
    /// The time after the suppressor has left ALARM.
    ExtensionPeriod,
    /// The suppressor.
    Alarm,
}

impl SuppressedBy {
    /// The value of `ActionsSuppressedBy`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::WaitPeriod => "WaitPeriod",
            Self::ExtensionPeriod => "ExtensionPeriod",
            Self::Alarm => "Alarm",
        }
    }
}

/// The suppressor of a composite alarm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Suppressor {
    /// The suppressor's place in the book.
    pub(super) alarm: usize,
    pub(super) wait: TimeDelta,
    pub(super) extension: TimeDelta,
}

/// That actions are held back, and until when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hold {
    Wait(DateTime<Utc>),
    Extension(DateTime<Utc>),
    Alarm,
}

/// What the suppressor says at the moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct SuppressorState {
    pub(super) in_alarm: bool,
}

impl Suppressor {
    /// What holds actions back after a change of state at `now`.
    pub(super) fn after_transition(&self, state: SuppressorState, now: DateTime<Utc>) -> Option<Hold> {
        if state.in_alarm {
            return Some(Hold::Alarm);
        }
        (self.wait > TimeDelta::zero()).then(|| Hold::Wait(now + self.wait))
    }

    /// What holds actions back after the suppressor has changed at `now`; `Err` where nothing changes.
    pub(super) fn after_suppressor(
        &self,
        hold: Option<Hold>,
        state: SuppressorState,
        now: DateTime<Utc>,
    ) -> Result<Option<Hold>, Unchanged> {
        match (hold, state.in_alarm) {
            (Some(Hold::Wait(_) | Hold::Extension(_)), true) => Ok(Some(Hold::Alarm)),
            (Some(Hold::Alarm), false) if self.extension > TimeDelta::zero() => {
                Ok(Some(Hold::Extension(now + self.extension)))
            }
            (Some(Hold::Alarm), false) => Ok(None),
            _ => Err(Unchanged),
        }
    }
}

/// Nothing changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unchanged;

impl Hold {
    /// When it ends by itself.
    pub(super) fn until(self) -> Option<DateTime<Utc>> {
        match self {
            Self::Wait(until) | Self::Extension(until) => Some(until),
            Self::Alarm => None,
        }
    }

    /// By what, and as CloudWatch puts it. `suppressor` is its ARN and since when it is in ALARM.
    pub(super) fn described(self, suppressor: (&str, DateTime<Utc>)) -> (SuppressedBy, String) {
        match self {
            Self::Wait(_) => (SuppressedBy::WaitPeriod, "Actions suppressed by WaitPeriod".to_owned()),
            Self::Extension(_) => {
                (SuppressedBy::ExtensionPeriod, "Actions suppressed by ExtensionPeriod".to_owned())
            }
            Self::Alarm => {
                let (arn, since) = suppressor;
                let since = time_text::sentence(since);
                let text = format!("Actions suppressed by {arn} that transitioned to ALARM at {since}");
                (SuppressedBy::Alarm, text)
            }
        }
    }
}

//! Logs, metric filters, metrics and alarms, joined.

use chrono::{DateTime, Utc};

use super::build::BuildError;
use super::world::Settings;
use crate::cloudformation::Stack;

/// What alarms did.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Happening {
    /// An alarm changed its state.
    StateChange { alarm: String, from: String, to: String, reason: String, time: DateTime<Utc> },
    /// An alarm wants something done.
    Action { alarm: String, action: String, subject: String, message: String, time: DateTime<Utc> },
}

/// An alarm as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlarmView {
    /// Its name.
    pub name: String,
    /// `OK`, `ALARM` or `INSUFFICIENT_DATA`.
    pub state: &'static str,
    /// Why.
    pub reason: String,
}

/// Everything before SNS.
#[derive(Debug)]
pub struct Stages {}

impl Stages {
    pub(super) fn new(
        _stack: &Stack,
        _settings: &Settings,
        _start: DateTime<Utc>,
    ) -> Result<Self, BuildError> {
        Ok(Self {})
    }

    pub(super) fn event(&mut self, _record: &str, _at: DateTime<Utc>) {}

    pub(super) fn next_due(&self) -> Option<DateTime<Utc>> {
        None
    }

    pub(super) fn advance(&mut self, _now: DateTime<Utc>, _happenings: &mut Vec<Happening>) {}

    /// All alarms as they stand.
    #[must_use]
    pub fn alarms(&self) -> Vec<AlarmView> {
        Vec::new()
    }

    pub(super) fn set_alarm_state(
        &mut self,
        _name: &str,
        _state: &str,
        _reason: &str,
        _now: DateTime<Utc>,
        _happenings: &mut Vec<Happening>,
    ) -> Result<(), String> {
        Ok(())
    }
}

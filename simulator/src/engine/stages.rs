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
}

//! What people and other services do to alarms: set their state, enable their actions, and report what became of these.

use chrono::{DateTime, Utc};

use super::book::Alarms;
use super::change::StateChange;
use super::checks::check_length;
use super::error::AlarmError;
use super::evaluation::NewState;
use super::history::{ActionRecord, Outcome};
use super::state::AlarmState;

impl Alarms {
    /// `SetAlarmState`: the alarm gets into a state until its next evaluation. Where it is in that state already,
    /// nothing changes, not even the reason (recorded).
    pub fn set_alarm_state(
        &mut self,
        name: &str,
        state: AlarmState,
        reason: &str,
        reason_data: Option<&str>,
        now: DateTime<Utc>,
    ) -> Result<Vec<StateChange>, AlarmError> {
        check_length("stateReason", reason, 0, 1_023)?;
        if let Some(data) = reason_data {
            check_length("stateReasonData", data, 0, 4_000)?;
            if let Err(error) = serde_json::from_str::<serde::de::IgnoredAny>(data) {
                return Err(AlarmError::Invalid(format!("StateReasonData is no JSON: {error}")));
            }
        }
        let place = self.place(name)?;
        let mut changes = Vec::new();
        if self.alarm(place).is_some_and(|alarm| alarm.state.value != state) {
            let new = NewState {
                value: state,
                reason: reason.to_owned(),
                reason_data: reason_data.map(str::to_owned),
                triggering: Vec::new(),
            };
            self.change(place, new, now, &mut changes);
            self.propagate(place, now, &mut changes);
        }
        Ok(changes)
    }

    /// `EnableAlarmActions`, `DisableAlarmActions`.
    pub fn set_actions_enabled(
        &mut self,
        name: &str,
        enabled: bool,
        now: DateTime<Utc>,
    ) -> Result<(), AlarmError> {
        let place = self.place(name)?;
        if let Some(alarm) = self.alarm_mut(place)
            && alarm.actions_enabled != enabled
        {
            alarm.actions_enabled = enabled;
            alarm.configuration_updated = now;
            alarm.history.configured(now, name, "updated");
        }
        Ok(())
    }

    /// Notes in the alarm's history what became of an action of a change, and the message that was published.
    pub fn record_action(
        &mut self,
        change: &StateChange,
        arn: &str,
        published: Option<&str>,
        outcome: Outcome<'_>,
        now: DateTime<Utc>,
    ) {
        if let Ok(place) = self.place(change.name())
            && let Some(alarm) = self.alarm_mut(place)
        {
            alarm.history.acted(now, &ActionRecord { arn, state_updated: change.time(), published, outcome });
        }
    }
}

//! A composite alarm's definition, checked against the alarms that there are.

use chrono::TimeDelta;

use super::book::Alarms;
use super::checks::Common;
use super::definition::CompositeAlarm;
use super::error::AlarmError;
use super::rule::{Rule, RuleError, alarm_name};
use super::suppression::Suppressor;

impl Alarms {
    /// Checks all but the suppressor; gives the parsed rule.
    pub(super) fn check_composite(&self, alarm: &CompositeAlarm) -> Result<Rule, AlarmError> {
        Common {
            name: &alarm.alarm_name,
            description: alarm.alarm_description.as_deref(),
            actions: [
                ("OKActions", &alarm.ok_actions),
                ("AlarmActions", &alarm.alarm_actions),
                ("InsufficientDataActions", &alarm.insufficient_data_actions),
            ],
            tags: &alarm.tags,
        }
        .check()?;
        let rule = Rule::parse(&alarm.alarm_rule, &self.home)?;
        if rule.children().contains(&alarm.alarm_name) {
            return Err(RuleError::Itself.into());
        }
        let missing = rule.children().iter().filter(|name| !self.by_name.contains_key(*name));
        let missing: Vec<String> = missing.map(|name| self.home.alarm_arn(name)).collect();
        if missing.is_empty() { Ok(rule) } else { Err(RuleError::NoSuchAlarms(missing).into()) }
    }

    /// The suppressor, if there is one.
    pub(super) fn check_suppressor(&self, alarm: &CompositeAlarm) -> Result<Option<Suppressor>, AlarmError> {
        let (wait, extension) =
            (alarm.actions_suppressor_wait_period, alarm.actions_suppressor_extension_period);
        let Some(reference) = &alarm.actions_suppressor else {
            if wait.is_some() || extension.is_some() {
                return Err(AlarmError::invalid(
                    "ActionsSuppressorWaitPeriod and ActionsSuppressorExtensionPeriod need an ActionsSuppressor",
                ));
            }
            return Ok(None);
        };
        let (Some(wait), Some(extension)) = (wait, extension) else {
            return Err(AlarmError::invalid(
                "ActionsSuppressor needs ActionsSuppressorWaitPeriod and ActionsSuppressorExtensionPeriod",
            ));
        };
        let name = alarm_name(reference, &self.home)?;
        if name == alarm.alarm_name {
            return Err(AlarmError::invalid("a composite alarm cannot be its own ActionsSuppressor"));
        }
        let seconds = |seconds: u32| TimeDelta::seconds(i64::from(seconds));
        let alarm = self.place(name)?;
        Ok(Some(Suppressor { alarm, wait: seconds(wait), extension: seconds(extension) }))
    }
}

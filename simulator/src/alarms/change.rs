//! Alarms with their states, and changes of these.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::condition::Condition;
use super::definition::{CompositeAlarm, MetricAlarm};
use super::json::{Object, array};
use super::region::Home;
use super::rule::Rule;
use super::state::AlarmState;
use super::suppression::SuppressedBy;
use super::time_text;

/// The state of an alarm, with its reason and times.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateRecord {
    /// The state.
    pub value: AlarmState,
    /// Why.
    pub reason: String,
    /// What was looked at, as JSON, if anything was.
    pub reason_data: Option<String>,
    /// `StateUpdatedTimestamp`: when anything of this record changed.
    pub updated: DateTime<Utc>,
    /// `StateTransitionedTimestamp`: when the state changed.
    pub transitioned: DateTime<Utc>,
    /// What holds back the actions of a composite alarm, and how CloudWatch puts it.
    pub suppressed: Option<(SuppressedBy, String)>,
}

/// The definition of an alarm, checked.
#[derive(Debug, Clone, PartialEq)]
pub enum Definition {
    /// Of one metric, or of metric math.
    Metric(Box<MetricAlarm>, Box<Condition>),
    /// Of other alarms.
    Composite(Box<CompositeAlarm>, CompositeRule),
}

/// The rule of a composite alarm, parsed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompositeRule(pub(super) Rule);

impl Definition {
    /// The alarm's name.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Metric(alarm, _) => &alarm.alarm_name,
            Self::Composite(alarm, _) => &alarm.alarm_name,
        }
    }

    /// Its description.
    #[must_use]
    pub fn description(&self) -> Option<&str> {
        match self {
            Self::Metric(alarm, _) => alarm.alarm_description.as_deref(),
            Self::Composite(alarm, _) => alarm.alarm_description.as_deref(),
        }
    }

    /// The ARNs to act on when the alarm gets into a state.
    #[must_use]
    pub fn actions(&self, state: AlarmState) -> &[String] {
        match (self, state) {
            (Self::Metric(alarm, _), AlarmState::Ok) => &alarm.ok_actions,
            (Self::Metric(alarm, _), AlarmState::Alarm) => &alarm.alarm_actions,
            (Self::Metric(alarm, _), AlarmState::InsufficientData) => &alarm.insufficient_data_actions,
            (Self::Composite(alarm, _), AlarmState::Ok) => &alarm.ok_actions,
            (Self::Composite(alarm, _), AlarmState::Alarm) => &alarm.alarm_actions,
            (Self::Composite(alarm, _), AlarmState::InsufficientData) => &alarm.insufficient_data_actions,
        }
    }

    /// `metric` or `composite`.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Metric(..) => "metric",
            Self::Composite(..) => "composite",
        }
    }
}

/// A child that decided a composite alarm's state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TriggeringChild {
    /// The child's ARN.
    pub arn: String,
    /// The child's state.
    pub state: AlarmState,
    /// When the child's state changed.
    pub since: DateTime<Utc>,
}

/// The reason data of a composite alarm.
pub(super) fn triggering_alarms(children: &[TriggeringChild]) -> String {
    let alarms = children.iter().map(|child| {
        let state = Object::new()
            .text("value", child.state.as_str())
            .text("timestamp", &time_text::milliseconds(child.since))
            .end();
        Object::new().text("arn", &child.arn).raw("state", &state).end()
    });
    Object::new().raw("triggeringAlarms", &array(alarms)).end()
}

/// A change of an alarm's state, or of what suppresses its actions.
///
/// The actions are those to run now: empty where they are disabled, suppressed, or there are none.
#[derive(Debug, Clone, PartialEq)]
pub struct StateChange {
    /// The alarm's definition at the time.
    pub definition: Arc<Definition>,
    /// The alarm's ARN.
    pub arn: String,
    /// Where the alarm lives.
    pub home: Arc<Home>,
    /// When its configuration was last changed.
    pub configuration_updated: DateTime<Utc>,
    /// The record before.
    pub from: StateRecord,
    /// The record after; its `updated` is the time of the change.
    pub to: StateRecord,
    /// For a composite alarm, the children that decided.
    pub triggering: Vec<TriggeringChild>,
    /// The ARNs to act on now.
    pub actions: Vec<String>,
}

impl StateChange {
    /// The alarm's name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.definition.name()
    }

    /// When it happened.
    #[must_use]
    pub fn time(&self) -> DateTime<Utc> {
        self.to.updated
    }

    /// Whether the state itself changed. If not, the actions of a composite alarm were held back or let go.
    #[must_use]
    pub fn is_transition(&self) -> bool {
        self.from.value != self.to.value
    }
}

//! Metrics → states: metric, metric-math and composite alarms, and what they tell SNS.
//!
//! [`Alarms`] holds the definitions and states of an account in a region. It is driven by time: it says when something is
//! due next, does what is due, and returns each [`StateChange`] with the actions to run and its
//! [`Notification`]. Anomaly-detection and Metrics Insights alarms are refused.
//!
//! In the order in which data flows: a definition ([`MetricAlarm`]) is checked and becomes a [`Condition`]; its schedule
//! says which buckets are read; [`Quorum`] decides on the datapoints with the rules for missing data; the reason is put
//! into CloudWatch's words; composite alarms follow by their rules, and suppressors hold actions back.

mod assess;
mod book;
mod change;
mod checks;
mod composite;
mod condition;
mod control;
mod definition;
mod error;
mod evaluation;
mod family;
mod history;
mod json;
mod lenient;
mod math;
mod math_query;
mod missing_data;
mod notification;
mod number;
mod query;
mod reason;
mod region;
mod rule;
mod schedule;
mod state;
mod suppression;
mod threshold;
mod time_text;

pub use assess::Assessment;
pub use book::{Alarm, Alarms, Settings};
pub use change::{CompositeRule, Definition, StateChange, StateRecord, TriggeringChild};
pub use condition::Condition;
pub use definition::{
    CompositeAlarm, EvaluationWindow, LowSampleCount, Metric, MetricAlarm, MetricDataQuery, MetricStat, Tag,
};
pub use error::AlarmError;
pub use history::{HistoryItem, HistoryKind, Outcome};
pub use math::MathError;
pub use missing_data::{Decision, Quorum};
pub use notification::Notification;
pub use number::java_double;
pub use query::Datapoint;
pub use region::{Home, region_display_name};
pub use rule::RuleError;
pub use schedule::{EvaluationRange, Phase, Schedule};
pub use state::{AlarmState, NotAState};
pub use suppression::SuppressedBy;
pub use threshold::{ComparisonOperator, TreatMissingData};

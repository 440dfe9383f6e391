//! The result: an alarm's change of state, in one form for all kinds of alarm.
//!
//! Each part says how it becomes a value and of which kind that is, side by side.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use vrl::prelude::*;

use super::measured::Trigger;

/// What kind of alarm it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Metric,
    MetricMath,
    Anomaly,
    Composite,
    Log,
    Unknown,
}

impl Shape {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Metric => "metric",
            Self::MetricMath => "metric_math",
            Self::Anomaly => "anomaly",
            Self::Composite => "composite",
            Self::Log => "log",
            Self::Unknown => "unknown",
        }
    }
}

/// The states of an alarm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    Ok,
    Alarm,
    InsufficientData,
}

impl State {
    pub(super) fn parse(text: &str) -> Option<Self> {
        match text {
            "OK" => Some(Self::Ok),
            "ALARM" => Some(Self::Alarm),
            "INSUFFICIENT_DATA" => Some(Self::InsufficientData),
            _ => None,
        }
    }

    const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "OK",
            Self::Alarm => "ALARM",
            Self::InsufficientData => "INSUFFICIENT_DATA",
        }
    }
}

#[derive(Debug, Clone)]
pub(super) struct Alarm {
    pub(super) shape: Shape,
    pub(super) name: String,
    pub(super) arn: Option<String>,
    pub(super) description: Option<String>,
    pub(super) account: Option<String>,
    pub(super) region: Option<String>,
    pub(super) region_name: Option<String>,
    pub(super) state: State,
    pub(super) previous_state: Option<String>,
    pub(super) reason: Option<String>,
    pub(super) reason_data: Option<ObjectMap>,
    pub(super) changed_at: DateTime<Utc>,
    pub(super) configured_at: Option<DateTime<Utc>>,
    pub(super) after_mute_window: Option<bool>,
    pub(super) actions: Actions,
    pub(super) contributor: Option<Contributor>,
    pub(super) trigger: Option<Trigger>,
    pub(super) rule: Option<String>,
    pub(super) children: Vec<Child>,
    pub(super) extra: ObjectMap,
}

impl Alarm {
    pub(super) fn into_value(self) -> Value {
        object([
            ("kind", Value::from_static_str(self.shape.as_str())),
            ("name", self.name.into()),
            ("arn", self.arn.into()),
            ("description", self.description.into()),
            ("account", self.account.into()),
            ("region", self.region.into()),
            ("region_name", self.region_name.into()),
            ("state", Value::from_static_str(self.state.as_str())),
            ("previous_state", self.previous_state.into()),
            ("reason", self.reason.into()),
            ("reason_data", self.reason_data.into()),
            ("changed_at", self.changed_at.into()),
            ("configured_at", self.configured_at.into()),
            ("after_mute_window", self.after_mute_window.into()),
            ("actions", self.actions.into_value()),
            ("contributor", self.contributor.map(Contributor::into_value).into()),
            ("trigger", self.trigger.map(Trigger::into_value).into()),
            ("rule", self.rule.into()),
            ("children", self.children.into_iter().map(Child::into_value).collect()),
            ("extra", self.extra.into()),
        ])
    }

    pub(super) fn fields() -> BTreeMap<Field, Kind> {
        fields([
            ("kind", Kind::bytes()),
            ("name", Kind::bytes()),
            ("arn", Kind::bytes().or_null()),
            ("description", Kind::bytes().or_null()),
            ("account", Kind::bytes().or_null()),
            ("region", Kind::bytes().or_null()),
            ("region_name", Kind::bytes().or_null()),
            ("state", Kind::bytes()),
            ("previous_state", Kind::bytes().or_null()),
            ("reason", Kind::bytes().or_null()),
            ("reason_data", Kind::object(Collection::any()).or_null()),
            ("changed_at", Kind::timestamp()),
            ("configured_at", Kind::timestamp().or_null()),
            ("after_mute_window", Kind::boolean().or_null()),
            ("actions", Actions::kind()),
            ("contributor", Contributor::kind().or_null()),
            ("trigger", Trigger::kind().or_null()),
            ("rule", Kind::bytes().or_null()),
            ("children", Kind::array(Collection::from_unknown(Child::kind()))),
            ("extra", Kind::object(Collection::any())),
        ])
    }
}

/// ARNs of what is done on each state.
#[derive(Debug, Clone, Default)]
pub(super) struct Actions {
    pub(super) ok: Vec<String>,
    pub(super) alarm: Vec<String>,
    pub(super) insufficient_data: Vec<String>,
}

impl Actions {
    fn into_value(self) -> Value {
        object([
            ("ok", self.ok.into()),
            ("alarm", self.alarm.into()),
            ("insufficient_data", self.insufficient_data.into()),
        ])
    }

    fn kind() -> Kind {
        let arns = || Kind::array(Collection::from_unknown(Kind::bytes()));
        Kind::object(fields([("ok", arns()), ("alarm", arns()), ("insufficient_data", arns())]))
    }
}

/// The time series of a multi-time-series alarm that changed its state.
#[derive(Debug, Clone)]
pub(super) struct Contributor {
    pub(super) id: String,
    pub(super) attributes: ObjectMap,
}

impl Contributor {
    fn into_value(self) -> Value {
        object([("id", self.id.into()), ("attributes", self.attributes.into())])
    }

    fn kind() -> Kind {
        Kind::object(fields([
            ("id", Kind::bytes()),
            ("attributes", Kind::object(Collection::from_unknown(Kind::bytes()))),
        ]))
    }
}

/// An alarm below a composite one.
#[derive(Debug, Clone)]
pub(super) struct Child {
    pub(super) arn: Option<String>,
    pub(super) state: Option<String>,
    pub(super) changed_at: Option<DateTime<Utc>>,
}

impl Child {
    fn into_value(self) -> Value {
        object([
            ("arn", self.arn.into()),
            ("state", self.state.into()),
            ("changed_at", self.changed_at.into()),
        ])
    }

    fn kind() -> Kind {
        Kind::object(fields([
            ("arn", Kind::bytes().or_null()),
            ("state", Kind::bytes().or_null()),
            ("changed_at", Kind::timestamp().or_null()),
        ]))
    }
}

/// An object of a result.
pub(super) fn object<const N: usize>(members: [(&str, Value); N]) -> Value {
    members.into_iter().map(|(key, value)| (KeyString::from(key), value)).collect()
}

/// The kinds of its members.
pub(super) fn fields<const N: usize>(fields: [(&str, Kind); N]) -> BTreeMap<Field, Kind> {
    fields.into_iter().map(|(name, kind)| (Field::from(name), kind)).collect()
}

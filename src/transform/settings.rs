//! What users may set for the built-in mapping, as `%trailbell.*`.

use serde::{Deserialize, Serialize};
use vrl::value::Value;

/// What an alarm in `INSUFFICIENT_DATA` does to its alert.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum InsufficientData {
    /// Nothing: the alert stays as it is.
    #[default]
    Ignore,
    /// A note on the open alert.
    Note,
    /// The alert is closed, as by `OK`.
    Close,
}

/// Opsgenie's priorities, `P1` the highest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub enum Priority {
    P1,
    P2,
    P3,
    P4,
    P5,
}

impl Priority {
    /// The value of this name, in upper case only, as Opsgenie takes it.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::P1, Self::P2, Self::P3, Self::P4, Self::P5]
            .into_iter()
            .find(|priority| priority.as_str() == name)
    }

    /// `P1` … `P5`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::P1 => "P1",
            Self::P2 => "P2",
            Self::P3 => "P3",
            Self::P4 => "P4",
            Self::P5 => "P5",
        }
    }
}

/// Who a [`Responder`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs)]
pub enum ResponderKind {
    Team,
    User,
    Escalation,
    Schedule,
}

/// A recipient of Opsgenie: a kind, and one of `id`, `name` (all but users) and `username` (users, an e-mail address).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Responder {
    /// `team`, `user`, `escalation` or `schedule`.
    #[serde(rename = "type")]
    pub kind: ResponderKind,
    /// Opsgenie's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The name of a team, escalation or schedule.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The e-mail address of a user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
}

/// Settings of the mapping. All have defaults.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// The policy for `INSUFFICIENT_DATA`.
    pub insufficient_data: InsufficientData,
    /// Of created alerts. Default `P3`, as Opsgenie's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub priority: Option<Priority>,
    /// Of created alerts, at most 50. Default none: Opsgenie routes by the key's team.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub responders: Vec<Responder>,
    /// Added to the built-in tags, at most 50 characters each.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Default `CloudWatch`, at most 100 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// The name under which requests appear in the alert's log. Default `trailbell`, at most 100 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// The trail's log group in CloudWatch Logs; adds a link to Logs Insights over the alarm's window.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log_group: Option<String>,
}

/// A setting that Opsgenie would refuse.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// None, or more than one, of the three names; or one that this kind cannot have.
    #[error("responder {position}: a {kind} is named by {allowed}, and by one of them only")]
    Responder {
        /// Counted from 1.
        position: usize,
        /// `team`, `user`, …
        kind: &'static str,
        /// What can name it.
        allowed: &'static str,
    },
    /// A text or list over Opsgenie's limit.
    #[error("{setting}: at most {limit} {unit}, got {got}")]
    Limit {
        /// `tags`, `source`, …
        setting: &'static str,
        /// Opsgenie's limit.
        limit: usize,
        /// What is counted.
        unit: &'static str,
        /// How many there are.
        got: usize,
    },
}

impl Settings {
    /// Checks the settings and writes them as the programs' metadata.
    pub(super) fn metadata(&self) -> Result<Value, SettingsError> {
        self.check()?;
        let settings = serde_json::to_value(self).unwrap_or_default();
        Ok(Value::from(serde_json::json!({ "trailbell": settings })))
    }

    fn check(&self) -> Result<(), SettingsError> {
        for (index, responder) in self.responders.iter().enumerate() {
            let user = responder.kind == ResponderKind::User;
            let named = [&responder.id, &responder.name, &responder.username].into_iter().flatten().count();
            if named != 1 || (user && responder.name.is_some()) || (!user && responder.username.is_some()) {
                return Err(SettingsError::Responder {
                    position: index + 1,
                    kind: match responder.kind {
                        ResponderKind::Team => "team",
                        ResponderKind::User => "user",
                        ResponderKind::Escalation => "escalation",
                        ResponderKind::Schedule => "schedule",
                    },
                    allowed: if user { "id or username" } else { "id or name" },
                });
            }
        }
        limit("responders", 50, "entries", self.responders.len())?;
        limit("tags", 20, "entries", self.tags.len())?;
        for tag in &self.tags {
            limit("tags", 50, "characters each", tag.chars().count())?;
        }
        limit("source", 100, "characters", self.source.as_deref().unwrap_or_default().chars().count())?;
        limit("user", 100, "characters", self.user.as_deref().unwrap_or_default().chars().count())
    }
}

fn limit(setting: &'static str, limit: usize, unit: &'static str, got: usize) -> Result<(), SettingsError> {
    if got > limit { Err(SettingsError::Limit { setting, limit, unit, got }) } else { Ok(()) }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests {
    use super::*;

    fn settings(json: serde_json::Value) -> Result<Value, SettingsError> {
        serde_json::from_value::<Settings>(json).unwrap().metadata()
    }

    #[test]
    fn what_is_not_set_is_not_there() {
        let expected = serde_json::json!({"trailbell": {"insufficient_data": "ignore"}});
        assert_eq!(settings(serde_json::json!({})).unwrap(), Value::from(expected));
    }

    #[test]
    fn what_opsgenie_refuses_is_refused_at_the_start() {
        let cases = [
            (
                serde_json::json!({"responders": [{"type": "team", "username": "a@b.c"}]}),
                "responder 1: a team is named by id or name, and by one of them only",
            ),
            (
                serde_json::json!({"responders": [{"type": "user", "name": "ann"}]}),
                "responder 1: a user is named by id or username, and by one of them only",
            ),
            (
                serde_json::json!({"responders": [{"type": "team"}]}),
                "responder 1: a team is named by id or name, and by one of them only",
            ),
            (serde_json::json!({"tags": ["x".repeat(51)]}), "tags: at most 50 characters each, got 51"),
            (serde_json::json!({"tags": vec!["x"; 21]}), "tags: at most 20 entries, got 21"),
            (serde_json::json!({"user": "é".repeat(101)}), "user: at most 100 characters, got 101"),
        ];
        for (json, expected) in cases {
            assert_eq!(settings(json).unwrap_err().to_string(), expected);
        }
        assert!(serde_json::from_value::<Settings>(serde_json::json!({"priority": "P6"})).is_err());
        assert!(serde_json::from_value::<Settings>(serde_json::json!({"prioritie": "P1"})).is_err());
    }
}

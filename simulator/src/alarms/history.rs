//! What has happened to an alarm: `DescribeAlarmHistory`.

use std::collections::VecDeque;

use chrono::{DateTime, TimeDelta, Utc};

use super::change::StateRecord;
use super::json::Object;

/// How long items are kept.
const KEPT: TimeDelta = TimeDelta::days(30);
/// How many items of an alarm are kept: a bound of this program, so that a flapping alarm does not fill the memory.
const MOST_ITEMS: usize = 1_000;

/// The kind of a history item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HistoryKind {
    /// The alarm was created, changed or deleted.
    ConfigurationUpdate,
    /// Its state changed.
    StateUpdate,
    /// An action ran, failed or was suppressed.
    Action,
}

/// Something that happened to an alarm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryItem {
    /// When.
    pub timestamp: DateTime<Utc>,
    /// What kind of thing.
    pub kind: HistoryKind,
    /// In a sentence.
    pub summary: String,
    /// The details, as JSON.
    pub data: String,
}

/// The items of one alarm, oldest first.
#[derive(Debug, Clone, Default)]
pub(super) struct History {
    items: VecDeque<HistoryItem>,
}

impl History {
    pub(super) fn items(&self) -> impl Iterator<Item = &HistoryItem> {
        self.items.iter()
    }

    fn push(&mut self, item: HistoryItem) {
        let oldest = item.timestamp - KEPT;
        self.items.push_back(item);
        while self.items.len() > MOST_ITEMS || self.items.front().is_some_and(|item| item.timestamp < oldest)
        {
            self.items.pop_front();
        }
    }

    /// `happened` is `created` or `updated`.
    pub(super) fn configured(&mut self, timestamp: DateTime<Utc>, name: &str, happened: &str) {
        let kind = if happened == "created" { "Create" } else { "Update" };
        self.push(HistoryItem {
            timestamp,
            kind: HistoryKind::ConfigurationUpdate,
            summary: format!("Alarm \"{name}\" {happened}"),
            data: Object::new().text("version", "1.0").text("type", kind).end(),
        });
    }

    pub(super) fn changed(&mut self, from: &StateRecord, to: &StateRecord) {
        self.push(HistoryItem {
            timestamp: to.updated,
            kind: HistoryKind::StateUpdate,
            summary: format!("Alarm updated from {} to {}", from.value, to.value),
            data: Object::new()
                .text("version", "1.0")
                .raw("oldState", &state(from))
                .raw("newState", &state(to))
                .end(),
        });
    }

    pub(super) fn acted(&mut self, timestamp: DateTime<Utc>, action: &ActionRecord<'_>) {
        let (state, summary) = match action.outcome {
            Outcome::Succeeded => ("Succeeded", format!("Successfully executed action {}", action.arn)),
            Outcome::Failed(_) => ("Failed", format!("Failed to execute action {}", action.arn)),
            Outcome::Suppressed => ("Suppressed", format!("Suppressed action {}", action.arn)),
        };
        let error = match action.outcome {
            Outcome::Failed(error) => Some(error),
            Outcome::Succeeded | Outcome::Suppressed => None,
        };
        self.push(HistoryItem {
            timestamp,
            kind: HistoryKind::Action,
            summary,
            data: Object::new()
                .text("actionState", state)
                .integer("stateUpdateTimestamp", action.state_updated.timestamp_millis())
                .text("notificationResource", action.arn)
                .text_or_null("publishedMessage", action.published)
                .text_or_null("error", error)
                .raw("muteWindowEndTimestamp", "null")
                .end(),
        });
    }
}

/// What became of an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome<'a> {
    /// It ran.
    Succeeded,
    /// It did not, for this reason.
    Failed(&'a str),
    /// It was held back by a suppressor.
    Suppressed,
}

/// An action for the history.
pub(super) struct ActionRecord<'a> {
    pub(super) arn: &'a str,
    pub(super) state_updated: DateTime<Utc>,
    pub(super) published: Option<&'a str>,
    pub(super) outcome: Outcome<'a>,
}

/// The reason data stands as it was given, spaces included (recorded).
fn state(record: &StateRecord) -> String {
    let object = Object::new().text("stateValue", record.value.as_str()).text("stateReason", &record.reason);
    match &record.reason_data {
        Some(data) => object.raw("stateReasonData", data).end(),
        None => object.end(),
    }
}

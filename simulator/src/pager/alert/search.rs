//! An alert as a query and a sorted list see it.

use std::cmp::Ordering;

use chrono::{DateTime, Utc};

use super::super::query::{Flag, Number, Searchable, SortKey, Text};
use super::{Alert, ResponderKind};

/// An alert at a time.
#[derive(Debug, Clone, Copy)]
pub struct Searched<'a> {
    /// The alert.
    pub alert: &'a Alert,
    /// The time, on which it depends what is snoozed.
    pub now: DateTime<Utc>,
}

impl Searchable for Searched<'_> {
    fn any_text(&self, field: Text, fits: &mut dyn FnMut(&str) -> bool) -> bool {
        let alert = self.alert;
        let mut one = |text: &str| !text.is_empty() && fits(text);
        match field {
            Text::AlertId => one(&alert.id),
            Text::TinyId => one(&alert.tiny_id.to_string()),
            Text::Alias => one(&alert.alias),
            Text::Message => one(&alert.message),
            Text::Description => one(&alert.description),
            Text::Owner => one(&alert.owner),
            Text::AcknowledgedBy => one(alert.report.acknowledged_by.as_deref().unwrap_or_default()),
            Text::ClosedBy => one(alert.report.closed_by.as_deref().unwrap_or_default()),
            Text::Recipients => alert.recipients.iter().any(|user| one(&user.username)),
            Text::Teams => {
                let mut teams = alert.responders.iter().filter(|of| of.kind == ResponderKind::Team);
                teams.any(|team| one(&team.name))
            }
            Text::IntegrationName => one(&alert.integration.name),
            Text::IntegrationType => one(alert.integration.kind),
            Text::Entity => one(&alert.entity),
            Text::Source => one(&alert.source),
            Text::Priority => one(alert.priority.as_str()),
            Text::Tag => alert.tags.iter().any(|tag| one(tag)),
            Text::Actions => alert.actions.iter().any(|action| one(action)),
            Text::DetailsKey => alert.details.keys().any(|key| one(key)),
            Text::DetailsValue => alert.details.values().any(|value| one(value)),
        }
    }

    fn number(&self, field: Number) -> Option<i64> {
        let alert = self.alert;
        match field {
            Number::CreatedAt => Some(alert.created_at.timestamp_millis()),
            Number::LastOccurredAt => Some(alert.last_occurred_at.timestamp_millis()),
            Number::SnoozedUntil => self.snoozed_until().map(|until| until.timestamp_millis()),
            Number::Count => Some(alert.count.into()),
        }
    }

    fn flag(&self, field: Flag) -> bool {
        match field {
            Flag::Seen => self.alert.seen,
            Flag::Acknowledged => self.alert.acknowledged,
            Flag::Snoozed => self.alert.is_snoozed(self.now),
        }
    }

    fn is_open(&self) -> bool {
        self.alert.is_open()
    }
}

impl Searched<'_> {
    /// Which of two comes first in ascending order. Whatever is not there comes before what is.
    #[must_use]
    pub fn compare(&self, other: &Self, key: SortKey) -> Ordering {
        let (a, b) = (self.alert, other.alert);
        match key {
            SortKey::CreatedAt => a.created_at.cmp(&b.created_at),
            SortKey::UpdatedAt => a.updated_at.cmp(&b.updated_at),
            SortKey::TinyId => a.tiny_id.cmp(&b.tiny_id),
            SortKey::Alias => a.alias.cmp(&b.alias),
            SortKey::Message => a.message.cmp(&b.message),
            SortKey::Status => a.status.as_str().cmp(b.status.as_str()),
            SortKey::Acknowledged => a.acknowledged.cmp(&b.acknowledged),
            SortKey::IsSeen => a.seen.cmp(&b.seen),
            SortKey::Snoozed => a.is_snoozed(self.now).cmp(&b.is_snoozed(other.now)),
            SortKey::SnoozedUntil => self.snoozed_until().cmp(&other.snoozed_until()),
            SortKey::Count => a.count.cmp(&b.count),
            SortKey::LastOccurredAt => a.last_occurred_at.cmp(&b.last_occurred_at),
            SortKey::Source => a.source.cmp(&b.source),
            SortKey::Owner => a.owner.cmp(&b.owner),
            SortKey::IntegrationName => a.integration.name.cmp(&b.integration.name),
            SortKey::IntegrationType => a.integration.kind.cmp(b.integration.kind),
            SortKey::AckTime => a.report.ack_time.cmp(&b.report.ack_time),
            SortKey::CloseTime => a.report.close_time.cmp(&b.report.close_time),
            SortKey::AcknowledgedBy => a.report.acknowledged_by.cmp(&b.report.acknowledged_by),
            SortKey::ClosedBy => a.report.closed_by.cmp(&b.report.closed_by),
        }
    }

    fn snoozed_until(&self) -> Option<DateTime<Utc>> {
        self.alert.snoozed_until.filter(|_| self.alert.is_snoozed(self.now))
    }
}

//! An alert as the API tells it: with its head alone in lists, in full by itself.

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::json;

use super::super::settings::{ReportTimes, Switches};
use super::{Alert, Report, Responder, ResponderKind};

/// An alert as JSON. Times that are not set are left out: clients read them as times.
pub(in super::super) struct AlertJson<'a> {
    pub(in super::super) alert: &'a Alert,
    pub(in super::super) switches: &'a Switches,
    pub(in super::super) now: DateTime<Utc>,
    /// With what only a single alert tells.
    pub(in super::super) full: bool,
}

/// RFC 3339 with milliseconds and `Z`.
pub(in super::super) fn time(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

impl Serialize for AlertJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let alert = self.alert;
        let legacy = self.switches.legacy_fields;
        let mut map = serializer.serialize_map(None)?;
        if legacy {
            map.serialize_entry("seen", &alert.seen)?;
        }
        map.serialize_entry("id", &*alert.id)?;
        map.serialize_entry("tinyId", &alert.tiny_id.to_string())?;
        map.serialize_entry("alias", &*alert.alias)?;
        map.serialize_entry("message", &alert.message)?;
        map.serialize_entry("status", alert.status.as_str())?;
        map.serialize_entry("acknowledged", &alert.acknowledged)?;
        map.serialize_entry("isSeen", &alert.seen)?;
        map.serialize_entry("tags", &alert.tags)?;
        let snoozed = alert.is_snoozed(self.now);
        map.serialize_entry("snoozed", &snoozed)?;
        if let Some(until) = alert.snoozed_until.filter(|_| snoozed) {
            map.serialize_entry("snoozedUntil", &time(until))?;
        }
        map.serialize_entry("count", &alert.count)?;
        map.serialize_entry("lastOccurredAt", &time(alert.last_occurred_at))?;
        map.serialize_entry("createdAt", &time(alert.created_at))?;
        map.serialize_entry("updatedAt", &time(alert.updated_at))?;
        map.serialize_entry("source", &alert.source)?;
        map.serialize_entry("owner", &alert.owner)?;
        map.serialize_entry("priority", alert.priority.as_str())?;
        if legacy {
            let teams = alert.responders.iter().filter(|responder| responder.kind == ResponderKind::Team);
            let teams: Vec<_> = teams.map(|team| json!({"id": &*team.id})).collect();
            map.serialize_entry("teams", &teams)?;
        }
        let responder =
            |responder: &Responder| json!({"type": responder.kind.as_str(), "id": &*responder.id});
        map.serialize_entry("responders", &alert.responders.iter().map(responder).collect::<Vec<_>>())?;
        let integration = &alert.integration;
        let integration = json!({"id": &*integration.id, "name": integration.name, "type": integration.kind});
        map.serialize_entry("integration", &integration)?;
        map.serialize_entry("report", &report(&alert.report, self.switches.report_times))?;
        if legacy {
            map.serialize_entry("ownerTeamId", &*alert.owner_team)?;
        }
        if self.full {
            map.serialize_entry("actions", &alert.actions)?;
            map.serialize_entry("entity", &alert.entity)?;
            map.serialize_entry("description", &alert.description)?;
            map.serialize_entry("details", &alert.details)?;
        }
        map.end()
    }
}

fn report(report: &Report, unit: ReportTimes) -> serde_json::Value {
    let passed = |passed: TimeDelta| match unit {
        ReportTimes::Milliseconds => passed.num_milliseconds(),
        ReportTimes::Seconds => passed.num_seconds(),
    };
    let mut told = serde_json::Map::new();
    told.extend(report.ack_time.map(|time| ("ackTime".to_owned(), passed(time).into())));
    told.extend(report.close_time.map(|time| ("closeTime".to_owned(), passed(time).into())));
    told.extend(report.acknowledged_by.as_deref().map(|by| ("acknowledgedBy".to_owned(), by.into())));
    told.extend(report.closed_by.as_deref().map(|by| ("closedBy".to_owned(), by.into())));
    told.into()
}

//! The bodies and parameters of everything that is done with an alert that exists.

use chrono::{DateTime, Utc};

use super::super::alert::ResponderKind;
use super::super::settings::OverLimit;
use super::create::{distinct, priority, read_by, required_message};
use super::fields::{BodyProblem, Reader};
use super::recipients::{Allowed, read_one, read_reference};
use super::{Action, By, limits};

/// A call about an alert, before its body is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum ActionKind<'a> {
    Close,
    Acknowledge,
    Unacknowledge,
    Snooze,
    Escalate,
    Assign,
    AddTeam,
    AddResponder,
    AddTags,
    AddDetails,
    AddNote,
    SetPriority,
    SetMessage,
    SetDescription,
    Custom(&'a str),
}

impl ActionKind<'_> {
    /// Whether it can come without a body.
    pub(in super::super) const fn body_is_optional(self) -> bool {
        matches!(self, Self::Close | Self::Acknowledge | Self::Unacknowledge | Self::Custom(_))
    }
}

/// Reads the body of an action.
pub(in super::super) fn read_action(
    kind: ActionKind<'_>,
    mut reader: Reader,
    now: DateTime<Utc>,
) -> Result<(Action, By), BodyProblem> {
    let by = read_by(&mut reader);
    let policies = reader.policies;
    let r = &mut reader;
    let action = match kind {
        ActionKind::Close => Some(Action::Close),
        ActionKind::Acknowledge => Some(Action::Acknowledge),
        ActionKind::Unacknowledge => Some(Action::Unacknowledge),
        ActionKind::Snooze => end_time(r, now).map(Action::Snooze),
        ActionKind::Escalate => {
            read_reference(r, "escalation", ResponderKind::Escalation).map(Action::Escalate)
        }
        ActionKind::Assign => read_reference(r, "owner", ResponderKind::User).map(Action::Assign),
        ActionKind::AddTeam => read_reference(r, "team", ResponderKind::Team).map(Action::AddTeam),
        ActionKind::AddResponder => {
            read_one(r, "responder", Allowed::TeamsAndUsers).map(Action::AddResponder)
        }
        ActionKind::AddTags => {
            let tags = r.texts("tags", limits::MOST_TAGS, limits::TAG, policies.tags);
            given(r, "tags", distinct(tags), Vec::is_empty).map(Action::AddTags)
        }
        ActionKind::AddDetails => {
            let details = r.details();
            given(r, "details", details, std::collections::BTreeMap::is_empty).map(Action::AddDetails)
        }
        ActionKind::AddNote => {
            let note = by.note.clone().unwrap_or_default();
            given(r, "note", note, |note| note.trim().is_empty()).map(|_| Action::AddNote)
        }
        ActionKind::SetPriority => match priority(r) {
            Some(priority) => Some(Action::SetPriority(priority)),
            None => r.blame("priority", "priority can not be empty."),
        },
        ActionKind::SetMessage => Some(Action::SetMessage(required_message(r))),
        ActionKind::SetDescription => {
            let text = r.text("description", limits::DESCRIPTION, policies.description).unwrap_or_default();
            given(r, "description", text, String::is_empty).map(Action::SetDescription)
        }
        ActionKind::Custom(name) => {
            let name = r.bounded("actionName", name.to_owned(), limits::ACTION, OverLimit::Reject);
            name.map(Action::Custom)
        }
    };
    // Without an action something was blamed.
    let action = action.unwrap_or(Action::AddNote);
    reader.finish((action, by))
}

/// Reads what stands in the query of a removal: a list, if it has one, and who asks. `parameter` gives decoded values.
pub(in super::super) fn read_parameters(
    list: Option<&'static str>,
    parameter: impl Fn(&str) -> Option<String>,
    policies: super::super::settings::FieldPolicies,
) -> Result<(Vec<String>, By), BodyProblem> {
    let mut reader = Reader::new(b"", true, policies)?;
    let mut bounded = |name: &str, limit, policy| {
        let text = parameter(name)?;
        reader.bounded(name, text, limit, policy)
    };
    let by = By {
        user: bounded("user", limits::USER, policies.user),
        source: bounded("source", limits::SOURCE, policies.source),
        note: bounded("note", limits::NOTE, policies.note),
    };
    let mut items = Vec::new();
    if let Some(name) = list {
        let text = parameter(name).unwrap_or_default();
        items = text.split(',').map(str::trim).filter(|item| !item.is_empty()).map(str::to_owned).collect();
        given::<_>(&mut reader, name, (), |()| items.is_empty());
    }
    reader.finish((items, by))
}

/// What has to be given; blames the field if nothing was blamed for it before.
fn given<T>(reader: &mut Reader, name: &str, value: T, is_empty: impl Fn(&T) -> bool) -> Option<T> {
    if is_empty(&value) { reader.blame(name, format!("{name} can not be empty.")) } else { Some(value) }
}

/// `endTime`, which has to lie ahead.
fn end_time(reader: &mut Reader, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    const NAME: &str = "endTime";
    let Some(value) = reader.take(NAME) else {
        return reader.blame(NAME, "endTime can not be empty.");
    };
    match value.as_str().and_then(|text| DateTime::parse_from_rfc3339(text).ok()) {
        None => reader.blame(NAME, "should be a date and time such as 2026-01-05T10:00:00Z"),
        Some(time) if time <= now => reader.blame(NAME, "should be in the future"),
        Some(time) => Some(time.to_utc()),
    }
}

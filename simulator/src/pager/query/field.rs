//! The fields that a query can name (Opsgenie's "Alerts Search Query Help").

/// A field of text. Some have several values at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Text {
    /// `alertId`.
    AlertId,
    /// `tinyId`.
    TinyId,
    /// `alias`.
    Alias,
    /// `message`.
    Message,
    /// `description`.
    Description,
    /// `owner`: a user name.
    Owner,
    /// `acknowledgedBy`: a user name.
    AcknowledgedBy,
    /// `closedBy`: a user name.
    ClosedBy,
    /// `recipients`: user names.
    Recipients,
    /// `teams`: names.
    Teams,
    /// `integration.name`.
    IntegrationName,
    /// `integration.type`.
    IntegrationType,
    /// `entity`.
    Entity,
    /// `source`.
    Source,
    /// `priority`: P1 to P5.
    Priority,
    /// `tag`.
    Tag,
    /// `actions`: names of custom actions.
    Actions,
    /// `details.key`.
    DetailsKey,
    /// `details.value`.
    DetailsValue,
}

/// A field that is a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Number {
    /// `createdAt`, in milliseconds since 1970.
    CreatedAt,
    /// `lastOccurredAt`, in milliseconds since 1970.
    LastOccurredAt,
    /// `snoozedUntil`, in milliseconds since 1970.
    SnoozedUntil,
    /// `count`.
    Count,
}

/// A field that is true or false.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Flag {
    /// `isSeen`.
    Seen,
    /// `acknowledged`.
    Acknowledged,
    /// `snoozed`.
    Snoozed,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    Text(Text),
    Number(Number),
    Flag(Flag),
    Status,
}

/// How a value is held against a field of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Likeness {
    /// The field contains it.
    Contains,
    /// The field is it, in whatever case.
    Whole,
    /// The field is it, letter by letter.
    Exact,
}

impl Text {
    pub(super) const fn likeness(self) -> Likeness {
        match self {
            Self::Message | Self::Description => Likeness::Contains,
            Self::AlertId | Self::TinyId | Self::Alias => Likeness::Exact,
            _ => Likeness::Whole,
        }
    }
}

/// Each field under its names; the first one is shown. `team` and `tags` are in queries that people use.
pub(super) const FIELDS: [(&[&str], Field); 27] = [
    (&["createdAt"], Field::Number(Number::CreatedAt)),
    (&["lastOccurredAt", "lastOccuredAt"], Field::Number(Number::LastOccurredAt)),
    (&["snoozedUntil"], Field::Number(Number::SnoozedUntil)),
    (&["alertId"], Field::Text(Text::AlertId)),
    (&["tinyId"], Field::Text(Text::TinyId)),
    (&["alias"], Field::Text(Text::Alias)),
    (&["count"], Field::Number(Number::Count)),
    (&["message"], Field::Text(Text::Message)),
    (&["description"], Field::Text(Text::Description)),
    (&["status"], Field::Status),
    (&["owner"], Field::Text(Text::Owner)),
    (&["acknowledgedBy"], Field::Text(Text::AcknowledgedBy)),
    (&["closedBy"], Field::Text(Text::ClosedBy)),
    (&["recipients"], Field::Text(Text::Recipients)),
    (&["isSeen"], Field::Flag(Flag::Seen)),
    (&["acknowledged"], Field::Flag(Flag::Acknowledged)),
    (&["snoozed"], Field::Flag(Flag::Snoozed)),
    (&["teams", "team"], Field::Text(Text::Teams)),
    (&["integration.name"], Field::Text(Text::IntegrationName)),
    (&["integration.type"], Field::Text(Text::IntegrationType)),
    (&["entity"], Field::Text(Text::Entity)),
    (&["source"], Field::Text(Text::Source)),
    (&["priority"], Field::Text(Text::Priority)),
    (&["tag", "tags"], Field::Text(Text::Tag)),
    (&["actions"], Field::Text(Text::Actions)),
    (&["details.key"], Field::Text(Text::DetailsKey)),
    (&["details.value"], Field::Text(Text::DetailsValue)),
];

impl Field {
    /// The field of this name, in whatever case.
    pub(super) fn named(name: &str) -> Option<Self> {
        let is = |known: &&str| known.eq_ignore_ascii_case(name);
        FIELDS.iter().find(|(names, _)| names.iter().any(is)).map(|(_, field)| *field)
    }
}

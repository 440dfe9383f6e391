//! One alert, with all that the API tells of it.

mod json;
mod search;

pub(super) use json::{AlertJson, time};
pub use search::Searched;

use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use super::account::Integration;
use super::ids::RequestId;

/// An alert. Field names are the API's (`definitions/alert.yaml` of opsgenie-oas).
#[derive(Debug, Clone, PartialEq)]
pub struct Alert {
    /// `<uuid>-<milliseconds since 1970>`.
    pub id: Arc<str>,
    /// A short number, used again after a while.
    pub tiny_id: u32,
    /// The key of de-duplication; the id if none was given.
    pub alias: Arc<str>,
    /// The headline.
    pub message: String,
    /// The long text.
    pub description: String,
    /// Whether it is open.
    pub status: Status,
    /// Whether somebody has taken notice. A flag, not a status: an acknowledged alert is open.
    pub acknowledged: bool,
    /// Whether somebody has looked at it in the inbox.
    pub seen: bool,
    /// Until when it is snoozed; it may lie in the past.
    pub snoozed_until: Option<DateTime<Utc>>,
    /// How often it was raised while open, at most 100.
    pub count: u32,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When anything of it last changed.
    pub updated_at: DateTime<Utc>,
    /// When it was last raised.
    pub last_occurred_at: DateTime<Utc>,
    /// Where it comes from.
    pub source: String,
    /// The username of its owner; empty without one.
    pub owner: String,
    /// The id of the team whose integration made it; empty without one.
    pub owner_team: Arc<str>,
    /// How urgent.
    pub priority: Priority,
    /// Who is notified.
    pub responders: Vec<Responder>,
    /// Who sees it without being notified.
    pub visible_to: Vec<Responder>,
    /// Labels.
    pub tags: Vec<String>,
    /// Names of custom actions.
    pub actions: Vec<String>,
    /// What it is about.
    pub entity: String,
    /// Extra properties.
    pub details: BTreeMap<String, String>,
    /// Whose key made it.
    pub integration: Arc<Integration>,
    /// When and by whom it was acknowledged and closed.
    pub report: Report,
    /// Notes, oldest first.
    pub notes: Vec<Note>,
    /// The activity log, oldest first.
    pub log: Vec<LogEntry>,
    /// The users who were notified.
    pub recipients: Vec<Recipient>,
    /// The requests that made and changed it, oldest first: the newest 256 of them.
    pub requests: VecDeque<RequestId>,
}

impl Alert {
    /// Whether it is open.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.status == Status::Open
    }

    /// Whether it is snoozed at a time.
    #[must_use]
    pub fn is_snoozed(&self, now: DateTime<Utc>) -> bool {
        self.is_open() && self.snoozed_until.is_some_and(|until| until > now)
    }
}

/// Where an alert stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// `open`
    Open,
    /// `closed`; nothing opens it again.
    Closed,
}

impl Status {
    /// The API's word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Closed => "closed",
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How urgent an alert is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Priority {
    /// Critical.
    P1,
    /// High.
    P2,
    /// Moderate: what an alert has that was given none.
    #[default]
    P3,
    /// Low.
    P4,
    /// Informational.
    P5,
}

impl Priority {
    /// The API's word.
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

    /// Reads the API's word.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::P1, Self::P2, Self::P3, Self::P4, Self::P5].into_iter().find(|p| p.as_str() == text)
    }
}

impl fmt::Display for Priority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Somebody who is notified of an alert, or sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Responder {
    /// Team, user, …
    pub kind: ResponderKind,
    /// The id, which the API tells.
    pub id: Arc<str>,
    /// Its name (a user's name is the e-mail address), which the API does not tell.
    pub name: Arc<str>,
}

/// What a responder is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ResponderKind {
    /// `team`
    Team,
    /// `user`
    User,
    /// `escalation`
    Escalation,
    /// `schedule`
    Schedule,
}

impl ResponderKind {
    /// The API's word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Team => "team",
            Self::User => "user",
            Self::Escalation => "escalation",
            Self::Schedule => "schedule",
        }
    }

    /// Reads the API's word.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Team, Self::User, Self::Escalation, Self::Schedule].into_iter().find(|k| k.as_str() == text)
    }
}

/// When and by whom an alert was acknowledged and closed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Report {
    /// From its making to its first acknowledgement.
    pub ack_time: Option<TimeDelta>,
    /// From its making to its close.
    pub close_time: Option<TimeDelta>,
    /// By whom.
    pub acknowledged_by: Option<String>,
    /// By whom.
    pub closed_by: Option<String>,
}

/// A note on an alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// Its text.
    pub note: String,
    /// Who wrote it.
    pub owner: String,
    /// When.
    pub created_at: DateTime<Utc>,
}

/// A line of an alert's activity log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogEntry {
    /// The line.
    pub log: String,
    /// Its type. The service publishes no list of them; these are the twin's: `system`, `alertAction`, `note`.
    pub kind: &'static str,
    /// Who did it.
    pub owner: String,
    /// When.
    pub created_at: DateTime<Utc>,
}

/// What a user did with an alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipient {
    /// The user's id.
    pub id: Arc<str>,
    /// The user's name.
    pub username: Arc<str>,
    /// The last action of this user; `None` if there was none.
    pub action: Option<&'static str>,
    /// Since when the user is a recipient.
    pub created_at: DateTime<Utc>,
    /// When that last changed.
    pub updated_at: DateTime<Utc>,
}

//! Writes: typed, checked, and not yet carried out.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

mod action;
mod create;
mod fields;
pub(super) mod limits;
mod recipients;

pub(super) use action::{ActionKind, read_action, read_parameters};
pub(super) use create::read_create;
pub(super) use fields::{BodyProblem, Reader};

use super::alert::{Priority, ResponderKind};
use super::settings::PlanAction;

/// A write that passed its checks.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// Makes an alert, or raises the open one of its alias once more.
    Create(Box<Create>),
    /// Does something with an alert.
    Act {
        /// Which alert.
        on: Identifier,
        /// What.
        action: Action,
        /// By whom and with what note.
        by: By,
    },
}

/// What a new alert is made of.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Create {
    /// The headline.
    pub message: String,
    /// The key of de-duplication; the new alert's id if there is none.
    pub alias: Option<String>,
    /// The long text.
    pub description: String,
    /// Who is notified.
    pub responders: Vec<Recipient>,
    /// Who sees it.
    pub visible_to: Vec<Recipient>,
    /// Custom actions.
    pub actions: Vec<String>,
    /// Labels.
    pub tags: Vec<String>,
    /// Extra properties.
    pub details: BTreeMap<String, String>,
    /// What it is about.
    pub entity: String,
    /// How urgent.
    pub priority: Priority,
    /// By whom, from where, and with what note.
    pub by: By,
}

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct By {
    /// The name to be shown.
    pub user: Option<String>,
    /// Where it comes from.
    pub source: Option<String>,
    /// A note to be added.
    pub note: Option<String>,
}

/// Which alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Identifier {
    /// By its id.
    Id(String),
    /// The open alert of an alias.
    Alias(String),
    /// By its tiny id: the newest that has it.
    Tiny(String),
}

/// What is done with an alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Removes it.
    Delete,
    /// Closes it.
    Close,
    /// Takes notice of it.
    Acknowledge,
    /// Takes that back.
    Unacknowledge,
    /// Silences it until a time.
    Snooze(DateTime<Utc>),
    /// Hands it to an escalation.
    Escalate(Reference),
    /// Gives it an owner.
    Assign(Reference),
    /// Adds a team to its responders.
    AddTeam(Reference),
    /// Adds a responder.
    AddResponder(Recipient),
    /// Adds tags.
    AddTags(Vec<String>),
    /// Removes tags.
    RemoveTags(Vec<String>),
    /// Adds or replaces extra properties.
    AddDetails(BTreeMap<String, String>),
    /// Removes extra properties.
    RemoveDetails(Vec<String>),
    /// Adds the note of [`By`].
    AddNote,
    /// Sets the priority.
    SetPriority(Priority),
    /// Sets the headline.
    SetMessage(String),
    /// Sets the long text.
    SetDescription(String),
    /// Runs a custom action of this name.
    Custom(String),
}

/// Somebody to be notified, as the request names them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recipient {
    /// Of a kind, and by id or name.
    One(ResponderKind, Reference),
    /// `all`: every user.
    All,
    /// `none`: nobody.
    None,
}

/// Something of the directory, as the request names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reference {
    /// By id.
    Id(String),
    /// By name; a user by e-mail address.
    Name(String),
}

impl Action {
    /// What request status calls it. `Create` and `Acknowledge` were seen; the others are made alike.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Delete => "Delete",
            Self::Close => "Close",
            Self::Acknowledge => "Acknowledge",
            Self::Unacknowledge => "UnAcknowledge",
            Self::Snooze(_) => "Snooze",
            Self::Escalate(_) => "Escalate",
            Self::Assign(_) => "Assign",
            Self::AddTeam(_) => "AddTeam",
            Self::AddResponder(_) => "AddResponder",
            Self::AddTags(_) => "AddTags",
            Self::RemoveTags(_) => "RemoveTags",
            Self::AddDetails(_) => "AddDetails",
            Self::RemoveDetails(_) => "RemoveDetails",
            Self::AddNote => "AddNote",
            Self::SetPriority(_) => "UpdatePriority",
            Self::SetMessage(_) => "UpdateMessage",
            Self::SetDescription(_) => "UpdateDescription",
            Self::Custom(_) => "ExecuteCustomAction",
        }
    }

    /// Whether it fails on a closed alert.
    pub(super) const fn needs_open(&self) -> bool {
        matches!(
            self,
            Self::Close
                | Self::Acknowledge
                | Self::Unacknowledge
                | Self::Snooze(_)
                | Self::Escalate(_)
                | Self::Assign(_)
                | Self::AddTeam(_)
                | Self::AddResponder(_)
                | Self::Custom(_)
        )
    }

    /// What a plan may lack that it needs.
    pub(super) const fn plan_action(&self) -> Option<PlanAction> {
        match self {
            Self::Assign(_) => Some(PlanAction::Assign),
            Self::Escalate(_) => Some(PlanAction::Escalate),
            Self::Snooze(_) => Some(PlanAction::Snooze),
            Self::Custom(_) => Some(PlanAction::Custom),
            _ => None,
        }
    }
}

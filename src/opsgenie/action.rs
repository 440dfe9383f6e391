//! What the mapping asks of the pager: one request, and the alert that it is about.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// What an [`Action`] does to the alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verb {
    /// Raise the alert, or count once more on the one that is open under the same alias.
    Create,
    /// Close the open alert of this alias.
    Close,
    /// Add a note to the open alert of this alias.
    Note,
    /// Change a field of the open alert of this alias. JSM's integration events have no such call.
    Update,
}

impl Verb {
    /// The word as it stands in an action's `action` field.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Close => "close",
            Self::Note => "note",
            Self::Update => "update",
        }
    }
}

/// An HTTP request relative to the pager's base URL, without its key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// `POST`, or `PUT` for updates.
    pub method: String,
    /// The path below the base URL, an alias in it percent-encoded: `/v2/alerts/arn%3Aaws…/close`.
    pub path: String,
    /// Query parameters, not encoded: `identifierType` = `alias`.
    #[serde(default)]
    pub query: BTreeMap<String, String>,
    /// The JSON body.
    pub body: Map<String, Value>,
}

/// One line of the mapping's output.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Action {
    /// What it does.
    pub action: Verb,
    /// The alert's de-duplication key, at most 512 characters: the alarm's ARN.
    pub alias: String,
    /// When the alarm changed its state, RFC 3339 in UTC with milliseconds.
    pub occurred_at: String,
    /// The request that carries it out.
    pub request: Request,
}

//! Which call of the alert API a request is.
//!
//! It is read from the request's method and path, not from the action's verb: a user's own program may have turned
//! the request into any call, and what a target can do depends on the call.

use std::{fmt, str::FromStr};

use super::Request;

/// The path that every call of the alert API begins with, on Opsgenie as on JSM.
const ALERTS: &str = "/v2/alerts";

/// A write of the alert API (`paths/alert.yaml` of opsgenie/opsgenie-oas).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Call {
    /// `POST /v2/alerts`
    Create,
    /// `DELETE /v2/alerts/{id}`
    Delete,
    /// `POST /v2/alerts/{id}/close`
    Close,
    /// `POST /v2/alerts/{id}/acknowledge`
    Acknowledge,
    /// `POST /v2/alerts/{id}/unacknowledge`
    Unacknowledge,
    /// `POST /v2/alerts/{id}/snooze`
    Snooze,
    /// `POST /v2/alerts/{id}/escalate`
    Escalate,
    /// `POST /v2/alerts/{id}/assign`
    Assign,
    /// `POST /v2/alerts/{id}/teams`
    AddTeam,
    /// `POST /v2/alerts/{id}/responders`
    AddResponder,
    /// `POST /v2/alerts/{id}/tags`
    AddTags,
    /// `DELETE /v2/alerts/{id}/tags`
    RemoveTags,
    /// `POST /v2/alerts/{id}/details`
    AddDetails,
    /// `DELETE /v2/alerts/{id}/details`
    RemoveDetails,
    /// `POST /v2/alerts/{id}/notes`
    AddNote,
    /// `PUT /v2/alerts/{id}/priority`
    UpdatePriority,
    /// `PUT /v2/alerts/{id}/message`
    UpdateMessage,
    /// `PUT /v2/alerts/{id}/description`
    UpdateDescription,
    /// `POST /v2/alerts/{id}/actions/{name}`
    CustomAction,
}

impl Call {
    /// Reads the call from a request, and checks that its path can be sent as it stands.
    pub fn of(request: &Request) -> Result<Self, RequestError> {
        let path = request.path.as_str();
        check_encoding(path)?;
        let unknown = || RequestError::UnknownCall { method: request.method.clone(), path: path.to_owned() };
        let below = path.strip_prefix(ALERTS).ok_or_else(unknown)?;
        let segments: Vec<&str> = below.split('/').collect();
        if segments.iter().any(|segment| is_dot_segment(segment)) {
            return Err(RequestError::DotSegment { path: path.to_owned() });
        }
        // An identifier or a name in the path is never empty: `//` would address something else.
        let call = match (request.method.as_str(), segments.as_slice()) {
            ("POST", [""]) => return Ok(Self::Create),
            (_, ["", "", ..] | ["", .., ""]) => None,
            ("DELETE", ["", _]) => Some(Self::Delete),
            (method, ["", _, what]) => Self::on_alert(method, what),
            ("POST", ["", _, "actions", _]) => Some(Self::CustomAction),
            (_, _) => None,
        };
        if let Some(value) = request.query.get("identifierType") {
            value.parse::<IdentifierType>()?;
        }
        call.ok_or_else(unknown)
    }

    fn on_alert(method: &str, what: &str) -> Option<Self> {
        let call = match (method, what) {
            ("POST", "close") => Self::Close,
            ("POST", "acknowledge") => Self::Acknowledge,
            ("POST", "unacknowledge") => Self::Unacknowledge,
            ("POST", "snooze") => Self::Snooze,
            ("POST", "escalate") => Self::Escalate,
            ("POST", "assign") => Self::Assign,
            ("POST", "teams") => Self::AddTeam,
            ("POST", "responders") => Self::AddResponder,
            ("POST", "tags") => Self::AddTags,
            ("DELETE", "tags") => Self::RemoveTags,
            ("POST", "details") => Self::AddDetails,
            ("DELETE", "details") => Self::RemoveDetails,
            ("POST", "notes") => Self::AddNote,
            ("PUT", "priority") => Self::UpdatePriority,
            ("PUT", "message") => Self::UpdateMessage,
            ("PUT", "description") => Self::UpdateDescription,
            _ => return None,
        };
        Some(call)
    }

    /// Whether the call may be sent again when it is not known whether the first one arrived.
    ///
    /// A create may only because of its alias: the pager then counts once more on the open alert, while without
    /// one it would raise a second alert. There is no idempotency key.
    #[must_use]
    pub fn is_repeatable(self, request: &Request) -> bool {
        match self {
            Self::Create => request
                .body
                .get("alias")
                .and_then(|alias| alias.as_str())
                .is_some_and(|alias| !alias.is_empty()),
            Self::Escalate | Self::CustomAction => false,
            Self::Delete
            | Self::Close
            | Self::Acknowledge
            | Self::Unacknowledge
            | Self::Snooze
            | Self::Assign
            | Self::AddTeam
            | Self::AddResponder
            | Self::AddTags
            | Self::RemoveTags
            | Self::AddDetails
            | Self::RemoveDetails
            | Self::AddNote
            | Self::UpdatePriority
            | Self::UpdateMessage
            | Self::UpdateDescription => true,
        }
    }

    /// The call in words, for messages: `add note`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Delete => "delete",
            Self::Close => "close",
            Self::Acknowledge => "acknowledge",
            Self::Unacknowledge => "unacknowledge",
            Self::Snooze => "snooze",
            Self::Escalate => "escalate",
            Self::Assign => "assign",
            Self::AddTeam => "add team",
            Self::AddResponder => "add responder",
            Self::AddTags => "add tags",
            Self::RemoveTags => "remove tags",
            Self::AddDetails => "add details",
            Self::RemoveDetails => "remove details",
            Self::AddNote => "add note",
            Self::UpdatePriority => "update priority",
            Self::UpdateMessage => "update message",
            Self::UpdateDescription => "update description",
            Self::CustomAction => "custom action",
        }
    }
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What the identifier in a path is. The pager takes it for an id unless told otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum IdentifierType {
    /// The alert's id.
    Id,
    /// The alias: it finds an open alert only.
    Alias,
    /// The short number that people see; it is reused.
    Tiny,
}

impl IdentifierType {
    /// The value of the query parameter `identifierType`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Alias => "alias",
            Self::Tiny => "tiny",
        }
    }
}

impl FromStr for IdentifierType {
    type Err = RequestError;

    fn from_str(text: &str) -> Result<Self, RequestError> {
        match text {
            "id" => Ok(Self::Id),
            "alias" => Ok(Self::Alias),
            "tiny" => Ok(Self::Tiny),
            other => Err(RequestError::IdentifierType { value: other.to_owned() }),
        }
    }
}

/// Why an action's request cannot be sent: the program that wrote it has to change.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    /// Method and path are none of the alert API's calls.
    #[error("`{method} {path}` is no call of the alert API")]
    UnknownCall {
        /// The request's method.
        method: String,
        /// The request's path.
        path: String,
    },
    /// A character stands in the path that would change its meaning, such as a space, `#` or `?`.
    #[error("the path `{path}` is not percent-encoded at byte {at}")]
    Unencoded {
        /// The request's path.
        path: String,
        /// Offset of the first offending byte.
        at: usize,
    },
    /// A segment `.` or `..`, even encoded, addresses another resource.
    #[error("the path `{path}` has a segment of dots, which servers resolve to another path")]
    DotSegment {
        /// The request's path.
        path: String,
    },
    /// Path and query are longer than a URL may be (65,534 bytes).
    #[error("the path `{path}…` is too long for a URL")]
    TooLong {
        /// The beginning of the request's path.
        path: String,
    },
    /// `identifierType` is none of `id`, `alias`, `tiny`.
    #[error("identifierType is `{value}`, not one of `id`, `alias`, `tiny`")]
    IdentifierType {
        /// The value that was given.
        value: String,
    },
}

/// RFC 3986, `pchar` and `/`: what may stand in a path as it is.
fn check_encoding(path: &str) -> Result<(), RequestError> {
    let bytes = path.as_bytes();
    let is_hex = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_hexdigit);
    let offending = bytes.iter().enumerate().position(|(at, byte)| match byte {
        b'%' => !(is_hex(at + 1) && is_hex(at + 2)),
        byte => !(byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@/".contains(byte)),
    });
    match offending {
        None => Ok(()),
        Some(at) => Err(RequestError::Unencoded { path: path.to_owned(), at }),
    }
}

fn is_dot_segment(segment: &str) -> bool {
    segment.len() <= 6 && matches!(segment.to_ascii_lowercase().replace("%2e", ".").as_str(), "." | "..")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use serde_json::{Value, json};

    use super::*;

    fn request(method: &str, path: &str) -> Request {
        Request { method: method.into(), path: path.into(), query: [].into(), body: serde_json::Map::new() }
    }

    #[test]
    fn method_and_path_name_the_call() {
        for (method, path, call) in [
            ("POST", "/v2/alerts", Call::Create),
            ("DELETE", "/v2/alerts/a", Call::Delete),
            ("POST", "/v2/alerts/a/close", Call::Close),
            ("POST", "/v2/alerts/a/acknowledge", Call::Acknowledge),
            ("POST", "/v2/alerts/a/unacknowledge", Call::Unacknowledge),
            ("POST", "/v2/alerts/a/snooze", Call::Snooze),
            ("POST", "/v2/alerts/a/escalate", Call::Escalate),
            ("POST", "/v2/alerts/a/assign", Call::Assign),
            ("POST", "/v2/alerts/a/teams", Call::AddTeam),
            ("POST", "/v2/alerts/a/responders", Call::AddResponder),
            ("POST", "/v2/alerts/a/tags", Call::AddTags),
            ("DELETE", "/v2/alerts/a/tags", Call::RemoveTags),
            ("POST", "/v2/alerts/a/details", Call::AddDetails),
            ("DELETE", "/v2/alerts/a/details", Call::RemoveDetails),
            ("POST", "/v2/alerts/a/notes", Call::AddNote),
            ("PUT", "/v2/alerts/a/priority", Call::UpdatePriority),
            ("PUT", "/v2/alerts/a/message", Call::UpdateMessage),
            ("PUT", "/v2/alerts/a/description", Call::UpdateDescription),
            ("POST", "/v2/alerts/a/actions/Restart%20Trail", Call::CustomAction),
            ("POST", "/v2/alerts/arn%3Aaws%2F..%23/close", Call::Close),
        ] {
            assert_eq!(Call::of(&request(method, path)), Ok(call), "{method} {path}");
        }
    }

    #[test]
    fn what_is_no_call_of_the_alert_api_is_refused() {
        for (method, path) in [
            ("GET", "/v2/alerts"),
            ("POST", ""),
            ("POST", "v2/alerts"),
            ("POST", "@evil.example/v2/alerts"),
            ("POST", "//evil.example/v2/alerts"),
            ("POST", "/v2/alertsx"),
            ("POST", "/v2/alerts/"),
            ("POST", "/v2/alerts//close"),
            ("POST", "/v2/alerts/a/close/"),
            ("POST", "/v2/alerts/a/b/close"),
            ("POST", "/v2/alerts/a/priority"),
            ("POST", "/v2/incidents"),
            ("POST", "/V2/alerts"),
        ] {
            let refused = Call::of(&request(method, path)).unwrap_err();
            assert!(matches!(refused, RequestError::UnknownCall { .. }), "{method} {path}: {refused}");
        }
    }

    #[test]
    fn a_path_that_would_change_its_meaning_is_refused() {
        for (path, at) in [
            ("/v2/alerts/a b/close", 12),
            ("/v2/alerts/a#b/close", 12),
            ("/v2/alerts/a?b/close", 12),
            ("/v2/alerts/ä/close", 11),
            ("/v2/alerts/100%/close", 14),
            ("/v2/alerts/%zz/close", 11),
            ("/v2/alerts/a\r\nb/close", 12),
            ("/v2/alerts/%4", 11),
        ] {
            let want = RequestError::Unencoded { path: path.into(), at };
            assert_eq!(Call::of(&request("POST", path)), Err(want), "{path}");
        }
        for path in
            ["/v2/alerts/../close", "/v2/alerts/./close", "/v2/alerts/%2e%2E/close", "/v2/alerts/.%2e/close"]
        {
            let want = RequestError::DotSegment { path: path.into() };
            assert_eq!(Call::of(&request("POST", path)), Err(want), "{path}");
        }
    }

    #[test]
    fn the_identifier_type_is_one_that_the_pager_knows() {
        let mut close = request("POST", "/v2/alerts/a/close");
        for known in [IdentifierType::Id, IdentifierType::Alias, IdentifierType::Tiny] {
            close.query.insert("identifierType".into(), known.as_str().into());
            assert_eq!(Call::of(&close), Ok(Call::Close));
        }
        close.query.insert("identifierType".into(), "Alias".into());
        assert_eq!(
            Call::of(&close).unwrap_err().to_string(),
            "identifierType is `Alias`, not one of `id`, `alias`, `tiny`"
        );
    }

    #[test]
    fn a_create_is_repeatable_because_of_its_alias() {
        let create = |body: Value| Request {
            body: body.as_object().unwrap().clone(),
            ..request("POST", "/v2/alerts")
        };
        assert!(Call::Create.is_repeatable(&create(json!({"alias": "a"}))));
        for body in [json!({}), json!({"alias": ""}), json!({"alias": null}), json!({"alias": 1})] {
            assert!(!Call::Create.is_repeatable(&create(body.clone())), "{body}");
        }
        let close = request("POST", "/v2/alerts/a/close");
        assert!(Call::Close.is_repeatable(&close));
        assert!(!Call::CustomAction.is_repeatable(&close));
    }
}

//! One request as it came, and how it is shown.

use std::borrow::Cow;
use std::fmt::{self, Write};
use std::sync::LazyLock;

use chrono::{DateTime, Utc};
use regex::Regex;
use serde::{Serialize, Serializer};
use serde_json::json;

use super::alert::time;
use super::http::Received;
use super::ids::RequestId;

/// How a request was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answered {
    /// With this status.
    Status(u16),
    /// Not at all, by the fault `hang`.
    Hung,
    /// By the end of the connection, by the fault `reset`.
    Reset,
}

impl fmt::Display for Answered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status(status) => write!(f, "{status}"),
            Self::Hung => f.write_str("no answer"),
            Self::Reset => f.write_str("reset"),
        }
    }
}

/// A request as it came, and what became of it.
///
/// Displays a line and the body, at most 400 characters of it; serialises all of it. Both cut keys short.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// Its number, from 1.
    pub number: u64,
    /// When it came.
    pub at: DateTime<Utc>,
    /// The request, keys included.
    pub request: Received,
    /// How it was answered.
    pub answered: Answered,
    /// The id that the twin gave to it, if the twin took it.
    pub id: Option<RequestId>,
    /// The faults that struck it.
    pub faults: Vec<&'static str>,
}

/// How much of a body is shown to people.
const SHOWN: usize = 400;

impl Recorded {
    /// The query with the key in `apiKey` cut short.
    #[must_use]
    pub fn shown_query(&self) -> Option<String> {
        let query = self.request.query.as_deref()?;
        let shown = |pair: &str| match pair.split_once('=') {
            Some((name, key)) if name.eq_ignore_ascii_case("apiKey") => format!("{name}={}", cut_short(key)),
            _ => pair.to_owned(),
        };
        Some(query.split('&').map(shown).collect::<Vec<_>>().join("&"))
    }

    /// The body as text. What SNS posts to the hosted integration has its token cut short.
    #[must_use]
    pub fn shown_body(&self) -> Cow<'_, str> {
        let text = String::from_utf8_lossy(&self.request.body);
        match &*TOKEN {
            Some(token) if self.request.path.ends_with("/cloudwatch") => {
                Cow::Owned(token.replace_all(&text, "$1$2…").into_owned())
            }
            _ => text,
        }
    }

    /// The headers, the key in `Authorization` cut short.
    pub fn shown_headers(&self) -> impl Iterator<Item = (&str, String)> {
        self.request.headers.iter().map(|(name, value)| {
            let shown = if name.eq_ignore_ascii_case("authorization") {
                match value.split_once(' ') {
                    Some((scheme, key)) => format!("{scheme} {}", cut_short(key)),
                    None => cut_short(value),
                }
            } else {
                value.clone()
            };
            (name.as_str(), shown)
        })
    }
}

/// The token of a subscription, as a member and in a URL.
static TOKEN: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"(Token"?\s*[:=]\s*"?)(\w{8})\w+"#).ok());

/// Enough of a key to know it by, and no more.
fn cut_short(key: &str) -> String {
    let kept: String = key.chars().take(8).collect();
    if kept.len() == key.len() { "…".to_owned() } else { format!("{kept}…") }
}

impl fmt::Display for Recorded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Received { method, path, body, .. } = &self.request;
        let at = time(self.at);
        let query = self.shown_query().map(|query| format!("?{query}")).unwrap_or_default();
        write!(f, "{:>4}  {at}  {method} {path}{query} -> {}", self.number, self.answered)?;
        if !self.faults.is_empty() {
            write!(f, " (fault: {})", self.faults.join(", "))?;
        }
        if !body.is_empty() {
            let text = self.shown_body();
            let shown: String = text.chars().take(SHOWN).collect();
            let more = if shown.len() < text.len() { "…" } else { "" };
            write!(f, "\n      {}{more}", shown.replace('\n', "\n      "))?;
        }
        Ok(())
    }
}

impl Serialize for Recorded {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { number, at, request, answered, id, faults } = self;
        let mut told = json!({
            "number": number,
            "at": time(*at),
            "method": request.method,
            "path": request.path,
            "query": self.shown_query(),
            "headers": self.shown_headers().collect::<Vec<_>>(),
            "answered": answered.to_string(),
            "request_id": id.map(|id| id.to_string()),
            "faults": faults,
        });
        match std::str::from_utf8(&request.body) {
            Ok(_) => told["body"] = json!(self.shown_body()),
            Err(_) => told["body_hex"] = json!(hex(&request.body)),
        }
        told.serialize(serializer)
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

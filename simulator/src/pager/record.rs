//! Every request as it came, the newest of them kept.

use std::borrow::Cow;
use std::collections::{HashMap, VecDeque};
use std::fmt::{self, Write};
use std::sync::LazyLock;

use chrono::{DateTime, Utc};
use regex::Regex;
use serde::{Serialize, Serializer};
use serde_json::json;

use super::alert::time;
use super::http::{Received, Reply};
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

/// The newest requests, and the number of all.
#[derive(Debug)]
pub struct Records {
    kept: VecDeque<Recorded>,
    by_id: HashMap<RequestId, u64>,
    most: usize,
    /// Of bodies.
    bytes: usize,
    total: u64,
}

/// The most bytes of bodies that are kept.
const MOST_BYTES: usize = 64 * 1024 * 1024;

impl Records {
    /// Keeps `most` requests, and 64 MiB of their bodies at most; the oldest go first.
    #[must_use]
    pub fn new(most: usize) -> Self {
        Self { kept: VecDeque::new(), by_id: HashMap::new(), most, bytes: 0, total: 0 }
    }

    /// Records a request.
    pub fn push(
        &mut self,
        at: DateTime<Utc>,
        request: Received,
        answered: Answered,
        reply: Option<&Reply>,
        faults: Vec<&'static str>,
    ) {
        self.total += 1;
        let id = reply.and_then(|reply| reply.header("X-Request-Id")).and_then(RequestId::parse);
        if let Some(id) = id {
            self.by_id.insert(id, self.total);
        }
        self.bytes += request.body.len();
        self.kept.push_back(Recorded { number: self.total, at, request, answered, id, faults });
        while self.kept.len() > self.most || self.bytes > MOST_BYTES {
            let Some(oldest) = self.kept.pop_front() else { break };
            self.bytes -= oldest.request.body.len();
            oldest.id.map(|id| self.by_id.remove(&id));
        }
    }

    /// How many requests there were, kept or not.
    #[must_use]
    pub const fn total(&self) -> u64 {
        self.total
    }

    /// Those that are kept, oldest first.
    #[must_use]
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Recorded> + ExactSizeIterator {
        self.kept.iter()
    }

    /// The request to which the twin gave this id, if it is kept.
    #[must_use]
    pub fn by_id(&self, id: RequestId) -> Option<&Recorded> {
        let number = self.by_id.get(&id)?;
        let first = self.kept.front()?.number;
        self.kept.get(usize::try_from(number.checked_sub(first)?).ok()?)
    }

    /// Forgets all of them; numbers start again at 1.
    pub fn clear(&mut self) {
        *self = Self::new(self.most);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use bytes::Bytes;

    use super::*;

    fn request(body: &'static [u8]) -> Received {
        Received {
            method: "POST".to_owned(),
            path: "/v1/json/cloudwatch".to_owned(),
            query: Some("a=1&apiKey=0d9e7a90-2f4d-4e61-8b0a-d7a1c5e0f2b4".to_owned()),
            headers: vec![(
                "Authorization".to_owned(),
                "GenieKey 0d9e7a90-2f4d-4e61-8b0a-d7a1c5e0f2b4".to_owned(),
            )],
            body: Bytes::from_static(body),
        }
    }

    fn push(records: &mut Records, body: &'static [u8], id: RequestId) {
        let mut reply = Reply::json(202, &());
        reply.headers.push(("X-Request-Id", id.to_string()));
        records.push(
            DateTime::UNIX_EPOCH,
            request(body),
            Answered::Status(202),
            Some(&reply),
            vec!["latency"],
        );
    }

    #[test]
    fn the_newest_are_kept_and_all_are_counted() {
        let mut records = Records::new(2);
        let ids = [1, 2, 3].map(|number| RequestId::new(1, number));
        for id in ids {
            push(&mut records, b"{}", id);
        }
        assert_eq!(records.total(), 3);
        assert_eq!(records.iter().map(|recorded| recorded.number).collect::<Vec<_>>(), [2, 3]);
        assert_eq!(records.by_id(ids[0]), None);
        assert_eq!(records.by_id(ids[2]).unwrap().number, 3);
        records.clear();
        assert_eq!((records.total(), records.iter().len()), (0, 0));
    }

    #[test]
    fn bodies_have_a_limit_together() {
        let mut records = Records::new(usize::MAX);
        let body: &'static [u8] = vec![b'x'; MOST_BYTES / 2 + 1].leak();
        for number in 0..2 {
            push(&mut records, body, RequestId::new(1, number));
        }
        assert_eq!((records.total(), records.iter().len()), (2, 1));
    }

    #[test]
    fn what_is_shown_has_no_whole_token() {
        let mut records = Records::new(1);
        let body =
            br#"{"Token" : "0123456789abcdef", "SubscribeURL" : "https://x/?Token=0123456789abcdef&a=1"}"#;
        push(&mut records, body, RequestId::new(1, 1));
        let recorded = records.iter().next().unwrap();
        let shown = r#"{"Token" : "01234567…", "SubscribeURL" : "https://x/?Token=01234567…&a=1"}"#;
        assert_eq!(recorded.shown_body(), shown);
        assert_eq!(serde_json::to_value(recorded).unwrap()["body"], shown);
        assert_eq!(&recorded.request.body[..], body);
    }

    #[test]
    fn what_is_shown_has_no_whole_key() {
        let mut records = Records::new(1);
        push(&mut records, b"{\n  \"message\": \"m\"\n}", RequestId::new(1, 1));
        let recorded = records.iter().next().unwrap();
        assert_eq!(
            recorded.to_string(),
            "   1  1970-01-01T00:00:00.000Z  POST /v1/json/cloudwatch?a=1&apiKey=0d9e7a90… -> 202 (fault: latency)\n      \
             {\n        \"message\": \"m\"\n      }"
        );
        let headers: Vec<_> = recorded.shown_headers().collect();
        assert_eq!(headers, [("Authorization", "GenieKey 0d9e7a90…".to_owned())]);
    }
}

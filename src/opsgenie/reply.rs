//! What an answer of the pager means.
//!
//! Decided by the status alone, and for success by the body being the API's JSON. Texts are for people.
//! Opsgenie's "Response" page and its SDKs: 429 and 5xx but 501 pass, everything else stays as it is.

use std::{collections::BTreeMap, fmt, time::Duration};

use chrono::DateTime;
use serde::Deserialize;
use serde_json::Value;

use super::ApiKey;

/// Longest reason that is passed on, in code points.
const REASON: usize = 300;

/// The headers of an answer that mean something.
#[derive(Debug, Clone, Copy, Default)]
pub struct ReplyHeaders<'a> {
    /// `X-RateLimit-Period-In-Sec`: length of the window that throttled, 1 or 60.
    pub rate_limit_period: Option<&'a str>,
    /// `Retry-After`, in seconds or as a date. The pager sends none; something in between may.
    pub retry_after: Option<&'a str>,
    /// `Date`, to which a date in `Retry-After` is compared.
    pub date: Option<&'a str>,
    /// `X-Request-Id`: the same as the body's `requestId`.
    pub request_id: Option<&'a str>,
    /// `X-Opsgenie-Errortype`.
    pub error_type: Option<&'a str>,
}

/// Identifies an accepted request, so that its outcome can be asked for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RequestId(String);

impl RequestId {
    /// Takes letters, digits, `-`, `_` and `.`, at most 100: it becomes a segment of a path.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
        let is_dots = text.bytes().all(|byte| byte == b'.');
        (text.len() <= 100 && !is_dots && text.bytes().all(is_plain)).then(|| Self(text.to_owned()))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An answer to a write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// Queued by the pager; what becomes of it is told by the request's status.
    Accepted {
        /// Absent if the pager named none.
        request_id: Option<RequestId>,
    },
    /// Too many requests (429).
    Throttled {
        /// How long the pager wants to be left alone, if it says so.
        wait: Option<Duration>,
        /// The pager's words.
        reason: String,
    },
    /// A trouble that passes: 5xx but 501, or 408.
    Unavailable {
        /// The HTTP status.
        status: u16,
        /// The pager's words.
        reason: String,
    },
    /// The same request will be refused again.
    Refused {
        /// The HTTP status.
        status: u16,
        /// What that status says.
        refusal: Refusal,
        /// The pager's words.
        reason: String,
    },
    /// The body is well-formed and not acceptable (422).
    Unprocessable {
        /// The pager's words.
        reason: String,
        /// Field to complaint, where the pager names fields.
        errors: BTreeMap<String, String>,
    },
}

/// What a refusal says, by its status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Refusal {
    /// 400
    Syntax,
    /// 401
    Key,
    /// 402
    Plan,
    /// 403
    Permission,
    /// 404
    NotFound,
    /// 409
    Conflict,
    /// 501
    NotImplemented,
    /// 3xx
    Redirect,
    /// 2xx, but not with the API's JSON
    NotTheApi,
    /// Any other status
    Other,
}

impl Refusal {
    /// What to look at.
    #[must_use]
    pub const fn remedy(self) -> &'static str {
        match self {
            Self::Syntax => "the request is no JSON to the pager",
            Self::Key => {
                "check the key, that its integration is enabled, and that the base URL is of the account's region"
            }
            Self::Plan => "the account's plan does not include this",
            Self::Permission => "use the key of an API integration that may create and change alerts",
            Self::NotFound => "check the base URL",
            Self::Conflict => "something of that name or id exists",
            Self::NotImplemented => "the pager has no such call",
            Self::Redirect => "redirects are not followed: the base URL is probably wrong",
            Self::NotTheApi => {
                "something other than the alert API answered: check the base URL and any proxy"
            }
            Self::Other => "the pager did not say what to change",
        }
    }

    /// Whether the same request may be accepted some time later although nobody changed anything.
    #[must_use]
    pub const fn passes(self) -> bool {
        match self {
            // Most often the maintenance or login page of something in between.
            Self::NotTheApi => true,
            Self::Syntax
            | Self::Key
            | Self::Plan
            | Self::Permission
            | Self::NotFound
            | Self::Conflict
            | Self::NotImplemented
            | Self::Redirect
            | Self::Other => false,
        }
    }
}

/// Reads an answer to a write. The key is taken out of every text that is passed on.
#[must_use]
pub fn classify(status: u16, headers: &ReplyHeaders<'_>, body: &[u8], key: &ApiKey) -> Reply {
    let wire = Wire::parse(body);
    let accepted = |wire: &Wire| Reply::Accepted { request_id: wire.request_id(headers, key) };
    let reason = || reason(wire.as_ref(), body, key);
    let refused = |refusal| Reply::Refused { status, refusal, reason: reason() };
    match (status, &wire) {
        (202, Some(wire)) => accepted(wire),
        (200..=299, Some(wire)) if !wire.request_id.is_null() => accepted(wire),
        (200..=299, _) => refused(Refusal::NotTheApi),
        (300..=399, _) => refused(Refusal::Redirect),
        (400, _) => refused(Refusal::Syntax),
        (401, _) => refused(Refusal::Key),
        (402, _) => refused(Refusal::Plan),
        (403, _) => refused(Refusal::Permission),
        (404, _) => refused(Refusal::NotFound),
        (409, _) => refused(Refusal::Conflict),
        (422, _) => Reply::Unprocessable {
            reason: reason(),
            errors: wire.as_ref().map(|wire| wire.field_errors(key)).unwrap_or_default(),
        },
        (429, _) => Reply::Throttled { wait: headers.wait(), reason: reason() },
        (501, _) => refused(Refusal::NotImplemented),
        (408 | 500..=599, _) => Reply::Unavailable { status, reason: reason() },
        (_, _) => refused(Refusal::Other),
    }
}

impl ReplyHeaders<'_> {
    /// The window that throttled, or else what `Retry-After` says.
    pub(super) fn wait(&self) -> Option<Duration> {
        let seconds = |text: &str| text.trim().parse().ok().filter(|n| *n > 0).map(Duration::from_secs);
        let until = |text: &str| {
            let date = DateTime::parse_from_rfc2822(self.date?.trim()).ok()?;
            (DateTime::parse_from_rfc2822(text.trim()).ok()? - date).to_std().ok()
        };
        let retry_after = || self.retry_after.and_then(|text| seconds(text).or_else(|| until(text)));
        self.rate_limit_period.and_then(seconds).or_else(retry_after)
    }
}

/// The parts of a body that mean something. Their types are checked on use: other servers stand in for this one.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Wire {
    message: Value,
    errors: Value,
    #[serde(rename = "requestId")]
    request_id: Value,
    pub(super) data: Value,
}

impl Wire {
    pub(super) fn parse(body: &[u8]) -> Option<Self> {
        // serde would read an array as the fields in their order.
        let is_object = body.trim_ascii_start().first() == Some(&b'{');
        if is_object { serde_json::from_slice(body).ok() } else { None }
    }

    fn request_id(&self, headers: &ReplyHeaders<'_>, key: &ApiKey) -> Option<RequestId> {
        let text = self.request_id.as_str().filter(|text| !text.is_empty()).or(headers.request_id)?;
        RequestId::new(text).filter(|id| !id.as_str().is_empty() && key.redact(id.as_str()) == id.as_str())
    }

    /// `errors` as a map. A value may be a list of texts.
    fn field_errors(&self, key: &ApiKey) -> BTreeMap<String, String> {
        let Value::Object(errors) = &self.errors else { return BTreeMap::new() };
        errors.iter().map(|(field, text)| (tidy(field, key), tidy(&flat(text), key))).collect()
    }
}

/// The body's message and complaints, or else the body as text: on one line, short, without the key.
pub(super) fn reason(wire: Option<&Wire>, body: &[u8], key: &ApiKey) -> String {
    let said = wire.and_then(|wire| {
        let message = wire.message.as_str().unwrap_or_default();
        let errors = match &wire.errors {
            Value::Object(errors) => {
                errors.iter().map(|(f, text)| format!("{f}: {}", flat(text))).collect::<Vec<_>>().join("; ")
            }
            other => flat(other),
        };
        let said =
            [message, &errors].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
        (!said.is_empty()).then_some(said)
    });
    let said = said.unwrap_or_else(|| String::from_utf8_lossy(body).into_owned());
    let said = tidy(&said, key);
    if said.is_empty() { "no reason given".to_owned() } else { said }
}

/// Texts, lists of texts, and JSM's `{"title", "detail", "code"}` as one text.
fn flat(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(flat).collect::<Vec<_>>().join(", "),
        Value::Object(parts) => parts.values().map(flat).collect::<Vec<_>>().join(", "),
        Value::Bool(_) | Value::Number(_) => value.to_string(),
    }
}

/// One line of bounded length, without control characters and without the key.
pub(super) fn tidy(text: &str, key: &ApiKey) -> String {
    // The key goes first: cutting before could leave half of it.
    let clean: String = key.redact(text).chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let mut words = clean.split_whitespace();
    let mut line = String::new();
    let mut length = 0;
    while let Some(word) = words.next().filter(|_| length < REASON) {
        if !line.is_empty() {
            line.push(' ');
            length += 1;
        }
        line.extend(word.chars().take(REASON.saturating_sub(length)));
        length += word.chars().count();
    }
    if length > REASON || words.next().is_some() {
        line.push('…');
    }
    line
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use proptest::prelude::*;

    use super::*;

    const KEY: &str = "5a1f3d1e-0b7c-4b5e-9a51-6f3f6f0a2c11";
    const QUEUED: &str = r#"{"result":"Request will be processed","took":0.107,"requestId":"r-1"}"#;

    fn key() -> ApiKey {
        ApiKey::new(KEY).unwrap()
    }

    fn read(status: u16, body: &str) -> Reply {
        classify(status, &ReplyHeaders::default(), body.as_bytes(), &key())
    }

    fn accepted(id: &str) -> Reply {
        Reply::Accepted { request_id: Some(RequestId(id.into())) }
    }

    #[test]
    fn a_202_with_the_apis_json_is_accepted() {
        assert_eq!(read(202, QUEUED), accepted("r-1"));
        assert_eq!(read(200, QUEUED), accepted("r-1"));
        assert_eq!(read(202, r#"{"result":"ok"}"#), Reply::Accepted { request_id: None });
        let headers = ReplyHeaders { request_id: Some("r-2"), ..ReplyHeaders::default() };
        assert_eq!(classify(202, &headers, br#"{"requestId":""}"#, &key()), accepted("r-2"));
    }

    #[test]
    fn a_2xx_with_anything_else_is_not() {
        for (status, body) in [
            (200, "<html>ok</html>"),
            (202, "<html>ok</html>"),
            (202, ""),
            (202, "[]"),
            (200, "{}"),
            (204, ""),
        ] {
            let reply = read(status, body);
            assert!(matches!(reply, Reply::Refused { refusal: Refusal::NotTheApi, .. }), "{status} {body}");
        }
    }

    #[test]
    fn a_request_id_that_is_no_path_segment_or_holds_the_key_is_none() {
        for id in ["a/b", "..", "a b", "é", &"x".repeat(101), KEY, &format!("x-{}", KEY.to_uppercase())] {
            let body = format!(r#"{{"requestId":"{id}"}}"#);
            assert_eq!(read(202, &body), Reply::Accepted { request_id: None }, "{id}");
        }
    }

    #[test]
    fn each_status_has_one_meaning() {
        for (status, want) in [
            (301, Refusal::Redirect),
            (302, Refusal::Redirect),
            (400, Refusal::Syntax),
            (401, Refusal::Key),
            (402, Refusal::Plan),
            (403, Refusal::Permission),
            (404, Refusal::NotFound),
            (405, Refusal::Other),
            (409, Refusal::Conflict),
            (418, Refusal::Other),
            (501, Refusal::NotImplemented),
            (600, Refusal::Other),
        ] {
            let reply = read(status, r#"{"message":"no","requestId":"r"}"#);
            assert_eq!(reply, Reply::Refused { status, refusal: want, reason: "no".into() });
        }
        for status in [408, 500, 502, 503, 504, 599] {
            assert_eq!(read(status, ""), Reply::Unavailable { status, reason: "no reason given".into() });
        }
    }

    #[test]
    fn a_422_names_its_fields() {
        let reply = read(
            422,
            r#"{"message":"Request body is not processable. Please check the errors.",
                "errors":{"priority":"should be one of [ P1, P2 ]","tags":["too many","too long"]},"took":0.003}"#,
        );
        assert_eq!(
            reply,
            Reply::Unprocessable {
                reason: "Request body is not processable. Please check the errors. \
                         priority: should be one of [ P1, P2 ]; tags: too many, too long"
                    .into(),
                errors: [
                    ("priority".into(), "should be one of [ P1, P2 ]".into()),
                    ("tags".into(), "too many, too long".into()),
                ]
                .into(),
            }
        );
        let reply = read(422, r#"{"message":"Key format is not valid!","took":0.0,"requestId":""}"#);
        assert_eq!(
            reply,
            Reply::Unprocessable { reason: "Key format is not valid!".into(), errors: BTreeMap::new() }
        );
    }

    #[test]
    fn the_shapes_of_jsm_are_read() {
        let reply = read(400, r#"{"errors":[{"title":"Bad Request","detail":"no such field","code":"X1"}]}"#);
        assert!(
            matches!(&reply, Reply::Refused { reason, .. } if reason == "X1, no such field, Bad Request"),
            "{reply:?}"
        );
    }

    #[test]
    fn a_429_says_how_long_to_wait() {
        let date = "Mon, 05 Jan 2026 10:00:00 GMT";
        for (period, retry_after, want) in [
            (Some("60"), None, Some(60)),
            (Some("1"), Some("30"), Some(1)),
            (Some("soon"), Some(" 30 "), Some(30)),
            (Some("0"), Some("7"), Some(7)),
            (None, Some("Mon, 05 Jan 2026 10:00:09 GMT"), Some(9)),
            (None, Some("Mon, 05 Jan 2026 09:00:00 GMT"), None),
            (None, Some("-5"), None),
            (None, None, None),
        ] {
            let headers = ReplyHeaders {
                rate_limit_period: period,
                retry_after,
                date: Some(date),
                ..ReplyHeaders::default()
            };
            let reply =
                classify(429, &headers, br#"{"message":"You are making too many requests!"}"#, &key());
            let reason = "You are making too many requests!".to_owned();
            assert_eq!(
                reply,
                Reply::Throttled { wait: want.map(Duration::from_secs), reason },
                "{period:?} {retry_after:?}"
            );
        }
    }

    #[test]
    fn a_reason_is_one_short_line_without_the_key() {
        let echo = format!("bad\r\n  key\u{1b}[31m {} {}", KEY.to_uppercase(), "x".repeat(1000));
        let Reply::Refused { reason, .. } = read(401, &echo) else { panic!("a 401 is a refusal") };
        assert!(reason.starts_with("bad key [31m [redacted] xxx"), "{reason}");
        assert_eq!((reason.chars().count(), reason.ends_with('…')), (REASON + 1, true));
        // Half of a key must not be left at the cut.
        let late = format!("{}{KEY}", "y".repeat(REASON - 9));
        let Reply::Refused { reason, .. } = read(401, &late) else { panic!("a 401 is a refusal") };
        assert!(!reason.contains("5a1f"), "{reason}");
    }

    #[test]
    fn html_gives_its_text() {
        let page = "<html>\n<head><title>502 Bad Gateway</title></head>\n</html>";
        let reason = "<html> <head><title>502 Bad Gateway</title></head> </html>".to_owned();
        assert_eq!(read(502, page), Reply::Unavailable { status: 502, reason });
    }

    proptest! {
        #[test]
        fn any_answer_is_read(status in 100u16..700, body in prop::collection::vec(any::<u8>(), 0..300)) {
            let reply = classify(status, &ReplyHeaders::default(), &body, &key());
            let retried = matches!(reply, Reply::Unavailable { .. } | Reply::Throttled { .. });
            prop_assert_eq!(retried, matches!(status, 408 | 429 | 500 | 502..=599));
        }
    }
}

//! What became of a request that the pager accepted.
//!
//! `GET /v2/alerts/requests/{id}`: a 202 only says "queued". Whether the alert exists, its state, the plan and the
//! responders are looked at later, and found here.

use std::time::Duration;

use serde_json::Value;

use super::{
    ApiKey, Reply, ReplyHeaders, classify,
    reply::{Wire, reason, tidy},
};

/// The value of `X-Opsgenie-Errortype` for a request that has not been processed.
const NOT_PROCESSED: &str = "RequestNotProcessed";

/// How a request ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The pager did it.
    Done {
        /// What it did, in its words: `Create`, `Acknowledge`.
        action: String,
        /// The alert's id.
        alert_id: String,
        /// Its words: `Created alert`.
        status: String,
    },
    /// There is no open alert, or it is closed or acknowledged already: as good as done for a close.
    NothingToDo {
        /// The pager's words.
        status: String,
    },
    /// The pager did not do it and will not: an unknown responder, a feature that the plan lacks.
    Failed {
        /// The pager's words.
        status: String,
    },
    /// The outcome could not be read in time, or not at all.
    Unknown {
        /// Why not.
        reason: String,
    },
}

/// An answer to the question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Poll {
    /// It is known, or never will be.
    Ready(Outcome),
    /// Ask again.
    NotYet {
        /// How long the pager wants to be left alone, if it says so.
        wait: Option<Duration>,
        /// Why it cannot be told now.
        reason: String,
    },
}

/// When to ask: the pager mostly knows within a few seconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PollSchedule {
    /// The waits before the first questions.
    pub first: Vec<Duration>,
    /// The wait before each one after them.
    pub then: Duration,
}

impl Default for PollSchedule {
    /// 0.5, 1, 2, 3 and 4 seconds, then every 5.
    fn default() -> Self {
        Self {
            first: [500, 1000, 2000, 3000, 4000].map(Duration::from_millis).into(),
            then: Duration::from_secs(5),
        }
    }
}

impl PollSchedule {
    /// The wait before each question in turn. It has no end.
    pub fn waits(&self) -> impl Iterator<Item = Duration> {
        self.first.iter().copied().chain(std::iter::repeat(self.then))
    }
}

/// Reads an answer to the question after a request.
#[must_use]
pub fn read_status(status: u16, headers: &ReplyHeaders<'_>, body: &[u8], key: &ApiKey) -> Poll {
    let wire = Wire::parse(body);
    let why = || reason(wire.as_ref(), body, key);
    match (status, &wire) {
        (200, Some(Wire { data: Value::Object(data), .. })) => Poll::Ready(outcome(data, key)),
        // Stand-ins may not send the header; a page of something in between is no answer.
        (404, Some(_)) if headers.error_type.is_none_or(|value| value == NOT_PROCESSED) => {
            Poll::NotYet { wait: None, reason: why() }
        }
        (404, None) if headers.error_type == Some(NOT_PROCESSED) => {
            Poll::NotYet { wait: None, reason: why() }
        }
        (_, _) => match classify(status, headers, body, key) {
            Reply::Throttled { wait, reason } => Poll::NotYet { wait, reason },
            Reply::Unavailable { reason, .. } => Poll::NotYet { wait: None, reason },
            Reply::Refused { .. } | Reply::Unprocessable { .. } | Reply::Accepted { .. } => {
                Poll::Ready(Outcome::Unknown { reason: format!("the pager answered {status}: {}", why()) })
            }
        },
    }
}

fn outcome(data: &serde_json::Map<String, Value>, key: &ApiKey) -> Outcome {
    let text = |name: &str| tidy(data.get(name).and_then(Value::as_str).unwrap_or_default(), key);
    let status = text("status");
    // Both names are sent, the schema lists one of them.
    match data.get("isSuccess").or_else(|| data.get("success")).and_then(Value::as_bool) {
        Some(true) => Outcome::Done { action: text("action"), alert_id: text("alertId"), status },
        Some(false) if is_nothing_to_do(&status) => Outcome::NothingToDo { status },
        Some(false) => Outcome::Failed { status },
        None => Outcome::Unknown { reason: "the status does not say whether it succeeded".to_owned() },
    }
}

/// The texts that Opsgenie's documentation and the clients in use know; there is no code for it.
fn is_nothing_to_do(status: &str) -> bool {
    let status = status.to_ascii_lowercase();
    status.starts_with("alert does not exist")
        || status.contains("there is no open alert")
        || status.contains("alert is already")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use serde_json::json;

    use super::*;

    fn read(status: u16, error_type: Option<&str>, body: &str) -> Poll {
        let headers = ReplyHeaders { error_type, ..ReplyHeaders::default() };
        read_status(status, &headers, body.as_bytes(), &ApiKey::new("hush-hush").unwrap())
    }

    fn processed(success: &Value, status: &str) -> Poll {
        let data = json!({"success": success, "isSuccess": success, "action": "Close", "alertId": "id-1",
            "status": status, "processedAt": "2026-01-05T10:00:01Z", "integrationId": "8f2b", "alias": ""});
        read(200, None, &json!({"data": data, "took": 0.01, "requestId": "r"}).to_string())
    }

    #[test]
    fn a_processed_request_tells_its_outcome() {
        let done =
            Outcome::Done { action: "Close".into(), alert_id: "id-1".into(), status: "Closed alert".into() };
        assert_eq!(processed(&json!(true), "Closed alert"), Poll::Ready(done));
        for status in
            ["Alert does not exist", "There is no open alert with alias a", "Alert is already closed"]
        {
            assert_eq!(
                processed(&json!(false), status),
                Poll::Ready(Outcome::NothingToDo { status: status.into() })
            );
        }
        for status in
            ["Responder team does not exist", "Your account plan does not support alert assign action", ""]
        {
            assert_eq!(
                processed(&json!(false), status),
                Poll::Ready(Outcome::Failed { status: status.into() })
            );
        }
        assert!(matches!(processed(&json!("yes"), ""), Poll::Ready(Outcome::Unknown { .. })));
    }

    #[test]
    fn either_name_of_success_is_read() {
        for name in ["success", "isSuccess"] {
            let poll = read(200, None, &json!({"data": {name: true, "status": "Created alert"}}).to_string());
            assert!(matches!(poll, Poll::Ready(Outcome::Done { .. })), "{name}");
        }
    }

    #[test]
    fn a_request_that_was_not_processed_is_asked_for_again() {
        let body = r#"{"message":"Request not found. It might not be processed, yet."}"#;
        let again =
            Poll::NotYet { wait: None, reason: "Request not found. It might not be processed, yet.".into() };
        assert_eq!(read(404, Some("RequestNotProcessed"), body), again);
        assert_eq!(read(404, None, body), again);
        assert!(matches!(read(404, Some("RequestNotProcessed"), ""), Poll::NotYet { .. }));
        for (error_type, body) in [(Some("Gone"), body), (None, "<html>nginx</html>")] {
            assert!(matches!(read(404, error_type, body), Poll::Ready(Outcome::Unknown { .. })), "{body}");
        }
    }

    #[test]
    fn passing_troubles_are_asked_again_and_refusals_are_not() {
        for status in [429, 500, 502, 503] {
            assert!(matches!(read(status, None, "<html>"), Poll::NotYet { .. }), "{status}");
        }
        for (status, body) in [(401, "{}"), (403, "{}"), (302, ""), (200, "<html>"), (200, "{}"), (422, "{}")]
        {
            assert!(
                matches!(read(status, None, body), Poll::Ready(Outcome::Unknown { .. })),
                "{status} {body}"
            );
        }
        let poll = read(401, None, r#"{"message":"Could not authenticate HUSH-HUSH"}"#);
        let reason = "the pager answered 401: Could not authenticate [redacted]".to_owned();
        assert_eq!(poll, Poll::Ready(Outcome::Unknown { reason }));
    }

    #[test]
    fn the_schedule_goes_on_in_steps_of_five_seconds() {
        let waits: Vec<u128> = PollSchedule::default().waits().take(7).map(|wait| wait.as_millis()).collect();
        assert_eq!(waits, [500, 1000, 2000, 3000, 4000, 5000, 5000]);
    }
}

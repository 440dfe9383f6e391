//! Answers, and the bodies that are read before them: the same at every door.

use std::time::Duration;

use bytes::Bytes;
use http::header::{CONNECTION, CONTENT_TYPE};
use http::{HeaderValue, Response, StatusCode};
use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper::body::{Body as _, Incoming};
use serde::Serialize;

/// A whole answer.
pub(super) type Reply = Response<Full<Bytes>>;

/// What a caller is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The only part that SNS reads.
    pub status: StatusCode,
    /// A line for whoever tries the door by hand.
    pub text: String,
}

impl Answer {
    /// An answer with a line of text.
    #[must_use]
    pub fn new(status: StatusCode, text: impl Into<String>) -> Self {
        Self { status, text: text.into() }
    }

    /// As it goes out: plain text.
    pub(super) fn reply(&self) -> Reply {
        reply(self.status, "text/plain; charset=utf-8", format!("{}\n", self.text))
    }
}

/// A reply of any kind.
pub(super) fn reply(status: StatusCode, content_type: &'static str, body: impl Into<Bytes>) -> Reply {
    let mut reply = Response::new(Full::new(body.into()));
    *reply.status_mut() = status;
    reply.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    reply
}

/// A reply in JSON.
pub(super) fn json(status: StatusCode, body: &impl Serialize) -> Reply {
    // Maps with keys of text and no floats but finite ones: this cannot fail.
    reply(status, "application/json", serde_json::to_vec(body).unwrap_or_default())
}

/// After a body that was not read to its end, the connection is of no use.
pub(super) fn close_after_unread_body(reply: &mut Reply) {
    if reply.status() == StatusCode::PAYLOAD_TOO_LARGE || reply.status() == StatusCode::REQUEST_TIMEOUT {
        reply.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    }
}

/// Reads a body of at most `limit` bytes within a time. `kind` says what has that limit.
pub(super) async fn read(
    body: Incoming,
    limit: usize,
    kind: &'static str,
    time: Duration,
) -> Result<Bytes, Answer> {
    let too_large =
        || Answer::new(StatusCode::PAYLOAD_TOO_LARGE, format!("more than the {limit} bytes that {kind}"));
    if body.size_hint().lower() > limit as u64 {
        return Err(too_large());
    }
    match tokio::time::timeout(time, Limited::new(body, limit).collect()).await {
        Ok(Ok(whole)) => Ok(whole.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(too_large()),
        Ok(Err(_)) => Err(Answer::new(StatusCode::BAD_REQUEST, "the body broke off")),
        Err(_) => Err(Answer::new(StatusCode::REQUEST_TIMEOUT, "the body did not come in time")),
    }
}

//! `trailbell relay`: the pager's client as a service, for whatever maps alarms itself.
//!
//! ```text
//! POST /actions      ─▶ actions ─┐
//!                                ├─▶ order (one at a time for each alias) ─▶ delivery ─▶ the pager
//! POST /v2/alerts/…  ─▶ calls   ─┘
//! ```

mod actions;
mod body;
mod calls;
mod closed;
mod contradiction;
mod memory;
mod order;
mod outcome;
mod resent;

use std::sync::Arc;
use std::time::Duration;

use http::header::{ALLOW, AUTHORIZATION, CONTENT_ENCODING, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderValue, Request, StatusCode};
use hyper::body::Incoming;
use tokio::sync::Semaphore;
use tokio::time::Instant;
use tracing::warn;

use self::closed::Closed;
use self::order::Lanes;
use self::resent::Resent;
use super::delivery::Delivery;
use super::metrics::Metrics;
use super::reply::{Answer, Reply, close_after_unread_body, json, read};
use crate::config::{RelayConfig, Secret, Timeouts};
use crate::opsgenie::SetupError;

/// Requests to the pager at once. More wait.
const AT_ONCE: usize = 64;

/// Actions whose senders will come again, remembered at most, and as many closes: a few megabytes each.
const REMEMBERED_ACTIONS: usize = 100_000;

/// How long they are remembered.
const MEMORY: Duration = Duration::from_hours(1);

/// Where actions are posted, and Opsgenie's own calls.
pub(super) struct RelayDoor {
    path: Secret,
    caller_key: Option<Secret>,
    /// A place for each request in work.
    places: Semaphore,
    timeouts: Timeouts,
    metrics: Arc<Metrics>,
    desk: Arc<Desk>,
}

/// What requests in work share.
struct Desk {
    delivery: Delivery,
    lanes: Arc<Lanes>,
    /// A permit for each request to the pager.
    deliveries: Semaphore,
    resent: Resent,
    closed: Closed,
    metrics: Arc<Metrics>,
}

impl RelayDoor {
    /// Must be called within a runtime: it starts the task that follows up on accepted requests.
    pub(super) fn start(config: RelayConfig, metrics: Arc<Metrics>) -> Result<Self, SetupError> {
        let desk = Desk {
            delivery: Delivery::start(config.pager, Arc::clone(&metrics))?,
            lanes: Arc::default(),
            deliveries: Semaphore::new(AT_ONCE),
            resent: Resent::new(MEMORY, REMEMBERED_ACTIONS),
            closed: Closed::new(MEMORY, REMEMBERED_ACTIONS),
            metrics: Arc::clone(&metrics),
        };
        Ok(Self {
            path: config.path,
            caller_key: config.caller_key,
            places: Semaphore::new(config.limits.messages),
            timeouts: config.timeouts,
            metrics,
            desk: Arc::new(desk),
        })
    }

    /// Answers one request.
    pub(super) async fn answer(&self, request: Request<Incoming>) -> Reply {
        let started = Instant::now();
        let is_action = self.path.equals(request.uri().path().as_bytes());
        if !is_action && calls::below_alerts(request.uri().path()).is_none() {
            return no_such_path();
        }
        let mut reply = self.admit(request, is_action, started).await;
        self.metrics.answered(reply.status().as_u16(), started.elapsed());
        close_after_unread_body(&mut reply);
        reply
    }

    pub(super) async fn finish(&self, patience: Duration) {
        self.desk.delivery.finish(patience).await;
    }

    async fn admit(&self, request: Request<Incoming>, is_action: bool, started: Instant) -> Reply {
        if !self.is_welcome(request.headers()) {
            return self.refuse("unauthorized", unauthorized());
        }
        let Ok(_place) = self.places.try_acquire() else {
            return self.refuse("busy", outcome::later("too many requests at once", None));
        };
        if request.headers().contains_key(CONTENT_ENCODING) {
            let text = "compressed bodies are not read (in Vector: compression: none)";
            return self.refuse("encoding", error(StatusCode::UNSUPPORTED_MEDIA_TYPE, text));
        }
        let limit = if is_action { actions::MAX_BYTES } else { calls::MAX_BYTES };
        let (head, body) = request.into_parts();
        let body = match read(body, limit, "a request may have", self.timeouts.body).await {
            Ok(body) => body,
            Err(Answer { status, text }) => return self.refuse("body", error(status, &text)),
        };
        let deadline = started + self.timeouts.delivery;
        if is_action {
            actions::answer(&self.desk, &head.method, &body, deadline).await
        } else {
            calls::answer(&self.desk, &head, &body, started, deadline).await
        }
    }

    fn refuse(&self, label: &'static str, reply: Reply) -> Reply {
        self.metrics.refused(label);
        warn!(reason = label, status = reply.status().as_u16(), "request refused");
        reply
    }

    /// `Authorization: GenieKey …`, as Opsgenie's clients send it.
    fn is_welcome(&self, headers: &HeaderMap) -> bool {
        let Some(key) = &self.caller_key else { return true };
        let given = headers.get(AUTHORIZATION).map(HeaderValue::as_bytes).unwrap_or_default();
        let mut parts = given.splitn(2, |byte| *byte == b' ');
        let scheme = parts.next().unwrap_or_default();
        let given = parts.next().unwrap_or_default().trim_ascii();
        scheme.eq_ignore_ascii_case(b"GenieKey") && key.equals(given)
    }
}

fn unauthorized() -> Reply {
    let mut reply = error(StatusCode::UNAUTHORIZED, "the relay's own key, please: Authorization: GenieKey …");
    reply.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("GenieKey"));
    reply
}

fn no_such_path() -> Reply {
    error(StatusCode::NOT_FOUND, "no such path: the relay takes actions and Opsgenie's alert calls")
}

fn post_only() -> Reply {
    let mut reply = error(StatusCode::METHOD_NOT_ALLOWED, "actions are posted");
    reply.headers_mut().insert(ALLOW, HeaderValue::from_static("POST"));
    reply
}

/// A short answer, in the words of Opsgenie's API.
fn error(status: StatusCode, text: &str) -> Reply {
    json(status, &serde_json::json!({ "message": text }))
}

//! The HTTP routes: who may come in, how much may be carried, and where it goes.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use bytes::Bytes;
use http::header::{ALLOW, AUTHORIZATION, CONNECTION, CONTENT_TYPE, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper::body::{Body as _, Incoming};
use tokio::sync::Semaphore;
use tokio::time::Instant;
use tracing::warn;

use super::metrics::Metrics;
use super::receiver::{Answer, Receiver};
use crate::config::{BasicAuth, Secret, Timeouts};
use crate::sns::MAX_ENVELOPE_BYTES;

/// Which routes a listener has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Routes {
    /// Messages, health and metrics.
    All,
    /// Messages alone: the rest has a listener of its own.
    Messages,
    /// Health and metrics alone.
    Status,
}

/// Everything behind the routes.
pub(super) struct Door {
    /// Takes messages.
    pub receiver: Receiver,
    /// The path of messages.
    pub path: Secret,
    /// Who may post.
    pub basic_auth: Option<BasicAuth>,
    /// A place for each message in work.
    pub places: Semaphore,
    /// How long each step may take.
    pub timeouts: Timeouts,
    /// What is counted.
    pub metrics: Arc<Metrics>,
    /// Whether the server is on its way out.
    pub stopping: AtomicBool,
}

type Reply = Response<Full<Bytes>>;

impl Door {
    /// Answers one request.
    pub(super) async fn answer(
        &self,
        request: Request<Incoming>,
        routes: Routes,
    ) -> Result<Reply, Infallible> {
        let path = request.uri().path();
        if routes != Routes::Status && self.path.equals(path.as_bytes()) {
            return Ok(self.messages(request).await);
        }
        if routes != Routes::Messages && matches!(*request.method(), Method::GET | Method::HEAD) {
            match path {
                "/healthz" => return Ok(reply(&Answer::new(StatusCode::OK, "ok"))),
                "/readyz" if self.stopping.load(Ordering::Relaxed) => {
                    return Ok(reply(&Answer::new(StatusCode::SERVICE_UNAVAILABLE, "stopping")));
                }
                "/readyz" => return Ok(reply(&Answer::new(StatusCode::OK, "ready"))),
                "/metrics" => return Ok(self.metrics_text()),
                _ => {}
            }
        }
        if request.headers().contains_key("x-amz-sns-message-type") {
            // A 404 ends the message for SNS: without a word here, an alarm would vanish.
            self.metrics.refused("wrong_path");
            warn!("SNS posted to another path than the configured one, and will not come again");
        }
        Ok(reply(&Answer::new(StatusCode::NOT_FOUND, "no such path")))
    }

    async fn messages(&self, request: Request<Incoming>) -> Reply {
        let started = Instant::now();
        let mut reply = self.message(request, started).await;
        self.metrics.answered(reply.status().as_u16(), started.elapsed());
        if reply.status() == StatusCode::PAYLOAD_TOO_LARGE || reply.status() == StatusCode::REQUEST_TIMEOUT {
            reply.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
        }
        reply
    }

    async fn message(&self, request: Request<Incoming>, started: Instant) -> Reply {
        if request.method() != Method::POST {
            let mut refusal = reply(&Answer::new(StatusCode::METHOD_NOT_ALLOWED, "SNS posts its messages"));
            refusal.headers_mut().insert(ALLOW, HeaderValue::from_static("POST"));
            return refusal;
        }
        if !self.is_welcome(request.headers()) {
            self.metrics.refused("unauthorized");
            let mut challenge =
                reply(&Answer::new(StatusCode::UNAUTHORIZED, "user name and password, please"));
            let basic = HeaderValue::from_static("Basic realm=\"trailbell\", charset=\"UTF-8\"");
            challenge.headers_mut().insert(WWW_AUTHENTICATE, basic);
            return challenge;
        }
        let Ok(_place) = self.places.try_acquire() else {
            self.metrics.refused("busy");
            return reply(&Answer::new(StatusCode::SERVICE_UNAVAILABLE, "too many messages at once"));
        };
        let (head, body) = request.into_parts();
        let body = match read(body, self.timeouts.body).await {
            Ok(body) => body,
            Err(answer) => {
                self.metrics.refused("body");
                return reply(&answer);
            }
        };
        reply(&self.receiver.receive(&head.headers, &body, started + self.timeouts.delivery).await)
    }

    /// RFC 7617. SNS answers the challenge when the subscription's URL carries credentials.
    fn is_welcome(&self, headers: &HeaderMap) -> bool {
        let Some(auth) = &self.basic_auth else { return true };
        let given = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        let encoded = given.and_then(|value| {
            let (scheme, encoded) = value.split_once(' ')?;
            scheme.eq_ignore_ascii_case("basic").then_some(encoded.trim())
        });
        let decoded = encoded.and_then(|encoded| BASE64.decode(encoded).ok());
        decoded.is_some_and(|decoded| auth.credentials.equals(&decoded))
    }

    fn metrics_text(&self) -> Reply {
        let Ok(text) = self.metrics.encode() else {
            return reply(&Answer::new(StatusCode::INTERNAL_SERVER_ERROR, "the metrics cannot be written"));
        };
        let mut reply = Response::new(Full::from(text));
        let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
        reply.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
        reply
    }
}

async fn read(body: Incoming, time: Duration) -> Result<Bytes, Answer> {
    let too_large = || {
        let text = format!("more than the {MAX_ENVELOPE_BYTES} bytes that an SNS message can have");
        Answer::new(StatusCode::PAYLOAD_TOO_LARGE, text)
    };
    if body.size_hint().lower() > MAX_ENVELOPE_BYTES as u64 {
        return Err(too_large());
    }
    match tokio::time::timeout(time, Limited::new(body, MAX_ENVELOPE_BYTES).collect()).await {
        Ok(Ok(whole)) => Ok(whole.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(too_large()),
        Ok(Err(_)) => Err(Answer::new(StatusCode::BAD_REQUEST, "the body broke off")),
        Err(_) => Err(Answer::new(StatusCode::REQUEST_TIMEOUT, "the body did not come in time")),
    }
}

fn reply(answer: &Answer) -> Reply {
    let mut reply = Response::new(Full::from(format!("{}\n", answer.text)));
    *reply.status_mut() = answer.status;
    let kind = HeaderValue::from_static("text/plain; charset=utf-8");
    reply.headers_mut().insert(CONTENT_TYPE, kind);
    reply
}

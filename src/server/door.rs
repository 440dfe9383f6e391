//! The door of messages: who may come in, how much may be carried, and where it goes.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use http::header::{ALLOW, AUTHORIZATION, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode};
use hyper::body::Incoming;
use tokio::sync::Semaphore;
use tokio::time::Instant;
use tracing::warn;

use super::metrics::Metrics;
use super::receiver::Receiver;
use super::reply::{Answer, Reply, close_after_unread_body, read};
use crate::config::{BasicAuth, Secret, Timeouts};
use crate::sns::MAX_ENVELOPE_BYTES;

/// Where SNS posts.
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
}

impl Door {
    /// Answers one request.
    pub(super) async fn answer(&self, request: Request<Incoming>) -> Reply {
        if !self.path.equals(request.uri().path().as_bytes()) {
            return self.no_such_path(request.headers());
        }
        let started = Instant::now();
        let mut reply = self.message(request, started).await;
        self.metrics.answered(reply.status().as_u16(), started.elapsed());
        close_after_unread_body(&mut reply);
        reply
    }

    /// Nothing is here.
    pub(super) fn no_such_path(&self, headers: &HeaderMap) -> Reply {
        if headers.contains_key("x-amz-sns-message-type") {
            // A 404 ends the message for SNS: without a word here, an alarm would vanish.
            self.metrics.refused("wrong_path");
            warn!("SNS posted to another path than the configured one, and will not come again");
        }
        Answer::new(StatusCode::NOT_FOUND, "no such path").reply()
    }

    async fn message(&self, request: Request<Incoming>, started: Instant) -> Reply {
        if request.method() != Method::POST {
            let mut refusal = Answer::new(StatusCode::METHOD_NOT_ALLOWED, "SNS posts its messages").reply();
            refusal.headers_mut().insert(ALLOW, HeaderValue::from_static("POST"));
            return refusal;
        }
        if !self.is_welcome(request.headers()) {
            self.metrics.refused("unauthorized");
            let mut challenge =
                Answer::new(StatusCode::UNAUTHORIZED, "user name and password, please").reply();
            let basic = HeaderValue::from_static("Basic realm=\"trailbell\", charset=\"UTF-8\"");
            challenge.headers_mut().insert(WWW_AUTHENTICATE, basic);
            return challenge;
        }
        let Ok(_place) = self.places.try_acquire() else {
            self.metrics.refused("busy");
            return Answer::new(StatusCode::SERVICE_UNAVAILABLE, "too many messages at once").reply();
        };
        let (head, body) = request.into_parts();
        match read(body, MAX_ENVELOPE_BYTES, "an SNS message can have", self.timeouts.body).await {
            Ok(body) => {
                self.receiver.receive(&head.headers, &body, started + self.timeouts.delivery).await.reply()
            }
            Err(answer) => {
                self.metrics.refused("body");
                answer.reply()
            }
        }
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
}

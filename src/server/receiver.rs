//! From a request's bytes to the answer that SNS gets. SNS reads the status alone: 2xx is done, 503 brings
//! the message again, and any other 4xx ends it for good (recorded AWS behaviour), so that it is given to
//! nothing but what is forged, foreign or no message at all.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use tokio::sync::watch;
use tokio::time::Instant;
use tracing::{info, warn};

use super::metrics::Metrics;
use super::onward::{Arrived, Onward};
use super::reply::Answer;
use super::{Clock, ServeError};
use crate::config::{Config, ConfirmMode};
use crate::sns::{
    Attempt, CertificateFailure, Deliveries, Envelope, MAX_ANSWER_BYTES, MessageType, Policy,
    SigningCertificates, SubscriptionError, SubscriptionRequest, Verified,
};

/// Delivered messages that are remembered: at 40 bytes each, a few megabytes.
const REMEMBERED_MESSAGES: usize = 100_000;

/// How long messages are remembered where the replay window is without end.
const LONG_MEMORY: Duration = Duration::from_hours(24);

/// Verifies messages, and hands each of them on once.
pub struct Receiver {
    policy: Policy,
    confirm: ConfirmMode,
    certificates: SigningCertificates,
    deliveries: Mutex<Deliveries>,
    onward: Onward,
    metrics: Arc<Metrics>,
    clock: Clock,
}

impl Receiver {
    /// Sets up the receiving side. Must be called within a runtime: what comes after it has tasks of its own.
    pub fn new(config: Config, metrics: Arc<Metrics>, clock: Clock) -> Result<Self, ServeError> {
        let retention = config.policy.replay_window.map_or(LONG_MEMORY, |w| w + config.policy.clock_skew);
        let observer = Arc::clone(&metrics);
        Ok(Self {
            policy: config.policy,
            confirm: config.confirm,
            certificates: SigningCertificates::new(config.fetchers, move |outcome| {
                observer.certificate(outcome);
            }),
            deliveries: Mutex::new(Deliveries::new(retention, REMEMBERED_MESSAGES)),
            onward: Onward::start(config.onward, &metrics, &clock)?,
            metrics,
            clock,
        })
    }

    /// Takes one message through all stages. `deadline` is when it must be safe elsewhere.
    pub async fn receive(&self, headers: &HeaderMap, body: &Bytes, deadline: Instant) -> Answer {
        if header(headers, "x-amz-sns-rawdelivery") == Some("true") {
            return self.refuse(
                "raw_delivery",
                StatusCode::BAD_REQUEST,
                "raw message delivery has no signature: turn RawMessageDelivery off for this subscription",
            );
        }
        let envelope = match Envelope::parse(body) {
            Ok(envelope) => envelope,
            Err(error) => return self.refuse("not_an_envelope", StatusCode::BAD_REQUEST, &error.to_string()),
        };
        self.metrics.received(envelope.message_type().as_str());
        if let Some(name) = disagreeing_header(headers, &envelope) {
            let reason = format!("the header {name} disagrees with the body");
            return self.refuse("headers", StatusCode::FORBIDDEN, &reason);
        }
        let message = match self.verify(envelope).await {
            Ok(message) => message,
            Err(answer) => return answer,
        };
        self.metrics.verified(message.message_type().as_str());
        match message.message_type() {
            MessageType::SubscriptionConfirmation => self.subscription(&message).await,
            MessageType::UnsubscribeConfirmation => {
                warn!(topic = %message.topic_arn(), "the subscription was removed: this topic will page nobody");
                self.act_once(&Arrived { headers, body, message: &message, deadline }).await
            }
            MessageType::Notification => {
                self.act_once(&Arrived { headers, body, message: &message, deadline }).await
            }
        }
    }

    /// Ends what was begun, for a time.
    pub async fn finish(&self, patience: Duration) {
        self.onward.finish(patience).await;
    }

    /// Says when nobody reads any more what is written to standard output; nothing, if nothing is.
    pub(super) fn reader_gone(&self) -> Option<watch::Receiver<bool>> {
        self.onward.reader_gone()
    }

    async fn verify(&self, envelope: Envelope) -> Result<Verified<Envelope>, Answer> {
        let now = (self.clock)();
        let (message_id, topic) = (envelope.message_id().to_owned(), envelope.topic_arn().clone());
        let forged = |refusal: crate::sns::Refusal| {
            self.metrics.refused(refusal.label());
            warn!(message_id, %topic, reason = %refusal, "message refused");
            Answer::new(StatusCode::FORBIDDEN, refusal.to_string())
        };
        let admitted = self.policy.admit(envelope, now).map_err(forged)?;
        let certificate = match self.certificates.get(admitted.certificate_url(), now).await {
            Ok(certificate) => certificate,
            Err(CertificateFailure::NotACertificate(error)) => return Err(forged(error.into())),
            Err(failure) => {
                warn!(message_id, %topic, reason = %failure, "no signing certificate");
                let status = if failure.is_temporary() {
                    self.metrics.refused("certificate_unavailable");
                    StatusCode::SERVICE_UNAVAILABLE
                } else {
                    self.metrics.refused("no_such_certificate");
                    StatusCode::FORBIDDEN
                };
                return Err(Answer::new(status, failure.to_string()));
            }
        };
        admitted.verify(&certificate, now).map_err(forged)
    }

    async fn subscription(&self, message: &Verified<Envelope>) -> Answer {
        let topic = message.topic_arn();
        if self.confirm == ConfirmMode::LogOnly {
            self.metrics.subscription("logged");
            warn!(%topic, "SNS asks to confirm a subscription; topics.confirm is log-only, so it stays pending");
            return Answer::new(StatusCode::OK, "subscription request logged");
        }
        let answer = match self.confirm_subscription(message).await {
            Ok(arn) => {
                self.metrics.subscription("confirmed");
                info!(%topic, subscription = arn, "subscription confirmed");
                return Answer::new(StatusCode::OK, "subscription confirmed");
            }
            Err(answer) => answer,
        };
        self.metrics.subscription("failed");
        warn!(%topic, reason = answer.text, "subscription not confirmed");
        answer
    }

    async fn confirm_subscription(&self, message: &Verified<Envelope>) -> Result<String, Answer> {
        let forbidden = |error: SubscriptionError| Answer::new(StatusCode::FORBIDDEN, error.to_string());
        let request = SubscriptionRequest::new(message).map_err(forbidden)?;
        let fetcher = self.certificates.fetchers().of(request.host());
        let unavailable = |reason: String| Answer::new(StatusCode::SERVICE_UNAVAILABLE, reason);
        let fetched = fetcher.get(request.secret_url().as_str(), MAX_ANSWER_BYTES).await;
        let fetched = fetched.map_err(|error| unavailable(error.to_string()))?;
        request.confirmed_arn(fetched.status, &fetched.body).map_err(|error| match error {
            // A token that SNS does not know will never be known: nothing is gained by a redelivery.
            SubscriptionError::Status { status: 400..=428 | 430..=499 } => forbidden(error),
            _ => unavailable(error.to_string()),
        })
    }

    async fn act_once(&self, arrived: &Arrived<'_>) -> Answer {
        let (topic, message_id) = (arrived.message.topic_arn(), arrived.message.message_id());
        let attempt = self.deliveries().begin(topic, message_id, (self.clock)());
        match attempt {
            Attempt::Repeated => {
                self.metrics.repeated();
                info!(message_id, %topic, "delivered before");
                return Answer::new(StatusCode::OK, "delivered before");
            }
            Attempt::InProgress => {
                return Answer::new(StatusCode::SERVICE_UNAVAILABLE, "a copy of this message is in work");
            }
            Attempt::First => {}
        }
        let mut work = InWork { receiver: self, message: arrived.message, done: false };
        match self.onward.take(arrived).await {
            Ok(text) => {
                work.done = true;
                Answer::new(StatusCode::OK, text)
            }
            Err(error) => Answer::new(StatusCode::SERVICE_UNAVAILABLE, error.to_string()),
        }
    }

    fn refuse(&self, label: &'static str, status: StatusCode, reason: &str) -> Answer {
        self.metrics.refused(label);
        warn!(reason, "request refused");
        Answer::new(status, reason)
    }

    /// A panic while they are held leaves them whole: each change is a single call.
    fn deliveries(&self) -> MutexGuard<'_, Deliveries> {
        self.deliveries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A message in work. However the work ends, even by SNS hanging up, its next copy is judged by it.
struct InWork<'a> {
    receiver: &'a Receiver,
    message: &'a Verified<Envelope>,
    done: bool,
}

impl Drop for InWork<'_> {
    fn drop(&mut self) {
        let (topic, message_id) = (self.message.topic_arn(), self.message.message_id());
        let now = (self.receiver.clock)();
        let mut deliveries = self.receiver.deliveries();
        if self.done {
            deliveries.finish(topic, message_id, now);
        } else {
            deliveries.abandon(topic, message_id);
        }
    }
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// The first of SNS's headers that says something else than the body, which alone is signed. A proxy may
/// leave them out.
fn disagreeing_header(headers: &HeaderMap, envelope: &Envelope) -> Option<&'static str> {
    [
        ("x-amz-sns-message-type", envelope.message_type().as_str()),
        ("x-amz-sns-message-id", envelope.message_id()),
        ("x-amz-sns-topic-arn", envelope.topic_arn().as_str()),
    ]
    .into_iter()
    .find(|(name, body)| headers.get_all(*name).iter().any(|value| value.as_bytes() != body.as_bytes()))
    .map(|(name, _)| name)
}

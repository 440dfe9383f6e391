//! From a request's bytes to the answer that SNS gets. SNS reads the status alone: 2xx is done, 503 brings
//! the message again, and any other 4xx ends it for good (recorded AWS behaviour), so that it is given to
//! nothing but what is forged, foreign or no message at all.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use http::{HeaderMap, StatusCode};
use tokio::time::Instant;
use tracing::{error, info, warn};

use super::followups::{Followup, Followups};
use super::metrics::Metrics;
use crate::config::{Config, ConfirmMode};
use crate::opsgenie::{Action, ClientOptions, DeliveryError, PagerClient, SetupError};
use crate::sns::{
    Attempt, CertificateFailure, Deliveries, Envelope, MAX_ANSWER_BYTES, MessageType, Policy,
    SigningCertificates, SubscriptionError, SubscriptionRequest, Verified,
};
use crate::transform::{Input, Mapped, Outcome, Runner, Transform};

/// Delivered messages that are remembered: at 40 bytes each, a few megabytes.
const REMEMBERED_MESSAGES: usize = 100_000;

/// How long messages are remembered where the replay window is without end.
const LONG_MEMORY: Duration = Duration::from_hours(24);

/// The only source of time.
pub type Clock = Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>;

/// What SNS is answered.
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
}

/// Turns messages into alerts.
pub struct Receiver {
    policy: Policy,
    confirm: ConfirmMode,
    certificates: SigningCertificates,
    deliveries: Mutex<Deliveries>,
    transform: Transform,
    /// Idle ones; a message in work holds one.
    runners: Mutex<Vec<Runner>>,
    pager: Arc<PagerClient>,
    followups: Option<Followups>,
    metrics: Arc<Metrics>,
    clock: Clock,
}

impl Receiver {
    /// Sets up the receiving side. Must be called within a runtime: it starts the task that follows up on
    /// accepted requests.
    pub fn new(config: Config, metrics: Arc<Metrics>, clock: Clock) -> Result<Self, SetupError> {
        let authorities_pem = config.pager_authorities;
        let options = ClientOptions { authorities_pem, seed: config.seed, ..ClientOptions::default() };
        let pager = Arc::new(PagerClient::new(config.target, config.api_key, options)?);
        let retention = config.policy.replay_window.map_or(LONG_MEMORY, |w| w + config.policy.clock_skew);
        let observer = Arc::clone(&metrics);
        let followups =
            config.poll_status.then(|| Followups::start(Arc::clone(&pager), Arc::clone(&metrics)));
        Ok(Self {
            policy: config.policy,
            confirm: config.confirm,
            certificates: SigningCertificates::new(config.fetchers, move |outcome| {
                observer.certificate(outcome);
            }),
            deliveries: Mutex::new(Deliveries::new(retention, REMEMBERED_MESSAGES)),
            transform: config.transform,
            runners: Mutex::default(),
            pager,
            followups,
            metrics,
            clock,
        })
    }

    /// Takes one message through all stages. `deadline` is when the pager must have accepted its alert.
    pub async fn receive(&self, headers: &HeaderMap, body: &[u8], deadline: Instant) -> Answer {
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
                self.deliver_once(&message, deadline).await
            }
            MessageType::Notification => self.deliver_once(&message, deadline).await,
        }
    }

    /// Waits for the questions after accepted requests to be answered, for a time.
    pub async fn finish(&self, patience: Duration) {
        if let Some(followups) = &self.followups {
            followups.finish(patience).await;
        }
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

    async fn deliver_once(&self, message: &Verified<Envelope>, deadline: Instant) -> Answer {
        let (topic, message_id) = (message.topic_arn(), message.message_id());
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
        let mut work = InWork { receiver: self, message, done: false };
        match self.deliver(message, deadline).await {
            Ok(text) => {
                work.done = true;
                Answer::new(StatusCode::OK, text)
            }
            Err(error) => Answer::new(StatusCode::SERVICE_UNAVAILABLE, error.to_string()),
        }
    }

    async fn deliver(
        &self,
        message: &Verified<Envelope>,
        deadline: Instant,
    ) -> Result<String, DeliveryError> {
        let (message_id, topic) = (message.message_id(), message.topic_arn());
        let actions = match self.map(message) {
            Outcome::Mapped(actions) => actions,
            Outcome::Dropped { reason } => {
                self.metrics.unmapped("dropped");
                info!(message_id, %topic, reason, "dropped by the mapping");
                return Ok(format!("dropped: {reason}"));
            }
            Outcome::Failed { reason, fallback } => {
                self.metrics.unmapped("failed");
                error!(message_id, %topic, reason, "the mapping failed, a plain alert goes out instead");
                fallback
            }
        };
        let mut verbs = Vec::new();
        for Mapped { action, cut } in &actions {
            self.metrics.mapped(action.action.as_str());
            if !cut.is_empty() {
                self.metrics.cut(cut.len());
                warn!(message_id, alias = action.alias, fields = cut.join(","), "cut to the pager's limits");
            }
            self.deliver_action(message, action, deadline).await?;
            verbs.push(action.action.as_str());
        }
        Ok(format!("delivered: {}", verbs.join(", ")))
    }

    async fn deliver_action(
        &self,
        message: &Verified<Envelope>,
        action: &Action,
        deadline: Instant,
    ) -> Result<(), DeliveryError> {
        let started = Instant::now();
        let result = self.pager.deliver(action, deadline).await;
        let took = started.elapsed();
        let (message_id, topic, alias) = (message.message_id(), message.topic_arn(), &action.alias);
        let (verb, alarm) = (action.action.as_str(), alarm_name(alias));
        match result {
            Ok(receipt) => {
                self.metrics.delivered(verb, took);
                let milliseconds = took.as_millis();
                info!(message_id, %topic, alarm, alias, verb, milliseconds, "the pager accepted");
                if !receipt.shrunk.is_empty() {
                    warn!(
                        message_id,
                        alias,
                        fields = receipt.shrunk.join(","),
                        "the pager took less than all"
                    );
                }
                if let (Some(followups), Some(request_id)) = (&self.followups, receipt.request_id) {
                    followups.add(Followup {
                        request_id,
                        message_id: message_id.to_owned(),
                        topic: topic.to_string(),
                        alias: alias.clone(),
                        verb,
                    });
                }
                Ok(())
            }
            Err(error) => {
                self.metrics.failed(failure_label(&error), took);
                // Once SNS has given up, this line is the only trace of the alert.
                let request = serde_json::to_string(&action.request.body).unwrap_or_default();
                error!(message_id, %topic, alarm, alias, verb, reason = %error, request, "not delivered");
                Err(error)
            }
        }
    }

    fn map(&self, message: &Envelope) -> Outcome {
        let idle = lock(&self.runners).pop();
        let mut runner = idle.unwrap_or_else(|| self.transform.runner());
        let outcome = runner.run(Input::from_members(message.mapping_members()));
        lock(&self.runners).push(runner);
        outcome
    }

    fn refuse(&self, label: &'static str, status: StatusCode, reason: &str) -> Answer {
        self.metrics.refused(label);
        warn!(reason, "request refused");
        Answer::new(status, reason)
    }

    fn deliveries(&self) -> std::sync::MutexGuard<'_, Deliveries> {
        lock(&self.deliveries)
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

/// The alarm's name at the end of its ARN.
pub(super) fn alarm_name(alias: &str) -> &str {
    alias.split_once(":alarm:").map_or("", |(_, name)| name)
}

const fn failure_label(error: &DeliveryError) -> &'static str {
    match error {
        DeliveryError::Unsupported { .. } => "unsupported",
        DeliveryError::Request(_) => "request",
        DeliveryError::Refused { .. } => "refused",
        DeliveryError::Unprocessable { .. } => "unprocessable",
        DeliveryError::DeadlineExceeded { .. } => "deadline_exceeded",
        DeliveryError::NotRepeatable { .. } => "not_repeatable",
    }
}

/// A panic while one of these is held leaves it whole: each change to it is a single call.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

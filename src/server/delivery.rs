//! Requests to the pager, each told in the log and counted, and followed up.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;
use tracing::{error, info, warn};

use super::followups::{Followup, Followups};
use super::metrics::Metrics;
use crate::config::PagerConfig;
use crate::opsgenie::{ClientOptions, DeliveryError, PagerClient, Receipt, Request, SetupError};

/// One request to the pager, and how the log names it.
pub(super) struct Errand<'a> {
    /// What it does: `create`.
    pub verb: &'static str,
    /// The alert that it is about.
    pub alias: &'a str,
    /// What is sent.
    pub request: &'a Request,
    /// The message that caused it, and that message's topic.
    pub cause: Option<(&'a str, &'a str)>,
}

/// The pager's client with what surrounds it.
pub(super) struct Delivery {
    pager: Arc<PagerClient>,
    followups: Option<Followups>,
    metrics: Arc<Metrics>,
}

impl Delivery {
    /// Must be called within a runtime: it starts the task that follows up on accepted requests.
    pub(super) fn start(config: PagerConfig, metrics: Arc<Metrics>) -> Result<Self, SetupError> {
        let PagerConfig { target, api_key, authorities: authorities_pem, poll_status, seed } = config;
        let options = ClientOptions { authorities_pem, seed, ..ClientOptions::default() };
        let pager = Arc::new(PagerClient::new(target, api_key, options)?);
        let followups = poll_status.then(|| Followups::start(Arc::clone(&pager), Arc::clone(&metrics)));
        Ok(Self { pager, followups, metrics })
    }

    /// The client alone.
    pub(super) fn pager(&self) -> &PagerClient {
        &self.pager
    }

    /// Sends a request until the pager has accepted it, refused it, or the deadline is reached.
    pub(super) async fn deliver(
        &self,
        errand: &Errand<'_>,
        deadline: Instant,
    ) -> Result<Receipt, DeliveryError> {
        let started = Instant::now();
        let result = self.pager.deliver_request(errand.request, deadline).await;
        let took = started.elapsed();
        let &Errand { verb, alias, cause, .. } = errand;
        let (message_id, topic, alarm) =
            (cause.map(|(id, _)| id), cause.map(|(_, topic)| topic), alarm_name(alias));
        match &result {
            Ok(receipt) => {
                self.metrics.delivered(verb, took);
                let milliseconds = took.as_millis();
                info!(message_id, topic, alarm, alias, verb, milliseconds, "the pager accepted");
                if !receipt.shrunk.is_empty() {
                    let fields = receipt.shrunk.join(",");
                    warn!(message_id, alias, fields, "the pager took less than all");
                }
                if let (Some(followups), Some(request_id)) = (&self.followups, receipt.request_id.clone()) {
                    followups.add(Followup {
                        request_id,
                        message_id: message_id.map(str::to_owned),
                        topic: topic.map(str::to_owned),
                        alias: alias.to_owned(),
                        verb,
                    });
                }
            }
            Err(error) => self.metrics.failed(failure_label(error), took),
        }
        result
    }

    /// Waits for the questions after accepted requests to be answered, for a time.
    pub(super) async fn finish(&self, patience: Duration) {
        if let Some(followups) = &self.followups {
            followups.finish(patience).await;
        }
    }
}

/// The last trace of a request that nobody may send again: the line has all of it.
pub(super) fn log_undelivered(errand: &Errand<'_>, error: &DeliveryError) {
    let &Errand { verb, alias, cause, request } = errand;
    let (message_id, topic, alarm) =
        (cause.map(|(id, _)| id), cause.map(|(_, topic)| topic), alarm_name(alias));
    let request = serde_json::to_string(&request.body).unwrap_or_default();
    error!(message_id, topic, alarm, alias, verb, reason = %error, request, "not delivered");
}

/// The alarm's name at the end of its ARN, if the alias is an alarm's.
pub(super) fn alarm_name(alias: &str) -> Option<&str> {
    alias.split_once(":alarm:").map(|(_, name)| name)
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

//! The way to the pager: the mapping, then one delivery for each of its actions.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tracing::{error, info, warn};

use super::delivery::{Delivery, Errand, log_undelivered};
use super::metrics::Metrics;
use super::onward::Arrived;
use crate::config::PagingConfig;
use crate::opsgenie::{DeliveryError, SetupError};
use crate::sns::Envelope;
use crate::transform::{Input, Mapped, Outcome, Runner, Transform};

/// Maps messages and delivers what comes of them.
pub(super) struct Paging {
    transform: Transform,
    /// Idle ones; a message in work holds one.
    runners: Mutex<Vec<Runner>>,
    delivery: Delivery,
    metrics: Arc<Metrics>,
}

impl Paging {
    pub(super) fn start(config: PagingConfig, metrics: Arc<Metrics>) -> Result<Self, SetupError> {
        Ok(Self {
            transform: config.transform,
            runners: Mutex::default(),
            delivery: Delivery::start(config.pager, Arc::clone(&metrics))?,
            metrics,
        })
    }

    /// Well once the pager has accepted every action of the message.
    pub(super) async fn take(&self, arrived: &Arrived<'_>) -> Result<String, DeliveryError> {
        let (message_id, topic) = (arrived.message.message_id(), arrived.message.topic_arn().as_str());
        let actions = match self.map(arrived.message) {
            Outcome::Mapped(actions) => actions,
            Outcome::Dropped { reason } => {
                self.metrics.unmapped("dropped");
                info!(message_id, topic, reason, "dropped by the mapping");
                return Ok(format!("dropped: {reason}"));
            }
            Outcome::Failed { reason, fallback } => {
                self.metrics.unmapped("failed");
                error!(message_id, topic, reason, "the mapping failed, a plain alert goes out instead");
                fallback
            }
        };
        let mut verbs = Vec::new();
        for Mapped { action, cut } in &actions {
            let verb = action.action.as_str();
            self.metrics.mapped(verb);
            if !cut.is_empty() {
                self.metrics.cut(cut.len());
                warn!(message_id, alias = action.alias, fields = cut.join(","), "cut to the pager's limits");
            }
            let cause = Some((message_id, topic));
            let errand = Errand { verb, alias: &action.alias, request: &action.request, cause };
            let delivered = self.delivery.deliver(&errand, arrived.deadline).await;
            // Once SNS has given up, this line is the only trace of the alert.
            delivered.inspect_err(|error| log_undelivered(&errand, error))?;
            verbs.push(verb);
        }
        Ok(format!("delivered: {}", verbs.join(", ")))
    }

    pub(super) async fn finish(&self, patience: Duration) {
        self.delivery.finish(patience).await;
    }

    fn map(&self, message: &Envelope) -> Outcome {
        let idle = self.runners().pop();
        let mut runner = idle.unwrap_or_else(|| self.transform.runner());
        let outcome = runner.run(Input::from_members(message.mapping_members()));
        self.runners().push(runner);
        outcome
    }

    /// A panic while they are held leaves them whole: each change is a single call.
    fn runners(&self) -> std::sync::MutexGuard<'_, Vec<Runner>> {
        self.runners.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

//! Asking what became of requests that the pager accepted: "accepted" is not yet "created".

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinHandle;
use tracing::{error, info, warn};

use super::delivery::alarm_name;
use super::metrics::Metrics;
use crate::opsgenie::{Outcome, PagerClient, RequestId};

/// Accepted requests that wait to be asked for. In a storm the later ones are not asked for, and counted.
const WAITING: usize = 4096;

/// Questions under way at once.
const AT_ONCE: usize = 256;

/// How long one request is asked for.
const PATIENCE: Duration = Duration::from_mins(1);

/// An accepted request.
pub(super) struct Followup {
    /// By which the pager knows it.
    pub request_id: RequestId,
    /// The message that caused it, if one did.
    pub message_id: Option<String>,
    /// The topic of that message.
    pub topic: Option<String>,
    /// The alert that it is about.
    pub alias: String,
    /// What it asked for.
    pub verb: &'static str,
}

/// The task that asks.
pub(super) struct Followups {
    sender: Mutex<Option<mpsc::Sender<Followup>>>,
    task: Mutex<Option<JoinHandle<()>>>,
    metrics: Arc<Metrics>,
}

impl Followups {
    /// Starts the task.
    pub(super) fn start(pager: Arc<PagerClient>, metrics: Arc<Metrics>) -> Self {
        let (sender, receiver) = mpsc::channel(WAITING);
        let task = tokio::spawn(ask_all(receiver, pager, Arc::clone(&metrics)));
        Self { sender: Mutex::new(Some(sender)), task: Mutex::new(Some(task)), metrics }
    }

    /// Asks what becomes of a request. Never waits.
    pub(super) fn add(&self, followup: Followup) {
        let sender = self.sender.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let added = sender.is_some_and(|sender| sender.try_send(followup).is_ok());
        if !added {
            self.metrics.outcome("not_asked");
        }
    }

    /// Takes no more requests, and waits for the answers to those it has.
    pub(super) async fn finish(&self, patience: Duration) {
        drop(self.sender.lock().unwrap_or_else(PoisonError::into_inner).take());
        let task = self.task.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(task) = task
            && tokio::time::timeout(patience, task).await.is_err()
        {
            warn!("stopping before the pager told what became of the last requests");
        }
    }
}

async fn ask_all(mut waiting: mpsc::Receiver<Followup>, pager: Arc<PagerClient>, metrics: Arc<Metrics>) {
    let places = Arc::new(Semaphore::new(AT_ONCE));
    while let Some(followup) = waiting.recv().await {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
        let (pager, metrics) = (Arc::clone(&pager), Arc::clone(&metrics));
        tokio::spawn(async move {
            let outcome = pager.follow(&followup.request_id, PATIENCE).await;
            report(&outcome, &followup, &metrics);
            drop(place);
        });
    }
    // Every place free again: every question answered.
    let _ = places.acquire_many(u32::try_from(AT_ONCE).unwrap_or(u32::MAX)).await;
}

fn report(outcome: &Outcome, followup: &Followup, metrics: &Metrics) {
    let Followup { request_id, message_id, topic, alias, verb } = followup;
    let (message_id, topic) = (message_id.as_deref(), topic.as_deref());
    let (request_id, alarm) = (request_id.as_str(), alarm_name(alias));
    match outcome {
        Outcome::Done { alert_id, status, .. } => {
            metrics.outcome("done");
            info!(message_id, topic, alarm, alias, verb, alert_id, status, "the pager carried it out");
        }
        Outcome::NothingToDo { status } => {
            metrics.outcome("nothing_to_do");
            info!(message_id, topic, alarm, alias, verb, status, "there was nothing to do for the pager");
        }
        Outcome::Failed { status } => {
            metrics.outcome("failed");
            error!(
                alias,
                verb, request_id, status, "the pager accepted the request and did not carry it out"
            );
        }
        Outcome::Unknown { reason } => {
            metrics.outcome("unknown");
            warn!(
                message_id,
                topic,
                alarm,
                alias,
                verb,
                request_id,
                reason,
                "the pager does not tell what became of the request"
            );
        }
    }
}

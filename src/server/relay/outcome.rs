//! What callers are told of deliveries that failed.

use std::collections::BTreeMap;
use std::time::Duration;

use http::header::RETRY_AFTER;
use http::{HeaderValue, StatusCode};
use serde_json::json;
use tokio::time::{Instant, timeout_at};
use tracing::{error, warn};

use super::super::delivery::{Errand, log_undelivered};
use super::super::reply::{Reply, json};
use super::Desk;
use super::order::{Place, Spoiled, Turn};
use crate::opsgenie::{DeliveryError, Receipt, Refusal, Trouble};

/// When to come again, if the pager does not say.
const RETRY_SECONDS: u64 = 5;

/// Why an errand was not done.
#[derive(Debug, thiserror::Error)]
pub(super) enum Undone {
    /// The pager did not accept it.
    #[error(transparent)]
    Delivery(#[from] DeliveryError),
    /// An earlier one of the same alias was not done.
    #[error(transparent)]
    Spoiled(#[from] Spoiled),
    /// Its turn did not come in time.
    #[error("earlier requests to the pager took all the time there was")]
    NoTime,
}

impl Undone {
    /// Whether the same errand may succeed later without a change to it.
    ///
    /// A key that the pager does not take, or a wrong base URL, passes too: the relay's operator mends it, and the
    /// caller's alert is not to be lost until then.
    pub(super) const fn passes(&self) -> bool {
        match self {
            Self::Spoiled(_) | Self::NoTime => true,
            Self::Delivery(error) => match error {
                DeliveryError::DeadlineExceeded { .. } | DeliveryError::NotRepeatable { .. } => true,
                DeliveryError::Refused { refusal, .. } => match refusal {
                    Refusal::Key
                    | Refusal::Permission
                    | Refusal::NotFound
                    | Refusal::Redirect
                    | Refusal::NotTheApi => true,
                    Refusal::Syntax
                    | Refusal::Plan
                    | Refusal::Conflict
                    | Refusal::NotImplemented
                    | Refusal::Other => false,
                },
                DeliveryError::Unsupported { .. }
                | DeliveryError::Request(_)
                | DeliveryError::Unprocessable { .. } => false,
            },
        }
    }

    /// Field to complaint, where the pager names fields.
    pub(super) fn errors(&self) -> BTreeMap<String, String> {
        match self {
            Self::Delivery(DeliveryError::Unprocessable { errors, .. }) => errors.clone(),
            Self::Delivery(_) | Self::Spoiled(_) | Self::NoTime => BTreeMap::new(),
        }
    }

    /// How long the pager wants to be left alone, if it says so.
    pub(super) const fn wait(&self) -> Option<Duration> {
        match self {
            Self::Delivery(
                DeliveryError::DeadlineExceeded { last: trouble, .. }
                | DeliveryError::NotRepeatable { last: trouble },
            ) => trouble.asked_wait(),
            Self::Delivery(_) | Self::Spoiled(_) | Self::NoTime => None,
        }
    }
}

impl Desk {
    /// Waits until it is this one's turn.
    pub(super) async fn turn(&self, place: Place, deadline: Instant) -> Result<Turn, Undone> {
        let turn = timeout_at(deadline, place.turn()).await;
        Ok(turn.map_err(|_| Undone::NoTime)??)
    }

    /// Delivers one errand. Its turn must have come: who holds a permit waits for nobody's turn, so there is no deadlock.
    pub(super) async fn deliver(&self, errand: &Errand<'_>, deadline: Instant) -> Result<Receipt, Undone> {
        let permit = timeout_at(deadline, self.deliveries.acquire()).await;
        let _permit = permit.ok().and_then(Result::ok).ok_or(Undone::NoTime)?;
        let result = self.delivery.deliver(errand, deadline).await.map_err(Undone::Delivery);
        if let Err(undone) = &result {
            let &Errand { verb, alias, .. } = errand;
            match undone {
                Undone::Delivery(error) if !undone.passes() => log_undelivered(errand, error),
                // Somebody has to mend the relay's settings.
                Undone::Delivery(DeliveryError::Refused { .. }) => {
                    error!(alias, verb, reason = %undone, "not delivered: the caller is to come again");
                }
                _ => warn!(alias, verb, reason = %undone, "not delivered: the caller is to come again"),
            }
        }
        result
    }
}

/// 503: come again.
pub(super) fn later(text: &str, wait: Option<Duration>) -> Reply {
    come_again(json(StatusCode::SERVICE_UNAVAILABLE, &json!({ "message": text })), wait)
}

/// Says when to come again.
pub(super) fn come_again(mut reply: Reply, wait: Option<Duration>) -> Reply {
    let seconds = wait.map_or(RETRY_SECONDS, |wait| wait.as_secs().max(1));
    reply.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
    reply
}

/// A question that the pager did not answer.
pub(super) fn unanswered(trouble: &Trouble) -> Reply {
    later(&trouble.to_string(), trouble.asked_wait())
}

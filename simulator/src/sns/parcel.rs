//! What goes out to a subscriber, and what comes back.

use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::delivery::Delivery;
use super::effective_policy::EffectivePolicy;
use super::poster::DELIVERY_TIMEOUT;

/// A message for one subscription.
#[derive(Clone, PartialEq, Eq)]
pub struct Parcel {
    /// `MessageId`.
    pub message_id: String,
    /// `TopicArn`.
    pub topic_arn: String,
    /// The subscription.
    pub subscription_arn: String,
    /// Where it goes. It may hold secrets.
    pub endpoint: String,
    /// What is posted, the same at each attempt (recorded).
    pub delivery: Delivery,
    /// When it was published.
    pub published: DateTime<Utc>,
    /// How it is delivered.
    pub policy: Arc<EffectivePolicy>,
    /// The queue for what cannot be delivered. A confirmation has none (recorded).
    pub dead_letter_target: Option<String>,
}

impl Parcel {
    /// Scheme and host of the endpoint: the rest of it may be a secret.
    #[must_use]
    pub fn destination(&self) -> String {
        url::Url::parse(&self.endpoint).ok().map_or_else(
            || "an endpoint that is no URL".to_owned(),
            |url| {
                let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
                format!("{}://{}{port}/", url.scheme(), url.host_str().unwrap_or_default())
            },
        )
    }
}

impl fmt::Debug for Parcel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Parcel")
            .field("message_id", &self.message_id)
            .field("subscription_arn", &self.subscription_arn)
            .field("destination", &self.destination())
            .finish_non_exhaustive()
    }
}

/// One attempt that is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// Names the delivery in [`Courier::report`](super::Courier::report).
    pub id: u64,
    /// 1 for the first.
    pub number: u32,
    /// When it was due.
    pub due: DateTime<Utc>,
    /// What to post where.
    pub parcel: Arc<Parcel>,
}

/// What came of an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// A complete answer.
    Answered {
        /// HTTP status.
        status: u16,
        /// The body, or its beginning.
        response: String,
    },
    /// None within [`DELIVERY_TIMEOUT`].
    TimedOut,
    /// No connection, no TLS, or a connection that broke.
    Failed(String),
}

impl Outcome {
    /// Whether SNS takes the message as delivered: any answer from 200 to 499 but 429 (302 and 400 recorded).
    #[must_use]
    pub fn is_delivered(&self) -> bool {
        matches!(self, Self::Answered { status, .. } if (200..500).contains(status) && *status != 429)
    }

    /// The HTTP status, if there was an answer.
    #[must_use]
    pub const fn status(&self) -> Option<u16> {
        match self {
            Self::Answered { status, .. } => Some(*status),
            Self::TimedOut | Self::Failed(_) => None,
        }
    }

    /// What the delivery status log has as the provider's response.
    #[must_use]
    pub fn response(&self) -> String {
        match self {
            Self::Answered { response, .. } => response.clone(),
            Self::TimedOut => format!("no complete answer in {} s", DELIVERY_TIMEOUT.as_secs()),
            Self::Failed(reason) => reason.clone(),
        }
    }
}

//! What happened when: one entry a line, the same bytes for the same world.

use std::fmt;

use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

use crate::sns::{DeliveryStatus, SubscriptionState};

/// Something that happened.
#[derive(Debug, Clone, Serialize)]
pub struct Entry {
    /// When, in the world's time.
    #[serde(serialize_with = "time")]
    pub time: DateTime<Utc>,
    /// What.
    #[serde(flatten)]
    pub what: What,
}

/// What happened.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum What {
    /// An alarm changed its state.
    StateChange {
        /// Its name.
        alarm: String,
        /// The state before.
        from: String,
        /// The state from now on.
        to: String,
        /// Why, in `CloudWatch`'s words.
        reason: String,
    },
    /// A message was published to a topic.
    Notification {
        /// The topic's ARN.
        topic: String,
        /// The subject.
        subject: Option<String>,
        /// The envelope as signed.
        envelope: Box<RawValue>,
    },
    /// An action was due and could not be carried out.
    ActionFailed {
        /// The alarm, or what else wanted it.
        alarm: String,
        /// The action's ARN.
        action: String,
        /// Why not.
        reason: String,
    },
    /// One attempt to deliver a message.
    Delivery {
        /// `MessageId`.
        message_id: String,
        /// The subscription's ARN.
        subscription: String,
        /// Scheme and host of the endpoint.
        destination: String,
        /// 1 for the first.
        attempt: u32,
        /// HTTP status of the answer.
        #[serde(skip_serializing_if = "Option::is_none")]
        status: Option<u16>,
        /// What came instead of an answer.
        #[serde(skip_serializing_if = "Option::is_none")]
        failure: Option<String>,
        /// How long it took.
        took_ms: i64,
        /// What follows.
        #[serde(flatten)]
        then: Then,
    },
    /// An entry of the delivery status log: a delivery has ended.
    DeliveryStatus {
        /// The entry.
        log: DeliveryStatus,
    },
    /// A subscription is somewhere else in its life.
    Subscription {
        /// Its ARN.
        subscription: String,
        /// Where; `removed` if it is gone.
        state: &'static str,
    },
    /// A fault that happens once has happened.
    Fault {
        /// Its name.
        fault: &'static str,
    },
}

/// What follows from an attempt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "then", rename_all = "snake_case")]
pub enum Then {
    /// It has arrived.
    Delivered,
    /// It is tried again.
    Retry {
        /// When.
        #[serde(serialize_with = "time")]
        at: DateTime<Utc>,
    },
    /// It is a dead letter now.
    DeadLetter {
        /// The queue's ARN.
        queue: String,
    },
    /// It is lost.
    Dropped,
}

/// A subscription's state as entries name it.
#[must_use]
pub(super) const fn state_name(state: SubscriptionState) -> &'static str {
    match state {
        SubscriptionState::Pending => "pending",
        SubscriptionState::Confirmed => "confirmed",
        SubscriptionState::Deleted => "deleted",
    }
}

fn text(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

fn time<S: Serializer>(at: &DateTime<Utc>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&text(*at))
}

/// A line for people.
impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}  ", text(self.time))?;
        match &self.what {
            What::StateChange { alarm, from, to, reason } => {
                write!(f, "{to:<17} {alarm} (was {from}): {reason}")
            }
            What::Notification { topic, subject, .. } => {
                let name = topic.rsplit(':').next().unwrap_or_default();
                write!(f, "  published to {name}: {}", subject.as_deref().unwrap_or("without a subject"))
            }
            What::ActionFailed { alarm, action, reason } => {
                write!(f, "  {alarm}: the action {action} failed: {reason}")
            }
            What::Delivery { destination, attempt, status, failure, then, .. } => {
                write!(f, "    attempt {attempt} to {destination}: ")?;
                match (status, failure) {
                    (Some(status), _) => write!(f, "{status}")?,
                    (None, Some(failure)) => f.write_str(failure)?,
                    (None, None) => f.write_str("no answer")?,
                }
                match then {
                    Then::Delivered => Ok(()),
                    Then::Retry { at } => write!(f, ", again at {}", text(*at)),
                    Then::DeadLetter { .. } => f.write_str(", a dead letter now"),
                    Then::Dropped => f.write_str(", given up and lost"),
                }
            }
            What::DeliveryStatus { log } => {
                write!(f, "    delivery ended: {} after {} attempts", log.status, log.delivery.attempts)
            }
            What::Subscription { subscription, state } => {
                let id = subscription.rsplit(':').next().unwrap_or_default();
                write!(f, "  the subscription {id} is {state}")
            }
            What::Fault { fault } => write!(f, "  fault: {fault}"),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn an_entry_is_one_line_of_json_that_begins_with_time_and_kind() {
        let at = DateTime::from_timestamp_millis(1_790_105_220_926).unwrap();
        let what = What::Delivery {
            message_id: "m".to_owned(),
            subscription: "s".to_owned(),
            destination: "https://a/".to_owned(),
            attempt: 1,
            status: Some(503),
            failure: None,
            took_ms: 40,
            then: Then::Retry { at },
        };
        let entry = Entry { time: at, what };
        assert_eq!(
            serde_json::to_string(&entry).unwrap(),
            "{\"time\":\"2026-09-22T19:27:00.926Z\",\"kind\":\"delivery\",\"message_id\":\"m\",\"subscription\":\"s\",\
             \"destination\":\"https://a/\",\"attempt\":1,\"status\":503,\"took_ms\":40,\"then\":\"retry\",\
             \"at\":\"2026-09-22T19:27:00.926Z\"}"
        );
        assert_eq!(
            entry.to_string(),
            "2026-09-22T19:27:00.926Z      attempt 1 to https://a/: 503, again at 2026-09-22T19:27:00.926Z"
        );
    }
}

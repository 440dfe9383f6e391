//! The delivery status log: what SNS writes to CloudWatch Logs when a delivery has ended.

use aws_lc_rs::digest;
use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;

use super::parcel::{Outcome, Parcel};
use super::seed::{Purpose, to_hex, uuid};

/// An entry, with the members that SNS documents ("Amazon SNS message delivery status").
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DeliveryStatus {
    /// What was delivered.
    pub notification: NotificationStatus,
    /// How that went.
    pub delivery: DeliveryResult,
    /// `SUCCESS` or `FAILURE`.
    pub status: &'static str,
}

/// The message of an entry.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NotificationStatus {
    /// A digest of the body, so that two entries can be compared: SHA-256 here, where SNS has MD5.
    #[serde(rename = "messageSHA256Sum")]
    pub message_sha256_sum: String,
    /// `MessageId`.
    pub message_id: String,
    /// `TopicArn`.
    pub topic_arn: String,
    /// When it was published: `2026-09-22 19:27:00.926`.
    pub timestamp: String,
}

/// The delivery of an entry.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DeliveryResult {
    /// A UUID.
    pub delivery_id: String,
    /// Scheme and host of the endpoint. SNS has the whole URL, which may hold a key.
    pub destination: String,
    /// The body of the last answer, or what went wrong.
    pub provider_response: String,
    /// The last attempt, from its start to its end.
    pub dwell_time_ms: i64,
    /// All attempts.
    pub attempts: u32,
    /// HTTP status of the last answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status_code: Option<u16>,
}

impl DeliveryStatus {
    /// The entry of a delivery that ended with `outcome`. `number` makes its id, together with the seed.
    #[must_use]
    pub fn of(
        parcel: &Parcel,
        attempts: u32,
        outcome: &Outcome,
        dwell: TimeDelta,
        (seed, number): (u64, u64),
    ) -> Self {
        let timestamp = |at: DateTime<Utc>| at.format("%Y-%m-%d %H:%M:%S%.3f").to_string();
        Self {
            notification: NotificationStatus {
                message_sha256_sum: to_hex(digest::digest(&digest::SHA256, &parcel.delivery.body).as_ref()),
                message_id: parcel.message_id.clone(),
                topic_arn: parcel.topic_arn.clone(),
                timestamp: timestamp(parcel.published),
            },
            delivery: DeliveryResult {
                delivery_id: uuid(5, seed, Purpose::DeliveryId, number),
                destination: parcel.destination(),
                provider_response: outcome.response(),
                dwell_time_ms: dwell.num_milliseconds(),
                attempts,
                status_code: outcome.status(),
            },
            status: if outcome.is_delivered() { "SUCCESS" } else { "FAILURE" },
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::sync::Arc;

    use bytes::Bytes;

    use super::*;
    use crate::sns::{Delivery, EffectivePolicy};

    #[test]
    fn an_entry_says_how_a_delivery_ended_and_not_where_exactly_it_went() {
        let parcel = Parcel {
            message_id: "id".to_owned(),
            topic_arn: "arn".to_owned(),
            subscription_arn: "sub".to_owned(),
            endpoint: "https://example.org/secret?apiKey=secret".to_owned(),
            delivery: Delivery { headers: Vec::new(), body: Bytes::from_static(b"abc") },
            published: DateTime::from_timestamp_millis(1_790_105_220_926).unwrap(),
            policy: Arc::new(EffectivePolicy::default()),
            dead_letter_target: None,
        };
        let outcome = Outcome::Answered { status: 503, response: "busy".to_owned() };
        let entry = DeliveryStatus::of(&parcel, 4, &outcome, TimeDelta::milliseconds(77), (1, 0));
        let text = serde_json::to_string(&entry).unwrap();
        let id = &entry.delivery.delivery_id;
        assert_eq!(
            text,
            format!(
                "{{\"notification\":{{\"messageSHA256Sum\":\
                 \"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\",\"messageId\":\"id\",\
                 \"topicArn\":\"arn\",\"timestamp\":\"2026-09-22 19:27:00.926\"}},\"delivery\":{{\"deliveryId\":\
                 \"{id}\",\"destination\":\"https://example.org/\",\"providerResponse\":\"busy\",\"dwellTimeMs\":77,\
                 \"attempts\":4,\"statusCode\":503}},\"status\":\"FAILURE\"}}"
            )
        );
    }
}

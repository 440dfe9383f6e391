//! The delivery policy that a subscription's deliveries follow, by its topic's and its own.

use std::fmt;

use serde::Serialize;

use super::delivery::DEFAULT_CONTENT_TYPE;
use super::delivery_policy::{DeliveryPolicy, RetryPolicy, Throttle};

/// The policy that a subscription's deliveries follow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EffectivePolicy {
    /// When to try again.
    pub retry: RetryPolicy,
    /// The most attempts a second on average; what is more waits.
    pub max_receives_per_second: Option<u32>,
    /// `Content-Type` of notifications and of the `UnsubscribeConfirmation` (recorded).
    pub content_type: String,
}

impl Default for EffectivePolicy {
    fn default() -> Self {
        Self::of(&DeliveryPolicy::default(), &DeliveryPolicy::default())
    }
}

impl EffectivePolicy {
    /// What the subscription sets, else what the topic sets, else SNS's defaults.
    #[must_use]
    pub fn of(topic: &DeliveryPolicy, subscription: &DeliveryPolicy) -> Self {
        let nothing = DeliveryPolicy::default();
        let own = if topic.disable_subscription_overrides { &nothing } else { subscription };
        Self {
            retry: own.retry.clone().or_else(|| topic.retry.clone()).unwrap_or_default(),
            max_receives_per_second: own.max_receives_per_second.or(topic.max_receives_per_second),
            content_type: own
                .content_type
                .clone()
                .or_else(|| topic.content_type.clone())
                .unwrap_or_else(|| DEFAULT_CONTENT_TYPE.to_owned()),
        }
    }
}

/// The JSON of the subscription attribute `EffectiveDeliveryPolicy`, to the byte of the recorded ones.
impl fmt::Display for EffectivePolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Request<'a> {
            header_content_type: &'a str,
        }
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Effective<'a> {
            healthy_retry_policy: &'a RetryPolicy,
            sickly_retry_policy: (),
            throttle_policy: Option<Throttle>,
            request_policy: Request<'a>,
            guaranteed: bool,
        }
        let rate = self.max_receives_per_second;
        let text = serde_json::to_string(&Effective {
            healthy_retry_policy: &self.retry,
            sickly_retry_policy: (),
            throttle_policy: rate.map(|_| Throttle { max_receives_per_second: rate }),
            request_policy: Request { header_content_type: &self.content_type },
            guaranteed: false,
        })
        .map_err(|_| fmt::Error)?;
        f.write_str(&text)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use serde_json::json;

    use super::*;

    #[test]
    fn a_subscription_overrides_its_topic_member_by_member_unless_the_topic_forbids_it() {
        let topic = |forbid: bool| {
            DeliveryPolicy::of_topic(&json!({"http": {
                "defaultHealthyRetryPolicy": {"minDelayTarget": "5", "maxDelayTarget": 6, "numRetries": 1},
                "defaultThrottlePolicy": {"maxReceivesPerSecond": 10},
                "disableSubscriptionOverrides": forbid,
            }}))
            .unwrap()
        };
        let own = DeliveryPolicy::of_subscription(&json!({
            "healthyRetryPolicy": {"minDelayTarget": 1, "maxDelayTarget": 1, "numRetries": 0},
            "requestPolicy": {"headerContentType": "application/json"},
        }))
        .unwrap();
        let effective = EffectivePolicy::of(&topic(false), &own);
        assert_eq!((effective.retry.num_retries, effective.retry.min_delay_target), (0, 1));
        assert_eq!(effective.max_receives_per_second, Some(10));
        assert_eq!(effective.content_type, "application/json");
        let effective = EffectivePolicy::of(&topic(true), &own);
        assert_eq!((effective.retry.num_retries, effective.retry.min_delay_target), (1, 5));
        assert_eq!(effective.content_type, DEFAULT_CONTENT_TYPE);
    }
}

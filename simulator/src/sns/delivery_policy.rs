//! Delivery policies: what may stand in one, of a topic or of a subscription.
//!
//! Settings, defaults and limits are those of the SNS developer guide ("Creating an HTTP/S delivery policy"); the
//! refusal of a missing `minDelayTarget` is recorded.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use thiserror::Error;

use super::scalar;

/// The longest delay, and the longest time that a policy's retries may take in all.
pub const LONGEST_POLICY_SECONDS: u32 = 3600;
/// The most retries.
pub const MOST_RETRIES: u32 = 100;

/// Why a delivery policy is refused, worded as SNS does where that is recorded.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("DeliveryPolicy: {0}")]
pub struct DeliveryPolicyError(String);

/// How delays grow between `minDelayTarget` and `maxDelayTarget`. See [`RetryPolicy::delays`] for the curves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum BackoffFunction {
    /// Evenly.
    #[default]
    Linear,
    /// Each step is longer than the one before by the same amount.
    Arithmetic,
    /// Each delay is the same multiple of the one before.
    Geometric,
    /// Each step is twice the one before.
    Exponential,
}

/// `healthyRetryPolicy`, complete and within its limits. Its JSON has the recorded order of keys.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RetryPolicy {
    /// Seconds, at least 1.
    pub min_delay_target: u32,
    /// Seconds, at least `min_delay_target`, at most 3600.
    pub max_delay_target: u32,
    /// All retries, at most 100.
    pub num_retries: u32,
    /// Retries at the end, each after `max_delay_target`.
    pub num_max_delay_retries: u32,
    /// Retries at the beginning, each at once.
    pub num_no_delay_retries: u32,
    /// Retries after those, each after `min_delay_target`.
    pub num_min_delay_retries: u32,
    /// How the delays of the retries in between grow.
    pub backoff_function: BackoffFunction,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            min_delay_target: 20,
            max_delay_target: 20,
            num_retries: 3,
            num_max_delay_retries: 0,
            num_no_delay_retries: 0,
            num_min_delay_retries: 0,
            backoff_function: BackoffFunction::Linear,
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct RetryMembers {
    #[serde(default, deserialize_with = "scalar::whole")]
    min_delay_target: Option<u32>,
    #[serde(default, deserialize_with = "scalar::whole")]
    max_delay_target: Option<u32>,
    #[serde(default, deserialize_with = "scalar::whole")]
    num_retries: Option<u32>,
    #[serde(default, deserialize_with = "scalar::whole")]
    num_max_delay_retries: Option<u32>,
    #[serde(default, deserialize_with = "scalar::whole")]
    num_no_delay_retries: Option<u32>,
    #[serde(default, deserialize_with = "scalar::whole")]
    num_min_delay_retries: Option<u32>,
    backoff_function: Option<BackoffFunction>,
}

impl RetryMembers {
    fn complete(self, place: &str) -> Result<RetryPolicy, DeliveryPolicyError> {
        let refuse = |text: String| Err(DeliveryPolicyError(format!("{place}.{text}")));
        let default = RetryPolicy::default();
        let Some(min_delay_target) = self.min_delay_target else {
            return refuse("minDelayTarget must be specified".to_owned());
        };
        let policy = RetryPolicy {
            min_delay_target,
            max_delay_target: self.max_delay_target.unwrap_or(default.max_delay_target.max(min_delay_target)),
            num_retries: self.num_retries.unwrap_or(default.num_retries),
            num_max_delay_retries: self.num_max_delay_retries.unwrap_or_default(),
            num_no_delay_retries: self.num_no_delay_retries.unwrap_or_default(),
            num_min_delay_retries: self.num_min_delay_retries.unwrap_or_default(),
            backoff_function: self.backoff_function.unwrap_or_default(),
        };
        if policy.min_delay_target == 0 {
            return refuse("minDelayTarget must be at least 1".to_owned());
        }
        if policy.max_delay_target < policy.min_delay_target {
            return refuse("maxDelayTarget must be greater than or equal to minDelayTarget".to_owned());
        }
        if policy.max_delay_target > LONGEST_POLICY_SECONDS {
            return refuse(format!("maxDelayTarget must be less than or equal to {LONGEST_POLICY_SECONDS}"));
        }
        if policy.num_retries > MOST_RETRIES {
            return refuse(format!("numRetries must be less than or equal to {MOST_RETRIES}"));
        }
        let phases =
            [policy.num_no_delay_retries, policy.num_min_delay_retries, policy.num_max_delay_retries];
        if phases.into_iter().map(u64::from).sum::<u64>() > u64::from(policy.num_retries) {
            return refuse(
                "numRetries must be at least the sum of numNoDelayRetries, numMinDelayRetries and \
                 numMaxDelayRetries"
                    .to_owned(),
            );
        }
        Ok(policy)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Throttle {
    #[serde(default, deserialize_with = "scalar::whole")]
    pub(super) max_receives_per_second: Option<u32>,
}

impl Throttle {
    fn complete(self, place: &str) -> Result<Option<u32>, DeliveryPolicyError> {
        match self.max_receives_per_second {
            Some(0) => Err(DeliveryPolicyError(format!("{place}.maxReceivesPerSecond must be at least 1"))),
            rate => Ok(rate),
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct RequestMembers {
    header_content_type: Option<String>,
}

impl RequestMembers {
    fn complete(self, place: &str) -> Result<Option<String>, DeliveryPolicyError> {
        match self.header_content_type {
            Some(text) if text.is_empty() || !text.bytes().all(|byte| (b' '..=b'~').contains(&byte)) => {
                Err(DeliveryPolicyError(format!("{place}.headerContentType is no content type")))
            }
            text => Ok(text),
        }
    }
}

/// What a policy sets, of a topic or of a subscription.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DeliveryPolicy {
    pub(super) retry: Option<RetryPolicy>,
    pub(super) max_receives_per_second: Option<u32>,
    pub(super) content_type: Option<String>,
    pub(super) disable_subscription_overrides: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct SubscriptionMembers {
    healthy_retry_policy: Option<RetryMembers>,
    throttle_policy: Option<Throttle>,
    request_policy: Option<RequestMembers>,
    #[serde(rename = "sicklyRetryPolicy")]
    _sickly_retry_policy: Option<Value>,
    #[serde(rename = "guaranteed")]
    _guaranteed: Option<bool>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TopicMembers {
    http: HttpMembers,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct HttpMembers {
    default_healthy_retry_policy: Option<RetryMembers>,
    default_throttle_policy: Option<Throttle>,
    default_request_policy: Option<RequestMembers>,
    #[serde(rename = "defaultSicklyRetryPolicy")]
    _default_sickly_retry_policy: Option<Value>,
    #[serde(default)]
    disable_subscription_overrides: bool,
}

impl From<serde_json::Error> for DeliveryPolicyError {
    fn from(error: serde_json::Error) -> Self {
        Self(error.to_string())
    }
}

impl DeliveryPolicy {
    /// A subscription's `DeliveryPolicy`: `{"healthyRetryPolicy": …, "throttlePolicy": …, "requestPolicy": …}`.
    pub fn of_subscription(policy: &Value) -> Result<Self, DeliveryPolicyError> {
        let members = SubscriptionMembers::deserialize(policy)?;
        Ok(Self {
            retry: members
                .healthy_retry_policy
                .map(|members| members.complete("healthyRetryPolicy"))
                .transpose()?,
            max_receives_per_second: match members.throttle_policy {
                Some(throttle) => throttle.complete("throttlePolicy")?,
                None => None,
            },
            content_type: match members.request_policy {
                Some(members) => members.complete("requestPolicy")?,
                None => None,
            },
            disable_subscription_overrides: false,
        })
    }

    /// A topic's `DeliveryPolicy`: `{"http": {"defaultHealthyRetryPolicy": …, …}}`.
    pub fn of_topic(policy: &Value) -> Result<Self, DeliveryPolicyError> {
        let members = TopicMembers::deserialize(policy)?.http;
        Ok(Self {
            retry: members
                .default_healthy_retry_policy
                .map(|members| members.complete("http.defaultHealthyRetryPolicy"))
                .transpose()?,
            max_receives_per_second: match members.default_throttle_policy {
                Some(throttle) => throttle.complete("http.defaultThrottlePolicy")?,
                None => None,
            },
            content_type: match members.default_request_policy {
                Some(members) => members.complete("http.defaultRequestPolicy")?,
                None => None,
            },
            disable_subscription_overrides: members.disable_subscription_overrides,
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use serde_json::json;

    use super::*;

    #[test]
    fn policies_that_sns_would_refuse_are_refused() {
        let retry = |members: Value| json!({ "healthyRetryPolicy": members });
        for (policy, want) in [
            (retry(json!({"numRetries": 1})), "healthyRetryPolicy.minDelayTarget must be specified"),
            (retry(json!({"minDelayTarget": 0})), "healthyRetryPolicy.minDelayTarget must be at least 1"),
            (
                retry(json!({"minDelayTarget": 5, "maxDelayTarget": 4})),
                "healthyRetryPolicy.maxDelayTarget must be greater than or equal to minDelayTarget",
            ),
            (
                retry(json!({"minDelayTarget": 5, "maxDelayTarget": 3601})),
                "healthyRetryPolicy.maxDelayTarget must be less than or equal to 3600",
            ),
            (
                retry(json!({"minDelayTarget": 5, "numRetries": 101})),
                "healthyRetryPolicy.numRetries must be less than or equal to 100",
            ),
            (
                retry(json!({"minDelayTarget": 5, "numRetries": 2, "numNoDelayRetries": 3})),
                "healthyRetryPolicy.numRetries must be at least the sum of numNoDelayRetries, numMinDelayRetries \
                 and numMaxDelayRetries",
            ),
            (
                json!({"throttlePolicy": {"maxReceivesPerSecond": 0}}),
                "throttlePolicy.maxReceivesPerSecond must be at least 1",
            ),
            (
                json!({"requestPolicy": {"headerContentType": "text/plain\r\nX: y"}}),
                "requestPolicy.headerContentType is no content type",
            ),
        ] {
            let error = DeliveryPolicy::of_subscription(&policy).unwrap_err();
            assert_eq!(error.to_string(), format!("DeliveryPolicy: {want}"));
        }
        for (policy, want) in [
            (retry(json!({"minDelay": 5})), "unknown field `minDelay`"),
            (retry(json!({"minDelayTarget": "soon"})), "\"soon\" is no whole number"),
            (retry(json!({"minDelayTarget": 1, "backoffFunction": "cubic"})), "unknown variant `cubic`"),
            (json!({"http": {}}), "unknown field `http`"),
        ] {
            let error = DeliveryPolicy::of_subscription(&policy).unwrap_err().to_string();
            assert!(error.contains(want), "{error}");
        }
        let topic = json!({"http": {"defaultHealthyRetryPolicy": {"maxDelayTarget": 5}}});
        assert_eq!(
            DeliveryPolicy::of_topic(&topic).unwrap_err().to_string(),
            "DeliveryPolicy: http.defaultHealthyRetryPolicy.minDelayTarget must be specified"
        );
    }
}

//! Topics and subscriptions as CloudFormation and SNS's API describe them, under AWS's own property names.

use serde::{Deserialize, Deserializer};
use serde_json::Value;
use thiserror::Error;
use url::Url;

use super::delivery_policy::{DeliveryPolicy, DeliveryPolicyError};
use super::scalar;
use super::signer::SignatureVersion;

/// `AWS::SNS::Topic`. Unknown properties are refused.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields, default)]
pub struct TopicDefinition {
    /// Without one, CloudFormation makes one up.
    pub topic_name: Option<String>,
    /// `1` without one.
    #[serde(deserialize_with = "signature_version")]
    pub signature_version: Option<SignatureVersion>,
    /// Subscriptions that come with the topic.
    pub subscription: Vec<InlineSubscription>,
    /// The attribute `DeliveryPolicy`, which CloudFormation has no property for.
    #[serde(deserialize_with = "scalar::object")]
    pub delivery_policy: Option<Value>,
    /// A FIFO topic cannot deliver to HTTP endpoints, and is refused.
    #[serde(deserialize_with = "scalar::boolean")]
    pub fifo_topic: bool,
    /// Used by people alone, as are all that follow: none changes what an HTTP endpoint receives.
    pub display_name: Option<Value>,
    /// Only of FIFO topics.
    pub content_based_deduplication: Option<Value>,
    /// Only of FIFO topics.
    pub fifo_throughput_scope: Option<Value>,
    /// Only of FIFO topics.
    pub archive_policy: Option<Value>,
    /// Encryption at rest.
    pub kms_master_key_id: Option<Value>,
    /// Masks personal data.
    pub data_protection_policy: Option<Value>,
    /// The log is written in any case.
    pub delivery_status_logging: Option<Value>,
    /// X-Ray.
    pub tracing_config: Option<Value>,
    /// Tags.
    pub tags: Option<Value>,
}

/// An element of a topic's `Subscription`.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct InlineSubscription {
    /// Where messages go. It may hold a secret.
    pub endpoint: String,
    /// `http`, `https`, …
    pub protocol: String,
}

impl std::fmt::Debug for InlineSubscription {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("InlineSubscription").field("protocol", &self.protocol).finish_non_exhaustive()
    }
}

/// `AWS::SNS::Subscription`. Unknown properties are refused.
#[derive(Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields, default)]
pub struct SubscriptionDefinition {
    /// The topic.
    pub topic_arn: String,
    /// `http`, `https`; others are taken and nothing is delivered to them.
    pub protocol: String,
    /// Where messages go. It may hold a secret.
    pub endpoint: Option<String>,
    /// The message alone is the body.
    #[serde(deserialize_with = "scalar::boolean")]
    pub raw_message_delivery: bool,
    /// Retries, throttle, content type.
    #[serde(deserialize_with = "scalar::object")]
    pub delivery_policy: Option<Value>,
    /// Where undeliverable notifications go.
    #[serde(deserialize_with = "scalar::object")]
    pub redrive_policy: Option<RedrivePolicy>,
    /// Refused: what it would let through is not simulated.
    #[serde(deserialize_with = "scalar::object")]
    pub filter_policy: Option<Value>,
    /// Where a filter policy looks.
    pub filter_policy_scope: Option<String>,
    /// Only of FIFO topics.
    pub replay_policy: Option<Value>,
    /// The topic's region, if it is another.
    pub region: Option<String>,
    /// Only of Firehose.
    pub subscription_role_arn: Option<String>,
}

impl std::fmt::Debug for SubscriptionDefinition {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SubscriptionDefinition")
            .field("topic_arn", &self.topic_arn)
            .field("protocol", &self.protocol)
            .finish_non_exhaustive()
    }
}

/// `RedrivePolicy`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RedrivePolicy {
    /// An SQS queue of the subscription's account and region.
    pub dead_letter_target_arn: String,
}

/// Why a topic or a subscription is refused. Endpoints are not shown: they may hold secrets.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum DefinitionError {
    /// FIFO topics.
    #[error("FifoTopic: a FIFO topic cannot deliver to HTTP endpoints")]
    Fifo,
    /// A filter policy.
    #[error("FilterPolicy: filter policies are not simulated; remove it, or expect what it holds back too")]
    Filter,
    /// The subscription has no endpoint.
    #[error("Endpoint: a subscription by {0} needs one")]
    NoEndpoint(String),
    /// The endpoint is no URL of its protocol.
    #[error("Endpoint: it must be a URL that begins with {0}://")]
    Endpoint(String),
    /// Credentials without TLS, in SNS's words.
    #[error("Invalid parameter: Please use HTTPS for subscriptions that contain inline credentials")]
    Credentials,
    /// The delivery policy.
    #[error("Invalid parameter: {0}")]
    DeliveryPolicy(#[from] DeliveryPolicyError),
    /// The dead-letter queue.
    #[error("RedrivePolicy: deadLetterTargetArn must be the ARN of an SQS queue in {0}")]
    Redrive(String),
}

impl TopicDefinition {
    /// Its delivery policy, if all of it can be simulated.
    pub fn check(&self) -> Result<DeliveryPolicy, DefinitionError> {
        if self.fifo_topic {
            return Err(DefinitionError::Fifo);
        }
        match &self.delivery_policy {
            Some(policy) => Ok(DeliveryPolicy::of_topic(policy)?),
            None => Ok(DeliveryPolicy::default()),
        }
    }
}

impl SubscriptionDefinition {
    /// The subscription that an element of a topic's `Subscription` stands for.
    #[must_use]
    pub fn inline(topic_arn: &str, inline: &InlineSubscription) -> Self {
        Self {
            topic_arn: topic_arn.to_owned(),
            protocol: inline.protocol.clone(),
            endpoint: Some(inline.endpoint.clone()),
            ..Self::default()
        }
    }

    /// Whether messages are delivered by HTTP or HTTPS.
    #[must_use]
    pub fn is_http(&self) -> bool {
        matches!(self.protocol.as_str(), "http" | "https")
    }

    /// Its delivery policy, if all of it can be simulated.
    pub fn check(&self) -> Result<DeliveryPolicy, DefinitionError> {
        if self
            .filter_policy
            .as_ref()
            .is_some_and(|policy| policy.as_object().is_none_or(|map| !map.is_empty()))
        {
            return Err(DefinitionError::Filter);
        }
        if !self.is_http() {
            return Ok(DeliveryPolicy::default());
        }
        let endpoint =
            self.endpoint.as_deref().ok_or_else(|| DefinitionError::NoEndpoint(self.protocol.clone()))?;
        let url = Url::parse(endpoint)
            .ok()
            .filter(|url| url.scheme() == self.protocol && url.has_host())
            .ok_or_else(|| DefinitionError::Endpoint(self.protocol.clone()))?;
        if url.scheme() == "http" && (!url.username().is_empty() || url.password().is_some()) {
            return Err(DefinitionError::Credentials);
        }
        if let Some(RedrivePolicy { dead_letter_target_arn }) = &self.redrive_policy {
            let parts = |arn: &str| -> Vec<String> { arn.split(':').map(str::to_owned).collect() };
            let (queue, topic) = (parts(dead_letter_target_arn), parts(&self.topic_arn));
            let same_place = queue.get(3..5) == topic.get(3..5);
            if queue.len() != 6 || queue.get(2).map(String::as_str) != Some("sqs") || !same_place {
                let place = topic.get(3..5).unwrap_or_default().join(", account ");
                return Err(DefinitionError::Redrive(place));
            }
        }
        match &self.delivery_policy {
            Some(policy) => Ok(DeliveryPolicy::of_subscription(policy)?),
            None => Ok(DeliveryPolicy::default()),
        }
    }
}

fn signature_version<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<SignatureVersion>, D::Error> {
    match scalar::text(deserializer)?.as_deref() {
        None => Ok(None),
        Some("1") => Ok(Some(SignatureVersion::V1)),
        Some("2") => Ok(Some(SignatureVersion::V2)),
        Some(other) => {
            Err(serde::de::Error::custom(format!("SignatureVersion must be 1 or 2, not \"{other}\"")))
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use serde_json::json;

    use super::*;

    #[test]
    fn properties_are_read_as_cloudformation_writes_them() {
        let topic: TopicDefinition = serde_json::from_value(json!({
            "TopicName": "ops", "SignatureVersion": 2, "DisplayName": "Ops", "Tags": [],
            "Subscription": [{"Endpoint": "https://example.org/", "Protocol": "https"}],
        }))
        .unwrap();
        assert_eq!(topic.signature_version, Some(SignatureVersion::V2));
        assert_eq!(topic.subscription.len(), 1);
        let subscription: SubscriptionDefinition = serde_json::from_value(json!({
            "TopicArn": "arn:aws:sns:eu-west-1:123456789012:ops", "Protocol": "https",
            "Endpoint": "https://example.org/", "RawMessageDelivery": "true",
            "DeliveryPolicy": "{\"throttlePolicy\":{\"maxReceivesPerSecond\":\"3\"}}",
            "RedrivePolicy": {"deadLetterTargetArn": "arn:aws:sqs:eu-west-1:123456789012:dead"},
        }))
        .unwrap();
        assert!(subscription.raw_message_delivery && subscription.check().is_ok());
        for (value, want) in [
            (json!({"Topic": "x"}), "unknown field `Topic`"),
            (json!({"SignatureVersion": "3"}), "SignatureVersion must be 1 or 2"),
            (json!({"FifoTopic": "yes"}), "neither true nor false"),
        ] {
            let error = serde_json::from_value::<TopicDefinition>(value).unwrap_err().to_string();
            assert!(error.contains(want), "{error}");
        }
    }

    #[test]
    fn what_cannot_be_delivered_is_refused_without_showing_the_endpoint() {
        let arn = "arn:aws:sns:eu-west-1:123456789012:ops";
        let of = |value: Value| serde_json::from_value::<SubscriptionDefinition>(value).unwrap().check();
        let queue =
            |region: &str| json!({"deadLetterTargetArn": format!("arn:aws:sqs:{region}:123456789012:q")});
        for (value, want) in [
            (json!({"TopicArn": arn, "Protocol": "https"}), DefinitionError::NoEndpoint("https".to_owned())),
            (
                json!({"TopicArn": arn, "Protocol": "https", "Endpoint": "http://a/secret"}),
                DefinitionError::Endpoint("https".to_owned()),
            ),
            (
                json!({"TopicArn": arn, "Protocol": "http", "Endpoint": "http://u:secret@a/"}),
                DefinitionError::Credentials,
            ),
            (
                json!({"TopicArn": arn, "Protocol": "https", "Endpoint": "https://a/", "FilterPolicy": {"a": ["b"]}}),
                DefinitionError::Filter,
            ),
            (
                json!({"TopicArn": arn, "Protocol": "https", "Endpoint": "https://a/",
                    "RedrivePolicy": queue("us-east-1")}),
                DefinitionError::Redrive("eu-west-1, account 123456789012".to_owned()),
            ),
        ] {
            let error = of(value).unwrap_err();
            assert_eq!(error, want);
            assert!(!error.to_string().contains("secret"), "{error}");
        }
        assert!(of(json!({"TopicArn": arn, "Protocol": "email", "Endpoint": "a@example.org"})).is_ok());
        let fifo = TopicDefinition { fifo_topic: true, ..TopicDefinition::default() };
        assert_eq!(fifo.check().unwrap_err(), DefinitionError::Fifo);
    }
}

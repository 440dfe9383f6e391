//! Envelopes before they are signed.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;

use super::{Forge, ForgeError};
use crate::sns::{Envelope, Kind, Subscription, Topic};

impl Forge {
    /// A genuine notification before it is signed, published now: an alarm that is well, so that a receiver which
    /// believes it wakes nobody.
    pub(in crate::attack) fn notification(&mut self) -> Envelope {
        self.notification_at(self.now)
    }

    /// The same, published at another time.
    pub(in crate::attack) fn notification_at(&mut self, at: DateTime<Utc>) -> Envelope {
        let message = alarm(&self.topic, at);
        let envelope = self.topic.notification(&self.subscription, message, at);
        envelope.subject("OK: \"trailbell-sim attack\" is well")
    }

    /// A genuine request to confirm the subscription.
    pub(in crate::attack) fn confirmation(&mut self) -> Envelope {
        self.topic.subscription_confirmation(&mut self.subscription, self.now)
    }

    /// The same, made at another time.
    pub(in crate::attack) fn confirmation_at(&mut self, at: DateTime<Utc>) -> Envelope {
        self.topic.subscription_confirmation(&mut self.subscription, at)
    }

    /// A genuine farewell to the subscription.
    pub(in crate::attack) fn farewell(&mut self) -> Envelope {
        self.topic.unsubscribe_confirmation(&mut self.subscription, self.now)
    }

    /// A topic that the receiver does not listen to, with its subscription.
    pub(in crate::attack) fn stranger(
        &mut self,
        region: &str,
        account: &str,
        name: &str,
    ) -> Result<&mut (Topic, Subscription), ForgeError> {
        let mut topic = Topic::new(region, account, name, self.seed.wrapping_add(self.made))?;
        self.made += 1;
        let subscription = topic.subscribe();
        self.strangers.push((topic, subscription));
        let last = self.strangers.len() - 1;
        Ok(&mut self.strangers[last])
    }

    /// A genuine notification of a topic that the receiver does not listen to.
    pub(in crate::attack) fn strange_notification(
        &mut self,
        region: &str,
        account: &str,
        name: &str,
    ) -> Result<Envelope, ForgeError> {
        let now = self.now;
        let (topic, subscription) = self.stranger(region, account, name)?;
        let message = alarm(topic, now);
        Ok(topic.notification(subscription, message, now))
    }

    /// The topic's account id.
    pub(in crate::attack) fn account(&self) -> &str {
        self.topic.arn().split(':').nth(4).unwrap_or_default()
    }

    /// The topic's name.
    pub(in crate::attack) fn name(&self) -> &str {
        self.topic.arn().split(':').nth(5).unwrap_or_default()
    }

    /// Another account than the topic's.
    pub(in crate::attack) fn other_account(&self) -> &'static str {
        if self.account() == "999999999999" { "111111111111" } else { "999999999999" }
    }
}

/// The token of a confirmation; nothing for a notification.
pub(in crate::attack) fn token(envelope: &Envelope) -> &str {
    match &envelope.kind {
        Kind::SubscriptionConfirmation(confirmation) | Kind::UnsubscribeConfirmation(confirmation) => {
            &confirmation.token
        }
        Kind::Notification(_) => "",
    }
}

/// The same confirmation with another `SubscribeURL`. Notifications have none and stay as they are.
pub(in crate::attack) fn with_subscribe_url(mut envelope: Envelope, url: impl Into<String>) -> Envelope {
    if let Kind::SubscriptionConfirmation(confirmation) | Kind::UnsubscribeConfirmation(confirmation) =
        &mut envelope.kind
    {
        confirmation.subscribe_url = url.into();
    }
    envelope
}

/// What CloudWatch publishes for an alarm that is well again.
fn alarm(topic: &Topic, at: DateTime<Utc>) -> String {
    let (region, account) = (topic.region(), topic.arn().split(':').nth(4).unwrap_or_default());
    json!({
        "AlarmName": "trailbell-sim attack",
        "AlarmDescription": "A test of the receiver of this message. Nothing has to be done.",
        "AWSAccountId": account,
        "AlarmConfigurationUpdatedTimestamp": (at - TimeDelta::days(1)).format("%Y-%m-%dT%H:%M:%S%.3f+0000").to_string(),
        "NewStateValue": "OK",
        "NewStateReason": "Threshold Crossed: no datapoints were received for 1 period and 1 missing datapoint was treated as [NonBreaching].",
        "StateChangeTime": at.format("%Y-%m-%dT%H:%M:%S%.3f+0000").to_string(),
        "Region": region,
        "AlarmArn": format!("arn:aws:cloudwatch:{region}:{account}:alarm:trailbell-sim attack"),
        "OldStateValue": "INSUFFICIENT_DATA",
        "OKActions": [topic.arn()], "AlarmActions": [], "InsufficientDataActions": [],
        "Trigger": {
            "MetricName": "Attack", "Namespace": "trailbell-sim", "StatisticType": "Statistic", "Statistic": "SUM",
            "Unit": null, "Dimensions": [], "Period": 300, "EvaluationPeriods": 1,
            "ComparisonOperator": "GreaterThanOrEqualToThreshold", "Threshold": 1.0,
            "TreatMissingData": "notBreaching", "EvaluateLowSampleCountPercentile": ""
        }
    })
    .to_string()
}

//! A subscription at work: from a signed message to what its endpoint gets.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::definition::SubscriptionDefinition;
use super::delivery::Delivery;
use super::effective_policy::EffectivePolicy;
use super::envelope::SignedEnvelope;
use super::parcel::Parcel;
use super::topic::Subscription;

/// A subscription with what it was made by.
pub(super) struct Subscribed {
    pub(super) subscription: Subscription,
    pub(super) definition: SubscriptionDefinition,
    pub(super) policy: Arc<EffectivePolicy>,
}

impl Subscribed {
    /// A copy of a publication, if it goes out by HTTP.
    pub(super) fn parcel(&self, signed: &SignedEnvelope, arn: &str, now: DateTime<Utc>) -> Option<Parcel> {
        let delivery = if self.definition.raw_message_delivery {
            Delivery::raw(&signed.envelope, arn)
        } else {
            Delivery::envelope(signed, arn)
        };
        let target =
            self.definition.redrive_policy.as_ref().map(|policy| policy.dead_letter_target_arn.clone());
        self.addressed(signed, arn, now, delivery, target)
    }

    /// A confirmation, if it goes out by HTTP: never raw and never a dead letter (recorded).
    pub(super) fn confirmation_parcel(
        &self,
        signed: &SignedEnvelope,
        arn: &str,
        now: DateTime<Utc>,
    ) -> Option<Parcel> {
        self.addressed(signed, arn, now, Delivery::envelope(signed, arn), None)
    }

    fn addressed(
        &self,
        signed: &SignedEnvelope,
        arn: &str,
        now: DateTime<Utc>,
        delivery: Delivery,
        dead_letter_target: Option<String>,
    ) -> Option<Parcel> {
        let endpoint = self.definition.endpoint.clone().filter(|_| self.definition.is_http())?;
        Some(Parcel {
            message_id: signed.envelope.message_id.clone(),
            topic_arn: signed.envelope.topic_arn.clone(),
            subscription_arn: arn.to_owned(),
            endpoint,
            delivery: delivery.header("content-type", &self.policy.content_type),
            published: now,
            policy: Arc::clone(&self.policy),
            dead_letter_target,
        })
    }
}

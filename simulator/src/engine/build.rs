//! From a template's resources to the stages that play them.

use chrono::{DateTime, Utc};
use serde::de::DeserializeOwned;
use serde_json::Value;
use thiserror::Error;

use crate::cloudformation::{Environment, Resource, ResourceKind, Stack};
use crate::sns::{Sns, SnsError, SubscriptionDefinition, TopicDefinition, sns_host};

/// Why a template's resource cannot be played.
#[derive(Debug, Error)]
pub enum BuildError {
    /// A resource that its stage refuses.
    #[error("{logical_id} ({kind}): {reason}")]
    Resource {
        /// Its name in the template.
        logical_id: String,
        /// Its type.
        kind: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// SNS does not start.
    #[error(transparent)]
    Sns(#[from] SnsError),
}

/// How the world's SNS is reached, and whom it knows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Subscribing {
    /// Everything by HTTP and HTTPS goes here instead of to the template's endpoints.
    pub endpoint: Option<String>,
    /// Endpoints are asked to confirm; otherwise all subscriptions count as confirmed from the start.
    pub ask: bool,
}

/// A resource's properties as its stage's definition.
pub(super) fn definition<T: DeserializeOwned>(resource: &Resource) -> Result<T, BuildError> {
    serde_json::from_value(Value::Object(resource.properties.clone()))
        .map_err(|error| refused(resource, error))
}

pub(super) fn refused(resource: &Resource, reason: impl std::fmt::Display) -> BuildError {
    BuildError::Resource {
        logical_id: resource.logical_id.clone(),
        kind: resource.kind.as_str(),
        reason: reason.to_string(),
    }
}

/// The topics and subscriptions of a stack, and the confirmations that go out.
pub(super) fn sns(
    stack: &Stack,
    environment: &Environment,
    subscribing: &Subscribing,
    seed: u64,
    start: DateTime<Utc>,
) -> Result<(Sns, Vec<crate::sns::Parcel>), BuildError> {
    let host = sns_host(&environment.region);
    let mut sns = Sns::new(&environment.region, &environment.account_id, seed, &host, start)?;
    let mut confirmations = Vec::new();
    for resource in stack.of_kind(ResourceKind::Topic) {
        let topic: TopicDefinition = definition(resource)?;
        sns.create_topic(&resource.name, &topic).map_err(|error| refused(resource, error))?;
    }
    for resource in stack.of_kind(ResourceKind::Subscription) {
        let mut subscription: SubscriptionDefinition = definition(resource)?;
        if let Some(endpoint) = subscribing.endpoint.clone().filter(|_| subscription.is_http()) {
            endpoint.split(':').next().unwrap_or_default().clone_into(&mut subscription.protocol);
            subscription.endpoint = Some(endpoint);
        }
        let (arn, confirmation) =
            sns.subscribe(subscription, start).map_err(|error| refused(resource, error))?;
        if subscribing.ask {
            confirmations.extend(confirmation);
        } else {
            sns.deem_confirmed(&arn, start);
        }
    }
    Ok((sns, confirmations))
}

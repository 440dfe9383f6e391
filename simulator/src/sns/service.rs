//! SNS in one region: topics, subscriptions with their life cycle, publications. It says what is to be delivered;
//! [`Courier`](super::Courier) says when.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use thiserror::Error;

use super::api_answer::ApiAnswer;
use super::certificate::{CertificateAuthority, SigningCertificate};
use super::definition::{DefinitionError, SubscriptionDefinition, TopicDefinition};
use super::delivery_policy::DeliveryPolicy;
use super::effective_policy::EffectivePolicy;
use super::envelope::{Envelope, SignedEnvelope};
use super::keyring::{Keyring, KeyringError};
use super::parcel::Parcel;
use super::query_api::{ApiChange, QueryApi, SubscriptionState};
use super::signer::{SignError, SignatureVersion};
use super::subscribed::Subscribed;
use super::topic::{Subscription, Topic, TopicError};

/// The most that a subject has, in UTF-16 units (recorded).
const SUBJECT_LIMIT: usize = 100;
/// The most bytes of a message (SNS API reference, `Publish`).
const MESSAGE_LIMIT: usize = 256 * 1024;

/// Why SNS refuses a call, in its own words where they are recorded.
#[derive(Debug, Error)]
pub enum SnsError {
    /// There is no such topic.
    #[error("Topic does not exist")]
    NoTopic,
    /// There is no such subscription.
    #[error("Subscription does not exist")]
    NoSubscription,
    /// A topic's name, region or account.
    #[error(transparent)]
    Topic(#[from] TopicError),
    /// What a topic or a subscription is defined by.
    #[error(transparent)]
    Definition(#[from] DefinitionError),
    /// Empty, or longer than 100 characters.
    #[error("Invalid parameter: Subject")]
    Subject,
    /// An empty message.
    #[error("Invalid parameter: Empty message")]
    Empty,
    /// More than 256 KiB.
    #[error("Invalid parameter: Message too long")]
    TooLong,
    /// The key cannot sign.
    #[error(transparent)]
    Sign(#[from] SignError),
    /// The key cannot be made.
    #[error(transparent)]
    Keyring(#[from] KeyringError),
}

/// A publication, and what is to be delivered of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Publication {
    /// What was signed, with the `UnsubscribeURL` of the topic's first subscription; each has its own.
    pub signed: SignedEnvelope,
    /// One for each confirmed subscription by HTTP or HTTPS.
    pub parcels: Vec<Parcel>,
}

/// A subscription as it is listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its ARN.
    pub arn: String,
    /// Its topic.
    pub topic_arn: String,
    /// `https`, …
    pub protocol: String,
    /// Where it stands.
    pub state: SubscriptionState,
}

struct TopicEntry {
    topic: Topic,
    version: SignatureVersion,
    policy: DeliveryPolicy,
    subscriptions: Vec<String>,
}

/// The topics of one account in one region.
pub struct Sns {
    region: String,
    account: String,
    seed: u64,
    /// When it began.
    start: DateTime<Utc>,
    host: String,
    keyring: Keyring,
    api: QueryApi,
    topics: BTreeMap<String, TopicEntry>,
    subscriptions: BTreeMap<String, Subscribed>,
}

impl Sns {
    /// Without topics. `host` is where certificates and confirmations are asked for.
    pub fn new(
        region: &str,
        account: &str,
        seed: u64,
        host: &str,
        now: DateTime<Utc>,
    ) -> Result<Self, SnsError> {
        Ok(Self {
            region: region.to_owned(),
            account: account.to_owned(),
            seed,
            start: now,
            host: host.to_owned(),
            keyring: Keyring::new(region, host, seed, now)?,
            api: QueryApi::new(region, seed),
            topics: BTreeMap::new(),
            subscriptions: BTreeMap::new(),
        })
    }

    /// Makes a topic, which is called `name` unless its definition says another: its ARN. Subscriptions in the definition
    /// are not made.
    pub fn create_topic(&mut self, name: &str, definition: &TopicDefinition) -> Result<String, SnsError> {
        let policy = definition.check()?;
        let name = definition.topic_name.as_deref().unwrap_or(name);
        // A receiver that remembers messages must not take a later world's for an earlier one's.
        let seed = self.seed ^ self.start.timestamp_millis().cast_unsigned();
        let topic = Topic::new(&self.region, &self.account, name, seed)?.hosted_at(&self.host);
        let arn = topic.arn().to_owned();
        let version = definition.signature_version.unwrap_or(SignatureVersion::V1);
        self.topics.entry(arn.clone()).or_insert(TopicEntry {
            topic,
            version,
            policy,
            subscriptions: Vec::new(),
        });
        Ok(arn)
    }

    /// Subscribes: the subscription's ARN, and the confirmation that its endpoint is to get. Who subscribes again with the
    /// same endpoint gets the same ARN and, unless it is confirmed, a confirmation with a new token (recorded).
    pub fn subscribe(
        &mut self,
        definition: SubscriptionDefinition,
        now: DateTime<Utc>,
    ) -> Result<(String, Option<Parcel>), SnsError> {
        let own = definition.check()?;
        let known = self.subscriptions.iter().find(|(_, entry)| {
            let other = &entry.definition;
            (&other.topic_arn, &other.protocol, &other.endpoint)
                == (&definition.topic_arn, &definition.protocol, &definition.endpoint)
        });
        let known = known.map(|(arn, _)| arn.clone()).filter(|arn| self.api.state(arn).is_some());
        let topic = self.topics.get_mut(&definition.topic_arn).ok_or(SnsError::NoTopic)?;
        let arn = if let Some(arn) = known {
            arn
        } else {
            let subscription = topic.topic.subscribe();
            let arn = subscription.arn().to_owned();
            let policy = Arc::new(EffectivePolicy::of(&topic.policy, &own));
            topic.subscriptions.push(arn.clone());
            self.api.register_at(&subscription, now);
            self.subscriptions.insert(arn.clone(), Subscribed { subscription, definition, policy });
            arn
        };
        if self.api.state(&arn) == Some(SubscriptionState::Confirmed) {
            return Ok((arn, None));
        }
        let parcel = self.confirmation(&arn, now, Topic::subscription_confirmation)?;
        Ok((arn, parcel))
    }

    /// Asks every endpoint that has not confirmed once more, each with a new token, as *Request confirmation* in the
    /// console does.
    pub fn ask_again(&mut self, now: DateTime<Utc>) -> Result<Vec<Parcel>, SnsError> {
        let pending: Vec<SubscriptionDefinition> = self
            .subscriptions
            .iter()
            .filter(|(arn, _)| self.api.state(arn) == Some(SubscriptionState::Pending))
            .map(|(_, entry)| entry.definition.clone())
            .collect();
        let mut parcels = Vec::new();
        for definition in pending {
            parcels.extend(self.subscribe(definition, now)?.1);
        }
        Ok(parcels)
    }

    /// Confirms a subscription without asking its endpoint, as for a stack that has long been there.
    pub fn deem_confirmed(&mut self, subscription_arn: &str, now: DateTime<Utc>) {
        self.api.set_state(subscription_arn, SubscriptionState::Confirmed, now);
    }

    /// Publishes a message: its one id and signature, and the copies for its subscriptions.
    pub fn publish(
        &mut self,
        topic_arn: &str,
        subject: Option<&str>,
        message: &str,
        now: DateTime<Utc>,
    ) -> Result<Publication, SnsError> {
        if subject.is_some_and(|text| text.is_empty() || text.encode_utf16().count() > SUBJECT_LIMIT) {
            return Err(SnsError::Subject);
        }
        if message.is_empty() {
            return Err(SnsError::Empty);
        }
        if message.len() > MESSAGE_LIMIT {
            return Err(SnsError::TooLong);
        }
        let entry = self.topics.get_mut(topic_arn).ok_or(SnsError::NoTopic)?;
        let mut envelope = entry.topic.publication(message, now);
        if let Some(subject) = subject {
            envelope = envelope.subject(subject);
        }
        if let Some(first) = entry.subscriptions.first() {
            envelope = envelope.unsubscribe_url(entry.topic.unsubscribe_url(first));
        }
        let signed = self.keyring.sign(entry.version, envelope)?;
        let mut parcels = Vec::new();
        for arn in &entry.subscriptions {
            let Some(subscription) = self.subscriptions.get(arn) else { continue };
            if self.api.state(arn) != Some(SubscriptionState::Confirmed) {
                continue;
            }
            let mut copy = signed.clone();
            copy.envelope = copy.envelope.unsubscribe_url(entry.topic.unsubscribe_url(arn));
            parcels.extend(subscription.parcel(&copy, arn, now));
        }
        Ok(Publication { signed, parcels })
    }

    /// Answers a call of an endpoint, `GET /?query`, and gives the `UnsubscribeConfirmation` that may follow from it.
    pub fn answer(
        &mut self,
        query: &str,
        now: DateTime<Utc>,
    ) -> Result<(ApiAnswer, Option<ApiChange>, Option<Parcel>), SnsError> {
        let (answer, change) = self.api.answer_at(query, now);
        let parcel = match &change {
            Some(ApiChange::Deleted(arn)) => {
                self.confirmation(&arn.clone(), now, Topic::unsubscribe_confirmation)?
            }
            Some(ApiChange::Confirmed(_)) | None => None,
        };
        Ok((answer, change, parcel))
    }

    /// Ends a subscription as a GET of its `UnsubscribeURL` does.
    pub fn unsubscribe(
        &mut self,
        subscription_arn: &str,
        now: DateTime<Utc>,
    ) -> Result<Option<Parcel>, SnsError> {
        if !self.subscriptions.contains_key(subscription_arn) {
            return Err(SnsError::NoSubscription);
        }
        Ok(self.answer(&format!("Action=Unsubscribe&SubscriptionArn={subscription_arn}"), now)?.2)
    }

    /// Removes subscriptions that were not confirmed in time: their ARNs.
    pub fn expire(&mut self, now: DateTime<Utc>) -> Vec<String> {
        let gone = self.api.expire(now);
        for arn in &gone {
            self.subscriptions.remove(arn);
            for topic in self.topics.values_mut() {
                topic.subscriptions.retain(|other| other != arn);
            }
        }
        gone
    }

    /// From now on signs with a new key, whose certificate has another URL.
    pub fn rotate_key(&mut self, now: DateTime<Utc>) -> Result<(), SnsError> {
        Ok(self.keyring.rotate(now)?)
    }

    /// From now on signs with a new key whose certificate has expired.
    pub fn expire_certificate(&mut self, now: DateTime<Utc>) -> Result<(), SnsError> {
        Ok(self.keyring.expire(now)?)
    }

    /// All signing certificates so far, the current one last.
    #[must_use]
    pub fn certificates(&self) -> &[SigningCertificate] {
        self.keyring.certificates()
    }

    /// Who issued them.
    #[must_use]
    pub const fn authority(&self) -> &CertificateAuthority {
        self.keyring.authority()
    }

    /// The topics' ARNs.
    pub fn topics(&self) -> impl Iterator<Item = &str> {
        self.topics.keys().map(String::as_str)
    }

    /// All subscriptions.
    #[must_use]
    pub fn subscriptions(&self) -> Vec<Listed> {
        let listed = |(arn, entry): (&String, &Subscribed)| {
            self.api.state(arn).map(|state| Listed {
                arn: arn.clone(),
                topic_arn: entry.definition.topic_arn.clone(),
                protocol: entry.definition.protocol.clone(),
                state,
            })
        };
        self.subscriptions.iter().filter_map(listed).collect()
    }

    fn confirmation(
        &mut self,
        arn: &str,
        now: DateTime<Utc>,
        make: fn(&mut Topic, &mut Subscription, DateTime<Utc>) -> Envelope,
    ) -> Result<Option<Parcel>, SnsError> {
        let entry = self.subscriptions.get_mut(arn).ok_or(SnsError::NoSubscription)?;
        let topic = self.topics.get_mut(&entry.definition.topic_arn).ok_or(SnsError::NoTopic)?;
        let envelope = make(&mut topic.topic, &mut entry.subscription, now);
        self.api.register_at(&entry.subscription, now);
        let signed = self.keyring.sign(topic.version, envelope)?;
        Ok(entry.confirmation_parcel(&signed, arn, now))
    }
}

impl fmt::Debug for Sns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sns")
            .field("region", &self.region)
            .field("topics", &self.topics.keys())
            .field("subscriptions", &self.subscriptions())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;

//! SNS in one region: topics, subscriptions with their life cycle, publications. It says what is to be delivered;
//! [`Courier`](super::Courier) says when.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use thiserror::Error;

use super::certificate::{CertificateAuthority, SigningCertificate};
use super::courier::Parcel;
use super::definition::{DefinitionError, SubscriptionDefinition, TopicDefinition};
use super::delivery::Delivery;
use super::delivery_policy::{DeliveryPolicy, EffectivePolicy};
use super::envelope::{Envelope, SignedEnvelope};
use super::keyring::{Keyring, KeyringError};
use super::query_api::{ApiAnswer, ApiChange, QueryApi, SubscriptionState};
use super::signer::{SignError, SignatureVersion};
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

struct SubscriptionEntry {
    subscription: Subscription,
    definition: SubscriptionDefinition,
    policy: Arc<EffectivePolicy>,
}

/// The topics of one account in one region.
pub struct Sns {
    region: String,
    account: String,
    seed: u64,
    host: String,
    keyring: Keyring,
    api: QueryApi,
    topics: BTreeMap<String, TopicEntry>,
    subscriptions: BTreeMap<String, SubscriptionEntry>,
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
        let topic = Topic::new(&self.region, &self.account, name, self.seed)?.hosted_at(&self.host);
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
            self.subscriptions.insert(arn.clone(), SubscriptionEntry { subscription, definition, policy });
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
        let listed = |(arn, entry): (&String, &SubscriptionEntry)| {
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

impl SubscriptionEntry {
    fn parcel(&self, signed: &SignedEnvelope, arn: &str, now: DateTime<Utc>) -> Option<Parcel> {
        let delivery = if self.definition.raw_message_delivery {
            Delivery::raw(&signed.envelope, arn)
        } else {
            Delivery::envelope(signed, arn)
        };
        let target =
            self.definition.redrive_policy.as_ref().map(|policy| policy.dead_letter_target_arn.clone());
        self.addressed(signed, arn, now, delivery, target)
    }

    /// Confirmations are never raw and never dead letters (recorded).
    fn confirmation_parcel(&self, signed: &SignedEnvelope, arn: &str, now: DateTime<Utc>) -> Option<Parcel> {
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
mod tests {
    #![allow(clippy::unwrap_used)]
    use chrono::TimeDelta;
    use serde_json::{Value, json};

    use super::*;

    const TOPIC: &str = "arn:aws:sns:eu-west-1:123456789012:ops";

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_790_000_000, 0).unwrap()
    }

    fn sns() -> Sns {
        let mut sns = Sns::new("eu-west-1", "123456789012", 1, "sns.test", now()).unwrap();
        assert_eq!(sns.create_topic("ops", &TopicDefinition::default()).unwrap(), TOPIC);
        sns
    }

    fn subscription(more: &Value) -> SubscriptionDefinition {
        let mut value =
            json!({"TopicArn": TOPIC, "Protocol": "https", "Endpoint": "https://example.org/sns"});
        for (key, more) in more.as_object().unwrap() {
            value[key] = more.clone();
        }
        serde_json::from_value(value).unwrap()
    }

    fn body(parcel: &Parcel) -> Value {
        serde_json::from_slice(&parcel.delivery.body).unwrap()
    }

    fn header<'a>(parcel: &'a Parcel, name: &str) -> Option<&'a str> {
        parcel.delivery.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    fn query(url: &Value) -> String {
        url.as_str().unwrap().split_once('?').unwrap().1.to_owned()
    }

    fn state(sns: &Sns) -> SubscriptionState {
        sns.subscriptions()[0].state
    }

    #[test]
    fn a_subscription_lives_as_the_recorded_one_did() {
        let mut sns = sns();
        let (arn, first) = sns.subscribe(subscription(&json!({})), now()).unwrap();
        let (again, second) = sns.subscribe(subscription(&json!({})), now()).unwrap();
        assert_eq!(arn, again);
        let (first, second) = (first.unwrap(), second.unwrap());
        assert_ne!(body(&first)["Token"], body(&second)["Token"]);
        assert!(sns.publish(TOPIC, None, "too early", now()).unwrap().parcels.is_empty());

        // The older token is as good.
        let (answer, change, _) = sns.answer(&query(&body(&first)["SubscribeURL"]), now()).unwrap();
        assert_eq!((answer.status, change), (200, Some(ApiChange::Confirmed(arn.clone()))));
        assert_eq!(sns.subscribe(subscription(&json!({})), now()).unwrap(), (arn.clone(), None));

        let publication = sns.publish(TOPIC, Some("s"), "hello", now()).unwrap();
        let parcel = &publication.parcels[0];
        assert_eq!(body(parcel)["MessageId"], publication.signed.envelope.message_id);
        assert_eq!(body(parcel)["Signature"], publication.signed.signature);

        let (_, _, farewell) = sns.answer(&query(&body(parcel)["UnsubscribeURL"]), now()).unwrap();
        assert_eq!(state(&sns), SubscriptionState::Deleted);
        let farewell = farewell.unwrap();
        assert_eq!(body(&farewell)["Type"], "UnsubscribeConfirmation");
        assert_eq!(header(&farewell, "x-amz-sns-subscription-arn"), Some(arn.as_str()));
        assert!(sns.publish(TOPIC, None, "gone", now()).unwrap().parcels.is_empty());

        sns.answer(&query(&body(&farewell)["SubscribeURL"]), now()).unwrap();
        assert_eq!(state(&sns), SubscriptionState::Confirmed);
        assert_eq!(sns.publish(TOPIC, None, "back", now()).unwrap().parcels[0].subscription_arn, arn);
    }

    #[test]
    fn what_nobody_confirms_is_removed_after_three_days() {
        let mut sns = sns();
        let (arn, _) = sns.subscribe(subscription(&json!({})), now()).unwrap();
        assert!(sns.expire(now() + TimeDelta::days(3)).is_empty());
        assert_eq!(sns.expire(now() + TimeDelta::hours(73)), [arn.as_str()]);
        assert!(sns.subscriptions().is_empty());
        let (fresh, _) = sns.subscribe(subscription(&json!({})), now() + TimeDelta::days(4)).unwrap();
        assert_ne!(fresh, arn);
    }

    #[test]
    fn raw_delivery_and_content_type_are_the_subscription_s() {
        let mut sns = sns();
        let definition = subscription(&json!({
            "RawMessageDelivery": true,
            "DeliveryPolicy": {"requestPolicy": {"headerContentType": "application/json"}},
            "RedrivePolicy": {"deadLetterTargetArn": "arn:aws:sqs:eu-west-1:123456789012:dead"},
        }));
        let (arn, confirmation) = sns.subscribe(definition, now()).unwrap();
        let confirmation = confirmation.unwrap();
        assert_eq!(body(&confirmation)["Type"], "SubscriptionConfirmation");
        assert_eq!(confirmation.dead_letter_target, None);
        sns.deem_confirmed(&arn, now());
        let parcel = sns.publish(TOPIC, None, "hello", now()).unwrap().parcels.remove(0);
        assert_eq!(parcel.delivery.body, "hello");
        assert_eq!(header(&parcel, "content-type"), Some("application/json"));
        assert_eq!(parcel.dead_letter_target.as_deref(), Some("arn:aws:sqs:eu-west-1:123456789012:dead"));
        let farewell = sns.unsubscribe(&arn, now()).unwrap().unwrap();
        assert_eq!(body(&farewell)["Type"], "UnsubscribeConfirmation");
        assert_eq!(header(&farewell, "content-type"), Some("application/json"));
    }

    #[test]
    fn what_cannot_be_published_is_refused() {
        let mut sns = sns();
        let long = "x".repeat(MESSAGE_LIMIT + 1);
        for (topic, subject, message, want) in [
            ("arn:none", None, "m", "Topic does not exist"),
            (TOPIC, Some(""), "m", "Invalid parameter: Subject"),
            (TOPIC, Some(&*"😀".repeat(51)), "m", "Invalid parameter: Subject"),
            (TOPIC, None, "", "Invalid parameter: Empty message"),
            (TOPIC, None, &*long, "Invalid parameter: Message too long"),
        ] {
            assert_eq!(sns.publish(topic, subject, message, now()).unwrap_err().to_string(), want);
        }
        assert!(sns.publish(TOPIC, Some(&"😀".repeat(50)), "m", now()).is_ok());
        let elsewhere = SubscriptionDefinition { topic_arn: "arn".to_owned(), ..subscription(&json!({})) };
        assert_eq!(sns.subscribe(elsewhere, now()).unwrap_err().to_string(), "Topic does not exist");
    }

    #[test]
    fn a_mail_subscription_is_listed_and_gets_nothing_by_http() {
        let mut sns = sns();
        let mail = subscription(&json!({"Protocol": "email", "Endpoint": "ops@example.org"}));
        let (arn, confirmation) = sns.subscribe(mail, now()).unwrap();
        assert_eq!(confirmation, None);
        sns.deem_confirmed(&arn, now());
        assert!(sns.publish(TOPIC, None, "hello", now()).unwrap().parcels.is_empty());
    }
}

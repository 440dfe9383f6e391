//! A topic and its subscriptions: they make envelopes with fresh ids.

use std::fmt;

use aws_lc_rs::digest;
use chrono::{DateTime, Utc};
use thiserror::Error;

use super::envelope::{Confirmation, Envelope, Kind, Notification, timestamp};
use super::region::{partition_name, sns_host};
use super::seed::{Purpose, hex, uuid};

/// Why there is no such topic.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TopicError {
    /// A region code is lower-case letters, digits and hyphens: `eu-west-1`.
    #[error("\"{0}\" is no region code: it is made of lower-case letters, digits and hyphens")]
    Region(String),
    /// An account id has 12 digits.
    #[error("\"{0}\" is no account id: it has 12 digits")]
    Account(String),
    /// A name has 1 to 256 ASCII letters, digits, hyphens and underscores (SNS API reference, `CreateTopic`).
    #[error("\"{0}\" is no topic name: it has 1 to 256 ASCII letters, digits, hyphens and underscores")]
    Name(String),
}

/// A standard topic. Its ids are a function of its seed, its ARN and what it made before.
#[derive(Debug, Clone)]
pub struct Topic {
    region: String,
    arn: String,
    host: String,
    seed: u64,
    notifications: u64,
    confirmations: u64,
    subscriptions: u64,
}

impl Topic {
    /// The topic `name` of `account` in `region`, whose URLs are at the region's own host.
    pub fn new(region: &str, account: &str, name: &str, seed: u64) -> Result<Self, TopicError> {
        let of = |text: &str, allowed: fn(u8) -> bool| !text.is_empty() && text.bytes().all(allowed);
        if !of(region, |byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-') {
            return Err(TopicError::Region(region.to_owned()));
        }
        if account.len() != 12 || !of(account, |byte| byte.is_ascii_digit()) {
            return Err(TopicError::Account(account.to_owned()));
        }
        if name.len() > 256 || !of(name, |byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)) {
            return Err(TopicError::Name(name.to_owned()));
        }
        let arn = format!("arn:{}:sns:{region}:{account}:{name}", partition_name(region));
        let seed = own_seed(seed, &arn);
        let (region, host) = (region.to_owned(), sns_host(region));
        Ok(Self { region, arn, host, seed, notifications: 0, confirmations: 0, subscriptions: 0 })
    }

    /// The same topic with its subscribe and unsubscribe URLs at another host.
    #[must_use]
    pub fn hosted_at(mut self, host: impl Into<String>) -> Self {
        self.host = host.into();
        self
    }

    /// `arn:aws:sns:eu-west-1:123456789012:name`.
    #[must_use]
    pub fn arn(&self) -> &str {
        &self.arn
    }

    /// The region code.
    #[must_use]
    pub fn region(&self) -> &str {
        &self.region
    }

    /// The host of its subscribe and unsubscribe URLs.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// A new subscription, not yet confirmed and without a token.
    pub fn subscribe(&mut self) -> Subscription {
        let id = uuid(4, self.seed, Purpose::SubscriptionId, next(&mut self.subscriptions));
        Subscription { arn: format!("{}:{id}", self.arn), tokens: Vec::new() }
    }

    /// A notification of `message` for `subscription`, published at `at`, without subject or attributes.
    pub fn notification(
        &mut self,
        subscription: &Subscription,
        message: impl Into<String>,
        at: DateTime<Utc>,
    ) -> Envelope {
        self.publication(message, at).unsubscribe_url(self.unsubscribe_url(&subscription.arn))
    }

    /// A notification of `message` for all subscriptions, published at `at`: they share its id and its signature
    /// (recorded). [`Envelope::unsubscribe_url`] makes the copy of each.
    pub fn publication(&mut self, message: impl Into<String>, at: DateTime<Utc>) -> Envelope {
        let kind = Kind::Notification(Notification {
            subject: None,
            unsubscribe_url: String::new(),
            attributes: Vec::new(),
        });
        let message_id = uuid(5, self.seed, Purpose::MessageId, next(&mut self.notifications));
        self.envelope(kind, message_id, message.into(), at)
    }

    /// The URL that ends the subscription.
    #[must_use]
    pub fn unsubscribe_url(&self, subscription_arn: &str) -> String {
        format!("https://{}/?Action=Unsubscribe&SubscriptionArn={subscription_arn}", self.host)
    }

    /// Asks the endpoint to confirm `subscription`, with a new token that the subscription keeps. Older ones stay good.
    pub fn subscription_confirmation(
        &mut self,
        subscription: &mut Subscription,
        at: DateTime<Utc>,
    ) -> Envelope {
        let message = format!(
            "You have chosen to subscribe to the topic {}.\n\
             To confirm the subscription, visit the SubscribeURL included in this message.",
            self.arn
        );
        let (confirmation, message_id) = self.confirmation(subscription);
        self.envelope(Kind::SubscriptionConfirmation(confirmation), message_id, message, at)
    }

    /// Tells the endpoint that `subscription` has ended, with a new token that would restore it.
    pub fn unsubscribe_confirmation(
        &mut self,
        subscription: &mut Subscription,
        at: DateTime<Utc>,
    ) -> Envelope {
        let message = format!(
            "You have chosen to deactivate subscription {}.\n\
             To cancel this operation and restore the subscription, visit the SubscribeURL included in this message.",
            subscription.arn
        );
        let (confirmation, message_id) = self.confirmation(subscription);
        self.envelope(Kind::UnsubscribeConfirmation(confirmation), message_id, message, at)
    }

    fn confirmation(&mut self, subscription: &mut Subscription) -> (Confirmation, String) {
        let number = next(&mut self.confirmations);
        let token = hex::<128>(self.seed, Purpose::Token, number);
        let subscribe_url =
            format!("https://{}/?Action=ConfirmSubscription&TopicArn={}&Token={token}", self.host, self.arn);
        subscription.tokens.push(token.clone());
        (Confirmation { token, subscribe_url }, uuid(4, self.seed, Purpose::ConfirmationId, number))
    }

    fn envelope(&self, kind: Kind, message_id: String, message: String, at: DateTime<Utc>) -> Envelope {
        Envelope { kind, message_id, topic_arn: self.arn.clone(), message, timestamp: timestamp(at) }
    }
}

/// An endpoint's subscription to a topic.
#[derive(Clone, PartialEq, Eq)]
pub struct Subscription {
    arn: String,
    tokens: Vec<String>,
}

impl Subscription {
    /// The topic's ARN, a colon and a UUID.
    #[must_use]
    pub fn arn(&self) -> &str {
        &self.arn
    }

    /// The tokens that confirm it, oldest first.
    #[must_use]
    pub fn tokens(&self) -> &[String] {
        &self.tokens
    }
}

impl fmt::Debug for Subscription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Subscription").field("arn", &self.arn).finish_non_exhaustive()
    }
}

fn next(counter: &mut u64) -> u64 {
    let now = *counter;
    *counter += 1;
    now
}

/// Keeps the ids of two topics under one seed apart.
fn own_seed(seed: u64, arn: &str) -> u64 {
    let mut context = digest::Context::new(&digest::SHA256);
    context.update(&seed.to_le_bytes());
    context.update(arn.as_bytes());
    context.finish().as_ref().iter().take(8).fold(0, |seed, byte| (seed << 8) | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const ACCOUNT: &str = "123456789012";

    fn at() -> DateTime<Utc> {
        DateTime::from_timestamp_millis(1_530_627_808_949).unwrap()
    }

    #[test]
    fn what_is_no_topic_is_refused() {
        let long = "x".repeat(257);
        for (region, account, name, want) in [
            ("", ACCOUNT, "t", TopicError::Region(String::new())),
            ("EU-west-1", ACCOUNT, "t", TopicError::Region("EU-west-1".to_owned())),
            ("eu-west-1", "12345678901", "t", TopicError::Account("12345678901".to_owned())),
            ("eu-west-1", "12345678901a", "t", TopicError::Account("12345678901a".to_owned())),
            ("eu-west-1", ACCOUNT, "", TopicError::Name(String::new())),
            ("eu-west-1", ACCOUNT, "a:b", TopicError::Name("a:b".to_owned())),
            ("eu-west-1", ACCOUNT, &long, TopicError::Name(long.clone())),
        ] {
            assert_eq!(Topic::new(region, account, name, 1).unwrap_err(), want);
        }
    }

    #[test]
    fn a_topic_s_arn_has_its_partition() {
        for (region, arn) in [
            ("eu-west-1", "arn:aws:sns:eu-west-1:123456789012:t"),
            ("cn-north-1", "arn:aws-cn:sns:cn-north-1:123456789012:t"),
            ("us-gov-west-1", "arn:aws-us-gov:sns:us-gov-west-1:123456789012:t"),
        ] {
            assert_eq!(Topic::new(region, ACCOUNT, "t", 1).unwrap().arn(), arn);
        }
    }

    #[test]
    fn ids_are_fresh_within_a_topic_and_apart_between_topics() {
        let ids = |name: &str| {
            let mut topic = Topic::new("eu-west-1", ACCOUNT, name, 1).unwrap();
            let mut subscription = topic.subscribe();
            let mut envelopes: Vec<Envelope> =
                (0..3).map(|_| topic.notification(&subscription, "m", at())).collect();
            envelopes.push(topic.subscription_confirmation(&mut subscription, at()));
            envelopes.push(topic.unsubscribe_confirmation(&mut subscription, at()));
            let mut ids: Vec<String> = envelopes.into_iter().map(|envelope| envelope.message_id).collect();
            ids.extend(subscription.tokens().iter().cloned());
            ids.push(subscription.arn().rsplit(':').next().unwrap().to_owned());
            ids
        };
        assert_eq!(ids("a"), ids("a"));
        let mut all = ids("a");
        all.extend(ids("b"));
        let count = all.len();
        all.sort();
        all.dedup();
        assert_eq!(all.len(), count);
    }

    #[test]
    fn a_confirmation_says_what_sns_says() {
        let mut topic = Topic::new("eu-west-1", ACCOUNT, "t", 1).unwrap().hosted_at("sns.signer.test");
        let mut subscription = topic.subscribe();
        let envelope = topic.subscription_confirmation(&mut subscription, at());
        let token = &subscription.tokens()[0];
        assert!(
            token.len() == 256 && token.bytes().all(|byte| b"0123456789abcdef".contains(&byte)),
            "{token}"
        );
        let Kind::SubscriptionConfirmation(confirmation) = &envelope.kind else {
            panic!("{:?}", envelope.kind);
        };
        assert_eq!(
            confirmation.subscribe_url,
            format!(
                "https://sns.signer.test/?Action=ConfirmSubscription&TopicArn={}&Token={token}",
                topic.arn()
            )
        );
        assert_eq!(
            envelope.message,
            "You have chosen to subscribe to the topic arn:aws:sns:eu-west-1:123456789012:t.\n\
             To confirm the subscription, visit the SubscribeURL included in this message."
        );
        let second = topic.unsubscribe_confirmation(&mut subscription, at());
        assert_eq!(subscription.tokens().len(), 2);
        assert_eq!(
            second.message,
            format!(
                "You have chosen to deactivate subscription {}.\nTo cancel this operation and restore the \
                 subscription, visit the SubscribeURL included in this message.",
                subscription.arn()
            )
        );
        assert!(!format!("{subscription:?}").contains(&subscription.tokens()[0]));
    }
}

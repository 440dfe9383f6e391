//! Makes the messages of attacks: with SNS's key, with a stranger's, and bent in any way.

use std::fmt;
use std::net::SocketAddr;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use thiserror::Error;

use crate::sns::{
    CertificateAuthority, CertificateError, CertificateProfile, Delivery, Envelope, KeyError, Kind, RsaKey, SignError,
    SignatureVersion, SignedEnvelope, Signer, SigningCertificate, Subscription, Topic, TopicError,
};

/// Why there is no message.
#[derive(Debug, Error)]
pub enum ForgeError {
    /// A key could not be made.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// A certificate could not be made.
    #[error(transparent)]
    Certificate(#[from] CertificateError),
    /// A key cannot sign.
    #[error(transparent)]
    Sign(#[from] SignError),
    /// No such topic.
    #[error(transparent)]
    Topic(#[from] TopicError),
}

/// SNS's keys are the same at each run, so that a receiver which trusts their authority need not be told again.
const KEYS: u64 = 0xa77a;

/// Where messages are made. Everything in it is a function of the topic, the seed and the times it is given.
pub struct Forge {
    topic: Topic,
    subscription: Subscription,
    strangers: Vec<(Topic, Subscription)>,
    key: RsaKey,
    strange_key: RsaKey,
    small_key: RsaKey,
    strange_signers: [Signer; 2],
    authority: CertificateAuthority,
    certificate: SigningCertificate,
    signers: [Signer; 2],
    version: SignatureVersion,
    seed: u64,
    now: DateTime<Utc>,
    trap: SocketAddr,
    paths: Vec<String>,
    made: u64,
}

impl Forge {
    /// A forge for messages of `topic`. Ids come from `seed`; certificates are good at `now`. Makes RSA keys.
    pub fn new(mut topic: Topic, seed: u64, now: DateTime<Utc>) -> Result<Self, ForgeError> {
        let subscription = topic.subscribe();
        let authority = CertificateAuthority::new(KEYS, now)?;
        let key = RsaKey::from_seed(KEYS)?;
        let strange_key = RsaKey::from_seed(KEYS + 1)?;
        let certificate = authority.issue_signing(&key, &CertificateProfile::for_region(topic.region(), now))?;
        let url = certificate.url(topic.host());
        let signer = |version| Signer::new(&key, version, url.clone());
        Ok(Self {
            signers: [signer(SignatureVersion::V1), signer(SignatureVersion::V2)],
            strange_signers: [SignatureVersion::V1, SignatureVersion::V2]
                .map(|version| Signer::new(&strange_key, version, String::new())),
            strange_key,
            small_key: RsaKey::with_bits(KEYS, 1024)?,
            topic,
            subscription,
            strangers: Vec::new(),
            key,
            authority,
            certificate,
            version: SignatureVersion::V2,
            seed,
            now,
            trap: ([127, 0, 0, 1], 0).into(),
            paths: Vec::new(),
            made: 0,
        })
    }

    /// Begins an attack: what is made from now on is made at `now`, and names `trap` where a host is named that must not
    /// be called.
    pub fn begin(&mut self, now: DateTime<Utc>, trap: SocketAddr) {
        (self.now, self.trap) = (now, trap);
        self.paths.clear();
    }

    /// Signs in this version from now on, where an attack does not name one.
    pub const fn use_version(&mut self, version: SignatureVersion) {
        self.version = version;
    }

    /// The authority of SNS's host and of its signing certificates.
    #[must_use]
    pub const fn authority(&self) -> &CertificateAuthority {
        &self.authority
    }

    /// SNS's signing certificate.
    #[must_use]
    pub const fn certificate(&self) -> &SigningCertificate {
        &self.certificate
    }

    /// The topic that the receiver listens to.
    #[must_use]
    pub const fn topic(&self) -> &Topic {
        &self.topic
    }

    /// The subscriptions of all topics so far.
    pub fn subscriptions(&self) -> impl Iterator<Item = &Subscription> {
        std::iter::once(&self.subscription).chain(self.strangers.iter().map(|(_, subscription)| subscription))
    }

    /// The paths of certificates that belong to this attack alone.
    #[must_use]
    pub fn paths(&self) -> &[String] {
        &self.paths
    }

    /// SNS's host.
    pub(super) fn host(&self) -> &str {
        self.topic.host()
    }

    /// Where a host stands that must not be called: `127.0.0.1:34567`.
    pub(super) const fn trap(&self) -> SocketAddr {
        self.trap
    }

    pub(super) const fn now(&self) -> DateTime<Utc> {
        self.now
    }

    /// A genuine notification before it is signed, published now: an alarm that is well, so that a receiver which
    /// believes it wakes nobody.
    pub(super) fn notification(&mut self) -> Envelope {
        self.notification_at(self.now)
    }

    /// The same, published at another time.
    pub(super) fn notification_at(&mut self, at: DateTime<Utc>) -> Envelope {
        let message = alarm(&self.topic, at);
        let envelope = self.topic.notification(&self.subscription, message, at);
        envelope.subject("OK: \"trailbell-sim attack\" is well")
    }

    /// A genuine request to confirm the subscription.
    pub(super) fn confirmation(&mut self) -> Envelope {
        self.topic.subscription_confirmation(&mut self.subscription, self.now)
    }

    /// The same, made at another time.
    pub(super) fn confirmation_at(&mut self, at: DateTime<Utc>) -> Envelope {
        self.topic.subscription_confirmation(&mut self.subscription, at)
    }

    /// A genuine farewell to the subscription.
    pub(super) fn farewell(&mut self) -> Envelope {
        self.topic.unsubscribe_confirmation(&mut self.subscription, self.now)
    }

    /// A topic that the receiver does not listen to, with its subscription.
    pub(super) fn stranger(
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
    pub(super) fn strange_notification(
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
    pub(super) fn account(&self) -> &str {
        self.topic.arn().split(':').nth(4).unwrap_or_default()
    }

    /// The topic's name.
    pub(super) fn name(&self) -> &str {
        self.topic.arn().split(':').nth(5).unwrap_or_default()
    }

    /// Another account than the topic's.
    pub(super) fn other_account(&self) -> &'static str {
        if self.account() == "999999999999" { "111111111111" } else { "999999999999" }
    }

    /// Signs as SNS does.
    pub(super) fn sign(&self, envelope: Envelope) -> Result<SignedEnvelope, ForgeError> {
        self.sign_in(self.version, envelope)
    }

    /// Signs as SNS does, in this version.
    pub(super) fn sign_in(
        &self,
        version: SignatureVersion,
        envelope: Envelope,
    ) -> Result<SignedEnvelope, ForgeError> {
        Ok(of_version(&self.signers, version).sign(envelope)?)
    }

    /// Signs with SNS's key, and names another certificate.
    pub(super) fn sign_under(&self, url: &str, envelope: Envelope) -> Result<SignedEnvelope, ForgeError> {
        Ok(SignedEnvelope { signing_cert_url: url.to_owned(), ..self.sign(envelope)? })
    }

    /// Signs with a key that is not SNS's, and names a certificate.
    pub(super) fn sign_as_stranger(&self, url: &str, envelope: Envelope) -> Result<SignedEnvelope, ForgeError> {
        let signed = of_version(&self.strange_signers, self.version).sign(envelope)?;
        Ok(SignedEnvelope { signing_cert_url: url.to_owned(), ..signed })
    }

    /// Signs with a key of 1024 bits.
    pub(super) fn sign_weakly(&self, url: &str, envelope: Envelope) -> Result<SignedEnvelope, ForgeError> {
        Ok(Signer::new(&self.small_key, self.version, url).sign(envelope)?)
    }

    /// The URL of SNS's own signing certificate.
    pub(super) fn certificate_url(&self) -> String {
        self.certificate.url(self.host())
    }

    /// A path that looks like a certificate's and has not been used.
    pub(super) fn fresh_path(&mut self) -> String {
        self.made += 1;
        let path = format!("/SimpleNotificationService-{:016x}{:016x}.pem", self.seed, self.made);
        self.paths.push(path.clone());
        path
    }

    /// What is right in a certificate of SNS's now.
    pub(super) fn profile(&self) -> CertificateProfile {
        CertificateProfile::for_region(self.topic.region(), self.now)
    }

    /// A certificate for SNS's key under a fresh path. Whatever it says, the authority signs it.
    pub(super) fn issue(&mut self, profile: &CertificateProfile) -> Result<SigningCertificate, ForgeError> {
        let pem = self.authority.issue_signing(&self.key, profile)?.pem;
        Ok(SigningCertificate { pem, path: self.fresh_path() })
    }

    /// A certificate that says all that SNS's says, for the key of 1024 bits.
    pub(super) fn issue_weak(&mut self) -> Result<SigningCertificate, ForgeError> {
        let pem = self.authority.issue_signing(&self.small_key, &self.profile())?.pem;
        Ok(SigningCertificate { pem, path: self.fresh_path() })
    }

    /// A certificate that says all that SNS's says, for the stranger's key, which no authority signed.
    pub(super) fn issue_strange(&mut self) -> Result<SigningCertificate, ForgeError> {
        let pem = SigningCertificate::self_signed(&self.strange_key, &self.profile())?.pem;
        Ok(SigningCertificate { pem, path: self.fresh_path() })
    }

    /// Any text under a fresh path.
    pub(super) fn page(&mut self, text: &str) -> SigningCertificate {
        SigningCertificate { pem: text.to_owned(), path: self.fresh_path() }
    }

    /// What SNS posts.
    pub(super) fn delivery(&self, signed: &SignedEnvelope) -> Delivery {
        Delivery::envelope(signed, self.subscription.arn())
    }

    /// What SNS posts in raw delivery.
    pub(super) fn raw_delivery(&self, envelope: &Envelope) -> Delivery {
        Delivery::raw(envelope, self.subscription.arn())
    }

    /// What SNS posts, with one member set to any JSON, or taken out.
    pub(super) fn with_member(&self, signed: &SignedEnvelope, name: &str, value: Option<Value>) -> Delivery {
        let body = match serde_json::from_str(&signed.to_json()) {
            Ok(Value::Object(mut members)) => {
                match value {
                    Some(value) => drop(members.insert(name.to_owned(), value)),
                    None => drop(members.remove(name)),
                }
                Value::Object(members).to_string()
            }
            // An envelope's JSON is an object.
            _ => String::new(),
        };
        self.delivery(signed).body(body)
    }

    /// What SNS posts, with a member before all others, which may then stand twice.
    pub(super) fn with_member_before(&self, signed: &SignedEnvelope, name: &str, value: &str) -> Delivery {
        let member = format!("{{{}:{},", Value::from(name), Value::from(value));
        self.delivery(signed).body(signed.to_json().replacen('{', &member, 1))
    }

    /// What SNS posts, with a member after all others, which may then stand twice.
    pub(super) fn with_member_after(&self, signed: &SignedEnvelope, name: &str, value: &str) -> Delivery {
        let json = signed.to_json();
        let open = json.strip_suffix("\n}").unwrap_or(&json);
        self.delivery(signed).body(format!("{open},{}:{}}}", Value::from(name), Value::from(value)))
    }
}

fn of_version(signers: &[Signer; 2], version: SignatureVersion) -> &Signer {
    let [first, second] = signers;
    match version {
        SignatureVersion::V1 => first,
        SignatureVersion::V2 => second,
    }
}

/// The token of a confirmation; nothing for a notification.
pub(super) fn token(envelope: &Envelope) -> &str {
    match &envelope.kind {
        Kind::SubscriptionConfirmation(confirmation) | Kind::UnsubscribeConfirmation(confirmation) => {
            &confirmation.token
        }
        Kind::Notification(_) => "",
    }
}

/// The same confirmation with another `SubscribeURL`. Notifications have none and stay as they are.
pub(super) fn with_subscribe_url(mut envelope: Envelope, url: impl Into<String>) -> Envelope {
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

impl fmt::Debug for Forge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Forge").field("topic", &self.topic.arn()).field("version", &self.version).finish_non_exhaustive()
    }
}

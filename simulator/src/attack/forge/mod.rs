//! Makes the messages of attacks: with SNS's key, with a stranger's, and bent in any way.

mod bodies;
mod messages;
mod signing;

use std::fmt;
use std::net::SocketAddr;

use chrono::{DateTime, Utc};
use thiserror::Error;

use crate::sns::{
    CertificateAuthority, CertificateError, CertificateProfile, KeyError, RsaKey, SignError,
    SignatureVersion, Signer, SigningCertificate, Subscription, Topic, TopicError,
};

pub(in crate::attack) use messages::{token, with_subscribe_url};

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
        let certificate =
            authority.issue_signing(&key, &CertificateProfile::for_region(topic.region(), now))?;
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

    /// The version in which it signs.
    #[must_use]
    pub const fn version(&self) -> SignatureVersion {
        self.version
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
}

impl fmt::Debug for Forge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Forge")
            .field("topic", &self.topic.arn())
            .field("version", &self.version)
            .finish_non_exhaustive()
    }
}

//! From an envelope that anybody can have written to one that SNS has: the receiver's checks in their order,
//! the cheap ones first, so that a forged message costs neither a signature nor a fetch.

use std::collections::BTreeSet;
use std::ops::Deref;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use chrono::{DateTime, TimeDelta, Utc};

use super::allow_list::AllowList;
use super::envelope::{Envelope, Spelling};
use super::signing_certificate::{CertificateError, SigningCertUrl, SigningCertUrlError, SigningCertificate};
use super::trust::Trust;

/// How a message is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SignatureVersion {
    /// `"1"`: RSASSA-PKCS1-v1_5 with SHA-1. The default of every topic.
    V1,
    /// `"2"`: RSASSA-PKCS1-v1_5 with SHA-256. The topic attribute `SignatureVersion=2`.
    V2,
}

impl SignatureVersion {
    /// The version of this name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "1" => Some(Self::V1),
            "2" => Some(Self::V2),
            _ => None,
        }
    }
}

/// What a receiver demands of a message.
#[derive(Debug, Clone)]
pub struct Policy {
    /// The topics that are listened to; `None` asks nothing of the topic (to judge messages at a desk).
    pub allow_list: Option<AllowList>,
    /// The signature versions that are accepted.
    pub signature_versions: BTreeSet<SignatureVersion>,
    /// How old a message may be; `None` for any age. SNS tries for up to an hour.
    pub replay_window: Option<Duration>,
    /// How far in the future a message's time may lie.
    pub clock_skew: Duration,
    /// Whose certificates are believed.
    pub trust: Trust,
}

impl Policy {
    /// How old a message may be unless it is said otherwise: SNS's hour of retries, and a quarter.
    pub const DEFAULT_REPLAY_WINDOW: Duration = Duration::from_mins(75);
    /// How far clocks may differ unless it is said otherwise.
    pub const DEFAULT_CLOCK_SKEW: Duration = Duration::from_mins(5);

    /// The defaults of a receiver that listens to these topics.
    #[must_use]
    pub fn new(allow_list: AllowList) -> Self {
        Self {
            allow_list: Some(allow_list),
            signature_versions: BTreeSet::from([SignatureVersion::V1, SignatureVersion::V2]),
            replay_window: Some(Self::DEFAULT_REPLAY_WINDOW),
            clock_skew: Self::DEFAULT_CLOCK_SKEW,
            trust: Trust::aws(),
        }
    }

    /// All checks that need no certificate.
    pub fn admit(&self, envelope: Envelope, now: DateTime<Utc>) -> Result<Admitted, Refusal> {
        if self.allow_list.as_ref().is_some_and(|list| !list.allows(&envelope.topic_arn)) {
            return Err(Refusal::TopicNotAllowed { topic: envelope.topic_arn.to_string() });
        }
        let version = SignatureVersion::parse(&envelope.signature_version)
            .filter(|version| self.signature_versions.contains(version))
            .ok_or(Refusal::SignatureVersion)?;
        let age = now - envelope.published_at;
        if self.replay_window.is_some_and(|window| age > time_delta(window)) {
            return Err(Refusal::TooOld { published_at: envelope.published_at });
        }
        if self.replay_window.is_some() && -age > time_delta(self.clock_skew) {
            return Err(Refusal::FromTheFuture { published_at: envelope.published_at });
        }
        let signature = BASE64.decode(&envelope.signature).map_err(|_| Refusal::SignatureEncoding)?;
        let certificate_url =
            SigningCertUrl::parse(&envelope.signing_cert_url, &envelope.topic_arn, &self.trust)?;
        Ok(Admitted { envelope, version, signature, certificate_url })
    }
}

fn time_delta(duration: Duration) -> TimeDelta {
    TimeDelta::from_std(duration).unwrap_or(TimeDelta::MAX)
}

/// A message that is worth fetching a certificate for. Nothing in it is proven yet.
pub struct Admitted {
    envelope: Envelope,
    version: SignatureVersion,
    signature: Vec<u8>,
    certificate_url: SigningCertUrl,
}

impl Admitted {
    /// Where the certificate has to be fetched from.
    #[must_use]
    pub const fn certificate_url(&self) -> &SigningCertUrl {
        &self.certificate_url
    }

    /// The last check: the signature, by the certificate of [`Self::certificate_url`].
    pub fn verify(
        self,
        certificate: &SigningCertificate,
        now: DateTime<Utc>,
    ) -> Result<Verified<Envelope>, Refusal> {
        certificate.check(self.certificate_url.host().certificate_name(), now)?;
        let text = self.envelope.canonical_string();
        let holds = |version| {
            let key = match version {
                SignatureVersion::V1 => certificate.sha1_key(),
                SignatureVersion::V2 => certificate.sha256_key(),
            };
            key.verify_sig(text.as_bytes(), &self.signature).is_ok()
        };
        // Lambda says "1" even where the topic signs with SHA-256 (recorded by LocalStack against AWS).
        let lambda = self.envelope.spelling() == Spelling::Lambda;
        if holds(self.version) || (lambda && holds(SignatureVersion::V2)) {
            Ok(Verified {
                envelope: self.envelope,
                signing_host: self.certificate_url.into_host().into_host(),
            })
        } else {
            Err(Refusal::Signature)
        }
    }
}

/// Something that SNS signed. Only [`Admitted::verify`] makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified<T> {
    envelope: T,
    signing_host: String,
}

impl<T> Verified<T> {
    /// The host that vouched for it: the only one that may be asked to confirm a subscription.
    #[must_use]
    pub fn signing_host(&self) -> &str {
        &self.signing_host
    }
}

impl<T> Deref for Verified<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.envelope
    }
}

/// Why a message is not believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// A topic that nobody here listens to.
    #[error("topic {topic} is not on the allow-list")]
    TopicNotAllowed {
        /// The topic's ARN.
        topic: String,
    },
    /// A version other than those accepted.
    #[error("SignatureVersion is not one that is accepted")]
    SignatureVersion,
    /// Older than the replay window.
    #[error("published at {published_at}, longer ago than the replay window")]
    TooOld {
        /// The message's time.
        published_at: DateTime<Utc>,
    },
    /// Newer than clocks can differ.
    #[error("published at {published_at}, which is in the future")]
    FromTheFuture {
        /// The message's time.
        published_at: DateTime<Utc>,
    },
    /// Not strict base64.
    #[error("Signature is not base64")]
    SignatureEncoding,
    /// A certificate from a place that is not SNS's.
    #[error(transparent)]
    CertificateUrl(#[from] SigningCertUrlError),
    /// A certificate that is not SNS's, or not now.
    #[error(transparent)]
    Certificate(#[from] CertificateError),
    /// The signature does not fit the text: something signed was altered, or another key signed it.
    #[error("the signature does not fit the message")]
    Signature,
}

impl Refusal {
    /// One word for a metric's label.
    #[must_use]
    pub const fn label(&self) -> &'static str {
        match self {
            Self::TopicNotAllowed { .. } => "topic_not_allowed",
            Self::SignatureVersion => "signature_version",
            Self::TooOld { .. } => "too_old",
            Self::FromTheFuture { .. } => "from_the_future",
            Self::SignatureEncoding => "signature_encoding",
            Self::CertificateUrl(_) => "certificate_url",
            Self::Certificate(_) => "certificate",
            Self::Signature => "signature",
        }
    }
}

//! From the bytes that SNS posts to a [`Verified`] envelope.
//!
//! ```text
//! bytes ──▶ Envelope ──▶ Policy::admit ──▶ Admitted ──▶ (certificate) ──▶ Admitted::verify ──▶ Verified<Envelope>
//!           strict JSON   topic, version,              the caller fetches   name, validity, RSA
//!                         age, certificate URL
//! ```
//!
//! The certificate and the time are arguments. With the feature `server` there is a [`SigningCertificates`]
//! that fetches and keeps certificates; nothing else here does I/O.

mod allow_list;
mod canonical_string;
#[cfg(feature = "server")]
mod certificate_store;
mod delivered;
mod envelope;
#[cfg(feature = "server")]
mod fetch;
mod montgomery;
mod pinned_key;
mod region;
mod signing_certificate;
mod subscription;
mod topic_arn;
mod trust;
mod verify;

pub use allow_list::{AllowList, TopicPattern, TopicPatternError, wildcard_matches};
#[cfg(feature = "server")]
pub use certificate_store::{CertificateFailure, Fetchers, SigningCertificates};
pub use delivered::{Attempt, Deliveries};
pub use envelope::{Envelope, EnvelopeError, MAX_ENVELOPE_BYTES, MessageType, Spelling};
#[cfg(feature = "server")]
pub use fetch::{Addresses, FetchError, Fetched, Fetcher};
pub use pinned_key::{PinnedKey, PinnedKeyError};
pub use region::{Partition, Region};
pub use signing_certificate::{
    CertificateError, MAX_CERTIFICATE_BYTES, MIN_RSA_BITS, SigningCertUrl, SigningCertUrlError,
    SigningCertificate,
};
pub use subscription::{MAX_ANSWER_BYTES, SubscriptionError, SubscriptionRequest};
pub use topic_arn::{TopicArn, TopicArnError};
pub use trust::{SigningHost, Trust};
pub use verify::{Admitted, Policy, Refusal, SignatureVersion, Verified};

//! Amazon SNS as an HTTP endpoint sees it: signed messages, the certificate, the two calls that an endpoint makes.
//!
//! Everything but [`SigningEndpoint`] and [`Poster`] is synchronous and free of I/O, clocks and randomness.

mod behaviour;
mod certificate;
mod delivery;
mod endpoint;
mod envelope;
mod json;
mod key;
mod poster;
mod prime;
mod query_api;
mod region;
mod seed;
mod signer;
mod target;
mod tls;
mod topic;

pub use behaviour::Behaviour;
pub use certificate::{
    CertificateAuthority, CertificateError, CertificateProfile, ServerCertificate, SigningCertificate,
};
pub use delivery::{DEFAULT_CONTENT_TYPE, Delivery};
pub use endpoint::{EndpointError, RecordedRequest, SigningEndpoint};
pub use envelope::{Confirmation, Envelope, Kind, MessageAttribute, Notification, SignedEnvelope, timestamp};
pub use key::{KeyError, RsaKey};
pub use poster::{DELIVERY_TIMEOUT, PostAnswer, PostConnection, PostError, Poster};
pub use query_api::{ApiAnswer, QueryApi, SubscriptionState};
pub use region::{partition_name, signing_name, sns_host};
pub use signer::{SignError, SignatureVersion, Signer, canonical_string};
pub use tls::TlsError;
pub use topic::{Subscription, Topic, TopicError};

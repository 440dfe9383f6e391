//! Amazon SNS as an HTTP endpoint sees it: signed messages, the certificate, the two calls that an endpoint makes.
//!
//! Everything but [`SigningEndpoint`] and [`Poster`] is synchronous and free of I/O, clocks and randomness.

mod api_answer;
mod behaviour;
mod certificate;
mod courier;
mod definition;
mod delivery;
mod delivery_policy;
mod effective_policy;
mod endpoint;
mod envelope;
mod json;
mod key;
mod keyring;
mod parcel;
mod poster;
mod prime;
mod query_api;
mod region;
mod requests;
mod retry;
mod scalar;
mod seed;
mod service;
mod signer;
mod status_log;
mod subscribed;
mod target;
mod tls;
mod topic;

pub use api_answer::ApiAnswer;
pub use behaviour::Behaviour;
pub use certificate::{
    CertificateAuthority, CertificateError, CertificateProfile, ServerCertificate, SigningCertificate,
};
pub use courier::{Courier, Progress, Step};
pub use definition::{
    DefinitionError, InlineSubscription, RedrivePolicy, SubscriptionDefinition, TopicDefinition,
};
pub use delivery::{DEFAULT_CONTENT_TYPE, Delivery};
pub use delivery_policy::{
    BackoffFunction, DeliveryPolicy, DeliveryPolicyError, LONGEST_POLICY_SECONDS, MOST_RETRIES, RetryPolicy,
};
pub use effective_policy::EffectivePolicy;
pub use endpoint::{Api, EndpointError, SigningEndpoint};
pub use envelope::{Confirmation, Envelope, Kind, MessageAttribute, Notification, SignedEnvelope, timestamp};
pub use key::{KeyError, RsaKey};
pub use keyring::{Keyring, KeyringError};
pub use parcel::{Attempt, Outcome, Parcel};
pub use poster::{DELIVERY_TIMEOUT, PostAnswer, PostConnection, PostError, Poster};
pub use query_api::{ApiChange, PENDING_LIFE, QueryApi, SubscriptionState, TOKEN_LIFE};
pub use region::{partition_name, signing_name, sns_host};
pub use requests::RecordedRequest;
pub use retry::Jitter;
pub(crate) use seed::{Purpose, stream};
pub use service::{Listed, Publication, Sns, SnsError};
pub use signer::{SignError, SignatureVersion, Signer, canonical_string};
pub use status_log::{DeliveryResult, DeliveryStatus, NotificationStatus};
pub(crate) use target::Target;
pub use tls::TlsError;
pub(crate) use tls::client_config;
pub use topic::{Subscription, Topic, TopicError};

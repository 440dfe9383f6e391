//! The AWS side of the path to the pager, on one machine.
//!
//! A test partner for whoever receives SNS messages: it signs them as Amazon SNS does, serves the certificate and the
//! confirmation calls, and posts with SNS's headers. It shares no code with the receiver in this workspace, so that a
//! mistake of one side is seen by the other.
//!
//! # Map
//!
//! The stages, in the order in which data flows:
//!
//! | Stage | In | Out |
//! |---|---|---|
//! | [`cloudtrail`] | files of events, or a seed | records, byte for byte |
//! | [`logs`] | records | log events, and by metric filters samples |
//! | [`metrics`] | samples | aggregates by the minute |
//! | [`alarms`] | aggregates | changes of state, and what is published for them |
//! | [`sns`] | publications | signed messages, and when to deliver which |
//!
//! [`cloudformation`] reads the template that they are made from. [`engine`] joins them: an [`engine::World`] is moved
//! through time by whoever has a [`clock::Clock`], or by none at all; [`engine::Live`] is one that follows a clock, with
//! its [`control`] API.
//!
//! [`cloudtrail`]: [`cloudtrail::Archive`] reads, [`cloudtrail::Generator`] makes events. [`logs`]: [`logs::Trail`]
//! delivers them to [`logs::Logs`].
//!
//! [`sns`]:
//!
//! | What | Where |
//! |---|---|
//! | Keys and certificates from a seed and a time | [`RsaKey`], [`CertificateAuthority`], [`CertificateProfile`] |
//! | Envelopes with fresh ids | [`Topic`], [`Subscription`], [`Envelope`] |
//! | The signature | [`canonical_string`], [`Signer`], [`SignedEnvelope`] |
//! | What is posted | [`Delivery`] |
//! | The calls that an endpoint makes | [`QueryApi`] |
//! | Topics and subscriptions with their life cycle | [`Sns`] |
//! | Retries, throttle, dead letters | [`EffectivePolicy`], [`Courier`] |
//! | The edge: a server and a client | [`SigningEndpoint`] with its [`Behaviour`], [`Poster`] |
//!
//! [`cloudformation`]: templates and Terraform plans, read into the resources that the stages play, and checked for
//! whether they will page and close.
//!
//! [`pager`]: a twin of the pager at the other end, [`pager::PagerTwin`].
//!
//! [`attack`]: about two hundred attacks on any receiver of SNS messages, with a verdict each.
//!
//! Time and seeds are arguments: the same ones give the same bytes, apart from TLS. Only the edge needs a tokio runtime.
//!
//! # Signing a notification
//!
//! ```
//! use chrono::DateTime;
//! use trailbell_sim::sns::{CertificateAuthority, CertificateProfile, RsaKey, SignatureVersion, Signer, Topic, sns_host};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let now = DateTime::from_timestamp(1_790_105_220, 0).ok_or("no such time")?;
//! let authority = CertificateAuthority::new(1, now)?;
//! let key = RsaKey::from_seed(1)?;
//! let certificate = authority.issue_signing(&key, &CertificateProfile::for_region("eu-west-1", now))?;
//! let signer = Signer::new(&key, SignatureVersion::V2, certificate.url(&sns_host("eu-west-1")));
//!
//! let mut topic = Topic::new("eu-west-1", "123456789012", "ops-alarms", 1)?;
//! let subscription = topic.subscribe();
//! let envelope = topic.notification(&subscription, "hello", now).subject("ALARM: \"root-login\" in EU (Ireland)");
//! let signed = signer.sign(envelope)?;
//! assert!(signed.to_json().starts_with("{\n  \"Type\" : \"Notification\",\n"));
//! assert_eq!(signed.signature.len(), 344);
//! # Ok(())
//! # }
//! ```
//!
//! [`RsaKey`]: sns::RsaKey
//! [`CertificateAuthority`]: sns::CertificateAuthority
//! [`CertificateProfile`]: sns::CertificateProfile
//! [`Topic`]: sns::Topic
//! [`Subscription`]: sns::Subscription
//! [`Envelope`]: sns::Envelope
//! [`canonical_string`]: sns::canonical_string
//! [`Signer`]: sns::Signer
//! [`SignedEnvelope`]: sns::SignedEnvelope
//! [`Delivery`]: sns::Delivery
//! [`QueryApi`]: sns::QueryApi
//! [`Sns`]: sns::Sns
//! [`EffectivePolicy`]: sns::EffectivePolicy
//! [`Courier`]: sns::Courier
//! [`SigningEndpoint`]: sns::SigningEndpoint
//! [`Behaviour`]: sns::Behaviour
//! [`Poster`]: sns::Poster

pub mod alarms;
pub mod attack;
pub mod clock;
pub mod cloudformation;
pub mod cloudtrail;
pub mod control;
pub mod engine;
pub mod logs;
pub mod metrics;
pub mod pager;
pub mod sns;

mod random;

/// The README's Rust is compiled and run with the tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

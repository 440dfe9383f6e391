//! What a host believes, handed to the compiler once.

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use chrono::{DateTime, Utc};

use crate::sns::{CertificateError, Envelope, Policy, Refusal, SigningCertificate, Verified};

/// The policy and the signing certificates of a host, for `verify_sns_message`.
///
/// The host places a clone in the compile configuration and keeps another: certificates that are added later count for
/// programs that are compiled already. It is the host that fetches them, from the signing host of a region and from
/// nowhere else (with the feature `server`, `sns::Fetcher` does), and that decides whom to believe.
///
/// ```
/// use trailbell::functions::SnsTrust;
/// use trailbell::sns::{AllowList, Policy};
/// use vrl::compiler::CompileConfig;
///
/// let topics = AllowList::new(vec!["arn:aws:sns:eu-west-1:123456789012:ops-*".parse()?]);
/// let trust = SnsTrust::new(Policy::new(topics));
/// let mut config = CompileConfig::default();
/// config.set_custom(trust.clone());
/// // … compile_with_external(source, &functions, &external, config), and whenever a certificate was fetched:
/// // trust.add_certificate(pem)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct SnsTrust {
    policy: Arc<Policy>,
    certificates: Arc<RwLock<Vec<Arc<SigningCertificate>>>>,
}

impl SnsTrust {
    /// A trust set without certificates.
    #[must_use]
    pub fn new(policy: Policy) -> Self {
        Self { policy: Arc::new(policy), certificates: Arc::default() }
    }

    /// Believes one more certificate, from a PEM file with exactly one.
    pub fn add_certificate(&self, pem: &[u8]) -> Result<(), CertificateError> {
        let certificate = Arc::new(SigningCertificate::from_pem(pem)?);
        self.certificates.write().unwrap_or_else(PoisonError::into_inner).push(certificate);
        Ok(())
    }

    /// Forgets the certificates that cannot be used any more at a time.
    pub fn forget_expired(&self, at: DateTime<Utc>) {
        let mut certificates = self.certificates.write().unwrap_or_else(PoisonError::into_inner);
        certificates.retain(|certificate| certificate.not_after() >= at);
    }

    pub(super) fn policy(&self) -> &Policy {
        &self.policy
    }

    pub(super) fn certificates(&self) -> Vec<Arc<SigningCertificate>> {
        self.certificates.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl fmt::Debug for SnsTrust {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SnsTrust").field("certificates", &self.certificates().len()).finish_non_exhaustive()
    }
}

/// Verifies with the one certificate that fits. Regions share certificate names, and keys are rotated, so several can
/// be of the right name and time: each is tried.
pub(super) fn verify(
    policy: &Policy,
    certificates: &[impl AsRef<SigningCertificate>],
    envelope: &Envelope,
    at: DateTime<Utc>,
) -> Result<Verified<Envelope>, NotVerified> {
    let mut reason = None;
    for certificate in certificates {
        let admitted = policy.admit(envelope.clone(), at)?;
        match admitted.verify(certificate.as_ref(), at) {
            Ok(verified) => return Ok(verified),
            // That a certificate of the right name and time did not fit says more than that others are not meant.
            Err(Refusal::Signature) => reason = Some(Refusal::Signature),
            Err(other) => reason = reason.or(Some(other)),
        }
    }
    policy.admit(envelope.clone(), at)?;
    Err(reason.map_or(NotVerified::NoCertificate, NotVerified::Refused))
}

/// Why a message is not believed.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum NotVerified {
    #[error(transparent)]
    Refused(#[from] Refusal),
    #[error("there is no signing certificate to verify with")]
    NoCertificate,
}

//! The keys that a region signs with: one at a time, and the certificates of all that it ever had.

use chrono::{DateTime, Utc};
use thiserror::Error;

use super::certificate::{CertificateAuthority, CertificateError, CertificateProfile, SigningCertificate};
use super::envelope::{Envelope, SignedEnvelope};
use super::key::{KeyError, RsaKey};
use super::signer::{SignError, SignatureVersion, Signer};

/// Why there is no key to sign with.
#[derive(Debug, Error)]
pub enum KeyringError {
    /// The key could not be made.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The certificate could not be made.
    #[error(transparent)]
    Certificate(#[from] CertificateError),
}

/// Signs for a region. A rotated key has a new certificate URL; the certificates before it stay served.
#[derive(Debug)]
pub struct Keyring {
    region: String,
    host: String,
    seed: u64,
    authority: CertificateAuthority,
    certificates: Vec<SigningCertificate>,
    v1: Signer,
    v2: Signer,
}

impl Keyring {
    /// The keys of `region`, whose certificates are served by `host` and are good at `now`.
    pub fn new(region: &str, host: &str, seed: u64, now: DateTime<Utc>) -> Result<Self, KeyringError> {
        let authority = CertificateAuthority::new(seed, now)?;
        let profile = CertificateProfile::for_region(region, now);
        let (certificate, v1, v2) = issue(&authority, &profile, host, seed)?;
        Ok(Self {
            region: region.to_owned(),
            host: host.to_owned(),
            seed,
            authority,
            certificates: vec![certificate],
            v1,
            v2,
        })
    }

    /// From now on signs with a new key.
    pub fn rotate(&mut self, now: DateTime<Utc>) -> Result<(), KeyringError> {
        self.replace(CertificateProfile::for_region(&self.region, now))
    }

    /// From now on signs with a new key whose certificate ended a day before `now`.
    pub fn expire(&mut self, now: DateTime<Utc>) -> Result<(), KeyringError> {
        let day = chrono::TimeDelta::days(1);
        self.replace(CertificateProfile::for_region(&self.region, now).valid(now - day * 300, now - day))
    }

    fn replace(&mut self, profile: CertificateProfile) -> Result<(), KeyringError> {
        let number = self.certificates.len() as u64;
        let profile = profile.numbered(number + 1);
        let (certificate, v1, v2) =
            issue(&self.authority, &profile, &self.host, self.seed.wrapping_add(number))?;
        (self.v1, self.v2) = (v1, v2);
        self.certificates.push(certificate);
        Ok(())
    }

    /// All certificates so far, the current one last.
    #[must_use]
    pub fn certificates(&self) -> &[SigningCertificate] {
        &self.certificates
    }

    /// Who issued them.
    #[must_use]
    pub const fn authority(&self) -> &CertificateAuthority {
        &self.authority
    }

    /// Signs with the current key.
    pub fn sign(&self, version: SignatureVersion, envelope: Envelope) -> Result<SignedEnvelope, SignError> {
        match version {
            SignatureVersion::V1 => self.v1.sign(envelope),
            SignatureVersion::V2 => self.v2.sign(envelope),
        }
    }
}

fn issue(
    authority: &CertificateAuthority,
    profile: &CertificateProfile,
    host: &str,
    seed: u64,
) -> Result<(SigningCertificate, Signer, Signer), KeyringError> {
    let key = RsaKey::from_seed(seed)?;
    let certificate = authority.issue_signing(&key, profile)?;
    let url = certificate.url(host);
    let signer = |version| Signer::new(&key, version, url.clone());
    Ok((certificate, signer(SignatureVersion::V1), signer(SignatureVersion::V2)))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::sns::topic::Topic;

    #[test]
    fn a_rotated_key_has_its_own_certificate_and_signs_differently() {
        let now = DateTime::from_timestamp(1_790_000_000, 0).unwrap();
        let mut ring = Keyring::new("eu-west-1", "sns.test", 5, now).unwrap();
        let mut topic = Topic::new("eu-west-1", "123456789012", "ops", 5).unwrap();
        let envelope = topic.publication("hello", now);
        let before = ring.sign(SignatureVersion::V1, envelope.clone()).unwrap();
        ring.rotate(now).unwrap();
        let after = ring.sign(SignatureVersion::V1, envelope).unwrap();
        assert_ne!(before.signature, after.signature);
        let urls: Vec<String> = ring.certificates().iter().map(|one| one.url("sns.test")).collect();
        assert_eq!(urls, [before.signing_cert_url, after.signing_cert_url]);
        assert_ne!(urls[0], urls[1]);
    }
}

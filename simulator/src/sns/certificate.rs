//! The test certificate authority, and what it issues: signing certificates and TLS server certificates.

use std::fmt;

use aws_lc_rs::digest;
use chrono::{DateTime, Datelike, TimeDelta, Utc};
use rand_core::RngCore;
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DistinguishedName, DnType, ExtendedKeyUsagePurpose,
    IsCa, KeyPair, KeyUsagePurpose, PKCS_ECDSA_P256_SHA256,
};
use thiserror::Error;
use time::OffsetDateTime;
use tokio_rustls::rustls::pki_types::PrivatePkcs8KeyDer;

use super::key::{KeyError, RsaKey};
use super::region::signing_name;
use super::seed::{Purpose, stream, to_hex};

/// Why there is no certificate.
#[derive(Debug, Error)]
pub enum CertificateError {
    /// The authority's key could not be made.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// A validity date that X.509 or this crate cannot hold.
    #[error("a certificate cannot be valid at {0}: only the years 1950 to 9999 can be written")]
    Date(DateTime<Utc>),
    /// A name or a signature was refused.
    #[error("the certificate could not be made: {0}")]
    Make(#[from] rcgen::Error),
}

/// What a signing certificate says. Any of it may be wrong on purpose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateProfile {
    /// Subject common name and only DNS name.
    pub common_name: String,
    /// Serial number.
    pub serial: u64,
    /// First instant of validity, whole seconds.
    pub not_before: DateTime<Utc>,
    /// Last instant of validity, whole seconds.
    pub not_after: DateTime<Utc>,
}

impl CertificateProfile {
    /// The right name for `region`, valid from 30 days before `now` to 308 days after: AWS's own live about 338 days.
    #[must_use]
    pub fn for_region(region: &str, now: DateTime<Utc>) -> Self {
        Self {
            common_name: signing_name(region),
            serial: 1,
            not_before: now - TimeDelta::days(30),
            not_after: now + TimeDelta::days(308),
        }
    }

    /// The same certificate in the name of another.
    #[must_use]
    pub fn named(mut self, common_name: impl Into<String>) -> Self {
        self.common_name = common_name.into();
        self
    }

    /// The same certificate with another serial number.
    #[must_use]
    pub fn numbered(mut self, serial: u64) -> Self {
        self.serial = serial;
        self
    }

    /// The same certificate with other dates: in the past it is expired, in the future not yet valid.
    #[must_use]
    pub fn valid(mut self, not_before: DateTime<Utc>, not_after: DateTime<Utc>) -> Self {
        self.not_before = not_before;
        self.not_after = not_after;
        self
    }

    fn params(&self) -> Result<CertificateParams, CertificateError> {
        let mut params = CertificateParams::new(vec![self.common_name.clone()])?;
        params.distinguished_name = DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, self.common_name.as_str());
        params.serial_number = Some(self.serial.into());
        (params.not_before, params.not_after) = (date(self.not_before)?, date(self.not_after)?);
        params.is_ca = IsCa::ExplicitNoCa;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature, KeyUsagePurpose::KeyEncipherment];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.use_authority_key_identifier_extension = true;
        Ok(params)
    }
}

/// A signing certificate as SNS serves it: one PEM, the leaf alone. For a file with several, join the PEMs of several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SigningCertificate {
    /// The PEM with its final line feed.
    pub pem: String,
    /// `/SimpleNotificationService-<32 hex digits>.pem`. The digits are the start of the certificate's SHA-256, so a
    /// rotated certificate has another path.
    pub path: String,
}

impl SigningCertificate {
    /// A certificate that no authority has signed but its own key.
    pub fn self_signed(key: &RsaKey, profile: &CertificateProfile) -> Result<Self, CertificateError> {
        Ok(Self::new(&profile.params()?.self_signed(key)?))
    }

    fn new(certificate: &rcgen::Certificate) -> Self {
        let digest = digest::digest(&digest::SHA256, certificate.der());
        let hex = to_hex(digest.as_ref().get(..16).unwrap_or_default());
        Self { pem: certificate.pem(), path: format!("/SimpleNotificationService-{hex}.pem") }
    }

    /// The `SigningCertURL` under which `host` serves it.
    #[must_use]
    pub fn url(&self, host: &str) -> String {
        format!("https://{host}{}", self.path)
    }
}

/// A TLS server certificate with its private key, for loopback servers.
#[derive(Clone, PartialEq, Eq)]
pub struct ServerCertificate {
    /// The certificate and then its authority's, in PEM.
    pub chain_pem: String,
    /// The private key, PKCS#8 in PEM.
    pub key_pem: String,
}

impl fmt::Debug for ServerCertificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServerCertificate").field("chain_pem", &self.chain_pem).finish_non_exhaustive()
    }
}

/// A certificate authority for tests: RSA 2048 with SHA-256, so what it issues is the same at each run.
pub struct CertificateAuthority {
    issuer: CertifiedIssuer<'static, RsaKey>,
    now: DateTime<Utc>,
}

impl CertificateAuthority {
    /// The authority of `seed`, valid from ten years before `now` to ten years after. Makes an RSA key.
    pub fn new(seed: u64, now: DateTime<Utc>) -> Result<Self, CertificateError> {
        // Seeds of neighbours are taken by signing keys, so the authority's key is far off.
        let key = RsaKey::from_seed(!seed)?;
        let mut params = CertificateParams::default();
        params.distinguished_name = DistinguishedName::new();
        // Recorded certificates name Amazon as their issuer's organization, and some validators look for it.
        params.distinguished_name.push(DnType::CountryName, "US");
        params.distinguished_name.push(DnType::OrganizationName, "Amazon");
        params.distinguished_name.push(DnType::OrganizationalUnitName, "trailbell simulator");
        params.distinguished_name.push(DnType::CommonName, "trailbell simulator test CA");
        params.serial_number = Some(1_u64.into());
        params.not_before = date(now - TimeDelta::days(3650))?;
        params.not_after = date(now + TimeDelta::days(3650))?;
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        Ok(Self { issuer: CertifiedIssuer::self_signed(params, key)?, now })
    }

    /// The authority's own certificate, for clients to trust.
    #[must_use]
    pub fn pem(&self) -> String {
        self.issuer.pem()
    }

    /// Certifies `key` with exactly what `profile` says.
    pub fn issue_signing(
        &self,
        key: &RsaKey,
        profile: &CertificateProfile,
    ) -> Result<SigningCertificate, CertificateError> {
        Ok(SigningCertificate::new(&profile.params()?.signed_by(key, &self.issuer)?))
    }

    /// A server certificate for DNS names and IP addresses, with an ECDSA P-256 key that belongs to `seed`, valid
    /// from 30 days before the authority's `now` to 308 days after.
    pub fn issue_server(&self, seed: u64, names: &[&str]) -> Result<ServerCertificate, CertificateError> {
        let key = server_key(seed)?;
        let mut params =
            CertificateParams::new(names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>())?;
        params.distinguished_name = DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, names.first().copied().unwrap_or("localhost"));
        params.serial_number = Some(seed.into());
        params.not_before = date(self.now - TimeDelta::days(30))?;
        params.not_after = date(self.now + TimeDelta::days(308))?;
        params.is_ca = IsCa::ExplicitNoCa;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.use_authority_key_identifier_extension = true;
        let certificate = params.signed_by(&key, &self.issuer)?;
        Ok(ServerCertificate {
            chain_pem: certificate.pem() + &self.issuer.pem(),
            key_pem: key.serialize_pem(),
        })
    }
}

impl fmt::Debug for CertificateAuthority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CertificateAuthority").field("now", &self.now).finish_non_exhaustive()
    }
}

/// PKCS#8 (RFC 5208) of a P-256 key up to its 32-byte scalar; the optional public key is left out (RFC 5915).
const P256_PKCS8: [u8; 35] = [
    0x30, 0x41, 0x02, 0x01, 0x00, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06,
    0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x04, 0x27, 0x30, 0x25, 0x02, 0x01, 0x01, 0x04,
    0x20,
];

fn server_key(seed: u64) -> Result<KeyPair, CertificateError> {
    let mut pkcs8 = P256_PKCS8.to_vec();
    let mut scalar = [0_u8; 32];
    stream(seed, Purpose::ServerKey, 0).fill_bytes(&mut scalar);
    // Below the group's order, which begins with 32 one bits.
    scalar[0] &= 0x7f;
    pkcs8.extend_from_slice(&scalar);
    let der = PrivatePkcs8KeyDer::from(pkcs8);
    Ok(KeyPair::from_pkcs8_der_and_sign_algo(&der, &PKCS_ECDSA_P256_SHA256)?)
}

/// A date as rcgen wants it, in the years that X.509 can write without ambiguity (RFC 5280, section 4.1.2.5).
fn date(at: DateTime<Utc>) -> Result<OffsetDateTime, CertificateError> {
    if !(1950..=9999).contains(&at.year()) {
        return Err(CertificateError::Date(at));
    }
    OffsetDateTime::from_unix_timestamp(at.timestamp()).map_err(|_| CertificateError::Date(at))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn dates_beyond_x509_are_refused() {
        let key = RsaKey::with_bits(1, 1024).unwrap();
        let now = DateTime::from_timestamp(1_500_000_000, 0).unwrap();
        let profile = CertificateProfile::for_region("us-east-1", now).valid(now, DateTime::<Utc>::MAX_UTC);
        let error = SigningCertificate::self_signed(&key, &profile).unwrap_err();
        assert!(matches!(error, CertificateError::Date(_)), "{error}");
    }

    #[test]
    fn a_certificate_is_a_function_of_key_and_profile() {
        let key = RsaKey::with_bits(1, 1024).unwrap();
        let now = DateTime::from_timestamp(1_500_000_000, 0).unwrap();
        let profile = CertificateProfile::for_region("us-east-1", now);
        let first = SigningCertificate::self_signed(&key, &profile).unwrap();
        assert_eq!(first, SigningCertificate::self_signed(&key, &profile).unwrap());
        let rotated = SigningCertificate::self_signed(&key, &profile.numbered(2)).unwrap();
        assert_ne!(first.path, rotated.path);
        assert_eq!(first.path.len(), "/SimpleNotificationService-.pem".len() + 32);
    }
}

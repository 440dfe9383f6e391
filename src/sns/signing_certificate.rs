//! The certificate that SNS signs with: where it may come from, and what it has to be.

use std::fmt;

use aws_lc_rs::signature::{
    ParsedPublicKey, RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY, RSA_PKCS1_2048_8192_SHA256,
};
use chrono::{DateTime, Utc};
use x509_parser::prelude::{FromDer, GeneralName, X509Certificate};
use x509_parser::public_key::PublicKey;

use super::region::Region;
use super::topic_arn::TopicArn;
use super::trust::{SigningHost, Trust};

/// The most bytes that a certificate file may have; SNS's have about 2,000.
pub const MAX_CERTIFICATE_BYTES: usize = 64 * 1024;

/// The shortest RSA key that is accepted, in bits.
pub const MIN_RSA_BITS: usize = 2048;

/// A place of which it is certain that only SNS can put certificates there.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct SigningCertUrl {
    text: String,
    host: SigningHost,
}

/// Why a `SigningCertURL` is refused. None of these may ever be fetched.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SigningCertUrlError {
    /// Not `https://`.
    #[error("SigningCertURL is not https")]
    Scheme,
    /// Another host than the SNS host of the topic's region.
    #[error("SigningCertURL is not on {expected}, the SNS host of the topic's region")]
    Host {
        /// The host of the topic's region.
        expected: String,
    },
    /// Another path than SNS's.
    #[error("the path of SigningCertURL is not /SimpleNotificationService-<letters and digits>.pem")]
    Path,
}

impl SigningCertUrl {
    /// Accepts a URL letter by letter: scheme, whole host and whole path. A port, a user, a query, another
    /// spelling of the same host are all refused, since SNS writes none of them.
    pub fn parse(text: &str, topic: &TopicArn, trust: &Trust) -> Result<Self, SigningCertUrlError> {
        Self::parse_in(text, topic.region(), trust)
    }

    /// The same for any topic of a region.
    pub fn parse_in(text: &str, region: &Region, trust: &Trust) -> Result<Self, SigningCertUrlError> {
        let rest = text.strip_prefix("https://").ok_or(SigningCertUrlError::Scheme)?;
        let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let host = trust
            .signing_host(region, host)
            .ok_or_else(|| SigningCertUrlError::Host { expected: region.sns_host() })?;
        let id = path.strip_prefix("/SimpleNotificationService-").and_then(|p| p.strip_suffix(".pem"));
        let id = id.ok_or(SigningCertUrlError::Path)?;
        if !(1..=64).contains(&id.len()) || !id.bytes().all(|b| b.is_ascii_alphanumeric()) {
            return Err(SigningCertUrlError::Path);
        }
        Ok(Self { text: text.to_owned(), host })
    }

    /// The URL.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The host that serves the certificate and confirms subscriptions of the same region.
    #[must_use]
    pub const fn host(&self) -> &SigningHost {
        &self.host
    }

    /// The host, kept.
    pub(super) fn into_host(self) -> SigningHost {
        self.host
    }
}

impl fmt::Debug for SigningCertUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.text, f)
    }
}

/// A certificate that was taken apart once, ready to verify many messages.
pub struct SigningCertificate {
    sha1: ParsedPublicKey,
    sha256: ParsedPublicKey,
    rsa: RsaNumbers,
    names: Vec<String>,
    not_before: DateTime<Utc>,
    not_after: DateTime<Utc>,
}

/// The numbers of an RSA key, big-endian, without leading zeros.
pub(super) struct RsaNumbers {
    pub(super) modulus: Vec<u8>,
    pub(super) exponent: Vec<u8>,
}

/// Why bytes are no signing certificate.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CertificateError {
    /// More than [`MAX_CERTIFICATE_BYTES`].
    #[error("the certificate file has more than {MAX_CERTIFICATE_BYTES} bytes")]
    TooLarge,
    /// Not exactly one PEM block, or not a certificate in it.
    #[error("the certificate file is not exactly one PEM certificate: {0}")]
    Pem(&'static str),
    /// DER that is no X.509 certificate.
    #[error("the certificate is not valid X.509")]
    X509,
    /// No RSA key, or one that is too short.
    #[error("the certificate's key is not RSA of at least {MIN_RSA_BITS} bits")]
    Key,
    /// Used before or after its time.
    #[error("the certificate is valid from {not_before} to {not_after}, not at {at}")]
    Validity {
        /// Start of validity.
        not_before: DateTime<Utc>,
        /// End of validity.
        not_after: DateTime<Utc>,
        /// The time asked for.
        at: DateTime<Utc>,
    },
    /// Issued to somebody else.
    #[error("the certificate is issued to {found:?}, not to {expected}")]
    Name {
        /// The region's name of the table.
        expected: String,
        /// The names in the certificate.
        found: Vec<String>,
    },
}

impl SigningCertificate {
    /// Parses a PEM file with exactly one certificate. Time and name are checked by [`Self::check`].
    pub fn from_pem(pem: &[u8]) -> Result<Self, CertificateError> {
        if pem.len() > MAX_CERTIFICATE_BYTES {
            return Err(CertificateError::TooLarge);
        }
        let (rest, block) =
            x509_parser::pem::parse_x509_pem(pem).map_err(|_| CertificateError::Pem("no PEM block"))?;
        if block.label != "CERTIFICATE" {
            return Err(CertificateError::Pem("another kind of PEM block"));
        }
        let begins = pem.windows(BEGIN.len()).filter(|window| *window == BEGIN).count();
        if begins != 1 || !rest.iter().all(u8::is_ascii_whitespace) || !pem.starts_with(BEGIN) {
            return Err(CertificateError::Pem("something before or after the certificate"));
        }
        Self::from_der(&block.contents)
    }

    fn from_der(der: &[u8]) -> Result<Self, CertificateError> {
        let (rest, certificate) = X509Certificate::from_der(der).map_err(|_| CertificateError::X509)?;
        if !rest.is_empty() {
            return Err(CertificateError::X509);
        }
        let key = certificate.public_key();
        let rsa = match key.parsed() {
            Ok(PublicKey::RSA(rsa)) if rsa.key_size() >= MIN_RSA_BITS => {
                RsaNumbers { modulus: without_zeros(rsa.modulus), exponent: without_zeros(rsa.exponent) }
            }
            _ => return Err(CertificateError::Key),
        };
        let sha1 = ParsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY, key.raw);
        let sha256 = ParsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key.raw);
        let time = |seconds| DateTime::from_timestamp(seconds, 0).ok_or(CertificateError::X509);
        Ok(Self {
            sha1: sha1.map_err(|_| CertificateError::Key)?,
            sha256: sha256.map_err(|_| CertificateError::Key)?,
            rsa,
            names: names(&certificate),
            not_before: time(certificate.validity().not_before.timestamp())?,
            not_after: time(certificate.validity().not_after.timestamp())?,
        })
    }

    /// Whether the certificate may be used at a time by a host with this certificate name.
    pub fn check(&self, expected_name: &str, at: DateTime<Utc>) -> Result<(), CertificateError> {
        let (not_before, not_after) = (self.not_before, self.not_after);
        if at < not_before || at > not_after {
            return Err(CertificateError::Validity { not_before, not_after, at });
        }
        self.check_name(expected_name)
    }

    /// Whether the certificate is issued to this name, whatever the time.
    pub fn check_name(&self, expected_name: &str) -> Result<(), CertificateError> {
        if !self.names.iter().any(|name| name == expected_name) {
            let found = self.names.clone();
            return Err(CertificateError::Name { expected: expected_name.to_owned(), found });
        }
        Ok(())
    }

    /// The first second in which the certificate is valid.
    #[must_use]
    pub const fn not_before(&self) -> DateTime<Utc> {
        self.not_before
    }

    /// The last second in which the certificate is valid.
    #[must_use]
    pub const fn not_after(&self) -> DateTime<Utc> {
        self.not_after
    }

    pub(super) const fn rsa(&self) -> &RsaNumbers {
        &self.rsa
    }

    pub(super) const fn sha1_key(&self) -> &ParsedPublicKey {
        &self.sha1
    }

    pub(super) const fn sha256_key(&self) -> &ParsedPublicKey {
        &self.sha256
    }
}

/// DER puts a zero before a number whose highest bit is set.
fn without_zeros(number: &[u8]) -> Vec<u8> {
    number.iter().copied().skip_while(|byte| *byte == 0).collect()
}

const BEGIN: &[u8] = b"-----BEGIN CERTIFICATE-----";

/// The DNS names of the certificate; its common name where it has none (RFC 6125, section 6.4.4).
fn names(certificate: &X509Certificate<'_>) -> Vec<String> {
    let alternatives = certificate.subject_alternative_name().ok().flatten();
    let dns_names: Vec<String> = alternatives
        .iter()
        .flat_map(|extension| &extension.value.general_names)
        .filter_map(|name| match name {
            GeneralName::DNSName(name) => Some((*name).to_owned()),
            _ => None,
        })
        .collect();
    if !dns_names.is_empty() {
        return dns_names;
    }
    let common_names = certificate.subject().iter_common_name();
    common_names.filter_map(|name| name.as_str().ok().map(str::to_owned)).collect()
}

impl fmt::Debug for SigningCertificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningCertificate")
            .field("names", &self.names)
            .field("not_before", &self.not_before)
            .field("not_after", &self.not_after)
            .finish_non_exhaustive()
    }
}

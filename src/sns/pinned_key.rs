//! A signing key as a row of a table: what `vrl/verify_sns.vrl` verifies with, where no certificate can be fetched.

use chrono::{DateTime, SecondsFormat, Utc};

use super::montgomery::{self, MODULUS_BYTES};
use super::signing_certificate::{CertificateError, SigningCertUrl, SigningCertificate};

/// The key of a signing certificate, for messages that name one URL.
///
/// A table of them is trusted as certificates are: whoever can write it can forge every message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PinnedKey {
    url: SigningCertUrl,
    not_before: DateTime<Utc>,
    not_after: DateTime<Utc>,
    modulus: [u8; MODULUS_BYTES],
}

/// Why a certificate gives no row.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PinnedKeyError {
    /// A key of another size or exponent than all of SNS's have.
    #[error(
        "the key is not RSA of 2048 bits with exponent 65537, the only kind that vrl/verify_sns.vrl knows"
    )]
    Key,
    /// Not the certificate of the URL's host.
    #[error(transparent)]
    Certificate(#[from] CertificateError),
}

impl PinnedKey {
    /// The columns of the table, in their order.
    pub const COLUMNS: [&str; 7] =
        ["signing_cert_url", "region", "not_before", "not_after", "modulus", "r_squared", "n_prime"];

    /// The row for messages that name `url`. The certificate has to be issued to the name that the URL's host signs
    /// as. Its time is not judged: the row carries it, and the program does.
    pub fn new(certificate: &SigningCertificate, url: SigningCertUrl) -> Result<Self, PinnedKeyError> {
        certificate.check_name(url.host().certificate_name())?;
        let rsa = certificate.rsa();
        let modulus = rsa.modulus.as_slice().try_into().map_err(|_| PinnedKeyError::Key)?;
        if rsa.exponent != [1, 0, 1] {
            return Err(PinnedKeyError::Key);
        }
        let (not_before, not_after) = (certificate.not_before(), certificate.not_after());
        Ok(Self { url, not_before, not_after, modulus })
    }

    /// The URL that messages name.
    #[must_use]
    pub fn url(&self) -> &str {
        self.url.as_str()
    }

    /// The region of the topics that sign with it; `None` for those of every region, on a host that is not AWS's.
    #[must_use]
    pub const fn region(&self) -> Option<&'static str> {
        self.url.host().region()
    }

    /// The values of [`Self::COLUMNS`]. An empty region stands for every one.
    #[must_use]
    pub fn row(&self) -> [String; 7] {
        let time = |time: DateTime<Utc>| time.to_rfc3339_opts(SecondsFormat::Secs, true);
        [
            self.url.as_str().to_owned(),
            self.region().unwrap_or_default().to_owned(),
            time(self.not_before),
            time(self.not_after),
            hexadecimal(&self.modulus),
            hexadecimal(&montgomery::r_squared(&self.modulus)),
            montgomery::n_prime(&self.modulus).to_string(),
        ]
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .map(|digit| char::from(DIGITS[usize::from(digit)]))
        .collect()
}

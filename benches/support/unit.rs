//! The unit that all ratios are in: one bare RSA-2048/SHA-256 verification on one core.

use std::hint::black_box;
use std::time::{Duration, Instant};

use aws_lc_rs::signature::{ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use trailbell_sim::sns::{SignedEnvelope, SigningCertificate, canonical_string};
use x509_parser::prelude::{FromDer as _, X509Certificate};

use super::Result;

/// A signed text with the key that it fits, everything parsed and decoded: what is left is SHA-256 and RSA.
pub(crate) struct BareVerification {
    key: ParsedPublicKey,
    text: String,
    signature: Vec<u8>,
}

impl BareVerification {
    /// The verification of a message, without anything around it.
    pub(crate) fn of(message: &SignedEnvelope, certificate: &SigningCertificate) -> Result<Self> {
        let (_, pem) = x509_parser::pem::parse_x509_pem(certificate.pem.as_bytes())?;
        let (_, certificate) = X509Certificate::from_der(&pem.contents)?;
        let bare = Self {
            key: ParsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, certificate.public_key().raw)?,
            text: canonical_string(&message.envelope),
            signature: BASE64.decode(&message.signature)?,
        };
        if bare.holds() { Ok(bare) } else { Err("the message's own signature does not hold".into()) }
    }

    /// Verifies once.
    pub(crate) fn holds(&self) -> bool {
        self.key.verify_sig(black_box(self.text.as_bytes()), black_box(&self.signature)).is_ok()
    }
}

/// How often a second a function runs on one core, measured for this long.
pub(crate) fn rate<T>(time: Duration, mut function: impl FnMut() -> T) -> f64 {
    let (started, mut runs) = (Instant::now(), 0_u32);
    while started.elapsed() < time {
        black_box(function());
        runs += 1;
    }
    f64::from(runs) / started.elapsed().as_secs_f64()
}

/// The number below which this many in a hundred are. 0 of none.
pub(crate) fn percentile(numbers: &[f64], percent: usize) -> f64 {
    let mut numbers = numbers.to_vec();
    numbers.sort_by(f64::total_cmp);
    let index = numbers.len().saturating_sub(1) * percent / 100;
    numbers.get(index).copied().unwrap_or_default()
}

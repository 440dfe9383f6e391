//! RSA keys that are a function of a seed.

use std::fmt;

use rsa::pkcs1::EncodeRsaPublicKey;
use rsa::pkcs8::{EncodePrivateKey, EncodePublicKey, LineEnding};
use rsa::sha2::Sha256;
use rsa::signature::{SignatureEncoding, Signer as _};
use rsa::{BigUint, RsaPrivateKey, pkcs1v15};
use sha1::Sha1;
use thiserror::Error;

use super::prime::prime;
use super::seed::{Purpose, stream};

/// Why there is no key.
#[derive(Debug, Error)]
pub enum KeyError {
    /// No key of this size, in bits, can be made.
    #[error("no RSA key of {0} bits: ask for a multiple of 16 from 512 to 4096")]
    Size(usize),
    /// The prime search or the encoding failed.
    #[error("the RSA key could not be made: {0}")]
    Make(String),
}

/// An RSA private key. Making one of 2048 bits takes a noticeable part of a second, so keep it.
#[derive(Clone)]
pub struct RsaKey {
    private: RsaPrivateKey,
    pkcs8: Vec<u8>,
    pkcs1_public: Vec<u8>,
    bits: usize,
}

impl RsaKey {
    /// The key of 2048 bits, as SNS has them, that belongs to `seed`.
    pub fn from_seed(seed: u64) -> Result<Self, KeyError> {
        Self::with_bits(seed, 2048)
    }

    /// The key of `bits` bits, a multiple of 16 from 512 to 4096, that belongs to `seed`. Less than 2048 is for attack tests.
    pub fn with_bits(seed: u64, bits: usize) -> Result<Self, KeyError> {
        if !(512..=4096).contains(&bits) || !bits.is_multiple_of(16) {
            return Err(KeyError::Size(bits));
        }
        let mut rng = stream(seed, Purpose::RsaKey, bits as u64);
        let exponent = BigUint::from(65_537_u32);
        // Not every pair of primes goes with the exponent: it must not divide p - 1 or q - 1.
        let private = (0..8)
            .find_map(|_| {
                let (p, q) = (prime(&mut rng, bits / 2), prime(&mut rng, bits / 2));
                RsaPrivateKey::from_p_q(p, q, exponent.clone()).ok()
            })
            .ok_or_else(|| KeyError::Make("no pair of primes goes with the exponent".to_owned()))?;
        let pkcs8 = private.to_pkcs8_der().map_err(|error| KeyError::Make(error.to_string()))?;
        let public =
            private.to_public_key().to_pkcs1_der().map_err(|error| KeyError::Make(error.to_string()))?;
        Ok(Self { pkcs8: pkcs8.as_bytes().to_vec(), pkcs1_public: public.as_bytes().to_vec(), private, bits })
    }

    /// The size of the modulus in bits.
    #[must_use]
    pub const fn bits(&self) -> usize {
        self.bits
    }

    /// The public key as a PEM of `SubjectPublicKeyInfo`, which `openssl dgst -verify` takes.
    pub fn public_key_pem(&self) -> Result<String, KeyError> {
        self.private
            .to_public_key()
            .to_public_key_pem(LineEnding::LF)
            .map_err(|error| KeyError::Make(error.to_string()))
    }

    /// RSASSA-PKCS1-v1_5 with SHA-1. `None` if the key is too small for the digest.
    pub(crate) fn sign_sha1(&self, text: &[u8]) -> Option<Vec<u8>> {
        let key = pkcs1v15::SigningKey::<Sha1>::new(self.private.clone());
        key.try_sign(text).ok().map(|signature| signature.to_vec())
    }

    /// RSASSA-PKCS1-v1_5 with SHA-256. `None` if the key is too small for the digest.
    pub(crate) fn sign_sha256(&self, text: &[u8]) -> Option<Vec<u8>> {
        let key = pkcs1v15::SigningKey::<Sha256>::new(self.private.clone());
        key.try_sign(text).ok().map(|signature| signature.to_vec())
    }

    /// The private key in PKCS#8 DER.
    pub(crate) fn pkcs8(&self) -> &[u8] {
        &self.pkcs8
    }
}

impl fmt::Debug for RsaKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RsaKey({} bits)", self.bits)
    }
}

/// Lets rcgen certify, and sign with, keys that aws-lc-rs refuses to load: those below 2048 bits.
impl rcgen::PublicKeyData for RsaKey {
    fn der_bytes(&self) -> &[u8] {
        &self.pkcs1_public
    }

    fn algorithm(&self) -> &'static rcgen::SignatureAlgorithm {
        &rcgen::PKCS_RSA_SHA256
    }
}

impl rcgen::SigningKey for RsaKey {
    fn sign(&self, text: &[u8]) -> Result<Vec<u8>, rcgen::Error> {
        self.sign_sha256(text).ok_or(rcgen::Error::RemoteKeyError)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_seed_has_one_key_per_size() {
        let key = RsaKey::with_bits(1, 512).unwrap();
        assert_eq!(key.pkcs8(), RsaKey::with_bits(1, 512).unwrap().pkcs8());
        assert_ne!(key.pkcs8(), RsaKey::with_bits(2, 512).unwrap().pkcs8());
        assert_eq!(key.bits(), 512);
    }

    #[test]
    fn absurd_sizes_are_refused() {
        for bits in [0, 496, 1023, 4112] {
            let error = RsaKey::with_bits(1, bits).unwrap_err();
            assert_eq!(
                error.to_string(),
                format!("no RSA key of {bits} bits: ask for a multiple of 16 from 512 to 4096")
            );
        }
    }

    #[test]
    fn debug_does_not_show_the_key() {
        assert_eq!(format!("{:?}", RsaKey::with_bits(1, 512).unwrap()), "RsaKey(512 bits)");
    }
}

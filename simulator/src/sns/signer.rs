//! The canonical string of an envelope, and its two signatures.

use std::fmt;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use thiserror::Error;

use super::envelope::{Envelope, Kind, SignedEnvelope};
use super::key::RsaKey;

/// The text that SNS signs: each key, a line feed, its value, a line feed, in byte order of the keys
/// (SNS developer guide, "Verifying the signatures of Amazon SNS messages").
#[must_use]
pub fn canonical_string(envelope: &Envelope) -> String {
    let Envelope { kind, message_id, topic_arn, message, timestamp } = envelope;
    let mut text = String::with_capacity(message.len() + 512);
    let mut sign = |key: &str, value: &str| {
        for part in [key, "\n", value, "\n"] {
            text.push_str(part);
        }
    };
    sign("Message", message);
    sign("MessageId", message_id);
    match kind {
        Kind::Notification(notification) => {
            if let Some(subject) = &notification.subject {
                sign("Subject", subject);
            }
            sign("Timestamp", timestamp);
        }
        Kind::SubscriptionConfirmation(confirmation) | Kind::UnsubscribeConfirmation(confirmation) => {
            sign("SubscribeURL", &confirmation.subscribe_url);
            sign("Timestamp", timestamp);
            sign("Token", &confirmation.token);
        }
    }
    sign("TopicArn", topic_arn);
    sign("Type", kind.type_name());
    text
}

/// How a topic signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SignatureVersion {
    /// RSASSA-PKCS1-v1_5 with SHA-1, the default of every topic.
    V1,
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    V2,
}

impl SignatureVersion {
    /// The value of `SignatureVersion`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::V1 => "1",
            Self::V2 => "2",
        }
    }
}

/// The key cannot make the signature.
#[derive(Debug, Error)]
#[error("an RSA key of {bits} bits cannot sign with signature version {}", .version.as_str())]
pub struct SignError {
    /// Its size in bits.
    pub bits: usize,
    /// What was asked for.
    pub version: SignatureVersion,
}

/// Signs envelopes with one key, in one version, under one certificate URL.
pub struct Signer {
    key: RsaKey,
    /// The key for aws-lc-rs, which is some ten times as fast and takes 2048 bits and more.
    fast: Option<RsaKeyPair>,
    version: SignatureVersion,
    signing_cert_url: String,
}

impl Signer {
    /// A signer whose envelopes say `signing_cert_url`, which may be any text.
    #[must_use]
    pub fn new(key: &RsaKey, version: SignatureVersion, signing_cert_url: impl Into<String>) -> Self {
        let fast = RsaKeyPair::from_pkcs8(key.pkcs8()).ok();
        Self { key: key.clone(), fast, version, signing_cert_url: signing_cert_url.into() }
    }

    /// Signs an envelope.
    pub fn sign(&self, envelope: Envelope) -> Result<SignedEnvelope, SignError> {
        Ok(SignedEnvelope {
            signature: self.signature(canonical_string(&envelope).as_bytes())?,
            signature_version: self.version.as_str().to_owned(),
            signing_cert_url: self.signing_cert_url.clone(),
            envelope,
        })
    }

    /// The signature of any text, in base64: 344 characters for a key of 2048 bits.
    pub fn signature(&self, text: &[u8]) -> Result<String, SignError> {
        let bytes = match (self.version, &self.fast) {
            (SignatureVersion::V1, _) => self.key.sign_sha1(text),
            (SignatureVersion::V2, Some(key)) => {
                let mut bytes = vec![0; key.public_modulus_len()];
                key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), text, &mut bytes).ok().map(|()| bytes)
            }
            (SignatureVersion::V2, None) => self.key.sign_sha256(text),
        };
        let bytes = bytes.ok_or(SignError { bits: self.key.bits(), version: self.version })?;
        Ok(STANDARD.encode(bytes))
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signer")
            .field("key", &self.key)
            .field("version", &self.version)
            .field("signing_cert_url", &self.signing_cert_url)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::sns::envelope::{Confirmation, Notification};

    fn envelope(kind: Kind) -> Envelope {
        Envelope {
            kind,
            message_id: "<id>".to_owned(),
            topic_arn: "<arn>".to_owned(),
            message: "hello\n".to_owned(),
            timestamp: "<ts>".to_owned(),
        }
    }

    fn notification(subject: Option<&str>) -> Kind {
        Kind::Notification(Notification {
            subject: subject.map(str::to_owned),
            unsubscribe_url: "<unsigned>".to_owned(),
            attributes: Vec::new(),
        })
    }

    #[test]
    fn the_canonical_string_of_each_kind() {
        let confirmation = || Confirmation { token: "<token>".to_owned(), subscribe_url: "<url>".to_owned() };
        for (kind, want) in [
            (
                notification(None),
                "Message\nhello\n\nMessageId\n<id>\nTimestamp\n<ts>\nTopicArn\n<arn>\nType\nNotification\n",
            ),
            (
                notification(Some("")),
                "Message\nhello\n\nMessageId\n<id>\nSubject\n\nTimestamp\n<ts>\nTopicArn\n<arn>\nType\nNotification\n",
            ),
            (
                Kind::SubscriptionConfirmation(confirmation()),
                "Message\nhello\n\nMessageId\n<id>\nSubscribeURL\n<url>\nTimestamp\n<ts>\nToken\n<token>\n\
                 TopicArn\n<arn>\nType\nSubscriptionConfirmation\n",
            ),
            (
                Kind::UnsubscribeConfirmation(confirmation()),
                "Message\nhello\n\nMessageId\n<id>\nSubscribeURL\n<url>\nTimestamp\n<ts>\nToken\n<token>\n\
                 TopicArn\n<arn>\nType\nUnsubscribeConfirmation\n",
            ),
        ] {
            assert_eq!(canonical_string(&envelope(kind)), want);
        }
    }

    #[test]
    fn the_unsigned_fields_do_not_change_the_signature() {
        let key = RsaKey::with_bits(1, 1024).unwrap();
        let signer = Signer::new(&key, SignatureVersion::V1, "https://a");
        let plain = signer.sign(envelope(notification(None))).unwrap();
        let other = Signer::new(&key, SignatureVersion::V1, "https://b")
            .sign(envelope(notification(None)).attribute("a", "String", "b"))
            .unwrap();
        assert_eq!(plain.signature, other.signature);
        assert_ne!(plain.signature, signer.sign(envelope(notification(Some("s")))).unwrap().signature);
    }

    #[test]
    fn small_keys_sign_in_both_versions() {
        let key = RsaKey::with_bits(1, 1024).unwrap();
        for version in [SignatureVersion::V1, SignatureVersion::V2] {
            assert_eq!(Signer::new(&key, version, "").signature(b"text").unwrap().len(), 172);
        }
    }
}

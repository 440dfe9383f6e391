//! How the receiver reads messages and certificates, by its own reading of the facts.

use std::collections::BTreeMap;
use std::fmt;

use aws_lc_rs::signature::{
    RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use serde::de::{Deserializer, MapAccess, Visitor};
use serde::{Deserialize, de};
use serde_json::Value;

/// The members of a body, as two kinds of parser read it.
pub(crate) struct Members {
    /// Of two of one name the first.
    pub(crate) first: BTreeMap<String, Value>,
    /// Of two of one name the last.
    pub(crate) last: BTreeMap<String, Value>,
    pub(crate) twice: bool,
}

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Members;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let (first, last) = (BTreeMap::new(), BTreeMap::new());
                let mut members = Members { first, last, twice: false };
                while let Some((name, value)) = map.next_entry::<String, Value>()? {
                    members.first.entry(name.clone()).or_insert_with(|| value.clone());
                    members.twice |= members.last.insert(name, value).is_some();
                }
                if members.last.is_empty() { Err(de::Error::custom("empty")) } else { Ok(members) }
            }
        }
        deserializer.deserialize_map(Reader)
    }
}

impl Members {
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.last.get(name).and_then(Value::as_str)
    }

    /// What SNS signs (developer guide, "Verifying the signatures").
    pub(crate) fn signed_text(&self) -> Option<String> {
        let names: &[&str] = match self.text("Type")? {
            "Notification" => &["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"],
            "SubscriptionConfirmation" | "UnsubscribeConfirmation" => {
                &["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"]
            }
            _ => return None,
        };
        let mut text = String::new();
        for name in names {
            match self.last.get(*name) {
                Some(Value::String(value)) => text = format!("{text}{name}\n{value}\n"),
                None if *name == "Subject" => {}
                _ => return None,
            }
        }
        Some(text)
    }

    /// Whether no signed value but `Message` can be taken for two.
    pub(crate) fn borders_are_fixed(&self) -> bool {
        ["MessageId", "Subject", "Timestamp", "TopicArn", "Token", "SubscribeURL"]
            .iter()
            .all(|name| self.text(name).is_none_or(|text| !text.contains('\n')))
    }

    pub(crate) fn is_signed_by(&self, certificate: &Certificate) -> bool {
        let (Some(text), Some(signature), Some(version)) =
            (self.signed_text(), self.text("Signature"), self.text("SignatureVersion"))
        else {
            return false;
        };
        let Ok(signature) = STANDARD.decode(signature) else { return false };
        let algorithm = match version {
            "1" => &RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY,
            "2" => &RSA_PKCS1_2048_8192_SHA256,
            _ => return false,
        };
        UnparsedPublicKey::new(algorithm, &certificate.key).verify(text.as_bytes(), &signature).is_ok()
    }
}

/// A signing certificate.
#[derive(Clone)]
pub(crate) struct Certificate {
    key: Vec<u8>,
    pub(crate) names: Vec<String>,
    pub(crate) valid: [DateTime<Utc>; 2],
}

impl Certificate {
    /// Reads a file of exactly one certificate, or the last of several.
    pub(crate) fn read(pem: &[u8], several: bool) -> Option<Self> {
        let blocks: Vec<_> = x509_parser::pem::Pem::iter_from_buffer(pem).collect::<Result<_, _>>().ok()?;
        let block = blocks.last().filter(|_| several || blocks.len() == 1)?;
        let certificate = block.parse_x509().ok()?;
        let date = |time: x509_parser::time::ASN1Time| DateTime::from_timestamp(time.timestamp(), 0);
        let names = certificate.subject_alternative_name().ok()??.value.general_names.iter();
        Some(Self {
            key: certificate.public_key().subject_public_key.data.to_vec(),
            names: names
                .filter_map(|name| match name {
                    x509_parser::extensions::GeneralName::DNSName(name) => Some((*name).to_owned()),
                    _ => None,
                })
                .collect(),
            valid: [date(certificate.validity.not_before)?, date(certificate.validity.not_after)?],
        })
    }
}

//! Ids that a seed and a count determine.

use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::random::{Purpose, Random};

/// The id of a request, which its reply and its outcome carry: a UUID.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequestId(u128);

impl RequestId {
    /// The id of the request of this number.
    pub(super) fn new(seed: u64, number: u64) -> Self {
        let uuid = Random::new(seed, Purpose::Request, number).uuid();
        Self::parse(&uuid).unwrap_or(Self(u128::from(number)))
    }

    /// Reads a UUID; `None` if it is none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        is_uuid(text).then(|| text.bytes().filter(|byte| *byte != b'-')).and_then(|digits| {
            let digits: String = digits.map(char::from).collect();
            u128::from_str_radix(&digits, 16).ok().map(Self)
        })
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let n = self.0;
        write!(
            f,
            "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
            n >> 96,
            (n >> 80) & 0xffff,
            (n >> 64) & 0xffff,
            (n >> 48) & 0xffff,
            n & 0xffff_ffff_ffff
        )
    }
}

/// Whether a text has the form of a UUID: 36 characters, hex digits in groups of 8, 4, 4, 4 and 12.
pub(super) fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(place, byte)| match place {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

/// The id of an alert: `<uuid>-<milliseconds since 1970>`.
pub(super) fn alert_id(seed: u64, account: u32, number: u32, at: DateTime<Utc>) -> Arc<str> {
    let counter = (u64::from(account) << 32) | u64::from(number);
    let uuid = Random::new(seed, Purpose::Alert, counter).uuid();
    format!("{uuid}-{}", at.timestamp_millis()).into()
}

/// The id of something that has a kind and a name, such as a team: the same name gives the same id.
pub(super) fn named_id(seed: u64, kind: &str, name: &str) -> Arc<str> {
    // FNV-1a, which is stable across platforms and versions.
    let hash = kind.bytes().chain([0]).chain(name.bytes()).fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    Random::new(seed, Purpose::Named, hash).uuid().into()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn request_ids_are_read_as_they_are_written() {
        let id = RequestId::new(1, 7);
        assert_eq!(RequestId::parse(&id.to_string()), Some(id));
        assert_ne!(id, RequestId::new(2, 7));
        assert_ne!(id, RequestId::new(1, 8));
    }

    #[test]
    fn only_uuids_have_the_form_of_one() {
        for (text, is) in [
            ("0d9e7a90-2f4d-4e61-8b0a-d7a1c5e0f2b4", true),
            ("0D9E7A90-2F4D-4E61-8B0A-D7A1C5E0F2B4", true),
            ("0d9e7a902f4d4e618b0ad7a1c5e0f2b4", false),
            ("0d9e7a90-2f4d-4e61-8b0a-d7a1c5e0f2b4\n", false),
            ("gd9e7a90-2f4d-4e61-8b0a-d7a1c5e0f2b4", false),
            ("", false),
        ] {
            assert_eq!(is_uuid(text), is, "{text:?}");
            assert_eq!(RequestId::parse(text).is_some(), is, "{text:?}");
        }
    }

    #[test]
    fn an_alerts_id_says_when_it_was_made() {
        let at = DateTime::from_timestamp_millis(1_767_607_200_000).unwrap();
        let id = alert_id(1, 0, 1, at);
        assert!(id.ends_with("-1767607200000") && is_uuid(&id[..36]), "{id}");
        assert_ne!(id, alert_id(1, 1, 1, at));
    }

    #[test]
    fn a_name_has_one_id_of_each_kind() {
        assert_eq!(named_id(1, "team", "secops"), named_id(1, "team", "secops"));
        assert_ne!(named_id(1, "team", "secops"), named_id(1, "schedule", "secops"));
        assert_ne!(named_id(1, "team", "secops"), named_id(2, "team", "secops"));
    }
}

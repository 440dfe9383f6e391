//! Every id, token and key of the simulator, as a function of a seed, a purpose and a counter.

use rand_chacha::ChaCha20Rng;
use rand_core::{RngCore, SeedableRng};

/// What random bytes are for: two purposes never share bytes, whatever their counters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    RsaKey = 1,
    ServerKey = 2,
    MessageId = 3,
    ConfirmationId = 4,
    Token = 5,
    SubscriptionId = 6,
    RequestId = 7,
    Jitter = 8,
    DeliveryId = 9,
    Fault = 10,
    Dwell = 11,
}

/// The random stream of one purpose under `seed`. Counters are apart by `ChaCha`'s stream number.
pub(crate) fn stream(seed: u64, purpose: Purpose, counter: u64) -> ChaCha20Rng {
    let mut key = [0_u8; 32];
    key[..8].copy_from_slice(&seed.to_le_bytes());
    key[8] = purpose as u8;
    let mut rng = ChaCha20Rng::from_seed(key);
    rng.set_stream(counter);
    rng
}

/// `N` random bytes in lower-case hex.
pub(crate) fn hex<const N: usize>(seed: u64, purpose: Purpose, counter: u64) -> String {
    let mut bytes = [0_u8; N];
    stream(seed, purpose, counter).fill_bytes(&mut bytes);
    to_hex(&bytes)
}

/// Lower-case hex.
pub(crate) fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        for nibble in [byte >> 4, byte & 0x0f] {
            text.push(char::from_digit(u32::from(nibble), 16).unwrap_or('0'));
        }
        text
    })
}

/// A lower-case UUID that says `version` (RFC 9562, section 4.2). SNS numbers notifications and requests with
/// version 5, confirmations and subscriptions with version 4 (recorded).
pub(crate) fn uuid(version: u8, seed: u64, purpose: Purpose, counter: u64) -> String {
    let mut bytes = [0_u8; 16];
    stream(seed, purpose, counter).fill_bytes(&mut bytes);
    bytes[6] = (bytes[6] & 0x0f) | (version << 4);
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    let hex = to_hex(&bytes);
    [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_seed_gives_one_uuid_and_every_argument_counts() {
        let first = uuid(5, 1, Purpose::MessageId, 0);
        assert_eq!(first, uuid(5, 1, Purpose::MessageId, 0));
        for other in [
            uuid(5, 2, Purpose::MessageId, 0),
            uuid(5, 1, Purpose::MessageId, 1),
            uuid(5, 1, Purpose::RequestId, 0),
        ] {
            assert_ne!(first, other);
        }
    }

    #[test]
    fn a_uuid_says_its_version_and_variant() {
        for counter in 0..64 {
            let id = uuid(5, 7, Purpose::MessageId, counter);
            let groups: Vec<&str> = id.split('-').collect();
            assert_eq!(groups.iter().map(|group| group.len()).collect::<Vec<_>>(), [8, 4, 4, 4, 12], "{id}");
            assert!(groups[2].starts_with('5'), "{id}");
            assert!(groups[3].starts_with(['8', '9', 'a', 'b']), "{id}");
        }
    }
}

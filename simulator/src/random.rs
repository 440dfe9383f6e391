//! What is drawn is a function of a seed, a purpose and a counter, and of nothing else: no platform's floating-point
//! library has a say in it.

use rand_chacha::ChaCha12Rng;
use rand_core::{RngCore, SeedableRng};

/// What is drawn for: two purposes never share bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    World = 32,
    Background = 33,
    Appearance = 34,
    Latency = 35,
    Alert = 36,
    Request = 37,
    Named = 38,
    Order = 39,
    PagerFault = 40,
}

/// A stream of random draws.
#[derive(Debug, Clone)]
pub(crate) struct Random(ChaCha12Rng);

impl Random {
    /// The stream of `purpose` under `seed`; streams of other counters are independent of it.
    pub(crate) fn new(seed: u64, purpose: Purpose, counter: u64) -> Self {
        let mut key = [0_u8; 32];
        key[..8].copy_from_slice(&seed.to_le_bytes());
        key[8] = purpose as u8;
        let mut rng = ChaCha12Rng::from_seed(key);
        rng.set_stream(counter);
        Self(rng)
    }

    /// A number of 0 to `bound - 1`; 0 for a bound of 0. The bias is below `bound / 2^32`.
    pub(crate) fn below(&mut self, bound: u32) -> u32 {
        let drawn = u64::from(self.0.next_u32()) * u64::from(bound);
        u32::try_from(drawn >> 32).unwrap_or(0)
    }

    /// A number of `first` to `last`, both included.
    pub(crate) fn between(&mut self, first: u32, last: u32) -> u32 {
        first + self.below(last.saturating_sub(first).saturating_add(1))
    }

    /// True in `share` of 1 of the cases.
    pub(crate) fn chance(&mut self, share: f64) -> bool {
        f64::from(self.0.next_u32()) < share * 4_294_967_296.0
    }

    /// One of `options`, which must not be empty.
    pub(crate) fn pick<'a, T>(&mut self, options: &'a [T]) -> &'a T {
        let last = u32::try_from(options.len() - 1).unwrap_or(u32::MAX);
        &options[self.between(0, last) as usize]
    }

    /// `length` characters of `alphabet`, which must not be empty.
    pub(crate) fn characters(&mut self, alphabet: &[u8], length: usize) -> String {
        (0..length).map(|_| char::from(*self.pick(alphabet))).collect()
    }

    /// `length` lower-case hex digits.
    pub(crate) fn hex(&mut self, length: usize) -> String {
        self.characters(b"0123456789abcdef", length)
    }

    /// `length` capitals and digits, as in access keys and principal ids.
    pub(crate) fn capitals(&mut self, length: usize) -> String {
        self.characters(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", length)
    }

    /// A lower-case UUID of version 4 (RFC 9562, section 5.4).
    pub(crate) fn uuid(&mut self) -> String {
        let mut text = String::with_capacity(36);
        let (high, low) = (self.0.next_u64(), self.0.next_u64());
        let digits = (u128::from(high) << 64) | u128::from(low);
        let digits = (digits & !(0xf << 76) & !(0x3 << 62)) | (0x4 << 76) | (0x2 << 62);
        for place in 0..32_u32 {
            if [8, 12, 16, 20].contains(&place) {
                text.push('-');
            }
            let nibble = u8::try_from((digits >> (124 - 4 * place)) & 0xf).unwrap_or(0);
            text.push(char::from_digit(u32::from(nibble), 16).unwrap_or('0'));
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn random(seed: u64, purpose: Purpose, counter: u64) -> Random {
        Random::new(seed, purpose, counter)
    }

    #[test]
    fn one_seed_gives_one_stream_and_every_argument_counts() {
        let first = random(1, Purpose::World, 0).hex(32);
        assert_eq!(first, random(1, Purpose::World, 0).hex(32));
        for other in
            [random(2, Purpose::World, 0), random(1, Purpose::Latency, 0), random(1, Purpose::World, 1)]
        {
            assert_ne!(first, other.clone().hex(32));
        }
    }

    #[test]
    fn a_uuid_says_its_version_and_variant() {
        let mut random = random(7, Purpose::World, 0);
        for _ in 0..64 {
            let id = random.uuid();
            let groups: Vec<&str> = id.split('-').collect();
            assert_eq!(groups.iter().map(|group| group.len()).collect::<Vec<_>>(), [8, 4, 4, 4, 12], "{id}");
            assert!(groups[2].starts_with('4'), "{id}");
            assert!(groups[3].starts_with(['8', '9', 'a', 'b']), "{id}");
        }
    }

    #[test]
    fn draws_stay_within_their_bounds_and_reach_them() {
        let mut random = random(7, Purpose::World, 0);
        let drawn: Vec<u32> = (0..500).map(|_| random.between(3, 6)).collect();
        for number in 3..=6 {
            assert!(drawn.contains(&number), "{number} is never drawn");
        }
        assert!(drawn.iter().all(|number| (3..=6).contains(number)));
        assert_eq!(random.below(0), 0);
        assert!(random.chance(1.0));
        assert!(!random.chance(0.0));
    }
}

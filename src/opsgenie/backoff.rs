//! How long to wait before the next attempt.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

/// Exponential backoff with full jitter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryPolicy {
    /// Longest wait after the first attempt; it doubles with each.
    pub base: Duration,
    /// Longest wait after any attempt.
    pub cap: Duration,
}

impl Default for RetryPolicy {
    /// One second, doubled up to thirty: as the official SDKs do it.
    fn default() -> Self {
        Self { base: Duration::from_secs(1), cap: Duration::from_secs(30) }
    }
}

impl RetryPolicy {
    /// The wait after `attempts` attempts (at least one), or none if it would not end before the deadline.
    ///
    /// `asked` is what the pager wants to be waited; a little is added to it, so that those who were throttled
    /// together do not return together. `random` is any number.
    #[must_use]
    pub fn next(
        &self,
        attempts: u32,
        asked: Option<Duration>,
        random: u64,
        remaining: Duration,
    ) -> Option<Duration> {
        // The pager's own wait needs no doubling.
        let doublings = if asked.is_some() { 0 } else { attempts.saturating_sub(1) };
        let ceiling = self.base.saturating_mul(2u32.saturating_pow(doublings)).min(self.cap);
        let wait = asked.unwrap_or_default().saturating_add(fraction(ceiling, random));
        (wait < remaining).then_some(wait)
    }
}

/// `random` / 2⁶⁴ of a duration.
fn fraction(of: Duration, random: u64) -> Duration {
    let nanos = (of.as_nanos() * u128::from(random)) >> 64;
    Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
}

/// A stream of numbers from a seed (`SplitMix64`), for spreading attempts in time: nothing secret depends on it.
#[derive(Debug)]
pub struct Jitter(AtomicU64);

impl Jitter {
    /// The same seed gives the same numbers.
    #[must_use]
    pub const fn seeded(seed: u64) -> Self {
        Self(AtomicU64::new(seed))
    }

    /// The next number.
    pub fn next(&self) -> u64 {
        const GAMMA: u64 = 0x9e37_79b9_7f4a_7c15;
        let state = self.0.fetch_add(GAMMA, Ordering::Relaxed).wrapping_add(GAMMA);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_hours(1);

    const fn seconds(n: u64) -> Duration {
        Duration::from_secs(n)
    }

    #[test]
    fn the_wait_doubles_up_to_the_cap_and_is_spread_from_zero() {
        let policy = RetryPolicy::default();
        // Half of the range of random numbers is half of the longest wait.
        let middle = [1, 2, 3, 4, 5, 6, 7, 40, u32::MAX]
            .map(|n| policy.next(n, None, 1 << 63, HOUR).map(|d| d.as_millis()));
        assert_eq!(middle, [500, 1000, 2000, 4000, 8000, 15000, 15000, 15000, 15000].map(Some));
        assert_eq!(policy.next(1, None, 0, HOUR), Some(seconds(0)));
        assert!(policy.next(9, None, u64::MAX, HOUR) < Some(seconds(30)));
    }

    #[test]
    fn what_the_pager_asks_for_is_waited_and_a_little_more() {
        let policy = RetryPolicy::default();
        assert_eq!(policy.next(5, Some(seconds(60)), 0, HOUR), Some(seconds(60)));
        assert_eq!(policy.next(5, Some(seconds(60)), 1 << 63, HOUR), Some(Duration::from_millis(60_500)));
    }

    #[test]
    fn no_wait_ends_at_or_after_the_deadline() {
        let policy = RetryPolicy::default();
        assert_eq!(
            policy.next(1, None, 1 << 63, Duration::from_millis(501)),
            Some(Duration::from_millis(500))
        );
        assert_eq!(policy.next(1, None, 1 << 63, Duration::from_millis(500)), None);
        assert_eq!(policy.next(1, Some(seconds(60)), 0, seconds(12)), None);
        assert_eq!(policy.next(1, Some(seconds(u64::MAX)), u64::MAX, HOUR), None);
        assert_eq!(policy.next(1, None, 0, Duration::ZERO), None);
    }

    /// The first numbers for the seed 1234567 in the reference implementation (Vigna, `splitmix64.c`).
    #[test]
    fn the_numbers_are_those_of_splitmix64() {
        let jitter = Jitter::seeded(1_234_567);
        assert_eq!(
            [jitter.next(), jitter.next(), jitter.next()],
            [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]
        );
    }
}

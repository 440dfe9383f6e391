//! Token buckets: one for a second and one for a minute in each domain of an account
//! (<https://docs.opsgenie.com/docs/api-rate-limiting>).

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::settings::{Domain, RateLimit};

/// The buckets of one account.
#[derive(Debug)]
pub(super) struct RateLimits {
    domains: Vec<(Domain, Vec<Bucket>)>,
}

/// A request found a bucket empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Exhausted {
    /// The bucket's period, in seconds: 1 or 60.
    pub(super) period: u32,
}

/// A bucket that holds as many tokens as its limit and is filled evenly over its period. It counts in thousandths of a
/// token's share of the period, so that nothing is rounded.
#[derive(Debug, Clone)]
struct Bucket {
    limit: u32,
    /// In seconds.
    period: u32,
    /// Tokens times the milliseconds of the period.
    level: i64,
    filled_at: DateTime<Utc>,
}

/// The limits of a domain, as `/v2/request-limits/` tells them.
#[derive(Debug, Serialize)]
pub(super) struct DomainLimits {
    domain: &'static str,
    limits: Vec<PeriodLimit>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct PeriodLimit {
    limit: u32,
    period_in_seconds: u32,
}

impl RateLimits {
    /// Full buckets.
    pub(super) fn new(limits: &[RateLimit], now: DateTime<Utc>) -> Self {
        let buckets = |limit: &RateLimit| {
            let minute = limit.per_minute.map(|limit| Bucket::new(limit, 60, now));
            let second = limit.per_second.map(|limit| Bucket::new(limit, 1, now));
            (limit.domain, minute.into_iter().chain(second).collect())
        };
        Self { domains: limits.iter().map(buckets).collect() }
    }

    /// Takes a token from each bucket of a domain, or from none if one of them is empty.
    pub(super) fn take(&mut self, domain: Domain, now: DateTime<Utc>) -> Result<(), Exhausted> {
        let Some((_, buckets)) = self.domains.iter_mut().find(|(known, _)| *known == domain) else {
            return Ok(());
        };
        for bucket in &mut *buckets {
            bucket.fill(now);
        }
        if let Some(empty) = buckets.iter().find(|bucket| !bucket.has_token()) {
            return Err(Exhausted { period: empty.period });
        }
        for bucket in buckets {
            bucket.level -= bucket.token();
        }
        Ok(())
    }

    /// All limits.
    pub(super) fn told(&self) -> Vec<DomainLimits> {
        let told = |bucket: &Bucket| PeriodLimit { limit: bucket.limit, period_in_seconds: bucket.period };
        let of_domain = |(domain, buckets): &(Domain, Vec<Bucket>)| DomainLimits {
            domain: domain.as_str(),
            limits: buckets.iter().map(told).collect(),
        };
        self.domains.iter().map(of_domain).collect()
    }

    /// Fills every bucket.
    pub(super) fn refill(&mut self, now: DateTime<Utc>) {
        for bucket in self.domains.iter_mut().flat_map(|(_, buckets)| buckets) {
            *bucket = Bucket::new(bucket.limit, bucket.period, now);
        }
    }
}

impl Bucket {
    fn new(limit: u32, period: u32, now: DateTime<Utc>) -> Self {
        let mut bucket = Self { limit, period, level: 0, filled_at: now };
        bucket.level = bucket.capacity();
        bucket
    }

    fn token(&self) -> i64 {
        i64::from(self.period) * 1_000
    }

    fn capacity(&self) -> i64 {
        self.token() * i64::from(self.limit)
    }

    fn has_token(&self) -> bool {
        self.level >= self.token()
    }

    fn fill(&mut self, now: DateTime<Utc>) {
        let passed = (now - self.filled_at).num_milliseconds();
        if passed > 0 {
            let filled = passed.saturating_mul(self.limit.into());
            self.level = self.level.saturating_add(filled).min(self.capacity());
            self.filled_at += chrono::TimeDelta::milliseconds(passed);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use chrono::TimeDelta;

    fn at(millis: i64) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(1_790_000_000_000 + millis).unwrap()
    }

    fn limits(per_second: Option<u32>, per_minute: Option<u32>) -> RateLimits {
        RateLimits::new(&[RateLimit { domain: Domain::Alert, per_second, per_minute }], at(0))
    }

    #[test]
    fn a_bucket_gives_its_limit_and_is_filled_evenly() {
        let mut limits = limits(Some(2), None);
        let empty = Err(Exhausted { period: 1 });
        let asked = [0, 0, 0, 499, 500, 501, 1_000, 10_000, 10_000, 10_000];
        let answers = asked.map(|millis| limits.take(Domain::Alert, at(millis)));
        assert_eq!(answers, [Ok(()), Ok(()), empty, empty, Ok(()), empty, Ok(()), Ok(()), Ok(()), empty]);
    }

    #[test]
    fn both_periods_hold_and_the_one_that_is_exhausted_is_told() {
        let mut limits = limits(Some(2), Some(3));
        assert_eq!(limits.take(Domain::Alert, at(0)), Ok(()));
        assert_eq!(limits.take(Domain::Alert, at(0)), Ok(()));
        assert_eq!(limits.take(Domain::Alert, at(0)), Err(Exhausted { period: 1 }));
        assert_eq!(limits.take(Domain::Alert, at(1_000)), Ok(()));
        assert_eq!(limits.take(Domain::Alert, at(2_000)), Err(Exhausted { period: 60 }));
        assert_eq!(limits.take(Domain::Search, at(2_000)), Ok(()));
        limits.refill(at(2_000));
        assert_eq!(limits.take(Domain::Alert, at(2_000)), Ok(()));
    }

    #[test]
    fn over_a_minute_no_more_pass_than_the_limit_and_what_is_filled() {
        let mut limits = limits(None, Some(600));
        let mut now = at(0);
        let mut passed = 0;
        while now < at(60_000) {
            passed += u32::from(limits.take(Domain::Alert, now).is_ok());
            now += TimeDelta::milliseconds(7);
        }
        assert!((1_198..=1_200).contains(&passed), "{passed}");
    }

    #[test]
    fn a_limit_of_none_lets_nothing_through() {
        let mut limits = limits(Some(0), None);
        assert_eq!(limits.take(Domain::Alert, at(5_000)), Err(Exhausted { period: 1 }));
    }
}

//! When an alarm is evaluated, and which buckets it looks at.

use chrono::{DateTime, TimeDelta, Utc};

/// How many periods beyond N an alarm looks back for datapoints.
///
/// AWS does not publish it. N + 2 reproduces the guide's tables and measured alarms of 300 and 900 s; a recorded alarm
/// of 10 s held datapoints for N + 6 slots, that is 60 s more. Whichever is longer counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EvaluationRange {
    /// Periods beyond N.
    pub extra_periods: u32,
    /// The least time beyond N periods, in seconds.
    pub extra_seconds: u32,
}

impl Default for EvaluationRange {
    fn default() -> Self {
        Self { extra_periods: 2, extra_seconds: 60 }
    }
}

impl EvaluationRange {
    /// Exactly N + `extra` periods.
    #[must_use]
    pub const fn periods_beyond(extra: u32) -> Self {
        Self { extra_periods: extra, extra_seconds: 0 }
    }

    /// The number of buckets for N evaluation periods of `period` seconds.
    #[must_use]
    pub fn buckets(self, evaluation_periods: u32, period: u32) -> u32 {
        let by_time = self.extra_seconds.div_ceil(period.max(1));
        evaluation_periods.saturating_add(self.extra_periods.max(by_time))
    }
}

/// How often an alarm is evaluated, and where its newest bucket ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Schedule {
    period: i64,
    /// Seconds from one evaluation to the next.
    every: i64,
    /// Seconds between the last full step and the end of the newest bucket.
    lag: i64,
    /// For a wall-clock window, the offset of its zone in seconds.
    aligned: Option<i64>,
}

impl Schedule {
    /// The schedule of an alarm with this period, which must not be 0, and N.
    ///
    /// A minute apart; 10 s for periods below a minute; an hour for more than a day altogether. With periods below a
    /// minute, an alarm on one metric leaves out the bucket that has just ended, a math alarm does not (recorded).
    pub(super) fn new(period: u32, evaluation_periods: u32, math: bool, aligned: Option<i64>) -> Self {
        let multi_day = u64::from(period) * u64::from(evaluation_periods) > 86_400;
        let every = match period {
            0..60 => 10,
            _ if multi_day => 3_600,
            _ => 60,
        };
        let lag = if period < 60 && !math { 10 } else { 0 };
        Self { period: i64::from(period), every, lag, aligned }
    }

    /// The period.
    #[must_use]
    pub fn period(self) -> TimeDelta {
        TimeDelta::seconds(self.period)
    }

    /// The time from one evaluation to the next.
    #[must_use]
    pub fn every(self) -> TimeDelta {
        TimeDelta::seconds(self.every)
    }

    /// The end of the newest bucket for an evaluation at `now`: the last full minute, 10 s or hour.
    #[must_use]
    pub fn newest_end(self, now: DateTime<Utc>) -> DateTime<Utc> {
        let end = now.timestamp().div_euclid(self.every) * self.every - self.lag;
        let end = match self.aligned {
            None => end,
            Some(offset) => (end + offset).div_euclid(self.period) * self.period - offset,
        };
        DateTime::from_timestamp(end, 0).unwrap_or(now)
    }

    /// The first evaluation after `after`, for an alarm that is evaluated `phase` into each interval.
    #[must_use]
    pub fn next_evaluation(self, after: DateTime<Utc>, phase: TimeDelta) -> DateTime<Utc> {
        let every = self.every * 1_000;
        let phase = phase.num_milliseconds().rem_euclid(every);
        let now = after.timestamp_millis();
        let next = (now - phase).div_euclid(every) * every + every + phase;
        DateTime::from_timestamp_millis(next).unwrap_or(after)
    }
}

/// When in its interval an alarm is evaluated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Each alarm at its own time, which its name and this seed decide.
    Seeded(u64),
    /// All alarms this long into each interval.
    Fixed(TimeDelta),
}

impl Phase {
    /// The phase of an alarm.
    #[must_use]
    pub fn of(self, name: &str, every: TimeDelta) -> TimeDelta {
        match self {
            Self::Fixed(phase) => phase,
            Self::Seeded(seed) => {
                let every = u64::try_from(every.num_milliseconds()).unwrap_or(1).max(1);
                let phase = fnv(seed, name) % every;
                TimeDelta::milliseconds(i64::try_from(phase).unwrap_or(0))
            }
        }
    }
}

/// FNV-1a with a final mix, so that similar names lie apart.
fn fnv(seed: u64, name: &str) -> u64 {
    let bytes = seed.to_le_bytes().into_iter().chain(name.bytes());
    let hash = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let mixed = (hash ^ (hash >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    mixed ^ (mixed >> 33)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn time(text: &str) -> DateTime<Utc> {
        format!("2026-09-14T{text}Z").parse().unwrap()
    }

    #[test]
    fn the_newest_bucket_ends_at_the_last_full_step() {
        for (period, n, math, now, end) in [
            (300, 1, false, "14:23:28.949", "14:23:00"),
            (60, 3, true, "19:54:49.530", "19:54:00"),
            (10, 3, false, "05:43:07.551", "05:42:50"),
            (10, 1, true, "06:43:18.195", "06:43:10"),
            (10, 1, true, "07:59:20.482", "07:59:20"),
            (86_400, 2, false, "11:03:12", "11:00:00"),
            (86_400, 1, false, "11:03:12", "11:03:00"),
        ] {
            let schedule = Schedule::new(period, n, math, None);
            assert_eq!(schedule.newest_end(time(now)), time(end), "{period} s at {now}");
        }
        let aligned = Schedule::new(3_600, 1, false, Some(19_800));
        assert_eq!(aligned.newest_end(time("11:03:12")), time("10:30:00"));
    }

    #[test]
    fn evaluations_are_an_interval_apart_at_the_alarm_s_own_time() {
        let schedule = Schedule::new(60, 1, false, None);
        let phase = TimeDelta::milliseconds(51_290);
        assert_eq!(schedule.next_evaluation(time("20:35:51.289"), phase), time("20:35:51.290"));
        assert_eq!(schedule.next_evaluation(time("20:35:51.290"), phase), time("20:36:51.290"));
        let multi_day = Schedule::new(86_400, 2, false, None);
        assert_eq!(multi_day.every(), TimeDelta::hours(1));
    }

    #[test]
    fn the_range_is_n_and_two_more_and_a_minute_for_short_periods() {
        let range = EvaluationRange::default();
        for (n, period, buckets) in [(3, 300, 5), (1, 900, 3), (1, 60, 3), (3, 30, 5), (3, 20, 6), (3, 10, 9)]
        {
            assert_eq!(range.buckets(n, period), buckets, "{n} × {period} s");
        }
        assert_eq!(EvaluationRange::periods_beyond(0).buckets(3, 10), 3);
    }

    #[test]
    fn the_phase_is_fixed_by_seed_and_name() {
        let every = TimeDelta::minutes(1);
        let phase = Phase::Seeded(7).of("root-login", every);
        assert_eq!(phase, Phase::Seeded(7).of("root-login", every));
        assert_ne!(phase, Phase::Seeded(8).of("root-login", every));
        assert!(phase < every);
    }
}

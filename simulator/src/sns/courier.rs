//! Deliveries on their way: what to send when, what counts as delivered, and what becomes of the rest. No I/O.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::parcel::{Attempt, Outcome, Parcel};
use super::retry::Jitter;

/// What follows from an attempt's outcome.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// It has arrived.
    Delivered,
    /// It is tried again.
    Retry {
        /// When.
        at: DateTime<Utc>,
    },
    /// It goes to its dead-letter queue: the body that would have been delivered is what is kept (recorded).
    DeadLetter {
        /// The queue's ARN.
        target: String,
    },
    /// It is lost.
    Dropped,
}

/// A delivery that an outcome was reported for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// What it was.
    pub parcel: Arc<Parcel>,
    /// Attempts so far.
    pub attempts: u32,
    /// What follows.
    pub step: Step,
}

#[derive(Debug)]
struct Job {
    parcel: Arc<Parcel>,
    /// The delays that are left, the next one last.
    delays: Vec<Duration>,
    attempts: u32,
}

/// Deliveries under way. Its memory grows with those alone, and with the number of throttled subscriptions.
#[derive(Debug)]
pub struct Courier {
    jitter: Jitter,
    jobs: BTreeMap<u64, Job>,
    due: BTreeSet<(DateTime<Utc>, u64)>,
    next_id: u64,
    next_jitter: u64,
    /// Throttled subscription → the first instant at which it may get another attempt.
    free_from: HashMap<String, DateTime<Utc>>,
}

impl Courier {
    /// A courier without deliveries.
    #[must_use]
    pub fn new(jitter: Jitter) -> Self {
        Self {
            jitter,
            jobs: BTreeMap::new(),
            due: BTreeSet::new(),
            next_id: 0,
            next_jitter: 0,
            free_from: HashMap::new(),
        }
    }

    /// Takes a delivery whose first attempt is due at `at`, or later where its subscription is throttled.
    pub fn take(&mut self, parcel: Parcel, at: DateTime<Utc>) -> u64 {
        let id = self.next_id;
        self.next_id += 1;
        let mut delays = parcel.policy.retry.delays();
        delays.reverse();
        let at = self.throttled(&parcel, at);
        self.jobs.insert(id, Job { parcel: Arc::new(parcel), delays, attempts: 0 });
        self.due.insert((at, id));
        id
    }

    /// When the next attempt is due.
    #[must_use]
    pub fn next_due(&self) -> Option<DateTime<Utc>> {
        self.due.first().map(|(at, _)| *at)
    }

    /// How many deliveries are under way.
    #[must_use]
    pub fn under_way(&self) -> usize {
        self.jobs.len()
    }

    /// The earliest attempt that is due by `now`. Its outcome is to be reported.
    pub fn attempt(&mut self, now: DateTime<Utc>) -> Option<Attempt> {
        let (due, id) = *self.due.first().filter(|(at, _)| *at <= now)?;
        self.due.pop_first();
        let job = self.jobs.get_mut(&id)?;
        job.attempts += 1;
        Some(Attempt { id, number: job.attempts, due, parcel: Arc::clone(&job.parcel) })
    }

    /// What follows from an attempt that ended at `now`. `None` if the delivery is not known, or no more.
    pub fn report(&mut self, id: u64, outcome: &Outcome, now: DateTime<Utc>) -> Option<Progress> {
        let mut job = self.jobs.remove(&id)?;
        let (parcel, attempts) = (Arc::clone(&job.parcel), job.attempts);
        let step = if outcome.is_delivered() {
            Step::Delivered
        } else if let Some(target) = job.delays.pop() {
            let delay = self.jitter.stray(target, self.next_jitter);
            self.next_jitter += 1;
            let at = now.checked_add_signed(TimeDelta::from_std(delay).unwrap_or_default()).unwrap_or(now);
            let at = self.throttled(&parcel, at);
            self.jobs.insert(id, job);
            self.due.insert((at, id));
            Step::Retry { at }
        } else {
            match &parcel.dead_letter_target {
                Some(target) => Step::DeadLetter { target: target.clone() },
                None => Step::Dropped,
            }
        };
        Some(Progress { parcel, attempts, step })
    }

    /// The first instant from `at` on at which the subscription may get an attempt, and takes that place.
    fn throttled(&mut self, parcel: &Parcel, at: DateTime<Utc>) -> DateTime<Utc> {
        let Some(rate) = parcel.policy.max_receives_per_second else {
            return at;
        };
        let gap = TimeDelta::nanoseconds(1_000_000_000 / i64::from(rate.max(1)));
        let free = self.free_from.entry(parcel.subscription_arn.clone()).or_insert(at);
        let at = at.max(*free);
        *free = at + gap;
        at
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use bytes::Bytes;
    use serde_json::json;

    use super::*;
    use crate::sns::delivery::Delivery;
    use crate::sns::delivery_policy::DeliveryPolicy;
    use crate::sns::effective_policy::EffectivePolicy;

    fn at(millis: i64) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(1_790_000_000_000 + millis).unwrap()
    }

    fn parcel(policy: &serde_json::Value, dead_letters: bool) -> Parcel {
        let own = DeliveryPolicy::of_subscription(policy).unwrap();
        Parcel {
            message_id: "id".to_owned(),
            topic_arn: "topic".to_owned(),
            subscription_arn: "subscription".to_owned(),
            endpoint: "https://u:p@example.org:8443/secret?key=1".to_owned(),
            delivery: Delivery { headers: Vec::new(), body: Bytes::new() },
            published: at(0),
            policy: Arc::new(EffectivePolicy::of(&DeliveryPolicy::default(), &own)),
            dead_letter_target: dead_letters.then(|| "arn:aws:sqs:eu-west-1:123456789012:q".to_owned()),
        }
    }

    fn answered(status: u16) -> Outcome {
        Outcome::Answered { status, response: String::new() }
    }

    /// The times of all attempts, in milliseconds, if each has this outcome after `took` milliseconds; and the end.
    fn play(parcel: Parcel, outcome: &Outcome, took: i64) -> (Vec<i64>, Step) {
        let mut courier = Courier::new(Jitter::None);
        courier.take(parcel, at(0));
        let mut times = Vec::new();
        loop {
            let now = courier.next_due().unwrap();
            let attempt = courier.attempt(now).unwrap();
            times.push((attempt.due - at(0)).num_milliseconds());
            assert_eq!(attempt.number as usize, times.len());
            let end = now + TimeDelta::milliseconds(took);
            let progress = courier.report(attempt.id, outcome, end).unwrap();
            if !matches!(progress.step, Step::Retry { .. }) {
                assert_eq!(courier.under_way(), 0);
                return (times, progress.step);
            }
        }
    }

    #[test]
    fn what_counts_as_delivered() {
        for (status, delivered) in [
            (200, true),
            (204, true),
            (302, true),
            (400, true),
            (403, true),
            (404, true),
            (429, false),
            (499, true),
            (500, false),
            (503, false),
            (199, false),
        ] {
            assert_eq!(answered(status).is_delivered(), delivered, "{status}");
        }
        assert!(!Outcome::TimedOut.is_delivered() && !Outcome::Failed(String::new()).is_delivered());
    }

    #[test]
    fn a_failure_is_tried_three_times_more_and_then_it_is_lost_or_a_dead_letter() {
        let default = json!({});
        assert_eq!(play(parcel(&default, false), &answered(200), 50), (vec![0], Step::Delivered));
        let (times, step) = play(parcel(&default, false), &answered(503), 0);
        assert_eq!((times, step), (vec![0, 20_000, 40_000, 60_000], Step::Dropped));
        let target = "arn:aws:sqs:eu-west-1:123456789012:q".to_owned();
        assert_eq!(play(parcel(&default, true), &answered(429), 0).1, Step::DeadLetter { target });
    }

    #[test]
    fn after_a_time_out_the_next_attempt_begins_35_seconds_after_the_one_before() {
        let (times, _) = play(parcel(&json!({}), false), &Outcome::TimedOut, 15_000);
        assert_eq!(times, [0, 35_000, 70_000, 105_000]);
    }

    #[test]
    fn a_throttled_subscription_gets_no_more_than_its_rate() {
        let policy = json!({"throttlePolicy": {"maxReceivesPerSecond": 2}});
        let mut courier = Courier::new(Jitter::None);
        for _ in 0..4 {
            courier.take(parcel(&policy, false), at(100));
        }
        let mut times = Vec::new();
        while let Some(attempt) = courier.next_due().and_then(|now| courier.attempt(now)) {
            times.push((attempt.due - at(0)).num_milliseconds());
            courier.report(attempt.id, &answered(200), attempt.due);
        }
        assert_eq!(times, [100, 600, 1100, 1600]);
    }

    #[test]
    fn attempts_come_in_the_order_in_which_they_are_due() {
        let mut courier = Courier::new(Jitter::None);
        for millis in [300, 100, 200, 100] {
            courier.take(parcel(&json!({}), false), at(millis));
        }
        assert_eq!(courier.attempt(at(99)), None);
        let ids: Vec<u64> =
            std::iter::from_fn(|| courier.attempt(at(300))).map(|attempt| attempt.id).collect();
        assert_eq!(ids, [1, 3, 2, 0]);
        assert_eq!(courier.report(77, &answered(200), at(300)), None);
    }

    #[test]
    fn the_destination_shows_neither_credentials_nor_path() {
        let parcel = parcel(&json!({}), false);
        assert_eq!(parcel.destination(), "https://example.org:8443/");
        assert!(!format!("{parcel:?}").contains("secret"));
    }
}

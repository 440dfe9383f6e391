//! Who receives deliveries: a simulated subscriber, or (at the edge) a real endpoint.

use chrono::{DateTime, TimeDelta, Utc};
use rand_core::RngCore;

use crate::sns::{Attempt, DELIVERY_TIMEOUT, Outcome, Purpose, SigningCertificate, stream};

/// What came of an attempt, and how long it took in the world's time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// What came.
    pub outcome: Outcome,
    /// How long it took, at most 15 s.
    pub took: TimeDelta,
}

impl Answer {
    /// An answer with nothing in it.
    #[must_use]
    pub const fn status(status: u16, took: TimeDelta) -> Self {
        Self { outcome: Outcome::Answered { status, response: String::new() }, took }
    }

    /// None in time.
    #[must_use]
    pub fn timed_out() -> Self {
        let took = TimeDelta::from_std(DELIVERY_TIMEOUT).unwrap_or_default();
        Self { outcome: Outcome::TimedOut, took }
    }
}

/// Receives deliveries.
pub trait Subscriber {
    /// SNS serves these signing certificates from now on; said before what is signed under a new one is attempted.
    fn served(&mut self, _certificates: &[SigningCertificate]) {}
    /// Receives one attempt that begins at `now`.
    fn receive(&mut self, attempt: &Attempt, now: DateTime<Utc>) -> Answer;
}

/// A subscriber that takes everything, in 20 to 120 ms. Faults change what it answers.
#[derive(Debug, Clone, Copy)]
pub struct Simulated {
    seed: u64,
}

impl Simulated {
    /// The seed decides how long each answer takes.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self { seed }
    }

    /// How long the answer to an attempt takes.
    #[must_use]
    pub fn took(self, attempt: &Attempt) -> TimeDelta {
        let counter = (attempt.id << 8) | u64::from(attempt.number & 0xff);
        let random = stream(self.seed, Purpose::Dwell, counter).next_u32() % 101;
        TimeDelta::milliseconds(i64::from(20 + random))
    }
}

impl Subscriber for Simulated {
    fn receive(&mut self, attempt: &Attempt, _now: DateTime<Utc>) -> Answer {
        Answer::status(200, self.took(attempt))
    }
}

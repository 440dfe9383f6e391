//! The edge: a real endpoint as the subscriber of a virtual world.

use chrono::{DateTime, Utc};
use tokio::runtime::Handle;

use super::subscriber::{Answer, Simulated, Subscriber};
use crate::sns::{Attempt, Outcome, PostAnswer, PostError, Poster};

/// The most of an answer's body that is kept.
const RESPONSE_LIMIT: usize = 512;

/// Posts each attempt to its endpoint. What an answer took in the world's time comes from the seed, as the world's time
/// has nothing to do with the wall's; only a time-out takes its 15 s.
#[derive(Debug)]
pub struct OverHttp {
    runtime: Handle,
    poster: Poster,
    pace: Simulated,
}

impl OverHttp {
    /// Posts on `runtime`, which must not be the one that the caller runs on.
    #[must_use]
    pub const fn new(runtime: Handle, poster: Poster, seed: u64) -> Self {
        Self { runtime, poster, pace: Simulated::new(seed) }
    }
}

impl Subscriber for OverHttp {
    fn receive(&mut self, attempt: &Attempt, _now: DateTime<Utc>) -> Answer {
        let posted =
            self.runtime.block_on(self.poster.post(&attempt.parcel.endpoint, &attempt.parcel.delivery));
        match outcome(posted) {
            Outcome::TimedOut => Answer::timed_out(),
            outcome => Answer { outcome, took: self.pace.took(attempt) },
        }
    }
}

/// What SNS makes of a post.
#[must_use]
pub fn outcome(posted: Result<PostAnswer, PostError>) -> Outcome {
    match posted {
        Ok(answer) => {
            let kept = answer.body.get(..RESPONSE_LIMIT).unwrap_or(&answer.body);
            let response = String::from_utf8_lossy(kept).into_owned();
            Outcome::Answered { status: answer.status, response }
        }
        Err(PostError::TimedOut { .. }) => Outcome::TimedOut,
        Err(error) => Outcome::Failed(error.to_string()),
    }
}

//! The one source of time: it stands still until it is moved, follows the wall, or runs at a multiple of it.
//!
//! Nothing else in this crate asks the operating system for the time. Stages take times as arguments; this clock is for
//! those who drive them.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use thiserror::Error;

/// The fastest a clock runs: a day in a second.
pub const FASTEST: f64 = 86_400.0;

/// The clock cannot run like this.
#[derive(Debug, Clone, PartialEq, Error)]
#[error(
    "a clock cannot run at {0} times the speed of the wall: give a number from 0 (it stands) to {FASTEST}"
)]
pub struct SpeedError(f64);

/// Time that passed since some instant, as the operating system counts it. A test gives its own.
type Ticks = Arc<dyn Fn() -> Duration + Send + Sync>;

/// A clock that several threads share. Clones show the same time.
#[derive(Clone)]
pub struct Clock {
    ticks: Ticks,
    hands: Arc<Mutex<Hands>>,
}

/// At `ticks` of the operating system the clock showed `at`, and from there on it runs at `speed`.
#[derive(Debug, Clone, Copy)]
struct Hands {
    at: DateTime<Utc>,
    ticks: Duration,
    speed: f64,
}

impl Clock {
    /// Stands at `at` until it is moved.
    #[must_use]
    pub fn standing(at: DateTime<Utc>) -> Self {
        Self::ticking(at, Arc::new(|| Duration::ZERO))
    }

    /// Shows the real time.
    #[must_use]
    pub fn real() -> Self {
        let clock = Self::starting(Utc::now());
        clock.lock().speed = 1.0;
        clock
    }

    /// Stands at `at`, and runs with the wall once it is given a speed.
    #[must_use]
    pub fn starting(at: DateTime<Utc>) -> Self {
        let start = Instant::now();
        Self::ticking(at, Arc::new(move || start.elapsed()))
    }

    /// Stands at `at`; once it is given a speed, it runs by `ticks`, which never go back.
    #[must_use]
    pub fn ticking(at: DateTime<Utc>, ticks: Arc<dyn Fn() -> Duration + Send + Sync>) -> Self {
        let hands = Hands { at, ticks: ticks(), speed: 0.0 };
        Self { ticks, hands: Arc::new(Mutex::new(hands)) }
    }

    /// What it shows.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        let hands = *self.lock();
        self.shown(hands)
    }

    /// How fast it runs: 0 stands, 1 is the wall's speed.
    #[must_use]
    pub fn speed(&self) -> f64 {
        self.lock().speed
    }

    /// Runs at `speed` from what it shows now: 0 to [`FASTEST`].
    pub fn set_speed(&self, speed: f64) -> Result<(), SpeedError> {
        if !(0.0..=FASTEST).contains(&speed) {
            return Err(SpeedError(speed));
        }
        let mut hands = self.lock();
        *hands = Hands { at: self.shown(*hands), ticks: (self.ticks)(), speed };
        Ok(())
    }

    /// Moves it on to `at`, and never back: what is past stays past.
    pub fn advance_to(&self, at: DateTime<Utc>) {
        let mut hands = self.lock();
        let at = at.max(self.shown(*hands));
        *hands = Hands { at, ticks: (self.ticks)(), speed: hands.speed };
    }

    /// How long it takes on the wall until it shows `at`; nothing if that is past, and `None` if it stands.
    #[must_use]
    pub fn until(&self, at: DateTime<Utc>) -> Option<Duration> {
        let hands = *self.lock();
        let left = (at - self.shown(hands)).to_std().unwrap_or_default();
        if left.is_zero() {
            return Some(left);
        }
        (hands.speed > 0.0)
            .then(|| Duration::try_from_secs_f64(left.as_secs_f64() / hands.speed).ok())
            .flatten()
    }

    fn shown(&self, hands: Hands) -> DateTime<Utc> {
        let passed = (self.ticks)().saturating_sub(hands.ticks).as_secs_f64() * hands.speed;
        let passed = Duration::try_from_secs_f64(passed).unwrap_or_default();
        TimeDelta::from_std(passed)
            .ok()
            .and_then(|passed| hands.at.checked_add_signed(passed))
            .unwrap_or(DateTime::<Utc>::MAX_UTC)
    }

    /// What it guards is plain data, so nothing is left half done by whoever panicked with it.
    fn lock(&self) -> MutexGuard<'_, Hands> {
        self.hands.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Clock").field("now", &self.now()).field("speed", &self.speed()).finish()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_790_000_000 + seconds, 0).unwrap()
    }

    /// A clock at second 0, and the wall behind it.
    fn clock() -> (Clock, Arc<Mutex<Duration>>) {
        let wall = Arc::new(Mutex::new(Duration::from_secs(100)));
        let ticks = Arc::clone(&wall);
        (Clock::ticking(at(0), Arc::new(move || *ticks.lock().unwrap())), wall)
    }

    fn pass(wall: &Mutex<Duration>, seconds: u64) {
        *wall.lock().unwrap() += Duration::from_secs(seconds);
    }

    #[test]
    fn it_stands_until_it_is_moved() {
        let (clock, wall) = clock();
        pass(&wall, 50);
        assert_eq!((clock.now(), clock.until(at(1))), (at(0), None));
        clock.advance_to(at(60));
        assert_eq!((clock.now(), clock.until(at(60))), (at(60), Some(Duration::ZERO)));
    }

    #[test]
    fn it_never_goes_back() {
        let (clock, _) = clock();
        clock.advance_to(at(60));
        clock.advance_to(at(30));
        assert_eq!(clock.now(), at(60));
    }

    #[test]
    fn it_runs_at_the_speed_that_it_is_given_from_what_it_shows() {
        let (clock, wall) = clock();
        clock.set_speed(60.0).unwrap();
        pass(&wall, 2);
        assert_eq!(clock.now(), at(120));
        assert_eq!(clock.until(at(180)), Some(Duration::from_secs(1)));
        clock.set_speed(1.0).unwrap();
        pass(&wall, 5);
        assert_eq!(clock.now(), at(125));
        clock.advance_to(at(200));
        pass(&wall, 1);
        assert_eq!(clock.now(), at(201));
        clock.set_speed(0.0).unwrap();
        pass(&wall, 9);
        assert_eq!((clock.now(), clock.speed()), (at(201), 0.0));
    }

    #[test]
    fn a_speed_that_no_clock_has_is_refused() {
        let (clock, _) = clock();
        for speed in [-1.0, f64::NAN, f64::INFINITY, FASTEST * 2.0] {
            let error = clock.set_speed(speed).unwrap_err().to_string();
            assert!(error.contains("from 0 (it stands) to 86400"), "{error}");
        }
    }

    #[test]
    fn clones_show_the_same_time() {
        let (clock, _) = clock();
        let other = clock.clone();
        clock.advance_to(at(7));
        assert_eq!(other.now(), at(7));
    }
}

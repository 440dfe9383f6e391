//! When a failed delivery is tried again: the four phases, the back-off curves, the jitter.

use std::time::Duration;

use rand_core::RngCore;

use super::delivery_policy::{BackoffFunction, LONGEST_POLICY_SECONDS, RetryPolicy};
use super::seed::{Purpose, stream};

impl RetryPolicy {
    /// The delay before each retry, without jitter, in the order of the phases: at once, after `min_delay_target`, growing
    /// from there to `max_delay_target`, after `max_delay_target`. It ends before the delays sum to more than an hour,
    /// which is SNS's cap.
    ///
    /// SNS publishes the names of its back-off functions and not their formulas. Here, for `n + 1` retries numbered
    /// `k = 0 … n` that go from `min` to `max`:
    ///
    /// | Function | Delay |
    /// |---|---|
    /// | linear | `min + (max - min) · k / n` |
    /// | arithmetic | `min + (max - min) · k(k + 1) / n(n + 1)` |
    /// | geometric | `min · (max / min)^(k / n)` |
    /// | exponential | `min + (max - min) · (2^k - 1) / (2^n - 1)` |
    ///
    /// A single retry in that phase waits `min`.
    #[must_use]
    pub fn delays(&self) -> Vec<Duration> {
        let (min, max) = (f64::from(self.min_delay_target), f64::from(self.max_delay_target));
        let growing = self
            .num_retries
            .saturating_sub(self.num_no_delay_retries)
            .saturating_sub(self.num_min_delay_retries)
            .saturating_sub(self.num_max_delay_retries);
        let repeat = |delay: f64, times: u32| (0..times).map(move |_| delay);
        let mut left = f64::from(LONGEST_POLICY_SECONDS);
        repeat(0.0, self.num_no_delay_retries)
            .chain(repeat(min, self.num_min_delay_retries))
            .chain((0..growing).map(|k| self.grown(k, growing - 1)))
            .chain(repeat(max, self.num_max_delay_retries))
            .take_while(|delay| {
                left -= delay;
                left >= 0.0
            })
            .map(Duration::from_secs_f64)
            .collect()
    }

    /// The delay of the retry `k` of `0 … n` in the phase of growing delays.
    fn grown(&self, k: u32, n: u32) -> f64 {
        let (min, max) = (f64::from(self.min_delay_target), f64::from(self.max_delay_target));
        if n == 0 {
            return min;
        }
        let (k, n) = (f64::from(k), f64::from(n));
        match self.backoff_function {
            BackoffFunction::Linear => min + (max - min) * k / n,
            BackoffFunction::Arithmetic => min + (max - min) * (k * (k + 1.0)) / (n * (n + 1.0)),
            BackoffFunction::Geometric => min * (max / min).powf(k / n),
            BackoffFunction::Exponential => min + (max - min) * (k.exp2() - 1.0) / (n.exp2() - 1.0),
        }
    }
}

/// How much delays stray from their target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Jitter {
    /// Not at all.
    None,
    /// Between 50 and 105 per cent of the target, from this seed: retries 10.8 to 20.7 s apart are recorded, under
    /// policies that are not.
    Seeded(u64),
}

impl Jitter {
    /// The delay before one retry. `number` is different for each.
    #[must_use]
    pub fn stray(self, target: Duration, number: u64) -> Duration {
        match self {
            Self::None => target,
            Self::Seeded(seed) => {
                let random =
                    f64::from(stream(seed, Purpose::Jitter, number).next_u32()) / f64::from(u32::MAX);
                target.mul_f64(0.5 + 0.55 * random)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use serde_json::{Value, json};

    use super::*;
    use crate::sns::delivery_policy::DeliveryPolicy;
    use crate::sns::effective_policy::EffectivePolicy;

    fn delays(policy: &Value) -> Vec<f64> {
        let own = DeliveryPolicy::of_subscription(&json!({ "healthyRetryPolicy": policy })).unwrap();
        let policy = EffectivePolicy::of(&DeliveryPolicy::default(), &own).retry;
        policy.delays().iter().map(|delay| (delay.as_secs_f64() * 100.0).round() / 100.0).collect()
    }

    #[test]
    fn the_default_is_three_retries_after_20_seconds() {
        assert_eq!(RetryPolicy::default().delays(), [Duration::from_secs(20); 3]);
    }

    #[test]
    fn the_phases_follow_each_other() {
        let policy = json!({"minDelayTarget": 2, "maxDelayTarget": 10, "numRetries": 10, "numNoDelayRetries": 2,
            "numMinDelayRetries": 1, "numMaxDelayRetries": 2});
        assert_eq!(delays(&policy), [0.0, 0.0, 2.0, 2.0, 4.0, 6.0, 8.0, 10.0, 10.0, 10.0]);
    }

    #[test]
    fn each_function_has_its_own_way_from_the_shortest_to_the_longest_delay() {
        for (function, want) in [
            ("linear", [1.0, 4.75, 8.5, 12.25, 16.0]),
            ("arithmetic", [1.0, 2.5, 5.5, 10.0, 16.0]),
            ("geometric", [1.0, 2.0, 4.0, 8.0, 16.0]),
            ("exponential", [1.0, 2.0, 4.0, 8.0, 16.0]),
        ] {
            let policy = json!({"minDelayTarget": 1, "maxDelayTarget": 16, "numRetries": 5,
                "backoffFunction": function});
            assert_eq!(delays(&policy), want, "{function}");
        }
        let steep = json!({"minDelayTarget": 10, "maxDelayTarget": 40, "numRetries": 3,
            "backoffFunction": "exponential"});
        assert_eq!(delays(&steep), [10.0, 20.0, 40.0]);
        let even = json!({"minDelayTarget": 10, "maxDelayTarget": 90, "numRetries": 3,
            "backoffFunction": "geometric"});
        assert_eq!(delays(&even), [10.0, 30.0, 90.0]);
        assert_eq!(delays(&json!({"minDelayTarget": 3, "maxDelayTarget": 9, "numRetries": 1})), [3.0]);
    }

    #[test]
    fn retries_end_after_an_hour() {
        let policy = json!({"minDelayTarget": 1000, "maxDelayTarget": 1000, "numRetries": 100});
        assert_eq!(delays(&policy), [1000.0; 3]);
        let policy = json!({"minDelayTarget": 1, "maxDelayTarget": 3600, "numRetries": 100,
            "backoffFunction": "exponential"});
        assert!(delays(&policy).iter().sum::<f64>() <= 3600.0);
    }

    #[test]
    fn jitter_comes_from_the_seed_and_stays_within_its_bounds() {
        let target = Duration::from_secs(20);
        let jitter = Jitter::Seeded(7);
        let strayed: Vec<Duration> = (0..100).map(|number| jitter.stray(target, number)).collect();
        assert!(strayed.iter().all(|delay| (10.0..=21.0).contains(&delay.as_secs_f64())), "{strayed:?}");
        assert_eq!(strayed[3], jitter.stray(target, 3));
        assert_ne!(strayed[3], Jitter::Seeded(8).stray(target, 3));
        assert!(strayed.iter().max() > strayed.iter().min());
        assert_eq!(jitter.stray(Duration::ZERO, 1), Duration::ZERO);
    }
}

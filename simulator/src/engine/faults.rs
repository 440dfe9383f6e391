//! Which deliveries a fault touches, and how often each one has.

use std::collections::BTreeMap;
use std::fmt;

use chrono::{DateTime, Utc};
use rand_core::RngCore;

use super::fault::{Fault, FaultKind};
use crate::sns::{Purpose, stream};

/// How often each fault has struck.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FaultCounts(BTreeMap<&'static str, u64>);

impl FaultCounts {
    /// How often the fault of this name has struck.
    #[must_use]
    pub fn of(&self, name: &str) -> u64 {
        self.0.get(name).copied().unwrap_or_default()
    }

    /// Name and count of each fault that is played, struck or not.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, u64)> {
        self.0.iter().map(|(name, count)| (*name, *count))
    }
}

impl fmt::Display for FaultCounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (name, count)) in self.iter().enumerate() {
            write!(f, "{}{name} {count}", if index == 0 { "" } else { ", " })?;
        }
        Ok(())
    }
}

/// The faults of a world.
#[derive(Debug)]
pub struct Faults {
    seed: u64,
    draws: u64,
    faults: Vec<Timed>,
    counts: FaultCounts,
}

#[derive(Debug)]
struct Timed {
    kind: FaultKind,
    share: f64,
    from: DateTime<Utc>,
    until: DateTime<Utc>,
    done: bool,
}

impl Faults {
    /// The faults of a world that starts at `start`. Which deliveries they touch comes from the seed.
    #[must_use]
    pub fn new(faults: &[Fault], seed: u64, start: DateTime<Utc>) -> Self {
        let timed = |fault: &Fault| Timed {
            kind: fault.kind,
            share: fault.share,
            from: fault.from.map_or(start, |when| when.in_world(start)),
            until: fault.until.map_or(DateTime::<Utc>::MAX_UTC, |when| when.in_world(start)),
            done: false,
        };
        let counts = FaultCounts(faults.iter().map(|fault| (fault.kind.name(), 0)).collect());
        Self { seed, draws: 0, faults: faults.iter().map(timed).collect(), counts }
    }

    /// When the next fault that happens once is due.
    #[must_use]
    pub fn next_once(&self) -> Option<DateTime<Utc>> {
        self.faults.iter().filter(|fault| fault.kind.is_once() && !fault.done).map(|fault| fault.from).min()
    }

    /// A fault that happens once and is due by `now`. Each is given once.
    pub fn once(&mut self, now: DateTime<Utc>) -> Option<FaultKind> {
        let due = |fault: &&mut Timed| fault.kind.is_once() && !fault.done && fault.from <= now;
        let fault = self.faults.iter_mut().find(due)?;
        fault.done = true;
        let kind = fault.kind;
        self.count(kind);
        Some(kind)
    }

    /// The faults that strike at `now`, among those that `relevant` picks. Each is counted.
    pub fn strike(&mut self, now: DateTime<Utc>, relevant: impl Fn(FaultKind) -> bool) -> Vec<FaultKind> {
        let mut struck = Vec::new();
        for fault in &self.faults {
            if fault.kind.is_once() || !relevant(fault.kind) || now < fault.from || now >= fault.until {
                continue;
            }
            let random = f64::from(stream(self.seed, Purpose::Fault, self.draws).next_u32());
            self.draws += 1;
            if random < fault.share * 4_294_967_296.0 {
                struck.push(fault.kind);
            }
        }
        for kind in &struck {
            self.count(*kind);
        }
        struck
    }

    /// How often each has struck.
    #[must_use]
    pub const fn counts(&self) -> &FaultCounts {
        &self.counts
    }

    fn count(&mut self, kind: FaultKind) {
        *self.counts.0.entry(kind.name()).or_default() += 1;
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_790_000_000 + seconds, 0).unwrap()
    }

    #[test]
    fn a_fault_strikes_in_its_time_its_share_and_is_counted() {
        let faults = ["drop,share=0.5,from=+10s,until=+20s".parse().unwrap()];
        let run = |seed| {
            let mut faults = Faults::new(&faults, seed, at(0));
            assert!(faults.strike(at(9), |_| true).is_empty() && faults.strike(at(20), |_| true).is_empty());
            assert!(faults.strike(at(10), |kind| kind != FaultKind::Drop).is_empty());
            let struck: Vec<bool> = (0..200).map(|_| !faults.strike(at(15), |_| true).is_empty()).collect();
            assert_eq!(faults.counts().of("drop"), struck.iter().filter(|struck| **struck).count() as u64);
            struck
        };
        let struck = run(1);
        assert!((70..130).contains(&struck.iter().filter(|struck| **struck).count()));
        assert_eq!(struck, run(1));
        assert_ne!(struck, run(2));
    }

    #[test]
    fn what_happens_once_happens_at_its_time_and_once() {
        let mut faults =
            Faults::new(&["rotated-key,from=+5s".parse().unwrap(), "forge".parse().unwrap()], 1, at(0));
        assert_eq!((faults.next_once(), faults.once(at(4))), (Some(at(5)), None));
        assert_eq!(faults.once(at(6)), Some(FaultKind::RotatedKey));
        assert_eq!((faults.next_once(), faults.once(at(7))), (None, None));
        assert_eq!(faults.counts().to_string(), "forge 0, rotated-key 1");
    }
}

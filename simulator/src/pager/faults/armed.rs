//! Faults at work: which of them strike a request, and how often each has.

use chrono::TimeDelta;
use serde::Serialize;

use super::super::twin::Processing;
use super::{CallKind, Fault, FaultKind};
use crate::random::{Purpose, Random};

/// What is answered instead of what the twin says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Instead {
    /// 429 of a limit of so many seconds.
    Throttled(u32),
    /// An error of the service.
    Error(u16),
    /// A page of HTML.
    Html(u16),
    /// Nothing, for ever.
    Hang,
    /// The end of the connection.
    Reset,
}

/// What strikes one request.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Strikes {
    /// How much later the answer comes, in the clock's time.
    pub latency: TimeDelta,
    /// What is answered instead, and whether the twin takes the request all the same.
    pub instead: Option<(Instead, bool)>,
    /// How the write is processed, if it is accepted.
    pub processing: Processing,
    /// How long after the write was accepted its outcome cannot be read.
    pub status_delay: TimeDelta,
    /// The faults' numbers.
    struck: Vec<usize>,
    /// The numbers of those that strike accepted writes alone.
    struck_if_accepted: Vec<usize>,
    /// The numbers of those that strike questions for hidden outcomes alone.
    struck_if_hidden: Vec<usize>,
}

/// What became of a request that faults struck, as far as it decides which of them count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Became {
    /// A write that was accepted.
    Accepted,
    /// A question for an outcome that a fault hid.
    Hidden,
    /// Something else.
    Other,
}

impl Strikes {
    fn replace(&mut self, number: usize, fault: &Fault, instead: Instead) {
        if self.instead.is_none() {
            self.instead = Some((instead, fault.accepted));
            self.struck.push(number);
        }
    }

    fn process(&mut self, number: usize, processing: Processing) {
        if self.processing == Processing::Normal {
            self.processing = processing;
            self.struck_if_accepted.push(number);
        }
    }
}

/// How a fault has fared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FaultCount {
    /// The fault.
    pub fault: String,
    /// How many requests it has looked at.
    pub seen: u64,
    /// How many it has struck.
    pub struck: u64,
}

/// The faults that are in force.
#[derive(Debug)]
pub struct Faults {
    seed: u64,
    draws: u64,
    armed: Vec<Armed>,
}

#[derive(Debug)]
struct Armed {
    fault: Fault,
    seen: u64,
    struck: u64,
}

impl Faults {
    /// These faults, none of which has struck yet.
    #[must_use]
    pub fn new(faults: &[Fault], seed: u64) -> Self {
        let armed = faults.iter().map(|fault| Armed { fault: *fault, seen: 0, struck: 0 }).collect();
        Self { seed, draws: 0, armed }
    }

    /// Which faults strike a request. Of several that replace the answer the first one does, of several that change its
    /// processing the first one; delays add up.
    pub fn strike(&mut self, call: CallKind) -> Strikes {
        let mut strikes = Strikes::default();
        for number in 0..self.armed.len() {
            if !self.is_met(number, call) {
                continue;
            }
            let Some(Armed { fault, .. }) = self.armed.get(number) else { continue };
            match fault.kind {
                FaultKind::Latency(span) => {
                    strikes.latency += span;
                    strikes.struck.push(number);
                }
                FaultKind::Throttle(period) => strikes.replace(number, fault, Instead::Throttled(period)),
                FaultKind::Error(status) => strikes.replace(number, fault, Instead::Error(status)),
                FaultKind::Html(status) => strikes.replace(number, fault, Instead::Html(status)),
                FaultKind::Hang => strikes.replace(number, fault, Instead::Hang),
                FaultKind::Reset => strikes.replace(number, fault, Instead::Reset),
                FaultKind::Lose => strikes.process(number, Processing::Lost),
                FaultKind::Late(span) => strikes.process(number, Processing::Late(span)),
                FaultKind::Reorder => strikes.process(number, Processing::Overtaking),
                FaultKind::SlowStatus(span) => {
                    strikes.status_delay += span;
                    strikes.struck_if_hidden.push(number);
                }
            }
        }
        strikes
    }

    fn is_met(&mut self, number: usize, call: CallKind) -> bool {
        let (seed, draws) = (self.seed, &mut self.draws);
        let Some(Armed { fault, seen, struck }) = self.armed.get_mut(number) else { return false };
        if !fault.on.takes(call) {
            return false;
        }
        *seen += 1;
        let in_turn = *seen > fault.after
            && fault.nth.is_none_or(|nth| *seen == nth)
            && fault.every.is_none_or(|every| *seen % every == 0)
            && fault.times.is_none_or(|times| *struck < times);
        if !in_turn || fault.share >= 1.0 {
            return in_turn;
        }
        *draws += 1;
        Random::new(seed, Purpose::PagerFault, *draws).chance(fault.share)
    }

    /// Counts what struck a request that became this; the faults' names.
    pub fn count(&mut self, strikes: &Strikes, became: Became) -> Vec<&'static str> {
        let later: &[usize] = match became {
            Became::Accepted => &strikes.struck_if_accepted,
            Became::Hidden => &strikes.struck_if_hidden,
            Became::Other => &[],
        };
        let mut names = Vec::new();
        for number in strikes.struck.iter().chain(later) {
            if let Some(armed) = self.armed.get_mut(*number) {
                armed.struck += 1;
                names.push(armed.fault.kind.name());
            }
        }
        names
    }

    /// How each has fared, in the order in which they were given.
    #[must_use]
    pub fn counts(&self) -> Vec<FaultCount> {
        let count = |armed: &Armed| FaultCount {
            fault: armed.fault.to_string(),
            seen: armed.seen,
            struck: armed.struck,
        };
        self.armed.iter().map(count).collect()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn faults(texts: &[&str]) -> Faults {
        let faults: Vec<Fault> = texts.iter().map(|text| text.parse().unwrap()).collect();
        Faults::new(&faults, 1)
    }

    /// The numbers of the requests among the first ten that a fault strikes.
    fn struck(text: &str) -> Vec<u64> {
        let mut faults = faults(&[text]);
        (1..=10)
            .filter(|_| {
                let strikes = faults.strike(CallKind::Write);
                !faults.count(&strikes, Became::Accepted).is_empty()
            })
            .collect()
    }

    #[test]
    fn conditions_choose_requests() {
        for (text, want) in [
            ("hang", (1..=10).collect()),
            ("hang,nth=3", vec![3]),
            ("hang,every=4", vec![4, 8]),
            ("throttle,after=7", vec![8, 9, 10]),
            ("error,times=2", vec![1, 2]),
            ("lose,after=1,every=2,times=2", vec![2, 4]),
            ("hang,on=reads", vec![]),
        ] {
            assert_eq!(struck(text), want, "{text}");
        }
        let share = struck("reset,share=0.5");
        assert!((2..=8).contains(&share.len()), "{share:?}");
        assert_eq!(share, struck("reset,share=0.5"));
    }

    #[test]
    fn faults_of_a_request_go_together_where_they_can() {
        let mut faults =
            faults(&["latency=1s", "latency=200ms", "error=500", "hang,accepted", "late=5s", "lose"]);
        let strikes = faults.strike(CallKind::Write);
        assert_eq!(strikes.latency, TimeDelta::milliseconds(1_200));
        assert_eq!(strikes.instead, Some((Instead::Error(500), false)));
        assert_eq!(strikes.processing, Processing::Late(TimeDelta::seconds(5)));
        assert_eq!(faults.count(&strikes, Became::Other), ["latency", "latency", "error"]);
        assert_eq!(faults.count(&strikes, Became::Accepted), ["latency", "latency", "error", "late"]);
        let counts: Vec<_> = faults.counts().into_iter().map(|count| (count.seen, count.struck)).collect();
        assert_eq!(counts, [(1, 2), (1, 2), (1, 2), (1, 0), (1, 1), (1, 0)]);
    }

    #[test]
    fn requests_are_told_apart() {
        for (method, path, kind) in [
            ("POST", "/v2/alerts", CallKind::Write),
            ("DELETE", "/v2/alerts/a", CallKind::Write),
            ("POST", "/v1/json/cloudwatch", CallKind::Write),
            ("GET", "/v2/alerts/requests/5a1f", CallKind::Status),
            ("GET", "/jsm/ops/integration/v2/alerts/requests/5a1f", CallKind::Status),
            ("GET", "/v2/alerts/a", CallKind::Read),
        ] {
            assert_eq!(CallKind::of(method, path), kind, "{method} {path}");
        }
    }
}

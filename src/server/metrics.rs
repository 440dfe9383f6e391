//! What is counted, in the words that Prometheus reads. No label ever holds a secret or a stranger's text.

use std::fmt;
use std::time::Duration;

use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

/// One label with a name that fits them all: what kind of event it was.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Kind {
    kind: &'static str,
}

/// The HTTP status of an answer.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Status {
    status: u16,
}

/// Every metric of the server.
pub struct Metrics {
    registry: Registry,
    received: Family<Kind, Counter>,
    verified: Family<Kind, Counter>,
    refused: Family<Kind, Counter>,
    repeated: Counter,
    stale: Counter,
    mapped: Family<Kind, Counter>,
    unmapped: Family<Kind, Counter>,
    cut: Counter,
    delivered: Family<Kind, Counter>,
    failed: Family<Kind, Counter>,
    outcomes: Family<Kind, Counter>,
    forwarded: Family<Kind, Counter>,
    streamed: Family<Kind, Counter>,
    certificates: Family<Kind, Counter>,
    subscriptions: Family<Kind, Counter>,
    answers: Family<Status, Counter>,
    answer_seconds: Histogram,
    delivery_seconds: Histogram,
    forward_seconds: Histogram,
    connections: Gauge,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("trailbell");
        let mut kinds = |name: &str, help: &str| {
            let family = Family::<Kind, Counter>::default();
            registry.register(name, help, family.clone());
            family
        };
        let received = kinds("received", "Messages received, by type");
        let verified = kinds("verified", "Messages whose signature held, by type");
        let refused = kinds("refused", "Requests refused, by reason");
        let mapped = kinds("mapped", "Actions that the mapping made, by verb");
        let unmapped = kinds("unmapped", "Messages without a mapped action: dropped on purpose, or failed");
        let delivered = kinds("delivered", "Actions that the pager accepted, by verb");
        let failed = kinds("delivery_failed", "Actions that the pager did not accept, by reason");
        let outcomes = kinds("outcomes", "What became of accepted actions, as the pager told later");
        let forwarded = kinds("forwarded", "Messages posted on to the next hop, by what became of them");
        let streamed = kinds("streamed", "Messages for standard output, by what became of them");
        let certificates = kinds("certificate_fetches", "Fetches of signing certificates, by outcome");
        let subscriptions = kinds("subscriptions", "Subscription requests, by outcome");
        // From the start, so that the first of them is an increase.
        for kind in DELIVERY_FAILURES {
            let _ = failed.get_or_create(&Kind { kind });
        }
        for kind in OUTCOMES {
            let _ = outcomes.get_or_create(&Kind { kind });
        }
        for kind in FORWARDED {
            let _ = forwarded.get_or_create(&Kind { kind });
        }
        for kind in STREAMED {
            let _ = streamed.get_or_create(&Kind { kind });
        }
        let repeated = Counter::default();
        registry.register(
            "repeated",
            "Messages or actions delivered before, answered without acting",
            repeated.clone(),
        );
        let stale = Counter::default();
        registry.register(
            "stale",
            "Actions older than a close of their alias that the pager has accepted, answered without acting",
            stale.clone(),
        );
        let cut = Counter::default();
        registry.register("cut", "Fields cut to the pager's limits", cut.clone());
        let answers = Family::<Status, Counter>::default();
        registry.register("answers", "Answers to messages or actions, by status", answers.clone());
        // SNS gives up after 15 s.
        let seconds = || Histogram::new([0.001, 0.005, 0.025, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 15.0]);
        let (answer_seconds, delivery_seconds, forward_seconds) = (seconds(), seconds(), seconds());
        registry.register("answer_seconds", "From a request's header to the answer", answer_seconds.clone());
        registry.register("delivery_seconds", "From sending to the pager's answer", delivery_seconds.clone());
        registry.register(
            "forward_seconds",
            "From posting on to the next hop's answer",
            forward_seconds.clone(),
        );
        let connections = Gauge::default();
        registry.register("connections", "Open connections", connections.clone());
        Self {
            registry,
            received,
            verified,
            refused,
            repeated,
            stale,
            mapped,
            unmapped,
            cut,
            delivered,
            failed,
            outcomes,
            forwarded,
            streamed,
            certificates,
            subscriptions,
            answers,
            answer_seconds,
            delivery_seconds,
            forward_seconds,
            connections,
        }
    }
}

/// Why the pager did not accept an action.
const DELIVERY_FAILURES: [&str; 6] =
    ["unsupported", "request", "refused", "unprocessable", "deadline_exceeded", "not_repeatable"];

/// What became of accepted actions.
const OUTCOMES: [&str; 5] = ["done", "nothing_to_do", "failed", "unknown", "not_asked"];

/// What became of messages that were posted on.
const FORWARDED: [&str; 3] = ["accepted", "dead_letter", "failed"];

/// What became of messages for standard output.
const STREAMED: [&str; 3] = ["written", "slow", "gone"];

fn count(family: &Family<Kind, Counter>, kind: &'static str) {
    family.get_or_create(&Kind { kind }).inc();
}

impl Metrics {
    /// A message came in.
    pub fn received(&self, message_type: &'static str) {
        count(&self.received, message_type);
    }

    /// Its signature held.
    pub fn verified(&self, message_type: &'static str) {
        count(&self.verified, message_type);
    }

    /// A request was refused.
    pub fn refused(&self, reason: &'static str) {
        count(&self.refused, reason);
    }

    /// A message had been delivered before.
    pub fn repeated(&self) {
        self.repeated.inc();
    }

    /// An action came after a newer close of its alias.
    pub fn stale(&self) {
        self.stale.inc();
    }

    /// The mapping made an action.
    pub fn mapped(&self, verb: &'static str) {
        count(&self.mapped, verb);
    }

    /// The mapping made none: `dropped` or `failed`.
    pub fn unmapped(&self, why: &'static str) {
        count(&self.unmapped, why);
    }

    /// Fields were cut to the pager's limits.
    pub fn cut(&self, fields: usize) {
        self.cut.inc_by(fields as u64);
    }

    /// The pager accepted an action.
    pub fn delivered(&self, verb: &'static str, took: Duration) {
        count(&self.delivered, verb);
        self.delivery_seconds.observe(took.as_secs_f64());
    }

    /// The pager did not accept an action.
    pub fn failed(&self, reason: &'static str, took: Duration) {
        count(&self.failed, reason);
        self.delivery_seconds.observe(took.as_secs_f64());
    }

    /// The pager told what became of an accepted action.
    pub fn outcome(&self, outcome: &'static str) {
        count(&self.outcomes, outcome);
    }

    /// A message was posted on: `accepted`, `dead_letter` or `failed`.
    pub fn forwarded(&self, outcome: &'static str, took: Duration) {
        count(&self.forwarded, outcome);
        self.forward_seconds.observe(took.as_secs_f64());
    }

    /// A message was for standard output: `written`, `slow` or `gone`.
    pub fn streamed(&self, outcome: &'static str) {
        count(&self.streamed, outcome);
    }

    /// A signing certificate was fetched, or not.
    pub fn certificate(&self, outcome: &'static str) {
        count(&self.certificates, outcome);
    }

    /// A subscription was confirmed, or not.
    pub fn subscription(&self, outcome: &'static str) {
        count(&self.subscriptions, outcome);
    }

    /// A message was answered.
    pub fn answered(&self, status: u16, took: Duration) {
        self.answers.get_or_create(&Status { status }).inc();
        self.answer_seconds.observe(took.as_secs_f64());
    }

    /// A connection opened.
    pub fn connected(&self) {
        self.connections.inc();
    }

    /// A connection closed.
    pub fn disconnected(&self) {
        self.connections.dec();
    }

    /// The text that `/metrics` answers with.
    pub fn encode(&self) -> Result<String, fmt::Error> {
        let mut buffer = String::new();
        text::encode(&mut buffer, &self.registry)?;
        Ok(buffer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_told_in_prometheus_words() {
        let metrics = Metrics::default();
        metrics.refused("signature");
        metrics.answered(403, Duration::from_millis(2));
        let text = metrics.encode().unwrap_or_default();
        assert!(text.contains("trailbell_refused_total{kind=\"signature\"} 1"), "{text}");
        assert!(text.contains("trailbell_answers_total{status=\"403\"} 1"), "{text}");
        assert!(text.contains("trailbell_answer_seconds_bucket{le=\"0.005\"} 1"), "{text}");
    }
}

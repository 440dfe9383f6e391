//! What came of a run.

use std::fmt;

use serde::Serialize;
use serde_json::{Value, json};

use super::evidence::Verdict;
use super::family::Family;

/// A genuine message, and what the receiver made of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Controlled {
    /// `notification-of-version-2`.
    pub name: &'static str,
    /// What it is.
    pub sentence: &'static str,
    /// Whether it was accepted.
    pub accepted: bool,
    /// Whether a receiver may refuse it: it need not take both signature versions, nor confirm.
    pub optional: bool,
    /// What came back: `answered 200`.
    pub answer: String,
}

/// An attack, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tried {
    /// Its family.
    pub family: Family,
    /// Its name.
    pub name: &'static str,
    /// What was tried.
    pub sentence: &'static str,
    /// What became of it.
    pub verdict: Verdict,
    /// How long it took with the genuine message after it, in milliseconds.
    pub milliseconds: u64,
}

/// All of a run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// The genuine messages at the start.
    pub controls: Vec<Controlled>,
    /// Whether the receiver confirms subscriptions of its own accord.
    pub confirms: bool,
    /// Whether the receiver trusted the kit's host.
    pub trusted: bool,
    /// The attacks, in order.
    pub tried: Vec<Tried>,
}

/// How many attacks came to what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// The receiver did right.
    pub withstood: usize,
    /// It did not.
    pub fell: usize,
    /// It cannot be said.
    pub unclear: usize,
}

impl Report {
    /// Counts.
    #[must_use]
    pub fn summary(&self) -> Summary {
        let count = |name| self.tried.iter().filter(|tried| tried.verdict.name() == name).count();
        Summary { withstood: count("withstood"), fell: count("fell"), unclear: count("unclear") }
    }

    /// How many genuine messages were refused that a receiver has to take.
    #[must_use]
    pub fn genuine_refused(&self) -> usize {
        self.controls.iter().filter(|control| !control.accepted && !control.optional).count()
    }

    /// The names of the attacks that the receiver fell to.
    #[must_use]
    pub fn fallen(&self) -> Vec<&'static str> {
        let fell = self.tried.iter().filter(|tried| matches!(tried.verdict, Verdict::Fell(_)));
        fell.map(|tried| tried.name).collect()
    }
}

impl Controlled {
    /// As one JSON object.
    #[must_use]
    pub fn json(&self) -> Value {
        let Self { name, sentence, accepted, optional, answer } = self;
        json!({
            "kind": "control", "name": name, "sentence": sentence, "accepted": accepted, "optional": optional,
            "answer": answer,
        })
    }
}

impl Tried {
    /// As one JSON object.
    #[must_use]
    pub fn json(&self) -> Value {
        let Self { family, name, sentence, verdict, milliseconds } = self;
        json!({
            "kind": "attack", "family": family, "name": name, "sentence": sentence, "verdict": verdict.name(),
            "reason": verdict.reason(), "milliseconds": milliseconds,
        })
    }
}

impl fmt::Display for Tried {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { family, name, sentence, verdict, .. } = self;
        let head = format!("{:<10} {:<17} {name}", verdict.name(), family.name());
        match verdict.reason() {
            None => f.write_str(&head),
            Some(reason) => write!(f, "{head}\n           {sentence}\n           {reason}"),
        }
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { withstood, fell, unclear } = self;
        write!(f, "{withstood} withstood, {fell} fell, {unclear} unclear")
    }
}

//! Scenario files: a name, a sentence, the world, and what is expected of it. TOML; unknown keys are refused.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::Value;
use thiserror::Error;

use super::fault::Fault;
use super::faults::FaultCounts;
use super::when::When;

/// A scenario that cannot be played.
#[derive(Debug, Error)]
pub enum ScenarioError {
    /// The file cannot be read.
    #[error("{file}: {source}")]
    Read {
        /// The file.
        file: String,
        /// Why.
        source: io::Error,
    },
    /// It is no scenario.
    #[error("{file}: {reason}")]
    Form {
        /// The file.
        file: String,
        /// Where and why.
        reason: String,
    },
}

/// A story with its end.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// What it is called.
    pub name: String,
    /// What it shows.
    pub sentence: String,
    /// What is there.
    pub world: Setting,
    /// What comes of it.
    #[serde(default)]
    pub expect: Expectation,
}

/// What is there.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Setting {
    /// The template, from the scenario's folder.
    pub template: PathBuf,
    /// Its parameters.
    #[serde(default)]
    pub parameters: BTreeMap<String, String>,
    /// The start.
    pub start: String,
    /// The end.
    pub until: When,
    /// Everything random comes from it.
    #[serde(default)]
    pub seed: u64,
    /// How long CloudTrail takes, in seconds, exactly; five minutes or so without it.
    pub latency_seconds: Option<u32>,
    /// Files of events, from the scenario's folder.
    #[serde(default)]
    pub events: Vec<PathBuf>,
    /// Events told here.
    #[serde(default)]
    pub event: Vec<Told>,
    /// What goes wrong.
    #[serde(default)]
    pub faults: Vec<Fault>,
}

/// An event, told in a scenario.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Told {
    /// When it happens.
    pub at: When,
    /// The CloudTrail record; `eventTime` and what else each record has may be left out.
    pub record: BTreeMap<String, Value>,
    /// How many of them.
    #[serde(default = "one")]
    pub times: u32,
    /// Seconds from each to the next.
    #[serde(default = "one")]
    pub every_seconds: u32,
}

const fn one() -> u32 {
    1
}

/// What comes of it. What is not said is not looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expectation {
    /// Alarm → the states that it enters, in order. An alarm with none is expected to stay where it is.
    #[serde(default)]
    pub states: BTreeMap<String, Vec<String>>,
    /// How many messages are published.
    pub notifications: Option<u64>,
    /// How many attempts are made.
    pub attempts: Option<u64>,
    /// How many deliveries arrive.
    pub delivered: Option<u64>,
    /// How many become dead letters.
    pub dead_letters: Option<u64>,
    /// How many are lost.
    pub lost: Option<u64>,
    /// Fault → how often it strikes.
    #[serde(default)]
    pub faults: BTreeMap<String, u64>,
}

/// What came of a world.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// Alarm → the states that it entered, in order.
    pub states: BTreeMap<String, Vec<String>>,
    /// Messages published.
    pub notifications: u64,
    /// Attempts made.
    pub attempts: u64,
    /// Deliveries that arrived.
    pub delivered: u64,
    /// Dead letters.
    pub dead_letters: u64,
    /// Deliveries that were lost.
    pub lost: u64,
    /// Faults that struck.
    pub faults: FaultCounts,
}

impl Scenario {
    /// Reads a scenario; its paths are made to start where the reader stands.
    pub fn read(path: &Path) -> Result<Self, ScenarioError> {
        let file = path.display().to_string();
        let text =
            fs::read_to_string(path).map_err(|source| ScenarioError::Read { file: file.clone(), source })?;
        let mut scenario = Self::parse(&text, &file)?;
        let folder = path.parent().unwrap_or_else(|| Path::new(""));
        scenario.world.template = folder.join(&scenario.world.template);
        for events in &mut scenario.world.events {
            *events = folder.join(&events);
        }
        Ok(scenario)
    }

    /// A scenario from its text, which errors call `file`.
    pub fn parse(text: &str, file: &str) -> Result<Self, ScenarioError> {
        toml::from_str(text).map_err(|error| ScenarioError::Form {
            file: file.to_owned(),
            reason: error.to_string().trim_end().to_owned(),
        })
    }
}

impl Expectation {
    /// What came otherwise than expected, a sentence each.
    #[must_use]
    pub fn unmet(&self, tally: &Tally) -> Vec<String> {
        let mut unmet = Vec::new();
        for (alarm, want) in &self.states {
            let came = tally.states.get(alarm).map(Vec::as_slice).unwrap_or_default();
            if came != want {
                unmet.push(format!(
                    "{alarm} was to enter [{}] and entered [{}]",
                    want.join(", "),
                    came.join(", ")
                ));
            }
        }
        for (what, want, came) in [
            ("messages published", self.notifications, tally.notifications),
            ("attempts", self.attempts, tally.attempts),
            ("deliveries that arrive", self.delivered, tally.delivered),
            ("dead letters", self.dead_letters, tally.dead_letters),
            ("deliveries that are lost", self.lost, tally.lost),
        ] {
            if let Some(want) = want.filter(|want| *want != came) {
                unmet.push(format!("{want} {what} were expected, and there were {came}"));
            }
        }
        for (fault, want) in &self.faults {
            let came = tally.faults.of(fault);
            if came != *want {
                unmet.push(format!("the fault {fault} was to strike {want} times and struck {came} times"));
            }
        }
        unmet
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const WHOLE: &str = r#"
name = "a"
sentence = "b"
[world]
template = "t.json"
start = "2026-09-22T19:00:00Z"
until = "+30m"
faults = ["drop,share=0.5"]
[[world.event]]
at = "+2m"
record = { eventName = "StopLogging" }
[expect]
states = { CloudTrailChanges = ["ALARM"] }
attempts = 4
faults = { drop = 1 }
"#;

    #[test]
    fn a_scenario_is_read_whole_and_unknown_keys_are_refused() {
        let scenario = Scenario::parse(WHOLE, "s.toml").unwrap();
        assert_eq!((scenario.world.event[0].times, scenario.world.faults.len()), (1, 1));
        for (from, to, want) in [
            ("sentence = \"b\"", "", "missing field `sentence`"),
            ("template =", "tenplate =", "unknown field `tenplate`"),
            ("attempts =", "atempts =", "unknown field `atempts`"),
            ("drop,share=0.5", "drop,share=5", "\"5\" is no share"),
            ("+30m", "soon", "\"soon\" is no time"),
        ] {
            let text = WHOLE.replace(from, to);
            let error = Scenario::parse(&text, "s.toml").unwrap_err().to_string();
            assert!(error.starts_with("s.toml: ") && error.contains(want), "{error}");
        }
    }

    #[test]
    fn what_comes_otherwise_is_said_one_by_one() {
        let expect = Scenario::parse(WHOLE, "s.toml").unwrap().expect;
        let mut tally = Tally { attempts: 4, ..Tally::default() };
        tally.states.insert("CloudTrailChanges".to_owned(), vec!["OK".to_owned()]);
        assert_eq!(
            expect.unmet(&tally),
            [
                "CloudTrailChanges was to enter [ALARM] and entered [OK]",
                "the fault drop was to strike 1 times and struck 0 times"
            ]
        );
    }
}

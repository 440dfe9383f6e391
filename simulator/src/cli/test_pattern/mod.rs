//! `trailbell-sim test-pattern`.

mod input;

use std::collections::BTreeMap;
use std::io::{self, ErrorKind, Write};
use std::path::PathBuf;

use clap::Args;
use cloudwatch_filter_pattern::{Explanation, Extracted, FilterPattern, PatternSet, Selector};
use serde::Serialize;
use serde_json::Value;

use self::input::Event;
use super::{DONE, Failure, Format, NO};

/// Say which events a CloudWatch Logs filter pattern matches.
///
/// Reads lines of text or JSON and CloudTrail's log files ({"Records": [...]}), compressed (.gz) or not. Exit code 0 if
/// any event matches, 1 if none does, 2 if the pattern is invalid: then the reason is the one that AWS gives.
#[derive(Args)]
pub(super) struct TestPattern {
    /// The pattern, such as '{ $.level = "ERROR" }'
    #[arg(allow_hyphen_values = true)]
    pattern: String,
    /// Files with events; - is standard input
    #[arg(value_name = "FILE", default_value = "-", conflicts_with = "message")]
    files: Vec<PathBuf>,
    /// Test this text, taken as it stands
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    message: Option<String>,
    /// Print the number of events that match, and no events
    #[arg(long, conflicts_with = "explain")]
    count: bool,
    /// Say for each event which condition decided
    #[arg(long)]
    explain: bool,
    /// Print this value too of each event that matches, such as $.latency or $bytes; may be repeated
    #[arg(long, value_name = "SELECTOR")]
    select: Vec<String>,
    /// How results are printed [default: text on a terminal, json elsewhere]
    #[arg(long, value_enum)]
    format: Option<Format>,
}

/// What is printed of an event.
#[derive(Serialize)]
struct Line<'a> {
    #[serde(skip_serializing_if = "str::is_empty")]
    file: &'a str,
    number: u64,
    matched: bool,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    extracted: BTreeMap<String, Value>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    selected: BTreeMap<String, Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    explanation: Option<Explained<'a>>,
    message: &'a str,
}

#[derive(Serialize)]
struct Explained<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    /// The condition that decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    decided_by: Option<&'a str>,
    conditions: Vec<Condition<'a>>,
}

#[derive(Serialize)]
struct Condition<'a> {
    condition: &'a str,
    holds: bool,
    found: &'a [String],
}

impl TestPattern {
    pub(super) fn run(self, out: &mut impl Write) -> Result<u8, Failure> {
        let pattern = FilterPattern::parse(&self.pattern)
            .map_err(|error| Failure(format!("the pattern is invalid: {error}")))?;
        let selectors: Vec<Selector> = self
            .select
            .iter()
            .map(|text| {
                Selector::parse(text).map_err(|error| Failure(format!("the selector is invalid: {error}")))
            })
            .collect::<Result<_, _>>()?;
        let report = Report {
            pattern,
            selectors,
            format: Format::or_by_terminal(self.format),
            explain: self.explain,
            count_only: self.count,
        };
        match &self.message {
            Some(message) => {
                let event = Event { file: "".into(), number: 1, message: message.clone() };
                report.write(out, std::iter::once(Ok(event)))
            }
            None => report.write(out, input::events(&self.files)?),
        }
    }
}

/// What is asked of events, and how it is answered.
struct Report {
    pattern: FilterPattern,
    selectors: Vec<Selector>,
    format: Format,
    explain: bool,
    count_only: bool,
}

impl Report {
    fn write(
        &self,
        out: &mut impl Write,
        all: impl Iterator<Item = Result<Event, Failure>>,
    ) -> Result<u8, Failure> {
        let set = PatternSet::new([self.pattern.clone()]);
        let mut matcher = set.matcher();
        let (mut matched, mut events) = (0_u64, 0_u64);
        let mut written = Ok(());
        for event in all {
            let event = event?;
            events += 1;
            let is_match = !matcher.matches(&event.message).is_empty();
            matched += u64::from(is_match);
            if !self.count_only && (is_match || self.explain) {
                written = self.print(out, &event);
            }
            if written.is_err() {
                break;
            }
        }
        if self.count_only {
            written = match self.format {
                Format::Text => writeln!(out, "{matched}"),
                Format::Json => {
                    writeln!(out, "{}", serde_json::json!({ "events": events, "matched": matched }))
                }
            };
        }
        match written.and_then(|()| out.flush()) {
            // Whoever reads has seen enough, as `head` has.
            Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error.into()),
            _ => Ok(if matched > 0 { DONE } else { NO }),
        }
    }

    fn print(&self, out: &mut impl Write, event: &Event) -> io::Result<()> {
        let Self { pattern, selectors, format, explain, .. } = self;
        let extracted = pattern.extract(&event.message);
        let matched = extracted.is_some();
        let fields = extracted.iter().flat_map(Extracted::iter);
        let extracted: BTreeMap<String, Value> =
            fields.map(|(name, value)| (name.to_owned(), value.into())).collect();
        let selected: BTreeMap<String, Value> = selectors
            .iter()
            .filter(|_| matched)
            .map(|selector| {
                let value = pattern.select(selector, &event.message);
                (selector.to_string(), value.map(|value| value.as_text().to_owned()).into())
            })
            .collect();
        let explanation = explain.then(|| pattern.explain(&event.message));
        if *format == Format::Json {
            let explanation = explanation.as_ref().map(explained);
            let Event { file, number, message } = event;
            let line = Line { file, number: *number, matched, extracted, selected, explanation, message };
            return writeln!(out, "{}", serde_json::to_string(&line)?);
        }
        writeln!(out, "{}", event.message)?;
        for (name, value) in extracted.iter().chain(&selected) {
            writeln!(out, "  {name} = {value}")?;
        }
        if let Some(explanation) = explanation {
            for line in explanation.to_string().lines() {
                writeln!(out, "  {line}")?;
            }
        }
        Ok(())
    }
}

fn explained(explanation: &Explanation) -> Explained<'_> {
    let conditions = explanation.checks.iter().map(|check| Condition {
        condition: &check.condition,
        holds: check.holds,
        found: &check.found,
    });
    Explained {
        reason: explanation.reason.as_deref(),
        decided_by: explanation
            .decided_by
            .and_then(|place| explanation.checks.get(place))
            .map(|check| check.condition.as_str()),
        conditions: conditions.collect(),
    }
}

//! `trailbell-sim test-pattern`.

use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use cloudwatch_filter_pattern::{Explanation, Extracted, FilterPattern, Selector};
use flate2::read::MultiGzDecoder;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

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

/// An event and where it comes from.
struct Event {
    file: String,
    /// Counted from one; in lines, or in records of a log file.
    number: usize,
    message: String,
}

/// What is printed of an event.
#[derive(Serialize)]
struct Line<'a> {
    #[serde(skip_serializing_if = "str::is_empty")]
    file: &'a str,
    number: usize,
    matched: bool,
    #[serde(skip_serializing_if = "Map::is_empty")]
    extracted: Map<String, Value>,
    #[serde(skip_serializing_if = "Map::is_empty")]
    selected: Map<String, Value>,
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
        let format = Format::or_by_terminal(self.format);
        let (mut matched, mut events) = (0_usize, 0_usize);
        for event in self.events()? {
            let event = event?;
            events += 1;
            let is_match = pattern.matches(&event.message);
            matched += usize::from(is_match);
            if !self.count && (is_match || self.explain) {
                self.print(out, format, &pattern, &selectors, &event)?;
            }
        }
        if self.count {
            match format {
                Format::Text => writeln!(out, "{matched}")?,
                Format::Json => {
                    writeln!(out, "{}", serde_json::json!({ "matched": matched, "events": events }))?;
                }
            }
        }
        Ok(if matched > 0 { DONE } else { NO })
    }

    /// The events of one file after the other.
    fn events(&self) -> Result<Box<dyn Iterator<Item = Result<Event, Failure>> + '_>, Failure> {
        if let Some(message) = &self.message {
            let event = Event { file: String::new(), number: 1, message: message.clone() };
            return Ok(Box::new(std::iter::once(Ok(event))));
        }
        for file in self.files.iter().filter(|file| !is_standard_input(file)) {
            File::open(file).map_err(|error| Failure(format!("{}: {error}", file.display())))?;
        }
        Ok(Box::new(self.files.iter().flat_map(|file| match read(file) {
            Ok(events) => events.into_iter().map(Ok).collect(),
            Err(failure) => vec![Err(failure)],
        })))
    }

    fn print(
        &self,
        out: &mut impl Write,
        format: Format,
        pattern: &FilterPattern,
        selectors: &[Selector],
        event: &Event,
    ) -> Result<(), Failure> {
        let extracted = pattern.extract(&event.message);
        let matched = extracted.is_some();
        let fields = extracted.iter().flat_map(Extracted::iter);
        let extracted: Map<String, Value> =
            fields.map(|(name, value)| (name.to_owned(), value.into())).collect();
        let selected: Map<String, Value> = selectors
            .iter()
            .filter(|_| matched)
            .map(|selector| {
                let value = pattern.select(selector, &event.message);
                (selector.to_string(), value.map(|value| value.as_text().to_owned()).into())
            })
            .collect();
        let explanation = self.explain.then(|| pattern.explain(&event.message));
        if format == Format::Json {
            let explanation = explanation.as_ref().map(explained);
            let Event { file, number, message } = event;
            let line = Line { file, number: *number, matched, extracted, selected, explanation, message };
            return Ok(writeln!(out, "{}", serde_json::to_string(&line)?)?);
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

fn is_standard_input(path: &Path) -> bool {
    path == Path::new("-")
}

/// CloudTrail's log file, its records as they are written.
#[derive(Deserialize)]
struct LogFile<'a> {
    #[serde(rename = "Records", borrow)]
    records: Vec<&'a RawValue>,
}

/// The events of a file: the records of a log file, else its lines, of which empty ones are none.
fn read(path: &Path) -> Result<Vec<Event>, Failure> {
    let named = |reason: String| Failure(format!("{}: {reason}", path.display()));
    let mut bytes = Vec::new();
    let result = if is_standard_input(path) {
        std::io::stdin().lock().read_to_end(&mut bytes)
    } else {
        File::open(path).and_then(|mut file| file.read_to_end(&mut bytes))
    };
    result.map_err(|error| named(error.to_string()))?;
    if bytes.starts_with(&[0x1F, 0x8B]) {
        let mut plain = Vec::new();
        let result = MultiGzDecoder::new(bytes.as_slice()).read_to_end(&mut plain);
        result.map_err(|error| named(format!("is not whole gzip: {error}")))?;
        bytes = plain;
    }
    let text = String::from_utf8(bytes)
        .map_err(|error| named(format!("is not UTF-8 at byte {}", error.utf8_error().valid_up_to())))?;
    let messages: Vec<(usize, String)> = match serde_json::from_str::<LogFile<'_>>(&text) {
        Ok(file) => file.records.iter().map(|record| record.get().to_owned()).enumerate().collect(),
        Err(_) => text.lines().map(str::to_owned).enumerate().collect(),
    };
    let event = |(index, message)| Event { file: path.display().to_string(), number: index + 1, message };
    Ok(messages.into_iter().filter(|(_, message)| !message.trim().is_empty()).map(event).collect())
}

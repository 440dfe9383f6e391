//! The timeline as it is printed.

use std::fs::File;
use std::io::{BufWriter, IsTerminal, Write};
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use serde_json::json;
use trailbell_sim::engine::{DeadLetter, Entry, Sink, What};

use super::{Failure, Format};

/// A file for dead letters, one JSON object a line.
pub(super) struct DeadLetters(BufWriter<File>);

impl DeadLetters {
    /// Makes the file.
    pub(super) fn create(path: &Path) -> Result<Self, Failure> {
        let file = File::create(path).map_err(|error| Failure(format!("{}: {error}", path.display())))?;
        Ok(Self(BufWriter::new(file)))
    }

    /// Writes a letter, and sees to it that it is in the file.
    pub(super) fn write(&mut self, letter: &DeadLetter) -> std::io::Result<()> {
        let body = match std::str::from_utf8(&letter.body) {
            Ok(text) => json!({ "queue": letter.queue, "body": text }),
            Err(_) => json!({ "queue": letter.queue, "body_base64": STANDARD.encode(&letter.body) }),
        };
        writeln!(self.0, "{body}")?;
        self.0.flush()
    }
}

/// Prints the timeline, a bar for progress beside it.
pub(super) struct Printer<'a, W: Write> {
    out: &'a mut W,
    format: Format,
    dead_letters: Option<DeadLetters>,
    /// The first thing that went wrong with writing.
    failed: Option<std::io::Error>,
    bar: Option<Bar>,
}

#[derive(Default)]
struct Bar {
    first: Option<DateTime<Utc>>,
    shown: String,
}

impl<'a, W: Write> Printer<'a, W> {
    pub(super) fn new(out: &'a mut W, format: Format, dead_letters: Option<DeadLetters>) -> Self {
        let bar = std::io::stderr().is_terminal().then(Bar::default);
        Self { out, format, dead_letters, failed: None, bar }
    }

    /// Shows how far the story is: in per cent where its end is known, else the time.
    pub(super) fn progress(&mut self, at: DateTime<Utc>, until: Option<DateTime<Utc>>) {
        let Some(bar) = &mut self.bar else { return };
        let first = *bar.first.get_or_insert(at);
        let text = match until {
            Some(until) if until > first => {
                let per_cent = (at - first).num_seconds() * 100 / (until - first).num_seconds().max(1);
                let done = usize::try_from(per_cent / 4).unwrap_or(0).min(25);
                format!("[{}{}] {per_cent}%", "#".repeat(done), " ".repeat(25 - done))
            }
            _ => at.format("%Y-%m-%d %H:00").to_string(),
        };
        if text != bar.shown {
            eprint!("\r\x1b[K{text}");
            bar.shown = text;
        }
    }

    fn clear(&mut self) {
        if let Some(bar) = self.bar.as_mut().filter(|bar| !bar.shown.is_empty()) {
            eprint!("\r\x1b[K");
            bar.shown.clear();
        }
    }

    pub(super) fn finish(mut self) -> Result<(), Failure> {
        self.clear();
        let result = self.failed.take().map_or_else(|| self.out.flush(), Err);
        match result {
            // Whoever reads has seen enough, as `head` has.
            Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
            other => Ok(other?),
        }
    }

    fn note(&mut self, result: std::io::Result<()>) {
        if let Err(error) = result {
            self.failed.get_or_insert(error);
        }
    }
}

impl<W: Write> Sink for Printer<'_, W> {
    fn entry(&mut self, entry: Entry) {
        self.clear();
        let result = match self.format {
            Format::Json => serde_json::to_writer(&mut *self.out, &entry)
                .map_err(std::io::Error::from)
                .and_then(|()| self.out.write_all(b"\n")),
            Format::Text if matches!(entry.what, What::DeliveryStatus { .. }) => Ok(()),
            Format::Text => writeln!(self.out, "{entry}"),
        };
        self.note(result);
    }

    fn dead_letter(&mut self, letter: DeadLetter) {
        if let Some(file) = &mut self.dead_letters {
            let result = file.write(&letter);
            self.note(result);
        }
    }
}

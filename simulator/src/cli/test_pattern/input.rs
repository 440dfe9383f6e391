//! The events of files, one at a time.

use std::fs::File;
use std::io::{self, BufRead, Read};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use trailbell_sim::cloudtrail::{Events, MAX_RECORD_BYTES, unpack};

use super::super::Failure;

/// An event and where it comes from.
pub(super) struct Event {
    pub(super) file: Rc<str>,
    /// Counted from one; in lines, or in records of a log file.
    pub(super) number: u64,
    pub(super) message: String,
}

type Source = Box<dyn BufRead>;
type Found = Box<dyn Iterator<Item = Result<Event, Failure>>>;

/// The events of one file after the other; that all can be opened is seen first. Never more than one event is in memory.
pub(super) fn events(files: &[PathBuf]) -> Result<impl Iterator<Item = Result<Event, Failure>>, Failure> {
    for file in files.iter().filter(|file| !is_standard_input(file)) {
        File::open(file).map_err(|error| named(file, &error))?;
    }
    Ok(files.iter().flat_map(|file| match read(file) {
        Ok(events) => events,
        Err(error) => Box::new(std::iter::once(Err(named(file, &error)))),
    }))
}

fn is_standard_input(path: &Path) -> bool {
    path == Path::new("-")
}

fn named(file: &Path, error: &impl std::fmt::Display) -> Failure {
    Failure(format!("{}: {error}", file.display()))
}

/// The events of a file: the records of a log file, else its lines.
fn read(file: &Path) -> io::Result<Found> {
    let mut source: Source = if is_standard_input(file) {
        Box::new(unpack(io::stdin())?)
    } else {
        Box::new(unpack(File::open(file)?)?)
    };
    let mut ahead = Vec::new();
    source.by_ref().take(512).read_to_end(&mut ahead)?;
    let is_log_file = begins_a_log_file(&ahead);
    let source: Source = Box::new(io::Cursor::new(ahead).chain(source));
    let name: Rc<str> = file.display().to_string().into();
    if !is_log_file {
        return Ok(Box::new(Lines { source, file: name, line: 0, ended: false }));
    }
    Ok(Box::new(Events::new(source, file).map(move |record| {
        let record = record?;
        Ok(Event { file: Rc::clone(&name), number: record.place.record, message: record.text })
    })))
}

/// Whether a file begins as `CloudTrail` writes them, white space aside.
fn begins_a_log_file(bytes: &[u8]) -> bool {
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    let mut visible = bytes.iter().filter(|byte| !byte.is_ascii_whitespace());
    br#"{"Records":["#.iter().all(|byte| visible.next() == Some(byte))
}

/// Lines that are not empty.
struct Lines {
    source: Source,
    file: Rc<str>,
    line: u64,
    /// After an error there is nothing more.
    ended: bool,
}

impl Lines {
    fn next_line(&mut self) -> Result<Option<String>, String> {
        let mut line = Vec::new();
        let limit = MAX_RECORD_BYTES as u64 + 2;
        self.source
            .by_ref()
            .take(limit)
            .read_until(b'\n', &mut line)
            .map_err(|error| format!("cannot be read: {error}"))?;
        if line.is_empty() {
            return Ok(None);
        }
        if line.pop_if(|last| *last == b'\n').is_some() {
            line.pop_if(|last| *last == b'\r');
        }
        if line.len() > MAX_RECORD_BYTES {
            return Err(format!(
                "is longer than {MAX_RECORD_BYTES} bytes, which is more than any event may have"
            ));
        }
        String::from_utf8(line)
            .map(Some)
            .map_err(|error| format!("is not UTF-8 at byte {}", error.utf8_error().valid_up_to()))
    }
}

impl Iterator for Lines {
    type Item = Result<Event, Failure>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.ended {
            self.line += 1;
            match self.next_line() {
                Ok(Some(line)) if line.trim().is_empty() => {}
                Ok(Some(message)) => {
                    return Some(Ok(Event { file: Rc::clone(&self.file), number: self.line, message }));
                }
                Ok(None) => self.ended = true,
                Err(reason) => {
                    self.ended = true;
                    return Some(Err(Failure(format!("{}: line {} {reason}", self.file, self.line))));
                }
            }
        }
        None
    }
}

//! The events of one source of bytes, one by one.

use std::io::BufRead;
use std::path::Path;
use std::sync::Arc;

use super::elements::{Bytes, Cut};
use super::error::{Place, ReadError};
use super::head::{Head, Kind};
use crate::cloudtrail::record::{Record, RecordError};

/// Longer texts than this are no records: CloudTrail's own limit is 256 KB, event data stores' 1 MB.
pub const MAX_RECORD_BYTES: usize = 2 * 1024 * 1024;

/// How a log file begins, white space aside.
const OPENING: &[u8] = b"{\"Records\":[";

const NO_OBJECT: &str = "what comes next is no object";

/// An event as CloudTrail wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawRecord {
    /// Its JSON text, byte for byte.
    pub text: String,
    /// When, where and whose it is.
    pub head: Head,
    /// Where it was read.
    pub place: Place,
}

impl RawRecord {
    /// All its fields, typed.
    pub fn parse(&self) -> Result<Record, RecordError> {
        Record::parse(&self.text)
    }
}

/// How events are laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Layout {
    /// One event a line.
    Lines,
    /// Events over several lines each, one after the other.
    Objects,
    /// `{"Records": […]}`, or a bare array.
    Array { wrapped: bool, first: bool },
    /// At the end, or behind what cannot be read.
    Done,
}

/// The events of a source: lines of JSON, `{"Records": […]}`, or an array; which of them shows from the first bytes.
///
/// An iterator that goes on after an error, so the caller chooses: whoever stops at the first error reads strictly,
/// whoever counts errors and goes on skips what is damaged. Never more than one record is in memory.
pub struct Events<R> {
    bytes: Bytes<R>,
    file: Arc<Path>,
    layout: Option<Layout>,
    records: u64,
}

impl<R: BufRead> Events<R> {
    /// Reads `source`, which errors call `file`.
    pub fn new(source: R, file: &Path) -> Self {
        Self { bytes: Bytes::new(source), file: file.into(), layout: None, records: 0 }
    }

    fn place(&self, line: u64) -> Place {
        Place { file: Arc::clone(&self.file), line, record: self.records }
    }

    /// Says what is wrong and gives up the rest of the source, unless the error concerns one record alone.
    fn cut(&mut self, cut: Cut, line: u64) -> ReadError {
        let place = self.place(line);
        if !matches!(cut, Cut::TooLong) {
            self.layout = Some(Layout::Done);
        }
        match cut {
            Cut::Io(source) => ReadError::Interrupted { place, source },
            Cut::Shape(what) => ReadError::Broken { place, what },
            Cut::TooLong => ReadError::TooLong { place, limit: MAX_RECORD_BYTES },
        }
    }

    fn finish(&self, bytes: Vec<u8>, line: u64) -> Result<RawRecord, ReadError> {
        let place = self.place(line);
        let Ok(text) = String::from_utf8(bytes) else { return Err(ReadError::Encoding { place }) };
        match Kind::of(&text) {
            Ok(Kind::Record(head)) => Ok(RawRecord { text, head, place }),
            Ok(Kind::LogFile) => Err(ReadError::LogFile { place }),
            Ok(Kind::Digest) => Err(ReadError::Digest { place }),
            Err(source) => Err(ReadError::Record { place, source }),
        }
    }

    /// Learns the layout from the first bytes and passes over what stands before the first event.
    fn begin(&mut self) -> Result<Layout, Cut> {
        const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();
        const NEVER: &str = "the file changes while it is read";
        let ahead = self.bytes.look_ahead(512)?;
        let text = ahead.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&ahead);
        if text.len() < ahead.len() {
            self.bytes.expect(BYTE_ORDER_MARK, NEVER)?;
        }
        let text = text.trim_ascii_start();
        if opens(text, OPENING) {
            self.bytes.expect(OPENING, NEVER)?;
            return Ok(Layout::Array { wrapped: true, first: true });
        }
        if text.starts_with(b"[") {
            self.bytes.expect(b"[", NEVER)?;
            return Ok(Layout::Array { wrapped: false, first: true });
        }
        // Where an object's first line is its brace, the object has several lines.
        let first_line = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
        Ok(if first_line.trim_ascii_end() == b"{" { Layout::Objects } else { Layout::Lines })
    }

    fn next_line(&mut self) -> Option<Result<RawRecord, ReadError>> {
        loop {
            let number = self.bytes.line;
            let mut line = Vec::new();
            match self.bytes.read_line(&mut line, MAX_RECORD_BYTES) {
                Ok(0) => return None,
                Ok(_) => (),
                Err(error) => return Some(Err(self.cut(Cut::Io(error), number))),
            }
            if line.len() > MAX_RECORD_BYTES {
                self.records += 1;
                return Some(Err(self.cut(Cut::TooLong, number)));
            }
            line.truncate(line.trim_ascii_end().len());
            if !line.trim_ascii_start().is_empty() {
                self.records += 1;
                return Some(self.finish(line, number));
            }
        }
    }

    /// The object that begins at the next byte.
    fn next_object(&mut self) -> Result<RawRecord, ReadError> {
        self.records += 1;
        let line = self.bytes.line;
        let mut object = Vec::new();
        if let Err(cut) = self.bytes.read_object(&mut object, MAX_RECORD_BYTES) {
            return Err(self.cut(cut, line));
        }
        self.finish(object, line)
    }

    /// Whether another object comes in a file of objects.
    fn object_follows(&mut self) -> Result<bool, Cut> {
        match self.bytes.skip_space()? {
            None => Ok(false),
            Some(b'{') => Ok(true),
            Some(_) => Err(Cut::Shape(NO_OBJECT)),
        }
    }

    /// Whether another element comes in an array, and takes what stands before it.
    fn element_follows(&mut self, wrapped: bool, mut first: bool) -> Result<bool, Cut> {
        const NO_END: &str = "the file ends within its array of records";
        const MORE: &str = "more text behind the records";
        while self.bytes.skip_space()? == Some(b']') {
            self.bytes.expect(if wrapped { b"]}" } else { b"]" }, NO_END)?;
            if self.bytes.skip_space()?.is_none() {
                return Ok(false);
            }
            if !wrapped {
                return Err(Cut::Shape(MORE));
            }
            // Log files one behind the other, as `zcat *.json.gz` gives them.
            self.bytes.expect(OPENING, MORE)?;
            first = true;
        }
        if !first && self.bytes.skip_space()?.is_some() {
            self.bytes.expect(b",", "no comma between two records")?;
        }
        match self.bytes.skip_space()? {
            Some(b'{') => Ok(true),
            Some(_) => Err(Cut::Shape(NO_OBJECT)),
            None => Err(Cut::Shape(NO_END)),
        }
    }
}

/// Whether `text` begins with `opening`, white space aside.
fn opens(text: &[u8], opening: &[u8]) -> bool {
    let mut text = text.iter().filter(|byte| !byte.is_ascii_whitespace());
    opening.iter().all(|byte| text.next() == Some(byte))
}

impl<R: BufRead> Iterator for Events<R> {
    type Item = Result<RawRecord, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        let layout = match self.layout {
            Some(layout) => layout,
            None => match self.begin() {
                Ok(layout) => layout,
                Err(cut) => return Some(Err(self.cut(cut, 1))),
            },
        };
        self.layout = Some(match layout {
            Layout::Array { wrapped, .. } => Layout::Array { wrapped, first: false },
            other => other,
        });
        match layout {
            Layout::Done => None,
            Layout::Lines => self.next_line(),
            Layout::Objects | Layout::Array { .. } => {
                let line = self.bytes.line;
                let follows = match layout {
                    Layout::Array { wrapped, first } => self.element_follows(wrapped, first),
                    _ => self.object_follows(),
                };
                match follows {
                    Ok(true) => Some(self.next_object()),
                    Ok(false) => {
                        self.layout = Some(Layout::Done);
                        None
                    }
                    Err(cut) => Some(Err(self.cut(cut, line))),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;

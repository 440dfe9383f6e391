//! What can be wrong with a file of events, and where.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Where a record stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The file, or `-` for standard input.
    pub file: Arc<Path>,
    /// The line of its first byte after unpacking, from 1.
    pub line: u64,
    /// Its number in the file, from 1.
    pub record: u64,
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}: record {}", self.file.display(), self.line, self.record)
    }
}

/// Why an event, or the rest of a file, cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The file cannot be opened, or a folder not listed.
    #[error("{}: {source}", file.display())]
    Open {
        /// The file or folder.
        file: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Reading stopped in the middle: a broken disk, or a damaged or cut .gz. The rest of the file is lost.
    #[error("{place}: reading stopped: {source}; the rest of the file is left out")]
    Interrupted {
        /// Where it stopped.
        place: Place,
        /// What the system or the unpacking said.
        source: std::io::Error,
    },
    /// The file ends within a record, or does not go on as a log file does. The rest of the file is lost.
    #[error("{place}: {what}; the rest of the file is left out")]
    Broken {
        /// Where.
        place: Place,
        /// What is wrong.
        what: &'static str,
    },
    /// One record is no JSON object. Reading goes on behind it.
    #[error("{place}: no CloudTrail record: {source}")]
    Record {
        /// Where.
        place: Place,
        /// What is wrong with it.
        source: serde_json::Error,
    },
    /// One record is no UTF-8. Reading goes on behind it.
    #[error("{place}: no UTF-8 text")]
    Encoding {
        /// Where.
        place: Place,
    },
    /// One record is longer than CloudTrail's can be. It is left out, and reading goes on behind it.
    #[error("{place}: longer than {limit} bytes")]
    TooLong {
        /// Where.
        place: Place,
        /// The limit, in bytes.
        limit: usize,
    },
    /// `{"Records": …}` where a single record was expected. Reading goes on behind it.
    #[error(
        "{place}: a whole log file where a record was expected; put it at the start of a file of its own"
    )]
    LogFile {
        /// Where.
        place: Place,
    },
    /// A file that says which log files there are, and holds no events.
    #[error("{place}: a digest file, which holds no events")]
    Digest {
        /// Where.
        place: Place,
    },
}

//! Messages that nobody will take, kept in a file until somebody looks at them.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde_json::value::RawValue;

/// The longest part of an answer that is kept, in bytes.
const MAX_ANSWER_BYTES: usize = 4 * 1024;

/// One line of the file.
#[derive(Serialize)]
pub(super) struct DeadLetter<'a> {
    /// When it was given up, RFC 3339.
    pub time: &'a str,
    /// Why, in words.
    pub reason: &'a str,
    /// The status that the next hop answered.
    pub status: u16,
    /// What the next hop answered, up to a limit.
    pub answer: &'a str,
    /// SNS's body: the same JSON, on one line.
    pub envelope: &'a RawValue,
}

/// An answer as text, cut to what is kept.
pub(super) fn excerpt(answer: &[u8]) -> String {
    let kept = answer.get(..MAX_ANSWER_BYTES).unwrap_or(answer);
    let mut text = String::from_utf8_lossy(kept).into_owned();
    if kept.len() < answer.len() {
        text.push('…');
    }
    text
}

/// The file. It is opened for each letter: they are rare, and the file may be moved away in between.
#[derive(Debug, Clone)]
pub(super) struct DeadLetters(PathBuf);

impl DeadLetters {
    /// Makes the file if it is not there, and checks that it can be written.
    pub(super) fn open(path: PathBuf) -> io::Result<Self> {
        let letters = Self(path);
        letters.file().map(|_| letters)
    }

    /// Adds a letter. Once this is well, it is on the disk. Blocks.
    pub(super) fn keep(&self, letter: &DeadLetter<'_>) -> io::Result<()> {
        let mut line = serde_json::to_vec(letter)?;
        line.push(b'\n');
        let mut file = self.file()?;
        // Another process may have the same file.
        file.lock()?;
        let length = file.seek(SeekFrom::End(0))?;
        if ends_within_a_line(&mut file, length)? {
            line.insert(0, b'\n');
        }
        let written = file.write_all(&line).and_then(|()| file.sync_all());
        if written.is_err() {
            // Half a line would be in the way of the next. If this fails too, the next one begins a new line.
            let _ = file.set_len(length);
        }
        written
    }

    fn file(&self) -> io::Result<File> {
        let path = self.0.as_path();
        let is_new = !path.exists();
        let file = OpenOptions::new().read(true).append(true).create(true).mode(0o600).open(path)?;
        if is_new {
            // The name of a new file is on the disk once its folder is.
            let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
            File::open(folder.unwrap_or(Path::new(".")))?.sync_all()?;
        }
        Ok(file)
    }
}

/// Whether the last write was cut off.
fn ends_within_a_line(file: &mut File, length: u64) -> io::Result<bool> {
    if length == 0 {
        return Ok(false);
    }
    file.seek(SeekFrom::End(-1))?;
    let mut last = [0];
    file.read_exact(&mut last)?;
    Ok(last != *b"\n")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    use tempfile::TempDir;

    use super::*;

    fn keep(letters: &DeadLetters, envelope: &str) -> io::Result<()> {
        let envelope = serde_json::from_str(envelope).unwrap();
        letters.keep(&DeadLetter {
            time: "2026-09-22T19:27:00Z",
            reason: "refused",
            status: 400,
            answer: "no",
            envelope,
        })
    }

    const LINE: &str = "{\"time\":\"2026-09-22T19:27:00Z\",\"reason\":\"refused\",\"status\":400,\"answer\":\"no\",\"envelope\":{}}\n";

    #[test]
    fn letters_are_added_line_by_line_for_their_owner_alone() {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("dead.ndjson");
        let letters = DeadLetters::open(path.clone()).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        keep(&letters, "{}").unwrap();
        keep(&letters, "{}").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), LINE.repeat(2));
        fs::rename(&path, folder.path().join("dead.ndjson.1")).unwrap();
        keep(&letters, "{}").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), LINE, "a new file after the old one was moved away");
    }

    #[test]
    fn a_line_that_was_cut_off_does_not_swallow_the_next() {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("dead.ndjson");
        fs::write(&path, "{\"time\":\"2026").unwrap();
        let letters = DeadLetters::open(path.clone()).unwrap();
        keep(&letters, "{}").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), format!("{{\"time\":\"2026\n{LINE}"));
    }

    #[test]
    fn what_cannot_be_written_is_an_error() {
        let folder = TempDir::new().unwrap();
        assert!(DeadLetters::open(folder.path().join("missing/dead.ndjson")).is_err());
        assert!(DeadLetters::open(folder.path().to_owned()).is_err());
        let path = folder.path().join("sub/dead.ndjson");
        fs::create_dir(folder.path().join("sub")).unwrap();
        let letters = DeadLetters::open(path).unwrap();
        fs::remove_dir_all(folder.path().join("sub")).unwrap();
        assert!(keep(&letters, "{}").is_err());
    }

    #[test]
    fn an_answer_is_kept_up_to_a_limit() {
        assert_eq!(excerpt(b"no"), "no");
        assert_eq!(excerpt(&[b'x'; 5000]), format!("{}…", "x".repeat(4096)));
        assert_eq!(excerpt(b"\xff"), "\u{fffd}");
    }
}

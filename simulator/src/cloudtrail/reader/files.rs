//! Files and folders of events: the edge where they are opened.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Chain, Cursor, Read};
use std::path::{Path, PathBuf};

use flate2::bufread::MultiGzDecoder;

use super::error::ReadError;
use super::events::{Events, RawRecord};
use crate::cloudtrail::key::{LogFileName, ObjectKind};

/// A source whose first bytes have been looked at.
type Begun<R> = Chain<Cursor<Vec<u8>>, BufReader<R>>;

/// Bytes as they are, or unpacked where they begin as gzip does.
enum Unpacked<R: Read> {
    Plain(Begun<R>),
    Gzip(Box<MultiGzDecoder<Begun<R>>>),
}

impl<R: Read> Unpacked<R> {
    fn new(source: R) -> io::Result<Self> {
        let mut source = BufReader::with_capacity(64 * 1024, source);
        let mut magic = Vec::new();
        source.by_ref().take(2).read_to_end(&mut magic)?;
        let gzip = magic == [0x1f, 0x8b];
        let whole = Cursor::new(magic).chain(source);
        Ok(if gzip { Self::Gzip(Box::new(MultiGzDecoder::new(whole))) } else { Self::Plain(whole) })
    }
}

impl<R: Read> Read for Unpacked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(source) => source.read(buffer),
            Self::Gzip(source) => source.read(buffer),
        }
    }
}

/// A source, unpacked where it is gzip.
pub fn unpack<R: Read>(source: R) -> io::Result<impl BufRead + use<R>> {
    Ok(BufReader::with_capacity(64 * 1024, Unpacked::new(source)?))
}

/// The events of a source, unpacked where it is gzip. Errors call it `file`.
pub fn read_events<R: Read>(source: R, file: &Path) -> io::Result<Events<impl BufRead + use<R>>> {
    Ok(Events::new(unpack(source)?, file))
}

/// What stands in a folder beside log files.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LeftAside {
    /// Digest files.
    pub digests: u64,
    /// Files of insights, network activity and aggregates.
    pub other_events: u64,
    /// Files that are none of CloudTrail's.
    pub other: u64,
}

/// The log files of a folder.
#[derive(Debug, Clone, Default)]
pub struct Folder {
    /// In the order of delivery as their names say it, names without it last; then by path.
    pub log_files: Vec<PathBuf>,
    /// How many files were left aside.
    pub left_aside: LeftAside,
}

impl Folder {
    /// Looks through `folder` and the folders in it, which are laid out as CloudTrail does in S3
    /// (`AWSLogs/<account>/CloudTrail/<region>/yyyy/mm/dd/*.json.gz`) or otherwise. Files ending `.json`, `.jsonl` or
    /// `.ndjson`, packed or not, count as log files under whatever name, unless it is that of a digest.
    pub fn list(folder: &Path) -> Result<Self, ReadError> {
        let mut found = Self::default();
        let mut open = vec![folder.to_owned()];
        while let Some(folder) = open.pop() {
            let failed = |source| ReadError::Open { file: folder.clone(), source };
            for entry in std::fs::read_dir(&folder).map_err(failed)? {
                let path = entry.map_err(failed)?.path();
                if path.is_dir() {
                    open.push(path);
                } else {
                    found.sort_in(path);
                }
            }
        }
        let when = |path: &Path| LogFileName::parse(&path.to_string_lossy()).map(|name| name.delivered_at);
        found.log_files.sort_by_cached_key(|path| {
            let when = when(path);
            (when.is_none(), when, path.clone())
        });
        Ok(found)
    }

    fn sort_in(&mut self, path: PathBuf) {
        let name = path.to_string_lossy().replace('\\', "/");
        match ObjectKind::of(&name) {
            ObjectKind::LogFile => self.log_files.push(path),
            ObjectKind::Digest => self.left_aside.digests += 1,
            ObjectKind::OtherEvents => self.left_aside.other_events += 1,
            ObjectKind::Other => {
                let stem = name.strip_suffix(".gz").unwrap_or(&name);
                if [".json", ".jsonl", ".ndjson"].iter().any(|ending| stem.ends_with(ending)) {
                    self.log_files.push(path);
                } else {
                    self.left_aside.other += 1;
                }
            }
        }
    }
}

/// The events of many files and folders, one file after the other, in the order given; `-` is standard input.
///
/// An iterator that goes on after an error, as [`Events`] does.
pub struct Archive {
    paths: VecDeque<PathBuf>,
    open: Option<Box<dyn Iterator<Item = Result<RawRecord, ReadError>>>>,
    left_aside: LeftAside,
}

impl Archive {
    /// Lists the folders among `paths`; files are opened when it is their turn.
    pub fn open(paths: &[PathBuf]) -> Result<Self, ReadError> {
        let mut files = VecDeque::new();
        let mut left_aside = LeftAside::default();
        for path in paths {
            if path.is_dir() {
                let folder = Folder::list(path)?;
                left_aside.digests += folder.left_aside.digests;
                left_aside.other_events += folder.left_aside.other_events;
                left_aside.other += folder.left_aside.other;
                files.extend(folder.log_files);
            } else {
                files.push_back(path.clone());
            }
        }
        Ok(Self { paths: files, open: None, left_aside })
    }

    /// How many files of the folders are no log files.
    #[must_use]
    pub fn left_aside(&self) -> LeftAside {
        self.left_aside
    }

    fn open_next(&mut self, path: &Path) -> Result<(), ReadError> {
        let failed = |source| ReadError::Open { file: path.to_owned(), source };
        self.open = Some(if path == Path::new("-") {
            Box::new(read_events(io::stdin(), path).map_err(failed)?)
        } else {
            let file = File::open(path).map_err(failed)?;
            Box::new(read_events(file, path).map_err(failed)?)
        });
        Ok(())
    }
}

impl Iterator for Archive {
    type Item = Result<RawRecord, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(event) = self.open.as_mut().and_then(Iterator::next) {
                return Some(event);
            }
            let path = self.paths.pop_front()?;
            if let Err(error) = self.open_next(&path) {
                self.open = None;
                return Some(Err(error));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn gzip(text: &str) -> Vec<u8> {
        let mut packed = GzEncoder::new(Vec::new(), Compression::default());
        packed.write_all(text.as_bytes()).unwrap();
        packed.finish().unwrap()
    }

    fn names(events: impl Iterator<Item = Result<RawRecord, ReadError>>) -> Vec<String> {
        events.map(|event| event.map_or_else(|error| format!("! {error}"), |record| record.text)).collect()
    }

    #[test]
    fn gzip_is_known_by_its_first_bytes_and_may_have_several_members() {
        let path = Path::new("f");
        let two = [gzip("{\"a\":1}\n"), gzip("{\"b\":2}\n")].concat();
        assert_eq!(names(read_events(two.as_slice(), path).unwrap()), ["{\"a\":1}", "{\"b\":2}"]);
        assert_eq!(names(read_events(b"{}".as_slice(), path).unwrap()), ["{}"]);
        assert_eq!(names(read_events(b"".as_slice(), path).unwrap()), [""; 0]);
    }

    #[test]
    fn a_cut_gzip_gives_what_is_whole_and_an_error() {
        let events: Vec<String> =
            (0..500).map(|number| format!("{{\"a\":{}}}", number * 7919 % 1000)).collect();
        let packed = gzip(&events.join("\n"));
        let read = names(read_events(&packed[..packed.len() - 9], Path::new("f")).unwrap());
        let (last, whole) = read.split_last().unwrap();
        assert!(last.contains("reading stopped"), "{last}");
        assert_eq!(whole, &events[..whole.len()]);
    }

    #[test]
    fn a_folder_is_read_in_the_order_of_delivery_and_what_is_no_log_file_left_aside() {
        let folder = tempfile::tempdir().unwrap();
        let put = |path: &str, bytes: &[u8]| {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, bytes).unwrap();
        };
        let log = |name: &str| gzip(&format!("{{\"Records\":[{{\"eventName\":\"{name}\"}}]}}"));
        let file = |region: &str, time: &str| {
            format!(
                "AWSLogs/1/CloudTrail/{region}/2026/09/22/1_CloudTrail_{region}_20260922T{time}Z_x.json.gz"
            )
        };
        put(&file("a-1", "1910"), &log("second"));
        put(&file("b-1", "1905"), &log("first"));
        put("late.jsonl", b"{\"eventName\":\"third\"}");
        put(
            "AWSLogs/1/CloudTrail-Digest/a-1/2026/09/22/1_CloudTrail-Digest_a-1_t_a-1_20260922T190000Z.json.gz",
            b"?",
        );
        put(
            "AWSLogs/1/CloudTrail-Insight/a-1/2026/09/22/1_CloudTrail-Insight_a-1_20260922T1900Z_x.json.gz",
            b"?",
        );
        put("README.md", b"?");
        let archive = Archive::open(&[folder.path().to_owned()]).unwrap();
        assert_eq!(archive.left_aside(), LeftAside { digests: 1, other_events: 1, other: 1 });
        assert_eq!(
            names(archive),
            ["first", "second", "third"].map(|name| format!("{{\"eventName\":\"{name}\"}}"))
        );
    }

    #[test]
    fn a_missing_file_is_told_and_the_next_one_read() {
        let folder = tempfile::tempdir().unwrap();
        let good = folder.path().join("good.json");
        std::fs::write(&good, "{}").unwrap();
        let read = names(Archive::open(&[folder.path().join("bad.json"), good]).unwrap());
        assert!(read[0].starts_with("! ") && read[0].contains("bad.json: "), "{}", read[0]);
        assert_eq!(read[1..], ["{}"]);
    }
}

//! The elements of a JSON array, one by one as they stand, without the array in memory.

use std::io::{BufRead, Chain, Cursor, Read};

/// Why there is no next element.
#[derive(Debug)]
pub(super) enum Cut {
    /// The source failed.
    Io(std::io::Error),
    /// The text ends or goes on as none of this kind does.
    Shape(&'static str),
    /// The element is longer than the limit; it has been passed over.
    TooLong,
}

impl From<std::io::Error> for Cut {
    fn from(error: std::io::Error) -> Self {
        Self::Io(error)
    }
}

/// Reads bytes and counts lines.
pub(super) struct Bytes<R> {
    source: Chain<Cursor<Vec<u8>>, R>,
    /// The line of the next byte, from 1.
    pub(super) line: u64,
}

impl<R: BufRead> Bytes<R> {
    pub(super) fn new(source: R) -> Self {
        Self { source: Cursor::new(Vec::new()).chain(source), line: 1 }
    }

    /// The first bytes, at most `length`, which stay to be read. To be called before all else.
    pub(super) fn look_ahead(&mut self, length: u64) -> std::io::Result<Vec<u8>> {
        let (_, source) = self.source.get_mut();
        let mut ahead = Vec::new();
        source.take(length).read_to_end(&mut ahead)?;
        *self.source.get_mut().0 = Cursor::new(ahead.clone());
        Ok(ahead)
    }

    fn peek(&mut self) -> std::io::Result<Option<u8>> {
        Ok(self.source.fill_buf()?.first().copied())
    }

    fn advance(&mut self) -> std::io::Result<Option<u8>> {
        let next = self.peek()?;
        if next == Some(b'\n') {
            self.line += 1;
        }
        if next.is_some() {
            self.source.consume(1);
        }
        Ok(next)
    }

    /// The next byte that is no white space; it is left where it is.
    pub(super) fn skip_space(&mut self) -> std::io::Result<Option<u8>> {
        loop {
            match self.peek()? {
                Some(b' ' | b'\t' | b'\r' | b'\n') => self.advance()?,
                other => return Ok(other),
            };
        }
    }

    /// Appends the next line with its end; 0 at the end of the source. Of a line longer than `limit` the rest is
    /// passed over, so that memory stays bounded.
    pub(super) fn read_line(&mut self, line: &mut Vec<u8>, limit: usize) -> std::io::Result<usize> {
        let mut read = 0;
        loop {
            let chunk = self.source.fill_buf()?;
            let end = chunk.iter().position(|byte| *byte == b'\n');
            let taken = end.map_or(chunk.len(), |end| end + 1);
            let room = (limit + 1).saturating_sub(line.len());
            line.extend_from_slice(&chunk[..taken.min(room)]);
            self.source.consume(taken);
            read += taken;
            if end.is_some() {
                self.line += 1;
            }
            if end.is_some() || taken == 0 {
                return Ok(read);
            }
        }
    }

    /// Appends one JSON object, the first byte of which is the next one, up to its closing brace. Strings are
    /// respected; whether the object is valid is for others to say.
    pub(super) fn read_object(&mut self, object: &mut Vec<u8>, limit: usize) -> Result<(), Cut> {
        let mut state = Scan { depth: 0, in_string: false, escaped: false };
        loop {
            let chunk = self.source.fill_buf()?;
            if chunk.is_empty() {
                return Err(Cut::Shape("the file ends within a record"));
            }
            let end = chunk.iter().position(|byte| state.closes(*byte));
            let taken = end.map_or(chunk.len(), |end| end + 1);
            let room = (limit + 1).saturating_sub(object.len());
            object.extend_from_slice(&chunk[..taken.min(room)]);
            self.line += chunk[..taken].iter().map(|byte| u64::from(*byte == b'\n')).sum::<u64>();
            self.source.consume(taken);
            if end.is_some() {
                return if object.len() > limit { Err(Cut::TooLong) } else { Ok(()) };
            }
        }
    }

    /// Takes `text`, between whose characters white space may stand.
    pub(super) fn expect(&mut self, text: &[u8], otherwise: &'static str) -> Result<(), Cut> {
        for expected in text {
            if self.skip_space()? != Some(*expected) {
                return Err(Cut::Shape(otherwise));
            }
            self.advance()?;
        }
        Ok(())
    }
}

/// Where a scan through an object stands.
struct Scan {
    depth: u32,
    in_string: bool,
    escaped: bool,
}

impl Scan {
    /// Takes a byte; true where it closes the outermost object.
    fn closes(&mut self, byte: u8) -> bool {
        if self.in_string {
            match byte {
                _ if self.escaped => self.escaped = false,
                b'\\' => self.escaped = true,
                b'"' => self.in_string = false,
                _ => (),
            }
            return false;
        }
        match byte {
            b'"' => self.in_string = true,
            b'{' | b'[' => self.depth += 1,
            b'}' | b']' => {
                self.depth = self.depth.saturating_sub(1);
                return self.depth == 0;
            }
            _ => (),
        }
        false
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::io::BufReader;

    use super::*;

    /// A source that gives its text in pieces of `size` bytes.
    fn pieces(text: &str, size: usize) -> Bytes<BufReader<&[u8]>> {
        Bytes::new(BufReader::with_capacity(size, text.as_bytes()))
    }

    #[test]
    fn an_object_ends_at_its_own_brace_however_it_is_cut() {
        let object = "{\"a\":\"}\\\"{\",\n\"b\":[{}],\"c\":\"\\\\\"}";
        for size in 1..40 {
            let mut bytes = pieces("{\"a\":\"}\\\"{\",\n\"b\":[{}],\"c\":\"\\\\\"} , {}", size);
            let mut read = Vec::new();
            bytes.read_object(&mut read, 100).unwrap();
            assert_eq!(String::from_utf8(read).unwrap(), object, "in pieces of {size}");
            assert_eq!(bytes.line, 2);
            assert_eq!(bytes.skip_space().unwrap(), Some(b','));
        }
    }

    #[test]
    fn a_long_object_is_passed_over_with_bounded_memory() {
        let long = format!("{{\"a\":\"{}\"}}{{}}", "x".repeat(10_000));
        let mut bytes = pieces(&long, 64);
        let mut read = Vec::new();
        assert!(matches!(bytes.read_object(&mut read, 100), Err(Cut::TooLong)));
        assert_eq!(read.len(), 101);
        read.clear();
        bytes.read_object(&mut read, 100).unwrap();
        assert_eq!(read, b"{}");
    }

    #[test]
    fn a_cut_object_is_told() {
        assert!(matches!(pieces("{\"a\":{}", 3).read_object(&mut Vec::new(), 100), Err(Cut::Shape(_))));
    }

    #[test]
    fn a_long_line_is_passed_over_with_bounded_memory() {
        let long = format!("{}\nshort", "x".repeat(10_000));
        let mut bytes = pieces(&long, 64);
        let mut line = Vec::new();
        assert_eq!(bytes.read_line(&mut line, 100).unwrap(), 10_001);
        assert_eq!(line.len(), 101);
        line.clear();
        assert_eq!(bytes.read_line(&mut line, 100).unwrap(), 5);
        assert_eq!((line.as_slice(), bytes.line), (b"short".as_slice(), 2));
    }
}

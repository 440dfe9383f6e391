//! Splits a line into fields, as AWS does.

use std::ops::Range;

use memchr::{memchr, memchr2};

/// The fields of a line.
///
/// They are separated by runs of blanks and tabs. `"…"` and `[…]` at the start of one hold it together and are not part
/// of its value; a quote or bracket that is never closed stands for itself.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tokens {
    tokens: Vec<Token>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Token {
    /// Without the delimiters.
    value: Range<usize>,
    /// Where it begins, with the delimiters.
    start: usize,
}

impl Tokens {
    /// Replaces the fields by those of another line.
    pub(crate) fn read(&mut self, line: &str) {
        self.tokens.clear();
        let bytes = line.as_bytes();
        let mut closers = [Closer::new(b'"'), Closer::new(b']')];
        let mut at = 0;
        loop {
            while bytes.get(at).is_some_and(|byte| matches!(byte, b' ' | b'\t')) {
                at += 1;
            }
            let closer = match bytes.get(at) {
                None => return,
                Some(b'"') => closers[0].find(bytes, at + 1),
                Some(b'[') => closers[1].find(bytes, at + 1),
                Some(_) => None,
            };
            let (value, next) = if let Some(closer) = closer {
                (at + 1..closer, closer + 1)
            } else {
                let rest = bytes.get(at..).unwrap_or_default();
                let end = at + memchr2(b' ', b'\t', rest).unwrap_or(rest.len());
                (at..end, end)
            };
            self.tokens.push(Token { value, start: at });
            at = next;
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.tokens.len()
    }

    /// The value of a field, counted from zero.
    pub(crate) fn value<'l>(&self, index: usize, line: &'l str) -> &'l str {
        self.tokens.get(index).and_then(|token| line.get(token.value.clone())).unwrap_or_default()
    }

    /// A field with all that follows it, as it stands in the line.
    pub(crate) fn rest<'l>(&self, index: usize, line: &'l str) -> &'l str {
        self.tokens.get(index).and_then(|token| line.get(token.start..)).unwrap_or_default()
    }
}

/// Looks for closing delimiters; remembers when there is none any more, so that a line of opening ones takes no
/// quadratic time.
struct Closer {
    byte: u8,
    exhausted: bool,
}

impl Closer {
    fn new(byte: u8) -> Self {
        Self { byte, exhausted: false }
    }

    fn find(&mut self, bytes: &[u8], from: usize) -> Option<usize> {
        if self.exhausted {
            return None;
        }
        let found = memchr(self.byte, bytes.get(from..)?).map(|offset| from + offset);
        self.exhausted = found.is_none();
        found
    }
}

#[cfg(test)]
mod tests {
    use super::Tokens;

    #[test]
    fn fields_are_separated_by_blanks_and_held_together_by_quotes_and_brackets() {
        let cases: [(&str, &[&str]); 11] = [
            ("", &[]),
            (" \t ", &[]),
            ("a b", &["a", "b"]),
            (" a \t b ", &["a", "b"]),
            (
                "127.0.0.1 - frank [10/Oct/2000:13:25:15 -0700] \"GET /index.html HTTP/1.0\" 404 1534",
                &[
                    "127.0.0.1",
                    "-",
                    "frank",
                    "10/Oct/2000:13:25:15 -0700",
                    "GET /index.html HTTP/1.0",
                    "404",
                    "1534",
                ],
            ),
            ("\"abc def", &["\"abc", "def"]),
            ("[abc def", &["[abc", "def"]),
            ("a\"b c\"d", &["a\"b", "c\"d"]),
            ("\"\" []", &["", ""]),
            ("[a]b", &["a", "b"]),
            ("é \"ü ö\"", &["é", "ü ö"]),
        ];
        for (line, expected) in cases {
            let mut tokens = Tokens::default();
            tokens.read(line);
            let values: Vec<&str> = (0..tokens.len()).map(|index| tokens.value(index, line)).collect();
            assert_eq!(values, expected, "{line}");
        }
    }
}

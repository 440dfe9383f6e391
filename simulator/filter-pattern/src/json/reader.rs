//! Reads JSON text without building anything: RFC 8259 to the letter, except that a lone half of a surrogate pair is
//! let through.

use std::borrow::Cow;
use std::ops::Range;

use super::nesting::Open;
use super::string::{self, RawString};

/// The text is no JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NotJson;

/// A place in the text.
pub(crate) struct Reader<'e> {
    text: &'e str,
    bytes: &'e [u8],
    at: usize,
    unicode_escapes: bool,
}

impl<'e> Reader<'e> {
    pub(crate) fn new(text: &'e str) -> Self {
        Self { text, bytes: text.as_bytes(), at: 0, unicode_escapes: false }
    }

    pub(crate) fn slice(&self, span: Range<usize>) -> &'e str {
        self.text.get(span).unwrap_or_default()
    }

    /// The next byte, zero at the end (which is no valid byte anywhere in JSON).
    #[inline]
    pub(crate) fn peek(&self) -> u8 {
        self.bytes.get(self.at).copied().unwrap_or(0)
    }

    #[inline]
    pub(crate) fn advance(&mut self) {
        self.at += 1;
    }

    /// Takes `byte` if it is next.
    #[inline]
    pub(crate) fn take(&mut self, byte: u8) -> bool {
        let next = self.peek() == byte;
        self.at += usize::from(next);
        next
    }

    #[inline]
    pub(crate) fn expect(&mut self, byte: u8) -> Result<(), NotJson> {
        if self.take(byte) { Ok(()) } else { Err(NotJson) }
    }

    #[inline]
    pub(crate) fn skip_blanks(&mut self) {
        while matches!(self.peek(), b' ' | b'\n' | b'\t' | b'\r') {
            self.at += 1;
        }
    }

    pub(crate) fn is_at_end(&self) -> bool {
        self.at >= self.bytes.len()
    }

    /// After the opening quote, up to and with the closing one.
    #[expect(clippy::inline_always, reason = "a call takes longer than most names do")]
    #[inline(always)]
    pub(crate) fn string(&mut self) -> Result<RawString, NotJson> {
        let start = self.at;
        let end = string::plain_end(self.bytes, start);
        let escaped = self.bytes.get(end) != Some(&b'"');
        let end = if escaped { self.escaped_end(end)? } else { end };
        self.at = end + 1;
        Ok(RawString { start, end, escaped })
    }

    fn escaped_end(&mut self, at: usize) -> Result<usize, NotJson> {
        let (end, unicode) = string::escaped_end(self.bytes, at)?;
        self.unicode_escapes |= unicode;
        Ok(end)
    }

    /// Whether any string so far has a `\u`: only then may it have a text that does not stand in it.
    pub(crate) fn has_unicode_escapes(&self) -> bool {
        self.unicode_escapes
    }

    /// A string without its escapes.
    pub(crate) fn text_of(&self, raw: RawString) -> Cow<'e, str> {
        string::text_of(self.text, raw)
    }

    /// A number; its bytes.
    #[inline]
    pub(crate) fn number(&mut self) -> Result<Range<usize>, NotJson> {
        let start = self.at;
        self.take(b'-');
        if !self.take(b'0') {
            self.digits()?;
        }
        if self.take(b'.') {
            self.digits()?;
        }
        if matches!(self.peek(), b'e' | b'E') {
            self.at += 1;
            if matches!(self.peek(), b'+' | b'-') {
                self.at += 1;
            }
            self.digits()?;
        }
        Ok(start..self.at)
    }

    #[inline]
    fn digits(&mut self) -> Result<(), NotJson> {
        let start = self.at;
        while self.peek().is_ascii_digit() {
            self.at += 1;
        }
        if self.at > start { Ok(()) } else { Err(NotJson) }
    }

    /// `null`, `true` or `false`.
    #[inline]
    pub(crate) fn word(&mut self, word: &str) -> Result<(), NotJson> {
        let end = self.at + word.len();
        if self.bytes.get(self.at..end) == Some(word.as_bytes()) {
            self.at = end;
            Ok(())
        } else {
            Err(NotJson)
        }
    }

    /// A member's name with the colon and the blanks around it, after the blanks before it.
    #[expect(clippy::inline_always, reason = "a call takes longer than most names do")]
    #[inline(always)]
    pub(crate) fn name(&mut self) -> Result<RawString, NotJson> {
        self.expect(b'"')?;
        let name = self.string()?;
        if !self.take(b':') {
            self.skip_blanks();
            self.expect(b':')?;
        }
        self.skip_blanks();
        Ok(name)
    }

    /// Any value, at `nesting` containers deep. Does not recurse.
    pub(crate) fn skip_value(&mut self, nesting: usize) -> Result<(), NotJson> {
        let mut open = Open::new(nesting);
        loop {
            match self.peek() {
                b'"' => {
                    self.at += 1;
                    self.string()?;
                }
                b'{' => {
                    self.at += 1;
                    self.skip_blanks();
                    if !self.take(b'}') {
                        open.push(true)?;
                        self.name()?;
                        continue;
                    }
                }
                b'[' => {
                    self.at += 1;
                    self.skip_blanks();
                    if !self.take(b']') {
                        open.push(false)?;
                        continue;
                    }
                }
                b'n' => self.word("null")?,
                b't' => self.word("true")?,
                b'f' => self.word("false")?,
                _ => {
                    self.number()?;
                }
            }
            loop {
                let Some(in_object) = open.innermost() else {
                    return Ok(());
                };
                let mut next = self.peek();
                if next != b',' && next != b'}' && next != b']' {
                    self.skip_blanks();
                    next = self.peek();
                }
                self.at += 1;
                match next {
                    b',' => {
                        self.skip_blanks();
                        if in_object {
                            self.name()?;
                        }
                        break;
                    }
                    b'}' if in_object => open.pop(),
                    b']' if !in_object => open.pop(),
                    _ => return Err(NotJson),
                }
            }
        }
    }
}

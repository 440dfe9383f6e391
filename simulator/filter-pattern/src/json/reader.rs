//! Reads JSON text without building anything: RFC 8259 to the letter, except that a lone half of a surrogate pair is
//! let through.

use std::borrow::Cow;
use std::ops::Range;

/// The text is no JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NotJson;

/// Containers inside of each other. AWS's limit is not known; Jackson, which much of AWS is built on, has this one.
pub(crate) const MAX_NESTING: usize = 1000;

/// A string as it stands in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RawString {
    /// The first byte after the opening quote.
    pub(crate) start: usize,
    /// The closing quote.
    pub(crate) end: usize,
    pub(crate) escaped: bool,
}

/// A place in the text.
pub(crate) struct Reader<'e> {
    text: &'e str,
    bytes: &'e [u8],
    at: usize,
}

impl<'e> Reader<'e> {
    pub(crate) fn new(text: &'e str) -> Self {
        Self { text, bytes: text.as_bytes(), at: 0 }
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
    #[inline]
    pub(crate) fn string(&mut self) -> Result<RawString, NotJson> {
        let start = self.at;
        let (end, escaped) = string_end(self.bytes, start)?;
        self.at = end + 1;
        Ok(RawString { start, end, escaped })
    }

    /// A string without its escapes.
    pub(crate) fn text_of(&self, raw: RawString) -> Cow<'e, str> {
        text_of(self.text, raw)
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
    #[inline]
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
        let mut open = Open { nesting, objects: [0; WORDS], depth: 0 };
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

/// The closing quote of the string of which `at` is the first byte, and whether it has escapes.
#[inline]
fn string_end(bytes: &[u8], at: usize) -> Result<(usize, bool), NotJson> {
    let end = plain_end(bytes, at);
    if bytes.get(end) == Some(&b'"') { Ok((end, false)) } else { escaped_string_end(bytes, end) }
}

/// The same from the first backslash on.
fn escaped_string_end(bytes: &[u8], mut at: usize) -> Result<(usize, bool), NotJson> {
    loop {
        match bytes.get(at) {
            Some(b'"') => return Ok((at, true)),
            Some(b'\\') => at += escape_length(bytes.get(at + 1..).unwrap_or_default())?,
            // A control character, or the end.
            _ => return Err(NotJson),
        }
        at = plain_end(bytes, at);
    }
}

/// The bytes of an escape with its backslash, after which `rest` begins.
fn escape_length(rest: &[u8]) -> Result<usize, NotJson> {
    match rest {
        [b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't', ..] => Ok(2),
        [b'u', digits @ ..]
            if digits.first_chunk::<4>().is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit)) =>
        {
            Ok(6)
        }
        _ => Err(NotJson),
    }
}

/// The next quote, backslash or control character from `at` on, or the end; eight bytes at a time.
#[inline]
fn plain_end(bytes: &[u8], mut at: usize) -> usize {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGHS: u64 = 0x8080_8080_8080_8080;
    // In each of these the lowest high bit that is set is right; those above it may be wrong, and are not looked at.
    let is_zero = |word: u64| word.wrapping_sub(ONES) & !word;
    let is_control = |word: u64| word.wrapping_sub(ONES * 0x20) & !word;
    while let Some(chunk) = bytes.get(at..).and_then(<[u8]>::first_chunk::<8>) {
        let word = u64::from_le_bytes(*chunk);
        let special =
            (is_zero(word ^ (ONES * 0x22)) | is_zero(word ^ (ONES * 0x5C)) | is_control(word)) & HIGHS;
        if special != 0 {
            return at + special.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    while !matches!(bytes.get(at), None | Some(0..=0x1F | b'"' | b'\\')) {
        at += 1;
    }
    at
}

const WORDS: usize = MAX_NESTING.div_ceil(64);

/// The containers that are open: a bit each, set for objects.
struct Open {
    nesting: usize,
    objects: [u64; WORDS],
    depth: usize,
}

impl Open {
    #[inline]
    fn push(&mut self, is_object: bool) -> Result<(), NotJson> {
        if self.nesting + self.depth >= MAX_NESTING {
            return Err(NotJson);
        }
        let word = self.objects.get_mut(self.depth / 64).ok_or(NotJson)?;
        let bit = 1 << (self.depth % 64);
        *word = if is_object { *word | bit } else { *word & !bit };
        self.depth += 1;
        Ok(())
    }

    #[inline]
    fn pop(&mut self) {
        self.depth -= 1;
    }

    #[inline]
    fn innermost(&self) -> Option<bool> {
        let top = self.depth.checked_sub(1)?;
        self.objects.get(top / 64).map(|word| word >> (top % 64) & 1 == 1)
    }
}

/// A string of `text` without its escapes. Half of a surrogate pair becomes U+FFFD.
pub(crate) fn text_of(text: &str, raw: RawString) -> Cow<'_, str> {
    let inside = text.get(raw.start..raw.end).unwrap_or_default();
    if !raw.escaped {
        return Cow::Borrowed(inside);
    }
    let mut plain = String::with_capacity(inside.len());
    let mut rest = inside;
    while let Some((before, after)) = rest.split_once('\\') {
        plain.push_str(before);
        let mut characters = after.chars();
        match characters.next() {
            Some('b') => plain.push('\u{8}'),
            Some('f') => plain.push('\u{c}'),
            Some('n') => plain.push('\n'),
            Some('r') => plain.push('\r'),
            Some('t') => plain.push('\t'),
            Some('u') => {
                let (character, length) = unicode(after);
                plain.push(character);
                rest = after.get(length..).unwrap_or_default();
                continue;
            }
            Some(character) => plain.push(character),
            None => {}
        }
        rest = characters.as_str();
    }
    plain.push_str(rest);
    Cow::Owned(plain)
}

/// The character of `uXXXX`, or of `uXXXX\uXXXX`, and the bytes that it takes.
fn unicode(text: &str) -> (char, usize) {
    let unit = |at: usize| text.get(at..at + 4).and_then(|digits| u32::from_str_radix(digits, 16).ok());
    let Some(high) = unit(1) else {
        return (char::REPLACEMENT_CHARACTER, text.len());
    };
    if let (0xD800..=0xDBFF, Some("\\u"), Some(low @ 0xDC00..=0xDFFF)) = (high, text.get(5..7), unit(7)) {
        let code = 0x1_0000 + ((high - 0xD800) << 10) + (low - 0xDC00);
        return (char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER), 11);
    }
    (char::from_u32(high).unwrap_or(char::REPLACEMENT_CHARACTER), 5)
}

#[cfg(test)]
mod tests {
    use super::plain_end;

    #[test]
    fn what_ends_a_run_of_plain_bytes_is_found_wherever_it_stands() {
        let specials = (0..0x20).chain([b'"', b'\\']);
        for special in specials {
            for filler in [b'a', b' ', b'!', b'#', b'[', b']', 0x7F, 0x80, 0xA2, 0xDC, 0xFF] {
                for place in 0..20 {
                    let mut bytes = [filler; 24];
                    bytes[place] = special;
                    bytes[place + 2] = special;
                    assert_eq!(plain_end(&bytes, 0), place, "{special:#x} among {filler:#x}");
                    assert_eq!(plain_end(&bytes[..place], 0), place, "the end");
                }
            }
        }
    }
}

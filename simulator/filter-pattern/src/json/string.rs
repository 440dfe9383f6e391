//! Strings of JSON: where they end, and what they say.

use std::borrow::Cow;

use super::reader::NotJson;

/// A string as it stands in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RawString {
    /// The first byte after the opening quote.
    pub(crate) start: usize,
    /// The closing quote.
    pub(crate) end: usize,
    pub(crate) escaped: bool,
}

/// The closing quote of a string from `at` on, where its first backslash stands, and whether it has a `\u`.
pub(crate) fn escaped_end(bytes: &[u8], mut at: usize) -> Result<(usize, bool), NotJson> {
    let mut unicode = false;
    loop {
        match bytes.get(at) {
            Some(b'"') => return Ok((at, unicode)),
            Some(b'\\') => {
                let rest = bytes.get(at + 1..).unwrap_or_default();
                unicode |= rest.first() == Some(&b'u');
                at += escape_length(rest)?;
            }
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
pub(crate) fn plain_end(bytes: &[u8], mut at: usize) -> usize {
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

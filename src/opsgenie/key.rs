//! The pager's API key: a secret that cannot be printed.

use std::fmt;

/// The key of an API integration (Opsgenie's `GenieKey`).
#[derive(Clone, PartialEq, Eq)]
pub struct ApiKey(String);

impl ApiKey {
    /// Takes the key as it was read from a file or a variable: white space around it is not part of it (a newline
    /// at its end would break the authentication).
    pub fn new(text: &str) -> Result<Self, KeyError> {
        let key = text.trim();
        if key.is_empty() {
            return Err(KeyError::Empty);
        }
        match key.chars().position(|character| !character.is_ascii_graphic()) {
            None => Ok(Self(key.to_owned())),
            Some(at) => Err(KeyError::Character { position: at + 1 }),
        }
    }

    /// The text without the key, in whatever case it stands there: a server may have echoed it.
    #[must_use]
    pub fn redact(&self, text: &str) -> String {
        // Byte offsets are the same in both: ASCII lower case does not change lengths.
        let lower = text.to_ascii_lowercase();
        let key = self.0.to_ascii_lowercase();
        let mut clean = String::with_capacity(text.len());
        let mut from = 0;
        for (at, _) in lower.match_indices(&key) {
            clean.push_str(text.get(from..at).unwrap_or_default());
            clean.push_str("[redacted]");
            from = at + key.len();
        }
        clean.push_str(text.get(from..).unwrap_or_default());
        clean
    }

    /// The value of the `Authorization` header, marked sensitive.
    #[cfg(feature = "server")]
    pub(super) fn header(&self) -> Result<http::HeaderValue, http::header::InvalidHeaderValue> {
        let mut value = http::HeaderValue::try_from(format!("GenieKey {}", self.0))?;
        value.set_sensitive(true);
        Ok(value)
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiKey([redacted])")
    }
}

impl fmt::Display for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

/// Why a text is no key. The text itself is not shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Nothing, or white space only.
    #[error("the pager's key is empty")]
    Empty,
    /// Something that cannot stand in a key or in a header.
    #[error(
        "the pager's key has a space, a control character or a character outside of ASCII at position {position}: \
         give the key alone, without `GenieKey`"
    )]
    Character {
        /// Which character, counted from one, without the white space around the key.
        position: usize,
    },
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    const TEXT: &str = "5a1f3d1e-0b7c-4b5e-9a51-6f3f6f0a2c11";

    #[test]
    fn white_space_around_the_key_is_not_part_of_it() {
        for text in [TEXT.to_owned(), format!("{TEXT}\n"), format!(" \t{TEXT}\r\n")] {
            assert_eq!(ApiKey::new(&text).unwrap().0, TEXT);
        }
    }

    #[test]
    fn what_cannot_be_a_key_is_refused_without_showing_it() {
        for (text, want) in [
            ("", KeyError::Empty),
            (" \n", KeyError::Empty),
            ("GenieKey abc", KeyError::Character { position: 9 }),
            ("ab\ncd", KeyError::Character { position: 3 }),
            ("abcdé", KeyError::Character { position: 5 }),
            ("ab\u{0}c", KeyError::Character { position: 3 }),
        ] {
            assert_eq!(ApiKey::new(text), Err(want), "{text:?}");
            assert!(!want.to_string().contains("abc"), "{want}");
        }
    }

    #[test]
    fn the_key_prints_as_nothing_and_is_taken_out_of_texts() {
        let key = ApiKey::new(TEXT).unwrap();
        assert_eq!(format!("{key:?} {key}"), "ApiKey([redacted]) [redacted]");
        let echoed = format!("Ünknown key {TEXT}, {} and {TEXT}", TEXT.to_uppercase());
        assert_eq!(key.redact(&echoed), "Ünknown key [redacted], [redacted] and [redacted]");
        assert_eq!(key.redact("nothing here"), "nothing here");
    }

    #[cfg(feature = "server")]
    #[test]
    fn the_header_is_marked_sensitive() {
        let header = ApiKey::new(TEXT).unwrap().header().unwrap();
        assert!(header.is_sensitive());
        assert_eq!(header.to_str().unwrap(), format!("GenieKey {TEXT}"));
        assert_eq!(format!("{header:?}"), "Sensitive");
    }
}

//! Text that must not be printed.

use std::fmt;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use serde::Deserialize;

/// A secret: it can be read from a configuration, compared and handed on, but not printed.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// Takes a secret without the white space around it: files end in a line feed.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self(text.trim().to_owned())
    }

    /// The secret itself.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// Compares without telling by its duration where the first difference is.
    #[must_use]
    pub fn equals(&self, other: &[u8]) -> bool {
        verify_slices_are_equal(self.0.as_bytes(), other).is_ok()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_not_printed() {
        assert_eq!(format!("{:?}", Secret::new(" hunter2\n")), "Secret(…)");
    }

    #[test]
    fn a_secret_equals_itself_alone() {
        let secret = Secret::new("hunter2\n");
        assert!(secret.equals(b"hunter2"));
        assert!(!secret.equals(b"hunter"));
        assert!(!secret.equals(b"hunter3"));
        assert!(!secret.equals(b""));
    }
}

//! Writes HTML. Only what stands in the program's own text goes in as it is; all else is escaped.

use std::fmt::{self, Display, Write};

/// A piece of HTML.
#[derive(Debug, Default)]
pub(super) struct Html(String);

impl Html {
    /// Markup of our own.
    pub(super) fn raw(&mut self, markup: &'static str) -> &mut Self {
        self.0.push_str(markup);
        self
    }

    /// Text or the value of a quoted attribute, escaped.
    pub(super) fn text(&mut self, text: impl Display) -> &mut Self {
        // Writing to a String cannot fail.
        let _ = write!(Escaping(&mut self.0), "{text}");
        self
    }

    /// Another piece.
    pub(super) fn html(&mut self, other: &Self) -> &mut Self {
        self.0.push_str(&other.0);
        self
    }

    pub(super) fn into_string(self) -> String {
        self.0
    }
}

struct Escaping<'a>(&'a mut String);

impl Write for Escaping<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for c in text.chars() {
            match c {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '"' => self.0.push_str("&quot;"),
                '\'' => self.0.push_str("&#39;"),
                '\n' | '\t' => self.0.push(c),
                // Browsers drop some of them and read others as something else.
                c if c.is_control() => self.0.push(char::REPLACEMENT_CHARACTER),
                c => self.0.push(c),
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn escaped(text: &str) -> String {
        let mut html = Html::default();
        html.text(text);
        html.into_string()
    }

    #[test]
    fn text_is_escaped_for_elements_and_attributes() {
        for (text, want) in [
            ("plain", "plain"),
            ("<script>alert('x')</script>", "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;"),
            (r#"" onclick="x"#, "&quot; onclick=&quot;x"),
            ("a & b &lt;", "a &amp; b &amp;lt;"),
            ("two\nlines\tand a tab", "two\nlines\tand a tab"),
            ("\0\r\u{1b}[31m\u{85}", "\u{fffd}\u{fffd}\u{fffd}[31m\u{fffd}"),
        ] {
            assert_eq!(escaped(text), want);
        }
    }

    proptest! {
        #[test]
        fn no_text_can_end_its_place(text in ".*") {
            let escaped = escaped(&text);
            prop_assert!(!escaped.contains(['<', '>', '"', '\'']));
            let entities = ["&amp;", "&lt;", "&gt;", "&quot;", "&#39;"];
            for (place, _) in escaped.match_indices('&') {
                prop_assert!(entities.iter().any(|entity| escaped[place..].starts_with(entity)));
            }
        }
    }
}

//! JSON strings as SNS writes them.

use std::fmt::Write;

/// Appends `text` as a JSON string with SNS's escapes.
///
/// Recorded: `"` `\` and line feeds are escaped, `/` is not, characters of the basic plane stand as UTF-8, those beyond
/// it as two escapes in upper-case hex (`\uD83D\uDE00`). That is Jackson's way, whose short escapes and upper-case
/// `\u00XX` for the other control characters are taken over here without a recording.
pub(crate) fn push_string(out: &mut String, text: &str) {
    out.reserve(text.len() + 2);
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '\0'..='\u{1f}' | '\u{10000}'.. => {
                for unit in character.encode_utf16(&mut [0; 2]) {
                    // Writing to a String cannot fail.
                    let _ = write!(out, "\\u{unit:04X}");
                }
            }
            _ => out.push(character),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_escaped_as_sns_does() {
        for (text, json) in [
            ("ALARM: \"root\" in EU (Ireland)", r#""ALARM: \"root\" in EU (Ireland)""#),
            (r"C:\temp", r#""C:\\temp""#),
            ("https://example.org/", r#""https://example.org/""#),
            ("a\nb\r\tc", r#""a\nb\r\tc""#),
            ("\u{8}\u{c}\u{1}\u{1f}\u{7f}", "\"\\b\\f\\u0001\\u001F\u{7f}\""),
            ("Sesión 界", "\"Sesión 界\""),
            ("😀", r#""\uD83D\uDE00""#),
        ] {
            let mut out = String::new();
            push_string(&mut out, text);
            assert_eq!(out, json);
        }
    }
}

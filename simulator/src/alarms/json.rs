//! Compact JSON in CloudWatch's order of keys.

use std::fmt::Write;

use super::number::push_double;

/// Builds one JSON object, key by key.
#[derive(Debug)]
pub(super) struct Object {
    out: String,
}

impl Object {
    pub(super) fn new() -> Self {
        Self { out: "{".to_owned() }
    }

    fn key(&mut self, key: &str) {
        if self.out.len() > 1 {
            self.out.push(',');
        }
        push_string(&mut self.out, key);
        self.out.push(':');
    }

    pub(super) fn text(mut self, key: &str, value: &str) -> Self {
        self.key(key);
        push_string(&mut self.out, value);
        self
    }

    /// A string, or null.
    pub(super) fn text_or_null(self, key: &str, value: Option<&str>) -> Self {
        match value {
            Some(value) => self.text(key, value),
            None => self.raw(key, "null"),
        }
    }

    /// A string, or no key at all.
    pub(super) fn text_if(self, key: &str, value: Option<&str>) -> Self {
        match value {
            Some(value) => self.text(key, value),
            None => self,
        }
    }

    pub(super) fn double(mut self, key: &str, value: f64) -> Self {
        self.key(key);
        push_double(&mut self.out, value);
        self
    }

    pub(super) fn integer(self, key: &str, value: impl Into<i64>) -> Self {
        let text = value.into().to_string();
        self.raw(key, &text)
    }

    pub(super) fn boolean(self, key: &str, value: bool) -> Self {
        self.raw(key, if value { "true" } else { "false" })
    }

    /// A value that is JSON already.
    pub(super) fn raw(mut self, key: &str, json: &str) -> Self {
        self.key(key);
        self.out.push_str(json);
        self
    }

    pub(super) fn strings(self, key: &str, values: &[String]) -> Self {
        let json = array(values.iter().map(|value| string(value)));
        self.raw(key, &json)
    }

    pub(super) fn end(mut self) -> String {
        self.out.push('}');
        self.out
    }
}

/// A JSON array of values that are JSON already.
pub(super) fn array(values: impl IntoIterator<Item = String>) -> String {
    format!("[{}]", values.into_iter().collect::<Vec<_>>().join(","))
}

/// A JSON string.
pub(super) fn string(text: &str) -> String {
    let mut out = String::new();
    push_string(&mut out, text);
    out
}

/// Jackson's way: short escapes where there are any, `\u00XX` in upper case for other control characters, all else as
/// it stands. Recorded for `"` and `/`. SNS writes characters beyond the basic plane otherwise; what CloudWatch does with
/// them is not recorded.
fn push_string(out: &mut String, text: &str) {
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
            '\0'..='\u{1f}' => {
                // Writing to a String cannot fail.
                let _ = write!(out, "\\u{:04X}", u32::from(character));
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
    fn an_object_is_compact_and_keeps_its_order() {
        let json = Object::new()
            .text("b", "x \"y\" / é\u{1}\n")
            .text_or_null("a", None)
            .text_if("c", None)
            .double("d", 50.0)
            .integer("e", 300)
            .boolean("f", false)
            .strings("g", &["h".to_owned()])
            .end();
        let expected = r#"{"b":"x \"y\" / é\u0001\n","a":null,"d":50.0,"e":300,"f":false,"g":["h"]}"#;
        assert_eq!(json, expected);
        assert!(serde_json::from_str::<serde_json::Value>(&json).is_ok());
    }
}

//! JSON text, written member by member: the order is the caller's, whatever map types exist elsewhere.

use std::fmt::Write;

/// A JSON text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Json(String);

impl Json {
    pub(super) fn null() -> Self {
        Self("null".to_owned())
    }

    pub(super) fn text(text: &str) -> Self {
        let mut json = String::with_capacity(text.len() + 2);
        push_text(&mut json, text);
        Self(json)
    }

    pub(super) fn list(items: impl IntoIterator<Item = Json>) -> Self {
        let mut json = "[".to_owned();
        for Json(item) in items {
            if json.len() > 1 {
                json.push(',');
            }
            json.push_str(&item);
        }
        json.push(']');
        Self(json)
    }

    /// EC2's form of a list.
    pub(super) fn items(items: impl IntoIterator<Item = Json>) -> Self {
        Object::new().json("items", Self::list(items)).into()
    }

    pub(super) fn into_text(self) -> String {
        self.0
    }
}

/// A JSON object to which members are added.
#[derive(Debug, Clone)]
pub(super) struct Object(String);

impl Object {
    pub(super) fn new() -> Self {
        Self("{".to_owned())
    }

    fn key(&mut self, key: &str) {
        if self.0.len() > 1 {
            self.0.push(',');
        }
        push_text(&mut self.0, key);
        self.0.push(':');
    }

    pub(super) fn text(mut self, key: &str, value: &str) -> Self {
        self.key(key);
        push_text(&mut self.0, value);
        self
    }

    pub(super) fn number(mut self, key: &str, value: u32) -> Self {
        self.key(key);
        self.0.push_str(&value.to_string());
        self
    }

    pub(super) fn flag(mut self, key: &str, value: bool) -> Self {
        self.key(key);
        self.0.push_str(if value { "true" } else { "false" });
        self
    }

    pub(super) fn json(mut self, key: &str, value: impl Into<Json>) -> Self {
        self.key(key);
        self.0.push_str(&value.into().0);
        self
    }
}

impl From<Object> for Json {
    fn from(object: Object) -> Self {
        let mut text = object.0;
        text.push('}');
        Self(text)
    }
}

/// Appends a JSON string.
fn push_text(json: &mut String, text: &str) {
    json.push('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => json.extend(['\\', character]),
            control if control < ' ' => {
                // Writing to a string cannot fail.
                let _ = write!(json, "\\u{:04x}", u32::from(control));
            }
            other => json.push(other),
        }
    }
    json.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_keep_their_order_and_texts_are_escaped() {
        let object = Object::new()
            .text("zeta", "a \"b\" \\ \n é")
            .number("n", 7)
            .flag("f", false)
            .json("list", Json::items([Json::null(), Json::text("x")]))
            .json("empty", Object::new());
        assert_eq!(
            Json::from(object).into_text(),
            r#"{"zeta":"a \"b\" \\ \u000a é","n":7,"f":false,"list":{"items":[null,"x"]},"empty":{}}"#
        );
    }
}

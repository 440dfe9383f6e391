//! JSON templates.

use std::collections::HashSet;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::super::error::{Reason, TemplateError};
use super::super::node::{Kind, Node};

pub(super) fn read(text: &str) -> Result<Node, TemplateError> {
    serde_json::from_str::<Json>(text).map(|json| json.0).map_err(|error| {
        // serde_json counts lines from 1, and says 0 where it has none.
        let line = Some(error.line()).filter(|line| *line > 0);
        TemplateError::at("", line, Reason::Notation { notation: "JSON", problem: error.to_string() })
    })
}

/// A value read with serde, so that keys keep their order and none comes twice unnoticed.
struct Json(Node);

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(JsonVisitor).map(|kind| Self(Node::new(kind, None)))
    }
}

struct JsonVisitor;

impl<'de> Visitor<'de> for JsonVisitor {
    type Value = Kind;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Kind, E> {
        Ok(Kind::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Kind, E> {
        Ok(Kind::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Kind, E> {
        Ok(Kind::Number(value.to_string()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Kind, E> {
        Ok(Kind::Number(value.to_string()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Kind, E> {
        let number = serde_json::Number::from_f64(value).ok_or_else(|| E::custom("a number out of range"))?;
        Ok(Kind::Number(number.to_string()))
    }

    fn visit_str<E>(self, value: &str) -> Result<Kind, E> {
        Ok(Kind::Text(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Kind, A::Error> {
        let mut items = Vec::new();
        while let Some(Json(item)) = access.next_element()? {
            items.push(item);
        }
        Ok(Kind::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Kind, A::Error> {
        let mut entries: Vec<(String, Node)> = Vec::new();
        let mut keys = HashSet::new();
        while let Some(key) = access.next_key::<String>()? {
            if !keys.insert(key.clone()) {
                return Err(A::Error::custom(format_args!("the key {key:?} stands twice in one object")));
            }
            let Json(value) = access.next_value()?;
            entries.push((key, value));
        }
        Ok(Kind::Map(entries))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn keys_keep_their_order_and_numbers_their_kind() {
        let node = read(r#"{"b": 1, "a": [1.5, true, null, "x"]}"#).unwrap();
        let names: Vec<_> = node.entries().unwrap().iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["b", "a"]);
        let items: Vec<_> =
            node.get("a").unwrap().items().unwrap().iter().map(|item| item.kind.clone()).collect();
        assert_eq!(items, [Kind::Number("1.5".into()), Kind::Bool(true), Kind::Null, Kind::Text("x".into())]);
    }

    #[test]
    fn says_where_the_notation_is_broken() {
        for (text, line, problem) in [
            ("{\n \"a\": Boolean\n}", 2, "expected value"),
            ("{\n \"a\": 1,\n \"a\": 2\n}", 3, "the key \"a\" stands twice"),
            ("{\"a\": 1", 1, "EOF"),
            (&format!("{{\"a\":{}", "[".repeat(200)), 1, "recursion limit"),
        ] {
            let error = read(text).unwrap_err();
            assert_eq!(error.line, Some(line), "{text}");
            assert!(error.to_string().contains(problem), "{error}");
        }
    }
}

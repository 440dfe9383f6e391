//! Reads properties as CloudFormation takes them: numbers and booleans may be texts.

use serde_json::Value;

use super::super::stack::Resource;

/// A single value as text.
pub(super) fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(value) => Some(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// A number, also from a text.
pub(super) fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse().ok().filter(|number: &f64| number.is_finite()),
        _ => None,
    }
}

impl Resource {
    pub(super) fn text(&self, property: &str) -> Option<String> {
        self.properties.get(property).and_then(text)
    }

    pub(super) fn number(&self, property: &str) -> Option<f64> {
        self.properties.get(property).and_then(number)
    }

    pub(super) fn has(&self, property: &str) -> bool {
        self.properties.get(property).is_some_and(|value| !value.is_null())
    }

    pub(super) fn is_true(&self, property: &str) -> bool {
        self.text(property).is_some_and(|text| text.eq_ignore_ascii_case("true"))
    }

    pub(super) fn items(&self, property: &str) -> &[Value] {
        self.properties.get(property).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
    }

    /// The texts of a list.
    pub(super) fn texts(&self, property: &str) -> Vec<String> {
        self.items(property).iter().filter_map(text).collect()
    }
}

/// Whether a text has a length within the limits, in characters.
pub(super) fn length_within(text: &str, least: usize, most: usize) -> bool {
    (least..=most).contains(&text.chars().count())
}

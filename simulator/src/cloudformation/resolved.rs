//! A value after all functions in it are done.

use serde_json::{Map, Number, Value};

use super::node::bool_text;

/// A value without functions.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Resolved {
    Null,
    Bool(bool),
    Number(String),
    Text(String),
    /// A text that AWS makes up at deployment; `text` is a plausible one, `origin` says whose it is.
    Later {
        text: String,
        origin: String,
    },
    List(Vec<Resolved>),
    Map(Vec<(String, Resolved)>),
    /// `AWS::NoValue`: whatever holds it is left out.
    NoValue,
}

impl Resolved {
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    pub(super) fn later(text: impl Into<String>, origin: impl Into<String>) -> Self {
        Self::Later { text: text.into(), origin: origin.into() }
    }

    /// A text that is known if its `origins` all are: the first of them is to blame.
    pub(super) fn of(text: String, origin: Option<String>) -> Self {
        match origin {
            None => Self::Text(text),
            Some(origin) => Self::Later { text, origin },
        }
    }

    /// The text of a single value, and where it comes from if it is known later only.
    pub(super) fn single(&self) -> Option<(&str, Option<&str>)> {
        match self {
            Self::Text(text) | Self::Number(text) => Some((text, None)),
            Self::Bool(value) => Some((bool_text(*value), None)),
            Self::Later { text, origin } => Some((text, Some(origin))),
            Self::Null | Self::List(_) | Self::Map(_) | Self::NoValue => None,
        }
    }

    /// As JSON. `place` is called with the path and origin of every text that is known later only.
    pub(super) fn to_json(&self, path: &mut Vec<String>, later: &mut impl FnMut(&[String], &str)) -> Value {
        match self {
            Self::Null | Self::NoValue => Value::Null,
            Self::Bool(value) => Value::Bool(*value),
            Self::Number(text) => number(text),
            Self::Text(text) => Value::String(text.clone()),
            Self::Later { text, origin } => {
                later(path, origin);
                Value::String(text.clone())
            }
            Self::List(items) => {
                let mut json = Vec::with_capacity(items.len());
                for (index, item) in items.iter().enumerate() {
                    path.push(index.to_string());
                    json.push(item.to_json(path, later));
                    path.pop();
                }
                Value::Array(json)
            }
            Self::Map(entries) => {
                let mut json = Map::new();
                for (key, value) in entries {
                    path.push(key.clone());
                    json.insert(key.clone(), value.to_json(path, later));
                    path.pop();
                }
                Value::Object(json)
            }
        }
    }
}

/// A number as JSON has it: whole where it is whole. A text where no number of JSON can hold it.
fn number(text: &str) -> Value {
    if let Ok(whole) = text.parse::<i64>() {
        return whole.into();
    }
    if let Ok(whole) = text.parse::<u64>() {
        return whole.into();
    }
    let float = text.parse::<f64>().ok().and_then(Number::from_f64);
    float.map_or_else(|| Value::String(text.to_owned()), Value::Number)
}

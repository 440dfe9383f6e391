//! Selectors of metric values and dimensions.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use crate::MAX_PATTERN_CHARACTERS;
use crate::cursor::Cursor;
use crate::error::{Fault, PatternError, Reason};
use crate::json::condition::Value;
use crate::json::found::Found;
use crate::json::tree::Tree;
use crate::json::walk::{self, Room};
use crate::number;
use crate::path::{self, Path};

/// Where a metric filter takes its value or a dimension from: `$.latency` of a JSON event, or `$bytes` and `$3` of a
/// space-delimited one.
///
/// AWS refuses wildcards ([`has_wildcard`](Self::has_wildcard)) in both places; a selector of something that the
/// pattern does not mention is accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selector {
    text: String,
    kind: Kind,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Kind {
    Json(Path),
    Field,
}

impl Selector {
    /// Reads `$.a.b[0]` or `$name`. The error's words are those for a pattern; in a metric transformation AWS has
    /// others.
    pub fn parse(text: &str) -> Result<Self, PatternError> {
        let kind = read(text).map_err(|fault| PatternError::new(fault, text))?;
        Ok(Self { text: text.to_owned(), kind })
    }

    /// Whether it points into JSON.
    #[must_use]
    pub fn is_json(&self) -> bool {
        matches!(self.kind, Kind::Json(_))
    }

    /// Whether it may point at several values.
    #[must_use]
    pub fn has_wildcard(&self) -> bool {
        matches!(&self.kind, Kind::Json(path) if path.has_wildcard())
    }

    /// As it was written, which for a field is also its name in [`Extracted`](crate::Extracted).
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The value in a JSON event; with a wildcard, the first. None if it is missing, null, an array or an object, if
    /// the event is no JSON object, and for selectors of fields (see
    /// [`FilterPattern::select`](crate::FilterPattern::select)).
    #[must_use]
    pub fn select<'m>(&self, message: &'m str) -> Option<Scalar<'m>> {
        let Kind::Json(path) = &self.kind else {
            return None;
        };
        let mut tree = Tree::new();
        tree.add(path);
        let mut found = Found::default();
        walk::walk(message, &tree, &mut Room::default(), &mut found).ok()?;
        found.settle(message);
        found.all().find_map(|(_, raw)| match raw.value(message)? {
            Value::Number(text) => Some(Scalar::Number(text)),
            Value::Text(text) => Some(Scalar::Text(text)),
            Value::Boolean(truth) => Some(Scalar::Boolean(truth)),
            Value::Null | Value::Array { .. } | Value::Object => None,
        })
    }
}

fn read(text: &str) -> Result<Kind, Fault> {
    if text.chars().count() > MAX_PATTERN_CHARACTERS {
        return Err(Fault::new(Reason::TooLong, 0..text.len()));
    }
    let mut cursor = Cursor::new(text);
    if text.starts_with("$.") || text.starts_with("$[") {
        let path = Path::read(&mut cursor)?;
        return if cursor.peek().is_none() {
            Ok(Kind::Json(path))
        } else {
            Err(cursor.unexpected(cursor.at()))
        };
    }
    let named = cursor.take("$") && !cursor.take_while(path::is_name).is_empty();
    if named && cursor.peek().is_none() { Ok(Kind::Field) } else { Err(cursor.unexpected(0)) }
}

impl FromStr for Selector {
    type Err = PatternError;

    fn from_str(text: &str) -> Result<Self, PatternError> {
        Self::parse(text)
    }
}

impl fmt::Display for Selector {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.text)
    }
}

/// A single value of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scalar<'m> {
    /// A JSON number, as it is written in the event.
    Number(&'m str),
    /// A JSON string without its escapes, or a field of a line.
    Text(Cow<'m, str>),
    /// `true` or `false`.
    Boolean(bool),
}

impl Scalar<'_> {
    /// What a metric gets: the value of a number, or of a text that is wholly a number (`"11.5"`). None for all else,
    /// and for what is beyond the range of a double.
    #[must_use]
    pub fn as_number(&self) -> Option<f64> {
        let number = match self {
            Self::Number(text) => text.parse().ok(),
            Self::Text(text) => number::parse(text),
            Self::Boolean(_) => None,
        };
        number.filter(|number| number.is_finite())
    }

    /// What a dimension gets.
    #[must_use]
    pub fn as_text(&self) -> &str {
        match self {
            Self::Number(text) => text,
            Self::Text(text) => text,
            Self::Boolean(true) => "true",
            Self::Boolean(false) => "false",
        }
    }
}

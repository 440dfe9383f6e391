//! The members of a JSON object, taken out one by one with the type that they should have.
//!
//! What is not taken stays: keys that nobody knows yet, and values of another type than AWS writes. So nothing is lost,
//! and nothing that is typed is of another type.

use chrono::{DateTime, Utc};
use vrl::prelude::{NotNan, ObjectMap, Value};

#[derive(Debug, Clone, Default)]
pub(super) struct Members(ObjectMap);

impl Members {
    pub(super) const fn new(members: ObjectMap) -> Self {
        Self(members)
    }

    /// What was not taken.
    pub(super) fn rest(self) -> ObjectMap {
        self.0
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.0.contains_key(key)
    }

    /// A text that the caller only looks at.
    pub(super) fn peek(&self, key: &str) -> Option<&str> {
        self.0.get(key).and_then(Value::to_str)
    }

    /// Takes a member if `read` makes something of it. Null is taken and gives nothing.
    fn take<T>(&mut self, key: &str, read: impl FnOnce(&Value) -> Option<T>) -> Option<T> {
        let value = self.0.get(key)?;
        let taken = read(value);
        if taken.is_some() || value.is_null() {
            self.0.remove(key);
        }
        taken
    }

    pub(super) fn text(&mut self, key: &str) -> Option<String> {
        self.take(key, |value| Some(value.to_str()?.to_owned()))
    }

    /// A text; an empty one is as good as none.
    pub(super) fn filled(&mut self, key: &str) -> Option<String> {
        self.text(key).filter(|text| !text.is_empty())
    }

    pub(super) fn integer(&mut self, key: &str) -> Option<i64> {
        self.take(key, Value::as_integer)
    }

    /// A number, with or without a point.
    #[expect(clippy::cast_precision_loss, reason = "thresholds are doubles in AWS")]
    pub(super) fn number(&mut self, key: &str) -> Option<f64> {
        self.take(key, |value| match value {
            Value::Integer(number) => Some(*number as f64),
            other => other.as_float().map(NotNan::into_inner),
        })
    }

    pub(super) fn flag(&mut self, key: &str) -> Option<bool> {
        self.take(key, Value::as_boolean)
    }

    pub(super) fn time(&mut self, key: &str) -> Option<DateTime<Utc>> {
        self.take(key, |value| match value {
            Value::Timestamp(time) => Some(*time),
            other => parse_time(other.to_str()?),
        })
    }

    pub(super) fn texts(&mut self, key: &str) -> Option<Vec<String>> {
        self.take(key, |value| value.as_array()?.iter().map(|item| Some(item.to_str()?.to_owned())).collect())
    }

    /// An object of texts, as it is.
    pub(super) fn text_map(&mut self, key: &str) -> Option<ObjectMap> {
        self.take(key, |value| {
            let members = value.as_object()?;
            members.values().all(|value| value.to_str().is_some()).then(|| members.clone())
        })
    }

    /// An object that stands in a text, as JSON.
    pub(super) fn json_text(&mut self, key: &str) -> Option<ObjectMap> {
        self.take(key, |value| serde_json::from_str::<ObjectMap>(value.to_str()?).ok())
    }

    /// Reads an object. What is left of it stays under its key.
    pub(super) fn object<T>(&mut self, key: &str, read: impl FnOnce(&mut Members) -> T) -> Option<T> {
        match self.0.remove(key) {
            Some(Value::Object(members)) => {
                let mut members = Self(members);
                let result = read(&mut members);
                if !members.0.is_empty() {
                    self.0.insert(key.into(), Value::Object(members.0));
                }
                Some(result)
            }
            Some(Value::Null) | None => None,
            Some(other) => {
                self.0.insert(key.into(), other);
                None
            }
        }
    }

    /// Reads an array of objects. If anything is left of one, what is left of all stays under the key, each in its place.
    pub(super) fn objects<T>(
        &mut self,
        key: &str,
        mut read: impl FnMut(&mut Members) -> T,
    ) -> Option<Vec<T>> {
        let items: Option<Vec<ObjectMap>> =
            self.take(key, |value| value.as_array()?.iter().map(|item| item.as_object().cloned()).collect());
        let mut results = Vec::new();
        let mut rest = Vec::new();
        for item in items? {
            let mut members = Self(item);
            results.push(read(&mut members));
            rest.push(Value::Object(members.0));
        }
        if rest.iter().any(|item| !item.is_empty()) {
            self.0.insert(key.into(), Value::Array(rest));
        }
        Some(results)
    }
}

/// `2018-07-03T14:23:28.949+0000` in notifications, RFC 3339 elsewhere.
fn parse_time(text: &str) -> Option<DateTime<Utc>> {
    let time = DateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f%z");
    time.or_else(|_| DateTime::parse_from_rfc3339(text)).ok().map(|time| time.to_utc())
}

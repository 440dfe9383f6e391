//! Takes fields out of a JSON body, and collects what is wrong with them.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::super::settings::{FieldPolicies, OverLimit};
use super::limits;

/// Why a body is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) enum BodyProblem {
    /// It is no JSON: 400.
    Syntax,
    /// Fields are wrong: 422, with a sentence for each of them.
    Fields(BTreeMap<String, String>),
}

/// Takes fields out of a JSON body. Fields that nobody asks for are ignored, as the service does; `null` is no field.
pub(in super::super) struct Reader {
    object: Map<String, Value>,
    pub(super) policies: FieldPolicies,
    errors: BTreeMap<String, String>,
}

impl Reader {
    /// Reads a body. An empty one is an object without fields where a body is `optional`.
    pub(in super::super) fn new(
        body: &[u8],
        optional: bool,
        policies: FieldPolicies,
    ) -> Result<Self, BodyProblem> {
        let errors = BTreeMap::new();
        if optional && body.trim_ascii().is_empty() {
            return Ok(Self { object: Map::new(), policies, errors });
        }
        match serde_json::from_slice(body).map_err(|_| BodyProblem::Syntax)? {
            Value::Object(object) => Ok(Self { object, policies, errors }),
            Value::Null if optional => Ok(Self { object: Map::new(), policies, errors }),
            _ => Err(problem("body", "should be an object")),
        }
    }

    /// A text within a limit of characters.
    pub(super) fn text(&mut self, name: &str, limit: usize, policy: OverLimit) -> Option<String> {
        let Value::String(text) = self.take(name)? else {
            return self.blame(name, "should be a string");
        };
        self.bounded(name, text, limit, policy)
    }

    /// A list of texts, each within a limit of characters. Empty without the field.
    pub(super) fn texts(&mut self, name: &str, most: usize, limit: usize, policy: OverLimit) -> Vec<String> {
        let items = self.list(name, most, policy);
        let mut texts = Vec::with_capacity(items.len());
        for item in items {
            let Value::String(text) = item else {
                self.blame::<()>(name, "should be an array of strings");
                return Vec::new();
            };
            texts.extend(self.bounded(name, text, limit, policy));
        }
        texts
    }

    /// A list of anything.
    pub(super) fn list(&mut self, name: &str, most: usize, policy: OverLimit) -> Vec<Value> {
        let mut items = match self.take(name) {
            None => return Vec::new(),
            Some(Value::Array(items)) => items,
            Some(_) => return self.blame(name, "should be an array").unwrap_or_default(),
        };
        if items.len() > most {
            if policy == OverLimit::Reject {
                return self
                    .blame(name, format!("{name} should not exceed {most} items"))
                    .unwrap_or_default();
            }
            items.truncate(most);
        }
        items
    }

    /// Extra properties.
    pub(super) fn details(&mut self) -> BTreeMap<String, String> {
        const NAME: &str = "details";
        let object = match self.take(NAME) {
            None => return BTreeMap::new(),
            Some(Value::Object(object)) => object,
            Some(_) => return self.blame(NAME, "should be an object").unwrap_or_default(),
        };
        let mut details = BTreeMap::new();
        for (key, value) in object {
            let Value::String(value) = value else {
                return self.blame(NAME, "values should be strings").unwrap_or_default();
            };
            details.insert(key, value);
        }
        if limits::details_length(&details) > limits::DETAILS_CHARACTERS {
            if self.policies.details == OverLimit::Reject {
                let most = limits::DETAILS_CHARACTERS;
                self.blame::<()>(NAME, format!("details should not exceed {most} characters"));
            }
            limits::cut_details(&mut details);
        }
        details
    }

    /// A field as it is.
    pub(super) fn take(&mut self, name: &str) -> Option<Value> {
        self.object.remove(name).filter(|value| !value.is_null())
    }

    /// Says what is wrong with a field; the first word counts.
    pub(super) fn blame<T>(&mut self, name: &str, words: impl Into<String>) -> Option<T> {
        self.errors.entry(name.to_owned()).or_insert_with(|| words.into());
        None
    }

    /// A text within a limit, by whatever name it came.
    pub(super) fn bounded(
        &mut self,
        name: &str,
        mut text: String,
        limit: usize,
        policy: OverLimit,
    ) -> Option<String> {
        if !limits::fits(&text, limit) {
            if policy == OverLimit::Reject {
                return self.blame(name, format!("{name} should not exceed {limit} characters"));
            }
            limits::cut(&mut text, limit);
        }
        Some(text)
    }

    /// `made`, unless something was wrong.
    pub(super) fn finish<T>(self, made: T) -> Result<T, BodyProblem> {
        if self.errors.is_empty() { Ok(made) } else { Err(BodyProblem::Fields(self.errors)) }
    }
}

/// One field is wrong.
pub(super) fn problem(name: &str, words: &str) -> BodyProblem {
    BodyProblem::Fields([(name.to_owned(), words.to_owned())].into())
}

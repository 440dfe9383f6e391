//! Why an event matches, or does not.

use std::fmt;
use std::ops::Range;

use crate::json::condition::{Test, Value};
use crate::json::found::Found;
use crate::json::tree::Tree;
use crate::json::walk::{self, Room};
use crate::pattern::{Body, FilterPattern};
use crate::space::{Fields, Tokens};
use crate::terms::{Role, Terms};

/// The verdict on one event, and what it rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// Whether the event matches.
    pub matched: bool,
    /// What decided, where it is no condition: `the event is not a JSON object`.
    pub reason: Option<String>,
    /// All conditions of the pattern in its order, those too that were not needed.
    pub checks: Vec<Check>,
    /// The place in `checks` of the condition that decided: with it known, no other could change the verdict.
    pub decided_by: Option<usize>,
}

/// A condition on one event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// As it is written in the pattern.
    pub condition: String,
    /// Where it is written, in bytes.
    pub span: Range<usize>,
    /// Whether it holds.
    pub holds: bool,
    /// The values that it looked at, as they would be written in JSON; `[…]` and `{…}` for arrays and objects. Always
    /// empty for terms.
    pub found: Vec<String>,
}

impl FilterPattern {
    /// Why an event matches, or does not.
    #[must_use]
    pub fn explain(&self, message: &str) -> Explanation {
        match &self.body {
            Body::Terms(terms) => self.explain_terms(terms, message),
            Body::Json { .. } => self.explain_json(message),
            Body::Space(fields) => self.explain_fields(fields, message),
            Body::Regex(regex) => {
                let text = self.as_str().trim();
                let start = self.as_str().find('%').unwrap_or(0);
                let holds = regex.is_match(message);
                let check = Check {
                    condition: text.to_owned(),
                    span: start..start + text.len(),
                    holds,
                    found: Vec::new(),
                };
                Explanation { matched: holds, reason: None, checks: vec![check], decided_by: Some(0) }
            }
        }
    }

    fn check(&self, span: &Range<usize>, holds: bool, found: Vec<String>) -> Check {
        let condition = self.as_str().get(span.clone()).unwrap_or_default().to_owned();
        Check { condition, span: span.clone(), holds, found }
    }

    fn explain_terms(&self, terms: &Terms, message: &str) -> Explanation {
        let matched = terms.matches(message);
        let only_optional = terms.is_only_optional();
        let counted = terms.terms.iter().filter(|term| only_optional || term.role != Role::Optional);
        let checks: Vec<Check> = counted
            .map(|term| {
                self.check(&term.span, term.occurs(message) != (term.role == Role::Excluded), Vec::new())
            })
            .collect();
        let reason = if terms.terms.is_empty() {
            Some("the empty pattern matches every event".to_owned())
        } else if !only_optional && terms.with_role(Role::Optional).next().is_some() {
            Some("terms with ? mean nothing beside other terms".to_owned())
        } else {
            None
        };
        // One optional term is enough for a match, one other term for none; else it was the last.
        let decisive = checks.iter().position(|check| check.holds == only_optional);
        let decided_by = decisive.or_else(|| checks.len().checked_sub(1));
        Explanation { matched, reason, checks, decided_by }
    }

    fn explain_json(&self, message: &str) -> Explanation {
        let Body::Json { expression, .. } = &self.body else {
            return Explanation { matched: false, reason: None, checks: Vec::new(), decided_by: None };
        };
        let mut tree = Tree::new();
        let mut conditions = Vec::new();
        expression.for_each(&mut |condition| conditions.push((tree.add(&condition.path), condition)));
        let mut found = Found::default();
        if walk::walk(message, &tree, &mut Room::default(), &mut found).is_err() {
            let reason = Some("the event is not a JSON object".to_owned());
            return Explanation { matched: false, reason, checks: Vec::new(), decided_by: None };
        }
        found.settle(message);
        let checks: Vec<Check> = conditions
            .iter()
            .map(|(selector, condition)| {
                let mut values: Vec<Value<'_>> =
                    found.of(*selector).filter_map(|raw| raw.value(message)).collect();
                values.reverse();
                let holds = match condition.test {
                    Test::NotExists => values.is_empty(),
                    ref test => values.iter().any(|value| test.holds(value)),
                };
                self.check(&condition.span, holds, values.iter().map(written).collect())
            })
            .collect();
        let mut decided_by = None;
        let matched = expression.holds(&mut |condition| {
            decided_by = checks.iter().position(|check| check.span == condition.span);
            decided_by.and_then(|place| checks.get(place)).is_some_and(|check| check.holds)
        });
        Explanation { matched, reason: None, checks, decided_by }
    }

    fn explain_fields(&self, fields: &Fields, message: &str) -> Explanation {
        let mut tokens = Tokens::default();
        tokens.read(message);
        if !fields.fits(&tokens) {
            let (has, needs) = (tokens.len(), fields.fields.len());
            let noun = if has == 1 { "field" } else { "fields" };
            let reason = Some(format!("the event has {has} {noun}, the pattern needs {needs}"));
            return Explanation { matched: false, reason, checks: Vec::new(), decided_by: None };
        }
        let mut checks = Vec::new();
        let mut decided_by = None;
        let mut matched = true;
        for (index, field) in fields.fields.iter().enumerate() {
            let Some(test) = &field.test else {
                continue;
            };
            let value = fields.value(index, &tokens, message);
            test.for_each(&mut |condition| {
                let holds = condition.test.holds(value);
                checks.push(self.check(&condition.span, holds, vec![format!("{value:?}")]));
            });
            if matched {
                matched = test.holds(&mut |condition| {
                    decided_by = checks.iter().position(|check| check.span == condition.span);
                    condition.test.holds(value)
                });
            }
        }
        let reason = checks.is_empty().then(|| "the event has enough fields".to_owned());
        Explanation { matched, reason, checks, decided_by }
    }
}

fn written(value: &Value<'_>) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Boolean(truth) => truth.to_string(),
        Value::Number(text) => (*text).to_owned(),
        Value::Text(text) => format!("{text:?}"),
        Value::Array { .. } => "[…]".to_owned(),
        Value::Object => "{…}".to_owned(),
    }
}

/// A line for the verdict and one for each condition; an arrow points at the one that decided.
impl fmt::Display for Explanation {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(if self.matched { "match" } else { "no match" })?;
        if let Some(reason) = &self.reason {
            write!(out, ": {reason}")?;
        }
        for (place, check) in self.checks.iter().enumerate() {
            let arrow = if self.decided_by == Some(place) { "->" } else { "  " };
            write!(out, "\n{arrow} {:<5}  {}", check.holds, check.condition)?;
            if !check.found.is_empty() {
                write!(out, "  ({})", check.found.join(", "))?;
            } else if check.condition.starts_with('$') {
                out.write_str("  (missing)")?;
            }
        }
        Ok(())
    }
}

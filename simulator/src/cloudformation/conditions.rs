//! `Conditions`: decided from parameters and mappings before anything else.

use super::error::Reason;
use super::node::Node;
use super::path::{Path, Scope};
use super::resolver::{Outcome, Reported, Resolver};

/// How many conditions `Fn::And` and `Fn::Or` take.
const OPERANDS: std::ops::RangeInclusive<usize> = 2..=10;

impl Resolver<'_> {
    /// Decides all conditions, also those that nothing uses.
    pub(super) fn decide_all(&self) {
        for (name, node) in &self.template.conditions {
            let section = Path::section("Conditions", Scope::Parameters);
            // What goes wrong is in the list of problems.
            let _ = self.condition(name, &section, node.line);
        }
    }

    /// Whether the condition of this name holds. `path` and `line` say who asks.
    pub(super) fn condition(&self, name: &str, path: &Path<'_>, line: Option<usize>) -> Outcome<bool> {
        let known = self.conditions.borrow().get(name).copied();
        match known {
            Some(Some(outcome)) => return outcome,
            Some(None) => {
                let reason = Reason::Circular { what: "conditions", names: name.to_owned() };
                return self.fail(path, line, reason);
            }
            None => {}
        }
        let Some((name, node)) = self.template.condition(name) else {
            return self.fail(path, line, Reason::UnknownCondition(name.to_owned()));
        };
        self.conditions.borrow_mut().insert(name.clone(), None);
        let section = Path::section("Conditions", Scope::Parameters);
        let outcome = self.nested(path, line, || self.truth(node, &section.key(name)));
        self.conditions.borrow_mut().insert(name.clone(), Some(outcome));
        outcome
    }

    /// A condition written out: one function.
    fn truth(&self, node: &Node, path: &Path<'_>) -> Outcome<bool> {
        if let Some((name, argument)) = node.call() {
            return self.nested(path, node.line, || self.decide(name, argument, &path.key(name)));
        }
        // What a function made of `true`: "true".
        match node.scalar() {
            Some("true") => Ok(true),
            Some("false") => Ok(false),
            _ => self.fail(
                path,
                node.line,
                Reason::Form(
                    "a condition is one of Fn::And, Fn::Equals, Fn::Not, Fn::Or and Condition".into(),
                ),
            ),
        }
    }

    pub(super) fn decide(&self, function: &str, argument: &Node, path: &Path<'_>) -> Outcome<bool> {
        let items = argument.items().unwrap_or_default();
        let wrong = |expected: &str| self.fail(path, argument.line, Reason::arguments(function, expected));
        match function {
            "Condition" => match argument.text() {
                Some(name) => self.condition(name, path, argument.line),
                None => wrong("takes a condition's name"),
            },
            "Fn::Equals" => match items {
                [left, right] => self.equal(left, right, path),
                _ => wrong("takes two values"),
            },
            "Fn::Not" => match items {
                [operand] => self.truth(operand, &path.index(0)).map(|truth| !truth),
                _ => wrong("takes a list of one condition"),
            },
            "Fn::And" | "Fn::Or" if OPERANDS.contains(&items.len()) => {
                let truths: Vec<_> = items
                    .iter()
                    .enumerate()
                    .map(|(index, item)| self.truth(item, &path.index(index)))
                    .collect();
                let truths = truths.into_iter().collect::<Outcome<Vec<_>>>()?;
                Ok(if function == "Fn::And" {
                    truths.iter().all(|truth| *truth)
                } else {
                    truths.contains(&true)
                })
            }
            "Fn::And" | "Fn::Or" => wrong("takes two to ten conditions"),
            _ => self.fail(
                path,
                argument.line,
                Reason::Form(format!(
                    "{function} is no condition; Fn::And, Fn::Equals, Fn::Not, Fn::Or and Condition are"
                )),
            ),
        }
    }

    /// Compared as text, case-sensitively; lists member by member.
    fn equal(&self, left: &Node, right: &Node, path: &Path<'_>) -> Outcome<bool> {
        let left_value = self.value(left, &path.index(0));
        let right_value = self.value(right, &path.index(1));
        let (Ok(left_value), Ok(right_value)) = (left_value, right_value) else { return Err(Reported) };
        match (left_value.single(), right_value.single()) {
            (Some((_, Some(origin))), _) | (_, Some((_, Some(origin)))) => {
                self.fail(path, left.line, Reason::KnownLater { origin: origin.to_owned() })
            }
            (Some((left, None)), Some((right, None))) => Ok(left == right),
            _ => Ok(left_value == right_value),
        }
    }
}

//! Any number of JSON patterns compiled together.
//!
//! An event's text is walked once for all of them. Equal selectors and equal conditions of different patterns are one.
//! Conditions that ask for one exact text, as `$.eventName = ConsoleLogin` does, are found by looking up the text that
//! the event has; all others are tried only when a pattern asks for them, and then once. And a pattern is run only if
//! the event has something without which it cannot match: hundreds of patterns for different event names cost little
//! more than ten.

use super::condition::{Condition, Test, Value};
use super::found::Raw;
use super::program::{ConditionId, Program};
use super::tree::{SelectorId, Table, Tree};
use crate::bits::Bits;
use crate::expression::Expression;

/// A pattern's number among those of the index.
pub(crate) type PatternId = usize;

#[derive(Debug, Clone)]
pub(crate) struct Index {
    pub(super) tree: Tree,
    pub(super) selectors: Vec<Selector>,
    pub(super) conditions: Vec<Indexed>,
    pub(super) programs: Vec<Program>,
    /// Patterns that may match whatever the event has.
    pub(super) always: Bits,
    /// Selectors without a value at which some patterns cannot match.
    pub(super) wakers: Vec<SelectorId>,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Selector {
    pub(super) has_wildcard: bool,
    /// Conditions that ask for a text.
    exact: Table<ConditionId>,
    /// Bit n is set if one of these texts has n bytes (modulo 64): most values are turned away by it.
    lengths: u64,
    /// All other conditions.
    others: Vec<ConditionId>,
    /// Patterns that cannot match without a value here.
    pub(super) wakes: Vec<PatternId>,
}

#[derive(Debug, Clone)]
pub(super) struct Indexed {
    pub(super) selector: SelectorId,
    pub(super) test: Test,
    /// Patterns that cannot match unless this one of their conditions, or another that wakes them, holds.
    pub(super) wakes: Vec<PatternId>,
}

impl Index {
    pub(crate) fn new<'p>(patterns: impl IntoIterator<Item = &'p Expression<Condition>>) -> Self {
        let mut index = Self {
            tree: Tree::new(),
            selectors: Vec::new(),
            conditions: Vec::new(),
            programs: Vec::new(),
            always: Bits::default(),
            wakers: Vec::new(),
        };
        for (pattern, expression) in patterns.into_iter().enumerate() {
            let expression = index.number(expression);
            index.programs.push(Program::new(&expression));
            match index.waker(&expression) {
                Waker::Always => index.always.insert(pattern),
                Waker::Presence(selectors) => {
                    for selector in selectors {
                        index.selectors[selector].wakes.push(pattern);
                    }
                }
                Waker::Exact(conditions) => {
                    for condition in conditions {
                        index.conditions[condition].wakes.push(pattern);
                    }
                }
            }
        }
        let wakes = |&selector: &SelectorId| !index.selectors[selector].wakes.is_empty();
        index.wakers = (0..index.selectors.len()).filter(wakes).collect();
        index
    }

    /// The same expression with the numbers of its conditions.
    fn number(&mut self, expression: &Expression<Condition>) -> Expression<ConditionId> {
        match expression {
            Expression::Condition(condition) => Expression::Condition(self.add(condition)),
            Expression::All(parts) => Expression::All(parts.iter().map(|part| self.number(part)).collect()),
            Expression::Any(parts) => Expression::Any(parts.iter().map(|part| self.number(part)).collect()),
        }
    }

    fn add(&mut self, condition: &Condition) -> ConditionId {
        let selector = self.tree.add(&condition.path);
        if selector == self.selectors.len() {
            let has_wildcard = condition.path.has_wildcard();
            self.selectors.push(Selector { has_wildcard, ..Selector::default() });
        }
        let Selector { exact, lengths, others, .. } = &mut self.selectors[selector];
        let next = self.conditions.len();
        let id = if let Some(text) = condition.test.exact_text() {
            *lengths |= 1 << (text.len() % 64);
            *exact.entry(text.into()).or_insert(next)
        } else {
            let known = others.iter().copied().find(|&other| self.conditions[other].test == condition.test);
            known.unwrap_or_else(|| {
                others.push(next);
                next
            })
        };
        if id == next {
            self.conditions.push(Indexed { selector, test: condition.test.clone(), wakes: Vec::new() });
        }
        id
    }

    /// Of what an event must have at least one for the expression to hold.
    fn waker(&self, expression: &Expression<ConditionId>) -> Waker {
        match expression {
            Expression::Condition(condition) => {
                let Indexed { selector, test, .. } = &self.conditions[*condition];
                match test {
                    Test::NotExists => Waker::Always,
                    test if test.exact_text().is_some() => Waker::Exact(vec![*condition]),
                    _ => Waker::Presence(vec![*selector]),
                }
            }
            // Any one of the parts will do: the one that wakes least often.
            Expression::All(parts) => {
                let wakers = parts.iter().map(|part| self.waker(part));
                wakers.min_by_key(Waker::frequency).unwrap_or(Waker::Always)
            }
            Expression::Any(parts) => {
                let mut wakers = parts.iter().map(|part| self.waker(part));
                let first = wakers.next().unwrap_or(Waker::Always);
                wakers.fold(first, |left, right| self.either(left, right))
            }
        }
    }

    fn either(&self, left: Waker, right: Waker) -> Waker {
        match (left, right) {
            (Waker::Always, _) | (_, Waker::Always) => Waker::Always,
            (Waker::Exact(mut left), Waker::Exact(right)) => {
                left.extend(right);
                Waker::Exact(left)
            }
            (left, right) => {
                let mut selectors = self.selectors_of(left);
                selectors.extend(self.selectors_of(right));
                selectors.sort_unstable();
                selectors.dedup();
                Waker::Presence(selectors)
            }
        }
    }

    fn selectors_of(&self, waker: Waker) -> Vec<SelectorId> {
        match waker {
            Waker::Exact(conditions) => {
                conditions.into_iter().map(|condition| self.conditions[condition].selector).collect()
            }
            Waker::Presence(selectors) => selectors,
            Waker::Always => Vec::new(),
        }
    }
}

impl Selector {
    /// The condition that asks for the text of a value.
    pub(super) fn look_up(&self, raw: &Raw, event: &str) -> Option<ConditionId> {
        let has_length = |length: usize| self.lengths >> (length % 64) & 1 == 1;
        let condition = match raw {
            Raw::String(string) if string.escaped || has_length(string.end - string.start) => {
                match raw.value(event)? {
                    Value::Text(text) => self.exact.get(text.as_ref()),
                    _ => None,
                }
            }
            Raw::Number(span) if has_length(span.len()) => self.exact.get(event.get(span.clone())?),
            _ => None,
        };
        condition.copied()
    }
}

/// What an event must have for a pattern to be worth running.
#[derive(Debug)]
enum Waker {
    /// One of these exact texts.
    Exact(Vec<ConditionId>),
    /// A value at one of these selectors.
    Presence(Vec<SelectorId>),
    Always,
}

impl Waker {
    /// Lower is better.
    fn frequency(&self) -> u8 {
        match self {
            Self::Exact(_) => 0,
            Self::Presence(_) => 1,
            Self::Always => 2,
        }
    }
}

//! A parsed rule.

use super::super::region::Home;
use super::super::state::AlarmState;
use super::error::RuleError;
use super::parser::{self, Parsed};

/// How many characters a rule may have.
const MOST_CHARACTERS: usize = 10_240;
/// How many alarms a rule may name.
const MOST_CHILDREN: usize = 100;

/// A rule and the alarms that it names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::alarms) struct Rule {
    pub(super) root: Node,
    /// The names of the children, each once, in the order of the rule.
    children: Vec<String>,
}

/// A part of a rule; children by their place in [`Rule::children`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Node {
    Constant(bool),
    State(AlarmState, usize),
    Not(Box<Node>),
    And(Box<Node>, Box<Node>),
    Or(Box<Node>, Box<Node>),
    /// So many of the alarms, repetitions counted, are in the state, or are not.
    AtLeast {
        least: usize,
        negated: bool,
        state: AlarmState,
        alarms: Vec<usize>,
    },
}

impl Rule {
    /// Parses and checks a rule, but for the existence of its children.
    pub(in crate::alarms) fn parse(rule: &str, home: &Home) -> Result<Self, RuleError> {
        let characters = rule.chars().count();
        if characters > MOST_CHARACTERS {
            return Err(RuleError::TooLong { what: "characters", found: characters, most: MOST_CHARACTERS });
        }
        let parsed = parser::parse(rule)?;
        let mut checker = Checker { home, children: Vec::new() };
        let root = checker.node(&parsed)?;
        let found = checker.children.len();
        if found > MOST_CHILDREN {
            return Err(RuleError::TooLong { what: "alarms", found, most: MOST_CHILDREN });
        }
        Ok(Self { root, children: checker.children })
    }

    /// The names of the alarms that the rule names, each once.
    pub(in crate::alarms) fn children(&self) -> &[String] {
        &self.children
    }
}

struct Checker<'a> {
    home: &'a Home,
    children: Vec<String>,
}

impl Checker<'_> {
    fn node(&mut self, parsed: &Parsed) -> Result<Node, RuleError> {
        Ok(match parsed {
            Parsed::Constant(truth) => Node::Constant(*truth),
            Parsed::State(state, name) => Node::State(*state, self.child(name)?),
            Parsed::Not(inner) => Node::Not(Box::new(self.node(inner)?)),
            Parsed::And(left, right) => Node::And(Box::new(self.node(left)?), Box::new(self.node(right)?)),
            Parsed::Or(left, right) => Node::Or(Box::new(self.node(left)?), Box::new(self.node(right)?)),
            Parsed::AtLeast { threshold, negated, state, names } => {
                let least = least(threshold, names.len())?;
                let alarms = names.iter().map(|name| self.child(name)).collect::<Result<_, _>>()?;
                Node::AtLeast { least, negated: *negated, state: *state, alarms }
            }
        })
    }

    fn child(&mut self, reference: &str) -> Result<usize, RuleError> {
        let name = alarm_name(reference, self.home)?;
        let known = self.children.iter().position(|child| child == name);
        Ok(known.unwrap_or_else(|| {
            self.children.push(name.to_owned());
            self.children.len() - 1
        }))
    }
}

/// `2` or `50%` of so many alarms. A percentage is rounded up: 67% of 3 are 3, 66% are 2 (recorded).
fn least(threshold: &str, alarms: usize) -> Result<usize, RuleError> {
    // Digits that do not fit are more than any number of alarms.
    let Some(percentage) = threshold.strip_suffix('%') else {
        let least = threshold.parse().unwrap_or(usize::MAX);
        return if (1..=alarms).contains(&least) { Ok(least) } else { Err(RuleError::Quorum(alarms)) };
    };
    match percentage.parse().unwrap_or(usize::MAX) {
        percentage @ 1..=100 => Ok((alarms * percentage).div_ceil(100)),
        _ => Err(RuleError::Percentage),
    }
}

/// The name in a name or ARN.
pub(in crate::alarms) fn alarm_name<'a>(reference: &'a str, home: &Home) -> Result<&'a str, RuleError> {
    let parts: Vec<&str> = reference.splitn(7, ':').collect();
    let ["arn", _, "cloudwatch", region, account, "alarm", name] = parts[..] else { return Ok(reference) };
    if region != home.region {
        return Err(RuleError::Region { found: region.to_owned(), expected: home.region.clone() });
    }
    if account != home.account {
        return Err(RuleError::Account { found: account.to_owned(), expected: home.account.clone() });
    }
    Ok(name)
}

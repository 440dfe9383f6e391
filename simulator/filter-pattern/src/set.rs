//! Many patterns over one event.

use std::collections::BTreeSet;

use crate::json::index::{Index, Workspace};
use crate::literals::{LiteralId, Literals};
use crate::pattern::{Body, FilterPattern};
use crate::regex::Regex;
use crate::space::Tokens;
use crate::terms::{Term, Terms};

/// Patterns that are matched together: what they have in common is done once for an event.
///
/// The event's JSON is walked once for all JSON patterns, its terms are searched in one pass, its fields are split
/// once. Conditions that ask for one text, such as `$.eventName = ConsoleLogin`, cost one look-up for all of them.
#[derive(Debug, Clone)]
pub struct PatternSet {
    patterns: Vec<FilterPattern>,
    /// The place of each JSON pattern of the index in `patterns`.
    json: Vec<usize>,
    index: Index,
    terms: Vec<usize>,
    space: Vec<usize>,
    regexes: Vec<Lead>,
    literals: Literals,
}

/// A pattern that is a regular expression.
#[derive(Debug, Clone)]
struct Lead {
    pattern: usize,
    /// Texts of which one begins every match, if they are known: the expression is tried only if one of them occurs.
    prefixes: Option<Vec<LiteralId>>,
}

/// The least bytes of a text whose absence saves trying an expression. Shorter ones occur too often.
const WORTHWHILE: usize = 3;

impl PatternSet {
    /// Compiles the patterns together. Their indexes are their places in `patterns`.
    pub fn new(patterns: impl IntoIterator<Item = FilterPattern>) -> Self {
        let patterns: Vec<FilterPattern> = patterns.into_iter().collect();
        let places = |wanted: fn(&Body) -> bool| -> Vec<usize> {
            (0..patterns.len()).filter(|&place| wanted(&patterns[place].body)).collect()
        };
        let json = places(|body| matches!(body, Body::Json { .. }));
        let index = Index::new(patterns.iter().filter_map(|pattern| match &pattern.body {
            Body::Json { expression, .. } => Some(expression),
            _ => None,
        }));
        let mut texts = BTreeSet::new();
        for pattern in &patterns {
            match &pattern.body {
                Body::Terms(Terms { terms }) => texts.extend(terms.iter().map(|term| term.text.clone())),
                Body::Regex(regex) => texts.extend(regex.prefixes(WORTHWHILE).unwrap_or_default()),
                Body::Json { .. } | Body::Space(_) => {}
            }
        }
        let literals = Literals::new(texts);
        let regexes =
            patterns.iter().enumerate().filter_map(|(pattern, FilterPattern { body, .. })| match body {
                Body::Regex(regex) => Some(Lead { pattern, prefixes: prefixes(regex, &literals) }),
                _ => None,
            });
        Self {
            json,
            index,
            terms: places(|body| matches!(body, Body::Terms(_))),
            space: places(|body| matches!(body, Body::Space(_))),
            regexes: regexes.collect(),
            literals,
            patterns,
        }
    }

    /// The patterns, in their order.
    #[must_use]
    pub fn patterns(&self) -> &[FilterPattern] {
        &self.patterns
    }

    /// The indexes of the patterns that an event matches, ascending. For many events, a [`matcher`](Self::matcher)
    /// saves room being made for each.
    #[must_use]
    pub fn matches(&self, message: &str) -> Vec<usize> {
        self.matcher().matches(message).to_vec()
    }

    /// A matcher with room of its own. Threads share a set and have a matcher each.
    #[must_use]
    pub fn matcher(&self) -> Matcher<'_> {
        Matcher {
            set: self,
            workspace: Workspace::default(),
            tokens: Tokens::default(),
            occurs: Vec::new(),
            matched: Vec::new(),
        }
    }
}

fn prefixes(regex: &Regex, literals: &Literals) -> Option<Vec<LiteralId>> {
    regex.prefixes(WORTHWHILE)?.iter().map(|text| literals.id(text)).collect()
}

/// Matches event after event against a [`PatternSet`].
#[derive(Debug, Clone)]
pub struct Matcher<'s> {
    set: &'s PatternSet,
    workspace: Workspace,
    tokens: Tokens,
    occurs: Vec<bool>,
    matched: Vec<usize>,
}

impl Matcher<'_> {
    /// The indexes of the patterns that an event matches, ascending.
    pub fn matches(&mut self, message: &str) -> &[usize] {
        let Self { set, workspace, tokens, occurs, matched } = self;
        matched.clear();
        if set.index.patterns() > 0 {
            set.index.matches(message, workspace, |pattern| matched.extend(set.json.get(pattern)));
        }
        if !set.terms.is_empty() || !set.regexes.is_empty() {
            set.literals.find(message, occurs);
            set.match_terms(occurs, matched);
            set.match_regexes(message, occurs, matched);
        }
        if !set.space.is_empty() {
            tokens.read(message);
            let fits = |&place: &usize| match &set.patterns[place].body {
                Body::Space(fields) => fields.matches(tokens, message),
                _ => false,
            };
            matched.extend(set.space.iter().copied().filter(fits));
        }
        matched.sort_unstable();
        matched
    }
}

impl PatternSet {
    fn match_terms(&self, occurs: &[bool], matched: &mut Vec<usize>) {
        let occurs = |term: &Term| self.literals.id(&term.text).is_some_and(|id| occurs[id]);
        matched.extend(self.terms.iter().copied().filter(|&place| match &self.patterns[place].body {
            Body::Terms(terms) => terms.holds(occurs),
            _ => false,
        }));
    }

    fn match_regexes(&self, message: &str, occurs: &[bool], matched: &mut Vec<usize>) {
        for Lead { pattern, prefixes } in &self.regexes {
            let hopeless = prefixes.as_ref().is_some_and(|prefixes| !prefixes.iter().any(|&id| occurs[id]));
            if let Body::Regex(regex) = &self.patterns[*pattern].body
                && !hopeless
                && regex.is_match(message)
            {
                matched.push(*pattern);
            }
        }
    }
}

//! Many patterns over one event.

use std::collections::BTreeSet;

use crate::bits::Bits;
use crate::json::index::{Index, Workspace};
use crate::literals::{LiteralId, Literals};
use crate::pattern::{Body, FilterPattern};
use crate::space::Tokens;
use crate::terms::{Role, Terms};

/// Patterns that are matched together: what they have in common is done once for an event.
///
/// The event's JSON is walked once for all JSON patterns, texts without which other patterns cannot match are searched
/// in one pass, and fields are split once. Conditions that ask for one text, such as `$.eventName = ConsoleLogin`, cost
/// one look-up for all of them.
#[derive(Debug, Clone)]
pub struct PatternSet {
    patterns: Vec<FilterPattern>,
    /// The place of each JSON pattern of the index in `patterns`.
    json: Vec<usize>,
    index: Index,
    space: Vec<usize>,
    /// Patterns of terms, and those that are regular expressions.
    searches: Vec<Search>,
    literals: Literals,
}

/// A pattern that is looked for in the whole message.
#[derive(Debug, Clone)]
struct Search {
    pattern: usize,
    /// Texts of which at least one occurs in every message that matches, if they are known: the pattern is tried only
    /// if one of them does.
    keys: Option<Vec<LiteralId>>,
}

/// The least bytes of a text whose absence saves trying a pattern. Shorter ones occur too often.
const WORTHWHILE: usize = 3;

impl PatternSet {
    /// Compiles the patterns together. Their indexes are their places in `patterns`.
    pub fn new(patterns: impl IntoIterator<Item = FilterPattern>) -> Self {
        let patterns: Vec<FilterPattern> = patterns.into_iter().collect();
        let places = |wanted: fn(&Body) -> bool| -> Vec<usize> {
            (0..patterns.len()).filter(|&place| wanted(&patterns[place].body)).collect()
        };
        let index = Index::new(patterns.iter().filter_map(|pattern| match &pattern.body {
            Body::Json { expression, .. } => Some(expression),
            _ => None,
        }));
        let searched = places(|body| matches!(body, Body::Terms(_) | Body::Regex(_)));
        let keys: Vec<_> = searched.into_iter().map(|place| (place, keys(&patterns[place].body))).collect();
        let literals =
            Literals::new(keys.iter().flat_map(|(_, keys)| keys.iter().flatten()).cloned().collect());
        let search = |(pattern, keys): (usize, Option<BTreeSet<String>>)| Search {
            pattern,
            keys: keys.map(|keys| keys.iter().filter_map(|text| literals.id(text)).collect()),
        };
        Self {
            json: places(|body| matches!(body, Body::Json { .. })),
            index,
            space: places(|body| matches!(body, Body::Space(_))),
            searches: keys.into_iter().map(search).collect(),
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
            hits: Bits::default(),
            matched: Vec::new(),
        }
    }
}

fn keys(body: &Body) -> Option<BTreeSet<String>> {
    let keys: BTreeSet<String> = match body {
        Body::Regex(regex) => regex.prefixes(WORTHWHILE)?.into_iter().collect(),
        Body::Terms(terms) if terms.is_only_optional() => {
            terms.terms.iter().map(|term| term.text.clone()).collect()
        }
        Body::Terms(terms) => longest(terms, Role::Required).into_iter().collect(),
        Body::Json { .. } | Body::Space(_) => return None,
    };
    let worthwhile = !keys.is_empty() && keys.iter().all(|text| text.len() >= WORTHWHILE);
    worthwhile.then_some(keys)
}

/// The one that is likely to be the rarest.
fn longest(terms: &Terms, role: Role) -> Option<String> {
    let texts = terms.with_role(role).map(|term| &term.text);
    texts.max_by_key(|text| text.len()).cloned()
}

/// Matches event after event against a [`PatternSet`].
#[derive(Debug, Clone)]
pub struct Matcher<'s> {
    set: &'s PatternSet,
    workspace: Workspace,
    tokens: Tokens,
    occurs: Vec<bool>,
    /// The patterns that match, in which order ever they were found.
    hits: Bits,
    matched: Vec<usize>,
}

impl Matcher<'_> {
    /// The indexes of the patterns that an event matches, ascending.
    pub fn matches(&mut self, message: &str) -> &[usize] {
        let Self { set, workspace, tokens, occurs, hits, matched } = self;
        hits.clear();
        if !set.json.is_empty() {
            set.index.matches(message, workspace, |pattern| hits.insert(set.json[pattern]));
        }
        if !set.searches.is_empty() {
            set.literals.find(message, occurs);
            for Search { pattern, keys } in &set.searches {
                let hopeless = keys.as_ref().is_some_and(|keys| !keys.iter().any(|&key| occurs[key]));
                if !hopeless && set.patterns[*pattern].matches(message) {
                    hits.insert(*pattern);
                }
            }
        }
        if !set.space.is_empty() {
            tokens.read(message);
            let fits = |&place: &usize| match &set.patterns[place].body {
                Body::Space(fields) => fields.matches(tokens, message),
                _ => false,
            };
            set.space.iter().copied().filter(fits).for_each(|place| hits.insert(place));
        }
        matched.clear();
        matched.extend(hits.iter());
        matched
    }
}

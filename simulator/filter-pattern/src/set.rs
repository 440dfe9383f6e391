//! Many patterns over one event.

use std::collections::BTreeSet;

use crate::bits::Bits;
use crate::expression::Expression;
use crate::json::condition::Condition;
use crate::json::index::Index;
use crate::json::needed;
use crate::json::run::Workspace;
use crate::literals::LiteralId;
use crate::pattern::{Body, FilterPattern};
use crate::search::Searches;
use crate::space::Tokens;

/// Patterns that are matched together: what they have in common is done once for an event.
///
/// The event's JSON is walked once for all JSON patterns, the texts that patterns of terms and of regular expressions
/// look for, or cannot match without, are searched in one pass, and fields are split once. Conditions that ask for one
/// text, such as `$.eventName = ConsoleLogin`, cost one look-up for all of them. JSON patterns that look at every member
/// (`$.*`) have a walk of their own, and only where a text that they need occurs.
#[derive(Debug, Clone)]
pub struct PatternSet {
    patterns: Vec<FilterPattern>,
    json: Json,
    /// JSON patterns that look at every member of an event.
    every: Option<Rare>,
    /// Those of fields, by how many they need.
    space: Vec<usize>,
    searches: Searches,
}

/// JSON patterns compiled together.
#[derive(Debug, Clone)]
struct Json {
    /// The place of each among all patterns.
    places: Vec<usize>,
    index: Index,
}

/// JSON patterns that are dear to match.
#[derive(Debug, Clone)]
struct Rare {
    json: Json,
    /// Texts of which one stands in every event that any of them matches, or a `\u`.
    needed: Vec<LiteralId>,
}

impl PatternSet {
    /// Compiles the patterns together. Their indexes are their places in `patterns`.
    pub fn new(patterns: impl IntoIterator<Item = FilterPattern>) -> Self {
        let patterns: Vec<FilterPattern> = patterns.into_iter().collect();
        let numbered = || patterns.iter().enumerate();
        let mut space: Vec<(usize, usize)> = numbered()
            .filter_map(|(place, pattern)| match &pattern.body {
                Body::Space(fields) => Some((fields.fields.len(), place)),
                _ => None,
            })
            .collect();
        space.sort_unstable();
        let mut json: Vec<(usize, &Expression<Condition>)> = numbered()
            .filter_map(|(place, pattern)| match &pattern.body {
                Body::Json { expression, .. } => Some((place, expression)),
                _ => None,
            })
            .collect();
        let needed_texts = |expression| {
            needed::looks_at_every_member(expression).then(|| needed::texts(expression)).flatten()
        };
        let (every, others): (Vec<_>, Vec<_>) =
            json.iter().copied().partition(|(_, expression)| needed_texts(expression).is_some());
        // A walk that is needed anyway tells whether an event has a `\u`.
        let every = if others.is_empty() {
            Vec::new()
        } else {
            json = others;
            every
        };
        let texts: BTreeSet<String> =
            every.iter().filter_map(|(_, expression)| needed_texts(expression)).flatten().collect();
        let searches = Searches::new(numbered(), texts.iter().cloned());
        let needed = texts.iter().filter_map(|text| searches.literal(text)).collect();
        let every = (!every.is_empty()).then(|| Rare { json: Json::new(&every), needed });
        Self {
            json: Json::new(&json),
            every,
            space: space.into_iter().map(|(_, place)| place).collect(),
            searches,
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
            workspace_of_rare: Workspace::default(),
            tokens: Tokens::default(),
            occurs: Vec::new(),
            hits: Bits::default(),
            matched: Vec::new(),
        }
    }
}

impl Json {
    fn new(patterns: &[(usize, &Expression<Condition>)]) -> Self {
        let index = Index::new(patterns.iter().map(|(_, expression)| *expression));
        Self { places: patterns.iter().map(|(place, _)| *place).collect(), index }
    }

    /// Adds the places of those that match. Whether the event was looked at, and is JSON.
    fn matches(&self, message: &str, workspace: &mut Workspace, hits: &mut Bits) -> bool {
        !self.places.is_empty()
            && self.index.matches(message, workspace, |pattern| hits.insert(self.places[pattern])).is_ok()
    }
}

/// Matches event after event against a [`PatternSet`].
#[derive(Debug, Clone)]
pub struct Matcher<'s> {
    set: &'s PatternSet,
    workspace: Workspace,
    workspace_of_rare: Workspace,
    tokens: Tokens,
    occurs: Vec<bool>,
    /// The patterns that match, in which order ever they were found.
    hits: Bits,
    matched: Vec<usize>,
}

impl Matcher<'_> {
    /// The indexes of the patterns that an event matches, ascending.
    pub fn matches(&mut self, message: &str) -> &[usize] {
        let Self { set, workspace, workspace_of_rare, tokens, occurs, hits, matched } = self;
        hits.clear();
        set.searches.find(message, occurs);
        set.searches.matches(&set.patterns, message, occurs, |place| hits.insert(place));
        let is_json = set.json.matches(message, workspace, hits);
        if let Some(rare) = &set.every
            && is_json
            && (workspace.has_unicode_escapes() || rare.needed.iter().any(|&text| occurs[text]))
        {
            rare.json.matches(message, workspace_of_rare, hits);
        }
        if !set.space.is_empty() {
            tokens.read(message);
            for &place in &set.space {
                let Body::Space(fields) = &set.patterns[place].body else { continue };
                if !fields.fits(tokens) {
                    break;
                }
                if fields.matches(tokens, message) {
                    hits.insert(place);
                }
            }
        }
        matched.clear();
        matched.extend(hits.iter());
        matched
    }
}

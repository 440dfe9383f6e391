//! The query language of the alert list: text becomes a [`Query`], which matches whatever is [`Searchable`].
//!
//! ```text
//! query     := conditions joined by AND, OR, NOT and ( ); side by side means AND; NOT binds closest, then AND
//! condition := field : value | field : ( values ) | field < value, and <=, >, >= | text without a field
//! values    := values joined by AND, OR, NOT and ( )
//! value     := "quoted" | a word | for texts, words up to an operator, a parenthesis or a known field
//! ```
//!
//! Fields, comparisons and the values in parentheses are from Opsgenie's "Alerts Search Query Help"; so are values of
//! several words (`message : Server apollo average`). Days (`createdAt > 01-10-2020`, UTC) and operators in lower case
//! are in queries that people use. The rest is not published, and chosen here, see [`QueryRules`]:
//!
//! - `message` and `description` contain the value, `alertId`, `tinyId` and `alias` are it letter by letter, all other
//!   texts are it without regard to case.
//! - `alias` finds open alerts alone (published), so `status: closed AND alias: x` finds nothing.
//! - `*` stands for any text, and then the value has to fit the whole field: `message: ALARM*`. A lone `*` finds what
//!   has any value. In quotes it is an asterisk.
//! - A backslash takes the next letter as it is, in quotes and outside.
//! - Only numbers and times can be more or less. A day is compared as a whole: `>` is after its end, `>=` from its start.
//! - An unknown field, a status other than `open` and `closed`, and a value of the wrong kind are refused.
//!
//! A query is at most [`MAX_CHARACTERS`] long, [`MAX_DEPTH`] deep and has [`MAX_CONDITIONS`] conditions at most; matching
//! takes time that is linear in the text that is searched.

mod error;
mod field;
mod listing;
mod parser;
mod pattern;
mod rules;
mod scanner;
mod searchable;
mod span;

pub use error::{QueryError, QueryProblem};
pub use field::{Flag, Number, Text};
pub use listing::{Listing, ListingError, MAX_LIMIT, MAX_REACH, Order, SortKey};
pub use rules::{FreeText, QueryRules, TextMatch};
pub use searchable::Searchable;

use std::ops::RangeInclusive;

use pattern::Pattern;

/// The most characters of a query. The service's own limit is not published; a saved search takes 1,000.
pub const MAX_CHARACTERS: usize = 4_000;
/// How deep parentheses and NOTs may be nested.
pub const MAX_DEPTH: usize = 32;
/// The most values in a query.
pub const MAX_CONDITIONS: usize = 256;

/// A query that was understood.
#[derive(Debug, Clone)]
pub struct Query {
    /// `None` finds everything.
    root: Option<Node>,
}

#[derive(Debug, Clone)]
enum Node {
    All(Vec<Node>),
    Any(Vec<Node>),
    Not(Box<Node>),
    Is(Condition),
}

#[derive(Debug, Clone)]
enum Condition {
    Text(Text, Pattern),
    /// An open alert with this alias.
    OpenAlias(Pattern),
    Open(bool),
    Flag(Flag, bool),
    Within(Number, RangeInclusive<i64>),
    /// Text without a field.
    Free(&'static [Text], Pattern),
}

impl Query {
    /// Reads a query by the default [`QueryRules`]. An empty one finds everything.
    pub fn parse(text: &str) -> Result<Self, QueryError> {
        Self::parse_by(text, QueryRules::default())
    }

    /// Reads a query by `rules`.
    pub fn parse_by(text: &str, rules: QueryRules) -> Result<Self, QueryError> {
        parser::parse(text, rules).map(|root| Self { root })
    }

    /// Whether `alert` is what the query asks for.
    pub fn matches(&self, alert: &impl Searchable) -> bool {
        self.root.as_ref().is_none_or(|root| root.matches(alert))
    }

    /// Whether it finds everything, so that nothing needs to be looked at.
    #[must_use]
    pub const fn is_everything(&self) -> bool {
        self.root.is_none()
    }
}

impl Node {
    /// As deep as [`MAX_DEPTH`] allows, twice.
    fn matches(&self, alert: &impl Searchable) -> bool {
        match self {
            Self::All(nodes) => nodes.iter().all(|node| node.matches(alert)),
            Self::Any(nodes) => nodes.iter().any(|node| node.matches(alert)),
            Self::Not(node) => !node.matches(alert),
            Self::Is(condition) => condition.matches(alert),
        }
    }
}

impl Condition {
    fn matches(&self, alert: &impl Searchable) -> bool {
        let any = |field, pattern: &Pattern| alert.any_text(field, &mut |value| pattern.fits(value));
        match self {
            Self::Text(field, pattern) => any(*field, pattern),
            Self::OpenAlias(pattern) => alert.is_open() && any(Text::Alias, pattern),
            Self::Open(open) => alert.is_open() == *open,
            Self::Flag(flag, value) => alert.flag(*flag) == *value,
            Self::Within(number, range) => {
                alert.number(*number).is_some_and(|number| range.contains(&number))
            }
            Self::Free(fields, pattern) => fields.iter().any(|field| any(*field, pattern)),
        }
    }
}

#[cfg(test)]
mod tests;

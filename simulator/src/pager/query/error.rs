//! Why a query is refused, and where.

use std::fmt;
use std::ops::Range;

use thiserror::Error;

use super::field::FIELDS;
use super::{MAX_CHARACTERS, MAX_CONDITIONS, MAX_DEPTH};

/// How much of a long query is shown on either side of the place.
const SHOWN: usize = 60;

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum QueryProblem {
    /// No such field.
    #[error("there is no field \"{0}\"; quote text that has a colon in it. Fields: {fields}", fields = Fields)]
    UnknownField(String),
    /// A field and its operator, and no value.
    #[error("a value is missing here")]
    ValueMissing,
    /// An operator, a parenthesis or the end, and no condition before it.
    #[error("a condition such as status: open is missing here")]
    ConditionMissing,
    /// A quote that is not closed.
    #[error("this quote is not closed")]
    QuoteOpen,
    /// A parenthesis that is not closed.
    #[error("this parenthesis is not closed")]
    ParenthesisOpen,
    /// A closing parenthesis that was not opened.
    #[error("this parenthesis was not opened")]
    ParenthesisClosed,
    /// `<` and its like on a text or a flag.
    #[error("only createdAt, lastOccurredAt, snoozedUntil and count can be more or less than a value")]
    NotComparable,
    /// `count > (1 OR 2)`.
    #[error("more or less than what? A comparison takes one value")]
    ComparedWithMany,
    /// A number's field with something else.
    #[error("\"{0}\" is no whole number")]
    NoNumber(String),
    /// A time's field with something else.
    #[error("\"{0}\" is no time: give milliseconds since 1970, or a day such as 31-12-2026")]
    NoTime(String),
    /// A flag with something else.
    #[error("\"{0}\" is neither true nor false")]
    NoFlag(String),
    /// A status with something else.
    #[error("\"{0}\" is neither open nor closed")]
    NoStatus(String),
    /// [`FreeText::Refused`](super::FreeText::Refused).
    #[error("text needs a field in front of it, such as message:")]
    FreeText,
    /// Beyond [`MAX_CHARACTERS`].
    #[error("a query has at most {MAX_CHARACTERS} characters")]
    TooLong,
    /// Beyond [`MAX_DEPTH`].
    #[error("parentheses and NOTs are nested at most {MAX_DEPTH} deep")]
    TooDeep,
    /// Beyond [`MAX_CONDITIONS`].
    #[error("a query has at most {MAX_CONDITIONS} values")]
    TooMany,
}

struct Fields;

impl fmt::Display for Fields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (names, _)) in FIELDS.iter().enumerate() {
            let comma = if index == 0 { "" } else { ", " };
            write!(f, "{comma}{}", names.first().copied().unwrap_or_default())?;
        }
        Ok(())
    }
}

/// A query that is refused. Displays the reason, and the query with carets under the place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryError {
    problem: QueryProblem,
    query: String,
    span: Range<usize>,
}

impl QueryError {
    pub(super) fn new(problem: QueryProblem, query: &str, span: Range<usize>) -> Self {
        Self { problem, query: query.to_owned(), span }
    }

    /// What is wrong; displays one sentence.
    #[must_use]
    pub const fn problem(&self) -> &QueryProblem {
        &self.problem
    }

    /// The place in the query, in bytes. Empty where something is missing.
    #[must_use]
    pub fn span(&self) -> Range<usize> {
        self.span.clone()
    }

    /// The place in the query: the number of its first character, from 1.
    #[must_use]
    pub fn column(&self) -> usize {
        self.before().chars().count() + 1
    }

    fn before(&self) -> &str {
        self.query.get(..self.span.start).unwrap_or_default()
    }
}

impl fmt::Display for QueryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let before: Vec<char> = self.before().chars().collect();
        let from = before.len().saturating_sub(SHOWN);
        let marked = self.query.get(self.span.clone()).unwrap_or_default().chars().count().min(SHOWN);
        let shown = self.query.chars().skip(from).take(before.len() - from + marked + SHOWN);
        // One line, whatever is in it.
        let shown: String = shown.map(|c| if c.is_control() { ' ' } else { c }).collect();
        let carets = "^".repeat(marked.max(1));
        writeln!(f, "{} (character {})", self.problem, self.column())?;
        writeln!(f, "  {shown}")?;
        write!(f, "  {:>width$}{carets}", "", width = before.len() - from)
    }
}

impl std::error::Error for QueryError {}

//! Why a pattern is refused: AWS's words, the place, and a remedy where there is a sure one.

use std::fmt;
use std::ops::Range;

/// The kinds of refusal. Their texts are those that AWS answers with in an `InvalidParameterException`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Reason {
    /// The tokens are fine, their order is not.
    #[error("Invalid metric filter pattern")]
    Syntax,
    /// No token can be read: the text from its start up to and with the character that does not fit.
    #[error("Invalid character(s) in term '{term}'")]
    Characters {
        /// The text in question.
        term: String,
    },
    /// A regular expression has only allowed characters, but means nothing.
    #[error("Failed to compile regular expression.")]
    Regex,
    /// More than [`MAX_REGEXES`](crate::MAX_REGEXES).
    #[error("Your input has exceeded the maximum of 2 regular expressions per filter pattern.")]
    Regexes,
    /// More than one wildcard in one selector.
    #[error(
        "Your filter pattern has a JSON path selector that exceeds the maximum of 1 wildcard allowed per json selector."
    )]
    SelectorWildcards,
    /// More than [`MAX_WILDCARD_SELECTORS`](crate::MAX_WILDCARD_SELECTORS).
    #[error("Your input has exceeded the maximum of 3 JSON wildcard selectors allowed per filter pattern.")]
    WildcardSelectors,
    /// Two fields of a space-delimited pattern have one name, or `...` stands twice.
    #[error("Duplicate field '{name}'")]
    DuplicateField {
        /// The name, or `...`.
        name: String,
    },
    /// Longer than [`MAX_PATTERN_CHARACTERS`](crate::MAX_PATTERN_CHARACTERS).
    #[error(
        "1 validation error detected: Value at 'filterPattern' failed to satisfy constraint: Member must have length less than or equal to 1024"
    )]
    TooLong,
}

/// A pattern or selector that AWS refuses.
///
/// Displays AWS's words, the pattern with a caret under the place, and a hint where there is one. The words alone:
/// [`reason`](Self::reason).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PatternError {
    fault: Fault,
    pattern: String,
}

impl PatternError {
    pub(crate) fn new(fault: Fault, pattern: &str) -> Self {
        Self { fault, pattern: pattern.to_owned() }
    }

    /// The kind of refusal; displays AWS's words.
    #[must_use]
    pub fn reason(&self) -> &Reason {
        &self.fault.reason
    }

    /// The place in the pattern, in bytes. Empty where something is missing.
    #[must_use]
    pub fn span(&self) -> Range<usize> {
        self.fault.span.clone()
    }

    /// What to write instead, in our words.
    #[must_use]
    pub fn hint(&self) -> Option<&'static str> {
        self.fault.hint
    }

    /// The text that was refused.
    #[must_use]
    pub fn pattern(&self) -> &str {
        &self.pattern
    }
}

impl std::error::Error for PatternError {}

/// How much of the pattern is shown on either side of the place, in characters.
const CONTEXT: usize = 40;

impl fmt::Display for PatternError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Range { start, end } = self.span();
        let (before, rest) = self.pattern.split_at_checked(start).unwrap_or((&self.pattern, ""));
        let (marked, after) = rest.split_at_checked(end.saturating_sub(start)).unwrap_or((rest, ""));
        // Only the line with the place: patterns in templates may span several.
        let before = before.rsplit('\n').next().unwrap_or_default();
        let marked = marked.split('\n').next().unwrap_or_default();
        let after = if self.pattern.get(start..end).is_some_and(|span| span.contains('\n')) {
            ""
        } else {
            after.split('\n').next().unwrap_or_default()
        };
        let skipped = before.chars().count().saturating_sub(CONTEXT);
        let mut line: String = if skipped > 0 { "…".to_owned() } else { String::new() };
        line.extend(before.chars().skip(skipped));
        let column = line.chars().count();
        let carets = marked.chars().count().clamp(1, 2 * CONTEXT);
        line.extend(marked.chars().take(2 * CONTEXT));
        line.extend(after.chars().take(CONTEXT));
        if after.chars().count() > CONTEXT {
            line.push('…');
        }
        let line = line.replace(|character: char| character.is_control(), " ");
        writeln!(out, "{}", self.fault.reason)?;
        writeln!(out, "  | {line}")?;
        write!(out, "  | {}{}", " ".repeat(column), "^".repeat(carets))?;
        match self.fault.hint {
            Some(hint) => write!(out, "\n  = {hint}"),
            None => Ok(()),
        }
    }
}

/// A refusal without the pattern that it belongs to: what the parsers pass up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) reason: Reason,
    pub(crate) span: Range<usize>,
    pub(crate) hint: Option<&'static str>,
}

impl Fault {
    pub(crate) fn new(reason: Reason, span: Range<usize>) -> Self {
        Self { reason, span, hint: None }
    }

    pub(crate) fn syntax(span: Range<usize>) -> Self {
        Self::new(Reason::Syntax, span)
    }

    /// The characters of `text` in `span` make no token.
    pub(crate) fn characters(text: &str, span: Range<usize>) -> Self {
        let term = text.get(span.clone()).unwrap_or_default().to_owned();
        Self::new(Reason::Characters { term }, span)
    }

    pub(crate) fn hint(self, hint: &'static str) -> Self {
        Self { hint: Some(hint), ..self }
    }
}

//! One pattern.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use crate::error::{Fault, PatternError, Reason};
use crate::expression::Expression;
use crate::json::condition::Condition;
use crate::json::index::Index;
use crate::json::run::Workspace;
use crate::regex::Regex;
use crate::selector::{Scalar, Selector};
use crate::space::{self, Fields, Tokens};
use crate::terms::Terms;
use crate::{MAX_PATTERN_CHARACTERS, cursor, json};

/// The kinds of pattern, told apart by the first character that is no blank.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PatternKind {
    /// `ERROR -"BAD REQUEST"`. The empty pattern is one too; it matches every event.
    Terms,
    /// `{ $.eventName = ConsoleLogin }`
    Json,
    /// `[ip, user, ..., status = 4*, bytes]`
    SpaceDelimited,
    /// `%ERROR|WARN%`
    Regex,
}

/// A filter pattern that AWS accepts, ready to match.
#[derive(Debug, Clone)]
pub struct FilterPattern {
    text: String,
    pub(crate) body: Body,
}

#[derive(Debug, Clone)]
pub(crate) enum Body {
    Terms(Terms),
    Json { expression: Expression<Condition>, index: Box<Index> },
    Space(Fields),
    Regex(Regex),
}

impl FilterPattern {
    /// Reads a pattern. The error has AWS's words for it.
    pub fn parse(text: &str) -> Result<Self, PatternError> {
        let body = read(text).map_err(|fault| PatternError::new(fault, text))?;
        Ok(Self { text: text.to_owned(), body })
    }

    /// As it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// What kind of pattern it is.
    #[must_use]
    pub fn kind(&self) -> PatternKind {
        match self.body {
            Body::Terms(_) => PatternKind::Terms,
            Body::Json { .. } => PatternKind::Json,
            Body::Space(_) => PatternKind::SpaceDelimited,
            Body::Regex(_) => PatternKind::Regex,
        }
    }

    /// How many regular expressions it has. A log group may have five filters with any.
    #[must_use]
    pub fn regexes(&self) -> usize {
        use crate::json::condition::Test;
        use crate::operand::Operand::Regex;
        use crate::space::pattern::FieldTest;
        let mut count = 0;
        match &self.body {
            Body::Terms(_) => {}
            Body::Regex(_) => count = 1,
            Body::Json { expression, .. } => expression.for_each(&mut |condition| {
                count +=
                    usize::from(matches!(condition.test, Test::Equal(Regex(_)) | Test::Unequal(Regex(_))));
            }),
            Body::Space(fields) => {
                for test in fields.fields.iter().filter_map(|field| field.test.as_ref()) {
                    test.for_each(&mut |condition| {
                        let regex = matches!(
                            condition.test,
                            FieldTest::Equal(Regex(_)) | FieldTest::Unequal(Regex(_))
                        );
                        count += usize::from(regex);
                    });
                }
            }
        }
        count
    }

    /// Whether an event matches. To try several patterns on one event, or one pattern on many events,
    /// [`PatternSet`](crate::PatternSet) is faster.
    #[must_use]
    pub fn matches(&self, message: &str) -> bool {
        match &self.body {
            Body::Terms(terms) => terms.matches(message),
            Body::Json { index, .. } => {
                let mut matched = false;
                let walked = index.matches(message, &mut Workspace::default(), |_| matched = true);
                walked.is_ok() && matched
            }
            Body::Space(fields) => {
                let mut tokens = Tokens::default();
                tokens.read(message);
                fields.matches(&tokens, message)
            }
            Body::Regex(regex) => regex.is_match(message),
        }
    }

    /// What `TestMetricFilter` calls the extracted values of an event that matches: the fields of a space-delimited
    /// pattern, and nothing for patterns of other kinds. None if the event does not match.
    #[must_use]
    pub fn extract<'m>(&self, message: &'m str) -> Option<Extracted<'m>> {
        let Body::Space(fields) = &self.body else {
            return self.matches(message).then(Extracted::default);
        };
        let mut tokens = Tokens::default();
        tokens.read(message);
        fields.matches(&tokens, message).then(|| Extracted { fields: fields.extract(&tokens, message) })
    }

    /// The value that a metric filter takes from an event that matches: of the JSON event, or of the fields of a
    /// space-delimited pattern. None if there is none, or if the event does not match.
    #[must_use]
    pub fn select<'m>(&self, selector: &Selector, message: &'m str) -> Option<Scalar<'m>> {
        if selector.is_json() {
            return if self.matches(message) { selector.select(message) } else { None };
        }
        let extracted = self.extract(message)?;
        extracted.get(selector.as_str()).map(|value| Scalar::Text(Cow::Borrowed(value)))
    }
}

fn read(text: &str) -> Result<Body, Fault> {
    if let Some((end, _)) = text.char_indices().nth(MAX_PATTERN_CHARACTERS) {
        return Err(Fault::new(Reason::TooLong, end..text.len()));
    }
    Ok(match text.trim_start().chars().next() {
        Some('{') => {
            let expression = json::parser::parse(text)?;
            let index = Box::new(Index::new([&expression]));
            Body::Json { expression, index }
        }
        Some('[') => Body::Space(space::parser::parse(text)?),
        Some('%') => {
            let mut cursor = cursor::Cursor::new(text);
            cursor.skip_blanks();
            let regex = cursor.regex()?;
            cursor.skip_blanks();
            if cursor.peek().is_some() {
                return Err(Fault::syntax(cursor.at()..text.len()).hint("the pattern ends before this"));
            }
            Body::Regex(regex)
        }
        _ => Body::Terms(Terms::parse(text)?),
    })
}

impl FromStr for FilterPattern {
    type Err = PatternError;

    fn from_str(text: &str) -> Result<Self, PatternError> {
        Self::parse(text)
    }
}

impl fmt::Display for FilterPattern {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.text)
    }
}

/// The fields of a line, in its order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Extracted<'m> {
    fields: Vec<(String, &'m str)>,
}

impl<'m> Extracted<'m> {
    /// The value of a field by its name with the dollar sign: `$bytes`; fields without a name have their number in the
    /// line: `$3`.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&'m str> {
        self.fields.iter().find(|(field, _)| field == name).map(|&(_, value)| value)
    }

    /// Names, with the dollar sign, and values.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &'m str)> {
        self.fields.iter().map(|(name, value)| (name.as_str(), *value))
    }

    /// Whether there are no fields.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }
}

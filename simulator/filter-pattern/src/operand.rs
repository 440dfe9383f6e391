//! The right side of `=` and `!=`.

use crate::lexer::Token;
use crate::number;
use crate::regex::Regex;
use crate::wildcard::Wildcard;

/// What a value is compared with.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Operand {
    /// A number that is not quoted, and how it was written.
    Number {
        value: f64,
        text: String,
    },
    /// A text, quoted or not.
    Text(Wildcard),
    Regex(Regex),
}

impl Operand {
    /// The value that a token stands for, if it can be one.
    pub(crate) fn from_token(token: &Token<'_>) -> Option<Self> {
        Some(match token {
            Token::Word(word) => match number::parse(word) {
                Some(value) => Self::Number { value, text: (*word).to_owned() },
                None => Self::Text(Wildcard::new(*word)),
            },
            Token::Quoted(text) => Self::Text(Wildcard::new(text.as_str())),
            Token::Regex(regex) => Self::Regex(regex.clone()),
            Token::Bracket(_) | Token::And | Token::Or | Token::Operator(_) | Token::Selector(_) => {
                return None;
            }
        })
    }

    /// Whether a text is equal.
    pub(crate) fn equals_text(&self, text: &str) -> bool {
        match self {
            Self::Number { text: written, .. } => text == written,
            Self::Text(wildcard) => wildcard.matches(text),
            Self::Regex(regex) => regex.is_match(text),
        }
    }
}

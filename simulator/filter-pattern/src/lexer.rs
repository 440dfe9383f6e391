//! The tokens of JSON patterns and of space-delimited patterns.

use std::ops::Range;

use crate::cursor::Cursor;
use crate::error::{Fault, Reason};
use crate::path::Path;
use crate::regex::Regex;
use crate::{MAX_REGEXES, MAX_WILDCARD_SELECTORS};

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Token<'p> {
    /// `{ } ( )` in JSON patterns, `[ ] ,` in space-delimited ones.
    Bracket(char),
    And,
    Or,
    Operator(Operator),
    Selector(Path),
    /// Letters, digits, `_ - * . +`: a name, a keyword, a number, a value, or `...`.
    Word(&'p str),
    Quoted(String),
    Regex(Regex),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operator {
    Equal,
    Unequal,
    Greater,
    Less,
    GreaterOrEqual,
    LessOrEqual,
}

impl Operator {
    /// For the ordering ones.
    pub(crate) fn orders(self, left: f64, right: f64) -> bool {
        match self {
            Self::Greater => left > right,
            Self::Less => left < right,
            Self::GreaterOrEqual => left >= right,
            Self::LessOrEqual => left <= right,
            Self::Equal | Self::Unequal => false,
        }
    }
}

/// A token and the bytes that it takes.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Spanned<'p> {
    pub(crate) token: Token<'p>,
    pub(crate) span: Range<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    Json,
    Space,
}

/// All tokens. AWS complains of characters before it complains of their order, and of too many things last.
pub(crate) fn tokens(text: &str, dialect: Dialect) -> Result<Vec<Spanned<'_>>, Fault> {
    let mut cursor = Cursor::new(text);
    let mut tokens = Vec::new();
    loop {
        cursor.skip_blanks();
        let start = cursor.at();
        let Some(first) = cursor.peek() else {
            return Ok(tokens);
        };
        let token = token(&mut cursor, first, dialect)?;
        tokens.push(Spanned { token, span: start..cursor.at() });
    }
}

fn token<'p>(cursor: &mut Cursor<'p>, first: char, dialect: Dialect) -> Result<Token<'p>, Fault> {
    let start = cursor.at();
    match (first, dialect) {
        ('{' | '}' | '(' | ')', Dialect::Json) | ('[' | ']' | ',', Dialect::Space) => {
            cursor.next();
            Ok(Token::Bracket(first))
        }
        ('$', Dialect::Json) => Path::read(cursor).map(Token::Selector),
        ('"', _) => cursor.quoted().map(Token::Quoted),
        ('%', _) => cursor.regex().map(Token::Regex),
        (character, _) if is_word(character) => Ok(Token::Word(cursor.take_while(is_word))),
        // AWS's words for `[-1]` and `[0:2]` show that a bracket begins an index wherever it stands.
        ('[', Dialect::Json) => {
            cursor.next();
            cursor.take_while(|character| character.is_ascii_digit());
            Err(cursor.unexpected(start))
        }
        _ => operator(cursor, start),
    }
}

fn operator<'p>(cursor: &mut Cursor<'p>, start: usize) -> Result<Token<'p>, Fault> {
    const OPERATORS: [(&str, Operator); 6] = [
        ("!=", Operator::Unequal),
        (">=", Operator::GreaterOrEqual),
        ("<=", Operator::LessOrEqual),
        ("=", Operator::Equal),
        (">", Operator::Greater),
        ("<", Operator::Less),
    ];
    if cursor.take("&&") {
        return Ok(Token::And);
    }
    if cursor.take("||") {
        return Ok(Token::Or);
    }
    for (text, operator) in OPERATORS {
        if cursor.take(text) {
            return Ok(Token::Operator(operator));
        }
    }
    let first = cursor.peek();
    match first {
        // The first half of an operator: what does not fit is the character after it.
        Some('!' | '&' | '|') => {
            cursor.next();
            let fault = cursor.unexpected(start);
            Err(match (first, cursor.peek()) {
                (Some('!'), Some('(')) => {
                    fault.hint("there is no negation; turn each operator round instead")
                }
                (Some('&'), _) => fault.hint("conditions are joined with &&"),
                (Some('|'), _) => fault.hint("conditions are joined with ||"),
                _ => fault,
            })
        }
        Some(character) if !character.is_control() => {
            Err(cursor.unexpected(start).hint("a value with this character must stand in double quotes"))
        }
        _ => Err(cursor.unexpected(start)),
    }
}

fn is_word(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '_' | '-' | '*' | '.' | '+')
}

/// Refuses too many regular expressions and wildcard selectors.
pub(crate) fn check_limits(tokens: &[Spanned<'_>]) -> Result<(), Fault> {
    let is_wildcard = |token: &Token<'_>| matches!(token, Token::Selector(path) if path.has_wildcard());
    let is_regex = |token: &Token<'_>| matches!(token, Token::Regex(_));
    let nth = |wanted: &dyn Fn(&Token<'_>) -> bool, index: usize| {
        tokens.iter().filter(|spanned| wanted(&spanned.token)).nth(index).map(|spanned| spanned.span.clone())
    };
    if let Some(span) = nth(&is_wildcard, MAX_WILDCARD_SELECTORS) {
        return Err(Fault::new(Reason::WildcardSelectors, span));
    }
    if let Some(span) = nth(&is_regex, MAX_REGEXES) {
        return Err(Fault::new(Reason::Regexes, span));
    }
    Ok(())
}

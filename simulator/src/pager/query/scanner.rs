//! The text of a query, read from left to right.

use std::ops::Range;

use super::error::QueryProblem;
use super::field::Field;

/// `AND`, `OR`, `NOT`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    And,
    Or,
    Not,
}

/// What stands between a field and its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Comparison {
    Is,
    Less,
    AtMost,
    More,
    AtLeast,
}

/// Text, or an asterisk that stands for any.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    Text(String),
    Any,
}

/// A value as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Value {
    /// The pieces of each word; quoted text is one.
    pub(super) words: Vec<Vec<Piece>>,
    pub(super) quoted: bool,
    pub(super) span: Range<usize>,
}

/// How far an unquoted value goes, at most up to an operator or a parenthesis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    /// One word.
    Word,
    /// All words before a known field with its comparison.
    UpToField,
    /// All words.
    All,
}

/// A problem and its place.
pub(super) type Fault = (QueryProblem, Range<usize>);

#[derive(Debug, Clone)]
pub(super) struct Scanner<'a> {
    text: &'a str,
    at: usize,
    lower_case_operators: bool,
}

impl<'a> Scanner<'a> {
    pub(super) const fn new(text: &'a str, lower_case_operators: bool) -> Self {
        Self { text, at: 0, lower_case_operators }
    }

    pub(super) const fn at(&self) -> usize {
        self.at
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.at += next.len_utf8();
        Some(next)
    }

    pub(super) fn skip_space(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start().len();
    }

    /// Takes `wanted` if it comes next.
    pub(super) fn eat(&mut self, wanted: char) -> bool {
        let eaten = self.peek() == Some(wanted);
        if eaten {
            self.at += wanted.len_utf8();
        }
        eaten
    }

    /// The operator that comes next, and how long it is.
    pub(super) fn operator(&self) -> Option<(Operator, usize)> {
        let rest = self.rest();
        let length = rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len());
        let (word, after) = rest.split_at_checked(length)?;
        if after.starts_with(|c: char| !c.is_whitespace() && !matches!(c, '(' | ')' | '"')) {
            return None;
        }
        let is = |name: &str| word == name || (self.lower_case_operators && word.eq_ignore_ascii_case(name));
        let operator = [("AND", Operator::And), ("OR", Operator::Or), ("NOT", Operator::Not)];
        operator.into_iter().find(|(name, _)| is(name)).map(|(_, operator)| (operator, length))
    }

    /// Takes `wanted` if it comes next.
    pub(super) fn eat_operator(&mut self, wanted: Operator) -> bool {
        match self.operator() {
            Some((operator, length)) if operator == wanted => {
                self.at += length;
                true
            }
            _ => false,
        }
    }

    /// Takes a name and the comparison after it, if both come next.
    pub(super) fn field(&mut self) -> Option<(Range<usize>, &'a str, Comparison)> {
        let mut ahead = self.clone();
        let rest = ahead.rest();
        let is_name = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '-');
        let length = rest.find(|c| !is_name(c)).unwrap_or(rest.len());
        let name = rest.get(..length).filter(|name| !name.is_empty())?;
        let span = ahead.at..ahead.at + length;
        ahead.at += length;
        ahead.skip_space();
        let comparison = match (ahead.next()?, ahead.peek()) {
            (':', _) => Comparison::Is,
            ('<', Some('=')) => Comparison::AtMost,
            ('<', _) => Comparison::Less,
            ('>', Some('=')) => Comparison::AtLeast,
            ('>', _) => Comparison::More,
            _ => return None,
        };
        if matches!(comparison, Comparison::AtMost | Comparison::AtLeast) {
            ahead.next();
        }
        *self = ahead;
        Some((span, name, comparison))
    }

    /// Whether a known field and its comparison come next.
    fn at_field(&self) -> bool {
        self.clone().field().is_some_and(|(_, name, _)| Field::named(name).is_some())
    }

    /// Takes a value.
    pub(super) fn value(&mut self, extent: Extent) -> Result<Value, Fault> {
        self.skip_space();
        let start = self.at;
        if self.peek() == Some('"') {
            let text = self.quoted()?;
            let words = if text.is_empty() { vec![] } else { vec![vec![Piece::Text(text)]] };
            return Ok(Value { words, quoted: true, span: start..self.at });
        }
        let mut words = Vec::new();
        let mut end = start;
        while self.is_word() {
            let goes_on = match extent {
                Extent::Word => words.is_empty(),
                Extent::UpToField => words.is_empty() || !self.at_field(),
                Extent::All => true,
            };
            if !goes_on {
                break;
            }
            words.push(self.word());
            end = self.at;
            self.skip_space();
        }
        self.at = end;
        Ok(Value { words, quoted: false, span: start..end })
    }

    fn is_word(&self) -> bool {
        self.peek().is_some_and(|next| !matches!(next, '(' | ')' | '"')) && self.operator().is_none()
    }

    fn word(&mut self) -> Vec<Piece> {
        let mut pieces = Vec::new();
        let mut text = String::new();
        while let Some(next) = self.peek().filter(|c| !c.is_whitespace() && !matches!(c, '(' | ')')) {
            self.at += next.len_utf8();
            match next {
                '*' => {
                    push(&mut pieces, &mut text);
                    if pieces.last() != Some(&Piece::Any) {
                        pieces.push(Piece::Any);
                    }
                }
                '\\' => text.push(self.next().unwrap_or('\\')),
                _ => text.push(next),
            }
        }
        push(&mut pieces, &mut text);
        pieces
    }

    fn quoted(&mut self) -> Result<String, Fault> {
        let start = self.at;
        self.next();
        let mut text = String::new();
        loop {
            match self.next() {
                Some('"') => return Ok(text),
                Some('\\') => text.push(self.next().unwrap_or('\\')),
                Some(next) => text.push(next),
                None => return Err((QueryProblem::QuoteOpen, start..start + 1)),
            }
        }
    }
}

fn push(pieces: &mut Vec<Piece>, text: &mut String) {
    if !text.is_empty() {
        pieces.push(Piece::Text(std::mem::take(text)));
    }
}

impl Value {
    /// As one text, asterisks included.
    pub(super) fn text(&self) -> String {
        let word = |pieces: &Vec<Piece>| -> String {
            let piece = |piece: &Piece| match piece {
                Piece::Text(text) => text.clone(),
                Piece::Any => "*".to_owned(),
            };
            pieces.iter().map(piece).collect()
        };
        self.words.iter().map(word).collect::<Vec<_>>().join(" ")
    }
}

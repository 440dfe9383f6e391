//! Reads the parts that several kinds of pattern share: words, quoted texts, regular expressions.
//!
//! AWS reports the text from the start of a token up to the character that does not fit, and so does every function
//! here.

use std::ops::Range;

use crate::error::Fault;
use crate::regex;

/// A place in a pattern.
#[derive(Clone)]
pub(crate) struct Cursor<'p> {
    text: &'p str,
    at: usize,
}

impl<'p> Cursor<'p> {
    pub(crate) fn new(text: &'p str) -> Self {
        Self { text, at: 0 }
    }

    pub(crate) fn at(&self) -> usize {
        self.at
    }

    pub(crate) fn rest(&self) -> &'p str {
        self.text.get(self.at..).unwrap_or_default()
    }

    pub(crate) fn slice(&self, span: Range<usize>) -> &'p str {
        self.text.get(span).unwrap_or_default()
    }

    pub(crate) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    pub(crate) fn next(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.at += next.len_utf8();
        Some(next)
    }

    /// Takes `text` if it is next.
    pub(crate) fn take(&mut self, text: &str) -> bool {
        let next = self.rest().starts_with(text);
        if next {
            self.at += text.len();
        }
        next
    }

    /// Takes the characters that fit, as many as there are.
    pub(crate) fn take_while(&mut self, fits: impl Fn(char) -> bool) -> &'p str {
        let rest = self.rest();
        let taken = rest.find(|character| !fits(character)).unwrap_or(rest.len());
        let start = self.at;
        self.at += taken;
        self.slice(start..self.at)
    }

    pub(crate) fn skip_blanks(&mut self) {
        self.take_while(char::is_whitespace);
    }

    /// The fault that the token from `start` does not go on with the next character, or ends here.
    pub(crate) fn unexpected(&self, start: usize) -> Fault {
        let end = self.at + self.peek().map_or(0, char::len_utf8);
        Fault::characters(self.text, start..end)
    }

    /// A text in double quotes, without them. `\"` and `\\` stand for a quote and a backslash; any other backslash
    /// stands for itself. (How AWS wants a quote written inside of quotes is not documented.)
    pub(crate) fn quoted(&mut self) -> Result<String, Fault> {
        let start = self.at;
        self.take("\"");
        let mut inside = String::new();
        while let Some(character) = self.next() {
            match (character, self.peek()) {
                ('"', _) => return Ok(inside),
                ('\\', Some(escaped @ ('"' | '\\'))) => {
                    self.next();
                    inside.push(escaped);
                }
                _ => inside.push(character),
            }
        }
        Err(self.unexpected(start).hint("a double quote is missing at the end"))
    }

    /// A regular expression between percent signs, with them.
    pub(crate) fn regex(&mut self) -> Result<regex::Regex, Fault> {
        let start = self.at;
        self.take("%");
        let source = self.take_while(regex::is_allowed);
        if source.is_empty() || !self.rest().starts_with('%') {
            let fault = self.unexpected(start);
            return Err(match self.peek() {
                None => fault.hint("a percent sign is missing at the end"),
                Some('(' | ')') => fault.hint(r"there are no groups; a literal parenthesis is \x28 or \x29"),
                Some(character) if character.is_ascii_punctuation() => {
                    fault.hint(r"write the character by its code, such as \x21 for an exclamation mark")
                }
                Some(_) => fault,
            });
        }
        self.take("%");
        regex::Regex::new(source).map_err(|_| Fault::new(crate::error::Reason::Regex, start..self.at))
    }
}

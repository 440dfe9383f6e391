//! Selectors of places in a JSON event: `$.a.b`, `$.list[0]`, `$.list[*].c`, `$.*`, `$.['a.b']`.

use crate::cursor::Cursor;
use crate::error::{Fault, Reason};

/// One step into a JSON value.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Step {
    /// The member of an object. Never an element of an array, whatever the name.
    Member(String),
    /// The element of an array, counted from zero. Never a member of an object.
    Element(usize),
    /// Any element or member: `[*]` and `.*` mean the same.
    Any,
}

/// A selector; the steps from the top of the event.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Path {
    pub(crate) steps: Vec<Step>,
}

impl Path {
    pub(crate) fn has_wildcard(&self) -> bool {
        self.steps.contains(&Step::Any)
    }

    /// Reads a selector, as far as it goes. It must begin with `$`.
    pub(crate) fn read(cursor: &mut Cursor<'_>) -> Result<Self, Fault> {
        let start = cursor.at();
        cursor.take("$");
        let mut steps = Vec::new();
        while matches!(cursor.peek(), Some('.' | '[')) {
            // A later step that does not fit is a token of its own for AWS: `$.a[-1]` is refused for `[-`.
            let from = if steps.is_empty() { start } else { cursor.at() };
            steps.push(Step::read(cursor, from)?);
        }
        if steps.is_empty() {
            return Err(cursor.unexpected(start).hint("a selector looks like $.eventName"));
        }
        let path = Self { steps };
        if path.steps.iter().filter(|&step| *step == Step::Any).count() > 1 {
            return Err(Fault::new(Reason::SelectorWildcards, start..cursor.at()));
        }
        Ok(path)
    }
}

impl Step {
    fn read(cursor: &mut Cursor<'_>, start: usize) -> Result<Self, Fault> {
        if cursor.take(".['") {
            let name = cursor.take_while(|character| character != '\'');
            return if cursor.take("']") {
                Ok(Self::Member(name.to_owned()))
            } else {
                Err(cursor.unexpected(start))
            };
        }
        if cursor.take(".*") || cursor.take("[*]") {
            return Ok(Self::Any);
        }
        if cursor.take(".") {
            let name = cursor.take_while(is_name);
            return if name.is_empty() {
                Err(cursor.unexpected(start))
            } else {
                Ok(Self::Member(name.to_owned()))
            };
        }
        cursor.take("[");
        let index = cursor.take_while(|character| character.is_ascii_digit()).parse();
        match index {
            Ok(index) if cursor.take("]") => Ok(Self::Element(index)),
            _ => Err(cursor.unexpected(start)),
        }
    }
}

pub(crate) fn is_name(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '_' | '-')
}

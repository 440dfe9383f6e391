//! Patterns of terms: `ERROR -"BAD REQUEST"`, `?ERROR ?WARN`.

use std::ops::Range;

use memchr::memmem::Finder;

use crate::cursor::Cursor;
use crate::error::Fault;
use crate::path::is_name;

/// How a term counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// Must occur.
    Required,
    /// `-`: must not occur.
    Excluded,
    /// `?`: one of these must occur; without meaning beside terms of other roles.
    Optional,
}

/// A text that is looked for anywhere in the message.
#[derive(Debug, Clone)]
pub(crate) struct Term {
    pub(crate) role: Role,
    pub(crate) text: String,
    finder: Finder<'static>,
    pub(crate) span: Range<usize>,
}

impl Term {
    pub(crate) fn occurs(&self, message: &str) -> bool {
        self.finder.find(message.as_bytes()).is_some()
    }
}

/// A pattern of terms. Without any, it matches every event.
#[derive(Debug, Clone)]
pub(crate) struct Terms {
    pub(crate) terms: Vec<Term>,
}

impl Terms {
    pub(crate) fn parse(text: &str) -> Result<Self, Fault> {
        let mut cursor = Cursor::new(text);
        let mut terms = Vec::new();
        loop {
            cursor.skip_blanks();
            let start = cursor.at();
            if cursor.peek().is_none() {
                return Ok(Self { terms });
            }
            let role = if cursor.take("-") {
                Role::Excluded
            } else if cursor.take("?") {
                Role::Optional
            } else {
                Role::Required
            };
            if role != Role::Required {
                // Published patterns have a blank here: `"ERROR" - "Exiting"`.
                cursor.skip_blanks();
            }
            let text = match cursor.peek() {
                Some('"') => cursor.quoted()?,
                Some(character) if is_name(character) && character != '-' => {
                    cursor.take_while(is_name).to_owned()
                }
                None | Some('-' | '?') => return Err(Fault::syntax(start..cursor.at())),
                Some('*') => {
                    return Err(cursor
                        .unexpected(cursor.at())
                        .hint("terms have no wildcards; a part of a word is enough"));
                }
                Some(_) => {
                    let fault = cursor.unexpected(cursor.at());
                    return Err(fault.hint("a term with this character must stand in double quotes"));
                }
            };
            let finder = Finder::new(text.as_bytes()).into_owned();
            terms.push(Term { role, text, finder, span: start..cursor.at() });
        }
    }

    pub(crate) fn with_role(&self, role: Role) -> impl Iterator<Item = &Term> {
        self.terms.iter().filter(move |term| term.role == role)
    }

    /// Whether the optional terms count.
    pub(crate) fn is_only_optional(&self) -> bool {
        self.terms.iter().all(|term| term.role == Role::Optional)
    }

    pub(crate) fn matches(&self, message: &str) -> bool {
        if self.is_only_optional() {
            return self.terms.is_empty() || self.terms.iter().any(|term| term.occurs(message));
        }
        self.terms.iter().all(|term| match term.role {
            Role::Required => term.occurs(message),
            Role::Excluded => !term.occurs(message),
            Role::Optional => true,
        })
    }
}

//! Where in the template a value stands.

use std::fmt;

/// A place in a template, as a chain from the value up to the section.
#[derive(Clone, Copy)]
pub(super) struct Path<'a> {
    parent: Option<&'a Path<'a>>,
    segment: Segment<'a>,
    /// What may be referred to from here.
    pub(super) scope: Scope,
}

#[derive(Clone, Copy)]
enum Segment<'a> {
    Key(&'a str),
    Index(usize),
}

/// What a value may refer to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scope {
    /// Parameters and mappings, as in `Conditions`.
    Parameters,
    /// Resources too, as in `Resources` and `Outputs`.
    Resources,
}

impl<'a> Path<'a> {
    pub(super) fn section(name: &'a str, scope: Scope) -> Self {
        Self { parent: None, segment: Segment::Key(name), scope }
    }

    pub(super) fn key(&'a self, key: &'a str) -> Self {
        Self { parent: Some(self), segment: Segment::Key(key), scope: self.scope }
    }

    pub(super) fn index(&'a self, index: usize) -> Self {
        Self { parent: Some(self), segment: Segment::Index(index), scope: self.scope }
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(parent) = self.parent {
            write!(f, "{parent}.")?;
        }
        match self.segment {
            Segment::Key(key) => f.write_str(key),
            Segment::Index(index) => write!(f, "{index}"),
        }
    }
}

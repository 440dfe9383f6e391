//! A value as the template's author wrote it.

/// A value of a template, with the line on which it begins where the notation tells (YAML does).
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Node {
    pub(super) kind: Kind,
    pub(super) line: Option<usize>,
}

/// What a value is. Numbers keep their spelling: joined to a text, `1.10` stays `1.10`.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Kind {
    Null,
    Bool(bool),
    Number(String),
    Text(String),
    List(Vec<Node>),
    Map(Vec<(String, Node)>),
}

impl Node {
    pub(super) fn new(kind: Kind, line: Option<usize>) -> Self {
        Self { kind, line }
    }

    /// The value under `key`, where this is a map.
    pub(super) fn get(&self, key: &str) -> Option<&Self> {
        self.entries()?.iter().find(|(name, _)| name == key).map(|(_, value)| value)
    }

    pub(super) fn entries(&self) -> Option<&[(String, Self)]> {
        match &self.kind {
            Kind::Map(entries) => Some(entries),
            _ => None,
        }
    }

    pub(super) fn items(&self) -> Option<&[Self]> {
        match &self.kind {
            Kind::List(items) => Some(items),
            _ => None,
        }
    }

    pub(super) fn text(&self) -> Option<&str> {
        match &self.kind {
            Kind::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The text of any single value: CloudFormation takes `true` for `"true"` and `1` for `"1"`.
    pub(super) fn scalar(&self) -> Option<&str> {
        match &self.kind {
            Kind::Text(text) | Kind::Number(text) => Some(text),
            Kind::Bool(value) => Some(bool_text(*value)),
            Kind::Null | Kind::List(_) | Kind::Map(_) => None,
        }
    }

    /// The one entry of a map that has no other, as a function call has.
    pub(super) fn call(&self) -> Option<(&str, &Self)> {
        match self.entries()? {
            [(name, argument)] => Some((name, argument)),
            _ => None,
        }
    }
}

/// How CloudFormation writes a boolean as text.
pub(super) fn bool_text(value: bool) -> &'static str {
    if value { "true" } else { "false" }
}

//! Templates of an alert's fields: text with `{{Name}}` in it, for the values of the parsed record.

use std::str::FromStr;

use serde::Deserialize;
use thiserror::Error;

use super::record::ParsedRecord;

/// A text that cannot be a template.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TemplateError {
    /// `{{` without `}}`.
    #[error("the template has {{{{ without }}}}: {0}")]
    Open(String),
    /// Something else than a name.
    #[error("{{{{{0}}}}} is no name of a parsed field; methods such as substring are not known here")]
    Name(String),
}

/// A text with `{{Name}}` in it. A field that the record does not have is empty.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(try_from = "String")]
pub struct Template(Vec<Part>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    Field(String),
}

impl Template {
    /// The text for a record, without white space around it.
    #[must_use]
    pub fn render(&self, record: &ParsedRecord) -> String {
        let part = |part: &Part| match part {
            Part::Text(text) => text.clone(),
            Part::Field(name) => record.get(name).unwrap_or_default().to_owned(),
        };
        let text: String = self.0.iter().map(part).collect();
        text.trim().to_owned()
    }

    pub(super) fn fixed(text: &str) -> Self {
        Self(vec![Part::Text(text.to_owned())])
    }

    /// Of the names, each on a paragraph of its own.
    pub(super) fn paragraphs(names: &[&str]) -> Self {
        let mut parts = Vec::new();
        for name in names {
            if !parts.is_empty() {
                parts.push(Part::Text("\n\n".to_owned()));
            }
            parts.push(Part::Field((*name).to_owned()));
        }
        Self(parts)
    }
}

impl FromStr for Template {
    type Err = TemplateError;

    fn from_str(text: &str) -> Result<Self, TemplateError> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("{{") {
            let (name, behind) =
                after.split_once("}}").ok_or_else(|| TemplateError::Open(text.to_owned()))?;
            let name = name.trim();
            if name.is_empty() || !name.chars().all(|c| c.is_alphanumeric() || c == '_') {
                return Err(TemplateError::Name(name.to_owned()));
            }
            parts.push(Part::Text(before.to_owned()));
            parts.push(Part::Field(name.to_owned()));
            rest = behind;
        }
        parts.push(Part::Text(rest.to_owned()));
        parts.retain(|part| *part != Part::Text(String::new()));
        Ok(Self(parts))
    }
}

impl TryFrom<String> for Template {
    type Error = TemplateError;

    fn try_from(text: String) -> Result<Self, TemplateError> {
        text.parse()
    }
}

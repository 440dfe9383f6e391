//! What is not published about the language, as switches.

use serde::Deserialize;

/// How a query is read where Opsgenie's documents are silent. Each default is the likelier answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct QueryRules {
    /// What it means that `message` or `description` has a value.
    pub text: TextMatch,
    /// Whether `*` stands for any text. Otherwise it is an asterisk.
    pub wildcards: bool,
    /// What text without a field means.
    pub free_text: FreeText,
    /// Whether `and`, `or` and `not` are operators, as `AND`, `OR` and `NOT` are. Otherwise they are words.
    pub lower_case_operators: bool,
}

/// How `message`, `description` and text without a field are searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TextMatch {
    /// The value stands in it as it is, in whatever case.
    #[default]
    Contains,
    /// Each word of the value is a word of it; quoted words stand side by side.
    Words,
}

/// What text without a field means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FreeText {
    /// It stands in the message, description, alias, entity, source, a tag or a detail.
    #[default]
    Anywhere,
    /// It stands in the message.
    Message,
    /// Nothing: the query is refused.
    Refused,
}

impl Default for QueryRules {
    fn default() -> Self {
        Self {
            text: TextMatch::default(),
            wildcards: true,
            free_text: FreeText::default(),
            lower_case_operators: true,
        }
    }
}

//! The rule language of composite alarms: `ALARM("a") AND NOT OK("b")`.

mod error;
mod evaluate;
mod lexer;
mod parser;
mod tree;

pub use error::RuleError;
pub(super) use tree::{Rule, alarm_name};

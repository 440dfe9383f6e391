//! JSON patterns: `{ ($.eventName = ConsoleLogin) && ($.errorMessage = "Failed authentication") }`.
//!
//! A pattern is parsed ([`parser`]) into conditions ([`condition`]). Any number of patterns are compiled together
//! ([`index`], [`needed`]): their selectors become one tree ([`tree`]), along which the text of an event is walked once
//! ([`walk`], [`reader`], [`string`], [`nesting`]) to find the values that any condition looks at ([`found`]). With them
//! the patterns are run ([`run`], [`program`]).

pub(crate) mod condition;
pub(crate) mod found;
pub(crate) mod index;
pub(crate) mod needed;
pub(crate) mod nesting;
pub(crate) mod parser;
pub(crate) mod program;
pub(crate) mod reader;
pub(crate) mod run;
pub(crate) mod string;
pub(crate) mod tree;
pub(crate) mod walk;

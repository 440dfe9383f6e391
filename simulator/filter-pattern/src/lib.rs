#![doc = include_str!("../README.md")]
//!
//! # Map
//!
//! Text becomes a [`FilterPattern`] or a [`PatternError`]; patterns become a [`PatternSet`]; a set makes a [`Matcher`]
//! for each thread. [`Selector`] and [`Scalar`] are what metric filters take from events, [`Explanation`] says why an
//! event matches.

mod bits;
mod cursor;
mod error;
mod explain;
mod expression;
mod json;
mod lexer;
mod literals;
mod number;
mod operand;
mod path;
mod pattern;
mod regex;
mod search;
mod selector;
mod set;
mod space;
mod terms;
mod wildcard;

pub use error::{PatternError, Reason};
pub use explain::{Check, Explanation};
pub use pattern::{Extracted, FilterPattern, PatternKind};
pub use selector::{Scalar, Selector};
pub use set::{Matcher, PatternSet};

/// The most characters that a pattern may have (`FilterPattern` in the CloudWatch Logs API reference).
pub const MAX_PATTERN_CHARACTERS: usize = 1024;
/// The most regular expressions in a pattern (recorded).
pub const MAX_REGEXES: usize = 2;
/// The most selectors with a wildcard in a pattern (recorded). Each may have one wildcard.
pub const MAX_WILDCARD_SELECTORS: usize = 3;

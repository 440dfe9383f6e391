//! Space-delimited patterns: `[ip, user, ..., status = 4*, bytes > 1000]`.

pub(crate) mod parser;
pub(crate) mod pattern;
pub(crate) mod tokens;

pub(crate) use pattern::Fields;
pub(crate) use tokens::Tokens;

//! Metric math: expressions over metrics, as alarms use them.
//!
//! Semantics after "Using math expressions with CloudWatch metrics" in the CloudWatch guide.

mod evaluate;
mod expression;
mod functions;
mod lexer;
mod parser;
mod shape;

pub(super) use evaluate::{Scope, Value, evaluate};
pub(super) use expression::Expression;
pub use expression::MathError;
pub(super) use parser::parse;

/// A time series: one value a bucket, oldest first, none where it is missing.
pub(super) type Series = Vec<Option<f64>>;

//! The language as a whole: against what AWS answered, and against an evaluator that is slow and obvious.

#![allow(clippy::unwrap_used, clippy::expect_used)]

/// Random patterns and events: the fast way and the slow way give one verdict.
mod agreement;
/// What real CloudTrail events match, against an independent count.
mod counts;
/// What AWS answered.
mod recorded;
/// Where a refusal points, and what it says.
mod refusals;
/// The rules one by one.
mod rules;
/// Sets against patterns one by one.
mod sets;
/// The slow and obvious evaluator.
mod slow;

mod real_data;

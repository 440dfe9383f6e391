//! CloudTrail events: real ones read, generated ones watched for, all counted by metric filters.
#![allow(clippy::unwrap_used, clippy::expect_used)]

/// Every real event is read, whole.
mod corpora;
mod support;

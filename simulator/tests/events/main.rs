//! CloudTrail events: real ones read, generated ones watched for, all counted by metric filters.
#![allow(clippy::unwrap_used, clippy::expect_used)]

/// Every real event is read, whole.
mod corpora;
/// Metric filters count real events as an independent evaluator does.
mod counts;
/// What generated events are matched by the patterns of the published template and of CIS.
mod generated;
/// Batches are taken or refused by their rules, and filters by their limits.
mod limits;
/// Metric filters publish what AWS was recorded to publish, and are refused as there.
mod recorded;
mod support;

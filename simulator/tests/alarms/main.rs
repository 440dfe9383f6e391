//! Alarms against what AWS documents, what was measured, and what was recorded.
#![allow(clippy::unwrap_used, clippy::expect_used)]

/// `trailbell-sim evaluate`.
mod command;
/// Composite alarms: scenarios as they were recorded, step by step.
mod composites;
/// `PutMetricAlarm`, `SetAlarmState`, history and delivery as they were recorded.
mod controls;
/// Single evaluations as they were recorded.
mod evaluations;
/// Whatever happens, some things hold.
mod invariants;
/// The tables of AWS's guide and measured alarms.
mod missing_data;
/// Subject and Message, to the byte.
mod publications;
/// Notifications that people have published.
mod published;
/// Reasons, one of each kind.
mod reasons;
/// The rule language: what is accepted, and what AWS says of the rest.
mod rule_language;
mod support;

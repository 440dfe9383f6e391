//! Templates and plans, read as a user gives them.
#![allow(clippy::unwrap_used, clippy::expect_used)]

/// `check-template` on the command line.
mod command;
/// Intrinsic functions, names and attributes, case by case.
mod functions;
/// Broken and changed texts.
mod mutations;
/// The project's own templates.
mod own_templates;
/// Every template of the real data.
mod real_templates;
mod support;
/// Terraform plans.
mod terraform;

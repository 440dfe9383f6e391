//! Whether a stack will page, and whether the page will close.
//!
//! Errors are what AWS refuses. Warnings are what AWS takes, and what leaves people unwarned or alerts open.
//!
//! | Subject | Where |
//! |---|---|
//! | An alarm's settings | `alarm_settings` |
//! | Whom an alarm tells | `actions` |
//! | What an alarm watches | `metrics` |
//! | Metric filters | `filters` |
//! | Topics, policies and subscriptions | `topics` |
//! | Names that stand twice | `names` |

mod actions;
mod alarm_settings;
mod filters;
mod metrics;
mod names;
mod property;
mod topics;

use std::fmt;

use serde::Serialize;

use super::stack::{Resource, Stack};

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// AWS refuses it.
    Error,
    /// AWS takes it, but it will not do what alarms are for.
    Warning,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Error => "error",
            Self::Warning => "warning",
        })
    }
}

/// Something that a reader of the template should know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// How bad it is.
    pub severity: Severity,
    /// The resource's logical id.
    pub resource: String,
    /// The rule, in a word or two: `no-ok-action`.
    pub rule: &'static str,
    /// What is wrong, and what would be right.
    pub message: String,
}

/// Collects what is found about one resource after the other.
#[derive(Default)]
struct Findings(Vec<Finding>);

impl Findings {
    fn error(&mut self, resource: &Resource, rule: &'static str, message: impl Into<String>) {
        self.add(Severity::Error, resource, rule, message.into());
    }

    fn warning(&mut self, resource: &Resource, rule: &'static str, message: impl Into<String>) {
        self.add(Severity::Warning, resource, rule, message.into());
    }

    fn add(&mut self, severity: Severity, resource: &Resource, rule: &'static str, message: String) {
        self.0.push(Finding { severity, resource: resource.logical_id.clone(), rule, message });
    }
}

/// Everything that is found, in the order of the stack's resources, errors first for each.
#[must_use]
pub fn check(stack: &Stack) -> Vec<Finding> {
    let mut findings = Findings::default();
    filters::check(stack, &mut findings);
    alarm_settings::check(stack, &mut findings);
    metrics::check(stack, &mut findings);
    actions::check(stack, &mut findings);
    topics::check(stack, &mut findings);
    names::check(stack, &mut findings);
    let position =
        |finding: &Finding| stack.resources.iter().position(|it| it.logical_id == finding.resource);
    let mut findings = findings.0;
    findings.sort_by_key(|finding| (position(finding), finding.severity));
    findings
}

#[cfg(test)]
mod tests;

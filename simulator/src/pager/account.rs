//! One account: its alerts, its directory, its integrations.

use std::sync::Arc;

use super::alerts::Alerts;
use super::directory::Directory;

/// Whose key made an alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Integration {
    /// Its id.
    pub id: Arc<str>,
    /// Its name.
    pub name: String,
    /// Its type: `API`, `CloudWatch`.
    pub kind: &'static str,
}

/// An account. Nothing of one is seen in another.
#[derive(Debug)]
pub struct Account {
    number: usize,
    name: String,
    directory: Directory,
    alerts: Alerts,
}

impl Account {
    /// Its number, from 0, in the order in which accounts were made.
    #[must_use]
    pub const fn number(&self) -> usize {
        self.number
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Who can be paged.
    #[must_use]
    pub const fn directory(&self) -> &Directory {
        &self.directory
    }

    /// Its alerts.
    #[must_use]
    pub const fn alerts(&self) -> &Alerts {
        &self.alerts
    }
}

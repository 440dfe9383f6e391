//! What became of a write, in the service's words where they are known.

use std::borrow::Cow;
use std::sync::Arc;

use super::super::alert::Alert;
use super::Done;

/// What became of a write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Whether it did what it was to do.
    pub success: bool,
    /// What it was: `Create`, `Close`, …
    pub action: &'static str,
    /// What came of it, in a few words.
    pub status: Cow<'static, str>,
    /// The alert's id; empty if there is none.
    pub alert_id: Arc<str>,
    /// The alert's alias; empty if there is none.
    pub alias: Arc<str>,
}

impl Outcome {
    /// It did what it was to do.
    pub(super) fn success(action: &'static str, status: impl Into<Cow<'static, str>>, alert: &Alert) -> Self {
        let (alert_id, alias) = (Arc::clone(&alert.id), Arc::clone(&alert.alias));
        Self { success: true, action, status: status.into(), alert_id, alias }
    }

    /// It did nothing, and there is no alert to name.
    pub(in super::super) fn failure(action: &'static str, status: impl Into<Cow<'static, str>>) -> Self {
        Self { success: false, action, status: status.into(), alert_id: "".into(), alias: "".into() }
    }

    /// It did nothing to this alert.
    pub(super) fn failure_of(
        action: &'static str,
        status: impl Into<Cow<'static, str>>,
        alert: &Alert,
    ) -> Self {
        Self { success: false, ..Self::success(action, status, alert) }
    }

    pub(super) const fn unchanged(self) -> Done {
        Done { outcome: self, change: None }
    }
}

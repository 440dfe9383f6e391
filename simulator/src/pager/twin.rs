//! The whole twin: a request and a time go in, a reply comes out.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;

use super::account::Account;
use super::changes::{ChangeLog, Changes};
use super::command::Command;
use super::http::{Received, Reply};
use super::ids::RequestId;
use super::settings::Settings;

/// How a write that passed its validation is processed: a fault changes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Processing {
    /// As the settings say.
    #[default]
    Normal,
    /// Never: it was accepted and is lost. Its outcome is never there.
    Lost,
    /// So much later.
    Late(TimeDelta),
    /// Before all that waits in its account already.
    Overtaking,
}

/// The twin. Plain and synchronous: it does nothing of itself.
#[derive(Debug)]
pub struct Twin {
    #[expect(dead_code, reason = "read by the calls that follow")]
    settings: Settings,
    accounts: Vec<Account>,
    changes: ChangeLog,
    confirmations: Vec<String>,
}

impl Twin {
    /// A twin without alerts.
    #[must_use]
    pub fn new(settings: Settings, _now: DateTime<Utc>) -> Self {
        let changes = ChangeLog::new(settings.changes_kept);
        Self { settings, accounts: Vec::new(), changes, confirmations: Vec::new() }
    }

    /// Answers a request to the API of Opsgenie or JSM or to the hosted webhook; never one to `/_twin` or the inbox.
    /// What is due takes effect first.
    pub fn handle(&mut self, _request: &Received, _processing: Processing, now: DateTime<Utc>) -> Reply {
        self.advance(now);
        Reply::json(501, &json!({"message": "Not Implemented", "took": 0.0, "requestId": ""}))
    }

    /// When the next waiting write takes effect.
    #[must_use]
    pub const fn next_due(&self) -> Option<DateTime<Utc>> {
        None
    }

    /// Lets everything that is due take effect.
    pub fn advance(&mut self, _now: DateTime<Utc>) {}

    /// The accounts, in the order in which they were made.
    pub fn accounts(&self) -> impl Iterator<Item = &Account> {
        self.accounts.iter()
    }

    /// The number of the newest change; 0 if there was none.
    #[must_use]
    pub const fn last_change(&self) -> u64 {
        self.changes.last()
    }

    /// The changes after the one of this number.
    #[must_use]
    pub fn changes_since(&self, sequence: u64) -> Changes {
        self.changes.since(sequence)
    }

    /// The URLs that the hosted webhook was asked to visit to confirm subscriptions, since the last call.
    pub fn take_confirmations(&mut self) -> Vec<String> {
        std::mem::take(&mut self.confirmations)
    }

    /// Removes all alerts, outcomes and waiting writes, and fills the token buckets. Settings and accounts stay, ids go
    /// on.
    pub fn reset(&mut self, _now: DateTime<Utc>) {}

    /// Marks an alert as seen, as opening it in the inbox does; false if there is no such alert.
    pub fn mark_seen(&mut self, _account: usize, _alert_id: &str, _now: DateTime<Utc>) -> bool {
        false
    }

    /// Sets how long outcomes stay unreadable after their effect, for a fault.
    pub fn set_status_delay(&mut self, _delay: TimeDelta) {}

    /// Takes a write that came by another way than the API, such as a button of the inbox, as if it had been accepted
    /// there. `None` if there is no such account.
    pub fn submit(&mut self, _account: usize, _command: Command, _now: DateTime<Utc>) -> Option<RequestId> {
        None
    }
}

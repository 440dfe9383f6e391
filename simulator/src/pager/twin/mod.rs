//! The whole twin: a request and a time go in, a reply comes out.

mod answer;
mod process;

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use super::account::{Account, Integration};
use super::alerts::Origin;
use super::api;
use super::changes::{ChangeKind, ChangeLog, Changes};
use super::command::Command;
use super::hosted::Confirmation;
use super::http::{Received, Reply};
use super::ids::{RequestId, named_id};
use super::keys::Keys;
use super::requests::{Queue, Waiting};
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
///
/// ```
/// use chrono::{DateTime, TimeDelta};
/// use trailbell_sim::pager::{Processing, Received, Settings, Twin};
///
/// let settings = Settings { processing_delay_ms: 500, ..Settings::default() };
/// let mut now = DateTime::UNIX_EPOCH;
/// let mut twin = Twin::new(settings, now);
/// let create = Received {
///     method: "POST".to_owned(),
///     path: "/v2/alerts".to_owned(),
///     query: None,
///     headers: vec![("Authorization".to_owned(), "GenieKey 11111111-2222-4333-8444-555555555555".to_owned())],
///     body: r#"{"message": "disk full", "alias": "disk"}"#.into(),
/// };
/// assert_eq!(twin.handle(&create, Processing::Normal, now).status, 202);
///
/// let alerts = |twin: &Twin| twin.accounts().map(|account| account.alerts().open_count()).sum::<usize>();
/// assert_eq!(alerts(&twin), 0);
/// now += TimeDelta::milliseconds(500);
/// assert_eq!(twin.next_due(), Some(now));
/// twin.advance(now);
/// assert_eq!(alerts(&twin), 1);
/// ```
#[derive(Debug)]
pub struct Twin {
    settings: Settings,
    keys: Keys,
    accounts: Vec<Account>,
    queue: Queue,
    changes: ChangeLog,
    confirmations: Vec<Confirmation>,
    status_delay: TimeDelta,
    /// How many requests there were.
    requests: u64,
    /// How many accounts the open mode made.
    opened: usize,
}

impl Twin {
    /// A twin without alerts.
    #[must_use]
    pub fn new(settings: Settings, now: DateTime<Utc>) -> Self {
        let mut keys = Keys::default();
        let mut accounts = Vec::with_capacity(settings.accounts.len());
        for (number, of_account) in settings.accounts.iter().enumerate() {
            let directory = of_account.directory.as_ref().unwrap_or(&settings.directory).clone();
            let name = of_account.name.clone();
            let account =
                Account::new(number, name, directory, of_account.plan_lacks.clone(), &settings, now);
            for key in &of_account.keys {
                keys.add(settings.seed, number, key, &account.people);
            }
            accounts.push(account);
        }
        Self {
            keys,
            accounts,
            queue: Queue::default(),
            changes: ChangeLog::new(settings.changes_kept),
            confirmations: Vec::new(),
            status_delay: settings.status_delay(),
            requests: 0,
            opened: 0,
            settings,
        }
    }

    /// Answers a request to the API of Opsgenie or JSM or to the hosted webhook; never one to `/_twin` or the inbox.
    /// What is due takes effect first, and last.
    pub fn handle(&mut self, request: &Received, processing: Processing, now: DateTime<Utc>) -> Reply {
        self.advance(now);
        let id = self.next_request();
        let (reply, throttled) = match self.answer(request, processing, id, now) {
            Ok(answered) => answered,
            Err(refusal) => {
                (refusal.reply(id, self.settings.switches.error_bodies), refusal.throttled_period())
            }
        };
        // Without a delay a write has its effect before its answer.
        self.advance(now);
        api::finish(reply, id, throttled, &self.settings.switches)
    }

    /// When the next waiting write takes effect.
    #[must_use]
    pub fn next_due(&self) -> Option<DateTime<Utc>> {
        self.queue.next_due()
    }

    /// Lets everything that is due take effect.
    pub fn advance(&mut self, now: DateTime<Utc>) {
        while let Some((due, waiting)) = self.queue.pop_due(now) {
            self.process(waiting, due);
        }
    }

    /// The accounts, in the order in which they were made.
    pub fn accounts(&self) -> impl Iterator<Item = &Account> {
        self.accounts.iter()
    }

    /// What it was told.
    #[must_use]
    pub const fn settings(&self) -> &Settings {
        &self.settings
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

    /// The subscriptions that the hosted webhook was asked to confirm since the last call. Visiting is the edge's.
    pub fn take_confirmations(&mut self) -> Vec<Confirmation> {
        std::mem::take(&mut self.confirmations)
    }

    /// Removes all alerts, outcomes and waiting writes, and fills the token buckets. Settings and accounts stay, ids go
    /// on.
    pub fn reset(&mut self, now: DateTime<Utc>) {
        self.queue.clear();
        self.confirmations.clear();
        for account in &mut self.accounts {
            account.alerts.clear();
            account.outcomes.clear();
            account.limits.refill(now);
            self.changes.push(now, account.number, "".into(), "".into(), ChangeKind::Reset);
        }
    }

    /// Marks an alert as seen, as opening it in the inbox does; false if there is no such alert.
    pub fn mark_seen(&mut self, account: usize, alert_id: &str, now: DateTime<Utc>) -> bool {
        let Some(account) = self.accounts.get_mut(account) else { return false };
        if let Some((id, alias)) = account.alerts.mark_seen(alert_id) {
            self.changes.push(now, account.number, id, alias, ChangeKind::Updated);
        }
        account.alerts.by_id(alert_id).is_some()
    }

    /// Sets how long outcomes stay unreadable after their effect, for a fault. It holds for effects from now on.
    pub const fn set_status_delay(&mut self, delay: TimeDelta) {
        self.status_delay = delay;
    }

    /// Takes a write that came by another way than the API, such as a button of the inbox, as if it had been accepted
    /// there. It takes effect at once. `None` if there is no such account.
    pub fn submit(&mut self, account: usize, command: Command, now: DateTime<Utc>) -> Option<RequestId> {
        self.accounts.get(account)?;
        self.advance(now);
        let request = self.next_request();
        let id = named_id(self.settings.seed, "integration", "inbox");
        let integration = Arc::new(Integration { id, name: "Inbox".to_owned(), kind: "API" });
        let origin = Origin { request, integration, team: None, names: true };
        self.process(Waiting { account, command, origin, patience: None, held_for: None }, now);
        self.advance(now);
        Some(request)
    }

    fn next_request(&mut self) -> RequestId {
        self.requests += 1;
        RequestId::new(self.settings.seed, self.requests)
    }
}

//! The whole twin: a request and a time go in, a reply comes out.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use super::account::{Account, Integration};
use super::alerts::Origin;
use super::api::{self, Call, Reads, Refusal, Right};
use super::changes::{ChangeKind, ChangeLog, Changes};
use super::command::{Command, Identifier};
use super::http::{Received, Reply};
use super::ids::{RequestId, named_id};
use super::keys::{Key, KeyProblem, Keys};
use super::requests::{Processed, Queue, Waiting};
use super::settings::{KeyKind, Order, PlanRefusal, Product, Settings, Throttled, UnknownAlert};
use crate::random::{Purpose, Random};

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
    settings: Settings,
    keys: Keys,
    accounts: Vec<Account>,
    queue: Queue,
    changes: ChangeLog,
    confirmations: Vec<String>,
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
                keys.add(settings.seed, number, key, account.directory());
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

    /// The URLs that the hosted webhook was asked to visit to confirm subscriptions, since the last call.
    pub fn take_confirmations(&mut self) -> Vec<String> {
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

    /// The answer, and the period of the limit that delayed it.
    fn answer(
        &mut self,
        request: &Received,
        processing: Processing,
        id: RequestId,
        now: DateTime<Utc>,
    ) -> Result<(Reply, Option<u32>), Refusal> {
        let segments = request.segments();
        let api::Route { product, call } = api::route(&request.method, &segments, &self.settings.switches)?;
        let key = self.authenticate(request, call, product, now)?;
        let integration = allow(&key, call)?;
        let account = self.accounts.get_mut(key.account).ok_or_else(Refusal::unauthenticated)?;
        let throttled = match account.limits.take(call.domain(), now) {
            Ok(()) => None,
            Err(exhausted) if self.settings.switches.throttled == Throttled::Delay && call.is_write() => {
                Some(exhausted.period)
            }
            Err(exhausted) => return Err(Refusal::throttled(exhausted.period)),
        };
        api::check_media_types(request, call, &self.settings.switches)?;

        let account = self.accounts.get(key.account).ok_or_else(Refusal::unauthenticated)?;
        let reads = Reads { request, account, settings: &self.settings, id, now };
        if let Some(reply) = reads.answer(call)? {
            return Ok((reply, throttled));
        }
        let names = product != Product::Jsm || self.settings.switches.jsm_responder_names;
        let origin = Origin { request: id, integration, team: key.team, names };
        let Some(command) = api::read_command(request, call, &self.settings.switches, now)? else {
            return Err(Refusal::not_built("the hosted webhook"));
        };
        self.check_at_once(account, &command)?;
        let waiting = Waiting { account: key.account, command, origin, patience: None, held_for: None };
        self.enqueue(waiting, processing, throttled, now);
        Ok((api::accepted(id), throttled))
    }

    /// The key of a request. In the open mode an unknown one opens an account.
    fn authenticate(
        &mut self,
        request: &Received,
        call: Call<'_>,
        product: Product,
        now: DateTime<Utc>,
    ) -> Result<Key, Refusal> {
        let text = if call == Call::Webhook {
            request.parameter("apiKey").map(std::borrow::Cow::into_owned)
        } else {
            request.header("authorization").and_then(genie_key).map(str::to_owned)
        };
        match self.keys.find(text.as_deref(), product) {
            Ok(key) => Ok(key.clone()),
            Err(KeyProblem::Form) => Err(Refusal::key_form()),
            Err(KeyProblem::Unknown) if self.settings.open && self.opened < self.settings.open_accounts => {
                let number = self.accounts.len();
                let name = format!("account-{}", number + 1);
                let directory = self.settings.directory.clone();
                self.accounts.push(Account::new(number, name, directory, Vec::new(), &self.settings, now));
                self.opened += 1;
                Ok(self.keys.open(self.settings.seed, number, &text.unwrap_or_default()))
            }
            Err(KeyProblem::Missing | KeyProblem::Unknown) => Err(Refusal::unauthenticated()),
        }
    }

    /// What some believe to be refused at once, and others in the outcome.
    fn check_at_once(&self, account: &Account, command: &Command) -> Result<(), Refusal> {
        let Command::Act { on, action, .. } = command else { return Ok(()) };
        let switches = &self.settings.switches;
        if switches.plan_refusal == PlanRefusal::PaymentRequired {
            let lacking = action.plan_action().filter(|action| account.plan_lacks.contains(action));
            if let Some(lacking) = lacking {
                return Err(Refusal::payment_required(lacking.refusal()));
            }
        }
        if switches.unknown_alert == UnknownAlert::NotFound && account.alerts.get(on).is_none() {
            return Err(Refusal::no_such_alert());
        }
        Ok(())
    }

    /// Lets an accepted write wait for its effect.
    fn enqueue(
        &mut self,
        waiting: Waiting,
        processing: Processing,
        throttled: Option<u32>,
        now: DateTime<Utc>,
    ) {
        let mut delay = match self.settings.switches.order {
            Order::Arrival => self.settings.processing_delay(),
            Order::Shuffled => {
                let mut random = Random::new(self.settings.seed, Purpose::Order, self.requests);
                let most = self.settings.processing_delay_ms.saturating_mul(2);
                TimeDelta::milliseconds(random.between(0, most).into())
            }
        };
        delay += TimeDelta::seconds(throttled.unwrap_or(0).into());
        if let Processing::Late(late) = processing {
            delay += late.max(TimeDelta::zero());
        }
        let due = now.checked_add_signed(delay).unwrap_or(DateTime::<Utc>::MAX_UTC);
        match processing {
            Processing::Normal | Processing::Late(_) => self.queue.push(due, waiting),
            Processing::Overtaking => self.queue.push_first(due, waiting),
            Processing::Lost => {}
        }
    }

    /// Carries out a write.
    fn process(&mut self, mut waiting: Waiting, at: DateTime<Utc>) {
        let Some(account) = self.accounts.get_mut(waiting.account) else { return };
        if let (Some(patience), Command::Act { on: Identifier::Alias(alias), .. }) =
            (waiting.patience.take(), &waiting.command)
            && patience > TimeDelta::zero()
            && account.alerts.open(alias).is_none()
        {
            let alias = alias.clone();
            let end = at.checked_add_signed(patience).unwrap_or(DateTime::<Utc>::MAX_UTC);
            self.queue.push_patient(alias, end, waiting);
            return;
        }
        let Waiting { account: number, command, origin, .. } = waiting;
        let (alerts, rules) = account.alerts_and_rules(&self.settings, at);
        let done = alerts.apply(command, &origin, &rules);
        let outcome = done.outcome;
        if let Some(kind) = done.change {
            let (id, alias) = (Arc::clone(&outcome.alert_id), Arc::clone(&outcome.alias));
            if kind == ChangeKind::Created {
                self.queue.wake(number, &alias, at);
            }
            self.changes.push(at, number, id, alias, kind);
        }
        let readable_at = at.checked_add_signed(self.status_delay).unwrap_or(DateTime::<Utc>::MAX_UTC);
        let processed = Processed { outcome, processed_at: at, readable_at, integration: origin.integration };
        account.outcomes.insert(origin.request, processed, self.settings.outcomes_kept);
    }
}

/// The key of an `Authorization` header.
fn genie_key(header: &str) -> Option<&str> {
    let (scheme, key) = header.trim().split_once(' ')?;
    scheme.eq_ignore_ascii_case("GenieKey").then_some(key.trim())
}

/// The integration of a key, if the key is of the kind that the call wants and has the right to it.
fn allow(key: &Key, call: Call<'_>) -> Result<Arc<Integration>, Refusal> {
    let integration = if call == Call::Webhook {
        let refusal =
            || Refusal::not_allowed("The API key does not belong to an Amazon CloudWatch integration.");
        key.integration(KeyKind::CloudWatch).ok_or_else(refusal)?
    } else {
        key.integration(KeyKind::Api).ok_or_else(Refusal::wrong_kind_of_key)?
    };
    match call.right() {
        Right::Read if !key.read => Err(Refusal::not_allowed("API Key is not granted with read access")),
        Right::Write if !key.write => Err(Refusal::not_allowed("API Key is not granted with write access")),
        Right::Delete if !key.delete => {
            Err(Refusal::not_allowed("API Key is not granted with delete access"))
        }
        _ => Ok(Arc::clone(integration)),
    }
}

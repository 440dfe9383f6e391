//! From a request to its answer: key, right, limit, then the call itself.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use super::super::account::{Account, Integration};
use super::super::alerts::Origin;
use super::super::api::{self, Call, Reads, Refusal, Right};
use super::super::command::Command;
use super::super::hosted::{self, Incoming};
use super::super::http::{Received, Reply};
use super::super::ids::RequestId;
use super::super::keys::{Key, KeyProblem};
use super::super::requests::Waiting;
use super::super::settings::{KeyKind, PlanRefusal, Product, Throttled, UnknownAlert};
use super::{Processing, Twin};

impl Twin {
    /// The answer, and the period of the limit that delayed it.
    pub(super) fn answer(
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
        if call == Call::Webhook {
            let origin = Origin { request: id, integration, team: key.team, names: true };
            return self.webhook(request, origin, key.account, processing, throttled, now);
        }
        let names = product != Product::Jsm || self.settings.switches.jsm_responder_names;
        let origin = Origin { request: id, integration, team: key.team, names };
        let Some(command) = api::read_command(request, call, &self.settings.switches, now)? else {
            return Err(Refusal::no_such_path());
        };
        self.check_at_once(account, &command)?;
        let waiting = Waiting { account: key.account, command, origin, patience: None, held_for: None };
        self.enqueue(waiting, processing, throttled, now);
        Ok((api::accepted(id), throttled))
    }

    /// Takes what SNS posts to the hosted integration.
    fn webhook(
        &mut self,
        request: &Received,
        origin: Origin,
        account: usize,
        processing: Processing,
        throttled: Option<u32>,
        now: DateTime<Utc>,
    ) -> Result<(Reply, Option<u32>), Refusal> {
        let id = origin.request;
        let incoming = hosted::receive(&request.body, &self.settings.hosted, &origin.integration.name, id)?;
        match incoming {
            Incoming::Confirm(confirmation) => self.confirmations.push(confirmation),
            Incoming::Unsubscribed | Incoming::Ignored { .. } => {}
            Incoming::Act { command, .. } => {
                let patience = TimeDelta::seconds(self.settings.hosted_wait_seconds.into());
                let command = *command;
                let waiting = Waiting { account, command, origin, patience: Some(patience), held_for: None };
                self.enqueue(waiting, processing, throttled, now);
            }
        }
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
        Right::Read if !key.access.read => {
            Err(Refusal::not_allowed("API Key is not granted with read access"))
        }
        Right::Write if !key.access.write => {
            Err(Refusal::not_allowed("API Key is not granted with write access"))
        }
        Right::Delete if !key.access.delete => {
            Err(Refusal::not_allowed("API Key is not granted with delete access"))
        }
        _ => Ok(Arc::clone(integration)),
    }
}

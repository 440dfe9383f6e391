//! From an accepted write to its effect.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use super::super::changes::ChangeKind;
use super::super::command::{Command, Identifier};
use super::super::requests::{Processed, Waiting};
use super::super::settings::Order;
use super::{Processing, Twin};
use crate::random::{Purpose, Random};

impl Twin {
    /// Lets an accepted write wait for its effect.
    pub(super) fn enqueue(
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
    pub(super) fn process(&mut self, mut waiting: Waiting, at: DateTime<Utc>) {
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

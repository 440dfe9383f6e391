//! From a signed copy to its first attempt: where faults touch messages.

use std::collections::BTreeMap;

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};

use super::fault::FaultKind;
use super::faults::Faults;
use crate::sns::{Courier, Parcel};

/// How long a message that is to be overtaken waits for another one.
const REORDER_WAIT: TimeDelta = TimeDelta::minutes(5);

/// The messages that wait to be overtaken.
#[derive(Debug, Default)]
pub(super) struct Departure {
    /// Subscription → the message, and until when it waits.
    held: BTreeMap<String, (Parcel, DateTime<Utc>)>,
}

impl Departure {
    /// How many wait.
    pub(super) fn waiting(&self) -> usize {
        self.held.len()
    }

    /// When the next one has waited long enough.
    pub(super) fn next_due(&self) -> Option<DateTime<Utc>> {
        self.held.values().map(|(_, until)| *until).min()
    }

    /// Sends on their way those that have waited long enough.
    pub(super) fn release(&mut self, now: DateTime<Utc>, courier: &mut Courier) {
        let late: Vec<String> =
            self.held.iter().filter(|(_, (_, until))| *until <= now).map(|(arn, _)| arn.clone()).collect();
        for arn in late {
            if let Some((parcel, until)) = self.held.remove(&arn) {
                courier.take(parcel, until);
            }
        }
    }

    /// Sends a message on its way, with the faults that touch messages. Who is held back goes with it.
    pub(super) fn send(
        &mut self,
        mut parcel: Parcel,
        now: DateTime<Utc>,
        faults: &mut Faults,
        courier: &mut Courier,
    ) {
        let overtaken = self.held.remove(&parcel.subscription_arn);
        let touches = |kind| match kind {
            FaultKind::Duplicate | FaultKind::Delay(_) | FaultKind::Drop | FaultKind::Forge => true,
            // Who overtakes is not overtaken.
            FaultKind::Reorder => overtaken.is_none(),
            _ => false,
        };
        let struck = faults.strike(now, touches);
        if let Some((parcel, _)) = overtaken {
            courier.take(parcel, now + TimeDelta::milliseconds(1));
        }
        if struck.contains(&FaultKind::Drop) {
            return;
        }
        if struck.contains(&FaultKind::Forge) {
            parcel.delivery.body = forged(&parcel.delivery.body);
        }
        let late = struck.iter().fold(TimeDelta::zero(), |late, kind| match kind {
            FaultKind::Delay(span) => late + TimeDelta::from_std(*span).unwrap_or_default(),
            _ => late,
        });
        let at = now.checked_add_signed(late).unwrap_or(now);
        if struck.contains(&FaultKind::Reorder) {
            self.held.insert(parcel.subscription_arn.clone(), (parcel, at + REORDER_WAIT));
            return;
        }
        if struck.contains(&FaultKind::Duplicate) {
            courier.take(parcel.clone(), at);
        }
        courier.take(parcel, at);
    }
}

/// Another text under the same signature.
fn forged(body: &Bytes) -> Bytes {
    let text = String::from_utf8_lossy(body);
    match text.find("\"Message\" : \"") {
        Some(place) => {
            let (head, tail) = text.split_at(place + "\"Message\" : \"".len());
            Bytes::from(format!("{head} {tail}"))
        }
        None => Bytes::from(format!("{text} ")),
    }
}

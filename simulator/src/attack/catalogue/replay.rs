//! Genuine messages that come at the wrong time: a signature never expires.
//!
//! SNS retries for up to an hour, so a receiver may take what is that old. Whether a copy acts twice cannot be seen from
//! outside, and is no part of this.

use chrono::TimeDelta;
use serde_json::Value;

use super::attack::Attack;
use crate::attack::family::Family;
use crate::attack::forge::{Forge, ForgeError};
use crate::attack::plan::Plan;
use crate::sns::timestamp;

pub(super) fn attacks() -> Vec<Attack> {
    let (day, year) = (TimeDelta::days(1), TimeDelta::days(365));
    vec![
        published("day-old", "A genuine message of yesterday.", -day),
        published("month-old", "A genuine message of a month ago.", -day * 30),
        published("ten-years-old", "A genuine message of ten years ago.", -year * 10),
        published("of-tomorrow", "A message whose time is tomorrow, so that it keeps.", day),
        published("of-next-year", "A message whose time is in a year, so that it keeps.", year),
        published("of-year-9000", "A message whose time is some seven thousand years off.", year * 7000),
        old("old-refreshed", "Yesterday's message, with the time of today put in.", |forge, signed| {
            forge.with_member(signed, "Timestamp", Some(timestamp(forge.now()).into()))
        }),
        old("old-timestamp-missing", "Yesterday's message, with the time taken out.", |forge, signed| {
            forge.with_member(signed, "Timestamp", None)
        }),
        old("old-timestamp-null", "Yesterday's message, with null for its time.", |forge, signed| {
            forge.with_member(signed, "Timestamp", Some(Value::Null))
        }),
        old(
            "old-timestamp-twice",
            "Yesterday's message, with the time of today before its own.",
            |forge, signed| forge.with_member_before(signed, "Timestamp", &timestamp(forge.now())),
        ),
        old(
            "old-timestamp-twice-after",
            "Yesterday's message, with the time of today after its own.",
            |forge, signed| forge.with_member_after(signed, "Timestamp", &timestamp(forge.now())),
        ),
        attack(
            "old-confirmation",
            "A genuine request to confirm of ten days ago: tokens live for two.",
            |forge| {
                let at = forge.now() - TimeDelta::days(10);
                let envelope = forge.confirmation_at(at);
                let signed = forge.sign(envelope)?;
                Ok(Plan::post(forge.delivery(&signed)))
            },
        ),
        attack("old-with-new-headers", "Yesterday's message, with the headers of a new one.", |forge| {
            let at = forge.now() - TimeDelta::days(1);
            let envelope = forge.notification_at(at);
            let signed = forge.sign(envelope)?;
            let date = forge.now().format("%a, %d %b %Y %H:%M:%S GMT").to_string();
            let delivery = forge.delivery(&signed).header("date", &date);
            Ok(Plan::post(delivery.header("x-amz-sns-message-timestamp", &timestamp(forge.now()))))
        }),
    ]
}

fn published(name: &'static str, sentence: &'static str, after: TimeDelta) -> Attack {
    attack(name, sentence, move |forge| {
        let at = forge.now() + after;
        let envelope = forge.notification_at(at);
        let signed = forge.sign(envelope)?;
        Ok(Plan::post(forge.delivery(&signed)))
    })
}

/// Yesterday's message, bent.
fn old(
    name: &'static str,
    sentence: &'static str,
    bend: fn(&Forge, &crate::sns::SignedEnvelope) -> crate::sns::Delivery,
) -> Attack {
    attack(name, sentence, move |forge| {
        let at = forge.now() - TimeDelta::days(1);
        let envelope = forge.notification_at(at);
        let signed = forge.sign(envelope)?;
        Ok(Plan::post(bend(forge, &signed)))
    })
}

fn attack(
    name: &'static str,
    sentence: &'static str,
    make: impl Fn(&mut Forge) -> Result<Plan, ForgeError> + Send + Sync + 'static,
) -> Attack {
    Attack::new(Family::Replay, name, sentence, make)
}

//! From a publication to the end of its deliveries, with the faults that strike on the way. No I/O.

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::value::RawValue;

use super::departure::Departure;
use super::fault::FaultKind;
use super::faults::{FaultCounts, Faults};
use super::subscriber::Answer;
use super::timeline::{Entry, Then, What, state_name};
use crate::sns::{
    ApiAnswer, ApiChange, Attempt, Courier, DELIVERY_TIMEOUT, DeliveryStatus, Jitter, Outcome, Parcel,
    SignedEnvelope, Sns, SnsError, Step, SubscriptionState,
};

/// A notification that could not be delivered, as its queue keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadLetter {
    /// The queue's ARN.
    pub queue: String,
    /// The body that would have been delivered.
    pub body: Bytes,
}

/// What an attempt's outcome led to.
#[derive(Debug, Clone)]
pub struct Reported {
    /// The attempt, and the delivery's status if it has ended.
    pub entries: Vec<Entry>,
    /// A dead letter, if it became one.
    pub dead_letter: Option<DeadLetter>,
}

/// SNS with its deliveries under way.
#[derive(Debug)]
pub struct Deliveries {
    sns: Sns,
    courier: Courier,
    faults: Faults,
    departure: Departure,
    seed: u64,
    ended: u64,
}

impl Deliveries {
    /// Delivers what `sns` publishes.
    #[must_use]
    pub fn new(sns: Sns, faults: Faults, seed: u64) -> Self {
        let courier = Courier::new(Jitter::Seeded(seed));
        Self { sns, courier, faults, departure: Departure::default(), seed, ended: 0 }
    }

    /// Topics and subscriptions.
    #[must_use]
    pub const fn sns(&self) -> &Sns {
        &self.sns
    }

    /// Topics and subscriptions, to change them.
    pub const fn sns_mut(&mut self) -> &mut Sns {
        &mut self.sns
    }

    /// How often each fault has struck.
    #[must_use]
    pub const fn fault_counts(&self) -> &FaultCounts {
        self.faults.counts()
    }

    /// How many deliveries are under way.
    #[must_use]
    pub fn under_way(&self) -> usize {
        self.courier.under_way() + self.departure.waiting()
    }

    /// Publishes a message, and sends its copies on their way if somebody is there to `deliver` them.
    pub fn publish(
        &mut self,
        topic_arn: &str,
        subject: Option<&str>,
        message: &str,
        now: DateTime<Utc>,
        deliver: bool,
    ) -> Result<Entry, SnsError> {
        let publication = self.sns.publish(topic_arn, subject, message, now)?;
        for parcel in publication.parcels.into_iter().filter(|_| deliver) {
            self.departure.send(parcel, now, &mut self.faults, &mut self.courier);
        }
        let what = What::Notification {
            topic: topic_arn.to_owned(),
            subject: subject.map(str::to_owned),
            envelope: one_line(&publication.signed),
        };
        Ok(Entry { time: now, what })
    }

    /// Sends a message on its way as it is, untouched by faults.
    pub fn send_as_is(&mut self, parcel: Parcel, now: DateTime<Utc>) {
        self.courier.take(parcel, now);
    }

    /// Asks every endpoint that has not confirmed once more: how many.
    pub fn ask_again(&mut self, now: DateTime<Utc>) -> Result<usize, SnsError> {
        let parcels = self.sns.ask_again(now)?;
        let asked = parcels.len();
        for parcel in parcels {
            self.courier.take(parcel, now);
        }
        Ok(asked)
    }

    /// Answers a call of an endpoint, `GET /?query`, and says what it changed.
    pub fn answer(&mut self, query: &str, now: DateTime<Utc>) -> Result<(ApiAnswer, Vec<Entry>), SnsError> {
        let (answer, change, parcel) = self.sns.answer(query, now)?;
        if let Some(parcel) = parcel {
            self.courier.take(parcel, now);
        }
        let entry = |subscription: String, state| Entry {
            time: now,
            what: What::Subscription { subscription, state: state_name(state) },
        };
        let entry = change.map(|change| match change {
            ApiChange::Confirmed(arn) => entry(arn, SubscriptionState::Confirmed),
            ApiChange::Deleted(arn) => entry(arn, SubscriptionState::Deleted),
        });
        Ok((answer, entry.into_iter().collect()))
    }

    /// When something is due next: an attempt, the end of a wait, a fault that happens once.
    #[must_use]
    pub fn next_due(&self) -> Option<DateTime<Utc>> {
        [self.courier.next_due(), self.departure.next_due(), self.faults.next_once()]
            .into_iter()
            .flatten()
            .min()
    }

    /// Does what is due by `now` besides attempts.
    pub fn tick(&mut self, now: DateTime<Utc>) -> Result<Vec<Entry>, SnsError> {
        self.departure.release(now, &mut self.courier);
        let mut entries = Vec::new();
        while let Some(kind) = self.faults.once(now) {
            entries.push(Entry { time: now, what: What::Fault { fault: kind.name() } });
            match kind {
                FaultKind::RotatedKey => self.sns.rotate_key(now)?,
                FaultKind::ExpiredCertificate => self.sns.expire_certificate(now)?,
                FaultKind::SubscriptionDeleted => entries.extend(self.delete_subscriptions(now)?),
                _ => {}
            }
        }
        for arn in self.sns.expire(now) {
            entries
                .push(Entry { time: now, what: What::Subscription { subscription: arn, state: "removed" } });
        }
        Ok(entries)
    }

    /// The next attempt that is due by `now`. Its outcome is to be reported.
    pub fn attempt(&mut self, now: DateTime<Utc>) -> Option<Attempt> {
        self.courier.attempt(now)
    }

    /// The answer that a fault gives in the subscriber's place; the subscriber then hears nothing.
    pub fn answer_by_fault(&mut self, now: DateTime<Utc>, took: TimeDelta) -> Option<Answer> {
        let struck = self.faults.strike(now, |kind| matches!(kind, FaultKind::SubscriberError(_)));
        struck.into_iter().find_map(|kind| match kind {
            FaultKind::SubscriberError(status) => Some(Answer::status(status, took)),
            _ => None,
        })
    }

    /// The subscriber's answer as late as a fault makes it.
    pub fn delay_by_fault(&mut self, now: DateTime<Utc>, answer: Answer) -> Answer {
        let struck = self.faults.strike(now, |kind| matches!(kind, FaultKind::SlowSubscriber(_)));
        struck.into_iter().fold(answer, |answer, kind| match kind {
            FaultKind::SlowSubscriber(span) if span >= DELIVERY_TIMEOUT => Answer::timed_out(),
            FaultKind::SlowSubscriber(span) => {
                Answer { took: answer.took.max(TimeDelta::from_std(span).unwrap_or_default()), ..answer }
            }
            _ => answer,
        })
    }

    /// Takes note of what came of an attempt that began at `began`.
    pub fn report(&mut self, attempt: &Attempt, answer: &Answer, began: DateTime<Utc>) -> Reported {
        let nothing = Reported { entries: Vec::new(), dead_letter: None };
        let end = began + answer.took;
        let Some(progress) = self.courier.report(attempt.id, &answer.outcome, end) else { return nothing };
        let (parcel, attempts) = (progress.parcel, progress.attempts);
        let then = match progress.step {
            Step::Delivered => Then::Delivered,
            Step::Retry { at } => Then::Retry { at },
            Step::DeadLetter { target } => Then::DeadLetter { queue: target },
            Step::Dropped => Then::Dropped,
        };
        let dead_letter = match &then {
            Then::DeadLetter { queue } => {
                Some(DeadLetter { queue: queue.clone(), body: parcel.delivery.body.clone() })
            }
            _ => None,
        };
        let status = answer.outcome.status();
        let mut entries = Vec::new();
        let ended = !matches!(then, Then::Retry { .. });
        entries.push(Entry {
            time: began,
            what: What::Delivery {
                message_id: parcel.message_id.clone(),
                subscription: parcel.subscription_arn.clone(),
                destination: parcel.destination(),
                attempt: attempt.number,
                status,
                failure: match &answer.outcome {
                    Outcome::Answered { .. } => None,
                    other => Some(other.response()),
                },
                took_ms: answer.took.num_milliseconds(),
                then,
            },
        });
        if ended {
            let id = (self.seed, self.ended);
            self.ended += 1;
            let log = DeliveryStatus::of(&parcel, attempts, &answer.outcome, answer.took, id);
            entries.push(Entry { time: end, what: What::DeliveryStatus { log } });
        }
        Reported { entries, dead_letter }
    }

    fn delete_subscriptions(&mut self, now: DateTime<Utc>) -> Result<Vec<Entry>, SnsError> {
        let mut entries = Vec::new();
        for listed in self.sns.subscriptions() {
            if listed.state != SubscriptionState::Confirmed {
                continue;
            }
            if let Some(farewell) = self.sns.unsubscribe(&listed.arn, now)? {
                self.courier.take(farewell, now);
            }
            let state = state_name(SubscriptionState::Deleted);
            entries.push(Entry { time: now, what: What::Subscription { subscription: listed.arn, state } });
        }
        Ok(entries)
    }
}

/// An envelope's JSON without the line breaks between its members.
fn one_line(signed: &SignedEnvelope) -> Box<RawValue> {
    let text: Vec<String> = signed.to_json().lines().map(|line| line.trim_start().to_owned()).collect();
    RawValue::from_string(text.join(" ")).unwrap_or_default()
}

#[cfg(test)]
mod tests;

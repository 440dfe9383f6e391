//! From a publication to the end of its deliveries, with the faults that strike on the way. No I/O.

use std::collections::BTreeMap;

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::value::RawValue;

use super::faults::{FaultCounts, FaultKind, Faults};
use super::subscriber::Answer;
use super::timeline::{Entry, Then, What, state_name};
use crate::sns::{
    ApiAnswer, ApiChange, Attempt, Courier, DELIVERY_TIMEOUT, DeliveryStatus, Jitter, Outcome, Parcel,
    SignedEnvelope, Sns, SnsError, Step, SubscriptionState,
};

/// How long a message that is to be overtaken waits for another one.
const REORDER_WAIT: TimeDelta = TimeDelta::minutes(5);

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
    /// Subscription → a message that waits to be overtaken, and until when.
    held: BTreeMap<String, (Parcel, DateTime<Utc>)>,
    seed: u64,
    ended: u64,
}

impl Deliveries {
    /// Delivers what `sns` publishes.
    #[must_use]
    pub fn new(sns: Sns, faults: Faults, seed: u64) -> Self {
        let courier = Courier::new(Jitter::Seeded(seed));
        Self { sns, courier, faults, held: BTreeMap::new(), seed, ended: 0 }
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
        self.courier.under_way() + self.held.len()
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
            self.send(parcel, now);
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
        let held = self.held.values().map(|(_, until)| *until).min();
        [self.courier.next_due(), held, self.faults.next_once()].into_iter().flatten().min()
    }

    /// Does what is due by `now` besides attempts.
    pub fn tick(&mut self, now: DateTime<Utc>) -> Result<Vec<Entry>, SnsError> {
        let late: Vec<String> =
            self.held.iter().filter(|(_, (_, until))| *until <= now).map(|(arn, _)| arn.clone()).collect();
        for arn in late {
            if let Some((parcel, until)) = self.held.remove(&arn) {
                self.courier.take(parcel, until);
            }
        }
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

    /// Sends a message on its way, with the faults that touch messages.
    fn send(&mut self, mut parcel: Parcel, now: DateTime<Utc>) {
        let overtaken = self.held.remove(&parcel.subscription_arn);
        let touches = |kind| match kind {
            FaultKind::Duplicate | FaultKind::Delay(_) | FaultKind::Drop | FaultKind::Forge => true,
            // Who overtakes is not overtaken.
            FaultKind::Reorder => overtaken.is_none(),
            _ => false,
        };
        let struck = self.faults.strike(now, touches);
        if let Some((parcel, _)) = overtaken {
            self.courier.take(parcel, now + TimeDelta::milliseconds(1));
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
            self.courier.take(parcel.clone(), at);
        }
        self.courier.take(parcel, at);
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

/// An envelope's JSON without the line breaks between its members.
fn one_line(signed: &SignedEnvelope) -> Box<RawValue> {
    let text: Vec<String> = signed.to_json().lines().map(|line| line.trim_start().to_owned()).collect();
    RawValue::from_string(text.join(" ")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::engine::{Simulated, Subscriber};
    use crate::sns::{SubscriptionDefinition, TopicDefinition};

    const TOPIC: &str = "arn:aws:sns:eu-west-1:123456789012:ops";

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_790_000_000 + seconds, 0).unwrap()
    }

    fn deliveries(faults: &[&str], dead_letters: bool) -> Deliveries {
        let mut sns = Sns::new("eu-west-1", "123456789012", 1, "sns.test", at(0)).unwrap();
        sns.create_topic("ops", &TopicDefinition::default()).unwrap();
        let mut definition = serde_json::json!({
            "TopicArn": TOPIC, "Protocol": "https", "Endpoint": "https://example.org/sns"});
        if dead_letters {
            definition["RedrivePolicy"] =
                serde_json::json!({"deadLetterTargetArn": "arn:aws:sqs:eu-west-1:123456789012:dead"});
        }
        let definition: SubscriptionDefinition = serde_json::from_value(definition).unwrap();
        let (arn, _) = sns.subscribe(definition, at(0)).unwrap();
        sns.deem_confirmed(&arn, at(0));
        let faults: Vec<_> = faults.iter().map(|text| text.parse().unwrap()).collect();
        Deliveries::new(sns, Faults::new(&faults, 1, at(0)), 1)
    }

    /// The first letters of the message.
    fn beginning(attempt: &Attempt) -> String {
        let body: serde_json::Value = serde_json::from_slice(&attempt.parcel.delivery.body).unwrap();
        body["Message"].as_str().unwrap().chars().take(12).collect()
    }

    /// Publishes "0", "1", … at seconds 0, 1, … and delivers until nothing is due: arrivals as `second:message`, and
    /// what was reported.
    fn play(deliveries: &mut Deliveries, messages: i64) -> (Vec<String>, Vec<Reported>) {
        let (mut arrived, mut reported) = (Vec::new(), Vec::new());
        for second in 0..messages {
            deliveries.tick(at(second)).unwrap();
            deliveries.publish(TOPIC, None, &second.to_string(), at(second), true).unwrap();
        }
        while let Some(now) = deliveries.next_due() {
            deliveries.tick(now).unwrap();
            while let Some(attempt) = deliveries.attempt(now) {
                let took = Simulated::new(1).took(&attempt);
                let answer = deliveries.answer_by_fault(now, took).unwrap_or_else(|| {
                    arrived.push(format!("{}:{}", (now - at(0)).num_seconds(), beginning(&attempt)));
                    let answer = Simulated::new(1).receive(&attempt, now);
                    deliveries.delay_by_fault(now, answer)
                });
                reported.push(deliveries.report(&attempt, &answer, now));
            }
        }
        (arrived, reported)
    }

    #[test]
    fn each_fault_does_what_it_says() {
        for (fault, arrivals) in [
            ("delay=90s", vec!["90:0", "91:1", "92:2"]),
            ("duplicate", vec!["0:0", "0:0", "1:1", "1:1", "2:2", "2:2"]),
            ("drop", vec![]),
            ("forge", vec!["0: 0", "1: 1", "2: 2"]),
            ("reorder", vec!["1:1", "1:0", "302:2"]),
            ("drop,from=+1s,until=+2s", vec!["0:0", "2:2"]),
            ("subscriber-error=400", vec![]),
        ] {
            let mut deliveries = deliveries(&[fault], false);
            let (arrived, _) = play(&mut deliveries, 3);
            assert_eq!(arrived, arrivals, "{fault}");
            assert!(deliveries.fault_counts().iter().all(|(_, count)| count > 0), "{fault}");
            assert_eq!(deliveries.under_way(), 0, "{fault}");
        }
    }

    #[test]
    fn a_deleted_subscription_gets_its_farewell_and_nothing_more() {
        let (arrived, _) = play(&mut deliveries(&["subscription-deleted,from=+1s"], false), 3);
        assert_eq!(arrived, ["0:0", "1:You have cho"]);
    }

    #[test]
    fn a_slow_subscriber_gets_the_message_again() {
        let (arrived, reported) = play(&mut deliveries(&["slow-subscriber=15s,until=+1s"], false), 1);
        assert_eq!(arrived.len(), 2, "{arrived:?}");
        let What::Delivery { failure, then: Then::Retry { at: again }, took_ms, .. } =
            &reported[0].entries[0].what
        else {
            panic!("{:?}", reported[0]);
        };
        assert_eq!((failure.as_deref(), *took_ms), (Some("no complete answer in 15 s"), 15_000));
        assert!((25..=36).contains(&(*again - at(0)).num_seconds()), "{again}");
    }

    #[test]
    fn what_a_failing_subscriber_never_took_is_a_dead_letter_with_the_body_that_was_to_be_delivered() {
        let mut deliveries = deliveries(&["subscriber-error"], true);
        let (arrived, reported) = play(&mut deliveries, 1);
        assert!(arrived.is_empty());
        assert_eq!(deliveries.fault_counts().of("subscriber-error"), 4);
        let letter = reported.last().unwrap().dead_letter.clone().unwrap();
        let body: serde_json::Value = serde_json::from_slice(&letter.body).unwrap();
        assert_eq!((body["Type"].as_str(), body["Message"].as_str()), (Some("Notification"), Some("0")));
        let What::DeliveryStatus { log } = &reported.last().unwrap().entries[1].what else { panic!() };
        assert_eq!((log.status, log.delivery.attempts, log.delivery.status_code), ("FAILURE", 4, Some(503)));
    }

    #[test]
    fn new_keys_have_new_certificates_and_the_old_one_stays() {
        for (fault, count) in [("rotated-key", 2), ("expired-certificate", 2)] {
            let mut deliveries = deliveries(&[fault], false);
            play(&mut deliveries, 1);
            assert_eq!(deliveries.sns().certificates().len(), count);
        }
    }

    #[test]
    fn one_seed_gives_one_story() {
        let story = || {
            let (_, reported) =
                play(&mut deliveries(&["subscriber-error,share=0.5", "duplicate,share=0.3"], true), 5);
            let lines: Vec<String> = reported
                .iter()
                .flat_map(|reported| &reported.entries)
                .map(|entry| serde_json::to_string(entry).unwrap())
                .collect();
            lines
        };
        assert_eq!(story(), story());
    }
}

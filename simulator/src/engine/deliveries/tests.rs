//! What faults do to deliveries.

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

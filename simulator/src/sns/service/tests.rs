//! Life cycles of subscriptions, and what is published.

#![allow(clippy::unwrap_used)]
use chrono::TimeDelta;
use serde_json::{Value, json};

use super::*;

const TOPIC: &str = "arn:aws:sns:eu-west-1:123456789012:ops";

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000, 0).unwrap()
}

fn sns() -> Sns {
    let mut sns = Sns::new("eu-west-1", "123456789012", 1, "sns.test", now()).unwrap();
    assert_eq!(sns.create_topic("ops", &TopicDefinition::default()).unwrap(), TOPIC);
    sns
}

fn subscription(more: &Value) -> SubscriptionDefinition {
    let mut value = json!({"TopicArn": TOPIC, "Protocol": "https", "Endpoint": "https://example.org/sns"});
    for (key, more) in more.as_object().unwrap() {
        value[key] = more.clone();
    }
    serde_json::from_value(value).unwrap()
}

fn body(parcel: &Parcel) -> Value {
    serde_json::from_slice(&parcel.delivery.body).unwrap()
}

fn header<'a>(parcel: &'a Parcel, name: &str) -> Option<&'a str> {
    parcel.delivery.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}

fn query(url: &Value) -> String {
    url.as_str().unwrap().split_once('?').unwrap().1.to_owned()
}

fn state(sns: &Sns) -> SubscriptionState {
    sns.subscriptions()[0].state
}

#[test]
fn a_subscription_lives_as_the_recorded_one_did() {
    let mut sns = sns();
    let (arn, first) = sns.subscribe(subscription(&json!({})), now()).unwrap();
    let (again, second) = sns.subscribe(subscription(&json!({})), now()).unwrap();
    assert_eq!(arn, again);
    let (first, second) = (first.unwrap(), second.unwrap());
    assert_ne!(body(&first)["Token"], body(&second)["Token"]);
    assert!(sns.publish(TOPIC, None, "too early", now()).unwrap().parcels.is_empty());

    // The older token is as good.
    let (answer, change, _) = sns.answer(&query(&body(&first)["SubscribeURL"]), now()).unwrap();
    assert_eq!((answer.status, change), (200, Some(ApiChange::Confirmed(arn.clone()))));
    assert_eq!(sns.subscribe(subscription(&json!({})), now()).unwrap(), (arn.clone(), None));

    let publication = sns.publish(TOPIC, Some("s"), "hello", now()).unwrap();
    let parcel = &publication.parcels[0];
    assert_eq!(body(parcel)["MessageId"], publication.signed.envelope.message_id);
    assert_eq!(body(parcel)["Signature"], publication.signed.signature);

    let (_, _, farewell) = sns.answer(&query(&body(parcel)["UnsubscribeURL"]), now()).unwrap();
    assert_eq!(state(&sns), SubscriptionState::Deleted);
    let farewell = farewell.unwrap();
    assert_eq!(body(&farewell)["Type"], "UnsubscribeConfirmation");
    assert_eq!(header(&farewell, "x-amz-sns-subscription-arn"), Some(arn.as_str()));
    assert!(sns.publish(TOPIC, None, "gone", now()).unwrap().parcels.is_empty());

    sns.answer(&query(&body(&farewell)["SubscribeURL"]), now()).unwrap();
    assert_eq!(state(&sns), SubscriptionState::Confirmed);
    assert_eq!(sns.publish(TOPIC, None, "back", now()).unwrap().parcels[0].subscription_arn, arn);
}

#[test]
fn what_nobody_confirms_is_removed_after_three_days() {
    let mut sns = sns();
    let (arn, _) = sns.subscribe(subscription(&json!({})), now()).unwrap();
    assert!(sns.expire(now() + TimeDelta::days(3)).is_empty());
    assert_eq!(sns.expire(now() + TimeDelta::hours(73)), [arn.as_str()]);
    assert!(sns.subscriptions().is_empty());
    let (fresh, _) = sns.subscribe(subscription(&json!({})), now() + TimeDelta::days(4)).unwrap();
    assert_ne!(fresh, arn);
}

#[test]
fn raw_delivery_and_content_type_are_the_subscription_s() {
    let mut sns = sns();
    let definition = subscription(&json!({
        "RawMessageDelivery": true,
        "DeliveryPolicy": {"requestPolicy": {"headerContentType": "application/json"}},
        "RedrivePolicy": {"deadLetterTargetArn": "arn:aws:sqs:eu-west-1:123456789012:dead"},
    }));
    let (arn, confirmation) = sns.subscribe(definition, now()).unwrap();
    let confirmation = confirmation.unwrap();
    assert_eq!(body(&confirmation)["Type"], "SubscriptionConfirmation");
    assert_eq!(confirmation.dead_letter_target, None);
    sns.deem_confirmed(&arn, now());
    let parcel = sns.publish(TOPIC, None, "hello", now()).unwrap().parcels.remove(0);
    assert_eq!(parcel.delivery.body, "hello");
    assert_eq!(header(&parcel, "content-type"), Some("application/json"));
    assert_eq!(parcel.dead_letter_target.as_deref(), Some("arn:aws:sqs:eu-west-1:123456789012:dead"));
    let farewell = sns.unsubscribe(&arn, now()).unwrap().unwrap();
    assert_eq!(body(&farewell)["Type"], "UnsubscribeConfirmation");
    assert_eq!(header(&farewell, "content-type"), Some("application/json"));
}

#[test]
fn what_cannot_be_published_is_refused() {
    let mut sns = sns();
    let long = "x".repeat(MESSAGE_LIMIT + 1);
    for (topic, subject, message, want) in [
        ("arn:none", None, "m", "Topic does not exist"),
        (TOPIC, Some(""), "m", "Invalid parameter: Subject"),
        (TOPIC, Some(&*"😀".repeat(51)), "m", "Invalid parameter: Subject"),
        (TOPIC, None, "", "Invalid parameter: Empty message"),
        (TOPIC, None, &*long, "Invalid parameter: Message too long"),
    ] {
        assert_eq!(sns.publish(topic, subject, message, now()).unwrap_err().to_string(), want);
    }
    assert!(sns.publish(TOPIC, Some(&"😀".repeat(50)), "m", now()).is_ok());
    let elsewhere = SubscriptionDefinition { topic_arn: "arn".to_owned(), ..subscription(&json!({})) };
    assert_eq!(sns.subscribe(elsewhere, now()).unwrap_err().to_string(), "Topic does not exist");
}

#[test]
fn a_mail_subscription_is_listed_and_gets_nothing_by_http() {
    let mut sns = sns();
    let mail = subscription(&json!({"Protocol": "email", "Endpoint": "ops@example.org"}));
    let (arn, confirmation) = sns.subscribe(mail, now()).unwrap();
    assert_eq!(confirmation, None);
    sns.deem_confirmed(&arn, now());
    assert!(sns.publish(TOPIC, None, "hello", now()).unwrap().parcels.is_empty());
}

use serde_json::Value;
use trailbell_sim::sns::{Delivery, DeliveryPolicy, EffectivePolicy, Kind, QueryApi, Topic};

use crate::support::{json, now, parse, text};

const FILE: &str = "recorded/http_delivery.json";

/// The JSON bodies of the recording that are whole: HTTP deliveries, dead letters, and SQS deliveries.
fn bodies(recording: &Value) -> Vec<&str> {
    let column = |rows: &'static str, name: &'static str| {
        recording.pointer(rows).unwrap().as_array().unwrap().iter().filter_map(move |row| row[name].as_str())
    };
    column("/requests", "body")
        .chain(column("/dlq_receipts", "Body"))
        .chain(column("/subject_and_structure/cases", "received_body"))
        .filter(|body| body.starts_with("{\n  \"Type\" : "))
        .collect()
}

#[test]
fn every_recorded_body_is_written_byte_for_byte() {
    let Some(recording) = json(FILE) else { return };
    let bodies = bodies(&recording);
    assert!(bodies.len() >= 25, "only {} bodies", bodies.len());
    for body in bodies {
        assert_eq!(parse(&serde_json::from_str(body).unwrap()).to_json(), body);
    }
}

/// What the recording's receiver added to the headers, and what hyper adds on our side.
fn is_not_sns(name: &str) -> bool {
    name.starts_with("x-forwarded-")
        || name.starts_with("x-amzn-")
        || ["content-length", "host", "connection"].contains(&name)
}

#[test]
fn every_recorded_delivery_has_the_headers_that_are_sent_here() {
    let Some(recording) = json(FILE) else { return };
    for request in recording["requests"].as_array().unwrap() {
        let recorded = &request["headers"];
        let subscription_arn = recorded["x-amz-sns-subscription-arn"].as_str().unwrap_or_default();
        let body = text(request, "body");
        let delivery = if request["raw_delivery"] == true {
            let (mut topic, subscription) = crate::support::topic();
            let mut envelope = topic.notification(&subscription, body, now());
            envelope.topic_arn = text(recorded, "x-amz-sns-topic-arn").to_owned();
            envelope.message_id = text(recorded, "x-amz-sns-message-id").to_owned();
            Delivery::raw(&envelope, subscription_arn)
        } else {
            Delivery::envelope(&parse(&serde_json::from_str(body).unwrap()), subscription_arn)
        };
        // The delivery policy of one subscription had changed it.
        let mut delivery = delivery.header("content-type", text(recorded, "content-type"));
        delivery.headers.retain(|(name, _)| !is_not_sns(name));
        delivery.headers.sort();
        let mut want: Vec<(String, String)> = recorded
            .as_object()
            .unwrap()
            .iter()
            .filter(|(name, _)| !is_not_sns(name))
            .map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned()))
            .collect();
        want.sort();
        assert_eq!(delivery.headers, want);
        assert_eq!(delivery.body, body);
    }
}

#[test]
fn confirmations_are_worded_as_recorded() {
    let Some(recording) = json(FILE) else { return };
    let mut kinds = Vec::new();
    for request in recording["requests"].as_array().unwrap() {
        if text(request, "type") == "Notification" {
            continue;
        }
        let recorded = parse(&serde_json::from_str(text(request, "body")).unwrap()).envelope;
        let name = recorded.topic_arn.rsplit(':').next().unwrap();
        let mut topic = Topic::new("us-east-1", "000000000000", name, 1).unwrap();
        let mut subscription = topic.subscribe();
        let (own, confirmation) = match &recorded.kind {
            Kind::SubscriptionConfirmation(confirmation) => {
                (topic.subscription_confirmation(&mut subscription, now()), confirmation)
            }
            Kind::UnsubscribeConfirmation(confirmation) => {
                (topic.unsubscribe_confirmation(&mut subscription, now()), confirmation)
            }
            Kind::Notification(_) => unreachable!(),
        };
        let subscription_arn = request["headers"]["x-amz-sns-subscription-arn"].as_str().unwrap_or_default();
        assert_eq!(own.topic_arn, recorded.topic_arn);
        assert_eq!(own.message.replace(subscription.arn(), subscription_arn), recorded.message);
        let (Kind::SubscriptionConfirmation(own) | Kind::UnsubscribeConfirmation(own)) = own.kind else {
            unreachable!()
        };
        assert_eq!(own.subscribe_url.replace(&own.token, &confirmation.token), confirmation.subscribe_url);
        assert_eq!(own.token.len(), confirmation.token.len());
        kinds.push(recorded.kind.type_name());
    }
    assert!(kinds.contains(&"SubscriptionConfirmation") && kinds.contains(&"UnsubscribeConfirmation"));
}

/// An answer without what is its own: request id and subscription ARN.
fn bare(body: &str) -> String {
    let mut body = body.to_owned();
    for element in ["RequestId", "SubscriptionArn"] {
        let (open, close) = (format!("<{element}>"), format!("</{element}>"));
        if let (Some(start), Some(end)) = (body.find(&open), body.find(&close)) {
            body.replace_range(start + open.len()..end, "…");
        }
    }
    body
}

#[test]
fn the_api_answers_as_recorded() {
    let Some(recording) = json(FILE) else { return };
    let mut topic = Topic::new("us-east-1", "123456789012", "ops", 1).unwrap();
    let mut subscription = topic.subscribe();
    topic.subscription_confirmation(&mut subscription, now());
    let mut api = QueryApi::new("us-east-1", 1);
    api.register(&subscription);
    let confirm = |token: &str| format!("Action=ConfirmSubscription&TopicArn={}&Token={token}", topic.arn());
    let leave = format!("Action=Unsubscribe&SubscriptionArn={}", subscription.arn());
    for (label, query) in [
        ("unsigned_confirm", confirm(&subscription.tokens()[0])),
        ("repeat_confirm", confirm(&subscription.tokens()[0])),
        ("bad_token", confirm("not-a-token")),
        ("unknown_token", confirm(&"0".repeat(256))),
        ("unsigned_unsubscribe", leave),
        ("reactivate", confirm(&subscription.tokens()[0])),
    ] {
        let responses = recording["responses"].as_array().unwrap();
        let recorded = responses.iter().find(|response| response["label"] == label).unwrap();
        let own = api.answer(&query);
        assert_eq!(u64::from(own.status), recorded["http_status"].as_u64().unwrap(), "{label}");
        assert_eq!(bare(&own.body), bare(text(recorded, "body")), "{label}");
    }
}

#[test]
fn effective_delivery_policies_are_those_that_aws_gave() {
    let Some(recorded) = json("recorded/http_delivery.json") else { return };
    let mut compared = 0;
    for subscription in recorded["subscriptions"].as_array().unwrap() {
        let attributes = &subscription["Attributes"];
        let Some(want) = attributes["EffectiveDeliveryPolicy"].as_str() else { continue };
        let own = attributes["DeliveryPolicy"].as_str().map_or_else(DeliveryPolicy::default, |text| {
            DeliveryPolicy::of_subscription(&serde_json::from_str(text).unwrap()).unwrap()
        });
        assert_eq!(EffectivePolicy::of(&DeliveryPolicy::default(), &own).to_string(), want);
        compared += 1;
    }
    assert!(compared >= 6, "{compared}");
    let refused = recorded["subscriptions"].as_array().unwrap().iter();
    let want = refused.filter_map(|row| row["error"].as_str()).find(|text| text.contains("minDelayTarget"));
    let policy = serde_json::json!({"healthyRetryPolicy": {"numRetries": 1}});
    let error = DeliveryPolicy::of_subscription(&policy).unwrap_err();
    assert_eq!(want, Some(&*format!("InvalidParameter: {error}")));
}

#[test]
fn topic_and_subscription_policies_combine_as_localstack_recorded_them() {
    let Some(snapshots) = json("sns/localstack_snapshots/sns__test_sns.snapshot.json") else { return };
    let mut compared = 0;
    for (_, snapshot) in snapshots.as_object().unwrap() {
        let content = &snapshot["recorded-content"];
        let (topic, own) = (&content["topic-attrs"]["Attributes"], &content["sub-attrs"]["Attributes"]);
        let Some(want) = own.get("EffectiveDeliveryPolicy").filter(|policy| policy.is_object()) else {
            continue;
        };
        let policy = |value: &Value, parse: fn(&Value) -> Result<_, _>| {
            value.get("DeliveryPolicy").map_or_else(DeliveryPolicy::default, |policy| parse(policy).unwrap())
        };
        let topic = policy(topic, DeliveryPolicy::of_topic);
        let own = policy(own, DeliveryPolicy::of_subscription);
        let effective: Value = serde_json::from_str(&EffectivePolicy::of(&topic, &own).to_string()).unwrap();
        assert_eq!(&effective, want);
        compared += 1;
    }
    assert!(compared >= 2, "{compared}");
}

use serde_json::{Value, json};
use trailbell_sim::pager::Settings;
use trailbell_sim::pager::settings::{KeyKind, KeySettings};

use crate::support::{Answer, KEY, Service};

/// Of the CloudWatch integration.
const HOSTED: &str = "cccccccc-2222-4333-8444-555555555555";

/// An account with an API integration and a CloudWatch integration.
fn service() -> Service {
    Service::empty(|settings| {
        let mut key = KeySettings::new(HOSTED, KeyKind::CloudWatch);
        key.name = Some("aws-alarms".to_owned());
        settings.accounts[0].keys.push(key);
    })
}

fn post(service: &mut Service, body: &Value) -> Answer {
    let call = format!("POST /v1/json/cloudwatch?apiKey={HOSTED}");
    service.raw(&call, &[("Content-Type", "text/plain; charset=UTF-8")], body.to_string())
}

fn notification(state: &str) -> Value {
    let message = json!({
        "AlarmName": "CloudTrailChanges", "AlarmDescription": null, "AWSAccountId": "123456789012",
        "NewStateValue": state, "NewStateReason": "Threshold Crossed", "StateChangeTime": "2026-09-21T14:13:20.000+0000",
        "Region": "EU (Ireland)", "OldStateValue": "OK", "Trigger": {"MetricName": "CloudTrailEventCount"},
    });
    json!({
        "Type": "Notification", "MessageId": "m", "TopicArn": "arn:aws:sns:eu-west-1:123456789012:alarms",
        "Subject": format!("{state}: \"CloudTrailChanges\" in EU (Ireland)"), "Message": message.to_string(),
        "Timestamp": "2026-09-21T14:13:20.000Z", "SignatureVersion": "1", "Signature": "x", "SigningCertURL": "x",
        "UnsubscribeURL": "x",
    })
}

fn open(service: &Service) -> usize {
    service.twin.accounts().next().unwrap().alerts().open_count()
}

#[test]
fn an_alarm_raises_and_its_end_closes() {
    let mut service = service();
    let accepted = post(&mut service, &notification("ALARM"));
    assert_eq!((accepted.status, &accepted.json["result"]), (202, &json!("Request will be processed")));
    assert_eq!(service.told(&accepted), "202 Created alert");
    let alert = service.alert("CloudTrailChanges");
    assert_eq!(alert["integration"]["type"], "CloudWatch");
    assert_eq!(alert["integration"]["name"], "aws-alarms");
    assert_eq!(alert["message"], "ALARM: \"CloudTrailChanges\" in EU (Ireland)");
    post(&mut service, &notification("ALARM"));
    assert_eq!(service.alert("CloudTrailChanges")["count"], 2);
    let closed = post(&mut service, &notification("OK"));
    assert_eq!(service.told(&closed), "202 Closed alert");
    assert_eq!(open(&service), 0);
}

#[test]
fn its_alerts_are_those_of_the_accounts_api() {
    let mut service = service();
    post(&mut service, &notification("ALARM"));
    service.write("POST /v2/alerts", json!({"message": "m", "alias": "CloudTrailChanges"}));
    assert_eq!(service.alert("CloudTrailChanges")["count"], 2);
    service.write("POST /v2/alerts/CloudTrailChanges/close?identifierType=alias", Value::Null);
    assert_eq!(open(&service), 0);
}

#[test]
fn an_early_close_waits_for_its_alert() {
    let mut service = service();
    let close = post(&mut service, &notification("OK"));
    service.pass(59_000);
    let id = close.json["requestId"].as_str().unwrap().to_owned();
    let status = service.call(&format!("GET /v2/alerts/requests/{id}"), Value::Null);
    assert_eq!(status.status, 404, "it waits");
    let create = post(&mut service, &notification("ALARM"));
    assert_eq!(service.told(&create), "202 Created alert");
    assert_eq!(service.told(&close), "202 Closed alert");
    assert_eq!((open(&service), service.twin.next_due()), (0, None));
}

#[test]
fn an_early_close_does_not_wait_for_ever() {
    let mut service = service();
    let close = post(&mut service, &notification("OK"));
    assert_eq!(service.twin.next_due(), Some(service.now + chrono::TimeDelta::seconds(60)));
    service.pass(60_000);
    assert_eq!(service.told(&close), "202 failed: There is no open alert");
    post(&mut service, &notification("ALARM"));
    assert_eq!(open(&service), 1);
}

#[test]
fn it_need_not_wait_at_all() {
    let mut service = Service::of(Settings { hosted_wait_seconds: 0, ..Settings::default() });
    let call = format!("POST /v1/json/cloudwatch?apiKey={KEY}");
    let close = service.call(&call, notification("OK"));
    assert_eq!(service.told(&close), "202 failed: There is no open alert");
}

#[test]
fn closes_that_wait_are_carried_out_once_and_in_order() {
    let mut service = service();
    let closes = [post(&mut service, &notification("OK")), post(&mut service, &notification("OK"))];
    service.write("POST /v2/alerts", json!({"message": "m", "alias": "other"}));
    assert_eq!(open(&service), 1, "another alias wakes nobody");
    post(&mut service, &notification("ALARM"));
    assert_eq!(service.told(&closes[0]), "202 Closed alert");
    service.pass(60_000);
    assert_eq!(service.told(&closes[1]), "202 failed: There is no open alert");
    post(&mut service, &notification("ALARM"));
    assert_eq!(open(&service), 2);
}

#[test]
fn a_subscription_is_handed_over_to_be_confirmed() {
    let mut service = service();
    let url = "https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&Token=t";
    let body =
        json!({"Type": "SubscriptionConfirmation", "TopicArn": "t", "SubscribeURL": url, "Token": "t"});
    assert_eq!(post(&mut service, &body).status, 202);
    let urls: Vec<_> = service.twin.take_confirmations().into_iter().map(|one| one.subscribe_url).collect();
    assert_eq!(urls, [url]);
    assert!(service.twin.take_confirmations().is_empty());
}

#[test]
fn what_is_no_message_of_sns_is_refused() {
    let mut service = service();
    let call = format!("POST /v1/json/cloudwatch?apiKey={HOSTED}");
    for (body, status) in
        [("", 400), ("{", 400), ("{}", 422), ("{\"Type\":\"SubscriptionConfirmation\"}", 422)]
    {
        assert_eq!(service.raw(&call, &[], body).status, status, "{body}");
    }
    assert_eq!(service.raw(&call.replace("POST", "GET"), &[], "").status, 405);
}

#[test]
fn the_key_stands_in_the_query_alone() {
    let mut service = service();
    let authorization = format!("GenieKey {HOSTED}");
    let body = notification("ALARM").to_string();
    for (query, status) in [
        ("", 401),
        ("?apiKey=", 401),
        ("?apiKey=abc", 422),
        ("?apiKey=99999999-2222-4333-8444-555555555555", 401),
        (&format!("?apiKey={KEY}"), 403),
        (&format!("?x=y&apiKey={HOSTED}"), 202),
    ] {
        let call = format!("POST /v1/json/cloudwatch{query}");
        assert_eq!(
            service.raw(&call, &[("Authorization", &authorization)], body.clone()).status,
            status,
            "{query}"
        );
    }
}

#![allow(clippy::unwrap_used)]

use serde_json::{Map, Value, json};

use super::*;
use crate::pager::command::Create;

const BODY: &str = include_str!("../../../../fixtures/sns/seed-sample.json");
const PARSED: &str = include_str!("../../../../fixtures/seed-sample-parsed.json");

fn id() -> RequestId {
    RequestId::parse("a2fde995-bd11-47d7-a5fa-bce4f94f5328").unwrap()
}

fn received(body: &str, settings: &HostedSettings) -> Incoming {
    receive(body.as_bytes(), settings, "CloudWatch", id()).unwrap()
}

/// A notification of this message.
fn notification(message: &Value) -> String {
    json!({
        "Type": "Notification",
        "MessageId": "1",
        "TopicArn": "arn:aws:sns:eu-west-1:123456789012:alarms",
        "Subject": "ALARM: \"a\" in EU (Ireland)",
        "Message": message.as_str().map_or_else(|| message.to_string(), str::to_owned),
    })
    .to_string()
}

fn record(incoming: Incoming) -> ParsedRecord {
    match incoming {
        Incoming::Act { record, .. } | Incoming::Ignored { record, .. } => record,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_documented_sample_is_parsed_as_documented() {
    let want: Map<String, Value> = serde_json::from_str(PARSED).unwrap();
    // The page hides a mail address behind this text.
    let user = want["alertSource"].as_str().unwrap().split_once("[domain").unwrap().0.to_owned();
    let settings = HostedSettings { user, ..HostedSettings::default() };
    let got = serde_json::to_value(record(received(BODY, &settings))).unwrap();
    let mut got = got.as_object().unwrap().clone();
    // The page changed digits of these two, differently in payload and parsed form.
    let envelope: Value = serde_json::from_str(BODY).unwrap();
    assert_eq!(got["TopicArn"], envelope["TopicArn"]);
    assert_eq!(got["AWSAccountId"], "825426534673");
    for changed in ["TopicArn", "AWSAccountId"] {
        got.insert(changed.to_owned(), want[changed].clone());
    }
    assert_eq!(got, want);
}

#[test]
fn an_alarm_creates_an_alert_with_the_default_fields() {
    let Incoming::Act { command, .. } = received(BODY, &HostedSettings::default()) else { panic!() };
    insta::assert_debug_snapshot!(command);
}

#[test]
fn each_state_has_its_action() {
    use InsufficientData::{Acknowledge, AddNote, Close, Create as Raise, Ignore};
    let by_state = |state: &str, insufficient_data| {
        let settings = HostedSettings { insufficient_data, ..HostedSettings::default() };
        let body = notification(&json!({"AlarmName": "a", "NewStateValue": state, "NewStateReason": "why"}));
        match received(&body, &settings) {
            Incoming::Act { record, command } => {
                let source = record.get("alertSource").unwrap();
                let fired = source.split("sourceSubName=").nth(1).unwrap().split(',').next().unwrap();
                let what = match *command {
                    Command::Create(create) => format!("create {}", create.alias.unwrap()),
                    Command::Act { on, action, by } => format!("{action:?} {on:?} {:?}", by.note),
                };
                format!("{fired}: {what}")
            }
            Incoming::Ignored { why, .. } => why.to_owned(),
            other => panic!("{other:?}"),
        }
    };
    for (state, insufficient_data, want) in [
        ("ALARM", Ignore, "Create Alert: create a"),
        ("OK", Ignore, "Close Alert: Close Alias(\"a\") Some(\"why\")"),
        ("INSUFFICIENT_DATA", Ignore, "the state is INSUFFICIENT_DATA"),
        ("INSUFFICIENT_DATA", Raise, "Create Alert: create a"),
        ("INSUFFICIENT_DATA", Close, "Close Alert: Close Alias(\"a\") Some(\"why\")"),
        ("INSUFFICIENT_DATA", Acknowledge, "Acknowledge Alert: Acknowledge Alias(\"a\") Some(\"why\")"),
        ("INSUFFICIENT_DATA", AddNote, "Add Note: AddNote Alias(\"a\") Some(\"why\")"),
        ("PENDING", Raise, "the state is none that CloudWatch has"),
    ] {
        assert_eq!(by_state(state, insufficient_data), want, "{state} {insufficient_data:?}");
    }
}

#[test]
fn values_are_texts_in_either_spelling() {
    let message = r#"{"AlarmName":"a","NewStateValue":"ALARM","OKActions":[],"AlarmActions":["arn:1","arn:2"],
        "Odd":{"n":1.50,"t":"x \"y\"","no":null},"Trigger":{"Metrics":[{"Id":"m1","ReturnData":true}],
        "Dimensions":[{"value":"i-1","name":"InstanceId"}],"Threshold":1e3,"Zulu":"  ","Alpha":""}}"#;
    let by = |collections| {
        let settings = HostedSettings { collections, ..HostedSettings::default() };
        let record = record(received(&notification(&json!(message)), &settings));
        ["OKActions", "AlarmActions", "Odd", "Trigger"].map(|key| record.get(key).unwrap().to_owned())
    };
    assert_eq!(
        by(Collections::Java),
        [
            "[]",
            "[arn:1, arn:2]",
            "{n=1.50, t=x \"y\", no=null}",
            "Metrics : [{Id=m1, ReturnData=true}]\nDimensions : [{value=i-1, name=InstanceId}]\nThreshold : 1e3\n\
         Zulu :   \nAlpha :",
        ]
    );
    assert_eq!(
        by(Collections::Json),
        [
            "[]",
            r#"["arn:1","arn:2"]"#,
            r#"{"n":1.50,"t":"x \"y\"","no":null}"#,
            "Metrics : [{\"Id\":\"m1\",\"ReturnData\":true}]\n\
         Dimensions : [{\"value\":\"i-1\",\"name\":\"InstanceId\"}]\nThreshold : 1e3\nZulu :   \nAlpha :",
        ]
    );
}

#[test]
fn what_is_no_alarm_is_ignored() {
    for message in [json!("plain text"), json!("[1]"), json!({"detail-type": "GuardDuty Finding"})] {
        let Incoming::Ignored { record, why } = received(&notification(&message), &HostedSettings::default())
        else {
            panic!("{message}")
        };
        assert_eq!(why, "the message is no CloudWatch alarm");
        assert!(record.get("alertSource").unwrap().contains("sourceSubName=<null>"));
        assert_eq!((record.get("Type"), record.get("Message")), (Some("Notification"), None));
    }
}

#[test]
fn an_alert_needs_an_alias_and_a_message() {
    let alarm = json!({"NewStateValue": "ALARM"});
    let settings = HostedSettings::default();
    assert!(matches!(
        received(&notification(&alarm), &settings),
        Incoming::Ignored { why: "the alias comes out empty", .. }
    ));
    let body = json!({"Type": "Notification", "Message": json!({"AlarmName": "a", "NewStateValue": "ALARM"}).to_string()});
    assert!(matches!(
        received(&body.to_string(), &settings),
        Incoming::Ignored { why: "the message comes out empty", .. }
    ));
}

#[test]
fn subscriptions_ask_for_confirmation_without_showing_their_token() {
    let body = json!({
        "Type": "SubscriptionConfirmation",
        "TopicArn": "arn:aws:sns:us-east-1:123456789012:t",
        "SubscribeURL": "https://sns.us-east-1.amazonaws.com/?Action=ConfirmSubscription&Token=secret",
    });
    let incoming = received(&body.to_string(), &HostedSettings::default());
    assert!(!format!("{incoming:?}").contains("secret"));
    let Incoming::Confirm(confirmation) = incoming else { panic!() };
    assert!(confirmation.subscribe_url.ends_with("Token=secret"));
    let ended =
        json!({"Type": "UnsubscribeConfirmation", "SubscribeURL": "https://sns.us-east-1.amazonaws.com/"});
    assert_eq!(received(&ended.to_string(), &HostedSettings::default()), Incoming::Unsubscribed);
}

#[test]
fn what_is_no_sns_message_is_refused() {
    for (body, want) in [
        ("", "the body is no JSON object"),
        ("[]", "the body is no JSON object"),
        ("{\"Type\":", "the body is no JSON object"),
        ("{}", "the body has no Type of an SNS message"),
        ("{\"Type\":\"Greeting\"}", "the body has no Type of an SNS message"),
        ("{\"Type\":\"SubscriptionConfirmation\"}", "the confirmation request has no SubscribeURL"),
    ] {
        let error = receive(body.as_bytes(), &HostedSettings::default(), "CloudWatch", id()).unwrap_err();
        assert!(error.to_string().starts_with(want), "{body}: {error}");
    }
}

#[test]
fn fields_come_from_settings() {
    let settings: HostedSettings = toml::from_str(
        r#"
        user = "cw"
        teams = ["secops"]
        priority = "P1"
        properties = "none"
        [templates]
        alias = "{{AWSAccountId}}:{{ AlarmName }}"
        message = "{{NewStateValue}} {{AlarmName}}{{Missing}}"
        tags = ["cloudwatch", "{{Region}}", "{{Missing}}"]
        "#,
    )
    .unwrap();
    let Incoming::Act { command, .. } = received(BODY, &settings) else { panic!() };
    let Command::Create(create) = *command else { panic!() };
    let Create { message, alias, tags, details, responders, priority, by, .. } = *create;
    assert_eq!(
        (message.as_str(), alias.as_deref(), tags.join("|").as_str()),
        (
            "ALARM CloudTrailChanges",
            Some("825426534673:CloudTrailChanges"),
            "cloudwatch|US East (N. Virginia)"
        )
    );
    assert!(details.is_empty());
    assert_eq!(format!("{responders:?} {priority:?}"), "[One(Team, Name(\"secops\"))] P1");
    assert_eq!(by.user.as_deref(), Some("cw"));
    for (wrong, want) in [
        ("priority = \"P9\"", "\"P9\" is none of P1 to P5"),
        ("[templates]\nalias = \"{{AlarmName\"", "the template has {{ without }}"),
        ("[templates]\nalias = \"{{AlarmName.substring(0,4)}}\"", "{{AlarmName.substring(0,4)}} is no name"),
        ("colour = 1", "unknown field `colour`"),
    ] {
        let error = toml::from_str::<HostedSettings>(wrong).unwrap_err().to_string();
        assert!(error.contains(want), "{error}");
    }
}

#[test]
fn long_and_deep_messages_are_cut_and_do_no_harm() {
    let deep = "[".repeat(50_000) + &"]".repeat(50_000);
    let long = "é".repeat(20_000);
    let message = format!(
        r#"{{"AlarmName":"{long}","NewStateValue":"ALARM","NewStateReason":"{long}","Deep":{deep},"Trigger":{{"Deep":{deep}}}}}"#
    );
    let Incoming::Act { command, .. } = received(&notification(&json!(message)), &HostedSettings::default())
    else {
        panic!()
    };
    let Command::Create(create) = *command else { panic!() };
    assert_eq!(create.alias.unwrap().chars().count(), 512);
    assert_eq!(create.description.chars().count(), 15_000);
    let details: usize = create.details.iter().map(|(k, v)| k.chars().count() + v.chars().count()).sum();
    assert!(details <= 8_000);
}

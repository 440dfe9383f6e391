//! Keys that are made once, a topic with a subscription, and the folder of recorded data.

use std::path::PathBuf;
use std::sync::OnceLock;

use chrono::{DateTime, Utc};
use serde_json::Value;
use trailbell_sim::sns::{
    CertificateAuthority, Confirmation, Envelope, Kind, MessageAttribute, Notification, RsaKey,
    SignedEnvelope, Subscription, Topic,
};

/// Every test's "now".
pub(crate) fn now() -> DateTime<Utc> {
    DateTime::from_timestamp_millis(1_790_105_220_926).unwrap()
}

pub(crate) fn key() -> &'static RsaKey {
    static KEY: OnceLock<RsaKey> = OnceLock::new();
    KEY.get_or_init(|| RsaKey::from_seed(1).unwrap())
}

pub(crate) fn authority() -> &'static CertificateAuthority {
    static AUTHORITY: OnceLock<CertificateAuthority> = OnceLock::new();
    AUTHORITY.get_or_init(|| CertificateAuthority::new(1, now()).unwrap())
}

pub(crate) fn topic() -> (Topic, Subscription) {
    let mut topic = Topic::new("eu-west-1", "123456789012", "ops-alarms", 1).unwrap();
    let subscription = topic.subscribe();
    (topic, subscription)
}

/// One message of each kind, the notification with and without subject and with awkward text.
pub(crate) fn envelopes() -> Vec<Envelope> {
    let (mut topic, mut subscription) = topic();
    vec![
        topic.notification(&subscription, "hello", now()),
        topic
            .notification(&subscription, "{\"a\":\"b\\n\"}\r\nSesión 😀\n", now())
            .subject("ALARM: \"root\" in EU (Ireland)")
            .attribute("kind", "String", "x"),
        topic.subscription_confirmation(&mut subscription, now()),
        topic.unsubscribe_confirmation(&mut subscription, now()),
    ]
}

/// A file of the recorded data, or `None`, said aloud, where there is none.
pub(crate) fn data(path: &str) -> Option<String> {
    let root = std::env::var_os("TRAILBELL_DATA")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/data"), PathBuf::from);
    let path = root.join(path);
    if !path.exists() {
        eprintln!(
            "SKIPPED: {} is missing; set TRAILBELL_DATA to the folder of recorded data",
            path.display()
        );
        return None;
    }
    Some(std::fs::read_to_string(path).unwrap())
}

pub(crate) fn json(path: &str) -> Option<Value> {
    data(path).map(|text| serde_json::from_str(&text).unwrap())
}

pub(crate) fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_else(|| panic!("no text {key} in {value}"))
}

/// A body as SNS posted it, as an envelope. `serde_json` sorts the attributes' names, as the recorded ones are.
pub(crate) fn parse(body: &Value) -> SignedEnvelope {
    let field = |key: &str| text(body, key).to_owned();
    let confirmation = || Confirmation { token: field("Token"), subscribe_url: field("SubscribeURL") };
    let kind = match text(body, "Type") {
        "Notification" => Kind::Notification(Notification {
            subject: body["Subject"].as_str().map(str::to_owned),
            unsubscribe_url: field("UnsubscribeURL"),
            attributes: body["MessageAttributes"].as_object().map_or_else(Vec::new, |attributes| {
                let attribute = |value: &Value| MessageAttribute {
                    data_type: text(value, "Type").to_owned(),
                    value: text(value, "Value").to_owned(),
                };
                attributes.iter().map(|(name, value)| (name.clone(), attribute(value))).collect()
            }),
        }),
        "SubscriptionConfirmation" => Kind::SubscriptionConfirmation(confirmation()),
        "UnsubscribeConfirmation" => Kind::UnsubscribeConfirmation(confirmation()),
        other => panic!("unknown type {other}"),
    };
    SignedEnvelope {
        envelope: Envelope {
            kind,
            message_id: field("MessageId"),
            topic_arn: field("TopicArn"),
            message: field("Message"),
            timestamp: field("Timestamp"),
        },
        signature_version: field("SignatureVersion"),
        signature: field("Signature"),
        signing_cert_url: field("SigningCertURL"),
    }
}

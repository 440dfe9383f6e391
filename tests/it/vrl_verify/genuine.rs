//! Messages that AWS signed between 2016 and 2026, judged at their own time with the keys of their certificates.

use std::collections::BTreeMap;
use std::path::Path;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use trailbell::sns::PinnedKey;

use super::{Judge, pin, settings};
use crate::real_data;

pub(super) struct Genuine {
    pub(super) file: String,
    pub(super) verifies: bool,
    pub(super) lambda: bool,
    pub(super) message: Value,
    pub(super) pem: Vec<u8>,
    pub(super) at: DateTime<Utc>,
}

impl Genuine {
    pub(super) fn topic(&self) -> &str {
        self.message["TopicArn"].as_str().unwrap()
    }

    fn key(&self) -> PinnedKey {
        let url = if self.lambda { "SigningCertUrl" } else { "SigningCertURL" };
        let region = self.topic().split(':').nth(3).unwrap();
        pin(&self.pem, self.message[url].as_str().unwrap(), region)
    }
}

pub(super) fn genuine() -> Vec<Genuine> {
    let Some(folder) = real_data::folder() else { return Vec::new() };
    let folder = folder.join("sns/genuine");
    let index = real_data::json(&folder.join("verified.json"));
    let rows = index.as_array().unwrap().iter().map(|row| read(&folder, row));
    let rows: Vec<_> = rows.collect();
    assert!(rows.len() >= 20, "only {} messages", rows.len());
    rows
}

fn read(folder: &Path, row: &Value) -> Genuine {
    let text = |key: &str| row[key].as_str().unwrap().to_owned();
    Genuine {
        verifies: text("result") == "VERIFIES",
        lambda: text("form") == "lambda",
        message: real_data::json(&folder.join("messages").join(text("file")))["message"].clone(),
        pem: std::fs::read(folder.join("certs").join(text("cert"))).unwrap(),
        at: text("timestamp").parse().unwrap(),
        file: text("file"),
    }
}

/// All keys in one table, each URL once.
pub(super) fn judge_of(all: &[Genuine]) -> Judge {
    let keys: BTreeMap<String, PinnedKey> =
        all.iter().map(Genuine::key).map(|key| (key.url().to_owned(), key)).collect();
    Judge::new(&keys.into_values().collect::<Vec<_>>())
}

#[test]
fn they_come_through_as_they_were_signed_or_fail_as_others_found() {
    let all = genuine();
    let judge = judge_of(&all);
    for genuine in &all {
        let verdict = judge.run(&genuine.message, settings(genuine.at, genuine.topic()));
        let file = &genuine.file;
        if !genuine.verifies {
            assert_eq!(verdict, Err("signature: the signature does not fit the message".into()), "{file}");
            continue;
        }
        let passed = verdict.unwrap_or_else(|reason| panic!("{file}: {reason}"));
        let signed = ["Type", "MessageId", "TopicArn", "Message", "Timestamp", "Subject"];
        let confirms = genuine.message["Type"] != "Notification";
        let signed = signed.iter().chain(if confirms { &["SubscribeURL", "Token"][..] } else { &[] });
        let signed: Value = signed
            .filter(|name| !genuine.message[**name].is_null())
            .map(|name| ((*name).to_owned(), genuine.message[*name].clone()))
            .collect::<serde_json::Map<_, _>>()
            .into();
        assert_eq!(passed.event, signed, "{file}");
        let url = if genuine.lambda { "SigningCertUrl" } else { "SigningCertURL" };
        let verified = json!({
            "at": genuine.at.to_rfc3339(),
            "signature_version": genuine.message["SignatureVersion"],
            "signing_cert_url": genuine.message[url],
        });
        let trailbell = &passed.metadata["trailbell"];
        assert_eq!(trailbell["verified"], verified, "{file}");
        assert_eq!(trailbell["sns"], json!({"topics": [genuine.topic()]}), "{file}: the key stays behind");
    }
}

#[test]
fn both_versions_and_all_types_are_among_them() {
    let all = genuine();
    if all.is_empty() {
        return;
    }
    let verified = || all.iter().filter(|genuine| genuine.verifies);
    for version in ["1", "2"] {
        assert!(verified().any(|genuine| genuine.message["SignatureVersion"] == version), "{version}");
    }
    for kind in ["Notification", "SubscriptionConfirmation", "UnsubscribeConfirmation"] {
        assert!(verified().any(|genuine| genuine.message["Type"] == kind), "{kind}");
    }
}

#[test]
fn today_their_certificates_have_expired() {
    let all = genuine();
    let judge = judge_of(&all);
    let late: DateTime<Utc> = "2026-11-01T00:00:00Z".parse().unwrap();
    for genuine in &all {
        let mut settings = settings(late, genuine.topic());
        settings["trailbell"]["sns"]["max_age_secs"] = json!(4_000_000_000_u32);
        let verdict = judge.run(&genuine.message, settings);
        let reason = "certificate: the key's certificate is not valid at this time";
        assert_eq!(verdict, Err(reason.into()), "{}", genuine.file);
    }
}

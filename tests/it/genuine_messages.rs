//! Messages that AWS signed between 2016 and 2026, judged at their own time.

#![allow(clippy::unwrap_used)]

use chrono::{DateTime, Utc};
use trailbell::sns::{Envelope, MessageType, Policy, Refusal, SigningCertificate, Spelling, Verified};

use crate::real_data;

struct Genuine {
    file: String,
    verifies: bool,
    envelope: Envelope,
    certificate: SigningCertificate,
    at: DateTime<Utc>,
}

fn genuine() -> Vec<Genuine> {
    let Some(folder) = real_data::folder() else { return Vec::new() };
    let folder = folder.join("sns/genuine");
    let index = real_data::json(&folder.join("verified.json"));
    let text = |row: &serde_json::Value, key: &str| row[key].as_str().unwrap().to_owned();
    let rows = index.as_array().unwrap().iter().map(|row| {
        let file = text(row, "file");
        let body = real_data::json(&folder.join("messages").join(&file))["message"].to_string();
        let spelling = if text(row, "form") == "lambda" { Spelling::Lambda } else { Spelling::Http };
        let pem = std::fs::read(folder.join("certs").join(text(row, "cert"))).unwrap();
        Genuine {
            verifies: text(row, "result") == "VERIFIES",
            envelope: Envelope::parse_spelt(body.as_bytes(), spelling).unwrap(),
            certificate: SigningCertificate::from_pem(&pem).unwrap(),
            at: text(row, "timestamp").parse().unwrap(),
            file,
        }
    });
    let rows: Vec<_> = rows.collect();
    assert!(rows.len() >= 20, "only {} messages", rows.len());
    rows
}

/// A policy that asks nothing of the topic, as at a desk.
fn anybody() -> Policy {
    Policy { allow_list: None, ..Policy::new(trailbell::sns::AllowList::default()) }
}

fn judge(genuine: Genuine) -> Result<Verified<Envelope>, Refusal> {
    anybody().admit(genuine.envelope, genuine.at)?.verify(&genuine.certificate, genuine.at)
}

#[test]
fn they_verify_or_fail_as_others_found() {
    for genuine in genuine() {
        let (file, verifies) = (genuine.file.clone(), genuine.verifies);
        let verdict = judge(genuine);
        if verifies {
            assert!(verdict.is_ok(), "{file}: {verdict:?}");
        } else {
            assert_eq!(verdict, Err(Refusal::Signature), "{file}");
        }
    }
}

#[test]
fn today_their_certificates_have_expired() {
    for genuine in genuine() {
        let file = genuine.file.clone();
        let late = "2026-11-01T00:00:00Z".parse().unwrap();
        let policy = Policy { replay_window: None, ..anybody() };
        let verdict = policy.admit(genuine.envelope, late).and_then(|m| m.verify(&genuine.certificate, late));
        assert!(matches!(verdict, Err(Refusal::Certificate(_))), "{file}: {verdict:?}");
    }
}

#[test]
fn all_three_types_and_both_spellings_are_among_them() {
    let all = genuine();
    if all.is_empty() {
        return;
    }
    for kind in [
        MessageType::Notification,
        MessageType::SubscriptionConfirmation,
        MessageType::UnsubscribeConfirmation,
    ] {
        assert!(all.iter().any(|g| g.envelope.message_type() == kind), "{kind:?}");
    }
    for spelling in [Spelling::Http, Spelling::Lambda] {
        assert!(all.iter().any(|g| g.envelope.spelling() == spelling), "{spelling:?}");
    }
}

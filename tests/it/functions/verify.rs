//! `verify_sns_message`: what SNS signed passes, everything else does not, wherever the certificate comes from.

use std::sync::LazyLock;

use serde_json::{Value as Json, json};
use trailbell::functions::SnsTrust;
use trailbell::sns::{AllowList, Policy};
use trailbell_sim::sns::{SignatureVersion, SignedEnvelope, Signer, Topic};
use vrl::compiler::{CompileConfig, Program};
use vrl::value::Value;

use super::{compile, compile_with, json as to_json, run};
use crate::real_data;
use crate::world::{ACCOUNT, HOST, REGION, beginning, certificate, signer, strange_key};

/// The certificate and the time come with the event.
static BY_ARGUMENT: LazyLock<Program> = LazyLock::new(|| {
    compile(
        "verify_sns_message!(
            .message, timestamp!(.at), certificates: array!(.pems), topics: [\"arn:aws:sns:us-east-1:123456789012:ops\"]
        )",
    )
    .unwrap()
});

fn signed(version: SignatureVersion) -> SignedEnvelope {
    signed_by(&signer(version))
}

fn signed_by(signer: &Signer) -> SignedEnvelope {
    let mut topic = Topic::new(REGION, ACCOUNT, "ops", 1).unwrap().hosted_at(HOST);
    let subscription = topic.subscribe();
    signer.sign(topic.notification(&subscription, "the disk is full", beginning()).subject("Disk")).unwrap()
}

fn event(message: impl Into<Value>, pems: &[String]) -> Value {
    let pems: Vec<Value> = pems.iter().map(|pem| pem.as_str().into()).collect();
    let members = [("message", message.into()), ("at", beginning().into()), ("pems", pems.into())];
    members.into_iter().map(|(name, value)| (vrl::value::KeyString::from(name), value)).collect()
}

fn pem() -> String {
    certificate().pem.clone()
}

/// The reason alone.
fn refused(program: &Program, event: Value) -> String {
    let error = run(program, event).unwrap_err();
    error.split_once("): ").unwrap_or_else(|| panic!("{error}")).1.to_owned()
}

#[test]
fn what_sns_signed_is_given_typed() {
    for version in [SignatureVersion::V1, SignatureVersion::V2] {
        let text = signed(version).to_json();
        let value = run(&BY_ARGUMENT, event(text.as_str(), &[pem()])).unwrap();
        let kind = BY_ARGUMENT.final_type_info().result.kind().clone();
        assert_eq!(kind.is_superset(&value.kind()), Ok(()));
        let message = to_json(&value);
        assert_eq!((&message["message"], &message["subject"]), (&json!("the disk is full"), &json!("Disk")));
        assert_eq!((&message["topic"]["name"], &message["signing_host"]), (&json!("ops"), &json!(HOST)));
        assert!(!message.to_string().contains("Unsubscribe"), "{message}");
    }
}

#[test]
fn an_object_that_a_host_parsed_and_added_to_verifies_too() {
    let mut object: Json = serde_json::from_str(&signed(SignatureVersion::V2).to_json()).unwrap();
    object["source_type"] = "http_server".into();
    object["nested"] = json!({"Message": ["x"]});
    assert!(run(&BY_ARGUMENT, event(object.clone(), &[pem()])).is_ok());
    object["Message"] = "the disk is empty".into();
    assert_eq!(refused(&BY_ARGUMENT, event(object, &[pem()])), "the signature does not fit the message");
}

#[test]
fn whatever_was_altered_is_refused() {
    let text = signed(SignatureVersion::V2).to_json();
    let alter = |from: &str, to: &str| {
        let altered = text.replacen(from, to, 1);
        assert_ne!(altered, text, "{from}");
        altered
    };
    let no_fit = "the signature does not fit the message";
    for (altered, reason) in [
        (alter("the disk is full", "the disk is fulL"), no_fit),
        (alter("\"Disk\"", "\"Desk\""), no_fit),
        (alter("\"Signature\" : \"", "\"Signature\" : \"AAAA"), no_fit),
        (
            alter(":ops\"", ":ops2\""),
            "topic arn:aws:sns:us-east-1:123456789012:ops2 is not on the allow-list",
        ),
        (
            alter(HOST, "sns.us-east-1.evil.test"),
            "SigningCertURL is not on sns.us-east-1.amazonaws.com, the SNS host of the topic's region",
        ),
    ] {
        assert_eq!(refused(&BY_ARGUMENT, event(altered, &[pem()])), reason);
    }
    let strange =
        signed_by(&Signer::new(strange_key(), SignatureVersion::V2, certificate().url(HOST))).to_json();
    assert_eq!(refused(&BY_ARGUMENT, event(strange, &[pem()])), no_fit);
    assert_eq!(refused(&BY_ARGUMENT, event(text, &[])), "there is no signing certificate to verify with");
}

/// Keys are rotated: two certificates of one name, of which one fits.
#[test]
fn each_certificate_of_the_right_name_is_tried() {
    use trailbell_sim::sns::{CertificateProfile, SigningCertificate};
    let profile = CertificateProfile::for_region(REGION, beginning());
    let rotated = SigningCertificate::self_signed(strange_key(), &profile).unwrap();
    let elsewhere =
        SigningCertificate::self_signed(strange_key(), &profile.named("sns.example.test")).unwrap();
    let text = signed(SignatureVersion::V2).to_json();
    let of =
        |pems: &[&String]| event(text.as_str(), &pems.iter().map(|pem| (*pem).clone()).collect::<Vec<_>>());
    assert!(run(&BY_ARGUMENT, of(&[&rotated.pem, &elsewhere.pem, &pem()])).is_ok());
    assert_eq!(
        refused(&BY_ARGUMENT, of(&[&elsewhere.pem, &rotated.pem])),
        "the signature does not fit the message"
    );
    assert_eq!(
        refused(&BY_ARGUMENT, of(&[&elsewhere.pem])),
        "the certificate is issued to [\"sns.example.test\"], not to sns.amazonaws.com"
    );
    assert!(
        refused(&BY_ARGUMENT, event(text.as_str(), &["-----".to_owned()])).starts_with("certificate 1: ")
    );
}

fn trust(topic: &str) -> SnsTrust {
    SnsTrust::new(Policy::new(AllowList::new(vec![topic.parse().unwrap()])))
}

fn with_trust(source: &str, trust: &SnsTrust) -> Program {
    let mut config = CompileConfig::default();
    config.set_custom(trust.clone());
    compile_with(source, config).unwrap()
}

#[test]
fn a_trust_set_gives_topics_and_certificates_also_those_that_come_later() {
    let trust = trust("arn:aws:sns:us-east-1:123456789012:*");
    let program = with_trust("verify_sns_message!(.message, timestamp!(.at))", &trust);
    let text = signed(SignatureVersion::V2).to_json();
    assert_eq!(
        refused(&program, event(text.as_str(), &[])),
        "there is no signing certificate to verify with"
    );
    trust.add_certificate(pem().as_bytes()).unwrap();
    assert!(run(&program, event(text.as_str(), &[])).is_ok());
    trust.forget_expired(beginning() + chrono::TimeDelta::days(20_000));
    assert_eq!(
        refused(&program, event(text.as_str(), &[])),
        "there is no signing certificate to verify with"
    );
    assert!(trust.add_certificate(b"no certificate").is_err());
}

#[test]
fn arguments_stand_in_place_of_the_trust_set() {
    let trust = trust("arn:aws:sns:us-east-1:123456789012:another");
    let text = signed(SignatureVersion::V2).to_json();
    let given =
        with_trust("verify_sns_message!(.message, timestamp!(.at), certificates: array!(.pems))", &trust);
    assert_eq!(
        refused(&given, event(text.as_str(), &[pem()])),
        "topic arn:aws:sns:us-east-1:123456789012:ops is not on the allow-list"
    );
    trust.add_certificate(pem().as_bytes()).unwrap();
    let topics =
        "verify_sns_message!(.message, timestamp!(.at), topics: [\"arn:aws:sns:*:123456789012:ops\"])";
    assert!(run(&with_trust(topics, &trust), event(text.as_str(), &[])).is_ok());
}

#[test]
fn age_is_judged_by_the_time_that_is_given() {
    let text = signed(SignatureVersion::V2).to_json();
    let judge = |seconds: i64, max_age: &str| {
        let source = format!(
            "verify_sns_message!(.message, timestamp!(.at), certificates: array!(.pems), \
             topics: [\"arn:aws:sns:*:*:ops\"]{max_age})"
        );
        let mut event = event(text.as_str(), &[pem()]);
        let at = beginning() + chrono::TimeDelta::seconds(seconds);
        event.insert(vrl::path!("at"), Value::from(at));
        run(&compile(&source).unwrap(), event).err()
    };
    assert_eq!(judge(4_500, ""), None);
    assert!(judge(4_501, "").unwrap().contains("longer ago than the replay window"));
    assert_eq!(judge(90_000, ", max_age: 100000"), None);
    assert!(judge(61, ", max_age: 60").unwrap().contains("longer ago than the replay window"));
    assert!(judge(-301, "").unwrap().contains("which is in the future"));
}

#[test]
fn what_cannot_verify_anything_does_not_compile() {
    for (arguments, expected) in [
        ("", "topics are missing: the host placed no trust set"),
        ("topics: [\"arn:aws:sns:*:1*:a\"]", "certificates are missing: the host placed no trust set"),
        (
            "certificates: [], topics: [\"ops\"]",
            "\"ops\" is not arn:<partition>:sns:<region>:<account>:<name>",
        ),
        (
            "certificates: [\"x\"], topics: [\"arn:aws:sns:*:*:a\"]",
            "certificate 1: the certificate file is not exactly one",
        ),
        ("certificates: [], topics: [\"arn:aws:sns:*:*:a\"], max_age: 0", "max_age is not above 0 seconds"),
        ("certificates: [], topics: array!(.topics)", "unexpected expression"),
    ] {
        let error = compile(&format!("verify_sns_message!(., now(), {arguments})")).unwrap_err();
        assert!(error.contains(expected), "{arguments}: {error}");
    }
}

/// Messages that AWS signed between 2016 and 2026, judged at their own time.
#[test]
fn genuine_messages_verify_or_fail_as_others_found() {
    let Some(folder) = real_data::folder() else { return };
    let folder = folder.join("sns/genuine");
    let index = real_data::json(&folder.join("verified.json"));
    let program = |spelling: &str| {
        let source = format!(
            "verify_sns_message!(.message, timestamp!(.at), certificates: array!(.pems), \
             topics: [\"arn:aws:sns:*:*:*\"], spelling: \"{spelling}\")"
        );
        compile(&source).unwrap()
    };
    let (http, lambda) = (program("http"), program("lambda"));
    let mut verified = 0;
    for row in index.as_array().unwrap() {
        let text = |key: &str| row[key].as_str().unwrap();
        let message = real_data::json(&folder.join("messages").join(text("file")))["message"].take();
        let pem = std::fs::read_to_string(folder.join("certs").join(text("cert"))).unwrap();
        let program = if text("form") == "lambda" { &lambda } else { &http };
        let mut event = event(message, &[pem]);
        let at: chrono::DateTime<chrono::Utc> = text("timestamp").parse().unwrap();
        event.insert(vrl::path!("at"), Value::from(at));
        if text("result") == "VERIFIES" {
            let result = run(program, event);
            assert!(result.is_ok(), "{}: {result:?}", text("file"));
            verified += 1;
        } else {
            assert_eq!(refused(program, event), "the signature does not fit the message", "{}", text("file"));
        }
    }
    assert!(verified > 10, "only {verified}");
}

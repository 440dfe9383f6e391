//! `trailbell verify`.

use std::fmt::Write as _;

use serde_json::json;
use trailbell_sim::sns::{SignatureVersion, SignedEnvelope, Topic};

use super::Desk;
use crate::world::{ACCOUNT, REGION, beginning, certificate, signer, with_member};

fn signed(version: SignatureVersion) -> SignedEnvelope {
    let mut topic = Topic::new(REGION, ACCOUNT, "ops-alarms", 1).unwrap();
    let subscription = topic.subscribe();
    let envelope = topic.notification(&subscription, "hello", beginning());
    signer(version).sign(envelope).unwrap()
}

fn desk() -> Desk {
    let desk = Desk::new();
    desk.write("sns.pem", &certificate().pem);
    desk.write("genuine.json", signed(SignatureVersion::V2).to_json());
    desk.write("forged.json", with_member(&signed(SignatureVersion::V2), "Message", Some("bye".into())));
    desk
}

const HERE: [&str; 5] = ["verify", "--cert", "sns.pem", "--at", "published"];

fn with<'a>(more: &[&'a str]) -> Vec<&'a str> {
    HERE.iter().copied().chain(more.iter().copied()).collect()
}

#[test]
fn genuine_is_code_0_and_forged_is_code_1_with_the_reason() {
    let desk = desk();
    let mut told = String::new();
    for more in [
        &["genuine.json"][..],
        &["forged.json"],
        &["genuine.json", "forged.json"],
        &["--format", "text", "genuine.json", "forged.json"],
        &["--allow-topic", "arn:aws:sns:us-east-1:123456789012:ops-*", "genuine.json"],
        &["--allow-topic", "arn:aws:sns:us-east-1:123456789012:other", "genuine.json"],
        &["--lambda", "genuine.json"],
    ] {
        let ended = desk.run(&with(more));
        writeln!(told, "$ trailbell verify … {}\n{}", more.join(" "), ended.whole()).unwrap();
    }
    insta::assert_snapshot!(told);
}

#[test]
fn messages_come_in_every_wrapper_and_from_standard_input() {
    let desk = desk();
    let (first, second) = (signed(SignatureVersion::V1).to_json(), signed(SignatureVersion::V2).to_json());
    let one_line = |body: &str| serde_json::from_str::<serde_json::Value>(body).unwrap().to_string();
    let sqs = json!({"Messages": [{"Body": first}, {"Body": second}]}).to_string();
    let lambda: serde_json::Value = serde_json::from_str(
        &second.replace("SigningCertURL", "SigningCertUrl").replace("UnsubscribeURL", "UnsubscribeUrl"),
    )
    .unwrap();
    let lambda = json!({"Records": [{"EventSource": "aws:sns", "Sns": lambda}]}).to_string();
    let ndjson = format!("{}\n{}\n", one_line(&first), one_line(&second));
    for (input, count) in [(first.clone(), 1), (sqs, 2), (lambda, 1), (ndjson, 2)] {
        let ended = desk.run_with(&with(&["-"]), &input);
        assert_eq!(ended.code, 0, "{}{}", ended.out, ended.err);
        let lines = ended.lines();
        assert_eq!(lines.len(), count);
        assert!(lines.iter().all(|line| line["verdict"] == "ok"), "{}", ended.out);
    }
}

#[test]
fn the_time_decides_on_the_certificate() {
    let desk = desk();
    for (at, code) in [
        ("2026-09-22T19:27:00Z", 0),
        ("2027-06-01T00:00:00Z", 0),
        ("2026-01-01T00:00:00Z", 1),
        ("2030-01-01T00:00:00+02:00", 1),
        ("yesterday", 2),
    ] {
        let ended = desk.run(&["verify", "--cert", "sns.pem", "--at", at, "genuine.json"]);
        assert_eq!(ended.code, code, "{at}: {}{}", ended.out, ended.err);
    }
}

#[test]
fn what_is_no_message_is_forged_and_what_cannot_be_read_is_code_2() {
    let desk = desk();
    desk.write("other.json", r#"{"hello": "world"}"#);
    let ended = desk.run(&with(&["other.json"]));
    assert_eq!(ended.code, 1);
    assert_eq!(
        ended.lines()[0]["reason"],
        "Type is missing: a message from SNS always has it (raw message delivery must be off)"
    );
    let genuine = std::fs::read_to_string(desk.path().join("genuine.json")).unwrap();
    let genuine = serde_json::from_str::<serde_json::Value>(&genuine).unwrap().to_string();
    desk.write("torn.ndjson", format!("{genuine}\n{}\n{genuine}\n", &genuine[..100]));
    let ended = desk.run(&with(&["torn.ndjson"]));
    assert_eq!((ended.code, ended.lines().len()), (2, 2), "{}{}", ended.out, ended.err);
    assert!(ended.err.starts_with("trailbell: torn.ndjson:2: "), "{}", ended.err);
    desk.write("no.pem", "nonsense");
    for arguments in [
        &with(&["missing.json"])[..],
        &["verify", "--cert", "no.pem", "genuine.json"],
        &["verify", "--cert", "missing.pem", "genuine.json"],
    ] {
        let ended = desk.run(arguments);
        assert_eq!((ended.code, ended.out.as_str()), (2, ""), "{arguments:?}");
        assert!(ended.err.starts_with("trailbell: ") && ended.err.contains(": "), "{}", ended.err);
    }
}

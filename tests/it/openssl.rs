//! openssl as an outside judge: what it signs verifies here, and no more once it is altered. (That what the
//! simulator signs verifies there is proven by the simulator's own tests.)

use std::path::Path;
use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use tempfile::TempDir;
use trailbell::sns::{AllowList, Envelope, Policy, Refusal, SigningCertificate};

const ARN: &str = "arn:aws:sns:eu-west-1:123456789012:ops-alarms";

fn openssl(folder: &Path, arguments: &[&str]) -> Vec<u8> {
    let output = Command::new("openssl").args(arguments).current_dir(folder).output();
    let output = output.expect("this test needs the openssl command: install the package openssl");
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// A key, and its certificate in the name that SNS has in most regions.
fn key_and_certificate(bits: u32) -> (TempDir, Vec<u8>) {
    let folder = TempDir::new().unwrap();
    openssl(
        folder.path(),
        &[
            "req",
            "-x509",
            "-newkey",
            &format!("rsa:{bits}"),
            "-nodes",
            "-keyout",
            "key.pem",
            "-out",
            "certificate.pem",
            "-days",
            "30",
            "-subj",
            "/CN=sns.amazonaws.com",
            "-addext",
            "subjectAltName=DNS:sns.amazonaws.com",
        ],
    );
    let pem = std::fs::read(folder.path().join("certificate.pem")).unwrap();
    (folder, pem)
}

fn sign(folder: &Path, digest: &str, text: &str) -> String {
    std::fs::write(folder.join("text"), text).unwrap();
    STANDARD.encode(openssl(folder, &["dgst", digest, "-sign", "key.pem", "text"]))
}

/// What is signed, written out by hand, and the members that say the same.
fn messages(at: DateTime<Utc>) -> Vec<(String, Value)> {
    let at = at.to_rfc3339_opts(chrono::SecondsFormat::Millis, true);
    let token = "2336412f37fb687f5d51e6e2425dacbb".repeat(8);
    let url = format!(
        "https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn={ARN}&Token={token}"
    );
    let mut rows = vec![
        (
            format!(
                "Message\nRoot \"user\"\n\nSesión 😀\\n\nMessageId\na-1\nSubject\nALARM: \"root\"\nTimestamp\n{at}\nTopicArn\n{ARN}\nType\nNotification\n"
            ),
            json!({"Type": "Notification", "MessageId": "a-1", "TopicArn": ARN, "Subject": "ALARM: \"root\"", "Message": "Root \"user\"\n\nSesión 😀\\n", "Timestamp": at}),
        ),
        (
            format!("Message\nhello\nMessageId\na-2\nTimestamp\n{at}\nTopicArn\n{ARN}\nType\nNotification\n"),
            json!({"Type": "Notification", "MessageId": "a-2", "TopicArn": ARN, "Message": "hello", "Timestamp": at}),
        ),
    ];
    for kind in ["SubscriptionConfirmation", "UnsubscribeConfirmation"] {
        rows.push((
            format!("Message\nYou have chosen\nMessageId\na-3\nSubscribeURL\n{url}\nTimestamp\n{at}\nToken\n{token}\nTopicArn\n{ARN}\nType\n{kind}\n"),
            json!({"Type": kind, "MessageId": "a-3", "TopicArn": ARN, "Message": "You have chosen", "Timestamp": at, "Token": token, "SubscribeURL": url}),
        ));
    }
    rows
}

fn judge(members: &Value, pem: &[u8], at: DateTime<Utc>) -> Result<(), Refusal> {
    let policy = Policy::new(AllowList::new(vec![ARN.parse().unwrap()]));
    let envelope = Envelope::parse(members.to_string().as_bytes()).unwrap();
    let certificate = SigningCertificate::from_pem(pem).unwrap();
    policy.admit(envelope, at)?.verify(&certificate, at).map(|_| ())
}

#[test]
fn what_openssl_signs_verifies_and_what_is_altered_does_not() {
    let (folder, pem) = key_and_certificate(2048);
    let now = Utc::now();
    for (version, digest, other) in [("1", "-sha1", "-sha256"), ("2", "-sha256", "-sha1")] {
        for (text, mut members) in messages(now) {
            let set = |members: &mut Value, name: &str, value: &str| members[name] = value.into();
            set(&mut members, "SignatureVersion", version);
            set(
                &mut members,
                "SigningCertURL",
                "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem",
            );
            set(&mut members, "Signature", &sign(folder.path(), digest, &text));
            assert_eq!(judge(&members, &pem, now), Ok(()), "version {version}: {text}");

            let mut altered = members.clone();
            set(&mut altered, "Message", "Root 'user'");
            assert_eq!(judge(&altered, &pem, now), Err(Refusal::Signature), "version {version}: {text}");
            let mut other_digest = members.clone();
            set(&mut other_digest, "Signature", &sign(folder.path(), other, &text));
            assert_eq!(judge(&other_digest, &pem, now), Err(Refusal::Signature), "version {version}: {text}");
            let mut without_end = members.clone();
            set(&mut without_end, "Signature", &sign(folder.path(), digest, text.trim_end()));
            assert_eq!(judge(&without_end, &pem, now), Err(Refusal::Signature), "version {version}: {text}");
        }
    }
}

#[test]
fn larger_keys_serve_and_smaller_ones_do_not() {
    for (bits, serves) in [(1024, false), (2047, false), (3072, true)] {
        let (folder, pem) = key_and_certificate(bits);
        let now = Utc::now();
        let (text, mut members) = messages(now).swap_remove(1);
        if !serves {
            let error = SigningCertificate::from_pem(&pem).unwrap_err().to_string();
            assert_eq!(error, "the certificate's key is not RSA of at least 2048 bits", "{bits}");
            continue;
        }
        members["SignatureVersion"] = "2".into();
        members["SigningCertURL"] =
            "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0.pem".into();
        members["Signature"] = sign(folder.path(), "-sha256", &text).into();
        assert_eq!(judge(&members, &pem, now), Ok(()), "{bits}");
    }
}

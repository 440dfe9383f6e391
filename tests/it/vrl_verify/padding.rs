//! Signatures by the right key of texts that are not padded as PKCS #1 v1.5 says: `openssl` encrypts any 256 bytes
//! with the private key, and the verifier in Rust is the second judge.

use std::path::Path;
use std::process::Command;

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, SHA256, SHA512, digest};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tempfile::TempDir;
use trailbell::sns::{AllowList, Envelope, Policy, SigningCertificate};

use super::{Judge, pin, settings};

const ARN: &str = "arn:aws:sns:eu-west-1:123456789012:ops-alarms";
const URL: &str = "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem";

const SHA1_INFO: &str = "3021300906052b0e03021a05000414";
const SHA256_INFO: &str = "3031300d060960864801650304020105000420";
/// The same without the NULL of the parameters, which some verifiers forgive.
const SHA256_INFO_WITHOUT_NULL: &str = "302f300b0609608648016503040201 0420";
const SHA512_INFO: &str = "3051300d060960864801650304020305000440";

fn openssl(folder: &Path, arguments: &[&str]) -> Vec<u8> {
    let output = Command::new("openssl").args(arguments).current_dir(folder).output();
    let output = output.expect("this test needs the openssl command: install the package openssl");
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

fn bytes(hexadecimal: &str) -> Vec<u8> {
    let digits: Vec<u8> = hexadecimal.bytes().filter(|byte| *byte != b' ').collect();
    let pairs = digits.chunks(2).map(|pair| std::str::from_utf8(pair).unwrap());
    pairs.map(|pair| u8::from_str_radix(pair, 16).unwrap()).collect()
}

/// `head`, as many `ff` as make 256 bytes, `tail`.
fn padded(head: &[u8], tail: &[u8]) -> Vec<u8> {
    let filling = vec![0xff; 256 - head.len() - tail.len()];
    [head, &filling, tail].concat()
}

#[test]
fn the_padding_is_compared_whole() {
    let folder = TempDir::new().unwrap();
    let subject = "/CN=sns.amazonaws.com";
    let arguments = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj", subject];
    openssl(folder.path(), &[&arguments[..], &["-keyout", "key.pem", "-out", "certificate.pem"]].concat());
    let pem = std::fs::read(folder.path().join("certificate.pem")).unwrap();
    let judge = Judge::new(&[pin(&pem, URL, "eu-west-1")]);
    let certificate = SigningCertificate::from_pem(&pem).unwrap();
    let now = chrono::Utc::now();
    let at = now.to_rfc3339_opts(chrono::SecondsFormat::Millis, true);
    let text =
        format!("Message\nhello\nMessageId\na-1\nTimestamp\n{at}\nTopicArn\n{ARN}\nType\nNotification\n");
    let sha1 = digest(&SHA1_FOR_LEGACY_USE_ONLY, text.as_bytes());
    let sha256 = digest(&SHA256, text.as_bytes());
    let sha512 = digest(&SHA512, text.as_bytes());

    let of = |separator: &[u8], info: &str, hash: &[u8]| [separator, &bytes(info), hash].concat();
    let right = of(&[0], SHA256_INFO, sha256.as_ref());
    let changed = |position: usize, value: u8| {
        let mut encoded = padded(&[0, 1], &right);
        encoded[position] = value;
        encoded
    };
    let garbage_after = |filling: usize| {
        let mut encoded = [&[0, 1], &vec![0xff; filling][..], &right].concat();
        encoded.resize(256, 0x55);
        encoded
    };
    for (name, version, encoded, holds) in [
        ("SHA-256", "2", padded(&[0, 1], &right), true),
        ("SHA-1", "1", padded(&[0, 1], &of(&[0], SHA1_INFO, sha1.as_ref())), true),
        ("SHA-1 as version 2", "2", padded(&[0, 1], &of(&[0], SHA1_INFO, sha1.as_ref())), false),
        ("SHA-256 as version 1", "1", padded(&[0, 1], &right), false),
        ("SHA-512", "2", padded(&[0, 1], &of(&[0], SHA512_INFO, sha512.as_ref())), false),
        ("without NULL", "2", padded(&[0, 1], &of(&[0], SHA256_INFO_WITHOUT_NULL, sha256.as_ref())), false),
        ("no name of the hash", "2", padded(&[0, 1], &of(&[0], "", sha256.as_ref())), false),
        ("the name of another hash", "2", padded(&[0, 1], &of(&[0], SHA1_INFO, sha256.as_ref())), false),
        ("block type 2", "2", padded(&[0, 2], &right), false),
        ("block type 0", "2", padded(&[0, 0], &right), false),
        ("no leading zero", "2", padded(&[1], &right), false),
        ("no separator", "2", padded(&[0, 1], &of(&[], SHA256_INFO, sha256.as_ref())), false),
        ("another separator", "2", padded(&[0, 1], &of(&[1], SHA256_INFO, sha256.as_ref())), false),
        ("filling of fe at its start", "2", changed(2, 0xfe), false),
        ("filling of fe at its end", "2", changed(203, 0xfe), false),
        ("filling of zero", "2", changed(100, 0), false),
        ("the last bit of the hash", "2", changed(255, sha256.as_ref()[31] ^ 1), false),
        // Bleichenbacher's forgery of 2006: a short filling, and room for garbage after the hash.
        ("garbage after the hash", "2", garbage_after(8), false),
        ("one byte after the hash", "2", garbage_after(201), false),
        ("nothing but zeros", "2", vec![0; 256], false),
    ] {
        std::fs::write(folder.path().join("encoded"), &encoded).unwrap();
        let raw = [
            "pkeyutl",
            "-decrypt",
            "-inkey",
            "key.pem",
            "-pkeyopt",
            "rsa_padding_mode:none",
            "-in",
            "encoded",
        ];
        let signature = openssl(folder.path(), &raw);
        let message: Value = json!({
            "Type": "Notification", "MessageId": "a-1", "TopicArn": ARN, "Message": "hello", "Timestamp": at,
            "SignatureVersion": version, "Signature": STANDARD.encode(signature), "SigningCertURL": URL,
        });
        let expected = (!holds).then(|| "signature: the signature does not fit the message".to_owned());
        assert_eq!(judge.run(&message, settings(now, ARN)).err(), expected, "{name}");
        let policy = Policy::new(AllowList::new(vec![ARN.parse().unwrap()]));
        let envelope = Envelope::parse(message.to_string().as_bytes()).unwrap();
        let second = policy.admit(envelope, now).unwrap().verify(&certificate, now);
        assert_eq!(second.is_ok(), holds, "{name}: {second:?}");
    }
}

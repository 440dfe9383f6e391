//! Everything that is not as SNS signed it, with the word for the reason.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::TimeDelta;
use serde_json::{Value, json};
use trailbell_sim::sns::{CertificateProfile, SignatureVersion, Signer, Topic};

use super::{Judge, TOPIC, pin, settings, world_judge, world_key};
use crate::world::{ACCOUNT, HOST, REGION, authority, beginning, certificate, key, signer, strange_key};

fn with_signer(signer: &Signer) -> Value {
    let mut topic = Topic::new(REGION, ACCOUNT, "ops-alarms", 1).unwrap();
    let subscription = topic.subscribe();
    let signed = signer.sign(topic.notification(&subscription, "hello", beginning())).unwrap();
    serde_json::from_str(&signed.to_json()).unwrap()
}

fn signed(version: SignatureVersion) -> Value {
    with_signer(&signer(version))
}

fn with(message: &Value, name: &str, value: impl Into<Value>) -> Value {
    let mut copy = message.clone();
    copy[name] = value.into();
    assert_ne!(&copy, message, "{name} is as it was");
    copy
}

fn with_signature(message: &Value, signature: &[u8]) -> Value {
    with(message, "Signature", STANDARD.encode(signature))
}

fn signature(message: &Value) -> Vec<u8> {
    STANDARD.decode(message["Signature"].as_str().unwrap()).unwrap()
}

fn modulus() -> Vec<u8> {
    let hexadecimal = world_key().row()[4].clone();
    (0..256).map(|i| u8::from_str_radix(&hexadecimal[2 * i..2 * i + 2], 16).unwrap()).collect()
}

#[test]
fn what_is_signed_cannot_be_altered() {
    let judge = world_judge();
    for version in [SignatureVersion::V1, SignatureVersion::V2] {
        let honest = signed(version);
        assert_eq!(judge.label(&honest, beginning(), TOPIC), None, "{version:?}");
        let other = if version == SignatureVersion::V1 { "2" } else { "1" };
        for altered in [
            with(&honest, "Message", "hello."),
            with(&honest, "Message", ""),
            with(&honest, "MessageId", "a-1"),
            with(&honest, "Subject", "set by a stranger"),
            with(&honest, "Timestamp", "2026-09-22T19:27:00.927Z"),
            with(&honest, "SignatureVersion", other),
        ] {
            let label = judge.label(&altered, beginning(), TOPIC);
            assert_eq!(label.as_deref(), Some("signature"), "{version:?}: {altered}");
        }
    }
}

#[test]
fn no_bit_of_a_signature_can_be_flipped() {
    let judge = world_judge();
    let honest = signed(SignatureVersion::V2);
    // The ends, the middle, and where limbs of 27 bits meet.
    for bit in [0, 1, 26, 27, 1023, 1024, 2024, 2046] {
        let mut flipped = signature(&honest);
        flipped[255 - bit / 8] ^= 1 << (bit % 8);
        let label = judge.label(&with_signature(&honest, &flipped), beginning(), TOPIC);
        assert_eq!(label.as_deref(), Some("signature"), "bit {bit}");
    }
}

#[test]
fn a_signature_is_256_bytes_below_the_modulus() {
    let judge = world_judge();
    let honest = signed(SignatureVersion::V2);
    let right = signature(&honest);
    let number = |last: u8| [vec![0; 255], vec![last]].concat();
    let mut one_less = modulus();
    one_less[255] -= 1;
    for (name, signature) in [
        ("empty", vec![]),
        ("short", right[1..].to_vec()),
        ("cut", right[..255].to_vec()),
        ("long", [&right[..], &[0]].concat()),
        ("with a leading zero", [&[0], &right[..]].concat()),
        ("zero", number(0)),
        ("one", number(1)),
        ("the modulus", modulus()),
        ("the modulus less one", one_less),
        ("the highest", vec![0xff; 256]),
    ] {
        let label = judge.label(&with_signature(&honest, &signature), beginning(), TOPIC);
        assert_eq!(label.as_deref(), Some("signature"), "{name}");
    }
}

/// The same number modulo the modulus, and another text: refused by RFC 8017, section 8.2.2, step 1.
#[test]
fn the_modulus_cannot_be_added_to_a_signature() {
    let judge = world_judge();
    let mut topic = Topic::new(REGION, ACCOUNT, "ops-alarms", 1).unwrap();
    let subscription = topic.subscribe();
    let added = (0..1000).find_map(|_| {
        let envelope = topic.notification(&subscription, "hello", beginning());
        let signed = signer(SignatureVersion::V2).sign(envelope).unwrap();
        let message: Value = serde_json::from_str(&signed.to_json()).unwrap();
        let mut carry = 0;
        let mut sum = signature(&message);
        for (byte, addend) in sum.iter_mut().zip(modulus()).rev() {
            carry += u16::from(*byte) + u16::from(addend);
            *byte = carry.to_be_bytes()[1];
            carry >>= 8;
        }
        (carry == 0).then(|| (with_signature(&message, &sum), message))
    });
    let (added, honest) = added.unwrap();
    assert_eq!(judge.label(&honest, beginning(), TOPIC), None);
    assert_eq!(judge.label(&added, beginning(), TOPIC).as_deref(), Some("signature"));
}

#[test]
fn a_signature_has_one_spelling() {
    let judge = world_judge();
    let honest = signed(SignatureVersion::V2);
    let text = honest["Signature"].as_str().unwrap();
    assert!(text.ends_with("==") && text.len() == 344);
    // The last letter before `==` carries two bits; its four others have to be zero.
    let last = text.as_bytes()[341];
    let sloppy =
        char::from(if last.is_ascii_digit() || matches!(last, b'+' | b'/') { b'h' } else { last + 1 });
    for spelling in [
        text.trim_end_matches('=').to_owned(),
        format!("{}=", text.trim_end_matches('=')),
        format!("{text}="),
        format!("{text}\n"),
        format!(" {text}"),
        format!("{}\n{}", &text[..76], &text[76..]),
        format!("{}{sloppy}==", &text[..341]),
        format!("{}{}", "-_", &text[2..]),
        "nonsense!".to_owned(),
    ] {
        let label = judge.label(&with(&honest, "Signature", spelling.as_str()), beginning(), TOPIC);
        assert_eq!(label.as_deref(), Some("signature_encoding"), "{spelling}");
    }
    for value in [json!(null), json!(7), json!([text]), json!({"a": text})] {
        let label = judge.label(&with(&honest, "Signature", value.clone()), beginning(), TOPIC);
        assert_eq!(label.as_deref(), Some("signature_encoding"), "{value}");
    }
}

#[test]
fn the_key_is_that_of_the_url_the_region_and_the_time() {
    let honest = signed(SignatureVersion::V2);
    let url = certificate().url(HOST);
    let strange = with_signer(&Signer::new(strange_key(), SignatureVersion::V2, url.as_str()));
    let judge = world_judge();
    for (message, at, expected) in [
        (strange, beginning(), "signature"),
        (with(&honest, "SigningCertURL", url.to_uppercase()), beginning(), "key_not_pinned"),
        (with(&honest, "SigningCertURL", format!("{url}?")), beginning(), "key_not_pinned"),
        (
            with(&honest, "SigningCertURL", url.replace("us-east-1", "us-west-2")),
            beginning(),
            "key_not_pinned",
        ),
        (with(&honest, "SigningCertURL", ""), beginning(), "key_not_pinned"),
        (with(&honest, "SigningCertURL", json!(null)), beginning(), "key_not_pinned"),
        (with(&honest, "SigningCertURL", json!({"from": url})), beginning(), "key_not_pinned"),
        (honest.clone(), beginning() + TimeDelta::seconds(4501), "too_old"),
        (honest.clone(), beginning() - TimeDelta::seconds(301), "from_the_future"),
    ] {
        assert_eq!(judge.label(&message, at, TOPIC).as_deref(), Some(expected), "{at}: {message}");
    }
    let profile = CertificateProfile::for_region(REGION, beginning());
    for (from, to) in [(-20, -1), (1, 20)] {
        let (from, to) = (beginning() + TimeDelta::minutes(from), beginning() + TimeDelta::minutes(to));
        let pem = authority().issue_signing(key(), &profile.clone().valid(from, to)).unwrap().pem;
        let judge = Judge::new(&[pin(pem.as_bytes(), &url, REGION)]);
        assert_eq!(judge.label(&honest, beginning(), TOPIC).as_deref(), Some("certificate"), "{from} {to}");
    }
    let elsewhere = "arn:aws:sns:us-west-2:123456789012:ops-alarms";
    let label = judge.label(&with(&honest, "TopicArn", elsewhere), beginning(), elsewhere);
    assert_eq!(label.as_deref(), Some("key_not_pinned"), "a region's topics are signed in the region");
    assert_eq!(Judge::new(&[]).label(&honest, beginning(), TOPIC).as_deref(), Some("key_not_pinned"));
    let twice = Judge::new(&[world_key(), world_key()]);
    assert_eq!(twice.label(&honest, beginning(), TOPIC).as_deref(), Some("key_not_pinned"));
}

#[test]
fn a_damaged_row_is_no_key() {
    let honest = signed(SignatureVersion::V2);
    let judge = Judge::of(&[super::VERIFY_SNS_VRL], &[]);
    let row = |change: &dyn Fn(&mut Value)| {
        let key = world_key();
        let mut row: Value = trailbell::sns::PinnedKey::COLUMNS
            .iter()
            .zip(key.row())
            .map(|(name, cell)| ((*name).to_owned(), Value::from(cell)))
            .collect::<serde_json::Map<_, _>>()
            .into();
        change(&mut row);
        let mut settings = settings(beginning(), TOPIC);
        settings["trailbell"]["sns"]["key"] = row;
        judge.run(&honest, settings).err()
    };
    assert_eq!(row(&|_| ()), None);
    for (column, value) in [
        ("modulus", json!("")),
        ("modulus", json!("0".repeat(512))),
        ("modulus", json!("f".repeat(511))),
        ("modulus", json!(null)),
        ("r_squared", json!("f".repeat(513))),
        ("r_squared", json!("0".repeat(512))),
        ("n_prime", json!("1")),
        ("n_prime", json!("-1")),
        ("n_prime", json!("none")),
        ("n_prime", json!("99999999999999999999")),
        ("not_before", json!("")),
        ("not_after", json!("soon")),
        ("region", json!(null)),
        ("region", json!("us-west-2")),
        ("signing_cert_url", json!("")),
    ] {
        assert!(row(&|row| row[column] = value.clone()).is_some(), "{column}: {value}");
    }
    assert!(row(&|row| *row = json!("text")).is_some());
    assert!(row(&|row| *row = json!(null)).is_some());
}

#[test]
fn an_envelope_has_its_shape() {
    let judge = world_judge();
    let honest = signed(SignatureVersion::V2);
    for (name, value, expected) in [
        ("Type", json!("Raw"), "envelope"),
        ("Type", json!(null), "envelope"),
        ("Type", json!("SubscriptionConfirmation"), "envelope"),
        ("Message", json!(null), "envelope"),
        ("Message", json!({"hello": "world"}), "envelope"),
        ("Message", json!(1), "envelope"),
        ("MessageId", json!("a\nb"), "envelope"),
        ("MessageId", json!("a\n"), "envelope"),
        ("MessageId", json!(""), "envelope"),
        ("MessageId", json!("a".repeat(101)), "envelope"),
        ("Timestamp", json!("2026-09-22T19:27:00.926+00:00"), "envelope"),
        ("Timestamp", json!("2026-09-22 19:27:00Z"), "envelope"),
        ("Timestamp", json!("2026-09-22T19:27:00.926Z\n"), "envelope"),
        ("Timestamp", json!("2026-13-22T19:27:00.926Z"), "envelope"),
        ("Subject", json!("a\nTimestamp\n"), "envelope"),
        ("Subject", json!(["a"]), "envelope"),
        ("SignatureVersion", json!("3"), "signature_version"),
        ("SignatureVersion", json!(2), "signature_version"),
        ("SignatureVersion", json!(null), "signature_version"),
        ("TopicArn", json!("arn:aws:sns:us-east-1:123456789012:other"), "topic_not_allowed"),
        ("TopicArn", json!(null), "topic_not_allowed"),
    ] {
        let label = judge.label(&with(&honest, name, value.clone()), beginning(), TOPIC);
        assert_eq!(label.as_deref(), Some(expected), "{name}: {value}");
    }
    for event in [json!(null), json!("text"), json!([1]), json!({}), json!(7)] {
        assert_eq!(judge.label(&event, beginning(), TOPIC).as_deref(), Some("envelope"), "{event}");
    }
}

/// A setting that is forgotten or mistaken closes the door.
#[test]
fn settings_fail_closed() {
    let judge = world_judge();
    let v1 = signed(SignatureVersion::V1);
    let with_setting = |name: &str, value: Value| {
        let mut settings = settings(beginning(), TOPIC);
        settings["trailbell"]["sns"][name] = value;
        judge.run(&v1, settings).err().map(|reason| reason.split(':').next().unwrap().to_owned())
    };
    for (name, value, expected) in [
        ("topics", json!([]), Some("topic_not_allowed")),
        ("topics", json!(TOPIC), Some("topic_not_allowed")),
        ("topics", json!(null), Some("topic_not_allowed")),
        ("topics", json!(["arn:aws:sns:us-east-1:123456789012:*"]), Some("topic_not_allowed")),
        ("signature_versions", json!(["2"]), Some("signature_version")),
        ("signature_versions", json!("1"), Some("signature_version")),
        ("signature_versions", json!([1]), Some("signature_version")),
        ("signature_versions", json!(["1"]), None),
        ("max_age_secs", json!("4500"), Some("settings")),
        ("max_age_secs", json!(-1), Some("settings")),
        ("clock_skew_secs", json!(0.5), Some("settings")),
        ("clock_skew_secs", json!(0), None),
    ] {
        assert_eq!(with_setting(name, value.clone()).as_deref(), expected, "{name}: {value}");
    }
    assert!(judge.run(&v1, json!(null)).is_err());
    assert!(judge.run(&v1, json!({"trailbell": "text"})).is_err());
}

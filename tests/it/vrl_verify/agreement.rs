//! Two verifiers that share no line, VRL's and aws-lc's, come to the same verdict on whatever is done to a message.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use serde_json::Value;
use trailbell::sns::{AllowList, Envelope, Policy, SigningCertificate};
use trailbell_sim::sns::{Kind, SignatureVersion, Topic};

use super::{TOPIC, settings, world_judge};
use crate::world::{ACCOUNT, REGION, beginning, certificate, signer};

/// What is done to a message.
#[derive(Debug, Clone)]
enum Change {
    Nothing,
    /// Another text in a member.
    Member(&'static str, String),
    /// One letter of a member.
    Letter(&'static str, prop::sample::Index, char),
    /// A member that is gone.
    Gone(&'static str),
    /// A bit of the signature.
    Bit(prop::sample::Index),
    /// Bytes before, after, and fewer of the signature.
    Bytes(Vec<u8>, usize, Vec<u8>),
    /// Any signature of the right length.
    Signature(Vec<u8>),
}

const MEMBERS: [&str; 9] = [
    "Type",
    "MessageId",
    "TopicArn",
    "Subject",
    "Message",
    "Timestamp",
    "SignatureVersion",
    "Signature",
    "SigningCertURL",
];

fn change() -> impl Strategy<Value = Change> {
    let member = || prop::sample::select(&MEMBERS[..]);
    prop_oneof![
        3 => Just(Change::Nothing),
        2 => (member(), "[a-z0-9:\n]{0,12}").prop_map(|(name, text)| Change::Member(name, text)),
        4 => (member(), any::<prop::sample::Index>(), any::<char>())
            .prop_map(|(name, at, letter)| Change::Letter(name, at, letter)),
        1 => member().prop_map(Change::Gone),
        4 => any::<prop::sample::Index>().prop_map(Change::Bit),
        1 => (prop::collection::vec(any::<u8>(), 0..3), 0..3_usize, prop::collection::vec(any::<u8>(), 0..3))
            .prop_map(|(before, fewer, after)| Change::Bytes(before, fewer, after)),
        1 => prop::collection::vec(any::<u8>(), 256).prop_map(Change::Signature),
    ]
}

fn changed(mut message: Value, change: Change) -> Value {
    let signature = STANDARD.decode(message["Signature"].as_str().unwrap()).unwrap();
    match change {
        Change::Nothing => {}
        Change::Member(name, text) => message[name] = text.into(),
        Change::Letter(name, at, letter) => {
            let mut letters: Vec<char> = message[name].as_str().unwrap_or("x").chars().collect();
            let at = at.index(letters.len());
            letters[at] = letter;
            message[name] = letters.into_iter().collect::<String>().into();
        }
        Change::Gone(name) => {
            message.as_object_mut().unwrap().remove(name);
        }
        Change::Bit(bit) => {
            let (mut signature, bit) = (signature, bit.index(2048));
            signature[bit / 8] ^= 1 << (bit % 8);
            message["Signature"] = STANDARD.encode(signature).into();
        }
        Change::Bytes(before, fewer, after) => {
            let kept = &signature[..signature.len() - fewer];
            message["Signature"] = STANDARD.encode([&before, kept, &after].concat()).into();
        }
        Change::Signature(signature) => message["Signature"] = STANDARD.encode(signature).into(),
    }
    message
}

fn verifies_in_rust(message: &Value, at: DateTime<Utc>) -> bool {
    let certificate = SigningCertificate::from_pem(certificate().pem.as_bytes()).unwrap();
    let policy = Policy::new(AllowList::new(vec![TOPIC.parse().unwrap()]));
    let envelope = Envelope::parse(message.to_string().as_bytes());
    envelope.is_ok_and(|envelope| {
        policy.admit(envelope, at).is_ok_and(|admitted| admitted.verify(&certificate, at).is_ok())
    })
}

fn message(version: SignatureVersion, text: &str, subject: Option<String>) -> Value {
    let mut topic = Topic::new(REGION, ACCOUNT, "ops-alarms", 1).unwrap();
    let subscription = topic.subscribe();
    let mut envelope = topic.notification(&subscription, text, beginning());
    if let Kind::Notification(notification) = &mut envelope.kind {
        notification.subject = subject;
    }
    serde_json::from_str(&signer(version).sign(envelope).unwrap().to_json()).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(65537),
        ..ProptestConfig::with_cases(32)
    })]

    #[test]
    fn the_verdict_is_that_of_rust(
        version in prop::sample::select(&[SignatureVersion::V1, SignatureVersion::V2][..]),
        text in "\\PC{0,40}",
        subject in prop::option::of("[ -~]{0,20}"),
        change in change(),
    ) {
        let message = changed(message(version, &text, subject), change.clone());
        let expected = verifies_in_rust(&message, beginning());
        if matches!(change, Change::Nothing) {
            prop_assert!(expected);
        }
        let verdict = world_judge().run(&message, settings(beginning(), TOPIC));
        prop_assert_eq!(verdict.is_ok(), expected, "{:?}", verdict);
    }
}

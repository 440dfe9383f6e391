//! What holds for every envelope.

use proptest::prelude::*;
use serde_json::{Map, Value, json};
use trailbell::sns::{
    AllowList, Envelope, MAX_ENVELOPE_BYTES, Policy, Refusal, SigningCertificate, Spelling,
};
use trailbell_sim::sns::{Confirmation, Kind, Notification, SignatureVersion, SignedEnvelope, timestamp};

use crate::world::{HOST, beginning, certificate, signer};

const ARN: &str = "arn:aws:sns:us-east-1:123456789012:ops-alarms";

const NAMES: [&str; 15] = [
    "Type",
    "MessageId",
    "Token",
    "TopicArn",
    "Subject",
    "Message",
    "SubscribeURL",
    "Timestamp",
    "SignatureVersion",
    "Signature",
    "SigningCertURL",
    "SigningCertUrl",
    "UnsubscribeURL",
    "MessageAttributes",
    "Other",
];

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        prop::sample::select(vec![
            "Notification",
            "SubscriptionConfirmation",
            ARN,
            "1",
            "2026-09-22T19:27:00.926Z"
        ])
        .prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(any::<String>(), inner, 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

/// Objects with SNS's names, so that parsing gets beyond the first.
fn near_envelope() -> impl Strategy<Value = String> {
    let member = (prop::sample::select(NAMES.to_vec()), any_json());
    prop::collection::vec(member, 0..16).prop_map(|members| {
        let members: Vec<String> =
            members.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
        format!("{{{}}}", members.join(","))
    })
}

fn confirmation() -> impl Strategy<Value = Confirmation> {
    (any::<String>(), any::<String>())
        .prop_map(|(token, subscribe_url)| Confirmation { token, subscribe_url })
}

fn envelope() -> impl Strategy<Value = trailbell_sim::sns::Envelope> {
    let subject = prop::option::of(any::<String>().prop_map(|text| text.replace(['\n', '\r'], "")));
    let kind = prop_oneof![
        subject.prop_map(|subject| Kind::Notification(Notification {
            subject,
            unsubscribe_url: "https://sns.us-east-1.amazonaws.com/?Action=Unsubscribe".to_owned(),
            attributes: Vec::new(),
        })),
        confirmation().prop_map(Kind::SubscriptionConfirmation),
        confirmation().prop_map(Kind::UnsubscribeConfirmation),
    ];
    (kind, "[0-9a-zA-Z-]{1,100}", any::<String>(), 0..3_600_000_i64).prop_map(
        |(kind, message_id, message, age)| trailbell_sim::sns::Envelope {
            kind,
            message_id,
            topic_arn: ARN.to_owned(),
            message,
            timestamp: timestamp(beginning() - chrono::TimeDelta::milliseconds(age)),
        },
    )
}

fn judge(body: &str) -> Result<(), Refusal> {
    let policy = Policy::new(AllowList::new(vec!["arn:aws:sns:*:*:*".parse().unwrap()]));
    let pem = SigningCertificate::from_pem(certificate().pem.as_bytes()).unwrap();
    let envelope = Envelope::parse(body.as_bytes()).unwrap();
    policy.admit(envelope, beginning())?.verify(&pem, beginning()).map(|_| ())
}

/// The signed members of this envelope, by name.
fn signed_members(envelope: &trailbell_sim::sns::Envelope) -> Vec<&'static str> {
    let mut names = vec!["Message", "MessageId", "Timestamp", "TopicArn"];
    match &envelope.kind {
        Kind::Notification(Notification { subject: Some(_), .. }) => names.push("Subject"),
        Kind::Notification(_) => {}
        Kind::SubscriptionConfirmation(_) | Kind::UnsubscribeConfirmation(_) => {
            names.extend(["Token", "SubscribeURL"]);
        }
    }
    names
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1000) })]

    #[test]
    fn no_bytes_make_the_parser_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = Envelope::parse(&bytes);
        let _ = Envelope::parse_spelt(&bytes, Spelling::Lambda);
    }

    #[test]
    fn no_json_makes_the_parser_panic(text in near_envelope()) {
        for spelling in [Spelling::Http, Spelling::Lambda] {
            if let Ok(envelope) = Envelope::parse_spelt(text.as_bytes(), spelling) {
                prop_assert!(!envelope.canonical_string().is_empty());
            }
        }
    }

    /// Whatever becomes of a message on its way, it is refused or as it was.
    #[test]
    fn no_damage_makes_the_parser_panic(envelope in envelope(), at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let signed = SignedEnvelope {
            envelope,
            signature_version: "2".to_owned(),
            signature: "c2ln".to_owned(),
            signing_cert_url: certificate().url(HOST),
        };
        let mut body = signed.to_json().into_bytes();
        let at = at.index(body.len());
        body[at] = byte;
        let _ = Envelope::parse(&body);
        let _ = Envelope::parse(&body[..at]);
    }

    #[test]
    fn no_certificate_file_makes_its_parser_panic(bytes in prop::collection::vec(any::<u8>(), 0..200), at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let _ = SigningCertificate::from_pem(&bytes);
        let mut pem = certificate().pem.clone().into_bytes();
        let at = at.index(pem.len());
        pem[at] = byte;
        let _ = SigningCertificate::from_pem(&pem);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

    /// The simulator writes the canonical string by its own reading of AWS's text; ours has to be the same.
    #[test]
    fn what_is_parsed_is_what_was_signed(envelope in envelope()) {
        let signed = signer(SignatureVersion::V2).sign(envelope).unwrap();
        prop_assert_eq!(judge(&signed.to_json()), Ok(()));
        let parsed = Envelope::parse(signed.to_json().as_bytes()).unwrap();
        prop_assert_eq!(parsed.canonical_string(), trailbell_sim::sns::canonical_string(&signed.envelope));
    }

    #[test]
    fn a_single_changed_character_of_a_signed_member_is_seen(
        envelope in envelope(),
        member in any::<prop::sample::Index>(),
        at in any::<prop::sample::Index>(),
        replacement in "[ -~]",
    ) {
        let signed = signer(SignatureVersion::V2).sign(envelope).unwrap();
        let mut body: Value = serde_json::from_str(&signed.to_json()).unwrap();
        let names = signed_members(&signed.envelope);
        let name = names[member.index(names.len())];
        let text = body[name].as_str().unwrap();
        let mut characters: Vec<char> = text.chars().collect();
        prop_assume!(!characters.is_empty());
        let at = at.index(characters.len());
        let replacement = replacement.chars().next().unwrap();
        prop_assume!(characters[at] != replacement);
        characters[at] = replacement;
        body[name] = characters.into_iter().collect::<String>().into();
        // It may also have become something that is no envelope, such as a time that does not exist.
        if Envelope::parse(body.to_string().as_bytes()).is_ok() {
            prop_assert!(judge(&body.to_string()).is_err(), "{} of {}", name, body);
        }
    }

    #[test]
    fn nothing_beyond_the_limit_is_parsed(more in 1..1000_usize) {
        let body = vec![b' '; MAX_ENVELOPE_BYTES + more];
        let error = Envelope::parse(&body).unwrap_err().to_string();
        prop_assert!(error.contains("more than the 524288"), "{}", error);
    }
}

/// A member's escapes are undone before it is signed: the spelling in the body does not count.
#[test]
fn how_json_spells_a_member_does_not_matter() {
    let envelope = trailbell_sim::sns::Envelope {
        kind: Kind::Notification(Notification {
            subject: Some("é/😀".to_owned()),
            unsubscribe_url: String::new(),
            attributes: Vec::new(),
        }),
        message_id: "a".to_owned(),
        topic_arn: ARN.to_owned(),
        message: "a\u{2028}b\u{7f}\t\"\\/".to_owned(),
        timestamp: timestamp(beginning()),
    };
    let signed = signer(SignatureVersion::V2).sign(envelope).unwrap();
    let plain: Value = serde_json::from_str(&signed.to_json()).unwrap();
    let escaped: Vec<String> = plain
        .as_object()
        .unwrap()
        .iter()
        .map(|(name, value)| {
            let units = value.as_str().unwrap().encode_utf16().map(|unit| format!("\\u{unit:04X}"));
            format!("{}:\"{}\"", json!(name), units.collect::<String>())
        })
        .collect();
    assert_eq!(judge(&plain.to_string()), Ok(()));
    assert_eq!(judge(&format!("{{{}}}", escaped.join(","))), Ok(()));
}

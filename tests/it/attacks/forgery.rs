//! Messages that SNS did not sign, or not so.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use trailbell_sim::sns::{Kind, SignatureVersion, SignedEnvelope, Signer};

use super::{Attack, prove_honest, repel};
use crate::world::{HOST, World, certificate, sign, signer, strange_key, with_member};

const FORGED: (u16, &str, &str) = (403, "signature", "the signature does not fit the message");

/// All that is signed in a message of this type, and how it may be altered so that the message stays sound.
fn altered(signed: &SignedEnvelope) -> Vec<(&'static str, SignedEnvelope)> {
    let mut rows = Vec::new();
    let mut alter = |field: &'static str, change: &dyn Fn(&mut SignedEnvelope)| {
        let mut copy = signed.clone();
        change(&mut copy);
        assert_ne!(&copy, signed, "{field} is as it was");
        rows.push((field, copy));
    };
    alter("Message", &|m| m.envelope.message.push('.'));
    alter("Message, cut", &|m| m.envelope.message.truncate(3));
    alter("Message, emptied", &|m| m.envelope.message.clear());
    alter("MessageId", &|m| m.envelope.message_id.replace_range(..1, "x"));
    alter("Timestamp", &|m| m.envelope.timestamp = m.envelope.timestamp.replace(".926Z", ".927Z"));
    alter("Timestamp, spelt otherwise", &|m| {
        m.envelope.timestamp = m.envelope.timestamp.replace(".926Z", ".9260Z");
    });
    alter("TopicArn", &|m| m.envelope.topic_arn.push('2'));
    match &signed.envelope.kind {
        Kind::Notification(_) => {
            let set = |m: &mut SignedEnvelope, subject: Option<&str>| {
                if let Kind::Notification(notification) = &mut m.envelope.kind {
                    notification.subject = subject.map(str::to_owned);
                }
            };
            alter("Subject", &|m| set(m, Some("Root logout")));
            alter("Subject, emptied", &|m| set(m, Some("")));
            alter("Subject, taken out", &|m| set(m, None));
        }
        Kind::SubscriptionConfirmation(confirmation) | Kind::UnsubscribeConfirmation(confirmation) => {
            alter("Type", &|m| {
                m.envelope.kind = match &m.envelope.kind {
                    Kind::SubscriptionConfirmation(_) => Kind::UnsubscribeConfirmation(confirmation.clone()),
                    _ => Kind::SubscriptionConfirmation(confirmation.clone()),
                };
            });
            let confirmation = |m: &mut SignedEnvelope, change: &dyn Fn(&mut String, &mut String)| {
                match &mut m.envelope.kind {
                    Kind::SubscriptionConfirmation(c) | Kind::UnsubscribeConfirmation(c) => {
                        change(&mut c.token, &mut c.subscribe_url);
                    }
                    Kind::Notification(_) => unreachable!(),
                }
            };
            alter("Token", &|m| confirmation(m, &|token, _| token.replace_range(..1, "x")));
            alter("SubscribeURL", &|m| confirmation(m, &|_, url| url.push_str("&a=b")));
        }
    }
    rows
}

#[tokio::test]
async fn each_signed_field_of_each_type_is_protected_in_both_versions() {
    let mut world = World::with(|settings| {
        settings.topics.allow.push("arn:aws:sns:us-east-1:123456789012:ops-alarms2".to_owned());
    })
    .await;
    prove_honest(&mut world).await;
    for version in [SignatureVersion::V1, SignatureVersion::V2] {
        let envelopes = [
            world.notification("the root user signed in").subject("Root login"),
            world.confirmation(),
            world.farewell(),
        ];
        for envelope in envelopes {
            let signed = signer(version).sign(envelope).unwrap();
            let kind = signed.envelope.kind.type_name();
            let rows = altered(&signed);
            assert!(rows.len() >= 8, "{kind}");
            let attacks = rows.into_iter().map(|(field, forged)| {
                let name = format!("{kind}, version {}, {field}", version.as_str());
                Attack::new(name, world.delivery(&forged)).answered(FORGED.0, FORGED.1, FORGED.2)
            });
            repel(&world, attacks).await;
        }
    }
}

#[tokio::test]
async fn a_confirmation_is_no_notification() {
    let mut world = World::start().await;
    prove_honest(&mut world).await;
    let envelope = world.farewell();
    let signed = sign(envelope);
    let body = with_member(&signed, "Type", Some("Notification".into()));
    let delivery = world.delivery(&signed).without("x-amz-sns-message-type").body(body);
    repel(&world, [Attack::new("Type", delivery).answered(FORGED.0, FORGED.1, FORGED.2)]).await;
}

#[tokio::test]
async fn a_signature_that_is_not_of_this_text_by_this_key_in_this_version_is_refused() {
    let mut world = World::start().await;
    prove_honest(&mut world).await;
    let good = world.signed();
    let url = certificate().url(HOST);
    let stranger = Signer::new(strange_key(), SignatureVersion::V2, url.clone());
    let older = signer(SignatureVersion::V1).sign(good.envelope.clone()).unwrap().signature;
    let raw = STANDARD.decode(&good.signature).unwrap();
    let with = |bytes: &[u8]| STANDARD.encode(bytes);
    let mut flipped = raw.clone();
    flipped[100] ^= 1;
    let long = [raw.as_slice(), &[0]].concat();
    let refused = |name, signature: String, (status, reason, says)| {
        let signed = SignedEnvelope { signature, ..good.clone() };
        Attack::new(name, world.delivery(&signed)).answered(status, reason, says)
    };
    let garbled = (403, "signature_encoding", "Signature is not base64");
    let rows = [
        refused("another key", stranger.sign(good.envelope.clone()).unwrap().signature, FORGED),
        refused("another message's", world.signed_of("another").signature, FORGED),
        refused("that of version 1", older, FORGED),
        refused("one bit flipped", with(&flipped), FORGED),
        refused("a byte short", with(&raw[..255]), FORGED),
        refused("a byte long", with(&long), FORGED),
        refused("half", with(&raw[..128]), FORGED),
        refused("zeros", with(&[0; 256]), FORGED),
        refused("ones", with(&[0xff; 256]), FORGED),
        refused("none", String::new(), FORGED),
        refused("no base64", "nonsense!".to_owned(), garbled),
        refused("a line feed at its end", format!("{}\n", good.signature), garbled),
        refused("a space before it", format!(" {}", good.signature), garbled),
        refused("its padding left out", good.signature.trim_end_matches('=').to_owned(), garbled),
        refused("in the alphabet of URLs", good.signature.replace('+', "-").replace('/', "_"), garbled),
        refused("in hexadecimal", "ab".repeat(256), FORGED),
    ];
    repel(&world, rows).await;
}

#[tokio::test]
async fn only_the_two_versions_are_known() {
    let mut world = World::start().await;
    prove_honest(&mut world).await;
    let signed = world.signed();
    let older = signer(SignatureVersion::V1).sign(signed.envelope.clone()).unwrap();
    let says = "SignatureVersion is not one that is accepted";
    let mut rows: Vec<Attack> = ["3", "0", "", " 2", "2.0", "02", "v2", "1,2"]
        .map(|version| {
            let body = with_member(&signed, "SignatureVersion", Some(version.into()));
            Attack::new(format!("version {version:?}"), world.delivery(&signed).body(body)).answered(
                403,
                "signature_version",
                says,
            )
        })
        .into();
    for (name, signed, claimed) in
        [("SHA-256 said to be SHA-1", &signed, "1"), ("SHA-1 said to be SHA-256", &older, "2")]
    {
        let body = with_member(signed, "SignatureVersion", Some(claimed.into()));
        rows.push(
            Attack::new(name, world.delivery(signed).body(body)).answered(FORGED.0, FORGED.1, FORGED.2),
        );
    }
    for (name, value, says) in [
        ("no version", None, "SignatureVersion is missing: a Notification always has it"),
        ("a number", Some(Value::from(2)), "expected a string"),
    ] {
        let body = with_member(&signed, "SignatureVersion", value);
        rows.push(Attack::new(name, world.delivery(&signed).body(body)).answered(
            400,
            "not_an_envelope",
            says,
        ));
    }
    repel(&world, rows).await;
}

#[tokio::test]
async fn where_version_2_alone_is_accepted_nobody_can_go_back_to_version_1() {
    let mut world =
        World::with(|settings| settings.verification.signature_versions = Some(vec!["2".to_owned()])).await;
    prove_honest(&mut world).await;
    let envelope = world.notification("signed with SHA-1");
    let older = signer(SignatureVersion::V1).sign(envelope).unwrap();
    let says = "SignatureVersion is not one that is accepted";
    let rows = [
        Attack::new("a genuine message of version 1", world.delivery(&older)).answered(
            403,
            "signature_version",
            says,
        ),
        Attack::new(
            "the same, said to be of version 2",
            world.delivery(&older).body(with_member(&older, "SignatureVersion", Some("2".into()))),
        )
        .answered(FORGED.0, FORGED.1, FORGED.2),
    ];
    repel(&world, rows).await;
}

/// A publisher whose text imitates the canonical string must not get one message taken for several: the line
/// feeds that separate names and values may stand in `Message`, and nowhere else.
#[tokio::test]
async fn the_borders_of_signed_fields_cannot_be_moved() {
    let mut world = World::start().await;
    prove_honest(&mut world).await;
    let sly = "hello\nMessageId\n11111111-1111-4111-8111-111111111111\nSubject\nBye";
    let envelope = world.notification(sly);
    let signed = sign(envelope);
    let (mut moved, id) = (signed.clone(), signed.envelope.message_id.clone());
    moved.envelope.message = "hello".to_owned();
    moved.envelope.message_id = "11111111-1111-4111-8111-111111111111".to_owned();
    moved.envelope = moved.envelope.subject(format!("Bye\nMessageId\n{id}"));
    let attack = Attack::new("moved", world.delivery(&moved));
    repel(&world, [attack.answered(400, "not_an_envelope", "Subject holds a line break")]).await;
    assert_eq!(world.deliver(&signed).await, 200, "the message itself is sound");
}

impl World {
    fn signed_of(&self, message: &str) -> SignedEnvelope {
        let mut topic = self.topic.clone();
        sign(topic.notification(&self.subscription, message, self.clock.now()))
    }
}

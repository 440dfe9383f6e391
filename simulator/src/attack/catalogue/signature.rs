//! Messages that SNS did not sign, or not so, or not for this topic.

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::attack::{Attack, Needs};
use crate::attack::family::Family;
use crate::attack::forge::{Forge, ForgeError};
use crate::attack::plan::Plan;
use crate::sns::{Kind, SignatureVersion, SignedEnvelope, canonical_string};

pub(super) fn attacks() -> Vec<Attack> {
    let mut all = no_signature();
    all.extend(wrong_signatures());
    all.extend(versions());
    all.extend(altered());
    all.extend(foreign_topics());
    all
}

fn attack(
    name: &'static str,
    sentence: &'static str,
    make: impl Fn(&mut Forge) -> Result<Plan, ForgeError> + Send + Sync + 'static,
) -> Attack {
    Attack::new(Family::Signature, name, sentence, make)
}

fn no_signature() -> Vec<Attack> {
    vec![
        attack("no-signature", "The member Signature is missing.", |forge| {
            let signed = genuine(forge)?;
            Ok(Plan::post(forge.with_member(&signed, "Signature", None)))
        })
        .needs(Needs::NothingButAws),
        signature("empty-signature", "Signature is an empty string.", |_, _| String::new())
            .needs(Needs::NothingButAws),
        signature("signature-not-base64", "Signature is not base64.", |_, _| "nonsense!".to_owned())
            .needs(Needs::NothingButAws),
        attack("strangers-key", "Somebody else signed, and names SNS's own certificate.", |forge| {
            let envelope = forge.notification();
            let signed = forge.sign_as_stranger(&forge.certificate_url(), envelope)?;
            Ok(Plan::post(forge.delivery(&signed)))
        })
        .needs(Needs::NothingButAws),
        attack("digest-for-signature", "Signature is the bare SHA-256 of the text.", |forge| {
            let mut signed = genuine(forge)?;
            let text = canonical_string(&signed.envelope);
            signed.signature = STANDARD.encode(digest::digest(&digest::SHA256, text.as_bytes()));
            Ok(Plan::post(forge.delivery(&signed)))
        })
        .needs(Needs::NothingButAws),
    ]
}

/// A genuine message with another signature, made from the bytes of the right one.
fn signature(
    name: &'static str,
    sentence: &'static str,
    change: impl Fn(&str, Vec<u8>) -> String + Send + Sync + 'static,
) -> Attack {
    attack(name, sentence, move |forge| {
        let mut signed = genuine(forge)?;
        let bytes = STANDARD.decode(&signed.signature).unwrap_or_default();
        signed.signature = change(&signed.signature, bytes);
        Ok(Plan::post(forge.delivery(&signed)))
    })
}

fn wrong_signatures() -> Vec<Attack> {
    vec![
        attack("another-messages-signature", "Signature is that of another genuine message.", |forge| {
            let other = genuine(forge)?;
            let signed = SignedEnvelope { signature: other.signature, ..genuine(forge)? };
            Ok(Plan::post(forge.delivery(&signed)))
        }),
        signature("one-bit-flipped", "One bit of the signature is flipped.", |_, mut bytes| {
            if let Some(byte) = bytes.get_mut(100) {
                *byte ^= 1;
            }
            STANDARD.encode(bytes)
        }),
        signature("signature-cut", "The signature's last byte is missing.", |_, mut bytes| {
            bytes.pop();
            STANDARD.encode(bytes)
        }),
        signature("signature-longer", "A byte stands after the signature.", |_, mut bytes| {
            bytes.push(0);
            STANDARD.encode(bytes)
        }),
        signature("signature-of-zeros", "The signature is all zeros.", |_, bytes| {
            STANDARD.encode(vec![0; bytes.len()])
        }),
        signature(
            "signature-of-one",
            "The signature is the number one, whose every power is one.",
            |_, mut bytes| {
                bytes.fill(0);
                if let Some(last) = bytes.last_mut() {
                    *last = 1;
                }
                STANDARD.encode(bytes)
            },
        ),
        signature("signature-of-ones", "The signature is larger than any key.", |_, bytes| {
            STANDARD.encode(vec![0xff; bytes.len()])
        }),
    ]
}

fn versions() -> Vec<Attack> {
    let said = |name, sentence, signed_in: SignatureVersion, said: Option<&'static str>| {
        attack(name, sentence, move |forge| {
            let envelope = forge.notification();
            let signed = forge.sign_in(signed_in, envelope)?;
            Ok(Plan::post(forge.with_member(&signed, "SignatureVersion", said.map(Into::into))))
        })
    };
    let (one, two) = (SignatureVersion::V1, SignatureVersion::V2);
    vec![
        said("sha1-said-to-be-sha256", "Signed with SHA-1, and said to be of version 2.", one, Some("2")),
        said("sha256-said-to-be-sha1", "Signed with SHA-256, and said to be of version 1.", two, Some("1")),
        said("unknown-version", "SignatureVersion is 3.", two, Some("3")),
        said("empty-version", "SignatureVersion is an empty string.", two, Some("")),
        attack("altered-under-sha1", "Version 1 with its signature, and another Message.", |forge| {
            let envelope = forge.notification();
            let mut signed = forge.sign_in(SignatureVersion::V1, envelope)?;
            signed.envelope.message.push('.');
            Ok(Plan::post(forge.delivery(&signed)))
        }),
    ]
}

/// A genuine notification that is changed after it was signed.
fn change(
    name: &'static str,
    sentence: &'static str,
    change: impl Fn(&mut SignedEnvelope) + Send + Sync + 'static,
) -> Attack {
    attack(name, sentence, move |forge| {
        let mut signed = genuine(forge)?;
        change(&mut signed);
        Ok(Plan::post(forge.delivery(&signed)))
    })
}

fn altered() -> Vec<Attack> {
    let subject = |signed: &mut SignedEnvelope, subject: Option<&str>| {
        if let Kind::Notification(notification) = &mut signed.envelope.kind {
            notification.subject = subject.map(str::to_owned);
        }
    };
    vec![
        change("altered-message", "Another Message under a genuine signature.", |signed| {
            signed.envelope.message = signed.envelope.message.replace("\"OK\"", "\"ALARM\"");
        }),
        change("emptied-message", "No text under a genuine signature.", |signed| {
            signed.envelope.message.clear();
        }),
        change("altered-message-id", "Another MessageId, so that a copy does not look like one.", |signed| {
            "11111111-1111-4111-8111-111111111111".clone_into(&mut signed.envelope.message_id);
        }),
        change("altered-subject", "Another Subject under a genuine signature.", move |signed| {
            subject(signed, Some("ALARM: everything"));
        }),
        change("removed-subject", "The Subject of a genuine message is taken out.", move |signed| {
            subject(signed, None);
        }),
        attack("added-subject", "A genuine message without a Subject gets one.", move |forge| {
            let mut envelope = forge.notification();
            if let Kind::Notification(notification) = &mut envelope.kind {
                notification.subject = None;
            }
            let mut signed = forge.sign(envelope)?;
            subject(&mut signed, Some("ALARM: everything"));
            Ok(Plan::post(forge.delivery(&signed)))
        }),
        attack("altered-type", "A genuine farewell is said to be a notification.", |forge| {
            let envelope = forge.farewell();
            let signed = forge.sign(envelope)?;
            let delivery = forge.with_member(&signed, "Type", Some("Notification".into()));
            Ok(Plan::post(delivery.header("x-amz-sns-message-type", "Notification")))
        }),
    ]
}

/// SNS signs for everybody: anyone may subscribe your endpoint to a topic of theirs.
fn foreign_topics() -> Vec<Attack> {
    let foreign = |name, sentence, topic: fn(&Forge) -> (String, String, String)| {
        attack(name, sentence, move |forge| {
            let (region, account, name) = topic(forge);
            let envelope = forge.strange_notification(&region, &account, &name)?;
            let signed = forge.sign(envelope)?;
            Ok(Plan::post(forge.delivery(&signed)))
        })
    };
    vec![
        foreign(
            "another-accounts-topic",
            "SNS signed it for a topic of the same name in another account.",
            |forge| (region(forge), forge.other_account().to_owned(), forge.name().to_owned()),
        ),
        foreign("another-topic", "SNS signed it for another topic of the account.", |forge| {
            (region(forge), forge.account().to_owned(), "other".to_owned())
        }),
        foreign("longer-topic", "SNS signed it for a topic whose name begins with yours.", |forge| {
            (region(forge), forge.account().to_owned(), format!("{}2", forge.name()))
        }),
        attack(
            "retargeted",
            "A genuine message of another account's topic, with your TopicArn put in.",
            |forge| {
                let (region, account, name) =
                    (forge.topic().region().to_owned(), forge.other_account(), forge.name().to_owned());
                let envelope = forge.strange_notification(&region, account, &name)?;
                let mut signed = forge.sign(envelope)?;
                forge.topic().arn().clone_into(&mut signed.envelope.topic_arn);
                Ok(Plan::post(forge.delivery(&signed)))
            },
        ),
    ]
}

fn region(forge: &Forge) -> String {
    forge.topic().region().to_owned()
}

fn genuine(forge: &mut Forge) -> Result<SignedEnvelope, ForgeError> {
    let envelope = forge.notification();
    forge.sign(envelope)
}

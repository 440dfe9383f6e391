//! Texts that two readers read differently: what was signed is not what is used.

use serde_json::Value;

use super::attack::Attack;
use crate::attack::evidence::Right;
use crate::attack::family::Family;
use crate::attack::forge::{Forge, ForgeError, with_subscribe_url};
use crate::attack::plan::Plan;
use crate::sns::{Delivery, Envelope, SignedEnvelope};

pub(super) fn attacks() -> Vec<Attack> {
    let mut all = moved_borders();
    all.extend(respelt());
    all.extend(twice());
    all.extend(other_types());
    all
}

fn attack(
    name: &'static str,
    sentence: &'static str,
    make: impl Fn(&mut Forge) -> Result<Plan, ForgeError> + Send + Sync + 'static,
) -> Attack {
    Attack::new(Family::Canonicalisation, name, sentence, make)
}

/// Line feeds separate names and values in the signed text: a publisher may write them into `Message`.
fn moved_borders() -> Vec<Attack> {
    const ID: &str = "11111111-1111-4111-8111-111111111111";
    let sly = |forge: &mut Forge| {
        let mut envelope = forge.notification();
        envelope.message = format!("hello\nMessageId\n{ID}\nSubject\nBye");
        envelope.subject("Subject")
    };
    vec![
        attack(
            "moved-border",
            "A Message that imitates the signed text is taken apart into Message and Subject.",
            move |forge| {
                let signed = {
                    let envelope = sly(forge);
                    forge.sign(envelope)?
                };
                let mut moved = signed.clone();
                "hello".clone_into(&mut moved.envelope.message);
                ID.clone_into(&mut moved.envelope.message_id);
                moved.envelope = moved
                    .envelope
                    .subject(format!("Bye\nMessageId\n{}\nSubject\nSubject", signed.envelope.message_id));
                Ok(Plan::post(forge.delivery(&moved)))
            },
        ),
        attack("swallowed-id", "The MessageId's value is moved into the Message.", |forge| {
            let envelope = forge.notification();
            let mut signed = forge.sign(envelope)?;
            let id = std::mem::take(&mut signed.envelope.message_id);
            signed.envelope.message = format!("{}\nMessageId\n{id}", signed.envelope.message);
            Ok(Plan::post(forge.delivery(&signed).header("x-amz-sns-message-id", &id)))
        }),
    ]
}

/// The same text in another spelling is another text.
fn respelt() -> Vec<Attack> {
    let spelt = |name, sentence, original: &'static str, spelling: &'static str| {
        attack(name, sentence, move |forge| {
            let mut envelope = forge.notification();
            original.clone_into(&mut envelope.message);
            let mut signed = forge.sign(envelope)?;
            spelling.clone_into(&mut signed.envelope.message);
            Ok(Plan::post(forge.delivery(&signed)))
        })
    };
    let change = |name, sentence, bend: fn(&mut Envelope)| {
        attack(name, sentence, move |forge| {
            let envelope = forge.notification();
            let mut signed = forge.sign(envelope)?;
            bend(&mut signed.envelope);
            Ok(Plan::post(forge.delivery(&signed)))
        })
    };
    vec![
        spelt(
            "line-ends-respelt",
            "A line feed becomes carriage return and line feed.",
            "one\ntwo",
            "one\r\ntwo",
        ),
        spelt(
            "letters-respelt",
            "A letter with an accent becomes letter and accent.",
            "caf\u{e9}",
            "cafe\u{301}",
        ),
        spelt("white-space-trimmed", "The white space at the end is gone.", "hello \n", "hello"),
        spelt("line-feed-added", "A line feed stands at the end.", "hello", "hello\n"),
        spelt("zero-added", "A zero byte and more text stand at the end.", "hello", "hello\0 and more"),
        spelt("markup-respelt", "A bracket becomes an entity.", "a < b", "a &lt; b"),
        spelt("json-respelt", "The JSON in Message is laid out otherwise.", "{\"a\":1}", "{ \"a\": 1 }"),
        spelt("case-respelt", "A capital becomes small.", "Hello", "hello"),
        change("timestamp-respelt", "The time is spelt with another fraction.", |envelope| {
            envelope.timestamp = envelope.timestamp.replace('Z', "0Z");
        }),
        change("timestamp-in-a-zone", "The time is spelt with a zone.", |envelope| {
            envelope.timestamp = envelope.timestamp.replace('Z', "+00:00");
        }),
        attack(
            "half-a-character",
            "Half a surrogate pair stands where the signed text has U+FFFD.",
            |forge| {
                let mut envelope = forge.notification();
                "broken: \u{fffd}".clone_into(&mut envelope.message);
                let signed = forge.sign(envelope)?;
                let body = signed.to_json().replace('\u{fffd}', "\\ud83d");
                Ok(Plan::post(forge.delivery(&signed).body(body)))
            },
        ),
        attack(
            "overlong-character",
            "An overlong UTF-8 sequence stands where the signed text has an @.",
            |forge| {
                let mut envelope = forge.notification();
                "a@b".clone_into(&mut envelope.message);
                let signed = forge.sign(envelope)?;
                let json = signed.to_json().into_bytes();
                let place = json.windows(3).position(|three| three == b"a@b").map_or(0, |place| place + 1);
                let (before, after) = json.split_at(place);
                let body = [before, &[0xc1, 0x80], after.get(1..).unwrap_or_default()].concat();
                Ok(Plan::post(forge.delivery(&signed).body(body)))
            },
        ),
    ]
}

/// Members that stand twice: one parser takes the first, another the last. Whichever is taken, there is a reason to
/// refuse, and a receiver that takes one here and the other there accepts.
fn twice() -> Vec<Attack> {
    let foreign =
        |name, sentence, add: fn(&Forge, &SignedEnvelope, &str, &str) -> Delivery, member: &'static str| {
            attack(name, sentence, move |forge| {
                let (region, account) = (forge.topic().region().to_owned(), forge.other_account());
                let envelope = forge.strange_notification(&region, account, "strange")?;
                let signed = forge.sign(envelope)?;
                let own = forge.topic().arn().to_owned();
                let delivery = add(forge, &signed, member, &own);
                Ok(Plan::post(delivery.header("x-amz-sns-topic-arn", &own)))
            })
        };
    let forged = |name, sentence, add: fn(&Forge, &SignedEnvelope, &str, &str) -> Delivery| {
        attack(name, sentence, move |forge| {
            let elsewhere = format!("https://{}{}", forge.trap(), forge.fresh_path());
            let envelope = forge.notification();
            let signed = forge.sign_as_stranger(&elsewhere, envelope)?;
            Ok(Plan::post(add(forge, &signed, "SigningCertURL", &forge.certificate_url())))
        })
    };
    let confirming = |name, sentence, add: fn(&Forge, &SignedEnvelope, &str, &str) -> Delivery| {
        attack(name, sentence, move |forge| {
            let elsewhere = format!("http://{}/?Action=ConfirmSubscription", forge.trap());
            let envelope = forge.confirmation();
            let (arn, token) =
                (forge.topic().arn().to_owned(), crate::attack::forge::token(&envelope).to_owned());
            let signed = forge.sign(envelope)?;
            Ok(Plan::post(add(forge, &signed, "SubscribeURL", &elsewhere)).may_confirm(&arn, &token))
        })
        .right(Right::Uncalled)
    };
    vec![
        foreign(
            "topic-twice",
            "A stranger's genuine message, with your TopicArn before its own.",
            Forge::with_member_before,
            "TopicArn",
        ),
        foreign(
            "topic-twice-after",
            "A stranger's genuine message, with your TopicArn after its own.",
            Forge::with_member_after,
            "TopicArn",
        ),
        foreign(
            "topic-in-lower-case",
            "A stranger's genuine message, with your ARN as topicarn after its own.",
            Forge::with_member_after,
            "topicarn",
        ),
        attack("topic-twice-escaped", "The same, and the second name is spelt with an escape.", |forge| {
            let (region, account) = (forge.topic().region().to_owned(), forge.other_account());
            let envelope = forge.strange_notification(&region, account, "strange")?;
            let signed = forge.sign(envelope)?;
            let own = format!("{{\"\\u0054opicArn\":{},", Value::from(forge.topic().arn()));
            Ok(Plan::post(forge.delivery(&signed).body(signed.to_json().replacen('{', &own, 1))))
        }),
        forged(
            "certificate-url-twice",
            "A stranger's message, with SNS's SigningCertURL before its own.",
            Forge::with_member_before,
        ),
        forged(
            "certificate-url-twice-after",
            "A stranger's message, with SNS's SigningCertURL after its own.",
            Forge::with_member_after,
        ),
        confirming(
            "subscribe-url-twice",
            "A genuine request with a stranger's SubscribeURL before its own.",
            Forge::with_member_before,
        ),
        confirming(
            "subscribe-url-twice-after",
            "A genuine request with a stranger's SubscribeURL after its own.",
            Forge::with_member_after,
        ),
    ]
}

/// Values that are no strings, and would be the signed text if they were written as one.
fn other_types() -> Vec<Attack> {
    let typed = |name, sentence, text: &'static str, value: fn() -> Value| {
        attack(name, sentence, move |forge| {
            let mut envelope = forge.notification();
            text.clone_into(&mut envelope.message);
            let signed = forge.sign(envelope)?;
            Ok(Plan::post(forge.with_member(&signed, "Message", Some(value()))))
        })
    };
    vec![
        typed(
            "message-as-object",
            "Message is an object whose JSON was signed.",
            "{\"a\":1}",
            || serde_json::json!({"a": 1}),
        ),
        typed("message-as-number", "Message is a number whose digits were signed.", "42", || Value::from(42)),
        typed("message-as-list", "Message is a list whose only text was signed.", "hello", || {
            serde_json::json!(["hello"])
        }),
        typed("message-as-null", "Message is null, and null was signed.", "null", || Value::Null),
        attack("subscribe-url-as-list", "SubscribeURL is a list with a stranger's.", |forge| {
            let elsewhere = format!("http://{}/", forge.trap());
            let envelope = forge.confirmation();
            let url = elsewhere.clone();
            let signed = forge.sign(with_subscribe_url(envelope, url))?;
            Ok(Plan::post(forge.with_member(&signed, "SubscribeURL", Some(serde_json::json!([elsewhere])))))
        })
        .right(Right::Uncalled),
    ]
}

//! Bodies that are no SNS message, headers that contradict one, and raw delivery.

use serde_json::{Value, json};
use trailbell_sim::sns::{Delivery, SignatureVersion};

use super::{Attack, prove_honest, repel};
use crate::world::{World, sign, signer, with_member};

fn no_envelope(name: impl Into<String>, delivery: Delivery, says: &'static str) -> Attack {
    Attack::new(name, delivery).answered(400, "not_an_envelope", says)
}

#[tokio::test]
async fn bytes_that_are_no_json_object_are_refused() {
    let mut world = World::start().await;
    prove_honest(&mut world).await;
    let signed = world.signed();
    let body = signed.to_json();
    let not_utf8 =
        [body.as_bytes()[..40].to_vec(), vec![0xff, 0xfe], body.as_bytes()[40..].to_vec()].concat();
    let utf16: Vec<u8> = body.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let latin1 = [b"{\"Type\":\"Notification\",\"Message\":\"\xe9t\xe9\"}".to_vec()].concat();
    let json = "the body is not an SNS envelope";
    let rows: Vec<(&str, Vec<u8>, &'static str)> = vec![
        ("nothing", vec![], json),
        ("white space", b" \n\t ".to_vec(), json),
        ("text", b"hello".to_vec(), json),
        ("a form", b"Type=Notification&Message=hello".to_vec(), json),
        ("XML", b"<Type>Notification</Type>".to_vec(), json),
        ("null", b"null".to_vec(), json),
        ("a number", b"42".to_vec(), json),
        ("a string", serde_json::to_vec(&body).unwrap(), json),
        ("a list of it", format!("[{body}]").into_bytes(), json),
        ("an empty list", b"[]".to_vec(), json),
        ("an empty object", b"{}".to_vec(), "Type is missing"),
        ("two of it", format!("{body}{body}").into_bytes(), json),
        ("more after it", format!("{body} x").into_bytes(), json),
        ("cut short", body.as_bytes()[..body.len() - 1].to_vec(), json),
        ("half of it", body.as_bytes()[..body.len() / 2].to_vec(), json),
        ("a comma too many", body.replace("\n}", ",\n}").into_bytes(), json),
        ("a comment", body.replacen('{', "{ // SNS", 1).into_bytes(), json),
        ("single quotes", body.replace('"', "'").into_bytes(), json),
        ("a byte order mark", [b"\xef\xbb\xbf".to_vec(), body.clone().into_bytes()].concat(), json),
        ("bytes of no character", not_utf8, "the body is not UTF-8 (byte 40)"),
        ("Latin-1", latin1, "not UTF-8"),
        ("UTF-16", utf16, json),
        ("half a surrogate pair", body.replacen("root", "\\ud83d", 1).into_bytes(), json),
        ("a control character", body.replacen("root", "\u{1}", 1).into_bytes(), json),
        ("10,000 brackets", vec![b'['; 10_000], json),
        ("10,000 objects", "{\"a\":".repeat(10_000).into_bytes(), json),
        ("gzip", vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0], "not UTF-8"),
    ];
    let delivery = world.delivery(&signed);
    repel(
        &world,
        rows.into_iter().map(|(name, body, says)| no_envelope(name, delivery.clone().body(body), says)),
    )
    .await;
}

#[tokio::test]
async fn every_member_stands_once() {
    let mut world = World::start().await;
    prove_honest(&mut world).await;
    let (signed, asking) = (world.signed(), world.confirmation());
    let asking = sign(asking);
    let mut rows = Vec::new();
    for signed in [&signed, &asking] {
        let (body, delivery) = (signed.to_json(), world.delivery(signed));
        let members: Value = serde_json::from_str(&body).unwrap();
        for (name, value) in members.as_object().unwrap() {
            for (place, twice) in [
                ("before", body.replacen('{', &format!("{{\"{name}\":{value},"), 1)),
                ("after", format!("{},\"{name}\":\"other\"}}", body.trim_end_matches('}'))),
            ] {
                rows.push(no_envelope(
                    format!("{name} {place}"),
                    delivery.clone().body(twice),
                    "stands twice",
                ));
            }
        }
        let escaped = body.replacen('{', "{\"\\u0054ype\":\"Notification\",", 1);
        rows.push(no_envelope("Type, escaped", delivery.clone().body(escaped), "stands twice"));
        let unknown = body.replacen('{', "{\"Extra\":1,\"Extra\":1,", 1);
        rows.push(no_envelope(
            "a member that SNS does not have",
            delivery.clone().body(unknown),
            "stands twice",
        ));
        let null = body.replacen('{', "{\"Subject\":null,\"Subject\":\"x\",", 1);
        rows.push(no_envelope("a subject after null", delivery.clone().body(null), "stands twice"));
        let many: Vec<String> = (0..65).map(|n| format!("\"x{n}\":0,")).collect();
        let many = body.replacen('{', &format!("{{{}", many.concat()), 1);
        rows.push(no_envelope(
            "65 unknown ones",
            delivery.body(many),
            "too many members that SNS does not have",
        ));
    }
    repel(&world, rows).await;
}

#[tokio::test]
async fn every_member_is_there_and_a_string() {
    let mut world = World::start().await;
    prove_honest(&mut world).await;
    let (signed, asking, leaving) = (world.signed(), world.confirmation(), world.farewell());
    let (asking, leaving) = (sign(asking), sign(leaving));
    let mut rows = Vec::new();
    for signed in [&signed, &asking, &leaving] {
        let members: Value = serde_json::from_str(&signed.to_json()).unwrap();
        for name in members.as_object().unwrap().keys() {
            let delivery = world.delivery(signed);
            for value in [json!(1), json!(1.5), json!(true), json!(["a"]), json!({"a": "b"})] {
                let body = with_member(signed, name, Some(value.clone()));
                rows.push(no_envelope(
                    format!("{name}: {value}"),
                    delivery.clone().body(body),
                    "expected a string",
                ));
            }
            if name != "Subject" {
                let body = with_member(signed, name, Some(Value::Null));
                rows.push(no_envelope(
                    format!("{name}: null"),
                    delivery.clone().body(body),
                    "expected a string",
                ));
            }
            if name != "Subject" && name != "UnsubscribeURL" {
                let body = with_member(signed, name, None);
                rows.push(no_envelope(format!("no {name}"), delivery.clone().body(body), "is missing"));
            }
        }
    }
    let delivery = world.delivery(&signed);
    for (name, value, says) in [
        ("Type", "notification", "Type is none of"),
        ("Type", "", "Type is none of"),
        ("Type", "Notification\n", "Type is none of"),
        ("MessageId", "", "MessageId is not"),
        ("MessageId", "a b", "MessageId is not"),
        ("MessageId", "a\nb", "MessageId is not"),
        ("TopicArn", "", "TopicArn: not an SNS topic ARN"),
        ("TopicArn", "arn:aws:sns:us-east-1:123456789012:ops-alarms ", "TopicArn: not an SNS topic ARN"),
        ("TopicArn", "arn:aws:sns:us-east-1:123456789012:ops-alarms\n", "TopicArn: not an SNS topic ARN"),
        ("TopicArn", "arn:aws:sns:us-east-1:123456789012:ops-alarms:x", "TopicArn: not an SNS topic ARN"),
        ("TopicArn", "arn:aws:sns:moon-1:123456789012:ops-alarms", "region \"moon-1\" is not one"),
        ("TopicArn", "arn:aws-cn:sns:us-east-1:123456789012:ops-alarms", "belongs to partition aws"),
        ("Timestamp", "", "Timestamp is not of the form"),
        ("Timestamp", "now", "Timestamp is not of the form"),
        ("Timestamp", "2026-09-22T19:27:00.926+00:00", "Timestamp is not of the form"),
        ("Timestamp", "2026-09-22T19:27:00.926z", "Timestamp is not of the form"),
        ("Timestamp", "2026-13-22T19:27:00.926Z", "Timestamp is not of the form"),
        ("Timestamp", "1790105220926", "Timestamp is not of the form"),
        ("Timestamp", "+262142-01-01T00:00:00Z", "Timestamp is not of the form"),
        ("Subject", "two\nlines", "Subject holds a line break"),
    ] {
        let body = with_member(&signed, name, Some(value.into()));
        rows.push(no_envelope(format!("{name}: {value:?}"), delivery.clone().body(body), says));
    }
    for (here, lambda) in [("SigningCertURL", "SigningCertUrl"), ("Type", "type")] {
        let body = signed.to_json().replace(here, lambda);
        rows.push(no_envelope(lambda, delivery.clone().body(body), "is missing"));
    }
    repel(&world, rows).await;
}

/// What is unknown may come to be: SNS may add members. It is neither read nor verified.
#[tokio::test]
async fn unknown_members_do_no_harm_however_deep() {
    let mut world = World::start().await;
    let deep = format!("{}{}", "[".repeat(50_000), "]".repeat(50_000));
    let signed = world.signed();
    let body = signed.to_json().replacen('{', &format!("{{\"SequenceNumber\":\"1\",\"Future\":{deep},"), 1);
    let answer = world.post(&world.delivery(&signed).body(body)).await;
    assert_eq!(answer.status, 200, "{:?}", answer.body);
}

/// Nobody is left unpaged because a publisher nests without end.
#[tokio::test]
async fn a_message_nested_without_end_becomes_a_plain_alert() {
    let mut world = World::start().await;
    let deep = format!("{}{}", "[".repeat(50_000), "]".repeat(50_000));
    let envelope = world.notification(&deep).subject("deep");
    let signed = sign(envelope);
    assert_eq!(world.deliver(&signed).await, 200);
    assert_eq!(world.alerts().len(), 1);
}

#[tokio::test]
async fn headers_that_contradict_the_body_are_refused() {
    let mut world = World::start().await;
    prove_honest(&mut world).await;
    let signed = world.signed();
    let delivery = world.delivery(&signed);
    let mut rows = Vec::new();
    for (header, values, says) in [
        (
            "x-amz-sns-message-type",
            &["SubscriptionConfirmation", "UnsubscribeConfirmation", "notification", ""][..],
            "the header x-amz-sns-message-type disagrees with the body",
        ),
        (
            "x-amz-sns-message-id",
            &["11111111-1111-4111-8111-111111111111", ""],
            "the header x-amz-sns-message-id disagrees with the body",
        ),
        (
            "x-amz-sns-topic-arn",
            &[
                "arn:aws:sns:us-east-1:123456789012:other",
                "arn:aws:sns:us-east-1:999999999999:ops-alarms",
                "",
            ],
            "the header x-amz-sns-topic-arn disagrees with the body",
        ),
    ] {
        for value in values {
            let attack = Attack::new(format!("{header}: {value}"), delivery.clone().header(header, value));
            rows.push(attack.answered(403, "headers", says));
            let mut twice = delivery.clone();
            twice.headers.push((header.to_owned(), (*value).to_owned()));
            let attack = Attack::new(format!("{header} twice, then {value}"), twice);
            rows.push(attack.answered(403, "headers", says));
        }
    }
    repel(&world, rows).await;
}

/// A proxy in front may drop headers, and the delivery policy may change the content type.
#[tokio::test]
async fn headers_that_are_missing_or_say_another_content_type_do_no_harm() {
    let mut world = World::start().await;
    for content_type in ["application/json", "text/plain; charset=UTF-8", "image/png", "nonsense"] {
        let signed = world.signed();
        let delivery = world
            .delivery(&signed)
            .without("x-amz-sns-message-type")
            .without("x-amz-sns-message-id")
            .without("x-amz-sns-topic-arn")
            .header("content-type", content_type);
        assert_eq!(world.post(&delivery).await.status, 200, "{content_type}");
    }
}

#[tokio::test]
async fn raw_delivery_is_refused_with_the_remedy() {
    let mut world = World::start().await;
    prove_honest(&mut world).await;
    let envelope = world.notification("hello");
    let raw = Delivery::raw(&envelope, world.subscription.arn());
    let signed = signer(SignatureVersion::V2).sign(envelope).unwrap();
    let says = "turn RawMessageDelivery off for this subscription";
    let rows = [
        Attack::new("raw", raw.clone()).answered(400, "raw_delivery", says),
        Attack::new("raw, with an envelope in it", raw.clone().body(signed.to_json())).answered(
            400,
            "raw_delivery",
            says,
        ),
        no_envelope("raw, without the header", raw.without("x-amz-sns-rawdelivery"), "not an SNS envelope"),
    ];
    repel(&world, rows).await;
}

/// What a stranger sends is neither mirrored nor written to the log at length: both would be his to use.
#[tokio::test]
async fn a_stranger_s_text_is_not_mirrored() {
    let mut world = World::start().await;
    let signed = world.signed();
    let delivery = world.delivery(&signed);
    let long = "Zz".repeat(100_000);
    for body in [
        format!("\"{long}\""),
        format!("{{\"{long}\":1,\"{long}\":1}}"),
        format!("{{\"Type\":\"{long}\"}}"),
        long.clone(),
        with_member(&signed, "TopicArn", Some(format!("arn:aws:sns:{long}:123456789012:t").into())),
        with_member(&signed, "TopicArn", Some(format!("arn:{long}:sns:us-east-1:123456789012:t").into())),
        with_member(&signed, "SigningCertURL", Some(format!("https://{long}").into())),
    ] {
        let answer = world.post(&delivery.clone().body(body)).await;
        assert!((400..404).contains(&answer.status), "{}", answer.status);
        assert!(answer.body.len() < 300, "{} bytes: {:?}", answer.body.len(), &answer.body[..300]);
    }
}

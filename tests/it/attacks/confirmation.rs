//! Getting the server to call what it should not, by way of a request to confirm a subscription.
//!
//! Some rows are signed with SNS's key: even then nothing but the confirmation of this very topic is called.

use trailbell_sim::sns::{Confirmation, Envelope, Kind, SignatureVersion, Signer};

use super::{Attack, prove_honest, repel};
use crate::world::{HOST, World, certificate, sign, strange_key, with_member};

const NOT_THE_CALL: &str =
    "SubscribeURL is not the ConfirmSubscription call of the message's topic and token";

fn bent(mut envelope: Envelope, change: impl FnOnce(&mut Confirmation)) -> Envelope {
    if let Kind::SubscriptionConfirmation(confirmation) = &mut envelope.kind {
        change(confirmation);
    }
    envelope
}

#[tokio::test]
async fn a_url_that_is_not_the_confirmation_is_not_called_even_if_it_is_signed() {
    let mut world = World::start().await;
    prove_honest(&mut world).await;
    let arn = world.topic.arn().to_owned();
    let mut rows = Vec::new();
    for (name, template) in [
        ("another host", "https://evil.test/?Action=ConfirmSubscription&TopicArn={arn}&Token={token}"),
        (
            "another region's host",
            "https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn={arn}&Token={token}",
        ),
        (
            "a host that begins so",
            "https://sns.us-east-1.amazonaws.com.evil.test/?Action=ConfirmSubscription&TopicArn={arn}&Token={token}",
        ),
        ("this machine", "https://127.0.0.1/?Action=ConfirmSubscription&TopicArn={arn}&Token={token}"),
        ("instance metadata", "http://169.254.169.254/latest/meta-data/iam/security-credentials/"),
        ("no TLS", "http://{host}/?Action=ConfirmSubscription&TopicArn={arn}&Token={token}"),
        ("a port", "https://{host}:8443/?Action=ConfirmSubscription&TopicArn={arn}&Token={token}"),
        ("a user", "https://user@{host}/?Action=ConfirmSubscription&TopicArn={arn}&Token={token}"),
        ("a password", "https://:word@{host}/?Action=ConfirmSubscription&TopicArn={arn}&Token={token}"),
        ("a path", "https://{host}/a?Action=ConfirmSubscription&TopicArn={arn}&Token={token}"),
        ("a fragment", "https://{host}/?Action=ConfirmSubscription&TopicArn={arn}&Token={token}#a"),
        ("another action", "https://{host}/?Action=Unsubscribe&TopicArn={arn}&Token={token}"),
        ("another topic", "https://{host}/?Action=ConfirmSubscription&TopicArn={arn}2&Token={token}"),
        ("another token", "https://{host}/?Action=ConfirmSubscription&TopicArn={arn}&Token={token}0"),
        (
            "one more parameter",
            "https://{host}/?Action=ConfirmSubscription&TopicArn={arn}&Token={token}&AuthenticateOnUnsubscribe=true",
        ),
        (
            "an action after it",
            "https://{host}/?Action=ConfirmSubscription&TopicArn={arn}&Token={token}&Action=Unsubscribe",
        ),
        (
            "the same action twice",
            "https://{host}/?Action=ConfirmSubscription&Action=ConfirmSubscription&TopicArn={arn}&Token={token}",
        ),
        ("no action", "https://{host}/?TopicArn={arn}&Token={token}"),
        ("no topic", "https://{host}/?Action=ConfirmSubscription&Token={token}"),
        ("no token", "https://{host}/?Action=ConfirmSubscription&TopicArn={arn}"),
        (
            "an action in lower case",
            "https://{host}/?action=ConfirmSubscription&TopicArn={arn}&Token={token}",
        ),
        ("no query", "https://{host}/"),
        ("no URL", "nonsense"),
        ("nothing", ""),
        ("javascript", "javascript:alert(1)"),
    ] {
        let envelope = bent(world.confirmation(), |confirmation| {
            confirmation.subscribe_url = template
                .replace("{host}", HOST)
                .replace("{arn}", &arn)
                .replace("{token}", &confirmation.token);
        });
        let attack = Attack::new(name, world.delivery(&sign(envelope)));
        rows.push(attack.answered(403, "failed", NOT_THE_CALL).counted_as("subscriptions"));
    }
    let tokens = [
        "",
        "short",
        &"a".repeat(31),
        &"a".repeat(1025),
        &format!("{}&Action=Unsubscribe", "a".repeat(64)),
        &format!("{}%26", "a".repeat(64)),
        &format!("{}\n", "a".repeat(64)),
        &"é".repeat(64),
    ];
    for token in tokens {
        let envelope = bent(world.confirmation(), |confirmation| {
            confirmation.subscribe_url = confirmation.subscribe_url.replace(&confirmation.token, token);
            confirmation.token = token.to_owned();
        });
        let attack = Attack::new(format!("token {token:?}"), world.delivery(&sign(envelope)));
        let says = "Token is not 32 to 1024 letters and digits";
        rows.push(attack.answered(403, "failed", says).counted_as("subscriptions"));
    }
    repel(&world, rows).await;
}

#[tokio::test]
async fn a_confirmation_that_sns_did_not_sign_calls_nothing() {
    let mut world = World::start().await;
    prove_honest(&mut world).await;
    let envelope = world.confirmation();
    let signed = sign(envelope.clone());
    let delivery = world.delivery(&signed);
    let stranger = Signer::new(strange_key(), SignatureVersion::V2, certificate().url(HOST));
    let elsewhere = Signer::new(strange_key(), SignatureVersion::V2, certificate().url("evil.test"));
    let forged = (403, "signature", "the signature does not fit the message");
    let member = |name, value: &str| delivery.clone().body(with_member(&signed, name, Some(value.into())));
    let rows = [
        ("a stranger's key", world.delivery(&stranger.sign(envelope.clone()).unwrap()), forged),
        (
            "a stranger's certificate",
            world.delivery(&elsewhere.sign(envelope.clone()).unwrap()),
            (403, "certificate_url", "SigningCertURL is not on"),
        ),
        ("no signature", member("Signature", ""), forged),
        ("another URL", member("SubscribeURL", "https://evil.test/"), forged),
        ("another token", member("Token", &"0".repeat(256)), forged),
        (
            "a farewell's type",
            member("Type", "UnsubscribeConfirmation").without("x-amz-sns-message-type"),
            forged,
        ),
    ];
    let rows = rows.map(|(name, delivery, (status, reason, says))| {
        Attack::new(name, delivery).answered(status, reason, says)
    });
    repel(&world, rows).await;
    assert_eq!(world.deliver(&signed).await, 200, "the message itself is sound");
    assert_eq!(world.api_calls(), 1);
}

/// The one GET goes to SNS's own host, with what was signed and nothing more.
#[tokio::test]
async fn the_confirming_call_is_built_anew() {
    let mut world = World::start().await;
    let (envelope, arn) = (world.confirmation(), world.topic.arn().to_owned());
    // The same call, spelt in another way: SNS would understand it, too.
    let envelope = bent(envelope, |confirmation| {
        confirmation.subscribe_url = format!(
            "https://{HOST}:443/?TopicArn={}&Token={}&Action=ConfirmSubscription",
            arn.replace(':', "%3A"),
            confirmation.token
        );
    });
    let token = world.subscription.tokens()[0].clone();
    assert_eq!(world.deliver(&sign(envelope)).await, 200);
    let requests = world.endpoint.requests();
    let call = requests.iter().find(|request| request.path == "/").unwrap();
    assert_eq!(call.method, "GET");
    assert_eq!(
        call.query.as_deref(),
        Some(format!("Action=ConfirmSubscription&TopicArn={arn}&Token={token}").as_str())
    );
    assert_eq!(call.headers.get("authorization"), None);
}

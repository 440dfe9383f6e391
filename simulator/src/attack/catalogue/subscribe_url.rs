//! Requests to confirm that SNS's key signed, with a `SubscribeURL` that SNS would never write. They say whether the
//! signature is the only thing between an attacker and your network.
//!
//! Acknowledging such a message is no harm, and so is the confirmation that a receiver builds itself from topic and
//! token; calling anything else is.

use super::attack::Attack;
use super::urls::fill;
use crate::attack::evidence::Right;
use crate::attack::family::Family;
use crate::attack::forge::{Forge, ForgeError, token, with_subscribe_url};
use crate::attack::plan::Plan;

pub(super) fn attacks() -> Vec<Attack> {
    let seen =
        |(name, sentence, url): &(&'static str, &'static str, &'static str)| to(name, sentence, url, true);
    let unseen =
        |(name, sentence, url): &(&'static str, &'static str, &'static str)| to(name, sentence, url, false);
    let mut all: Vec<Attack> = SEEN.iter().map(seen).collect();
    all.extend(UNSEEN.iter().map(unseen));
    all.push(strange_token());
    all
}

const CALL: &str = "/?Action=ConfirmSubscription&TopicArn={arn}&Token={token}";

/// `{trap}` is an address and port that must not be called, `{port}` its port, `{call}` the right confirmation.
const SEEN: &[(&str, &str, &str)] = &[
    ("subscribe-at-an-address", "SubscribeURL is an address.", "https://{trap}{call}"),
    ("subscribe-at-an-address-by-http", "SubscribeURL is an address, without TLS.", "http://{trap}{call}"),
    ("subscribe-at-localhost", "SubscribeURL is localhost.", "http://localhost:{port}{call}"),
    (
        "subscribe-at-nowhere",
        "SubscribeURL is 0.0.0.0, which leads to this machine.",
        "http://0.0.0.0:{port}{call}",
    ),
    (
        "subscribe-at-a-decimal-address",
        "SubscribeURL is an address as one number.",
        "http://{decimal}:{port}{call}",
    ),
    (
        "subscribe-at-a-hexadecimal-address",
        "SubscribeURL is an address in hexadecimal.",
        "http://{hexadecimal}:{port}{call}",
    ),
    (
        "subscribe-at-a-mapped-address",
        "SubscribeURL is an IPv4 address as IPv6.",
        "http://{mapped}:{port}{call}",
    ),
    (
        "subscribe-with-sns-as-user",
        "SNS's host stands as the user of a stranger's.",
        "https://{host}@{trap}{call}",
    ),
    (
        "subscribe-after-backslash",
        "A backslash parts a stranger's host from SNS's.",
        "https://{trap}\\@{host}{call}",
    ),
    (
        "subscribe-at-another-port",
        "SubscribeURL has SNS's host, and another port.",
        "https://{host}:{port}{call}",
    ),
    ("subscribe-by-gopher", "SubscribeURL has a scheme that speaks to anything.", "gopher://{trap}/_GET%20/"),
    (
        "subscribe-to-unsubscribe",
        "SubscribeURL ends your subscription.",
        "https://{host}/?Action=Unsubscribe&SubscriptionArn={subscription}",
    ),
    (
        "subscribe-twice",
        "An action more stands after the confirmation.",
        "https://{host}{call}&Action=Unsubscribe&SubscriptionArn={subscription}",
    ),
    (
        "subscribe-another-action",
        "SubscribeURL publishes a message.",
        "https://{host}/?Action=Publish&TopicArn={arn}&Message=hello",
    ),
    (
        "subscribe-for-good",
        "A parameter more forbids that anybody unsubscribes without signing.",
        "https://{host}{call}&AuthenticateOnUnsubscribe=true",
    ),
    (
        "subscribe-another-path",
        "SubscribeURL has SNS's host, and another path.",
        "https://{host}/elsewhere{call}",
    ),
];

/// What the kit cannot see: answers and confirmed subscriptions alone tell.
const UNSEEN: &[(&str, &str, &str)] = &[
    (
        "subscribe-at-metadata",
        "SubscribeURL is the instance's metadata.",
        "http://169.254.169.254/latest/meta-data/iam/security-credentials/",
    ),
    (
        "subscribe-at-metadata-by-ipv6",
        "SubscribeURL is the instance's metadata, by IPv6.",
        "http://[fd00:ec2::254]/latest/meta-data/",
    ),
    ("subscribe-at-a-file", "SubscribeURL is a file.", "file:///etc/passwd"),
    ("subscribe-elsewhere", "SubscribeURL's host is a stranger's.", "https://{elsewhere}{call}"),
    ("subscribe-at-a-prefix", "SubscribeURL's host begins with SNS's.", "https://{prefixed}{call}"),
];

fn to(name: &'static str, sentence: &'static str, url: &'static str, seen: bool) -> Attack {
    attack(name, sentence, move |forge| {
        let envelope = forge.confirmation();
        let (arn, token) = (forge.topic().arn().to_owned(), token(&envelope).to_owned());
        let own = forge.subscriptions().next().map_or("", |own| own.arn());
        let filled = fill(forge, &url.replace("{call}", CALL));
        let filled = filled.replace("{subscription}", own).replace("{arn}", &arn).replace("{token}", &token);
        let signed = forge.sign(with_subscribe_url(envelope, filled))?;
        // These lead to the receiver's own machine, wherever that is.
        let own_machine = url.contains("localhost") || url.contains("0.0.0.0");
        let unseen = !seen || (own_machine && !forge.trap().ip().is_loopback());
        Ok(Plan::post(forge.delivery(&signed)).may_confirm(&arn, &token).unseen(unseen))
    })
    .right(Right::Uncalled)
}

/// A message of your own topic that confirms a stranger's.
fn strange_token() -> Attack {
    attack(
        "subscribe-a-stranger",
        "SubscribeURL confirms a stranger's subscription with a stranger's token.",
        |forge| {
            let (region, account, now) =
                (forge.topic().region().to_owned(), forge.other_account(), forge.now());
            let (topic, subscription) = forge.stranger(&region, account, "strange")?;
            let strange = topic.subscription_confirmation(subscription, now);
            let strange_arn = topic.arn().to_owned();
            let url = format!(
                "https://{}/?Action=ConfirmSubscription&TopicArn={strange_arn}&Token={}",
                forge.host(),
                token(&strange)
            );
            let envelope = forge.confirmation();
            let (arn, token) = (forge.topic().arn().to_owned(), token(&envelope).to_owned());
            let signed = forge.sign(with_subscribe_url(envelope, url))?;
            Ok(Plan::post(forge.delivery(&signed)).may_confirm(&arn, &token))
        },
    )
    .right(Right::Uncalled)
}

fn attack(
    name: &'static str,
    sentence: &'static str,
    make: impl Fn(&mut Forge) -> Result<Plan, ForgeError> + Send + Sync + 'static,
) -> Attack {
    Attack::new(Family::Confirmation, name, sentence, make)
}

//! Making the receiver call somebody, or confirm what its owner did not ask for, with messages that it must not believe.

use super::attack::{Attack, Needs};
use crate::attack::evidence::Right;
use crate::attack::family::Family;
use crate::attack::forge::{Forge, ForgeError, token, with_subscribe_url};
use crate::attack::plan::Plan;
use crate::sns::{Behaviour, Envelope};

pub(super) fn attacks() -> Vec<Attack> {
    let mut all = forged();
    all.extend(altered());
    all.extend(foreign());
    all.extend(unsigned_members());
    all
}

fn attack(
    name: &'static str,
    sentence: &'static str,
    make: impl Fn(&mut Forge) -> Result<Plan, ForgeError> + Send + Sync + 'static,
) -> Attack {
    Attack::new(Family::Confirmation, name, sentence, make)
}

fn trap(forge: &Forge, scheme: &str) -> String {
    format!("{scheme}://{}/?Action=ConfirmSubscription", forge.trap())
}

/// Requests to confirm that SNS did not sign.
fn forged() -> Vec<Attack> {
    let bare = |name, sentence, scheme: &'static str| {
        attack(name, sentence, move |forge| {
            let (url, envelope) = (trap(forge, scheme), forge.confirmation());
            let mut signed =
                forge.sign_as_stranger(&forge.certificate_url(), with_subscribe_url(envelope, url))?;
            signed.signature.clear();
            Ok(Plan::post(forge.delivery(&signed)))
        })
        .needs(Needs::NothingButAws)
    };
    vec![
        bare(
            "unsigned-subscribe-url",
            "SubscribeURL leads to a stranger, and nobody signed (CVE-2026-32096).",
            "https",
        ),
        bare("unsigned-subscribe-url-by-http", "The same, without TLS.", "http"),
        attack(
            "forged-subscribe-url",
            "SubscribeURL leads to a stranger, who signed and names SNS's certificate.",
            |forge| {
                let (url, envelope) = (trap(forge, "http"), forge.confirmation());
                let signed =
                    forge.sign_as_stranger(&forge.certificate_url(), with_subscribe_url(envelope, url))?;
                Ok(Plan::post(forge.delivery(&signed)))
            },
        )
        .needs(Needs::NothingButAws),
        attack("forged-twice-over", "SubscribeURL and SigningCertURL both lead to a stranger.", |forge| {
            let url = trap(forge, "http");
            let certificate = format!("http://{}{}", forge.trap(), forge.fresh_path());
            let envelope = with_subscribe_url(forge.confirmation(), url);
            let signed = forge.sign_as_stranger(&certificate, envelope)?;
            Ok(Plan::post(forge.delivery(&signed)))
        })
        .needs(Needs::Nothing),
        attack(
            "forged-confirmation",
            "All of it is right but the signature: nothing may be confirmed.",
            |forge| {
                let envelope = forge.confirmation();
                let signed = forge.sign_as_stranger(&forge.certificate_url(), envelope)?;
                Ok(Plan::post(forge.delivery(&signed)))
            },
        )
        .needs(Needs::NothingButAws),
        attack("forged-farewell", "A farewell whose SubscribeURL leads to a stranger, unsigned.", |forge| {
            let (url, envelope) = (trap(forge, "http"), forge.farewell());
            let mut signed =
                forge.sign_as_stranger(&forge.certificate_url(), with_subscribe_url(envelope, url))?;
            signed.signature.clear();
            Ok(Plan::post(forge.delivery(&signed)))
        })
        .needs(Needs::NothingButAws),
    ]
}

/// Genuine requests to confirm that were changed.
fn altered() -> Vec<Attack> {
    let member = |name, sentence, member: &'static str, value: fn(&Forge) -> String| {
        attack(name, sentence, move |forge| {
            let envelope = forge.confirmation();
            let signed = forge.sign(envelope)?;
            let value = value(forge);
            Ok(Plan::post(forge.with_member(&signed, member, Some(value.into()))))
        })
    };
    vec![
        member(
            "altered-subscribe-url",
            "A genuine request with another SubscribeURL.",
            "SubscribeURL",
            |forge| trap(forge, "https"),
        ),
        member("altered-token", "A genuine request with another Token.", "Token", |_| "0".repeat(256)),
        attack("farewell-as-request", "A genuine farewell is said to be a request to confirm.", |forge| {
            let envelope = forge.farewell();
            let signed = forge.sign(envelope)?;
            let delivery = forge.with_member(&signed, "Type", Some("SubscriptionConfirmation".into()));
            Ok(Plan::post(delivery.header("x-amz-sns-message-type", "SubscriptionConfirmation")))
        }),
    ]
}

/// Anybody may ask SNS to subscribe any endpoint to a topic of theirs.
fn foreign() -> Vec<Attack> {
    let of = |name, sentence, make: fn(&mut Forge) -> Result<Envelope, ForgeError>| {
        attack(name, sentence, move |forge| {
            let envelope = make(forge)?;
            let signed = forge.sign(envelope)?;
            Ok(Plan::post(forge.delivery(&signed)))
        })
    };
    vec![
        of(
            "strangers-subscription",
            "A genuine request to confirm the subscription to a stranger's topic.",
            |forge| {
                let (region, account, name) =
                    (forge.topic().region().to_owned(), forge.other_account(), forge.name().to_owned());
                let now = forge.now();
                let (topic, subscription) = forge.stranger(&region, account, &name)?;
                Ok(topic.subscription_confirmation(subscription, now))
            },
        ),
        of(
            "strangers-farewell",
            "A genuine farewell of a stranger's topic, which must not be taken back.",
            |forge| {
                let (region, account, name) =
                    (forge.topic().region().to_owned(), forge.other_account(), forge.name().to_owned());
                let now = forge.now();
                let (topic, subscription) = forge.stranger(&region, account, &name)?;
                Ok(topic.unsubscribe_confirmation(subscription, now))
            },
        ),
        attack(
            "strangers-subscription-retargeted",
            "The same request, with your TopicArn put in.",
            |forge| {
                let (region, account, name) =
                    (forge.topic().region().to_owned(), forge.other_account(), forge.name().to_owned());
                let now = forge.now();
                let (topic, subscription) = forge.stranger(&region, account, &name)?;
                let envelope = topic.subscription_confirmation(subscription, now);
                let mut signed = forge.sign(envelope)?;
                forge.topic().arn().clone_into(&mut signed.envelope.topic_arn);
                Ok(Plan::post(forge.delivery(&signed)))
            },
        ),
    ]
}

/// What is not signed in genuine messages, and must call nobody.
fn unsigned_members() -> Vec<Attack> {
    vec![
        attack(
            "unsubscribe-url-elsewhere",
            "UnsubscribeURL of a genuine message leads to a stranger.",
            |forge| {
                let url = trap(forge, "http");
                let envelope = forge.notification().unsubscribe_url(url);
                let signed = forge.sign(envelope)?;
                Ok(Plan::post(forge.delivery(&signed)))
            },
        )
        .right(Right::Uncalled),
        attack(
            "subscribe-url-in-notification",
            "A genuine notification gets a SubscribeURL and a Token.",
            |forge| {
                let (url, envelope) = (trap(forge, "http"), forge.notification());
                let signed = forge.sign(envelope)?;
                let mut delivery = forge.with_member_after(&signed, "SubscribeURL", &url);
                let body = String::from_utf8_lossy(&delivery.body).replacen('{', "{\"Token\":\"0\",", 1);
                delivery.body = body.into();
                Ok(Plan::post(delivery))
            },
        )
        .right(Right::Uncalled),
        attack(
            "header-asks-to-confirm",
            "The same, and the header says that it is a request to confirm.",
            |forge| {
                let (url, envelope) = (trap(forge, "http"), forge.notification());
                let signed = forge.sign(envelope)?;
                let delivery = forge.with_member_after(&signed, "SubscribeURL", &url);
                Ok(Plan::post(delivery.header("x-amz-sns-message-type", "SubscriptionConfirmation")))
            },
        )
        .right(Right::Uncalled),
        attack(
            "confirmation-redirects",
            "SNS's own answer to the confirmation redirects to a stranger.",
            |forge| {
                let envelope = forge.confirmation();
                let signed = forge.sign(envelope)?;
                let elsewhere = Behaviour::Redirect(trap(forge, "http"));
                let plan = Plan::post(forge.delivery(&signed)).api_behaves(elsewhere);
                Ok(plan.may_confirm(forge.topic().arn(), token(&signed.envelope)))
            },
        )
        .right(Right::Uncalled),
    ]
}

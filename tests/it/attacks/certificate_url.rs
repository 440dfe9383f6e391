//! `SigningCertURL` is not signed: whoever chooses it must not choose the certificate. Nothing here is ever fetched.

use trailbell_sim::sns::{SignatureVersion, Signer, Topic};

use super::{Attack, prove_honest, repel};
use crate::world::{ACCOUNT, World, certificate, strange_key};

const HOST: &str = "SigningCertURL is not on sns.us-east-1.amazonaws.com, the SNS host of the topic's region";
const PATH: &str = "the path of SigningCertURL is not /SimpleNotificationService-<letters and digits>.pem";
const SCHEME: &str = "SigningCertURL is not https";

/// In place of `{path}` stands the path under which the certificate is really served.
const URLS: &[(&str, &str)] = &[
    // Schemes
    ("http://sns.us-east-1.amazonaws.com{path}", SCHEME),
    ("HTTPS://sns.us-east-1.amazonaws.com{path}", SCHEME),
    (" https://sns.us-east-1.amazonaws.com{path}", SCHEME),
    ("//sns.us-east-1.amazonaws.com{path}", SCHEME),
    ("file:///etc/passwd", SCHEME),
    ("ftp://sns.us-east-1.amazonaws.com{path}", SCHEME),
    ("data:text/plain,{path}", SCHEME),
    ("", SCHEME),
    ("https:sns.us-east-1.amazonaws.com{path}", SCHEME),
    ("https:/sns.us-east-1.amazonaws.com{path}", SCHEME),
    // Hosts
    ("https://evil.test{path}", HOST),
    ("https://sns.us-east-1.amazonaws.com.evil.test{path}", HOST),
    ("https://evil-sns.us-east-1.amazonaws.com{path}", HOST),
    ("https://evil.sns.us-east-1.amazonaws.com{path}", HOST),
    ("https://sns.us-east-1.amazonaws.comx{path}", HOST),
    ("https://xsns.us-east-1.amazonaws.com{path}", HOST),
    ("https://sns.us-east-1.amazonaws.com.{path}", HOST),
    ("https://SNS.us-east-1.amazonaws.com{path}", HOST),
    ("https://sns.us-east-1.AmazonAWS.com{path}", HOST),
    ("https://sns.us-east-1.amazonaws.com:443{path}", HOST),
    ("https://sns.us-east-1.amazonaws.com:8443{path}", HOST),
    ("https://sns.us-east-1.amazonaws.com:{path}", HOST),
    ("https://user@sns.us-east-1.amazonaws.com{path}", HOST),
    ("https://user:word@sns.us-east-1.amazonaws.com{path}", HOST),
    ("https://@sns.us-east-1.amazonaws.com{path}", HOST),
    ("https://sns.us-east-1.amazonaws.com@evil.test{path}", HOST),
    ("https://sns.us-east-1.amazonaws.com\\@evil.test{path}", HOST),
    ("https://evil.test#@sns.us-east-1.amazonaws.com{path}", HOST),
    ("https://evil.test?@sns.us-east-1.amazonaws.com{path}", HOST),
    ("https://evil.test/sns.us-east-1.amazonaws.com{path}", HOST),
    ("https:///sns.us-east-1.amazonaws.com{path}", HOST),
    ("https://sns.us-east-1.amazonaws%2ecom{path}", HOST),
    ("https://sns.us-east-1.amazonaws\u{3002}com{path}", HOST),
    ("https://sn\u{455}.us-east-1.amazonaws.com{path}", HOST),
    ("https://sns.us-east-1.amazonaws.com\t{path}", HOST),
    ("https://sns.us-east-1.amazonaws.com\n{path}", HOST),
    ("https://sns.us-east-1.amazonaws.com\0{path}", HOST),
    ("https://127.0.0.1{path}", HOST),
    ("https://[::1]{path}", HOST),
    ("https://169.254.169.254{path}", HOST),
    ("https://localhost{path}", HOST),
    // A bucket called "sns", which anybody could write to (DEF CON 30), and other hosts of AWS
    ("https://sns.s3-us-west-2.amazonaws.com{path}", HOST),
    ("https://sns.s3.us-east-1.amazonaws.com{path}", HOST),
    ("https://s3.amazonaws.com/sns{path}", HOST),
    ("https://sns.amazonaws.com{path}", HOST),
    ("https://sns-signing.us-east-1.amazonaws.com{path}", HOST),
    ("https://sns.us-east-1.api.aws{path}", HOST),
    ("https://sns-fips.us-east-1.amazonaws.com{path}", HOST),
    ("https://sqs.us-east-1.amazonaws.com{path}", HOST),
    // Other regions and partitions than the topic's
    ("https://sns.eu-west-1.amazonaws.com{path}", HOST),
    ("https://sns.us-east-2.amazonaws.com{path}", HOST),
    ("https://sns.us-east-11.amazonaws.com{path}", HOST),
    ("https://sns.us-east-1.amazonaws.com.cn{path}", HOST),
    ("https://sns.cn-north-1.amazonaws.com.cn{path}", HOST),
    ("https://sns.us-gov-west-1.amazonaws.com{path}", HOST),
    ("https://sns.eusc-de-east-1.amazonaws.eu{path}", HOST),
    // Paths
    ("https://sns.us-east-1.amazonaws.com", PATH),
    ("https://sns.us-east-1.amazonaws.com/", PATH),
    ("https://sns.us-east-1.amazonaws.com{path}?a=.pem", PATH),
    ("https://sns.us-east-1.amazonaws.com{path}?", PATH),
    ("https://sns.us-east-1.amazonaws.com{path}#", PATH),
    ("https://sns.us-east-1.amazonaws.com{path}#a.pem", PATH),
    ("https://sns.us-east-1.amazonaws.com/?Action=GetTopicAttributes&x=.pem", PATH),
    ("https://sns.us-east-1.amazonaws.com/..{path}", PATH),
    ("https://sns.us-east-1.amazonaws.com/.{path}", PATH),
    ("https://sns.us-east-1.amazonaws.com/{path}", PATH),
    ("https://sns.us-east-1.amazonaws.com/a{path}", PATH),
    ("https://sns.us-east-1.amazonaws.com/%2e%2e{path}", PATH),
    ("https://sns.us-east-1.amazonaws.com/SimpleNotificationService-../../evil.pem", PATH),
    ("https://sns.us-east-1.amazonaws.com/SimpleNotificationService-%2e%2e%2fevil.pem", PATH),
    ("https://sns.us-east-1.amazonaws.com/SimpleNotificationService-0123%2epem", PATH),
    ("https://sns.us-east-1.amazonaws.com/SimpleNotificationService-.pem", PATH),
    ("https://sns.us-east-1.amazonaws.com/SimpleNotificationService.pem", PATH),
    ("https://sns.us-east-1.amazonaws.com/SimpleNotificationService-0123.PEM", PATH),
    ("https://sns.us-east-1.amazonaws.com/simplenotificationservice-0123.pem", PATH),
    ("https://sns.us-east-1.amazonaws.com/SimpleNotificationService-0123.pem/", PATH),
    ("https://sns.us-east-1.amazonaws.com/SimpleNotificationService-0123.pem ", PATH),
    ("https://sns.us-east-1.amazonaws.com/SimpleNotificationService-0123.pem\n", PATH),
    ("https://sns.us-east-1.amazonaws.com/SimpleNotificationService-0123.pem.pem", PATH),
    ("https://sns.us-east-1.amazonaws.com/SimpleNotificationService-01_23.pem", PATH),
    ("https://sns.us-east-1.amazonaws.com/SimpleNotificationService-é.pem", PATH),
    ("https://sns.us-east-1.amazonaws.com/evil.pem", PATH),
    ("https://sns.us-east-1.amazonaws.com\\SimpleNotificationService-0123.pem", HOST),
];

#[tokio::test]
async fn a_certificate_from_any_other_place_is_refused_unseen() {
    let mut world = World::start().await;
    prove_honest(&mut world).await;
    let mut rows = Vec::new();
    for (url, says) in URLS {
        let url = url.replace("{path}", &certificate().path);
        let envelope = world.notification("forged");
        let signed = Signer::new(strange_key(), SignatureVersion::V2, url.clone()).sign(envelope).unwrap();
        let attack = Attack::new(format!("{url:?}"), world.delivery(&signed));
        rows.push(attack.answered(403, "certificate_url", says));
    }
    let long =
        format!("https://sns.us-east-1.amazonaws.com/SimpleNotificationService-{}.pem", "a".repeat(65));
    let envelope = world.notification("forged");
    let signed = Signer::new(strange_key(), SignatureVersion::V2, long).sign(envelope).unwrap();
    rows.push(Attack::new("65 letters", world.delivery(&signed)).answered(403, "certificate_url", PATH));
    repel(&world, rows).await;
}

/// The host of one region vouches for the topics of that region alone, even where all its own regions are allowed.
#[tokio::test]
async fn the_host_has_to_be_that_of_the_topic() {
    let world = World::with(|settings| {
        settings.dangerously_trust_signing_host.clear();
        settings.topics.allow = ["arn:aws:sns:*:*:*", "arn:aws-cn:sns:*:*:*", "arn:aws-us-gov:sns:*:*:*"]
            .map(str::to_owned)
            .into();
    })
    .await;
    let mut rows = Vec::new();
    for (region, host) in [
        ("eu-west-1", "sns.us-east-1.amazonaws.com"),
        ("us-east-1", "sns.eu-west-1.amazonaws.com"),
        ("cn-north-1", "sns.cn-north-1.amazonaws.com"),
        ("cn-north-1", "sns.us-east-1.amazonaws.com"),
        ("us-east-1", "sns.us-east-1.amazonaws.com.cn"),
        ("us-gov-west-1", "sns.us-gov-east-1.amazonaws.com"),
        ("us-gov-west-1", "sns.us-east-1.amazonaws.com"),
    ] {
        let mut topic = Topic::new(region, ACCOUNT, "ops-alarms", 1).unwrap();
        let subscription = topic.subscribe();
        let envelope = topic.notification(&subscription, "forged", world.clock.now());
        let url = certificate().url(host);
        let signed = Signer::new(strange_key(), SignatureVersion::V2, url).sign(envelope).unwrap();
        let attack = Attack::new(format!("{region} by {host}"), world.delivery(&signed));
        rows.push(attack.answered(403, "certificate_url", "the SNS host of the topic's region"));
    }
    repel(&world, rows).await;
}

//! What may be wrong with the certificate behind a sound URL. Trouble that will pass brings the message again
//! (503); what is no certificate of SNS's does not (403).

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use trailbell_sim::sns::{
    Behaviour, CertificateProfile, RsaKey, SignatureVersion, Signer, SigningCertificate,
};

use super::{Attack, repel};
use crate::world::{HOST, REGION, World, authority, beginning, certificate, key, tls_authority};

/// A fetch that is allowed to take this long has hung.
const SHORT: Duration = Duration::from_millis(250);

/// A message that is signed with the key of a certificate, which the signing host serves.
fn signed_with(
    world: &mut World,
    key: &RsaKey,
    certificate: &SigningCertificate,
) -> trailbell_sim::sns::Delivery {
    world.endpoint.publish(certificate);
    let envelope = world.notification("hello");
    let signer = Signer::new(key, SignatureVersion::V2, certificate.url(HOST));
    world.delivery(&signer.sign(envelope).unwrap())
}

fn profile() -> CertificateProfile {
    CertificateProfile::for_region(REGION, beginning())
}

#[tokio::test]
async fn a_certificate_that_is_not_sns_s_or_not_now_convinces_nobody() {
    let mut world = World::start().await;
    let (now, day, year) = (beginning(), TimeDelta::days(1), TimeDelta::days(365));
    let small = RsaKey::with_bits(7, 1024).unwrap();
    let second = TimeDelta::seconds(1);
    let issue = |key: &RsaKey, profile: &CertificateProfile| authority().issue_signing(key, profile).unwrap();
    let mut rows = Vec::new();
    for (name, key, certificate, says) in [
        (
            "expired",
            key(),
            issue(key(), &profile().valid(now - year, now - day)),
            "the certificate is valid from",
        ),
        (
            "expired a second ago",
            key(),
            issue(key(), &profile().valid(now - year, now - second)),
            "not at 2026-09-22 19:27:00",
        ),
        (
            "not yet valid",
            key(),
            issue(key(), &profile().valid(now + day, now + year)),
            "the certificate is valid from",
        ),
        (
            "another region's name",
            key(),
            issue(key(), &profile().named("sns-signing.eu-south-1.amazonaws.com")),
            "issued to [\"sns-signing.eu-south-1.amazonaws.com\"], not to sns.amazonaws.com",
        ),
        ("the host's name", key(), issue(key(), &profile().named(HOST)), "not to sns.amazonaws.com"),
        ("a stranger's name", key(), issue(key(), &profile().named("evil.test")), "not to sns.amazonaws.com"),
        (
            "a name with more before it",
            key(),
            issue(key(), &profile().named("x.sns.amazonaws.com")),
            "issued to",
        ),
        ("a name for all", key(), issue(key(), &profile().named("*.amazonaws.com")), "issued to"),
        ("a name in capitals", key(), issue(key(), &profile().named("SNS.amazonaws.com")), "issued to"),
        ("a key of 1024 bits", &small, issue(&small, &profile()), "key is not RSA of at least 2048 bits"),
    ] {
        let delivery = signed_with(&mut world, key, &certificate);
        rows.push(Attack::new(name, delivery).answered(403, "certificate", says).fetching(1));
    }
    repel(&world, rows).await;
}

#[tokio::test]
async fn what_is_served_instead_of_a_certificate_is_refused() {
    let pem = &certificate().pem;
    let other = authority().issue_signing(key(), &profile().numbered(9)).unwrap().pem;
    let der_cut = {
        let lines: Vec<&str> = pem.lines().collect();
        [&lines[..4], &lines[lines.len() - 1..]].concat().join("\n")
    };
    let private_key = tls_authority().issue_server(5, &["sns.amazonaws.com"]).unwrap();
    let ecdsa =
        private_key.chain_pem.split_inclusive("-----END CERTIFICATE-----\n").next().unwrap().to_owned();
    let content = |body: &str| Behaviour::Content { content_type: "text/plain".into(), body: body.into() };
    let one = "not exactly one PEM certificate";
    let mut world = World::start().await;
    for (name, behaviour, (status, reason), says) in [
        (
            "a redirect to itself",
            Behaviour::Redirect(certificate().url(HOST)),
            (403, "no_such_certificate"),
            "302",
        ),
        (
            "a redirect",
            Behaviour::Redirect("https://evil.test/a.pem".into()),
            (403, "no_such_certificate"),
            "302",
        ),
        ("404", Behaviour::Status(404), (403, "no_such_certificate"), "no such certificate (status 404)"),
        ("403", Behaviour::Status(403), (403, "no_such_certificate"), "status 403"),
        ("204", Behaviour::Status(204), (403, "no_such_certificate"), "status 204"),
        ("500", Behaviour::Status(500), (503, "certificate_unavailable"), "answered status 500"),
        ("503", Behaviour::Status(503), (503, "certificate_unavailable"), "answered status 503"),
        ("429", Behaviour::Status(429), (503, "certificate_unavailable"), "answered status 429"),
        ("no answer", Behaviour::Disconnect, (503, "certificate_unavailable"), "cannot be reached"),
        ("too long", Behaviour::Oversized(65 * 1024), (403, "no_such_certificate"), "more than 65536 bytes"),
        (
            "far too long",
            Behaviour::Oversized(4 << 20),
            (403, "no_such_certificate"),
            "more than 65536 bytes",
        ),
        ("nothing", content(""), (403, "certificate"), one),
        ("garbage", content("<html>nothing here</html>"), (403, "certificate"), one),
        ("two certificates", content(&format!("{pem}{other}")), (403, "certificate"), one),
        ("the same twice", content(&format!("{pem}{pem}")), (403, "certificate"), one),
        ("text before", content(&format!("subject: sns\n{pem}")), (403, "certificate"), one),
        ("text after", content(&format!("{pem}and more")), (403, "certificate"), one),
        ("a private key", content(&private_key.key_pem), (403, "certificate"), "another kind of PEM block"),
        ("another label", content(&pem.replace("CERTIFICATE", "X509 CRL")), (403, "certificate"), one),
        ("cut short", content(&der_cut), (403, "certificate"), "not valid X.509"),
        ("without its end", content(&pem.replace("-----END", "")), (403, "certificate"), one),
        ("a key that is no RSA key", content(&ecdsa), (403, "certificate"), "key is not RSA"),
    ] {
        // What failed is not asked for again within half a minute.
        world.clock.advance(TimeDelta::minutes(1));
        world.endpoint.set_certificate_behaviour(behaviour);
        let signed = world.signed();
        let attack = Attack::new(name, world.delivery(&signed)).answered(status, reason, says).fetching(1);
        repel(&world, [attack]).await;
    }
}

#[tokio::test]
async fn a_host_that_hangs_or_drips_is_given_up() {
    for behaviour in [Behaviour::Hang, Behaviour::Drip { chunk: 1, every: Duration::from_millis(20) }] {
        let mut world = World::prepared(
            |_| {},
            |config| {
                let added = std::mem::take(&mut config.fetchers.added);
                config.fetchers.added =
                    added.into_iter().map(|(host, fetcher)| (host, fetcher.within(SHORT))).collect();
            },
        )
        .await;
        world.endpoint.set_certificate_behaviour(behaviour);
        let signed = world.signed();
        let attack = Attack::new("hang", world.delivery(&signed))
            .answered(503, "certificate_unavailable", "did not answer in 250ms")
            .fetching(1);
        repel(&world, [attack]).await;
    }
}

/// A TLS certificate of another name, or of another authority: somebody else sits at the address.
#[tokio::test]
async fn a_host_that_cannot_prove_its_name_is_not_believed() {
    let somebody = trailbell_sim::sns::CertificateAuthority::new(77, Utc::now()).unwrap();
    let impostor = somebody.issue_server(2, &[HOST]).unwrap();
    let other_name = tls_authority().issue_server(3, &["evil.test"]).unwrap();
    for (name, tls) in [("another authority", impostor), ("another name", other_name)] {
        let api = trailbell_sim::sns::QueryApi::new(REGION, 1);
        let host = trailbell_sim::sns::SigningEndpoint::start(api, Some(&tls)).await.unwrap();
        host.publish(certificate());
        let address = host.address();
        let mut world =
            World::with(|settings| settings.dangerously_trust_signing_host[0].address = Some(address)).await;
        let signed = world.signed();
        let attack = Attack::new(name, world.delivery(&signed));
        repel(&world, [attack.answered(503, "certificate_unavailable", "cannot be reached")]).await;
        assert_eq!(host.requests(), [], "{name}");
    }
}

/// The time is the server's, not the message's.
#[tokio::test]
async fn a_certificate_expires_while_it_is_in_use() {
    let mut world = World::start().await;
    let end: DateTime<Utc> = beginning() + TimeDelta::hours(2);
    let brief = authority().issue_signing(key(), &profile().valid(beginning(), end)).unwrap();
    let first = signed_with(&mut world, key(), &brief);
    assert_eq!(world.post(&first).await.status, 200);
    world.clock.advance(TimeDelta::hours(3));
    let late = signed_with(&mut world, key(), &brief);
    let attack = Attack::new("expired", late).answered(403, "certificate", "the certificate is valid from");
    repel(&world, [attack]).await;
}

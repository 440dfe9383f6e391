//! Certificates are fetched seldom, and never at a stranger's pace.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use trailbell_sim::sns::{Behaviour, CertificateProfile, SignatureVersion, SignedEnvelope, Signer};

use crate::world::{HOST, REGION, World, authority, beginning, strange_key};

#[tokio::test]
async fn one_fetch_serves_all_who_wait_for_it() {
    let mut world = World::start().await;
    let signed: Vec<SignedEnvelope> = (0..40).map(|_| world.signed()).collect();
    let deliveries: Vec<_> = signed.iter().map(|signed| world.delivery(signed)).collect();
    let mut posts = tokio::task::JoinSet::new();
    for delivery in deliveries {
        let (poster, url) = (world.poster.clone(), world.url());
        posts.spawn(async move { poster.post(&url, &delivery).await.unwrap().status });
    }
    let statuses: BTreeSet<u16> = posts.join_all().await.into_iter().collect();
    assert_eq!(statuses, BTreeSet::from([200]));
    assert_eq!(world.endpoint.certificate_fetches(), 1);
    assert_eq!(world.metrics().await.kind("certificate_fetches", "fetched"), 1);
}

#[tokio::test]
async fn a_failed_fetch_is_not_repeated_for_half_a_minute() {
    let mut world = World::start().await;
    world.endpoint.set_certificate_behaviour(Behaviour::Status(500));
    let signed = world.signed();
    for _ in 0..5 {
        assert_eq!(world.deliver(&signed).await, 503);
        world.clock.advance(TimeDelta::seconds(5));
    }
    assert_eq!(world.endpoint.certificate_fetches(), 1);
    world.endpoint.set_certificate_behaviour(Behaviour::Honest);
    assert_eq!(world.deliver(&signed).await, 503, "25 s later it is still believed to fail");
    world.clock.advance(TimeDelta::seconds(5));
    assert_eq!(world.deliver(&signed).await, 200);
    assert_eq!(world.endpoint.certificate_fetches(), 2);
}

/// A certificate that was good this morning is not bad because its host is down.
#[tokio::test]
async fn an_old_certificate_serves_until_its_time_is_over_if_its_host_fails() {
    let mut world = World::start().await;
    let signed = world.signed();
    assert_eq!(world.deliver(&signed).await, 200);
    for behaviour in [Behaviour::Status(500), Behaviour::Disconnect, Behaviour::Status(404)] {
        world.endpoint.set_certificate_behaviour(behaviour.clone());
        world.clock.advance(TimeDelta::hours(25));
        let before = world.endpoint.certificate_fetches();
        for _ in 0..3 {
            let signed = world.signed();
            assert_eq!(world.deliver(&signed).await, 200, "{behaviour:?}");
        }
        assert_eq!(
            world.endpoint.certificate_fetches(),
            before + 1,
            "{behaviour:?}: tried once, and not each time"
        );
    }
    world.clock.advance(TimeDelta::days(400));
    let signed = world.signed();
    assert_eq!(world.deliver(&signed).await, 403, "its time is over, and its host says 404");
}

#[tokio::test]
async fn a_certificate_is_fetched_anew_once_a_day() {
    let mut world = World::start().await;
    for fetches in 1..=3 {
        for _ in 0..2 {
            let signed = world.signed();
            assert_eq!(world.deliver(&signed).await, 200);
            assert_eq!(world.endpoint.certificate_fetches(), fetches);
        }
        world.clock.advance(TimeDelta::hours(24));
    }
}

#[tokio::test]
async fn a_new_certificate_takes_over_beside_the_old_one() {
    let mut world = World::start().await;
    let profile = CertificateProfile::for_region(REGION, beginning()).numbered(2);
    let renewed = authority().issue_signing(strange_key(), &profile).unwrap();
    world.endpoint.publish(&renewed);
    let signer = Signer::new(strange_key(), SignatureVersion::V2, renewed.url(HOST));
    for _ in 0..2 {
        let envelope = world.notification("signed with the new key");
        assert_eq!(world.deliver(&signer.sign(envelope).unwrap()).await, 200);
        let signed = world.signed();
        assert_eq!(world.deliver(&signed).await, 200);
    }
    assert_eq!(world.endpoint.certificate_fetches(), 2);
}

/// Whoever knows an allowed topic can name certificates without end. Each would cost a fetch.
#[tokio::test]
async fn strangers_cannot_make_us_fetch_without_end() {
    let mut world = World::start().await;
    let signed = world.signed();
    assert_eq!(world.deliver(&signed).await, 200);
    let mut statuses = Vec::new();
    for number in 0..40 {
        let url = format!("https://{HOST}/SimpleNotificationService-{number:032x}.pem");
        let envelope = world.notification("forged");
        let forged = Signer::new(strange_key(), SignatureVersion::V2, url).sign(envelope).unwrap();
        statuses.push(world.deliver(&forged).await);
    }
    // The honest one was the first of 20.
    let expected: Vec<u16> = [[403; 19].as_slice(), &[503; 21]].concat();
    assert_eq!(statuses, expected);
    assert_eq!(world.endpoint.certificate_fetches(), 20);
    assert_eq!(world.metrics().await.kind("certificate_fetches", "refused"), 21);

    let signed = world.signed();
    assert_eq!(world.deliver(&signed).await, 200, "what is known still serves");
}

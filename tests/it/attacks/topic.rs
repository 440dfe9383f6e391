//! SNS signs for everybody: a genuine message of somebody else's topic is none of ours.

use trailbell_sim::sns::Topic;

use super::{Attack, repel};
use crate::world::{World, sign};

fn of_topic(world: &World, region: &str, account: &str, name: &str) -> trailbell_sim::sns::Delivery {
    let mut topic = Topic::new(region, account, name, 1).unwrap();
    let subscription = topic.subscribe();
    let envelope = topic.notification(&subscription, "hello", world.clock.now());
    world.delivery(&sign(envelope))
}

async fn stays_out(allow: &[&str], strangers: &[(&str, &str, &str)]) {
    let world =
        World::with(|settings| settings.topics.allow = allow.iter().map(ToString::to_string).collect()).await;
    let rows = strangers.iter().map(|(region, account, name)| {
        let attack = Attack::new(
            format!("{region} {account} {name} for {allow:?}"),
            of_topic(&world, region, account, name),
        );
        attack.answered(403, "topic_not_allowed", "is not on the allow-list")
    });
    let rows: Vec<_> = rows.collect();
    repel(&world, rows).await;
}

#[tokio::test]
async fn an_exact_arn_lets_in_that_topic_alone() {
    stays_out(
        &["arn:aws:sns:us-east-1:123456789012:ops-alarms"],
        &[
            ("us-east-1", "999999999999", "ops-alarms"),
            ("us-east-2", "123456789012", "ops-alarms"),
            ("us-east-1", "123456789012", "ops-alarms2"),
            ("us-east-1", "123456789012", "ops-alarm"),
            ("us-east-1", "123456789012", "OPS-ALARMS"),
            ("us-east-1", "123456789012", "xops-alarms"),
        ],
    )
    .await;
}

#[tokio::test]
async fn a_star_lets_in_no_more_than_it_says() {
    stays_out(
        &["arn:aws:sns:us-*:123456789012:ops-*-alarms", "arn:aws:sns:eu-west-1:1234567890*:x"],
        &[
            ("eu-west-1", "123456789012", "ops-eu-alarms"),
            ("us-east-1", "999999999999", "ops-eu-alarms"),
            ("us-east-1", "123456789012", "ops-alarms"),
            ("us-east-1", "123456789012", "ops-eu-alarms2"),
            ("us-east-1", "123456789012", "ops-eualarms"),
            ("us-gov-west-1", "123456789012", "ops-eu-alarms"),
            ("eu-west-1", "223456789012", "x"),
            ("eu-west-2", "123456789012", "x"),
        ],
    )
    .await;
}

#[tokio::test]
async fn a_star_lets_in_what_it_says() {
    let world = World::with(|settings| {
        settings.topics.allow = vec![
            "arn:aws:sns:us-*:123456789012:ops-*-alarms".to_owned(),
            "arn:aws:sns:*:*:shared".to_owned(),
        ];
    })
    .await;
    for (region, account, name) in [
        ("us-east-1", "123456789012", "ops-eu-alarms"),
        ("us-west-2", "123456789012", "ops--alarms"),
        ("us-west-2", "123456789012", "ops-a-alarms-alarms"),
        ("eu-north-1", "999999999999", "shared"),
    ] {
        let answer = world.post(&of_topic(&world, region, account, name)).await;
        assert_eq!(answer.status, 200, "{region} {account} {name}: {:?}", answer.body);
    }
}

/// Confirming for strangers would let them page us, and cost us what they like.
#[tokio::test]
async fn a_stranger_does_not_get_in_by_a_confirmation_either() {
    let mut world = World::start().await;
    let mut topic = Topic::new("us-east-1", "999999999999", "ops-alarms", 1).unwrap();
    let mut subscription = topic.subscribe();
    let now = world.clock.now();
    let asking = topic.subscription_confirmation(&mut subscription, now);
    let leaving = topic.unsubscribe_confirmation(&mut subscription, now);
    world.endpoint.register(&subscription);
    let rows: Vec<_> = [asking, leaving]
        .into_iter()
        .map(|envelope| {
            let signed = sign(envelope);
            Attack::new(signed.envelope.kind.type_name(), world.delivery(&signed)).answered(
                403,
                "topic_not_allowed",
                "is not on the allow-list",
            )
        })
        .collect();
    repel(&world, rows).await;
    assert_eq!(world.endpoint.requests(), [], "SNS was not asked for anything");
    super::prove_honest(&mut world).await;
}

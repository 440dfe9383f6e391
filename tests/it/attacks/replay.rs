//! Genuine messages, at the wrong time or more than once.

use chrono::TimeDelta;
use trailbell_sim::sns::SignedEnvelope;

use super::{Attack, prove_honest, repel};
use crate::world::{World, sign};

#[tokio::test]
async fn a_message_acts_once_however_often_it_comes() {
    let mut world = World::start().await;
    let signed = world.signed();
    assert_eq!(world.deliver(&signed).await, 200);
    let asked = world.pager.requests().len();
    for _ in 0..3 {
        world.clock.advance(TimeDelta::minutes(20));
        let answer = world.post(&world.delivery(&signed)).await;
        assert_eq!((answer.status, &answer.body[..]), (200, &b"delivered before\n"[..]));
    }
    assert_eq!(world.pager.requests().len(), asked, "the pager heard of it once");
    assert_eq!(world.metrics().await.value("trailbell_repeated_total"), 3);
}

#[tokio::test]
async fn what_is_too_old_or_too_new_is_refused_to_the_millisecond() {
    let mut world = World::start().await;
    prove_honest(&mut world).await;
    let old = (403, "too_old", "longer ago than the replay window");
    let new = (403, "from_the_future", "which is in the future");
    let (window, skew, tick) = (TimeDelta::minutes(75), TimeDelta::minutes(5), TimeDelta::milliseconds(1));
    for (age, refusal) in [
        (window, None),
        (window + tick, Some(old)),
        (TimeDelta::days(1), Some(old)),
        (TimeDelta::days(3650), Some(old)),
        (-skew, None),
        (-skew - tick, Some(new)),
        (-TimeDelta::days(365), Some(new)),
        (-TimeDelta::days(365 * 5000), Some(new)),
    ] {
        let signed = world.signed_at_age(age);
        match refusal {
            None => assert_eq!(world.deliver(&signed).await, 200, "{age}"),
            Some((status, reason, says)) => {
                let attack = Attack::new(age.to_string(), world.delivery(&signed));
                repel(&world, [attack.answered(status, reason, says)]).await;
            }
        }
    }
}

/// Memory and window leave no gap: as long as a copy would be admitted, it is known.
#[tokio::test]
async fn a_message_from_a_clock_that_goes_ahead_acts_once_until_it_is_too_old() {
    let mut world = World::start().await;
    let ahead = TimeDelta::minutes(5);
    let signed = world.signed_at_age(-ahead);
    assert_eq!(world.deliver(&signed).await, 200);
    let asked = world.pager.requests().len();
    world.clock.advance(ahead + TimeDelta::minutes(75));
    assert_eq!(world.deliver(&signed).await, 200, "the last moment");
    assert_eq!(world.pager.requests().len(), asked, "known until then");
    world.clock.advance(TimeDelta::milliseconds(1));
    let attack = Attack::new("later", world.delivery(&signed));
    repel(&world, [attack.answered(403, "too_old", "longer ago than the replay window")]).await;
}

#[tokio::test]
async fn the_window_is_a_setting() {
    let mut world = World::with(|settings| {
        settings.verification.replay_window = Some("2m".to_owned());
        settings.verification.clock_skew = Some("1s".to_owned());
    })
    .await;
    prove_honest(&mut world).await;
    let old = world.signed_at_age(TimeDelta::seconds(121));
    let new = world.signed_at_age(-TimeDelta::seconds(2));
    let rows = [
        Attack::new("old", world.delivery(&old)).answered(403, "too_old", "published at"),
        Attack::new("new", world.delivery(&new)).answered(403, "from_the_future", "published at"),
    ];
    repel(&world, rows).await;
}

/// The id is signed together with the topic: two topics may use the same one.
#[tokio::test]
async fn an_id_that_two_topics_share_acts_for_both() {
    let mut world = World::with(|settings| {
        settings.topics.allow.push("arn:aws:sns:us-east-1:123456789012:other".to_owned());
    })
    .await;
    let mut other = trailbell_sim::sns::Topic::new("us-east-1", "123456789012", "other", 1).unwrap();
    let subscription = other.subscribe();
    let first = world.signed();
    let envelope = other.notification(&subscription, "another alarm", world.clock.now());
    let second = sign(envelope.message_id(first.envelope.message_id.clone()));
    assert_eq!(world.deliver(&first).await, 200);
    assert_eq!(world.deliver(&second).await, 200);
    assert_eq!(world.alerts().len(), 2);
}

impl World {
    fn signed_at_age(&mut self, age: TimeDelta) -> SignedEnvelope {
        let at = self.clock.now() - age;
        let envelope = self.topic.notification(&self.subscription, "late or early", at);
        sign(envelope)
    }
}

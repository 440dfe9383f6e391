//! Subscriptions come and go.

use std::time::Duration;

use trailbell::config::ConfirmMode;
use trailbell_sim::sns::{Behaviour, SubscriptionState};

use crate::world::{World, sign};

impl World {
    fn state(&self) -> SubscriptionState {
        self.endpoint.subscription_state(self.subscription.arn()).unwrap()
    }
}

#[tokio::test]
async fn a_request_of_an_allowed_topic_is_confirmed() {
    let mut world = World::start().await;
    let envelope = world.confirmation();
    let answer = world.post(&world.delivery(&sign(envelope))).await;
    assert_eq!((answer.status, &answer.body[..]), (200, &b"subscription confirmed\n"[..]));
    assert_eq!(world.state(), SubscriptionState::Confirmed);
    assert_eq!(world.api_calls(), 1);
    assert_eq!(world.pager.requests(), []);
    assert_eq!(world.metrics().await.kind("subscriptions", "confirmed"), 1);
}

#[tokio::test]
async fn where_an_operator_confirms_it_is_only_logged() {
    let mut world = World::with(|settings| settings.topics.confirm = Some(ConfirmMode::LogOnly)).await;
    let envelope = world.confirmation();
    let answer = world.post(&world.delivery(&sign(envelope))).await;
    assert_eq!((answer.status, &answer.body[..]), (200, &b"subscription request logged\n"[..]));
    assert_eq!(world.state(), SubscriptionState::Pending);
    assert_eq!(world.api_calls(), 0);
    assert_eq!(world.metrics().await.kind("subscriptions", "logged"), 1);
    let signed = world.signed();
    assert_eq!(world.deliver(&signed).await, 200, "notifications are delivered all the same");
}

/// 403 ends it for good, so that it is kept for a token that SNS will never take; for the rest SNS comes again.
#[tokio::test]
async fn what_sns_answers_decides() {
    let content = |body: &str| Behaviour::Content { content_type: "text/xml".into(), body: body.into() };
    let arn = "arn:aws:sns:us-east-1:123456789012:ops-alarms";
    for (name, behaviour, status, says) in [
        ("404", Behaviour::Status(404), 403, "SNS answered the confirmation with status 404"),
        ("400", Behaviour::Status(400), 403, "with status 400"),
        ("429", Behaviour::Status(429), 503, "with status 429"),
        ("500", Behaviour::Status(500), 503, "with status 500"),
        ("a redirect", Behaviour::Redirect("https://evil.test/".into()), 503, "with status 302"),
        ("nothing", content(""), 503, "has no SubscriptionArn under"),
        ("HTML", content("<html>hello</html>"), 503, "has no SubscriptionArn under"),
        (
            "another topic's",
            content(&format!("<SubscriptionArn>{arn}2:abc</SubscriptionArn>")),
            503,
            "no SubscriptionArn under",
        ),
        (
            "no id",
            content(&format!("<SubscriptionArn>{arn}</SubscriptionArn>")),
            503,
            "no SubscriptionArn under",
        ),
        (
            "pending",
            content("<SubscriptionArn>pending confirmation</SubscriptionArn>"),
            503,
            "no SubscriptionArn under",
        ),
        ("no answer", Behaviour::Disconnect, 503, "sns.us-east-1.amazonaws.com cannot be reached"),
        ("too much", Behaviour::Oversized(1 << 20), 503, "answered more than 65536 bytes"),
    ] {
        let mut world = World::start().await;
        world.endpoint.set_api_behaviour(behaviour);
        let envelope = world.confirmation();
        let signed = sign(envelope);
        let answer = world.post(&world.delivery(&signed)).await;
        let text = String::from_utf8_lossy(&answer.body).into_owned();
        assert_eq!(answer.status, status, "{name}: {text}");
        assert!(text.contains(says), "{name}: {text}");
        assert_eq!(world.metrics().await.kind("subscriptions", "failed"), 1, "{name}");
        world.endpoint.set_api_behaviour(Behaviour::Honest);
        assert_eq!(world.deliver(&signed).await, 200, "{name}: it may come again");
    }
}

#[tokio::test]
async fn an_sns_that_hangs_is_given_up_in_time() {
    let mut world = World::prepared(
        |_| {},
        |config| {
            let added = std::mem::take(&mut config.fetchers.added);
            let short = Duration::from_millis(250);
            config.fetchers.added =
                added.into_iter().map(|(host, fetcher)| (host, fetcher.within(short))).collect();
        },
    )
    .await;
    world.endpoint.set_api_behaviour(Behaviour::Hang);
    let envelope = world.confirmation();
    let answer = world.post(&world.delivery(&sign(envelope))).await;
    assert_eq!(answer.status, 503);
    assert!(String::from_utf8_lossy(&answer.body).contains("did not answer in 250ms"), "{:?}", answer.body);
}

/// A token of somebody else's request, or of one long ago.
#[tokio::test]
async fn a_token_that_sns_does_not_know_confirms_nothing() {
    let mut world = World::start().await;
    let now = world.clock.now();
    // The signing host is not told of it.
    let envelope = world.topic.subscription_confirmation(&mut world.subscription, now);
    assert_eq!(world.deliver(&sign(envelope)).await, 403);
    assert_eq!(world.metrics().await.kind("subscriptions", "failed"), 1);
}

/// Whoever is unsubscribed is not paged any more, and would not know.
#[tokio::test]
async fn the_end_of_a_subscription_raises_an_alert_and_is_not_undone() {
    let mut world = World::start().await;
    let envelope = world.farewell();
    let signed = sign(envelope);
    assert_eq!(world.deliver(&signed).await, 200);
    assert_eq!(world.api_calls(), 0, "nobody asked for it back");
    let alerts = world.alerts();
    let [alert] = alerts.as_slice() else { panic!("{alerts:?}") };
    assert!(alert.is_open() && alert.alias.contains(world.topic.arn()), "{alert:?}");
    let text = format!("{alert:?}");
    assert!(text.contains("ops-alarms") && !text.contains(&world.subscription.tokens()[0]), "{text}");
    assert_eq!(world.deliver(&signed).await, 200);
    assert_eq!(world.alerts()[0].count, 1, "a copy does not raise it again");
}

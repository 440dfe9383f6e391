//! `serve --forward`: SNS's bytes go on, and the next hop's answer decides what SNS is told.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;
use trailbell::config::{BasicAuthSettings, Config, ForwardSettings, PagerSettings, Secret, Settings};
use trailbell_sim::sns::SubscriptionState;

use super::peer::{Behaviour, Peer};
use crate::world::{HOST, World, sign};

/// A world whose server forwards, and the folder of its dead letters.
pub(super) struct Gateway {
    pub(super) world: World,
    pub(super) folder: TempDir,
}

impl Gateway {
    pub(super) async fn start(next_hop: &str) -> Self {
        Self::with(next_hop, |_| {}, |_| {}).await
    }

    async fn with(
        next_hop: &str,
        change: impl FnOnce(&mut Settings),
        bend: impl FnOnce(&mut Config),
    ) -> Self {
        let folder = TempDir::new().unwrap();
        let dead_letters = folder.path().join("dead.ndjson");
        let world = World::prepared(
            |settings| {
                forward_to(settings, next_hop, &dead_letters);
                change(settings);
            },
            bend,
        )
        .await;
        Self { world, folder }
    }

    pub(super) fn dead_letters_file(&self) -> PathBuf {
        self.folder.path().join("dead.ndjson")
    }

    pub(super) fn dead_letters(&self) -> Vec<Value> {
        let text = fs::read_to_string(self.dead_letters_file()).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

/// Forwards instead of paging.
pub(super) fn forward_to(settings: &mut Settings, next_hop: &str, dead_letters: &Path) {
    settings.pager = PagerSettings::default();
    settings.forward = Some(ForwardSettings {
        url: Some(Secret::new(next_hop)),
        dead_letters: Some(dead_letters.to_owned()),
        ..ForwardSettings::default()
    });
}

/// Gives the next hop up soon: the tests want it to fail.
fn impatient(config: &mut Config) {
    config.timeouts.delivery = Duration::from_millis(300);
}

#[tokio::test]
async fn the_next_hop_gets_the_bytes_of_sns_and_what_was_verified() {
    let hop = Peer::willing().await;
    let mut gateway = Gateway::start(&format!("{}/sns?from=trailbell", hop.base_url())).await;
    let world = &mut gateway.world;
    let signed = world.signed();
    let delivery = world
        .delivery(&signed)
        .header("x-amz-sns-something", "new")
        .header("x-trailbell-verified", "by nobody")
        .header("x-trailbell-team", "of nobody")
        .header("x-forwarded-for", "10.0.0.1")
        .header("authorization", "Basic c25zOnNlY3JldA==")
        .header("cookie", "a=b");
    let answer = world.post(&delivery).await;
    assert_eq!((answer.status, &answer.body[..]), (200, &b"forwarded\n"[..]));
    let seen = hop.seen();
    let [request] = seen.as_slice() else { panic!("{seen:?}") };
    assert_eq!((request.method.as_str(), request.target.as_str()), ("POST", "/sns?from=trailbell"));
    assert_eq!(request.body, delivery.body, "not one byte differs");
    let mut headers: Vec<(String, String)> = request
        .headers
        .iter()
        .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
        .filter(|(name, _)| name != "host" && name != "content-length")
        .collect();
    headers.sort_unstable();
    let id =
        serde_json::from_str::<Value>(&signed.to_json()).unwrap()["MessageId"].as_str().unwrap().to_owned();
    let topic = world.topic.arn();
    let expected = [
        ("content-type", "text/plain; charset=UTF-8"),
        ("user-agent", concat!("trailbell/", env!("CARGO_PKG_VERSION"))),
        ("x-amz-sns-message-id", &id),
        ("x-amz-sns-message-type", "Notification"),
        ("x-amz-sns-something", "new"),
        ("x-amz-sns-subscription-arn", world.subscription.arn()),
        ("x-amz-sns-topic-arn", topic),
        ("x-trailbell-certificate-host", HOST),
        ("x-trailbell-message-id", &id),
        ("x-trailbell-signature-version", "2"),
        ("x-trailbell-topic-arn", topic),
        ("x-trailbell-verified", "signature"),
    ];
    assert_eq!(headers, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    assert_eq!(world.metrics().await.kind("forwarded", "accepted"), 1);
    assert!(gateway.dead_letters().is_empty());
}

#[tokio::test]
async fn the_answer_of_the_next_hop_decides() {
    for (status, answered, kept) in [
        (200, 200, false),
        (202, 200, false),
        (204, 200, false),
        (400, 200, true),
        (401, 200, true),
        (404, 200, true),
        (413, 200, true),
        (422, 200, true),
        (302, 200, true),
        (408, 503, false),
        (429, 503, false),
        (500, 503, false),
        (501, 503, false),
        (503, 503, false),
    ] {
        let hop = Peer::start(Behaviour::Answer(status, "the sink refused".to_owned())).await;
        let mut gateway = Gateway::start(&hop.base_url()).await;
        let signed = gateway.world.signed();
        let answer = gateway.world.post(&gateway.world.delivery(&signed)).await;
        let text = String::from_utf8_lossy(&answer.body).into_owned();
        assert_eq!(answer.status, answered, "{status}: {text}");
        assert_eq!(gateway.dead_letters().len(), usize::from(kept), "{status}");
        let outcome = match (answered, kept) {
            (200, false) => "accepted",
            (200, true) => "dead_letter",
            _ => "failed",
        };
        assert_eq!(gateway.world.metrics().await.kind("forwarded", outcome), 1, "{status}");

        // Whatever was answered 503 comes again and acts; the rest is done with.
        hop.behave(Behaviour::Answer(200, String::new()));
        assert_eq!(gateway.world.deliver(&signed).await, 200, "{status}: again");
        assert_eq!(hop.seen().len(), if answered == 503 { 2 } else { 1 }, "{status}");
    }
}

#[tokio::test]
async fn a_next_hop_that_does_not_answer_is_no_success() {
    for (behaviour, says) in [
        (Behaviour::Hang, "the next hop did not answer within"),
        (Behaviour::Disconnect, "the connection to the next hop broke"),
    ] {
        let hop = Peer::start(behaviour).await;
        let mut gateway = Gateway::with(&hop.base_url(), |_| {}, impatient).await;
        let signed = gateway.world.signed();
        let answer = gateway.world.post(&gateway.world.delivery(&signed)).await;
        let text = String::from_utf8_lossy(&answer.body).into_owned();
        assert_eq!(answer.status, 503, "{text}");
        assert!(text.contains(says), "{text}");
        hop.behave(Behaviour::Answer(200, String::new()));
        assert_eq!(gateway.world.deliver(&signed).await, 200);
    }
}

#[tokio::test]
async fn a_next_hop_that_dies_is_no_success_and_its_successor_gets_the_message() {
    let hop = Peer::start(Behaviour::Ask).await;
    let base = hop.base_url();
    let mut gateway = Gateway::start(&base).await;
    let signed = gateway.world.signed();
    let delivery = gateway.world.delivery(&signed);
    let dying = async {
        let held = hop.next().await;
        drop(hop);
        drop(held);
    };
    let (answer, ()) = tokio::join!(gateway.world.post(&delivery), dying);
    assert_eq!(answer.status, 503, "{:?}", answer.body);
    let answer = gateway.world.post(&delivery).await;
    let text = String::from_utf8_lossy(&answer.body).into_owned();
    assert_eq!(answer.status, 503, "{text}");
    assert!(text.contains("no connection to the next hop"), "{text}");
}

#[tokio::test]
async fn a_copy_is_put_off_while_the_first_is_under_way_and_acts_once() {
    let hop = Peer::start(Behaviour::Ask).await;
    let mut gateway = Gateway::start(&hop.base_url()).await;
    let signed = gateway.world.signed();
    let (world, delivery) = (&gateway.world, gateway.world.delivery(&signed));
    let meanwhile = async {
        let held = hop.next().await;
        assert_eq!(world.post(&delivery).await.status, 503, "a copy is in work");
        held.answer(200, "");
    };
    let (answer, ()) = tokio::join!(world.post(&delivery), meanwhile);
    assert_eq!(answer.status, 200);
    let answer = world.post(&delivery).await;
    assert_eq!((answer.status, &answer.body[..]), (200, &b"delivered before\n"[..]));
    assert_eq!(hop.seen().len(), 1);
}

#[tokio::test]
async fn subscriptions_are_confirmed_here_and_their_end_is_forwarded() {
    let hop = Peer::willing().await;
    let mut gateway = Gateway::start(&hop.base_url()).await;
    let envelope = gateway.world.confirmation();
    assert_eq!(gateway.world.deliver(&sign(envelope)).await, 200);
    let world = &mut gateway.world;
    let state = world.endpoint.subscription_state(world.subscription.arn()).unwrap();
    assert_eq!(state, SubscriptionState::Confirmed);
    assert!(hop.seen().is_empty(), "a token is nobody else's business");
    let farewell = sign(world.farewell());
    assert_eq!(world.deliver(&farewell).await, 200);
    assert_eq!(hop.seen()[0].headers["x-amz-sns-message-type"], "UnsubscribeConfirmation");
}

#[tokio::test]
async fn what_is_forged_or_foreign_is_not_forwarded() {
    let hop = Peer::willing().await;
    let mut gateway = Gateway::start(&hop.base_url()).await;
    let world = &mut gateway.world;
    let signed = world.signed();
    let forged = signed.to_json().replacen("root user", "toor user", 1);
    assert_eq!(world.post(&world.delivery(&signed).body(forged)).await.status, 403);
    assert_eq!(world.post(&world.delivery(&signed).body("{}")).await.status, 400);
    assert!(hop.seen().is_empty());
}

#[tokio::test]
async fn a_next_hop_may_demand_credentials() {
    let hop = Peer::willing().await;
    let auth = |settings: &mut Settings| {
        settings.forward.as_mut().unwrap().basic_auth = Some(BasicAuthSettings {
            username: "trailbell".to_owned(),
            password: Some(Secret::new("correct-horse")),
            password_file: None,
        });
    };
    let mut gateway = Gateway::with(&hop.base_url(), auth, |_| {}).await;
    let signed = gateway.world.signed();
    assert_eq!(gateway.world.deliver(&signed).await, 200);
    assert_eq!(hop.seen()[0].headers["authorization"], "Basic dHJhaWxiZWxsOmNvcnJlY3QtaG9yc2U=");
}

#[tokio::test]
async fn the_largest_message_of_sns_goes_on() {
    let hop = Peer::willing().await;
    let mut gateway = Gateway::start(&hop.base_url()).await;
    let envelope = gateway.world.notification(&"\"".repeat(255 * 1024));
    let signed = sign(envelope);
    assert_eq!(gateway.world.deliver(&signed).await, 200);
    assert_eq!(hop.seen()[0].body, signed.to_json().as_bytes());
}

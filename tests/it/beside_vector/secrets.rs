//! Secrets of the next hop, of the pager and of callers are in no answer, no metric and no line of the log.

use serde_json::json;
use trailbell::config::{BasicAuthSettings, Secret};
use trailbell_sim::sns::Kind;

use super::forward::forward_to;
use super::peer::{Behaviour, Peer};
use super::{Relay, action, file};
use crate::service::secrets::Log;
use crate::world::{API_KEY, World, sign};

fn assert_kept(told: &str, text: &str, secrets: &[&str]) {
    for secret in secrets {
        let place = text.find(secret).map(|at| &text[at.saturating_sub(200)..]);
        assert_eq!(place, None, "{secret} is in {told}");
    }
}

#[tokio::test]
async fn the_gateway_tells_no_secret() {
    let (log, _guard) = Log::capture(true);
    let hop = Peer::start(Behaviour::Answer(400, "refused".to_owned())).await;
    let folder = tempfile::TempDir::new().unwrap();
    let url = format!("{}/hush-path?token=hush-token", hop.base_url());
    let mut world = World::with(|settings| {
        forward_to(settings, &url, &folder.path().join("dead.ndjson"));
        settings.forward.as_mut().unwrap().basic_auth = Some(BasicAuthSettings {
            username: "trailbell".to_owned(),
            password: Some(Secret::new("hush-password")),
            password_file: None,
        });
    })
    .await;
    let mut answers = String::new();
    let farewell = sign(world.farewell());
    let Kind::UnsubscribeConfirmation(confirmation) = &farewell.envelope.kind else { panic!() };
    let token = confirmation.token.clone();
    for (behaviour, signed) in [
        (Behaviour::Answer(400, "refused".to_owned()), farewell),
        (Behaviour::Answer(200, String::new()), world.signed()),
        (Behaviour::Answer(500, String::new()), world.signed()),
        (Behaviour::Disconnect, world.signed()),
    ] {
        hop.behave(behaviour);
        let answer = world.post(&world.delivery(&signed)).await;
        answers += &String::from_utf8_lossy(&answer.body);
    }
    drop(hop);
    let signed = world.signed();
    answers += &String::from_utf8_lossy(&world.post(&world.delivery(&signed)).await.body);
    answers += &world.get("/metrics").await.1;
    let log = log.text();
    for told in
        ["kept as a dead letter", "the next hop accepted", "not forwarded", "no connection to the next hop"]
    {
        assert!(log.contains(told), "{told:?} is not in the log:\n{log}");
    }
    let secrets = ["hush-", "aHVzaC1wYXNzd29yZA", &token[200..], "Action=", "SubscriptionArn="];
    assert_kept("the log", &log, &secrets);
    assert_kept("an answer", &answers, &secrets);
}

#[tokio::test]
async fn the_relay_tells_no_secret() {
    let (log, _guard) = Log::capture(true);
    let pager = Peer::start(Behaviour::Ask).await;
    let (_folder, key) = file("caller.key", "hush-caller");
    let relay = Relay::with(
        &pager.base_url(),
        |settings| {
            let relay = settings.relay.as_mut().unwrap();
            relay.api_key_file = Some(key.clone());
            relay.path = Some(Secret::new("/hush-path"));
        },
        |config| config.timeouts.delivery = std::time::Duration::from_millis(300),
    )
    .await;
    let mut answers = String::new();
    let authorization = [("authorization", "GenieKey hush-caller")];
    let created = action("create", "a", 1).to_string();
    for behaviour in [
        Behaviour::Answer(202, json!({"requestId": "r-1"}).to_string()),
        Behaviour::Answer(401, json!({"message": format!("bad key {API_KEY}")}).to_string()),
        Behaviour::Answer(422, json!({"message": "no", "errors": {"alias": API_KEY}}).to_string()),
        Behaviour::Answer(500, API_KEY.to_owned()),
        Behaviour::Disconnect,
    ] {
        pager.behave(behaviour);
        for path in ["/hush-path", "/v2/alerts", "/v2/alerts/a/close?apiKey=hush-query"] {
            let answer = relay.send("POST", path, &authorization, created.clone()).await;
            answers += &answer.body.to_string();
        }
        answers += &relay.send("GET", "/v2/alerts/requests/r-1", &authorization, "").await.body.to_string();
    }
    let wrong = [("authorization", "GenieKey hush-wrong")];
    answers += &relay.send("POST", "/hush-path", &wrong, "{}").await.body.to_string();
    answers += &relay.send("POST", "/hush-path", &authorization, "{}").await.body.to_string();
    answers += &relay.send("GET", "/metrics", &[], "").await.body.to_string();
    let log = log.text();
    for told in ["the pager accepted", "not delivered", "request refused"] {
        assert!(log.contains(told), "{told:?} is not in the log:\n{log}");
    }
    assert_kept("the log", &log, &["hush-", API_KEY]);
    assert_kept("an answer", &answers, &["hush-", API_KEY]);
    // And the callers' key does not reach the pager.
    assert!(pager.seen().iter().all(|seen| !format!("{seen:?}").contains("hush-")));
}

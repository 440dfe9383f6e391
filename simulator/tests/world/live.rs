//! A world that follows a clock.

use std::sync::{Arc, Mutex};

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use trailbell_sim::clock::Clock;
use trailbell_sim::control::{Body, Call};
use trailbell_sim::engine::{Entry, Live, Settings, Sink, Subscribing, World};
use trailbell_sim::sns::{Api, Poster, SigningEndpoint};

use crate::support::{Receiver, stack, time};

const TOPIC: &str = r#"{"Resources": {"Topic": {"Type": "AWS::SNS::Topic", "Properties": {
    "Subscription": [{"Endpoint": "https://example.org/", "Protocol": "https"}]}}}}"#;

/// Keeps entries as JSON.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<Value>>>);

impl Sink for Kept {
    fn entry(&mut self, entry: Entry) {
        self.0.lock().unwrap().push(serde_json::to_value(&entry).unwrap());
    }
}

async fn call(live: &Live, method: &str, path: &[&str], body: &Value) -> (u16, Value) {
    let path = path.iter().map(|segment| (*segment).to_owned()).collect();
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let reply = live
        .control(&Call { method: method.to_owned(), path, query: String::new(), body: body.into() })
        .await;
    match reply.body {
        Body::Json(value) => (reply.status, value),
        Body::Text(_, text) => (reply.status, Value::String(text)),
    }
}

#[tokio::test]
async fn an_endpoint_is_asked_confirms_leaves_and_hears_of_it() {
    let receiver = Receiver::start().await;
    let (stack, environment) = stack(TOPIC, &[]);
    let subscribing = Subscribing { endpoint: Some(receiver.url()), ask: true };
    let settings = Settings { environment, seed: 1, subscribing, deliver: true, ..Settings::default() };
    let start = time("2026-09-22T19:00:00Z");
    let world = World::new(&stack, &settings, start).unwrap();
    let kept = Kept::default();
    let mut live = Live::new(world, Clock::standing(start), Poster::new("").unwrap(), Box::new(kept.clone()));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let door = Arc::new(SigningEndpoint::on(listener, live.clone(), None).unwrap());
    let (driven, served) = (live.clone(), Arc::clone(&door));
    let driving = tokio::spawn(async move { driven.drive(&served).await });

    let confirmation = receiver.bodies(1).await.remove(0);
    assert_eq!(confirmation["Type"], "SubscriptionConfirmation");
    let url = confirmation["SubscribeURL"].as_str().unwrap();
    assert!(url.starts_with("https://sns.us-east-1.amazonaws.com/?Action=ConfirmSubscription&"), "{url}");
    let state = async |live: &Live| {
        call(live, "GET", &["state"], &Value::Null).await.1["subscriptions"][0]["state"].clone()
    };
    assert_eq!(state(&live).await, "pending");
    assert_eq!(call(&live, "POST", &["confirmations"], &Value::Null).await, (202, json!({"asked": 1})));
    let again = receiver.bodies(2).await.remove(1);
    assert_eq!(again["Type"], "SubscriptionConfirmation");
    assert_ne!(again["Token"], confirmation["Token"]);
    let url = again["SubscribeURL"].as_str().unwrap();
    assert_eq!(live.answer(url.split_once('?').unwrap().1).status, 200);
    assert_eq!(state(&live).await, "confirmed");
    assert_eq!(call(&live, "POST", &["confirmations"], &Value::Null).await, (202, json!({"asked": 0})));

    let arn = call(&live, "GET", &["state"], &Value::Null).await.1["subscriptions"][0]["arn"].clone();
    live.answer(&format!("Action=Unsubscribe&SubscriptionArn={}", arn.as_str().unwrap()));
    let farewell = receiver.bodies(3).await.remove(2);
    assert_eq!(farewell["Type"], "UnsubscribeConfirmation");
    let certificate = farewell["SigningCertURL"].as_str().unwrap().to_owned();
    assert!(live.look(|world| certificate.ends_with(&world.sns().certificates()[0].path)));
    driving.abort();
    let kinds: Vec<Value> = kept.0.lock().unwrap().iter().map(|entry| entry["kind"].clone()).collect();
    assert!(kinds.contains(&json!("subscription")) && kinds.contains(&json!("delivery_status")), "{kinds:?}");
}

#[tokio::test]
async fn the_clock_is_set_and_wrong_calls_are_answered() {
    let (stack, environment) = stack(TOPIC, &[]);
    let start = time("2026-09-22T19:00:00Z");
    let settings = Settings { environment, ..Settings::default() };
    let world = World::new(&stack, &settings, start).unwrap();
    let live = Live::new(world, Clock::standing(start), Poster::new("").unwrap(), Box::new(Kept::default()));
    let (status, clock) = call(&live, "PUT", &["clock"], &json!({"advance": "+5m"})).await;
    assert_eq!((status, clock["time"].as_str()), (200, Some("2026-09-22T19:05:00.000Z")));
    for (method, path, body, status, error) in [
        ("PUT", vec!["clock"], json!({"speed": -1}), 400, "a clock cannot run at -1 times"),
        ("PUT", vec!["clock"], json!({"advance": "later"}), 400, "\"later\" is no time"),
        ("PUT", vec!["clock"], json!({"sped": 1}), 400, "unknown field `sped`"),
        (
            "PUT",
            vec!["clock"],
            json!({"speed": 9, "advance": "2026-09-22T19:04:00Z"}),
            400,
            "does not go back to",
        ),
        ("GET", vec!["nothing"], Value::Null, 404, "there are GET /state"),
        ("POST", vec!["events"], json!("x"), 400, "the body"),
    ] {
        let (came, answer) = call(&live, method, &path, &body).await;
        assert_eq!(came, status, "{answer}");
        assert!(answer["error"].as_str().unwrap().contains(error), "{answer}");
    }
    assert_eq!(
        call(&live, "GET", &["state"], &Value::Null).await.1["speed"],
        0.0,
        "nothing of a refused wish is done"
    );
}

#[tokio::test]
async fn a_record_that_is_too_long_for_the_logs_is_left_out_and_said() {
    let (stack, environment) = stack(TOPIC, &[]);
    let start = time("2026-09-22T19:00:00Z");
    let world = World::new(&stack, &Settings { environment, ..Settings::default() }, start).unwrap();
    let live = Live::new(world, Clock::standing(start), Poster::new("").unwrap(), Box::new(Kept::default()));
    let records = json!({"Records": [
        {"eventName": "A"}, {"eventName": "B", "requestParameters": {"a": "x".repeat(300_000)}}, {"eventName": "C"}]});
    let (status, answer) = call(&live, "POST", &["events"], &records).await;
    assert_eq!((status, &answer["events"]), (202, &json!(2)));
    assert!(answer["left_out"][0].as_str().unwrap().contains("the limit is 262144 bytes"), "{answer}");
}

/// Nobody drives this world: whoever asks sees it at what its clock shows.
#[tokio::test]
async fn the_state_is_that_of_the_time_that_the_clock_shows() {
    let (stack, environment) = stack(
        include_str!("../../templates/cloudtrail-alarms.yaml"),
        &[("Endpoint", "https://example.org/")],
    );
    let start = time("2026-09-22T19:00:00Z");
    let latency = Some(TimeDelta::minutes(5));
    let settings = Settings { environment, latency, ..Settings::default() };
    let world = World::new(&stack, &settings, start).unwrap();
    let live = Live::new(world, Clock::standing(start), Poster::new("").unwrap(), Box::new(Kept::default()));
    let alarm = async |at: &'static str| {
        call(&live, "PUT", &["clock"], &json!({"advance": at})).await;
        let state = call(&live, "GET", &["state"], &Value::Null).await.1;
        assert_eq!(state["time"].as_str().unwrap().parse::<DateTime<Utc>>().unwrap(), time(at));
        let alarms = state["alarms"].as_array().unwrap();
        alarms.iter().find(|alarm| alarm["name"] == "CloudTrailChanges").unwrap()["state"].clone()
    };
    assert_eq!(alarm("2026-09-22T19:00:00Z").await, "INSUFFICIENT_DATA");
    assert_eq!(alarm("2026-09-22T19:02:00Z").await, "OK");
    let record = json!({"eventSource": "cloudtrail.amazonaws.com", "eventName": "StopLogging"});
    call(&live, "POST", &["events"], &record).await;
    assert_eq!(alarm("2026-09-22T19:06:59Z").await, "OK");
    assert_eq!(alarm("2026-09-22T19:09:00Z").await, "ALARM");
}

#[tokio::test]
async fn events_raise_alarms_as_the_clock_goes_on_and_a_set_state_is_published() {
    let receiver = Receiver::start().await;
    let (stack, environment) = stack(
        include_str!("../../templates/cloudtrail-alarms.yaml"),
        &[("Endpoint", "https://example.org/")],
    );
    let subscribing = Subscribing { endpoint: Some(receiver.url()), ask: false };
    let latency = Some(TimeDelta::minutes(5));
    let settings =
        Settings { environment, seed: 1, subscribing, latency, deliver: true, ..Settings::default() };
    let start = time("2026-09-22T19:00:00Z");
    let world = World::new(&stack, &settings, start).unwrap();
    let live = Live::new(world, Clock::standing(start), Poster::new("").unwrap(), Box::new(Kept::default()));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let door = Arc::new(SigningEndpoint::on(listener, live.clone(), None).unwrap());
    let (driven, served) = (live.clone(), Arc::clone(&door));
    let driving = tokio::spawn(async move { driven.drive(&served).await });

    let record = json!({"eventSource": "cloudtrail.amazonaws.com", "eventName": "StopLogging"});
    assert_eq!(call(&live, "POST", &["events"], &record).await, (202, json!({"events": 1})));
    call(&live, "PUT", &["clock"], &json!({"advance": "+15m"})).await;
    let subjects = |bodies: Vec<Value>| -> Vec<String> {
        bodies.iter().map(|body| body["Subject"].as_str().unwrap().to_owned()).collect()
    };
    // Eleven new alarms say OK first.
    let first = subjects(receiver.bodies(12).await);
    let raised = "ALARM: \"CloudTrailChanges\" in US East (N. Virginia)".to_owned();
    assert!(first.contains(&raised), "{first:?}");
    let state = call(&live, "GET", &["state"], &Value::Null).await.1;
    let alarm = state["alarms"].as_array().unwrap().iter().find(|alarm| alarm["name"] == "CloudTrailChanges");
    assert_eq!(alarm.unwrap()["state"], "ALARM");

    let wish = json!({"state": "ALARM", "reason": "a test"});
    assert_eq!(call(&live, "PUT", &["alarms", "CloudTrailVpcChanges", "state"], &wish).await.0, 200);
    // It is published 80 ms later, and this clock stands.
    call(&live, "PUT", &["clock"], &json!({"advance": "+1s"})).await;
    let then = subjects(receiver.bodies(13).await);
    assert_eq!(then[12], "ALARM: \"CloudTrailVpcChanges\" in US East (N. Virginia)");
    let (status, answer) = call(&live, "PUT", &["alarms", "Nothing", "state"], &wish).await;
    assert_eq!((status, answer["error"].as_str()), (400, Some("there is no alarm named `Nothing`")));
    driving.abort();
}

//! The calls under `/_twin`.

use chrono::TimeDelta;
use http_body_util::{BodyExt, Full};
use hyper::Request;
use hyper::body::{Bytes, Incoming};
use hyper_util::client::legacy::Client as Pool;
use hyper_util::rt::TokioExecutor;
use serde_json::{Value, json};
use trailbell_sim::pager::{PagerTwin, Settings};

use crate::support::{settings, standing};

#[tokio::test]
async fn requests_and_alerts_are_told() {
    let (pager, client) = standing(settings("edge.requests_kept = 3")).await;
    for alias in ["a", "b", "c"] {
        client.create(alias).await;
    }
    client.close("a").await;
    let told = client.get("/_twin/requests").await.json();
    assert_eq!(
        (&told["total"], &told["kept"], told["requests"].as_array().unwrap().len()),
        (&json!(4), &json!(3), 3)
    );
    let close = &told["requests"][2];
    assert_eq!(close["number"], 4);
    assert_eq!(close["path"], "/v2/alerts/a/close");
    assert_eq!(close["query"], "identifierType=alias");
    assert_eq!(close["answered"], "202");
    assert!(close["headers"].to_string().contains("[\"authorization\",\"GenieKey 0d9e7a90…\"]"), "{close}");
    assert_eq!(client.get("/_twin/requests?since=2&limit=1").await.json()["requests"][0]["number"], 3);
    assert_eq!(client.get("/_twin/requests?limit=1").await.json()["requests"][0]["number"], 4);

    let told = client.get("/_twin/alerts?query=status%3A%20closed").await.json();
    let account = &told["accounts"][0];
    assert_eq!((&account["total"], &account["alerts"][0]["alias"]), (&json!(1), &json!("a")));
    assert_eq!(account["alerts"][0]["requests"][1], close["request_id"]);
    assert_eq!(
        client.get("/_twin/alerts?account=account-1&limit=2").await.json()["accounts"][0]["alerts"][0]["alias"],
        "c"
    );
    let overview = client.get("/_twin").await.json();
    assert_eq!(overview["accounts"], json!([{"name": "account-1", "alerts": 3, "open": 2}]));
    // Control calls are not counted.
    pager.expect_calls(4);
}

#[tokio::test]
async fn a_reset_forgets_everything() {
    let (pager, client) = standing(Settings::default()).await;
    client.create("a").await;
    let reset = client.call("DELETE", "/_twin", Value::Null).await;
    assert_eq!((reset.status, reset.body.len()), (204, 0));
    pager.expect_no_open("a");
    pager.expect_calls(0);
    assert_eq!(client.get("/_twin/alerts").await.json()["accounts"][0]["alerts"], json!([]));
}

#[tokio::test]
async fn the_clock_is_moved_by_a_call() {
    let (pager, client) = standing(settings("processing_delay_ms = 300000")).await;
    client.create("a").await;
    let moved = client.call("PUT", "/_twin/clock", json!({"advance": "+5m"})).await;
    assert_eq!((moved.status, &moved.json()["time"]), (200, &json!("2026-09-22T18:05:00.000Z")));
    pager.expect_open("a");
    let moved =
        client.call("PUT", "/_twin/clock", json!({"advance": "2026-09-22T19:00:00Z", "speed": 0})).await;
    assert_eq!(moved.json(), json!({"time": "2026-09-22T19:00:00.000Z", "speed": 0.0}));
    assert_eq!(client.get("/_twin/clock").await.json(), moved.json());
    // Time does not go back.
    client.call("PUT", "/_twin/clock", json!({"advance": "2020-01-01T00:00:00Z"})).await;
    assert_eq!(client.get("/_twin/clock").await.json(), moved.json());
}

#[tokio::test]
async fn wrong_calls_are_refused_with_a_reason() {
    let (_pager, client) = standing(Settings::default()).await;
    for (method, target, body, status, reason) in [
        ("GET", "/_twin/nothing", Value::Null, 404, "there are GET /_twin"),
        ("GET", "/_twin/requests/1", Value::Null, 404, "there are GET /_twin"),
        ("POST", "/_twin/faults", Value::Null, 405, "there are GET /_twin"),
        ("DELETE", "/_twin/requests", Value::Null, 405, "there are GET /_twin"),
        ("PUT", "/_twin/faults", json!({"faults": ["boom"]}), 400, "\"boom\" is no fault"),
        ("PUT", "/_twin/faults", json!({"fault": []}), 400, "unknown field `fault`"),
        ("PUT", "/_twin/faults", Value::Null, 400, "EOF while parsing"),
        ("PUT", "/_twin/clock", json!({"speed": 1e9}), 400, "a clock cannot run at"),
        ("PUT", "/_twin/clock", json!({"advance": "soon"}), 400, "\"soon\" is no time"),
        ("GET", "/_twin/requests?since=x", Value::Null, 400, "since is a number from 0 on"),
        ("GET", "/_twin/requests?until=1", Value::Null, 400, "there is no parameter until"),
        ("GET", "/_twin/alerts?query=(", Value::Null, 400, "a condition such as status: open is missing"),
        ("GET", "/_twin/alerts?account=nobody", Value::Null, 404, "there is no account \"nobody\""),
        ("GET", "/_twin/events?since=x", Value::Null, 400, "since and Last-Event-ID are numbers"),
    ] {
        let answer = client.call(method, target, body).await;
        let json = answer.json();
        assert_eq!(answer.status, status, "{method} {target}");
        assert!(json["error"].as_str().unwrap().starts_with(reason), "{method} {target}: {json}");
    }
}

fn pool() -> Pool<hyper_util::client::legacy::connect::HttpConnector, Full<Bytes>> {
    Pool::builder(TokioExecutor::new()).build_http()
}

#[tokio::test]
async fn only_names_of_this_machine_are_answered() {
    let pager = PagerTwin::start().await.unwrap();
    for (host, status) in [("127.0.0.1", 200), ("localhost:80", 200), ("attacker.example", 403)] {
        let request =
            Request::get(format!("{}/_twin", pager.base_url())).header("host", host).body(Full::default());
        assert_eq!(pool().request(request.unwrap()).await.unwrap().status(), status, "{host}");
    }
}

/// Reads events until `count` of them are there.
async fn events(body: &mut Incoming, count: usize) -> Vec<String> {
    let mut text = String::new();
    while text.matches("\n\n").count() < count {
        let frame = body.frame().await.unwrap().unwrap();
        text.push_str(std::str::from_utf8(frame.data_ref().unwrap()).unwrap());
    }
    text.split("\n\n").filter(|event| !event.is_empty()).map(str::to_owned).collect()
}

async fn follow(pager: &PagerTwin, target: &str, last: Option<&str>) -> Incoming {
    let mut request = Request::get(format!("{}{target}", pager.base_url()));
    if let Some(last) = last {
        request = request.header("last-event-id", last);
    }
    let response = pool().request(request.body(Full::default()).unwrap()).await.unwrap();
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    response.into_body()
}

#[tokio::test]
async fn changes_are_told_as_they_happen() {
    let (pager, client) = standing(settings("changes_kept = 4")).await;
    client.create("before").await;
    let mut stream = follow(&pager, "/_twin/events", None).await;
    assert_eq!(events(&mut stream, 1).await, [": changes of alerts"]);
    client.create("a").await;
    let told = events(&mut stream, 1).await;
    let id = pager.expect_open("a").id;
    let data = json!({
        "sequence": 2, "at": "2026-09-22T18:00:00.000Z", "account": "account-1", "alertId": &*id, "alias": "a",
    });
    assert_eq!(told, [format!("id: 2\nevent: created\ndata: {data}")]);
    client.create("a").await;
    client.close("a").await;
    let kinds = |told: Vec<String>| -> Vec<String> {
        told.iter()
            .filter_map(|event| event.split("event: ").nth(1)?.split('\n').next().map(str::to_owned))
            .collect()
    };
    assert_eq!(kinds(events(&mut stream, 2).await), ["repeated", "closed"]);
    pager.advance(TimeDelta::seconds(1));
    pager.reset();
    assert_eq!(kinds(events(&mut stream, 1).await), ["reset"]);

    // From a number on, by either way; what is no longer kept is said to be missed.
    for (target, last, want) in [
        ("/_twin/events?since=3", None, vec!["closed", "reset"]),
        ("/_twin/events", Some("4"), vec!["reset"]),
        ("/_twin/events?since=0", None, vec!["missed", "created", "repeated", "closed", "reset"]),
    ] {
        let mut stream = follow(&pager, target, last).await;
        assert_eq!(kinds(events(&mut stream, want.len() + 1).await), want, "{target} {last:?}");
    }

    // The stream ends with the twin.
    drop(pager);
    assert!(!matches!(stream.frame().await, Some(Ok(_))));
}

//! The relay speaks Opsgenie's own calls: a client of it changes its base URL and nothing else.

use std::time::Duration;

use serde_json::{Value, json};
use trailbell_sim::pager::PagerTwin;

use super::peer::{Behaviour, Peer};
use super::{Relay, file};
use crate::world::API_KEY;

#[tokio::test]
async fn create_note_and_close_go_through_with_the_relay_s_own_key() {
    for prefix in ["", "/jsm/ops/integration"] {
        let pager = PagerTwin::start().await.unwrap();
        let relay = Relay::start(&pager.base_url()).await;
        let post = async |path: &str, body: Value| {
            let theirs = [("authorization", "GenieKey theirs"), ("content-type", "application/json")];
            relay.send("POST", &format!("{prefix}{path}"), &theirs, body.to_string()).await
        };
        let created = post("/v2/alerts", json!({"message": "m", "alias": "grüße / ü"})).await;
        assert_eq!((created.status, &created.body["result"]), (202, &"Request will be processed".into()));
        let id = pager.requests()[0].id.unwrap().to_string();
        assert_eq!(created.body["requestId"], id);
        assert!(created.body["took"].is_f64());
        let alias = "gr%C3%BC%C3%9Fe%20%2F%20%C3%BC";
        let noted =
            post(&format!("/v2/alerts/{alias}/notes?identifierType=alias"), json!({"note": "n"})).await;
        let closed = post(&format!("/v2/alerts/{alias}/close?identifierType=alias"), json!({})).await;
        assert_eq!((noted.status, closed.status), (202, 202));
        assert_eq!(pager.expect_closed("grüße / ü").notes.len(), 1);
        let requests = pager.requests();
        let key = format!("GenieKey {API_KEY}");
        assert!(requests.iter().all(|recorded| recorded.request.header("authorization") == Some(&key)));
        assert_eq!(requests[2].request.path, format!("/v2/alerts/{alias}/close"));
        assert_eq!(requests[2].request.query.as_deref(), Some("identifierType=alias"));
    }
}

#[tokio::test]
async fn identifiers_and_calls_arrive_as_the_caller_says() {
    let pager = Peer::start(Behaviour::Answer(202, r#"{"requestId":"r-1"}"#.to_owned())).await;
    let relay = Relay::start(&pager.base_url()).await;
    for (method, path, arrives) in [
        ("POST", "/v2/alerts/0f-1/close", "/v2/alerts/0f-1/close"),
        ("POST", "/v2/alerts/17/close?identifierType=tiny", "/v2/alerts/17/close?identifierType=tiny"),
        (
            "POST",
            "/v2/alerts/a/acknowledge?identifierType=alias",
            "/v2/alerts/a/acknowledge?identifierType=alias",
        ),
        ("PUT", "/v2/alerts/a/message?identifierType=alias", "/v2/alerts/a/message?identifierType=alias"),
        (
            "DELETE",
            "/v2/alerts/a?source=x%20y&identifierType=alias",
            "/v2/alerts/a?identifierType=alias&source=x%20y",
        ),
        // Older clients put their key here; it stays with the relay.
        ("POST", "/v2/alerts/a/notes?apiKey=theirs", "/v2/alerts/a/notes"),
    ] {
        let answer = relay.send(method, path, &[], "").await;
        assert_eq!(answer.status, 202, "{path}: {answer:?}");
        let seen = pager.seen().pop().unwrap();
        assert_eq!((seen.method.as_str(), seen.target.as_str()), (method, arrives));
    }
}

#[tokio::test]
async fn the_status_of_a_request_is_passed_through() {
    let pager = PagerTwin::start().await.unwrap();
    let relay = Relay::start(&pager.base_url()).await;
    let created = relay.post("/v2/alerts", &json!({"message": "m", "alias": "a"})).await;
    let id = created.body["requestId"].as_str().unwrap();
    let status = relay.send("GET", &format!("/v2/alerts/requests/{id}"), &[], "").await;
    assert_eq!((status.status, &status.body["data"]["status"]), (200, &"Created alert".into()));
    let unknown = relay.send("GET", "/jsm/ops/integration/v2/alerts/requests/nobody", &[], "").await;
    assert_eq!(
        (unknown.status, &unknown.body["message"]),
        (404, &"Request not found. It might not be processed, yet.".into())
    );
}

#[tokio::test]
async fn a_pager_that_echoes_the_key_does_not_give_it_away() {
    let echo = Behaviour::Answer(404, format!("{{\"message\":\"no request of {API_KEY}\"}}"));
    let pager = Peer::start(echo).await;
    let relay = Relay::start(&pager.base_url()).await;
    let status = relay.send("GET", "/v2/alerts/requests/r-1", &[], "").await;
    assert_eq!((status.status, &status.body["message"]), (404, &"no request of [redacted]".into()));
    let created = relay.post("/v2/alerts", &json!({"alias": "a"})).await;
    assert!(!created.body.to_string().contains(API_KEY), "{created:?}");
}

#[tokio::test]
async fn what_is_no_call_is_told() {
    let pager = Peer::start(Behaviour::Hang).await;
    let relay = Relay::start(&pager.base_url()).await;
    for (method, path, body, status, says) in [
        (
            "POST",
            "/v2/alerts/a/nonsense",
            "{}",
            404,
            "`POST /v2/alerts/a/nonsense` is no call of the alert API",
        ),
        ("PATCH", "/v2/alerts/a", "{}", 404, "is no call"),
        ("POST", "/v2/alerts/", "{}", 404, "is no call"),
        ("POST", "/v2/alertsx", "{}", 404, "no such path"),
        ("POST", "/v1/incidents", "{}", 404, "no such path"),
        ("POST", "/v2/heartbeats/x/ping", "{}", 404, "no such path"),
        ("POST", "/v2/alerts/a/close?identifierType=name", "{}", 400, "identifierType is `name`"),
        ("POST", "/v2/alerts/../a/close", "{}", 400, "a segment of dots"),
        ("POST", "/v2/alerts/%zz/close", "{}", 400, "not percent-encoded"),
        ("POST", "/v2/alerts", "{", 400, "not processable JSON"),
        ("POST", "/v2/alerts", "[{}]", 400, "no JSON object"),
        ("GET", "/v2/alerts", "", 501, "reads nothing but the status of a request"),
        ("GET", "/v2/alerts/a", "", 501, "reads nothing but the status of a request"),
        ("GET", "/v2/alerts/requests/", "", 501, "reads nothing but the status of a request"),
        ("GET", "/v2/alerts/requests/a/b", "", 501, "reads nothing but the status of a request"),
    ] {
        let answer = relay.send(method, path, &[], body).await;
        let message = answer.body["message"].as_str().unwrap_or_default();
        assert_eq!(answer.status, status, "{method} {path}: {answer:?}");
        assert!(message.contains(says), "{method} {path}: {message}");
    }
    assert!(pager.seen().is_empty());
}

#[tokio::test]
async fn what_jsm_has_not_is_told() {
    let pager = Peer::start(Behaviour::Hang).await;
    let jsm = |settings: &mut trailbell::config::Settings| {
        settings.pager.target = Some(trailbell::opsgenie::Site::Jsm);
    };
    let relay = Relay::with(&pager.base_url(), jsm, |_| {}).await;
    let answer =
        relay.send("PUT", "/v2/alerts/a/message?identifierType=alias", &[], r#"{"message":"m"}"#).await;
    assert_eq!(answer.status, 422);
    assert_eq!(answer.body["message"], "JSM's integration events API has no call `update message`");
    assert!(pager.seen().is_empty());
}

#[tokio::test]
async fn the_pager_s_refusal_is_told_in_its_own_form() {
    let said = r#"{"message":"Request body is not processable.","errors":{"priority":"should be one of P1"},"took":0.1}"#;
    let pager = Peer::start(Behaviour::Answer(422, said.to_owned())).await;
    let relay = Relay::start(&pager.base_url()).await;
    let answer = relay.post("/v2/alerts", &json!({"message": "m", "alias": "a", "priority": "P9"})).await;
    assert_eq!((answer.status, &answer.body["errors"]), (422, &json!({"priority": "should be one of P1"})));
    assert_eq!(answer.retry_after, None);
}

#[tokio::test]
async fn a_create_without_an_alias_is_not_sent_twice_by_the_relay() {
    let pager = Peer::start(Behaviour::Answer(500, "{}".to_owned())).await;
    let short = |config: &mut trailbell::config::RelayConfig| {
        config.timeouts.delivery = Duration::from_millis(300);
    };
    let relay = Relay::with(&pager.base_url(), |_| {}, short).await;
    let answer = relay.post("/v2/alerts", &json!({"message": "m"})).await;
    assert_eq!((answer.status, pager.seen().len()), (503, 1), "{answer:?}");
    assert!(answer.body["message"].as_str().unwrap().contains("must not be sent twice"), "{answer:?}");
}

#[tokio::test]
async fn a_key_of_the_relay_s_own_may_be_demanded() {
    let pager = PagerTwin::start().await.unwrap();
    let (_folder, key) = file("caller.key", "callers-only\n");
    let locked = |settings: &mut trailbell::config::Settings| {
        settings.relay.as_mut().unwrap().api_key_file = Some(key.clone());
    };
    let relay = Relay::with(&pager.base_url(), locked, |_| {}).await;
    for (header, status) in [
        ("GenieKey callers-only", 202),
        ("geniekey  callers-only", 202),
        ("GenieKey callers-onlyy", 401),
        ("GenieKey callers-onl", 401),
        ("GenieKey ", 401),
        ("GenieKey", 401),
        ("callers-only", 401),
        ("Bearer callers-only", 401),
        ("", 401),
    ] {
        for path in ["/v2/alerts", "/actions"] {
            let authorization = [("authorization", header)];
            let answer = relay.send("POST", path, &authorization, r#"{"message":"m","alias":"a"}"#).await;
            let expected = if path == "/actions" && status == 202 { 400 } else { status };
            assert_eq!(answer.status, expected, "{header:?} {path}: {answer:?}");
        }
    }
    let key = format!("GenieKey {API_KEY}");
    let answer = relay.send("POST", "/v2/alerts", &[("authorization", &key)], "{}").await;
    assert_eq!(answer.status, 401, "the pager's key is not the callers'");
    assert_eq!(relay.send("GET", "/v2/alerts/requests/x", &[], "").await.status, 401);
    assert_eq!(relay.send("GET", "/healthz", &[], "").await.status, 200);
    assert_eq!(pager.requests().len(), 2);
}

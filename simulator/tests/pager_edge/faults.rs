//! Each fault, as a client sees it.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;

use chrono::TimeDelta;
use serde_json::{Value, json};
use trailbell_sim::pager::PagerTwin;

use crate::support::{Client, KEY, failing, settings, standing};

/// How often each fault has struck.
fn struck(pager: &PagerTwin) -> Vec<u64> {
    pager.faults().iter().map(|count| count.struck).collect()
}

#[tokio::test]
async fn latency_holds_the_answer_and_not_the_effect() {
    let (pager, client) = failing(&["latency=2s,on=writes"]).await;
    let calling = client.clone();
    let creating = tokio::spawn(async move { calling.create("a").await });
    pager.wait_for_open("a").await;
    // Others are not held up.
    assert_eq!(client.get("/v2/alerts/count").await.status, 200);
    pager.advance(TimeDelta::milliseconds(1_999));
    assert_eq!(client.get("/v2/alerts/count").await.status, 200);
    assert!(!creating.is_finished());
    pager.advance(TimeDelta::milliseconds(1));
    assert_eq!(creating.await.unwrap().status, 202);
    assert_eq!(struck(&pager), [1]);
}

#[tokio::test]
async fn after_n_requests_all_are_throttled() {
    let (pager, client) = failing(&["throttle,after=2"]).await;
    let mut statuses = Vec::new();
    for alias in ["a", "b", "c", "d"] {
        statuses.push(client.create(alias).await.status);
    }
    assert_eq!(statuses, [202, 202, 429, 429]);
    let throttled = client.create("e").await;
    let headers = ["x-ratelimit-state", "x-ratelimit-reason", "x-ratelimit-period-in-sec"];
    assert_eq!(headers.map(|name| throttled.header(name)), ["THROTTLED", "ACCOUNT", "60"]);
    assert_eq!(throttled.json()["message"], "You are making too many requests!");
    pager.expect_no_open("c");
    assert_eq!(struck(&pager), [3]);
}

/// So a fault cannot be told from the limit itself.
#[tokio::test]
async fn the_fault_throttles_as_the_limit_does() {
    let limited = settings("[[rate_limits]]\ndomain = \"alert\"\nper_second = 1");
    let (_limited, by_limit) = standing(limited).await;
    let (_failing, by_fault) = failing(&["throttle=1,after=1"]).await;
    let mut seen = Vec::new();
    for client in [by_limit, by_fault] {
        client.create("a").await;
        let mut answer = client.create("a").await;
        for differs in ["x-request-id", "date"] {
            answer.headers.remove(differs);
        }
        let mut body = answer.json();
        assert!(body["requestId"].take().is_string());
        let mut headers: Vec<_> =
            answer.headers.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
        headers.sort_by_key(|(name, _)| name.to_string());
        seen.push((answer.status, headers, body));
    }
    assert_eq!(seen[0], seen[1]);
}

#[tokio::test]
async fn the_nth_request_gets_an_error() {
    let (pager, client) = failing(&["error=503,nth=2", "error=500,nth=3"]).await;
    let mut answers = Vec::new();
    for _ in 0..4 {
        let answer = client.create("a").await;
        answers.push((answer.status, answer.json()["message"].as_str().unwrap_or_default().to_owned()));
    }
    let message = |text: &str| text.to_owned();
    assert_eq!(
        answers,
        [
            (202, String::new()),
            (503, message("Service Unavailable")),
            (500, message("Internal Server Error")),
            (202, String::new()),
        ]
    );
    assert_eq!((pager.expect_open("a").count, struck(&pager)), (2, vec![1, 1]));
}

#[tokio::test]
async fn an_error_may_come_after_the_write_was_accepted() {
    let (pager, client) = failing(&["error=504,nth=1,accepted"]).await;
    assert_eq!(client.create("a").await.status, 504);
    assert_eq!(pager.expect_open("a").count, 1);
    // The retry, that the client cannot avoid.
    assert_eq!(client.create("a").await.status, 202);
    assert_eq!(pager.expect_open("a").count, 2);
}

#[tokio::test]
async fn a_gateway_answers_with_html() {
    let (pager, client) = failing(&["html,nth=1", "html=200,nth=2"]).await;
    for (status, title) in [(502, "502 Bad Gateway"), (200, "200 OK")] {
        let answer = client.create("a").await;
        assert_eq!((answer.status, answer.header("content-type")), (status, "text/html"));
        assert!(String::from_utf8_lossy(&answer.body).contains(&format!("<title>{title}</title>")));
    }
    pager.expect_no_open("a");
    assert_eq!(struck(&pager), [1, 1]);
}

#[tokio::test]
async fn a_request_hangs_and_others_do_not() {
    for (fault, open) in [("hang,nth=1", false), ("hang,nth=1,accepted", true)] {
        let (pager, client) = failing(&[fault]).await;
        let calling = client.clone();
        let hanging = tokio::spawn(async move { calling.create("a").await });
        pager.wait_for_calls(1).await;
        assert_eq!(client.create("b").await.status, 202);
        assert!(!hanging.is_finished());
        assert_eq!(pager.requests()[0].answered.to_string(), "no answer");
        assert_eq!(pager.alerts().iter().any(|alert| &*alert.alias == "a"), open, "{fault}");
        hanging.abort();
    }
}

#[tokio::test]
async fn a_connection_is_reset() {
    for (fault, open) in [("reset,nth=1", false), ("reset,nth=1,accepted", true)] {
        let (pager, client) = failing(&[fault]).await;
        let address = pager.address();
        let error = tokio::task::spawn_blocking(move || {
            let mut stream = TcpStream::connect(address).unwrap();
            let body = r#"{"message":"m","alias":"a"}"#;
            let length = body.len();
            let request = format!(
                "POST /v2/alerts HTTP/1.1\r\nHost: pager\r\nAuthorization: GenieKey {KEY}\r\n\
                 Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
            );
            stream.write_all(request.as_bytes()).unwrap();
            stream.read_to_end(&mut Vec::new()).unwrap_err().kind()
        });
        assert_eq!(error.await.unwrap(), ErrorKind::ConnectionReset, "{fault}");
        assert_eq!(pager.alerts().len(), usize::from(open), "{fault}");
        assert_eq!(client.create("b").await.status, 202);
        assert_eq!((pager.requests()[0].answered.to_string(), struck(&pager)), ("reset".to_owned(), vec![1]));
    }
}

#[tokio::test]
async fn a_write_is_accepted_and_lost() {
    let (pager, client) = failing(&["lose,nth=1"]).await;
    let lost = client.create("a").await;
    assert_eq!(lost.status, 202);
    pager.advance(TimeDelta::days(1));
    pager.expect_no_open("a");
    assert_eq!(client.outcome(&lost).await.header("x-opsgenie-errortype"), "RequestNotProcessed");
    client.create("a").await;
    assert_eq!((pager.expect_open("a").count, struck(&pager)), (1, vec![1]));
}

#[tokio::test]
async fn a_write_that_is_refused_is_not_lost() {
    let (pager, client) = failing(&["lose"]).await;
    assert_eq!(client.call("POST", "/v2/alerts", json!({})).await.status, 422);
    assert_eq!(struck(&pager), [0]);
    assert!(pager.requests()[0].faults.is_empty());
}

#[tokio::test]
async fn a_write_is_processed_late() {
    let (pager, client) = failing(&["late=30s,nth=1"]).await;
    client.create("late").await;
    client.create("punctual").await;
    pager.expect_open("punctual");
    pager.advance(TimeDelta::seconds(29));
    pager.expect_no_open("late");
    pager.advance(TimeDelta::seconds(1));
    assert_eq!(pager.expect_open("late").created_at, pager.now());
}

#[tokio::test]
async fn a_close_overtakes_its_create() {
    let (pager, client) =
        standing(settings("processing_delay_ms = 1000\nedge.faults = [\"reorder,nth=2\"]")).await;
    client.create("a").await;
    let close = client.close("a").await;
    pager.advance(TimeDelta::seconds(1));
    let outcome = client.outcome(&close).await.json();
    assert_eq!((&outcome["data"]["isSuccess"], &outcome["data"]["action"]), (&json!(false), &json!("Close")));
    pager.expect_open("a");
    assert_eq!(struck(&pager), [1]);
}

#[tokio::test]
async fn an_outcome_is_read_only_after_a_while() {
    let (pager, client) = failing(&["slow-status=10s"]).await;
    let created = client.create("a").await;
    pager.expect_open("a");
    let hidden = client.outcome(&created).await;
    assert_eq!((hidden.status, hidden.header("x-opsgenie-errortype")), (404, "RequestNotProcessed"));
    let unknown = client.get("/v2/alerts/requests/5a1f3d1e-0b7c-4b5e-9a51-6f3f6f0a2c11").await;
    assert_eq!((unknown.status, &unknown.json()["message"]), (404, &hidden.json()["message"]));
    pager.advance(TimeDelta::seconds(10));
    assert_eq!(client.outcome(&created).await.json()["data"]["status"], "Created alert");
    assert_eq!(struck(&pager), [1]);
}

#[tokio::test]
async fn faults_are_given_by_call_by_settings_and_in_code() {
    let by_settings = settings("[edge]\nfaults = [\"error=500\"]");
    let pager = PagerTwin::with(by_settings).fault("latency=1ms").unwrap().start().await.unwrap();
    let client = Client::new(&pager.base_url());
    assert_eq!(client.create("a").await.status, 500);
    assert_eq!(pager.requests()[0].faults, ["error", "latency"]);
    let put = client.call("PUT", "/_twin/faults", json!({"faults": ["html,times=1"]})).await;
    assert_eq!(
        (put.status, put.json()),
        (200, json!({"faults": [{"fault": "html=502,times=1", "seen": 0, "struck": 0}]}))
    );
    assert_eq!([client.create("a").await.status, client.create("a").await.status], [502, 202]);
    assert_eq!(client.get("/_twin/faults").await.json()["faults"][0]["struck"], 1);
    // A reset goes back to those of the beginning.
    client.call("DELETE", "/_twin", Value::Null).await;
    assert_eq!(client.create("a").await.status, 500);
    assert!(PagerTwin::with(settings("")).fault("lightning").is_err());
}

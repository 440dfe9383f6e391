//! Requests over sockets, in virtual and in real time.

use std::io::{Read, Write};
use std::net::TcpStream;

use chrono::TimeDelta;
use serde_json::json;
use trailbell_sim::pager::{PagerTwin, Settings};

use crate::support::{Client, KEY, settings, standing};

#[tokio::test]
async fn an_alert_is_raised_and_closed_over_http() {
    let pager = PagerTwin::start().await.unwrap();
    let client = Client::new(&pager.base_url());
    let created = client.create("host-down").await;
    assert_eq!((created.status, created.header("content-type")), (202, "application/json"));
    assert_eq!(created.header("x-request-id"), created.json()["requestId"]);
    assert_eq!(pager.expect_open("host-down").message, "about host-down");
    assert_eq!(client.outcome(&created).await.json()["data"]["status"], "Created alert");

    client.close("host-down").await;
    pager.expect_closed("host-down");
    pager.expect_no_open("host-down");
    pager.expect_calls(3);
    pager.expect_calls_to("POST", "/v2/alerts", 1);
    pager.expect_calls_to("POST", "/v2/alerts/*/close", 1);
}

#[tokio::test]
async fn on_a_standing_clock_nothing_takes_effect_before_its_time() {
    let (pager, client) = standing(settings("processing_delay_ms = 60000")).await;
    let created = client.create("a").await;
    pager.advance(TimeDelta::milliseconds(59_999));
    pager.expect_no_open("a");
    assert_eq!(client.outcome(&created).await.header("x-opsgenie-errortype"), "RequestNotProcessed");
    pager.advance(TimeDelta::milliseconds(1));
    assert_eq!(pager.expect_open("a").created_at, pager.now());
    assert_eq!(client.outcome(&created).await.status, 200);
}

/// Nobody asks in between: the twin itself wakes up.
#[tokio::test]
async fn on_a_running_clock_writes_take_effect_of_themselves() {
    let pager = PagerTwin::with(settings("processing_delay_ms = 40")).start().await.unwrap();
    let mut changes = pager.watch_changes();
    let client = Client::new(&pager.base_url());
    client.create("a").await;
    changes.changed().await.unwrap();
    pager.expect_open("a");
}

#[tokio::test]
async fn requests_are_recorded_as_they_came() {
    let (pager, _) = standing(settings("edge.requests_kept = 2")).await;
    let address = pager.address();
    let raw = format!(
        "POST /v2/alerts/a%2Fb/close?identifierType=alias&x=%20 HTTP/1.1\r\nHost: pager\r\nX-Odd: \u{e9}\r\n\
         Authorization: GenieKey {KEY}\r\nContent-Length: 4\r\nContent-Type:\r\n\r\n{{}} \n\
         GET /v2/alerts/count HTTP/1.1\r\nHost: pager\r\n\r\n\
         GET /nowhere HTTP/1.1\r\nHost: pager\r\nConnection: close\r\n\r\n"
    );
    // Three requests on one connection, the answers in order.
    let answers = tokio::task::spawn_blocking(move || {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.write_all(raw.as_bytes()).unwrap();
        let mut answers = String::new();
        stream.read_to_string(&mut answers).unwrap();
        answers
    });
    let answers = answers.await.unwrap();
    let statuses: Vec<&str> = answers.split("HTTP/1.1 ").skip(1).map(|answer| &answer[..3]).collect();
    assert_eq!(statuses, ["202", "401", "404"], "{answers}");

    // The oldest has gone, and is counted.
    assert_eq!((pager.calls(), pager.requests().len()), (3, 2));
    pager.reset();
    assert_eq!((pager.calls(), pager.requests().len()), (0, 0));
}

#[tokio::test]
async fn a_recorded_request_has_all_that_was_sent() {
    let (pager, client) = standing(Settings::default()).await;
    client.call("POST", "/v2/alerts/a%2Fb/close?identifierType=alias", json!({"note": "x"})).await;
    let recorded = pager.requests().remove(0);
    assert_eq!((recorded.number, recorded.answered.to_string().as_str()), (1, "202"));
    let request = &recorded.request;
    assert_eq!(
        (request.path.as_str(), request.query.as_deref()),
        ("/v2/alerts/a%2Fb/close", Some("identifierType=alias"))
    );
    assert_eq!(request.header("authorization"), Some(format!("GenieKey {KEY}").as_str()));
    assert_eq!(&request.body[..], br#"{"note":"x"}"#);
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused_and_recorded_without_it() {
    let (pager, client) = standing(settings("edge.body_limit = 100")).await;
    let answer = client.call("POST", "/v2/alerts", json!({"message": "x".repeat(100)})).await;
    assert_eq!(answer.status, 413);
    assert!(answer.json()["message"].as_str().unwrap().contains("at most 100 bytes"));
    assert_eq!(client.create("a").await.status, 202);
    let bodies: Vec<usize> = pager.requests().iter().map(|recorded| recorded.request.body.len()).collect();
    assert_eq!(bodies, [0, 33]);
}

#[tokio::test]
async fn what_is_no_http_ends_its_connection_alone() {
    let (pager, client) = standing(Settings::default()).await;
    let address = pager.address();
    let answer = tokio::task::spawn_blocking(move || {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.write_all(b"EHLO pager\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    });
    assert!(answer.await.unwrap().starts_with("HTTP/1.1 400"));
    assert_eq!(client.create("a").await.status, 202);
    pager.expect_calls(1);
}

#[tokio::test]
async fn a_port_that_is_taken_is_named() {
    let pager = PagerTwin::start().await.unwrap();
    let error = PagerTwin::with(Settings::default()).listen(pager.address()).start().await.unwrap_err();
    assert!(
        error.to_string().starts_with(&format!("the pager cannot listen on {}", pager.address())),
        "{error}"
    );
}

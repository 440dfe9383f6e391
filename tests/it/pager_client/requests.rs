//! What arrives at the pager, and what is never sent.

use serde_json::json;
use trailbell::opsgenie::{ApiKey, Call, DeliveryError, Flavor, PagerClient, RequestId, Target, Verb};
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{body_json, header, method, path, query_param},
};

use super::{
    ALIAS, KEY, LONG, QUEUED, Then, action, bare, client, client_with, create, impatient, options, pager,
    queued, receipt, requests, soon,
};

#[tokio::test]
async fn a_create_is_accepted_with_key_and_body() {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .and(path("/v2/alerts"))
        .and(header("authorization", format!("GenieKey {KEY}").as_str()))
        .and(header("content-type", "application/json"))
        .and(body_json(&create().request.body))
        .respond_with(queued())
        .expect(1)
        .mount(&server)
        .await;
    assert_eq!(client(&server.uri()).deliver(&create(), soon()).await, Ok(receipt(1)));
}

#[tokio::test]
async fn a_newline_at_the_end_of_the_key_is_not_sent() {
    let server = MockServer::start().await;
    Mock::given(header("authorization", format!("GenieKey {KEY}").as_str()))
        .respond_with(queued())
        .mount(&server)
        .await;
    let target = Target::custom(&server.uri(), Flavor::Opsgenie).unwrap();
    let client = PagerClient::new(target, ApiKey::new(&format!("{KEY}\n")).unwrap(), options()).unwrap();
    assert_eq!(client.deliver(&create(), soon()).await, Ok(receipt(1)));
}

#[tokio::test]
async fn jsm_takes_create_close_and_note_below_its_prefix_and_no_update() {
    let server = MockServer::start().await;
    for tail in ["", "/a/close", "/a/notes"] {
        let at = format!("/jsm/ops/integration/v2/alerts{tail}");
        Mock::given(method("POST")).and(path(at)).respond_with(queued()).expect(1).mount(&server).await;
    }
    let jsm = client_with(&format!("{}/jsm/ops/integration/", server.uri()), Flavor::JsmEvents, options());
    let note = action(Verb::Note, "POST", "/v2/alerts/a/notes", &json!({"note": "n"}));
    let close = action(Verb::Close, "POST", "/v2/alerts/a/close", &json!({}));
    for action in [create(), close, note] {
        assert_eq!(jsm.deliver(&action, soon()).await, Ok(receipt(1)));
    }
    let update = action(Verb::Update, "PUT", "/v2/alerts/a/message", &json!({"message": "m"}));
    let error = jsm.deliver(&update, soon()).await.unwrap_err();
    assert_eq!(error, DeliveryError::Unsupported { call: Call::UpdateMessage, flavor: Flavor::JsmEvents });
    // Told by the request, whatever the action calls itself.
    let disguised =
        action(Verb::Note, "POST", "/v2/alerts/a/snooze", &json!({"endTime": "2026-01-05T10:00:00Z"}));
    assert_eq!(
        jsm.deliver(&disguised, soon()).await,
        Err(DeliveryError::Unsupported { call: Call::Snooze, flavor: Flavor::JsmEvents })
    );
    assert_eq!(requests(&server).await, 3);
}

#[tokio::test]
async fn opsgenie_takes_updates() {
    let server = MockServer::start().await;
    Mock::given(method("PUT"))
        .and(path("/v2/alerts/a/message"))
        .and(query_param("identifierType", "alias"))
        .respond_with(queued())
        .expect(1)
        .mount(&server)
        .await;
    let update = action(Verb::Update, "PUT", "/v2/alerts/a/message", &json!({"message": "m"}));
    assert_eq!(client(&server.uri()).deliver(&update, soon()).await, Ok(receipt(1)));
}

#[tokio::test]
async fn a_request_that_is_no_call_is_not_sent() {
    let server = pager(vec![queued()]).await;
    let odd = action(Verb::Close, "POST", "/v2/alerts/a b/close", &json!({}));
    let error = client(&server.uri()).deliver(&odd, soon()).await.unwrap_err();
    insta::assert_snapshot!(error, @"the path `/v2/alerts/a b/close` is not percent-encoded at byte 12");
    let endless =
        action(Verb::Close, "POST", &format!("/v2/alerts/{}/close", "a".repeat(70_000)), &json!({}));
    let error = client(&server.uri()).deliver(&endless, soon()).await.unwrap_err();
    assert!(error.to_string().ends_with("is too long for a URL"), "{error}");
    assert_eq!(requests(&server).await, 0);
}

#[tokio::test]
async fn an_alias_arrives_exactly_as_it_was_encoded() {
    for (alias, encoded) in [
        ("a/b", "a%2Fb"),
        ("100%", "100%25"),
        ("%2F", "%252F"),
        ("a b", "a%20b"),
        ("a#b?c", "a%23b%3Fc"),
        ("prüfung…", "pr%C3%BCfung%E2%80%A6"),
        (ALIAS, "arn%3Aaws%3Acloudwatch%3Aus-east-1%3A123456789012%3Aalarm%3ACloudTrailChanges"),
        (ALIAS, ALIAS),
        ("a+b", "a+b"),
        ("a+b", "a%2bb"),
    ] {
        let (base, seen) = bare(vec![Then::Answer(QUEUED)]).await;
        let mut close = action(Verb::Close, "POST", &format!("/v2/alerts/{encoded}/close"), &json!({}));
        close.alias = alias.into();
        assert_eq!(client(&format!("{base}/twin/")).deliver(&close, soon()).await, Ok(receipt(1)));
        let seen = seen.lock().await.join("");
        let line = format!("POST /twin/v2/alerts/{encoded}/close?identifierType=alias HTTP/1.1\r\n");
        assert!(seen.starts_with(&line), "{seen}");
    }
}

#[tokio::test]
async fn the_key_is_in_no_error_and_no_debug_text() {
    let echo = format!("Key {KEY} is not valid, GenieKey {}", KEY.to_uppercase());
    let echoes = json!({"message": echo, "errors": {"key": echo, KEY: "x"}, "requestId": KEY});
    let raw = format!("<html>{echo}</html>");
    let mut texts = Vec::new();
    for status in [200, 202, 302, 400, 401, 403, 404, 409, 418, 422, 429, 500, 501, 503] {
        for answer in [
            ResponseTemplate::new(status).set_body_json(&echoes),
            ResponseTemplate::new(status).set_body_string(&raw),
        ] {
            let server = pager(vec![answer.insert_header("x-request-id", KEY)]).await;
            let client = client_with(&server.uri(), Flavor::Opsgenie, impatient());
            let delivered = client.deliver(&create(), soon()).await;
            texts.push(format!(
                "{status} {delivered:?} {:?}",
                delivered.as_ref().map_err(ToString::to_string)
            ));
            let outcome = client.follow(&RequestId::new("r-1").unwrap(), LONG).await;
            texts.push(format!("{status} {outcome:?} {client:?} {:?}", client.probe(soon()).await));
        }
    }
    for text in texts {
        assert!(!text.to_ascii_lowercase().contains(&KEY[..8]), "{text}");
    }
}

#[tokio::test]
async fn a_delete_has_no_body_and_a_close_has_at_least_an_empty_one() {
    for (method, path, body) in [("DELETE", "/v2/alerts/a", ""), ("POST", "/v2/alerts/a/close", "{}")] {
        let server = pager(vec![queued()]).await;
        let action = action(Verb::Close, method, path, &json!({}));
        assert_eq!(client(&server.uri()).deliver(&action, soon()).await, Ok(receipt(1)));
        let sent = server.received_requests().await.unwrap();
        assert_eq!((sent[0].method.as_str(), sent[0].body.as_slice()), (method, body.as_bytes()));
    }
}

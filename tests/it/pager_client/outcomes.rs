//! What became of an accepted request.

use std::time::Duration;

use serde_json::json;
use trailbell::opsgenie::{ClientOptions, DeliveryError, Flavor, Outcome, PollSchedule, Refusal, RequestId};
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{header, method, path},
};

use super::{
    ALIAS, KEY, LONG, client, client_with, close, create, impatient, millis, options, pager, queued,
    requests, says, soon,
};

fn processed(success: bool, action: &str, status: &str) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(json!({
        "data": {"success": success, "isSuccess": success, "action": action, "status": status,
            "processedAt": "2026-01-05T10:00:00.123Z", "integrationId": "8f2b", "alertId": "id-1", "alias": ALIAS},
        "took": 0.022, "requestId": "r-1"}))
}

fn not_processed() -> ResponseTemplate {
    says(404, "Request not found. It might not be processed, yet.")
        .insert_header("X-Opsgenie-Errortype", "RequestNotProcessed")
}

async fn followed(answers: Vec<ResponseTemplate>) -> Outcome {
    let server = pager(answers).await;
    client(&server.uri()).follow(&RequestId::new("r-1").unwrap(), LONG).await
}

#[tokio::test]
async fn an_outcome_is_followed_through_not_processed_and_troubles() {
    let answers = vec![
        not_processed(),
        not_processed(),
        says(503, "busy"),
        says(429, "TooManyRequests"),
        processed(true, "Create", "Created alert"),
    ];
    let created =
        Outcome::Done { action: "Create".into(), alert_id: "id-1".into(), status: "Created alert".into() };
    assert_eq!(followed(answers).await, created);
}

#[tokio::test]
async fn closing_what_is_not_open_is_seen_in_its_outcome() {
    let server = MockServer::start().await;
    Mock::given(method("POST")).respond_with(queued()).mount(&server).await;
    Mock::given(method("GET"))
        .and(path("/x/v2/alerts/requests/r-1"))
        .and(header("authorization", format!("GenieKey {KEY}").as_str()))
        .respond_with(processed(false, "Close", "Alert does not exist"))
        .mount(&server)
        .await;
    let client = client(&format!("{}/x", server.uri()));
    let receipt = client.deliver(&close(), soon()).await.unwrap();
    let outcome = client.follow(&receipt.request_id.unwrap(), LONG).await;
    assert_eq!(outcome, Outcome::NothingToDo { status: "Alert does not exist".into() });
}

#[tokio::test]
async fn a_responder_that_does_not_exist_fails_after_the_202() {
    let outcome = followed(vec![processed(false, "Create", "Responder team does not exist")]).await;
    assert_eq!(outcome, Outcome::Failed { status: "Responder team does not exist".into() });
}

#[tokio::test]
async fn an_outcome_that_cannot_be_read_is_unknown() {
    let refused = Outcome::Unknown { reason: "the pager answered 401: Could not authenticate".into() };
    assert_eq!(followed(vec![says(401, "Could not authenticate")]).await, refused);
    let server = pager(vec![not_processed()]).await;
    let schedule = PollSchedule { first: vec![millis(1), millis(2)], then: LONG };
    let client = client_with(&server.uri(), Flavor::Opsgenie, ClientOptions { poll: schedule, ..options() });
    let outcome = client.follow(&RequestId::new("r-1").unwrap(), LONG).await;
    let never = "Request not found. It might not be processed, yet.".to_owned();
    assert_eq!(outcome, Outcome::Unknown { reason: never });
    assert_eq!(requests(&server).await, 2);
}

#[tokio::test]
async fn no_wait_that_a_header_names_breaks_anything() {
    for (name, value) in [
        ("X-RateLimit-Period-In-Sec", u64::MAX.to_string()),
        ("X-RateLimit-Period-In-Sec", "99999999999999999999999".to_owned()),
        ("Retry-After", u64::MAX.to_string()),
        ("Retry-After", "Fri, 31 Dec 9999 23:59:59 GMT".to_owned()),
    ] {
        let server = pager(vec![says(429, "TooManyRequests").insert_header(name, value)]).await;
        let client = client_with(&server.uri(), Flavor::Opsgenie, impatient());
        let delivered = client.deliver(&create(), soon()).await;
        assert!(matches!(delivered, Err(DeliveryError::DeadlineExceeded { .. })), "{delivered:?}");
        let outcome = client.follow(&RequestId::new("r-1").unwrap(), LONG).await;
        assert!(matches!(outcome, Outcome::Unknown { .. }), "{outcome:?}");
    }
    let server = pager(vec![processed(true, "Create", "Created alert")]).await;
    let outcome = client(&server.uri()).follow(&RequestId::new("r-1").unwrap(), Duration::MAX).await;
    assert!(matches!(outcome, Outcome::Done { .. }), "{outcome:?}");
}

#[tokio::test]
async fn a_throttled_question_waits_as_long_as_the_pager_says() {
    let throttled = says(429, "TooManyRequests").insert_header("X-RateLimit-Period-In-Sec", "60");
    let server = pager(vec![throttled]).await;
    let outcome = client(&server.uri()).follow(&RequestId::new("r-1").unwrap(), LONG).await;
    assert_eq!(outcome, Outcome::Unknown { reason: "TooManyRequests".into() });
    assert_eq!(requests(&server).await, 1);
}

#[tokio::test]
async fn a_probe_tells_whether_the_key_is_taken() {
    let probe = async |answer: ResponseTemplate| {
        let server = pager(vec![answer]).await;
        client(&server.uri()).probe(soon()).await
    };
    assert_eq!(probe(not_processed()).await, Ok(()));
    let refused =
        |status, refusal, reason: &str| DeliveryError::Refused { status, refusal, reason: reason.into() };
    assert_eq!(probe(says(401, "no")).await, Err(refused(401, Refusal::Key, "no")));
    assert_eq!(
        probe(says(422, "Key format is not valid!")).await,
        Err(refused(422, Refusal::Other, "Key format is not valid!"))
    );
    let html = ResponseTemplate::new(404).set_body_raw("<html>nginx</html>", "text/html");
    assert_eq!(probe(html).await, Err(refused(404, Refusal::NotFound, "<html>nginx</html>")));
    assert!(probe(says(503, "busy")).await.unwrap_err().retryable());
}

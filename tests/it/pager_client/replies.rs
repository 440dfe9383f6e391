//! What the client makes of each answer.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::Instant;
use trailbell::opsgenie::{DeliveryError, Flavor, Refusal, Trouble};
use wiremock::ResponseTemplate;

use super::{
    ALIAS, client, client_with, create, create_of, impatient, pager, queued, receipt, requests, says, soon,
};

#[tokio::test]
async fn refusals_are_final_and_carry_the_pagers_words() {
    for (status, refusal, message) in [
        (400, Refusal::Syntax, "Request body is not processable JSON"),
        (401, Refusal::Key, "Could not authenticate"),
        (402, Refusal::Plan, "Your plan does not include this"),
        (403, Refusal::Permission, "To perform this action, use an API key from an API integration."),
        (404, Refusal::NotFound, "Not found"),
        (409, Refusal::Conflict, "Conflict"),
        (501, Refusal::NotImplemented, "Not implemented"),
    ] {
        let server = pager(vec![says(status, message)]).await;
        let error = client(&server.uri()).deliver(&create(), soon()).await.unwrap_err();
        assert_eq!(error, DeliveryError::Refused { status, refusal, reason: message.into() });
        assert!(!error.retryable(), "{error}");
        assert_eq!(requests(&server).await, 1, "{status}");
    }
}

#[tokio::test]
async fn a_key_of_another_region_gets_a_hint() {
    let server = pager(vec![says(401, "Could not authenticate")]).await;
    let error = client(&server.uri()).deliver(&create(), soon()).await.unwrap_err();
    insta::assert_snapshot!(error, @"the pager refused with 401: Could not authenticate (check the key, that its integration is enabled, and that the base URL is of the account's region)");
}

#[tokio::test]
async fn a_403_with_a_code_tells_which_key_is_needed() {
    let body =
        json!({"code": 40301, "message": "To perform this action, use an API key from an API integration."});
    let server = pager(vec![ResponseTemplate::new(403).set_body_json(body)]).await;
    let error = client(&server.uri()).deliver(&create(), soon()).await.unwrap_err();
    insta::assert_snapshot!(error, @"the pager refused with 403: To perform this action, use an API key from an API integration. (use the key of an API integration that may create and change alerts)");
}

#[tokio::test]
async fn troubles_that_pass_are_tried_again() {
    let html = || ResponseTemplate::new(502).set_body_raw("<html>Bad Gateway</html>", "text/html");
    for trouble in
        [says(500, "Internal Server Error"), html(), says(503, "busy"), says(504, "slow"), says(408, "slow")]
    {
        let server = pager(vec![trouble.clone(), trouble, queued()]).await;
        assert_eq!(client(&server.uri()).deliver(&create(), soon()).await, Ok(receipt(3)));
    }
}

#[tokio::test]
async fn a_trouble_that_stays_ends_at_the_deadline() {
    let server = pager(vec![says(503, "at capacity")]).await;
    let client = client_with(&server.uri(), Flavor::Opsgenie, impatient());
    let error = client.deliver(&create(), soon()).await.unwrap_err();
    let last = Trouble::Unavailable { status: 503, reason: "at capacity".into() };
    assert_eq!(error, DeliveryError::DeadlineExceeded { attempts: 1, last });
    assert!(error.retryable());
}

#[tokio::test]
async fn throttling_waits_as_long_as_the_pager_says() {
    // One second is the shortest window that the header can name.
    let throttled = says(429, "You are making too many requests!")
        .insert_header("X-RateLimit-State", "THROTTLED")
        .insert_header("X-RateLimit-Reason", "ACCOUNT")
        .insert_header("X-RateLimit-Period-In-Sec", "1");
    let server = pager(vec![throttled, queued()]).await;
    let start = Instant::now();
    assert_eq!(client(&server.uri()).deliver(&create(), soon()).await, Ok(receipt(2)));
    assert!(start.elapsed() >= Duration::from_secs(1));
}

#[tokio::test]
async fn throttling_beyond_the_deadline_is_not_waited_for() {
    for (name, seconds) in [("X-RateLimit-Period-In-Sec", 60), ("Retry-After", 90)] {
        let throttled = says(429, "TooManyRequests").insert_header(name, seconds.to_string());
        let server = pager(vec![throttled]).await;
        let error = client(&server.uri()).deliver(&create(), soon()).await.unwrap_err();
        let last =
            Trouble::Throttled { wait: Some(Duration::from_secs(seconds)), reason: "TooManyRequests".into() };
        assert_eq!(error, DeliveryError::DeadlineExceeded { attempts: 1, last });
        assert_eq!(requests(&server).await, 1);
    }
}

#[tokio::test]
async fn throttling_without_a_header_backs_off() {
    let server = pager(vec![says(429, "TooManyRequests"), says(429, "TooManyRequests"), queued()]).await;
    assert_eq!(client(&server.uri()).deliver(&create(), soon()).await, Ok(receipt(3)));
}

#[tokio::test]
async fn a_422_of_a_limit_is_shrunk_and_tried_once_more() {
    let too_long = ResponseTemplate::new(422).set_body_json(json!({
        "message": "Request body is not processable. Please check the errors.",
        "errors": {"message": "message should not exceed 130 characters"}}));
    let alert = create_of(&json!({"message": "ä".repeat(130), "alias": ALIAS}));

    let server = pager(vec![too_long.clone(), queued()]).await;
    let receipt = client(&server.uri()).deliver(&alert, soon()).await.unwrap();
    assert_eq!((receipt.attempts, receipt.shrunk), (2, vec!["message"]));
    let sent = server.received_requests().await.unwrap();
    let second: Value = sent[1].body_json().unwrap();
    assert_eq!(second, json!({"message": format!("{}…", "ä".repeat(63)), "alias": ALIAS}));

    let server = pager(vec![too_long]).await;
    let error = client(&server.uri()).deliver(&alert, soon()).await.unwrap_err();
    let DeliveryError::Unprocessable { shrunk, .. } = &error else { panic!("{error}") };
    assert_eq!((shrunk.as_slice(), requests(&server).await), (["message"].as_slice(), 2));
}

#[tokio::test]
async fn a_shrunk_alert_is_retried_like_any_other() {
    let too_long =
        ResponseTemplate::new(422).set_body_json(json!({"errors": {"tags": "size must be at most 2"}}));
    let alert = create_of(&json!({"message": "m", "alias": ALIAS, "tags": ["a", "b", "c"]}));
    let server = pager(vec![says(503, "busy"), too_long, says(503, "busy"), queued()]).await;
    let receipt = client(&server.uri()).deliver(&alert, soon()).await.unwrap();
    assert_eq!((receipt.attempts, receipt.shrunk), (4, vec!["tags"]));
    let sent = server.received_requests().await.unwrap();
    assert_eq!(sent[3].body_json::<Value>().unwrap(), json!({"message": "m", "alias": ALIAS}));
}

#[tokio::test]
async fn a_422_of_no_limit_is_failed_with_the_pagers_reason() {
    let body = json!({"message": "Request body is not processable. Please check the errors.",
        "errors": {"priority": "should be one of [ P1, P2, P3, P4, P5 ]"}});
    let server = pager(vec![ResponseTemplate::new(422).set_body_json(body)]).await;
    let error = client(&server.uri()).deliver(&create(), soon()).await.unwrap_err();
    insta::assert_snapshot!(error, @"the pager cannot process the alert: Request body is not processable. Please check the errors. priority: should be one of [ P1, P2, P3, P4, P5 ]");
    assert!(!error.retryable());
    assert_eq!(requests(&server).await, 1);
}

#[tokio::test]
async fn html_with_a_200_is_not_accepted() {
    for status in [200, 202] {
        let page =
            ResponseTemplate::new(status).set_body_raw("<html>Down for maintenance</html>", "text/html");
        let server = pager(vec![page]).await;
        let error = client(&server.uri()).deliver(&create(), soon()).await.unwrap_err();
        let reason = "<html>Down for maintenance</html>".to_owned();
        assert_eq!(error, DeliveryError::Refused { status, refusal: Refusal::NotTheApi, reason });
        assert!(error.retryable());
    }
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let elsewhere = pager(vec![queued()]).await;
    for status in [301, 302, 303, 307, 308] {
        let server =
            pager(vec![ResponseTemplate::new(status).insert_header("location", elsewhere.uri())]).await;
        let error = client(&server.uri()).deliver(&create(), soon()).await.unwrap_err();
        assert!(matches!(error, DeliveryError::Refused { refusal: Refusal::Redirect, .. }), "{error}");
        assert!(error.to_string().contains("the base URL is probably wrong"), "{error}");
    }
    assert_eq!(requests(&elsewhere).await, 0);
}

#[tokio::test]
async fn an_oversized_answer_is_cut() {
    let huge = "x".repeat(1 << 20);
    let server = pager(vec![ResponseTemplate::new(401).set_body_string(&huge)]).await;
    let error = client(&server.uri()).deliver(&create(), soon()).await.unwrap_err();
    assert!(matches!(error, DeliveryError::Refused { refusal: Refusal::Key, .. }), "{error}");
    assert!(error.to_string().len() < 600, "{error}");

    let server =
        pager(vec![ResponseTemplate::new(202).set_body_json(json!({"result": huge, "requestId": "r"}))])
            .await;
    let error = client(&server.uri()).deliver(&create(), soon()).await.unwrap_err();
    assert!(matches!(error, DeliveryError::Refused { refusal: Refusal::NotTheApi, .. }), "{error}");
}

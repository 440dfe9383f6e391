//! The client against a pager that answers as told: each status, each trouble of the network, each oddity.

#![cfg(feature = "server")]
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls_pki_types::PrivatePkcs8KeyDer;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
    sync::Mutex,
    time::Instant,
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{ServerConfig, crypto::aws_lc_rs},
};
use trailbell::opsgenie::{
    Action, ApiKey, Call, ClientOptions, DeliveryError, Flavor, Outcome, PagerClient, PollSchedule, Receipt,
    Refusal, Request, RequestId, RetryPolicy, SetupError, Target, Trouble, Verb,
};
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{any, body_json, header, method, path, query_param},
};

const KEY: &str = "5a1f3d1e-0b7c-4b5e-9a51-6f3f6f0a2c11";
const ALIAS: &str = "arn:aws:cloudwatch:us-east-1:123456789012:alarm:CloudTrailChanges";
/// Long enough never to be reached by a test that does not want to.
const LONG: Duration = Duration::from_secs(30);

fn millis(n: u64) -> Duration {
    Duration::from_millis(n)
}

/// Waits of a few milliseconds where the defaults are seconds.
fn options() -> ClientOptions {
    ClientOptions {
        request_timeout: LONG,
        retry: RetryPolicy { base: millis(1), cap: millis(4) },
        poll: PollSchedule { first: vec![millis(1), millis(2)], then: millis(3) },
        ..ClientOptions::default()
    }
}

/// One question or attempt, and then a wait that no deadline here allows: so giving up takes no time.
fn impatient() -> ClientOptions {
    ClientOptions {
        retry: RetryPolicy { base: LONG * 1000, cap: LONG * 1000 },
        poll: PollSchedule { first: vec![millis(1)], then: LONG },
        ..options()
    }
}

fn client_with(base: &str, flavor: Flavor, options: ClientOptions) -> PagerClient {
    let target = Target::custom(base, flavor).unwrap();
    PagerClient::new(target, ApiKey::new(KEY).unwrap(), options).unwrap()
}

fn client(base: &str) -> PagerClient {
    client_with(base, Flavor::Opsgenie, options())
}

fn soon() -> Instant {
    Instant::now() + LONG
}

fn action(verb: Verb, method: &str, path: &str, body: &Value) -> Action {
    let query = match verb {
        Verb::Create => BTreeMap::new(),
        Verb::Close | Verb::Note | Verb::Update => [("identifierType".to_owned(), "alias".to_owned())].into(),
    };
    let body = body.as_object().unwrap().clone();
    Action {
        action: verb,
        alias: ALIAS.into(),
        occurred_at: "2018-07-03T14:23:28.949Z".into(),
        request: Request { method: method.into(), path: path.into(), query, body },
    }
}

fn create() -> Action {
    create_of(&json!({"message": "ALARM: CloudTrailChanges", "alias": ALIAS, "source": "trailbell"}))
}

fn create_of(body: &Value) -> Action {
    action(Verb::Create, "POST", "/v2/alerts", body)
}

fn close() -> Action {
    action(
        Verb::Close,
        "POST",
        &format!("/v2/alerts/{}/close", ALIAS.replace(':', "%3A")),
        &json!({"source": "t"}),
    )
}

fn queued() -> ResponseTemplate {
    let body = json!({"result": "Request will be processed", "took": 0.107, "requestId": "r-1"});
    ResponseTemplate::new(202).set_body_json(body)
}

fn says(status: u16, message: &str) -> ResponseTemplate {
    ResponseTemplate::new(status)
        .set_body_json(json!({"message": message, "took": 0.001, "requestId": "r-0"}))
}

/// A pager that gives these answers in turn and the last one for ever.
async fn pager(answers: Vec<ResponseTemplate>) -> MockServer {
    let server = MockServer::start().await;
    let last = answers.len() - 1;
    for (turn, answer) in answers.into_iter().enumerate() {
        let mock = Mock::given(any()).respond_with(answer);
        if turn < last { mock.up_to_n_times(1).mount(&server).await } else { mock.mount(&server).await }
    }
    server
}

async fn requests(server: &MockServer) -> usize {
    server.received_requests().await.unwrap().len()
}

fn receipt(attempts: u32) -> Receipt {
    Receipt { request_id: RequestId::new("r-1"), attempts, shrunk: vec![] }
}

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

/// What a bare server does with a connection once it has read the request's head and body.
#[derive(Clone, Copy)]
enum Then {
    Answer(&'static str),
    Close,
    Hang,
}

const QUEUED: &str = "HTTP/1.1 202 Accepted\r\ncontent-type: application/json\r\ncontent-length: 19\r\n\r\n{\"requestId\":\"r-1\"}";

/// A server below HTTP: it keeps the bytes that it was sent, and does with each request in turn as told.
async fn bare(turns: Vec<Then>) -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let seen = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&seen);
    tokio::spawn(async move {
        let mut hung = Vec::new();
        for turn in turns {
            let (mut connection, _) = listener.accept().await.unwrap();
            kept.lock().await.push(read_request(&mut connection).await);
            match turn {
                Then::Answer(answer) => connection.write_all(answer.as_bytes()).await.unwrap(),
                Then::Close => drop(connection),
                Then::Hang => hung.push(connection),
            }
        }
        std::future::pending::<()>().await;
    });
    (base, seen)
}

async fn read_request(connection: &mut (impl AsyncRead + Unpin)) -> String {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let head = head.to_ascii_lowercase();
            let length = head.split("content-length: ").nth(1).and_then(|rest| rest.lines().next());
            if body.len() >= length.map_or(0, |length| length.parse().unwrap()) {
                return text;
            }
        }
        assert_ne!(connection.read_buf(&mut bytes).await.unwrap(), 0, "the request ended early: {text}");
    }
}

#[tokio::test]
async fn a_broken_connection_is_tried_again() {
    let half = "HTTP/1.1 202 Accepted\r\ncontent-length: 50\r\nconnection: close\r\n\r\n{\"requestId\"";
    for trouble in [Then::Close, Then::Answer("no HTTP at all\r\n\r\n"), Then::Answer(half)] {
        let (base, seen) = bare(vec![trouble, trouble, Then::Answer(QUEUED)]).await;
        assert_eq!(client(&base).deliver(&create(), soon()).await, Ok(receipt(3)));
        assert_eq!(seen.lock().await.len(), 3);
    }
}

/// A TLS server with a certificate of a CA of its own, and that CA as PEM.
async fn encrypted() -> (String, Vec<u8>) {
    let mut authority = CertificateParams::new(vec![]).unwrap();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().unwrap();
    let authority = CertifiedIssuer::self_signed(authority, key).unwrap();
    let key = KeyPair::generate().unwrap();
    let certificate =
        CertificateParams::new(vec!["localhost".to_owned()]).unwrap().signed_by(&key, &authority).unwrap();
    let private = PrivatePkcs8KeyDer::from(key.serialize_der()).into();
    let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], private)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("https://localhost:{}", listener.local_addr().unwrap().port());
    tokio::spawn(async move {
        loop {
            let (connection, _) = listener.accept().await.unwrap();
            // A client that does not trust the certificate ends the handshake.
            let Ok(mut connection) = acceptor.accept(connection).await else { continue };
            read_request(&mut connection).await;
            connection.write_all(QUEUED.as_bytes()).await.unwrap();
        }
    });
    (base, authority.pem().into_bytes())
}

#[tokio::test]
async fn https_trusts_the_public_authorities_and_those_given() {
    let (base, authorities) = encrypted().await;
    let trusting = ClientOptions { authorities_pem: Some(authorities), ..options() };
    let client = client_with(&base, Flavor::Opsgenie, trusting);
    assert_eq!(client.deliver(&create(), soon()).await, Ok(receipt(1)));

    let stranger = client_with(&base, Flavor::Opsgenie, impatient());
    let error = stranger.deliver(&create(), soon()).await.unwrap_err();
    assert!(
        matches!(error, DeliveryError::DeadlineExceeded { last: Trouble::Connect { .. }, .. }),
        "{error}"
    );
    assert!(error.to_string().contains("UnknownIssuer"), "{error}");
}

#[test]
fn authorities_that_are_no_certificates_are_refused() {
    for pem in ["", "no PEM", "-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n"] {
        let options = ClientOptions { authorities_pem: Some(pem.into()), ..options() };
        let target = Target::custom("https://pager.example", Flavor::Opsgenie).unwrap();
        let error = PagerClient::new(target, ApiKey::new(KEY).unwrap(), options).unwrap_err();
        assert!(matches!(error, SetupError::AuthorityPem(_)), "{pem:?}: {error}");
    }
}

#[tokio::test]
async fn a_pager_that_hangs_is_left_after_the_timeout() {
    // More answers than needed: on a busy machine an answer may be late, too.
    let (base, _) = bare([vec![Then::Hang], vec![Then::Answer(QUEUED); 20]].concat()).await;
    let hasty = ClientOptions { request_timeout: millis(100), ..options() };
    let receipt = client_with(&base, Flavor::Opsgenie, hasty).deliver(&create(), soon()).await.unwrap();
    assert!(receipt.attempts > 1);
}

#[tokio::test]
async fn a_pager_that_hangs_does_not_outlast_the_deadline() {
    let (base, _) = bare(vec![Then::Hang]).await;
    let start = Instant::now();
    let error = client(&base).deliver(&create(), start + millis(40)).await.unwrap_err();
    assert!(start.elapsed() < LONG / 2);
    let DeliveryError::DeadlineExceeded { attempts: 1, last: Trouble::Timeout(after) } = error else {
        panic!("{error}")
    };
    assert!(after <= millis(40));
}

#[tokio::test]
async fn nobody_listening_is_a_trouble_that_may_pass() {
    let unused = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let client = client_with(&format!("http://{unused}"), Flavor::Opsgenie, impatient());
    let error = client.deliver(&create(), soon()).await.unwrap_err();
    assert!(
        matches!(error, DeliveryError::DeadlineExceeded { last: Trouble::Connect { .. }, .. }),
        "{error}"
    );
    let late = client.deliver(&create(), Instant::now()).await;
    assert_eq!(late, Err(DeliveryError::DeadlineExceeded { attempts: 0, last: Trouble::NotTried }));
}

#[tokio::test]
async fn a_create_without_an_alias_is_not_sent_twice() {
    let (base, seen) = bare(vec![Then::Close, Then::Answer(QUEUED)]).await;
    let nameless = create_of(&json!({"message": "m"}));
    let error = client(&base).deliver(&nameless, soon()).await.unwrap_err();
    assert!(matches!(error, DeliveryError::NotRepeatable { last: Trouble::Broken { .. } }), "{error}");
    assert_eq!(seen.lock().await.len(), 1);
    // A throttled one was certainly not carried out.
    let server = pager(vec![says(429, "TooManyRequests"), queued()]).await;
    assert_eq!(client(&server.uri()).deliver(&nameless, soon()).await, Ok(receipt(2)));
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
async fn a_delete_has_no_body_and_a_close_has_at_least_an_empty_one() {
    for (method, path, body) in [("DELETE", "/v2/alerts/a", ""), ("POST", "/v2/alerts/a/close", "{}")] {
        let server = pager(vec![queued()]).await;
        let action = action(Verb::Close, method, path, &json!({}));
        assert_eq!(client(&server.uri()).deliver(&action, soon()).await, Ok(receipt(1)));
        let sent = server.received_requests().await.unwrap();
        assert_eq!((sent[0].method.as_str(), sent[0].body.as_slice()), (method, body.as_bytes()));
    }
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

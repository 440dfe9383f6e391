//! The client against a pager that answers as told: each status, each trouble of the network, each oddity.

#![cfg(feature = "server")]
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod network;
mod outcomes;
mod replies;
mod requests;

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use serde_json::{Value, json};
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
    sync::Mutex,
    time::Instant,
};
use trailbell::opsgenie::{
    Action, ApiKey, ClientOptions, Flavor, PagerClient, PollSchedule, Receipt, Request, RequestId,
    RetryPolicy, Target, Verb,
};
use wiremock::{Mock, MockServer, ResponseTemplate, matchers::any};

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

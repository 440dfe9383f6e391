//! Attempts below the message: too much, too slow, too silent, the wrong way in.

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use trailbell::config::{BasicAuthSettings, Secret};
use trailbell_sim::sns::PostError;

use super::{Attack, prove_honest, repel};
use crate::world::{World, sign};

/// A wait that a test lets run out.
const SHORT: Duration = Duration::from_millis(200);

/// Sends bytes, and reads until the server closes.
async fn exchange(world: &World, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(world.address).await.unwrap();
    stream.write_all(bytes).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    String::from_utf8(answer).unwrap()
}

fn status(answer: &str) -> u16 {
    answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_default()
}

/// Bodies of up to 512 KiB are read: SNS has at most 256 KiB, which JSON's escapes can double.
#[tokio::test]
async fn a_body_that_sns_cannot_have_sent_is_not_read() {
    let world = World::start().await;
    for length in [512 * 1024 + 1, 1 << 20, 1_u64 << 40] {
        let head = format!("POST / HTTP/1.1\r\nhost: x\r\ncontent-length: {length}\r\n\r\n");
        let answer = exchange(&world, head.as_bytes()).await;
        assert_eq!(status(&answer), 413, "{answer}");
        assert!(answer.contains("connection: close"), "{answer}");
        assert!(answer.contains("more than the 524288 bytes that an SNS message can have"), "{answer}");
    }
    let kinds = world.metrics().await;
    assert_eq!(kinds.kind("refused", "body"), 3);
    assert_eq!(world.pager.requests(), []);
}

#[tokio::test]
async fn a_body_that_does_not_tell_its_length_is_read_up_to_the_limit() {
    let world = World::start().await;
    let mut stream = TcpStream::connect(world.address).await.unwrap();
    let (mut reading, mut writing) = stream.split();
    let sending = async {
        writing.write_all(b"POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n").await?;
        let chunk = [b"10000\r\n".to_vec(), vec![b' '; 0x10000], b"\r\n".to_vec()].concat();
        // Ends by an error when the server has heard enough.
        for _ in 0..1024 {
            writing.write_all(&chunk).await?;
        }
        Ok::<(), std::io::Error>(())
    };
    let mut head = [0; 12];
    let (sent, read) = tokio::join!(sending, reading.read_exact(&mut head));
    assert_eq!((read.unwrap(), &head), (12, b"HTTP/1.1 413"));
    assert!(sent.is_err(), "64 MiB were taken");
}

/// As SNS would send it, in one go: the answer gets through, although the body was not read.
#[tokio::test]
async fn a_mebibyte_is_answered_413() {
    let mut world = World::start().await;
    let signed = world.signed();
    let delivery = world.delivery(&signed).body(vec![b' '; 1 << 20]);
    let rows = [Attack::new("1 MiB", delivery).answered(413, "body", "more than the 524288 bytes")];
    repel(&world, rows).await;
}

#[tokio::test]
async fn the_largest_message_of_sns_gets_through() {
    let mut world = World::start().await;
    // Each quote takes two bytes in JSON.
    let envelope = world.notification(&"\"".repeat(255 * 1024));
    let signed = sign(envelope);
    assert!(signed.to_json().len() > 510 * 1024);
    assert_eq!(world.deliver(&signed).await, 200);
}

#[tokio::test]
async fn a_body_that_does_not_come_is_not_waited_for() {
    let world = World::prepared(|_| {}, |config| config.timeouts.body = SHORT).await;
    for body in ["", "{\"Type\":"] {
        let request = format!("POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{body}");
        let answer = exchange(&world, request.as_bytes()).await;
        assert_eq!(status(&answer), 408, "{answer}");
        assert!(answer.contains("the body did not come in time"), "{answer}");
        assert!(answer.contains("connection: close"), "{answer}");
    }
    assert_eq!(world.metrics().await.kind("refused", "body"), 2);
    assert_eq!(world.pager.requests(), []);
}

#[tokio::test]
async fn a_body_that_breaks_off_is_no_message() {
    let mut world = World::start().await;
    let signed = world.signed();
    let mut stream = TcpStream::connect(world.address).await.unwrap();
    let body = signed.to_json();
    let request = format!("POST / HTTP/1.1\r\nhost: x\r\ncontent-length: {}\r\n\r\n{body}", body.len() + 1);
    stream.write_all(request.as_bytes()).await.unwrap();
    stream.shutdown().await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.is_empty() || status(&answer) == 400, "{answer}");
    assert_eq!(world.pager.requests(), []);
}

/// Whoever is silent, or never comes to the point, loses the connection, and others get their turn.
#[tokio::test]
async fn silent_connections_end_and_starve_nobody() {
    let mut world = World::prepared(
        |settings| settings.limits.connections = Some(2),
        |config| config.timeouts.header = SHORT,
    )
    .await;
    let mut silent = TcpStream::connect(world.address).await.unwrap();
    let mut halting = TcpStream::connect(world.address).await.unwrap();
    halting.write_all(b"POST / HTTP/1.1\r\nhost: x\r\nx-").await.unwrap();
    // Both places are taken: this one waits until they are free.
    prove_honest(&mut world).await;
    for stream in [&mut silent, &mut halting] {
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.unwrap();
        let answer = String::from_utf8(answer).unwrap();
        assert!(answer.is_empty() || status(&answer) == 408, "{answer}");
    }
}

#[tokio::test]
async fn a_header_without_end_is_refused() {
    let world = World::start().await;
    let long = format!("POST / HTTP/1.1\r\nhost: x\r\nx-long: {}\r\n\r\n", "a".repeat(20_000));
    assert_eq!(status(&exchange(&world, long.as_bytes()).await), 431);
    let many = format!("POST / HTTP/1.1\r\nhost: x\r\n{}\r\n", "a: b\r\n".repeat(1_000));
    assert_eq!(status(&exchange(&world, many.as_bytes()).await), 431);
    assert_eq!(
        status(&exchange(&world, b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 \r\n\r\n").await),
        400
    );
}

#[tokio::test]
async fn nothing_but_post_is_taken() {
    let world = World::start().await;
    for method in ["GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "POSTS", "post"] {
        let request = format!("{method} / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
        let answer = exchange(&world, request.as_bytes()).await;
        assert_eq!(status(&answer), 405, "{method}: {answer}");
        assert!(answer.contains("allow: POST\r\n"), "{method}: {answer}");
    }
    assert_eq!(world.pager.requests(), []);
}

#[tokio::test]
async fn no_other_path_takes_messages() {
    let mut world = World::with(|settings| settings.path = Some(Secret::new("/hook/0f2a9c1e"))).await;
    prove_honest(&mut world).await;
    let asked = world.pager.requests().len();
    let signed = world.signed();
    for path in [
        "/",
        "/hook",
        "/hook/",
        "/hook/0f2a9c1",
        "/hook/0f2a9c1e/",
        "/hook/0f2a9c1e0",
        "//hook/0f2a9c1e",
        "/Hook/0f2a9c1e",
        "/hook/0f2a9c1e%00",
        "/hook/%30f2a9c1e",
        "/healthz",
        "/metrics",
    ] {
        let url = format!("http://{}{path}", world.address);
        let answer = world.poster.post(&url, &world.delivery(&signed)).await.unwrap();
        assert_eq!((answer.status, &answer.body[..]), (404, &b"no such path\n"[..]), "{path}");
    }
    assert_eq!(world.pager.requests().len(), asked);
}

const PASSWORD: &str = "correct-horse";

async fn guarded() -> World {
    World::with(|settings| {
        settings.basic_auth = Some(BasicAuthSettings {
            username: "sns".to_owned(),
            password: Some(Secret::new(PASSWORD)),
            password_file: None,
        });
    })
    .await
}

#[tokio::test]
async fn who_has_no_password_is_asked_for_it() {
    let mut world = guarded().await;
    let signed = world.signed();
    let delivery = world.delivery(&signed);
    let says = "user name and password, please";
    let mut rows = vec![Attack::new("none", delivery.clone()).answered(401, "unauthorized", says)];
    for value in [
        "",
        "Basic",
        "Basic ",
        "Basic nonsense",
        "Basic c25z",
        "Basic c25zOg==",
        "Basic c25zOndyb25n",
        "Basic U05TOmNvcnJlY3QtaG9yc2U=",
        "Basic c25zOmNvcnJlY3QtaG9yc2Vz",
        "Basic c25zOmNvcnJlY3QtaG9ycw==",
        "Basic c25zOmNvcnJlY3QtaG9yc2U",
        "Bearer c25zOmNvcnJlY3QtaG9yc2U=",
        "sns:correct-horse",
    ] {
        let attack = Attack::new(value, delivery.clone().header("authorization", value));
        rows.push(attack.answered(401, "unauthorized", says));
    }
    repel(&world, rows).await;
    let answer = world.post(&delivery).await;
    assert_eq!(answer.header("www-authenticate"), Some("Basic realm=\"trailbell\", charset=\"UTF-8\""));
    let good = delivery.header("authorization", "basic c25zOmNvcnJlY3QtaG9yc2U=");
    assert_eq!(world.post(&good).await.status, 200);
}

/// SNS sends the first request without credentials, and answers the challenge with those of the URL.
#[tokio::test]
async fn sns_answers_the_challenge() {
    let mut world = guarded().await;
    let signed = world.signed();
    let delivery = world.delivery(&signed);
    let url = |user: &str| format!("http://{user}@localhost/");
    assert_eq!(world.poster.post(&url("sns:wrong"), &delivery).await.unwrap().status, 401);
    assert_eq!(world.alerts().len(), 0);
    assert_eq!(world.poster.post(&url("sns:correct-horse"), &delivery).await.unwrap().status, 200);
    assert_eq!(world.alerts().len(), 1);
    assert_eq!(world.metrics().await.kind("refused", "unauthorized"), 3);
}

/// Health and metrics on an address of their own are on no other.
#[tokio::test]
async fn the_status_address_keeps_the_metrics_from_the_street() {
    let world = World::with(|settings| settings.status_listen = Some(([127, 0, 0, 1], 0).into())).await;
    for path in ["/metrics", "/healthz", "/readyz"] {
        assert_eq!(world.get(path).await.0, 404, "{path}");
    }
}

/// What is sent after a refusal on the same connection is no second message.
#[tokio::test]
async fn a_refused_body_is_not_taken_for_the_next_request() {
    let world = World::start().await;
    let smuggled = "GET /metrics HTTP/1.1\r\nhost: x\r\n\r\n";
    let request = format!("POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 600000\r\n\r\n{smuggled}");
    let answer = exchange(&world, request.as_bytes()).await;
    assert_eq!(answer.matches("HTTP/1.1").count(), 1, "{answer}");
    for conflicting in [
        "POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ncontent-length: 6\r\nconnection: close\r\n\r\nhello",
        "POST / HTTP/1.1\r\nhost: x\r\ncontent-length: +5\r\nconnection: close\r\n\r\nhello",
    ] {
        assert_eq!(status(&exchange(&world, conflicting.as_bytes()).await), 400, "{conflicting}");
    }
}

/// A client that asks for more places than there are is told to come again, which SNS does.
#[tokio::test]
async fn more_messages_than_places_are_sent_away_for_now() {
    let mut world = World::with(|settings| settings.limits.messages = Some(1)).await;
    let mut slow = TcpStream::connect(world.address).await.unwrap();
    slow.write_all(b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\nexpect: 100-continue\r\n\r\n")
        .await
        .unwrap();
    // The interim answer says that the server is reading the body: the place is taken.
    let mut interim = [0; 12];
    slow.read_exact(&mut interim).await.unwrap();
    assert_eq!(&interim, b"HTTP/1.1 100");
    let signed = world.signed();
    let delivery = world.delivery(&signed);
    repel(
        &world,
        [Attack::new("second", delivery.clone()).answered(503, "busy", "too many messages at once")],
    )
    .await;
    drop(slow);
    // Until the server has seen that the first is gone.
    let answered = async {
        loop {
            match world.poster.post(&world.url(), &delivery).await {
                Ok(answer) if answer.status == 503 => tokio::task::yield_now().await,
                other => break other,
            }
        }
    };
    let answer: Result<_, PostError> = answered.await;
    assert_eq!(answer.unwrap().status, 200);
}

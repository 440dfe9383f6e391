use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::thread::JoinHandle;
use std::time::Duration;

use trailbell_sim::sns::{Delivery, PostError, Poster, QueryApi, SignatureVersion, Signer, SigningEndpoint};

use crate::support::{key, now, topic};

/// A server that takes one request a connection and answers it with the next of `answers`. It gives the requests back.
fn listen(answers: &[&str]) -> (SocketAddr, JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let address = listener.local_addr().unwrap();
    let answers: Vec<String> = answers.iter().map(|answer| (*answer).to_owned()).collect();
    let serve = move |answer: String| {
        let (mut stream, _) = listener.accept().unwrap();
        let (mut request, mut buffer) = (Vec::new(), [0; 4096]);
        while !is_whole(&request) {
            let count = stream.read(&mut buffer).unwrap();
            assert!(count > 0, "the request ended early");
            request.extend_from_slice(&buffer[..count]);
        }
        stream.write_all(answer.as_bytes()).unwrap();
        String::from_utf8(request).unwrap()
    };
    (address, std::thread::spawn(move || answers.into_iter().map(serve).collect()))
}

fn is_whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request);
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap_or("0");
    body.len() >= length.parse().unwrap()
}

fn delivery() -> Delivery {
    let (mut topic, subscription) = topic();
    let signer = Signer::new(key(), SignatureVersion::V2, "https://sns.signer.test/x.pem");
    let message = signer.sign(topic.notification(&subscription, "hello", now())).unwrap();
    Delivery::envelope(&message, subscription.arn())
}

fn poster() -> Poster {
    Poster::new("").unwrap()
}

const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 4\r\nx-seen: yes\r\n\r\ndone";

#[tokio::test]
async fn a_delivery_is_one_request_with_sns_s_headers() {
    let (address, server) = listen(&[OK]);
    let delivery = delivery();
    let answer = poster().post(&format!("http://{address}/sns?key=1"), &delivery).await.unwrap();
    assert_eq!((answer.status, answer.header("x-seen"), &answer.body[..]), (200, Some("yes"), &b"done"[..]));

    let requests = server.join().unwrap();
    let (head, body) = requests[0].split_once("\r\n\r\n").unwrap();
    assert_eq!(body, delivery.body);
    let (topic, subscription) = topic();
    let id = &delivery.headers[1].1;
    let want = format!(
        "POST /sns?key=1 HTTP/1.1\r\n\
         host: {address}\r\n\
         x-amz-sns-message-type: Notification\r\n\
         x-amz-sns-message-id: {id}\r\n\
         x-amz-sns-topic-arn: {}\r\n\
         x-amz-sns-subscription-arn: {}\r\n\
         content-type: text/plain; charset=UTF-8\r\n\
         connection: Keep-Alive\r\n\
         user-agent: Amazon Simple Notification Service Agent\r\n\
         accept-encoding: gzip,deflate\r\n\
         content-length: {}",
        topic.arn(),
        subscription.arn(),
        body.len()
    );
    assert_eq!(head, want);
}

#[tokio::test]
async fn credentials_are_sent_only_when_asked_for() {
    let challenge =
        "HTTP/1.1 401 Unauthorized\r\nwww-authenticate: Basic realm=\"sns\"\r\ncontent-length: 0\r\n\r\n";
    let (address, server) = listen(&[challenge, OK]);
    let answer = poster().post(&format!("http://user:p%40ss@{address}/"), &delivery()).await.unwrap();
    assert_eq!(answer.status, 200);
    let requests = server.join().unwrap();
    assert!(!requests[0].contains("authorization"), "{}", requests[0]);
    assert!(requests[1].contains("\r\nauthorization: Basic dXNlcjpwQHNz\r\n"), "{}", requests[1]);
    assert!(!requests[1].contains("user:"), "{}", requests[1]);
}

#[tokio::test]
async fn a_401_stays_where_basic_does_not_help() {
    for (user, challenge) in [
        ("", "www-authenticate: Basic realm=\"sns\"\r\n"),
        ("user:pass@", ""),
        ("user:pass@", "www-authenticate: Digest realm=\"sns\", nonce=\"1\"\r\n"),
    ] {
        let (address, server) =
            listen(&[&format!("HTTP/1.1 401 Unauthorized\r\n{challenge}content-length: 0\r\n\r\n")]);
        let answer = poster().post(&format!("http://{user}{address}/"), &delivery()).await.unwrap();
        assert_eq!(answer.status, 401);
        assert_eq!(server.join().unwrap().len(), 1);
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let (address, server) = listen(&["HTTP/1.1 302 Found\r\nlocation: /other\r\ncontent-length: 0\r\n\r\n"]);
    let answer = poster().post(&format!("http://{address}/"), &delivery()).await.unwrap();
    assert_eq!((answer.status, answer.header("location")), (302, Some("/other")));
    assert_eq!(server.join().unwrap().len(), 1);
}

#[tokio::test]
async fn a_connection_carries_many_deliveries() {
    let server = SigningEndpoint::start(QueryApi::new("eu-west-1", 1), None).await.unwrap();
    let mut connection = poster().connect(&format!("http://{}/", server.address())).await.unwrap();
    for _ in 0..3 {
        assert_eq!(connection.post(&delivery()).await.unwrap().status, 405);
    }
    assert_eq!(server.requests().len(), 3);
}

#[tokio::test]
async fn failures_name_the_host_and_hide_the_rest_of_the_url() {
    let silent = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let closed = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap();
    let (long, _server) = listen(&[&format!("HTTP/1.1 200 OK\r\n\r\n{}", "x".repeat(70_000))]);
    let (gone, _server) = listen(&[""]);
    let poster = poster().within(Duration::from_millis(50));
    for (address, want) in [
        (silent.local_addr().unwrap(), "no complete answer from HOST in 50 ms"),
        (closed, "no connection to HOST: Connection refused"),
        (long, "the answer of HOST is longer than 65536 bytes"),
        (gone, "no answer from HOST: connection closed before message completed"),
    ] {
        let url = format!("http://user:secret@{address}/secret?secret");
        let error = poster.post(&url, &delivery()).await.unwrap_err();
        let said = error.to_string().replace(&address.to_string(), "HOST");
        assert!(said.starts_with(want), "{said}");
        assert!(!format!("{error:?}").contains("secret"), "{error:?}");
    }
}

#[tokio::test]
async fn a_header_that_http_cannot_carry_is_named() {
    let (address, _server) = listen(&[OK]);
    let delivery = delivery().header("x-bad", "a\nb");
    let error = poster().post(&format!("http://{address}/"), &delivery).await.unwrap_err();
    assert!(matches!(&error, PostError::Header(name) if name == "x-bad"), "{error}");
}

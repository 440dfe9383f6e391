use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Empty};
use hyper::body::Body;
use hyper::client::conn::http1::handshake;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::time::timeout;
use trailbell_sim::sns::{
    Behaviour, CertificateProfile, Delivery, Poster, QueryApi, SigningCertificate, SigningEndpoint,
    Subscription, SubscriptionState,
};

use crate::support::{authority, key, now, topic};

/// The header of a GET's answer, and its body as it comes in.
async fn open(address: SocketAddr, path: &str) -> Result<Response<hyper::body::Incoming>, hyper::Error> {
    let stream = TcpStream::connect(address).await.unwrap();
    let (mut sender, connection) = handshake(TokioIo::new(stream)).await?;
    tokio::spawn(async move { drop(connection.await) });
    let request = Request::get(path).header("host", "sns.signer.test").body(Empty::<Bytes>::new()).unwrap();
    sender.send_request(request).await
}

async fn get(address: SocketAddr, path: &str) -> (u16, String) {
    let response = open(address, path).await.unwrap();
    let status = response.status().as_u16();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    (status, String::from_utf8(body.to_vec()).unwrap())
}

/// An endpoint over plain HTTP that serves a certificate and knows a subscription with one token.
async fn endpoint() -> (SigningEndpoint, SigningCertificate, Subscription) {
    let endpoint = SigningEndpoint::start(QueryApi::new("eu-west-1", 1), None).await.unwrap();
    let profile = CertificateProfile::for_region("eu-west-1", now());
    let certificate = authority().issue_signing(key(), &profile).unwrap();
    endpoint.publish(&certificate);
    let (mut topic, mut subscription) = topic();
    topic.subscription_confirmation(&mut subscription, now());
    endpoint.register(&subscription);
    (endpoint, certificate, subscription)
}

fn confirm(subscription: &Subscription) -> String {
    let (topic, _) = topic();
    format!("/?Action=ConfirmSubscription&TopicArn={}&Token={}", topic.arn(), subscription.tokens()[0])
}

#[tokio::test]
async fn it_serves_its_certificates_and_counts_the_fetches() {
    let (endpoint, first, _) = endpoint().await;
    let rotated = CertificateProfile::for_region("eu-west-1", now()).numbered(2);
    let second = authority().issue_signing(key(), &rotated).unwrap();
    assert_ne!(first.path, second.path);

    assert_eq!(get(endpoint.address(), &first.path).await, (200, first.pem.clone()));
    assert_eq!(get(endpoint.address(), &second.path).await.0, 404);
    endpoint.publish(&second);
    assert_eq!(get(endpoint.address(), &second.path).await, (200, second.pem.clone()));
    assert_eq!(get(endpoint.address(), "/other.pem").await.0, 404);
    assert_eq!(endpoint.certificate_fetches(), 3);
}

#[tokio::test]
async fn it_confirms_and_ends_subscriptions() {
    let (endpoint, _, subscription) = endpoint().await;
    let arn = subscription.arn();
    assert_eq!(endpoint.subscription_state(arn), Some(SubscriptionState::Pending));

    let (status, body) = get(endpoint.address(), &confirm(&subscription)).await;
    assert_eq!(status, 200, "{body}");
    assert!(body.contains(&format!("<SubscriptionArn>{arn}</SubscriptionArn>")), "{body}");
    assert_eq!(endpoint.subscription_state(arn), Some(SubscriptionState::Confirmed));

    let leave = format!("/?Action=Unsubscribe&SubscriptionArn={arn}");
    assert_eq!(get(endpoint.address(), &leave).await.0, 200);
    assert_eq!(endpoint.subscription_state(arn), Some(SubscriptionState::Deleted));
    assert_eq!(endpoint.subscription_state("unknown"), None);

    let requests = endpoint.requests();
    assert_eq!(requests.len(), 2);
    assert_eq!((requests[0].method.as_str(), requests[0].path.as_str()), ("GET", "/"));
    assert_eq!(requests[0].headers["host"], "sns.signer.test");
    assert!(requests[0].query.as_ref().unwrap().contains(&subscription.tokens()[0]));
    assert!(!format!("{requests:?}").contains(&subscription.tokens()[0]));
    assert_eq!(endpoint.certificate_fetches(), 0);
}

#[tokio::test]
async fn it_keeps_the_newest_requests_and_counts_all() {
    let (endpoint, certificate, _) = endpoint().await;
    let ask = async |count: usize| {
        for number in 0..count {
            get(endpoint.address(), &format!("/{number}")).await;
        }
        get(endpoint.address(), &certificate.path).await;
    };
    let kept = || endpoint.requests().into_iter().map(|request| request.path).collect::<Vec<_>>();
    endpoint.keep_requests(2);
    ask(3).await;
    assert_eq!(kept(), ["/2", &certificate.path]);
    endpoint.keep_requests(1);
    assert_eq!(kept(), [certificate.path.as_str()]);
    endpoint.keep_requests(0);
    ask(1).await;
    assert!(kept().is_empty());
    assert_eq!((endpoint.request_count(), endpoint.certificate_fetches()), (6, 2));
}

#[tokio::test]
async fn it_answers_dishonestly_when_told_to() {
    let (endpoint, certificate, _) = endpoint().await;
    let path = certificate.path.as_str();

    endpoint.set_certificate_behaviour(Behaviour::Redirect("https://elsewhere.test/x.pem".to_owned()));
    let response = open(endpoint.address(), path).await.unwrap();
    assert_eq!(response.status(), 302);
    assert_eq!(response.headers()["location"], "https://elsewhere.test/x.pem");

    for status in [404, 500] {
        endpoint.set_certificate_behaviour(Behaviour::Status(status));
        assert_eq!(get(endpoint.address(), path).await.0, status);
    }

    let other = Behaviour::Content { content_type: "text/html".to_owned(), body: "<html>".to_owned() };
    endpoint.set_certificate_behaviour(other);
    assert_eq!(get(endpoint.address(), path).await, (200, "<html>".to_owned()));

    endpoint.set_certificate_behaviour(Behaviour::Oversized(100_000));
    let (status, body) = get(endpoint.address(), path).await;
    assert_eq!((status, body.len()), (200, 100_000));
    assert!(body.starts_with(&certificate.pem));

    endpoint.set_certificate_behaviour(Behaviour::Honest);
    assert_eq!(get(endpoint.address(), path).await, (200, certificate.pem.clone()));
}

#[tokio::test]
async fn it_can_be_slow_silent_or_gone() {
    let (endpoint, certificate, _) = endpoint().await;
    let path = certificate.path.as_str();

    endpoint.set_certificate_behaviour(Behaviour::Drip { chunk: 100, every: Duration::ZERO });
    let response = open(endpoint.address(), path).await.unwrap();
    assert_eq!(response.body().size_hint().exact(), None, "a dripping body has no Content-Length");
    let body = response.into_body().collect().await.unwrap().to_bytes();
    assert_eq!(body, certificate.pem);

    endpoint.set_certificate_behaviour(Behaviour::Drip { chunk: 100, every: Duration::from_hours(1) });
    let mut slow = open(endpoint.address(), path).await.unwrap().into_body();
    assert!(timeout(Duration::from_millis(20), slow.frame()).await.is_err());

    endpoint.set_certificate_behaviour(Behaviour::Hang);
    assert!(timeout(Duration::from_millis(20), open(endpoint.address(), path)).await.is_err());

    endpoint.set_certificate_behaviour(Behaviour::Disconnect);
    assert!(open(endpoint.address(), path).await.unwrap_err().is_incomplete_message());
}

#[tokio::test]
async fn a_dishonest_api_confirms_nothing() {
    let (endpoint, certificate, subscription) = endpoint().await;
    endpoint.set_api_behaviour(Behaviour::Status(500));
    assert_eq!(get(endpoint.address(), &confirm(&subscription)).await.0, 500);
    assert_eq!(endpoint.subscription_state(subscription.arn()), Some(SubscriptionState::Pending));
    assert_eq!(get(endpoint.address(), &certificate.path).await.0, 200, "certificates are another matter");
}

#[tokio::test]
async fn it_serves_tls_under_the_name_in_its_certificate() {
    let host = "sns.eu-west-1.amazonaws.com";
    let server = authority().issue_server(1, &[host]).unwrap();
    let endpoint = SigningEndpoint::start(QueryApi::new("eu-west-1", 1), Some(&server)).await.unwrap();
    let delivery = Delivery { headers: Vec::new(), body: Bytes::new() };
    let reach = |ca: String, name: &'static str| {
        let poster = Poster::new(&ca).unwrap().resolve(name, endpoint.address());
        let delivery = delivery.clone();
        async move { poster.post(&format!("https://{name}/"), &delivery).await }
    };
    assert_eq!(reach(authority().pem(), host).await.unwrap().status, 405);
    let error = reach(authority().pem(), "sns.us-east-1.amazonaws.com").await.unwrap_err();
    assert!(error.to_string().contains("not valid for name"), "{error}");
    let error = reach(String::new(), host).await.unwrap_err();
    assert!(error.to_string().contains("UnknownIssuer"), "{error}");
}

//! Troubles below HTTP, and TLS.

use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls_pki_types::PrivatePkcs8KeyDer;
use serde_json::json;
use tokio::{io::AsyncWriteExt as _, net::TcpListener, time::Instant};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{ServerConfig, crypto::aws_lc_rs},
};
use trailbell::opsgenie::{
    ApiKey, ClientOptions, DeliveryError, Flavor, PagerClient, SetupError, Target, Trouble,
};

use super::{
    KEY, LONG, QUEUED, Then, bare, client, client_with, create, create_of, impatient, millis, options, pager,
    queued, read_request, receipt, says, soon,
};

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

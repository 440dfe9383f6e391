//! The HTTPS door, and its certificate that is renewed without a restart.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, ServerName};
use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};
use trailbell::config::{DoorCertificate, Settings, TlsSettings};
use trailbell_sim::sns::ServerCertificate;

use crate::world::{World, tls_authority};

fn issue(seed: u64) -> ServerCertificate {
    tls_authority().issue_server(seed, &["localhost"]).unwrap()
}

fn write(folder: &Path, certificate: &ServerCertificate) {
    fs::write(folder.join("key.pem"), &certificate.key_pem).unwrap();
    fs::write(folder.join("chain.pem"), &certificate.chain_pem).unwrap();
}

fn with_tls(settings: &mut Settings, folder: &Path) {
    settings.tls =
        Some(TlsSettings { certificate_file: folder.join("chain.pem"), key_file: folder.join("key.pem") });
}

/// The certificate that the door shows.
async fn shown(world: &World) -> CertificateDer<'static> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(tls_authority().pem().as_bytes()).unwrap()).unwrap();
    let config = ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
    let stream = TcpStream::connect(world.address).await.unwrap();
    let name = ServerName::try_from("localhost").unwrap();
    let stream = TlsConnector::from(Arc::new(config)).connect(name, stream).await.unwrap();
    stream.get_ref().1.peer_certificates().unwrap()[0].clone().into_owned()
}

fn first(certificate: &ServerCertificate) -> CertificateDer<'static> {
    CertificateDer::from_pem_slice(certificate.chain_pem.as_bytes()).unwrap()
}

#[tokio::test]
async fn messages_come_by_https() {
    let folder = TempDir::new().unwrap();
    write(folder.path(), &issue(10));
    let mut world = World::with(|settings| with_tls(settings, folder.path())).await;
    assert!(world.url().starts_with("https://"));
    let signed = world.signed();
    assert_eq!(world.deliver(&signed).await, 200);
    assert_eq!(world.alerts().len(), 1);
    let plain = format!("http://{}/", world.address);
    assert!(world.poster.post(&plain, &world.delivery(&signed)).await.is_err(), "no TLS, no answer");
}

#[tokio::test]
async fn a_renewed_certificate_is_shown_without_a_restart() {
    let folder = TempDir::new().unwrap();
    let (old, new) = (issue(10), issue(11));
    write(folder.path(), &old);
    let mut world = World::prepared(
        |settings| with_tls(settings, folder.path()),
        |config| config.timeouts.certificate_watch = Duration::from_millis(10),
    )
    .await;
    assert_eq!(shown(&world).await, first(&old));
    write(folder.path(), &new);
    while shown(&world).await != first(&new) {
        tokio::task::yield_now().await;
    }
    let signed = world.signed();
    assert_eq!(world.deliver(&signed).await, 200);
}

/// Renewing replaces two files, one after the other: in between they do not fit.
#[test]
fn what_cannot_serve_does_not_replace_what_does() {
    let folder = TempDir::new().unwrap();
    let (old, new) = (issue(10), issue(11));
    write(folder.path(), &old);
    let door = DoorCertificate::read(folder.path().join("chain.pem"), folder.path().join("key.pem")).unwrap();
    assert!(!door.reload_if_changed().unwrap(), "nothing changed");
    let says = |text: &str| {
        let error = door.reload_if_changed().unwrap_err().to_string();
        assert!(error.contains(text), "{error}");
    };
    fs::write(folder.path().join("chain.pem"), "nonsense, and of another length").unwrap();
    says("no PEM certificate in it");
    fs::write(folder.path().join("chain.pem"), &new.chain_pem).unwrap();
    says("key.pem: ");
    fs::remove_file(folder.path().join("key.pem")).unwrap();
    says("key.pem: ");
    fs::write(folder.path().join("key.pem"), "no key").unwrap();
    says("no PEM private key in it");
    fs::write(folder.path().join("key.pem"), &new.key_pem).unwrap();
    assert!(door.reload_if_changed().unwrap(), "whole again");
    assert!(!door.reload_if_changed().unwrap());
}

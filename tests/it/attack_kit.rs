//! The published attack kit, all of it, against the server: `trailbell-sim attack`.

use std::sync::Arc;
use std::time::Duration;

use chrono::Utc;
use tempfile::TempDir;
use tokio::sync::oneshot;
use trailbell::config::{Settings, SigningHostSettings};
use trailbell::server::Server;
use trailbell_sim::attack::{self, Kit, catalogue};
use trailbell_sim::clock::Clock;
use trailbell_sim::pager::PagerTwin;
use trailbell_sim::sns::Topic;

use crate::world::{ACCOUNT, REGION, configure};

/// A fetch that is allowed to take this long has hung.
const SHORT: Duration = Duration::from_secs(2);

#[tokio::test(flavor = "multi_thread")]
async fn the_server_withstands_all_attacks_and_pages_nobody() {
    let topic = Topic::new(REGION, ACCOUNT, "attack-kit", 1).unwrap();
    // Time is real: the kit's certificates and messages are judged by it.
    let nowhere_yet = "http://localhost/";
    let mut kit = Kit::start(attack::Settings::new(nowhere_yet, topic.clone()), Clock::real()).await.unwrap();
    let setup = kit.setup();

    let pager = PagerTwin::start().await.unwrap();
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("sns-ca.pem"), &setup.authority).unwrap();
    let mut settings = Settings { listen: Some(([127, 0, 0, 1], 0).into()), ..Settings::default() };
    settings.topics.allow = vec![topic.arn().to_owned()];
    settings.pager.base_url = Some(pager.base_url());
    settings.pager.poll_status = Some(false);
    settings.dangerously_trust_signing_host = vec![SigningHostSettings {
        host: setup.host.clone(),
        address: Some(setup.address),
        ca_file: Some("sns-ca.pem".into()),
        certificate_name: None,
    }];
    let mut config = configure(&settings, folder.path());
    let added = std::mem::take(&mut config.fetchers.added);
    config.fetchers.added = added.into_iter().map(|(host, fetcher)| (host, fetcher.within(SHORT))).collect();
    let server = Server::bind(config, Arc::new(Utc::now)).await.unwrap();
    let address = server.address().unwrap();
    let (_stop, stopped) = oneshot::channel::<()>();
    let running = tokio::spawn(server.run(async {
        let _ = stopped.await;
    }));

    kit.aim(&format!("http://{address}/")).unwrap();
    kit.prove().await.unwrap();
    let report = kit.run(&catalogue(), |_| {}).await.unwrap();
    running.abort();

    let others: Vec<_> = report.tried.iter().filter(|tried| tried.verdict.reason().is_some()).collect();
    assert!(others.is_empty(), "{others:#?}");
    assert_eq!(report.tried.len(), catalogue().len());
    assert!(report.confirms, "else an SSRF by confirmation would not be seen");
    assert!(report.controls.iter().all(|control| control.accepted), "{:?}", report.controls);
    assert_eq!(pager.alerts(), [], "the alarm of the genuine messages is well");
}

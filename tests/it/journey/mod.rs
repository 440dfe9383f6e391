//! The whole path, from a CloudTrail event to an alert that is closed: the simulated AWS side at one end, the server
//! under test behind a real socket, the pager at the other end. All of them share one clock.

mod own_template;
mod published_template;
mod trouble;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use trailbell::config::{Settings, SigningHostSettings, TlsSettings};
use trailbell::server::Server;
use trailbell_sim::clock::Clock;
use trailbell_sim::cloudformation::{Environment, Stack};
use trailbell_sim::cloudtrail::{self, Appearance, Generator, Part};
use trailbell_sim::engine::{self, Entry, Live, Subscribing, World};
use trailbell_sim::pager::{Alert, PagerTwin, Settings as PagerSettings};
use trailbell_sim::sns::{Poster, SigningEndpoint, SubscriptionState};

use crate::world::{ACCOUNT, HOST, REGION, beginning, configure, tls_authority};

/// How SNS reaches the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scheme {
    Http,
    Https,
}

/// The AWS side of a template, the server and the pager. Ends when it is dropped.
pub(crate) struct Journey {
    pub(crate) live: Live,
    pub(crate) pager: PagerTwin,
    pub(crate) clock: Clock,
    _stop: oneshot::Sender<()>,
    tasks: [JoinHandle<()>; 2],
    _folder: TempDir,
}

impl Journey {
    /// Deploys the template. Its subscription is confirmed once this returns.
    pub(crate) async fn start(template: &str, scheme: Scheme) -> Self {
        let folder = TempDir::new().unwrap();
        let clock = Clock::standing(beginning());
        let pager = PagerTwin::with(PagerSettings::default()).clock(&clock).start().await.unwrap();
        // The server needs the address of SNS's host, and SNS the server's: ports first.
        let sns_port = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let settings = settings(&folder, &pager, sns_port.local_addr().unwrap(), scheme);
        let time = clock.clone();
        let config = configure(&settings, folder.path());
        let server = Server::bind(config, Arc::new(move || time.now())).await.unwrap();
        let address = server.address().unwrap();
        let (stop, stopped) = oneshot::channel();
        let serving = tokio::spawn(server.run(async {
            let _ = stopped.await;
        }));

        let (endpoint, ca) = match scheme {
            Scheme::Http => ("http://localhost/", String::new()),
            Scheme::Https => ("https://localhost/", tls_authority().pem()),
        };
        let poster = Poster::new(&ca).unwrap().within(Duration::from_mins(1)).resolve("localhost", address);
        let world = deploy(template, endpoint);
        let live = Live::new(world, clock.clone(), poster, Box::new(|_: Entry| {}));
        let tls = tls_authority().issue_server(1, &[HOST]).unwrap();
        let door = SigningEndpoint::on(sns_port, live.clone(), Some(&tls)).unwrap();
        let driven = live.clone();
        let driving = tokio::spawn(async move { driven.drive(&door).await.unwrap() });

        let journey = Self { live, pager, clock, _stop: stop, tasks: [serving, driving], _folder: folder };
        journey.pass(TimeDelta::minutes(1)).await;
        let states = journey.live.look(|world| world.sns().subscriptions());
        assert!(states.iter().all(|listed| listed.state == SubscriptionState::Confirmed), "{states:?}");
        journey
    }

    /// Lets time pass.
    pub(crate) async fn pass(&self, time: TimeDelta) {
        self.live.advance_to(self.clock.now() + time).await;
    }

    /// `count` events of this name happen now, within seconds: `StopLogging`, `ConsoleLogin/failed`.
    pub(crate) fn happen(&self, name: &str, count: usize) {
        let part = Part::event(name).unwrap();
        let appearance = Appearance { part, after: Some(TimeDelta::zero()) };
        let settings = cloudtrail::Settings {
            start: self.clock.now(),
            duration: TimeDelta::minutes(1),
            rate: 0.0,
            cast: vec![appearance; count],
            ..cloudtrail::Settings::default()
        };
        for event in Generator::new(&settings) {
            self.live.event(&event.text).unwrap();
        }
    }

    /// The alerts of an alarm, in the order in which they were raised.
    pub(crate) fn alerts_of(&self, alarm: &str) -> Vec<Alert> {
        let alias = alarm_arn(alarm);
        self.pager.alerts().into_iter().filter(|alert| *alert.alias == *alias).collect()
    }

    /// Whether the pager holds an open alert of an alarm.
    pub(crate) fn is_open(&self, alarm: &str) -> bool {
        self.alerts_of(alarm).iter().any(Alert::is_open)
    }

    /// Lets minutes pass until the alert of an alarm is open or not, and tells the time.
    pub(crate) async fn until(&self, alarm: &str, open: bool, within: TimeDelta) -> DateTime<Utc> {
        let end = self.clock.now() + within;
        while self.is_open(alarm) != open {
            assert!(self.clock.now() < end, "{alarm}: no change within {within}");
            self.pass(TimeDelta::minutes(1)).await;
        }
        self.clock.now()
    }
}

impl Drop for Journey {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

pub(crate) fn alarm_arn(alarm: &str) -> String {
    format!("arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:{alarm}")
}

fn settings(folder: &TempDir, pager: &PagerTwin, sns: SocketAddr, scheme: Scheme) -> Settings {
    std::fs::write(folder.path().join("sns-ca.pem"), tls_authority().pem()).unwrap();
    let mut settings = Settings { listen: Some(([127, 0, 0, 1], 0).into()), ..Settings::default() };
    // CloudFormation names the topic.
    settings.topics.allow = vec![format!("arn:aws:sns:{REGION}:{ACCOUNT}:*-AlarmNotificationTopic-*")];
    settings.pager.base_url = Some(pager.base_url());
    settings.pager.poll_status = Some(false);
    settings.dangerously_trust_signing_host = vec![SigningHostSettings {
        host: HOST.to_owned(),
        address: Some(sns),
        ca_file: Some("sns-ca.pem".into()),
        certificate_name: None,
    }];
    if scheme == Scheme::Https {
        let certificate = tls_authority().issue_server(2, &["localhost"]).unwrap();
        let write = |name: &str, text: &str| -> PathBuf {
            let path = folder.path().join(name);
            std::fs::write(&path, text).unwrap();
            path
        };
        settings.tls = Some(TlsSettings {
            certificate_file: write("chain.pem", &certificate.chain_pem),
            key_file: write("key.pem", &certificate.key_pem),
        });
    }
    settings
}

/// The world of a template whose one subscriber is asked to confirm.
fn deploy(template: &str, endpoint: &str) -> World {
    let parameters = [("Endpoint".to_owned(), endpoint.to_owned())].into();
    let environment = Environment { parameters, ..Environment::default() };
    let stack = Stack::read(template, &environment).unwrap();
    let settings = engine::Settings {
        environment,
        seed: 1,
        latency: Some(TimeDelta::minutes(4)),
        subscribing: Subscribing { endpoint: None, ask: true },
        deliver: true,
        faults: Vec::new(),
    };
    World::new(&stack, &settings, beginning()).unwrap()
}

//! A whole world on loopback ports: SNS that signs and serves its certificate, the server under test, and a
//! twin of the pager. The clock stands still until it is moved.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use http_body_util::{BodyExt as _, Full};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use trailbell::config::{Config, Settings, SigningHostSettings, Surroundings};
use trailbell::server::Server;
use trailbell::transform::Transform;
use trailbell_sim::pager::{Alert, PagerTwin};
use trailbell_sim::sns::{
    CertificateAuthority, CertificateProfile, Delivery, Envelope, PostAnswer, Poster, QueryApi, RsaKey,
    SignatureVersion, SignedEnvelope, Signer, SigningCertificate, SigningEndpoint, Subscription, Topic,
};

pub(crate) const REGION: &str = "us-east-1";
pub(crate) const ACCOUNT: &str = "123456789012";
/// AWS's own host of the region. The world adds it as a signing host of its own, at a loopback address.
pub(crate) const HOST: &str = "sns.us-east-1.amazonaws.com";
pub(crate) const API_KEY: &str = "7c2f0f8e-5f0e-4f5e-8f39-2a6f0d1b9c44";

/// When every world begins.
pub(crate) fn beginning() -> DateTime<Utc> {
    "2026-09-22T19:27:00.926Z".parse().unwrap()
}

/// The key that SNS signs with.
pub(crate) fn key() -> &'static RsaKey {
    static KEY: OnceLock<RsaKey> = OnceLock::new();
    KEY.get_or_init(|| RsaKey::from_seed(1).unwrap())
}

/// A key of somebody else.
pub(crate) fn strange_key() -> &'static RsaKey {
    static KEY: OnceLock<RsaKey> = OnceLock::new();
    KEY.get_or_init(|| RsaKey::from_seed(2).unwrap())
}

/// Issues signing certificates.
pub(crate) fn authority() -> &'static CertificateAuthority {
    static AUTHORITY: OnceLock<CertificateAuthority> = OnceLock::new();
    AUTHORITY.get_or_init(|| CertificateAuthority::new(1, beginning()).unwrap())
}

/// Issues TLS certificates. They are judged by the system's clock, which no test can set.
pub(crate) fn tls_authority() -> &'static CertificateAuthority {
    static AUTHORITY: OnceLock<CertificateAuthority> = OnceLock::new();
    AUTHORITY.get_or_init(|| CertificateAuthority::new(3, Utc::now()).unwrap())
}

/// The certificate that SNS signs with in this region.
pub(crate) fn certificate() -> &'static SigningCertificate {
    static CERTIFICATE: OnceLock<SigningCertificate> = OnceLock::new();
    CERTIFICATE.get_or_init(|| {
        authority().issue_signing(key(), &CertificateProfile::for_region(REGION, beginning())).unwrap()
    })
}

/// The built-in mapping. Compiling it takes most of a server's start.
fn transform() -> &'static Transform {
    static TRANSFORM: OnceLock<Transform> = OnceLock::new();
    TRANSFORM.get_or_init(|| Transform::builder().build().unwrap())
}

/// Signs as SNS does.
pub(crate) fn signer(version: SignatureVersion) -> Signer {
    Signer::new(key(), version, certificate().url(HOST))
}

/// Signs as SNS does for a topic of version 2.
pub(crate) fn sign(envelope: Envelope) -> SignedEnvelope {
    signer(SignatureVersion::V2).sign(envelope).unwrap()
}

/// A clock that stands still until it is moved.
#[derive(Clone)]
pub(crate) struct StandingClock(Arc<Mutex<DateTime<Utc>>>);

impl StandingClock {
    fn new() -> Self {
        Self(Arc::new(Mutex::new(beginning())))
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        *self.0.lock().unwrap()
    }

    pub(crate) fn advance(&self, time: TimeDelta) {
        *self.0.lock().unwrap() += time;
    }
}

/// Everything from SNS to the pager. Ends when it is dropped.
pub(crate) struct World {
    pub(crate) topic: Topic,
    pub(crate) subscription: Subscription,
    pub(crate) endpoint: SigningEndpoint,
    pub(crate) pager: PagerTwin,
    pub(crate) clock: StandingClock,
    pub(crate) address: SocketAddr,
    pub(crate) poster: Poster,
    path: String,
    stop: Option<oneshot::Sender<()>>,
    running: JoinHandle<()>,
}

impl World {
    /// A server that listens to the one topic, and is otherwise as by default. It does not ask the pager what
    /// became of its alerts: no test but one wants to wait for that.
    pub(crate) async fn start() -> Self {
        Self::with(|_| {}).await
    }

    /// The same with other settings.
    pub(crate) async fn with(change: impl FnOnce(&mut Settings)) -> Self {
        Self::prepared(change, |_| {}).await
    }

    /// The same with other settings, and with what no setting changes.
    pub(crate) async fn prepared(change: impl FnOnce(&mut Settings), bend: impl FnOnce(&mut Config)) -> Self {
        let tls = tls_authority().issue_server(1, &[HOST]).unwrap();
        let endpoint = SigningEndpoint::start(QueryApi::new(REGION, 1), Some(&tls)).await.unwrap();
        endpoint.publish(certificate());
        let pager = PagerTwin::start().await.unwrap();
        let mut topic = Topic::new(REGION, ACCOUNT, "ops-alarms", 1).unwrap();
        let subscription = topic.subscribe();
        let clock = StandingClock::new();

        let folder = TempDir::new().unwrap();
        std::fs::write(folder.path().join("sns-ca.pem"), tls_authority().pem()).unwrap();
        let mut settings = Settings { listen: Some(([127, 0, 0, 1], 0).into()), ..Settings::default() };
        settings.topics.allow = vec![topic.arn().to_owned()];
        settings.pager.base_url = Some(pager.base_url());
        settings.pager.poll_status = Some(false);
        settings.dangerously_trust_signing_host = vec![SigningHostSettings {
            host: HOST.to_owned(),
            address: Some(endpoint.address()),
            ca_file: Some("sns-ca.pem".into()),
            certificate_name: None,
        }];
        change(&mut settings);
        let mut config = configure(&settings, folder.path());
        bend(&mut config);

        let (scheme, ca) =
            if config.tls.is_some() { ("https", tls_authority().pem()) } else { ("http", String::new()) };
        let path = config.path.reveal().to_owned();
        let time = clock.clone();
        let server = Server::bind(config, Arc::new(move || time.now())).await.unwrap();
        let address = server.address().unwrap();
        let (stop, stopped) = oneshot::channel();
        let running = tokio::spawn(server.run(async move {
            let _ = stopped.await;
        }));
        // Long, so that a loaded machine is no failure; no passing test waits for it.
        let poster = Poster::new(&ca).unwrap().within(Duration::from_mins(1)).resolve("localhost", address);
        let path = format!("{scheme}://localhost{path}");
        Self { topic, subscription, endpoint, pager, clock, address, poster, path, stop: Some(stop), running }
    }

    /// Tells the server to stop, as SIGTERM does, and gives what ends when it has.
    pub(crate) fn stop(&mut self) -> &mut JoinHandle<()> {
        self.stop.take().map(|stop| stop.send(()));
        &mut self.running
    }

    /// Where SNS posts to, with its secret path. The host's name leads to the server.
    pub(crate) fn url(&self) -> String {
        self.path.clone()
    }

    /// A fresh notification of the topic, published now.
    pub(crate) fn notification(&mut self, message: &str) -> Envelope {
        let now = self.clock.now();
        self.topic.notification(&self.subscription, message, now)
    }

    /// A fresh notification, signed.
    pub(crate) fn signed(&mut self) -> SignedEnvelope {
        let envelope = self.notification("the root user signed in").subject("Root login");
        sign(envelope)
    }

    /// A request to confirm the subscription, which the signing host knows of.
    pub(crate) fn confirmation(&mut self) -> Envelope {
        let now = self.clock.now();
        let envelope = self.topic.subscription_confirmation(&mut self.subscription, now);
        self.endpoint.register(&self.subscription);
        envelope
    }

    /// A farewell to the subscription.
    pub(crate) fn farewell(&mut self) -> Envelope {
        let now = self.clock.now();
        let envelope = self.topic.unsubscribe_confirmation(&mut self.subscription, now);
        self.endpoint.register(&self.subscription);
        envelope
    }

    /// What SNS posts.
    pub(crate) fn delivery(&self, signed: &SignedEnvelope) -> Delivery {
        Delivery::envelope(signed, self.subscription.arn())
    }

    /// Posts as SNS does.
    pub(crate) async fn post(&self, delivery: &Delivery) -> PostAnswer {
        self.poster.post(&self.url(), delivery).await.unwrap()
    }

    /// Posts a message as SNS does: the status.
    pub(crate) async fn deliver(&self, signed: &SignedEnvelope) -> u16 {
        self.post(&self.delivery(signed)).await.status
    }

    /// The alerts that the pager holds.
    pub(crate) fn alerts(&self) -> Vec<Alert> {
        self.pager.alerts()
    }

    /// Calls that would change something at SNS.
    pub(crate) fn api_calls(&self) -> usize {
        self.endpoint.requests().iter().filter(|request| request.path == "/").count()
    }

    /// `/metrics`, by name and labels.
    pub(crate) async fn metrics(&self) -> Metrics {
        Metrics::parse(&self.get("/metrics").await.1)
    }

    /// GET, over plain HTTP: status and text.
    pub(crate) async fn get(&self, path: &str) -> (u16, String) {
        let client = Client::builder(TokioExecutor::new()).build_http::<Full<Bytes>>();
        let uri = format!("http://{}{path}", self.address).parse().unwrap();
        let (head, body) = client.get(uri).await.unwrap().into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        (head.status.as_u16(), String::from_utf8(body.to_vec()).unwrap())
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.running.abort();
    }
}

/// Counters by name and labels: `trailbell_refused_total{kind="signature"}`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Metrics(BTreeMap<String, u64>);

impl Metrics {
    pub(crate) fn parse(text: &str) -> Self {
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        let parsed = lines.filter_map(|line| line.rsplit_once(' '));
        // Sums of seconds are no counts.
        Self(parsed.filter_map(|(name, value)| Some((name.to_owned(), value.parse().ok()?))).collect())
    }

    /// One counter; 0 until it was counted.
    pub(crate) fn value(&self, name: &str) -> u64 {
        self.0.get(name).copied().unwrap_or_default()
    }

    /// The counter of one kind: `kind("refused", "signature")`.
    pub(crate) fn kind(&self, name: &str, kind: &str) -> u64 {
        self.value(&format!("trailbell_{name}_total{{kind=\"{kind}\"}}"))
    }

    /// The kinds of a counter that were counted since, with how often.
    pub(crate) fn since(&self, earlier: &Self, name: &str) -> Vec<(String, u64)> {
        let prefix = format!("trailbell_{name}_total{{kind=\"");
        let of_name = self.0.iter().filter_map(|(full, value)| {
            let kind = full.strip_prefix(&prefix)?.strip_suffix("\"}")?;
            Some((kind.to_owned(), value - earlier.value(full)))
        });
        of_name.filter(|(_, change)| *change != 0).collect()
    }
}

/// Prepares a configuration whose paths start from a folder.
pub(crate) fn configure(settings: &Settings, folder: &Path) -> Config {
    let variable = |_: &str| Some(API_KEY.to_owned());
    let surroundings = Surroundings { folder, variable: &variable, now: Utc::now(), seed: 1 };
    let config = Config::prepare_with(transform().clone(), settings, surroundings);
    config.map_err(|problems| format!("{problems:?}")).unwrap()
}

/// An alarm's state change as CloudWatch publishes it.
pub(crate) fn alarm(name: &str, state: &str) -> String {
    let alarm = json!({
        "AlarmName": name, "AlarmDescription": null, "AWSAccountId": ACCOUNT, "NewStateValue": state,
        "NewStateReason": "Threshold Crossed: 1 datapoint [1.0 (22/09/26 19:21:00)] was greater than or equal to the threshold (1.0).",
        "StateChangeTime": "2026-09-22T19:26:59.941+0000", "Region": "US East (N. Virginia)",
        "AlarmArn": format!("arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:{name}"),
        "OldStateValue": if state == "ALARM" { "OK" } else { "ALARM" },
        "OKActions": [], "AlarmActions": [], "InsufficientDataActions": [],
        "Trigger": {
            "MetricName": "RootLogin", "Namespace": "CISBenchmark", "StatisticType": "Statistic",
            "Statistic": "SUM", "Unit": null, "Dimensions": [], "Period": 300, "EvaluationPeriods": 1,
            "ComparisonOperator": "GreaterThanOrEqualToThreshold", "Threshold": 1.0,
            "TreatMissingData": "notBreaching", "EvaluateLowSampleCountPercentile": ""
        }
    });
    alarm.to_string()
}

/// The body with one member set to any JSON, or taken out.
pub(crate) fn with_member(signed: &SignedEnvelope, name: &str, value: Option<Value>) -> String {
    let mut body: Value = serde_json::from_str(&signed.to_json()).unwrap();
    let members = body.as_object_mut().unwrap();
    match value {
        Some(value) => members.insert(name.to_owned(), value),
        None => members.remove(name),
    };
    body.to_string()
}

//! The whole path on one machine: a signer that stands for Amazon SNS, `trailbell serve`, and a stand-in for the
//! pager, each on a loopback port.
//!
//! `cargo run --example demo` ends by itself, with exit code 0 only if every message became what it should.

use std::error::Error;
use std::fs;
use std::process::ExitCode;
use std::sync::Arc;

use chrono::Utc;
use serde_json::Value;
use tokio::sync::oneshot;
use trailbell::config::{Config, Settings, Surroundings};
use trailbell::server::Server;
use trailbell_sim::pager::StandIn;
use trailbell_sim::sns::{
    CertificateAuthority, CertificateProfile, Delivery, Envelope, Poster, QueryApi, RsaKey, SignatureVersion,
    SignedEnvelope, Signer, SigningEndpoint, Subscription, SubscriptionState, Topic,
};

const REGION: &str = "us-east-1";
const HOST: &str = "sns.us-east-1.amazonaws.com";

type Failure = Box<dyn Error + Send + Sync>;

#[tokio::main]
async fn main() -> ExitCode {
    match demo().await {
        Ok(true) => {
            println!("\nEverything went as it should.");
            ExitCode::SUCCESS
        }
        Ok(false) => {
            println!("\nNot everything went as it should: see the lines marked NO.");
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("the demo broke off: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn demo() -> Result<bool, Failure> {
    let mut sns = Sns::start().await?;
    let pager = StandIn::start().await?;
    let (address, stop, served) = serve(&sns, &pager).await?;
    println!("SNS signer    https://{} (as {HOST})", sns.endpoint.address());
    println!("trailbell     http://{address}");
    println!("pager         {}\n", pager.base_url());

    let mut story = Story { url: format!("http://{address}/"), pager: &pager, fine: true };
    let confirmation = sns.confirmation()?;
    story.send("SNS asks to confirm the subscription", &sns, &confirmation, 200).await?;
    let state = sns.endpoint.subscription_state(sns.subscription.arn());
    story.expect("the subscription is confirmed", state == Some(SubscriptionState::Confirmed));

    let (subject, alarm) = seed_sample()?;
    let raised = sns.notification(&subject, &alarm)?;
    story.send("an ALARM arrives", &sns, &raised, 200).await?;
    story.expect("one alert is open", story.open() == 1);

    let mut forged = raised.clone();
    "00000000-0000-4000-8000-000000000bad".clone_into(&mut forged.envelope.message_id);
    forged.envelope.message = alarm.replace("CloudTrailChanges", "NothingToSeeHere");
    story.send("a forged copy of it arrives", &sns, &forged, 403).await?;

    let foreign = sns.foreign_notification(&subject, &alarm)?;
    story.send("a stranger's topic sends one, signed by SNS itself", &sns, &foreign, 403).await?;
    story.send("SNS delivers the ALARM a second time", &sns, &raised, 200).await?;
    story.expect("still one alert, counted once", pager.alerts().iter().map(|alert| alert.count).eq([1]));

    let recovered = sns.notification(&subject.replace("ALARM", "OK"), &back_to_ok(&alarm))?;
    story.send("the alarm's OK arrives", &sns, &recovered, 200).await?;
    story.expect("no alert is open", story.open() == 0);

    let fine = story.fine;
    println!("\nThe alert as the pager holds it:\n");
    for alert in pager.alerts() {
        let state = if alert.open { "open" } else { "closed" };
        println!("{state}, count {}, alias {}", alert.count, alert.alias);
        println!("{}", serde_json::to_string_pretty(&alert.body)?);
        println!("note: {}", alert.notes.join("\nnote: "));
    }
    let _ = stop.send(());
    served.await?;
    Ok(fine)
}

/// Tells what is sent and what came of it, and keeps in mind whether all was well.
struct Story<'a> {
    url: String,
    pager: &'a StandIn,
    fine: bool,
}

impl Story<'_> {
    async fn send(
        &mut self,
        what: &str,
        sns: &Sns,
        message: &SignedEnvelope,
        expected: u16,
    ) -> Result<(), Failure> {
        let answer = sns.poster.post(&self.url, &Delivery::envelope(message, sns.subscription.arn())).await?;
        println!("{} {what}", self.mark(answer.status == expected));
        println!("      {} {}", answer.status, String::from_utf8_lossy(&answer.body).trim_end());
        Ok(())
    }

    fn expect(&mut self, what: &str, holds: bool) {
        println!("{} {what}", self.mark(holds));
    }

    fn mark(&mut self, holds: bool) -> &'static str {
        self.fine &= holds;
        if holds { " ok  " } else { " NO  " }
    }

    fn open(&self) -> usize {
        self.pager.alerts().iter().filter(|alert| alert.open).count()
    }
}

/// What stands for Amazon SNS: a topic of ours, one of a stranger, and the key that signs for both.
struct Sns {
    topic: Topic,
    foreign: Topic,
    subscription: Subscription,
    signer: Signer,
    authority: CertificateAuthority,
    endpoint: SigningEndpoint,
    poster: Poster,
}

impl Sns {
    async fn start() -> Result<Self, Failure> {
        let now = Utc::now();
        let authority = CertificateAuthority::new(1, now)?;
        let key = RsaKey::from_seed(1)?;
        let certificate = authority.issue_signing(&key, &CertificateProfile::for_region(REGION, now))?;
        let tls = authority.issue_server(2, &[HOST])?;
        let endpoint = SigningEndpoint::start(QueryApi::new(REGION, 3), Some(&tls)).await?;
        endpoint.publish(&certificate);
        let mut topic = Topic::new(REGION, "123456789012", "CloudWatchAlarmsForCloudTrail", 4)?;
        Ok(Self {
            subscription: topic.subscribe(),
            topic,
            foreign: Topic::new(REGION, "999999999999", "CloudWatchAlarmsForCloudTrail", 5)?,
            signer: Signer::new(&key, SignatureVersion::V2, certificate.url(HOST)),
            authority,
            endpoint,
            poster: Poster::new("")?,
        })
    }

    fn confirmation(&mut self) -> Result<SignedEnvelope, Failure> {
        let envelope = self.topic.subscription_confirmation(&mut self.subscription, Utc::now());
        self.endpoint.register(&self.subscription);
        Ok(self.signer.sign(envelope)?)
    }

    fn notification(&mut self, subject: &str, message: &str) -> Result<SignedEnvelope, Failure> {
        let envelope = self.topic.notification(&self.subscription, message, Utc::now());
        self.sign(envelope, subject)
    }

    fn foreign_notification(&mut self, subject: &str, message: &str) -> Result<SignedEnvelope, Failure> {
        let subscription = self.foreign.subscribe();
        let envelope = self.foreign.notification(&subscription, message, Utc::now());
        self.sign(envelope, subject)
    }

    fn sign(&self, envelope: Envelope, subject: &str) -> Result<SignedEnvelope, Failure> {
        Ok(self.signer.sign(envelope.subject(subject))?)
    }
}

type Served = (std::net::SocketAddr, oneshot::Sender<()>, tokio::task::JoinHandle<()>);

/// `trailbell serve` with the configuration that a file would give it.
async fn serve(sns: &Sns, pager: &StandIn) -> Result<Served, Failure> {
    let folder = tempfile::tempdir()?;
    fs::write(folder.path().join("signer-ca.pem"), sns.authority.pem())?;
    let text = format!(
        r#"
        listen = "127.0.0.1:0"
        [topics]
        allow = ["{topic}"]
        [pager]
        base_url = "{pager}"
        api_key = "00000000-0000-4000-8000-00000000demo"
        [[dangerously_trust_signing_host]]
        host = "{HOST}"
        address = "{address}"
        ca_file = "signer-ca.pem"
        "#,
        topic = sns.topic.arn(),
        pager = pager.base_url(),
        address = sns.endpoint.address(),
    );
    let settings = Settings::parse(&text, "demo.toml".as_ref())?;
    let surroundings = Surroundings { folder: folder.path(), variable: &|_| None, now: Utc::now(), seed: 1 };
    let config = Config::prepare(&settings, surroundings).map_err(|problems| format!("{problems:?}"))?;
    let server = Server::bind(config, Arc::new(Utc::now)).await?;
    let address = server.address()?;
    let (stop, stopped) = oneshot::channel();
    let served = tokio::spawn(server.run(async {
        let _ = stopped.await;
    }));
    Ok((address, stop, served))
}

/// Subject and message of the sample that Opsgenie's page shows.
fn seed_sample() -> Result<(String, String), Failure> {
    let sample: Value = serde_json::from_str(include_str!("../fixtures/sns/seed-sample.json"))?;
    let text = |name: &str| sample[name].as_str().map(str::to_owned).ok_or("the sample lacks a member");
    Ok((text("Subject")?, text("Message")?))
}

/// The notification that the same alarm sends when it recovers.
fn back_to_ok(alarm: &str) -> String {
    alarm
        .replace(r#""NewStateValue":"ALARM""#, r#""NewStateValue":"OK""#)
        .replace(r#""OldStateValue":"INSUFFICIENT_DATA""#, r#""OldStateValue":"ALARM""#)
        .replace("[1.0 (03/07/18 14:18:00)] was greater", "[0.0 (03/07/18 14:23:00)] was not greater")
        .replace("14:23:28.949", "14:28:28.949")
}

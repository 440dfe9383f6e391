//! The AWS side: the project's own template, deployed into a simulated world.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;
use tokio::net::TcpListener;
use trailbell_sim::clock::Clock;
use trailbell_sim::cloudformation::{Environment, Stack};
use trailbell_sim::cloudtrail::{self, Appearance, Generator, Part};
use trailbell_sim::engine::{Entry, Live, Settings, Subscribing, What, World};
use trailbell_sim::sns::{Delivery, Poster, SigningEndpoint, SubscriptionState};

use super::Failure;

const TEMPLATE: &str = include_str!("../../simulator/templates/cloudtrail-alarms.yaml");
const SEED: u64 = 1;
pub(crate) const HOST: &str = "sns.us-east-1.amazonaws.com";
/// The name that CloudFormation gives to the template's topic has letters of its own at the end.
pub(crate) const TOPICS: &str = "arn:aws:sns:us-east-1:123456789012:*-AlarmNotificationTopic-*";

/// The template's world, with one subscriber that is asked to confirm.
pub(crate) fn deploy(start: DateTime<Utc>, endpoint: &str) -> Result<World, Failure> {
    world(Environment::default(), start, endpoint, true)
}

fn world(
    environment: Environment,
    start: DateTime<Utc>,
    endpoint: &str,
    ask: bool,
) -> Result<World, Failure> {
    let parameters = BTreeMap::from([("Endpoint".to_owned(), endpoint.to_owned())]);
    let environment = Environment { parameters, ..environment };
    let stack = Stack::read(TEMPLATE, &environment)?;
    let settings = Settings {
        environment,
        seed: SEED,
        subscribing: Subscribing { endpoint: None, ask },
        deliver: true,
        ..Settings::default()
    };
    Ok(World::new(&stack, &settings, start)?)
}

/// A world that goes on.
pub(crate) struct Aws {
    live: Live,
    clock: Clock,
    beginning: DateTime<Utc>,
    told: Told,
}

/// The notifications so far: subject and envelope.
type Told = Arc<Mutex<Vec<(String, Value)>>>;

impl Aws {
    /// Moves on with the clock; `door` is where SNS's host is played.
    pub(crate) fn start(
        world: World,
        clock: Clock,
        door: TcpListener,
        poster: Poster,
    ) -> Result<Self, Failure> {
        let tls = world.sns().authority().issue_server(SEED, &[HOST])?;
        let told = Told::default();
        let heard = Arc::clone(&told);
        let beginning = clock.now();
        let live =
            Live::new(world, clock.clone(), poster, Box::new(move |entry: Entry| hear(&heard, &entry)));
        let door = SigningEndpoint::on(door, live.clone(), Some(&tls))?;
        let driven = live.clone();
        tokio::spawn(async move {
            if let Err(error) = driven.drive(&door).await {
                eprintln!("the world stops: {error}");
            }
        });
        Ok(Self { live, clock, beginning, told })
    }

    pub(crate) const fn beginning(&self) -> DateTime<Utc> {
        self.beginning
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// Lets time pass.
    pub(crate) async fn pass(&self, time: TimeDelta) {
        self.live.advance_to(self.now() + time).await;
    }

    /// Lets a story happen, each event in its second.
    pub(crate) async fn play(&self, story: &str) -> Result<(), Failure> {
        let settings = cloudtrail::Settings {
            start: self.now(),
            rate: 0.0,
            cast: vec![Appearance { part: Part::story(story)?, after: Some(TimeDelta::zero()) }],
            ..cloudtrail::Settings::default()
        };
        for event in Generator::new(&settings) {
            self.live.advance_to(event.time).await;
            let record: Value = serde_json::from_str(&event.text)?;
            let name = record["eventName"].as_str().unwrap_or_default();
            let who = record["userIdentity"]["arn"].as_str().unwrap_or_default();
            println!("{} CloudTrail    {name} by {who}", event.time.format("%H:%M:%S"));
            self.live.event(&event.text)?;
        }
        Ok(())
    }

    pub(crate) fn is_confirmed(&self) -> bool {
        let subscriptions = self.live.look(|world| world.sns().subscriptions());
        !subscriptions.is_empty()
            && subscriptions.iter().all(|listed| listed.state == SubscriptionState::Confirmed)
    }

    /// What SNS posted last for this alarm.
    pub(crate) fn last_notification(&self, alarm: &str) -> Result<Delivery, Failure> {
        let told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        let last = told.iter().rev().find(|(subject, _)| subject.contains(alarm));
        last.map(|(_, envelope)| delivery(envelope)).ok_or_else(|| "nothing was published".into())
    }
}

/// Prints what people want to follow, and keeps the envelopes.
fn hear(told: &Told, entry: &Entry) {
    let time = entry.time.format("%H:%M:%S");
    match &entry.what {
        What::StateChange { alarm, from, to, .. }
            if (from.as_str(), to.as_str()) != ("INSUFFICIENT_DATA", "OK") =>
        {
            println!("{time} CloudWatch    {alarm}: {from} -> {to}");
        }
        What::Notification { subject: Some(subject), envelope, .. } => {
            let envelope = serde_json::from_str(envelope.get()).unwrap_or_default();
            told.lock().unwrap_or_else(PoisonError::into_inner).push((subject.clone(), envelope));
        }
        What::Subscription { state, .. } => println!("{time} SNS           the subscription is {state}"),
        _ => {}
    }
}

/// An envelope as SNS posts it.
fn delivery(envelope: &Value) -> Delivery {
    let text = |name: &str| envelope[name].as_str().unwrap_or_default().to_owned();
    let headers = [
        ("x-amz-sns-message-type", text("Type")),
        ("x-amz-sns-message-id", text("MessageId")),
        ("x-amz-sns-topic-arn", text("TopicArn")),
        ("content-type", "text/plain; charset=UTF-8".to_owned()),
    ];
    let headers = headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    Delivery { headers, body: envelope.to_string().into() }
}

/// The same notification with another text under the old signature.
pub(crate) fn forged(original: &Delivery) -> Result<Delivery, Failure> {
    let mut envelope: Value = serde_json::from_slice(&original.body)?;
    let message = envelope["Message"].as_str().unwrap_or_default();
    envelope["Message"] = message.replace("CloudTrailChanges", "NothingToSeeHere").into();
    envelope["MessageId"] = "00000000-0000-4000-8000-000000000bad".into();
    Ok(delivery(&envelope))
}

/// The same template in somebody else's account: the same region, so the same signing certificate.
pub(crate) fn of_another_account(beginning: DateTime<Utc>, now: DateTime<Utc>) -> Result<Delivery, Failure> {
    let environment = Environment { account_id: "999999999999".to_owned(), ..Environment::default() };
    let mut foreign = world(environment, beginning, "https://localhost/", false)?;
    let mut envelope = None;
    let mut sink = |entry: Entry| {
        if let What::Notification { envelope: published, .. } = entry.what {
            envelope = Some(published);
        }
    };
    foreign.set_alarm_state("CloudTrailChanges", "ALARM", "let me in", now, &mut sink)?;
    let envelope = envelope.ok_or("the stranger's alarm published nothing")?;
    Ok(delivery(&serde_json::from_str(envelope.get())?))
}

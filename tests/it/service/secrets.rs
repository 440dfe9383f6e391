//! Secrets are in no answer, no metric and no line of the log.

use std::fmt::Write as _;
use std::io;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use tracing::Dispatch;
use tracing::subscriber::NoSubscriber;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt as _;
use trailbell::config::{BasicAuthSettings, Secret};
use trailbell_sim::sns::{Behaviour, Kind, SignatureVersion, Signer};

use crate::world::{API_KEY, HOST, World, certificate, sign, strange_key, with_member};

/// All that is logged while its guard lives, on this thread: a test's runtime has no other.
#[derive(Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    /// As the command line does it, at its lowest level.
    pub(crate) fn capture(json: bool) -> (Self, tracing::subscriber::DefaultGuard) {
        // As long as there is but one subscriber in the process, a line's first use on a thread that has none, as in
        // another test, silences that line for all.
        static OTHERS: OnceLock<[Dispatch; 2]> = OnceLock::new();
        OTHERS.get_or_init(|| [(); 2].map(|()| Dispatch::new(NoSubscriber::default())));
        let log = Self::default();
        let lines = tracing_subscriber::fmt::layer().with_writer(log.clone());
        let targets = Targets::new().with_target("trailbell", LevelFilter::DEBUG);
        let registry = tracing_subscriber::registry().with(targets);
        let guard = if json {
            tracing::subscriber::set_default(registry.with(lines.json().flatten_event(true)))
        } else {
            tracing::subscriber::set_default(registry.with(lines.with_ansi(false)))
        };
        (log, guard)
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

const PASSWORD: &str = "correct-horse-battery";
const PATH: &str = "/hook/0f2a9c1e7b";

/// All sorts of journeys, good and bad ones; all that was answered on the way.
async fn live(world: &mut World) -> String {
    let mut answers = String::new();
    let credentials = "Basic c25zOmNvcnJlY3QtaG9yc2UtYmF0dGVyeQ==";
    let (asking, leaving) = (world.confirmation(), world.farewell());
    let (asking, leaving, notification) = (sign(asking), sign(leaving), world.signed());
    let stranger = Signer::new(strange_key(), SignatureVersion::V2, certificate().url(HOST));
    let elsewhere = Signer::new(strange_key(), SignatureVersion::V2, certificate().url("evil.test"));
    let second = world.confirmation();
    let tricked = {
        let mut envelope = world.confirmation();
        if let Kind::SubscriptionConfirmation(confirmation) = &mut envelope.kind {
            confirmation.subscribe_url.push_str("&Action=Unsubscribe");
        }
        sign(envelope)
    };
    let mut deliveries = vec![
        world.delivery(&asking).header("authorization", "Basic d3Jvbmc6d3Jvbmc="),
        world.delivery(&asking),
        world.delivery(&tricked),
        world.delivery(&stranger.sign(second.clone()).unwrap()),
        world.delivery(&elsewhere.sign(second.clone()).unwrap()),
        world.delivery(&leaving),
        world.delivery(&leaving),
        world.delivery(&notification),
    ];
    for signed in [&asking, &notification] {
        let names = [
            "Token",
            "SubscribeURL",
            "UnsubscribeURL",
            "Signature",
            "SigningCertURL",
            "TopicArn",
            "Timestamp",
        ];
        for name in names {
            deliveries.push(world.delivery(signed).body(with_member(signed, name, Some(5.into()))));
            deliveries.push(world.delivery(signed).body(with_member(signed, name, None)));
        }
        let body = signed.to_json();
        deliveries.push(world.delivery(signed).body(serde_json::to_vec(&body).unwrap()));
        deliveries.push(world.delivery(signed).body(body[1..].to_owned()));
        deliveries.push(world.delivery(signed).body(body.replacen("Token", "Message", 1)));
    }
    for delivery in deliveries {
        let delivery = if delivery.headers.iter().any(|(name, _)| name == "authorization") {
            delivery
        } else {
            delivery.header("authorization", credentials)
        };
        let answer = world.post(&delivery).await;
        writeln!(answers, "{} {:?} {:?}", answer.status, answer.headers, answer.body).unwrap();
    }
    for behaviour in
        [Behaviour::Status(500), Behaviour::Disconnect, Behaviour::Oversized(1 << 20), Behaviour::Hang]
    {
        world.endpoint.set_api_behaviour(behaviour);
        let envelope = world.confirmation();
        let delivery = world.delivery(&sign(envelope)).header("authorization", credentials);
        let answer = world.post(&delivery).await;
        writeln!(answers, "{} {:?}", answer.status, answer.body).unwrap();
    }
    for status in [401, 422, 503] {
        world.pager.set_faults(&[&format!("error={status}")]).unwrap();
        let signed = world.signed();
        let answer = world.post(&world.delivery(&signed).header("authorization", credentials)).await;
        writeln!(answers, "{} {:?}", answer.status, answer.body).unwrap();
    }
    answers + &world.get("/metrics").await.1 + &world.get("/").await.1 + &world.get("/healthz").await.1
}

async fn betrays_nothing(json: bool) {
    let (log, _guard) = Log::capture(json);
    let mut world = World::prepared(
        |settings| {
            settings.path = Some(Secret::new(PATH));
            settings.basic_auth = Some(BasicAuthSettings {
                username: "sns".to_owned(),
                password: Some(Secret::new(PASSWORD)),
                password_file: None,
            });
        },
        |config| {
            config.timeouts.delivery = Duration::from_millis(300);
            let added = std::mem::take(&mut config.fetchers.added);
            let short = Duration::from_millis(300);
            config.fetchers.added =
                added.into_iter().map(|(host, fetcher)| (host, fetcher.within(short))).collect();
        },
    )
    .await;
    let answers = live(&mut world).await;
    let log = log.text();
    for told in [
        "subscription confirmed",
        "the pager accepted",
        "message refused",
        "request refused",
        "subscription not confirmed",
        "not delivered",
        "the subscription was removed",
    ] {
        assert!(log.contains(told), "{told:?} is not in the log:\n{log}");
    }
    for (told, text) in [("the log", log), ("an answer", answers)] {
        let mut secrets: Vec<&str> = vec![
            API_KEY,
            PASSWORD,
            PATH,
            "c25zOmNvcnJlY3Q",
            "Action=ConfirmSubscription",
            "Action=Unsubscribe",
            "SubscriptionArn=",
        ];
        secrets.extend(world.subscription.tokens().iter().map(|token| &token[200..]));
        assert!(secrets.len() > 10);
        for secret in secrets {
            let place = text.find(secret).map(|at| &text[at.saturating_sub(200)..]);
            assert_eq!(place, None, "{secret} is in {told}");
        }
    }
}

#[tokio::test]
async fn nothing_secret_is_told_to_people() {
    betrays_nothing(false).await;
}

#[tokio::test]
async fn nothing_secret_is_told_to_machines() {
    betrays_nothing(true).await;
}

//! Templates, times and a receiver.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;
use tokio::sync::Notify;
use tokio::time::timeout;
use trailbell_sim::cloudformation::{Environment, Stack};
use trailbell_sim::cloudtrail::{self as generator, Appearance, Generator, Part};
use trailbell_sim::control::{Answering, Call, Control, Reply};
use trailbell_sim::engine::{Entry, Settings, Simulated, World};

/// How long anything may take before a test gives up.
const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) fn time(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

pub(crate) fn stack(template: &str, parameters: &[(&str, &str)]) -> (Stack, Environment) {
    let parameters = parameters.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    let environment = Environment { parameters, ..Environment::default() };
    (Stack::read(template, &environment).unwrap(), environment)
}

/// A server that keeps what it is sent, and answers 200.
pub(crate) struct Receiver {
    control: Control,
    calls: Arc<Mutex<Vec<Call>>>,
    came: Arc<Notify>,
}

impl Receiver {
    pub(crate) async fn start() -> Self {
        let calls = Arc::new(Mutex::new(Vec::new()));
        let came = Arc::new(Notify::new());
        let (kept, notify) = (Arc::clone(&calls), Arc::clone(&came));
        let handler = move |call: Call| -> Answering {
            kept.lock().unwrap().push(call);
            notify.notify_one();
            Box::pin(async { Reply::ok(Value::Null) })
        };
        let control = Control::start("127.0.0.1:0".parse().unwrap(), Arc::new(handler)).await.unwrap();
        Self { control, calls, came }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/sns", self.control.address())
    }

    /// The bodies of the first `count` deliveries, once they have come.
    pub(crate) async fn bodies(&self, count: usize) -> Vec<Value> {
        let all = async {
            loop {
                let calls = self.calls.lock().unwrap().clone();
                if calls.len() >= count {
                    return calls.iter().map(|call| serde_json::from_slice(&call.body).unwrap()).collect();
                }
                self.came.notified().await;
            }
        };
        timeout(PATIENCE, all).await.expect("the deliveries do not come")
    }
}

/// The folder of real data, or `None`, said aloud, where there is none.
pub(crate) fn data(path: &str) -> Option<PathBuf> {
    let root = std::env::var_os("TRAILBELL_DATA")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/data"), PathBuf::from);
    let path = root.join(path);
    if !path.exists() {
        eprintln!("SKIPPED: {} is missing; set TRAILBELL_DATA to the folder of real data", path.display());
        return None;
    }
    Some(path)
}

/// `count` events of this name, a second apart from `after` the start on, as `AuthorizeSecurityGroupIngress` or
/// `ConsoleLogin/failed`, without any background.
pub(crate) fn generated(
    name: &str,
    count: i32,
    start: DateTime<Utc>,
    after: TimeDelta,
) -> Vec<(DateTime<Utc>, String)> {
    let part = Part::event(name).unwrap();
    let appearance = |number| Appearance { part, after: Some(after + TimeDelta::seconds(1) * number) };
    let settings = generator::Settings {
        start,
        duration: TimeDelta::hours(1),
        rate: 0.0,
        cast: (0..count).map(appearance).collect(),
        ..generator::Settings::default()
    };
    Generator::new(&settings).map(|event| (event.time, event.text)).collect()
}

/// Everything that happens to a world in which these events happen, as JSON.
pub(crate) fn play(
    stack: &Stack,
    settings: &Settings,
    events: &[(DateTime<Utc>, String)],
    (start, until): (DateTime<Utc>, DateTime<Utc>),
) -> Vec<Value> {
    let mut world = World::new(stack, settings, start).unwrap();
    let mut entries = Vec::new();
    let mut sink = |entry: Entry| entries.push(serde_json::to_value(&entry).unwrap());
    let mut subscriber = Simulated::new(settings.seed);
    for (at, record) in events {
        world.run(*at, &mut subscriber, &mut sink).unwrap();
        world.event(record, *at).unwrap();
    }
    world.run(until, &mut subscriber, &mut sink).unwrap();
    entries
}

/// The entries of one kind.
pub(crate) fn of_kind<'a>(entries: &'a [Value], kind: &str) -> Vec<&'a Value> {
    entries.iter().filter(|entry| entry["kind"] == kind).collect()
}

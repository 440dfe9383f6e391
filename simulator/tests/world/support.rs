//! Templates, times and a receiver.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde_json::Value;
use tokio::sync::Notify;
use tokio::time::timeout;
use trailbell_sim::cloudformation::{Environment, Stack};
use trailbell_sim::control::{Call, Control, Reply};

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
        let handler = move |call: &Call| {
            kept.lock().unwrap().push(call.clone());
            notify.notify_one();
            Reply::ok(Value::Null)
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

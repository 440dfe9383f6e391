//! trailbell beside Vector: what it hands on, what it prints, and what it relays.

mod check;
mod dead_letters;
mod forward;
mod peer;
mod process;
mod receive;
mod relay_actions;
mod relay_calls;
mod relay_order;
mod relay_refusals;
mod relay_stale;
mod secrets;

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use trailbell::config::{RelayConfig, Settings, Surroundings};
use trailbell::server::Server;

use crate::world::{API_KEY, Metrics};

/// A relay in front of a pager. Ends when it is dropped.
struct Relay {
    address: SocketAddr,
    client: Client<HttpConnector, Full<Bytes>>,
    stop: Option<oneshot::Sender<()>>,
    running: JoinHandle<()>,
}

/// What it answered.
#[derive(Debug)]
struct Answer {
    status: u16,
    retry_after: Option<String>,
    body: Value,
}

impl Relay {
    async fn start(pager: &str) -> Self {
        Self::with(pager, |_| {}, |_| {}).await
    }

    async fn with(
        pager: &str,
        change: impl FnOnce(&mut Settings),
        bend: impl FnOnce(&mut RelayConfig),
    ) -> Self {
        let mut settings = Settings::default();
        settings.relay.get_or_insert_default().listen = Some(([127, 0, 0, 1], 0).into());
        settings.pager.base_url = Some(pager.to_owned());
        settings.pager.poll_status = Some(false);
        change(&mut settings);
        let mut config = prepare(&settings, Path::new("")).unwrap();
        bend(&mut config);
        let server = Server::bind_relay(config, Arc::new(chrono::Utc::now)).await.unwrap();
        let address = server.address().unwrap();
        let (stop, stopped) = oneshot::channel();
        let running = tokio::spawn(server.run(async {
            let _ = stopped.await;
        }));
        let client = Client::builder(TokioExecutor::new()).build_http();
        Self { address, client, stop: Some(stop), running }
    }

    /// Posts JSON.
    async fn post(&self, path: &str, body: &Value) -> Answer {
        self.send("POST", path, &[], body.to_string()).await
    }

    async fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Bytes>,
    ) -> Answer {
        let mut request =
            http::Request::builder().method(method).uri(format!("http://{}{path}", self.address));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Full::new(body.into())).unwrap();
        let (head, body) = self.client.request(request).await.unwrap().into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        let text = |bytes: &[u8]| Value::from(String::from_utf8(bytes.to_vec()).unwrap());
        Answer {
            status: head.status.as_u16(),
            retry_after: head.headers.get("retry-after").map(|value| value.to_str().unwrap().to_owned()),
            body: serde_json::from_slice(&body).unwrap_or_else(|_| text(&body)),
        }
    }

    async fn metrics(&self) -> Metrics {
        let answer = self.send("GET", "/metrics", &[], "").await;
        Metrics::parse(answer.body.as_str().unwrap())
    }

    /// Tells it to stop, as SIGTERM does, and gives what ends when it has.
    fn stop(&mut self) -> &mut JoinHandle<()> {
        self.stop.take().map(|stop| stop.send(()));
        &mut self.running
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.running.abort();
    }
}

fn prepare(settings: &Settings, folder: &Path) -> Result<RelayConfig, Vec<trailbell::config::Problem>> {
    let variable = |_: &str| Some(API_KEY.to_owned());
    let surroundings = Surroundings { folder, variable: &variable, now: chrono::Utc::now(), seed: 1 };
    RelayConfig::prepare(settings, surroundings)
}

/// An action as the mapping makes it: `create` or `close`, of one second.
fn action(verb: &str, alias: &str, second: u32) -> Value {
    let (path, query, body) = match verb {
        "create" => ("/v2/alerts".to_owned(), json!({}), json!({"alias": alias, "message": "it happened"})),
        _ => (
            format!("/v2/alerts/{alias}/{verb}"),
            json!({"identifierType": "alias"}),
            json!({"note": "over"}),
        ),
    };
    json!({
        "action": verb, "alias": alias, "occurred_at": format!("2026-09-22T19:27:{second:02}.000Z"),
        "request": {"method": "POST", "path": path, "query": query, "body": body},
    })
}

/// A file in a folder of its own.
fn file(name: &str, text: &str) -> (TempDir, std::path::PathBuf) {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, text).unwrap();
    (folder, path)
}

//! A client that knows nothing of the twin, and times.

use bytes::Bytes;
use chrono::{DateTime, Utc};
use http_body_util::{BodyExt, Full};
use hyper::{HeaderMap, Request};
use hyper_util::client::legacy::Client as Pool;
use hyper_util::client::legacy::Error;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::{Value, json};
use trailbell_sim::clock::Clock;
use trailbell_sim::pager::{PagerTwin, Settings};

pub(crate) const KEY: &str = "0d9e7a90-2f4d-4e61-8b0a-d7a1c5e0f2b4";

pub(crate) fn start() -> DateTime<Utc> {
    "2026-09-22T18:00:00Z".parse().unwrap()
}

/// A twin on a clock that is moved by hand.
pub(crate) async fn standing(settings: Settings) -> (PagerTwin, Client) {
    let pager = PagerTwin::with(settings).clock(&Clock::standing(start())).start().await.unwrap();
    let client = Client::new(&pager.base_url());
    (pager, client)
}

/// The settings of a TOML text.
pub(crate) fn settings(text: &str) -> Settings {
    Settings::from_toml(text).unwrap()
}

/// One with these faults.
pub(crate) async fn failing(faults: &[&str]) -> (PagerTwin, Client) {
    let (pager, client) = standing(Settings::default()).await;
    pager.set_faults(faults).unwrap();
    (pager, client)
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

/// A client with keep-alive.
#[derive(Clone)]
pub(crate) struct Client {
    base: String,
    pool: Pool<HttpConnector, Full<Bytes>>,
}

impl Client {
    pub(crate) fn new(base: &str) -> Self {
        Self { base: base.to_owned(), pool: Pool::builder(TokioExecutor::new()).build_http() }
    }

    pub(crate) async fn try_call(&self, method: &str, target: &str, body: &Value) -> Result<Answer, Error> {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let request = Request::builder()
            .method(method)
            .uri(format!("{}{target}", self.base))
            .header("authorization", format!("GenieKey {KEY}"))
            .header("content-type", "application/json")
            .body(Full::new(Bytes::from(body)))
            .unwrap();
        let (head, body) = self.pool.request(request).await?.into_parts();
        let body = body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
        Ok(Answer { status: head.status.as_u16(), headers: head.headers, body })
    }

    pub(crate) async fn call(&self, method: &str, target: &str, body: Value) -> Answer {
        self.try_call(method, target, &body).await.unwrap()
    }

    pub(crate) async fn get(&self, target: &str) -> Answer {
        self.call("GET", target, Value::Null).await
    }

    pub(crate) async fn create(&self, alias: &str) -> Answer {
        self.call("POST", "/v2/alerts", json!({"message": format!("about {alias}"), "alias": alias})).await
    }

    pub(crate) async fn close(&self, alias: &str) -> Answer {
        self.call("POST", &format!("/v2/alerts/{alias}/close?identifierType=alias"), Value::Null).await
    }

    /// What can be read of the outcome of a write.
    pub(crate) async fn outcome(&self, write: &Answer) -> Answer {
        let id = write.json()["requestId"].as_str().unwrap().to_owned();
        self.get(&format!("/v2/alerts/requests/{id}")).await
    }
}

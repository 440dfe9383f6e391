//! Health and metrics: the same behind every door.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use http::{Method, StatusCode};

use super::metrics::Metrics;
use super::reply::{Answer, Reply, reply};

/// `/healthz`, `/readyz` and `/metrics`.
pub(super) struct StatusPages {
    metrics: Arc<Metrics>,
    stopping: AtomicBool,
}

impl StatusPages {
    pub(super) const fn new(metrics: Arc<Metrics>) -> Self {
        Self { metrics, stopping: AtomicBool::new(false) }
    }

    /// From now on the server is not ready: it takes no new connections.
    pub(super) fn stopping(&self) {
        self.stopping.store(true, Ordering::Relaxed);
    }

    /// The page of this path, if it is one.
    pub(super) fn answer(&self, method: &Method, path: &str) -> Option<Reply> {
        if !matches!(*method, Method::GET | Method::HEAD) {
            return None;
        }
        let answer = match path {
            "/healthz" => Answer::new(StatusCode::OK, "ok"),
            "/readyz" if self.stopping.load(Ordering::Relaxed) => {
                Answer::new(StatusCode::SERVICE_UNAVAILABLE, "stopping")
            }
            "/readyz" => Answer::new(StatusCode::OK, "ready"),
            "/metrics" => return Some(self.metrics_text()),
            _ => return None,
        };
        Some(answer.reply())
    }

    fn metrics_text(&self) -> Reply {
        match self.metrics.encode() {
            Ok(text) => {
                reply(StatusCode::OK, "application/openmetrics-text; version=1.0.0; charset=utf-8", text)
            }
            Err(_) => Answer::new(StatusCode::INTERNAL_SERVER_ERROR, "the metrics cannot be written").reply(),
        }
    }
}

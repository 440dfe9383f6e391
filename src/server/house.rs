//! What is behind the sockets: a door, and the pages beside it.

use std::convert::Infallible;
use std::sync::Arc;

use http::{Request, StatusCode};
use hyper::body::Incoming;

use super::door::Door;
use super::metrics::Metrics;
use super::relay::RelayDoor;
use super::reply::{Answer, Reply};
use super::status::StatusPages;
use crate::config::Timeouts;

/// What is behind the sockets.
pub(super) struct House {
    pub door: AnyDoor,
    pub pages: StatusPages,
    pub metrics: Arc<Metrics>,
    pub timeouts: Timeouts,
}

/// One of the two doors.
pub(super) enum AnyDoor {
    /// `serve` and `receive`.
    Messages(Box<Door>),
    /// `relay`.
    Relay(Box<RelayDoor>),
}

/// Which routes a listener has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Routes {
    /// The door's, health and metrics.
    All,
    /// The door's alone: the rest has a listener of its own.
    Door,
    /// Health and metrics alone.
    Status,
}

impl House {
    /// Answers one request.
    pub(super) async fn answer(
        &self,
        request: Request<Incoming>,
        routes: Routes,
    ) -> Result<Reply, Infallible> {
        if routes != Routes::Door
            && let Some(page) = self.pages.answer(request.method(), request.uri().path())
        {
            return Ok(page);
        }
        Ok(match (&self.door, routes) {
            (AnyDoor::Messages(door), Routes::Status) => door.no_such_path(request.headers()),
            (AnyDoor::Messages(door), _) => door.answer(request).await,
            (AnyDoor::Relay(_), Routes::Status) => Answer::new(StatusCode::NOT_FOUND, "no such path").reply(),
            (AnyDoor::Relay(door), _) => door.answer(request).await,
        })
    }

    /// Ends what was begun, for a time.
    pub(super) async fn finish(&self) {
        match &self.door {
            AnyDoor::Messages(door) => door.receiver.finish(self.timeouts.followups).await,
            AnyDoor::Relay(door) => door.finish(self.timeouts.followups).await,
        }
    }
}

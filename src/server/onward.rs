//! Where a verified message goes: the one seam between receiving and everything after it.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::HeaderMap;
use tokio::sync::watch;
use tokio::time::Instant;

use super::forward::{ForwardError, Forwarding};
use super::metrics::Metrics;
use super::paging::Paging;
use super::stream::{Stream, StreamError};
use super::{Clock, ServeError};
use crate::config;
use crate::opsgenie::DeliveryError;
use crate::sns::{Envelope, Verified};

/// A message whose signature holds, as it came and as it was read.
pub(super) struct Arrived<'a> {
    /// The headers of its request; of these, nothing is signed.
    pub headers: &'a HeaderMap,
    /// SNS's exact bytes.
    pub body: &'a Bytes,
    /// What they say.
    pub message: &'a Verified<Envelope>,
    /// When SNS has to be answered.
    pub deadline: Instant,
}

/// Why a message was not taken: SNS is answered 503, and comes again.
#[derive(Debug, thiserror::Error)]
pub(super) enum NotTaken {
    /// The pager did not accept it.
    #[error(transparent)]
    Delivery(#[from] DeliveryError),
    /// The next hop did not acknowledge it.
    #[error(transparent)]
    Forward(#[from] ForwardError),
    /// It could not be written to standard output.
    #[error(transparent)]
    Stream(#[from] StreamError),
}

/// Where verified messages go.
pub(super) enum Onward {
    Paging(Paging),
    Forward(Box<Forwarding>),
    Stream(Stream),
}

impl Onward {
    pub(super) fn start(
        config: config::Onward,
        metrics: &Arc<Metrics>,
        clock: &Clock,
    ) -> Result<Self, ServeError> {
        let metrics = Arc::clone(metrics);
        Ok(match config {
            config::Onward::Paging(paging) => Self::Paging(Paging::start(*paging, metrics)?),
            config::Onward::Forward(forward) => {
                Self::Forward(Box::new(Forwarding::start(*forward, metrics, Arc::clone(clock))?))
            }
            config::Onward::Stream => Self::Stream(Stream::start(metrics)?),
        })
    }

    /// Takes a message. Once this is well, it is safe elsewhere, and SNS may forget it; what is returned says where.
    pub(super) async fn take(&self, arrived: &Arrived<'_>) -> Result<String, NotTaken> {
        match self {
            Self::Paging(paging) => Ok(paging.take(arrived).await?),
            Self::Forward(forwarding) => Ok(forwarding.take(arrived).await?),
            Self::Stream(stream) => Ok(stream.take(arrived).await?),
        }
    }

    /// Ends what was begun, for a time.
    pub(super) async fn finish(&self, patience: Duration) {
        match self {
            Self::Paging(paging) => paging.finish(patience).await,
            Self::Forward(_) => {}
            Self::Stream(stream) => stream.finish(patience).await,
        }
    }

    /// Says when nobody reads any more what is written; never, if nothing is.
    pub(super) fn reader_gone(&self) -> Option<watch::Receiver<bool>> {
        match self {
            Self::Stream(stream) => Some(stream.reader_gone()),
            Self::Paging(_) | Self::Forward(_) => None,
        }
    }
}

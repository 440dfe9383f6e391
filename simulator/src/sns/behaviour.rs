//! How a server answers when a test wants it to misbehave, and the response body that this takes.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};
use tokio::time::{Sleep, sleep};

/// How requests are answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Behaviour {
    /// As SNS does.
    Honest,
    /// This status code with a page of HTML: 404, 500. A code outside of 100 to 999 counts as 500.
    Status(u16),
    /// 302 to this `Location`.
    Redirect(String),
    /// 200 with this: another PEM, two PEMs, no PEM.
    Content {
        /// `Content-Type`.
        content_type: String,
        /// The body.
        body: String,
    },
    /// The honest answer, padded with line feeds to at least this many bytes.
    Oversized(usize),
    /// The honest answer in pieces, without a `Content-Length`.
    Drip {
        /// Bytes a piece, at least one.
        chunk: usize,
        /// Time before each piece.
        every: Duration,
    },
    /// No answer until the client goes away.
    Hang,
    /// The connection ends without an answer.
    Disconnect,
}

/// A response body that is sent at once, or in pieces with pauses.
pub(crate) struct BodyInParts {
    rest: Bytes,
    pace: Option<Pace>,
}

struct Pace {
    chunk: usize,
    every: Duration,
    pause: Pin<Box<Sleep>>,
}

impl BodyInParts {
    pub(crate) fn whole(body: impl Into<Bytes>) -> Self {
        Self { rest: body.into(), pace: None }
    }

    /// `body` with line feeds up to `bytes`.
    pub(crate) fn padded(body: &str, bytes: usize) -> Self {
        let mut padded = body.as_bytes().to_vec();
        padded.resize(bytes.max(padded.len()), b'\n');
        Self::whole(padded)
    }

    /// `body` in pieces of `chunk` bytes, each after a pause. Needs a tokio runtime.
    pub(crate) fn dripping(body: impl Into<Bytes>, chunk: usize, every: Duration) -> Self {
        let pace = Pace { chunk: chunk.max(1), every, pause: Box::pin(sleep(every)) };
        Self { rest: body.into(), pace: Some(pace) }
    }
}

impl Body for BodyInParts {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let body = self.get_mut();
        if body.rest.is_empty() {
            return Poll::Ready(None);
        }
        let mut size = body.rest.len();
        if let Some(pace) = &mut body.pace {
            ready!(pace.pause.as_mut().poll(context));
            pace.pause = Box::pin(sleep(pace.every));
            size = pace.chunk.min(size);
        }
        Poll::Ready(Some(Ok(Frame::data(body.rest.split_to(size)))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        match self.pace {
            None => SizeHint::with_exact(self.rest.len() as u64),
            Some(_) => SizeHint::default(),
        }
    }
}

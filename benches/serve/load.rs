//! The load generator: keep-alive connections that write prepared requests and read the answers.

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use trailbell_sim::sns::Delivery;

use super::support::Result;
use super::wire::message_length;

/// Requests as they stand on the wire, each to be sent once.
pub(crate) struct Load {
    address: SocketAddr,
    requests: Vec<Vec<u8>>,
    next: AtomicUsize,
}

/// How long it all took, and each answer.
pub(crate) struct Timing {
    pub took: Duration,
    answers: Vec<Duration>,
}

impl Load {
    /// Prepares the requests.
    pub(crate) fn new(deliveries: Vec<Delivery>, path: &str, address: SocketAddr) -> Arc<Self> {
        let requests = deliveries.into_iter().map(|delivery| request(&delivery, path, address)).collect();
        Arc::new(Self { address, requests, next: AtomicUsize::new(0) })
    }

    /// Sends every request once, each connection its next one as soon as the last is answered. Fails on any answer but 200.
    pub(crate) async fn send(self: &Arc<Self>, connections: usize) -> Result<Timing> {
        let mut streams = Vec::with_capacity(connections);
        for _ in 0..connections {
            let stream = TcpStream::connect(self.address).await?;
            stream.set_nodelay(true)?;
            streams.push(stream);
        }
        let started = Instant::now();
        let mut tasks = JoinSet::new();
        for stream in streams {
            tasks.spawn(Arc::clone(self).connection(stream));
        }
        let mut answers = Vec::with_capacity(self.requests.len());
        while let Some(result) = tasks.join_next().await {
            answers.extend(result??);
        }
        let took = started.elapsed();
        answers.sort_unstable();
        Ok(Timing { took, answers })
    }

    async fn connection(self: Arc<Self>, mut stream: TcpStream) -> Result<Vec<Duration>> {
        let mut answers = Vec::new();
        let mut received = Vec::with_capacity(4 * 1024);
        while let Some(request) = self.requests.get(self.next.fetch_add(1, Ordering::Relaxed)) {
            let sent = Instant::now();
            stream.write_all(request).await?;
            received.clear();
            while message_length(&received).is_none() {
                if stream.read_buf(&mut received).await? == 0 {
                    return Err("the server closed a connection".into());
                }
            }
            answers.push(sent.elapsed());
            if !received.starts_with(b"HTTP/1.1 200 ") {
                return Err(format!("the server answered {}", String::from_utf8_lossy(&received)).into());
            }
        }
        Ok(answers)
    }
}

impl Timing {
    /// The time in milliseconds within which this many in a hundred were answered.
    pub(crate) fn percentile(&self, percent: usize) -> f64 {
        let index = self.answers.len().saturating_sub(1) * percent / 100;
        self.answers.get(index).map_or(0.0, |time| time.as_secs_f64() * 1000.0)
    }
}

/// How many a second.
pub(crate) fn ratio(count: usize, took: Duration) -> f64 {
    u32::try_from(count).map_or(0.0, f64::from) / took.as_secs_f64()
}

fn request(delivery: &Delivery, path: &str, address: SocketAddr) -> Vec<u8> {
    let mut head =
        format!("POST {path} HTTP/1.1\r\nhost: {address}\r\ncontent-length: {}\r\n", delivery.body.len());
    for (name, value) in &delivery.headers {
        // Writing to a string cannot fail.
        let _ = write!(head, "{name}: {value}\r\n");
    }
    let mut request = (head + "\r\n").into_bytes();
    request.extend_from_slice(&delivery.body);
    request
}

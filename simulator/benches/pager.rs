//! How many creates a second the pager twin takes with 100,000 alerts held, while somebody has its inbox open.
//!
//! `cargo bench -p trailbell-sim --bench pager`. Clients and twin share the machine: two threads for the twin, one for
//! the clients. Every alert has an alias of its own, and counts once its 202 is read. The inbox's page is asked for
//! five times a second meanwhile.

use std::fs;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::runtime::Builder;
use tokio::task::JoinSet;
use trailbell_sim::pager::PagerTwin;

const HELD: u64 = 100_000;
const MEASURED: u64 = 20_000;
const CONNECTIONS: usize = 16;
/// How often somebody looks at the inbox.
const GLANCE: Duration = Duration::from_millis(200);

type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

fn main() -> Result<()> {
    let serving = Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let twin = serving.block_on(PagerTwin::start())?;
    let address = twin.address();
    let clients = Builder::new_current_thread().enable_all().build()?;
    let next = Arc::new(AtomicU64::new(0));

    let empty = resident_kilobytes();
    let filling = clients.block_on(create(address, &next, HELD))?;
    let full = resident_kilobytes();
    println!("{HELD} creates into an empty twin: {:.0} a second", rate(HELD, filling.took));
    println!("resident: {empty} KB when empty, {full} KB with {HELD} alerts");

    let (measuring, pages) = clients.block_on(async {
        let done = Arc::new(AtomicBool::new(false));
        let looking = tokio::spawn(glances(address, Arc::clone(&done)));
        let measuring = create(address, &next, HELD + MEASURED).await;
        done.store(true, Ordering::Relaxed);
        Result::Ok((measuring?, looking.await??))
    })?;
    println!("{MEASURED} creates more, the inbox open: {:.0} a second", rate(MEASURED, measuring.took));
    println!("  answered in {} (median), {} (99 of 100)", at(&measuring.times, 50), at(&measuring.times, 99));
    println!(
        "  {} pages of the inbox in {} (median), {} (longest)",
        pages.len(),
        at(&pages, 50),
        at(&pages, 100)
    );
    Ok(())
}

/// How long it all took, and each answer, shortest first.
struct Timing {
    took: Duration,
    times: Vec<Duration>,
}

/// Creates alerts up to the number `end`.
async fn create(address: SocketAddr, next: &Arc<AtomicU64>, end: u64) -> Result<Timing> {
    let started = Instant::now();
    let mut connections = JoinSet::new();
    for _ in 0..CONNECTIONS {
        let next = Arc::clone(next);
        connections.spawn(async move {
            let mut connection = Connection::open(address).await?;
            let mut times = Vec::new();
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= end {
                    next.fetch_min(end, Ordering::Relaxed);
                    return Result::Ok(times);
                }
                times.push(connection.ask(&request(number), "HTTP/1.1 202 ").await?);
            }
        });
    }
    let mut times = Vec::new();
    while let Some(ended) = connections.join_next().await {
        times.extend(ended??);
    }
    times.sort_unstable();
    Ok(Timing { took: started.elapsed(), times })
}

/// Looks at the inbox until it is done: how long each page took, shortest first.
async fn glances(address: SocketAddr, done: Arc<AtomicBool>) -> Result<Vec<Duration>> {
    let mut connection = Connection::open(address).await?;
    let page = format!("GET / HTTP/1.1\r\nhost: {address}\r\n\r\n");
    let mut times = Vec::new();
    while !done.load(Ordering::Relaxed) {
        times.push(connection.ask(page.as_bytes(), "HTTP/1.1 200 ").await?);
        tokio::time::sleep(GLANCE).await;
    }
    times.sort_unstable();
    Ok(times)
}

/// A create of about the size that an alarm's has.
fn request(number: u64) -> Vec<u8> {
    let description = "Threshold Crossed: 1 datapoint was greater than or equal to the threshold. ".repeat(8);
    let body = format!(
        r#"{{"message":"alarm {number}","alias":"arn:aws:cloudwatch:us-east-1:123456789012:alarm:a-{number}","description":"{description}","tags":["account:123456789012"],"details":{{"AlarmName":"a-{number}","Region":"US East (N. Virginia)"}},"priority":"P2"}}"#
    );
    let head = format!(
        "POST /v2/alerts HTTP/1.1\r\nhost: pager\r\nauthorization: GenieKey 7c2f0f8e-5f0e-4f5e-8f39-2a6f0d1b9c44\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    (head + &body).into_bytes()
}

/// A keep-alive connection.
struct Connection {
    stream: TcpStream,
    received: Vec<u8>,
}

impl Connection {
    async fn open(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, received: Vec::new() })
    }

    /// Sends a request and reads its answer, which has to begin with `expected`.
    async fn ask(&mut self, request: &[u8], expected: &str) -> Result<Duration> {
        let sent = Instant::now();
        self.stream.write_all(request).await?;
        self.received.clear();
        while !self.is_whole() {
            if self.stream.read_buf(&mut self.received).await? == 0 {
                return Err("the twin closed a connection".into());
            }
        }
        if !self.received.starts_with(expected.as_bytes()) {
            let start: String = String::from_utf8_lossy(&self.received).chars().take(300).collect();
            return Err(format!("not {expected}: {start}").into());
        }
        Ok(sent.elapsed())
    }

    fn is_whole(&self) -> bool {
        let Some(end) = self.received.windows(4).position(|bytes| bytes == b"\r\n\r\n") else { return false };
        let head = String::from_utf8_lossy(&self.received[..end]).to_ascii_lowercase();
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
        self.received.len() >= end + 4 + length.unwrap_or(0_usize)
    }
}

fn rate(count: u64, took: Duration) -> f64 {
    u32::try_from(count).map_or(0.0, f64::from) / took.as_secs_f64()
}

/// The time within which so many in a hundred came, of times in order.
fn at(times: &[Duration], percent: usize) -> String {
    let index = times.len().saturating_sub(1) * percent / 100;
    format!("{:.1} ms", times.get(index).map_or(0.0, |time| time.as_secs_f64() * 1000.0))
}

/// Resident memory of this process; 0 where the system does not tell.
fn resident_kilobytes() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok()).unwrap_or_default()
}

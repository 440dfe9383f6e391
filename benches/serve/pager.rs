//! The least that a pager has to say: 202 for an alert, and later that it was created. It is the next hop, too.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::wire::message_length;

/// A stand-in on a free port. It ends with the runtime.
pub(crate) struct Pager {
    address: SocketAddr,
    created: Arc<AtomicUsize>,
}

impl Pager {
    /// Starts it.
    pub(crate) async fn start() -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let created = Arc::<AtomicUsize>::default();
        let counter = Arc::clone(&created);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(answer(stream, Arc::clone(&counter)));
            }
        });
        Ok(Self { address, created })
    }

    /// Where it listens.
    pub(crate) const fn address(&self) -> SocketAddr {
        self.address
    }

    /// How many alerts were asked for.
    pub(crate) fn created(&self) -> usize {
        self.created.load(Ordering::Relaxed)
    }
}

/// Answers one connection until the other end closes it.
async fn answer(mut stream: TcpStream, created: Arc<AtomicUsize>) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let accepted = response(
        "202 Accepted",
        r#"{"result":"Request will be processed","took":0.107,"requestId":"43a29c5c-3dbf-4fa4-9c26-f4f71023e120"}"#,
    );
    let done = response(
        "200 OK",
        r#"{"data":{"success":true,"action":"Create","processedAt":"2018-07-03T14:23:29.029Z","isSuccess":true,"status":"Created alert","alertId":"70413a06-38d6-4c85-92b8-5ebc900d42e2","alias":""},"took":0.022,"requestId":"43a29c5c-3dbf-4fa4-9c26-f4f71023e120"}"#,
    );
    let mut received = Vec::with_capacity(16 * 1024);
    loop {
        while let Some(length) = message_length(&received) {
            let answer = if received.starts_with(b"POST /v2/alerts ") || received.starts_with(b"POST /next ")
            {
                created.fetch_add(1, Ordering::Relaxed);
                &accepted
            } else {
                &done
            };
            stream.write_all(answer).await?;
            received.drain(..length);
        }
        if stream.read_buf(&mut received).await? == 0 {
            return Ok(());
        }
    }
}

fn response(status: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    let head =
        format!("HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n");
    (head + body).into_bytes()
}

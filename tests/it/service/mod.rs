//! The server as SNS and an operator see it: what it does besides refusing.

mod certificates;
mod https;
mod pager_trouble;
pub(crate) mod secrets;
mod stop;
mod subscriptions;

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// A pager that answers when it is told to.
struct GatedPager {
    listener: TcpListener,
}

/// A request that waits for its answer.
struct Held(TcpStream);

impl GatedPager {
    async fn start() -> Self {
        Self { listener: TcpListener::bind("127.0.0.1:0").await.unwrap() }
    }

    fn address(&self) -> SocketAddr {
        self.listener.local_addr().unwrap()
    }

    fn base_url(&self) -> String {
        format!("http://{}", self.address())
    }

    /// The next request, whole.
    async fn next(&self) -> Held {
        let (mut stream, _) = self.listener.accept().await.unwrap();
        let mut bytes = Vec::new();
        loop {
            let text = String::from_utf8_lossy(&bytes).into_owned();
            if let Some((head, body)) = text.split_once("\r\n\r\n") {
                let head = head.to_ascii_lowercase();
                let length = head.split("content-length: ").nth(1).and_then(|rest| rest.lines().next());
                if body.len() >= length.unwrap().parse().unwrap() {
                    return Held(stream);
                }
            }
            assert_ne!(stream.read_buf(&mut bytes).await.unwrap(), 0, "the request ended early: {text}");
        }
    }
}

impl Held {
    /// 202, as the pager says it.
    async fn accept(mut self) {
        let answer = b"HTTP/1.1 202 Accepted\r\ncontent-length: 19\r\nconnection: close\r\n\r\n{\"requestId\":\"r-1\"}";
        self.0.write_all(answer).await.unwrap();
    }
}

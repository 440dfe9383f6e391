//! Connections below HTTP, to send what no HTTP client sends.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, split};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::ClientConfig;
use tokio_rustls::rustls::pki_types::ServerName;

use super::evidence::Answer;
use super::plan::{Ending, Raw};
use crate::sns::Target;

/// How long more answers may take after the first.
const QUIET: Duration = Duration::from_millis(300);
/// The most that is read of an answer.
const ANSWER_LIMIT: usize = 64 * 1024;

trait Duplex: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Duplex for T {}

/// A connection that stays open until this is dropped.
pub(super) struct Held(#[allow(dead_code, reason = "it is only there to be dropped")] Box<dyn Duplex>);

/// Sends raw requests to one URL.
#[derive(Clone)]
pub(super) struct Wire {
    target: Target,
    tls: Arc<ClientConfig>,
    timeout: Duration,
}

impl Wire {
    pub(super) fn new(target: Target, tls: ClientConfig, timeout: Duration) -> Self {
        Self { target, tls: Arc::new(tls), timeout }
    }

    pub(super) fn aim(&mut self, target: Target) {
        self.target = target;
    }

    /// Sends it on as many connections as it says: the first one's answer, and what stays open.
    pub(super) async fn send(&self, raw: &Raw) -> (Answer, Vec<Held>) {
        let mut all = JoinSet::new();
        for _ in 0..raw.connections {
            let (wire, raw) = (self.clone(), raw.clone());
            all.spawn(async move {
                let answered = timeout(wire.timeout, wire.one(&raw)).await;
                answered.unwrap_or((Answer::TimedOut, None))
            });
        }
        let (mut answer, mut held) = (Answer::None, Vec::new());
        while let Some(done) = all.join_next().await {
            let Ok((one, open)) = done else { continue };
            held.extend(open);
            if answer == Answer::None {
                answer = one;
            }
        }
        (answer, held)
    }

    async fn one(&self, raw: &Raw) -> (Answer, Option<Held>) {
        let mut stream = match self.connect(raw.before_tls).await {
            Ok(stream) => stream,
            Err(error) => {
                let reason = format!("no connection to {}: {error}", self.target.authority);
                return (Answer::Unreachable(reason), None);
            }
        };
        match raw.ending {
            Ending::Hold => {
                // Whoever is refused while sending has nothing to hold.
                let _ = self.write(&mut stream, raw).await;
                (Answer::None, Some(Held(stream)))
            }
            Ending::Leave => {
                let _ = self.write(&mut stream, raw).await;
                (Answer::None, None)
            }
            Ending::Read | Ending::HalfClose => (self.exchange(stream, raw).await, None),
        }
    }

    async fn connect(&self, before_tls: bool) -> io::Result<Box<dyn Duplex>> {
        let stream = TcpStream::connect((self.target.host.as_str(), self.target.port)).await?;
        stream.set_nodelay(true)?;
        if !self.target.tls || before_tls {
            return Ok(Box::new(stream));
        }
        let name = ServerName::try_from(self.target.host.clone())
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?;
        Ok(Box::new(TlsConnector::from(Arc::clone(&self.tls)).connect(name, stream).await?))
    }

    async fn write(&self, stream: &mut (impl AsyncWrite + Unpin), raw: &Raw) -> io::Result<()> {
        if !raw.method.is_empty() {
            stream.write_all(self.head(raw).as_bytes()).await?;
        }
        for _ in 0..raw.repeated {
            stream.write_all(&raw.rest).await?;
        }
        stream.flush().await
    }

    fn head(&self, raw: &Raw) -> String {
        let Target { path_and_query, authority, basic, .. } = &self.target;
        let basic = basic.as_ref().and_then(|basic| basic.to_str().ok());
        let basic = basic.map(|basic| format!("authorization: {basic}\r\n")).unwrap_or_default();
        format!(
            "{} {path_and_query} {}\r\nhost: {authority}\r\n{basic}{}",
            raw.method, raw.version, raw.headers
        )
    }

    /// Writes and reads at the same time: whoever has heard enough answers before the end, and need not read on.
    async fn exchange(&self, stream: Box<dyn Duplex>, raw: &Raw) -> Answer {
        let (mut reading, mut writing) = split(stream);
        let mut answer = Vec::new();
        let sent = {
            let sending = async {
                self.write(&mut writing, raw).await?;
                if raw.ending == Ending::HalfClose { writing.shutdown().await } else { Ok(()) }
            };
            tokio::select! {
                sent = sending => Some(sent.is_ok()),
                () = read_until_answer(&mut reading, &mut answer) => None,
            }
        };
        if sent == Some(true) && raw.repeated > 1 {
            return Answer::Swallowed;
        }
        if sent.is_some() {
            read_until_answer(&mut reading, &mut answer).await;
        }
        // A second answer would follow at once.
        let more = async { while read(&mut reading, &mut answer).await {} };
        let _ = timeout(QUIET, more).await;
        match statuses(&answer)[..] {
            [] => Answer::Closed,
            [status] => Answer::Status(status),
            ref several => Answer::Several(several.to_vec()),
        }
    }
}

/// Whether there is more to come.
async fn read(reading: &mut (impl AsyncRead + Unpin), answer: &mut Vec<u8>) -> bool {
    if answer.len() > ANSWER_LIMIT {
        return false;
    }
    matches!(reading.read_buf(answer).await, Ok(1..))
}

async fn read_until_answer(reading: &mut (impl AsyncRead + Unpin), answer: &mut Vec<u8>) {
    while statuses(answer).is_empty() && read(reading, answer).await {}
}

/// The statuses of all final answers in what was read.
fn statuses(answer: &[u8]) -> Vec<u16> {
    let mut found = Vec::new();
    for window in answer.windows(12) {
        if window.starts_with(b"HTTP/1.") && window.get(8) == Some(&b' ') {
            let digits = std::str::from_utf8(window.get(9..).unwrap_or_default()).ok();
            found
                .extend(digits.and_then(|digits| digits.parse::<u16>().ok()).filter(|status| *status >= 200));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_are_read_off_answers() {
        for (answer, want) in [
            (&b""[..], &[][..]),
            (b"HTTP/1.1 40", &[]),
            (b"HTTP/1.1 403 Forbidden\r\n\r\n", &[403]),
            (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\n", &[200]),
            (
                b"HTTP/1.1 400 Bad Request\r\ncontent-length: 2\r\n\r\nnoHTTP/1.1 404 Not Found\r\n\r\n",
                &[400, 404],
            ),
            (b"220 smtp.example.org HTTP/1.1", &[]),
        ] {
            assert_eq!(statuses(answer), want, "{}", String::from_utf8_lossy(answer));
        }
    }
}

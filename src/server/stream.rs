//! `trailbell receive`: verified messages on standard output, one JSON object a line.

use std::io::{self, Write as _};
use std::os::fd::AsFd as _;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncWriteExt as _, Interest};
use tokio::net::unix::pipe;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout, timeout_at};
use tracing::{error, info, warn};

use super::ServeError;
use super::metrics::Metrics;
use super::one_line::on_one_line;
use super::onward::Arrived;

/// Lines that wait to be written.
const WAITING: usize = 16;

/// Why a line was not written. SNS is answered 503, and comes again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum StreamError {
    /// Whoever reads does not keep up.
    #[error("the reader of standard output did not take the message in time")]
    Slow,
    /// Nobody reads any more.
    #[error("the reader of standard output has gone away")]
    Gone,
}

/// One line, and who waits for it to be written.
struct Line {
    text: Vec<u8>,
    written: oneshot::Sender<()>,
}

/// Standard output.
pub(super) struct Stream {
    sender: Mutex<Option<mpsc::Sender<Line>>>,
    task: Mutex<Option<JoinHandle<()>>>,
    gone: watch::Receiver<bool>,
    metrics: Arc<Metrics>,
}

impl Stream {
    /// Starts the task that writes.
    pub(super) fn start(metrics: Arc<Metrics>) -> Result<Self, ServeError> {
        let output = Output::standard().map_err(ServeError::Stream)?;
        Ok(Self::writing_to(output, metrics))
    }

    fn writing_to(output: Output, metrics: Arc<Metrics>) -> Self {
        let (sender, receiver) = mpsc::channel(WAITING);
        let (gone_sender, gone) = watch::channel(false);
        let task = tokio::spawn(async move {
            if let Err(error) = write_all(output, receiver).await {
                error!(%error, "nobody reads standard output any more");
                let _ = gone_sender.send(true);
            }
        });
        Self { sender: Mutex::new(Some(sender)), task: Mutex::new(Some(task)), gone, metrics }
    }

    /// Well once the line has left this process.
    pub(super) async fn take(&self, arrived: &Arrived<'_>) -> Result<String, StreamError> {
        let (message_id, topic) = (arrived.message.message_id(), arrived.message.topic_arn());
        let mut text = on_one_line(arrived.body);
        text.push(b'\n');
        let written = self.write(text, arrived.deadline).await;
        match &written {
            Ok(()) => {
                self.metrics.streamed("written");
                info!(message_id, %topic, "written to standard output");
            }
            Err(error) => {
                self.metrics.streamed(match error {
                    StreamError::Slow => "slow",
                    StreamError::Gone => "gone",
                });
                warn!(message_id, %topic, reason = %error, "not written: SNS will come again");
            }
        }
        written.map(|()| "written".to_owned())
    }

    /// Turns true once nobody reads any more.
    pub(super) fn reader_gone(&self) -> watch::Receiver<bool> {
        self.gone.clone()
    }

    /// Takes no more lines, and waits for those it has to be written.
    pub(super) async fn finish(&self, patience: Duration) {
        drop(self.sender.lock().unwrap_or_else(PoisonError::into_inner).take());
        let task = self.task.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(task) = task
            && timeout(patience, task).await.is_err()
        {
            warn!("stopping although the reader of standard output has not taken the last lines");
        }
    }

    async fn write(&self, text: Vec<u8>, deadline: Instant) -> Result<(), StreamError> {
        let sender = self.sender.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let sender = sender.ok_or(StreamError::Gone)?;
        let (written, answer) = oneshot::channel();
        let sent = async {
            sender.send(Line { text, written }).await.map_err(|_| StreamError::Gone)?;
            answer.await.map_err(|_| StreamError::Gone)
        };
        timeout_at(deadline, sent).await.unwrap_or(Err(StreamError::Slow))
    }
}

/// Writes until there are no more lines, or no reader.
async fn write_all(mut output: Output, mut lines: mpsc::Receiver<Line>) -> io::Result<()> {
    loop {
        let line = tokio::select! {
            line = lines.recv() => line,
            () = output.reader_gone() => return Err(io::ErrorKind::BrokenPipe.into()),
        };
        let Some(Line { text, written }) = line else { return Ok(()) };
        // Who gave up waiting has answered 503: the message comes again.
        if written.is_closed() {
            continue;
        }
        output.write(text).await?;
        let _ = written.send(());
    }
}

/// Where lines go.
enum Output {
    /// A pipe, as Vector's: it says when its reader has gone, even while nothing is written.
    Pipe(pipe::Sender),
    /// A file or a terminal.
    Other,
}

impl Output {
    fn standard() -> io::Result<Self> {
        let stdout = io::stdout().as_fd().try_clone_to_owned()?;
        match pipe::Sender::from_owned_fd(stdout) {
            Ok(pipe) => Ok(Self::Pipe(pipe)),
            Err(error) if error.kind() == io::ErrorKind::InvalidInput => Ok(Self::Other),
            Err(error) => Err(error),
        }
    }

    /// Writes a whole line, flushed.
    async fn write(&mut self, line: Vec<u8>) -> io::Result<()> {
        match self {
            Self::Pipe(pipe) => pipe.write_all(&line).await,
            Self::Other => {
                let write = move || {
                    let mut stdout = io::stdout().lock();
                    stdout.write_all(&line).and_then(|()| stdout.flush())
                };
                tokio::task::spawn_blocking(write).await.unwrap_or_else(|error| Err(io::Error::other(error)))
            }
        }
    }

    /// Ends once nobody reads; never, where that cannot be known.
    async fn reader_gone(&self) {
        if let Self::Pipe(pipe) = self
            && pipe.ready(Interest::ERROR).await.is_ok()
        {
            return;
        }
        std::future::pending::<()>().await;
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader};

    use super::*;

    fn stream() -> (Stream, pipe::Receiver) {
        let (sender, receiver) = pipe::pipe().unwrap();
        (Stream::writing_to(Output::Pipe(sender), Arc::default()), receiver)
    }

    fn soon() -> Instant {
        Instant::now() + Duration::from_millis(100)
    }

    fn late() -> Instant {
        Instant::now() + Duration::from_mins(1)
    }

    /// More than a pipe holds.
    fn long_line() -> Vec<u8> {
        let mut line = vec![b'x'; 1 << 20];
        line.push(b'\n');
        line
    }

    #[tokio::test]
    async fn a_line_has_left_before_its_sender_knows() {
        let (stream, mut reader) = stream();
        stream.write(b"one\n".to_vec(), late()).await.unwrap();
        let mut seen = [0; 4];
        reader.read_exact(&mut seen).await.unwrap();
        assert_eq!(&seen, b"one\n");
    }

    #[tokio::test]
    async fn who_does_not_read_is_waited_for_until_the_deadline_and_no_line_is_torn() {
        let (stream, reader) = stream();
        assert_eq!(stream.write(long_line(), soon()).await, Err(StreamError::Slow));
        assert_eq!(stream.write(b"given up\n".to_vec(), soon()).await, Err(StreamError::Slow));
        let mut lines = BufReader::new(reader).lines();
        let reading = async {
            let mut lengths = Vec::new();
            while let Some(line) = lines.next_line().await.unwrap() {
                lengths.push(line.len());
                if line == "last" {
                    break;
                }
            }
            lengths
        };
        let (lengths, written) = tokio::join!(reading, stream.write(b"last\n".to_vec(), late()));
        // The first was under way; the second was taken back, and will come again.
        assert_eq!((lengths, written), (vec![1 << 20, 4], Ok(())));
    }

    #[tokio::test]
    async fn a_reader_that_goes_is_noticed_while_nothing_is_written() {
        let (stream, reader) = stream();
        drop(reader);
        let mut gone = stream.reader_gone();
        gone.wait_for(|gone| *gone).await.unwrap();
        assert_eq!(stream.write(b"one\n".to_vec(), late()).await, Err(StreamError::Gone));
    }

    #[tokio::test]
    async fn a_reader_that_goes_in_the_middle_of_a_line_is_noticed() {
        let (stream, mut reader) = stream();
        let reading = async {
            reader.read_exact(&mut [0; 10]).await.unwrap();
            drop(reader);
        };
        let (written, ()) = tokio::join!(stream.write(long_line(), late()), reading);
        assert_eq!(written, Err(StreamError::Gone));
    }

    #[tokio::test]
    async fn the_end_waits_for_the_lines_that_were_taken() {
        let (stream, mut reader) = stream();
        let all = async {
            let mut all = Vec::new();
            reader.read_to_end(&mut all).await.unwrap();
            all.len()
        };
        let writing = async {
            let written = stream.write(long_line(), late()).await;
            stream.finish(Duration::from_mins(1)).await;
            written
        };
        assert_eq!(tokio::join!(all, writing), ((1 << 20) + 1, Ok(())));
        assert_eq!(stream.write(b"later\n".to_vec(), late()).await, Err(StreamError::Gone));
    }
}

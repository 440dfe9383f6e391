//! Listening: connections in, each with its limits, until the server is told to stop.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio_rustls::TlsAcceptor;
use tracing::{debug, error, info, warn};

use super::door::{Door, Routes};
use super::metrics::Metrics;
use super::receiver::{Clock, Receiver};
use crate::config::{Config, DoorCertificate, Timeouts};
use crate::opsgenie::SetupError;

/// The longest header of a request, in bytes. SNS's has about 700.
const MAX_HEADER_BYTES: usize = 16 * 1024;

/// A server that listens already, and answers when it is run.
pub struct Server {
    messages: TcpListener,
    status: Option<TcpListener>,
    tls: Option<Arc<DoorCertificate>>,
    door: Arc<Door>,
    clock: Clock,
    connections: Arc<Semaphore>,
}

/// Why the server does not start.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The address is taken, or not ours.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// The pager's client cannot be set up.
    #[error(transparent)]
    Pager(#[from] SetupError),
}

impl Server {
    /// Listens. Connections wait until [`Self::run`].
    pub async fn bind(config: Config, clock: Clock) -> Result<Self, ServeError> {
        let messages = listen(config.listen).await?;
        let status = match config.status_listen {
            Some(address) => Some(listen(address).await?),
            None => None,
        };
        let metrics = Arc::new(Metrics::default());
        let connections = Arc::new(Semaphore::new(config.max_connections));
        Ok(Self {
            messages,
            status,
            tls: config.tls.clone(),
            clock: Arc::clone(&clock),
            connections,
            door: Arc::new(Door {
                path: config.path.clone(),
                places: Semaphore::new(config.max_messages),
                stopping: AtomicBool::new(false),
                timeouts: config.timeouts,
                metrics: Arc::clone(&metrics),
                basic_auth: config.basic_auth.clone(),
                receiver: Receiver::new(config, metrics, Arc::clone(&clock))?,
            }),
        })
    }

    /// Where messages are taken, with the port that the system chose.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.messages.local_addr()
    }

    /// Where health and metrics are, if not beside the messages.
    pub fn status_address(&self) -> Option<io::Result<SocketAddr>> {
        self.status.as_ref().map(TcpListener::local_addr)
    }

    /// Answers until `stop` is done, then finishes what is in flight.
    pub async fn run(self, stop: impl Future<Output = ()>) {
        let (stopping, stopped) = watch::channel(());
        let timeouts = self.door.timeouts;
        let routes = if self.status.is_some() { Routes::Messages } else { Routes::All };
        let messages = Listener {
            socket: self.messages,
            tls: self.tls.as_ref().map(|certificate| TlsAcceptor::from(certificate.server_config())),
            routes,
            door: Arc::clone(&self.door),
            connections: self.connections,
        };
        let status = self.status.map(|socket| Listener {
            socket,
            tls: None,
            routes: Routes::Status,
            door: Arc::clone(&self.door),
            connections: Arc::new(Semaphore::new(STATUS_CONNECTIONS)),
        });
        let mut listeners = tokio::task::JoinSet::new();
        for listener in std::iter::once(messages).chain(status) {
            listeners.spawn(listener.run(stopped.clone()));
        }
        let reloading = self.tls.map(|certificate| {
            tokio::spawn(keep_current(certificate, timeouts.certificate_watch, self.clock))
        });
        stop.await;
        info!("stopping: finishing what is in flight");
        self.door.stopping.store(true, Ordering::Relaxed);
        drop(stopping);
        listeners.join_all().await;
        if let Some(reloading) = reloading {
            reloading.abort();
        }
        self.door.receiver.finish(timeouts.followups).await;
        info!("stopped");
    }
}

/// Enough for a few probes and scrapes.
const STATUS_CONNECTIONS: usize = 32;

async fn listen(address: SocketAddr) -> Result<TcpListener, ServeError> {
    TcpListener::bind(address).await.map_err(|source| ServeError::Listen { address, source })
}

/// One address with its routes.
struct Listener {
    socket: TcpListener,
    tls: Option<TlsAcceptor>,
    routes: Routes,
    door: Arc<Door>,
    connections: Arc<Semaphore>,
}

impl Listener {
    async fn run(self, mut stopped: watch::Receiver<()>) {
        let graceful = GracefulShutdown::new();
        loop {
            // A connection beyond the limit waits in the system's queue.
            let place = tokio::select! {
                place = Arc::clone(&self.connections).acquire_owned() => place,
                _ = stopped.changed() => break,
            };
            let accepted = tokio::select! {
                accepted = self.socket.accept() => accepted,
                _ = stopped.changed() => break,
            };
            let stream = match accepted {
                Ok((stream, _)) => stream,
                Err(error) => {
                    // Out of file descriptors, mostly: without a pause this would spin.
                    warn!(%error, "cannot accept a connection");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                    continue;
                }
            };
            let (door, tls, routes) = (Arc::clone(&self.door), self.tls.clone(), self.routes);
            let watcher = graceful.watcher();
            tokio::spawn(async move {
                let _open = OpenConnection::count(&door.metrics);
                let _ = stream.set_nodelay(true);
                match tls {
                    None => serve(stream, &door, routes, watcher).await,
                    Some(tls) => {
                        if let Some(stream) = handshake(&tls, stream, door.timeouts.handshake).await {
                            serve(stream, &door, routes, watcher).await;
                        }
                    }
                }
                drop(place);
            });
        }
        drop(self.socket);
        // A message in work has at most this long.
        let Timeouts { delivery, header, .. } = self.door.timeouts;
        if tokio::time::timeout(delivery + header, graceful.shutdown()).await.is_err() {
            warn!("some connections did not end in time");
        }
    }
}

async fn handshake(
    tls: &TlsAcceptor,
    stream: TcpStream,
    time: Duration,
) -> Option<tokio_rustls::server::TlsStream<TcpStream>> {
    match tokio::time::timeout(time, tls.accept(stream)).await {
        Ok(Ok(stream)) => Some(stream),
        Ok(Err(error)) => {
            debug!(%error, "no TLS handshake");
            None
        }
        Err(_) => None,
    }
}

async fn serve<S>(stream: S, door: &Arc<Door>, routes: Routes, watcher: hyper_util::server::graceful::Watcher)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let service = service_fn(|request| door.answer(request, routes));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(door.timeouts.header)
        .max_buf_size(MAX_HEADER_BYTES)
        .serve_connection(TokioIo::new(stream), service);
    if let Err(error) = watcher.watch(connection).await {
        debug!(%error, "connection ended early");
    }
}

/// Keeps the gauge right, whichever way a connection ends.
struct OpenConnection<'a>(&'a Metrics);

impl<'a> OpenConnection<'a> {
    fn count(metrics: &'a Metrics) -> Self {
        metrics.connected();
        Self(metrics)
    }
}

impl Drop for OpenConnection<'_> {
    fn drop(&mut self) {
        self.0.disconnected();
    }
}

async fn keep_current(certificate: Arc<DoorCertificate>, every: Duration, clock: Clock) {
    loop {
        tokio::time::sleep(every).await;
        match certificate.reload_if_changed() {
            Ok(true) => match certificate.check_validity(clock()) {
                Ok(()) => info!("the HTTPS certificate was renewed"),
                Err(error) => {
                    error!(%error, "the new HTTPS certificate is in use, and callers will refuse it");
                }
            },
            Ok(false) => {}
            Err(error) => {
                warn!(%error, "the HTTPS certificate changed and cannot be used; the old one stays");
            }
        }
    }
}

//! Listening: connections in, each with its limits, until the server is told to stop.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
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

use super::door::Door;
use super::house::{AnyDoor, House, Routes};
use super::metrics::Metrics;
use super::receiver::Receiver;
use super::relay::RelayDoor;
use super::status::StatusPages;
use super::{Clock, ServeError};
use crate::config::{Config, DoorCertificate, RelayConfig, Timeouts};

/// The longest header of a request, in bytes. SNS's has about 700.
const MAX_HEADER_BYTES: usize = 16 * 1024;

/// A server that listens already, and answers when it is run.
pub struct Server {
    messages: TcpListener,
    status: Option<TcpListener>,
    tls: Option<Arc<DoorCertificate>>,
    house: Arc<House>,
    clock: Clock,
    connections: Arc<Semaphore>,
}

impl Server {
    /// Listens for SNS. Connections wait until [`Self::run`].
    pub async fn bind(config: Config, clock: Clock) -> Result<Self, ServeError> {
        let metrics = Arc::new(Metrics::default());
        let (timeouts, tls, connections) = (config.timeouts, config.tls.clone(), config.limits.connections);
        let (messages, status) = listen_on(config.listen, config.status_listen).await?;
        let door = AnyDoor::Messages(Box::new(Door {
            path: config.path.clone(),
            places: Semaphore::new(config.limits.messages),
            timeouts,
            metrics: Arc::clone(&metrics),
            basic_auth: config.basic_auth.clone(),
            receiver: Receiver::new(config, Arc::clone(&metrics), Arc::clone(&clock))?,
        }));
        let house = House { door, pages: StatusPages::new(Arc::clone(&metrics)), metrics, timeouts };
        Ok(Self::assembled(messages, status, tls, house, clock, connections))
    }

    /// Listens for actions and for Opsgenie's own calls. Connections wait until [`Self::run`].
    pub async fn bind_relay(config: RelayConfig, clock: Clock) -> Result<Self, ServeError> {
        let metrics = Arc::new(Metrics::default());
        let (timeouts, tls, connections) = (config.timeouts, config.tls.clone(), config.limits.connections);
        let (messages, status) = listen_on(config.listen, config.status_listen).await?;
        let door = AnyDoor::Relay(Box::new(RelayDoor::start(config, Arc::clone(&metrics))?));
        let house = House { door, pages: StatusPages::new(Arc::clone(&metrics)), metrics, timeouts };
        Ok(Self::assembled(messages, status, tls, house, clock, connections))
    }

    fn assembled(
        messages: TcpListener,
        status: Option<TcpListener>,
        tls: Option<Arc<DoorCertificate>>,
        house: House,
        clock: Clock,
        connections: usize,
    ) -> Self {
        let connections = Arc::new(Semaphore::new(connections));
        Self { messages, status, tls, house: Arc::new(house), clock, connections }
    }

    /// Where messages or actions are taken, with the port that the system chose.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.messages.local_addr()
    }

    /// Where health and metrics are, if not beside the messages.
    pub fn status_address(&self) -> Option<io::Result<SocketAddr>> {
        self.status.as_ref().map(TcpListener::local_addr)
    }

    /// For `receive`: turns true once nobody reads standard output any more. It is time to stop then.
    #[must_use]
    pub fn reader_gone(&self) -> Option<watch::Receiver<bool>> {
        match &self.house.door {
            AnyDoor::Messages(door) => door.receiver.reader_gone(),
            AnyDoor::Relay(_) => None,
        }
    }

    /// Answers until `stop` is done, then finishes what is in flight.
    pub async fn run(self, stop: impl Future<Output = ()>) {
        let (stopping, stopped) = watch::channel(());
        let timeouts = self.house.timeouts;
        let routes = if self.status.is_some() { Routes::Door } else { Routes::All };
        let messages = Listener {
            socket: self.messages,
            tls: self.tls.as_ref().map(|certificate| TlsAcceptor::from(certificate.server_config())),
            routes,
            house: Arc::clone(&self.house),
            connections: self.connections,
        };
        let status = self.status.map(|socket| Listener {
            socket,
            tls: None,
            routes: Routes::Status,
            house: Arc::clone(&self.house),
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
        self.house.pages.stopping();
        drop(stopping);
        listeners.join_all().await;
        if let Some(reloading) = reloading {
            reloading.abort();
        }
        self.house.finish().await;
        info!("stopped");
    }
}

/// Enough for a few probes and scrapes.
const STATUS_CONNECTIONS: usize = 32;

async fn listen_on(
    messages: SocketAddr,
    status: Option<SocketAddr>,
) -> Result<(TcpListener, Option<TcpListener>), ServeError> {
    let messages = listen(messages).await?;
    let status = match status {
        Some(address) => Some(listen(address).await?),
        None => None,
    };
    Ok((messages, status))
}

async fn listen(address: SocketAddr) -> Result<TcpListener, ServeError> {
    TcpListener::bind(address).await.map_err(|source| ServeError::Listen { address, source })
}

/// One address with its routes.
struct Listener {
    socket: TcpListener,
    tls: Option<TlsAcceptor>,
    routes: Routes,
    house: Arc<House>,
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
            let (house, tls, routes) = (Arc::clone(&self.house), self.tls.clone(), self.routes);
            let watcher = graceful.watcher();
            tokio::spawn(async move {
                let _open = OpenConnection::count(&house.metrics);
                let _ = stream.set_nodelay(true);
                match tls {
                    None => serve(stream, &house, routes, watcher).await,
                    Some(tls) => {
                        if let Some(stream) = handshake(&tls, stream, house.timeouts.handshake).await {
                            serve(stream, &house, routes, watcher).await;
                        }
                    }
                }
                drop(place);
            });
        }
        drop(self.socket);
        // A message in work has at most this long.
        let Timeouts { delivery, header, .. } = self.house.timeouts;
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

async fn serve<S>(stream: S, house: &House, routes: Routes, watcher: hyper_util::server::graceful::Watcher)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let service = service_fn(|request| house.answer(request, routes));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(house.timeouts.header)
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
